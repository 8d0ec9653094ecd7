"""`headway plan level --objective peak`: the least units of each resource that keep a finish.

Not here: how units are cut (`headway.engine.levelling.peak` and, for plans, `smoothing`), one search against the clock
(`levelling`).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from headway.documents.child import Refused
from headway.documents.exchange.plan_json import moment_as_json
from headway.documents.exchange.psplib import read_sm
from headway.engine.calendars import Calendars
from headway.engine.levelling.bound import quick_bound
from headway.engine.levelling.peak import Levelness, least_peaks, units_needed
from headway.engine.levelling.problem import Problem, Result, Status
from headway.engine.levelling.search import can_begin
from headway.engine.levelling.smoothing import Smoothed, smooth
from headway.engine.plan import Plan, PlanError
from headway.interfaces.cli.levelling import (
    PEAK,
    Clocked,
    LevelledPlan,
    job_lines,
    limit_of,
    plan_as_json,
    plan_lines,
    problem_as_json,
)
from headway.interfaces.cli.output import DONE, Output, table

_SHARES = 6  # a search may take so great a part of the time that is left: cuts that cannot be made take all of theirs


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


@dataclass(frozen=True, slots=True)
class SmoothedPlan:
    """A plan with the least units found; `plan` is told like every levelled plan."""

    plan: LevelledPlan
    found: Smoothed


def smooth_plan(plan: Plan, arguments: argparse.Namespace, out: Output, begun: float) -> SmoothedPlan:
    """The plan with the least units found; `begun` is when its file began to be read, by the monotonic clock."""
    until = begun + limit_of(arguments)
    if arguments.finish_by is not None and not plan.project.schedule_from_start:
        raise Refused("The plan is scheduled from its finish, which stays: leave out --finish-by.")

    def keeping(problem: Problem, limit: int) -> Result | None:
        now = time.monotonic()
        share = (until - now) / _SHARES
        if quick_bound(problem) > limit or not can_begin(problem, share):
            return None
        return Clocked(problem, arguments, out, now, now + share, enough=limit).run()

    try:
        found = smooth(plan, keeping, keep=arguments.finish_by, go_on=lambda: time.monotonic() < until)
    except PlanError as error:
        raise Refused(str(error), {"file": arguments.file.name}) from error
    axis = Calendars(plan.calendars, default_uid=plan.project.calendar_uid).default
    before, after = found.levelled.before, found.levelled.schedule
    told = LevelledPlan(
        levelled=found.levelled,
        makespan=axis.work_between(after.start, after.finish),
        lower_bound=min(axis.work_between(d.start, d.finish) for d in (before, after)),
        seconds=round(time.monotonic() - begun, 3),
        schedules=found.schedules,
        seed=arguments.seed,
    )
    return SmoothedPlan(told, found)


def smoothed_as_json(answer: SmoothedPlan) -> dict[str, Any]:
    """As of every levelled plan, with the date that is kept and the peaks by resource uid."""
    found = answer.found
    return plan_as_json(answer.plan) | {
        "status": (Status.OPTIMAL if found.is_optimal else Status.FEASIBLE).value,
        "objective": PEAK,
        "keeps": moment_as_json(found.kept),
        "peaks": {
            str(peak.resource_uid): {
                "before": float(peak.before),
                "after": float(peak.after),
                "lower_bound": float(peak.bound),
                "gap": round(peak.gap, 4),
            }
            for peak in found.peaks
        },
    }


def smoothed_lines(answer: SmoothedPlan) -> Iterator[str]:
    """The units of each resource at once, before and after, and then what moved."""
    levelled = answer.found.levelled
    resources = {resource.uid: resource for resource in levelled.plan.resources}
    end = "ends" if levelled.plan.project.schedule_from_start else "starts"
    if not answer.found.peaks:
        yield "Nobody has work in this plan."
        return
    yield f"The most units at once, where the plan still {end} {moment_as_json(answer.found.kept).replace('T', ' ')}:"
    rows = [
        (resource.name, *(f"{units:f}" for units in (resource.max_units, peak.before, peak.after, peak.bound)))
        for peak in answer.found.peaks
        for resource in (resources[peak.resource_uid],)
    ]
    yield from table(("Resource", "Has", "Before", "After", "At best"), rows)
    yield from plan_lines(answer.plan)


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

    def __call__(self, problem: Problem, limit: int) -> Result | None:
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
