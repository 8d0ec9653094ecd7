"""Asking for approval and answering."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from headway.areas.approvals.models import Approval, ApprovalVote
from headway.areas.approvals.queries import approval_rows
from headway.areas.approvals.types import ApprovalRow, ApprovalState, Vote
from headway.areas.comms.commands import notify
from headway.areas.comms.types import NoticeReason
from headway.areas.desk.providers import reader
from headway.areas.people.queries import actor_of, names_of, person_of_user, self_approval_allowed, users_of
from headway.areas.people.types import PersonId
from headway.kernel.access import may
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid
from headway.kernel.schema import Name, Text


@command(permission="approvals.ask", internal="asked by the journey that knows what is to be approved")
def ask(
    ctx: Context,
    *,
    subject: Name,
    subject_id: int,
    project_id: int | None,
    title: Name,
    shown: Text,
    digest: Name,
    approvers: tuple[PersonId, ...],
    prepared_by_user: int | None = None,
    quorum: int = 1,
    due: date | None = None,
) -> ApprovalRow:
    """Ask persons to agree to exactly what was shown; an open request for the same thing is withdrawn."""
    if not 1 <= quorum <= len(set(approvers)):
        raise Invalid("Name at least as many approvers as must agree.", fields=[FieldError("approvers", "too few")])
    _all_can_answer(ctx, approvers, project_id)
    earlier = Approval.unscoped(reason="one open request a subject").filter(
        subject=subject, subject_id=subject_id, state=ApprovalState.PENDING.value
    )
    for row in earlier:
        row.change(ctx, state=ApprovalState.WITHDRAWN.value, decided_at=ctx.now)
    row = Approval.add(
        ctx,
        subject=subject,
        subject_id=subject_id,
        project_id=project_id,
        title=title,
        shown=shown,
        digest=digest,
        quorum=quorum,
        due=due,
        requested_by=ctx.actor.name,
        requested_by_user=ctx.actor.user_id,
        prepared_by_user=prepared_by_user,
    )
    for person in dict.fromkeys(approvers):
        ApprovalVote(approval=row, person_id=person).save(force_insert=True)
    said = f"Your approval is asked for: {title}"
    today = due is not None and due <= reader(ctx).day
    _tell(ctx, row, approvers, NoticeReason.APPROVAL, f"{said}, today" if today else said, urgent=today)
    return approval_rows([row])[0]


def _all_can_answer(ctx: Context, approvers: tuple[int, ...], project_id: int | None) -> None:
    """Nobody is asked who could not answer; Invalid names them."""
    users = users_of(approvers)
    silent = [who for who in dict.fromkeys(approvers) if not _can_answer(ctx, users.get(who), project_id)]
    if not silent:
        return
    names = names_of(silent)
    said = ", ".join(names[who] for who in silent)
    raise Invalid(
        f"{said} could not answer: an approver can sign in and is approver, manager or client on the project. "
        "Give the role first, or name somebody else.",
        fields=[FieldError("approvers", f"{names[who]} could not answer", value=names[who]) for who in silent],
    )


def _can_answer(ctx: Context, user_id: int | None, project_id: int | None) -> bool:
    actor = actor_of(user_id) if user_id is not None else None
    if actor is None:
        return False
    theirs = Context(actor=actor, now=ctx.now, channel=ctx.channel)
    return may(theirs, "approvals.vote", project_id=project_id)


@command(permission="approvals.vote", changes="approval", internal="part of deciding on its subject")
def vote(ctx: Context, *, approval: Approval, decision: Vote, digest: Name, reason: Text = "") -> ApprovalRow:
    """Agree or refuse as a named approver.

    digest  of what the approver was shown; another one is refused, for the content has changed since.
    A refusal needs a reason. Approving what one prepared oneself needs the house rule, and shows.
    """
    if approval.state != ApprovalState.PENDING.value:
        raise Conflict(f"This request is {approval.state} already.")
    if digest != approval.digest:
        raise Conflict("The content has changed since it was shown to you. Read it again.")
    if decision is Vote.REJECT and not reason.strip():
        raise Invalid("Say why you refuse.", fields=[FieldError("reason", "required")])
    own = ctx.actor.user_id in {approval.requested_by_user, approval.prepared_by_user} - {None}
    if own and decision is Vote.APPROVE and not self_approval_allowed():
        raise Denied("You prepared this yourself; somebody else must approve it. (House rules can allow it.)")
    ballot = ApprovalVote.of(approval).get(person_id=ctx.actor.person_id or 0)
    ballot.vote, ballot.reason, ballot.voted_at = decision.value, reason, ctx.now
    ballot.save(update_fields=["vote", "reason", "voted_at"])
    ctx.record("approvals.Approval", approval.pk, "vote", None, decision.value)
    agreed = ApprovalVote.of(approval).filter(vote=Vote.APPROVE.value).count()
    if decision is Vote.REJECT:
        approval.change(ctx, state=ApprovalState.REJECTED.value, decided_at=ctx.now)
    elif agreed >= approval.quorum:
        approval.change(
            ctx,
            state=ApprovalState.APPROVED.value,
            decided_at=ctx.now,
            self_approved=approval.self_approved or own,
        )
    elif own:
        approval.change(ctx, self_approved=True)
    if approval.state != ApprovalState.PENDING.value:
        asked_by = person_of_user(approval.requested_by_user) if approval.requested_by_user is not None else None
        said = f"{approval.title}: {'approved' if approval.state == ApprovalState.APPROVED.value else 'refused'}"
        _tell(
            ctx,
            approval,
            [asked_by],
            NoticeReason.DECIDED,
            f"{said}. {reason}" if reason else said,
            urgent=approval.subject in _told_at_once,
        )
    return approval_rows([approval])[0]


_told_at_once: set[str] = set()


def tell_at_once(subject: str) -> None:
    """Let whoever asked about such a subject ('method.Gate') hear by mail at once how it was decided."""
    _told_at_once.add(subject)


def _tell(
    ctx: Context,
    row: Approval,
    to: Collection[int | None],
    reason: NoticeReason,
    text: str,
    *,
    once: str = "",
    urgent: bool = False,
) -> None:
    notify(
        ctx,
        to=to,
        reason=reason,
        about_kind=Approval._meta.label,
        about_id=row.pk,
        project_id=row.project_id,
        text=text,
        once=once,
        urgent=urgent,
    )


@command(permission="approvals.ask", internal="part of changing its subject")
def withdraw(ctx: Context, *, approval: Approval) -> ApprovalRow:
    """Take back an open request."""
    if approval.state != ApprovalState.PENDING.value:
        raise Conflict(f"This request is {approval.state} already.")
    approval.change(ctx, state=ApprovalState.WITHDRAWN.value, decided_at=ctx.now)
    return approval_rows([approval])[0]


_DAYS_BACK = 7  # days that were missed while nothing ran are made up


@command(permission="comms.notify", internal="the nightly look at what is due", idempotent=True)
def tell_due(ctx: Context, *, day: date) -> None:
    """Tell approvers who have not answered that the day has come, by mail at once; each is told once."""
    rows = Approval.unscoped(reason="approvers are told of their day").filter(
        due__lte=day, due__gt=day - timedelta(days=_DAYS_BACK), state=ApprovalState.PENDING.value
    )
    for row in rows.defer("shown").order_by("id"):
        silent = list(ApprovalVote.of(row).filter(vote="").values_list("person_id", flat=True))
        said = f"Your answer is wanted today: {row.title}" if row.due == day else f"Your answer is late: {row.title}"
        once = f"due:{Approval._meta.label}:{row.pk}:{row.due}"
        _tell(ctx, row, silent, NoticeReason.DUE, said, once=once, urgent=True)
