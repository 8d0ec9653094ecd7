"""What is to mend in a plan, and about one task. Found by `headway.engine.faults`; here it is read, named and kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from headway.areas.projects.queries import local_day
from headway.areas.projects.types import ProjectId
from headway.areas.schedule import keeping
from headway.areas.schedule.models import Plan, PlanTask
from headway.areas.schedule.queries import plan_row
from headway.areas.schedule.records import from_record
from headway.areas.schedule.roles import is_role
from headway.areas.schedule.shelf import Shelf
from headway.areas.schedule.types import PlanFault, PlanFaults
from headway.areas.schedule.writing import day_writing
from headway.engine import faults as engine_faults
from headway.engine import plan as engine
from headway.engine.days import DayWriting
from headway.engine.faults import Fault, FaultKind
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.queries import query

_MOST_SHOWN = 200
_MOST_TASKS = 5
_MOST_KEPT = 50_000  # faults in one process
_WHY = "tasks of a visible plan"


@dataclass(frozen=True, slots=True)
class _Found:
    faults: tuple[Fault, ...]
    tasks: int


_shelf: Shelf[tuple[Any, ...], _Found] = Shelf(most=_MOST_KEPT, weight=lambda found: len(found.faults) + 1)


def forget() -> None:
    """Keep nothing of what was found so far."""
    _shelf.clear()


@query(permission="schedule.read")
def plan_faults(ctx: Context, *, project: ProjectId, kind: FaultKind | None = None) -> PlanFaults:
    """What is to mend in a plan: missed deadlines, overloads, typed dates against links, work without progress.

    Faults that only follow from another one are left out; at most 200 are named.
    """
    row = plan_row(ctx, project)
    if row is None:
        raise NotFound("This project has no plan yet. Import one, or start one.")
    as_of = judged_on(ctx, row)
    found = _found(row, as_of, day_writing(ctx))
    own = [fault for fault in found.faults if not fault.follows]
    counts = [(one.value, sum(fault.kind is one for fault in own)) for one in FaultKind]
    shown = [fault for fault in own if kind is None or fault.kind is kind]
    return PlanFaults(
        as_of=as_of,
        tasks=found.tasks,
        count=len(own),
        counts=tuple((name, count) for name, count in counts if count),
        to_fill=_to_fill(row, own),
        items=tuple(_told(row, shown[:_MOST_SHOWN])),
    )


def _to_fill(row: Plan, found: Iterable[Fault]) -> int:
    """How many faults are of roles that nobody has taken."""
    over = [fault.resource for fault in found if fault.kind is FaultKind.OVERLOAD]
    if not over:
        return 0
    roles = {item.uid for item in keeping.looked_at(row).plan.resources if is_role(item.name, item.group)}
    return sum(uid in roles for uid in over)


@query(permission="schedule.read")
def task_faults(ctx: Context, *, task: PlanTask) -> tuple[PlanFault, ...]:
    """What is to mend about one task, those that follow from other tasks too."""
    held = keeping.looked_at(task.plan)
    if held.scheduled is None:
        return ()
    as_of = judged_on(ctx, task.plan)
    found = engine_faults.faults_of_task(held.plan, held.scheduled, task.uid, as_of=as_of, days=day_writing(ctx))
    return tuple(_told(task.plan, found))


def judged_on(ctx: Context, row: Plan) -> date:
    """The day before which work should be done: the status date, else today where the project is."""
    settings: engine.ProjectSettings = from_record(engine.ProjectSettings, row.settings)
    return settings.status_date.date() if settings.status_date else local_day(ctx, project=row.project_id)


def _found(row: Plan, as_of: date, days: DayWriting) -> _Found:
    """All faults of a plan, found once while it stays as it is."""
    key = (row.pk, row.stamp, as_of, days)
    known = _shelf.find(key)
    if known is None:
        held = keeping.looked_at(row)
        dated = held.scheduled
        found = () if dated is None else engine_faults.faults(held.plan, dated.schedule, as_of=as_of, days=days)
        known = _Found(found, len(held.plan.tasks))
        _shelf.put(key, known)
    return known


def _told(row: Plan, found: Sequence[Fault]) -> Iterable[PlanFault]:
    uids = {uid for fault in found for uid in (*fault.tasks[: _MOST_TASKS + 1], fault.uid) if uid is not None}
    rows = PlanTask.unscoped(reason=_WHY).filter(plan=row, removed_at=None, uid__in=uids)
    known = {uid: (pk, name) for uid, pk, name in rows.values_list("uid", "pk", "name")}
    people = {resource.uid: resource for resource in keeping.looked_at(row).plan.resources}
    return [_one(fault, known, people) for fault in found]


def _one(fault: Fault, known: Mapping[int, tuple[int, str]], people: Mapping[int, engine.Resource]) -> PlanFault:
    uid = fault.uid if fault.uid is not None else next(iter(fault.tasks), None)
    pk, name = known.get(uid, (None, "")) if uid is not None else (None, "")
    others = tuple(known[one] for one in fault.tasks[:_MOST_TASKS] if one in known and one != uid)
    who = people.get(fault.resource) if fault.resource is not None else None
    to_fill = who is not None and is_role(who.name, who.group)
    called = who.name if who is not None else ""
    return PlanFault(fault.kind.value, fault.text, pk, uid, name, called, to_fill, others)
