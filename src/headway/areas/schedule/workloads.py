"""What plans ask of their people day by day and task by task, read from the rows that some days need.

For the areas that look at people over all projects; the caller has passed its own door, and counts hidden projects
only as amounts. Not here: who is over capacity in the next two weeks (`outlook`), what an edit does to it (`loads`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from headway.areas.projects.types import Stage
from headway.areas.schedule.models import Assignment, Plan, PlanTask, Resource
from headway.areas.schedule.records import calendars_of, from_record
from headway.engine import plan as engine
from headway.engine.capacity import DayWork, plan_days
from headway.engine.plan import PlanError
from headway.kernel.among import among_ids

_WHY = "work of people over all projects; of hidden ones only how much"


@dataclass(frozen=True, slots=True)
class ResourceWork:
    """The days of one work resource of a plan, each with the tasks behind it."""

    resource_uid: int
    name: str
    group: str
    person_id: int | None
    days: tuple[DayWork, ...]


@dataclass(frozen=True, slots=True)
class DayOff:
    """Days on which a resource does not work, as a calendar calls them; `own`: by a calendar of their own."""

    first: date
    last: date
    name: str
    own: bool


def open_plans() -> dict[int, str]:
    """The stamp of every plan of a project that is not closed, by project: it is new with every change."""
    rows = Plan.unscoped(reason=_WHY).exclude(project__stage=Stage.CLOSED.value).order_by("project_id")
    return dict(rows.values_list("project_id", "stamp"))


def stamps_of(project_ids: Collection[int]) -> dict[int, str]:
    """The stamps of these projects' plans."""
    rows = Plan.unscoped(reason=_WHY).filter(among_ids("project_id", project_ids))
    return dict(rows.values_list("project_id", "stamp"))


def resource_work(
    project_id: int, *, first: date, last: date, resources: Collection[int] | None = None
) -> tuple[ResourceWork, ...]:
    """What a project's plan asks of its work resources on some days, both inclusive; with contours and splits.

    resources  of these uids alone.
    """
    found = placed_plan(project_id, first=first, last=last, resources=resources)
    if found is None:
        return ()
    plan, schedule, persons = found
    try:
        days = plan_days(plan, schedule, first=first, last=last)
    except PlanError:  # a calendar without working time: the plan itself says so
        return ()
    return tuple(
        ResourceWork(item.uid, item.name, item.group, persons.get(item.uid), days[item.uid])
        for item in plan.resources
        if item.uid in days and (resources is None or item.uid in resources)
    )


def placed_plan(
    project_id: int, *, first: date, last: date, resources: Collection[int] | None = None
) -> tuple[engine.Plan, engine.Schedule, dict[int, int]] | None:
    """The part of a plan that people work on in some days, with the dates that are stored, and who resources are.

    Tasks without people, summaries and links are left out; None where the project has no plan.
    """
    row = Plan.unscoped(reason=_WHY).filter(project_id=project_id).first()
    if row is None:
        return None
    every = Resource.unscoped(reason=_WHY).filter(plan=row).order_by("uid")
    known = list(every.values_list("uid", "person_id", "definition"))
    dated = list(_worked_on(row, first, last, resources).values_list("uid", "definition", "computed"))
    crews = Assignment.of(row).filter(among_ids("task_uid", [uid for uid, _, _ in dated])).order_by("uid", "id")
    plan = engine.Plan(
        project=from_record(engine.ProjectSettings, row.settings),
        calendars=calendars_of(row),
        tasks=tuple(from_record(engine.Task, definition) for _, definition, _ in dated),
        resources=tuple(from_record(engine.Resource, definition) for _, _, definition in known),
        assignments=tuple(
            from_record(engine.Assignment, definition) for definition in crews.values_list("definition", flat=True)
        ),
    )
    begin = datetime.combine(first, time())
    dates = tuple(from_record(engine.ScheduledTask, computed) for _, _, computed in dated)
    persons = {uid: person for uid, person, _ in known if person is not None}
    return plan, engine.Schedule(row.start or begin, row.finish or begin, dates), persons


def _worked_on(row: Plan, first: date, last: date, resources: Collection[int] | None) -> QuerySet[PlanTask]:
    work: Any = Assignment.of(row).filter(task_uid=OuterRef("uid"), resource_uid__isnull=False)
    if resources is not None:
        work = work.filter(resource_uid__in=list(resources))
    return (
        PlanTask.unscoped(reason=_WHY)
        .filter(plan=row, removed_at=None, active=True, summary=False, computed__isnull=False)
        .filter(start__lt=_midnight(last + timedelta(days=1)), finish__gt=_midnight(first))
        .filter(Exists(work))
        .order_by("position", "id")
    )


def days_off(project_id: int, resource_uid: int, *, first: date, last: date) -> tuple[DayOff, ...]:
    """The exceptions of a resource's calendar, and of those it is based on, that take days off, by day."""
    row = Plan.unscoped(reason=_WHY).filter(project_id=project_id).first()
    resource = Resource.unscoped(reason=_WHY).filter(plan=row, uid=resource_uid).first() if row is not None else None
    if row is None or resource is None:
        return ()
    calendars = {item.uid: item for item in calendars_of(row)}
    own: int | None = resource.definition.get("calendar_uid")
    base: int | None = row.settings.get("calendar_uid")
    found: dict[tuple[date, date], DayOff] = {}
    uid, seen = own if own in calendars else base, set[int]()
    while uid is not None and uid in calendars and uid not in seen:
        seen.add(uid)
        for item in calendars[uid].exceptions:
            if not item.shifts and item.recurrence is None and item.first <= last and item.last >= first:
                off = DayOff(item.first, item.last, item.name, own=uid == own and uid != base)
                found.setdefault((item.first, item.last), off)
        uid = calendars[uid].base_uid
    return tuple(sorted(found.values(), key=lambda item: (item.first, item.last)))


def resources_of_person(person_id: int) -> dict[int, list[int]]:
    """Uids of the resources that are this person, by project, in plans of projects that are not closed."""
    rows = Resource.unscoped(reason=_WHY).filter(person_id=person_id).exclude(plan__project__stage=Stage.CLOSED.value)
    found: dict[int, list[int]] = {}
    for project_id, uid in rows.order_by("plan__project_id", "uid").values_list("plan__project_id", "uid"):
        found.setdefault(project_id, []).append(uid)
    return found


def matched_persons(project_ids: Collection[int]) -> dict[tuple[int, int], int]:
    """Which person a resource of these projects' plans is, by project and uid; without those matched to nobody."""
    rows = Resource.unscoped(reason=_WHY).filter(among_ids("plan__project_id", project_ids), person__isnull=False)
    return {
        (project_id, uid): person_id
        for project_id, uid, person_id in rows.values_list("plan__project_id", "uid", "person_id")
    }


@dataclass(frozen=True, slots=True)
class TaskFact:
    """A task as a list of somebody's work names it."""

    id: int
    uid: int
    name: str
    start: datetime
    finish: datetime
    percent_complete: Decimal


def task_facts(project_id: int, uids: Collection[int]) -> tuple[TaskFact, ...]:
    """Dated tasks of a plan, by uid."""
    rows = PlanTask.unscoped(reason="tasks of a visible plan").filter(plan__project_id=project_id, start__isnull=False)
    rows = rows.filter(among_ids("uid", uids), finish__isnull=False).order_by("uid")
    columns: Iterable[Any] = rows.values_list("pk", "uid", "name", "start", "finish", "percent_complete")
    return tuple(TaskFact(*values) for values in columns)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
