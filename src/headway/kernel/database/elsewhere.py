"""Working on a database other than the installation's own: a backup's copy, a restored file, a test's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import load_backend

from headway.kernel.database.address import database_settings


def connection_to(url: str, home: Path, **options: Any) -> Any:
    """A connection object of the engine that this address names, not yet open."""
    settings = database_settings(url, home)
    settings["OPTIONS"].update(options)
    complete = connections.configure_settings({DEFAULT_DB_ALIAS: settings})[DEFAULT_DB_ALIAS]
    return load_backend(complete["ENGINE"]).DatabaseWrapper(complete, DEFAULT_DB_ALIAS)


@contextmanager
def as_default(connection: Any) -> Iterator[Any]:
    """Let `transaction.atomic()` and the ORM of this thread use the connection; closed afterwards."""
    kept = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connection
    try:
        yield connection
    finally:
        connection.close()
        connections[DEFAULT_DB_ALIAS] = kept
