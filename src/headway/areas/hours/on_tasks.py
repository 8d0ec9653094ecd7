"""Hours that were logged on one task of a plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Sum

from headway.areas.hours.kept import NO_TASK
from headway.areas.hours.models import TimeEntry
from headway.areas.hours.policies import sees_everybodys
from headway.areas.hours.queries import live
from headway.areas.hours.spent import by_parts
from headway.areas.hours.sums import decimal, exact, plain
from headway.areas.hours.types import HoursOfPerson
from headway.areas.people.queries import names_of
from headway.areas.projects.queries import my_person_id
from headway.areas.schedule.queries import place_of
from headway.areas.schedule.types import TaskId
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.queries import query


@query(permission="hours.read")
def on_task(ctx: Context, *, task: TaskId) -> tuple[HoursOfPerson, ...]:
    """Hours logged on a task by person, the most first; members see their own."""
    project_id, uid = place_of(task)
    rows = live(ctx, project_id).filter(task_uid=uid).order_by().values_list("person_id")
    found = list(rows.annotate(hours=Sum("hours"), entries=Count("pk"), last=Max("day")))
    names = names_of([person for person, *_ in found])
    told = [HoursOfPerson(names.get(person, ""), plain(hours), entries, last) for person, hours, entries, last in found]
    return tuple(sorted(told, key=lambda row: (-row.hours, row.name)))


def hours_on(ctx: Context, project_id: int, uids: Iterable[int]) -> dict[int, Decimal]:
    """Hours logged on each of some rows of a visible plan, by uid; members see their own. One query."""
    wanted = set(uids)
    found: dict[int, int] = {}
    for row in _seen_parts(ctx, project_id, {"key_task": F("task_uid")}):
        if row["key_task"] in wanted:
            found[row["key_task"]] = found.get(row["key_task"], 0) + row["worked"]
    return {uid: decimal(worked) for uid, worked in found.items()}


def _seen_parts(ctx: Context, project_id: int, keys: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Kept sums of all hours that the reader may see, by columns of the parts; a group comes once a currency."""
    whose = None if sees_everybodys(ctx, project_id) else my_person_id(ctx) or 0
    return by_parts(live(ctx, project_id), project_id, keys, person_id=whose)


def hours_on_rows(ctx: Context, wanted: Mapping[int, Collection[int]]) -> dict[tuple[int, int], Decimal]:
    """Hours logged on rows of several plans, by project and uid; one query. `wanted`: uids by project."""
    rows = TimeEntry.visible_to(ctx).filter(
        among_ids("project_id", wanted), among_ids("task_uid", {uid for uids in wanted.values() for uid in uids})
    )
    summed = rows.filter(removed_at=None).order_by().values_list("project_id", "task_uid").annotate(Sum("hours"))
    return {(project, uid): plain(hours) for project, uid, hours in summed if uid in wanted.get(project, ())}


def hours_by_phase(ctx: Context, project_id: int) -> dict[str, Decimal]:
    """Hours that name no row of the plan, by their phase in small letters, '' = none; members see their own.

    One query.
    """
    found: dict[str, int] = {}
    for row in _seen_parts(ctx, project_id, {"key_task": F("task_uid"), "key_phase": F("phase")}):
        if row["key_task"] == NO_TASK:
            phase = row["key_phase"].casefold()
            found[phase] = found.get(phase, 0) + row["worked"]
    return {phase: decimal(worked) for phase, worked in found.items()}


def burned_on_rows_by_day(
    project_id: int,
    *,
    uids: Collection[int],
    phases: Collection[str],
    measure: str = "hours",
    currency: str = "",
    billable_only: bool = False,
) -> dict[date, Decimal]:
    """What entries on some rows of the plan burned on each day, of those that name none the ones of some phases.

    phases   in small letters. measure: 'hours', or 'bill' or 'cost' of a currency. The caller has passed its own door.
    """
    rows = TimeEntry.unscoped(reason="figures of a visible project").filter(project_id=project_id, removed_at=None)
    column = "hours" if measure == "hours" else f"{measure}_amount"
    if measure != "hours":
        rows = rows.filter(**{f"{measure}_currency": currency})
    if billable_only:
        rows = rows.filter(billable=True)
    found: dict[date, Decimal] = {}
    on_rows = rows.filter(among_ids("task_uid", uids)).order_by().values_list("day")
    for day, burned in on_rows.annotate(burned=exact(column)):
        found[day] = found.get(day, Decimal(0)) + decimal(burned)
    if phases:
        named = rows.filter(task_uid=None).order_by().values_list("day", "phase")
        for day, phase, burned in named.annotate(burned=exact(column)):
            if phase.casefold() in phases:
                found[day] = found.get(day, Decimal(0)) + decimal(burned)
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class WorkedPart:
    """Hours of a project that name the same row of the plan, phase and role; None and '' = none named."""

    project_id: int
    task_uid: int | None
    phase: str
    role: str
    hours: Decimal


def worked_parts(project_ids: Collection[int]) -> tuple[WorkedPart, ...]:
    """All hours of some projects by row of the plan, phase and role; one query. The caller has passed its own door."""
    keys = ("project_id", "task_uid", "phase", "role")
    rows = TimeEntry.unscoped(reason="figures of visible projects").filter(
        among_ids("project_id", project_ids), removed_at=None
    )
    summed = rows.order_by(*keys).values_list(*keys).annotate(worked=exact("hours"))
    return tuple(WorkedPart(project, uid, phase, role, decimal(worked)) for project, uid, phase, role, worked in summed)
