"""All clients one works for, and one client over all its projects."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.portfolio import accounts
from headway.areas.portfolio.types import Account, AccountRow, Health
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.explaining import of_row
from headway.interfaces.web.frame import Input, Link, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import page, show
from headway.interfaces.web.portfolio.columns import cells, drawn, whole_hours
from headway.interfaces.web.projects.figures import KeyFigure
from headway.interfaces.web.templatetags.formats import hours, number, weekday_date
from headway.kernel.context import Context

_COLUMNS = ("health", "milestone", "finish", "slip", "complete", "spent", "burn", "decisions", "history")


@page()
def clients(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The clients whose projects one works on."""
    rows = accounts.accounts(ctx)
    locale = locale_of(request)
    lines = [
        (
            row,
            *(whole_hours(amount, locale) for amount in (row.spent, row.budget, row.forecast)),
            f"client-{row.id}",
            _row_source(row, locale),
        )
        for row in rows
    ]
    return show(request, ctx, "clients/list.html", {"lines": lines, "answer": all_in_a_sentence(rows)})


def _row_source(row: AccountRow, locale: Locale) -> Source:
    """Where the figures of a client's row come from; its page has them project by project."""
    return of_row(
        (
            "Late: running projects whose computed finish is after the baseline's",
            "Hours spent, budget and at the end: sums over the projects whose budget you may see; at the end by the "
            "scope forecast of each",
            "Decisions overdue: open decisions of running projects whose day has passed",
        ),
        (
            Input("Projects", f"{row.projects}, {row.running} of them running"),
            Input("Hours spent", hours(row.spent, locale)),
            Input("Budget", hours(row.budget, locale)),
            Input("At the end", hours(row.forecast, locale)),
        ),
        records=f"the projects of {row.name}, each to its status date",
        href=reverse("client", args=[row.id]),
    )


def all_in_a_sentence(rows: tuple[AccountRow, ...]) -> str:
    """'3 clients with 8 running projects; 1 client has a red project.'"""
    if not rows:
        return ""
    running = sum(row.running for row in rows)
    red = sum(1 for row in rows if row.red)
    words = f"{_count(len(rows), 'client')} with {_count(running, 'running project')}"
    if not red:
        return f"{words}; none has a red project."
    return f"{words}; {_count(red, 'client')} {'has' if red == 1 else 'have'} a red project."


def _count(amount: int, noun: str) -> str:
    return f"{amount} {noun}{'' if amount == 1 else 's'}"


@page()
def client(request: HttpRequest, ctx: Context, organisation: int) -> HttpResponse:
    """One client: health, hours and budget, people on both sides, documents, approvals, what is open, mails."""
    found = accounts.account(ctx, organisation=organisation)
    locale = locale_of(request)
    projects = {row.project_id: row for row in found.standings}
    values = {
        "account": found,
        "answer": in_a_sentence(found, locale),
        "figures": key_figures(found, locale),
        "lines": [(row, drawn(cells(row, _COLUMNS, locale))) for row in found.standings],
        "heads": [cell.label for cell in cells(found.standings[0], _COLUMNS, locale)] if found.standings else [],
        "open": [(row, projects[row.project_id]) for row in found.open_with_them],
        "documents": [(row, projects[row.project_id]) for row in found.documents],
        "mails": [(row, projects.get(row.project_id or 0)) for row in found.mails],
        "asked": [(row, projects.get(row.project_id or 0)) for row in found.approvals],
    }
    crumbs = (Link("Accounts", reverse("clients")), Link(found.name))
    return show(request, ctx, "clients/one.html", values, crumbs=crumbs)


def in_a_sentence(found: Account, locale: Locale) -> str:
    """'2 running projects: 1 red; 1 finishes late. They are asked to approve 2 documents and own 1 open question.'"""
    row = found.summary
    if row is None:
        return "You work on no project of this client."
    counted = ((row.red, "red"), (row.amber, "amber"))
    colours = ", ".join(f"{amount} {word}" for amount, word in counted if amount)
    words = f"{_count(row.running, 'running project')}: {colours or 'none red or amber'}"
    words += f"; {row.late} {'finishes' if row.late == 1 else 'finish'} late." if row.late else "."
    waits = []
    if found.approvals:
        waits.append(f"{_count(len(found.approvals), 'approval')} asked of them")
    if found.open_with_them:
        many = len(found.open_with_them)
        waits.append(f"{many} {'decision or issue' if many == 1 else 'decisions or issues'} open with them")
    return f"{words} {' and '.join(waits).capitalize()}." if waits else words


def key_figures(found: Account, locale: Locale) -> list[KeyFigure]:
    """Health, hours of the budget, the last finish, what is overdue: each with its source."""
    row = found.summary
    if row is None:
        return []
    projects = _count(row.projects, "project")
    running = [item for item in found.standings if item.figures is not None]
    return [
        KeyFigure(
            "health",
            "Health",
            row.health.word,
            f"{row.red} red, {row.amber} amber of {row.running} running",
            {Health.RED: "red", Health.AMBER: "amber", Health.GREEN: "green"}.get(row.health, ""),
            Source(
                formula="The worst of the running projects",
                inputs=tuple(
                    Input(item.name, item.figures.health.word, reverse("portfolio-standing", args=[item.key]))
                    for item in running
                    if item.figures is not None
                ),
                records=projects,
                short="The worst of the running projects",
            ),
        ),
        KeyFigure(
            "hours",
            "Hours spent",
            whole_hours(row.spent, locale),
            f"of {whole_hours(row.budget, locale)}" if row.budget is not None else "no budget that you may see",
            "",
            Source(
                formula="Hours spent, beside the main budgets, over all projects whose budget you may see",
                inputs=tuple(
                    Input(
                        item.name,
                        f"{hours(item.figures.spent, locale)} of {hours(item.figures.budget, locale)}",
                        reverse("hours", args=[item.key]),
                    )
                    for item in running
                    if item.figures is not None and item.sees_budget
                ),
                records=projects,
                short="Hours spent over all projects",
            ),
        ),
        KeyFigure(
            "finish",
            "Last finish",
            weekday_date(row.last_finish, locale),
            f"{_count(row.late, 'project')} late" if row.late else "none late",
            "red" if row.late else "",
            Source(
                formula="The latest computed finish of the running projects",
                inputs=tuple(
                    Input(item.name, weekday_date(item.figures.finish, locale), reverse("plan", args=[item.key]))
                    for item in running
                    if item.figures is not None and item.figures.finish is not None
                ),
                records=projects,
                short="The latest finish of the running projects",
            ),
        ),
        KeyFigure(
            "overdue",
            "Decisions overdue",
            number(row.decisions_overdue, locale),
            "on running projects",
            "red" if row.decisions_overdue else "",
            Source(
                formula="Open decisions whose day to decide has passed",
                inputs=tuple(
                    Input(item.name, str(item.figures.decisions_overdue), reverse("registers", args=[item.key]))
                    for item in running
                    if item.figures is not None and item.figures.decisions_overdue
                ),
                records=projects,
                short="Open decisions whose day has passed",
            ),
        ),
    ]
