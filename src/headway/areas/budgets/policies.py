"""Who sees budgets: those who run or oversee the project; budgets at cost only with the right to see costs."""

from __future__ import annotations

from django.db.models import Q

from headway.areas.budgets.models import Budget, BudgetChange
from headway.areas.budgets.types import Basis
from headway.areas.hours.queries import sees_costs
from headway.areas.projects.queries import inside_project_ids, inside_q
from headway.kernel.access import NOTHING, visible
from headway.kernel.among import among_ids
from headway.kernel.context import Context


@visible(Budget)
def budgets(ctx: Context) -> Q:
    """Of one's projects; a budget at cost stays hidden from those who may not see costs."""
    if ctx.actor.user_id is None:
        return NOTHING
    ids = inside_project_ids(ctx)
    if ids is None:
        return Q(removed_at=None)
    at_cost = among_ids("project_id", [pk for pk in ids if sees_costs(ctx, pk)])
    return Q(removed_at=None) & among_ids("project_id", ids) & (~Q(basis=Basis.COST.value) | at_cost)


@visible(BudgetChange)
def changes(ctx: Context) -> Q:
    """Of one's projects; a change to a budget at cost as that budget."""
    if ctx.actor.user_id is None:
        return NOTHING
    return inside_q(ctx) & (Q(budget=None) | Q(budget__in=Budget.visible_to(ctx).values("pk")))
