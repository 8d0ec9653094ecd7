"""The end of a month: what is still open on each project, closing those that are ready, opening one again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.budgets.month_open import expenses_waiting
from headway.areas.hours import closing
from headway.areas.hours.closing import MonthEnd, MonthProject
from headway.areas.hours.weeks import running
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.hours.week import today_of
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import act, one_page, page, say, show, warn
from headway.interfaces.web.submitting import day_of, pressed
from headway.interfaces.web.templatetags.formats import number
from headway.journeys.month_close import close_month
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, NotFound

_PER_PAGE = 50
_NAMED = 3  # people of a project


@page("POST")
def month(request: HttpRequest, ctx: Context) -> HttpResponse:
    """A month over the projects one runs; closing the chosen ones, each by itself."""
    projects = running(ctx, "hours.read_team")
    if not projects:
        raise Denied("Your role does not allow this (see whether everybody's hours are in).")
    given = request.POST if request.method == "POST" else request.GET
    asked = day_of(given.get("month") or given.get("day"))
    if request.GET.get("project") in {row.key for row in projects.values()}:  # from a Desk: one project alone
        return redirect(f"{reverse('project-month', args=[request.GET['project']])}?month={asked or ''}")
    first = (asked or today_of(ctx).replace(day=1) - timedelta(days=1)).replace(day=1)
    if request.method == "POST":
        _close(request, ctx, first, request.POST.getlist("project"))
        return redirect(f"{reverse('month-close')}?month={first}")
    found, locale = closing.month_end(ctx, month=first), locale_of(request)
    undecided = expenses_waiting([row.state.project_id for row in found.projects], found.first, found.last)
    shown, pages = one_page(request, found.projects, _PER_PAGE)
    values = {
        "found": found,
        "rows": [(row, _open(row, undecided, locale), _can(row, undecided)) for row in shown],
        **pages,
        "shown": len(shown),
        "total_rows": len(found.projects),
        "team": f"{reverse('team-hours')}?week={found.last}",
        "burned": f"{reverse('hours-burned')}?first={found.first}&last={found.last}",
        "closes": found.over and any(_can(row, undecided) for row in shown),
        "reopens": may(ctx, "hours.reopen"),
        "before": (first - timedelta(days=1)).replace(day=1),
        "after": found.last + timedelta(days=1) if found.over else None,
        "answer": _answer(found, undecided),
    }
    crumbs = (Link("Hours", reverse("my-week")), Link("Team", reverse("team-hours")), Link("Month close"))
    return show(request, ctx, "hours/month.html", values, crumbs=crumbs)


def _close(request: HttpRequest, ctx: Context, first: date, keys: list[str]) -> None:
    closed = []
    for key in keys:
        try:
            close_month(ctx, project=key, month=first)
            closed.append(key)
        except (Conflict, Denied, NotFound) as refusal:
            warn(request, f"{key}: {refusal.message}")
    if closed:
        say(request, f"{first:%B %Y} is closed on {', '.join(closed)}.")
    elif not keys:
        warn(request, "Choose the projects to close.")


@act
def reopen(request: HttpRequest, ctx: Context, row: int) -> HttpResponse:
    """Open a closed month again, with the reason."""
    month = day_of(request.POST.get("month"))
    return pressed(
        request,
        lambda: closing.reopen_month(ctx, closing=row, reason=request.POST.get("reason", "")),
        done="The month is open again. Its hours stay locked until they are returned.",
        to=f"{reverse('month-close')}?month={month}" if month else reverse("month-close"),
    )


def _ready(row: MonthProject, undecided: Mapping[int, int]) -> bool:
    """Whether nothing stops the closing. undecided: expenses that wait for approval, by project."""
    return row.state.ready and not undecided.get(row.state.project_id)


def _can(row: MonthProject, undecided: Mapping[int, int]) -> bool:
    return row.may_close and _ready(row, undecided) and row.state.closed is None


def _open(row: MonthProject, undecided: Mapping[int, int], locale: Locale) -> str:
    """What stands against closing a project, in words; '' where nothing does."""
    state, expenses = row.state, undecided.get(row.state.project_id, 0)
    parts = []
    if state.draft:
        parts.append(f"{number(state.draft, locale)} h not handed in")
    if state.submitted:
        parts.append(f"{number(state.submitted, locale)} h to approve")
    waiting = f"{expenses} expense{'' if expenses == 1 else 's'} to approve" if expenses else ""
    if not parts:
        return waiting
    named = ", ".join(row.people_open[:_NAMED])
    more = f" and {len(row.people_open) - _NAMED} more" if len(row.people_open) > _NAMED else ""
    return f"{' and '.join(parts)}: {named}{more}" + (f"; {waiting}" if waiting else "")


def _answer(found: MonthEnd, undecided: Mapping[int, int]) -> str:
    name = f"{found.first:%B %Y}"
    if not found.projects:
        return f"No hours in {name} on the projects you run."
    closed = sum(1 for row in found.projects if row.state.closed is not None)
    ready = sum(1 for row in found.projects if _ready(row, undecided) and row.state.closed is None)
    waits = len(found.projects) - closed - ready
    if not waits and not ready:
        return f"{name} is closed on all {len(found.projects)} projects."
    if not found.over:
        return f"{name} is not over; it can be closed after its last day. {waits} of {len(found.projects)} wait."
    parts = (
        (ready, "ready to close"),
        (waits, "waiting for something to be handed in or approved"),
        (closed, "closed"),
    )
    return f"{name}: {', '.join(f'{count} {words}' for count, words in parts if count)}."
