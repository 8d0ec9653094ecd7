"""What must hold at a gate: criteria, who says that they hold, what shows it, waivers."""

from __future__ import annotations

from django.db.models import Max

from headway.areas.deliverables.types import UploadId
from headway.areas.method.criteria import checks
from headway.areas.method.gate_rows import gate_rows, not_passed
from headway.areas.method.models import Criterion, CriterionEvidence, Gate
from headway.areas.method.types import GateCriterion, GateRow
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.schema import Name, ShortText, Text

_MOST_CRITERIA = 50


@command(permission="method.edit_gates", changes="gate")
def add_criterion(ctx: Context, *, gate: Gate, text: Name, check: ShortText = "", must: bool = False) -> GateRow:
    """Add what must hold at a gate.

    check  'baseline', 'red_risks', 'owners' …: it is then computed; '' = a person says so. Of 'document' the text is
           the name of the document that must be there.
    must   it cannot be waived.
    """
    not_passed(gate)
    put_criterion(ctx, gate, GateCriterion(text, check, must))
    return gate_rows(ctx, gate.project_id, [gate])[0]


def put_criterion(ctx: Context, row: Gate, item: GateCriterion) -> None:
    """Give a gate one more criterion, the last."""
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
    not_passed(criterion.gate)
    criterion.change(ctx, removed_at=ctx.now)


@command(permission="method.edit_gates", changes="criterion")
def judge(ctx: Context, *, criterion: Criterion, met: bool) -> GateRow:
    """Say whether a criterion holds; one that is computed says so itself."""
    not_passed(criterion.gate)
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
    not_passed(criterion.gate)
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
    not_passed(criterion.gate)
    if criterion.must:
        raise Conflict("This criterion cannot be waived: the gate stands or falls with it.")
    criterion.change(ctx, waiver=reason, waived_by=ctx.actor.name, waived_at=ctx.now)
    return gate_rows(ctx, criterion.gate.project_id, [criterion.gate])[0]


@command(permission="method.waive", changes="criterion", idempotent=True)
def take_back_waiver(ctx: Context, *, criterion: Criterion) -> GateRow:
    """Ask for a waived criterion again."""
    not_passed(criterion.gate)
    criterion.change(ctx, waiver="", waived_by="", waived_at=None)
    return gate_rows(ctx, criterion.gate.project_id, [criterion.gate])[0]
