"""A week of a plan: what was finished, who is doing what, what begins next. Read from columns, for pages and notes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from headway.areas.projects.types import ProjectId
from headway.areas.schedule import charting
from headway.areas.schedule.models import Assignment, Plan, PlanTask, Resource
from headway.areas.schedule.queries import framed, plan_row
from headway.areas.schedule.records import from_record
from headway.engine import plan as engine
from headway.engine.calendars import Axis
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound
from headway.kernel.queries import query

_MOST = 200
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class WeekTask:
    """A task of the week. `who`: the people and other resources that do it."""

    id: int
    name: str
    start: datetime | None
    finish: datetime | None
    actual_finish: datetime | None
    percent_complete: Decimal
    critical: bool
    who: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WeekPerson:
    """Somebody with tasks in progress. `planned` hours: spread evenly over each task's working time."""

    name: str
    person_id: int | None
    planned: Decimal
    task_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlanWeek:
    """What a plan says about a week; milestones are left out.

    finished  in the days from `since` to the week's last, the newest first.
    running   begun or to begin by the end of the week, and not done; those that should be done already come first.
    ahead     to begin in the seven days after.
    people    who works on what is running, by name.
    """

    finished: tuple[WeekTask, ...]
    running: tuple[WeekTask, ...]
    ahead: tuple[WeekTask, ...]
    people: tuple[WeekPerson, ...]


@query(permission="schedule.read")
def week(ctx: Context, *, project: ProjectId, first: date, last: date, since: date | None = None) -> PlanWeek:
    """What of a plan was finished lately, is in progress in some days, and begins after them.

    first, last  the days, both inclusive; at most 31.
    since        from when on finished tasks are told; the first day when not given.
    """
    if not first <= last <= first + timedelta(days=31):
        raise Invalid(f"{first} to {last} is no span of 1 to 31 days.", fields=[FieldError("last", "not in 31 days")])
    row = plan_row(ctx, project)
    if row is None:
        raise NotFound("This project has no plan yet. Import one, or start one.")
    begin, end = datetime.combine(first, time()), datetime.combine(last + timedelta(days=1), time())
    leaves = PlanTask.unscoped(reason="of a visible plan").filter(
        plan=row, removed_at=None, summary=False, milestone=False, active=True
    )
    done = leaves.filter(actual_finish__gte=datetime.combine(since or first, time()), actual_finish__lt=end)
    open_ = leaves.filter(percent_complete__lt=100, start__isnull=False, finish__isnull=False)
    running = open_.filter(Q(start__lt=end) | Q(actual_start__lt=end))
    ahead = open_.filter(start__gte=end, start__lt=end + timedelta(days=7), actual_start=None)
    found = [
        list(done.order_by("-actual_finish", "position")[:_MOST].only(*_COLUMNS)),
        list(running.order_by("finish", "position")[:_MOST].only(*_COLUMNS)),
        list(ahead.order_by("start", "position")[:_MOST].only(*_COLUMNS)),
    ]
    work = _work(row, [task.uid for tasks in found for task in tasks])
    told = [tuple(_told(task, work.get(task.uid, ())) for task in tasks) for tasks in found]
    return PlanWeek(told[0], told[1], told[2], _people(framed(ctx, row)[1], found[1], work, begin, end))


def driving_count(ctx: Context, project_id: int) -> int:
    """How many tasks drive a plan's finish now: critical, and not done. The caller has passed its own door."""
    row = plan_row(ctx, project_id)
    if row is None:
        return 0
    rows = PlanTask.unscoped(reason="of a visible plan").filter(plan=row, removed_at=None, active=True)
    driving = rows.filter(critical=True, summary=False, percent_complete__lt=100)
    return driving.count() if ctx.work is not None else charting.remembered("driving", row, (), driving.count)


_COLUMNS = (
    "uid",
    "position",
    "name",
    "start",
    "finish",
    "actual_finish",
    "percent_complete",
    "critical",
    "owner",
)


@dataclass(frozen=True, slots=True)
class _Part:
    """One resource's part in one task."""

    resource: int
    name: str
    person_id: int | None
    units: Decimal


def _work(row: Plan, uids: Collection[int]) -> dict[int, tuple[_Part, ...]]:
    parts = Assignment.of(row).filter(task_uid__in=uids, resource_uid__isnull=False).order_by("uid", "id")
    columns: list[Any] = list(parts.values_list("task_uid", "resource_uid", "definition"))
    resources = _resources(row, {resource for _, resource, _ in columns})
    found: dict[int, list[_Part]] = {}
    for task_uid, resource_uid, definition in columns:
        if resource_uid in resources:
            name, person_id = resources[resource_uid]
            units = from_record(engine.Assignment, definition).units
            found.setdefault(task_uid, []).append(_Part(resource_uid, name, person_id, units))
    return {uid: tuple(items) for uid, items in found.items()}


def _resources(row: Plan, uids: Collection[int]) -> dict[int, tuple[str, int | None]]:
    """Name and person of those that work; material and cost are nobody."""
    rows: QuerySet[Resource] = Resource.unscoped(reason="of a visible plan").filter(plan=row, uid__in=uids)
    columns: Iterable[Any] = rows.values_list("uid", "name", "person_id", "definition")
    return {
        uid: (name, person_id)
        for uid, name, person_id, definition in columns
        if from_record(engine.Resource, definition).type is engine.ResourceType.WORK
    }


def _told(task: PlanTask, parts: Iterable[_Part]) -> WeekTask:
    who = tuple(dict.fromkeys(part.name for part in parts)) or ((task.owner,) if task.owner else ())
    return WeekTask(
        task.pk, task.name, task.start, task.finish, task.actual_finish, task.percent_complete, task.critical, who
    )


def _people(
    axis: Axis, running: Iterable[PlanTask], work: dict[int, tuple[_Part, ...]], begin: datetime, end: datetime
) -> tuple[WeekPerson, ...]:
    hours: dict[tuple[str, int | None], Decimal] = {}
    tasks: dict[tuple[str, int | None], list[int]] = {}
    for task in running:
        assert task.start is not None  # noqa: S101  asked for with dates alone
        assert task.finish is not None  # noqa: S101
        lapse = axis.work_between(max(begin, task.start), min(end, task.finish)).hours
        parts = work.get(task.uid, ())
        for part in parts:
            who = (part.name, part.person_id)
            hours[who] = hours.get(who, _ZERO) + max(_ZERO, lapse * part.units)
            tasks.setdefault(who, []).append(task.pk)
        if not parts and task.owner:
            tasks.setdefault((task.owner, None), []).append(task.pk)
    return tuple(
        WeekPerson(name, person_id, hours.get((name, person_id), _ZERO), tuple(dict.fromkeys(ids)))
        for (name, person_id), ids in sorted(tasks.items(), key=lambda item: (item[0][0].casefold(), item[0][1] or 0))
    )
