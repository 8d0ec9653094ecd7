"""The gates of a project's life cycle: which there are, the stage that each ends, the day it is due.

A gate ends a stage: the project moves on when its approvers have agreed to exactly what they were shown. What must
hold at it is in `gate_criteria`, the decision in `gate_deciding`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from headway.areas.method.criteria import plan_or_none
from headway.areas.method.gate_criteria import (
    add_criterion,
    add_evidence,
    judge,
    put_criterion,
    remove_criterion,
    take_back_waiver,
    waive,
)
from headway.areas.method.gate_deciding import (
    ask_gate,
    note_gate_decided,
    reopen_gate,
    shown_text,
    stop_at_gate,
    withdraw_gate,
)
from headway.areas.method.gate_rows import SUBJECT, gate, gate_rows, gates, missing, not_asked, proposal
from headway.areas.method.models import Criterion, Gate
from headway.areas.method.outline import TemplateBody, TemplateCriterion, TemplateGate
from headway.areas.method.templates import uid_of
from headway.areas.method.types import GateCriterion, GateRow, GateState
from headway.areas.projects.stages import stage_guard
from headway.areas.projects.types import ProjectId, Stage
from headway.areas.schedule.types import TaskId
from headway.engine import plan as engine
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.schema import Name, ShortText

# Use cases of their own modules: callers know one place.
__all__ = [
    "SUBJECT",
    "add_criterion",
    "add_evidence",
    "ask_gate",
    "gate",
    "gates",
    "judge",
    "missing",
    "note_gate_decided",
    "proposal",
    "remove_criterion",
    "reopen_gate",
    "shown_text",
    "stop_at_gate",
    "take_back_waiver",
    "waive",
    "withdraw_gate",
]

_STAGES = [stage.value for stage in Stage]
_MOST_GATES = 20
# What a project without a template's gates can take over; computed criteria by their names.
USUAL: tuple[TemplateGate, ...] = (
    TemplateGate(
        "concept",
        "Concept agreed",
        (
            TemplateCriterion("The sponsor agrees that it is worth doing", must=True),
            TemplateCriterion("Purpose, objectives and scope stand in the charter", "charter"),
        ),
    ),
    TemplateGate(
        "planning",
        "Ready to deliver",
        (
            TemplateCriterion("The plan has a baseline", "baseline", must=True),
            TemplateCriterion("Every task has an owner or somebody who does it", "owners"),
            TemplateCriterion("Every role has a person", "people"),
            TemplateCriterion("No open risk is red", "red_risks"),
        ),
    ),
    TemplateGate(
        "delivery",
        "Ready to hand over",
        (
            TemplateCriterion("The result is accepted in writing", must=True),
            TemplateCriterion("No open issue is critical or high", "issues"),
            TemplateCriterion("Who runs it has been trained"),
        ),
    ),
    TemplateGate(
        "closing",
        "Closed",
        (
            TemplateCriterion("No decision, issue or risk is open without an owner", "actions"),
            TemplateCriterion("Results are compared with the objectives"),
            TemplateCriterion("Lessons are noted"),
        ),
    ),
)


@command(permission="method.edit_gates")
def take_usual_gates(ctx: Context, *, project: ProjectId) -> tuple[GateRow, ...]:
    """Give a project without gates the four usual ones, one at the end of each stage; they can then be tailored.

    A gate falls on the milestone of the plan that is called as it is, else on the last one of the phase that is called
    as its stage.
    """
    if Gate.visible_to(ctx).filter(project_id=project).exists():
        raise Conflict("This project has gates already. Add to them, or remove them first.")
    plan = plan_or_none(ctx, project)
    uids = milestones_of_stages(plan, USUAL) if plan is not None else {}
    tied = tuple(replace(item, task=item.stage if item.stage in uids else "") for item in USUAL)
    put_gates(ctx, project, TemplateBody(tasks=(), gates=tied), uids)
    return gates(ctx, project=project)


def milestones_of_stages(plan: engine.Plan, wanted: Iterable[TemplateGate]) -> dict[str, int]:
    """The milestone on which the gate of each stage falls, by stage, as far as the plan tells one."""
    found: dict[str, int] = {}
    phase = ""
    named = {item.name.casefold(): item.stage for item in wanted}
    for task in plan.tasks:
        if task.outline_level == 1:
            phase = task.name.casefold()
        if task.milestone and not task.summary and not task.external and task.active:
            found[f"of {phase}"] = task.uid
            if task.name.casefold() in named:
                found[named[task.name.casefold()]] = task.uid
    return {stage: uid for stage in named.values() if (uid := found.get(stage, found.get(f"of {stage}"))) is not None}


def put_gates(ctx: Context, project_id: int, body: TemplateBody, uids: Mapping[str, int]) -> None:
    """Make a template's gates; `uids`: the rows that came of its tasks, by key."""
    for item in body.gates:
        row = Gate.add(
            ctx,
            project_id=project_id,
            stage=item.stage,
            position=_STAGES.index(item.stage),
            name=item.name,
            task_uid=uids.get(item.task),
        )
        for position, one in enumerate(item.criteria, start=1):
            Criterion.add(ctx, gate=row, position=position, text=one.text, check_name=one.check, must=one.must)


def gates_as_template(project_id: int, body: TemplateBody) -> tuple[TemplateGate, ...]:
    """A project's gates as a template keeps them; the caller has passed the project's door."""
    rows = list(
        Gate.unscoped(reason="of a project whose door was passed")
        .filter(project_id=project_id, removed_at=None)
        .order_by("position", "id")
    )
    criteria: dict[int, list[TemplateCriterion]] = {}
    items = Criterion.unscoped(reason="of the gates above").filter(
        gate_id__in=[row.pk for row in rows], removed_at=None
    )
    for item in items.order_by("gate_id", "position", "id"):
        criteria.setdefault(item.gate_id, []).append(TemplateCriterion(item.text, item.check_name, item.must))
    keys = {task.key for task in body.tasks}
    return tuple(
        TemplateGate(
            row.stage, row.name, tuple(criteria.get(row.pk, ())), key if (key := f"t{row.task_uid}") in keys else ""
        )
        for row in rows
    )


@command(permission="method.edit_gates")
def add_gate(
    ctx: Context,
    *,
    project: ProjectId,
    stage: Stage,
    name: Name,
    milestone: TaskId | None = None,
    due: date | None = None,
    criteria: tuple[GateCriterion, ...] = (),
) -> GateRow:
    """Add a gate at the end of a stage.

    milestone  the row of the plan that it falls on: its date is when the gate is due.
    due        the day, where no milestone says.
    criteria   what must hold; `check` names a computed one.
    """
    if stage is Stage.CLOSED:
        raise Invalid("A closed project has no gate to pass.", fields=[FieldError("stage", "closed")])
    if Gate.visible_to(ctx).filter(project_id=project).count() >= _MOST_GATES:
        raise Conflict(f"A project holds at most {_MOST_GATES} gates.")
    row = Gate.add(
        ctx,
        project_id=project,
        stage=stage.value,
        position=_STAGES.index(stage.value),
        name=name,
        task_uid=uid_of(project, milestone) if milestone is not None else None,
        due_on=due,
    )
    for item in criteria:
        put_criterion(ctx, row, item)
    return gate_rows(ctx, project, [row])[0]


@command(permission="method.edit_gates", changes="gate")
def edit_gate(
    ctx: Context,
    *,
    gate: Gate,
    name: Name | None = None,
    milestone: TaskId | None = None,
    due: date | None = None,
    clear: tuple[ShortText, ...] = (),
) -> GateRow:
    """Change what a gate is called, which row of the plan it falls on, and its day; what is not given stays.

    due    the day, where no milestone says.
    clear  what to empty: milestone or due.
    """
    _not_cleared(clear, milestone=milestone, due=due)
    values: dict[str, Any] = {"name": name, "due_on": due}
    values["task_uid"] = None if milestone is None else uid_of(gate.project_id, milestone)
    values = {field: value for field, value in values.items() if value is not None}
    values |= {_CLEARED[field]: None for field in clear}
    gate.change(ctx, **values)
    return gate_rows(ctx, gate.project_id, [gate])[0]


_CLEARED = {"milestone": "task_uid", "due": "due_on"}


def _not_cleared(clear: Iterable[str], **given: object) -> None:
    for name in clear:
        if name not in _CLEARED:
            raise Invalid(
                f"'{name}' cannot be emptied; {', '.join(_CLEARED)} can.",
                fields=[FieldError("clear", "not one of these")],
            )
        if given[name] is not None:
            raise Invalid(f"'{name}' is both given and emptied.", fields=[FieldError("clear", "given too")])


@command(permission="method.edit_gates", changes="gate", destructive=True)
def remove_gate(ctx: Context, *, gate: Gate) -> None:
    """Take a gate away that nobody is asked about; what was decided stays in its history."""
    not_asked(gate)
    gate.change(ctx, removed_at=ctx.now)


@stage_guard
def hold_stage(ctx: Context, project_id: int, old: Stage, new: Stage) -> None:
    """A project moves on only past gates that are passed; going back is free."""
    first, last = _STAGES.index(old.value), _STAGES.index(new.value)
    if last <= first:
        return
    rows = Gate.unscoped(reason="of a project whose door was passed").filter(
        project_id=project_id, removed_at=None, stage__in=_STAGES[first:last]
    )
    closed = [row.name for row in rows.order_by("position", "id") if not GateState(row.state).passed]
    if closed:
        raise Conflict(
            f"The gate “{closed[0]}” is not passed, so the project stays in {old.value}. "
            "Prepare it under Method and ask its approvers."
        )
