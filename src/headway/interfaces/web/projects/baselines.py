"""The baselines of a project: taking them, of the whole plan or of some tasks, naming, choosing, removing."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.projects.types import Charter
from headway.areas.schedule import commands, queries
from headway.areas.schedule.types import BaselineRow
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import act, offered, page, say, show, today_in, working_project
from headway.interfaces.web.submitting import (
    Both,
    attempt,
    pressed,
    start_noted,
    started_from,
    text,
    version_field,
    words,
)
from headway.interfaces.web.templatetags.formats import weekday_date
from headway.journeys.baselines import remove as remove_baseline
from headway.kernel.context import Context
from headway.kernel.errors import NotFound

_MOST_CHOSEN = 500


class TakeForm(forms.Form):
    """A copy of the plan's dates, work and cost."""

    name = text("Name of the baseline", hint="Such as 'Approved plan' or 'After CR-3'.")
    why = words("What it is taken for", hint="Who approved it, or which change request asks for it.", rows=2)


class TakeSomeForm(TakeForm):
    """The same of chosen tasks."""

    roll_up = forms.BooleanField(
        label="Bring their summaries up to date too",
        help_text="Summaries then span the tasks below them as this baseline plans them.",
        required=False,
        initial=True,
    )


class BaselineForm(forms.Form):
    """Name and reason."""

    name = text("Name of the baseline")
    why = words("What it was taken for", rows=2)
    version = version_field()


@page()
def baselines(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Every baseline of the plan, which one it is measured against, and what each was taken for."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.read", project)
    rows = queries.baselines(ctx, project=project.id) if queries.has_plan(project.id) else ()
    values = {
        "rows": rows,
        "sentence": _sentence(ctx, project, rows, locale_of(request)),
        "planned": queries.has_plan(project.id),
    }
    crumbs = (Link("Baselines"),)
    return show(request, ctx, "projects/baselines.html", values, project=project, tab="plan", crumbs=crumbs)


def _sentence(ctx: Context, project: Charter, rows: tuple[BaselineRow, ...], locale: Locale) -> str:
    """'Measured against Approved plan of Mon 2 Mar; the finish is 3 working days later.'"""
    current = next((row for row in rows if row.current), None)
    if current is None:
        return "The plan is measured against none of them." if rows else ""
    late = queries.summary(ctx, project=project.id).late_days
    said = f"Measured against {current.name} of {weekday_date(current.taken_at, locale)}"
    if late is None:
        return f"{said}."
    if not late:
        return f"{said}; the finish is as planned then."
    days = "working day" if abs(late) == 1 else "working days"
    return f"{said}; the finish is {abs(late)} {days} {'later' if late > 0 else 'earlier'}."


@page("POST")
def take(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Take a baseline: of the whole plan, or of the tasks that the address names."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.set_baseline", project)
    chosen = _chosen(request, project)
    names = [queries.task(ctx, task=one).name for one in chosen[:5]]
    called = f"Plan of {weekday_date(today_in(ctx, project), locale_of(request))}"
    form = (TakeSomeForm if chosen else TakeForm)(request.POST or None, initial={"name": called})
    status, back = 200, reverse("baselines", args=[key])
    if request.method == "POST":
        done = attempt(form, lambda given: commands.set_baseline(ctx, project=project.id, tasks=chosen, **given))
        if done.done:
            say(request, f"Baseline {done.result.name} is taken and measured against from now on.")
            return redirect(back)
        status = done.status
    values = {
        "form": form,
        "title": "Take a baseline",
        "intro": _intro(names, len(chosen)),
        "submit": "Take the baseline",
        "back": back,
    }
    crumbs = (Link("Baselines", back), Link("Take a baseline"))
    return show(request, ctx, "projects/form.html", values, project=project, tab="plan", crumbs=crumbs, status=status)


def _chosen(request: HttpRequest, project: Charter) -> tuple[int, ...]:
    """The tasks of this very project that the address names by ?task=…; others are as good as none."""
    given = request.GET.getlist("task")[:_MOST_CHOSEN]
    ids = dict.fromkeys(int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 16)
    if not all(queries.is_task_of(project.id, one) for one in ids):
        raise NotFound("There is nothing here.")
    return tuple(ids)


def _intro(names: list[str], count: int) -> str:
    if not names:
        return "A copy of today's dates, work and cost. Slip and earned value are measured against it from now on."
    more = f" and {count - len(names)} more" if count > len(names) else ""
    return (
        f"Only {', '.join(names)}{more}, with all below, as they stand today; "
        "the other tasks stay as in the baseline measured against so far."
    )


@page("POST")
def baseline(request: HttpRequest, ctx: Context, key: str, baseline: int) -> HttpResponse:
    """One baseline: its name and what it was taken for; from here it is removed."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.set_baseline", project)
    row = _row(ctx, project, baseline)
    stored = {"name": row.name, "why": row.why, "version": row.version}
    form = BaselineForm(request.POST or None, initial=stored)
    start_noted(form)
    status, back = 200, reverse("baselines", args=[key])
    both: tuple[Both, ...] = ()
    if request.method == "POST":
        done = attempt(
            form,
            lambda given: commands.edit_baseline(
                started_from(ctx, given["version"]), baseline=baseline, name=given["name"], why=given["why"]
            ),
            stored=stored,
        )
        if done.done:
            say(request, "Saved.")
            return redirect(back)
        status, both = done.status, done.both
    values = {"form": form, "row": row, "back": back, "both": both}
    crumbs = (Link("Baselines", back), Link(row.name))
    return show(
        request, ctx, "projects/baseline.html", values, project=project, tab="plan", crumbs=crumbs, status=status
    )


@act
def use(request: HttpRequest, ctx: Context, key: str, baseline: int) -> HttpResponse:
    """Measure against another baseline."""
    row = _row(ctx, working_project(ctx, key), baseline)
    return pressed(
        request,
        lambda: commands.use_baseline(ctx, baseline=baseline),
        done=f"The plan is measured against {row.name} from now on.",
        to=reverse("baselines", args=[key]),
    )


@act
def remove(request: HttpRequest, ctx: Context, key: str, baseline: int) -> HttpResponse:
    """Take a baseline away for good."""
    row = _row(ctx, working_project(ctx, key), baseline)
    return pressed(
        request,
        lambda: remove_baseline(ctx, baseline=baseline),
        done=f"Baseline {row.name} is removed.",
        to=reverse("baselines", args=[key]),
    )


def _row(ctx: Context, project: Charter, baseline: int) -> BaselineRow:
    """A baseline of this very project: one of another is as good as none."""
    found = next((row for row in queries.baselines(ctx, project=project.id) if row.id == baseline), None)
    if found is None:
        raise NotFound("There is nothing here.")
    return found
