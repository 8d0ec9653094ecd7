"""Who sees a request for approval, and who may answer it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from headway.areas.approvals.models import Approval, ApprovalVote
from headway.kernel.access import NOTHING, policy, visible, working_on
from headway.kernel.context import Context


def asked(ctx: Context) -> Q:
    """Requests that name the actor as an approver."""
    person = ctx.actor.person_id
    if person is None:
        return NOTHING
    votes = ApprovalVote.unscoped(reason="one's own votes").filter(person_id=person)
    return Q(pk__in=votes.values("approval_id"))


@visible(Approval)
def approvals(ctx: Context) -> Q:
    """Those one is asked for, and those of projects one works on."""
    return asked(ctx) | working_on(ctx, "project_id")


@policy("approvals.vote")
def is_asked(ctx: Context, inputs: Mapping[str, Any]) -> bool:
    """Only the approvers named on the request answer it."""
    person = ctx.actor.person_id
    return ApprovalVote.of(inputs["approval"]).filter(person_id=person or 0).exists()
