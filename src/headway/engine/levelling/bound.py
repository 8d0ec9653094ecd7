"""How short a schedule can be at best, without searching for one.

Not here: proofs by constraint programming (`proof`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import isqrt

from headway.engine.levelling.problem import Precedence, Problem, finish

_MOST_THRESHOLDS = 60  # heads and tails at which the work between them is counted
_MOST_STEPS = 2_000_000  # activities looked at for that
_MOST_IN_PAIRS = 300  # activities up to which pairs that exclude each other are looked for


def quick_bound(problem: Problem) -> int:
    """No schedule ends before this period.

    The largest of the longest path, the end of each resource's work, and the length of activities of which no two fit
    side by side; the latter two between the earliest start (head) and the shortest way to the end (tail) of a set.
    """
    heads, tails = earliest_starts(problem), _tails(problem)
    paths = (finish(problem, i, head) + tail for i, (head, tail) in enumerate(zip(heads, tails, strict=True)))
    return max((*paths, *_work_bounds(problem, heads, tails), _exclusion_bound(problem, heads, tails)), default=0)


def earliest_starts(problem: Problem) -> list[int]:
    """Earliest starts by links, releases and fixed starts."""
    into: list[list[Precedence]] = [[] for _ in problem.activities]
    for precedence in problem.precedences:
        into[precedence.after].append(precedence)
    heads = [0] * len(problem.activities)
    for index in problem.order():
        activity = problem.activities[index]
        bounds = (
            p.lag + (heads[p.before] if p.from_start else finish(problem, p.before, heads[p.before]))
            for p in into[index]
        )
        heads[index] = activity.fixed if activity.fixed is not None else max((activity.release, *bounds))
    return heads


def _tails(problem: Problem) -> list[int]:
    """Shortest ways from the finish of each activity to the end of all; fixed ones wait for nobody."""
    tails = [0] * len(problem.activities)
    out: list[list[Precedence]] = [[] for _ in problem.activities]
    for precedence in problem.precedences:
        if problem.activities[precedence.after].fixed is None:
            out[precedence.before].append(precedence)
    for index in reversed(problem.order()):
        for p in out[index]:
            rest = p.lag + problem.activities[p.after].duration + tails[p.after]
            if not p.from_start:
                tails[index] = max(tails[index], rest)
            elif problem.activities[index].calendar is None:
                tails[index] = max(tails[index], rest - problem.activities[index].duration)
    return tails


def _work_bounds(problem: Problem, heads: Sequence[int], tails: Sequence[int]) -> Iterator[int]:
    """For each resource: when the work of all activities behind a head and before a tail can have been done."""
    demands = sum(1 for a in problem.activities for units in a.demands if units)
    most = max(2, min(_MOST_THRESHOLDS, isqrt(_MOST_STEPS // max(1, demands))))
    for resource, units in enumerate(problem.capacities):
        busy = [i for i, a in enumerate(problem.activities) if a.demands[resource] and a.duration and a.fixed is None]
        room = list(accumulate(units, initial=0))
        for head in _thresholds([heads[i] for i in busy], most):
            behind = [i for i in busy if heads[i] >= head]
            for tail in _thresholds([tails[i] for i in behind], most):
                chosen = (problem.activities[i] for i in behind if tails[i] >= tail)
                work = sum(a.duration * a.demands[resource] for a in chosen)
                yield _done_by(room, units[-1], head, work) + tail


def _thresholds(values: Sequence[int], most: int) -> list[int]:
    found = sorted(set(values))
    step = max(1, -(-len(found) // most))
    return found[::step]


def _done_by(room: Sequence[int], last: int, start: int, work: int) -> int:
    """The first period by which so much work fits in from `start` on; `room` is the units up to each period."""
    periods = len(room) - 1
    goal = work + (room[start] if start <= periods else room[periods] + (start - periods) * last)
    if goal > room[periods]:
        return periods + -(-(goal - room[periods]) // last)
    low, high = start, periods
    while low < high:
        middle = (low + high) // 2
        if room[middle] >= goal:
            high = middle
        else:
            low = middle + 1
    return low


def _exclusion_bound(problem: Problem, heads: Sequence[int], tails: Sequence[int]) -> int:
    """The longest row found of activities of which no two can run at once, with its head and tail."""
    free = [i for i, a in enumerate(problem.activities) if a.duration and a.fixed is None and a.calendar is None]
    if len(free) > _MOST_IN_PAIRS:
        return 0
    apart = {i: {j for j in free if j != i and _exclude(problem, i, j)} for i in free}
    best = 0
    for seed in free:
        row, others = [seed], apart[seed]
        while others:
            longest = max(others, key=lambda j: (problem.activities[j].duration, len(apart[j] & others), -j))
            row.append(longest)
            others = others & apart[longest]
            length = sum(problem.activities[i].duration for i in row)
            best = max(best, length + min(heads[i] for i in row) + min(tails[i] for i in row))
    return best


def _exclude(problem: Problem, one: int, other: int) -> bool:
    """Whether two activities together need more than a resource ever has."""
    first, second = problem.activities[one].demands, problem.activities[other].demands
    return any(a + b > max(units) for a, b, units in zip(first, second, problem.capacities, strict=True))
