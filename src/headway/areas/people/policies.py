"""Which people an actor may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from headway.areas.people.models import AccessToken, Holiday, Invitation, Leave, Organisation, Person, Team
from headway.kernel.access import EVERYTHING, NOTHING, OUTSIDE_ROLES, may, policy, visible
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


@visible(Leave)
def leaves(ctx: Context) -> Q:
    """One's own; who decides on leave sees all."""
    if not _is_staff(ctx):
        return NOTHING
    return EVERYTHING if may(ctx, "people.decide_leave") else Q(person_id=ctx.actor.person_id or 0)


@policy("people.leave")
def for_whom(ctx: Context, inputs: Mapping[str, Any]) -> bool:
    """Everybody for himself; those who decide on leave for anyone."""
    whose = inputs.get("person")
    pk = whose.pk if isinstance(whose, Person) else whose
    return pk in (None, ctx.actor.person_id) or may(ctx, "people.decide_leave")
