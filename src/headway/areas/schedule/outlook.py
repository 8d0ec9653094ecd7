"""What health is judged from in a plan: key milestones, deadlines that cannot be kept, people's next two weeks.

Read from columns, so that hundreds of plans can be judged in one go. The caller has passed its own door.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from headway.areas.schedule.models import Assignment, Baseline, BaselineTask, Plan, PlanCalendar, PlanTask, Resource
from headway.areas.schedule.queries import current_baseline, plan_row
from headway.areas.schedule.records import calendars_of, days_late, from_record, is_key, project_axis
from headway.areas.schedule.roles import is_role
from headway.engine import plan as engine
from headway.engine.calendars import Axis, Calendars
from headway.engine.capacity import DayWork, Portion, even_days, over_all
from headway.engine.rag import KeyMilestone
from headway.kernel.among import among_ids, among_pairs
from headway.kernel.context import Context

LOOK_AHEAD_DAYS = 14


@dataclass(frozen=True, slots=True)
class Load:
    """Planned work of one resource in the next two weeks, in percent of its capacity.

    over_days  the days with more work than capacity, in order. days  all of them.
    """

    resource_uid: int
    name: str
    person_id: int | None
    percent: Decimal
    over_days: tuple[date, ...]
    days: tuple[DayWork, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """A plan as health sees it.

    key_milestones  their slips against the baseline; None without a baseline.
    lost            tasks, summaries too, that finish after their deadline.
    loads           everybody with work in the next two weeks, in the plan's order; roles that nobody has taken are
                    nobody's work yet.
    """

    key_milestones: tuple[KeyMilestone, ...] | None
    lost: tuple[str, ...]
    loads: tuple[Load, ...]
    progress_on: date | None


def outlook(ctx: Context, project_id: int, *, as_of: date) -> Outlook | None:
    """What health asks of a project's plan; None where there is none that this actor may see."""
    row = plan_row(ctx, project_id)
    if row is None:
        return None
    settings = from_record(engine.ProjectSettings, row.settings)
    frame = engine.Plan(project=settings, calendars=calendars_of(row), tasks=())
    axis = project_axis(frame)
    return Outlook(
        key_milestones=_key_milestones(row, frame, axis),
        lost=_lost(row),
        loads=tuple(_loads(row, frame, axis, as_of)),
        progress_on=row.progress_on,
    )


def _key_milestones(row: Plan, frame: engine.Plan, axis: Axis) -> tuple[KeyMilestone, ...] | None:
    baseline = current_baseline(row)
    if baseline is None:
        return None
    marks = _computed(row).filter(milestone=True, summary=False).order_by("position", "id")
    rows = list(marks.values_list("uid", "name", "level", "deadline", "actual_finish", "finish"))
    kept = BaselineTask.of(baseline).filter(uid__in=[mark[0] for mark in rows])
    promised = dict(kept.values_list("uid", "finish"))
    found = []
    for uid, name, level, deadline, actual, finish in rows:
        slip = days_late(axis, frame.project, promised.get(uid), actual or finish)
        if slip is not None and is_key(deadline=deadline, level=level):
            found.append(KeyMilestone(name, Decimal(slip)))
    return tuple(found)


def _lost(row: Plan) -> tuple[str, ...]:
    rows = _computed(row).filter(deadline__isnull=False).order_by("position", "id")
    columns: Iterable[Any] = rows.values_list("name", "deadline", "actual_finish", "finish")
    return tuple(name for name, deadline, actual, finish in columns if (actual or finish) > deadline)


def _computed(row: Plan) -> QuerySet[PlanTask]:
    rows = PlanTask.unscoped(reason="of a visible plan").filter(plan=row, removed_at=None)
    return rows.filter(start__isnull=False, finish__isnull=False)


def _loads(row: Plan, frame: engine.Plan, axis: Axis, as_of: date) -> Iterable[Load]:
    """Work of each resource in the days after `as_of` against the working time of its calendar × its units."""
    first = datetime.combine(as_of + timedelta(days=1), time())
    last = first + timedelta(days=LOOK_AHEAD_DAYS)
    open_tasks = _computed(row).filter(start__lt=last, finish__gt=first, percent_complete__lt=100)
    columns: Iterable[Any] = open_tasks.values_list("uid", "start", "finish")
    spans: dict[int, tuple[datetime, datetime]] = {uid: (start, finish) for uid, start, finish in columns}
    work: dict[int, list[tuple[datetime, datetime, Decimal]]] = {}
    for task_uid, resource_uid, definition in _assignments(row, spans):
        item: engine.Assignment = from_record(engine.Assignment, definition)
        start, finish = spans[task_uid]
        work.setdefault(resource_uid, []).append((max(first, start), min(last, finish), item.units))
    if not work:
        return
    calendars = Calendars(frame.calendars, default_uid=frame.project.calendar_uid)
    resources = Resource.unscoped(reason="of a visible plan").filter(plan=row, uid__in=work).order_by("uid")
    for uid, name, person_id, definition in resources.values_list("uid", "name", "person_id", "definition"):
        resource: engine.Resource = from_record(engine.Resource, definition)
        if resource.type is not engine.ResourceType.WORK or (person_id is None and is_role(name, resource.group)):
            continue
        own = calendars.axis(resource.calendar_uid) if calendars.known(resource.calendar_uid) else axis
        days = even_days(own, resource.max_units, work[uid], first=first.date(), last=last.date() - timedelta(days=1))
        load = over_all([Portion(uid, days)])
        if load.percent:
            yield Load(uid, name, person_id, load.percent, load.over_days, days)


def _assignments(row: Plan, uids: Collection[int]) -> Iterable[Any]:
    rows = Assignment.of(row).filter(task_uid__in=uids, resource_uid__isnull=False).order_by("uid", "id")
    return rows.values_list("task_uid", "resource_uid", "definition")


def assigned_people(ctx: Context, project_id: int, first: date, last: date) -> set[int]:
    """Persons with an assignment whose task touches the days, both inclusive."""
    row = plan_row(ctx, project_id)
    if row is None:
        return set()
    touching = _computed(row).filter(
        start__lt=datetime.combine(last, time()) + timedelta(days=1), finish__gte=datetime.combine(first, time())
    )
    resources = Assignment.of(row).filter(task_uid__in=touching.values("uid")).values("resource_uid")
    people = Resource.unscoped(reason="of a visible plan").filter(plan=row, person__isnull=False, uid__in=resources)
    return set(people.values_list("person_id", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class Mark:
    """A milestone of one plan among many; `task` is its id."""

    task: int
    name: str
    on: date
    baseline: date | None
    late_days: int | None
    reached: bool
    key: bool


@dataclass(frozen=True, slots=True)
class PlanSpan:
    """A plan on a timeline: first and last day, and its milestones in the days asked for, by day."""

    start: date | None
    finish: date | None
    marks: tuple[Mark, ...]


def plan_spans(ctx: Context, project_ids: Collection[int], *, first: date, last: date) -> dict[int, PlanSpan]:
    """The plans of some projects with their milestones between two days, both inclusive, by project.

    Five database queries, however many projects.
    """
    visible = Plan.visible_to(ctx).filter(among_ids("project_id", project_ids))
    plans = list(visible.only("project_id", "settings", "start", "finish").order_by("pk"))
    ids = [row.pk for row in plans]
    rows: Iterable[Any] = (
        PlanTask.unscoped(reason="milestones of visible plans")
        .filter(among_ids("plan_id", ids), removed_at=None, active=True, milestone=True, summary=False)
        .filter(
            finish__gte=datetime.combine(first, time()), finish__lt=datetime.combine(last, time()) + timedelta(days=1)
        )
        .order_by("plan", "finish", "position", "id")
        .values_list("plan_id", "pk", "uid", "name", "level", "deadline", "actual_finish", "finish")
    )
    marks: dict[int, list[Any]] = {}
    for row in rows:
        marks.setdefault(row[0], []).append(row[1:])
    promised = _promised(marks)
    calendars: dict[int, list[Any]] = {}
    for plan, definition in PlanCalendar.among(list(marks)).order_by("uid").values_list("plan_id", "definition"):
        calendars.setdefault(plan, []).append(definition)
    return {
        row.project_id: PlanSpan(
            row.start.date() if row.start else None,
            row.finish.date() if row.finish else None,
            tuple(_marks(row, calendars.get(row.pk, []), marks.get(row.pk, []), promised)),
        )
        for row in plans
    }


def _promised(marks: dict[int, list[Any]]) -> dict[tuple[int, int], datetime | None]:
    """The finish that the current baseline of each plan promises for its milestones."""
    every = Baseline.unscoped(reason="baselines of visible plans")
    current = dict(every.filter(among_ids("plan_id", marks), current=True).values_list("pk", "plan_id"))
    pairs = [(pk, mark[1]) for pk, plan in current.items() for mark in marks[plan]]
    kept = BaselineTask.among(list(current)).filter(among_pairs("baseline_id", "uid", pairs))
    rows = ((current[pk], uid, finish) for pk, uid, finish in kept.values_list("baseline_id", "uid", "finish"))
    return {(plan, uid): finish for plan, uid, finish in rows}


def _marks(
    row: Plan,
    calendars: list[Any],
    marks: list[Any],
    promised: dict[tuple[int, int], datetime | None],
) -> Iterable[Mark]:
    if not marks:
        return
    settings, axis = _working_time(json.dumps([row.settings, calendars], sort_keys=True))
    for task, uid, name, level, deadline, actual, finish in marks:
        planned, expected = promised.get((row.pk, uid)), actual or finish
        late = days_late(axis, settings, planned, expected) if axis is not None else None
        key = is_key(deadline=deadline, level=level)
        yield Mark(task, name, expected.date(), planned.date() if planned else None, late, actual is not None, key)


@lru_cache(maxsize=2_000)
def _working_time(written: str) -> tuple[engine.ProjectSettings, Axis | None]:
    """A plan's settings and its project's working time, from the JSON of both."""
    settings, definitions = json.loads(written)
    read: engine.ProjectSettings = from_record(engine.ProjectSettings, settings)
    calendars = tuple(from_record(engine.Calendar, definition) for definition in definitions)
    return read, project_axis(engine.Plan(project=read, calendars=calendars, tasks=())) if calendars else None
