"""Background jobs in the same database and transaction as the change that asks for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

Job = Callable[[dict[str, Any]], None]
_jobs: dict[str, Job] = {}


def job(name: str) -> Callable[[Job], Job]:
    """Register a function as the job of that name; it takes one JSON payload."""

    def keep(function: Job) -> Job:
        _jobs[name] = function
        return function

    return keep


def enqueue(
    name: str,
    payload: dict[str, Any],
    *,
    unique: str | None = None,
    run_after: datetime | None = None,
    priority: int = 0,
    max_attempts: int = 4,
) -> None:
    """Ask for a job in the caller's transaction."""
    raise NotImplementedError
