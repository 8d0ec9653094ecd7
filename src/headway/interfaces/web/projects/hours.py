"""A project's hours and cost: burn beside progress, totals, the week, logging, budgets with their changes, rates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.budgets import commands as budget_commands
from headway.areas.budgets import queries as budgets
from headway.areas.budgets.types import BurnFigures
from headway.areas.hours import commands, queries
from headway.areas.hours.types import GroupBy, RateKind
from headway.areas.projects.queries import members, my_person_id
from headway.areas.projects.types import Charter
from headway.areas.schedule import queries as schedule
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.hours import burn
from headway.interfaces.web.page import act, offered, page, say, show, today_in, working_project
from headway.interfaces.web.projects import drawings
from headway.interfaces.web.projects.figures import forecasts
from headway.interfaces.web.projects.forms import owners
from headway.interfaces.web.submitting import (
    amount,
    attempt,
    day,
    day_of,
    named,
    one_of,
    pressed,
    text,
    words,
)
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound


class LogForm(forms.Form):
    """Hours of one day."""

    day = day("Day", required=True)
    hours = text("Hours", hint="Such as 7.5, 1:30 or 90m.", length=20)
    phase = text("Phase", required=False)
    note = text("Note", required=False, length=1000)
    billable = forms.BooleanField(label="Billable", required=False, initial=True)


class ChangeForm(forms.Form):
    """A change of the budget."""

    title = text("Change")
    reason = words("Reason", required=True, rows=2)
    hours = amount("Hours more or fewer", required=False)
    money = amount("Money more or less", required=False)
    days = forms.IntegerField(label="Working days that the finish moves", required=False)


class RateForm(forms.Form):
    """A project's hourly rate, of a person or of a role."""

    kind = one_of("Kind", named(RateKind))
    rate = amount("Rate an hour")
    first = day("From", required=True)
    role = text("Role", required=False, hint="Give a person or a role.")

    def __init__(self, who: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = one_of("Person", who, required=False, number=True)


@page()
def hours(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """What was burned beside what is complete; by task, person and week; budget and rates for who may see them."""
    project = working_project(ctx, key)
    offered(ctx, "hours.read", project)
    locale = locale_of(request)
    monday = drawings.week_of(day_of(request.GET.get("week")) or today_in(ctx, project))
    total = next(iter(queries.totals(ctx, project=project.id, by=())), None)
    burned = _burn(ctx, project)
    values: dict[str, Any] = {
        "answer": burn.sentence(burned, total, locale),
        "figures": burn.figures(project, burned, total, locale),
        "picture": None,
        "style": drawings.style_address(),
        "burn": burned,
        "by_person": burn.groups(
            project, queries.totals(ctx, project=project.id, by=(GroupBy.PERSON,)), total, "person", locale
        ),
        "by_phase": burn.groups(
            project, queries.totals(ctx, project=project.id, by=(GroupBy.PHASE,)), total, "phase", locale
        ),
        **_week(ctx, project, monday),
        "entries": reverse("entries", args=[project.key]),
        "last_week": monday - timedelta(days=7),
        "next_week": monday + timedelta(days=7),
        "newest": queries.entries(ctx, project=project.id, limit=10).items,
        "leads": may(ctx, "hours.read_team", project_id=project.id),
    }
    if burned is not None:
        days = queries.totals(ctx, project=project.id, by=(GroupBy.DAY,))
        values |= {
            "picture": burn.by_week(project, burned, days, locale),
            "alerts": budgets.alerts(ctx, project=project.id),
            "forecasts": forecasts(burned),
        }
    if may(ctx, "hours.read_rates", project_id=project.id):
        values["rates"] = queries.rates(ctx, project=project.id)
    return show(request, ctx, "projects/hours.html", values, project=project, tab="hours")


def _week(ctx: Context, project: Charter, monday: date) -> dict[str, Any]:
    """The hours of a week by person, each beside its day, so that it leads to its entries."""
    week = queries.week_sheet(ctx, project=project.id, day=monday)
    days = [monday + timedelta(days=place) for place in range(7)]
    return {
        "week": week,
        "sheet": [(row, list(zip(days, row.days, strict=True))) for row in week.rows],
        "week_days": days,
        "week_sums": list(zip(days, week.days, strict=True)),
    }


def _burn(ctx: Context, project: Charter) -> BurnFigures | None:
    """The burn of the project for those who may see budgets."""
    if not may(ctx, "budgets.read", project_id=project.id):
        return None
    summary = schedule.summary_if_any(ctx, project.id)
    as_of = summary.status_date if summary is not None and summary.status_date else today_in(ctx, project)
    return budgets.burn(ctx, project=project.id, as_of=as_of)


@page("POST")
def log(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Log one's own hours of a day."""
    project = working_project(ctx, key)
    offered(ctx, "hours.log", project)
    form = LogForm(request.POST or None, initial={"day": today_in(ctx, project)})
    intro = "Your own hours on this project."
    return _filled(
        request,
        ctx,
        project,
        form,
        lambda given: commands.log(
            ctx, project=project.id, person=my_person_id(ctx), **{**given, "phase": given["phase"] or None}
        ),
        title="Log hours",
        intro=intro,
        submit="Log the hours",
        done="The hours are logged.",
    )


@page("POST")
def change(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Ask for a change of the budget."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.edit", project)
    form = ChangeForm(request.POST or None)
    return _filled(
        request,
        ctx,
        project,
        form,
        lambda given: budget_commands.request_change(
            ctx,
            project=project.id,
            title=given["title"],
            reason=given["reason"],
            hours=given["hours"] or 0,
            money=given["money"] or 0,
            days=given["days"] or 0,
        ),
        title="Change of the budget",
        intro="It counts when it is approved; baseline and changes stay apart. "
        "A change of the plan is asked for under Scope, and moves the budget when it is carried out.",
        submit="Ask for the change",
        done="The change is asked for.",
        to="budget",
    )


@page("POST")
def rate(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Set an hourly rate of the project."""
    project = working_project(ctx, key)
    offered(ctx, "hours.set_project_rate", project)
    who = owners(members(ctx, project=project.id))
    form = RateForm(who, request.POST or None, initial={"first": project.starts_on or today_in(ctx, project)})
    return _filled(
        request,
        ctx,
        project,
        form,
        lambda given: commands.set_project_rate(ctx, project=project.id, **given),
        title="Set a rate",
        intro="From that day on, new hours carry it; hours saved before keep theirs.",
        submit="Set the rate",
        done="The rate is set.",
    )


def _filled(
    request: HttpRequest,
    ctx: Context,
    project: Charter,
    form: forms.Form,
    do: Any,
    *,
    title: str,
    intro: str,
    submit: str,
    done: str,
    to: str = "hours",
) -> HttpResponse:
    """The page of one form whose way back is the tab."""
    back = reverse(to, args=[project.key])
    status = 200
    if request.method == "POST":
        tried = attempt(form, do)
        if tried.done:
            say(request, done)
            return redirect(back)
        status = tried.status
    values = {"form": form, "title": title, "intro": intro, "submit": submit, "back": back}
    crumbs = (Link(title),)
    return show(request, ctx, "projects/form.html", values, project=project, tab=to, crumbs=crumbs, status=status)


@act
def budget_approve(request: HttpRequest, ctx: Context, key: str, budget: int) -> HttpResponse:
    """Approve a budget."""
    project = working_project(ctx, key)
    if budget not in {row.id for row in budgets.budgets(ctx, project=project.id)}:
        raise NotFound("There is nothing here.")
    return pressed(
        request,
        lambda: budget_commands.approve_budget(ctx, budget=budget),
        done="The budget is approved; its baseline stands.",
        to=reverse("budget", args=[key]),
    )


@act
def change_decide(request: HttpRequest, ctx: Context, key: str, change: int) -> HttpResponse:
    """Approve or refuse a change of the budget."""
    project = working_project(ctx, key)
    if change not in {row.id for row in budgets.changes(ctx, project=project.id)}:
        raise NotFound("There is nothing here.")
    agreed = request.POST.get("decision") == "approve"
    decide = budget_commands.approve_change if agreed else budget_commands.reject_change
    return pressed(
        request,
        lambda: decide(ctx, change=change),
        done="The change is approved and counts." if agreed else "The change is refused; it stays in the register.",
        to=reverse("budget", args=[key]),
    )


@act
def submit_week(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Hand in one's own drafts of a week."""
    project = working_project(ctx, key)
    monday = _monday(request)
    return pressed(
        request,
        lambda: commands.submit(ctx, project=project.id, first=monday, last=monday + timedelta(days=6)),
        done="Your hours of the week are handed in.",
        to=f"{reverse('hours', args=[key])}?week={monday}",
    )


@act
def approve_week(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Approve the submitted hours of a week."""
    project = working_project(ctx, key)
    monday = _monday(request)
    return pressed(
        request,
        lambda: commands.approve(ctx, project=project.id, first=monday, last=monday + timedelta(days=6)),
        done="The submitted hours of the week are approved; your own wait for somebody else.",
        to=f"{reverse('hours', args=[key])}?week={monday}",
    )


def _monday(request: HttpRequest) -> date:
    on = day_of(request.POST.get("week"))
    if on is None:
        raise NotFound("There is nothing here.")
    return drawings.week_of(on)
