"""The work periods of all axes of a plan in one flat table, for the passes.

The table covers a range of days per axis and grows when a pass meets its edge; then the pass is run again.
What its columns mean, `columns` says. Not here: what days are worked (`headway.engine.calendars`).
"""

from __future__ import annotations

import threading

import numpy as np
import numpy.typing as npt

from headway.engine.calendars import ELAPSED, FIRST_DAY, LAST_DAY, TENTHS_PER_DAY, Axis
from headway.engine.cpm.columns import (
    BY_TIME,
    BY_WORK,
    FAR_FUTURE,
    HEAD,
    HIGH,
    LOW,
    PERIOD,
    ROUND_THE_CLOCK,
    TIME_BITS,
    TOTAL,
    WORK_BITS,
)
from headway.engine.plan import PlanError

Column = npt.NDArray[np.int64]

_BEFORE, _AFTER = 100, 1_100  # days covered at first around the anchor
_GROWTH = 4


class Clock:
    """Numbered axes and their periods; axis 0 runs round the clock.

    Threads may share a clock: it only ever gains axes and days, and a table once given is never changed.
    """

    def __init__(self, anchor: int) -> None:
        self._anchor = anchor // TENTHS_PER_DAY
        self._lock = threading.Lock()
        self.axes: list[Axis] = [ELAPSED]
        self._numbers = {id(ELAPSED): 0}
        self._ranges: list[tuple[int, int]] = [(0, 0)]
        self._sections: list[tuple[Column, Column] | None] = [None]  # head and body of each axis
        self._array: Column | None = None
        self._list: list[int] | None = None

    def number(self, axis: Axis) -> int:
        """The number of an axis; a new one is added."""
        found = self._numbers.get(id(axis))
        if found is None:
            with self._lock:
                found = len(self.axes)
                self.axes.append(axis)
                self._ranges.append((max(FIRST_DAY, self._anchor - _BEFORE), min(LAST_DAY, self._anchor + _AFTER)))
                self._sections.append(None)
                self._numbers[id(axis)] = found
                self._array = self._list = None
        return found

    def array(self) -> Column:
        """The table as it stands, for compiled code."""
        if self._array is None:
            with self._lock:
                self._array = self._assembled()
        return self._array

    def list(self) -> list[int]:
        """The table as it stands, for plain code."""
        if self._list is None:
            self._list = self.array().tolist()
        return self._list

    def beyond(self, edge: int) -> None:
        """Cover more days of the axis that an edge number names.

        Raises PlanError when the years 1800 to 2599 are not enough.
        """
        number = abs(edge) - 1
        with self._lock:
            first, last = self._ranges[number]
            days = _GROWTH * (last - first)
            grown = (first, min(LAST_DAY, first + days)) if edge > 0 else (max(FIRST_DAY, last - days), last)
            if grown == (first, last):
                raise PlanError(
                    f"Calendar '{self.axes[number].name}' is asked for working time outside the years 1800 to 2599. "
                    "Check the dates, durations and lags, and that it has working days."
                )
            self._ranges[number] = grown
            self._sections[number] = None
            self._array = self._list = None

    def _assembled(self) -> Column:
        heads = np.zeros((len(self.axes), HEAD), dtype=np.int64)
        bodies: list[Column] = []
        place = heads.size
        for number in range(1, len(self.axes)):
            section = self._sections[number]
            if section is None:
                section = self._sections[number] = self._section(number)
            head, body = section
            periods = int(head[BY_TIME])  # places within the body
            heads[number] = head
            heads[number, BY_TIME] += place
            heads[number, BY_WORK] += place
            body = body.copy()
            body[periods:] += place
            bodies.append(body)
            place += len(body)
        return np.concatenate((heads.ravel(), *bodies))

    def _section(self, number: int) -> tuple[Column, Column]:
        """Head and body of one axis: periods, then the finders by time and by work; places from the body's start."""
        first, last = self._ranges[number]
        axis = self.axes[number]
        starts, ends = axis.periods(first, last)
        while not len(starts):  # years without work
            if (first, last) == (FIRST_DAY, LAST_DAY):
                raise PlanError(f"Calendar '{axis.name}' has no working time. Give it working days.")
            first, last = max(FIRST_DAY, 2 * first - last), min(LAST_DAY, 2 * last - first)
            starts, ends = axis.periods(first, last)
        self._ranges[number] = first, last
        done = np.concatenate(([0], np.cumsum(ends - starts)))
        before, total = done[:-1], int(done[-1])
        periods = np.full((len(starts) + 1, PERIOD), FAR_FUTURE, dtype=np.int64)
        periods[:-1, 0], periods[:-1, 1], periods[:-1, 2] = starts, ends, before
        low, high = int(starts[0]), last * TENTHS_PER_DAY
        times = low + (np.arange(((high - 1 - low) >> TIME_BITS) + 1, dtype=np.int64) << TIME_BITS)
        works = np.arange(((total - 1) >> WORK_BITS) + 1, dtype=np.int64) << WORK_BITS
        by_time = PERIOD * (np.searchsorted(starts, times, side="right") - 1)
        by_work = PERIOD * (np.searchsorted(before, works, side="right") - 1)
        head = np.zeros(HEAD, dtype=np.int64)
        head[0] = ROUND_THE_CLOCK + 1
        head[LOW], head[HIGH], head[TOTAL] = low, high, total
        head[BY_TIME] = periods.size
        head[BY_WORK] = periods.size + len(by_time)
        return head, np.concatenate((periods.ravel(), by_time, by_work))
