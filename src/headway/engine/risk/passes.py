"""Both passes of the schedule engine over many runs at a time: every date is an array over the runs.

The rules and their order are those of `headway.engine.cpm.kernel`, rule by rule; durations differ
from run to run. With the plan's own durations every date equals the engine's.
Not here: drawing the durations (`draws`), drivers and warnings (`cpm.outcome`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from headway.engine.calendars import Axis, instant
from headway.engine.cpm.columns import FAR_FUTURE, FAR_PAST, WHOLE_SHARE
from headway.engine.cpm.network import Kind, Network, Tie
from headway.engine.cpm.spans import Part, Span
from headway.engine.plan import ConstraintType, Task, TaskMode
from headway.engine.risk.tables import Whole, WorkTable

Flags = npt.NDArray[np.bool_]

_NONE = FAR_PAST  # no exact or allowed finish
_HARD = {ConstraintType.MSO, ConstraintType.MFO, ConstraintType.SNLT, ConstraintType.FNLT}


def one(value: int) -> Whole:
    """The same whole number in every run; spreads to any number of runs."""
    return np.array([value], dtype=np.int64)


def earliest(dates: Sequence[Whole]) -> Whole:
    """The earliest of several dates, run by run."""
    found: Whole = np.minimum.reduce(np.broadcast_arrays(*dates))
    return found


def latest(dates: Sequence[Whole]) -> Whole:
    """The latest of several dates, run by run."""
    found: Whole = np.maximum.reduce(np.broadcast_arrays(*dates))
    return found


@dataclass(slots=True)
class Extents:
    """`Span` over many runs: lengths are arrays, the rest stands as it is.

    change   how much longer than planned the work is in each run, in tenths.
    started  then only what remains of each assignment changes, in proportion; else all of it.
    """

    span: Span
    table: WorkTable
    tables: Tables
    change: Whole
    started: bool
    length: Whole = field(init=False)
    remaining: Whole = field(init=False)
    parts: list[tuple[Part, WorkTable, Whole, Whole]] = field(init=False)

    def __post_init__(self) -> None:
        span = self.span
        self.length = span.length + self.change
        self.remaining = span.remaining + self.change
        whole = span.remaining if self.started else span.duration
        self.parts = []
        for part in span.parts:
            more = np.rint((part.remaining if self.started else part.length) * (self.change / max(1, whole))).astype(
                np.int64
            )
            self.parts.append((part, self.tables.of(part.axis), part.length + more, part.remaining + more))

    def next_start(self, base: Whole) -> Whole:
        if self.parts:
            starts = [self._part_start(part, table, base) for part, table, _, _ in self.parts]
            return earliest(starts)
        return np.where(self.length > 0, self.table.next_start(base), base)

    def finish(self, base: Whole) -> Whole:
        if self.parts:
            ends = [
                table.finish_at(table.position(self._part_start(part, table, base)) + length)
                for part, table, length, _ in self.parts
            ]
            return latest(ends)
        return np.where(self.length > 0, self.table.finish_at(self.table.position(base) + self.length), base)

    def start(self, finish: Whole) -> Whole:
        if self.parts:
            bases = [
                table.start_at(table.position(finish) - length - part.delay) - part.elapsed_delay
                for part, table, length, _ in self.parts
            ]
            return self.next_start(earliest(bases))
        return np.where(self.length > 0, self.table.start_at(self.table.position(finish) - self.length), finish)

    def previous_finish(self, at: Whole) -> Whole:
        if self.parts:
            return latest([table.previous_finish(at) for _, table, _, _ in self.parts])
        return np.where(self.length > 0, self.table.previous_finish(at), at)

    def resume(self, finish: Whole) -> Whole:
        if self.parts:
            left = [
                np.where(remaining > 0, table.start_at(table.position(finish) - remaining), FAR_FUTURE)
                for _, table, _, remaining in self.parts
            ]
            first = earliest(left)
            return np.where(first < FAR_FUTURE, first, finish)
        return np.where(self.remaining > 0, self.table.start_at(self.table.position(finish) - self.remaining), finish)

    def kept_finish(self, at: Whole) -> Whole:
        """A finish bound on the very start of a work period stays there (F2); else none."""
        if self.parts:
            return one(_NONE)
        return np.where((self.length > 0) & (self.table.next_start(at) == at), at, _NONE)

    @staticmethod
    def _part_start(part: Part, table: WorkTable, base: Whole) -> Whole:
        return table.start_at(table.position(base + part.elapsed_delay) + part.delay)


class Tables:
    """The work table of each axis, made once."""

    def __init__(self, anchor: int) -> None:
        self._anchor = anchor
        self._known: dict[int, tuple[Axis, WorkTable]] = {}  # the axis is kept alive with its number

    def of(self, axis: Axis) -> WorkTable:
        """The table of an axis."""
        if id(axis) not in self._known:
            self._known[id(axis)] = axis, WorkTable(axis, self._anchor)
        return self._known[id(axis)][1]


@dataclass(frozen=True, slots=True)
class Problem:
    """What all runs of a simulation share.

    start     the project start, an instant.
    typed     dates of rows that stand as given (manual tasks, placeholders).
    percents  lags in percent of the predecessor's duration, by tie.
    """

    network: Network
    start: int
    typed: Mapping[int, tuple[int, int]]
    percents: Mapping[Tie, float]


class Runs:
    """The dates of every row in a block of runs; each column is an array over the runs, or of length 1 if fixed."""

    def __init__(self, problem: Problem, changes: Mapping[int, Whole]) -> None:
        """changes: how much longer than planned the rows' remaining work is, in tenths, by row."""
        network, tables = problem.network, Tables(problem.start)
        self._tables = tables
        self._problem = problem
        self._network = network
        zero = one(0)
        self._spans = [
            Extents(span, tables.of(span.axis), tables, changes.get(row, zero), task.actual_start is not None)
            for row, (task, span) in enumerate(zip(network.tasks, network.spans, strict=True))
        ]
        count = len(network.tasks)
        self.early_start: list[Whole] = [zero] * count
        self.early_finish: list[Whole] = [zero] * count
        self.late_start: list[Whole] = [zero] * count
        self.late_finish: list[Whole] = [zero] * count
        self._allowed: list[Whole] = [one(_NONE)] * count
        self._pinned: dict[int, tuple[Flags, Whole, Whole]] = {}
        self.finish = self._forward()
        self._backward()
        if self._pin_late():
            self.finish = self._forward()
            self._backward()

    # ---- forward ------------------------------------------------------------------------------

    def _forward(self) -> Whole:
        network = self._network
        count = len(network.tasks)
        es, ef = self.early_start, self.early_finish
        unbound = one(FAR_PAST), np.array([False])
        inlet: list[tuple[Whole, Flags]] = [unbound] * count
        for node in network.order:
            if node >= count:
                row = node - count
                parent = network.parent[row]
                inlet[row] = self._inlet(row, *(inlet[parent] if parent >= 0 else unbound))
            elif network.summary[node]:
                rows = network.children[node]
                es[node] = earliest([es[row] for row in rows])
                ef[node] = latest([ef[row] for row in rows])
                if node in self._problem.typed:
                    es[node], ef[node] = (one(date) for date in self._problem.typed[node])
            else:
                parent = network.parent[node]
                self._place(node, *(inlet[parent] if parent >= 0 else unbound))
        ends = [ef[row] for row in range(count) if not network.tasks[row].external]
        return latest(ends) if ends else one(self._problem.start)

    def _inlet(self, row: int, at: Whole, linked: Flags) -> tuple[Whole, Flags]:
        """What bounds the start of every leaf below a summary, and whether a link does (R3, R4)."""
        network = self._network
        for tie in network.into[row]:
            reached = self._lag_forward(tie, self._source(tie))
            linked = linked | (reached > at)
            at = np.maximum(at, reached)
        if network.delays[row]:
            at = np.where(at > FAR_PAST, at + network.delays[row], at)
        task = network.tasks[row]
        if task.constraint is ConstraintType.SNET and task.constraint_date:
            date = instant(task.constraint_date)
            linked = linked & (date <= at)
            at = np.maximum(at, date)
        return at, linked

    def _place(self, row: int, bound: Whole, linked: Flags) -> None:
        network = self._network
        task, span = network.tasks[row], self._spans[row]
        self._allowed[row] = one(_NONE)
        typed = self._problem.typed.get(row)
        if task.actual_start is not None:
            start = one(instant(task.actual_start))
            self.early_start[row] = start
            if task.actual_finish is not None:
                self.early_finish[row] = one(instant(task.actual_finish))
                return
            finish = one(typed[1]) if typed is not None else span.finish(start)
            if task.constraint is ConstraintType.FNET and task.constraint_date and typed is None:
                finish = np.maximum(finish, instant(task.constraint_date))
            self.early_finish[row] = np.maximum(start, finish)
            return
        if typed is not None:
            self.early_start[row], self.early_finish[row] = (one(date) for date in typed)
            return
        start, finish = self._placed_by_logic(row, bound, linked)
        if row in self._pinned:
            held, late_start, late_finish = self._pinned[row]
            start, finish = np.where(held, late_start, start), np.where(held, late_finish, finish)
        self.early_start[row], self.early_finish[row] = start, finish

    def _placed_by_logic(self, row: int, bound: Whole, linked: Flags) -> tuple[Whole, Whole]:
        network = self._network
        task, span, delay = network.tasks[row], self._spans[row], network.delays[row]
        base, exact = self._bound_by_links(row, bound, linked)
        date = instant(task.constraint_date) if task.constraint_date is not None else 0
        free = (bound == FAR_PAST) & (not network.into[row])  # then the date stands in for the project start
        if task.constraint is ConstraintType.SNET and task.constraint_date:
            wins = free | (date > base)
            base, exact = np.where(wins, date, base), np.where(wins, _NONE, exact)
        if delay > 0 and task.constraint is not ConstraintType.ALAP:
            base, exact = base + delay, one(_NONE)
        if task.constraint is ConstraintType.FNET and task.constraint_date:
            at = one(date)
            wanted = span.start(at)
            wins = (wanted > base) | (free & (delay == 0))
            base, exact = np.where(wins, wanted, base), np.where(wins, span.kept_finish(at), exact)
        start = span.next_start(base)
        finish = np.where(exact == _NONE, span.finish(base), exact)
        if network.plan.project.honor_constraints and task.constraint in _HARD and task.constraint_date:
            forced_start, forced_finish = _forced(task, span, start, finish, date)
            earlier = (forced_start < start) | ((forced_start == start) & (forced_finish < finish))
            self._allowed[row] = np.where(earlier, finish, _NONE)
            return forced_start, forced_finish
        return start, finish

    def _bound_by_links(self, row: int, bound: Whole, linked: Flags) -> tuple[Whole, Whole]:
        """The latest bound on the start, and the exact finish where a finish bound sets it (F1, F2)."""
        project_start, span = self._problem.start, self._spans[row]
        base = np.where(linked | (bound > project_start), bound, FAR_PAST)
        exact = one(_NONE)
        for tie in self._network.into[row]:
            reached = self._lag_forward(tie, self._source(tie))
            if tie.kind is Kind.FF or tie.kind is Kind.SF:
                wanted = span.start(reached)
                kept = np.where(self._lag(tie) == 0, span.kept_finish(reached), _NONE)
                if tie.kind is Kind.FF:
                    kept = np.where(wanted < project_start, _NONE, kept)
                    wanted = np.maximum(wanted, project_start)
            else:
                wanted, kept = reached, one(_NONE)
            wins = wanted > base
            base, exact = np.where(wins, wanted, base), np.where(wins, kept, exact)
        unbound = base == FAR_PAST
        return np.where(unbound, project_start, base), np.where(unbound, _NONE, exact)

    def _source(self, tie: Tie) -> Whole:
        dates = self.early_finish if tie.kind is Kind.FS or tie.kind is Kind.FF else self.early_start
        return dates[tie.predecessor]

    def _lag(self, tie: Tie) -> Whole:
        if tie not in self._problem.percents:
            return one(tie.lag)
        percent, row = self._problem.percents[tie], tie.predecessor
        span = self._spans[row]
        lag: Whole
        if self._network.summary[row]:
            table, share = self._tables.of(self._network.axes[row]), round(percent * WHOLE_SHARE / 100)
            lasts = table.position(self.early_finish[row]) - table.position(self.early_start[row])
            lag = np.floor_divide(lasts * share + WHOLE_SHARE // 2, WHOLE_SHARE)
        else:
            lag = np.rint(percent * (span.span.duration + span.change) / 100).astype(np.int64)
        return lag

    def _lag_forward(self, tie: Tie, at: Whole) -> Whole:
        if tie.lag == 0 and tie not in self._problem.percents:
            return at
        lag = self._lag(tie)
        if tie.elapsed:
            return at + lag
        table = self._tables.of(tie.axis)
        position = table.position(at) + lag
        return np.where(lag == 0, at, np.where(lag > 0, table.finish_at(position), table.start_at(position)))

    def _lag_backward(self, tie: Tie, at: Whole) -> Whole:
        if tie.lag == 0 and tie not in self._problem.percents:
            return at
        lag = self._lag(tie)
        if tie.elapsed:
            return at - lag
        table = self._tables.of(tie.axis)
        return np.where(lag == 0, at, table.start_at(table.position(at) - lag))

    # ---- backward -----------------------------------------------------------------------------

    def _backward(self) -> None:
        network = self._network
        count = len(network.tasks)
        outlet: list[Whole] = [one(FAR_FUTURE)] * count
        for node in reversed(network.order):
            if node >= count:
                self._roll_up(node - count)
                continue
            parent = network.parent[node]
            bound = outlet[parent] if parent >= 0 else one(FAR_FUTURE)
            if not network.summary[node]:
                self._place_late(node, bound)
                continue
            for tie in network.out_of[node]:
                if tie.kind is Kind.FS or tie.kind is Kind.FF:
                    bound = np.minimum(bound, self._limit(tie))
            outlet[node] = bound

    def _roll_up(self, row: int) -> None:
        """Late dates of a summary; a manual child counts with its early dates (R1, R6)."""
        network = self._network
        starts, finishes = [], []
        for child in network.children[row]:
            manual = network.tasks[child].mode is TaskMode.MANUAL and not network.summary[child]
            starts.append((self.early_start if manual else self.late_start)[child])
            finishes.append((self.early_finish if manual else self.late_finish)[child])
        self.late_start[row] = earliest(starts)
        self.late_finish[row] = latest(finishes)

    def _limit(self, tie: Tie) -> Whole:
        """The latest finish (FS, FF) or start (SS, SF) of the predecessor that the link allows (B1–B3)."""
        network, row = self._network, tie.successor
        task = network.tasks[row]
        if network.complete[row]:
            return one(FAR_FUTURE)
        if tie.kind is Kind.FS and task.actual_start is not None and not network.summary[row]:
            at = self._spans[row].resume(self.early_finish[row])
        elif tie.kind is Kind.FS or tie.kind is Kind.SS:
            at = self.late_start[row]
        else:
            at = self.late_finish[row]
        if task.constraint is not ConstraintType.ALAP and task.actual_start is None:
            at = at - max(0, network.delays[row])
        return self._lag_backward(tie, at)

    def _place_late(self, row: int, outlet: Whole) -> None:
        """Late dates of one leaf (B1–B6, P5, C6, C7)."""
        network = self._network
        task, span = network.tasks[row], self._spans[row]
        if task.actual_start is not None and task.actual_finish is not None:
            self.late_start[row], self.late_finish[row] = (
                one(instant(task.actual_start)),
                one(instant(task.actual_finish)),
            )
            return
        manual, started = network.placed[row], task.actual_start is not None
        limit = outlet
        restrained = outlet < FAR_FUTURE
        for tie in network.out_of[row]:
            if network.complete[tie.successor]:
                continue
            backward = self._limit(tie)
            if tie.kind is Kind.SS or tie.kind is Kind.SF:
                if manual or (tie.kind is Kind.SS and started):
                    continue
                backward = span.finish(backward)
            restrained = np.array([True])
            limit = np.minimum(limit, backward)
        end = self.finish
        if network.plan.project.multiple_critical_paths:
            end = np.where(restrained, end, self.early_finish[row])
        date = instant(task.constraint_date) if task.constraint_date is not None else 0
        honoured = network.plan.project.honor_constraints
        constrained = task.constraint_date is not None and not started and not manual
        if constrained and honoured and task.constraint in (ConstraintType.MSO, ConstraintType.MFO):
            self.late_start[row], self.late_finish[row] = _hard_late(task, span, one(date))
            return
        limit = np.minimum(limit, one(date) if constrained and task.constraint is ConstraintType.FNLT else end)
        if constrained and task.constraint in (ConstraintType.SNLT, ConstraintType.MSO):
            limit = np.minimum(limit, span.finish(one(date)))
        elif constrained and task.constraint is ConstraintType.MFO:
            limit = np.minimum(limit, date)
        if task.deadline is not None:
            limit = np.minimum(limit, instant(task.deadline))
        limit = limit + min(0, network.delays[row])
        finish = limit if manual else span.previous_finish(limit)
        start = one(instant(task.actual_start)) if task.actual_start is not None else span.start(finish)
        if constrained and honoured:
            overrun = self._allowed[row] != _NONE
            start = np.where(overrun, self.early_start[row], start)
            finish = np.where(overrun, self.early_finish[row], finish)
        self.late_start[row], self.late_finish[row] = start, finish

    def _pin_late(self) -> bool:
        """Note the unstarted as-late-as-possible rows with their late dates; whether there are any."""
        network = self._network
        for row, task in enumerate(network.tasks):
            if task.constraint is not ConstraintType.ALAP or network.summary[row]:
                continue
            if task.actual_start is None and not network.placed[row]:
                held = self.late_start[row] >= self.early_start[row]
                self._pinned[row] = held, self.late_start[row], self.late_finish[row]
        return bool(self._pinned)

    # ---- slack --------------------------------------------------------------------------------

    def total_slack(self, row: int) -> Whole:
        """Total slack of a row in tenths of working time (B7, P5)."""
        network = self._network
        table = self._tables.of(network.spans[row].slack_axis)
        es, ef, ls, lf = (
            dates[row] for dates in (self.early_start, self.early_finish, self.late_start, self.late_finish)
        )
        finish_slack = table.position(lf) - table.position(ef)
        if network.tasks[row].actual_start is not None and not network.summary[row]:
            total = finish_slack
        else:
            total = np.minimum(table.position(ls) - table.position(es), finish_slack)
        allowed = self._allowed[row]
        overrun = allowed != _NONE
        if overrun.any():
            late_by = table.position(np.where(overrun, allowed, ef)) - table.position(ef)
            total = np.where(overrun, np.minimum(total, -late_by), total)
        return total


def _forced(task: Task, span: Extents, start: Whole, finish: Whole, date: int) -> tuple[Whole, Whole]:
    """Start and finish under an honoured hard constraint."""
    at = one(date)
    if task.constraint is ConstraintType.MSO:
        return span.next_start(at), span.finish(at)
    if task.constraint is ConstraintType.MFO:
        return span.start(at), at
    if task.constraint is ConstraintType.SNLT:
        late = start > date
        return np.where(late, date, start), np.where(late, span.finish(at), finish)
    late = finish > date
    return np.where(late, span.start(at), start), np.where(late, date, finish)


def _hard_late(task: Task, span: Extents, date: Whole) -> tuple[Whole, Whole]:
    if task.constraint is ConstraintType.MSO:
        return span.next_start(date), span.finish(date)
    return span.start(date), date
