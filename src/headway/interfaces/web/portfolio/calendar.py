"""Milestones of all projects in a month's weeks, and the same as a calendar file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.portfolio import across, queries
from headway.areas.portfolio.types import MilestoneDay, MilestoneDays
from headway.documents.exchange import ics
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import page, show
from headway.interfaces.web.portfolio.asking import asked
from headway.interfaces.web.portfolio.pages import count, frame_of
from headway.interfaces.web.portfolio.timeline import month_start, months_on
from headway.interfaces.web.submitting import day_of
from headway.interfaces.web.templatetags.formats import weekday_date
from headway.kernel.context import Context

_SHOWN = 4  # milestones in one day's cell; the rest are counted
_AHEAD, _BACK = 12, 3  # months that a file holds
_MEDIA_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of the month's sheet. `more` milestones do not fit."""

    on: date
    inside: bool
    today: bool
    weekend: bool
    shown: tuple[MilestoneDay, ...]
    more: int


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A week of the month's sheet, and all its milestones as a list."""

    number: int
    days: tuple[DayCell, ...]
    items: tuple[MilestoneDay, ...]


@page()
def calendar(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The milestones of a month, week by week."""
    given = asked(request, queries.views(ctx))
    today = ctx.now.date()
    first = month_start(day_of(request.GET.get("month")) or today)
    last = months_on(first, 1) - timedelta(days=1)
    begin, end = first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
    found = across.milestones(ctx, first=begin, last=end, **given.filters)
    locale = locale_of(request)

    def address(month: date) -> str:
        return f"{given.address(request.path)}&month={month.isoformat()}"

    values = {
        **frame_of(request, ctx, given),
        "first": first,
        "weeks": _weeks(found, first, today),
        "heads": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        "answer": _answer(found, first, last, today, locale),
        "earlier": address(months_on(first, -1)),
        "later": address(months_on(first, 1)),
        "now": address(month_start(today)),
        "file": f"{reverse('portfolio-calendar-file')}?{urlencode(given.parameters(), doseq=True)}",
        "timeline": f"{given.address(reverse('portfolio-timeline'))}&from={first.isoformat()}",
        "zooms": [Link(f"{month:%b}", address(month), active=month == first) for month in _months(first)],
    }
    return show(request, ctx, "portfolio/calendar.html", values)


def _months(first: date) -> list[date]:
    """The months beside the one that is shown."""
    return [months_on(first, offset) for offset in range(-1, 5)]


def _weeks(found: MilestoneDays, first: date, today: date) -> tuple[WeekRow, ...]:
    by_day: dict[date, list[MilestoneDay]] = {}
    for item in found.items:
        by_day.setdefault(item.on, []).append(item)
    weeks = []
    monday = found.first
    while monday <= found.last:
        days = tuple(_cell(monday + timedelta(days=offset), by_day, first, today) for offset in range(7))
        items = tuple(item for day in days for item in by_day.get(day.on, ()) if day.inside)
        weeks.append(WeekRow(monday.isocalendar().week, days, items))
        monday += timedelta(days=7)
    return tuple(weeks)


def _cell(on: date, by_day: dict[date, list[MilestoneDay]], first: date, today: date) -> DayCell:
    items = by_day.get(on, [])
    inside = (on.year, on.month) == (first.year, first.month)
    return DayCell(on, inside, on == today, on.weekday() > 4, tuple(items[:_SHOWN]), max(0, len(items) - _SHOWN))


def _answer(found: MilestoneDays, first: date, last: date, today: date, locale: Locale) -> str:
    """'6 milestones in March 2026 in 3 projects; 2 are late. Next is Go-live of Site build, Fri 27 Mar.'"""
    items = [item for item in found.items if first <= item.on <= last]
    if not items:
        return f"No milestone falls into {first:%B %Y}."
    late = sum(1 for item in items if not item.reached and (item.late_days or 0) > 0)
    words = (
        f"{count(len(items), 'milestone')} in {first:%B %Y} in {count(len({i.project_id for i in items}), 'project')}"
    )
    words += f"; {late} {'is' if late == 1 else 'are'} late." if late else "; none is late."
    ahead = next((item for item in items if not item.reached and item.on >= today), None)
    if ahead is not None:
        words += f" Next is {ahead.name} of {ahead.project}, {weekday_date(ahead.on, locale)}."
    return words


@page()
def calendar_file(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The milestones of the last three and the next twelve months as a calendar file."""
    given = asked(request, queries.views(ctx))
    today = ctx.now.date()
    first, last = months_on(month_start(today), -_BACK), months_on(month_start(today), _AHEAD + 1) - timedelta(days=1)
    found = across.milestones(ctx, first=first, last=last, **given.filters)
    locale = locale_of(request)
    days = [
        _day(item, locale, request.build_absolute_uri(reverse("task", args=[item.key, item.task])))
        for item in found.items
    ]
    response = HttpResponse(ics.calendar("Milestones", days, at=ctx.now), content_type=_MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="Milestones {today.isoformat()}.ics"'
    return response


def _day(item: MilestoneDay, locale: Locale, url: str) -> ics.Day:
    said = ["Reached" if item.reached else "Planned"]
    if item.baseline is not None and item.baseline != item.on:
        said.append(f"promised for {weekday_date(item.baseline, locale)}")
    if item.late_days:
        working = f"{abs(item.late_days)} working day{'' if abs(item.late_days) == 1 else 's'}"
        said.append(f"{working} {'late' if item.late_days > 0 else 'early'}")
    return ics.Day(
        uid=f"milestone-{item.task}@headway",
        on=item.on,
        summary=f"{item.name} ({item.project})",
        description=", ".join(said),
        url=url,
        categories=(item.project,),
    )
