"""The least units that get the work done by a date: each resource is cut down as far as the finish allows.

Not here: the search that tells whether a date can be kept (`search`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from headway.engine.levelling.problem import Problem, Result, usage

Keeping = Callable[[Problem, int], Result | None]
"""Searches a problem until a makespan is no more than the number; None: there is no time to."""


@dataclass(frozen=True, slots=True)
class Levelness:
    """A schedule that ends within the limit, and the most units of each resource it uses at once."""

    starts: tuple[int, ...]
    makespan: int
    peaks: tuple[int, ...]
    schedules: int


def least_peaks(problem: Problem, limit: int, search: Keeping, order: Sequence[int] | None = None) -> Levelness | None:
    """The lowest peaks found with a makespan of at most `limit`; None when none is found that short.

    order  resources in the order in which they are cut, the dearest first; None = as they stand.
    Halves the room between what the work needs on the whole and what is used, one resource after the other, so the
    later ones are cut within what the earlier ones have left.
    """
    best = search(problem, limit)
    if best is None or best.makespan > limit:
        return None
    made = best.schedules
    for resource in range(len(problem.capacities)) if order is None else order:
        high = _peak(problem, best.starts, resource)
        low = min(units_needed(problem, resource, limit), high)
        while low < high:
            middle = (low + high) // 2
            found = search(_cut(problem, resource, middle), limit)
            made += found.schedules if found is not None else 0
            if found is not None and found.makespan <= limit:
                best, high = found, min(middle, _peak(problem, found.starts, resource))  # fixed work may need more
            else:
                low = middle + 1
        problem = _cut(problem, resource, high)
    peaks = tuple(_peak(problem, best.starts, resource) for resource in range(len(problem.capacities)))
    return Levelness(best.starts, best.makespan, peaks, made)


def _cut(problem: Problem, resource: int, most: int) -> Problem:
    """The problem with at most so many units of a resource in any period."""
    capacities = list(problem.capacities)
    capacities[resource] = tuple(min(units, most) for units in capacities[resource])
    return replace(problem, capacities=tuple(capacities))


def units_needed(problem: Problem, resource: int, limit: int) -> int:
    """Units that the largest demand, and the work spread evenly up to the limit, need in any case."""
    free = [a for a in problem.activities if a.fixed is None and a.duration]
    work = sum(a.duration * a.demands[resource] for a in free)
    return max((-(-work // limit) if limit else 0, *(a.demands[resource] for a in free)))


def _peak(problem: Problem, starts: Sequence[int], resource: int) -> int:
    """The most units of a resource used in one period."""
    return max((used for used, _ in usage(problem, starts, resource)), default=0)
