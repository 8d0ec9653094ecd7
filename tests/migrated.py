"""Migrated databases: a file and a PostgreSQL database are migrated once, and everything else is copied from them."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from headway.kernel.database import build_check
from headway.kernel.database.elsewhere import as_default, connection_to
from tests.once_a_run import is_shared, made_once_a_run
from tests.postgres import postgres_url

_PACKAGE = Path(__file__).resolve().parent.parent / "src" / "headway"
_KEPT = _PACKAGE.parent.parent / ".pytest_cache" / "migrated"


def migrated_url(kind: str, folder: Path) -> str:
    """The address of a migrated database of its own, 'sqlite' (a file in the folder) or 'postgresql'.

    The database must be unblocked. Skips the test where there is no PostgreSQL.
    """
    if kind == "sqlite":
        shutil.copy(migrated_file(), folder)
        return f"sqlite://{folder}/headway.sqlite3"
    if "HEADWAY_TEST_POSTGRES_URL" in os.environ:  # one database, which nothing copies
        return _migrated(postgres_url(), folder)
    return postgres_url(like=migrated_postgres())


def fill_from_migrated() -> None:
    """Let the tests' own database be copied from the migrated one, where it is in memory or in this run's cluster."""
    creation = connection.creation
    if connection.vendor == "postgresql" and is_shared() and "HEADWAY_TEST_POSTGRES_URL" not in os.environ:
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated_postgres().rpartition("/")[2]
    if connection.vendor != "sqlite" or not creation.is_in_memory_db(creation._get_test_db_name()):
        return
    file = migrated_file()

    def create(**_: object) -> str:
        """As Django's."""
        name: str = creation._get_test_db_name()
        connection.close()
        connection.settings_dict["NAME"] = name
        connection.ensure_connection()
        with sqlite3.connect(file) as source:
            source.backup(connection.connection)
        source.close()
        return name

    creation.create_test_db = create


def migrated_file() -> Path:
    """The file, which nobody changes. It is kept for later runs, as long as what makes it is the same."""

    def make(folder: Path) -> None:
        build_check.prepare_file(folder / "headway.sqlite3")
        _migrated(f"sqlite://{folder}/headway.sqlite3", folder)
        build_check.fold_log(folder / "headway.sqlite3")

    def keep(folder: Path) -> None:
        kept = _KEPT / f"{_what_makes_it()}.sqlite3"
        if not kept.exists():
            make(folder)
            _KEPT.mkdir(parents=True, exist_ok=True)
            for old in sorted(_KEPT.glob("*.sqlite3"), key=lambda file: file.stat().st_mtime)[:-3]:
                old.unlink(missing_ok=True)
            copy = Path(shutil.copy(folder / "headway.sqlite3", kept.with_suffix(f".{os.getpid()}")))
            copy.rename(kept)  # in one step: another process may make it too
        else:
            shutil.copy(kept, folder / "headway.sqlite3")

    return made_once_a_run("migrated", keep) / "headway.sqlite3"


def _what_makes_it() -> str:
    """A hash over migrations, models, settings, what watches the database, and the versions of libraries."""
    places = ("**/migrations/*.py", "**/*models*.py", "**/apps.py", "kernel/database/*.py", "config/**/*.py")
    found = sorted({path for place in places for path in _PACKAGE.glob(place)})
    found += [_PACKAGE.parent.parent / "requirements" / "run.txt", Path(__file__)]
    told = hashlib.sha256(sqlite3.sqlite_version.encode())
    for path in found:
        told.update(path.name.encode() + path.read_bytes())
    return told.hexdigest()[:24]


def migrated_postgres() -> str:
    """The address of the database to copy, which nobody changes."""

    def make(folder: Path) -> None:
        (folder / "address").write_text(_migrated(postgres_url(), folder), encoding="utf-8")

    return (made_once_a_run("migrated-postgres", make) / "address").read_text(encoding="utf-8")


def _migrated(address: str, folder: Path) -> str:
    with as_default(connection_to(address, folder)):
        call_command("migrate", verbosity=0)
    return address
