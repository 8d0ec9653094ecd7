"""What a database refuses at run time, in the words of our own refusals: busy, doubled, too long."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DataError, IntegrityError, OperationalError

from headway.kernel.errors import Conflict, HeadwayError, Invalid, Unavailable

logger = logging.getLogger(__name__)
_UNIQUE_VIOLATION = "23505"
_PERHAPS_LATER = ("database is locked", "database table is locked", "database is busy")


@contextmanager
def as_refusals() -> Iterator[None]:
    """Turn what waiting, a limit of time or another person's equal change causes into expected failures.

    Put it round a whole transaction, so that the refusal comes after the rollback. Everything else goes through.
    Raises Unavailable, Conflict or Invalid with the database's own error as the cause.
    """
    try:
        yield
    except HeadwayError:
        raise
    except IntegrityError as fault:
        if not _is_double(fault):
            raise
        raise Conflict(
            "Somebody else made the same record at the same moment. Look at the newest state and try again."
        ) from fault
    except DataError as fault:
        raise Invalid("A value is too long or too large for its field. Shorten it and try again.") from fault
    except OperationalError as fault:
        if not _may_pass(fault):
            raise
        logger.warning("database unavailable", extra={"sqlstate": _state(fault)})
        raise Unavailable(
            "The database was too busy or could not be reached. Nothing was changed; try again.",
            extra={"retry_after": 2},
        ) from fault


def _state(fault: Exception) -> str | None:
    """PostgreSQL's five letters for what happened; None on SQLite and for a connection that never stood."""
    return getattr(fault.__cause__, "sqlstate", None)


def _is_double(fault: Exception) -> bool:
    return _state(fault) == _UNIQUE_VIOLATION or "UNIQUE constraint failed" in str(fault)


def _may_pass(fault: Exception) -> bool:
    """On PostgreSQL this class is the surroundings alone; on SQLite it also holds faults of our own statements."""
    of_sqlite = type(fault.__cause__).__module__.partition(".")[0] in ("sqlite3", "pysqlite3")
    return not of_sqlite or any(text in str(fault) for text in _PERHAPS_LATER)
