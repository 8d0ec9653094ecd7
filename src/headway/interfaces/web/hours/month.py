"""The month of a project: what it lacks, closing it, its frozen figures and the pack that is made of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.deliverables.types import PreparationRow, Progress
from headway.areas.hours import closing
from headway.areas.hours.closing import days_of
from headway.areas.projects.types import Charter
from headway.interfaces.transfers import attachment
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import act, offered, page, show, today_in, warn, working_project
from headway.interfaces.web.reports.preparing import sentence
from headway.interfaces.web.reports.states import FORMATS, VERSIONS
from headway.interfaces.web.submitting import day_of, pressed
from headway.interfaces.web.templatetags.formats import number, weekday_date
from headway.journeys import month_pack
from headway.journeys.month_check import Finding, MonthCheck, Settled, check_month
from headway.journeys.month_close import close_month
from headway.journeys.month_pack import MonthPack
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict

_PLACES = {
    Settled.RATES: "hours",
    Settled.IMPORTS: "imports",
    Settled.EXPENSES: "expenses",
    Settled.ORDERS: "orders",
    Settled.INVOICES: "invoices",
    Settled.BUDGETS: "budget",
    Settled.RETAINERS: "retainers",
    Settled.PROGRESS: "progress-method",
    Settled.KPIS: "project-kpis",
}
_READERS = {"client": "The client may get it", "internal": "Inside only", "costs": "Inside, for those who see costs"}


@page()
def month(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """One month of a project: findings with their acts, or what was frozen of it and its pack."""
    project = working_project(ctx, key)
    offered(ctx, "hours.read_team", project)
    first = _month(request.GET.get("month"), ctx, project)
    found = check_month(ctx, project=project.id, month=first)
    pack = _pack(ctx, project, first) if found.closed is not None else None
    earlier = [row for row in closing.closed_months(ctx, project=project.id) if row.month == first and row.reopened_at]
    values = {
        "found": found,
        "findings": [(one, _url(one, key, found)) for one in found.findings],
        "closes": found.ready and may(ctx, "hours.close", project_id=project.id),
        "reopens": may(ctx, "hours.reopen", project_id=project.id),
        "prepares": may(ctx, "deliverables.prepare", project_id=project.id),
        "before": (first - timedelta(days=1)).replace(day=1),
        "after": found.last + timedelta(days=1) if found.over else None,
        "earlier": earlier,
        "entries": f"{reverse('entries', args=[key])}?first={found.first}&last={found.last}",
        "answer": _answer(found, locale_of(request)),
        "pack": pack,
        "rows": _rows(pack),
        **_work(pack),
    }
    crumbs = (Link("Month close", f"{reverse('month-close')}?month={first}"), Link(f"{first:%B %Y}"))
    return show(request, ctx, "hours/project_month.html", values, project=project, tab="hours", crumbs=crumbs)


def _month(given: str | None, ctx: Context, project: Charter) -> date:
    """The first day of the month that is asked for, else of the one that has passed last."""
    day = day_of(given) or today_in(ctx, project).replace(day=1) - timedelta(days=1)
    return days_of(day)[0]


def _pack(ctx: Context, project: Charter, first: date) -> MonthPack | None:
    try:
        found: MonthPack = month_pack.pack_of(ctx, project=project.id, month=first)
    except Conflict:  # closed before figures were kept
        return None
    return found


def _url(one: Finding, key: str, found: MonthCheck) -> str:
    """Where a finding is settled."""
    if one.at is Settled.TEAM_HOURS:
        return f"{reverse('team-hours')}?{urlencode({'week': found.last})}"
    if one.at is Settled.MISSING_HOURS:
        return f"{reverse('missing-hours')}?{urlencode({'week': found.last})}"
    if one.at is Settled.ENTRIES:
        return f"{reverse('entries', args=[key])}?{urlencode({'last': found.first - timedelta(days=1)})}"
    return reverse(_PLACES[one.at], args=[key])


def _answer(found: MonthCheck, locale: Locale) -> str:
    name, hours = f"{found.first:%B %Y}", number(found.state.hours, locale)
    if found.closed is not None:
        kept = f" Its figures are kept as snapshot {found.closed.snapshot_number}." if found.closed.snapshot else ""
        return f"{name} is closed with {hours} h.{kept}"
    stops, looks = len(found.blocking), len(found.findings) - len(found.blocking)
    if not found.over:
        return f"{name} is not over; it can be closed after {weekday_date(found.last, locale)}. {hours} h so far."
    if stops:
        things = "1 thing stops" if stops == 1 else f"{stops} things stop"
        return f"{things} the closing of {name}."
    more = f" {looks} more to look at." if looks else ""
    return f"{name} can be closed: all {hours} h are approved.{more}"


def _rows(pack: MonthPack | None) -> list[tuple[Any, ...]]:
    """The parts of the pack: title, for whom, its version with state, tone and files."""
    if pack is None:
        return []
    return [
        (part.title, _READERS[part.audience], part.version, *VERSIONS[part.version.state], _files(part.version.files))
        if part.version is not None
        else (part.title, _READERS[part.audience], None, "Not made yet", "", [])
        for part in pack.parts
    ]


def _files(files: tuple[Any, ...]) -> list[tuple[str, str]]:
    return [(one.format.value, FORMATS[one.format]) for one in files]


def _work(pack: MonthPack | None) -> dict[str, Any]:
    """How far the making of the pack is, where it is under way or has failed since the newest files."""
    asked = pack.preparation if pack is not None else None
    if asked is None or asked.progress in (Progress.READY, Progress.STOPPED):
        return {"work": None}
    return {"work": asked, "work_said": _said(asked)}


def _said(asked: PreparationRow) -> str:
    if asked.progress is Progress.WORKING:
        return f"It is being made: {asked.done} of {max(0, asked.steps - 1)} reports are written."
    return sentence(asked)


# --- acts --------------------------------------------------------------------------------------------


@act
def close(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Close the month."""
    project = working_project(ctx, key)
    first = _month(request.POST.get("month"), ctx, project)
    done = f"{first:%B %Y} is closed and its figures are kept. The pack can be made of them now."
    return pressed(
        request, lambda: close_month(ctx, project=project.id, month=first), done=done, to=_back(project.key, first)
    )


@act
def make(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Have the pack made in the background."""
    project = working_project(ctx, key)
    first = _month(request.POST.get("month"), ctx, project)
    return pressed(
        request,
        lambda: month_pack.begin_pack(ctx, project=project.id, month=first),
        done="The pack is being made. You can leave this page: the work goes on.",
        to=_back(project.key, first),
    )


@page()
def pack_file(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """All files of the pack as one zip."""
    project = working_project(ctx, key)
    first = _month(request.GET.get("month"), ctx, project)
    try:
        made = month_pack.pack_file(ctx, project=project.id, month=first)
    except Conflict as refusal:
        warn(request, refusal.message)
        return redirect(_back(project.key, first))
    return attachment(made)


def _back(key: str, first: date) -> str:
    return f"{reverse('project-month', args=[key])}?month={first}"
