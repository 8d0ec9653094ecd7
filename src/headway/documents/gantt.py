"""The geometry of a Gantt: one drawing for SVG, PDF and native Office shapes alike.

`draw` gives rows with names, a two-tier time scale, shaded rest days, bars with progress inside, summaries,
milestones, baseline bars, links and the one red status line. A Gantt of milestones alone becomes a time line with
staggered labels. `parts` cuts a long plan into pages that share one time scale.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from headway.documents.drawing import Drawing, Item, Label, Line, Polygon, Rect
from headway.documents.style import shortened, text_width
from headway.documents.tree import Gantt, GanttKind, GanttLink, GanttRow, day_text

ROW_HEIGHT = 16.0
LEAST_ROW_HEIGHT = 10.5
HEADER_HEIGHT = 28.0
TOP_ROOM = 11.0  # for the status date above the scale
LABEL_GAP = 7.0
MOST_LINKS = 120
STAGGER_WITHIN = 1.05 * 72  # time line: labels closer than this get another level
_NAME_SHARE = 0.36
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scale:
    """Which x a moment has."""

    first: date
    last: date  # the day after the last one drawn
    left: float
    right: float

    @property
    def per_day(self) -> float:
        """Points a day."""
        return (self.right - self.left) / max((self.last - self.first).days, 1)

    def x(self, moment: datetime) -> float:
        """Position of a local moment, unclipped."""
        days = (moment - datetime.combine(self.first, time())) / _DAY
        return self.left + days * self.per_day

    def clipped(self, moment: datetime) -> float:
        """Position of a moment, kept inside the plot."""
        return min(max(self.x(moment), self.left), self.right)


def is_timeline(gantt: Gantt) -> bool:
    """Whether only milestones are to be drawn."""
    return bool(gantt.rows) and all(row.kind is GanttKind.MILESTONE for row in gantt.rows)


def fitting_rows(height: float) -> int:
    """Rows that stay legible in that height."""
    return max(int((height - HEADER_HEIGHT - TOP_ROOM) / LEAST_ROW_HEIGHT), 1)


def parts(gantt: Gantt, rows: int) -> tuple[Gantt, ...]:
    """The Gantt in pieces of at most that many rows of about equal number, all on the same time scale."""
    if len(gantt.rows) <= rows:
        return (gantt,)
    first, last = span(gantt)
    count = -(-len(gantt.rows) // rows)
    each = -(-len(gantt.rows) // count)
    return tuple(
        dataclasses.replace(
            gantt,
            title=f"{gantt.title} ({number} of {count})",
            rows=gantt.rows[start : start + each],
            first=first,
            last=last - _DAY,
        )
        for number, start in enumerate(range(0, len(gantt.rows), each), start=1)
    )


def span(gantt: Gantt) -> tuple[date, date]:
    """First day drawn and the day after the last, from the rows, baselines and status date, with a margin."""
    moments = [begin(row.start) for row in gantt.rows] + [end(row.finish) for row in gantt.rows]
    moments += [begin(row.baseline_start) for row in gantt.rows if row.baseline_start]
    moments += [end(row.baseline_finish) for row in gantt.rows if row.baseline_finish]
    if gantt.status_date:
        moments.append(datetime.combine(gantt.status_date, time()))
    if not moments:
        today = gantt.first or gantt.last or date(2000, 1, 1)
        return today, today + _DAY
    earliest, latest = min(moments).date(), max(moments).date()
    margin = max((latest - earliest).days // 50, 2)
    return gantt.first or earliest - margin * _DAY, (gantt.last or latest + margin * _DAY) + _DAY


def describe(gantt: Gantt) -> str:
    """The plan in words: how many rows, the span, what is critical, the milestones."""
    if gantt.description:
        return gantt.description
    if not gantt.rows:
        return f"{gantt.title}. {gantt.empty}"
    start = min(begin(row.start) for row in gantt.rows)
    finish = max(last_day(row.finish) for row in gantt.rows)
    tasks = sum(row.kind is GanttKind.TASK for row in gantt.rows)
    critical = sum(row.critical and row.kind is GanttKind.TASK for row in gantt.rows)
    milestones = [
        f"{row.name} {day_text(begin(row.start).date())}" for row in gantt.rows if row.kind is GanttKind.MILESTONE
    ]
    words = f"{gantt.title}. Gantt chart from {day_text(start.date())} to {day_text(finish)}"
    words += f": {tasks} tasks, {critical} of them critical" if tasks else ""
    words += f"; milestones: {', '.join(milestones[:12])}" if milestones else ""
    return words + "."


def begin(moment: date | datetime) -> datetime:
    """A plain date as its morning."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time())


def end(moment: date | datetime) -> datetime:
    """A plain date as its evening, that is the next midnight."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time()) + _DAY


def last_day(moment: date | datetime) -> date:
    """The day that a finish belongs to: midnight ends the day before."""
    instant = end(moment)
    return instant.date() - _DAY if instant.time() == time() else instant.date()


def draw(gantt: Gantt, width: float, max_height: float | None = None) -> Drawing:
    """The Gantt as a drawing of that width; row height shrinks to fit `max_height`, down to what stays legible.

    Without rows: a pale box with the sentence that says so.
    """
    if not gantt.rows:
        items: tuple[Item, ...] = (
            Rect(0, 0, width, 60, "pale"),
            Label(width / 2, 30, gantt.empty, 10, "grey-text", "middle"),
        )
        return Drawing(width, 60, items, describe(gantt))
    if is_timeline(gantt):
        return _timeline(gantt, width)
    row_height = ROW_HEIGHT
    if max_height is not None:
        room = (max_height - HEADER_HEIGHT - TOP_ROOM) / len(gantt.rows)
        row_height = min(max(room, LEAST_ROW_HEIGHT), ROW_HEIGHT * 1.35)
    size = min(row_height * 0.56, 10.0)
    name_width = min(
        max(text_width(row.name, size, bold=row.kind is GanttKind.SUMMARY) + row.level * 8 for row in gantt.rows) + 10,
        width * _NAME_SHARE,
    )
    first, last = span(gantt)
    scale = Scale(first, last, name_width, width - _label_overhang(gantt, size, width - name_width, first, last))
    top = TOP_ROOM + HEADER_HEIGHT
    height = top + row_height * len(gantt.rows) + 2
    drawn: list[Item] = []
    drawn += _rest_days(gantt, scale, TOP_ROOM + HEADER_HEIGHT / 2, height)
    drawn += _time_scale(scale, TOP_ROOM, top, height)
    drawn += _row_rules(gantt, width, top, row_height)
    places = {row.uid: _Place(row, scale, top + index * row_height, row_height) for index, row in enumerate(gantt.rows)}
    drawn += _links(gantt.links, places)
    for place in places.values():
        drawn += place.items()
    drawn += _status_line(gantt, scale, TOP_ROOM, height)
    for place in places.values():
        drawn += place.labels(name_width, size)
    return Drawing(width, height, tuple(drawn), describe(gantt))


@dataclass(frozen=True, slots=True)
class _Place:
    """One row with its position."""

    row: GanttRow
    scale: Scale
    top: float
    height: float

    @property
    def middle(self) -> float:
        return self.top + self.height * (0.44 if self.has_baseline else 0.5)

    @property
    def has_baseline(self) -> bool:
        return self.row.baseline_start is not None and self.row.baseline_finish is not None

    @property
    def start(self) -> float:
        if self.row.kind is GanttKind.MILESTONE:
            return self.scale.clipped(self._milestone_moment()) - self._half
        return self.scale.clipped(begin(self.row.start))

    @property
    def finish(self) -> float:
        if self.row.kind is GanttKind.MILESTONE:
            return self.scale.clipped(self._milestone_moment()) + self._half
        return max(self.scale.clipped(end(self.row.finish)), self.start + 1.5)

    @property
    def _half(self) -> float:
        return min(self.height * 0.36, 6.0)

    def _milestone_moment(self) -> datetime:
        """A milestone of a plain date stands in the middle of its day."""
        moment = self.row.finish
        return moment if isinstance(moment, datetime) else datetime.combine(moment, time(12))

    def items(self) -> list[Item]:
        row, middle = self.row, self.middle
        made: list[Item] = []
        if self.has_baseline and row.baseline_start and row.baseline_finish:
            made += self._baseline(row.baseline_start, row.baseline_finish)
        name = self._spoken()
        if row.kind is GanttKind.MILESTONE:
            x, half = (self.start + self.finish) / 2, self._half
            points = ((x, middle - half), (x + half, middle), (x, middle + half), (x - half, middle))
            return [*made, Polygon(points, "critical" if row.critical else "ink", name)]
        if row.kind is GanttKind.SUMMARY:
            return made + self._summary(name)
        thick = self.height * (0.42 if self.has_baseline else 0.52)
        role = "critical" if row.critical else "accent"
        length = self.finish - self.start
        made.append(Rect(self.start, middle - thick / 2, length, thick, f"{role}-pale", name))
        done = min(max(float(row.progress), 0.0), 100.0) / 100 * length
        if done > 0:
            made.append(Rect(self.start, middle - thick / 2, done, thick, role, f"{row.progress:.0f} % done"))
        return made

    def _baseline(self, first: date | datetime, last: date | datetime) -> list[Item]:
        """A thin bar under the row's own; a small open mark under a milestone."""
        y = self.top + self.height * 0.76
        if self.row.kind is GanttKind.MILESTONE:
            moment = last if isinstance(last, datetime) else datetime.combine(last, time(12))
            x = self.scale.clipped(moment)
            size = self.height * 0.16
            return [Polygon(((x, y - size), (x + size, y), (x, y + size), (x - size, y)), "baseline", "Baseline")]
        x, until = self.scale.clipped(begin(first)), self.scale.clipped(end(last))
        return [Rect(x, y, max(until - x, 1.0), self.height * 0.13, "baseline", "Baseline")]

    def _summary(self, name: str) -> list[Item]:
        """A dark bar with both ends turned down."""
        thick, tip = self.height * 0.2, min(self.height * 0.3, (self.finish - self.start) / 2)
        y = self.middle - thick
        x, until = self.start, self.finish
        points = (
            (x, y), (until, y), (until, y + thick + tip), (until - tip, y + thick), (x + tip, y + thick),
            (x, y + thick + tip),
        )  # fmt: skip
        return [Polygon(points, "critical" if self.row.critical else "summary", name)]

    def labels(self, name_width: float, size: float) -> list[Item]:
        bold = self.row.kind is GanttKind.SUMMARY
        indent = self.row.level * 8
        y = self.top + self.height / 2
        shown = shortened(self.row.name, size, name_width - indent - 8, bold=bold)
        made: list[Item] = [Label(indent, y, shown, size, "ink", bold=bold)]
        if self.row.label:
            text = self.row.label
            small = size * 0.92
            x = self.finish + LABEL_GAP
            made.append(Label(x, self.middle, text, small, "grey-text"))
        return made

    def _spoken(self) -> str:
        row = self.row
        first, last = day_text(begin(row.start).date()), day_text(last_day(row.finish))
        if row.kind is GanttKind.MILESTONE:
            return f"{row.name}: {last}"
        return f"{row.name}: {first} to {last}, {row.progress:.0f} % done{', critical' if row.critical else ''}"


def _label_overhang(gantt: Gantt, size: float, room: float, first: date, last: date) -> float:
    """Width to keep free at the right so that the labels of late bars stay inside."""
    days = max((last - first).days, 1)
    overhang = 2.0
    for row in gantt.rows:
        if row.label:
            share = (end(row.finish) - datetime.combine(first, time())) / _DAY / days
            needed = text_width(row.label, size * 0.92) + LABEL_GAP + 6
            overhang = max(overhang, needed - (1 - min(share, 1.0)) * room)
    return min(overhang, room * 0.3)


def _rest_days(gantt: Gantt, scale: Scale, top: float, bottom: float) -> list[Item]:
    """Stretches of days without work, shaded where a day is wide enough to be seen."""
    if scale.per_day < 1.6:
        return []
    resting = set(gantt.non_working)
    items: list[Item] = []
    day, started = scale.first, None
    while day <= scale.last:
        rests = day < scale.last and (day.weekday() in gantt.rest_days or day in resting)
        if rests and started is None:
            started = day
        if not rests and started is not None:
            x = scale.x(datetime.combine(started, time()))
            until = scale.x(datetime.combine(day, time()))
            items.append(Rect(x, top, until - x, bottom - top, "rest"))
            started = None
        day += _DAY
    return items


def _time_scale(scale: Scale, top: float, bottom: float, until: float) -> list[Item]:
    """Two tiers: months over weeks, years over months or quarters, or years alone, by the room for a label."""
    tier = (bottom - top) / 2
    if scale.per_day * 7 >= 15:
        upper, lower = "month", "week"
    elif scale.per_day * 30 >= 22:
        upper, lower = "year", "month"
    elif scale.per_day * 91 >= 20:
        upper, lower = "year", "quarter"
    else:
        upper, lower = "", "year"
    items: list[Item] = []
    for unit, y, reach in ((upper, top, bottom), (lower, top + tier, until)):
        if unit:
            items += _tier(scale, unit, y, tier, reach)
    items.append(Line(((0, bottom), (scale.right, bottom)), "rule", 0.75))
    return items


def _tier(scale: Scale, unit: str, top: float, height: float, reach: float) -> list[Item]:
    items: list[Item] = []
    start = _unit_start(scale.first, unit)
    while start < scale.last:
        following = _unit_start(start + timedelta(days=_UNIT_DAYS[unit]), unit)
        x = scale.clipped(datetime.combine(start, time()))
        until = scale.clipped(datetime.combine(following, time()))
        if start >= scale.first:
            items.append(Line(((x, top), (x, reach)), "grid", 0.5))
        shown = _unit_text(start, unit, until - x)
        if shown:
            items.append(Label(x + 3, top + height / 2, shown, 8.0, "grey-text"))
        start = following
    return items


_UNIT_DAYS = {"week": 7, "month": 32, "quarter": 95, "year": 370}


def _unit_start(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    if unit == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(month=1, day=1)


def _unit_text(start: date, unit: str, room: float) -> str:
    month = day_text(start).split()[1]
    choices = {
        "week": (str(start.day),),
        "month": (f"{month} {start.year}", month),
        "quarter": (f"Q{(start.month + 2) // 3}",),
        "year": (str(start.year),),
    }[unit]
    return next((words for words in choices if text_width(words, 8.0) + 4 <= room), "")


def _row_rules(gantt: Gantt, width: float, top: float, height: float) -> list[Item]:
    """A pale line over each group, so that the eye finds the row's name."""
    return [
        Line(((0, top + index * height), (width, top + index * height)), "grid", 0.5)
        for index, row in enumerate(gantt.rows)
        if index and row.kind is GanttKind.SUMMARY and row.level <= 1
    ]


def _links(links: tuple[GanttLink, ...], places: dict[int, _Place]) -> list[Item]:
    """Elbowed arrows between rows that are both drawn; none when there would be a thicket."""
    drawn = [link for link in links if link.predecessor in places and link.successor in places]
    if len(drawn) > MOST_LINKS:
        return []
    return [
        Line(
            _route(places[link.predecessor], places[link.successor], link.type),
            "link",
            0.7,
            arrow=True,
            name=f"{link.type} link",
        )
        for link in drawn
        if link.predecessor != link.successor
    ]


def _route(before: _Place, after: _Place, kind: str) -> tuple[tuple[float, float], ...]:
    """Corner points of a link: out of one bar's end, down or up, into the other's; around when they overlap."""
    leaves_right, enters_left = kind[0] == "F", kind[1] == "S"
    x0, x1 = (before.finish if leaves_right else before.start), (after.start if enters_left else after.finish)
    y0, y1 = before.middle, after.middle
    out = x0 + (3.5 if leaves_right else -3.5)
    into = x1 - (6.0 if enters_left else -6.0)
    if leaves_right and enters_left and out <= into:
        return ((x0, y0), (out, y0), (out, y1), (x1, y1))
    if leaves_right != enters_left:
        turn = max(out, into) if leaves_right else min(out, into)
        return ((x0, y0), (turn, y0), (turn, y1), (x1, y1))
    between = after.top if y1 > y0 else after.top + after.height
    return ((x0, y0), (out, y0), (out, between), (into, between), (into, y1), (x1, y1))


def _status_line(gantt: Gantt, scale: Scale, top: float, bottom: float) -> list[Item]:
    if gantt.status_date is None:
        return []
    moment = datetime.combine(gantt.status_date, time(23, 59))
    x = scale.x(moment)
    if not scale.left <= x <= scale.right:
        return []
    shown = f"Status {day_text(gantt.status_date, year=False)}"
    anchor = "end" if x + text_width(shown, 8) / 2 > scale.right else "middle"
    return [
        Line(((x, top - 1), (x, bottom)), "status", 1.1, name=shown),
        Label(x, top - 6, shown, 8.0, "status", anchor, bold=True),
    ]


def _timeline(gantt: Gantt, width: float) -> Drawing:
    """Milestones on one line; labels that would come closer than 1.05 inch climb to another level."""
    first, last = span(gantt)
    scale = Scale(first, last, 30.0, width - 30.0)
    rows = sorted(gantt.rows, key=lambda row: end(row.finish))
    levels: list[float] = []  # right end of the last label on each level
    placed: list[tuple[GanttRow, float, int, float]] = []
    for row in rows:
        moment = row.finish if isinstance(row.finish, datetime) else datetime.combine(row.finish, time(12))
        x = scale.clipped(moment)
        room = min(max(text_width(row.name, 8.5, bold=True), text_width(row.label, 8)) + 8, 150)
        left = min(max(x - room / 2, 0.0), width - room)
        level = next((n for n, taken in enumerate(levels) if left >= taken), len(levels))
        if level == len(levels):
            levels.append(0.0)
        levels[level] = max(left + room, x + min(STAGGER_WITHIN, room) / 2)
        placed.append((row, x, level, left + room / 2))
    line_y = TOP_ROOM + len(levels) * 26 + 12
    items: list[Item] = [Rect(scale.left, line_y - 1.5, scale.right - scale.left, 3, "rule")]
    items += _tier(scale, "month" if scale.per_day * 30 >= 22 else "year", line_y + 8, 12, line_y + 20)
    for row, x, level, centre in placed:
        y = TOP_ROOM + (len(levels) - 1 - level) * 26 + 6
        items.append(Line(((x, y + 18), (x, line_y)), "grid", 0.7))
        items.append(Label(centre, y, shortened(row.name, 8.5, 148, bold=True), 8.5, "ink", "middle", bold=True))
        when = row.label or day_text(last_day(row.finish))
        items.append(Label(centre, y + 11, when, 8, "grey-text", "middle"))
        role = "critical" if row.critical else "accent"
        items.append(Polygon(((x, line_y - 6), (x + 6, line_y), (x, line_y + 6), (x - 6, line_y)), role, row.name))
    items += _status_line(gantt, scale, TOP_ROOM, line_y + 8)
    return Drawing(width, line_y + 24, tuple(items), describe(gantt))
