"""The list of projects, a new project, its charter and its stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.budgets import queries as budgets
from headway.areas.deliverables import queries as deliverables
from headway.areas.people import queries as people
from headway.areas.people.types import OrganisationKind
from headway.areas.projects import commands, queries
from headway.areas.projects.types import Charter, ProjectRow, Stage
from headway.areas.schedule import queries as schedule
from headway.areas.schedule.types import PlanLine, PlanSummary
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import (
    is_outside,
    offered,
    page,
    pages_in,
    say,
    show,
    today_in,
    working_project,
)
from headway.interfaces.web.projects.forms import CharterForm, NewProject, StageForm, charter_inputs, charter_values
from headway.interfaces.web.submitting import Both, attempt, start_noted, started_from
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound

PER_PAGE = 25
_ATTENTION_DAYS = 1


@dataclass(frozen=True, slots=True)
class Line:
    """A project in the list. `health` is '' without a snapshot; `attention` = late, or its health is not green."""

    row: ProjectRow
    plan: PlanLine | None
    spent: Decimal | None
    health: str
    snapshot: int | None
    attention: bool


# --- the list ---------------------------------------------------------------------------------


@page(outside=True)
def home(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The projects a person may see, those facts first that ask for a decision; outsiders have their portal."""
    if is_outside(ctx):
        return redirect(reverse("portal"))
    search = request.GET.get("q", "").strip()
    found = queries.list_projects(ctx, search=search, cursor=request.GET.get("cursor", ""), limit=PER_PAGE)
    lines = _lines(ctx, found.items)
    values = {
        "lines": lines,
        "count": len(lines),
        "search": search,
        "answer": _answer(lines, more=bool(found.next) or bool(request.GET.get("cursor")), search=search),
        "first": len(lines) == 0 and not search and not request.GET.get("cursor"),
        **pages_in(request, found.next),
    }
    return show(request, ctx, "projects/list.html", values)


def _lines(ctx: Context, rows: tuple[ProjectRow, ...]) -> tuple[Line, ...]:
    ids = [row.id for row in rows]
    plans = schedule.plan_lines(ctx, ids)
    spent = budgets.percents_spent(ctx, ids)
    newest = deliverables.newest_snapshots(ctx, ids, kind="status")
    lines = []
    for row in rows:
        plan = plans.get(row.id)
        snapshot = newest.get(row.id)
        number = snapshot.number if snapshot is not None else None
        health = snapshot.overall.value if snapshot is not None and snapshot.overall is not None else ""
        late = plan is not None and (plan.late_days or 0) >= _ATTENTION_DAYS
        attention = row.stage is not Stage.CLOSED and (late or health in ("amber", "red"))
        lines.append(Line(row, plan, spent.get(row.id), health, number, attention))
    return tuple(lines)


def _answer(lines: tuple[Line, ...], *, more: bool, search: str) -> str:
    if not lines:
        return f"No project matches “{search}”." if search else ""
    count = len(lines)
    noun = "project" if count == 1 else "projects"
    where = " on this page" if more else f" found for “{search}”" if search else ""
    waiting = [line.row.name for line in lines if line.attention]
    if not waiting:
        return f"{count} {noun}{where}; none needs attention: no slip, no health below green."
    names = ", ".join(waiting[:3]) + (f" and {len(waiting) - 3} more" if len(waiting) > 3 else "")
    verb = "needs" if len(waiting) == 1 else "need"
    return f"{count} {noun}{where}; {len(waiting)} {verb} attention: {names}."


@page("POST")
def new(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Begin a project."""
    clients = people.organisations(ctx, kind=OrganisationKind.CLIENT)
    then = "import" if request.GET.get("then") == "import" else ""
    form = NewProject(clients, request.POST or None)
    status = 200
    if request.method == "POST":
        done = attempt(form, lambda given: commands.create(ctx, **given))
        if done.done:
            say(request, f"{done.result.name} is created.")
            address = "import-new" if then else "project"
            return redirect(reverse(address, args=[done.result.key]))
        status = done.status
    elif not may(ctx, "projects.create"):
        raise NotFound("There is nothing here.")
    crumbs = (Link("Projects", reverse("projects")), Link("New project"))
    values = {
        "form": form,
        "title": "New project",
        "intro": "A name is enough; next you import a plan or type one.",
        "submit": "Create the project" if not then else "Create it and choose a plan file",
        "back": reverse("projects"),
    }
    return show(request, ctx, "projects/new.html", values | {"then": then}, crumbs=crumbs, status=status)


# --- one project ------------------------------------------------------------------------------


def status_day(ctx: Context, project: Charter, summary: PlanSummary | None) -> date:
    """The day figures speak for: the plan's status date, else today where the project is."""
    return summary.status_date if summary is not None and summary.status_date else today_in(ctx, project)


@page("POST")
def charter(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Change a project's charter."""
    project = working_project(ctx, key)
    offered(ctx, "projects.edit", project)
    stored = charter_values(project)
    form = CharterForm(request.POST or None, initial=stored)
    start_noted(form)
    status = 200
    both: tuple[Both, ...] = ()
    if request.method == "POST":
        done = attempt(
            form,
            lambda given: commands.edit(
                started_from(ctx, given["version"]), project=project.id, **charter_inputs(given)
            ),
            stored=stored,
        )
        if done.done:
            say(request, "The charter is saved.")
            return redirect(reverse("project", args=[key]))
        status, both = done.status, done.both
    values = {
        "form": form,
        "both": both,
        "title": "Charter",
        "intro": "What the project is for, and what belongs to it.",
        "submit": "Save the charter",
        "back": reverse("project", args=[key]),
        "wide": True,
    }
    return show(request, ctx, "projects/form.html", values, project=project, crumbs=(Link("Charter"),), status=status)


@page("POST")
def stage(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Move a project to another stage of its life cycle."""
    project = working_project(ctx, key)
    offered(ctx, "projects.set_stage", project)
    form = StageForm(request.POST or None, initial={"stage": project.stage.value})
    status = 200
    if request.method == "POST":
        done = attempt(form, lambda given: commands.set_stage(ctx, project=project.id, stage=given["stage"]))
        if done.done:
            say(request, f"The project is in {done.result.stage.value}.")
            return redirect(reverse("project", args=[key]))
        status = done.status
    values = {"form": form, "title": "Stage", "submit": "Set the stage", "back": reverse("project", args=[key])}
    return show(request, ctx, "projects/form.html", values, project=project, crumbs=(Link("Stage"),), status=status)
