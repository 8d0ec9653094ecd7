"""The gates of a project's life cycle: criteria with evidence and waivers, what they propose, who decides.

A gate ends a stage: the project moves on when its approvers have agreed to exactly what they were shown. Votes are
those of `approvals`; here stand what is shown, and what becomes of the answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Max

from headway.areas.approvals import commands as approvals
from headway.areas.approvals.queries import of_subjects
from headway.areas.approvals.types import ApprovalState
from headway.areas.deliverables.types import UploadId
from headway.areas.method.criteria import Found as Seen
from headway.areas.method.criteria import checks, found
from headway.areas.method.models import Criterion, CriterionEvidence, Gate, GateDecision
from headway.areas.method.outline import TemplateBody, TemplateCriterion, TemplateGate
from headway.areas.method.templates import uid_of
from headway.areas.method.types import (
    CriterionRow,
    EvidenceRow,
    GateCriterion,
    GateDecisionRow,
    GateRow,
    GateState,
)
from headway.areas.people.types import PersonId
from headway.areas.projects.queries import charter
from headway.areas.projects.stages import stage_guard
from headway.areas.projects.types import ProjectId, Stage
from headway.areas.schedule.milestone_days import days_of_tasks
from headway.areas.schedule.types import TaskId
from headway.areas.schedule.writing import day_writing
from headway.kernel.among import among_ids
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.queries import query
from headway.kernel.schema import Name, ShortText, Text

SUBJECT = Gate._meta.label
_STAGES = [stage.value for stage in Stage]
_MOST_GATES = 20
_MOST_CRITERIA = 50
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


# --- reading ------------------------------------------------------------------------------------


@query(permission="method.read_gates")
def gates(ctx: Context, *, project: ProjectId) -> tuple[GateRow, ...]:
    """A project's gates in the order of its stages, each with its criteria as they stand now."""
    rows = list(Gate.visible_to(ctx).filter(project_id=project).order_by("position", "id"))
    return gate_rows(ctx, project, rows)


@query(permission="method.read_gates")
def gate(ctx: Context, *, gate: Gate) -> GateRow:
    """One gate with its criteria, evidence, waivers and decisions."""
    return gate_rows(ctx, gate.project_id, [gate])[0]


def gate_rows(ctx: Context, project_id: int, rows: Sequence[Gate]) -> tuple[GateRow, ...]:
    """Gates of one project with all that belongs to them; as many queries for one as for all."""
    if not rows:
        return ()
    ids = [row.pk for row in rows]
    criteria = list(Criterion.visible_to(ctx).filter(among_ids("gate_id", ids)).order_by("gate_id", "position", "id"))
    seen = found(ctx, project_id, {item.check_name for item in criteria if item.check_name})
    evidence: dict[int, list[EvidenceRow]] = {}
    for item in CriterionEvidence.among([item.pk for item in criteria]).order_by("id"):
        evidence.setdefault(item.criterion_id, []).append(
            EvidenceRow(item.pk, item.text, item.document, item.record, item.by, item.at)
        )
    decided: dict[int, list[GateDecisionRow]] = {}
    for one in GateDecision.among(ids).order_by("-id"):
        decided.setdefault(one.gate_id, []).append(
            GateDecisionRow(GateState(one.decision), one.reason, one.conditions, one.by, one.at)
        )
    asked = of_subjects(SUBJECT, ids)
    tasks = days_of_tasks(project_id, [row.task_uid for row in rows if row.task_uid is not None])
    made = []
    for row in rows:
        own = tuple(_criterion_row(item, seen, evidence) for item in criteria if item.gate_id == row.pk)
        task = tasks.get(row.task_uid) if row.task_uid is not None else None
        approval = asked.get(row.pk)
        pending = approval is not None and approval.state is ApprovalState.PENDING
        made.append(
            GateRow(
                id=row.pk,
                project_id=row.project_id,
                stage=row.stage,
                name=row.name,
                state=GateState(row.state),
                due=task.finish.date() if task is not None and task.finish is not None else None,
                task=task.id if task is not None else None,
                task_name=task.name if task is not None else "",
                criteria=own,
                proposal=proposal(own),
                missing=tuple(f"{item.text}: {item.found}" if item.found else item.text for item in missing(own)),
                conditions=row.conditions,
                approval=approval.id if approval is not None and pending else None,
                decisions=tuple(decided.get(row.pk, ())),
                version=row.version,
            )
        )
    return tuple(made)


def _criterion_row(
    item: Criterion, seen: Mapping[str, Seen], evidence: Mapping[int, list[EvidenceRow]]
) -> CriterionRow:
    computed = seen.get(item.check_name) if item.check_name else None
    return CriterionRow(
        id=item.pk,
        text=item.text,
        check=item.check_name,
        must=item.must,
        met=computed.met if computed is not None else item.met,
        found=computed.said if computed is not None else "",
        said_by=item.said_by,
        said_at=item.said_at,
        waived_by=item.waived_by,
        waiver=item.waiver,
        evidence=tuple(evidence.get(item.pk, ())),
        version=item.version,
    )


def missing(criteria: Iterable[CriterionRow]) -> tuple[CriterionRow, ...]:
    """Those that neither hold nor are waived."""
    return tuple(item for item in criteria if not item.met and not item.waived_by)


def proposal(criteria: Sequence[CriterionRow]) -> GateState:
    """All hold: go. Those that do not are all waived: go with conditions. Else no-go."""
    if missing(criteria):
        return GateState.NO_GO
    return GateState.CONDITIONS if any(not item.met for item in criteria) else GateState.GO


# --- the set of gates -----------------------------------------------------------------------------


@command(permission="method.edit_gates")
def take_usual_gates(ctx: Context, *, project: ProjectId) -> tuple[GateRow, ...]:
    """Give a project without gates the four usual ones, one at the end of each stage; they can then be tailored."""
    if Gate.visible_to(ctx).filter(project_id=project).exists():
        raise Conflict("This project has gates already. Add to them, or remove them first.")
    put_gates(ctx, project, TemplateBody(tasks=(), gates=USUAL), {})
    return gates(ctx, project=project)


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
    criteria: tuple[GateCriterion, ...] = (),
) -> GateRow:
    """Add a gate at the end of a stage.

    milestone  the row of the plan that it falls on: its date is when the gate is due.
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
    )
    for item in criteria:
        _add_criterion(ctx, row, item)
    return gate_rows(ctx, project, [row])[0]


@command(permission="method.edit_gates", changes="gate")
def edit_gate(ctx: Context, *, gate: Gate, name: Name | None = None, milestone: TaskId | None = None) -> GateRow:
    """Change what a gate is called and which row of the plan it falls on; what is not given stays."""
    gate.change(
        ctx,
        name=gate.name if name is None else name,
        task_uid=gate.task_uid if milestone is None else uid_of(gate.project_id, milestone),
    )
    return gate_rows(ctx, gate.project_id, [gate])[0]


@command(permission="method.edit_gates", changes="gate", destructive=True)
def remove_gate(ctx: Context, *, gate: Gate) -> None:
    """Take a gate away that nobody is asked about; what was decided stays in its history."""
    _not_asked(gate)
    gate.change(ctx, removed_at=ctx.now)


def _not_asked(row: Gate) -> None:
    if row.state == GateState.ASKED.value:
        raise Conflict("The approvers are asked about this gate. Withdraw the request first.")


def _not_passed(row: Gate) -> None:
    _not_asked(row)
    if GateState(row.state).passed:
        raise Conflict("This gate is passed. Open it again first.")


# --- criteria -------------------------------------------------------------------------------------


@command(permission="method.edit_gates", changes="gate")
def add_criterion(ctx: Context, *, gate: Gate, text: Name, check: ShortText = "", must: bool = False) -> GateRow:
    """Add what must hold at a gate.

    check  'baseline', 'red_risks', 'owners' …: it is then computed; '' = a person says so.
    must   it cannot be waived.
    """
    _not_passed(gate)
    _add_criterion(ctx, gate, GateCriterion(text, check, must))
    return gate_rows(ctx, gate.project_id, [gate])[0]


def _add_criterion(ctx: Context, row: Gate, item: GateCriterion) -> None:
    if item.check and item.check not in checks():
        raise Invalid(
            f"'{item.check}' is not computed; these are: {', '.join(checks())}.",
            fields=[FieldError("check", "not computed", value=item.check)],
        )
    there = Criterion.visible_to(ctx).filter(gate=row)
    if there.count() >= _MOST_CRITERIA:
        raise Conflict(f"A gate holds at most {_MOST_CRITERIA} criteria.")
    last = there.aggregate(last=Max("position"))["last"] or 0
    Criterion.add(ctx, gate=row, position=last + 1, text=item.text, check_name=item.check, must=item.must)


@command(permission="method.edit_gates", changes="criterion", destructive=True)
def remove_criterion(ctx: Context, *, criterion: Criterion) -> None:
    """Take a criterion off a gate that is not passed."""
    _not_passed(criterion.gate)
    criterion.change(ctx, removed_at=ctx.now)


@command(permission="method.edit_gates", changes="criterion")
def judge(ctx: Context, *, criterion: Criterion, met: bool) -> GateRow:
    """Say whether a criterion holds; one that is computed says so itself."""
    _not_passed(criterion.gate)
    if criterion.check_name:
        raise Conflict("This criterion is computed. Mend what it names, or waive it.")
    criterion.change(ctx, met=met, said_by=ctx.actor.name, said_at=ctx.now)
    return gate_rows(ctx, criterion.gate.project_id, [criterion.gate])[0]


@command(permission="method.edit_gates", changes="criterion")
def add_evidence(
    ctx: Context,
    *,
    criterion: Criterion,
    text: Text = "",
    document: UploadId | None = None,
    record: ShortText = "",
) -> GateRow:
    """Say what shows that a criterion holds: words, a document of the project, a record as 'DEC-3'."""
    _not_passed(criterion.gate)
    if not (text.strip() or document is not None or record.strip()):
        raise Invalid("Say what shows it, or choose a document.", fields=[FieldError("text", "required")])
    CriterionEvidence(
        criterion=criterion, text=text.strip(), document=document, record=record.strip()[:40], by=ctx.actor.name,
        at=ctx.now,
    ).save(force_insert=True)  # fmt: skip
    ctx.record(Criterion._meta.label, criterion.pk, "evidence", None, text.strip() or record.strip() or "a document")
    return gate_rows(ctx, criterion.gate.project_id, [criterion.gate])[0]


@command(permission="method.waive", changes="criterion")
def waive(ctx: Context, *, criterion: Criterion, reason: Name) -> GateRow:
    """Let a gate be passed though this criterion does not hold; who waives it and why stays visible."""
    _not_passed(criterion.gate)
    if criterion.must:
        raise Conflict("This criterion cannot be waived: the gate stands or falls with it.")
    criterion.change(ctx, waiver=reason, waived_by=ctx.actor.name, waived_at=ctx.now)
    return gate_rows(ctx, criterion.gate.project_id, [criterion.gate])[0]


@command(permission="method.waive", changes="criterion", idempotent=True)
def take_back_waiver(ctx: Context, *, criterion: Criterion) -> GateRow:
    """Ask for a waived criterion again."""
    _not_passed(criterion.gate)
    criterion.change(ctx, waiver="", waived_by="", waived_at=None)
    return gate_rows(ctx, criterion.gate.project_id, [criterion.gate])[0]


# --- deciding -------------------------------------------------------------------------------------


@command(permission="method.edit_gates", changes="gate")
def ask_gate(
    ctx: Context,
    *,
    gate: Gate,
    approvers: tuple[PersonId, ...],
    conditions: Text = "",
    due: date | None = None,
    quorum: int | None = None,
) -> GateRow:
    """Ask persons to let the project through a gate, as its criteria propose: go, or go with conditions.

    They agree to exactly the criteria, evidence, waivers and conditions that they are shown.

    conditions  what is still to be done, by whom and when; needed where a criterion was waived.
    quorum      how many must agree; None = all of them.
    """
    _not_passed(gate)
    row = gate_rows(ctx, gate.project_id, [gate])[0]
    if row.missing:
        raise Conflict(f"The gate would be a no-go. Missing: {'; '.join(row.missing)}. Mend or waive it first.")
    wanted = GateState.CONDITIONS if conditions.strip() else row.proposal
    if wanted is GateState.CONDITIONS and not conditions.strip():
        why = "A criterion is waived. Say what is still to be done, by whom and when."
        raise Invalid(why, fields=[FieldError("conditions", why)])
    shown = shown_text(ctx, row, wanted, conditions.strip())
    digest = hashlib.sha256(f"{gate.pk}\n{shown}".encode()).hexdigest()
    approvals.ask(
        ctx,
        subject=SUBJECT,
        subject_id=gate.pk,
        project_id=gate.project_id,
        title=f"Gate “{gate.name}” of {charter(ctx, project=gate.project_id).name}",
        shown=shown,
        digest=digest,
        approvers=approvers,
        quorum=quorum if quorum is not None else max(1, len(set(approvers))),
        due=due,
    )
    gate.change(
        ctx,
        state=GateState.ASKED.value,
        asked_digest=digest,
        asked_for=wanted.value,
        conditions=conditions.strip(),
    )
    return gate_rows(ctx, gate.project_id, [gate])[0]


def shown_text(ctx: Context, row: GateRow, wanted: GateState, conditions: str) -> str:
    """What the approvers of a gate read: all of it in words, so that the digest is of all of it."""
    days = day_writing(ctx)
    lines = [f"{wanted.word}: the project leaves {row.stage}.", ""]
    if conditions:
        lines += ["Conditions", conditions, ""]
    lines.append("Criteria")
    for item in row.criteria:
        lines.append(f"- {item.text}: {_standing(item)}")
        for one in item.evidence:
            parts = (one.record, one.text, f"document {one.document}" if one.document is not None else "")
            lines.append(f"  Evidence: {', '.join(filter(None, parts))} ({one.by}, {days.of(one.at)})")
    return "\n".join(lines)


def _standing(item: CriterionRow) -> str:
    said = f" ({item.found})" if item.found else f" (said by {item.said_by})" if item.said_by else ""
    if item.met:
        return f"holds{said}"
    return f"does not hold{said}; waived by {item.waived_by}: {item.waiver}"


@command(permission="method.edit_gates", changes="gate")
def withdraw_gate(ctx: Context, *, gate: Gate) -> GateRow:
    """Take back the request to the approvers of a gate; it can then be prepared again."""
    if gate.state != GateState.ASKED.value:
        raise Conflict("Nobody is asked about this gate.")
    asked = of_subjects(SUBJECT, [gate.pk]).get(gate.pk)
    if asked is not None and asked.state is ApprovalState.PENDING:
        approvals.withdraw(ctx, approval=asked.id)
    gate.change(ctx, state=GateState.OPEN.value, asked_digest="", asked_for="")
    return gate_rows(ctx, gate.project_id, [gate])[0]


@command(permission="method.waive", changes="gate")
def stop_at_gate(ctx: Context, *, gate: Gate, reason: Name) -> GateRow:
    """Record a no-go with its reason, without asking the approvers."""
    _not_passed(gate)
    _decided(ctx, gate, GateState.NO_GO, reason=reason, by=ctx.actor.name)
    return gate_rows(ctx, gate.project_id, [gate])[0]


@command(permission="method.edit_gates", changes="gate")
def reopen_gate(ctx: Context, *, gate: Gate) -> GateRow:
    """Prepare a decided gate again; the decision stays in its history."""
    if gate.state in (GateState.OPEN.value, GateState.ASKED.value):
        raise Conflict("This gate is not decided yet.")
    gate.change(ctx, state=GateState.OPEN.value, asked_digest="", asked_for="", conditions="")
    return gate_rows(ctx, gate.project_id, [gate])[0]


@command(permission="method.edit_gates", internal="part of deciding an approval", changes="gate")
def note_gate_decided(
    ctx: Context, *, gate: Gate, digest: Name, approved: bool, by: ShortText, reason: Text = ""
) -> None:
    """The approvers agreed to exactly this content, or one of them refused it."""
    if gate.asked_digest != digest or gate.state != GateState.ASKED.value:
        raise Conflict("The gate has changed since it was shown. Ask the approvers again.")
    decision = GateState(gate.asked_for) if approved else GateState.NO_GO
    _decided(ctx, gate, decision, reason=reason, by=by, digest=digest)


def _decided(ctx: Context, row: Gate, decision: GateState, *, reason: str, by: str, digest: str = "") -> None:
    conditions = row.conditions if decision is GateState.CONDITIONS else ""
    GateDecision(
        gate=row, decision=decision.value, reason=reason, conditions=conditions, by=by[:1000], at=ctx.now,
        digest=digest,
    ).save(force_insert=True)  # fmt: skip
    row.change(ctx, state=decision.value, asked_digest="", asked_for="", conditions=conditions)


# --- the stage ------------------------------------------------------------------------------------


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
