"""Who sees budgets: those who run or oversee the project; budgets at cost only with the right to see costs."""

from __future__ import annotations

from django.db.models import Q

from headway.areas.budgets.models import (
    AlertMail,
    AlertRule,
    Budget,
    BudgetChange,
    Commitment,
    ExchangeRate,
    Expense,
    Invoice,
    ProgressStatement,
    Retainer,
)
from headway.areas.budgets.types import Basis
from headway.areas.hours.queries import sees_costs
from headway.areas.projects.queries import inside_project_ids, inside_q
from headway.kernel.access import EVERYTHING, NOTHING, OUTSIDE_ROLES, may, visible
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


@visible(ProgressStatement)
def progress(ctx: Context) -> Q:
    """Of one's projects."""
    return NOTHING if ctx.actor.user_id is None else inside_q(ctx)


@visible(AlertMail)
def alert_mails(ctx: Context) -> Q:
    """Of the budgets that one sees."""
    return Q(budget__in=Budget.visible_to(ctx).values("pk"))


@visible(AlertRule)
def alert_rules(ctx: Context) -> Q:
    """Of one's projects; the house's for everybody who works here."""
    return NOTHING if ctx.actor.user_id is None else inside_q(ctx) | Q(house=True)


@visible(Retainer)
def retainers(ctx: Context) -> Q:
    """Of one's projects; what the client may know of them is told without the record."""
    return NOTHING if ctx.actor.user_id is None else inside_q(ctx) & Q(removed_at=None)


@visible(Commitment)
def commitments(ctx: Context) -> Q:
    """Orders are costs: of the projects whose costs one may see."""
    return _at_cost(ctx) & Q(removed_at=None)


@visible(Expense)
def expenses(ctx: Context) -> Q:
    """One's own, and all of the projects whose costs one may see."""
    if ctx.actor.user_id is None:
        return NOTHING
    own = inside_q(ctx) & Q(entered_by_user=ctx.actor.user_id)
    return (own | _at_cost(ctx)) & Q(removed_at=None)


@visible(Invoice)
def invoices(ctx: Context) -> Q:
    """What was billed, of those of one's projects whose invoices one may read."""
    if ctx.actor.user_id is None:
        return NOTHING
    ids = inside_project_ids(ctx)
    if ids is None:
        return Q(removed_at=None)
    return Q(removed_at=None) & among_ids(
        "project_id", [pk for pk in ids if may(ctx, "budgets.read_invoices", project_id=pk)]
    )


@visible(ExchangeRate)
def exchange_rates(ctx: Context) -> Q:
    """The house's rates are no secret of anybody who works here."""
    outside = ctx.actor.user_id is None or ctx.actor.org_role in OUTSIDE_ROLES
    return NOTHING if outside else Q(removed_at=None)


def _at_cost(ctx: Context) -> Q:
    if ctx.actor.user_id is None:
        return NOTHING
    ids = inside_project_ids(ctx)
    return EVERYTHING if ids is None else among_ids("project_id", [pk for pk in ids if sees_costs(ctx, pk)])
