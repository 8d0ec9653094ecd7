"""A problem as the arrays that the search's loops read, and room for them to work in.

Rows are the activities in an order in which each follows those it depends on. Units of resources are packed side by
side into words of 62 bits, each with a guard bit above it: one subtraction and one comparison tell whether all
resources of a word have room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from headway.engine.levelling.problem import Precedence, Problem, finish

Whole = npt.NDArray[np.int64]

NEVER_DUE = 1 << 40  # periods
_WORD_BITS = 62


@dataclass(frozen=True, slots=True)
class Tables:
    """What `kernel.evolve` reads.

    order    the activity of each row.
    problem  rows (duration, release, calendar, fixed start, planned start, due; −1 = none), packed demands, links into
             each row and out of each row (row, lag, from the start), guard bits, room of each period without the free
             activities, worked periods of each calendar, longest way from each row's start to the end, weights, energy
             of each row (its work in thousandths of what its resources have in a period).
    urgency  latest start of each row if the project were as short as its longest path and nothing late; small = urgent.
    """

    order: tuple[int, ...]
    problem: tuple[Any, ...]
    urgency: Whole

    def room(self) -> tuple[Any, ...]:
        """Arrays one stream of the search works in."""
        base = self.problem[7]
        count = len(self.order)
        whole = [np.zeros(count, dtype=np.int64) for _ in range(4)]
        return (base.copy(), *whole, np.zeros(base.shape[1] + 3, dtype=np.int64), np.zeros(1, dtype=np.int64))

    def hand(self) -> tuple[Any, ...]:
        """Arrays in which a child is made."""
        return tuple(np.zeros(len(self.order), dtype=np.int64) for _ in range(5))

    def starts(self, starts: Whole) -> tuple[int, ...]:
        """Starts by row as starts by activity."""
        found = [0] * len(self.order)
        for row, activity in enumerate(self.order):
            found[activity] = int(starts[row])
        return tuple(found)


def tabulate(problem: Problem) -> Tables:
    """The arrays of a problem."""
    order = problem.order()
    place = {activity: row for row, activity in enumerate(order)}
    activities = [problem.activities[index] for index in order]
    rows = np.array(
        [
            (
                a.duration,
                a.release,
                -1 if a.calendar is None else a.calendar,
                -1 if a.fixed is None else a.fixed,
                a.planned or 0,
                NEVER_DUE if a.due is None else a.due,
            )
            for a in activities
        ],
        dtype=np.int64,
    ).reshape(-1, 6)
    into, links = _rows_of([(place[p.after], place[p.before], p) for p in problem.precedences], len(order))
    out, out_links = _rows_of([(place[p.before], place[p.after], p) for p in problem.precedences], len(order))
    periods = problem.horizon() + 1
    packing = _packing(problem)
    asked = np.array([a.demands for a in activities], dtype=np.int64).reshape(len(activities), -1)
    demands = _packed(packing, asked)
    base = np.ascontiguousarray(_packed(packing, free_units(problem, periods)).T)
    guard = np.array([sum(1 << (at + bits) for _, at, bits in word) for word in packing], dtype=np.int64)
    base += guard[:, None]
    calendars = np.ones((len(problem.calendars), periods), dtype=np.int64)
    for index, worked in enumerate(problem.calendars):
        calendars[index, : len(worked)] = worked[:periods]
    tails = _tails(problem, order)
    weights = np.array([0 if a.planned is None else a.priority for a in activities], dtype=np.int64)
    capacities = np.array([max(1, units[-1]) for units in problem.capacities], dtype=np.int64)
    energy = rows[:, 0] * (1000 * asked // capacities).sum(axis=1)
    arrays = (rows, demands, into, links, out, out_links, guard, base, calendars, tails, weights, energy)
    return Tables(order, arrays, np.minimum(-tails, _latest_by_dues(problem, order) - tails.max(initial=0)))


def free_units(problem: Problem, periods: int) -> Whole:
    """Units of each resource (columns) left in each period by the fixed activities; never negative."""
    free = np.empty((periods, len(problem.capacities)), dtype=np.int64)
    for resource, units in enumerate(problem.capacities):
        told = units[:periods]
        free[: len(told), resource] = told
        free[len(told) :, resource] = units[-1]
    for index, activity in enumerate(problem.activities):
        if activity.fixed is None or not any(activity.demands):
            continue
        busy = np.zeros(periods, dtype=np.int64)
        busy[activity.fixed : finish(problem, index, activity.fixed)] = 1
        worked = problem.calendars[activity.calendar][:periods] if activity.calendar is not None else ()
        busy[: len(worked)] *= np.array(worked, dtype=np.int64)
        free -= busy[:, None] * np.array(activity.demands, dtype=np.int64)
    return np.maximum(free, 0)


def _rows_of(links: Sequence[tuple[int, int, Precedence]], count: int) -> tuple[Whole, Whole]:
    """Links by their row: where each row's begin, and (other row, lag, whether from the start)."""
    found: list[list[tuple[int, int, int]]] = [[] for _ in range(count)]
    for row, other, precedence in links:
        found[row].append((other, precedence.lag, int(precedence.from_start)))
    at = np.zeros(count + 1, dtype=np.int64)
    at[1:] = np.cumsum([len(entries) for entries in found])
    return at, np.array([entry for entries in found for entry in entries], dtype=np.int64).reshape(-1, 3)


def _packing(problem: Problem) -> list[list[tuple[int, int, int]]]:
    """Words of (resource, first bit, bits); the guard bit stands above the bits."""
    words: list[list[tuple[int, int, int]]] = [[]]
    at = 0
    for resource, units in enumerate(problem.capacities):
        most = max((*units, *(a.demands[resource] for a in problem.activities)))
        bits = max(1, most.bit_length())
        if at + bits + 1 > _WORD_BITS:
            words.append([])
            at = 0
        words[-1].append((resource, at, bits))
        at += bits + 1
    return words


def _packed(packing: Sequence[Sequence[tuple[int, int, int]]], amounts: Whole) -> Whole:
    """Rows of units as rows of words."""
    words = np.zeros((len(amounts), len(packing)), dtype=np.int64)
    for number, word in enumerate(packing):
        for resource, at, _ in word:
            words[:, number] += amounts[:, resource] << at
    return words


def _tails(problem: Problem, order: Sequence[int]) -> Whole:
    """Working periods from the start of each activity to the end of all, along its longest way."""
    tail = [activity.duration for activity in problem.activities]
    follow: list[list[Precedence]] = [[] for _ in problem.activities]
    for precedence in problem.precedences:
        follow[precedence.before].append(precedence)
    for index in reversed(order):
        for precedence in follow[index]:
            before = 0 if precedence.from_start else problem.activities[index].duration
            tail[index] = max(tail[index], before + precedence.lag + tail[precedence.after])
    return np.array([tail[index] for index in order], dtype=np.int64)


def _latest_by_dues(problem: Problem, order: Sequence[int]) -> Whole:
    """The latest start of each row by which all that follows it could end when it is due, by links alone."""
    latest = [NEVER_DUE] * len(problem.activities)
    follow: list[list[Precedence]] = [[] for _ in problem.activities]
    for precedence in problem.precedences:
        follow[precedence.before].append(precedence)
    for index in reversed(order):
        activity = problem.activities[index]
        if activity.due is not None:
            latest[index] = activity.due - activity.duration
        for precedence in follow[index]:
            before = 0 if precedence.from_start else activity.duration
            latest[index] = min(latest[index], latest[precedence.after] - precedence.lag - before)
    return np.array([latest[index] for index in order], dtype=np.int64)
