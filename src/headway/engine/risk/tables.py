"""Working time of an axis over arrays of instants: the maps of `Axis`, many dates at a time.

Not here: calendars themselves and single dates (`headway.engine.calendars`).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from headway.engine.calendars import ELAPSED, EPOCH, TENTHS_PER_DAY, Axis
from headway.engine.plan import PlanError

Whole = npt.NDArray[np.int64]

_FIRST_DAY, _LAST_DAY = (date(year, 1, 1).toordinal() - EPOCH.toordinal() for year in (1800, 2600))
_MARGIN_DAYS = 400
_MOST_CELLS = 1 << 21


class Finder:
    """Which of sorted marks is the last at or before a value; by a table of equal cells where the marks allow one."""

    def __init__(self, marks: Whole, end: int) -> None:
        self._marks = marks
        self.cells: Whole | None = None
        self.origin = int(marks[0])
        self.width = int(np.gcd.reduce(np.diff(marks))) if len(marks) > 1 else 1
        count = (end - self.origin) // max(1, self.width) + 1
        if self.width and count <= _MOST_CELLS:
            firsts = self.origin + self.width * np.arange(count)
            self.cells = np.searchsorted(marks, firsts, side="right") - 1

    def __call__(self, values: Whole) -> Whole:
        if self.cells is None:
            return np.searchsorted(self._marks, values, side="right") - 1
        found: Whole = self.cells[(values - self.origin) // self.width]
        return found


@dataclass(frozen=True, slots=True)
class Cover:
    """The work periods of a range of days: first_day <= day < last_day."""

    first_day: int
    last_day: int
    starts: Whole
    ends: Whole
    before: Whole  # work before each period
    total: int  # work before the end of the range
    at: Finder
    worked: Finder


class WorkTable:
    """Positions on one axis, counted from the anchor's midnight; grows on demand in both directions.

    Threads may share a table: what a position means never changes.
    Raises PlanError for dates outside the years 1800 to 2599, as the axis itself does.
    """

    def __init__(self, axis: Axis, anchor: int) -> None:
        self._axis = axis
        self._elapsed = axis is ELAPSED
        self._anchor_day = anchor // TENTHS_PER_DAY
        self._lock = threading.Lock()
        if not self._elapsed:
            self._cover = self._covered(self._anchor_day - _MARGIN_DAYS, self._anchor_day + 2 * _MARGIN_DAYS)

    def position(self, at: Whole) -> Whole:
        """Work before each instant."""
        if self._elapsed:
            return at
        first, last = int(at.min()), int(at.max())
        cover = self._cover
        while first < cover.starts[0]:
            cover = self._grown(earlier=True)
        while last >= cover.last_day * TENTHS_PER_DAY:
            cover = self._grown(earlier=False)
        i = cover.at(at)
        return cover.before[i] + np.minimum(at, cover.ends[i]) - cover.starts[i]

    def start_at(self, position: Whole) -> Whole:
        """The instants at which the work after each position begins."""
        if self._elapsed:
            return position
        cover = self._covering(position)
        i = cover.worked(position)
        return cover.starts[i] + position - cover.before[i]

    def finish_at(self, position: Whole) -> Whole:
        """The instants at which the work before each position ends."""
        if self._elapsed:
            return position
        cover = self._covering(position)
        i = cover.worked(position - 1)
        return cover.starts[i] + position - cover.before[i]

    def next_start(self, at: Whole) -> Whole:
        """Each instant itself when work goes on from it, else the next work start."""
        return self.start_at(self.position(at))

    def previous_finish(self, at: Whole) -> Whole:
        """Each instant itself when work leads up to it, else the end of the work before."""
        return self.finish_at(self.position(at))

    def flat(self) -> Cover | None:
        """The periods as they stand; None for the axis that runs round the clock."""
        return None if self._elapsed else self._cover

    def widen(self) -> None:
        """Cover twice the days in both directions."""
        if not self._elapsed:
            self._grown(earlier=False)
            self._grown(earlier=True)

    def _covering(self, position: Whole) -> Cover:
        first, last = int(position.min()), int(position.max())
        cover = self._cover
        while last >= cover.total:
            cover = self._grown(earlier=False)
        while first <= cover.before[0]:
            cover = self._grown(earlier=True)
        return cover

    def _grown(self, *, earlier: bool) -> Cover:
        """The table over twice the days in one direction."""
        with self._lock:
            first, last = self._cover.first_day, self._cover.last_day
            if earlier:
                self._cover = self._covered(first - max(_MARGIN_DAYS, self._anchor_day - first), last)
            else:
                self._cover = self._covered(first, last + max(_MARGIN_DAYS, last - self._anchor_day))
            if (first, last) == (self._cover.first_day, self._cover.last_day):
                raise PlanError(
                    f"In some runs of the simulation calendar '{self._axis.name}' is asked for working time outside "
                    "the years 1800 to 2599. Check the durations, their ranges and the calendar."
                )
            return self._cover

    def _covered(self, first_day: int, last_day: int) -> Cover:
        first_day, last_day = max(_FIRST_DAY, first_day), min(_LAST_DAY, last_day)
        starts, ends = self._axis.periods(first_day, last_day)
        while not len(starts):  # a calendar with years without work
            if (first_day, last_day) == (_FIRST_DAY, _LAST_DAY):
                raise PlanError(f"Calendar '{self._axis.name}' has no working time. Give it working days.")
            first_day, last_day = (
                max(_FIRST_DAY, 2 * first_day - last_day),
                min(_LAST_DAY, 2 * last_day - first_day),
            )
            starts, ends = self._axis.periods(first_day, last_day)
        anchor = self._anchor_day * TENTHS_PER_DAY
        done = np.concatenate(([0], np.cumsum(ends - starts)))
        zero = int((np.clip(anchor, starts, ends) - starts).sum())
        before = done - zero
        total = int(before[-1])
        return Cover(
            first_day,
            last_day,
            starts,
            ends,
            before[:-1],
            total,
            Finder(starts, last_day * TENTHS_PER_DAY),
            Finder(before[:-1], total),
        )
