"""The SQLite engine on a file: settings, one writer at a time, clear refusals."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction

from headway.kernel.database import build_check
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.database.writer_queue import DatabaseBusy
from tests.kernel.database.connections import as_default, connection_to

EXPECTED = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "journal_size_limit": 67108864,
    "busy_timeout": 8000,
    "mmap_size": 0,
    "cache_size": -32000,
    "temp_store": 2,
}


def read_back(database: Any) -> dict[str, Any]:
    """The settings as the open connection has them."""
    with database.cursor() as cursor:
        return {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in EXPECTED}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    build_check.prepare_file(tmp_path / "headway.sqlite3")
    database = connection_to("", tmp_path)
    with database.cursor() as cursor, allow_writes("test"):
        cursor.execute("CREATE TABLE sheet (id integer primary key, n integer unique)")
    database.close()
    return tmp_path


def test_every_setting_reads_back(home: Path) -> None:
    database = connection_to("", home)
    assert read_back(database) == EXPECTED
    assert database.transaction_mode == "IMMEDIATE"
    database.close()


def test_every_setting_reads_back_in_another_process_and_thread(home: Path) -> None:
    code = (
        "import sys, json, pathlib, django\n"
        "from django.conf import settings\n"
        "settings.configure()\n"
        "from tests.kernel.database.connections import connection_to\n"
        "from tests.kernel.database.test_sqlite_engine import read_back, EXPECTED\n"
        "sys.exit(0 if read_back(connection_to('', pathlib.Path(sys.argv[1]))) == EXPECTED else 3)\n"
    )
    repository = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code, str(home)], cwd=repository, check=False)
    assert done.returncode == 0
    seen: list[dict[str, Any]] = []
    thread = threading.Thread(target=lambda: seen.append(read_back(connection_to("", home))))
    thread.start()
    thread.join()
    assert seen == [EXPECTED]


def test_a_statement_may_bind_as_many_values_as_stated(home: Path) -> None:
    database = connection_to("", home)
    most = database.features.max_query_params
    with database.cursor() as cursor:
        marks = ",".join(["%s"] * most)
        counted = cursor.execute(f"SELECT count(*) FROM sheet WHERE id IN ({marks})", range(most))  # noqa: S608
        assert counted.fetchone() == (0,)
    database.close()


def test_a_second_writer_waits_and_is_then_refused_clearly(home: Path) -> None:
    slow = connection_to("", home)
    quick = connection_to("", home, timeout=0.1)
    with as_default(slow), transaction.atomic():
        with pytest.raises(DatabaseBusy):
            quick.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        assert quick.get_autocommit() is True
        with quick.cursor() as cursor:
            assert cursor.execute("SELECT count(*) FROM sheet").fetchone() == (0,)
    with as_default(quick), transaction.atomic():
        assert quick._turn is not None
    assert quick._turn is None


@pytest.mark.parametrize("way_out", ["commit", "rollback", "close", "nested"])
def test_the_turn_ends_with_the_transaction(home: Path, way_out: str) -> None:
    database = connection_to("", home)
    with as_default(database):
        if way_out == "rollback":
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                _ = 1 // 0
        elif way_out == "nested":
            with transaction.atomic():
                with pytest.raises(ZeroDivisionError), transaction.atomic():
                    _ = 1 // 0
                assert database._turn is not None
        elif way_out == "close":
            database.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
            assert database._turn is not None
            database.close()
        else:
            with transaction.atomic():
                assert database._turn is not None
        assert database._turn is None
    other = connection_to("", home, timeout=0.2)
    with as_default(other), transaction.atomic():
        assert other._turn is not None


def test_a_failed_begin_gives_the_turn_back(home: Path) -> None:
    stranger = connection_to("", home)
    stranger.ensure_connection()
    stranger.connection.execute("BEGIN IMMEDIATE")  # a writer that does not queue
    database = connection_to("", home, timeout=0.1)
    with as_default(database), pytest.raises(Exception, match="locked"), transaction.atomic():
        pass
    assert database._turn is None
    stranger.connection.execute("ROLLBACK")
    stranger.close()


def test_many_writers_in_threads_and_processes_lose_nothing(home: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from django.conf import settings\n"
        "settings.configure()\n"
        "from django.db import transaction\n"
        "from headway.kernel.database.write_lock import allow_writes\n"
        "from tests.kernel.database.connections import as_default, connection_to\n"
        "with as_default(connection_to('', pathlib.Path(sys.argv[1]))) as database, allow_writes('test'):\n"
        "    for _ in range(60):\n"
        "        with transaction.atomic(), database.cursor() as cursor:\n"
        "            n = cursor.execute('SELECT coalesce(max(n), 0) FROM sheet').fetchone()[0]\n"
        "            cursor.execute('INSERT INTO sheet (n) VALUES (%s)', [n + 1])\n"
    )
    repository = Path(__file__).parents[3]
    writers = [subprocess.Popen([sys.executable, "-c", code, str(home)], cwd=repository) for _ in range(3)]

    def write() -> None:
        with as_default(connection_to("", home)) as database, allow_writes("test"):
            for _ in range(60):
                with transaction.atomic(), database.cursor() as cursor:
                    n = cursor.execute("SELECT coalesce(max(n), 0) FROM sheet").fetchone()[0]
                    cursor.execute("INSERT INTO sheet (n) VALUES (%s)", [n + 1])

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    database = connection_to("", home)
    with database.cursor() as cursor:
        assert cursor.execute("SELECT count(*), max(n) FROM sheet").fetchone() == (360, 360)
    database.close()


def test_an_in_memory_database_needs_no_queue(tmp_path: Path) -> None:
    database = connection_to("sqlite://:memory:", tmp_path)
    with as_default(database), transaction.atomic():
        assert database._queue is None
    assert list(tmp_path.iterdir()) == []


def test_a_read_only_file_is_a_clear_error(home: Path) -> None:
    database = connection_to("sqlite:///" + str(home / "headway.sqlite3").lstrip("/"), home)
    database.ensure_connection()
    database.connection.execute("PRAGMA query_only=ON")

    def write() -> None:
        with transaction.atomic(), database.cursor() as cursor:
            cursor.execute("INSERT INTO sheet (n) VALUES (1)")

    with as_default(database), allow_writes("test"), pytest.raises(Exception, match="readonly"):
        write()
    assert database._turn is None


def test_an_unmended_build_may_not_join_a_file_with_a_log(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_check, "running_version", lambda: (3, 40, 1))
    with pytest.raises(ImproperlyConfigured, match="can lose writes"):
        connection_to("", home).connect()
    build_check.prepare_file(home / "headway.sqlite3")
    database = connection_to("", home)
    database.connect()
    database.close()


def test_a_broken_rule_inside_a_transaction_leaves_no_turn(home: Path) -> None:
    def write_twice(database: Any) -> None:
        with transaction.atomic(), database.cursor() as cursor:
            cursor.execute("INSERT INTO sheet (n) VALUES (1)")
            cursor.execute("INSERT INTO sheet (n) VALUES (1)")

    with as_default(connection_to("", home)) as database, allow_writes("test"):
        with pytest.raises(IntegrityError):
            write_twice(database)
        assert database._turn is None
