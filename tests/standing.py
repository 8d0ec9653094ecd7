"""What all tests of a module stand on: made before its first test, gone behind its last."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TypeVar

from django.db import connection, transaction

from headway.kernel.database.write_lock import allow_writes

Made = TypeVar("Made")


@contextmanager
def standing(make: Callable[[], Made]) -> Iterator[Made]:
    """What `make` gives, with the rows it writes; nothing that waits for their commit is done.

    On PostgreSQL it is a transaction that is rolled back. SQLite reads the whole schema again behind each savepoint
    that is rolled back in a transaction which has changed statistics or attached a file, as imports do: there it is
    committed, and the database as it was before is copied back.
    """
    if connection.vendor != "sqlite":
        with transaction.atomic():
            yield make()
            transaction.set_rollback(True)
        return
    with closing(sqlite3.connect(":memory:")) as before:
        connection.ensure_connection()
        connection.connection.backup(before)
        try:
            with transaction.atomic():
                made = make()
                connection.run_on_commit.clear()
            yield made
        finally:
            with allow_writes("a module's rows are taken away"):
                before.backup(connection.connection)
