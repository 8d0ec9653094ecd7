"""Reports of all projects: what is to finish, waits for approval, is to be sent, was sent."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.deliverables import queries
from headway.areas.deliverables.types import Reports, Stage
from headway.areas.projects.queries import named_projects, roles_anywhere
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import page, pages_in, show
from headway.interfaces.web.reports.states import VERSIONS
from headway.kernel.access import permission_table, roles_of
from headway.kernel.context import Context
from headway.reports.registry import REPORTS

_STAGES = {
    Stage.TO_FINISH: "To finish",
    Stage.WAITING: "Wait for approval",
    Stage.TO_SEND: "Approved, not sent",
    Stage.SENT: "Sent",
    Stage.ALL: "All",
}
_EMPTY = {
    Stage.TO_FINISH: "No draft waits to be finished.",
    Stage.WAITING: "No report waits for approval.",
    Stage.TO_SEND: "No approved report waits to be sent.",
    Stage.SENT: "No report was sent yet.",
    Stage.ALL: "No report was prepared yet.",
}


@page()
def centre(request: HttpRequest, ctx: Context) -> HttpResponse:
    """One stage of the reports of all projects, newest first; without a choice the first stage that holds any."""
    kind = request.GET.get("kind", "") if request.GET.get("kind") in REPORTS else ""
    audience = request.GET.get("copy", "") if request.GET.get("copy") in ("internal", "client") else ""
    stage, found = _chosen(ctx, request, kind, audience)
    projects = named_projects(ctx, {row.project_id for row in found.items})
    rows = [(row, projects[row.project_id], *VERSIONS[row.state]) for row in found.items if row.project_id in projects]
    values = {
        "rows": rows,
        "count": len(rows),
        "answer": _sentence(found.counts),
        "stage": stage,
        "stages": [_stage_link(request, each, found.counts, chosen=each is stage) for each in Stage],
        "empty": _EMPTY[stage],
        "kinds": [(report.kind, report.title) for report in REPORTS.values()],
        "kind": kind,
        "copy": audience,
        "figures": _figures(ctx),
        **pages_in(request, found.next),
    }
    return show(request, ctx, "reports/centre.html", values)


# Reports of figures as they stand now: label, address, and the permission that opens it.
_FIGURES = (
    ("Budget status", "budget-status", "budgets.read"),
    ("Cost and margin", "cost-margin", "budgets.read_costs"),
    ("Estimates against actual", "estimates-finished", "estimates.read"),
    ("Hours burned", "hours-burned", "hours.read_team"),
    ("Utilisation", "utilisation", "hours.read"),
    ("KPI scorecard", "kpis", "metrics.read"),
)


def _figures(ctx: Context) -> list[Link]:
    """The reports of figures that this person may open."""
    roles, table = roles_of(ctx, None) | roles_anywhere(ctx), permission_table()
    return [Link(label, reverse(address)) for label, address, permission in _FIGURES if table[permission].roles & roles]


def _chosen(ctx: Context, request: HttpRequest, kind: str, audience: str) -> tuple[Stage, Reports]:
    asked = next((each for each in Stage if each.value == request.GET.get("stage")), None)
    cursor = request.GET.get("cursor", "")

    def read(stage: Stage) -> Reports:
        found: Reports = queries.reports(ctx, stage=stage, kind=kind, audience=audience, cursor=cursor)
        return found

    found = read(asked or Stage.TO_FINISH)
    if asked is not None or found.items:
        return asked or Stage.TO_FINISH, found
    stage = next((each for each in Stage if found.counts.get(each.value)), Stage.ALL)
    return stage, read(stage)


def _stage_link(request: HttpRequest, stage: Stage, counts: dict[str, int], *, chosen: bool) -> Link:
    kept = request.GET.copy()
    kept.pop("cursor", None)
    kept["stage"] = stage.value
    return Link(_STAGES[stage], f"?{kept.urlencode()}", active=chosen, count=counts.get(stage.value))


def _sentence(counts: dict[str, int]) -> str:
    said = [
        (counts[Stage.TO_FINISH.value], "to finish"),
        (counts[Stage.WAITING.value], "waiting for approval"),
        (counts[Stage.TO_SEND.value], "approved and not sent"),
    ]
    parts = [f"{count} {words}" for count, words in said if count]
    if not parts:
        return "Nothing waits: every report is sent." if counts[Stage.SENT.value] else ""
    return ", ".join(parts)[:1].upper() + ", ".join(parts)[1:] + "."
