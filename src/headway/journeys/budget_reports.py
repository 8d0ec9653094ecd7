"""Budget status, cost and margin, and a retainer's statement as files."""

from __future__ import annotations

from datetime import date
from typing import Any

from headway.areas.budgets.cost_margin import cost_and_margin
from headway.areas.budgets.statements import statement, statements_of
from headway.areas.budgets.status import budget_lines, budget_status
from headway.documents.tree import Document
from headway.journeys.figure_report import FigureReport, Limits
from headway.kernel.context import Context
from headway.reports import budget_status as status_printed
from headway.reports import cost_margin as margin_printed
from headway.reports import retainer_statement as statement_printed
from headway.reports.figure_report import About


def _status(ctx: Context, about: About, *, workbook: bool, **limits: Any) -> tuple[str, Document]:
    found = budget_status(ctx, **limits)
    lines = budget_lines(ctx, found) if workbook else ()
    name = f"{found.projects[0].key} budget status" if len(found.projects) == 1 else "Budget status"
    return f"{name} {found.as_of or about.day}", status_printed.build(found, lines, about=about)


def _at_the_end(ctx: Context, project: int, _first: date, last: date) -> list[Limits]:
    """As it was when the month ended; as it stands while the month runs."""
    return [{"project": project, "as_of": last} if last < ctx.now.date() else {"project": project}]


BUDGET_STATUS = FigureReport("budget-status", "Budget status", "budgets.read", _status, _at_the_end)


def _margin(ctx: Context, about: About, *, workbook: bool, **limits: Any) -> tuple[str, Document]:
    found = cost_and_margin(ctx, **limits)
    return f"Cost and margin by {found.by.value} {about.day}", margin_printed.build(found, about=about)


def _margin_of_month(_ctx: Context, project: int, first: date, last: date) -> list[Limits]:
    return [{"project": project, "first": first, "last": last}]


COST_AND_MARGIN = FigureReport("cost-and-margin", "Cost and margin", "budgets.read_costs", _margin, _margin_of_month)


def _statement(ctx: Context, about: About, *, workbook: bool, **limits: Any) -> tuple[str, Document]:
    found = statement(ctx, **limits)
    name = f"{found.key} {found.name} {found.period.first} to {found.period.last}"
    return name, statement_printed.build(found, about=about)


def _statements_of_month(ctx: Context, project: int, first: date, last: date) -> list[Limits]:
    """Of each retainer the periods that end in the month."""
    return [
        {"project": project, "retainer": retainer, "period": number}
        for retainer, periods in statements_of(ctx, project).items()
        for number, period in reversed(periods)
        if first <= period.last <= last
    ]


RETAINER_STATEMENT = FigureReport(
    "retainer-statement",
    "Statement of a retainer",
    "budgets.read_balance",
    _statement,
    _statements_of_month,
    client=True,
)
