"""A network as plain columns of whole numbers, for the compiled passes of the simulation.

Rows are the leaves and the summaries that links or deadlines ask for, in an order in which every row follows
what it depends on. Left to `passes`: typed dates, levelling delays and start constraints of summaries, and
tasks that have finished without having started.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from headway.engine.calendars import ELAPSED, Axis, instant
from headway.engine.cpm.network import Kind, Network, Tie
from headway.engine.cpm.spans import Span
from headway.engine.plan import ConstraintType, Task, TaskMode
from headway.engine.risk.passes import Problem, Tables
from headway.engine.risk.tables import Cover, Whole

FS, SS, FF, SF = int(Kind.FS), int(Kind.SS), int(Kind.FF), int(Kind.SF)
OPEN, STARTED, COMPLETE, TYPED, SUMMARY = range(5)
NONE = -(1 << 60)
FAR = 1 << 60
HEAD_WIDTH = 7

# What else a row is, as bits of `flags`.
HARD, AS_LATE, PINNED, PLACED, ROLLED_EARLY, EXTERNAL, NEVER_CRITICAL = 1, 2, 4, 8, 16, 32, 64
# Which of its dates others read, and whether its slack follows from its late finish alone.
KEEPS_START, KEEPS_LATE_START, KEEPS_LATE_FINISH, PLAIN_SLACK = 128, 256, 512, 1024

SOFT, START_ON, FINISH_ON, START_BY, FINISH_BY = range(5)
_RULES = {
    ConstraintType.MSO: START_ON,
    ConstraintType.MFO: FINISH_ON,
    ConstraintType.SNLT: START_BY,
    ConstraintType.FNLT: FINISH_BY,
}
_MOST_GROWTH = 8

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ties:
    """Links in compressed rows: of row i those from at[i] to at[i + 1].

    source   the predecessor.
    axis     numbers the axis on which the lag runs.
    percent  the lag as a share of the predecessor's duration, in percent; 0 = `lag` counts.
    """

    at: Whole
    row: Whole
    source: Whole
    kind: Whole
    lag: Whole
    axis: Whole
    percent: Reals


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns over the rows.

    steps                  the order of the forward pass: row, or count + row where the backward pass rolls up a
                           summary's late dates.
    length, remaining      planned tenths of work, gaps included; duration without them.
    slot                   where the row's change stands; -1 = it does not change.
    state, flags, rule     see the names above; `rule` is the constraint that `date` belongs to.
    start, end             actual or typed dates.
    no_earlier             start-no-earlier-than date; finish_no_earlier likewise.
    parts_at, part_*       assignments of their own calendar, delay or work, in compressed rows.
    below_at, below        children of summaries, in compressed rows.
    limit                  slack up to which a row is critical.
    each_end               multiple critical paths: a row without successors may end with itself.
    honoured               whether hard constraints go before links.
    """

    steps: Whole
    length: Whole
    duration: Whole
    remaining: Whole
    slot: Whole
    state: Whole
    flags: Whole
    rule: Whole
    date: Whole
    start: Whole
    end: Whole
    no_earlier: Whole
    finish_no_earlier: Whole
    deadline: Whole
    delay: Whole
    axis: Whole
    slack_axis: Whole
    into: Ties
    out_of: Ties
    parts_at: Whole
    part_axis: Whole
    part_length: Whole
    part_remaining: Whole
    part_delay: Whole
    part_elapsed: Whole
    below_at: Whole
    below: Whole
    project_start: int
    limit: int
    each_end: bool
    honoured: bool


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
            cells = _cells([table.flat() for table in self._tables])
            if cells is None:
                return None
            found = compiled.run(self._columns, *cells, changes, rows)
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


def calendared_of(problem: Problem, changing: Sequence[int], watched: Sequence[int]) -> Calendared | None:
    """The columns of a plan; None when it has rules that they cannot express.

    changing  the rows whose durations change, in the order of their changes.
    watched   rows whose finishes are asked for.
    """
    network = problem.network
    if not all(_is_expressible(problem, row) for row in range(len(network.tasks))):
        return None
    early, late = _asked_summaries(network, watched)
    count = len(network.tasks)
    nodes = [node for node in network.order if _takes_part(network, node, early, late)]
    rows = [node for node in nodes if node < count]
    if all(network.summary[row] for row in rows):
        return None
    builder = _Builder(problem, {row: place for place, row in enumerate(rows)}, early | late)
    steps = [builder.place_of[node] if node < count else len(rows) + builder.place_of[node - count] for node in nodes]
    columns = builder.columns(rows, steps, {row: place for place, row in enumerate(changing)})
    default = builder.number(network.calendars.default)
    return Calendared(columns, builder.axes, default, problem.start, builder.place_of)


def _is_expressible(problem: Problem, row: int) -> bool:
    network = problem.network
    task = network.tasks[row]
    if network.summary[row]:
        held = task.constraint is ConstraintType.SNET and task.constraint_date is not None
        shares = any(tie in problem.percents for tie in network.out_of[row])
        return not (held or network.delays[row] or row in problem.typed or shares)
    if network.placed[row] and row not in problem.typed and task.actual_start is None:
        return task.constraint not in _RULES
    return True


def _asked_summaries(network: Network, watched: Iterable[int]) -> tuple[set[int], set[int]]:
    """The summaries whose early dates are read (links out of them, deadlines), and whose late dates are."""
    early: set[int] = set()
    late: set[int] = set()
    for found, rows in (
        (early, [row for row in (*watched, *_linked(network.out_of)) if network.summary[row]]),
        (late, [row for row in _linked(network.into) if network.summary[row]]),
    ):
        while rows:
            row = rows.pop()
            if row not in found:
                found.add(row)
                rows += [child for child in network.children[row] if network.summary[child]]
    return early, late


def _linked(ties: Sequence[Sequence[Tie]]) -> list[int]:
    return [row for row, group in enumerate(ties) if group]


def _takes_part(network: Network, node: int, early: set[int], late: set[int]) -> bool:
    count = len(network.tasks)
    if node >= count:
        return node - count in late
    return not network.summary[node] or node in early or node in late


class _Builder:
    """Collects the columns; numbers the axes as they are met."""

    def __init__(self, problem: Problem, place_of: dict[int, int], rolled_up: set[int]) -> None:
        self.place_of = place_of
        self._rolled_up = rolled_up
        self.axes: list[Axis] = []
        self._numbers: dict[int, int] = {}
        self._problem = problem
        self._network = problem.network

    def number(self, axis: Axis) -> int:
        """The number of an axis."""
        if id(axis) not in self._numbers:
            self._numbers[id(axis)] = len(self.axes)
            self.axes.append(axis)
        return self._numbers[id(axis)]

    def columns(self, rows: Sequence[int], steps: Sequence[int], slot: dict[int, int]) -> Columns:
        """The columns of the rows, in their order."""
        network = self._network
        tasks, spans = [network.tasks[row] for row in rows], [network.spans[row] for row in rows]
        parts = [part for span in spans for part in span.parts]
        children = [network.children[row] for row in rows]
        dates = [self._given_dates(row) for row in rows]
        into, out_of = [self._into(row) for row in rows], [self._out_of(row) for row in rows]
        return Columns(
            steps=_column(steps),
            length=_column(span.length for span in spans),
            duration=_column(span.duration for span in spans),
            remaining=_column(span.remaining for span in spans),
            slot=_column(slot.get(row, -1) for row in rows),
            state=_column(self._state(row) for row in rows),
            flags=_column(map(self._flags, rows, into, out_of)),
            rule=_column(self._rule(row) for row in rows),
            date=_column(instant(task.constraint_date) if task.constraint_date else 0 for task in tasks),
            start=_column(start for start, _ in dates),
            end=_column(end for _, end in dates),
            no_earlier=_column(_date(task, ConstraintType.SNET) for task in tasks),
            finish_no_earlier=_column(_date(task, ConstraintType.FNET) for task in tasks),
            deadline=_column(instant(task.deadline) if task.deadline else FAR for task in tasks),
            delay=_column(network.delays[row] for row in rows),
            axis=_column(self.number(span.axis) for span in spans),
            slack_axis=_column(self.number(span.slack_axis) for span in spans),
            into=self._ties(into, successors=False),
            out_of=self._ties(out_of, successors=True),
            parts_at=_ends(span.parts for span in spans),
            part_axis=_column(self.number(part.axis) for part in parts),
            part_length=_column(part.length for part in parts),
            part_remaining=_column(part.remaining for part in parts),
            part_delay=_column(part.delay for part in parts),
            part_elapsed=_column(part.elapsed_delay for part in parts),
            below_at=_ends(children),
            below=_column(self.place_of[child] for group in children for child in group),
            project_start=self._problem.start,
            limit=network.plan.project.critical_slack_limit.tenths,
            each_end=network.plan.project.multiple_critical_paths,
            honoured=network.plan.project.honor_constraints,
        )

    def _into(self, row: int) -> list[Tie]:
        """Links that bound a leaf's start: its own, and those into the summaries above it."""
        network = self._network
        if network.summary[row]:
            return []
        ties = list(network.into[row])
        while network.parent[row] >= 0:
            row = network.parent[row]
            ties = [*network.into[row], *ties]  # where dates are equal, the summary's comes first
        return ties

    def _out_of(self, row: int) -> list[Tie]:
        """Links that bound a leaf's late dates: its own, and those out of the summaries' finishes above it."""
        network = self._network
        if network.summary[row]:
            return []
        ties = list(network.out_of[row])
        while network.parent[row] >= 0:
            row = network.parent[row]
            ties += [tie for tie in network.out_of[row] if tie.kind is Kind.FS or tie.kind is Kind.FF]
        return [tie for tie in ties if not network.complete[tie.successor]]

    def _ties(self, groups: Sequence[Sequence[Tie]], *, successors: bool) -> Ties:
        flat = [tie for group in groups for tie in group]
        percents = self._problem.percents
        return Ties(
            at=_ends(groups),
            row=_column(self.place_of[tie.successor if successors else tie.predecessor] for tie in flat),
            source=_column(self.place_of[tie.predecessor] for tie in flat),
            kind=_column(int(tie.kind) for tie in flat),
            lag=_column(tie.lag for tie in flat),
            axis=_column(self.number(ELAPSED if tie.elapsed else tie.axis) for tie in flat),
            percent=np.array([percents.get(tie, 0.0) for tie in flat], dtype=np.float64),
        )

    def _state(self, row: int) -> int:
        task = self._network.tasks[row]
        if self._network.summary[row]:
            return SUMMARY
        if task.actual_finish is not None:
            return COMPLETE
        if task.actual_start is not None:
            return STARTED
        return TYPED if row in self._problem.typed else OPEN

    def _given_dates(self, row: int) -> tuple[int, int]:
        """Actual or typed start and finish; a finish that follows from the work is none."""
        task = self._network.tasks[row]
        typed = self._problem.typed.get(row, (0, NONE))
        if task.actual_start is None:
            return typed
        return instant(task.actual_start), instant(task.actual_finish) if task.actual_finish else typed[1]

    def _rule(self, row: int) -> int:
        task = self._network.tasks[row]
        free = task.constraint_date is None or task.actual_start is not None or self._network.placed[row]
        return SOFT if free else _RULES.get(task.constraint, SOFT)

    def _flags(self, row: int, into: Sequence[Tie], out_of: Sequence[Tie]) -> int:
        network = self._network
        task, span = network.tasks[row], network.spans[row]
        hard = self._rule(row) != SOFT and network.plan.project.honor_constraints
        as_late = task.constraint is ConstraintType.ALAP
        placed, started = network.placed[row], task.actual_start is not None
        never = task.actual_finish is not None or task.percent_complete >= 100
        plain = _has_plain_slack(span) and self._state(row) == OPEN and not (hard or as_late or placed)
        kept = not plain or network.parent[row] in self._rolled_up
        return (
            HARD * hard
            + AS_LATE * as_late
            + PINNED * (as_late and not (started or placed or network.summary[row]))
            + PLACED * placed
            + ROLLED_EARLY * (task.mode is TaskMode.MANUAL and not network.summary[row])
            + EXTERNAL * task.external
            + NEVER_CRITICAL * never
            + KEEPS_START * (kept or any(tie.kind in (Kind.SS, Kind.SF) for tie in out_of))
            + KEEPS_LATE_START * (kept or any(tie.kind in (Kind.FS, Kind.SS) for tie in into))
            + KEEPS_LATE_FINISH * (kept or any(tie.kind in (Kind.FF, Kind.SF) for tie in into))
            + PLAIN_SLACK * plain
        )


def _has_plain_slack(span: Span) -> bool:
    return not span.parts and span.slack_axis is span.axis


def _date(task: Task, kind: ConstraintType) -> int:
    return instant(task.constraint_date) if task.constraint is kind and task.constraint_date is not None else NONE


def _cells(covers: Sequence[Cover | None]) -> tuple[Whole, Reals] | None:
    """The work of all axes as columns of equal cells after a head for each axis, and the cells' widths inverted.

    A head: 1 (0 = round the clock); origin, count and place of the cells of instants, each of which holds the end
    of its period and the work before it less its start; origin, count and place of the cells of work, each of
    which holds the start of its period less the work before it.
    """
    heads = np.zeros((len(covers), HEAD_WIDTH), dtype=np.int64)
    inverses = np.ones((len(covers), 2))
    columns: list[Whole] = []
    place = heads.size
    for head, inverse, cover in zip(heads, inverses, covers, strict=True):
        if cover is None:
            continue
        at, worked = cover.at, cover.worked
        if at.cells is None or worked.cells is None:
            return None
        shift = cover.before - cover.starts
        instants = np.column_stack((cover.ends[at.cells], shift[at.cells])).ravel()
        works = -shift[worked.cells]
        head[:] = 1, at.origin, len(at.cells), place, worked.origin, len(works), place + len(instants)
        inverse[:] = 1 / at.width, 1 / worked.width
        columns += [instants, works]
        place += len(instants) + len(works)
    return np.concatenate((heads.ravel(), *columns)).astype(np.int64), inverses


def _ends(groups: Iterable[Sequence[Any]]) -> Whole:
    return _column([0, *np.cumsum([len(group) for group in groups])])


def _column(values: Iterable[int]) -> Whole:
    return np.array(list(values), dtype=np.int64)
