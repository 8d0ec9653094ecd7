"""`headway plan level --objective peak`: the least units of each resource of a PSPLIB file that keep a finish.

Not here: how units are cut (`headway.engine.levelling.peak`), one search against the clock (`levelling`).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass

from headway.documents.child import Refused
from headway.documents.exchange.psplib import read_sm
from headway.engine.levelling.bound import quick_bound
from headway.engine.levelling.peak import Levelness, least_peaks, units_needed
from headway.engine.levelling.problem import Problem, Result, Status
from headway.interfaces.cli.levelling import PEAK, Clocked, job_lines, limit_of, problem_as_json
from headway.interfaces.cli.output import DONE, Output


def level_peaks(arguments: argparse.Namespace, out: Output) -> int:
    """The answer for a PSPLIB file: half the time is for the finish, unless it is found sooner, the rest for units."""
    begun = time.monotonic()
    problem = read_sm(arguments.file)
    half = begun + limit_of(arguments) / 2
    first = Clocked(problem, arguments, out, begun, half, enough=arguments.finish_by).run()
    limit = first.makespan if arguments.finish_by is None else arguments.finish_by
    keeping = _Keeping(problem, first, arguments, out, begun + limit_of(arguments), _cuts(problem, limit))
    found = least_peaks(problem, limit, keeping)
    if found is None:
        raise Refused(
            f"No schedule was found that ends by period {limit}: the earliest found ends at {first.makespan}, and none "
            f"can end before {first.lower_bound}. Give a later --finish-by, or more time.",
            {"file": arguments.file.name},
        )
    seconds = round(time.monotonic() - begun, 3)
    least = tuple(units_needed(problem, resource, limit) for resource in range(len(problem.capacities)))
    status = Status.OPTIMAL if found.peaks == least else Status.FEASIBLE
    answer = Result(found.starts, found.makespan, first.lower_bound, found.schedules, first.seed)
    told = problem_as_json(answer, PEAK, seconds) | {
        "status": status.value,
        "peaks": {str(resource + 1): units for resource, units in enumerate(found.peaks)},
    }
    out.answer(told, _lines(problem, found, status, seconds, first.seed))
    return DONE


@dataclass
class _Keeping:
    """Searches the problem with fewer and fewer units until the limit is kept, each time for its share of the time.

    until  by the monotonic clock. cuts  how many searches there may still be.
    """

    whole: Problem
    first: Result
    arguments: argparse.Namespace
    out: Output
    until: float
    cuts: int

    def __call__(self, problem: Problem, limit: int) -> Result:
        if problem is self.whole:
            return self.first
        bound = quick_bound(problem)
        now = time.monotonic()
        share = (self.until - now) / max(1, self.cuts)
        self.cuts -= 1
        if bound > limit:
            return Result((), bound, bound, 0, self.first.seed)
        return Clocked(problem, self.arguments, self.out, now, now + share, enough=limit).run()


def _cuts(problem: Problem, limit: int) -> int:
    """The most searches that halving the units of every resource takes."""
    return sum(
        max(0, max(units) - units_needed(problem, resource, limit)).bit_length()
        for resource, units in enumerate(problem.capacities)
    )


def _lines(problem: Problem, found: Levelness, status: Status, seconds: float, seed: int) -> Iterator[str]:
    units = ", ".join(f"R {resource + 1}: {peak}" for resource, peak in enumerate(found.peaks))
    known = "fewer are impossible" if status is Status.OPTIMAL else "not proven the least"
    yield f"Most units at once {units or 'none'}; {known}"
    yield f"Makespan {found.makespan}; {found.schedules} schedules in {seconds:.1f} s, seed {seed}"
    yield from job_lines(problem, found.starts)
