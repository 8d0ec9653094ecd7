"""One migration for several older ones makes the same database as they do, wherever an installation stands in them."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from headway.kernel.database import build_check
from headway.kernel.database.elsewhere import as_default, connection_to
from tests.migrated import migrated_file

pytestmark = pytest.mark.slow


def test_an_installation_in_the_midst_of_the_older_migrations_upgrades_to_the_same_tables(
    tmp_path: Path, django_db_blocker: Any
) -> None:
    file = tmp_path / "headway.sqlite3"
    build_check.prepare_file(file)
    with django_db_blocker.unblock(), as_default(connection_to(f"sqlite://{file}", tmp_path)):
        executor = MigrationExecutor(connection)
        squashed = [one for one in executor.loader.disk_migrations.values() if one.replaces and _is_ours(one)]
        assert len(squashed) == 14
        executor.loader = MigrationLoader(connection, replace_migrations=False)
        executor.migrate([one.replaces[-2] for one in squashed])
        recorded = set(MigrationLoader(connection).applied_migrations)
        midst = [one for one in squashed if recorded.isdisjoint({one.replaces[-1], (one.app_label, one.name)})]
        assert {one.app_label for one in midst} >= {
            "budgets",
            "hours",
            "kernel",
            "schedule",
        }  # the rest is needed by others
        call_command("migrate", verbosity=0)
        assert {(one.app_label, one.name) for one in squashed} <= set(MigrationLoader(connection).applied_migrations)
        assert not MigrationExecutor(connection).migration_plan(MigrationLoader(connection).graph.leaf_nodes())
    with django_db_blocker.unblock():
        afresh = migrated_file()
    assert _tables(file) == _tables(afresh)


def _is_ours(migration: Any) -> bool:
    return str(type(migration).__module__).startswith("headway.")


def _tables(file: Path) -> dict[str, list[str]]:
    """Tables, indexes and triggers with what they are made of; a table's columns in any order."""
    with sqlite3.connect(file) as opened:
        rows = opened.execute("SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    opened.close()
    return {name: _parts(sql) if kind == "table" else [sql] for name, kind, sql in rows}


def _parts(sql: str) -> list[str]:
    """What stands between the commas of a CREATE TABLE, sorted."""
    found, depth = [""], 0
    for char in sql[sql.index("(") + 1 : sql.rindex(")")]:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "," and depth == 0:
            found.append("")
        else:
            found[-1] += char
    return sorted(part.strip() for part in found)
