"""Migrated databases of each kind for tests that open them by themselves: the first is migrated, the others copies."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from django.core.management import call_command

from headway.kernel.database import build_check
from headway.kernel.database.elsewhere import as_default, connection_to
from tests.postgres import postgres_url


def migrated_url(kind: str, folder: Path) -> str:
    """The address of a migrated database of its own, 'sqlite' (a file in the folder) or 'postgresql'.

    The database must be unblocked. Skips the test where there is no PostgreSQL.
    """
    if kind == "sqlite":
        address = f"sqlite://{folder}/headway.sqlite3"
        shutil.copy(_first("sqlite").removeprefix("sqlite://"), folder)
        return address
    if "HEADWAY_TEST_POSTGRES_URL" in os.environ:  # one database, which nothing copies
        return _migrated(postgres_url(), folder)
    return postgres_url(like=_first("postgresql"))


@cache
def _first(kind: str) -> str:
    """Migrated once a process and changed by nobody."""
    folder = Path(tempfile.mkdtemp(prefix="headway-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if kind == "postgresql":
        return _migrated(postgres_url(), folder)
    build_check.prepare_file(folder / "headway.sqlite3")
    return _migrated(f"sqlite://{folder}/headway.sqlite3", folder)


def _migrated(address: str, folder: Path) -> str:
    with as_default(connection_to(address, folder)):
        call_command("migrate", verbosity=0)
    return address
