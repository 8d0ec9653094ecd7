"""Who has more work in a plan than time, before and after a change; what the plan costs. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import cast

from headway.areas.schedule.acts import Overload
from headway.areas.schedule.effect import Difference
from headway.areas.schedule.roles import is_role
from headway.engine.cpm.whatif import Scheduled
from headway.engine.levelling.profile import Granularity, over_allocations
from headway.engine.plan import Assignment, Plan, ResourceType, Schedule, ScheduledTask

_MOST_PEOPLE = 200
_MOST_TASKS = 4_000  # looked at for one answer
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Span:
    """What of a scheduled task a load needs."""

    uid: int
    start: datetime
    finish: datetime


_Days = dict[int, dict[date, int]]  # percent of what can be done, by person, on the days with too much work


def overloads(change: Difference) -> tuple[list[Overload], list[Overload]] | None:
    """Whose days have newly, or more than before, too much work; and whose no longer. None = too many to look at.

    Only the days on which something moves are looked at: the others stay as they are.
    """
    if change.before is None:
        return [], []
    people, touched = _concerned(change)
    ends = [end for uid in touched for dated in (change.before, change.after) for end in dated.span(uid) or ()]
    if not people or not ends:
        return [], []
    window = (datetime.combine(min(ends), time()), datetime.combine(max(ends), time()) + timedelta(days=1))
    old, new = (_days(dated, people, window) for dated in (change.before, change.after))
    if old is None or new is None:
        return None
    names = {
        item.uid: f"{item.name} (role to fill)" if is_role(item.name, item.group) else item.name
        for item in change.after.plan.resources
    }
    worse, relieved = [], []
    for uid in people:
        then, now = old.get(uid, {}), new.get(uid, {})
        more = {day: percent for day, percent in now.items() if percent > then.get(day, 100)}
        less = {day: percent for day, percent in then.items() if day not in now}
        if more:
            worse.append(_overload(uid, names, more))
        elif less:
            relieved.append(_overload(uid, names, less))
    return worse[:_MOST_PEOPLE], relieved[:_MOST_PEOPLE]


def _overload(uid: int, names: Mapping[int, str], days: Mapping[date, int]) -> Overload:
    return Overload(uid, names.get(uid, ""), min(days), max(days), max(days.values()))


def _concerned(change: Difference) -> tuple[list[int], set[int]]:
    """Work resources on a task that moved, or whose assignments differ; and those tasks."""
    assert change.before is not None  # noqa: S101 - asked by the caller
    old, new = change.before.plan, change.after.plan
    tasks = set(change.spans)
    if old.assignments is not new.assignments:
        same = {id(item) for item in old.assignments} & {id(item) for item in new.assignments}
        tasks |= {item.task_uid for item in (*old.assignments, *new.assignments) if id(item) not in same}
    found = {item.resource_uid for plan in (old, new) for item in plan.assignments if item.task_uid in tasks}
    workers = {item.uid for item in new.resources if item.type is ResourceType.WORK}
    return sorted(uid for uid in found if uid in workers), tasks


def _days(dated: Scheduled, people: Collection[int], window: tuple[datetime, datetime]) -> _Days | None:
    plan, wanted = dated.plan, set(people)
    busy = {item.task_uid for item in plan.assignments if item.resource_uid in wanted}
    tasks, spans = [], []
    for task in plan.tasks:
        if task.uid not in busy or task.summary:
            continue
        span = dated.span(task.uid)
        if span is not None and span[0] < window[1] and span[1] > window[0]:
            tasks.append(task)
            spans.append(_Span(task.uid, *span))
    if len(tasks) > _MOST_TASKS:
        return None
    here = {task.uid for task in tasks}
    part = Plan(
        plan.project,
        plan.calendars,
        tuple(tasks),
        resources=plan.resources,
        assignments=tuple(item for item in plan.assignments if item.task_uid in here),
    )
    # Loads need the dates alone; the rest of a scheduled task would take longer to make than the loads.
    schedule = Schedule(*window, cast("list[ScheduledTask]", spans))
    found: _Days = {}
    for row in over_allocations(part, schedule, by=Granularity.DAY, resources=wanted):
        percent = row.work.tenths * 100 // row.capacity.tenths if row.capacity.tenths else 101
        if window[0] <= row.start < window[1]:
            days = found.setdefault(row.resource_uid, {})
            days[row.start.date()] = max(percent, days.get(row.start.date(), 0))
    return found


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
