"""What the door costs: a command and a query through it, against the same SQL by hand.

    python -m benchmarks.bench_doors     (in an installation's environment; `python -m benchmarks` provides one)

The SQL that a call sends is noted once, with its values, and sent again as it is. Both run in a transaction that is
rolled back, in turns, so that each finds the same rows.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import django

from benchmarks.house import line, seed

CALLS = 300


def main() -> None:
    """Print the medians for one command and two queries."""
    from headway.areas.people.queries import actor_of
    from headway.areas.projects import commands as projects
    from headway.areas.projects import queries
    from headway.kernel.context import Channel, Context, clock

    about = seed()
    actor = actor_of(int(str(about["user"])))
    if actor is None:
        raise RuntimeError("the seed made no user")

    def ctx() -> Context:
        return Context(actor=actor, now=clock(), channel=Channel.API)

    project = about["project"]
    acts: dict[str, Callable[[], object]] = {
        "command, projects.add_issue": lambda: projects.add_issue(ctx(), project=project, title="One more"),
        "query of one, projects.show": lambda: queries.charter(ctx(), project=project),
        "query of 60, projects.issues": lambda: queries.issues(ctx(), project=project),
    }
    for name, act in acts.items():
        statements = _sql_of(act)
        through, by_hand = _in_turns(act, lambda rows=statements: _send(rows))  # type: ignore[misc]
        extra = (through - by_hand) * 1000
        line(
            f"{name} ({len(statements)} statements)",
            f"{through * 1000:.2f} - {by_hand * 1000:.2f} = {extra:.2f} ms",
            "near 1 ms",
        )


class _Undo(Exception):
    """Ends a measured transaction."""


def _undone(act: Callable[[], object]) -> float:
    """Seconds that an act takes, inside a transaction of which nothing stays."""
    from django.db import transaction

    from headway.kernel.commands import maintenance

    seconds = 0.0
    try:
        with maintenance("benchmark"), transaction.atomic():
            started = time.perf_counter()
            act()
            seconds = time.perf_counter() - started
            raise _Undo
    except _Undo:
        return seconds


def _sql_of(act: Callable[[], object]) -> list[tuple[str, Any, bool]]:
    from django.db import connection

    found: list[tuple[str, Any, bool]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith("BEGIN"):  # the transaction that the measurement itself opens
            found.append((sql, params, many))
        return execute(sql, params, many, context)

    act()  # warm, so that what is read once a process is not counted
    with connection.execute_wrapper(note):
        _undone(act)
    return found


def _send(statements: list[tuple[str, Any, bool]]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for sql, params, many in statements:
            (cursor.executemany if many else cursor.execute)(sql, params)
            if cursor.description:
                cursor.fetchall()


def _in_turns(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """The medians of both, tried in turns."""
    pairs = [(_undone(first), _undone(second)) for _ in range(CALLS)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


if __name__ == "__main__":
    django.setup()
    main()
