"""Who sees what: kept hours like their projects; a proposal by whoever may see inside all of its projects."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from headway.areas.capacity.models import KeptLoads, Proposal, ProposalPlan
from headway.areas.projects.queries import inside_q
from headway.kernel.access import NOTHING, OUTSIDE_ROLES, visible
from headway.kernel.among import among_ids
from headway.kernel.context import Context


@visible(KeptLoads)
def loads(ctx: Context) -> Q:
    """Of projects that one works on, or may see inside."""
    return inside_q(ctx)


@visible(Proposal)
def proposals(ctx: Context) -> Q:
    """None of its projects may be hidden from the reader: one row tells of the others."""
    if ctx.actor.user_id is None or ctx.actor.org_role in OUTSIDE_ROLES:
        return NOTHING
    parts = ProposalPlan.unscoped(reason="which projects a proposal is about").filter(proposal=OuterRef("pk"))
    hidden = ~inside_q(ctx)
    if ctx.project_ids is not None:
        hidden |= ~among_ids("project_id", ctx.project_ids)
    return Q(Exists(parts)) & ~Q(Exists(parts.filter(hidden)))
