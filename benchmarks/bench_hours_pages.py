"""The week, the team's week, the project's hours and one's own tasks over 200 projects, 100,000 tasks, 500,000 entries.

    python -m benchmarks.bench_hours_pages [PROJECTS TASKS ENTRIES]   (in an installation's environment)

Most entries are written straight into their table, over the years before. Reads go through their doors in this
process, so that neither server nor templates count.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import django
from django.db import transaction

from benchmarks.house import line
from benchmarks.portfolio import PROJECTS, TASKS, fill

ENTRIES = 500_000
BY_DOORS = 200  # entries of each project that are made as people make them
CALLS = 15
GOAL_MS = 100


def main(projects: int, tasks: int, entries: int) -> None:
    """Fill the installation and print the figures."""
    made = fill(projects, tasks, BY_DOORS)
    _older(entries)
    line("filled", f"{entries:,} entries, {made['seconds']:.0f} s for the rest")
    users: Any = made["users"]
    measure({role: user["email"] for role, user in users.items()})


def measure(emails: dict[str, str]) -> None:
    """Print the figures of an installation that is filled. emails: of a member, a manager and an administrator."""
    from headway.areas.hours import queries, sheets, timing, weeks
    from headway.areas.hours.types import GroupBy
    from headway.areas.people.queries import actor_of, user_by_email
    from headway.areas.projects.queries import named_projects
    from headway.areas.schedule.my_tasks import my_tasks
    from headway.kernel.access import may
    from headway.kernel.context import Channel, Context, clock

    def ctx(role: str) -> Context:
        user = user_by_email(emails[role])
        actor = actor_of(user) if user is not None else None
        if actor is None:
            raise RuntimeError(f"no {role} was made")
        return Context(actor=actor, now=clock(), channel=Channel.WEB)

    today = clock().date()
    one = next(pk for pk in named_projects(ctx("member")) if may(ctx("member"), "hours.log", project_id=pk))
    acts: dict[str, tuple[str, Callable[[Context], object]]] = {
        "my week": ("member", lambda by: weeks.my_week(by, day=today)),
        "my week, an administrator's": ("administrator", lambda by: weeks.my_week(by, day=today)),
        "team's week": ("manager", lambda by: weeks.team_week(by, day=today - timedelta(days=7))),
        "team's week, all projects": ("administrator", lambda by: weeks.team_week(by, day=today - timedelta(days=7))),
        "sheets that wait": ("manager", weeks.waiting_sheets),
        "sheets that wait, all projects": ("administrator", weeks.waiting_sheets),
        "project's hours by day": ("manager", lambda by: queries.totals(by, project=one, by=(GroupBy.DAY,))),
        "project's newest entries": ("manager", lambda by: queries.entries(by, project=one)),
        "my tasks": ("member", lambda by: my_tasks(by, day=today)),
        "my tasks, an administrator's": ("administrator", lambda by: my_tasks(by, day=today)),
        "timer": ("member", timing.timer),
        "a cell": (
            "member",
            lambda by: sheets.set_cell(by.but(dry_run=True), project=one, day=today, hours=Decimal(1), phase="Bench"),
        ),
    }
    for name, (role, act) in acts.items():
        _measure(name, ctx(role), act)


def _older(count: int) -> None:
    """So many approved entries of all members of all projects, in the four years before this month."""
    from headway.areas.hours.models import TimeEntry
    from headway.areas.projects.models import Membership
    from headway.kernel.bulk import insert_rows
    from headway.kernel.commands import maintenance
    from headway.kernel.context import clock

    roles = Membership.unscoped(reason="a benchmark").exclude(role__in=("client", "guest"))
    pairs = list(roles.values_list("project_id", "person_id").distinct())
    last = clock().date() - timedelta(days=30)
    rows = (
        (*pairs[place % len(pairs)], last - timedelta(days=place % 1460), Decimal(1 + place % 8), f"Phase {place % 7}")
        for place in range(count)
    )
    with maintenance("a benchmark"), transaction.atomic():
        insert_rows(
            TimeEntry,
            same={"created_at": clock(), "status": "approved", "note": "Work"},
            names=("project_id", "person_id", "day", "hours", "phase"),
            rows=rows,
        )


def _measure(name: str, by: Any, act: Callable[[Any], object]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        act(by.but())
    times = []
    for _ in range(CALLS):
        started = time.perf_counter()
        act(by.but())
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    p95 = times[int(len(times) * 0.95)]
    line(name, f"p50 {statistics.median(times):.1f}, p95 {p95:.1f} ms, {len(seen)} queries", f"{GOAL_MS} ms")


if __name__ == "__main__":
    django.setup()
    given = [int(text) for text in sys.argv[1:]] or [PROJECTS, TASKS, ENTRIES]
    main(*given)
