"""Proves by constraint programming how short a schedule can be; small problems only.

`prove` loads OR-Tools when called: half a second and much memory, so callers run it in a process of their own and
where it is not installed do without. Not here: bounds without a search (`bound`).
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from headway.engine.levelling.problem import Problem, makespan
from headway.engine.levelling.tables import free_units

MOST_ACTIVITIES = 64  # with source and sink of an instance of 60; larger ones are not proven in seconds


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found out: no schedule is shorter than the bound; `starts` is a schedule, when one was met."""

    lower_bound: int
    starts: tuple[int, ...] | None


def can_prove(problem: Problem) -> bool:
    """Whether the problem is small enough and without calendars of single activities."""
    return len(problem.activities) <= MOST_ACTIVITIES and all(a.calendar is None for a in problem.activities)


def prove(
    problem: Problem, *, hint: Sequence[int], lower_bound: int, seconds: float, workers: int = 1, seed: int = 0
) -> Proof:
    """A lower bound, and a schedule where one at least as short as the hint was found.

    hint  a schedule known already; nothing longer is looked for.
    Raises ImportError without OR-Tools.
    """
    cp_model: Any = importlib.import_module("ortools.sat.python.cp_model")  # heavy, optional, untyped
    model = cp_model.CpModel()
    upper = makespan(problem, hint)
    starts = [
        model.new_int_var(0, upper - a.duration, "") if a.fixed is None else model.new_constant(a.fixed)
        for a in problem.activities
    ]
    end = model.new_int_var(lower_bound, upper, "")
    for index, activity in enumerate(problem.activities):
        model.add(end >= starts[index] + activity.duration)
        if activity.fixed is None:
            model.add(starts[index] >= activity.release)
            model.add_hint(starts[index], hint[index])
    for p in problem.precedences:
        if problem.activities[p.after].fixed is None:
            distance = p.lag + (0 if p.from_start else problem.activities[p.before].duration)
            model.add(starts[p.after] >= starts[p.before] + distance)
    _share_resources(model, problem, starts, upper)
    model.minimize(end)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed % 2**31
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Proof(lower_bound, None)
    bound = max(lower_bound, round(solver.best_objective_bound))
    return Proof(bound, tuple(solver.value(start) for start in starts))


def _share_resources(model: Any, problem: Problem, starts: Sequence[Any], upper: int) -> None:
    """One cumulative constraint a resource; what is missing in a period is taken by a block that stands there."""
    free = free_units(problem, max(1, upper)).tolist()
    for resource in range(len(problem.capacities)):
        most = max(row[resource] for row in free)
        users = [i for i, a in enumerate(problem.activities) if a.demands[resource] and a.duration and a.fixed is None]
        intervals = [model.new_fixed_size_interval_var(starts[i], problem.activities[i].duration, "") for i in users]
        demands = [problem.activities[i].demands[resource] for i in users]
        for first, last, missing in _blocks([most - row[resource] for row in free]):
            intervals.append(model.new_fixed_size_interval_var(first, last - first, ""))
            demands.append(missing)
        model.add_cumulative(intervals, demands, most)


def _blocks(missing: Sequence[int]) -> list[tuple[int, int, int]]:
    """Stretches (first period, period after the last, units) in which the same number of units is missing."""
    found: list[tuple[int, int, int]] = []
    for at, units in enumerate(missing):
        if found and found[-1][1] == at and found[-1][2] == units:
            found[-1] = (found[-1][0], at + 1, units)
        elif units:
            found.append((at, at + 1, units))
    return found
