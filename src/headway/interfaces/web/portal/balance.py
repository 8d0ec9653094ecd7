"""Hours left of a retainer, and the statements of its periods, for the client: no rate, no cost, no names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.budgets import retainer_ledger as budgets
from headway.areas.budgets.money_types import BalancePeriod, RetainerBalance
from headway.areas.budgets.statements import statement as budget_statement
from headway.areas.budgets.statements import statements_of
from headway.areas.projects.types import Charter
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.money.statement import told as statement_told
from headway.interfaces.web.page import page
from headway.interfaces.web.portal.frame import has_balance, nothing_here, portal_project, present
from headway.interfaces.web.report_files import file_links, sent
from headway.interfaces.web.templatetags.formats import hours, weekday_date
from headway.journeys.budget_reports import RETAINER_STATEMENT
from headway.kernel.context import Context


@page(outside=True)
def hours_left(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The balance of each retainer of a project, period by period."""
    project = _with_balance(ctx, key)
    rows = budgets.balance(ctx, project=project.id)
    locale = locale_of(request)
    told = statements_of(ctx, project.id)
    values = {"rows": [(row, sentence(row, locale), _lines(project, row, told[row.id])) for row in rows]}
    return present(request, ctx, "portal/hours.html", values, project=project, tab="hours")


def _lines(
    project: Charter, row: RetainerBalance, told: Iterable[tuple[int, BalancePeriod]]
) -> list[tuple[BalancePeriod, str]]:
    """Each period with the address of its statement; '' where there is none yet."""
    number_of = {line.first: number for number, line in told}

    def address(first: date) -> str:
        if first not in number_of:
            return ""
        return reverse("portal-statement", args=[project.key, row.id, number_of[first]])

    return [(line, address(line.first)) for line in row.periods]


@page(outside=True)
def statement(request: HttpRequest, ctx: Context, key: str, retainer: int, period: int) -> HttpResponse:
    """What a closed period had and used, with its hours by day and task."""
    project = _with_balance(ctx, key)
    found = budget_statement(ctx, project=project.id, retainer=retainer, period=period)
    values = statement_told(found) | {"files": file_links("portal-statement-file", key, retainer, period)}
    return present(request, ctx, "portal/statement.html", values, project=project, tab="hours")


@page(outside=True)
def statement_file(request: HttpRequest, ctx: Context, key: str, retainer: int, period: int, form: str) -> HttpResponse:
    """The statement as a file."""
    project = _with_balance(ctx, key)
    limits: dict[str, Any] = {"project": project.id, "retainer": retainer, "period": period}
    back = reverse("portal-statement", args=[key, retainer, period])
    return sent(request, ctx, RETAINER_STATEMENT, form=form, back=back, **limits)


def _with_balance(ctx: Context, key: str) -> Charter:
    project = portal_project(ctx, key)
    if not has_balance(ctx, project):
        raise nothing_here()
    return project


def sentence(row: RetainerBalance, locale: Locale) -> str:
    """'9 h of 40 h are left until Sat 31 Jan.'"""
    if row.left is None or row.available is None:
        return "No period runs now."
    now = next((one for one in row.periods if one.first <= row.as_of <= one.last), None)
    until = f" until {weekday_date(now.last, locale)}" if now is not None else ""
    if row.overage:
        return f"All {hours(row.available, locale)} are used, and {hours(row.overage, locale)} beyond{until}."
    return f"{hours(row.left, locale)} of {hours(row.available, locale)} are left{until}."
