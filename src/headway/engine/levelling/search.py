"""Looks for short schedules: several streams of activity lists, side by side.

The same seed and number of schedules give the same answer on any number of threads, compiled or not; a clock can only
end a search earlier. Not here: the loops (`kernel`), bounds (`bound`), least peaks (`peak`).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from headway.engine._compiled import is_kept
from headway.engine.compiling import LateCode
from headway.engine.levelling import kernel
from headway.engine.levelling.bound import quick_bound
from headway.engine.levelling.problem import Problem, Result, makespan
from headway.engine.levelling.tables import Tables, tabulate

_STREAMS = 2
_RESHUFFLED = 3  # of ten children, those of a reshuffled list
_SOON_STOPPED = 100  # activities up to which streams stop within seconds, so that reshuffling pays
_LEAST_FAMILY, _MOST_FAMILY = 50, 100  # individuals of a new one: as many as activities
_MOST_FAMILIES = 32
_MOST_CELLS = 4_000_000  # activities times individuals of a stream, of which large problems have fewer
_COMPILED_PIECE = 400_000  # activities placed between two looks at the clock
_FIRST_PLAIN = 1_000  # activities placed by plain code before compiled code is asked for
_PATIENCE = 0.8  # seconds the search waits for compiled code
_PATIENCE_WHEN_KEPT = 3.0  # seconds, where it lies on disk: loading half a second's work, on however busy a machine
_MOST_PATIENCE = 10.0
_PLAIN_A_SECOND = 1_000  # activities of a child that plain code makes in a second, on two streams
_SEED_STEP = 7_919
_LAST_STATE = 2_147_483_646

_loader = LateCode("headway.engine._compiled.levelling")


class Objective(Enum):
    """What a schedule is judged by."""

    FINISH = "finish"  # as short as possible
    DISTURBANCE = "disturbance"  # least delay against the planned starts, weighted by priority


class Code(Enum):
    """Which code runs the loops; the answers are the same."""

    AUTO = "auto"  # plain until the compiled code is ready
    PLAIN = "plain"
    COMPILED = "compiled"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a search stands: the best schedule so far, the number of schedules made, whether the loops are compiled."""

    starts: tuple[int, ...]
    makespan: int
    lower_bound: int
    schedules: int
    compiled: bool


def never(_: Progress) -> bool:
    """Do not stop before the schedules are spent."""
    return False


def can_begin(problem: Problem, seconds: float) -> bool:
    """Whether a search would have its first schedules in about so many seconds; compiled code is loaded for large ones.

    A child is never broken off, so plain code may keep a large problem for much longer than any limit.
    """
    if seconds <= 0:
        return False
    by_plain_code = 2 * len(problem.activities) / _PLAIN_A_SECOND  # it is waited for as long as plain code takes
    return by_plain_code <= seconds or _loader.code(seconds / 2) is not None


def search(
    problem: Problem,
    *,
    schedules: int,
    seed: int = 0,
    threads: int = 1,
    objective: Objective = Objective.FINISH,
    lower_bound: int = 0,
    enough: int | None = None,
    stop: Callable[[Progress], bool] = never,
    code: Code = Code.AUTO,
) -> Result:
    """The best schedule found with so many schedules (at least one is made for each stream).

    seed         the same seed and number give the same answer.
    lower_bound  what is known besides the quick bounds; the search ends when it is met.
    enough       the search ends also when a makespan is no more than this.
    stop         asked every few milliseconds of compiled work; true ends the search with the best so far.
    """
    bound = max(lower_bound, quick_bound(problem))
    if not problem.activities:
        return Result((), 0, 0, 0, seed)
    run = _Run(problem, seed, objective, max(bound, enough or 0))
    loops = _Loops(code, len(problem.activities))
    each = max(1, schedules // (run.cost * _STREAMS))
    with ThreadPoolExecutor(max_workers=min(threads, _STREAMS), thread_name_prefix="levelling") as pool:
        while not run.met and run.children < each:
            evolve, piece = loops.ready()
            run.advance(pool, evolve, min(piece, each - run.children))
            if stop(run.progress(bound, compiled=evolve is not kernel.evolve)):
                break
    starts = run.best()
    return Result(starts, makespan(problem, starts), bound, run.schedules(), seed)


class _Stream:
    """Families of individuals and their random numbers."""

    def __init__(self, tables: Tables, number: int, seed: int) -> None:
        count = len(tables.order)
        self.room = tables.room()
        self.hand = tables.hand()
        family = max(_LEAST_FAMILY, min(count, _MOST_FAMILY))
        individuals = max(family, min(_MOST_FAMILIES * family, _MOST_CELLS // count))
        self.lists = np.zeros((individuals, count), dtype=np.int64)
        self.starts = np.zeros((individuals, count), dtype=np.int64)
        self.scores = np.full(individuals, kernel.UNSCORED, dtype=np.int64)
        self.waiting = np.zeros(kernel.MOST_WAITING, dtype=np.int64)
        self.state = np.zeros(kernel.STATE, dtype=np.int64)
        self.state[kernel.RANDOM] = (seed * _STREAMS + number + 1) * _SEED_STEP % _LAST_STATE + 1
        self.state[kernel.SIZE] = self.state[kernel.NEW] = family
        self.state[kernel.BEST] = kernel.UNSCORED
        self.state[kernel.SHARE] = _RESHUFFLED if count <= _SOON_STOPPED else 0

    def population(self) -> tuple[Any, ...]:
        """What `kernel.evolve` breeds."""
        return self.lists, self.starts, self.scores, self.waiting

    def best(self) -> int:
        """The individual with the least score."""
        return int(np.argmin(self.scores))


class _Run:
    """All streams of one search, each as far as the others."""

    def __init__(self, problem: Problem, seed: int, objective: Objective, target: int) -> None:
        self._problem = problem
        self._tables = tabulate(problem)
        self._streams = [_Stream(self._tables, number, seed) for number in range(_STREAMS)]
        self._by_delay = objective is Objective.DISTURBANCE
        self._target = 0 if self._by_delay else (target + 1) * kernel.SCORE_STEP - 1
        self.cost = 1 if self._by_delay else kernel.SCHEDULES_A_CHILD
        self.children = 0
        self.met = False

    def advance(self, pool: ThreadPoolExecutor, evolve: Callable[..., None], children: int) -> None:
        """So many more children in each stream."""
        jobs = [
            pool.submit(
                evolve,
                self._tables.problem,
                stream.room,
                stream.population(),
                stream.hand,
                stream.state,
                self._tables.urgency,
                children,
                self._target,
                self._by_delay,
            )
            for stream in self._streams
        ]
        for job in jobs:
            job.result()
        self.children += children
        self.met = any(stream.state[kernel.MET] for stream in self._streams)

    def schedules(self) -> int:
        """Schedules made so far; where a target was met, up to the child that met it."""
        children = int(self._leader().state[kernel.MADE]) if self.met else self.children
        return children * self.cost * _STREAMS

    def best(self) -> tuple[int, ...]:
        """Starts of the best schedule, by activity."""
        leader = self._leader()
        return self._tables.starts(leader.starts[leader.best()])

    def progress(self, bound: int, *, compiled: bool) -> Progress:
        """Where the search stands."""
        starts = self.best()
        return Progress(starts, makespan(self._problem, starts), bound, self.schedules(), compiled)

    def _leader(self) -> _Stream:
        """The stream that met the target with the fewest children, else the one with the best schedule."""
        if self.met:
            return min(
                (s for s in self._streams if s.state[kernel.MET]), key=lambda stream: int(stream.state[kernel.MADE])
            )
        return min(self._streams, key=lambda stream: int(stream.scores.min()))


class _Loops:
    """Which code makes the next piece, and how many children that has."""

    def __init__(self, code: Code, activities: int) -> None:
        self._code = code
        self._piece = max(1, _COMPILED_PIECE // max(1, activities))
        self._activities = activities
        self._first_plain = _FIRST_PLAIN // max(1, activities)
        self._pieces = 0

    def ready(self) -> tuple[Callable[..., None], int]:
        """The compiled loop once it is there, else the plain one with a single child.

        A problem that the first children solve is answered without loading anything.
        """
        self._pieces += 1
        if self._code is Code.COMPILED:
            return self._certainly_compiled(), self._piece
        compiled = None
        if self._code is Code.AUTO and self._pieces > self._first_plain:
            first_look = self._pieces == self._first_plain + 1
            compiled = _loader.code(self._patience() if first_look else 0)
        return (compiled.evolve, self._piece) if compiled is not None else (kernel.evolve, 1)

    def _certainly_compiled(self) -> Callable[..., None]:
        compiled = _loader.code(None)
        if compiled is None:
            raise RuntimeError("The compiled search cannot be loaded: numba is not installed or failed.")
        evolve: Callable[..., None] = compiled.evolve
        return evolve

    def _patience(self) -> float:
        """Seconds to wait for compiled code: more where it only needs loading, or where plain children take long."""
        least = _PATIENCE_WHEN_KEPT if is_kept(kernel.evolve) else _PATIENCE
        return max(least, min(_MOST_PATIENCE, self._activities / _PLAIN_A_SECOND))
