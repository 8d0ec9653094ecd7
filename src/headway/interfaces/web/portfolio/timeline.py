"""Milestones over projects on one axis: a picture by the documents' geometry, and the same as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from headway.areas.portfolio import queries
from headway.areas.portfolio.types import MilestoneMark, Timeline, TimelineRow
from headway.documents.drawing import Drawing, Item, Label, Line, Polygon, Rect, svg
from headway.documents.style import shortened, text_width
from headway.documents.tree import day_text
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import page, pages_in, show
from headway.interfaces.web.portfolio.asking import asked
from headway.interfaces.web.portfolio.pages import count, frame_of
from headway.interfaces.web.projects.drawings import style_address
from headway.interfaces.web.submitting import day_of
from headway.interfaces.web.templatetags.formats import days, weekday_date
from headway.kernel.context import Context

PER_PAGE = 25
_ZOOMS = {"month": 6, "quarter": 18}  # months shown at once
_WIDTH, _NAMES = 1040.0, 210.0
_ROW, _TOP = 30.0, 34.0
_SIZE = 9.0
_MARK = 5.0
_BEFORE = 1  # months shown before today
_QUARTER = 3


@page()
def timeline(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The milestones of all projects one works on, by month or quarter."""
    given = asked(request, queries.views(ctx))
    zoom = request.GET.get("zoom", "month")
    zoom = zoom if zoom in _ZOOMS else "month"
    today = ctx.now.date()
    first = month_start(day_of(request.GET.get("from")) or months_on(today, -_BEFORE))
    last = months_on(first, _ZOOMS[zoom]) - timedelta(days=1)
    found = queries.timeline(
        ctx, first=first, last=last, **given.filters, cursor=request.GET.get("cursor", ""), limit=PER_PAGE
    )
    locale = locale_of(request)

    def address(day: date, level: str) -> str:
        return f"{given.address(request.path)}&zoom={level}&from={day.isoformat()}"

    values = {
        **frame_of(request, ctx, given),
        "style": style_address(),
        "found": found,
        "zoom": zoom,
        "picture": picture(found, today, quarters=zoom == "quarter") if found.rows else None,
        "lines": _table(found, locale),
        "shown": len(found.rows),
        "answer": answer(found, today, locale),
        "zooms": [Link(label, address(first, level), active=level == zoom) for level, label in _ZOOM_LABELS],
        "earlier": address(months_on(first, -_ZOOMS[zoom] // 2), zoom),
        "later": address(months_on(first, _ZOOMS[zoom] // 2), zoom),
        "now": address(month_start(months_on(today, -_BEFORE)), zoom),
        **pages_in(request, found.next),
    }
    return show(request, ctx, "portfolio/timeline.html", values)


def _table(found: Timeline, locale: Locale) -> SafeString:
    """The milestones in rows, written without a template: a portfolio has hundreds."""
    drawn = []
    for row in found.rows:
        project = f'<a href="{reverse("plan", args=[row.key])}"><bdi>{escape(row.name)}</bdi></a>'
        for mark in row.milestones:
            reached = ' <span class="hw-quiet">reached</span>' if mark.reached else ""
            drawn.append(
                f'<tr data-row><th scope="row" class="hw-wrap"><bdi>{escape(mark.name)}</bdi>{reached}</th>'
                f'<td class="hw-wrap" data-label="Project">{project}</td>'
                f'<td data-label="Day">{escape(weekday_date(mark.on, locale))}</td>'
                f'<td data-label="Baseline">{escape(weekday_date(mark.baseline, locale))}</td>'
                f'<td class="hw-right" data-label="Late">{escape(days(mark.late_days, locale))}</td></tr>'
            )
    return mark_safe("".join(drawn))  # noqa: S308  every text is escaped


_ZOOM_LABELS = (("month", "Months"), ("quarter", "Quarters"))


def month_start(day: date) -> date:
    """The first of the day's month, far enough from both ends of the calendar to count on."""
    return min(max(day, _EARLIEST), _LATEST).replace(day=1)


_EARLIEST, _LATEST = date(100, 1, 1), date(9900, 1, 1)


def months_on(day: date, months: int) -> date:
    """The first day of the month so many months on."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def answer(found: Timeline, today: date, locale: Locale) -> str:
    """'14 milestones in 6 projects until 30 Sep 2026; 3 are late. Next is Go-live of Site build, Fri 27 Mar.'"""
    marks = [(mark, row) for row in found.rows for mark in row.milestones]
    if not marks:
        return "No milestone falls into these months."
    projects = sum(1 for row in found.rows if row.milestones)
    late = sum(1 for mark, _ in marks if not mark.reached and (mark.late_days or 0) > 0)
    words = f"{count(len(marks), 'milestone')} in {count(projects, 'project')}"
    words += f"; {late} {'is' if late == 1 else 'are'} late." if late else "; none is late."
    ahead = min((pair for pair in marks if not pair[0].reached and pair[0].on >= today), key=_by_day, default=None)
    if ahead is not None:
        words += f" Next is {ahead[0].name} of {ahead[1].name}, {weekday_date(ahead[0].on, locale)}."
    return words


def _by_day(pair: tuple[MilestoneMark, TimelineRow]) -> tuple[date, str]:
    return pair[0].on, pair[1].name


# --- the picture ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Axis:
    first: date
    last: date

    def x(self, day: date) -> float:
        days = (self.last - self.first).days + 1
        return _NAMES + (_WIDTH - _NAMES) * ((day - self.first).days / days)

    def shows(self, day: date) -> bool:
        return self.first <= day <= self.last


def picture(found: Timeline, today: date, *, quarters: bool) -> SafeString:
    """The timeline as an SVG whose project names are links. Late milestones are red, reached ones grey."""
    axis = _Axis(found.first, found.last)
    height = _TOP + _ROW * len(found.rows) + 6
    items: list[Item] = [*_columns(axis, height, quarters=quarters)]
    for place, row in enumerate(found.rows):
        items += _row(axis, row, _TOP + _ROW * place)
    if axis.shows(today):
        x = axis.x(today)
        items.append(Line(((x, _TOP - 6), (x, height)), "status", 1.2, name=f"Today, {day_text(today)}"))
    description = f"Milestones of {len(found.rows)} projects, {day_text(found.first)} to {day_text(found.last)}"
    drawn = svg(Drawing(_WIDTH, height, tuple(items), description), "portfolio-timeline")
    links = "".join(_link(row, _TOP + _ROW * place + _ROW / 2) for place, row in enumerate(found.rows))
    whole = drawn.replace('role="img"', 'role="group"', 1).removesuffix("</svg>") + links + "</svg>"
    return mark_safe(whole)  # noqa: S308  drawing.svg and _link escape every text


def _link(row: TimelineRow, middle: float) -> str:
    name = shortened(row.name, _SIZE + 1, _NAMES - 18)
    return (
        f'<a href="{escape(reverse("project", args=[row.key]))}"><title>{escape(row.name)}</title>'
        f'<text class="hd-f-ink" x="4" y="{middle + 3:.1f}" font-size="{_SIZE + 1}">{escape(name)}</text></a>'
    )


def _columns(axis: _Axis, height: float, *, quarters: bool) -> list[Item]:
    """A column a month, or a quarter, with its name above."""
    items: list[Item] = []
    step = _QUARTER if quarters else 1
    start = axis.first
    if quarters:
        start = months_on(start, -((start.month - 1) % _QUARTER))
    while start <= axis.last:
        following = months_on(start, step)
        left = max(_NAMES, axis.x(start))
        label = f"Q{(start.month - 1) // _QUARTER + 1} {start.year}" if quarters else day_text(start).split(" ", 1)[1]
        items.append(Line(((left, _TOP - 20), (left, height)), "grid"))
        if min(_WIDTH, axis.x(following)) - left > text_width(label, _SIZE) + 6:
            items.append(Label(left + 4, _TOP - 14, label, _SIZE, "grey-text"))
        start = following
    items.append(Line(((0, _TOP - 4), (_WIDTH, _TOP - 4)), "rule"))
    return items


def _row(axis: _Axis, row: TimelineRow, top: float) -> list[Item]:
    middle = top + _ROW / 2
    items: list[Item] = [Line(((0, top + _ROW), (_WIDTH, top + _ROW)), "grid", 0.5)]
    if row.start is not None and row.finish is not None and row.finish >= axis.first and row.start <= axis.last:
        left, right = axis.x(max(row.start, axis.first)), axis.x(min(row.finish, axis.last) + timedelta(days=1))
        span = f"{row.name}: {day_text(row.start)} to {day_text(row.finish)}"
        items.append(Rect(left, middle - 3, max(2.0, right - left), 6, "pale", span, rounded=True))
    free = _NAMES
    for mark in row.milestones:
        x = axis.x(mark.on)
        if mark.baseline is not None and mark.baseline != mark.on and axis.shows(mark.baseline):
            then = axis.x(mark.baseline)
            items.append(Line(((then, middle), (x, middle)), "baseline", 1.0, dashed=True))
            items.append(Line(((then, middle - 5), (then, middle + 5)), "baseline", 1.5, name=_promised(mark)))
        items.append(Polygon(_diamond(x, middle), _role(mark), _told(mark)))
        words = shortened(mark.name, _SIZE - 1, 110)
        if x - _MARK > free:
            items.append(Label(x + _MARK + 2, middle - 8, words, _SIZE - 1, "grey-text"))
            free = x + _MARK + 4 + text_width(words, _SIZE - 1)
    return items


def _diamond(x: float, y: float) -> tuple[tuple[float, float], ...]:
    return ((x, y - _MARK), (x + _MARK, y), (x, y + _MARK), (x - _MARK, y))


def _role(mark: MilestoneMark) -> str:
    if mark.reached:
        return "summary"
    return "critical" if (mark.late_days or 0) > 0 else "accent"


def _told(mark: MilestoneMark) -> str:
    state = "reached" if mark.reached else "planned"
    late = f", {mark.late_days} working days late" if mark.late_days and mark.late_days > 0 else ""
    return f"{mark.name}, {state} {day_text(mark.on, weekday=True)}{late}"


def _promised(mark: MilestoneMark) -> str:
    return f"{mark.name}, baseline {day_text(mark.baseline, weekday=True)}" if mark.baseline is not None else mark.name
