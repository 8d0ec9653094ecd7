"""The statement of a retainer's period: the page that the client gets too, and its files."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.budgets.retainer_ledger import retainers
from headway.areas.budgets.statements import statement, statements_of
from headway.areas.budgets.status_types import RetainerStatement
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.money.frame import show_part
from headway.interfaces.web.page import offered, page, working_project
from headway.interfaces.web.report_files import file_links, sent
from headway.interfaces.web.templatetags.formats import short_date
from headway.journeys.budget_reports import RETAINER_STATEMENT
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.reports.retainer_statement import conclusion, moved_text, source


def told(found: RetainerStatement) -> dict[str, Any]:
    """What the page of a statement shows, inside and in the portal."""
    return {
        "found": found,
        "conclusion": conclusion(found),
        "moved": moved_text(found),
        "source": source(found),
    }


@page()
def one(request: HttpRequest, ctx: Context, key: str, retainer: int, period: int) -> HttpResponse:
    """What the client has of a period; with names and notes where asked for."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.read", project)
    row = next((row for row in retainers(ctx, project=project.id) if row.id == retainer), None)
    if row is None:
        raise NotFound("There is nothing here.")
    details = "details" in request.GET and may(ctx, "hours.read_team", project_id=project.id)
    found = statement(ctx, project=project.id, retainer=retainer, period=period, details=details)
    here, locale = reverse("statement", args=[key, retainer, period]), locale_of(request)
    values = told(found) | {
        "row": row,
        "others": [
            Link(
                short_date(line.first, locale),
                reverse("statement", args=[key, retainer, number]),
                active=number == period,
            )
            for number, line in statements_of(ctx, project.id)[retainer]
        ],
        "files": file_links("statement-file", key, retainer, period, query="details" if details else ""),
        "switch": here if details else f"{here}?details",
        "sees_details": may(ctx, "hours.read_team", project_id=project.id),
    }
    crumbs = (
        Link("Retainers", reverse("retainers", args=[key])),
        Link(row.name, reverse("retainer", args=[key, retainer])),
        Link("Statement"),
    )
    return show_part(request, ctx, project, "retainers", "money/statement.html", values, crumbs=crumbs)


@page()
def file(request: HttpRequest, ctx: Context, key: str, retainer: int, period: int, form: str) -> HttpResponse:
    """The statement as a file; with names and notes where the address says so."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.read", project)
    limits: dict[str, Any] = {
        "project": project.id,
        "retainer": retainer,
        "period": period,
        "details": "details" in request.GET,
    }
    back = reverse("statement", args=[key, retainer, period])
    return sent(request, ctx, RETAINER_STATEMENT, form=form, back=back, **limits)
