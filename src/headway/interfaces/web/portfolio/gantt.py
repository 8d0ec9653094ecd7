"""Plans of several projects on one axis: projects folded to a bar and their milestones, opened to their tasks.

The address names what is shown and which projects are opened; each is opened by a link of its row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from html import escape
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe

from headway.areas.portfolio import across, queries
from headway.areas.portfolio.types import CombinedGantt, GanttLink, GanttProject, GanttTask
from headway.areas.projects.lines import lines_inside
from headway.documents.drawing import Drawing, Item, Label, Line, Polygon, Rect, svg
from headway.documents.tree import day_text
from headway.interfaces.web.addresses import plan_url, task_url
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import page, pages_in, show
from headway.interfaces.web.portfolio.asking import Asked, asked
from headway.interfaces.web.portfolio.pages import count, frame_of
from headway.interfaces.web.portfolio.timeline import month_start, months_on
from headway.interfaces.web.projects.drawings import style_address
from headway.interfaces.web.submitting import day_of
from headway.interfaces.web.templatetags.formats import short_date, weekday_date
from headway.interfaces.web.templatetags.pieces import icon
from headway.kernel.context import Context

PER_PAGE = 50
ROW, TOP = 32.0, 40.0  # as the style sheet draws the names beside the picture; it has the widths of the zooms, too
_MARK = 5.0
_ZOOMS = {"week": ("Weeks", 3, 1500.0), "month": ("Months", 8, 1200.0), "quarter": ("Quarters", 24, 1200.0)}
_BEFORE = 1  # months shown before today
_LEVELS = (1, 2, 3, 4)
_MOST_PATH = 12


@dataclass(frozen=True, slots=True)
class GanttLine:
    """A row beside the picture: a project or one of its tasks."""

    name: str
    href: str
    level: int
    project: GanttProject | None
    toggle: str
    start: datetime | None
    finish: datetime | None
    driving: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the address asks for beside the filters."""

    zoom: str
    first: date
    opened: tuple[str, ...]
    only: tuple[str, ...]
    level: int

    def address(self, given: Asked, path: str, **changes: object) -> str:
        values = {
            "zoom": self.zoom,
            "from": self.first.isoformat(),
            "level": self.level,
            "p": self.only,
            "open": self.opened,
        } | changes
        return f"{given.address(path)}&{urlencode(values, doseq=True)}"


@page()
def gantt(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The plans of the chosen projects on one axis, with the links between them."""
    given = asked(request, queries.views(ctx))
    today = ctx.now.date()
    shown = _shown(request, today)
    found = across.gantt(
        ctx,
        **given.filters,
        only=shown.only,
        opened=shown.opened,
        level=shown.level,
        cursor=request.GET.get("cursor", ""),
        limit=PER_PAGE,
    )
    locale = locale_of(request)
    path = request.path
    _, months, _ = _ZOOMS[shown.zoom]
    step = max(1, months // 2)

    def moved(first: date) -> str:
        return shown.address(given, path, **{"from": first.isoformat()})

    keys = tuple(project.key for project in found.projects)
    values = {
        **frame_of(request, ctx, given),
        "style": style_address(),
        "found": found,
        "names": _names(_lines(found, given, shown, path), locale),
        "picture": _picture(found, shown, today) if found.projects else None,
        "answer": _answer(found, locale),
        "path_words": [f"{name} ({key})" for key, name in found.path[-_MOST_PATH:]],
        "path_earlier": max(0, len(found.path) - _MOST_PATH),
        "zooms": [
            Link(label, shown.address(given, path, zoom=name), active=name == shown.zoom)
            for name, (label, _, _) in _ZOOMS.items()
        ],
        "levels": [(level, level == shown.level) for level in _LEVELS],
        "shown": shown,
        "projects": [(line.key, line.name, line.key in shown.only) for line in lines_inside(ctx)],
        "earlier": moved(months_on(shown.first, -step)),
        "later": moved(months_on(shown.first, step)),
        "now": moved(months_on(month_start(today), -_BEFORE)),
        "open_all": shown.address(given, path, open=keys[: across.MOST_OPENED]),
        "close_all": shown.address(given, path, open=()),
        "kept": [(name, value) for name, value in given.parameters().items() if name not in ("c",)],
        "total": found.total,
        "count": len(found.projects),
        **pages_in(request, found.next),
    }
    return show(request, ctx, "portfolio/gantt.html", values)


def _shown(request: HttpRequest, today: date) -> _Shown:
    zoom = request.GET.get("zoom", "month")
    level = request.GET.get("level", "2")
    return _Shown(
        zoom if zoom in _ZOOMS else "month",
        month_start(day_of(request.GET.get("from")) or months_on(today, -_BEFORE)),
        tuple(dict.fromkeys(request.GET.getlist("open")))[: across.MOST_OPENED],
        tuple(key[:20] for key in dict.fromkeys(request.GET.getlist("p")))[:PER_PAGE],
        int(level) if level in {str(one) for one in _LEVELS} else 2,
    )


def _lines(found: CombinedGantt, given: Asked, shown: _Shown, path: str) -> Iterator[GanttLine]:
    for project in found.projects:
        others = tuple(key for key in shown.opened if key != project.key)
        toggle = shown.address(given, path, open=others if project.opened else (*others, project.key))
        href = plan_url(project.key)
        yield GanttLine(
            project.name, href, 0, project, toggle, project.start, project.finish, project.driving, quiet=False
        )
        for task in project.tasks:
            there, span = task_url(project.key, task.id), (task.start, task.finish)
            yield GanttLine(task.name, there, task.level, None, "", *span, task.driving, quiet=task.elsewhere)
        if project.more:
            yield GanttLine(f"{project.more} more rows in the plan", href, 1, None, "", None, None, False, quiet=True)


def _names(lines: Iterable[GanttLine], locale: Locale) -> SafeString:
    """The rows beside the picture, written without a template: opened projects have hundreds."""
    return mark_safe("".join(_name(line, locale) for line in lines))  # noqa: S308  every text is escaped


def _name(line: GanttLine, locale: Locale) -> str:
    marks = f"{' is-project' if line.project else ''}{' is-driving' if line.driving else ''}"
    name = escape(line.name)
    when = f' <span class="hw-quiet pm-when">{escape(short_date(line.finish, locale))}</span>' if line.finish else ""
    path = '<span class="visually-hidden"> on the path to the last finish</span>' if line.driving else ""
    quiet = ' class="hw-quiet"' if line.quiet else ""
    toggle = _toggle(line, line.project) if line.project else ""
    link = f'<a href="{escape(line.href)}"{quiet}><bdi>{name}</bdi></a>'
    return f'<li class="pm-name{marks} pm-level-{line.level}" data-row>{toggle}{link}{when}{path}</li>'


def _toggle(line: GanttLine, project: GanttProject) -> str:
    """What opens the tasks of a project, or folds them away."""
    anchor = f"open-{escape(project.key)}"
    does, drawn = ("Fold", "chevron-down") if project.opened else ("Open the tasks of", "chevron-right")
    return (
        f'<a class="pm-toggle" id="{anchor}" href="{escape(line.toggle)}#{anchor}"'
        f' aria-expanded="{"true" if project.opened else "false"}" aria-label="{does} {escape(line.name)}">'
        f"{icon(drawn)}</a>"
    )


def _answer(found: CombinedGantt, locale: Locale) -> str:
    """'12 projects, 5 links between them. The last finish is Wed 15 Jul; it hangs on tasks of CRM, SITE.'"""
    if not found.projects:
        return "No project matches these filters."
    words = count(found.total, "project")
    if found.links:
        words += f", {count(len(found.links), 'link')} between them"
    if found.last_finish is None:
        return f"{words}. None has a plan yet."
    words += f". The last finish is {weekday_date(found.last_finish.date(), locale)}"
    keys = list(dict.fromkeys(key for key, _ in found.path))
    return f"{words}; it hangs on tasks of {', '.join(keys)}." if len(keys) > 1 else f"{words}."


# --- the picture ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Axis:
    first: datetime
    last: datetime
    width: float

    def x(self, moment: datetime) -> float:
        whole = (self.last - self.first).total_seconds()
        return self.width * ((moment - self.first).total_seconds() / whole)

    def span(self, start: datetime | None, finish: datetime | None) -> tuple[float, float] | None:
        """Left and right end of what can be seen of a span."""
        if start is None or finish is None or finish < self.first or start > self.last:
            return None
        return self.x(max(start, self.first)), self.x(min(finish, self.last))


def _picture(found: CombinedGantt, shown: _Shown, today: date) -> SafeString:
    _, months, width = _ZOOMS[shown.zoom]
    first = datetime.combine(shown.first, time())
    axis = _Axis(first, datetime.combine(months_on(shown.first, months), time()), width)
    rows = sum(1 + len(project.tasks) + bool(project.more) for project in found.projects)
    height = TOP + ROW * rows
    items: list[Item] = [*_grid(axis, height, weeks=shown.zoom == "week", quarters=shown.zoom == "quarter")]
    middles: dict[int, float] = {}
    bars: dict[int, float] = {}
    top = TOP
    for project in found.projects:
        bars[project.id] = top + ROW / 2
        items += _project(axis, project, top)
        top += ROW
        for task in project.tasks:
            items += _task(axis, task, top)
            middles[task.id] = top + ROW / 2
            top += ROW
        top += ROW * bool(project.more)
    for link in found.links:
        items += _arrow(axis, link, middles, bars)
    moment = datetime.combine(today, time(12))
    if axis.first <= moment <= axis.last:
        x = axis.x(moment)
        items.append(Line(((x, TOP - 8), (x, height)), "status", 1.2, name=f"Today, {day_text(today)}"))
    words = f"Plans of {count(len(found.projects), 'project')}, {day_text(shown.first)} on; the same stands in the rows"
    return mark_safe(svg(Drawing(width, height, tuple(items), words), "portfolio-gantt"))  # noqa: S308  svg escapes every text


def _grid(axis: _Axis, height: float, *, weeks: bool, quarters: bool) -> Iterator[Item]:
    """A column a month with its name above, or a quarter; by weeks a fine line for each Monday."""
    step = 3 if quarters else 1
    start = axis.first.date()
    if quarters:
        start = months_on(start, -((start.month - 1) % 3))
    while datetime.combine(start, time()) < axis.last:
        x = max(0.0, axis.x(datetime.combine(start, time())))
        label = f"Q{(start.month - 1) // 3 + 1} {start.year}" if quarters else f"{start:%b} {start.year}"
        yield Line(((x, 0), (x, height)), "grid")
        yield Label(x + 4, 10, label, 10, "grey-text")
        start = months_on(start, step)
    if weeks:
        monday = axis.first + timedelta(days=(7 - axis.first.weekday()) % 7)
        while monday < axis.last:
            x = axis.x(monday)
            yield Line(((x, TOP - 16), (x, height)), "grid", 0.5)
            yield Label(x + 3, TOP - 10, f"{monday.day}", 9, "grey-text")
            monday += timedelta(days=7)
    yield Line(((0, TOP), (axis.width, TOP)), "rule")


def _project(axis: _Axis, project: GanttProject, top: float) -> Iterator[Item]:
    middle = top + ROW / 2
    yield Line(((0, top + ROW), (axis.width, top + ROW)), "grid", 0.5)
    ends = axis.span(project.start, project.finish)
    if ends is not None and project.start is not None and project.finish is not None:
        left, right = ends
        role = "critical" if project.driving else "summary"
        told = f"{project.name}: {day_text(project.start.date())} to {day_text(project.finish.date())}"
        yield Rect(left, middle - 4, max(2.0, right - left), 8, role, told, rounded=True)
    for mark in project.milestones:
        yield from _diamond(axis, mark, middle)


def _task(axis: _Axis, task: GanttTask, top: float) -> Iterator[Item]:
    middle = top + ROW / 2
    yield Line(((0, top + ROW), (axis.width, top + ROW)), "grid", 0.5)
    if task.milestone and not task.summary:
        yield from _diamond(axis, task, middle)
        return
    ends = axis.span(task.start, task.finish)
    if ends is None or task.start is None or task.finish is None:
        return
    left, right = ends
    told = f"{task.name}: {day_text(task.start.date())} to {day_text(task.finish.date())}"
    if task.summary:
        yield Rect(left, middle - 3, max(2.0, right - left), 6, "summary", told)
        return
    role = "critical" if task.driving else "baseline" if task.elsewhere else "accent"
    pale = {"critical": "critical-pale", "baseline": "pale", "accent": "accent-pale"}[role]
    width = max(2.0, right - left)
    yield Rect(left, middle - 6, width, 12, pale if task.percent_complete < 100 else role, told, rounded=True)
    if 0 < task.percent_complete < 100:
        yield Rect(left, middle - 6, width * float(task.percent_complete) / 100, 12, role, rounded=True)
    elif not task.percent_complete:
        yield Line(((left, middle), (right, middle)), role, 2.5)


def _diamond(axis: _Axis, mark: GanttTask, y: float) -> Iterator[Item]:
    if mark.finish is None or not axis.first <= mark.finish <= axis.last:
        return
    x = axis.x(mark.finish)
    done = mark.percent_complete >= 100
    role = "critical" if mark.driving else "rise" if done else "accent"
    state = "reached" if done else "planned"
    points = ((x, y - _MARK), (x + _MARK, y), (x, y + _MARK), (x - _MARK, y))
    yield Polygon(points, role, f"{mark.name}, {state} {day_text(mark.finish.date(), weekday=True)}")


def _arrow(axis: _Axis, link: GanttLink, rows: Mapping[int, float], bars: Mapping[int, float]) -> Iterator[Item]:
    """A link between two rows; a task that is folded away is met on its project's bar.

    rows, bars  the middle of each task's and of each project's row.
    """
    if link.before_at is None or link.after_at is None:
        return
    y1, y2 = rows.get(link.before, bars[link.before_project]), rows.get(link.after, bars[link.after_project])
    x1, x2 = axis.x(link.before_at), axis.x(link.after_at)
    if max(x1, x2) < 0 or min(x1, x2) > axis.width:
        return
    x1, x2 = (min(max(x, 2.0), axis.width - 2.0) for x in (x1, x2))
    bend = x1 + 8
    near = y2 - (ROW / 2 - 2 if y2 > y1 else -(ROW / 2 - 2))
    points: tuple[tuple[float, float], ...]
    if x2 >= bend + 4:
        points = ((x1, y1), (bend, y1), (bend, y2), (x2 - 1, y2))
    else:
        points = ((x1, y1), (bend, y1), (bend, near), (x2 - 10, near), (x2 - 10, y2), (x2 - 1, y2))
    role = "critical" if link.driving else "link"
    yield Line(points, role, 1.6 if link.driving else 1.2, arrow=True, name=f"{link.words}, {link.type}{link.lag}")
