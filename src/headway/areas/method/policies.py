"""Who sees the method: templates and rules everybody inside the house; what is of a project, those inside it."""

from __future__ import annotations

from django.db.models import Q

from headway.areas.method.models import CheckItem, Criterion, Gate, MethodRule, ProjectTemplate, RecurringTask
from headway.areas.projects.queries import inside_q
from headway.kernel.access import EVERYTHING, NOTHING, OUTSIDE_ROLES, visible
from headway.kernel.context import Context


def _inside_house(ctx: Context) -> Q:
    outside = ctx.actor.user_id is None or ctx.actor.org_role in OUTSIDE_ROLES
    return NOTHING if outside else EVERYTHING


visible(ProjectTemplate)(_inside_house)
visible(MethodRule)(_inside_house)


@visible(CheckItem)
def checks(ctx: Context) -> Q:
    """Of one's projects, while they stand."""
    return Q(removed_at=None) & inside_q(ctx)


@visible(Gate)
def gates(ctx: Context) -> Q:
    """Of one's projects, while they stand."""
    return Q(removed_at=None) & inside_q(ctx)


@visible(Criterion)
def criteria(ctx: Context) -> Q:
    """Of the gates of one's projects."""
    return Q(removed_at=None) & inside_q(ctx, "gate__project_id")


@visible(RecurringTask)
def recurring(ctx: Context) -> Q:
    """Of one's projects, while they stand."""
    return Q(removed_at=None) & inside_q(ctx)
