"""A project's plan: its rows, one task, progress. Every change shows its effect before it is saved."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.schedule import commands, queries
from headway.areas.schedule.weeks import driving_count
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
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
from headway.interfaces.web.projects import plan_chart, plan_task
from headway.interfaces.web.projects.figures import status_sentence
from headway.interfaces.web.submitting import (
    attempt,
    day,
    text,
)
from headway.kernel.access import may
from headway.kernel.context import Context

PER_PAGE = 50

# What the chart can show, by the name of its switch.
_SWITCHES = (
    ("critical", "Critical path"),
    ("links", "Links"),
    ("driving", "Driving path"),
    ("progress", "Progress"),
    ("baseline", "Baseline"),
    ("slack", "Slack"),
    ("deadline", "Deadlines"),
    ("words", "Words beside the bars"),
    ("today", "Today"),
    ("status", "Status date"),
    ("shade", "Non-working time"),
)


class NewTaskForm(forms.Form):
    """A new last task."""

    name = text("Task")
    duration = text("Duration", hint="Such as 5d, 4h or 2w; 0d makes a milestone.", length=40)
    owner = text("Owner", required=False)


class StartForm(forms.Form):
    """An empty plan."""

    start = day("First day of the plan", required=True)


class StatusDateForm(forms.Form):
    """Up to which day progress is reported."""

    status_date = day("Status date", required=True)


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
        "sentence": status_sentence(summary, driving_count(ctx, project.id), locale_of(request)),
        "search": request.GET.get("q", "").strip(),
        "critical": bool(request.GET.get("critical")),
        "new_task": NewTaskForm(),
        "head": plan_chart.head(ctx, project),
        "changes_address": plan_chart.changes_address(project),
        "undo_address": plan_chart.undo_address(),
        "may_house_fields": may(ctx, "schedule.add_house_field"),
        "look_addresses": plan_chart.look_addresses(project),
        "views": plan_chart.views(ctx, project),
        "people": plan_chart.people(ctx, project),
        "person": ctx.actor.user_id,
        "me": ctx.actor.name,
        "quarters": (0, 25, 50, 75, 100),
        "switches": _SWITCHES,
        **plan_task.opened(ctx, project, request.GET.get("task", "")),
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
        say(request, f"Added. {plan_task.effect_words(done.result, locale_of(request))}")
        return redirect(back)
    values = {"form": form, "title": "New task", "submit": "Add the task", "back": back}
    crumbs = (Link("New task"),)
    return show(
        request, ctx, "projects/form.html", values, project=project, tab="plan", crumbs=crumbs, status=done.status
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
            say(request, f"The status date is set. {plan_task.effect_words(done.result, locale_of(request))}")
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
