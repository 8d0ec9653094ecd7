"""The decision on a change request: asked for, given, put off, taken back; and what carrying it out leaves behind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from headway.areas.approvals import commands as approvals
from headway.areas.approvals.queries import of_subject
from headway.areas.approvals.types import ApprovalRow, ApprovalState
from headway.areas.people.types import PersonId
from headway.areas.schedule.rows import marks_of
from headway.areas.scope import effects, steps
from headway.areas.scope.asked import asked_outside, shown_outside
from headway.areas.scope.asked_types import AskedChange
from headway.areas.scope.models import ChangeOption, ChangeRequest
from headway.areas.scope.queries import statement
from headway.areas.scope.reading import REQUEST, detail, live_options, register_risks, stale_text
from headway.areas.scope.types import BEFORE_DECISION, BroughtRisk, RequestDetail, RequestState, Statement
from headway.areas.scope.wording import asked_lines, change_text, effect_lines
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.schema import Name, Text, to_json


@command(permission="scope.edit", changes="change")
def ask_for_decision(
    ctx: Context,
    *,
    change: ChangeRequest,
    option: ChangeOption,
    approvers: tuple[PersonId, ...],
    recommendation: Text = "",
    dissent: Text = "",
    due: date | None = None,
) -> ApprovalRow:
    """Ask named approvers to agree to one option; they decide on exactly the effects that are shown now.

    option          the one that is recommended; 'do nothing' where the change should not be made.
    recommendation  why. dissent: who disagrees, and why.
    due             by when the answer is wanted; None = the day on the request.
    """
    if RequestState(change.state) not in BEFORE_DECISION:
        raise Conflict(f"{change.ref} is {RequestState(change.state).value} already.")
    options = live_options([change.pk])
    if option.request_id != change.pk or option.pk not in {one.pk for one in options}:
        raise Invalid(f"This option is not one of {change.ref}.", fields=[FieldError("option", "not of this request")])
    _effects_hold(change, options)
    values: dict[str, Any] = {"recommended_id": option.pk, "state": RequestState.WAITING.value}
    values |= {name: text for name, text in (("recommendation", recommendation), ("dissent", dissent)) if text}
    change.change(ctx, **values)
    frozen = frozen_request(ctx, change, options)
    outside = asked_outside(change.project_id, approvers)
    change.change(ctx, frozen=frozen, digest=effects.digest_of(frozen))
    return approvals.ask(
        ctx,
        subject=REQUEST,
        subject_id=change.pk,
        project_id=change.project_id,
        title=f"{change.ref} {change.title}"[:255],
        shown=_shown(change, option, options, outside=shown_outside(frozen) if outside else None),
        digest=change.digest,
        approvers=approvers,
        prepared_by_user=ctx.actor.user_id,
        due=due or change.decide_by,
    )


def _effects_hold(change: ChangeRequest, options: list[ChangeOption]) -> None:
    """Nobody is asked to decide on effects that are missing or old."""
    if all(option.nothing for option in options):
        raise Conflict(f"{change.ref} has no option but to do nothing. Add at least one way of doing it.")
    if any(not option.effect for option in options):
        raise Conflict("Compute the effects of all options first: nobody should decide without them.")
    mark = marks_of([change.project_id]).get(change.project_id)
    stale = next((text for option in options if (text := stale_text(option, mark))), "")
    if stale:
        raise Conflict(f"{stale} Compute the effects anew first.")


def frozen_request(ctx: Context, change: ChangeRequest, options: list[ChangeOption]) -> dict[str, Any]:
    """What is decided on, to the last figure."""
    brought = register_risks([option.pk for option in options])
    agreed: Statement = statement(ctx.as_system("what was agreed, for the approvers"), project=change.project_id)
    return {
        "ref": change.ref,
        "title": change.title,
        "description": change.description,
        "why": change.why,
        "asked_by": change.asked_by,
        "asked_on": to_json(change.asked_on),
        "decide_by": to_json(change.decide_by),
        "if_nothing": change.if_nothing,
        "recommendation": change.recommendation,
        "recommended": change.recommended_id,
        "dissent": change.dissent,
        "contract": {"hours": str(agreed.hours), "fee": to_json(agreed.fee or None), "currency": agreed.currency},
        "options": [
            {
                "id": option.pk,
                "number": option.number,
                "name": option.name,
                "nothing": option.nothing,
                "steps": option.steps,
                "hours": option.hours,
                "one_off": to_json(option.one_off),
                "risks": option.risks,
                "register": to_json(brought.get(option.pk, ())),
                "effect": option.effect,
            }
            for option in options
        ],
    }


def _shown(
    change: ChangeRequest, recommended: ChangeOption, options: list[ChangeOption], *, outside: AskedChange | None
) -> str:
    """The request as its approvers read it; costs stand on its page, for those who may see them.

    outside  as a client may see it, where one of them is a client.
    """
    said = [
        f"Asked by {change.asked_by}: {change.description}".strip().rstrip(":"),
        f"Why: {change.why}" if change.why else "",
        f"If nothing is done: {change.if_nothing}" if change.if_nothing else "",
        f"Recommended: {recommended.name}. {change.recommendation}".strip(),
        f"Dissent: {change.dissent}" if change.dissent and outside is None else "",
    ]
    if outside is not None:
        said += ["\n".join(asked_lines(one, outside.currency)) for one in outside.options]
    else:
        brought = register_risks([option.pk for option in options])
        said += ["\n".join(_option_lines(option, brought.get(option.pk, ()))) for option in options]
    return "\n\n".join(part for part in said if part)


def _option_lines(option: ChangeOption, brought: Iterable[BroughtRisk]) -> list[str]:
    effect = effects.unpacked(option.effect)
    lines = [f"Option {option.number}: {option.name}"]
    lines += [f"- {step.text}" for step in steps.unpacked(option.steps)]
    lines += [f"- {line}" for line in effect_lines(effect)] if effect is not None else []
    lines += [f"- Risk: {risk}" for risk in option.risks.splitlines() if risk.strip()]
    lines += [f"- Risk {row.ref}: {row.title}, {row.probability} × {row.impact} = {row.exposure}" for row in brought]
    return lines


@command(permission="scope.decide", internal="part of deciding an approval", changes="change")
def note_change_decided(ctx: Context, *, change: ChangeRequest, digest: Name, approved: bool) -> RequestDetail:
    """Note that exactly these effects were approved or refused by the approvers that were named."""
    if change.digest != digest or change.state != RequestState.WAITING.value:
        raise Conflict(f"{change.ref} has changed since it was shown. Ask for a decision again.")
    asked = of_subject(REQUEST, change.pk)
    votes = [vote for vote in asked.votes if vote.vote is not None] if asked is not None else []
    option = change.recommended
    made = approved and option is not None and not option.nothing
    change.change(
        ctx,
        state=(RequestState.APPROVED if made else RequestState.REJECTED).value,
        chosen_id=option.pk if approved and option is not None else None,
        decided_at=ctx.now,
        decided_by=", ".join(vote.name for vote in votes)[:1000],
        decision_reason=" ".join(vote.reason for vote in votes if vote.reason),
    )
    return detail(ctx, change)


@command(permission="scope.edit", changes="change")
def recall(ctx: Context, *, change: ChangeRequest) -> RequestDetail:
    """Take a request back from decision, to change it and ask again."""
    if change.state != RequestState.WAITING.value:
        raise Conflict(f"{change.ref} does not wait for a decision.")
    _take_back_asking(ctx, change)
    change.change(ctx, state=RequestState.ASSESSED.value, digest="", frozen=None)
    return detail(ctx, change)


@command(permission="scope.edit", changes="change")
def defer(ctx: Context, *, change: ChangeRequest, until: date, reason: Name) -> RequestDetail:
    """Put the decision off until a day for a reason."""
    state = RequestState(change.state)
    if state not in BEFORE_DECISION and state is not RequestState.WAITING:
        raise Conflict(f"{change.ref} is {state.value} already.")
    _take_back_asking(ctx, change)
    change.change(
        ctx,
        state=RequestState.DEFERRED.value,
        decide_by=until,
        decided_at=ctx.now,
        decided_by=ctx.actor.name,
        decision_reason=reason,
        digest="",
        frozen=None,
    )
    return detail(ctx, change)


@command(permission="scope.edit", changes="change")
def withdraw(ctx: Context, *, change: ChangeRequest, reason: Name) -> RequestDetail:
    """Close a request that is no longer asked for; it stays in the log."""
    state = RequestState(change.state)
    if state in (RequestState.IMPLEMENTED, RequestState.REJECTED, RequestState.WITHDRAWN):
        raise Conflict(f"{change.ref} is {state.value} already.")
    _take_back_asking(ctx, change)
    change.change(
        ctx,
        state=RequestState.WITHDRAWN.value,
        decided_at=ctx.now,
        decided_by=ctx.actor.name,
        decision_reason=reason,
    )
    return detail(ctx, change)


def _take_back_asking(ctx: Context, change: ChangeRequest) -> None:
    asked = of_subject(REQUEST, change.pk)
    if asked is not None and asked.state is ApprovalState.PENDING:
        approvals.withdraw(ctx, approval=asked.id)


# --- carried out -----------------------------------------------------------------------------------------


@command(permission="scope.carry_out", internal="part of carrying a change out", changes="change")
def note_carried_out(
    ctx: Context,
    *,
    change: ChangeRequest,
    plan_change: int | None,
    budget_change: int | None,
    made: tuple[int, ...],
) -> RequestDetail:
    """Note that the approved option is done to the plan and stands in the budget; keep its effect as forecast."""
    if change.state != RequestState.APPROVED.value or change.chosen is None:
        raise Conflict(f"{change.ref} is {RequestState(change.state).value}; only an approved change is carried out.")
    decided = next(
        (one["effect"] for one in (change.frozen or {}).get("options", ()) if one["id"] == change.chosen_id), None
    )
    change.change(
        ctx,
        state=RequestState.IMPLEMENTED.value,
        plan_change=plan_change,
        budget_change=budget_change,
        forecast=decided or change.chosen.effect,
        made=list(made),
        carried_out_at=ctx.now,
        carried_out_by=ctx.actor.name,
    )
    return detail(ctx, change)


@command(permission="scope.carry_out", internal="part of taking a change back", changes="change")
def note_taken_back(ctx: Context, *, change: ChangeRequest) -> RequestDetail:
    """Note that what was carried out is undone; the approval stands."""
    if change.state != RequestState.IMPLEMENTED.value:
        raise Conflict(f"{change.ref} was not carried out.")
    change.change(
        ctx,
        state=RequestState.APPROVED.value,
        plan_change=None,
        budget_change=None,
        forecast=None,
        made=[],
        carried_out_at=None,
        carried_out_by="",
    )
    return detail(ctx, change)


def held_for_carrying_out(ctx: Context, request_id: int) -> tuple[ChangeRequest, ChangeOption]:
    """An approved request, locked, with the option that was chosen."""
    row = ChangeRequest.hold(ChangeRequest.visible_to(ctx).filter(pk=request_id)).first()
    if row is None or row.state != RequestState.APPROVED.value or row.chosen is None:
        state = RequestState(row.state).value if row is not None else "gone"
        raise Conflict(f"This change is {state}; only an approved one is carried out.")
    return row, row.chosen


def label_of(change: ChangeRequest) -> str:
    """What the undo list calls it: 'CR-3: Newsletter signup'."""
    return change_text(change.ref, change.title)
