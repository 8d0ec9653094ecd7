"""A project's plan: its rows, one task, progress, baselines. Every change shows its effect before it is saved."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.schedule import commands, queries
from headway.areas.schedule.types import Effect, TaskRow
from headway.engine.plan import ConstraintType
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import (
    act,
    offered,
    page,
    pages_in,
    say,
    show,
    today_in,
    working_project,
)
from headway.interfaces.web.projects import plan_chart
from headway.interfaces.web.projects.figures import status_sentence
from headway.interfaces.web.submitting import (
    Attempt,
    attempt,
    day,
    one_of,
    pressed,
    started_from,
    text,
    version_field,
    words,
)
from headway.interfaces.web.templatetags.formats import weekday_date
from headway.kernel.context import Context
from headway.kernel.errors import NotFound

PER_PAGE = 50
_MORNING, _EVENING = time(8), time(17)

# What the chart can show, by the name of its switch.
_SWITCHES = (
    ("critical", "Critical path"),
    ("links", "Links"),
    ("driving", "Driving path"),
    ("progress", "Progress"),
    ("baseline", "Baseline"),
    ("slack", "Slack"),
    ("deadline", "Deadlines"),
    ("words", "Names and people"),
    ("today", "Today"),
    ("status", "Status date"),
    ("shade", "Non-working time"),
)


_CONSTRAINTS = (
    (ConstraintType.ASAP.value, "As soon as possible"),
    (ConstraintType.ALAP.value, "As late as possible"),
    (ConstraintType.SNET.value, "Start no earlier than"),
    (ConstraintType.SNLT.value, "Start no later than"),
    (ConstraintType.FNET.value, "Finish no earlier than"),
    (ConstraintType.FNLT.value, "Finish no later than"),
    (ConstraintType.MSO.value, "Must start on"),
    (ConstraintType.MFO.value, "Must finish on"),
)


class TaskForm(forms.Form):
    """A task as a planner changes it."""

    name = text("Task")
    duration = text("Duration", required=False, hint="Such as 5d, 4h or 2w; 0d makes a milestone.", length=40)
    constraint = one_of("New constraint", _CONSTRAINTS, required=False, hint="Leave open to keep what stands.")
    constraint_date = day("Constraint date")
    deadline = day("Deadline")
    owner = text("Owner", required=False)
    notes = words("Notes", rows=2)
    version = version_field()


class NewTaskForm(forms.Form):
    """A new last task."""

    name = text("Task")
    duration = text("Duration", hint="Such as 5d, 4h or 2w; 0d makes a milestone.", length=40)
    owner = text("Owner", required=False)


class ProgressForm(forms.Form):
    """How far a task has come."""

    percent_complete = forms.DecimalField(
        label="Percent complete", required=False, min_value=Decimal(0), max_value=Decimal(100), max_digits=7
    )
    actual_start = day("Started on")
    actual_finish = day("Finished on", hint="A finish means 100 %.")
    remaining = text("Work that remains", required=False, hint="Such as 3d.", length=40)
    version = version_field()


class StartForm(forms.Form):
    """An empty plan."""

    start = day("First day of the plan", required=True)


class StatusDateForm(forms.Form):
    """Up to which day progress is reported."""

    status_date = day("Status date", required=True)


class BaselineForm(forms.Form):
    """A copy of the plan's dates, work and cost."""

    name = text("Name of the baseline", hint="Such as 'Approved plan' or 'After CR-3'.")


@page("POST")
def plan(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The rows of the plan in outline order, our dates beside those of the file; or the start of a plan."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.read", project)
    if not queries.has_plan(project.id):
        return _start(request, ctx, key)
    found = queries.tasks(
        ctx,
        project=project.id,
        search=request.GET.get("q", "").strip(),
        critical=True if request.GET.get("critical") else None,
        cursor=request.GET.get("cursor", ""),
        limit=PER_PAGE,
    )
    summary = queries.summary(ctx, project=project.id)
    values = {
        "rows": found.items,
        "count": len(found.items),
        "summary": summary,
        "sentence": status_sentence(summary, () if found.next else found.items, locale_of(request)),
        "search": request.GET.get("q", "").strip(),
        "critical": bool(request.GET.get("critical")),
        "baselines": queries.baselines(ctx, project=project.id),
        "new_task": NewTaskForm(),
        "head": plan_chart.head(ctx, project),
        "tasks_address": plan_chart.tasks_address(),
        "person": ctx.actor.user_id,
        "me": ctx.actor.name,
        "quarters": (0, 25, 50, 75, 100),
        "switches": _SWITCHES,
        **pages_in(request, found.next),
    }
    return show(request, ctx, "projects/plan.html", values, project=project, tab="plan")


def _start(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    project = working_project(ctx, key)
    form = StartForm(request.POST or None, initial={"start": project.starts_on or today_in(ctx, project)})
    status = 200
    if request.method == "POST":
        done = attempt(form, lambda given: commands.start_plan(ctx, project=project.id, **given))
        if done.done:
            say(request, "The plan is started. Add its tasks below.")
            return redirect(reverse("plan", args=[key]))
        status = done.status
    return show(request, ctx, "projects/plan_start.html", {"form": form}, project=project, tab="plan", status=status)


@act
def add_task(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Add a task at the end of the plan."""
    project = working_project(ctx, key)
    form = NewTaskForm(request.POST)
    done = attempt(form, lambda given: commands.add_task(ctx, project=project.id, **given))
    back = reverse("plan", args=[key])
    if done.done:
        say(request, f"Added. {effect_words(done.result, locale_of(request))}")
        return redirect(back)
    values = {"form": form, "title": "New task", "submit": "Add the task", "back": back}
    crumbs = (Link("New task"),)
    return show(
        request, ctx, "projects/form.html", values, project=project, tab="plan", crumbs=crumbs, status=done.status
    )


@page("POST")
def task(request: HttpRequest, ctx: Context, key: str, task_id: int) -> HttpResponse:
    """One task: what drives it, its progress, its change; `try` shows the effect and saves nothing."""
    project = working_project(ctx, key)
    row = _task(ctx, project.id, task_id)
    which = request.POST.get("form", "") if request.method == "POST" else ""
    details = TaskForm(request.POST if which == "task" else None, initial=_task_values(row))
    progress = ProgressForm(
        request.POST if which == "progress" else None, initial=_progress_values(row), prefix="progress"
    )
    done = Attempt(False)
    if which == "task":
        done = attempt(details, lambda given: _edit(_trying(request, ctx), row, given), stored=_task_values(row))
    elif which == "progress":
        done = attempt(
            progress, lambda given: _progress(_trying(request, ctx), row, given), stored=_progress_values(row)
        )
    if done.done and not request.POST.get("try"):
        say(request, f"Saved. {effect_words(done.result, locale_of(request))}")
        return redirect(reverse("task", args=[key, task_id]))
    values = {
        "row": row,
        "details": details,
        "progress": progress,
        "both": done.both,
        "effect": done.result if done.done else None,
        "effect_words": effect_words(done.result, locale_of(request)) if done.done else "",
        "back": reverse("plan", args=[key]),
    }
    crumbs = (Link(row.name),)
    return show(
        request, ctx, "projects/task.html", values, project=project, tab="plan", crumbs=crumbs, status=done.status
    )


def _task(ctx: Context, project_id: int, task_id: int) -> TaskRow:
    """A task of this very project: one of another is as good as none."""
    if not queries.is_task_of(project_id, task_id):
        raise NotFound("There is nothing here.")
    return queries.task(ctx, task=task_id)


def _trying(request: HttpRequest, ctx: Context) -> Context:
    return ctx.but(dry_run=True) if request.POST.get("try") else ctx


def _task_values(row: TaskRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "duration": row.duration,
        "deadline": row.deadline.date() if row.deadline else None,
        "owner": row.owner,
        "notes": row.notes,
        "version": row.version,
    }


def _progress_values(row: TaskRow) -> dict[str, Any]:
    return {
        "percent_complete": row.percent_complete.normalize() + 0,
        "actual_start": row.actual_start.date() if row.actual_start else None,
        "actual_finish": row.actual_finish.date() if row.actual_finish else None,
        "version": row.version,
    }


def _edit(ctx: Context, row: TaskRow, given: dict[str, Any]) -> Effect:
    """Only what differs is changed, so that a computed duration is not fixed by saving a name."""
    old = _task_values(row)
    changed = {name: value for name, value in given.items() if name in old and value != old[name] and name != "version"}
    if given["constraint"]:
        changed |= {"constraint": given["constraint"], "constraint_date": _at(given["constraint_date"], _MORNING)}
    if "deadline" in changed:
        changed["deadline"] = _at(changed["deadline"], _EVENING)
    effect: Effect = commands.edit_task(started_from(ctx, given["version"]), task=row.id, **changed)
    return effect


def _progress(ctx: Context, row: TaskRow, given: dict[str, Any]) -> Effect:
    effect: Effect = commands.set_progress(
        started_from(ctx, given["version"]),
        task=row.id,
        percent_complete=given["percent_complete"],
        actual_start=_at(given["actual_start"], _MORNING),
        actual_finish=_at(given["actual_finish"], _EVENING),
        remaining=given["remaining"] or None,
    )
    return effect


def _at(on: date | None, hour: time) -> datetime | None:
    return None if on is None else datetime.combine(on, hour)


def effect_words(effect: Effect, locale: Locale) -> str:
    """What an edit did to the plan, in one or two sentences."""
    others = len(effect.moved)
    words_ = f"{others} {'task moves' if others == 1 else 'tasks move'}" if others else "Nothing else moves"
    old, new = effect.old_finish, effect.new_finish
    if old is None or new is None or old.date() == new.date():
        return f"{words_}; the finish stays."
    return f"{words_}; the finish goes from {weekday_date(old, locale)} to {weekday_date(new, locale)}."


@page("POST")
def baseline_new(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Take a baseline."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.set_baseline", project)
    form = BaselineForm(request.POST or None)
    status, back = 200, reverse("plan", args=[key])
    if request.method == "POST":
        done = attempt(form, lambda given: commands.set_baseline(ctx, project=project.id, **given))
        if done.done:
            say(
                request,
                f"Baseline {done.result.name} is taken and measured against from now on.",
            )
            return redirect(back)
        status = done.status
    values = {
        "form": form,
        "title": "Take a baseline",
        "intro": "A copy of today's dates, work and cost. Slip and earned value are measured against it from now on.",
        "submit": "Take the baseline",
        "back": back,
    }
    crumbs = (Link("Take a baseline"),)
    return show(request, ctx, "projects/form.html", values, project=project, tab="plan", crumbs=crumbs, status=status)


@act
def baseline_use(request: HttpRequest, ctx: Context, key: str, baseline: int) -> HttpResponse:
    """Measure against another baseline."""
    project = working_project(ctx, key)
    if baseline not in {row.id for row in queries.baselines(ctx, project=project.id)}:
        raise NotFound("There is nothing here.")
    return pressed(
        request,
        lambda: commands.use_baseline(ctx, baseline=baseline),
        done="The plan is measured against this baseline from now on.",
        to=reverse("plan", args=[key]),
    )


@page("POST")
def status_date(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Set the day up to which progress is reported."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.edit", project)
    form = StatusDateForm(request.POST or None, initial={"status_date": today_in(ctx, project)})
    status, back = 200, reverse("plan", args=[key])
    if request.method == "POST":
        done = attempt(form, lambda given: commands.set_status_date(ctx, project=project.id, **given))
        if done.done:
            say(request, f"The status date is set. {effect_words(done.result, locale_of(request))}")
            return redirect(back)
        status = done.status
    values = {
        "form": form,
        "title": "Status date",
        "intro": "The day up to which progress is reported; figures and reports speak for it.",
        "submit": "Set the status date",
        "back": back,
    }
    crumbs = (Link("Status date"),)
    return show(request, ctx, "projects/form.html", values, project=project, tab="plan", crumbs=crumbs, status=status)
