"""Refuses every write to our tables outside an open door, whatever sends it.

It sits under the ORM, so `save`, `bulk_create`, `update`, `delete` and raw statements are all seen.
Only the doors and maintenance open it. Tables of sessions, sign-in and the job queue's library are
written by those libraries themselves and are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import Any

from django.db.backends.base.base import NO_DB_ALIAS, BaseDatabaseWrapper

# Written by libraries, outside our commands. Everything else is ours.
LIBRARY_TABLES: tuple[str, ...] = (
    "account_",
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "django_session",
    "django_tasks_",
    "mfa_",
    "socialaccount_",
    "usersessions_",
)

_open: ContextVar[str | None] = ContextVar("headway_open_door", default=None)
_within: ContextVar[bool] = ContextVar("headway_within_door", default=False)
_numbers = count(1)


class _Writes:
    closed = 0  # the number of the door of this process that closed last; none is given twice


class WriteOutsideDoor(RuntimeError):
    """A programming error: something writes to our tables without a command."""


@contextmanager
def allow_writes(reason: str) -> Iterator[None]:
    """Open the lock for this thread or task while the block runs. The reason names who opened it."""
    token, within = _open.set(reason), _within.set(True)
    try:
        yield
    finally:
        _Writes.closed = next(_numbers)
        _within.reset(within)
        _open.reset(token)


@contextmanager
def refuse_writes() -> Iterator[None]:
    """Close the lock inside the block, even within an open one: a query run by a command may not write."""
    token = _open.set(None)
    try:
        yield
    finally:
        _open.reset(token)


def open_reason() -> str | None:
    """Who holds the lock open here and now; None when it is closed."""
    return _open.get()


def mark() -> int | None:
    """What stays equal while nothing is written by this process; None within an open door, where nothing read lasts."""
    return None if _within.get() else _Writes.closed


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the lock on a connection, once. One that makes and drops whole databases has no tables of ours."""
    if connection.alias != NO_DB_ALIAS and _guard not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _guard)


def _guard(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if _open.get() is None and not is_harmless(sql):
        raise WriteOutsideDoor(
            f"A write reached the database outside a command: {str(sql)[:160]!r}. "
            "Put it in a command, or in maintenance with a reason."
        )
    return execute(sql, params, many, context)


_READS = frozenset(
    [
        *("SELECT", "VALUES", "TABLE", "PRAGMA", "SHOW", "SET", "RESET", "EXPLAIN", "FETCH", "CLOSE", "DECLARE"),
        *("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "LISTEN", "UNLISTEN"),
    ]
)
_FIRST_WORD = re.compile(r"(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*([A-Za-z]+)", re.DOTALL)
_TARGET = re.compile(
    r"""(?:\s|--[^\n]*\n|/\*.*?\*/)*
    (?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?)
    \s+(?:"?(?:public|main)"?\.)?["'`\[]?(\w+)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
# A write hidden in a statement that begins like a read: in a common table expression, after a
# semicolon, under EXPLAIN ANALYZE, or SELECT ... INTO a new table.
_HIDDEN_WRITE = re.compile(
    r"""\b(?:INSERT|REPLACE|MERGE)\s+(?:OR\s+\w+\s+)?INTO\b
    |\bDELETE\s+FROM\b
    |(?<!\bFOR\s)(?<!\bKEY\s)\bUPDATE\s+(?!OF\b|SKIP\b|NOWAIT\b)["\w]
    |\bINTO\s+(?:TEMP|TEMPORARY|UNLOGGED|TABLE|["\w])
    |;\s*(?:CREATE|ALTER|DROP|TRUNCATE|REINDEX|VACUUM|ATTACH|DETACH|COPY|DO|CALL|GRANT|REVOKE|COMMENT)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def is_harmless(sql: Any) -> bool:
    """Whether a statement writes nothing, or only to a library's table."""
    text = sql if type(sql) is str else _as_text(sql)
    # The plain read, which is nearly all there is: no statement after it, nothing written by it.
    if text.startswith("SELECT ") and ";" not in text and "into" not in text.lower():
        return True
    match = _FIRST_WORD.match(text)
    if match is None:
        return not text.strip()
    if match.group(1).upper() in _READS or match.group(1).upper() == "WITH":
        return _HIDDEN_WRITE.search(text) is None
    target = _TARGET.match(text)
    return (
        target is not None
        and target.group(1).lower().startswith(LIBRARY_TABLES)
        and (";" not in text or _HIDDEN_WRITE.search(text, target.end()) is None)
    )


def _as_text(sql: Any) -> str:
    """The statement in words; psycopg composes statements from parts."""
    return str(sql.as_string(None)) if hasattr(sql, "as_string") else str(sql)
