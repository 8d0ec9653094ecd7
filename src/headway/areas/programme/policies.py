"""Who sees programmes and what ties plans: people who work on a project of them; who changes a programme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from headway.areas.programme.models import Placeholder, PlanMove, Programme, ProgrammeProject
from headway.areas.projects.queries import inside_project_ids, inside_q
from headway.kernel.access import EVERYTHING, NOTHING, OUTSIDE_ROLES, policy, visible
from headway.kernel.among import among_ids
from headway.kernel.context import Context


@visible(Placeholder)
def placeholders(ctx: Context) -> Q:
    """Of plans of one's projects."""
    return inside_q(ctx)


@visible(PlanMove)
def moves(ctx: Context) -> Q:
    """Of plans of one's projects."""
    return inside_q(ctx)


@visible(Programme)
def programmes(ctx: Context) -> Q:
    """Those with a project one works on, and one's own; clients and guests see none."""
    if ctx.actor.is_system:
        return EVERYTHING
    if ctx.actor.user_id is None or ctx.actor.org_role in OUTSIDE_ROLES:
        return NOTHING
    ids = inside_project_ids(ctx)
    if ids is None:
        return EVERYTHING
    rows = ProgrammeProject.unscoped(reason="programmes of one's projects").filter(among_ids("project_id", ids))
    mine = Q(made_by_user=ctx.actor.user_id)
    if ctx.actor.person_id is not None:
        mine |= Q(owner_id=ctx.actor.person_id)
    return Q(pk__in=rows.values("programme_id")) | mine


@policy("programme.change")
def change(ctx: Context, inputs: Mapping[str, Any]) -> bool:
    """Its owner, who made it, and administrators."""
    programme = inputs["programme"]
    mine = ctx.actor.person_id is not None and programme.owner_id == ctx.actor.person_id
    return bool(mine or programme.made_by_user == ctx.actor.user_id or ctx.actor.org_role == "administrator")
