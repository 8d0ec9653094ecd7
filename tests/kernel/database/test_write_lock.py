"""No write reaches our tables outside an open door, whatever sends it; on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from headway.kernel.database.write_lock import (
    WriteOutsideDoor,
    allow_writes,
    is_harmless,
    open_reason,
    refuse_writes,
)
from tests.kernel.database.connections import as_default, connection_to
from tests.postgres import postgres_url


class Sheet(models.Model):
    """A table of ours."""

    title = models.CharField(max_length=50)

    class Meta:
        app_label = "write_lock_test"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    url = "" if request.param == "sqlite" else postgres_url()
    with as_default(connection_to(url, tmp_path)) as connection:
        with connection.schema_editor() as editor:
            editor.create_model(Sheet)
            editor.create_model(ContentType)
        yield connection


def _raw(statement: str, *values: Any, many: bool = False) -> Any:
    def run(database: Any) -> None:
        with database.cursor() as cursor:
            (cursor.executemany if many else cursor.execute)(statement, values or None)

    return run


WRITES = {
    "save": lambda _: Sheet(title="a").save(),
    "create": lambda _: Sheet.objects.create(title="a"),
    "bulk_create": lambda _: Sheet.objects.bulk_create([Sheet(title="a"), Sheet(title="b")]),
    "get_or_create": lambda _: Sheet.objects.get_or_create(title="new"),
    "update": lambda _: Sheet.objects.update(title="b"),
    "update nothing": lambda _: Sheet.objects.filter(title="absent").update(title="b"),
    "delete": lambda _: Sheet.objects.all().delete(),
    "raw insert": _raw("INSERT INTO write_lock_test_sheet (title) VALUES ('a')"),
    "raw with comment": _raw("/* SELECT */ -- x\n DELETE FROM write_lock_test_sheet"),
    "raw lower case": _raw("  update write_lock_test_sheet set title = 'b'"),
    "quoted": _raw('DELETE FROM "write_lock_test_sheet"'),
    "common table": _raw("WITH s AS (SELECT 1 AS x) DELETE FROM write_lock_test_sheet WHERE id IN (SELECT x FROM s)"),
    "create table": _raw("CREATE TABLE other (x integer)"),
    "drop table": _raw("DROP TABLE write_lock_test_sheet"),
    "many": _raw("INSERT INTO write_lock_test_sheet (title) VALUES (%s)", ["a"], ["b"], many=True),
}


@pytest.mark.parametrize("way", WRITES)
def test_a_write_outside_a_door_is_refused_and_inside_one_succeeds(database: Any, way: str) -> None:
    with allow_writes("test"):
        Sheet.objects.create(title="kept")
    with pytest.raises(WriteOutsideDoor, match="outside a command"):
        WRITES[way](database)
    assert list(Sheet.objects.values_list("title", flat=True)) == ["kept"]
    with allow_writes("test"):
        WRITES[way](database)


def test_reads_transactions_and_library_tables_are_left_alone(database: Any) -> None:
    with transaction.atomic(), transaction.atomic():
        assert list(Sheet.objects.filter(title__contains="x").select_for_update()) == []
        assert list(Sheet.objects.values("title").union(Sheet.objects.values("title"))) == []
    kind = ContentType.objects.create(app_label="a", model="b")
    ContentType.objects.filter(pk=kind.pk).update(model="c")
    ContentType.objects.filter(pk=kind.pk)._raw_delete("default")
    with database.cursor() as cursor:
        cursor.execute("WITH s AS (SELECT 1 AS x) SELECT x FROM s")
        assert cursor.fetchone() == (1,)


def test_emptying_all_tables_is_maintenance(database: Any) -> None:
    with allow_writes("test"):
        Sheet.objects.create(title="a")
    database.ops.execute_sql_flush(["DELETE FROM write_lock_test_sheet"])
    assert not Sheet.objects.exists()


@pytest.mark.postgres
def test_postgresql_sessions_have_the_limits_and_lift_them_for_migrations(tmp_path: Path) -> None:
    with as_default(connection_to(postgres_url(), tmp_path)) as database, database.cursor() as cursor:

        def shown(name: str) -> str:
            cursor.execute(f"SHOW {name}")
            return str(cursor.fetchone()[0])

        expected = {
            "statement_timeout": "9s",
            "lock_timeout": "8s",
            "idle_in_transaction_session_timeout": "15s",
            "synchronous_commit": "on",
        }
        assert {name: shown(name) for name in expected} == expected
        with database.schema_editor():
            assert shown("statement_timeout") == "0"
        assert shown("statement_timeout") == "9s"


@pytest.mark.parametrize(
    "statement",
    [
        "WITH x AS (INSERT INTO t VALUES (1) RETURNING *) SELECT * FROM x",
        "with x as (update t set a = 1 returning *) select * from x",
        'WITH x AS (UPDATE "t" SET a = 1 RETURNING *) SELECT * FROM x',
        "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
        "SELECT 1; DELETE FROM t",
        "SELECT 1; TRUNCATE t",
        "SELECT * INTO t2 FROM t",
        "select * into t2 from t",
        "EXPLAIN ANALYZE DELETE FROM t",
        "MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE",
        "REPLACE INTO t VALUES (1)",
        "INSERT OR REPLACE INTO t VALUES (1)",
        "UPDATE ONLY t SET a = 1",
        "COPY t FROM STDIN",
        "TRUNCATE t",
        "ALTER TABLE t ADD x integer",
        "VACUUM",
        "CALL p()",
        "DO $$ BEGIN DELETE FROM t; END $$",
        "INSERT INTO django_session VALUES (1); DELETE FROM t",
        "INSERT INTO my_django_session VALUES (1)",
    ],
)
def test_writes_in_disguise_are_seen(statement: str) -> None:
    assert is_harmless(statement) is False


@pytest.mark.parametrize(
    "statement",
    [
        "",
        'SELECT "t"."a" FROM "t" WHERE "t"."a" = %s FOR UPDATE',
        "(SELECT 1) UNION (SELECT 2)",
        "WITH x AS (SELECT 1) SELECT * FROM x FOR NO KEY UPDATE OF x SKIP LOCKED",
        'SELECT "t"."update", "t"."delete" FROM "t"',
        "SELECT 1;",
        "BEGIN IMMEDIATE",
        'SAVEPOINT "s1"',
        "PRAGMA foreign_key_check",
        "EXPLAIN QUERY PLAN SELECT 1",
        "SET statement_timeout = 0",
        "INSERT INTO django_session (a) VALUES (%s) ON CONFLICT DO UPDATE SET a = 1",
        'UPDATE "account_emailaddress" SET "x" = 1',
        'DELETE FROM "public"."mfa_authenticator" WHERE id = 1',
    ],
)
def test_what_writes_nothing_of_ours_passes(statement: str) -> None:
    assert is_harmless(statement) is True


def test_an_open_door_is_of_one_thread_and_closes_inside_a_query() -> None:
    seen: list[str | None] = []
    with allow_writes("outer"):
        thread = threading.Thread(target=lambda: seen.append(open_reason()))
        thread.start()
        thread.join()
        with refuse_writes():
            seen.append(open_reason())
        seen.append(open_reason())
    assert [*seen, open_reason()] == [None, None, "outer", None]
