"""A network on a single calendar as plain columns of whole numbers, for the compiled passes.

On one calendar the passes need no dates: a *place* (2 × position, + 1 where the following work begins) orders
all starts and finishes. Plans with rules that need true dates between the runs' events (several calendars,
elapsed times, hard constraints, manual tasks, links of summaries …) are left to `passes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from headway.engine.calendars import Axis, instant
from headway.engine.cpm.network import Kind, Network, Tie
from headway.engine.plan import ConstraintType, Task
from headway.engine.risk.passes import Problem
from headway.engine.risk.tables import Whole, WorkTable

FS, SS, FF, SF = int(Kind.FS), int(Kind.SS), int(Kind.FF), int(Kind.SF)
_OPEN, _STARTED, _COMPLETE = 0, 1, 2
_UNBOUND = -(1 << 60)
_FAR = 1 << 60
_SOFT = {ConstraintType.ASAP, ConstraintType.SNET, ConstraintType.FNET}


class _TrueDatesNeeded(Exception):
    """The plan has a rule that places cannot express."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns over the leaf rows in an order in which every row follows its predecessors.

    length, remaining    planned tenths of work.
    slot                 where the row's change stands; -1 = it does not change.
    state                0 open, 1 started, 2 complete.
    start, end           places of actual dates.
    no_earlier           place of a start-no-earlier-than date; finish_no_earlier likewise.
    deadline             position.
    into_*, out_*        links in compressed rows: of row i those from at[i] to at[i + 1].
    limit                slack up to which a row is critical; below all slack for rows that never are.
    each_end             multiple critical paths: a row without successors may end with itself.
    """

    length: Whole
    remaining: Whole
    slot: Whole
    state: Whole
    start: Whole
    end: Whole
    no_earlier: Whole
    finish_no_earlier: Whole
    deadline: Whole
    into_at: Whole
    into_row: Whole
    into_kind: Whole
    into_lag: Whole
    out_at: Whole
    out_row: Whole
    out_kind: Whole
    out_lag: Whole
    project_start: int
    limit: int
    each_end: bool


@dataclass(frozen=True, slots=True)
class Positions:
    """The layout of a plan, and the way back from places to dates."""

    layout: Layout
    axis: Axis
    anchor: int
    place_of: dict[int, int]  # network row -> row of the layout

    def run(
        self, compiled: Any, changes: npt.NDArray[np.int64], watched: Sequence[int], leaves: Sequence[int]
    ) -> tuple[Whole, list[Whole], Whole, Whole]:
        """Finishes, finishes of the watched rows, critical runs of the leaves, and the work before each finish."""
        if not len(changes):
            changes = np.zeros((1, changes.shape[1]), dtype=np.int64)
        rows = np.array([self.place_of[row] for row in watched], dtype=np.int64)
        finish, seen, critical = compiled.run(self.layout, changes, rows)
        table = WorkTable(self.axis, self.anchor)
        counted = critical[np.array([self.place_of[row] for row in leaves], dtype=np.int64)]
        return _dates(table, finish), [_dates(table, places) for places in seen], counted, finish >> 1

    def position(self, at: int) -> int:
        """Work before an instant, counted as in `run`."""
        return int(WorkTable(self.axis, self.anchor).position(np.array([at]))[0])


def positions_of(problem: Problem, changing: Sequence[int], least: npt.NDArray[np.int64]) -> Positions | None:
    """The layout of a plan; None when it needs true dates.

    changing  the network rows whose lengths change, in the order of their changes.
    least     the least length of each of them over all runs.
    """
    try:
        return _positions(problem, changing, least)
    except _TrueDatesNeeded:
        return None


def _positions(problem: Problem, changing: Sequence[int], least: npt.NDArray[np.int64]) -> Positions:
    network = problem.network
    axis = network.calendars.default
    for row, task in enumerate(network.tasks):
        _require(not network.placed[row] and not task.external and not network.delays[row])
        if network.summary[row]:
            _require_plain_summary(network, row)
        else:
            _require_one_calendar(network, row, axis)
    leaves = [node for node in network.order if node < len(network.tasks) and not network.summary[node]]
    _require(bool(leaves))
    place_of = {row: number for number, row in enumerate(leaves)}
    shortest = {row: network.spans[row].length for row in leaves} | dict(zip(changing, least.tolist(), strict=True))
    for row in leaves:
        for tie in network.into[row]:
            _require_plain_tie(problem, tie, shortest)
    places = _Places(axis, problem.start, exact=min(shortest.values()) == 0)
    tasks = [network.tasks[row] for row in leaves]
    into_at, into_row, into_kind, into_lag = _links([network.into[row] for row in leaves], place_of, successors=False)
    out_at, out_row, out_kind, out_lag = _links([network.out_of[row] for row in leaves], place_of, successors=True)
    slot = {row: number for number, row in enumerate(changing)}
    layout = Layout(
        length=_column([network.spans[row].length for row in leaves]),
        remaining=_column([network.spans[row].remaining for row in leaves]),
        slot=_column([slot.get(row, -1) for row in leaves]),
        state=_column([_state(task) for task in tasks]),
        start=_column([places.start(instant(task.actual_start)) if task.actual_start else 0 for task in tasks]),
        end=_column([places.finish(instant(task.actual_finish)) if task.actual_finish else 0 for task in tasks]),
        no_earlier=_column([_no_earlier(task, places) for task in tasks]),
        finish_no_earlier=_column([_finish_no_earlier(task, places) for task in tasks]),
        deadline=_column([places.position(instant(task.deadline)) if task.deadline else _FAR for task in tasks]),
        into_at=into_at,
        into_row=into_row,
        into_kind=into_kind,
        into_lag=into_lag,
        out_at=out_at,
        out_row=out_row,
        out_kind=out_kind,
        out_lag=out_lag,
        project_start=places.start(problem.start),
        limit=network.plan.project.critical_slack_limit.tenths,
        each_end=network.plan.project.multiple_critical_paths,
    )
    return Positions(layout, axis, problem.start, place_of)


class _Places:
    """Places of given dates; a date in a gap counts as the start after it where only work follows."""

    def __init__(self, axis: Axis, anchor: int, *, exact: bool) -> None:
        self._table = WorkTable(axis, anchor)
        self._exact = exact  # milestones stand on the very date

    def position(self, at: int) -> int:
        return int(self._table.position(np.array([at]))[0])

    def start(self, at: int) -> int:
        position = self.position(at)
        if self._date(2 * position + 1) == at or (not self._exact and self._date(2 * position) != at):
            return 2 * position + 1
        _require(self._date(2 * position) == at)
        return 2 * position

    def finish(self, at: int) -> int:
        place = 2 * self.position(at)
        for found in (place, place + 1):
            if self._date(found) == at:
                return found
        raise _TrueDatesNeeded

    def evening(self, at: int) -> int:
        """The place of a date up to which work leads."""
        place = 2 * self.position(at)
        _require(self._date(place) == at)
        return place

    def _date(self, place: int) -> int:
        return int(_dates(self._table, np.array([place]))[0])


def _dates(table: WorkTable, places: Whole) -> Whole:
    positions = places >> 1
    return np.where(places & 1, table.start_at(positions), table.finish_at(positions))


def _require(holds: bool) -> None:
    if not holds:
        raise _TrueDatesNeeded


def _require_plain_summary(network: Network, row: int) -> None:
    task = network.tasks[row]
    held = task.constraint is ConstraintType.SNET and task.constraint_date is not None
    _require(not (network.into[row] or network.out_of[row] or held or task.deadline))


def _require_one_calendar(network: Network, row: int, axis: Axis) -> None:
    task, span = network.tasks[row], network.spans[row]
    _require(not span.parts and span.axis is axis and span.slack_axis is axis and network.axes[row] is axis)
    _require(task.constraint in _SOFT or (task.constraint is not ConstraintType.ALAP and task.constraint_date is None))
    _require(task.actual_finish is None or task.actual_start is not None)


def _require_plain_tie(problem: Problem, tie: Tie, shortest: dict[int, int]) -> None:
    _require(not tie.elapsed and tie not in problem.percents and not problem.network.summary[tie.predecessor])
    if tie.lag == 0:  # such a finish may have to stay on the start of a work period
        _require(tie.kind is not Kind.SF and not (tie.kind is Kind.FF and shortest[tie.predecessor] == 0))
        # an actual finish may do the same
        _require(tie.kind is not Kind.FF or problem.network.tasks[tie.predecessor].actual_finish is None)


def _state(task: Task) -> int:
    if task.actual_finish is not None:
        return _COMPLETE
    return _OPEN if task.actual_start is None else _STARTED


def _no_earlier(task: Task, places: _Places) -> int:
    if task.constraint is ConstraintType.SNET and task.constraint_date is not None:
        return places.start(instant(task.constraint_date))
    return _UNBOUND


def _finish_no_earlier(task: Task, places: _Places) -> int:
    if task.constraint is ConstraintType.FNET and task.constraint_date is not None:
        return places.evening(instant(task.constraint_date))
    return _UNBOUND


def _links(ties: Sequence[Sequence[Tie]], place_of: dict[int, int], *, successors: bool) -> tuple[Whole, ...]:
    ends = np.concatenate(([0], np.cumsum([len(group) for group in ties])))
    flat = [tie for group in ties for tie in group]
    others = [place_of[tie.successor if successors else tie.predecessor] for tie in flat]
    return ends, _column(others), _column([int(tie.kind) for tie in flat]), _column([tie.lag for tie in flat])


def _column(values: Sequence[int]) -> Whole:
    return np.array(values, dtype=np.int64)
