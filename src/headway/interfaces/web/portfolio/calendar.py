"""Milestones of all projects in a month's weeks, and the same as a calendar file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from headway.areas.portfolio import across, queries
from headway.areas.portfolio.types import MilestoneDay, MilestoneDays
from headway.documents.exchange import ics
from headway.interfaces.web.addresses import plan_url, task_url
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import page, show
from headway.interfaces.web.portfolio.asking import asked
from headway.interfaces.web.portfolio.pages import count, frame_of
from headway.interfaces.web.portfolio.timeline import month_start, months_on
from headway.interfaces.web.submitting import day_of
from headway.interfaces.web.templatetags.formats import days, weekday_date
from headway.interfaces.web.templatetags.pieces import dated
from headway.kernel.context import Context

_SHOWN = 4  # milestones in one day's cell; the rest are counted
_LISTED = 40  # of one week in the list below, unless it is shown alone
_AHEAD, _BACK = 12, 3  # months that a file holds
_MEDIA_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of the month's sheet. `more` milestones do not fit."""

    on: date
    inside: bool
    today: bool
    weekend: bool
    marks: SafeString
    more: int


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A week of the month's sheet, and its milestones as rows of a list; `more` of them are not listed.

    monday  as an address names it.
    """

    number: int
    monday: str
    days: tuple[DayCell, ...]
    rows: SafeString
    more: int


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
    alone = day_of(request.GET.get("week"))
    if alone is not None and (alone.weekday() or not begin <= alone <= end):
        alone = None

    def address(month: date) -> str:
        return f"{given.address(request.path)}&month={month.isoformat()}"

    values = {
        **frame_of(request, ctx, given),
        "first": first,
        "weeks": _weeks(found, first, today, alone, locale),
        "alone": alone,
        "here": address(first),
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


def _weeks(found: MilestoneDays, first: date, today: date, alone: date | None, locale: Locale) -> tuple[WeekRow, ...]:
    """The month's weeks; of each the first milestones are listed, or of one that is shown `alone` all."""
    by_day: dict[date, list[MilestoneDay]] = {}
    for item in found.items:
        by_day.setdefault(item.on, []).append(item)
    weeks = []
    monday = found.first
    while monday <= found.last:
        cells = tuple(_cell(monday + timedelta(days=offset), by_day, first, today) for offset in range(7))
        items = [item for cell in cells for item in by_day.get(cell.on, ()) if cell.inside]
        listed = items[:_LISTED] if alone is None else items if monday == alone else []
        more = len(items) - len(listed) if alone is None else 0
        week = monday.isocalendar().week
        weeks.append(WeekRow(week, monday.isoformat(), cells, _listed(listed, locale), more))
        monday += timedelta(days=7)
    return tuple(weeks)


def _listed(items: Iterable[MilestoneDay], locale: Locale) -> SafeString:
    """A row a milestone, written without a template: a month of a large house has hundreds."""
    drawn = []
    for item in items:
        reached = ' <span class="hw-quiet">reached</span>' if item.reached else ""
        baseline = dated(item.baseline, locale)
        drawn.append(
            f'<tr data-row><th scope="row" class="hw-wrap"><a href="{task_url(item.key, item.task)}">'
            f'<bdi>{escape(item.name)}</bdi></a>{reached}</th><td class="hw-wrap" data-label="Project">'
            f'<a href="{plan_url(item.key)}"><bdi>{escape(item.project)}</bdi></a></td>'
            f'<td data-label="Day">{dated(item.on, locale)}</td><td data-label="Baseline">{baseline}</td>'
            f'<td class="hw-right" data-label="Late">{escape(days(item.late_days, locale))}</td></tr>'
        )
    return mark_safe("".join(drawn))  # noqa: S308  every text is escaped


def _marks(items: Iterable[MilestoneDay]) -> SafeString:
    """The milestones of one day's cell."""
    drawn = []
    for item in items:
        late = item.late_days is not None and item.late_days > 0
        state = "reached" if item.reached else "late" if late else "planned"
        said = " reached" if item.reached else f" {item.late_days} working days late" if late else ""
        drawn.append(
            f'<li class="is-{state}"><a href="{task_url(item.key, item.task)}"'
            f' title="{escape(f"{item.name}, {item.project}")}"><bdi>{escape(item.name)}</bdi>'
            f' <span class="hw-quiet">{escape(item.key)}</span></a>'
            f'{f"""<span class="visually-hidden">{said}</span>""" if said else ""}</li>'
        )
    return mark_safe("".join(drawn))  # noqa: S308  every text is escaped


def _cell(on: date, by_day: dict[date, list[MilestoneDay]], first: date, today: date) -> DayCell:
    items = by_day.get(on, [])
    inside = (on.year, on.month) == (first.year, first.month)
    return DayCell(on, inside, on == today, on.weekday() > 4, _marks(items[:_SHOWN]), max(0, len(items) - _SHOWN))


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
    entries = [
        _day(item, locale, request.build_absolute_uri(reverse("task", args=[item.key, item.task])))
        for item in found.items
    ]
    response = HttpResponse(ics.calendar("Milestones", entries, at=ctx.now), content_type=_MEDIA_TYPE)
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
