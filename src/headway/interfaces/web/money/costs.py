"""What a project costs by kind and period, actual beside committed, and what it earns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.budgets import costs as queries
from headway.areas.budgets.costs import LABOUR
from headway.areas.budgets.money_types import CostPeriod, CostRow, Costs, Margin
from headway.areas.projects.types import Charter
from headway.engine.measures import shown
from headway.engine.units import Money
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Input, Link, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.money.frame import Total, show_part, total
from headway.interfaces.web.page import offered, page, today_in, working_project
from headway.interfaces.web.report_files import file_links
from headway.interfaces.web.templatetags.formats import money, money_short
from headway.kernel.context import Context

_BY = ((CostPeriod.MONTH, "By month"), (CostPeriod.QUARTER, "By quarter"), (CostPeriod.YEAR, "By year"))


@page()
def costs(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Cost by kind and period, and the margin on two bases."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.read_costs", project)
    asked = request.GET.get("by", "")
    by = CostPeriod(asked) if asked in {one.value for one in CostPeriod} else CostPeriod.MONTH
    locale, today = locale_of(request), today_in(ctx, project)
    told = queries.costs(ctx, project=project.id, by=by)
    what = {
        "actual": "Hours at their own cost rates and expenses, by currency",
        "committed": "Ordered and not come yet, by currency",
    }
    here = reverse("costs", args=[key])
    figures = [
        total("actual", "Actual cost", told.actual, locale, as_of=today, what=what["actual"], href=here),
        total(
            "committed",
            "Committed",
            told.committed,
            locale,
            as_of=today,
            what=what["committed"],
            href=reverse("orders", args=[key]),
            note="not in the actual cost",
        ),
        *(_margin(project, margin, today, locale) for margin in queries.margins(ctx, project=project.id)),
    ]
    values = {
        "figures": figures,
        "rows": [(row, _written(row, locale), _href(project, row), _period(row.period, by)) for row in told.rows],
        "totals": _totals(told, locale),
        "by": [Link(label, f"?by={one.value}", active=one is by) for one, label in _BY],
        "without_rate": told.without_rate,
        "files": file_links("cost-margin-file", query=urlencode({"by": "month", "project": key})),
        "answer": "Seen only by those who may see costs." if told.rows else "",
    }
    return show_part(request, ctx, project, "costs", "money/costs.html", values)


def _totals(told: Costs, locale: Locale) -> list[tuple[str, str, str]]:
    actual, committed = dict(told.actual.sums), dict(told.committed.sums)

    def one(sums: dict[str, Decimal], currency: str) -> str:
        return str(money(Money(sums[currency], currency), locale)) if currency in sums else "–"

    return [(name, one(actual, name), one(committed, name)) for name in sorted({*actual, *committed})]


def _written(row: CostRow, locale: Locale) -> tuple[str, str]:
    def one(amount: Any) -> str:
        return str(money(Money(amount, row.currency), locale)) if amount else "–"

    return one(row.actual), one(row.committed)


def _period(first: date | None, by: CostPeriod) -> str:
    if first is None:
        return "No day yet"
    if by is CostPeriod.YEAR:
        return str(first.year)
    return f"Q{(first.month + 2) // 3} {first.year}" if by is CostPeriod.QUARTER else f"{first:%b %Y}"


def _href(project: Charter, row: CostRow) -> str:
    """The rows that a cost was added up from."""
    if row.kind == LABOUR:
        return reverse("entries", args=[project.key])
    if row.committed and not row.actual:
        return reverse("orders", args=[project.key])
    return f"{reverse('expenses', args=[project.key])}?{urlencode({'kind': row.kind})}"


def _margin(project: Charter, margin: Margin, today: date, locale: Locale) -> Total:
    label = "Margin, invoiced" if margin.basis.startswith("invoiced") else "Margin, billable"
    source = Source(
        formula=f"{margin.amount.formula}; percent: {margin.percent.formula}",
        inputs=tuple(Input(one.name, shown(one.value, one.unit)) for one in margin.amount.inputs),
        as_of=today,
        records="; ".join(margin.notes) or "hours, expenses and invoices of the project",
        href=reverse("invoices" if margin.basis.startswith("invoiced") else "entries", args=[project.key]),
        short=margin.amount.formula,
    )
    name = label.lower().replace(", ", "-")
    if margin.amount.value is None:
        return Total(name, label, "–", margin.amount.reason, "", source)
    value = money_short(Money(margin.amount.value, project.currency), locale)
    percent = f"{shown(margin.percent.value, margin.percent.unit)} %" if margin.percent.value is not None else ""
    return Total(name, label, value, percent, "red" if margin.amount.value < 0 else "", source)
