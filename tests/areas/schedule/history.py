"""A project with a history: planned, then worked on for six weeks, each act entered on its day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands, queries
from headway.kernel.context import Context

House = Callable[[str], Context]

_DONE = (
    (date(2026, 3, 2), date(2026, 3, 9)),
    (date(2026, 3, 10), date(2026, 3, 17)),
    (date(2026, 3, 18), date(2026, 3, 25)),
    (date(2026, 3, 26), date(2026, 4, 2)),
    (date(2026, 4, 3), date(2026, 4, 10)),
)


def ten_tasks(house: House) -> House:
    """SITE from Monday 2 March 2026: T1 to T10 of five days one after another, then Go-live; a baseline."""
    manager = house("manager").but(now=datetime(2026, 3, 2, 7, tzinfo=UTC))
    projects.create(manager, key="SITE", name="Acme web site")
    for who in ("member", "client"):
        projects.set_member(manager, project="SITE", person=person_of_user(house(who).actor.user_id), role=Role(who))
    commands.start_plan(manager, project="SITE", start=date(2026, 3, 2))
    before: tuple[int, ...] = ()
    for number in range(1, 11):
        made = commands.add_task(manager, project="SITE", name=f"T{number}", duration="5d", predecessors=before)
        before = (made.task_id,)
    commands.add_task(manager, project="SITE", name="Go-live", milestone=True, predecessors=before)
    commands.set_baseline(manager, project="SITE", name="Approved")
    return house


def five_done_late(house: House) -> House:
    """The first five of them done, each in six days instead of five; status date Friday 10 April."""
    manager = house("manager")
    ids = {row.name: row.id for row in queries.tasks(manager, project="SITE").items}
    for number, (first, last) in enumerate(_DONE, 1):
        commands.set_progress(
            manager.but(now=datetime(last.year, last.month, last.day, 18, tzinfo=UTC)),
            task=ids[f"T{number}"],
            percent_complete=100,
            actual_start=datetime(first.year, first.month, first.day, 8),
            actual_finish=datetime(last.year, last.month, last.day, 17),
        )
    commands.set_status_date(
        manager.but(now=datetime(2026, 4, 10, 19, tzinfo=UTC)), project="SITE", status_date=date(2026, 4, 10)
    )
    return house
