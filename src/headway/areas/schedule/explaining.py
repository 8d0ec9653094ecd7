"""Why a task stands where it stands: what drives it, what it is linked to, who works on it, what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import Q

from headway.areas.projects.histories import COSTS
from headway.areas.schedule import charting, keeping
from headway.areas.schedule.fields import fields_of
from headway.areas.schedule.models import Assignment, PlanCalendar, PlanLink, PlanTask, Resource
from headway.areas.schedule.records import from_record
from headway.areas.schedule.task_words import TaskWords
from headway.areas.schedule.types import DatedBy, DriverStep, LinkedTask, TaskChange, TaskReasons, TaskWork
from headway.areas.schedule.writing import day_writing
from headway.engine import plan as engine
from headway.engine.cpm.why import hanging, path_of
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.models import FieldChange
from headway.kernel.queries import query

_WHY = "beside a visible task"
_LONGEST_CHAIN = 40
_MOST_LINKS = 200
_MOST_CHANGES = 50


@query(permission="schedule.read", name="schedule.explain_task")
def reasons(ctx: Context, *, task: PlanTask) -> TaskReasons:
    """What drives a task's dates, back to where its path begins; its links and who works on it."""
    settings: engine.ProjectSettings = from_record(engine.ProjectSettings, task.plan.settings)
    touching = Q(predecessor_uid=task.uid) | Q(successor_uid=task.uid)
    links = list(PlanLink.of(task.plan_id).filter(touching).order_by("id")[:_MOST_LINKS])
    uids = {link.predecessor_uid for link in links} | {link.successor_uid for link in links}
    rows = {row.uid: row for row in PlanTask.visible_to(ctx).filter(plan=task.plan_id, uid__in=uids)}
    before = ((link, rows.get(link.predecessor_uid)) for link in links if link.successor_uid == task.uid)
    after = ((link, rows.get(link.successor_uid)) for link in links if link.predecessor_uid == task.uid)
    driven = _driven(ctx, task)
    return TaskReasons(
        start=driven.start,
        finish=driven.finish,
        chain=driven.chain,
        chain_begins=driven.begins,
        before=_linked(before, settings),
        after=_linked(after, settings),
        work=_work(task),
    )


@dataclass(frozen=True, slots=True)
class _Driven:
    """What drives a task, told for its page."""

    start: DatedBy
    finish: DatedBy
    chain: tuple[DriverStep, ...]
    begins: str


def _driven(ctx: Context, task: PlanTask) -> _Driven:
    """The drivers of a task's dates and the path behind its start, whose length costs no more queries."""
    drivers = keeping.drivers_of(task.plan)
    own = drivers(task.uid)
    if own is None:
        return _Driven(DatedBy(""), DatedBy(""), (), "")
    start, finish = own  # of a finish nothing is known where an older release stored the dates
    path = path_of(drivers, task.uid)[::-1]
    shown = path[: _LONGEST_CHAIN + 1]
    uids = {uid for uid, _, _ in shown}
    uids |= {one.uid for one in own if one is not None and one.kind == "link" and one.uid is not None}
    rows = {row.uid: row for row in PlanTask.visible_to(ctx).filter(plan=task.plan_id, uid__in=uids)}
    steps = tuple(
        DriverStep(rows[uid].pk, rows[uid].name, rows[uid].start, rows[uid].finish, driver.text)
        for (_, driver, _), (uid, _, _) in pairwise(shown)
        if uid in rows  # one removed this very moment is left out
    )
    uid, last, _ = path[-1]
    begins = hanging((drivers(uid) or own)[0], last) if len(path) == len(shown) else ""
    return _Driven(_dated_by(start, rows), _dated_by(finish, rows), steps, begins)


def _dated_by(driver: engine.Driver | None, rows: Mapping[int, PlanTask]) -> DatedBy:
    if driver is None:
        return DatedBy("")
    row = rows.get(driver.uid) if driver.kind == "link" and driver.uid is not None else None
    return DatedBy(driver.text, row.pk, row.name) if row is not None else DatedBy(driver.text)


def _linked(
    found: Iterable[tuple[PlanLink, PlanTask | None]], settings: engine.ProjectSettings
) -> tuple[LinkedTask, ...]:
    linked = []
    for item, row in found:
        if row is not None:
            link: engine.Link = from_record(engine.Link, item.definition)
            lag = charting.lag_text(link.lag, settings)
            linked.append(LinkedTask(row.pk, row.name, link.type.value, lag, row.start, row.finish))
    return tuple(linked)


def _work(task: PlanTask) -> tuple[TaskWork, ...]:
    rows = list(Assignment.of(task.plan_id).filter(task_uid=task.uid).exclude(resource_uid=None).order_by("id"))
    known = Resource.unscoped(reason=_WHY).filter(plan=task.plan_id, uid__in=[row.resource_uid for row in rows])
    names = dict(known.values_list("uid", "name"))
    found = []
    for row in rows:
        item: engine.Assignment = from_record(engine.Assignment, row.definition)
        found.append(TaskWork(names.get(row.resource_uid or 0, ""), item.units, item.work.hours))
    return tuple(found)


@query(permission="schedule.read", name="schedule.task_history")
def history(ctx: Context, *, task: PlanTask) -> tuple[TaskChange, ...]:
    """What was changed on a task, newest first: who, when, through which door, which field, from what to what."""
    settings: engine.ProjectSettings = from_record(engine.ProjectSettings, task.plan.settings)
    rows = FieldChange.objects.filter(kind=PlanTask._meta.label, record_id=task.pk, entry__scope=task.plan.project_id)
    names = {item.key: item.name for item in fields_of(ctx, task.plan.project_id)}
    untold = () if may(ctx, "hours.read_costs", project_id=task.plan.project_id) else COSTS
    calendars = dict(PlanCalendar.of(task.plan_id).values_list("uid", "name"))
    words = TaskWords(settings, calendars, day_writing(ctx))
    told: list[TaskChange] = []
    for row in rows.select_related("entry").order_by("-entry_id", "id")[:_MOST_CHANGES]:
        entry = row.entry
        if row.field != "definition":
            told.append(TaskChange(entry.at, entry.actor_name, entry.channel, _fact(row), "", ""))
            continue
        old, new = row.old or {}, row.new or {}
        for label, before, now in words.differing(old, new, untold=untold):
            told.append(TaskChange(entry.at, entry.actor_name, entry.channel, label, before, now))
        for key, before, now in _own_changes(old.get("custom", {}), new.get("custom", {})):
            told.append(TaskChange(entry.at, entry.actor_name, entry.channel, names.get(key, key), before, now))
    return tuple(told[:_MOST_CHANGES])


def _fact(change: FieldChange) -> str:
    """What a change was of which only the fact is known."""
    if change.field == "removed_at":
        return "Removed" if change.new else "Brought back"
    return change.field.replace("_", " ").capitalize() or "Task"


def _own_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The values of the house's own fields that differ, as people read them."""
    for key in sorted({*old, *new}):
        before, now = (_own_value(values.get(key)) for values in (old, new))
        if before != now:
            yield key, before, now


def _own_value(value: Any) -> str:
    return ("Yes" if value else "No") if isinstance(value, bool) else str(value or "")
