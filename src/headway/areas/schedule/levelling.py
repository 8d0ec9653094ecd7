"""Levelling of stored plans: what a levelled plan sets is taken as one change, and taken back as one.

Not here: who gives way to whom (`headway.engine.levelling`), proposals and when they are taken (the areas above).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from headway.areas.projects.types import ProjectId
from headway.areas.schedule import keeping, storing
from headway.areas.schedule.acts import PlanEffect
from headway.areas.schedule.changing import answer
from headway.areas.schedule.editing import dated, seen_now, stored, taken_up
from headway.areas.schedule.history import SPLITS, Note
from headway.areas.schedule.models import Plan
from headway.areas.schedule.records import from_record, to_record
from headway.engine import plan as engine
from headway.engine.levelling.clear import clear
from headway.engine.plan import PlanError
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, NotFound, Stale
from headway.kernel.schema import ShortText

# What levelling sets of a task.
_FIELDS = ("leveling_delay", "splits", "stop", "resume")
_BLANK: Mapping[str, Any] = {"uid": 0, "id": 0, "name": "", "duration": None}


@dataclass(frozen=True, slots=True)
class LevelMove:
    """What levelling sets of a task: the fields that are not empty then, as they are stored."""

    task: int
    sets: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InHand:
    """A plan with its dates, to be levelled outside of any transaction; `stamp` says whether it is still the same."""

    stamp: str
    plan: engine.Plan
    schedule: engine.Schedule


def in_hand(ctx: Context, project_id: int) -> InHand:
    """A visible project's plan as it is now. Raises NotFound without one, and what scheduling refuses."""
    row = seen_now(ctx, project_id)
    held = keeping.seen(row)
    try:
        computed = held.scheduled if held.scheduled is not None else held.after(held.plan)
    except PlanError as error:
        raise storing.refused(error) from None
    return InHand(row.stamp, held.plan, computed.schedule)


def moves_between(plan: engine.Plan, levelled: engine.Plan) -> list[LevelMove]:
    """What must be set of which tasks to make one plan of the other, in the plan's order."""
    delayed = {item.task_uid for item in plan.assignments if item.leveling_delay is not None}
    kept = {item.task_uid for item in levelled.assignments if item.leveling_delay is not None}
    found = []
    for old, new in zip(plan.tasks, levelled.tasks, strict=True):
        differs = any(getattr(old, name) != getattr(new, name) for name in _FIELDS)
        if differs or old.uid in delayed - kept:
            record = to_record(new)
            found.append(LevelMove(new.uid, {name: record[name] for name in _FIELDS if name in record}))
    return found


@command(
    permission="schedule.edit",
    only_reads_when_tried=True,
    internal="a part of accepting a levelling proposal, which names what is set",
)
def take_levelling(
    ctx: Context, *, project: ProjectId, moves: tuple[LevelMove, ...], stamp: ShortText, label: ShortText
) -> PlanEffect:
    """Set levelling delays and splits of tasks, as one change of the undo list.

    stamp  of the plan that they were computed from: refused where it has changed since.
    """
    row, before = taken_up(ctx, project)
    if row.stamp != stamp:
        raise Stale("The plan has changed since this was computed. Have it computed anew.")
    plan = _with(before.plan, {move.task: move.sets for move in moves})
    return _done(ctx, row, before, plan, label)


@command(permission="schedule.edit", only_reads_when_tried=True)
def clear_levelling(ctx: Context, *, project: ProjectId) -> PlanEffect:
    """Take back what levelling did to a plan: its delays, and the pauses it made. A dry run answers what that moves."""
    row, before = taken_up(ctx, project)
    plan = clear(before.plan)
    if plan == before.plan:
        raise Conflict("Nothing in this plan is levelled, so there is nothing to take back.")
    return _done(ctx, row, before, plan, "Clear levelling")


def _done(ctx: Context, row: Plan, before: keeping.Held, plan: engine.Plan, label: str) -> PlanEffect:
    if ctx.only_tried:
        return answer(ctx, row, dated(before, plan), label)
    cells = _cells(before.plan, plan)
    done = stored(ctx, row, before, plan, Note(label, cells=cells))
    return answer(ctx, row, done.change, label, entry=done.entry)


def _cells(old: engine.Plan, new: engine.Plan) -> set[tuple[int, str]]:
    """What of the rows was changed: the start that a delay sets, and splits."""
    found: set[tuple[int, str]] = set()
    for was, task in zip(old.tasks, new.tasks, strict=True):
        if was.leveling_delay != task.leveling_delay:
            found.add((task.uid, "start"))
        if was.splits != task.splits:
            found.add((task.uid, SPLITS))
    return found


def _with(plan: engine.Plan, sets: Mapping[int, Mapping[str, Any]]) -> engine.Plan:
    """The plan with these tasks levelled so; earlier delays of their people are taken back."""
    missing = sets.keys() - {task.uid for task in plan.tasks}
    if missing:
        raise NotFound("A row of this proposal is not in the plan any more. Have it computed anew.")
    tasks = tuple(_levelled(task, sets[task.uid]) if task.uid in sets else task for task in plan.tasks)
    return replace(plan, tasks=tasks, assignments=tuple(_without_delays(plan.assignments, sets)))


def _levelled(task: engine.Task, sets: Mapping[str, Any]) -> engine.Task:
    known = from_record(engine.Task, {**_BLANK, **{name: sets[name] for name in _FIELDS if name in sets}})
    return replace(task, **{name: getattr(known, name) for name in _FIELDS})


def _without_delays(assignments: Iterable[engine.Assignment], tasks: Mapping[int, Any]) -> Iterable[engine.Assignment]:
    for item in assignments:
        there = item.task_uid in tasks and item.leveling_delay is not None
        yield replace(item, leveling_delay=None) if there else item
