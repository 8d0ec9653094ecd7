"""Runs the passes over a layout: in which order, how often, and by plain or by compiled code.

Not here: the rules themselves (`kernel`), what comes out of the dates (`outcome`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from headway.engine.calendars import instant
from headway.engine.compiling import LateCode
from headway.engine.cpm import columns as c
from headway.engine.cpm import kernel
from headway.engine.cpm.columns import FAR_PAST
from headway.engine.cpm.layout import Layout, lay_out, raise_cycle
from headway.engine.plan import Plan, PlanError

COMPILED_FROM = 20_000  # rows: below, plain code is done before compiled code is loaded
_SOME_DATE = datetime(2000, 1, 1)
_PLAIN_SECONDS = 25e-6  # for each row: so long compiled code is waited for, as plain code would take it too

BLANK = [0] * c.DATE  # the dates of a row before the passes
for _column in (c.ALLOWED, c.INLET, c.PIN_START, c.PIN_FINISH, c.FORCED_LATE):
    BLANK[_column] = FAR_PAST
for _column in (c.CAUSE_TIE, c.FINISH_TIE, c.INLET_TIE, c.OUTLET_TIE, c.LATE_TIE):
    BLANK[_column] = -1


@dataclass(slots=True)
class Tables:
    """The columns of a layout and the dates of its rows, all as lists or all as arrays.

    The kernels take both, hence Any. code: the functions of `kernel`, as they are or compiled.
    pinned: how many rows stand at the other end of their slack (then the passes ran twice).
    """

    layout: Layout
    code: Any
    rows: Any
    links: Any
    parts: Any
    projects: Any
    dates: Any
    order: Any
    compiled: bool
    pinned: int = 0
    project: int = 0  # whose dates are asked for, of several projects

    def clock(self) -> Any:
        """The work periods in the form of the other columns."""
        return self.layout.clock.array() if self.compiled else self.layout.clock.list()

    def edge(self) -> Any:
        """The number that a kernel sets when a date lies beyond the periods."""
        return np.zeros(1, dtype=np.int64) if self.compiled else [0]

    def link(self, tie: int) -> tuple[int, int, int, int]:
        """Predecessor, successor, kind and lag of the link at a place; of a lag by share only the sign is right."""
        columns = self.links[tie : tie + c.LINK]
        if self.compiled:
            columns = columns.tolist()
        return columns[c.PREDECESSOR], columns[c.SUCCESSOR], columns[c.KIND], columns[c.LAG_SHARE] or columns[c.LAG]

    def ties_out_of(self, row: int) -> Iterator[tuple[int, int]]:
        """Place and kind of each link out of a row."""
        tie = int(self.rows[row * c.ROW + c.FIRST_OUT])
        while tie >= 0:
            yield tie, int(self.links[tie + c.KIND])
            tie = int(self.links[tie + c.NEXT_OUT])

    def forward(self) -> None:
        """Early dates of all rows."""
        self._pass(self.code.forward)

    def backward(self) -> None:
        """Late dates of all rows."""
        self._pass(self.code.backward)

    def slacks(self) -> None:
        """The slacks of all rows."""
        count = self.layout.count

        def run(clock: Any, edge: Any, first: int) -> int:
            return int(self.code.slacks(self.rows, self.links, self.dates, clock, edge, first, count))

        self._in_steps(run, count)

    def until_covered(self, run: Callable[[Any, Any], None]) -> None:
        """Run a kernel again until it stays within the work periods."""
        while True:
            edge = self.edge()
            run(self.clock(), edge)
            if not edge[0]:
                return
            self.layout.clock.beyond(int(edge[0]))

    def _pass(self, code: Callable[..., int]) -> None:
        t, nodes = self, len(self.order)

        def run(clock: Any, edge: Any, first: int) -> int:
            return int(code(t.rows, t.links, t.parts, t.projects, t.dates, clock, edge, t.order, first, nodes))

        self._in_steps(run, nodes)

    def _in_steps(self, run: Callable[[Any, Any, int], int], last: int) -> None:
        """Run a kernel on from where it met the end of the work periods, until it is through."""
        edge, done = self.edge(), 0
        while True:
            done = run(self.clock(), edge, done)
            if done == last:
                return
            self.layout.clock.beyond(int(edge[0]))
            edge[0] = 0


def calculate(plan: Plan, *, compiled: bool = False) -> Tables:
    """Lay a plan out and run both passes.

    compiled  large plans may use compiled code (numba); plain code answers where it is not there or not yet compiled.
    Raises PlanError as `schedule` does.
    """
    packed = compiled and len(plan.tasks) >= COMPILED_FROM
    tables = tabulate(lay_out(plan, start=project_start(plan), packed=packed), compiled=compiled)
    settle(tables)
    return tables


def tabulate(layout: Layout, *, compiled: bool) -> Tables:
    """The tables of a layout, in order, without dates."""
    return tabulate_several(layout, [layout.plan], compiled=compiled)


def tabulate_several(layout: Layout, plans: Sequence[Plan], *, compiled: bool) -> Tables:
    """The tables of a layout of several plans, each with its own start and finish."""
    code = compiled_code(layout.count) if compiled else None
    projects: Any = [
        value
        for plan in plans
        for value in (project_start(plan), project_finish(plan), 0 if plan.project.schedule_from_start else 1)
    ]
    columns: Any = layout.rows, layout.links, layout.parts
    dates: Any
    order: Any
    waits: Any
    if code is not None:
        columns, projects = [_array(column) for column in columns], _array(projects)
        dates = np.tile(_array(BLANK), layout.count)
        order, waits = np.zeros((2, 2 * layout.count), dtype=np.int64)
    else:
        columns = [column if isinstance(column, list) else column.tolist() for column in columns]
        dates = BLANK * layout.count
        order, waits = [0] * (2 * layout.count), [0] * (2 * layout.count)
    rows, links, parts = layout.rows, layout.links, layout.parts = columns
    run = code if code is not None else kernel
    placed = run.arrange(rows, links, order, waits, layout.count)
    tables = Tables(layout, run, rows, links, parts, projects, dates, order[:placed], code is not None)
    if any(waits):
        raise_cycle(layout, list(map(int, waits)))
    return tables


def _array(values: Any) -> Any:
    return np.asarray(values, dtype=np.int64)


def settle(tables: Tables) -> None:
    """Both passes, again where rows then stand at the other end of their slack, and the slacks.

    A row held late may push what follows it past the finish it was held against: the project ends with its last row.
    """
    passes = _from_start
    if not tables.layout.plan.project.schedule_from_start:
        passes = _from_finish
        tables.forward()  # dates of started tasks, which the backward pass reads
    passes(tables)
    tables.pinned = tables.code.pin(tables.rows, tables.dates, tables.layout.count)
    if tables.pinned:
        passes(tables)
    tables.slacks()


def _from_start(tables: Tables) -> None:
    tables.forward()
    tables.code.project_finishes(tables.rows, tables.projects, tables.dates, tables.layout.count)
    tables.backward()


def _from_finish(tables: Tables) -> None:
    tables.backward()
    tables.code.project_starts(tables.rows, tables.projects, tables.dates, tables.layout.count)
    tables.forward()


def project_start(plan: Plan, *, needed: bool = True) -> int:
    """The instant at which a plan starts, or before which none of its known dates lies.

    needed  else a plan without any date starts in the year 2000.
    """
    project = plan.project
    if project.start is not None:
        return instant(project.start)
    known = [
        date
        for task in plan.tasks
        if task.active
        for date in (task.actual_start, task.manual_start, task.constraint_date)
        if date is not None
    ]
    if known:
        return instant(min(known))
    if project.finish is not None:
        return instant(project.finish)
    if needed:
        raise PlanError("The plan has no start date. Set the project start.")
    return instant(_SOME_DATE)


def project_finish(plan: Plan) -> int:
    """The instant at which a plan scheduled from its finish ends; of no meaning for others."""
    if plan.project.schedule_from_start:
        return FAR_PAST
    if plan.project.finish is None:
        raise PlanError("The plan is scheduled from its finish but has no finish date. Set the project finish.")
    return instant(plan.project.finish)


# ---- compiled code ------------------------------------------------------------------------------


_loader = LateCode("headway.engine._compiled.cpm")


def compiled_code(rows: int, *, patience: float | None = None) -> Any:
    """The kernel's functions compiled, when a plan of so many rows gains by them and they are ready in time."""
    if rows < COMPILED_FROM:
        return None
    return _loader.code(rows * _PLAIN_SECONDS if patience is None else patience)
