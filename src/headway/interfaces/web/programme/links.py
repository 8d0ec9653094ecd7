"""What ties a project's plan to others, and the page on which a task is made to wait for a task of another project."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.programme import commands, queries
from headway.areas.programme.types import Links
from headway.areas.projects.lines import ProjectLine, lines_inside
from headway.areas.projects.types import Charter, Stage
from headway.areas.schedule import queries as plans
from headway.areas.schedule.types import TaskRow
from headway.engine.plan import LinkType
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import act, offered, page, say, show, working_project
from headway.interfaces.web.submitting import attempt, one_of, pressed, text
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound

_TYPES = (
    (LinkType.FS.value, "Start after it finishes (FS)"),
    (LinkType.SS.value, "Start with it (SS)"),
    (LinkType.FF.value, "Finish with it (FF)"),
    (LinkType.SF.value, "Finish when it starts (SF)"),
)


class WaitForm(forms.Form):
    """A task of another project, and how it is waited for."""

    type = one_of("This task may", _TYPES)
    lag = text("Lag", required=False, hint="Such as 2d after it, or -1d before it; empty means none.", length=40)


@page()
def links(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """What a project waits for in others, what waits for it there, and when others moved it."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.read", project)
    found = queries.links(ctx, project=project.id)
    values = {"links": found, "answer": _answer(found)}
    crumbs = (Link("Other projects"),)
    return show(request, ctx, "programme/links.html", values, project=project, tab="plan", crumbs=crumbs)


def _answer(found: Links) -> str:
    """'2 tasks wait for other projects; 1 task of another is shown; 3 tasks elsewhere hang on this plan.'"""
    waits = sum(1 for row in found.waits if row.task is not None)
    shown = len(found.waits) - waits
    others = len(found.awaited)
    parts = []
    if waits:
        parts.append(f"{waits} {'task waits' if waits == 1 else 'tasks wait'} for other projects")
    if shown:
        parts.append(f"{shown} {'task of another is' if shown == 1 else 'tasks of others are'} shown")
    if others:
        parts.append(f"{others} {'task elsewhere hangs' if others == 1 else 'tasks elsewhere hang'} on this plan")
    return "; ".join(parts) + "." if parts else ""


@page("POST")
def tie(request: HttpRequest, ctx: Context, key: str, task_id: int) -> HttpResponse:
    """Let a task wait for a task of another project: choose the project, then the task, see the effect, save."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.edit", project)
    row = _task(ctx, project, task_id)
    others = [line for line in lines_inside(ctx) if line.id != project.id and line.stage is not Stage.CLOSED]
    chosen = next((line for line in others if line.key == request.GET.get("from", "")), None)
    search = request.GET.get("q", "").strip()[:200]
    form = WaitForm(request.POST if request.method == "POST" else None, initial={"type": LinkType.FS.value})
    waits_for = request.POST.get("waits_for", "")
    values: dict[str, Any] = {"effect": None}
    status = 200
    if request.method == "POST":
        trying = "try" in request.POST
        done = attempt(form, lambda given: _tie(ctx.but(dry_run=True) if trying else ctx, row, waits_for, given, form))
        if done.done and not trying and done.result is not None:
            say(request, f"{row.name} waits for it now. {done.result.effect.sentence}")
            return redirect(reverse("task", args=[key, task_id]))
        status = done.status if done.result is not None or not done.done else 422
        values["effect"] = done.result.effect if done.done and done.result is not None else None
    values |= {
        "row": row,
        "form": form,
        "others": others,
        "chosen": chosen,
        "search": search,
        "offered": _offered(ctx, chosen, search),
        "waits_for": waits_for,
        "back": reverse("task", args=[key, task_id]),
    }
    crumbs = (Link(row.name, values["back"]), Link("Wait for another project"))
    return show(request, ctx, "programme/tie.html", values, project=project, tab="plan", crumbs=crumbs, status=status)


def _offered(ctx: Context, chosen: ProjectLine | None, search: str) -> tuple[Any, ...]:
    if chosen is None or not plans.has_plan(chosen.id):
        return ()
    return queries.offered_tasks(ctx, project=chosen.id, search=search)


def _tie(ctx: Context, row: TaskRow, waits_for: str, given: dict[str, Any], form: WaitForm) -> commands.Tied | None:
    if not (waits_for.isascii() and waits_for.isdigit()) or len(waits_for) > 15:
        form.add_error(None, "Choose the task that this one waits for.")
        return None
    return commands.wait_for(ctx, task=row.id, waits_for=int(waits_for), type=LinkType(given["type"]), lag=given["lag"])


@page("POST")
def show_elsewhere(request: HttpRequest, ctx: Context, key: str, task_id: int) -> HttpResponse:
    """Show a task in the plan of another project."""
    project = working_project(ctx, key)
    row = _task(ctx, project, task_id)
    others = [
        line
        for line in lines_inside(ctx)
        if line.id != project.id
        and line.stage is not Stage.CLOSED
        and may(ctx, "schedule.edit", project_id=line.id)
        and plans.has_plan(line.id)
    ]
    form = forms.Form(request.POST or None)
    form.fields["project"] = one_of("Project", [(line.key, line.name) for line in others])
    status = 200
    back = reverse("task", args=[key, task_id])
    if request.method == "POST":
        done = attempt(form, lambda given: commands.show_task(ctx, project=given["project"], shown=row.id))
        if done.done:
            say(request, f"{row.name} is shown in {form.cleaned_data['project']} now.")
            return redirect(back)
        status = done.status
    values = {
        "form": form,
        "title": f"Show {row.name} in another project",
        "intro": "The other plan gets a row to read, at its end. It follows this task; tasks there can wait for it.",
        "submit": "Show it there",
        "back": back,
    }
    crumbs = (Link(row.name, back), Link("Show in another project"))
    return show(request, ctx, "projects/form.html", values, project=project, tab="plan", crumbs=crumbs, status=status)


@act
def untie(request: HttpRequest, ctx: Context, key: str, placeholder: int) -> HttpResponse:
    """Let a task no longer wait for a task of another project, or take the row that shows it out of the plan."""
    project = working_project(ctx, key)
    given = request.POST.get("task", "")
    task = int(given) if given.isascii() and given.isdigit() and len(given) < 16 else None
    to = (
        reverse("task", args=[key, task])
        if request.POST.get("back") == "task" and task
        else reverse("project-links", args=[key])
    )
    offered(ctx, "schedule.edit", project)
    return pressed(
        request,
        lambda: commands.stop_waiting(ctx, placeholder=placeholder, task=task),
        done="It is no longer waited for." if task else "The row is taken out of the plan.",
        to=to,
    )


def _task(ctx: Context, project: Charter, task_id: int) -> TaskRow:
    if not plans.is_task_of(project.id, task_id):
        raise NotFound("There is nothing here.")
    return plans.task(ctx, task=task_id)
