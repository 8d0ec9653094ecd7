"""The approval of an estimate: asked for, taken back, and what becomes of the answer.

Who is asked decides on exactly what is frozen when it is sent (decision 0139); the vote itself is the approvals area's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from headway.areas.approvals import commands as approvals
from headway.areas.approvals.queries import of_subject
from headway.areas.approvals.types import ApprovalRow, ApprovalState
from headway.areas.estimates.contingency import open_shares
from headway.areas.estimates.models import Estimate
from headway.areas.estimates.reading import detail, frozen_shares, missing_for_approval, stored_lines
from headway.areas.estimates.types import EstimateDetail, EstimateState, SumRow
from headway.areas.estimates.wording import class_words
from headway.areas.people.queries import actor_of, names_of, users_of
from headway.areas.people.types import PersonId
from headway.kernel.access import may
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.schema import Name, Text, to_json

SUBJECT = "estimates.Estimate"
_LINE = (
    "position", "level", "name", "unit", "role", "optimistic", "likely", "pessimistic", "rate", "cost_rate",
    "assumptions", "exclusions",
)  # fmt: skip
_STATED = (
    "title", "kind", "basis", "basis_note", "valid_until", "currency", "assumptions", "exclusions", "together",
    "calibration", "risks",
)  # fmt: skip


@command(permission="estimates.edit", changes="estimate")
def ask_estimate(
    ctx: Context, *, estimate: Estimate, approvers: tuple[PersonId, ...], note: Text = "", due: date | None = None
) -> ApprovalRow:
    """Send a draft for approval: its lines, rates and contingency are frozen as they stand now.

    It must state its basis and validity, and every line its figures. Approvers are people who may see estimates;
    who wrote it or asks cannot approve it, unless the house rules allow that.

    note  what the approvers should know. due: by when the answer is wanted.
    """
    if estimate.state != EstimateState.DRAFT.value:
        raise Conflict(f"{estimate.ref} {_stands(estimate)} Only a draft is sent for approval.")
    lacking = missing_for_approval(estimate, stored_lines(estimate))
    if lacking:
        raise Conflict(f"{estimate.ref} still lacks {_listed(lacking)}. Add that first.")
    _all_may_read(ctx, approvers, estimate.project_id)
    shares, _ = open_shares(ctx, estimate)
    estimate.change(ctx, state=EstimateState.ASKED.value, note=note, risks=frozen_shares(shares))
    return approvals.ask(
        ctx,
        subject=SUBJECT,
        subject_id=estimate.pk,
        project_id=estimate.project_id,
        title=f"{estimate.ref} {estimate.title}"[:255],
        shown=_shown(detail(ctx, estimate)),
        digest=digest_of(estimate),
        approvers=approvers,
        prepared_by_user=estimate.made_by_user,
        due=due,
    )


def _stands(estimate: Estimate) -> str:
    return f"is {EstimateState(estimate.state).words}."


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _all_may_read(ctx: Context, approvers: Iterable[int], project_id: int) -> None:
    """Nobody is asked who may not see estimates, such as a client, who gets the proposal."""
    users = users_of(approvers)
    strange = [who for who in dict.fromkeys(approvers) if not _reads(ctx, users.get(who), project_id)]
    if strange:
        names = names_of(strange)
        raise Invalid(
            f"{', '.join(names[who] for who in strange)} may not see estimates. Name a manager or an approver of the "
            "project.",
            fields=[FieldError("approvers", f"{names[who]} may not see estimates") for who in strange],
        )


def _reads(ctx: Context, user_id: int | None, project_id: int) -> bool:
    actor = actor_of(user_id) if user_id is not None else None
    if actor is None:
        return False
    return may(Context(actor=actor, now=ctx.now, channel=ctx.channel), "estimates.read", project_id=project_id)


def digest_of(estimate: Estimate) -> str:
    """SHA-256 of all that is approved: what it states, its lines with their rates, its contingency."""
    frozen = {
        "stated": {name: to_json(getattr(estimate, name)) for name in _STATED},
        "lines": [{name: to_json(getattr(line, name)) for name in _LINE} for line in stored_lines(estimate)],
    }
    written = json.dumps(frozen, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _shown(found: EstimateDetail) -> str:
    """The estimate as its approvers read it; what it costs the house stands on its page, for those who may see it."""
    said = [found.note.strip(), _answer(found)]
    said.append("\n".join(["By phase:", *(_phase(found, phase) for phase in found.phases)]))
    for title, text in (("Assumptions", found.assumptions), ("Exclusions", found.exclusions)):
        points = [point.strip() for point in text.splitlines() if point.strip()]
        if points:
            said.append("\n".join([f"{title}:", *(f"- {point}" for point in points)]))
    return "\n\n".join(part for part in said if part)


def _answer(found: EstimateDetail) -> str:
    total = found.hours
    lines = [f"Expected {total.mean:,.1f} h, P80 {total.p80:,.1f} h, {len(found.lines)} lines."]
    if found.money is not None:
        amounts = _money(found, found.money.whole)
        if found.money.contingency:
            amounts += f", of which {_money(found, found.money.contingency)} contingency for {len(found.risks)} risks"
        lines.append(f"{amounts}. Range: {_money(found, found.money.low)} to {_money(found, found.money.high)}.")
    basis = found.basis.words if found.basis is not None else "not stated"
    valid = f" Valid until {found.row.valid_until:%a %d %b %Y}." if found.row.valid_until is not None else ""
    lines.append(f"As {class_words(found.row.kind)}; {basis}.{valid}")
    return "\n".join(lines)


def _phase(found: EstimateDetail, phase: SumRow) -> str:
    amount = f", {_money(found, phase.amount)}" if phase.amount is not None else ""
    return f"- {phase.name or 'No phase'}: {phase.hours:,.1f} h{amount}"


def _money(found: EstimateDetail, amount: Decimal) -> str:
    return f"{found.currency} {amount:,.0f}"


@command(permission="estimates.edit", changes="estimate")
def recall_estimate(ctx: Context, *, estimate: Estimate) -> EstimateDetail:
    """Take an estimate back from approval, to change it and ask again."""
    if estimate.state != EstimateState.ASKED.value:
        raise Conflict(f"{estimate.ref} does not wait for approval.")
    asked = of_subject(SUBJECT, estimate.pk)
    if asked is not None and asked.state is ApprovalState.PENDING:
        approvals.withdraw(ctx, approval=asked.id)
    estimate.change(ctx, state=EstimateState.DRAFT.value, risks=None)
    return detail(ctx, estimate)


@command(permission="estimates.approve", internal="part of deciding an approval", changes="estimate")
def note_estimate_decided(ctx: Context, *, estimate: Estimate, digest: Name, approved: bool) -> EstimateDetail:
    """Note that exactly this estimate was approved, or refused and is a draft again.

    What was approved never changes again, and the version approved before is superseded.
    """
    if estimate.state != EstimateState.ASKED.value or digest_of(estimate) != digest:
        raise Conflict(f"{estimate.ref} has changed since it was shown. Ask for approval again.")
    if not approved:
        estimate.change(ctx, state=EstimateState.DRAFT.value, risks=None)
        return detail(ctx, estimate)
    asked = of_subject(SUBJECT, estimate.pk)
    votes = [vote for vote in asked.votes if vote.vote is not None] if asked is not None else []
    earlier = Estimate.unscoped(reason="of the same project").filter(
        project_id=estimate.project_id, state=EstimateState.APPROVED.value
    )
    for row in earlier:
        row.change(ctx, state=EstimateState.SUPERSEDED.value)
    estimate.change(
        ctx,
        state=EstimateState.APPROVED.value,
        approved_by=", ".join(vote.name for vote in votes)[:255],
        approved_at=ctx.now,
    )
    return detail(ctx, estimate)
