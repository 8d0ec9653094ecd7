"""`headway plan level`: schedules within the resources, by search under a time limit.

Not here: how plans are read (`plan`), the search itself (`headway.engine.levelling`).
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from headway.documents.exchange.psplib import read_sm
from headway.engine.levelling.problem import Problem, Result, Status, makespan
from headway.engine.levelling.proof import can_prove
from headway.engine.levelling.search import Progress, search
from headway.interfaces.cli.output import DONE, Output, table
from headway.interfaces.cli.proving import Prover

_WITHOUT_END = 1 << 40  # schedules: the clock ends the search
_SEARCH_ALONE_SECONDS = 0.3
_THREADS = 2
_TOLD_EVERY_SECONDS = 1.0
_MOST_SHOWN = 40


def add_limits(parser: argparse.ArgumentParser) -> None:
    """The options that bound a search."""
    parser.add_argument("--time-limit", type=_seconds, default=10.0, metavar="S", help="seconds of search (10)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another seed searches elsewhere (0)")
    parser.add_argument(
        "--schedules",
        type=_count,
        default=_WITHOUT_END,
        metavar="N",
        help="end after so many schedules; with the seed this makes the answer repeatable on any machine",
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds between 0 and 86400")
    return seconds


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of schedules")
    return int(text)


def level_problem(arguments: argparse.Namespace, out: Output) -> int:
    """The answer for a PSPLIB file, in the file's periods and job numbers."""
    begun = time.monotonic()
    problem = read_sm(arguments.file)
    found = Clocked(problem, arguments, out, begun).run()
    seconds = round(time.monotonic() - begun, 3)
    out.answer(_as_json(found, seconds), _lines(problem, found, seconds))
    return DONE


@dataclass
class Clocked:
    """One search against the clock, with a proof beside it where the problem is small enough."""

    problem: Problem
    arguments: argparse.Namespace
    out: Output
    begun: float
    prover: Prover | None = None
    told: float = 0.0

    def run(self) -> Result:
        """The best schedule within the limits, with the best bound known by then."""
        arguments = self.arguments
        proves = arguments.schedules == _WITHOUT_END and _can_prove(self.problem)
        try:
            found = search(
                self.problem,
                schedules=arguments.schedules,
                seed=arguments.seed,
                threads=_THREADS,
                stop=self._stop_proving if proves else self._stop,
            )
        finally:
            proof = self.prover.end(0) if self.prover else None
        if proof is not None:
            found = replace(found, lower_bound=max(found.lower_bound, proof.lower_bound))
            if proof.starts is not None and makespan(self.problem, proof.starts) < found.makespan:
                found = replace(found, starts=proof.starts, makespan=makespan(self.problem, proof.starts))
        return found

    def _stop(self, progress: Progress) -> bool:
        now = time.monotonic() - self.begun
        if now - self.told >= _TOLD_EVERY_SECONDS:
            self.told = now
            self.out.note(
                f"{now:.0f} s: makespan {progress.makespan}, lower bound {progress.lower_bound}, "
                f"{progress.schedules} schedules"
            )
        limit: float = self.arguments.time_limit
        return now >= limit

    def _stop_proving(self, progress: Progress) -> bool:
        left = self.arguments.time_limit - (time.monotonic() - self.begun)
        if self.prover is None and self.arguments.time_limit - left >= _SEARCH_ALONE_SECONDS:
            self.prover = Prover(self.problem, progress.starts, progress.lower_bound, left, self.arguments.seed)
        proof = self.prover.proof if self.prover else None
        if proof is not None and proof.starts is not None:
            best = min(progress.makespan, makespan(self.problem, proof.starts))
            if best <= proof.lower_bound:
                return True
        return self._stop(progress)


def _can_prove(problem: Problem) -> bool:
    return can_prove(problem) and importlib.util.find_spec("ortools") is not None


def _as_json(found: Result, seconds: float) -> dict[str, Any]:
    return {
        "status": found.status.value,
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
    rows = [
        (index + 1, start, start + problem.activities[index].duration)
        for index, start in sorted(enumerate(found.starts), key=lambda pair: (pair[1], pair[0]))
    ]
    yield from table(("Job", "Start", "Finish"), rows[:_MOST_SHOWN])
    if len(rows) > _MOST_SHOWN:
        yield f"… {len(rows) - _MOST_SHOWN} more; --json gives all."
