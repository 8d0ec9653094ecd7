"""A task as it was at a moment, field by field beside what it is now, and fields brought back to what they were.

Bringing back is an ordinary change of the plan: it goes through `change_plan`, can be tried first and undone after.
Not here: the plan's rows as they were (`past`), a removed task (`undoing.restore_task`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from headway.areas.projects.recalling import FieldThen
from headway.areas.schedule import changing, keeping
from headway.areas.schedule.acts import Act, PlanChange, PlanEffect
from headway.areas.schedule.cell_texts import text_of
from headway.areas.schedule.fields import fields_of
from headway.areas.schedule.keeping import Held
from headway.areas.schedule.looks import CUSTOM
from headway.areas.schedule.models import PlanTask
from headway.areas.schedule.past import as_it_was
from headway.engine import plan as engine
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound
from headway.kernel.queries import query
from headway.kernel.schema import ShortText

# What can be brought back by typing it, in the order in which that makes sense; the others follow from these.
_BROUGHT_BACK: Mapping[str, str] = {
    "name": "Name",
    "mode": "Scheduled",
    "type": "Type",
    "calendar": "Calendar",
    "milestone": "Milestone",
    "duration": "Duration",
    "predecessors": "Predecessors",
    "people": "People",
    "constraint": "Constraint",
    "deadline": "Deadline",
    "priority": "Priority",
    "optimistic": "Optimistic",
    "pessimistic": "Pessimistic",
    "actual_start": "Really started",
    "percent": "Percent complete",
    "actual_finish": "Really finished",
    "active": "Active",
    "owner": "Owner",
    "notes": "Notes",
}
_FOLLOWING: Mapping[str, str] = {"start": "Start", "finish": "Finish", "work": "Work", "level": "Outline level"}
_NOT_KNOWN = "What this task was then is not known: it was not there, or the plan's list of changes begins later."


@dataclass(frozen=True, slots=True)
class TaskThen:
    """A task as it was at a moment: all fields that were set then or are now."""

    task_id: int
    name: str
    at: datetime
    fields: tuple[FieldThen, ...]


@query(permission="schedule.read", name="schedule.task_at")
def task_at(ctx: Context, *, task: PlanTask, moment: datetime) -> TaskThen:
    """A task as it was at a moment, field by field, beside what it is now.

    moment  with its time zone.
    """
    then, now = _then_and_now(ctx, task, moment)
    was_row, is_row = _row(then, task.uid), _row(now, task.uid)
    told = {field: (was, text_of(now, is_row, field)) for field, was in _texts(then, now, was_row).items()}
    labels = {**_BROUGHT_BACK, **_FOLLOWING, **_own_labels(ctx, task, (was_row, is_row))}
    fields = tuple(
        FieldThen(field, label, *told[field], restorable=field not in _FOLLOWING)
        for field, label in labels.items()
        if any(told[field])
    )
    return TaskThen(task.pk, was_row.name, moment, fields)


@command(permission="schedule.edit", changes="task", only_reads_when_tried=True)
def restore_fields(
    ctx: Context,
    *,
    task: PlanTask,
    moment: datetime,
    fields: tuple[ShortText, ...],
) -> PlanEffect:
    """Bring fields of a task back to what they were at a moment; a dry run answers what that would do.

    fields  'name', 'duration' … as `task_at` names them. Links and people that are not there any more stay away.
    """
    then, now = _then_and_now(ctx, task, moment)
    texts = _texts(then, now, _row(then, task.uid))
    known = [field for field in texts if field not in _FOLLOWING]
    if not fields:
        raise Invalid("Say which fields to bring back.", fields=[FieldError("fields", "choose at least one")])
    for field in fields:
        if field not in known:
            raise Invalid(
                f"'{field}' cannot be brought back. Give some of: {', '.join(known)}.",
                fields=[FieldError("fields", "cannot be brought back", value=field)],
            )
    wanted = [field for field in known if field in fields]
    effect: PlanEffect = changing.change_plan(
        ctx,
        project=task.plan.project_id,
        changes=tuple(PlanChange(Act.SET, task=task.uid, field=field, value=texts[field]) for field in wanted),
        label=f"Bring back {', '.join(wanted).replace('_', ' ')} of {task.name}"[:200],
    )
    return effect


def _then_and_now(ctx: Context, task: PlanTask, moment: datetime) -> tuple[Held, Held]:
    then = as_it_was(ctx, task.plan.project_id, moment)
    if then is None or not any(row.uid == task.uid for row in then.plan.tasks):
        raise NotFound(_NOT_KNOWN)
    return then, keeping.held(task.plan)


def _row(held: Held, uid: int) -> engine.Task:
    return next(row for row in held.plan.tasks if row.uid == uid)


def _texts(then: Held, now: Held, row: engine.Task) -> dict[str, str]:
    """What stood in the cells then, as it would be typed today: links by the row numbers of now."""
    own = {f"{CUSTOM}{key}" for key in {*row.custom, *_row(now, row.uid).custom}}
    texts = {field: text_of(then, row, field) for field in (*_BROUGHT_BACK, *_FOLLOWING, *sorted(own))}
    there = {task.uid for task in now.plan.tasks}
    links = tuple(link for link in then.plan.links if link.predecessor_uid in there and link.successor_uid in there)
    texts["predecessors"] = text_of(Held("", replace(now.plan, links=links), None), row, "predecessors")
    return texts


def _own_labels(ctx: Context, task: PlanTask, rows: Iterable[engine.Task]) -> dict[str, str]:
    """The house's own fields that the task has or had, by what the house calls them."""
    names = {item.key: item.name for item in fields_of(ctx, task.plan.project_id)}
    keys = sorted({key for row in rows for key in row.custom})
    return {f"{CUSTOM}{key}": names.get(key, key) for key in keys}
