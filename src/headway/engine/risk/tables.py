"""Working time of an axis over arrays of instants: the maps of `Axis`, many dates at a time.

Not here: calendars themselves and single dates (`headway.engine.calendars`).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

from headway.engine.calendars import ELAPSED, EPOCH, TENTHS_PER_DAY, Axis
from headway.engine.plan import PlanError

Whole = npt.NDArray[np.int64]

_FIRST_DAY, _LAST_DAY = (date(year, 1, 1).toordinal() - EPOCH.toordinal() for year in (1800, 2600))
_MARGIN_DAYS = 400


class WorkTable:
    """Positions on one axis, counted from the anchor's midnight; grows on demand in both directions.

    Raises PlanError for dates outside the years 1800 to 2599, as the axis itself does.
    """

    def __init__(self, axis: Axis, anchor: int) -> None:
        self._axis = axis
        self._elapsed = axis is ELAPSED
        self._anchor_day = anchor // TENTHS_PER_DAY
        self._low = self._high = self._anchor_day
        self._starts = self._ends = self._before = np.empty(0, dtype=np.int64)
        self._total = 0
        if not self._elapsed:
            self._grow_forward()
            self._grow_backward()

    def position(self, at: Whole) -> Whole:
        """Work before each instant."""
        if self._elapsed:
            return at
        first, last = int(at.min()), int(at.max())
        while first < self._low * TENTHS_PER_DAY or not len(self._starts) or first < self._starts[0]:
            self._grow_backward()
        while last >= self._high * TENTHS_PER_DAY:
            self._grow_forward()
        i = np.searchsorted(self._starts, at, side="right") - 1
        return self._before[i] + np.minimum(at, self._ends[i]) - self._starts[i]

    def start_at(self, position: Whole) -> Whole:
        """The instants at which the work after each position begins."""
        if self._elapsed:
            return position
        self._cover(position)
        i = np.searchsorted(self._before, position, side="right") - 1
        return self._starts[i] + position - self._before[i]

    def finish_at(self, position: Whole) -> Whole:
        """The instants at which the work before each position ends."""
        if self._elapsed:
            return position
        self._cover(position)
        i = np.searchsorted(self._before, position, side="left") - 1
        return self._starts[i] + position - self._before[i]

    def next_start(self, at: Whole) -> Whole:
        """Each instant itself when work goes on from it, else the next work start."""
        return self.start_at(self.position(at))

    def previous_finish(self, at: Whole) -> Whole:
        """Each instant itself when work leads up to it, else the end of the work before."""
        return self.finish_at(self.position(at))

    def _cover(self, position: Whole) -> None:
        first, last = int(position.min()), int(position.max())
        while last >= self._total:
            self._grow_forward()
        while not len(self._before) or first <= self._before[0]:
            self._grow_backward()

    def _grow_forward(self) -> None:
        self._refuse_beyond(self._high >= _LAST_DAY)
        high = min(_LAST_DAY, self._high + max(_MARGIN_DAYS, self._high - self._anchor_day))
        starts, ends = self._axis.periods(self._high, high)
        before = self._total + np.concatenate(([0], np.cumsum(ends - starts)))
        self._starts = np.concatenate((self._starts, starts))
        self._ends = np.concatenate((self._ends, ends))
        self._before = np.concatenate((self._before, before[:-1]))
        self._total, self._high = int(before[-1]), high

    def _grow_backward(self) -> None:
        self._refuse_beyond(self._low <= _FIRST_DAY)
        low = max(_FIRST_DAY, self._low - max(_MARGIN_DAYS, self._anchor_day - self._low))
        starts, ends = self._axis.periods(low, self._low)
        origin = int(self._before[0]) if len(self._before) else self._total
        lengths = np.cumsum((ends - starts)[::-1])[::-1]
        self._starts = np.concatenate((starts, self._starts))
        self._ends = np.concatenate((ends, self._ends))
        self._before = np.concatenate((origin - lengths, self._before))
        self._low = low

    def _refuse_beyond(self, at_the_edge: bool) -> None:
        if at_the_edge:
            raise PlanError(
                f"In some runs of the simulation calendar '{self._axis.name}' is asked for working time outside the "
                "years 1800 to 2599. Check the durations, their ranges and the calendar."
            )
