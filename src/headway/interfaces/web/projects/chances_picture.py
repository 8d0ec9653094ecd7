"""When the runs of a simulation end, drawn: a column for some days each, and P50, P80 and the deadline by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.safestring import mark_safe

from headway.areas.schedule.simulation_types import DeadlineChance
from headway.areas.schedule.types import FinishChances, FinishDay
from headway.documents import drawing
from headway.documents.drawing import Drawing, Item, Label, Line, Rect
from headway.documents.style import text_width
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.projects.drawings import Picture
from headway.interfaces.web.templatetags.formats import short_date

_WIDTH, _SIDE, _TOP, _ROW, _COLUMNS, _FOOT = 860.0, 8.0, 10.0, 15.0, 170.0, 22.0
_SIZE = 10.0
_FAR = 2  # a deadline so many times the width of the runs away is told beside them, not drawn among them
_TICKS = 7


@dataclass(frozen=True, slots=True)
class _Mark:
    """A day that is named: a line through the columns, and its words above them."""

    day: date
    text: str
    role: str
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class _Scale:
    """Days from left to right."""

    first: date
    days: int

    def at(self, day: date, part: float = 0.0) -> float:
        """Where a day begins, or `part` of it is over."""
        return _SIDE + (_WIDTH - 2 * _SIDE) * ((day - self.first).days + part) / self.days


def picture(found: FinishChances, deadline: DeadlineChance | None, locale: Locale) -> Picture | None:
    """The runs by the days on which they end; None where all end on one day."""
    if len(found.days) < 2:
        return None
    if deadline is not None and deadline.task is not None:
        deadline = None  # of one task: these are finishes of the whole plan
    drawn_deadline = deadline if deadline is not None and _is_near(found.days, deadline.day) else None
    title = f"Half of the runs end by {short_date(found.p50, locale)}, eight of ten by {short_date(found.p80, locale)}"
    shape = _drawing(found, tuple(_marks(found, drawn_deadline, locale)), deadline, title, locale)
    rows, ended = [], 0
    for day in found.days:
        ended += day.runs
        rows.append((short_date(day.last, locale), str(day.runs), f"{Decimal(100 * ended) / found.runs:.0f} %"))
    return Picture(
        title,
        mark_safe(drawing.svg(shape, "chances-drawn")),  # noqa: S308  drawing.svg escapes every text it is given
        note=_note(found, deadline, drawn_deadline, locale),
        heads=("By", "Runs that end then", "Ended by then"),
        rows=tuple(rows),
    )


def _note(found: FinishChances, deadline: DeadlineChance | None, drawn: DeadlineChance | None, locale: Locale) -> str:
    said = f"Each column tells how many of {found.runs:,} runs end in its days."
    if deadline is None:
        return said
    said += " Columns after the deadline are red."
    if drawn is None:
        side = "before" if deadline.day < found.days[0].first else "after"
        said += f" The deadline, {short_date(deadline.day, locale)}, lies far {side} all of them."
    return said


def _is_near(days: Sequence[FinishDay], day: date) -> bool:
    first, last = days[0].first, days[-1].last
    room = timedelta(days=max(7, _FAR * (last - first).days))
    return first - room <= day <= last + room


def _marks(found: FinishChances, deadline: DeadlineChance | None, locale: Locale) -> Iterator[_Mark]:
    yield _Mark(found.planned.date(), f"Plan {short_date(found.planned, locale)}", "grey-text", dashed=True)
    yield _Mark(found.p50.date(), f"P50 {short_date(found.p50, locale)}", "ink")
    yield _Mark(found.p80.date(), f"P80 {short_date(found.p80, locale)}", "ink")
    if deadline is not None:
        chance = f"{deadline.probability * 100:.0f} %"
        yield _Mark(deadline.day, f"Deadline {short_date(deadline.day, locale)}: {chance}", "critical")


def _drawing(
    found: FinishChances, marks: Sequence[_Mark], deadline: DeadlineChance | None, title: str, locale: Locale
) -> Drawing:
    first = min(found.days[0].first, *(mark.day for mark in marks))
    last = max(found.days[-1].last, *(mark.day for mark in marks))
    scale = _Scale(first, (last - first).days + 1)
    top = _TOP + _ROW * len(marks)
    bottom = top + _COLUMNS
    items: list[Item] = list(_columns(found, scale, bottom, deadline.day if deadline is not None else None))
    items.append(Line(((_SIDE, bottom), (_WIDTH - _SIDE, bottom)), "rule"))
    items += _ticks(scale, last, bottom, locale)
    for place, mark in enumerate(sorted(marks, key=lambda mark: mark.day)):
        items += _named(mark, scale, _TOP + _ROW * place, bottom)
    return Drawing(_WIDTH, bottom + _FOOT, tuple(items), title)


def _columns(found: FinishChances, scale: _Scale, bottom: float, deadline: date | None) -> Iterator[Rect]:
    most = max(day.runs for day in found.days)
    for day in found.days:
        left, right = scale.at(day.first), scale.at(day.last, 1.0)
        gap = min(1.5, (right - left) * 0.1)
        tall = _COLUMNS * 0.96 * day.runs / most
        late = deadline is not None and day.first > deadline
        role = "critical-pale" if late else "accent"
        yield Rect(left + gap, bottom - tall, max(0.5, right - left - 2 * gap), tall, role, f"{day.runs} runs")


def _ticks(scale: _Scale, last: date, bottom: float, locale: Locale) -> Iterable[Item]:
    step = max(1, -(-scale.days // _TICKS))
    day = scale.first
    while day <= last:
        x = scale.at(day, 0.5)
        yield Line(((x, bottom), (x, bottom + 4)), "rule")
        words = short_date(day, locale)
        half = text_width(words, _SIZE - 1) / 2
        yield Label(min(max(x, half), _WIDTH - half), bottom + 13, words, _SIZE - 1, "grey-text", "middle")
        day += timedelta(days=step)


def _named(mark: _Mark, scale: _Scale, y: float, bottom: float) -> Iterator[Item]:
    x = scale.at(mark.day, 0.5)
    yield Line(((x, y + 2), (x, bottom)), mark.role, 1.25, mark.dashed)
    before = x + 5 + text_width(mark.text, _SIZE, bold=True) > _WIDTH
    yield Label(x - 5 if before else x + 5, y + 2, mark.text, _SIZE, mark.role, "end" if before else "start", bold=True)
