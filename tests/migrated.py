"""Migrated databases: a file and a PostgreSQL database are migrated once, and everything else is copied from them.

HEADWAY_TEST_RUN names a folder in which the processes of a run share what is made once.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from headway.kernel.database import build_check
from headway.kernel.database.elsewhere import as_default, connection_to
from tests.postgres import postgres_url


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


def fill_from_file() -> None:
    """Let the tests' own database, where it is in memory, be made from the migrated file instead of by migrations."""
    creation = connection.creation
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
    """The file, which nobody changes."""

    def make(folder: Path) -> None:
        build_check.prepare_file(folder / "headway.sqlite3")
        _migrated(f"sqlite://{folder}/headway.sqlite3", folder)
        build_check.fold_log(folder / "headway.sqlite3")

    return made_once_a_run("migrated", make) / "headway.sqlite3"


def made_once_a_run(name: str, make: Callable[[Path], None]) -> Path:
    """The folder of this name, filled by the first process that asks for it; the others wait for it."""
    folder = _run_folder() / name
    with (_run_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            begun = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=_run_folder()))
            make(begun)
            begun.rename(folder)
    return folder


@cache
def migrated_postgres() -> str:
    """The address of the database to copy, which nobody changes; this process has migrated it."""
    return _migrated(postgres_url(), _run_folder())


@cache
def _run_folder() -> Path:
    """Shared by the processes of a run that has one, else of this process alone."""
    given = os.environ.get("HEADWAY_TEST_RUN")
    if given:
        return Path(given)
    folder = Path(tempfile.mkdtemp(prefix="headway-run-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _migrated(address: str, folder: Path) -> str:
    with as_default(connection_to(address, folder)):
        call_command("migrate", verbosity=0)
    return address
