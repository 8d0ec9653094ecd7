"""Where the working time of one axis lies on another: a table of the runs in which both work on without a break.

Not here: what works when (`headway.engine.calendars`), work outside the other axis (`profile`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from headway.engine.calendars import FIRST_DAY, LAST_DAY, TENTHS_PER_DAY, Axis

_FIRST_DAYS = 800  # covered at first
_Instants = npt.NDArray[np.int64]


class Mapping:
    """Positions of an axis as positions of another one, as long as all its work lies within that of the other."""

    def __init__(self, axis: Axis, other: Axis) -> None:
        self._axis = axis
        self._other = other
        self._first, self._last = 0, 0  # days covered
        self._low, self._high = 0, 0  # positions covered
        self._starts: list[int] = []  # positions of the axis at which runs begin
        self._shifts: list[int] = []  # what leads from there to the other axis
        self._within = True

    def parts(self, first: int, last: int) -> Iterator[tuple[int, int]] | None:
        """The work between two positions of the axis, on the other; None where some of it lies outside of that."""
        if not self._low <= first or not last <= self._high:
            self._cover(first, last)
        return self._cut(first, last) if self._within else None

    def _cut(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        starts, shifts = self._starts, self._shifts
        following = bisect_right(starts, first)
        at, count = first, len(starts)
        while at < last:
            shift = shifts[following - 1]
            end = starts[following] if following < count and starts[following] < last else last
            yield at + shift, end + shift
            at, following = end, following + 1

    def _cover(self, first: int, last: int) -> None:
        """Make the table anew, for twice the days and for these positions."""
        start, end = self._axis.start_at(first) // TENTHS_PER_DAY, self._axis.finish_at(last) // TENTHS_PER_DAY + 1
        if self._first == self._last:
            self._first, self._last = start, start + _FIRST_DAYS
        days = self._last - self._first
        while self._first > start:
            self._first -= days
        while self._last < end:
            self._last += days
        self._first, self._last = max(FIRST_DAY, self._first), min(LAST_DAY, self._last)
        begun, ended = self._axis.periods(self._first, self._last)
        positions = np.concatenate(([0], np.cumsum(ended - begun))) + self._axis.position(int(begun[0]))
        there, until = self._on_other(begun), self._on_other(ended)
        self._within = bool(np.all(until - there == ended - begun))
        breaks = np.concatenate(([True], there[1:] != until[:-1]))
        runs = positions[:-1][breaks]
        self._starts, self._shifts = runs.tolist(), (there[breaks] - runs).tolist()
        self._low, self._high = int(positions[0]), int(positions[-1])

    def _on_other(self, instants: _Instants) -> _Instants:
        """Positions of instants on the other axis."""
        begun, ended = self._other.periods(self._first, self._last)
        if not len(begun):
            return np.full_like(instants, self._other.position(int(instants[0])))
        before = np.concatenate(([0], np.cumsum(ended - begun)))[:-1] + self._other.position(int(begun[0]))
        place = np.searchsorted(begun, instants, side="right") - 1
        worked = before[np.maximum(place, 0)] + np.minimum(instants, ended[place]) - begun[place]
        return np.where(place < 0, before[0], worked)
