"""The drawing of a plan as it is shown: pages whose head and table repeat, or one picture of everything.

Every page has the title, the mark of a working copy, column heads, two rows of time scale, and the remarks at its foot.
Not here: file formats (`pdf`, `pptx`, `drawing`), what is shown (`shown_plan`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from headway.documents.drawing import Drawing, Item, Label, Line, Polygon, Rect
from headway.documents.shown_plan import DAY, ShownLink, ShownPlan, ShownRow, Stretch, at, moment_of
from headway.documents.style import shortened, text_width
from headway.documents.tree import day_text

COPY_WORDS = "WORKING COPY"
POINTS = 0.577  # of a pixel on the screen: its 13 pixels high letters get 7.5 points
ROW = 15.0
HEAD = 27.0
TITLE_ROOM = 26.0
FOOT_ROOM = 24.0
SIZE = 7.5
_INDENT = 7.0
_PAD = 3.0
_MOST_TABLE = 0.62  # of the width
_LEAST_CHART = 60.0
_SHADED_FROM = 1.2  # points a day
_OUT = 4.5  # how far links leave a bar
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Paper:
    """Width and height in points, and the margin at all sides; `framed`: title and remarks are part of the drawing."""

    width: float
    height: float
    margin: float = 28.0
    framed: bool = True


PAPERS = {
    "a4": Paper(841.89, 595.28),
    "a3": Paper(1190.55, 841.89),
    "letter": Paper(792.0, 612.0),
    "tabloid": Paper(1224.0, 792.0),
}


def sheets(shown: ShownPlan, paper: Paper) -> tuple[Drawing, ...]:
    """What is shown on pages of that paper, down the rows and, where it is paged, along the time."""
    room = paper.width - 2 * paper.margin
    widths = _table_widths(shown, room)
    chart = room - sum(widths)
    spans = _spans(shown, chart)
    above = TITLE_ROOM if paper.framed else 0.0
    below = FOOT_ROOM if paper.framed else 0.0
    each = max(int((paper.height - 2 * paper.margin - above - below - HEAD) / ROW), 1)
    starts = range(0, max(len(shown.rows), 1), each)
    count = len(starts) * len(spans)
    made: list[Drawing] = []
    for span in spans:
        for start in starts:
            sheet = _Sheet(shown, widths, chart, span, range(start, min(start + each, len(shown.rows))))
            made.append(_framed(shown, paper, sheet, len(made) + 1, count))
    return tuple(made)


def page_count(shown: ShownPlan, paper: Paper) -> int:
    """How many pages `sheets` would make."""
    room = paper.width - 2 * paper.margin
    frame = (TITLE_ROOM + FOOT_ROOM) if paper.framed else 0.0
    each = max(int((paper.height - 2 * paper.margin - frame - HEAD) / ROW), 1)
    return -(-max(len(shown.rows), 1) // each) * len(_spans(shown, room - sum(_table_widths(shown, room))))


def picture(shown: ShownPlan) -> Drawing:
    """All rows in one drawing: the span that fits the screen as wide as there, a longer one at the screen's zoom."""
    widths = tuple(column.width * POINTS for column in shown.columns)
    days = (shown.last - shown.first) / DAY
    chart = max((days * shown.per_day if shown.paged else shown.chart_width) * POINTS, _LEAST_CHART)
    paper = Paper(
        sum(widths) + chart + 2 * 16, len(shown.rows) * ROW + HEAD + TITLE_ROOM + FOOT_ROOM + 2 * 16 + 1, margin=16
    )
    sheet = _Sheet(shown, widths, chart, (shown.first, shown.last), range(len(shown.rows)))
    return _framed(shown, paper, sheet, 1, 1)


def _table_widths(shown: ShownPlan, room: float) -> tuple[float, ...]:
    widths = [column.width * POINTS for column in shown.columns]
    factor = min(1.0, room * _MOST_TABLE / max(sum(widths), 1.0))
    return tuple(width * factor for width in widths)


def _spans(shown: ShownPlan, chart: float) -> list[Stretch]:
    if not shown.paged:
        return [(shown.first, shown.last)]
    each = max(round(chart / (shown.per_day * POINTS) * DAY), 60)
    return [(first, first + each) for first in range(shown.first, shown.last, each)]


def _framed(shown: ShownPlan, paper: Paper, sheet: _Sheet, number: int, count: int) -> Drawing:
    """A sheet with its title above and its remarks below, moved to its place on the paper."""
    left, top = paper.margin, paper.margin + (TITLE_ROOM if paper.framed else 0.0)
    items = [moved(item, left, top) for item in sheet.items()]
    if paper.framed:
        right, foot = paper.width - paper.margin, paper.height - paper.margin - 6
        room = paper.width - 2 * paper.margin
        mark = text_width(COPY_WORDS, 9, bold=True) + 12
        page = f"Page {number} of {count}" if count > 1 else ""
        remarks = shortened(" · ".join(shown.remarks), SIZE, room - text_width(page, SIZE) - 12)
        title = shortened(shown.title, 12, room - mark, bold=True)
        items += [
            Label(left, paper.margin + 8, title, 12, "ink", bold=True),
            Label(right, paper.margin + 8, COPY_WORDS, 9, "critical", "end", bold=True),
            Line(((left, foot - 9), (right, foot - 9)), "rule", 0.6),
            Label(left, foot, remarks, SIZE, "grey-text"),
        ]
        if page:
            items.append(Label(right, foot, page, SIZE, "grey-text", "end"))
    return Drawing(paper.width, paper.height, tuple(items), sheet.description(number, count))


def moved(item: Item, x: float, y: float) -> Item:
    """The same item elsewhere."""
    if isinstance(item, Rect):
        return Rect(item.x + x, item.y + y, item.width, item.height, item.role, item.name, item.rounded)
    if isinstance(item, Label):
        return Label(item.x + x, item.y + y, item.text, item.size, item.role, item.anchor, item.bold, item.turned)
    points = tuple((px + x, py + y) for px, py in item.points)
    if isinstance(item, Polygon):
        return Polygon(points, item.role, item.name)
    return Line(points, item.role, item.width, item.dashed, item.arrow, item.name)


class _Sheet:
    """Some rows over some time, drawn from the corner at 0, 0."""

    def __init__(self, shown: ShownPlan, widths: tuple[float, ...], chart: float, span: Stretch, rows: range) -> None:
        self.shown = shown
        self.widths = widths
        self.first, self.last = span
        self.rows = rows
        self.left = sum(widths)
        self.right = self.left + chart
        self.per_day = chart / max((self.last - self.first) / DAY, 1e-6)
        self.bottom = HEAD + len(rows) * ROW

    def x(self, moment: float) -> float:
        """Position of a moment, unclipped."""
        return self.left + (moment - self.first) / DAY * self.per_day

    def inside(self, x: float) -> float:
        return min(max(x, self.left), self.right)

    def top(self, place: int) -> float:
        """Upper edge of a row, also of one on another page."""
        return HEAD + (place - self.rows.start) * ROW

    def description(self, number: int, count: int) -> str:
        """The sheet in words."""
        rows = [self.shown.rows[place] for place in self.rows]
        names = "; ".join(" ".join(cell for cell in row.cells if cell) for row in rows[:40])
        more = f"; and {len(rows) - 40} more rows" if len(rows) > 40 else ""
        page = f", page {number} of {count}" if count > 1 else ""
        first, last = day_text(at(self.first).date()), day_text(at(self.last).date())
        heads = ", ".join(column.title for column in self.shown.columns)
        return f"{self.shown.title}{page}. Table of {heads} and bars from {first} to {last}. {names}{more}."

    def items(self) -> list[Item]:
        """Everything, from back to front."""
        made: list[Item] = [*self._shades(), *self._tints(), *self._scale(), *self._rules()]
        made += self._links()
        for place in self.rows:
            made += _Bar(self, self.shown.rows[place], self.top(place)).items()
        made += self._lines()
        made += self._table()
        return made

    # table

    def _table(self) -> Iterator[Item]:
        x = 0.0
        for number, (column, width) in enumerate(zip(self.shown.columns, self.widths, strict=True)):
            edge, anchor = (x + width - _PAD, "end") if column.right else (x + _PAD, "start")
            room = width - 2 * _PAD
            yield Label(edge, HEAD - 7, shortened(column.title, SIZE, room), SIZE, "grey-text", anchor)
            for place in self.rows:
                row = self.shown.rows[place]
                words = row.cells[number] if number < len(row.cells) else ""
                if not words:
                    continue
                bold = row.kind == "summary" or "group" in row.looks
                indent = min(row.level - 1, 12) * _INDENT if column.tree else 0.0
                shown = shortened(words, SIZE, max(room - indent, SIZE), bold=bold)
                role = "grey-text" if "inactive" in row.looks or "done" in row.looks else "ink"
                yield Label(edge + indent, self.top(place) + ROW / 2, shown, SIZE, role, anchor, bold=bold)
                if "inactive" in row.looks:
                    y, wide = self.top(place) + ROW / 2, text_width(shown, SIZE, bold=bold)
                    begin = edge + indent if anchor == "start" else edge - wide
                    yield Line(((begin, y), (begin + wide, y)), "grey-text", 0.5)
            x += width

    def _rules(self) -> Iterator[Item]:
        for place in self.rows:
            y = self.top(place) + ROW
            yield Line(((0, y), (self.right, y)), "grid", 0.4)
        yield Line(((self.left, 0), (self.left, self.bottom)), "rule", 0.8)
        yield Line(((0, HEAD), (self.right, HEAD)), "rule", 0.8)

    def _tints(self) -> Iterator[Item]:
        for place in self.rows:
            tint = self.shown.rows[place].tint
            if tint:
                yield Rect(0, self.top(place), self.left, ROW, f"tint-{tint}")

    # time

    def _shades(self) -> Iterator[Item]:
        if self.per_day < _SHADED_FROM:
            return
        run = self.rows.start
        while run < self.rows.stop:
            calendar = self.shown.rows[run].calendar
            end = run + 1
            while end < self.rows.stop and self.shown.rows[end].calendar == calendar:
                end += 1
            for begin, until in self.shown.resting.get(calendar, ()):
                left, right = self.inside(self.x(begin)), self.inside(self.x(until))
                if right > left:
                    yield Rect(left, self.top(run), right - left, (end - run) * ROW, "rest")
            run = end

    def _scale(self) -> Iterator[Item]:
        lower = next((unit for unit in _UNITS if _DAYS[unit] * self.per_day >= _LEAST[unit]), "year")
        upper = _ABOVE[lower]
        for unit, y, reach in ((upper, 0.0, HEAD), (lower, HEAD / 2, self.bottom)):
            begin = _floor(at(self.first), unit)
            while moment_of(begin) < self.last:
                following = _next(begin, unit)
                left = self.inside(self.x(moment_of(begin)))
                right = self.inside(self.x(moment_of(following)))
                if left > self.left:
                    yield Line(((left, y), (left, reach)), "grid", 0.5)
                usual = _DAYS[unit] * self.per_day  # so that all of one row are written alike
                words = self._tick_words(begin, unit, min(usual, right - left) - 4)
                if words:
                    yield Label(left + 2.5, y + HEAD / 4, words, 7.0, "ink" if unit == upper else "grey-text")
                begin = following
        yield Line(((self.left, HEAD / 2), (self.right, HEAD / 2)), "grid", 0.5)

    def _tick_words(self, begin: datetime, unit: str, room: float) -> str:
        choices = _tick_choices(begin, unit, month_first=self.shown.month_first)
        return next((words for words in choices if text_width(words, 7.0) <= room), "")

    def _lines(self) -> Iterator[Item]:
        for number, line in enumerate(self.shown.lines):
            x = self.x(line.moment)
            if not self.left <= x <= self.right:
                continue
            yield Line(((x, HEAD), (x, self.bottom)), line.role, 1.0, dashed=line.role == "status", name=line.words)
            wide = text_width(line.words, 6.5, bold=True) + 4
            anchor, edge = ("start", x + 2) if x + wide <= self.right else ("end", x - 2)
            y = self.bottom - 5 - number * 9
            begin = edge - 1 if anchor == "start" else edge + 1 - wide
            yield Rect(begin, y - 4, wide, 8, "paper")
            yield Label(edge, y, line.words, 6.5, line.role, anchor, bold=True)

    # links

    def _links(self) -> Iterator[Item]:
        for link in self.shown.links:
            low, high = min(link.before, link.after), max(link.before, link.after)
            if high < self.rows.start or low >= self.rows.stop:
                continue
            points = self._route(link)
            if points:
                role, width = _LINK_LOOKS[link.look]
                yield from self._clipped(points, role, width, f"{link.kind} link")

    def _route(self, link: ShownLink) -> tuple[Point, ...]:
        """Corners of a link: out of the end that it speaks of, into the other's, round where they overlap."""
        before, after = self.shown.rows[link.before], self.shown.rows[link.after]
        one, other = self._ends(before), self._ends(after)
        if one is None or other is None:
            return ()
        leaves_right, enters_left = link.kind in {"FS", "FF"}, link.kind in {"FS", "SS"}
        x1 = one[1] if leaves_right else one[0]
        x2 = other[0] if enters_left else other[1]
        y1, y2 = self.top(link.before) + _MIDDLE, self.top(link.after) + _MIDDLE
        down = 1 if link.after > link.before else -1
        if link.kind == "FS" and x2 >= x1 - 0.5:
            x = (other[0] + other[1]) / 2 if after.kind == "milestone" else x2 + min(3.0, (other[1] - other[0]) / 2)
            return ((x1, y1), (x, y1), (x, y2 - down * 3.6))
        side, way = (1 if leaves_right else -1), (-1 if enters_left else 1)
        start, beside = x1 + side * _OUT, x2 + way * _OUT
        if side == way:
            x = max(start, beside) if side > 0 else min(start, beside)
            return ((x1, y1), (x, y1), (x, y2), (x2, y2))
        between = self.top(link.before) + (ROW if down > 0 else 0)
        return ((x1, y1), (start, y1), (start, between), (beside, between), (beside, y2), (x2, y2))

    def _ends(self, row: ShownRow) -> tuple[float, float] | None:
        if row.start is None or row.finish is None or not row.kind:
            return None
        if row.kind == "milestone":
            return self.x(row.finish) - _HALF, self.x(row.finish) + _HALF
        return self.x(row.start), max(self.x(row.finish), self.x(row.start) + 1.5)

    def _clipped(self, points: Sequence[Point], role: str, width: float, name: str) -> Iterator[Line]:
        """The stretches of a line of level and upright pieces that lie on this sheet; the arrow where its end does."""
        kept: list[Point] = []
        for number, (one, other) in enumerate(pairwise(points)):
            piece = self._piece(one, other)
            if piece is None or (kept and kept[-1] != piece[0]):
                if len(kept) > 1:
                    yield Line(tuple(kept), role, width, name=name)
                kept = []
            if piece is None:
                continue
            kept = [*(kept or [piece[0]]), piece[1]]
            if number == len(points) - 2 and piece[1] == other and len(kept) > 1:
                yield Line(tuple(kept), role, width, arrow=True, name=name)
                return
        if len(kept) > 1:
            yield Line(tuple(kept), role, width, name=name)

    def _piece(self, one: Point, other: Point) -> tuple[Point, Point] | None:
        (x1, y1), (x2, y2) = one, other
        if max(x1, x2) < self.left or min(x1, x2) > self.right or max(y1, y2) < HEAD or min(y1, y2) > self.bottom:
            return None
        return self._near(one), self._near(other)

    def _near(self, point: Point) -> Point:
        return self.inside(point[0]), min(max(point[1], HEAD), self.bottom)


_MIDDLE = ROW * 0.44
_HALF = 3.8  # of a milestone
_THICK = 6.4
_WORDS_SIZE = 6.8
_LEAST_ROOM = 12.0  # for words beside a bar
_LINK_ROOM = 10.0  # before a bar, where links arrive
_LINK_LOOKS = {"plain": ("link", 0.6), "critical": ("critical", 0.8), "driving": ("accent", 1.3)}


@dataclass(frozen=True, slots=True)
class _Bar:
    """One row's bar with all that stands around it."""

    sheet: _Sheet
    row: ShownRow
    top: float

    def items(self) -> Iterator[Item]:
        row, sheet = self.row, self.sheet
        if not row.kind or row.start is None or row.finish is None:
            return
        left, right = sheet.x(row.start), max(sheet.x(row.finish), sheet.x(row.start) + 1.5)
        if row.slack is not None and row.slack > row.finish:
            until = sheet.x(row.slack)
            yield from self._level(right, until, self.top + _MIDDLE, "baseline", dashed=True, name="Slack")
        if row.baseline is not None:
            yield from self._baseline(row.baseline)
        if row.kind == "milestone":
            yield from self._diamond(sheet.x(row.finish), self.top + _MIDDLE, _HALF, self._role(), row.words)
        elif row.kind == "summary":
            yield from self._summary(left, right)
        else:
            yield from self._task(left, right)
        if row.deadline is not None:
            yield from self._deadline(row.deadline, missed=row.finish > row.deadline)
        yield from self._words(left, right)

    def _role(self) -> str:
        looks = self.row.looks
        if self.row.bar:
            return f"bar-{self.row.bar}"
        if "done" in looks:
            return "rise"
        if "critical" in looks:
            return "critical"
        return "accent" if self.row.kind == "task" else "ink"

    def _task(self, left: float, right: float) -> Iterator[Item]:
        row, role = self.row, self._role()
        y = self.top + _MIDDLE - _THICK / 2
        if "driving" in row.looks:
            yield from self._box(left - 1.6, right + 1.6, y - 1.6, _THICK + 3.2, "accent")
            yield from self._box(left - 0.7, right + 0.7, y - 0.7, _THICK + 1.4, "paper")
        if "inactive" in row.looks:
            yield from self._outline(left, right, y, dashed=True)
            return
        if len(row.parts) > 1:
            yield from self._level(left, right, self.top + _MIDDLE, role, dashed=True, name="Split")
        parts = row.parts if len(row.parts) > 1 else ((row.start or 0, row.finish or 0),)
        whole = sum(until - begin for begin, until in parts)
        done = whole * min(row.percent, 100) / 100
        pale = f"tint-{row.bar}" if row.bar else "fall" if role == "rise" else f"{role}-pale"
        for begin, until in parts:
            x, end = self.sheet.x(begin), max(self.sheet.x(until), self.sheet.x(begin) + 1.5)
            yield from self._box(x, end, y, _THICK, pale, name=row.cells[0] if row.cells else "")
            if row.bar or role == "critical":
                yield from self._outline(x, end, y)
            if done > 0:
                yield from self._box(x, self.sheet.x(min(until, begin + done)), y + 1.8, _THICK - 3.6, role)
            done -= until - begin
        if "manual" in row.looks:
            yield from self._outline(left, right, y, dashed=True)

    def _summary(self, left: float, right: float) -> Iterator[Item]:
        role = "critical" if "over" in self.row.looks else "ink"
        y, tip = self.top + 3.6, min(3.0, (right - left) / 2)
        yield from self._box(left, right, y, 2.6, role)
        for x, way in ((left, 1), (right, -1)):
            if self.sheet.left <= x <= self.sheet.right:
                yield Polygon(((x, y + 2.5), (x + way * tip, y + 2.5), (x, y + 6)), role)

    def _baseline(self, planned: Stretch) -> Iterator[Item]:
        x, until = self.sheet.x(planned[0]), self.sheet.x(planned[1])
        if planned[0] == planned[1] and self.row.kind != "summary":
            yield from self._diamond(until, self.top + ROW * 0.8, 2.0, "baseline", "Baseline")
        else:
            yield from self._box(x, max(until, x + 1), self.top + ROW * 0.77, 1.8, "baseline", name="Baseline")

    def _deadline(self, moment: int, *, missed: bool) -> Iterator[Item]:
        x, y = self.sheet.x(moment), self.top + 1.4
        if self.sheet.left <= x <= self.sheet.right:
            corners = ((x - 2.8, y), (x + 2.8, y), (x, y + 5.2))
            yield Polygon(corners, "critical" if missed else "summary", "Deadline")

    def _words(self, left: float, right: float) -> Iterator[Item]:
        """Behind the bar; before it where they have no room behind it and more before it."""
        row, sheet = self.row, self.sheet
        if not row.words:
            return
        half = _HALF if row.kind == "milestone" else 0.0
        end = max(right, sheet.x(row.finish or 0) + half, sheet.x(row.slack or 0), sheet.x(row.deadline or 0) + 3) + 5
        behind = sheet.right - 2 - end if end >= sheet.left else 0.0
        before = left - half - _LINK_ROOM - sheet.left - 2 if right <= sheet.right else 0.0
        room, anchor = behind, "start"
        if text_width(row.words, _WORDS_SIZE) > behind and before > behind:
            room, anchor = before, "end"
        if room <= _LEAST_ROOM:
            return
        words = shortened(row.words, _WORDS_SIZE, room)
        wide, y = text_width(words, _WORDS_SIZE), self.top + _MIDDLE
        x = end if anchor == "start" else left - half - _LINK_ROOM
        yield Rect((x if anchor == "start" else x - wide) - 1, y - 4, wide + 2, 8, "paper")
        yield Label(x, y, words, _WORDS_SIZE, "grey-text", anchor)

    # pieces, cut where the sheet ends

    def _box(self, left: float, right: float, y: float, height: float, role: str, *, name: str = "") -> Iterator[Item]:
        x, until = self.sheet.inside(left), self.sheet.inside(right)
        if until > x:
            yield Rect(x, y, until - x, height, role, name)

    def _level(
        self, left: float, right: float, y: float, role: str, *, dashed: bool = False, name: str = ""
    ) -> Iterator[Item]:
        x, until = self.sheet.inside(left), self.sheet.inside(right)
        if until > x:
            yield Line(((x, y), (until, y)), role, 0.8, dashed=dashed, name=name)

    def _outline(self, left: float, right: float, y: float, *, dashed: bool = False) -> Iterator[Item]:
        x, until = self.sheet.inside(left), self.sheet.inside(right)
        if until > x:
            corners = ((x, y), (until, y), (until, y + _THICK), (x, y + _THICK), (x, y))
            yield Line(corners, self._role(), 0.6, dashed=dashed)

    def _diamond(self, x: float, y: float, half: float, role: str, name: str) -> Iterator[Item]:
        if self.sheet.left <= x <= self.sheet.right:
            yield Polygon(((x, y - half), (x + half, y), (x, y + half), (x - half, y)), role, name)


# --- the scale of time --------------------------------------------------------------------------

_UNITS = ("hour", "quarterday", "day", "week", "month", "quarter", "year")
_DAYS = {"hour": 1 / 24, "quarterday": 0.25, "day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
_LEAST = {"hour": 12, "quarterday": 14, "day": 10.5, "week": 22, "month": 15, "quarter": 12, "year": 18}
_ABOVE = {
    "hour": "day", "quarterday": "day", "day": "week", "week": "month", "month": "year", "quarter": "year",
    "year": "year",
}  # fmt: skip
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def _floor(moment: datetime, unit: str) -> datetime:
    if unit in {"hour", "quarterday"}:
        return moment.replace(hour=moment.hour // 6 * 6 if unit == "quarterday" else moment.hour, minute=0, second=0)
    day = moment.replace(hour=0, minute=0, second=0)
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "day":
        return day
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[unit]
    return day.replace(month=month, day=1)


def _next(begin: datetime, unit: str) -> datetime:
    steps = {"hour": timedelta(hours=1), "quarterday": timedelta(hours=6), "day": timedelta(days=1)}
    if unit in steps:
        return begin + steps[unit]
    return _floor(begin + timedelta(days={"week": 7, "month": 32, "quarter": 95, "year": 370}[unit]), unit)


def _tick_choices(begin: datetime, unit: str, *, month_first: bool) -> tuple[str, ...]:
    """What may stand in a tick, the longest first."""
    month, day = _MONTHS[begin.month - 1], begin.day
    short = f"{month[:3]} {day}" if month_first else f"{day} {month[:3]}"
    week = begin.isocalendar().week
    return {
        "hour": (f"{begin:%H}:00", f"{begin:%H}"),
        "quarterday": (f"{begin:%H}:00", f"{begin:%H}"),
        "day": (f"{_WEEKDAYS[begin.weekday()]} {short} {begin.year}", f"{_WEEKDAYS[begin.weekday()]} {day}", str(day)),
        "week": (f"Week {week} · {short} {begin.year}", f"W{week} · {short}", f"W{week}"),
        "month": (f"{month} {begin.year}", f"{month[:3]} {begin.year}", month[:3], month[0]),
        "quarter": (f"Q{(begin.month + 2) // 3} {begin.year}", f"Q{(begin.month + 2) // 3}"),
        "year": (str(begin.year),),
    }[unit]
