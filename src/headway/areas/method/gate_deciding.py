"""The decision on a gate: asked of its approvers, withdrawn, recorded as a no-go, opened again.

Votes are those of `approvals`; here stand what is shown, and what becomes of the answer.
"""

from __future__ import annotations

import hashlib
from datetime import date

from headway.areas.approvals import commands as approvals
from headway.areas.approvals.queries import of_subjects
from headway.areas.approvals.types import ApprovalState
from headway.areas.method.gate_rows import SUBJECT, gate_rows, not_passed
from headway.areas.method.models import Gate, GateDecision
from headway.areas.method.types import CriterionRow, GateRow, GateState
from headway.areas.people.types import PersonId
from headway.areas.projects.queries import charter
from headway.areas.schedule.writing import day_writing
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.schema import Name, ShortText, Text

approvals.tell_at_once(SUBJECT)


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
    not_passed(gate)
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
    not_passed(gate)
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
    """Note that the approvers agreed to exactly this content or one of them refused it."""
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
