"""How many hours of a retainer are left, for the client: hours alone, no rate, no cost, no names."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from headway.areas.budgets import retainer_ledger as budgets
from headway.areas.budgets.money_types import RetainerBalance
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import page
from headway.interfaces.web.portal.frame import has_balance, nothing_here, portal_project, present
from headway.interfaces.web.templatetags.formats import hours, weekday_date
from headway.kernel.context import Context


@page(outside=True)
def hours_left(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The balance of each retainer of a project, period by period."""
    project = portal_project(ctx, key)
    if not has_balance(ctx, project):
        raise nothing_here()
    rows = budgets.balance(ctx, project=project.id)
    locale = locale_of(request)
    values = {"rows": [(row, sentence(row, locale)) for row in rows]}
    return present(request, ctx, "portal/hours.html", values, project=project, tab="hours")


def sentence(row: RetainerBalance, locale: Locale) -> str:
    """'9 h of 40 h are left until Sat 31 Jan.'"""
    if row.left is None or row.available is None:
        return "No period runs now."
    now = next((one for one in row.periods if one.first <= row.as_of <= one.last), None)
    until = f" until {weekday_date(now.last, locale)}" if now is not None else ""
    if row.overage:
        return f"All {hours(row.available, locale)} are used, and {hours(row.overage, locale)} beyond{until}."
    return f"{hours(row.left, locale)} of {hours(row.available, locale)} are left{until}."
