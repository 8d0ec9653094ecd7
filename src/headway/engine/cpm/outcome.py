"""From instants to a Schedule: dates, slack, critical, drivers and warnings; rows are made when they are read.

Not here: how the dates come about (`kernel`), sentences (`wording`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar, overload

from headway.engine.calendars import instant, moment
from headway.engine.cpm import columns as c
from headway.engine.cpm import kernel, wording
from headway.engine.cpm.calculation import Tables, calculate
from headway.engine.cpm.columns import FAR_FUTURE, FAR_PAST
from headway.engine.plan import Plan, Schedule, ScheduledTask, TaskMode
from headway.engine.units import WorkTime

_T = TypeVar("_T")
_BLOCK = 1 << 10  # rows whose columns are read at a time


def schedule(plan: Plan, *, status_date: datetime | None = None, compiled: bool = False) -> Schedule:
    """Place every active task by Microsoft Project's rules and say what drives it.

    plan         unstarted tasks are placed anew; actual, remaining and manual dates are inputs.
    status_date  local; moves nothing, but unfinished work that lies before it is warned about.
                 None = the plan's own status date.
    compiled     large plans may use compiled code: for jobs and the command line, never for a process that answers
                 requests, as it loads numba. The dates are the same.
    Returns tasks in the plan's order, summaries included; slack in working time (may be negative).
    Raises PlanError for cycles (naming the tasks), unknown uids, calendars without working time,
    and a plan scheduled from its finish that has none.
    Source: docs/explanation/schedule.md. O(tasks + links).
    """
    return outcome(Dated(calculate(plan, compiled=compiled)), status_date)


def outcome(dated: Dated, status_date: datetime | None = None) -> Schedule:
    """The schedule of calculated tables."""
    tables = dated.tables
    warnings = (*tables.layout.warnings, *_warnings(dated, status_date or tables.layout.plan.project.status_date))
    return Schedule(
        moment(int(tables.projects[tables.project * c.PROJECT_WIDTH + c.PROJECT_START])),
        moment(int(tables.projects[tables.project * c.PROJECT_WIDTH + c.PROJECT_FINISH])),
        Rows(dated),
        warnings,
    )


class _Each(dict[int, _T]):
    """One frozen value per number, made when first asked for."""

    def __init__(self, make: Callable[[int], _T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, number: int) -> _T:
        value = self[number] = self._make(number)
        return value


class Dated:
    """Calculated tables as plain numbers, read in blocks, with what needs several rows at once."""

    def __init__(self, tables: Tables, *, shared: Dated | None = None) -> None:
        """shared: the same tables read for another of several projects."""
        self.tables = tables
        self._shared = shared
        self.moments, self.works = _Each(moment), _Each(WorkTime)  # many tasks share their dates and amounts
        self._columns: dict[tuple[str, int], list[int]] = {} if shared is None else shared._columns
        self._progress: list[Decimal] | None = None
        self._shown: tuple[list[int], list[int]] | None = None
        self._block: tuple[int, list[int], list[int]] = (-1, [], [])
        if not tables.layout.plan.project.schedule_from_start:
            self._shown = _shown_from_finish(self)

    def column(self, name: int) -> list[int]:
        """One column of the dates of all rows."""
        if ("dates", name) not in self._columns:
            self._columns["dates", name] = _listed(self.tables.dates[name :: c.DATE])
        return self._columns["dates", name]

    def row_column(self, name: int) -> list[int]:
        """One column of all rows."""
        if ("rows", name) not in self._columns:
            self._columns["rows", name] = _listed(self.tables.rows[name :: c.ROW])
        return self._columns["rows", name]

    def row(self, row: int) -> tuple[int, list[int], int, list[int]]:
        """Where a row's columns and its dates stand: place and table of each."""
        if not self.tables.compiled:
            return row * c.ROW, self.tables.rows, row * c.DATE, self.tables.dates
        block = row // _BLOCK
        if self._block[0] != block:
            first, last = block * _BLOCK, (block + 1) * _BLOCK
            self._block = (
                block,
                _listed(self.tables.rows[first * c.ROW : last * c.ROW]),
                _listed(self.tables.dates[first * c.DATE : last * c.DATE]),
            )
        _, rows, dates = self._block
        within = row - block * _BLOCK
        return within * c.ROW, rows, within * c.DATE, dates

    def is_summary(self, row: int) -> bool:
        """Whether a row rolls up others."""
        at, rows, _, _ = self.row(row)
        return bool(rows[at + c.FLAGS] & c.SUMMARY)

    def shown(self, row: int) -> tuple[int, int]:
        """Start and finish as people see them: early dates, or late ones in a plan scheduled from its finish."""
        if self._shown is not None:
            return self._shown[0][row], self._shown[1][row]
        _, _, here, dates = self.row(row)
        return dates[here + c.ES], dates[here + c.EF]

    def progress(self) -> list[Decimal]:
        """Percent complete of every row: as told for leaves, done over whole duration of the leaves for summaries."""
        if self._progress is None:
            self._progress = self._shared.progress() if self._shared is not None else _progress(self)
        return self._progress

    def between(self, axis: int, start: int, finish: int) -> int:
        """Working time between two instants on an axis."""
        return self.tables.layout.clock.axes[axis].between(start, finish)


def _listed(values: Any) -> list[int]:
    """A slice of a list or of an array as a list."""
    return values.tolist() if hasattr(values, "tolist") else list(values)


class Rows(Sequence[ScheduledTask]):
    """The scheduled tasks of a plan in its order, each made when it is first read."""

    def __init__(self, dated: Dated) -> None:
        self._dated = dated
        self._order = dated.tables.layout.sequence
        self._made: dict[int, ScheduledTask] = {}

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, at: int) -> ScheduledTask: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[ScheduledTask, ...]: ...
    def __getitem__(self, at: int | slice) -> ScheduledTask | tuple[ScheduledTask, ...]:
        if isinstance(at, slice):
            return tuple(self[number] for number in range(len(self))[at])
        return self.of_row(self._order[at])

    def of_row(self, row: int) -> ScheduledTask:
        """The scheduled task of a row of the tables."""
        found = self._made.get(row)
        if found is None:
            found = self._made[row] = scheduled_task(self._dated, row)
        return found

    def __iter__(self) -> Iterator[ScheduledTask]:
        return map(self.of_row, self._order)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __reduce__(self) -> tuple[type[tuple[ScheduledTask, ...]], tuple[tuple[ScheduledTask, ...]]]:
        """Copies and other processes get plain tuples."""
        return tuple, (tuple(self),)


def scheduled_task(dated: Dated, row: int) -> ScheduledTask:
    """One row as an object."""
    at, rows, here, dates = dated.row(row)
    layout = dated.tables.layout
    task, date, work = layout.tasks[row], dated.moments, dated.works
    summary = rows[at + c.FLAGS] & c.SUMMARY
    start, finish = dated.shown(row)
    share = dated.progress()[row] if summary else task.percent_complete
    total = dates[here + c.TOTAL_SLACK]
    length = dated.between(rows[at + c.TASK_AXIS], start, finish) if summary else rows[at + c.DURATION]
    driver = wording.driver(dated, row)
    return ScheduledTask(
        uid=task.uid,
        start=date[start],
        finish=date[finish],
        early_start=date[dates[here + c.ES]],
        early_finish=date[dates[here + c.EF]],
        late_start=date[dates[here + c.LS]],
        late_finish=date[dates[here + c.LF]],
        total_slack=work[total],
        free_slack=work[dates[here + c.FREE_SLACK]],
        start_slack=work[dates[here + c.START_SLACK]],
        finish_slack=work[dates[here + c.FINISH_SLACK]],
        critical=total <= layout.plan.project.critical_slack_limit.tenths
        and task.actual_finish is None
        and share < 100,
        driver=driver,
        duration=work[length],
        percent_complete=share,
        finish_driver=wording.finish_driver(dated, row, driver),
    )


def _progress(dated: Dated) -> list[Decimal]:
    """Percent complete by row (R2)."""
    layout = dated.tables.layout
    shares = [task.percent_complete for task in layout.tasks]
    durations, parents, flags = (dated.row_column(name) for name in (c.DURATION, c.PARENT, c.FLAGS))
    whole = [0] * layout.count
    done: dict[int, Decimal] = {}
    for node in _listed(dated.tables.order):
        if node & 1:
            continue
        row = node >> 1
        if not flags[row] & c.SUMMARY:
            whole[row] = durations[row]
            if shares[row]:
                done[row] = durations[row] * shares[row] / 100
        elif whole[row]:
            shares[row] = Decimal(round(done.get(row, Decimal(0)) * 100 / whole[row]))
        parent = parents[row]
        if parent >= 0:
            whole[parent] += whole[row]
            if row in done:
                done[parent] = done.get(parent, Decimal(0)) + done[row]
    return shares


def _shown_from_finish(dated: Dated) -> tuple[list[int], list[int]]:
    """Starts and finishes of a plan scheduled from its finish: late dates, but actual and typed ones stand (F7)."""
    starts, finishes = dated.column(c.ES).copy(), dated.column(c.EF).copy()
    late_starts, late_finishes = dated.column(c.LS), dated.column(c.LF)
    flags, parents = dated.row_column(c.FLAGS), dated.row_column(c.PARENT)
    first, last = [FAR_FUTURE] * len(starts), [FAR_PAST] * len(starts)
    for node in _listed(dated.tables.order):
        row = node >> 1
        if node & 1:
            continue
        if flags[row] & (c.SUMMARY | c.TYPED) == c.SUMMARY:
            starts[row], finishes[row] = first[row], last[row]
        elif not flags[row] & (c.STARTED | c.TYPED):
            starts[row], finishes[row] = late_starts[row], late_finishes[row]
        parent = parents[row]
        if parent >= 0:
            first[parent], last[parent] = min(first[parent], starts[row]), max(last[parent], finishes[row])
    return starts, finishes


# ---- warnings -----------------------------------------------------------------------------------


def _warnings(dated: Dated, status_date: datetime | None) -> list[str]:
    layout = dated.tables.layout
    allowed, deadlines, flags = dated.column(c.ALLOWED), dated.row_column(c.DEADLINE), dated.row_column(c.FLAGS)
    found: list[str] = []
    for row in layout.sequence:
        if allowed[row] == FAR_PAST and deadlines[row] == FAR_FUTURE and not flags[row] & c.MANUAL:
            continue
        task, finish = layout.tasks[row], dated.shown(row)[1]
        summary = flags[row] & c.SUMMARY
        if allowed[row] > FAR_PAST:
            found.append(wording.broken_constraint(task, allowed[row]))
        if finish > deadlines[row]:
            found.append(
                f"{'Summary task' if summary else 'Task'} '{task.name}' finishes {wording.said(finish)}, "
                f"after its deadline {wording.said(deadlines[row])}."
            )
        if task.mode is TaskMode.MANUAL and not flags[row] & c.STARTED and not summary:
            found += _manual_conflicts(dated, row)
    if status_date is not None:
        found += _overdue(dated, flags, instant(status_date))
    return found


def _overdue(dated: Dated, flags: Sequence[int], status: int) -> list[str]:
    tasks, overdue = dated.tables.layout.tasks, []
    finishes = dated.column(c.EF)
    for row in dated.tables.layout.sequence:
        if finishes[row] < status and not flags[row] & (c.SUMMARY | c.FINISHED) and tasks[row].percent_complete < 100:
            overdue.append(f"'{tasks[row].name}'")
    if not overdue:
        return []
    named = ", ".join(overdue[:5]) + (f" and {len(overdue) - 5} more" if len(overdue) > 5 else "")
    return [f"Unfinished work lies before the status date: {named}. Enter the progress or reschedule what is left."]


def _manual_conflicts(dated: Dated, row: int) -> list[str]:
    """A link that asks for later dates than a person typed: that of the lowest predecessor, if there are several."""
    tables, layout = dated.tables, dated.tables.layout

    def named_first(tie: int) -> tuple[int, int, int]:
        before, kind, lag = (int(tables.links[tie + name]) for name in (c.PREDECESSOR, c.KIND, c.LAG))
        return layout.tasks[before].uid, kind, lag

    at, rows, here, dates = dated.row(row)
    ties = []
    tie = rows[at + c.FIRST_IN]
    while tie >= 0:
        ties.append(tie)
        tie = int(tables.links[tie + c.NEXT_IN])
    for tie in sorted(ties, key=named_first):
        found: list[int] = []

        def reach(clock: Any, edge: Any, tie: int = tie, found: list[int] = found) -> None:
            found[:] = [int(kernel.reached_by(tables.rows, tables.links, tables.dates, clock, edge, tie))]

        tables.until_covered(reach)
        starts = int(tables.links[tie + c.KIND]) in (c.FS, c.SS)
        mine = dates[here + (c.ES if starts else c.EF)]
        if dated.between(rows[at + c.TASK_AXIS], mine, found[0]) > 0:
            predecessor = layout.tasks[int(tables.links[tie + c.PREDECESSOR])]
            return [
                f"Task '{layout.tasks[row].name}' is scheduled by hand and {'starts' if starts else 'finishes'} "
                f"{wording.said(mine)}, before its predecessor '{predecessor.name}' allows "
                f"({wording.said(found[0])}). Move it or remove the link."
            ]
    return []
