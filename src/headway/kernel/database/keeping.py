"""Keeping others from what has no row to lock, until the end of the transaction.

Only PostgreSQL needs it: on SQLite one transaction writes at a time.
"""

from __future__ import annotations

from django.db import connection

_ALONE = "SELECT pg_advisory_xact_lock(hashtext(%s), %s)"
_SHARED = "SELECT pg_advisory_xact_lock_shared(hashtext(%s), %s)"


def keep_from_others(name: str, number: int, *, shared: bool = False) -> None:
    """Wait until nobody else keeps this, and keep it; call inside a command, before reading what it guards.

    name, number  what is kept: a name that its module owns, and the id of a row.
    shared        others may keep it too who ask for it shared; whoever asks for it alone waits for all of them.
    Raises what the database raises after its limit for locks, which the door tells as Unavailable.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_SHARED if shared else _ALONE, [name, number])
