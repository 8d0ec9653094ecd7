"""A plan as a file for other programs: which there are, what each cannot carry, and the file."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from headway.areas.schedule import queries
from headway.documents.exchange import FidelityRow
from headway.interfaces.transfers import attachment
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import act, offered, page, show, working_project
from headway.journeys.plan_file import PlanFormat, plan_file, tried
from headway.kernel.context import Context
from headway.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Offered:
    """A format as the page offers it."""

    form: PlanFormat
    title: str
    words: str


_FORMATS = (
    Offered(PlanFormat.XML, "Microsoft Project (XML)", "Opened by Microsoft Project, ProjectLibre and most others."),
    Offered(PlanFormat.XLSX, "Excel", "A table of the tasks; it can be brought back as a plan."),
    Offered(PlanFormat.CSV, "CSV", "The same table as plain text."),
    Offered(PlanFormat.JSON, "Headway (JSON)", "The whole plan without loss, for programs."),
)
_STATUS = {"dropped": "Not carried", "changed": "Changed", "kept": "Kept"}


@page()
def plan_files(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The formats; with `check`, what that one cannot carry of this plan."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.read", project)
    checked = next((item for item in _FORMATS if item.form.value == request.GET.get("check")), None)
    rows: tuple[FidelityRow, ...] = ()
    planned = queries.has_plan(project.id)
    if checked is not None and planned:
        rows = tried(ctx, project=project.id, form=checked.form).fidelity
    values = {
        "formats": _FORMATS,
        "planned": planned,
        "checked": checked,
        "lost": [(row, _STATUS[row.status]) for row in rows if row.status != "kept"],
        "kept": sum(1 for row in rows if row.status == "kept"),
    }
    crumbs = (Link("Plan as a file"),)
    return show(request, ctx, "projects/plan_files.html", values, project=project, tab="plan", crumbs=crumbs)


@act
def plan_file_take(request: HttpRequest, ctx: Context, key: str, form: str) -> HttpResponse:
    """The file."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.read", project)
    if form not in {item.value for item in PlanFormat} or not queries.has_plan(project.id):
        raise NotFound("There is nothing here.")
    return attachment(plan_file(ctx, project=project.id, form=PlanFormat(form)).file)
