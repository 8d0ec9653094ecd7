"""A project's first page: the answer, what changed, how it stands, who does what, what is to be decided.

Also its pictures, which are drawn when somebody asks for them, its star, and the colours set by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.budgets import queries as budgets
from headway.areas.portfolio import commands as portfolio_commands
from headway.areas.portfolio import queries as portfolio
from headway.areas.portfolio.types import Direction, Figures, Health, Reading
from headway.areas.projects import commands, queries
from headway.areas.projects.types import Charter, State
from headway.areas.schedule import queries as schedule
from headway.areas.schedule import weeks
from headway.areas.schedule.types import MilestoneRow, TaskRow
from headway.areas.schedule.weeks import PlanWeek, WeekTask
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Input, Link, Source
from headway.interfaces.web.page import act, offered, page, say, show, today_in, working_project, works_on
from headway.interfaces.web.projects import drawings, since
from headway.interfaces.web.projects.figures import (
    burn_figures,
    earned_figures,
    history_figure,
    plan_figures,
    status_sentence,
)
from headway.interfaces.web.projects.forms import HealthForm
from headway.interfaces.web.projects.pages import status_day
from headway.interfaces.web.submitting import attempt, pressed
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound

_MOST_MILESTONES = 6
_MOST_AHEAD = 6
_MOST_KPIS = 6
_TRENDS = {Direction.BETTER: "better than before", Direction.WORSE: "worse than before"}


@page(outside=True)
def overview(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The answer with its figures, the last week, health, this week, milestones, risks and decisions."""
    project = queries.charter(ctx, project=key)
    if not works_on(ctx, project.id):
        return redirect(reverse("portal-project", args=[key]))
    commands.note_opened(ctx, project.id)
    values = _answer(request, ctx, project)
    values |= _week(request, ctx, project, planned=values["summary"] is not None)
    if may(ctx, "projects.read_registers", project_id=project.id):
        values["risks"] = queries.risks(ctx, project=project.id, state=State.OPEN)[:5]
        values["decisions"] = queries.decisions(ctx, project=project.id, state=State.OPEN)[:5]
    values["style"] = drawings.style_address()
    values["starred"] = queries.is_starred(ctx, project=project.id)
    return show(request, ctx, "projects/overview.html", values, project=project, tab="overview")


def _answer(request: HttpRequest, ctx: Context, project: Charter) -> dict[str, Any]:
    """The sentence, key figures and health."""
    summary = schedule.summary_if_any(ctx, project.id)
    as_of = status_day(ctx, project, summary)
    driving = weeks.driving_count(ctx, project.id) if summary is not None else 0
    figures = plan_figures(project, summary, locale_of(request))
    standing = None
    if may(ctx, "portfolio.read_project", project_id=project.id):
        standing = portfolio.standing(ctx, project=project.id).figures
    if standing is not None:
        figures += history_figure(project, standing.by_history, standing.as_of, locale_of(request))
    if may(ctx, "budgets.read", project_id=project.id):
        figures += burn_figures(project, budgets.burn(ctx, project=project.id, as_of=as_of))
        if summary is not None and summary.baseline:
            figures += earned_figures(project, budgets.earned_value(ctx, project=project.id, as_of=as_of))
    values: dict[str, Any] = {
        "summary": summary,
        "as_of": as_of,
        "sentence": status_sentence(summary, driving, locale_of(request)),
        "figures": figures,
    }
    return values | _health(standing, project)


# --- health -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HealthLine:
    """One dimension of health, with where its colour comes from."""

    name: str
    reading: Reading
    trend: str
    source: Source


def _health(figures: Figures | None, project: Charter) -> dict[str, Any]:
    """The overall colour and its reason, the measured dimensions, and the names of the others."""
    if figures is None:
        return {}
    measured = tuple(
        _health_line(reading, figures, project)
        for reading in figures.readings
        if reading.colour is not Health.NOT_MEASURED
    )
    return {
        "health": figures.health.value,
        "because": figures.because,
        "readings": measured,
        "unmeasured": tuple(item for item in figures.readings if item.colour is Health.NOT_MEASURED),
    }


def _health_line(reading: Reading, figures: Figures, project: Charter) -> HealthLine:
    source = Source(
        formula=f"{reading.measure} = {reading.formula}" if reading.formula else reading.measure,
        inputs=tuple(Input(item.name, item.value) for item in reading.inputs) + _kpis(reading, project),
        as_of=figures.as_of,
        records=reading.limits,
        href=reverse("health", args=[project.key]),
        short=reading.reason,
    )
    return HealthLine(reading.dimension.word, reading, _TRENDS.get(reading.trend, ""), source)


def _kpis(reading: Reading, project: Charter) -> tuple[Input, ...]:
    """The KPIs that decide, each to be opened, and all that stand like them."""
    if not reading.kpis:
        return ()
    shown = tuple(
        Input(
            f"{one.ref} {one.name}",
            f"{one.shown}, {'stale' if one.stale else one.colour.word.lower()}",
            reverse("kpi", args=[one.id]),
        )
        for one in reading.kpis[:_MOST_KPIS]
    )
    stands = "stale" if reading.kpis[0].stale else reading.kpis[0].colour.value
    like = reverse("project-kpis", args=[project.key]) + f"?state={stands}"
    return (*shown, Input("All that stand so", str(len(reading.kpis)), like))


@page("POST")
def health(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Every dimension with its reason and limits; a colour set by hand, with the reason that stays beside it."""
    project = working_project(ctx, key)
    figures = portfolio.standing(ctx, project=project.id).figures
    dimensions = [item.dimension for item in figures.readings] if figures is not None else []
    form = HealthForm(dimensions, request.POST or None)
    status = 200
    if request.method == "POST":
        offered(ctx, "projects.override_health", project)
        done = attempt(form, lambda given: _overrule(ctx, project.id, given))
        if done.done:
            say(request, "The colour is set; the computed one stays beside it.")
            return redirect(reverse("health", args=[key]))
        status = done.status
    values = (_health(figures, project) if figures is not None else {}) | {
        "title": "Health",
        "form": form,
        "may_better": may(ctx, "projects.approve_better_health", project_id=project.id),
    }
    crumbs = (Link("Health"),)
    return show(
        request, ctx, "projects/health.html", values, project=project, tab="overview", crumbs=crumbs, status=status
    )


def _overrule(ctx: Context, project_id: int, given: dict[str, Any]) -> Any:
    """Worse by whoever leads the project; better, or either way, by who may approve it."""
    approves = may(ctx, "projects.approve_better_health", project_id=project_id)
    do = portfolio_commands.approve_better_health if approves else portfolio_commands.override_health
    return do(ctx, project=project_id, **given)


@act
def health_lift(request: HttpRequest, ctx: Context, key: str, override: int) -> HttpResponse:
    """Let the computed colour show again."""
    project = working_project(ctx, key)
    row = next((item for item in queries.overrides(ctx, project=project.id) if item.id == override), None)
    if row is None:
        raise NotFound("There is nothing here.")
    return pressed(
        request,
        lambda: commands.lift_override(ctx, override=row.id),
        done="The computed colour shows again.",
        to=reverse("health", args=[key]),
    )


# --- the last week and this one ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Doing:
    """Somebody's tasks of this week, with planned and logged hours; `logged` None = not for this reader."""

    name: str
    tasks: tuple[WeekTask, ...]
    planned: Decimal
    logged: Decimal | None
    note: str


def _week(request: HttpRequest, ctx: Context, project: Charter, *, planned: bool) -> dict[str, Any]:
    """What changed in the last seven days, who does what in this week, what comes next."""
    today = today_in(ctx, project)
    monday = today - timedelta(days=today.weekday())
    milestones: tuple[MilestoneRow, ...] = ()
    plan = PlanWeek((), (), (), ())
    if planned:
        milestones = schedule.milestones(ctx, project=project.id)
        first, last = monday, monday + timedelta(days=6)
        plan = weeks.week(ctx, project=project.id, first=first, last=last, since=today - timedelta(days=since.DAYS))
    begun = min(monday, today - timedelta(days=2 * since.DAYS - 1))
    logged = since.logged_in(ctx, project, first=begun, last=monday + timedelta(days=6))
    late = [task for task in plan.running if task.finish is not None and task.finish.date() < today]
    ahead = [row for row in milestones if row.actual is None]
    return {
        "changed": since.changes(
            ctx,
            project,
            today=today,
            finished=plan.finished,
            milestones=milestones,
            logged=logged,
            locale=locale_of(request),
        ),
        "since": today - timedelta(days=since.DAYS),
        "monday": monday,
        "doing": _doing(ctx, project, plan, [row for row in logged if row.day >= monday]),
        "unassigned": [task for task in plan.running if not task.who],
        "late": late,
        "next": plan.ahead[:_MOST_AHEAD],
        "milestones": ahead[:_MOST_MILESTONES],
        "milestones_left": len(ahead) - _MOST_MILESTONES,
        "milestones_said": _milestones_said(milestones, ahead),
    }


def _milestones_said(milestones: Sequence[MilestoneRow], ahead: Sequence[MilestoneRow]) -> str:
    if not milestones:
        return ""
    return f"{len(milestones) - len(ahead)} of {len(milestones)} reached"


def _doing(ctx: Context, project: Charter, plan: PlanWeek, rows: Sequence[since.Logged]) -> tuple[Doing, ...]:
    logged: dict[int, tuple[str, Decimal]] = {}
    team = may(ctx, "hours.read_team", project_id=project.id)
    for row in sorted(rows, key=lambda row: row.person) if team else ():
        logged[row.person_id] = (row.person, logged.get(row.person_id, ("", Decimal(0)))[1] + row.hours)
    tasks = {task.id: task for task in plan.running}
    found = []
    for person in plan.people:
        own = logged.pop(person.person_id, ("", Decimal(0)))[1] if person.person_id is not None else Decimal(0)
        doing = tuple(tasks[pk] for pk in person.task_ids)
        found.append(Doing(person.name, doing, person.planned, own if team else None, ""))
    found += [Doing(name, (), Decimal(0), amount, "nothing planned here") for name, amount in logged.values()]
    return tuple(found)


# --- pictures and star --------------------------------------------------------------------------


@page()
def pictures(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The plan on a page, the S-curve and the forecasts of hours."""
    project = working_project(ctx, key)
    summary = schedule.summary_if_any(ctx, project.id)
    as_of = status_day(ctx, project, summary)
    values: dict[str, Any] = {"style": drawings.style_address(), "title": "Pictures"}
    rows = _shape(ctx, project.id) if summary is not None else ()
    if rows:
        shape = drawings.outline(rows)
        more = "" if len(shape) == len(rows) else f" ({len(shape)} of {len(rows)} rows)"
        values["gantt"] = drawings.plan_picture(shape, status_date=as_of, title=f"The plan on a page{more}")
    if may(ctx, "budgets.read", project_id=project.id):
        values["burn"] = budgets.burn(ctx, project=project.id, as_of=as_of)
        if summary is not None and summary.baseline:
            values["curve"] = drawings.curve_picture(budgets.earned_value(ctx, project=project.id, as_of=as_of))
    return show(
        request, ctx, "projects/pictures.html", values, project=project, tab="overview", crumbs=(Link("Pictures"),)
    )


def _shape(ctx: Context, project_id: int) -> tuple[TaskRow, ...]:
    """The plan's rows, at most 400: what a picture of one page can show."""
    first = schedule.tasks(ctx, project=project_id, limit=200)
    if not first.next:
        return first.items
    return first.items + schedule.tasks(ctx, project=project_id, cursor=first.next, limit=200).items


@act
def star(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Keep the project at hand, or no longer."""
    project = working_project(ctx, key)
    wanted = request.POST.get("star") == "1"
    do = commands.star if wanted else commands.unstar
    return pressed(
        request,
        lambda: do(ctx, project=project.id),
        done=f"{project.name} {'stands among your starred projects' if wanted else 'is no longer starred'}.",
        to=reverse("project", args=[key]),
    )
