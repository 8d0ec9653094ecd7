"""What approvals put on a Desk: those asked of a person, and those a person asked for."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from headway.areas.approvals.models import Approval, ApprovalVote
from headway.areas.approvals.queries import pending_votes
from headway.areas.approvals.types import ApprovalState
from headway.areas.desk.providers import Reader, provider, reader
from headway.areas.desk.types import Act, Group, Matter
from headway.areas.desk.wording import days_text, due_evidence, late_text, names_text, stake
from headway.engine.ranking import working_days
from headway.kernel.among import among_ids
from headway.kernel.context import Context

_MOST = 300
_SEVERITY = Decimal("0.5")


@provider("approvals.asked", families=("approval",))
def asked_of_me(ctx: Context) -> Iterable[Matter]:
    """Open requests that name this person and that they have not answered."""
    me = reader(ctx)
    unanswered = [pk for pk, vote in pending_votes(ctx).items() if not vote]
    rows = Approval.visible_to(ctx).filter(among_ids("pk", unanswered))
    for row in rows.defer("shown").order_by("due", "id")[:_MOST]:
        yield Matter(
            key=f"approval:{row.pk}",
            group=Group.DECIDE,
            what=f"Approval of {row.title}",
            project_id=row.project_id,
            kind=Approval._meta.label,
            record_id=row.pk,
            reason=_reason(row, me),
            consequence=f"{row.requested_by} waits; nothing goes out before your answer",
            stake=stake(row.due, me, severity=_SEVERITY, people=1),
            act=Act("Read and answer"),
            due=row.due,
            people=(row.requested_by,),
            personal=True,
            evidence=due_evidence(row.due, me, "“answer wanted by”"),
        )


@provider("approvals.waiting", families=("asked-approval",))
def asked_by_me(ctx: Context) -> Iterable[Matter]:
    """Open requests of this person that others have not answered yet."""
    me = reader(ctx)
    rows = Approval.visible_to(ctx).filter(requested_by_user=ctx.actor.user_id, state=ApprovalState.PENDING.value)
    found = list(rows.defer("shown").order_by("due", "id")[:_MOST]) if ctx.actor.user_id is not None else []
    silent: dict[int, list[str]] = {}
    votes = ApprovalVote.among([row.pk for row in found]).filter(vote="")
    for approval_id, name in votes.order_by("person__name", "id").values_list("approval_id", "person__name"):
        silent.setdefault(approval_id, []).append(name)
    for row in found:
        names = silent.get(row.pk, [])
        yield Matter(
            key=f"asked-approval:{row.pk}",
            group=Group.WAITING,
            what=f"Approval of {row.title}",
            project_id=row.project_id,
            kind=Approval._meta.label,
            record_id=row.pk,
            reason=_reason(row, me),
            consequence=f"nothing goes out before {names_text(names)} answered" if names else "",
            stake=stake(row.due, me, severity=_SEVERITY),
            act=Act("Open"),
            due=row.due,
            people=tuple(names),
            personal=True,
            evidence=due_evidence(row.due, me, "“answer wanted by”"),
        )


def _reason(row: Approval, me: Reader) -> str:
    """How late the answer is; where none is wanted by a day, how long it has been asked for."""
    if row.due is not None:
        return late_text("answer", row.due, me)
    asked = row.created_at.astimezone(me.zone).date()
    waited = working_days(asked, me.day)
    return f"asked {days_text(waited)} ago" if waited > 0 else "asked today"
