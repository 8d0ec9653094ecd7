"""Cost and margin over projects: by project, client or month, for those who may see what things cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.budgets.cost_margin import cost_and_margin
from headway.areas.budgets.status_types import CostAndMargin, MarginBy, MarginRow
from headway.areas.hours.weeks import running
from headway.areas.projects.types import ProjectRow
from headway.engine.measures import Measure, shown
from headway.engine.units import Money
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.explaining import formula_of, of_row
from headway.interfaces.web.frame import Input, Link, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.money.frame import Total
from headway.interfaces.web.page import one_page, page, show
from headway.interfaces.web.report_files import file_links, sent
from headway.interfaces.web.submitting import day_of
from headway.interfaces.web.templatetags.formats import money, ratio
from headway.journeys.budget_reports import COST_AND_MARGIN
from headway.kernel.context import Context
from headway.kernel.errors import Denied, Invalid
from headway.reports.cost_margin import conclusion, days_of, notes

_PER_PAGE = 100
_BY = ((MarginBy.PROJECT, "by project"), (MarginBy.CLIENT, "by client"), (MarginBy.MONTH, "by month"))
_NO_CLIENT = "No client"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; '' and None are not asked for."""

    by: MarginBy
    first: date | None
    last: date | None
    project: str
    client: str

    def query(self, **changes: Any) -> str:
        """The part of an address behind '?', with some of it changed."""
        given = {
            "by": self.by.value,
            "first": self.first.isoformat() if self.first else "",
            "last": self.last.isoformat() if self.last else "",
            "project": self.project,
            "client": self.client,
        } | changes
        return urlencode({name: value for name, value in given.items() if value})

    def limits(self) -> dict[str, Any]:
        """Inputs of the use case."""
        return {
            "by": self.by,
            "first": self.first,
            "last": self.last,
            "project": self.project or None,
            "client": self.client,
        }


def _asked(request: HttpRequest, projects: dict[int, ProjectRow]) -> Asked:
    given = request.GET
    project, client = given.get("project", ""), given.get("client", "")
    return Asked(
        by={one.value: one for one in MarginBy}.get(given.get("by", ""), MarginBy.PROJECT),
        first=day_of(given.get("first")),
        last=day_of(given.get("last")),
        project=project if project in {row.key for row in projects.values()} else "",
        client=client if client in {row.client for row in projects.values() if row.client} else "",
    )


@page()
def margin(request: HttpRequest, ctx: Context) -> HttpResponse:
    """What projects, clients or months brought and cost, each row a press from what is behind it."""
    projects = _projects(ctx)
    asked, locale = _asked(request, projects), locale_of(request)
    found, refused = None, ""
    try:
        found = cost_and_margin(ctx, **asked.limits())
    except Invalid as refusal:
        refused = refusal.message
    values: dict[str, Any] = {
        "asked": asked,
        "refused": refused,
        "found": found,
        "bys": [(one.value, label) for one, label in _BY],
        "projects": [(row.key, row.name) for row in projects.values()],
        "clients": sorted({row.client for row in projects.values() if row.client}),
        "narrowed": bool(asked.first or asked.last or asked.project or asked.client),
        "files": file_links("cost-margin-file", query=asked.query()),
        "answer": "",
    }
    if found is not None:
        rows, pages = one_page(request, found.rows, _PER_PAGE)
        values |= pages | {
            "rows": [_Line(row, found, _behind(row, asked), f"row-{place}", locale) for place, row in enumerate(rows)],
            "shown": len(rows),
            "total_rows": len(found.rows),
            "total": _Line(found.total, found, "", "row-total", locale),
            "figures": _figures(found, locale),
            "answer": _answer(found, locale),
            "notes": notes(found),
            "days": days_of(found),
        }
    crumbs = (Link("Reports", reverse("report-centre")), Link("Cost and margin"))
    return show(request, ctx, "money/margin.html", values, crumbs=crumbs, status=422 if refused else 200)


@page()
def file(request: HttpRequest, ctx: Context, form: str) -> HttpResponse:
    """The report as a file, with the limits that stand in the address."""
    asked = _asked(request, _projects(ctx))
    words = tuple((name, value) for name, value in (("Project", asked.project), ("Client", asked.client)) if value)
    back = f"{reverse('cost-margin')}?{asked.query()}"
    return sent(request, ctx, COST_AND_MARGIN, form=form, back=back, asked=words, **asked.limits())


def _projects(ctx: Context) -> dict[int, ProjectRow]:
    found = running(ctx, "budgets.read_costs")
    if not found:
        raise Denied("Your role does not allow this (see orders, costs by kind and the margin).")
    return found


class _Line:
    """One row as it is written."""

    def __init__(self, row: MarginRow, found: CostAndMargin, href: str, panel: str, locale: Locale) -> None:
        def told(value: Decimal | None) -> str:
            """To the cent; the page says once in which currency."""
            return "–" if not value else ratio(Money(value, found.currency).rounded().amount, locale)

        self.panel = panel
        self.name, self.href = row.name, href
        self.invoiced, self.billable, self.labour = told(row.invoiced), told(row.billable), told(row.labour)
        self.expenses, self.cost, self.orders = told(row.expenses), told(row.cost), told(row.orders)
        self.margin = told(row.margin_billable.value)
        self.percent = _percent(row.margin_billable_percent)
        self.margin_invoiced = told(row.margin_invoiced.value)
        self.percent_invoiced = _percent(row.margin_invoiced_percent)
        self.tone = "red" if row.margin_billable.value is not None and row.margin_billable.value < 0 else ""
        self.source = of_row(
            (
                "Cost = labour at the cost rates kept on the entries + expenses unless refused",
                *map(
                    formula_of,
                    (
                        row.margin_invoiced,
                        row.margin_invoiced_percent,
                        row.margin_billable,
                        row.margin_billable_percent,
                    ),
                ),
            ),
            (
                Input(f"Invoiced, {found.currency}", self.invoiced),
                Input("Billable hours and expenses passed on", self.billable),
                Input("Labour", self.labour),
                Input("Expenses", self.expenses),
                Input("Orders to come, in no margin", self.orders),
            ),
            records=f"{days_of(found)}; {found.basis}",
            href=href,
        )


def _percent(measure: Measure) -> str:
    return f"{shown(measure.value, measure.unit)} %" if measure.value is not None else ""


def _behind(row: MarginRow, asked: Asked) -> str:
    """Where a row leads: a client to its projects, a month to the projects of its days, a project to its own costs."""
    here = reverse("cost-margin")
    if asked.by is MarginBy.PROJECT:
        if asked.first or asked.last:
            return f"{here}?{asked.query(by=MarginBy.MONTH.value, project=row.key, client='')}"
        return reverse("costs", args=[row.key])
    if asked.by is MarginBy.CLIENT:
        return "" if row.name == _NO_CLIENT else f"{here}?{asked.query(by=MarginBy.PROJECT.value, client=row.name)}"
    if row.month is None:
        return reverse("orders", args=[asked.project]) if asked.project else ""
    ends = (row.month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if asked.project:
        days = urlencode({"first": row.month.isoformat(), "last": ends.isoformat()})
        return f"{reverse('entries', args=[asked.project])}?{days}"
    days_asked = {"first": row.month.isoformat(), "last": ends.isoformat()}
    return f"{here}?{asked.query(by=MarginBy.PROJECT.value, **days_asked)}"


def _answer(found: CostAndMargin, locale: Locale) -> str:
    return conclusion(found, lambda value: str(money(Money(value, found.currency), locale))) if found.rows else ""


def _figures(found: CostAndMargin, locale: Locale) -> list[Total]:
    total, own = found.total, found.currency
    figures = []
    for name, label, measure, percent in (
        ("margin-billable", "Margin, billable", total.margin_billable, total.margin_billable_percent),
        ("margin-invoiced", "Margin, invoiced", total.margin_invoiced, total.margin_invoiced_percent),
    ):
        value = "–" if measure.value is None else str(money(Money(measure.value, own), locale))
        tone = "red" if measure.value is not None and measure.value < 0 else ""
        note = _percent(percent) or measure.reason
        figures.append(Total(name, label, value, note, tone, _source(measure, found)))
    cost = Source(
        formula="labour at the cost rates frozen on the entries + expenses unless refused",
        inputs=(
            Input("Labour", str(money(Money(total.labour, own), locale))),
            Input("Expenses", str(money(Money(total.expenses, own), locale))),
        ),
        records=found.basis,
        short="Labour and expenses",
    )
    orders = Source(formula="orders as far as they have not come", records=found.basis, short="In no margin")
    figures.append(Total("cost", "Cost", str(money(Money(total.cost, own), locale)), "", "", cost))
    note = "not in the cost"
    figures.append(Total("orders", "Orders to come", str(money(Money(total.orders, own), locale)), note, "", orders))
    return figures


def _source(measure: Measure, found: CostAndMargin) -> Source:
    return Source(
        formula=f"{measure.name} = {measure.formula}",
        inputs=tuple(Input(one.name, shown(one.value, one.unit)) for one in measure.inputs),
        records=found.basis,
        short=measure.formula,
    )
