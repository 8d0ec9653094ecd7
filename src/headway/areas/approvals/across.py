"""Reads over several projects at once, for the areas above; the caller gives ids it found through its own door."""

from __future__ import annotations

from collections.abc import Collection

from headway.areas.approvals.models import Approval, ApprovalVote
from headway.areas.approvals.queries import approval_rows
from headway.areas.approvals.types import ApprovalRow, ApprovalState
from headway.kernel.context import Context


def asked_of(
    ctx: Context, project_ids: Collection[int], person_ids: Collection[int], *, most: int
) -> tuple[ApprovalRow, ...]:
    """What these people are asked to approve on these projects and have not answered, the most urgent first."""
    votes = ApprovalVote.unscoped(reason="votes on visible requests").filter(person_id__in=list(person_ids), vote="")
    rows = Approval.visible_to(ctx).filter(
        project_id__in=list(project_ids), state=ApprovalState.PENDING.value, pk__in=votes.values("approval_id")
    )
    return approval_rows(list(rows.order_by("due", "id")[:most]))
