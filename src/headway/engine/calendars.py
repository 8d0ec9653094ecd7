"""Working-time arithmetic: axes that map dates to amounts of work and back.

An axis counts working time in tenths of a minute along one calendar. Two inverse maps lead back
to dates, never one: the *start* of a unit of work (Monday 08:00) and the *finish* of the work
before it (Friday 17:00). Instants are integers, tenths of a minute since 1 January 1970.
Not here: which calendar a task or assignment uses (`cpm`), how files write calendars.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt

from headway.engine.plan import Calendar, CalendarException, PlanError, Recurrence, Shift
from headway.engine.units import WorkTime

TENTHS_PER_DAY = 14_400
EPOCH = datetime(1970, 1, 1)

_EPOCH_ORDINAL = EPOCH.toordinal()
_TENTH = timedelta(seconds=6)
FIRST_DAY = date(1800, 1, 1).toordinal() - _EPOCH_ORDINAL
_LAST_DATE = date(2599, 12, 31)
LAST_DAY = _LAST_DATE.toordinal() + 1 - _EPOCH_ORDINAL
_FIRST_GROWTH_DAYS = 366

_Intervals = npt.NDArray[np.int64]
_DayPattern = tuple[tuple[int, int], ...]
_Range = tuple[int, int, npt.NDArray[np.int64]]  # first day, day after the last, pattern per weekday (-1 = as before)

_WORKING_DAY = (Shift(time(8), time(12)), Shift(time(13), time(17)))


def instant(moment: datetime) -> int:
    """Tenths of a minute since 1 January 1970; seconds are rounded to the grid of six."""
    span = moment - EPOCH
    return span.days * TENTHS_PER_DAY + (span.seconds * 2 + span.microseconds // 500_000 + 6) // 12


def moment(tenths: int) -> datetime:
    """The local date and time of an instant."""
    return EPOCH + tenths * _TENTH


def standard_calendar(uid: int = 1, name: str = "Standard") -> Calendar:
    """Monday to Friday, 08:00–12:00 and 13:00–17:00."""
    return Calendar(uid, name, (_WORKING_DAY,) * 5 + ((), ()))


class Axis(ABC):
    """A line of working time; amounts and instants are integers of tenths of a minute.

    The table of work periods grows on demand in both directions between the years 1800 and 2600;
    a date or an amount beyond that raises PlanError naming the calendar.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []  # work before each period; strictly increasing
        self._total = 0
        self._low = 0  # days covered: low <= day < high
        self._high = 0
        self._low_instant = 0
        self._high_instant = 0

    @abstractmethod
    def periods(self, first_day: int, last_day: int) -> tuple[_Intervals, _Intervals]:
        """Starts and ends of the work periods on days first_day <= day < last_day, sorted, disjoint."""

    def position(self, at: int) -> int:
        """Work before the instant; the same for every instant of one gap."""
        if not self._low_instant <= at < self._high_instant:
            self._cover(at // TENTHS_PER_DAY)
        i = bisect_right(self._starts, at) - 1
        if i < 0:
            return self._before[0] if self._before else 0
        end = self._ends[i]
        return self._before[i] + (at if at < end else end) - self._starts[i]

    def start_at(self, position: int) -> int:
        """The instant at which the work after `position` begins."""
        while position >= self._total:
            self._grow_forward()
        if not self._before or position < self._before[0]:
            self._cover_position(position)
        i = bisect_right(self._before, position) - 1
        return self._starts[i] + position - self._before[i]

    def finish_at(self, position: int) -> int:
        """The instant at which the work before `position` ends."""
        while position > self._total:
            self._grow_forward()
        if not self._before or position <= self._before[0]:
            self._cover_position(position)
        i = bisect_left(self._before, position) - 1
        return self._starts[i] + position - self._before[i]

    def is_part_of(self, other: Axis) -> bool:
        """Whether all of this working time is known to lie within that of another."""
        return self is other

    def next_start(self, at: int) -> int:
        """The instant itself when work goes on from it, else the next work start."""
        if self._low_instant <= at < self._high_instant:
            place = bisect_right(self._starts, at) - 1
            if place >= 0 and at < self._ends[place]:
                return at
        return self.start_at(self.position(at))

    def previous_finish(self, at: int) -> int:
        """The instant itself when work leads up to it, else the end of the work period before."""
        return self.finish_at(self.position(at))

    def between(self, start: int, finish: int) -> int:
        """Working time from start to finish; negative when finish lies earlier."""
        return self.position(finish) - self.position(start)

    def stretches(self, start: int, finish: int) -> Iterator[tuple[int, int]]:
        """The work periods between two instants, the first and last cut off there; those that touch are one."""
        if finish <= start:
            return
        self.position(start)  # covers both ends
        self.position(finish)
        place = max(0, bisect_right(self._starts, start) - 1)
        while place < len(self._starts) and self._starts[place] < finish:
            begun, ended = self._starts[place], self._ends[place]
            place += 1
            while place < len(self._starts) and self._starts[place] == ended:
                ended = self._ends[place]
                place += 1
            if ended > start:
                yield max(begun, start), min(ended, finish)

    def work_between(self, start: datetime, finish: datetime) -> WorkTime:
        """Working time from start to finish; negative when finish lies earlier."""
        return WorkTime(self.between(instant(start), instant(finish)))

    def add_work(self, start: datetime, work: WorkTime) -> datetime:
        """The finish of so much work begun at `start`; with negative work, the start that ends there.

        No work at all leaves the date as it is.
        """
        if work.tenths == 0:
            return start
        position = self.position(instant(start)) + work.tenths
        return moment(self.finish_at(position) if work.tenths > 0 else self.start_at(position))

    def next_work_start(self, at: datetime) -> datetime:
        """`at` itself when work goes on from it, else the next work start."""
        return moment(self.next_start(instant(at)))

    def previous_work_finish(self, at: datetime) -> datetime:
        """`at` itself when work leads up to it, else the end of the work period before."""
        return moment(self.previous_finish(instant(at)))

    def _cover(self, day: int) -> None:
        if not FIRST_DAY <= day < LAST_DAY:
            raise PlanError(
                f"Calendar '{self.name}' is asked for a date outside the years 1800 to 2599. "
                "Check the dates, durations and lags."
            )
        if self._low == self._high:
            self._low = self._high = day
            self._low_instant = self._high_instant = day * TENTHS_PER_DAY
            self._append(max(FIRST_DAY, day - 31), min(LAST_DAY, day + _FIRST_GROWTH_DAYS))
        while day >= self._high:
            self._grow_forward()
        while day < self._low:
            self._grow_backward()

    def _cover_position(self, position: int) -> None:
        while not self._before or position <= self._before[0]:
            self._grow_backward()

    def _grow_forward(self) -> None:
        if self._high >= LAST_DAY:
            raise PlanError(
                f"Calendar '{self.name}' has no working time after "
                f"{moment(self._ends[-1]) if self._ends else 'any date'}. Give it working days."
            )
        if self._low == self._high:
            self._cover(0)
            return
        grown = max(_FIRST_GROWTH_DAYS, self._high - self._low)
        self._append(self._high, min(LAST_DAY, self._high + grown))

    def _append(self, first_day: int, last_day: int) -> None:
        starts, ends = self.periods(first_day, last_day)
        before = self._total + np.concatenate(([0], np.cumsum(ends - starts)))
        self._starts += starts.tolist()
        self._ends += ends.tolist()
        self._before += before[:-1].tolist()
        self._total = int(before[-1])
        self._low = min(self._low, first_day)
        self._high = last_day
        self._note_cover()

    def _grow_backward(self) -> None:
        if self._low <= FIRST_DAY:
            raise PlanError(f"Calendar '{self.name}' has no working time before {moment(self._high_instant)}.")
        if self._low == self._high:
            self._cover(0)
            return
        grown = max(_FIRST_GROWTH_DAYS, self._high - self._low)
        first_day = max(FIRST_DAY, self._low - grown)
        starts, ends = self.periods(first_day, self._low)
        origin = self._before[0] if self._before else self._total
        lengths = np.cumsum((ends - starts)[::-1])[::-1]
        self._starts[:0] = starts.tolist()
        self._ends[:0] = ends.tolist()
        self._before[:0] = (origin - lengths).tolist()
        self._low = first_day
        self._note_cover()

    def _note_cover(self) -> None:
        self._low_instant = self._low * TENTHS_PER_DAY
        self._high_instant = self._high * TENTHS_PER_DAY


class ElapsedAxis(Axis):
    """Round the clock, every day: the axis of elapsed durations and lags."""

    def __init__(self) -> None:
        super().__init__("elapsed time")

    def periods(self, first_day: int, last_day: int) -> tuple[_Intervals, _Intervals]:
        days = np.arange(first_day, last_day, dtype=np.int64) * TENTHS_PER_DAY
        return days, days + TENTHS_PER_DAY

    def stretches(self, start: int, finish: int) -> Iterator[tuple[int, int]]:
        """Day by day."""
        while start < finish:
            midnight = min(finish, (start // TENTHS_PER_DAY + 1) * TENTHS_PER_DAY)
            yield start, midnight
            start = midnight

    def position(self, at: int) -> int:
        return at

    def start_at(self, position: int) -> int:
        return position

    def finish_at(self, position: int) -> int:
        return position


ELAPSED: Axis = ElapsedAxis()


class CalendarAxis(Axis):
    """Working time of one calendar over its base calendars.

    On every date the first of these that says something counts: an exception (own before base's),
    an own work week, an own day of the week, and then the same of the base.
    Among overlapping exceptions a single stretch beats daily, yearly, monthly and weekly ones.

    chain  the calendar itself first, its outermost base last.
    """

    def __init__(self, chain: Sequence[Calendar]) -> None:
        super().__init__(chain[0].name)
        patterns: dict[_DayPattern, int] = {(): 0}
        self._week = np.zeros(7, dtype=np.int64)
        self._ranges: list[
            tuple[int, int, npt.NDArray[np.int64]]
        ] = []  # later entries win; per weekday, -1 = as before
        exceptions: list[tuple[int, int, npt.NDArray[np.int64]]] = []
        for calendar in reversed(chain):
            own = _week_ids(calendar.days, patterns)
            self._week = np.where(own >= 0, own, self._week)
            if calendar is not chain[-1] and self._ranges:
                self._ranges.append((FIRST_DAY, LAST_DAY, own))
            for week in calendar.work_weeks:
                self._ranges.append((_day(week.first), _day(week.last) + 1, _week_ids(week.days, patterns)))
            for exception in sorted(calendar.exceptions, key=_exception_rank):
                pattern = np.full(7, patterns.setdefault(_pattern(exception.shifts), len(patterns)), dtype=np.int64)
                exceptions += [(first, last + 1, pattern) for first, last in _stretches(exception)]
        self._ranges += exceptions
        self._patterns = list(patterns)

    def signature(self) -> tuple[object, ...]:
        """Equal for axes with the same working time; worth no more than a quick comparison."""
        ranges = tuple(
            (first, last, tuple(self._patterns[i] if i >= 0 else None for i in ids))
            for first, last, ids in self._ranges
        )
        return tuple(self._patterns[i] for i in self._week), ranges

    def periods(self, first_day: int, last_day: int) -> tuple[_Intervals, _Intervals]:
        days = np.arange(first_day, last_day, dtype=np.int64)
        weekdays = (days + _EPOCH_ORDINAL - 1) % 7
        ids = self._week[weekdays]
        for first, last, pattern in self._ranges:
            if first < last_day and last > first_day:
                inside = slice(max(first, first_day) - first_day, min(last, last_day) - first_day)
                chosen = pattern[weekdays[inside]]
                ids[inside] = np.where(chosen >= 0, chosen, ids[inside])
        starts: list[_Intervals] = []
        ends: list[_Intervals] = []
        for number, shifts in enumerate(self._patterns):
            if not shifts:
                continue
            midnights = days[ids == number] * TENTHS_PER_DAY
            for start, end in shifts:
                starts.append(midnights + start)
                ends.append(midnights + end)
        if not starts:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        return _disjoint(np.concatenate(starts), np.concatenate(ends))


class IntersectionAxis(Axis):
    """Working time common to several axes."""

    def __init__(self, axes: Sequence[Axis]) -> None:
        super().__init__(" and ".join(f"'{axis.name}'" for axis in axes))
        self._axes = tuple(axes)

    def is_part_of(self, other: Axis) -> bool:
        return self is other or other in self._axes

    def periods(self, first_day: int, last_day: int) -> tuple[_Intervals, _Intervals]:
        starts, ends = self._axes[0].periods(first_day, last_day)
        for axis in self._axes[1:]:
            starts, ends = _common(starts, ends, *axis.periods(first_day, last_day))
        return starts, ends


class UnionAxis(Axis):
    """Working time of any of several axes."""

    def __init__(self, axes: Sequence[Axis]) -> None:
        super().__init__(" or ".join(f"'{axis.name}'" for axis in axes))
        self._axes = tuple(axes)

    def periods(self, first_day: int, last_day: int) -> tuple[_Intervals, _Intervals]:
        pairs = [axis.periods(first_day, last_day) for axis in self._axes]
        return _disjoint(np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs]))


class Calendars:
    """The axes of one plan's calendars, each built once; equal calendars share an axis.

    Raises PlanError for an unknown calendar, a ring of base calendars and, as soon as a date is
    asked for, a calendar without working time.
    """

    def __init__(self, calendars: Iterable[Calendar], *, default_uid: int | None = None) -> None:
        self._by_uid: Mapping[int, Calendar] = {calendar.uid: calendar for calendar in calendars}
        self._axes: dict[int, Axis] = {}
        self._same: dict[tuple[object, ...], Axis] = {}
        self._common: dict[tuple[int, ...], Axis] = {}
        if default_uid is not None and default_uid in self._by_uid:
            self.default = self.axis(default_uid)
        elif self._by_uid:
            bases = (calendar.uid for calendar in self._by_uid.values() if calendar.base_uid is None)
            self.default = self.axis(next(bases, next(iter(self._by_uid))))
        else:
            self.default = CalendarAxis([standard_calendar()])

    def axis(self, uid: int | None) -> Axis:
        """The axis of a calendar; None = the default calendar."""
        if uid is None:
            return self.default
        if uid not in self._axes:
            axis = CalendarAxis(self._chain(uid))
            self._axes[uid] = self._same.setdefault(axis.signature(), axis)
        return self._axes[uid]

    def known(self, uid: int | None) -> bool:
        """Whether a calendar with this uid exists."""
        return uid in self._by_uid

    def intersection(self, first: Axis, second: Axis) -> Axis:
        """The common working time of two axes; one of them when they are the same."""
        if first is second or second is ELAPSED:
            return first
        if first is ELAPSED:
            return second
        key = tuple(sorted((id(first), id(second))))
        if key not in self._common:
            self._common[key] = IntersectionAxis((first, second))
        return self._common[key]

    def _chain(self, uid: int) -> list[Calendar]:
        chain: list[Calendar] = []
        seen: set[int] = set()
        following: int | None = uid
        while following is not None:
            if following in seen:
                ring = " → ".join(f"'{calendar.name}'" for calendar in chain)
                raise PlanError(f"Base calendars run in a ring: {ring}. Give one of them another base.")
            calendar = self._by_uid.get(following)
            if calendar is None:
                named = f"base of '{chain[-1].name}'" if chain else "named by a task, resource or the project"
                raise PlanError(f"Calendar {following} ({named}) is not in the plan.")
            seen.add(following)
            chain.append(calendar)
            following = calendar.base_uid
        return chain


def has_work(axis: Axis, around: int) -> bool:
    """Whether the axis has any working time within 28 years (a full weekday cycle) after an instant."""
    day = max(FIRST_DAY, min(around // TENTHS_PER_DAY, LAST_DAY - 1))
    return any(len(axis.periods(day, min(LAST_DAY, day + span))[0]) > 0 for span in (31, 28 * 366))


def occurrences(exception: CalendarException) -> Iterator[date]:
    """The days of an exception, in order; a recurrence ends at `last` or after its occurrences.

    Weeks begin on Sunday, as Microsoft Project counts them.
    """
    recurrence = exception.recurrence
    if recurrence is None:
        for ordinal in range(exception.first.toordinal(), exception.last.toordinal() + 1):
            yield date.fromordinal(ordinal)
        return
    limit = recurrence.occurrences
    last = min(exception.last, _LAST_DATE)
    for number, day in enumerate(_recurring_days(exception.first, last, recurrence)):
        if limit is not None and number >= limit:
            return
        yield day


def _recurring_days(first: date, last: date, recurrence: Recurrence) -> Iterator[date]:
    interval = max(1, recurrence.interval)
    if recurrence.kind == "daily":
        for ordinal in range(first.toordinal(), last.toordinal() + 1, interval):
            yield date.fromordinal(ordinal)
    elif recurrence.kind == "weekly":
        first_week = (first.toordinal()) // 7  # ordinal 7 is a Sunday
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            if (ordinal // 7 - first_week) % interval == 0 and (ordinal - 1) % 7 in recurrence.weekdays:
                yield date.fromordinal(ordinal)
    else:
        for year, month in _recurring_months(first, last, recurrence, interval):
            day = _day_of_month(year, month, recurrence)
            if day is not None and first <= day <= last:
                yield day


def _recurring_months(first: date, last: date, recurrence: Recurrence, interval: int) -> Iterator[tuple[int, int]]:
    if recurrence.kind.startswith("yearly"):
        for year in range(first.year, last.year + 1, interval):
            yield year, recurrence.month or first.month
    else:
        for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month, interval):
            yield number // 12, number % 12 + 1


def _day_of_month(year: int, month: int, recurrence: Recurrence) -> date | None:
    """The day in that month; None when the month has no such day."""
    days_in_month = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    if recurrence.kind.endswith("weekday"):
        weekdays, begins = recurrence.weekdays or (0,), date(year, month, 1).weekday()
        days = [day for day in range(1, days_in_month + 1) if (begins + day - 1) % 7 in weekdays]
        position = recurrence.position or 1
        if position >= 5:
            return date(year, month, days[-1])
        return date(year, month, days[position - 1])
    day = recurrence.day or 1
    return date(year, month, day) if day <= days_in_month else None


def _stretches(exception: CalendarException) -> Iterator[tuple[int, int]]:
    if exception.recurrence is None:
        yield _day(exception.first), _day(exception.last)
    else:
        for day in occurrences(exception):
            yield _day(day), _day(day)


def _exception_rank(exception: CalendarException) -> int:
    if exception.recurrence is None or exception.first == exception.last:
        return 4
    kind = exception.recurrence.kind
    return 0 if kind == "weekly" else 1 if kind.startswith("monthly") else 2 if kind.startswith("yearly") else 3


def _day(day: date) -> int:
    return day.toordinal() - _EPOCH_ORDINAL


def _week_ids(days: Sequence[tuple[Shift, ...] | None], patterns: dict[_DayPattern, int]) -> npt.NDArray[np.int64]:
    ids = [-1 if shifts is None else patterns.setdefault(_pattern(shifts), len(patterns)) for shifts in days]
    return np.array(ids + [-1] * (7 - len(ids)), dtype=np.int64)


def _pattern(shifts: Iterable[Shift]) -> _DayPattern:
    """Shifts as tenths of the day; a shift that ends at or before its start ends at midnight or wraps."""
    pieces: list[tuple[int, int]] = []
    for shift in shifts:
        start, end = _tenths_of_day(shift.start), _tenths_of_day(shift.end)
        pieces.append((start, end if end > start else TENTHS_PER_DAY))
    pieces.sort()
    merged: list[tuple[int, int]] = []
    for start, end in pieces:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _tenths_of_day(clock: time) -> int:
    return (clock.hour * 3600 + clock.minute * 60 + clock.second) // 6


def _disjoint(starts: _Intervals, ends: _Intervals) -> tuple[_Intervals, _Intervals]:
    """Sorted periods; those that overlap or touch become one."""
    if len(starts) == 0:
        return starts, ends
    order = np.argsort(starts, kind="stable")
    starts, reach = starts[order], np.maximum.accumulate(ends[order])
    opens = np.concatenate(([True], starts[1:] > reach[:-1]))
    closes = np.concatenate((opens[1:], [True]))
    return starts[opens], reach[closes]


def _common(
    starts: _Intervals, ends: _Intervals, other_starts: _Intervals, other_ends: _Intervals
) -> tuple[_Intervals, _Intervals]:
    """Periods inside both sorted, disjoint lists."""
    if not len(starts) or not len(other_starts):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    opens = np.union1d(
        starts[_are_within(starts, other_starts, other_ends, side="right")],
        other_starts[_are_within(other_starts, starts, ends, side="right")],
    )
    closes = np.union1d(
        ends[_are_within(ends, other_starts, other_ends, side="left")],
        other_ends[_are_within(other_ends, starts, ends, side="left")],
    )
    return opens, closes


def _are_within(
    instants: _Intervals, starts: _Intervals, ends: _Intervals, *, side: Literal["left", "right"]
) -> npt.NDArray[np.bool_]:
    """Which instants lie in a period; side right: its start counts and its end does not, left: the other way round."""
    place = np.searchsorted(starts, instants, side=side) - 1
    reach = ends[place]
    return (place >= 0) & (instants < reach if side == "right" else instants <= reach)
