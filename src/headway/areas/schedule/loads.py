"""Who has more work in a plan than time, before and after a change; what the plan costs. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import cast
from weakref import WeakKeyDictionary

from headway.areas.schedule.acts import Overload
from headway.areas.schedule.effect import Difference
from headway.engine.cpm.whatif import Scheduled
from headway.engine.levelling.profile import Granularity, OverAllocation, over_allocations
from headway.engine.plan import Assignment, Plan, ResourceType, Schedule, ScheduledTask

_Known = dict[int, Overload | None]
_kept: WeakKeyDictionary[Scheduled, _Known] = WeakKeyDictionary()
_MOST_PEOPLE = 200
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Span:
    """What of a scheduled task a load needs."""

    uid: int
    start: datetime
    finish: datetime


def overloads(change: Difference) -> tuple[list[Overload], list[Overload]]:
    """Who has newly, or more than before, too much on some day; and who has no longer."""
    if change.before is None:
        return [], []
    people = _concerned(change)
    before, after = _of(change.before, people), _of(change.after, people)
    worse, relieved = [], []
    for uid in people:
        old, new = before[uid], after[uid]
        if new is not None and (old is None or new.worst_percent > old.worst_percent):
            worse.append(new)
        if old is not None and new is None:
            relieved.append(old)
    return worse[:_MOST_PEOPLE], relieved[:_MOST_PEOPLE]


def _concerned(change: Difference) -> list[int]:
    """Work resources on a task that moved, or whose assignments differ."""
    assert change.before is not None  # noqa: S101 - asked by the caller
    old, new = change.before.plan, change.after.plan
    moved = set(change.spans)
    found = {item.resource_uid for item in new.assignments if item.task_uid in moved}
    if old.assignments is not new.assignments:
        same = {id(item) for item in old.assignments} & {id(item) for item in new.assignments}
        found |= {item.resource_uid for item in (*old.assignments, *new.assignments) if id(item) not in same}
    workers = {item.uid for item in new.resources if item.type is ResourceType.WORK}
    return sorted(uid for uid in found if uid in workers)


def _of(dated: Scheduled, people: Collection[int]) -> _Known:
    """The worst of each of these people; what was found of a plan is kept with it, for it is asked again and again."""
    known = _kept.setdefault(dated, {})
    unknown = {uid for uid in people if uid not in known}
    if unknown:
        known |= _found(dated, unknown)
    return known


def _found(dated: Scheduled, people: set[int]) -> _Known:
    plan = dated.plan
    busy = {item.task_uid for item in plan.assignments if item.resource_uid in people}
    tasks = tuple(task for task in plan.tasks if task.uid in busy and not task.summary and task.active)
    spans = [_Span(task.uid, *span) for task in tasks if (span := dated.span(task.uid)) is not None]
    part = Plan(
        plan.project,
        plan.calendars,
        tasks,
        resources=plan.resources,
        assignments=tuple(item for item in plan.assignments if item.task_uid in busy),
    )
    # Loads need the dates alone; the rest of a scheduled task would take longer to make than the loads.
    schedule = Schedule(dated.schedule.start, dated.schedule.finish, cast("list[ScheduledTask]", spans))
    rows: dict[int, list[OverAllocation]] = {}
    for row in over_allocations(part, schedule, by=Granularity.DAY, resources=people):
        rows.setdefault(row.resource_uid, []).append(row)
    names = {item.uid: item.name for item in plan.resources}
    return {uid: _overload(uid, names.get(uid, ""), rows[uid]) if uid in rows else None for uid in people}


def _overload(uid: int, name: str, rows: list[OverAllocation]) -> Overload:
    days = [row.start.date() for row in rows]
    worst = max((row.work.tenths * 100 // row.capacity.tenths for row in rows if row.capacity.tenths), default=100)
    return Overload(uid, name, min(days), max(days), worst)


def costs(change: Difference) -> tuple[Decimal | None, Decimal | None]:
    """What the plan costs before and after, by the rates of its resources; None where none has one."""
    old = change.before.plan if change.before is not None else change.after.plan
    return _cost(old), _cost(change.after.plan)


def _cost(plan: Plan) -> Decimal | None:
    rates = {item.uid: item for item in plan.resources if item.standard_rate or item.overtime_rate or item.cost_per_use}
    fixed = [task.fixed_cost for task in plan.tasks if task.fixed_cost and task.active]
    if not rates and not fixed:
        return None
    inactive = {task.uid for task in plan.tasks if not task.active}
    tenths: dict[int, list[int]] = {}
    for item in plan.assignments:
        if item.resource_uid in rates and item.task_uid not in inactive:
            held = tenths.setdefault(item.resource_uid, [0, 0, 0])
            _count(held, item)
    total = sum(fixed, start=_NOTHING)
    for uid, (work, overtime, uses) in tenths.items():
        rate = rates[uid]
        total += (rate.standard_rate or _NOTHING) * work / 600 + (rate.overtime_rate or _NOTHING) * overtime / 600
        total += (rate.cost_per_use or _NOTHING) * uses
    return total.quantize(Decimal("0.01"))


def _count(held: list[int], item: Assignment) -> None:
    held[0] += item.work.tenths - item.overtime_work.tenths
    held[1] += item.overtime_work.tenths
    held[2] += 1
