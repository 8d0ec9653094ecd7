"""One task of a plan, as a page and beside the plan: why it stands where it stands, its progress, its change.

Every change can show its effect before it is saved.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.hours import on_tasks
from headway.areas.programme import queries as programme
from headway.areas.projects.types import Charter
from headway.areas.schedule import commands, explaining, queries
from headway.areas.schedule.acts import PlanEffect
from headway.areas.schedule.types import Effect, TaskRow
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import page, say, show, working_project
from headway.interfaces.web.programme.naming import named_reasons
from headway.interfaces.web.projects import mending, task_form
from headway.interfaces.web.projects.comments import comments_of
from headway.interfaces.web.submitting import (
    Attempt,
    attempt,
    day,
    start_noted,
    started_from,
    text,
    version_field,
)
from headway.interfaces.web.templatetags.formats import weekday_date
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, NotFound

_MORNING, _EVENING = time(8), time(17)
_CHANGES_SHOWN = 12


class ProgressForm(forms.Form):
    """How far a task has come."""

    percent_complete = forms.DecimalField(
        label="Percent complete", required=False, min_value=Decimal(0), max_value=Decimal(100), max_digits=7
    )
    actual_start = day("Started on")
    actual_finish = day("Finished on", hint="A finish means 100 %.")
    remaining = text("Work that remains", required=False, hint="Such as 3d.", length=40)
    version = version_field()


@page("POST")
def task(request: HttpRequest, ctx: Context, key: str, task_id: int) -> HttpResponse:
    """One task; `try` shows the effect of a change and saves nothing, `pane` gives it for the side of the plan."""
    project = working_project(ctx, key)
    row = _task(ctx, project.id, task_id)
    in_pane = bool(request.GET.get("pane"))
    which = request.POST.get("form", "") if request.method == "POST" else ""
    if which == "repair":
        return _repaired(request, ctx, project, row, in_pane=in_pane)
    details = task_form.task_form(row, project.id, request.POST if which == "task" else None)
    progress = ProgressForm(
        request.POST if which == "progress" else None, initial=_progress_values(row), prefix="progress"
    )
    start_noted(details)
    start_noted(progress)
    done = Attempt(False)
    if which == "task":
        stored = task_form.values_of(row, project.id)
        done = attempt(
            details, lambda _: task_form.save(_trying(request, ctx), row, project.id, details), stored=stored
        )
    elif which == "progress":
        done = attempt(
            progress, lambda given: _progress(_trying(request, ctx), row, given), stored=_progress_values(row)
        )
    said = effect_words(done.result, locale_of(request)) if done.done else ""
    values: dict[str, Any] = {f"{which}_both": done.both}
    if done.done and request.POST.get("try"):
        values |= {"effect": done.result, "effect_words": said}
    elif done.done and not in_pane:
        say(request, f"Saved. {said}")
        return redirect(reverse("task", args=[key, task_id]))
    elif done.done:
        row = _task(ctx, project.id, task_id)
        details, progress = _forms(row, project.id)
        values["saved"] = f"Saved. {said}"
    values |= task_values(ctx, project, row) | {"details": details, "progress": progress}
    template = "projects/task_pane.html" if in_pane else "projects/task.html"
    crumbs = (Link(row.name),)
    status = done.status
    return show(request, ctx, template, values, project=project, tab="plan", crumbs=crumbs, status=status)


def _repaired(request: HttpRequest, ctx: Context, project: Charter, row: TaskRow, *, in_pane: bool) -> HttpResponse:
    """Carry out a repair that was shown with its effect."""
    said, status = {}, 200
    try:
        effect = mending.carry_out(ctx, project, row.id, request.POST.get("repair", ""), request.POST.get("shown", ""))
        said["saved"] = f"Done. {effect.sentence}"
    except Conflict as refusal:
        said["refused"], status = refusal.message, refusal.status
    if not in_pane and "saved" in said:
        say(request, said["saved"])
        return redirect(reverse("task", args=[project.key, row.id]))
    row = _task(ctx, project.id, row.id)
    details, progress = _forms(row, project.id)
    values = task_values(ctx, project, row) | {"details": details, "progress": progress} | said
    template = "projects/task_pane.html" if in_pane else "projects/task.html"
    crumbs = (Link(row.name),)
    return show(request, ctx, template, values, project=project, tab="plan", crumbs=crumbs, status=status)


def opened(ctx: Context, project: Charter, given: str) -> dict[str, Any]:
    """What the plan's side pane shows for ?task=…; nothing for what is no task of the project."""
    if not (given.isascii() and given.isdigit()) or len(given) > 15 or not queries.is_task_of(project.id, int(given)):
        return {}
    row = queries.task(ctx, task=int(given))
    details, progress = _forms(row, project.id)
    return task_values(ctx, project, row) | {"details": details, "progress": progress}


def task_values(ctx: Context, project: Charter, row: TaskRow) -> dict[str, Any]:
    """Everything that is told about a task, beside its forms."""
    history = explaining.history(ctx, task=row.id)
    standing = programme.rows_standing(ctx, project.id)
    stands_for = next((one for one in standing if one.task == row.id), None)
    return {
        "row": replace(row, name=stands_for.far.words) if stands_for is not None and stands_for.far.seen else row,
        "reasons": named_reasons(explaining.reasons(ctx, task=row.id), standing),
        "stands_for": stands_for,
        "elsewhere": programme.task_links(ctx, task=row.id),
        "hours": on_tasks.on_task(ctx, task=row.id) if may(ctx, "hours.read", project_id=project.id) else (),
        "history": history[:_CHANGES_SHOWN],
        "earlier_changes": max(0, len(history) - _CHANGES_SHOWN),
        "back": reverse("plan", args=[project.key]),
        **comments_of(ctx, project, "task", row.id),
    }


def _forms(row: TaskRow, project_id: int) -> tuple[task_form.TaskForm, ProgressForm]:
    details = task_form.task_form(row, project_id)
    progress = ProgressForm(initial=_progress_values(row), prefix="progress")
    start_noted(details)
    start_noted(progress)
    return details, progress


def _task(ctx: Context, project_id: int, task_id: int) -> TaskRow:
    """A task of this very project: one of another is as good as none."""
    if not queries.is_task_of(project_id, task_id):
        raise NotFound("There is nothing here.")
    return queries.task(ctx, task=task_id)


def _trying(request: HttpRequest, ctx: Context) -> Context:
    return ctx.but(dry_run=True) if request.POST.get("try") else ctx


def _progress_values(row: TaskRow) -> dict[str, Any]:
    return {
        "percent_complete": row.percent_complete.normalize() + 0,
        "actual_start": row.actual_start.date() if row.actual_start else None,
        "actual_finish": row.actual_finish.date() if row.actual_finish else None,
        "version": row.version,
    }


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


def effect_words(effect: Effect | PlanEffect, locale: Locale) -> str:
    """What an edit did to the plan, in one or two sentences."""
    if isinstance(effect, PlanEffect):
        return effect.sentence
    others = len(effect.moved)
    words_ = f"{others} {'task moves' if others == 1 else 'tasks move'}" if others else "Nothing else moves"
    old, new = effect.old_finish, effect.new_finish
    if old is None or new is None or old.date() == new.date():
        return f"{words_}; the finish stays."
    return f"{words_}; the finish goes from {weekday_date(old, locale)} to {weekday_date(new, locale)}."
