"""`headway plan level`: schedules within the resources, by search under a time limit.

Not here: how plans are read (`plan`), the search itself (`headway.engine.levelling`).
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from headway.documents.child import Refused
from headway.documents.exchange.plan_json import minutes_as_json, moment_as_json
from headway.documents.exchange.psplib import read_sm
from headway.engine.levelling.bound import earliest_starts
from headway.engine.levelling.optimise import optimise
from headway.engine.levelling.problem import Problem, Result, Status, disturbance, lateness, makespan
from headway.engine.levelling.proof import can_prove
from headway.engine.levelling.rules import Levelled
from headway.engine.levelling.search import Objective, Progress, can_begin, search
from headway.engine.levelling.staffing import Staffed, staffed
from headway.engine.plan import Plan
from headway.engine.units import ZERO_WORK, WorkTime
from headway.interfaces.cli.arguments import local_moment
from headway.interfaces.cli.output import DONE, Output, table
from headway.interfaces.cli.proving import Prover

_WITHOUT_END = 1 << 40  # schedules: the clock ends the search
_SECONDS = 10.0
_SEARCH_ALONE_SECONDS = 0.3
_THREADS = 2
_SMALL = 40  # activities
_SMALL_SCHEDULES = 200_000
_LOADING_SECONDS = 1.0  # of compiled code are no search
_READING_SECONDS = 2.0  # what reading takes longer comes off the search
_OVERTIME_SECONDS = 3.0  # past the limit; later than that no date is still being made
_TOLD_EVERY_SECONDS = 1.0
_MOST_SHOWN = 40
_COUNTS_ONCE = 500  # the priority of every job of a PSPLIB file
PEAK = "peak"
OBJECTIVES = (*(objective.value for objective in Objective), PEAK)


def add_limits(parser: argparse.ArgumentParser) -> None:
    """The options that bound a search."""
    parser.add_argument(
        "--time-limit", type=_seconds, metavar="S", help="seconds of search (10; none where --schedules is given)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another seed searches elsewhere (0)")
    parser.add_argument(
        "--schedules",
        type=_count,
        default=_WITHOUT_END,
        metavar="N",
        help="end after so many schedules; with the seed this makes the answer repeatable on any machine",
    )


def add_staffing(parser: argparse.ArgumentParser) -> None:
    """The option that fills roles before the search."""
    parser.add_argument(
        "--staff-roles",
        action="store_true",
        help="give the work of a role (a resource named as a group) to members of the group; search only",
    )


def add_objective(parser: argparse.ArgumentParser) -> None:
    """What the search looks for."""
    parser.add_argument(
        "--objective",
        choices=OBJECTIVES,
        help="what to search for: the earliest finish (the standard); disturbance, the least delay against the dates "
        "without levelling, weighted by priority; peak, the least units of each resource that keep the finish "
        "(--time-limit is for all its searches, --schedules for each)",
    )
    parser.add_argument(
        "--finish-by",
        type=_period_or_date,
        metavar="D",
        help="with --objective peak: keep this date (of a PSPLIB file: this period), not the finish that the plan has "
        "(of a PSPLIB file: the earliest that is found)",
    )


def refuse_for_problem(arguments: argparse.Namespace, *, by_rules: bool) -> None:
    """Refuse what a PSPLIB file has no use for: it has neither dates nor people, and nothing is written into one."""
    given = {
        "--method rules": by_rules,
        "--output": arguments.output is not None,
        "--staff-roles": arguments.staff_roles,
        "--set": bool(arguments.set),
    }
    told = ", ".join(name for name, is_given in given.items() if is_given)
    if told:
        raise Refused(
            f"A PSPLIB file (.sm) is levelled by search and answered in its periods. Leave out {told}; "
            "--json gives the start of every job.",
            {"file": arguments.file.name},
        )


def refuse_objective(arguments: argparse.Namespace, *, by_rules: bool, of_plan: bool) -> None:
    """Refuse objectives where nothing would look for them."""
    if arguments.objective is not None and by_rules:
        raise Refused("Levelling by rules has no objective. Leave out --objective, or --method rules.")
    if arguments.staff_roles and by_rules:
        raise Refused("Only the search fills roles. Leave out --staff-roles, or --method rules.")
    if arguments.finish_by is not None and arguments.objective != PEAK:
        raise Refused("Only the search for least units keeps a given finish. Add --objective peak to --finish-by.")
    if arguments.finish_by is not None and of_plan == isinstance(arguments.finish_by, int):
        needed = "a date, such as 2026-03-02" if of_plan else "a period, such as 60"
        raise Refused(f"--finish-by of this file is {needed}.", {"file": arguments.file.name})
    if arguments.objective == PEAK and arguments.staff_roles:
        raise Refused("The search for least units fills no roles. Leave out --staff-roles, or --objective peak.")


def objective_of(arguments: argparse.Namespace) -> Objective:
    """What one search looks for, as asked for."""
    return Objective.DISTURBANCE if arguments.objective == Objective.DISTURBANCE.value else Objective.FINISH


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds above 0 and up to 86400")
    return seconds


def _period_or_date(text: str) -> int | datetime:
    """A period, or a date of a plan; a date alone is its end."""
    if text.isdecimal():
        return _count(text)
    date = local_moment(text)
    return date + timedelta(days=1) if "T" not in text and " " not in text else date


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number above 0")
    return int(text)


def limit_of(arguments: argparse.Namespace) -> float:
    """Seconds of search, as asked for."""
    limit: float | None = arguments.time_limit
    if limit is not None:
        return limit
    return _SECONDS if arguments.schedules == _WITHOUT_END else math.inf


def level_problem(arguments: argparse.Namespace, out: Output) -> int:
    """The answer for a PSPLIB file, in the file's periods and job numbers."""
    begun = time.monotonic()
    problem = _planned_earliest(read_sm(arguments.file))
    objective = objective_of(arguments)
    found = Clocked(problem, arguments, out, begun, objective=objective).run()
    seconds = round(time.monotonic() - begun, 3)
    told, lines = problem_as_json(found, objective.value, seconds), _lines(problem, found, seconds)
    if objective is Objective.DISTURBANCE:
        delays = disturbance(problem, found.starts) // _COUNTS_ONCE
        told |= {"disturbance_periods": delays, "status": _status(optimal=not delays)}
        lines = chain((f"Starts later than by links alone: {delays} periods in all",), lines)
    out.answer(told, lines)
    return DONE


def _planned_earliest(problem: Problem) -> Problem:
    """The jobs with the starts they would have if there were enough of every resource."""
    starts = earliest_starts(problem)
    activities = zip(problem.activities, starts, strict=True)
    return replace(problem, activities=tuple(replace(activity, planned=start) for activity, start in activities))


def _status(*, optimal: bool) -> str:
    status: str = (Status.OPTIMAL if optimal else Status.FEASIBLE).value
    return status


@dataclass(frozen=True, slots=True)
class LevelledPlan:
    """A levelled plan with what is known of its length, however it was levelled.

    seconds, schedules, seed  of the search; the rules make one schedule.
    objective                 what the search looked for; None = it is levelled by rules.
    disturbance               see `optimise.Optimised`; of a search for it.
    late, late_before         of a search: working time past deadlines, with levelling and without.
    chosen                    the member who took each assignment (by uid) that had asked for a role.
    """

    levelled: Levelled
    makespan: WorkTime
    lower_bound: WorkTime
    seconds: float
    schedules: int
    seed: int
    chosen: Mapping[int, int] = field(default_factory=dict)
    objective: Objective | None = None
    disturbance: WorkTime = ZERO_WORK
    late: WorkTime = ZERO_WORK
    late_before: WorkTime = ZERO_WORK

    @property
    def is_optimal(self) -> bool:
        """Whether nothing is better by what was looked for."""
        if self.objective is Objective.DISTURBANCE:
            return not self.disturbance.tenths
        return self.makespan <= self.lower_bound and self.late <= self.late_before


def level_plan(plan: Plan, arguments: argparse.Namespace, out: Output, begun: float) -> LevelledPlan:
    """The plan levelled by search; `begun` is when its file began to be read, by the monotonic clock.

    Making dates of what the search finds takes about as long as levelling by rules before it. Where the limit leaves
    no time for both, nothing is searched and the rules have the word.
    """
    filled = staffed(plan) if arguments.staff_roles else Staffed(plan, {})
    started = time.monotonic()

    def searched(problem: Problem) -> Result | None:
        now = time.monotonic()
        until = begun + limit_of(arguments) + _OVERTIME_SECONDS - (now - started)
        if not can_begin(problem, until - now):
            out.note("There is no time left to search: the plan is levelled by rules. Give it a longer --time-limit.")
            return None
        since = begun + min(now - begun, _READING_SECONDS)
        return Clocked(problem, arguments, out, since, until, objective=objective).run()

    objective = objective_of(arguments)
    found = optimise(filled.plan, searched, objective=objective)
    return LevelledPlan(
        levelled=found.levelled,
        makespan=found.makespan,
        lower_bound=found.lower_bound,
        seconds=round(time.monotonic() - begun, 3),
        schedules=found.schedules,
        seed=found.seed,
        chosen=filled.chosen,
        objective=objective,
        disturbance=found.disturbance,
        late=found.late,
        late_before=found.late_before,
    )


def plan_as_json(found: LevelledPlan) -> dict[str, Any]:
    """Starts and elapsed delays by task uid, and what delayed each task."""
    delays = {row.uid: row.delay.amount for row in found.levelled.delayed if row.delay is not None}
    return {
        "status": _status(optimal=found.is_optimal),
        **_objective_as_json(found),
        "makespan": minutes_as_json(found.makespan),
        "lower_bound": minutes_as_json(found.lower_bound),
        "starts": {str(row.uid): moment_as_json(row.start) for row in found.levelled.schedule.tasks},
        "delay_minutes": {
            str(row.uid): minutes_as_json(delays.get(row.uid, ZERO_WORK)) for row in found.levelled.schedule.tasks
        },
        "seconds": found.seconds,
        "schedules": found.schedules,
        "seed": found.seed,
        "delayed": [
            {"uid": row.uid, "resource_uid": row.resource_uid, "task_uids": list(row.task_uids)}
            for row in found.levelled.delayed
        ],
        "staffed": [{"assignment_uid": uid, "resource_uid": member} for uid, member in found.chosen.items()],
        "unresolved": [
            {
                "resource_uid": row.over.resource_uid,
                "start": moment_as_json(row.over.start),
                "finish": moment_as_json(row.over.finish),
                "task_uids": list(row.over.task_uids),
                "reasons": list(row.reasons),
            }
            for row in found.levelled.unresolved
        ],
    }


def _objective_as_json(found: LevelledPlan) -> dict[str, Any]:
    """What was searched for, with its figure where that is not the makespan; nothing for levelling by rules."""
    if found.objective is None:
        return {}
    told: dict[str, Any] = {"objective": found.objective.value, "late_minutes": minutes_as_json(found.late)}
    if found.objective is Objective.DISTURBANCE:
        told["disturbance_minutes"] = minutes_as_json(found.disturbance)
    return told


def plan_lines(found: LevelledPlan) -> Iterator[str]:
    """The finish, what was delayed by whom, and what stays over capacity."""
    levelled = found.levelled
    tasks = {task.uid: task for task in levelled.plan.tasks}
    names = {resource.uid: resource.name for resource in levelled.plan.resources}
    yield f"{_ends(found)}; {found.schedules} schedules in {found.seconds:.1f} s, seed {found.seed}"
    if found.objective is Objective.DISTURBANCE:
        yield f"Delays against the dates without levelling, weighted by priority: {found.disturbance.hours:.1f} h"
    if found.late.tenths or found.late_before.tenths:
        yield f"Work past deadlines: {found.late.hours:.1f} h; without levelling {found.late_before.hours:.1f} h"
    rows = [
        (
            tasks[row.uid].id,
            tasks[row.uid].name,
            _moment(row.before),
            _moment(row.start),
            names[row.resource_uid],
            ", ".join(tasks[uid].name for uid in row.task_uids),
        )
        for row in levelled.delayed[:_MOST_SHOWN]
    ]
    if rows:
        yield from table(("ID", "Name", "Start before", "Start", "Waits for", "Busy with"), rows)
    if len(levelled.delayed) > _MOST_SHOWN:
        yield f"… {len(levelled.delayed) - _MOST_SHOWN} more; --json gives all."
    for row in levelled.unresolved[:_MOST_SHOWN]:
        causes = "; ".join(
            f"'{tasks[uid].name}' {reason}" for uid, reason in zip(row.over.task_uids, row.reasons, strict=True)
        )
        yield f"Over capacity: {names[row.over.resource_uid]} from {_moment(row.over.start)}: {causes}"


def _ends(found: LevelledPlan) -> str:
    """The end of the plan that levelling moves: its finish, or the start of a plan scheduled from its finish."""
    before, after, met = found.levelled.before, found.levelled.schedule, found.makespan <= found.lower_bound
    if found.levelled.plan.project.schedule_from_start:
        told = f"Finish {_moment(before.finish)} without levelling, {_moment(after.finish)} with it"
        return f"{told}, {'the earliest possible' if met else 'not proven the earliest'}"
    told = f"Start {_moment(before.start)} without levelling, {_moment(after.start)} with it"
    return f"{told}, {'the latest possible' if met else 'not proven the latest'}"


def _moment(moment: datetime) -> str:
    return moment_as_json(moment).replace("T", " ")


def _is_shorter(problem: Problem, starts: Sequence[int], found: Result) -> bool:
    """Whether a schedule is shorter than the one found and no later by what is due."""
    if makespan(problem, starts) >= found.makespan:
        return False
    return lateness(problem, starts) <= lateness(problem, found.starts)


@dataclass
class Clocked:
    """One search against the clock, with a proof beside it where the problem is small enough."""

    problem: Problem
    arguments: argparse.Namespace
    out: Output
    begun: float
    until: float = math.inf  # by the monotonic clock; begun may move, this may not
    objective: Objective = Objective.FINISH
    enough: int | None = None  # a makespan that need not be bettered
    prover: Prover | None = None
    told: float = 0.0
    compiled: bool = False

    def run(self) -> Result:
        """The best schedule within the limits, with the best bound known by then."""
        arguments = self.arguments
        proves = self.objective is Objective.FINISH and self.enough is None
        proves = proves and arguments.schedules == _WITHOUT_END and _can_prove(self.problem)
        try:
            found = search(
                self.problem,
                schedules=arguments.schedules,
                seed=arguments.seed,
                threads=_THREADS,
                objective=self.objective,
                enough=self.enough,
                stop=self._stop_proving if proves else self._stop,
            )
        finally:
            proof = self.prover.end() if self.prover else None
        if proof is not None:
            found = replace(found, lower_bound=max(found.lower_bound, proof.lower_bound))
            if proof.starts is not None and _is_shorter(self.problem, proof.starts, found):
                found = replace(found, starts=proof.starts, makespan=makespan(self.problem, proof.starts))
        return found

    def _stop(self, progress: Progress) -> bool:
        if progress.compiled and not self.compiled:
            self.compiled = True
            self.begun = min(time.monotonic(), self.begun + _LOADING_SECONDS)
        now = time.monotonic() - self.begun
        if now - self.told >= _TOLD_EVERY_SECONDS:
            self.told = now
            self.out.note(
                f"{now:.0f} s: makespan {progress.makespan}, lower bound {progress.lower_bound}, "
                f"{progress.schedules} schedules"
            )
        return self._left() <= 0

    def _is_small(self) -> bool:
        return len(self.problem.activities) <= _SMALL

    def _left(self) -> float:
        now = time.monotonic()
        return min(self.begun + limit_of(self.arguments), self.until) - now

    def _stop_proving(self, progress: Progress) -> bool:
        left = self._left()
        if self.prover is None and time.monotonic() - self.begun >= _SEARCH_ALONE_SECONDS:
            self.prover = Prover(
                self.problem,
                progress.starts,
                lower_bound=progress.lower_bound,
                seconds=left,
                workers=_THREADS if self._is_small() else 1,
                seed=self.arguments.seed,
            )
        if self.prover is not None and self._is_small() and progress.schedules >= _SMALL_SCHEDULES:
            self.prover.wait(left)  # the search has found what it can: both cores are for the proof
            return True
        proof = self.prover.proof if self.prover else None
        if proof is not None and proof.starts is not None:
            best = min(progress.makespan, makespan(self.problem, proof.starts))
            if best <= proof.lower_bound:
                return True
        return self._stop(progress)


def _can_prove(problem: Problem) -> bool:
    return can_prove(problem) and importlib.util.find_spec("ortools") is not None


def problem_as_json(found: Result, objective: str, seconds: float) -> dict[str, Any]:
    """A schedule of periods by job, and what is known of its finish."""
    return {
        "status": found.status.value,
        "objective": objective,
        "makespan": found.makespan,
        "lower_bound": found.lower_bound,
        "starts": {str(index + 1): start for index, start in enumerate(found.starts)},
        "seconds": seconds,
        "schedules": found.schedules,
        "seed": found.seed,
    }


def _lines(problem: Problem, found: Result, seconds: float) -> Iterator[str]:
    known = "which is the best possible" if found.status is Status.OPTIMAL else f"at best {found.lower_bound}"
    yield f"Makespan {found.makespan}, {known}; {found.schedules} schedules in {seconds:.1f} s, seed {found.seed}"
    yield from job_lines(problem, found.starts)


def job_lines(problem: Problem, starts: Sequence[int]) -> Iterator[str]:
    """The jobs in the order of their starts."""
    rows = [
        (index + 1, start, start + problem.activities[index].duration)
        for index, start in sorted(enumerate(starts), key=lambda pair: (pair[1], pair[0]))
    ]
    yield from table(("Job", "Start", "Finish"), rows[:_MOST_SHOWN])
    if len(rows) > _MOST_SHOWN:
        yield f"… {len(rows) - _MOST_SHOWN} more; --json gives all."
