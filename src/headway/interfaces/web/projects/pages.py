"""The list of projects, a new project, the overview, the charter and what was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.approvals import queries as approvals
from headway.areas.budgets import queries as budgets
from headway.areas.deliverables import queries as deliverables
from headway.areas.deliverables.types import VersionState
from headway.areas.people import queries as people
from headway.areas.people.types import OrganisationKind
from headway.areas.projects import commands, queries
from headway.areas.projects.types import Charter, ProjectRow, Stage, State
from headway.areas.schedule import queries as schedule
from headway.areas.schedule.types import MilestoneRow, PlanLine, PlanSummary, TaskRow
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import (
    is_outside,
    offered,
    page,
    pages_in,
    say,
    show,
    today_in,
    working_project,
    works_on,
)
from headway.interfaces.web.projects import drawings
from headway.interfaces.web.projects.figures import burn_figures, earned_figures, plan_figures, status_sentence
from headway.interfaces.web.projects.forms import CharterForm, NewProject, StageForm, charter_inputs, charter_values
from headway.interfaces.web.submitting import Both, attempt, started_from
from headway.interfaces.web.templatetags.formats import weekday_date
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.registry import use_case

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


@page()
def home(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The projects a person may see, those facts first that ask for a decision."""
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
    return show(request, ctx, "projects/outside_list.html" if is_outside(ctx) else "projects/list.html", values)


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
    crumbs = (Link("Projects", reverse("home")), Link("New project"))
    values = {
        "form": form,
        "title": "New project",
        "intro": "A key, a name and a first day are enough; the plan can be imported next.",
        "submit": "Create the project" if not then else "Create it and choose a plan file",
        "back": reverse("home"),
    }
    return show(request, ctx, "projects/form.html", values, crumbs=crumbs, status=status)


# --- one project ------------------------------------------------------------------------------


@page()
def overview(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """A project's page: the status sentence, key figures, milestones, pictures, risks and decisions due."""
    project = queries.charter(ctx, project=key)
    if not works_on(ctx, project.id):
        return _outside(request, ctx, project)
    values: dict[str, Any] = {"style": drawings.style_address()}
    planned = schedule.has_plan(project.id)
    summary = schedule.summary(ctx, project=project.id) if planned else None
    as_of = status_day(ctx, project, summary)
    rows = _all_tasks(ctx, project.id) if planned else ()
    values |= {
        "summary": summary,
        "as_of": as_of,
        "sentence": status_sentence(summary, rows, locale_of(request)),
        "milestones": schedule.milestones(ctx, project=project.id) if planned else (),
        "figures": plan_figures(project, summary, locale_of(request)),
    }
    if rows:
        shape = drawings.outline(rows)
        more = "" if len(shape) == len(rows) else f" ({len(shape)} of {len(rows)} rows)"
        values["gantt"] = drawings.plan_picture(shape, status_date=as_of, title=f"The plan on a page{more}")
    if may(ctx, "budgets.read", project_id=project.id):
        burn = budgets.burn(ctx, project=project.id, as_of=as_of)
        values["burn"] = burn
        values["figures"] += burn_figures(project, burn)
        if summary is not None and summary.baseline:
            earned = budgets.earned_value(ctx, project=project.id, as_of=as_of)
            values["earned"] = earned
            values["figures"] += earned_figures(project, earned)
            values["curve"] = drawings.curve_picture(earned)
    if may(ctx, "projects.read_registers", project_id=project.id):
        values["risks"] = queries.risks(ctx, project=project.id, state=State.OPEN)[:5]
        values["decisions"] = queries.decisions(ctx, project=project.id, state=State.OPEN)[:5]
    if may(ctx, "deliverables.read_snapshots", project_id=project.id):
        newest = deliverables.newest_snapshots(ctx, [project.id], kind="status").get(project.id)
        if newest is not None:
            values["snapshot"] = newest
            values["health"] = newest.overall.value if newest.overall is not None else ""
    return show(request, ctx, "projects/overview.html", values, project=project, tab="overview")


def status_day(ctx: Context, project: Charter, summary: PlanSummary | None) -> date:
    """The day figures speak for: the plan's status date, else today where the project is."""
    return summary.status_date if summary is not None and summary.status_date else today_in(ctx, project)


def _all_tasks(ctx: Context, project_id: int) -> tuple[TaskRow, ...]:
    """The plan's rows, at most 400: what a picture of one page can show."""
    first = schedule.tasks(ctx, project=project_id, limit=200)
    if not first.next:
        return first.items
    return first.items + schedule.tasks(ctx, project=project_id, cursor=first.next, limit=200).items


def _outside(request: HttpRequest, ctx: Context, project: Charter) -> HttpResponse:
    """What a client sees: milestones, documents sent to them, and what they are asked to approve."""
    milestones = schedule.milestones(ctx, project=project.id)
    reads = may(ctx, "deliverables.read", project_id=project.id)
    documents = deliverables.versions(ctx, project=project.id) if reads else ()
    values = {
        "milestones": milestones,
        "sentence": _outside_sentence(milestones, today_in(ctx, project), locale_of(request)),
        "documents": [row for row in documents if row.state is VersionState.SENT],
        "asked": [row for row in approvals.waiting(ctx) if row.project_id == project.id],
    }
    return show(request, ctx, "projects/outside.html", values, project=project)


def _outside_sentence(milestones: Iterable[MilestoneRow], today: date, locale: Locale) -> str:
    rows = tuple(milestones)
    if not rows:
        return "The plan has no milestones to show yet."
    reached = sum(1 for row in rows if row.actual is not None)
    ahead = next((row for row in rows if row.actual is None and row.forecast >= today), None)
    words = f"{reached} of {len(rows)} milestones reached"
    if ahead is None:
        return f"{words}."
    return f"{words}; next is {ahead.name}, {weekday_date(ahead.forecast, locale)}."


@page("POST")
def charter(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Change a project's charter."""
    project = working_project(ctx, key)
    offered(ctx, "projects.edit", project)
    stored = charter_values(project)
    form = CharterForm(request.POST or None, initial=stored)
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


@page()
def activity(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """What was done on a project, newest first."""
    project = working_project(ctx, key)
    rows = [(row, act_words(row.use_case)) for row in queries.activity(ctx, project=project.id, limit=100)]
    return show(request, ctx, "projects/activity.html", {"rows": rows}, project=project, tab="activity")


def act_words(name: str) -> str:
    """A use case's name as people read it: the first sentence that describes it."""
    try:
        told = (use_case(name).function.__doc__ or name).strip().splitlines()[0]
    except KeyError:
        return name
    return told.split(". ")[0].split(":")[0].split(";")[0].rstrip(".")
