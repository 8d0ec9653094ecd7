"""Who sees standings and views: people who work on a project; views of one's own, of one's teams, and for everyone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from headway.areas.people.queries import team_ids_of
from headway.areas.portfolio.models import SavedView, StoredStanding
from headway.areas.portfolio.types import Sharing
from headway.areas.projects.queries import inside_q, my_person_id
from headway.kernel.access import NOTHING, OUTSIDE_ROLES, policy, visible
from headway.kernel.context import Context


@visible(StoredStanding)
def standings(ctx: Context) -> Q:
    """Of projects that one works on, or may see inside."""
    return inside_q(ctx)


@visible(SavedView)
def views(ctx: Context) -> Q:
    """One's own, those shared with a team of one's own, and those for everyone; clients and guests see none."""
    if ctx.actor.user_id is None or ctx.actor.org_role in OUTSIDE_ROLES:
        return NOTHING
    teams = team_ids_of(my_person_id(ctx))
    return (
        Q(owner_user=ctx.actor.user_id)
        | Q(sharing=Sharing.EVERYONE.value)
        | Q(sharing=Sharing.TEAM.value, team_id__in=teams)
    )


@policy("portfolio.change_view")
def own_view(ctx: Context, inputs: Mapping[str, Any]) -> bool:
    """A view is changed by whoever made it."""
    return bool(inputs["view"].owner_user == ctx.actor.user_id)
