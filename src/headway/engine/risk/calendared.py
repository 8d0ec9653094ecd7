"""A network on several calendars as plain columns of instants, for the compiled passes.

Left to `passes`: unequal assignments, hard and as-late-as-possible constraints, manual tasks and placeholders,
percent lags, links and dates of summaries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from headway.engine.calendars import ELAPSED, Axis, instant
from headway.engine.cpm.network import Network, Tie
from headway.engine.plan import ConstraintType, Task
from headway.engine.risk.passes import Problem, Tables
from headway.engine.risk.tables import Cover, Whole

_SOFT = {ConstraintType.ASAP, ConstraintType.SNET, ConstraintType.FNET}
_OPEN, _STARTED, _COMPLETE = 0, 1, 2
_NONE = -(1 << 60)
_FAR = 1 << 60
_MOST_GROWTH = 8
HEAD_WIDTH = 12


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns over the leaf rows in an order in which every row follows its predecessors.

    As `positions.Layout`, but with instants for places; `axis` columns number the axes.
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
    delay: Whole
    axis: Whole
    slack_axis: Whole
    into_at: Whole
    into_row: Whole
    into_kind: Whole
    into_lag: Whole
    into_axis: Whole
    out_at: Whole
    out_row: Whole
    out_kind: Whole
    out_lag: Whole
    out_axis: Whole
    project_start: int
    limit: int
    each_end: bool


class Calendared:
    """The columns of a plan and the calendars they run on."""

    def __init__(
        self, columns: Columns, axes: Sequence[Axis], default: int, start: int, place_of: dict[int, int]
    ) -> None:
        self._columns = columns
        self._place_of = place_of
        self._default = default
        tables = Tables(start)
        self._tables = [tables.of(axis) for axis in axes]

    def run(
        self, compiled: Any, changes: Whole, watched: Sequence[int], leaves: Sequence[int]
    ) -> tuple[Whole, list[Whole], Whole, Whole] | None:
        """Finishes, finishes of the watched rows, critical runs of the leaves, and the work before each finish.

        None when the dates go beyond what tables of equal cells can hold.
        """
        if not len(changes):
            changes = np.zeros((1, changes.shape[1]), dtype=np.int64)
        rows = np.array([self._place_of[row] for row in watched], dtype=np.int64)
        for _ in range(_MOST_GROWTH):
            periods = _periods([table.flat() for table in self._tables])
            if periods is None:
                return None
            found = compiled.run(self._columns, periods, changes, rows)
            if found is not None:
                finish, seen, critical = found
                counted = critical[np.array([self._place_of[row] for row in leaves], dtype=np.int64)]
                return finish, list(seen), counted, self._tables[self._default].position(finish)
            for table in self._tables:
                table.widen()
        return None

    def position(self, at: int) -> int:
        """Work before an instant, counted as in `run`."""
        return int(self._tables[self._default].position(np.array([at]))[0])


def calendared_of(problem: Problem, changing: Sequence[int]) -> Calendared | None:
    """The columns of a plan; None when it has rules that they cannot express."""
    network = problem.network
    if not all(_is_expressible(network, row) for row in range(len(network.tasks))) or problem.percents:
        return None
    leaves = [node for node in network.order if node < len(network.tasks) and not network.summary[node]]
    if not leaves:
        return None
    place_of = {row: number for number, row in enumerate(leaves)}
    numbers: dict[int, int] = {}
    axes: list[Axis] = []

    def number(axis: Axis) -> int:
        if id(axis) not in numbers:
            numbers[id(axis)] = len(axes)
            axes.append(axis)
        return numbers[id(axis)]

    def links(ties: Sequence[Sequence[Tie]], successors: bool) -> tuple[Whole, Whole, Whole, Whole, Whole]:
        flat = [tie for group in ties for tie in group]
        return (
            np.concatenate(([0], np.cumsum([len(group) for group in ties]))),
            _column([place_of[tie.successor if successors else tie.predecessor] for tie in flat]),
            _column([int(tie.kind) for tie in flat]),
            _column([tie.lag for tie in flat]),
            _column([number(ELAPSED if tie.elapsed else tie.axis) for tie in flat]),
        )

    tasks, spans = [network.tasks[row] for row in leaves], [network.spans[row] for row in leaves]
    slot = {row: place for place, row in enumerate(changing)}
    into, out_of = (
        links([network.into[row] for row in leaves], False),
        links([network.out_of[row] for row in leaves], True),
    )
    default = number(network.calendars.default)
    columns = Columns(
        _column([span.length for span in spans]),
        _column([span.remaining for span in spans]),
        _column([slot.get(row, -1) for row in leaves]),
        _column([_state(task) for task in tasks]),
        _column([instant(task.actual_start) if task.actual_start else 0 for task in tasks]),
        _column([instant(task.actual_finish) if task.actual_finish else 0 for task in tasks]),
        _column([_date(task, ConstraintType.SNET) for task in tasks]),
        _column([_date(task, ConstraintType.FNET) for task in tasks]),
        _column([instant(task.deadline) if task.deadline else _FAR for task in tasks]),
        _column([network.delays[row] for row in leaves]),
        _column([number(span.axis) for span in spans]),
        _column([number(span.slack_axis) for span in spans]),
        *into,
        *out_of,
        problem.start,
        network.plan.project.critical_slack_limit.tenths,
        network.plan.project.multiple_critical_paths,
    )
    return Calendared(columns, axes, default, problem.start, place_of)


def _is_expressible(network: Network, row: int) -> bool:
    task = network.tasks[row]
    if network.placed[row] or task.external:
        return False
    if network.summary[row]:
        held = task.constraint is ConstraintType.SNET and task.constraint_date is not None
        return not (network.into[row] or network.out_of[row] or held or task.deadline or network.delays[row])
    if task.actual_finish is not None and task.actual_start is None:
        return False
    dated = task.constraint_date is not None
    soft = task.constraint in _SOFT or (task.constraint is not ConstraintType.ALAP and not dated)
    return (
        soft and not network.spans[row].parts and not any(network.summary[tie.predecessor] for tie in network.into[row])
    )


def _date(task: Task, kind: ConstraintType) -> int:
    return instant(task.constraint_date) if task.constraint is kind and task.constraint_date is not None else _NONE


def _state(task: Task) -> int:
    if task.actual_finish is not None:
        return _COMPLETE
    return _OPEN if task.actual_start is None else _STARTED


def _periods(covers: Sequence[Cover | None]) -> Whole | None:
    """The work periods of all axes in one column, after a head for each axis.

    A head: 1 (0 = round the clock); origin, width, place and count of the cells of instants; the same four of the
    cells of work; places of the starts, the ends and the work before each period.
    """
    heads = np.zeros((len(covers), HEAD_WIDTH), dtype=np.int64)
    columns: list[Whole] = []
    place = heads.size
    for head, cover in zip(heads, covers, strict=True):
        if cover is None:
            continue
        at, worked = cover.at, cover.worked
        if at.cells is None or worked.cells is None:
            return None
        own = (at.cells, worked.cells, cover.starts, cover.ends, cover.before)
        places = [place + int(offset) for offset in np.cumsum([0, *map(len, own)])]
        head[:] = (
            1, at.origin, at.width, places[0], len(at.cells), worked.origin, worked.width, places[1],
            len(worked.cells), *places[2:5],
        )  # fmt: skip
        columns += own
        place = places[5]
    return np.concatenate((heads.ravel(), *columns)).astype(np.int64)


def _column(values: Sequence[int]) -> Whole:
    return np.array(values, dtype=np.int64)
