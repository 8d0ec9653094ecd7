"""Small plans for engine tests, in days of eight hours from Monday 5 January 2026, 08:00."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import Any

from headway.engine.calendars import standard_calendar
from headway.engine.cpm import schedule
from headway.engine.plan import (
    Assignment,
    Calendar,
    Duration,
    Lag,
    Link,
    LinkType,
    Plan,
    ProjectSettings,
    Resource,
    Schedule,
    ScheduledTask,
    Shift,
    Task,
)
from headway.engine.units import WorkTime

DAY = 4800
MONDAY = datetime(2026, 1, 5, 8)
STANDARD = standard_calendar()
ROUND_THE_CLOCK = Calendar(2, "24 Hours", ((Shift(time(0), time(0)),),) * 7)
# Night shift as Microsoft Project ships it: 23:00 to 08:00 with an hour's break, Monday night to Saturday morning.
_NIGHT = (Shift(time(0), time(3)), Shift(time(4), time(8)), Shift(time(23), time(0)))
NIGHT = Calendar(3, "Night Shift", ((Shift(time(23), time(0)),), _NIGHT, _NIGHT, _NIGHT, _NIGHT, _NIGHT[:2], ()))


def at(day: int, hour: int = 8, minute: int = 0, month: int = 1, year: int = 2026) -> datetime:
    """A moment in January 2026."""
    return datetime(year, month, day, hour, minute)


def days(number: float) -> WorkTime:
    """Working days of eight hours."""
    return WorkTime(round(number * DAY))


def task(uid: int, length: float = 1, **fields: Any) -> Task:
    """A task named T<uid> of so many days."""
    fields.setdefault("duration", Duration(days(length)))
    fields.setdefault("name", f"T{uid}")
    return Task(uid, uid, **fields)


def elapsed(hours: float) -> Duration:
    """An elapsed duration."""
    return Duration(WorkTime.from_hours(hours), "h", elapsed=True)


def link(predecessor: int, successor: int, kind: str = "FS", lag: float = 0, **fields: Any) -> Link:
    """A link with a lag in days."""
    amount = Lag(days(lag), **fields) if lag or fields else Lag()
    return Link(predecessor, successor, LinkType(kind), amount)


def resource(uid: int, calendar_uid: int | None = None, **fields: Any) -> Resource:
    """A work resource."""
    return Resource(uid, uid, f"R{uid}", calendar_uid=calendar_uid, **fields)


def assignment(task_uid: int, resource_uid: int, hours: float, units: str = "1", **fields: Any) -> Assignment:
    """Work of a resource on a task."""
    return Assignment(
        uid=task_uid * 100 + resource_uid,
        task_uid=task_uid,
        resource_uid=resource_uid,
        units=Decimal(units),
        work=WorkTime.from_hours(hours),
        **fields,
    )


def plan(
    *tasks: Task,
    links: tuple[Link, ...] = (),
    resources: tuple[Resource, ...] = (),
    assignments: tuple[Assignment, ...] = (),
    calendars: tuple[Calendar, ...] = (STANDARD, ROUND_THE_CLOCK, NIGHT),
    **settings: Any,
) -> Plan:
    """A plan on the standard calendar."""
    settings.setdefault("start", MONDAY)
    return Plan(ProjectSettings(calendar_uid=1, **settings), calendars, tasks, links, resources, assignments)


def run(*tasks: Task, **fields: Any) -> dict[int, ScheduledTask]:
    """The scheduled tasks of a plan by uid."""
    return whole(*tasks, **fields).by_uid()


def whole(*tasks: Task, **fields: Any) -> Schedule:
    """The schedule of a plan."""
    return schedule(plan(*tasks, **fields))
