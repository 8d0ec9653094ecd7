"""Reads of approvals."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from headway.areas.approvals.models import Approval, ApprovalVote
from headway.areas.approvals.policies import asked
from headway.areas.approvals.types import ApprovalRow, ApprovalState, Vote, VoteRow
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.queries import once, query


def approval_rows(rows: list[Approval]) -> tuple[ApprovalRow, ...]:
    """Requests with their votes, in two queries."""
    votes: dict[int, list[VoteRow]] = {row.pk: [] for row in rows}
    joined = ApprovalVote.among([row.pk for row in rows]).select_related("person")
    for item in joined.order_by("person__name", "id"):
        answer = Vote(item.vote) if item.vote else None
        votes[item.approval_id].append(VoteRow(item.person_id, item.person.name, answer, item.reason, item.voted_at))
    return tuple(
        ApprovalRow(
            row.pk,
            row.project_id,
            row.subject,
            row.subject_id,
            row.title,
            row.shown,
            row.digest,
            row.requested_by,
            row.created_at,
            row.due,
            row.quorum,
            ApprovalState(row.state),
            row.self_approved,
            tuple(votes[row.pk]),
            row.decided_at,
            row.version,
        )
        for row in rows
    )


@query(permission="approvals.list", name="approvals.list")
def waiting(ctx: Context, *, state: ApprovalState = ApprovalState.PENDING) -> tuple[ApprovalRow, ...]:
    """The requests that ask this person, the most urgent first."""
    rows = Approval.visible_to(ctx).filter(asked(ctx), state=state.value).order_by("due", "id")
    return approval_rows(list(rows[:200]))


def how_many_wait(ctx: Context) -> int:
    """How many requests ask this person now, for the number beside the menu."""
    return Approval.visible_to(ctx).filter(among_ids("pk", pending_votes(ctx))).count()


def pending_votes(ctx: Context) -> dict[int, str]:
    """The open requests that name this person, each with the answer they gave, '' for none; read once a call."""
    return once(ctx, "pending votes", lambda: _read_pending(ctx))


def _read_pending(ctx: Context) -> dict[int, str]:
    if ctx.actor.person_id is None:
        return {}
    mine = ApprovalVote.unscoped(reason="one's own votes").filter(person_id=ctx.actor.person_id)
    return dict(mine.filter(approval__state=ApprovalState.PENDING.value).values_list("approval_id", "vote"))


@query(permission="approvals.read", name="approvals.show")
def show(ctx: Context, *, approval: Approval) -> ApprovalRow:
    """One request with its votes."""
    return approval_rows([approval])[0]


def asked_about(ctx: Context, subject: str) -> QuerySet[Approval, int]:
    """The ids of the records of a kind on which this person is asked to decide now."""
    rows = Approval.visible_to(ctx).filter(asked(ctx), subject=subject, state=ApprovalState.PENDING.value)
    return rows.values_list("subject_id", flat=True)


def of_subject(subject: str, subject_id: int) -> ApprovalRow | None:
    """The newest request for a record that the caller may see."""
    rows = Approval.unscoped(reason="asked by its visible subject").filter(subject=subject, subject_id=subject_id)
    newest = rows.order_by("-id").first()
    return approval_rows([newest])[0] if newest else None


def of_subjects(subject: str, subject_ids: Collection[int]) -> dict[int, ApprovalRow]:
    """The newest request for each of some records that the caller may see, by record; two queries."""
    rows = Approval.unscoped(reason="asked by their visible subjects").filter(
        subject=subject, subject_id__in=list(subject_ids)
    )
    newest = {row.subject_id: row for row in rows.order_by("id")}
    return {row.subject_id: row for row in approval_rows(list(newest.values()))}


def approved_digest(approval_id: int) -> str:
    """The hash that was approved; NotFound while it was not."""
    rows = Approval.unscoped(reason="proof before sending").filter(pk=approval_id, state=ApprovalState.APPROVED.value)
    found = rows.values_list("digest", flat=True).first()
    if found is None:
        raise NotFound("This approval was not given.")
    return found
