"""Days of many people as tables of whole numbers: packed to be kept, added up over plans, summed by stretches of days.

Amounts are tenths of a minute; a row is a person, a column a day.
Not here: what a plan asks of its people (`capacity`), whose plans count and who may see them (the areas).
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from headway.engine.capacity import DayWork

Table = npt.NDArray[np.int64]
_STORED = np.dtype("<i4")
_MOST = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class LoadTable:
    """Work planned and capacity of some people, day by day from `first` on."""

    first: date
    planned: Table
    capacity: Table

    @property
    def days(self) -> int:
        """How many days it holds."""
        return int(self.planned.shape[1])


def table_of(people: Sequence[Sequence[DayWork]], *, first: date, days: int) -> LoadTable:
    """The table of people whose days are known one by one, in their order."""
    planned = np.zeros((len(people), days), dtype=np.int64)
    capacity = np.zeros((len(people), days), dtype=np.int64)
    for row, theirs in enumerate(people):
        for day in theirs:
            column = (day.day - first).days
            if 0 <= column < days:
                planned[row, column] = day.planned.tenths
                capacity[row, column] = day.capacity.tenths
    return LoadTable(first, planned, capacity)


def pack(table: LoadTable) -> str:
    """The amounts as one compressed text."""
    both = np.minimum(np.stack((table.planned, table.capacity)), _MOST).astype(_STORED)
    return b64encode(zlib.compress(both.tobytes(), 1)).decode()


def unpack(packed: str, *, first: date, people: int) -> LoadTable:
    """The table again."""
    both = np.frombuffer(zlib.decompress(b64decode(packed)), dtype=_STORED).astype(np.int64)
    planned, capacity = both.reshape(2, people, -1) if people else np.zeros((2, 0, 0), dtype=np.int64)
    return LoadTable(first, planned, capacity)


class Totals:
    """Everybody's days over several plans: work is added up, capacity is the most that one of the plans gives."""

    def __init__(self, people: int, *, first: date, days: int) -> None:
        self.first = first
        self.planned = np.zeros((people, days), dtype=np.int64)
        self.capacity = np.zeros((people, days), dtype=np.int64)

    def add(self, table: LoadTable, rows: Sequence[int], of: Sequence[int]) -> None:
        """Take in a plan's table: its rows `of` are these people. Days outside are left out."""
        begin = (table.first - self.first).days
        low, high = max(0, begin), min(self.planned.shape[1], begin + table.days)
        if low >= high or not rows:
            return
        there, here = slice(low - begin, high - begin), slice(low, high)
        for row, of_table in zip(rows, of, strict=True):  # one by one: somebody may stand in a plan twice
            self.planned[row, here] += table.planned[of_table, there]
            np.maximum(self.capacity[row, here], table.capacity[of_table, there], out=self.capacity[row, here])

    def take_off(self, row: int, day: date, percent: int) -> None:
        """Lessen somebody's capacity of a day by so many percent of it: they are on leave."""
        column = (day - self.first).days
        if 0 <= column < self.capacity.shape[1]:
            self.capacity[row, column] = self.capacity[row, column] * (100 - percent) // 100


@dataclass(frozen=True, slots=True)
class Stretches:
    """Sums by stretch of days: a row a person, a column a stretch. `over` counts days with more work than fits."""

    planned: Table
    capacity: Table
    over: Table


def by_stretch(planned: Table, capacity: Table, starts: Sequence[int]) -> Stretches:
    """Sums of each stretch; `starts` are the columns at which they begin, each ends where the next begins."""
    if not planned.shape[0] or not len(starts):
        empty = np.zeros((planned.shape[0], len(starts)), dtype=np.int64)
        return Stretches(empty, empty, empty)
    over = (planned > capacity).astype(np.int64)
    return Stretches(*(np.add.reduceat(amounts, list(starts), axis=1) for amounts in (planned, capacity, over)))


def added(stretches: Stretches, rows: Iterable[int]) -> Stretches:
    """The sums of some people together, as one row."""
    chosen = list(rows)
    return Stretches(
        *(
            amounts[chosen].sum(axis=0, keepdims=True)
            for amounts in (stretches.planned, stretches.capacity, stretches.over)
        )
    )
