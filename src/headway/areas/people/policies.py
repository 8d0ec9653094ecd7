"""Which people an actor may see."""

from __future__ import annotations

from django.db.models import Q

from headway.areas.people.models import AccessToken, Holiday, Invitation, Organisation, Person, Team
from headway.kernel.access import EVERYTHING, NOTHING, OUTSIDE_ROLES, visible
from headway.kernel.context import Context


def _is_staff(ctx: Context) -> bool:
    return ctx.actor.user_id is not None and ctx.actor.org_role not in OUTSIDE_ROLES


@visible(Organisation)
def organisations(ctx: Context) -> Q:
    """Staff see all; outside people their own organisation and ours."""
    if _is_staff(ctx):
        return EVERYTHING
    return Q(kind="own") | Q(pk=ctx.actor.organisation_id) if ctx.actor.user_id is not None else NOTHING


@visible(Person)
def persons(ctx: Context) -> Q:
    """Staff see everybody; an outside person only himself."""
    if _is_staff(ctx):
        return EVERYTHING
    return Q(user_id=ctx.actor.user_id) if ctx.actor.user_id is not None else NOTHING


@visible(Team)
def teams(ctx: Context) -> Q:
    """Staff only."""
    return EVERYTHING if _is_staff(ctx) else NOTHING


@visible(Holiday)
def holidays(ctx: Context) -> Q:
    """Staff only."""
    return EVERYTHING if _is_staff(ctx) else NOTHING


@visible(Invitation)
def invitations(ctx: Context) -> Q:
    """Administrators and managers, who may invite."""
    return EVERYTHING if ctx.actor.org_role in ("administrator", "manager") else NOTHING


@visible(AccessToken)
def tokens(ctx: Context) -> Q:
    """One's own; administrators all."""
    if ctx.actor.user_id is None:
        return NOTHING
    return EVERYTHING if ctx.actor.org_role == "administrator" else Q(user_id=ctx.actor.user_id)
