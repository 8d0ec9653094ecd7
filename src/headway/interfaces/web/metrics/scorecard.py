"""The scorecard: of the house and all one's projects, and of one project; as it stands, or as it was on a day."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.metrics import queries
from headway.areas.metrics.types import Scorecard, State
from headway.areas.projects.queries import named_projects
from headway.areas.projects.types import Charter
from headway.interfaces.web.frame import Link
from headway.interfaces.web.metrics.words import WORDS, sentence, shown
from headway.interfaces.web.page import offered, page, pages_in, show, working_project
from headway.interfaces.web.projects import drawings
from headway.interfaces.web.report_files import FileLink, file_links, sent
from headway.interfaces.web.submitting import day_of
from headway.journeys.kpi_report import KPI_SCORECARD
from headway.kernel.access import may
from headway.kernel.context import Context

_SIGNAL = "signal"
_ROWS = 25


@page()
def house(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The KPIs of the house and of all one's projects."""
    return _shown(request, ctx, None)


@page()
def of_project(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The KPIs of a project."""
    project = working_project(ctx, key)
    offered(ctx, "metrics.read", project)
    return _shown(request, ctx, project)


@page()
def house_file(request: HttpRequest, ctx: Context, form: str) -> HttpResponse:
    """The scorecard of the house and of all one's projects as a file, with the limits that stand in the address."""
    return _sent(request, ctx, None, form)


@page()
def project_file(request: HttpRequest, ctx: Context, key: str, form: str) -> HttpResponse:
    """The scorecard of a project as a file."""
    project = working_project(ctx, key)
    offered(ctx, "metrics.read", project)
    return _sent(request, ctx, project, form)


def _sent(request: HttpRequest, ctx: Context, project: Charter | None, form: str) -> HttpResponse:
    back = reverse("kpis") if project is None else reverse("project-kpis", args=[project.key])
    limits = _limits(request, project)
    said = (
        ("State", request.GET.get("state", "").replace("_", " ")),
        ("Owner", ctx.actor.name if limits["mine"] else ""),
        ("As known on", limits["as_of"].isoformat() if limits["as_of"] else ""),
    )
    asked = [(name, value) for name, value in said if value]
    return sent(request, ctx, KPI_SCORECARD, form=form, back=back + _with(request), asked=asked, **limits)


def _limits(request: HttpRequest, project: Charter | None) -> dict[str, Any]:
    """Inputs of the use case, as the address names them."""
    asked = request.GET.get("state", "")
    return {
        "project": project.id if project is not None else None,
        "state": State(asked) if asked in {state.value for state in State} else None,
        "signal": asked == _SIGNAL,
        "mine": request.GET.get("mine") == "1",
        "as_of": day_of(request.GET.get("day")),
    }


def _shown(request: HttpRequest, ctx: Context, project: Charter | None) -> HttpResponse:
    asked, limits = request.GET.get("state", ""), _limits(request, project)
    day = limits["as_of"]
    found = queries.scorecard(ctx, **limits, cursor=request.GET.get("cursor", ""), limit=_ROWS)
    ids = {row.project_id for row in found.rows if row.project_id is not None}
    named = named_projects(ctx, ids) if project is None and ids else {}
    rows = []
    for row in found.rows:
        home = named.get(row.project_id) if row.project_id is not None else None
        rows.append(shown(row, home.name if home is not None else "", home.key if home is not None else ""))
    values: dict[str, Any] = {
        "rows": rows,
        "found": found,
        "answer": sentence(found),
        "filters": _filters(request, found, asked),
        "asked": asked,
        "mine": limits["mine"],
        "files": _files(request, project),
        "everybody": _with(request, mine=""),
        "only_mine": _with(request, mine="1"),
        "now": _with(request, day=""),
        "day": day,
        "of_house": project is None,
        "edits": may(ctx, "metrics.edit", project_id=project.id if project is not None else None),
        "new": reverse("kpi-new") + (f"?project={project.key}" if project is not None else ""),
        "style": drawings.style_address(),
        **pages_in(request, found.next),
    }
    return show(request, ctx, "metrics/scorecard.html", values, project=project, tab="kpis")


def _files(request: HttpRequest, project: Charter | None) -> tuple[FileLink, ...]:
    query = _with(request).removeprefix("?")
    if project is None:
        return file_links("kpis-file", query=query)
    return file_links("project-kpis-file", project.key, query=query)


def _with(request: HttpRequest, **changes: str) -> str:
    """This very page with some of its limits changed, from its first row; '' takes a limit away."""
    kept = {name: request.GET.get(name, "") for name in ("state", "day", "mine")} | changes
    return f"?{urlencode({name: value for name, value in kept.items() if value})}"


def _filters(request: HttpRequest, found: Scorecard, asked: str) -> tuple[Link, ...]:
    links = [Link("All", _with(request, state=""), active=not asked, count=found.total)]
    for one in found.counts:
        words, state = WORDS[one.state].capitalize(), one.state.value
        links.append(Link(words, _with(request, state=state), active=asked == state, count=one.count))
    if found.signals:
        active = asked == _SIGNAL
        links.append(Link("With a signal", _with(request, state=_SIGNAL), active=active, count=found.signals))
    return tuple(links)
