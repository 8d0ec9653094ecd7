"""What changed between two versions of a plan, task by task.

Tasks are matched by their unique ids. Not here: which dates count when a file stores none (the
caller schedules the plan first, see `with_dates`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from headway.documents.exchange.plan_json import minutes_as_json, moment_as_json, number_as_json
from headway.engine.plan import Duration, Lag, Link, Plan, Schedule, StoredDates, Task
from headway.engine.units import ZERO_WORK, WorkTime

DATE_FIELDS = ("start", "finish")
_COMPARED = (
    "name",
    "wbs",
    "parent_uid",
    "duration",
    "active",
    "mode",
    "constraint",
    "constraint_date",
    "deadline",
    "calendar_uid",
    "percent_complete",
    "actual_start",
    "actual_finish",
    "milestone",
)
_SECONDS_PER_DAY = 86_400

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """Lists of JSON objects, each about one task or link; see docs/reference/plan-json.md."""

    added: list[JsonObject]
    removed: list[JsonObject]
    moved: list[JsonObject]
    changed: list[JsonObject]
    links: JsonObject
    work: JsonObject
    cost: JsonObject

    def as_json(self) -> JsonObject:
        """The object that `headway plan diff --json` prints."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def diff(old: Plan, new: Plan) -> PlanDiff:
    """Tasks added, removed, moved and otherwise changed; links; work and cost.

    Dates are the plans' stored ones. `days` are calendar days, later positive. Work and cost count
    leaf tasks; their totals stand beside the tasks that differ.
    """
    before = {task.uid: task for task in old.tasks}
    after = {task.uid: task for task in new.tasks}
    common = [(before[task.uid], task) for task in new.tasks if task.uid in before]
    return PlanDiff(
        added=[_name(task) for task in new.tasks if task.uid not in before],
        removed=[_name(task) for task in old.tasks if task.uid not in after],
        moved=[move for pair in common for move in _moves(*pair)],
        changed=[change for pair in common for change in _changes(*pair)],
        links=_links(old.links, new.links),
        work=_amounts(old, new, "work"),
        cost=_amounts(old, new, "cost"),
    )


def with_dates(plan: Plan, schedule: Schedule) -> Plan:
    """The plan with computed dates where it stores none."""
    computed = schedule.by_uid()
    return replace(plan, tasks=tuple(_dated(task, computed) for task in plan.tasks))


def _dated(task: Task, computed: Mapping[int, Any]) -> Task:
    ours = computed.get(task.uid)
    stored = task.stored or StoredDates()
    if ours is None or (stored.start is not None and stored.finish is not None):
        return task
    return replace(task, stored=replace(stored, start=stored.start or ours.start, finish=stored.finish or ours.finish))


def _name(task: Task) -> JsonObject:
    return {"uid": task.uid, "id": task.id, "wbs": task.wbs, "name": task.name}


def _moves(old: Task, new: Task) -> Iterable[JsonObject]:
    for name in DATE_FIELDS:
        was, now = _stored(old, name), _stored(new, name)
        if was is not None and now is not None and was != now:
            days = round((now - was).total_seconds() / _SECONDS_PER_DAY, 2)
            yield _named(new, name, moment_as_json(was), moment_as_json(now)) | {"days": days}


def _stored(task: Task, name: str) -> datetime | None:
    found: datetime | None = getattr(task.stored, name) if task.stored else None
    return found


def _named(task: Task, name: str, old: object, new: object) -> JsonObject:
    return {"uid": task.uid, "name": task.name, "field": name, "old": old, "new": new}


def _changes(old: Task, new: Task) -> Iterable[JsonObject]:
    for name in _COMPARED:
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield _named(new, name, _plain(was), _plain(now))


def _plain(value: Any) -> Any:  # a field of any type becomes JSON
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return moment_as_json(value)
    if isinstance(value, Decimal):
        return number_as_json(value)
    if isinstance(value, WorkTime):
        return minutes_as_json(value)
    if isinstance(value, Duration):
        return {"minutes": minutes_as_json(value.amount), "unit": value.unit, "elapsed": value.elapsed}
    return value


def _links(old: Iterable[Link], new: Iterable[Link]) -> JsonObject:
    before, after = _by_ends(old), _by_ends(new)
    return {
        "added": [_link(link) for key, link in after.items() if key not in before],
        "removed": [_link(link) for key, link in before.items() if key not in after],
        "changed": [
            _link(link) | {"old_lag": _lag(before[key].lag)}
            for key, link in after.items()
            if key in before and before[key].lag != link.lag
        ],
    }


def _by_ends(links: Iterable[Link]) -> dict[tuple[int, int, str], Link]:
    return {(link.predecessor_uid, link.successor_uid, link.type.value): link for link in links}


def _link(link: Link) -> JsonObject:
    return {
        "predecessor_uid": link.predecessor_uid,
        "successor_uid": link.successor_uid,
        "type": link.type.value,
        "lag": _lag(link.lag),
    }


def _lag(lag: Lag) -> JsonObject:
    if lag.percent is not None:
        return {"percent": number_as_json(lag.percent), "elapsed": lag.elapsed}
    return {"minutes": minutes_as_json(lag.amount), "unit": lag.unit, "elapsed": lag.elapsed}


def _amounts(old: Plan, new: Plan, name: str) -> JsonObject:
    before, after = _leaf_amounts(old, name), _leaf_amounts(new, name)
    zero: Any = ZERO_WORK if name == "work" else Decimal(0)
    suffix = "_minutes" if name == "work" else ""
    tasks = []
    for uid in sorted(before.keys() | after.keys()):
        was, now = before.get(uid, zero), after.get(uid, zero)
        if was != now:
            tasks.append({"uid": uid, f"old{suffix}": _plain(was), f"new{suffix}": _plain(now)})
    return {
        f"old{suffix}": _plain(sum(before.values(), zero)),
        f"new{suffix}": _plain(sum(after.values(), zero)),
        "tasks": tasks,
    }


def _leaf_amounts(plan: Plan, name: str) -> dict[int, Any]:
    return {
        task.uid: amount
        for task in plan.tasks
        if not task.summary and task.active and (amount := getattr(task, name)) is not None
    }
