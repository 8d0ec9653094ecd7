"""A laid-out plan as objects, for readers that calculate on it otherwise: levelling and simulation.

Every active task is one row. A summary takes part twice: its *inlet* carries what bounds all its
leaves (links into it, its start-no-earlier-than date), its row itself rolls up the leaves.
Node numbers: row i is node i, the inlet of summary i is node n + i.
Not here: how a plan is laid out (`layout`), early and late dates (`kernel`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from headway.engine.calendars import Axis, Calendars, moment
from headway.engine.cpm import columns as c
from headway.engine.cpm import layout as layouts
from headway.engine.cpm.calculation import Tables, project_start, tabulate
from headway.engine.cpm.layout import Layout
from headway.engine.cpm.spans import Span
from headway.engine.plan import Plan, Task


class Kind(IntEnum):
    """Link types as small integers."""

    FS = c.FS
    SS = c.SS
    FF = c.FF
    SF = c.SF


@dataclass(frozen=True, slots=True)
class Tie:
    """A link between two rows; the lag runs on `axis`, the successor's (elapsed lags on the clock).

    share    above or below zero: the lag is this share of what the summary before it lasts (F3), and `lag` what that
             comes to by the duration that the plan stores.
    lasting  what that summary's duration is counted on.
    """

    predecessor: int
    successor: int
    kind: Kind
    lag: int
    axis: Axis
    elapsed: bool
    share: int = 0
    lasting: Axis | None = None

    def between(self, start: int, finish: int) -> Tie:
        """The same link with the lag that holds while its predecessor lasts from a start to a finish."""
        if self.lasting is None:
            return self
        lag = (self.lasting.between(start, finish) * self.share + c.WHOLE_SHARE // 2) // c.WHOLE_SHARE
        return replace(self, lag=lag, share=0, lasting=None)

    def reached(self, start: int, finish: int) -> int:
        """What the link asks for while its predecessor lasts from a start to a finish."""
        of_finish = self.kind is Kind.FS or self.kind is Kind.FF
        return self.between(start, finish).forward(finish if of_finish else start)

    def forward(self, at: int) -> int:
        """Where the lag leads to from the predecessor's date."""
        if self.lag == 0:
            return at
        if self.elapsed:
            return at + self.lag
        position = self.axis.position(at) + self.lag
        return self.axis.finish_at(position) if self.lag > 0 else self.axis.start_at(position)


@dataclass(frozen=True, slots=True)
class Network:
    """Columns over the rows of a plan; -1 = no parent."""

    plan: Plan
    calendars: Calendars
    tasks: list[Task]
    index: dict[int, int]
    summary: list[bool]
    parent: list[int]
    children: list[list[int]]
    placed: list[bool]  # dates stand as given: manual tasks and placeholders
    axes: list[Axis]  # task calendar, else the project's: lags and slack
    spans: list[Span]
    delays: list[int]  # levelling delay, elapsed
    into: list[list[Tie]]
    out_of: list[list[Tie]]
    order: list[int]
    complete: list[bool]  # of a summary: all its leaves
    warnings: list[str]
    tables: Tables  # the same as flat columns, without dates


def lay_out(plan: Plan) -> Network:
    """Rows, links and order of a plan's active tasks.

    Raises PlanError for unknown uids and for cycles, also those that run through summaries.
    """
    tables = tabulate(layouts.lay_out(plan, start=project_start(plan, needed=False)), compiled=False)
    layout = tables.layout
    rows, count = layout.rows, layout.count
    flags, parent = rows[c.FLAGS :: c.ROW], rows[c.PARENT :: c.ROW]
    axes = layout.clock.axes
    children: list[list[int]] = [[] for _ in range(count)]
    for row, above in enumerate(parent):
        if above >= 0:
            children[above].append(row)
    into, out_of = _ties(layout)
    order = [node >> 1 if node % 2 == 0 else (node >> 1) + count for node in tables.order]
    tasks = [_begun(task, rows[row * c.ROW + c.ACTUAL_START]) for row, task in enumerate(layout.tasks)]
    complete = [task.actual_finish is not None for task in tasks]
    for node in order:
        if node < count and children[node]:
            complete[node] = all(complete[child] for child in children[node])
    return Network(
        plan=plan,
        calendars=layout.calendars,
        tasks=tasks,
        index=layout.index,
        summary=[bool(flag & c.SUMMARY) for flag in flags],
        parent=parent,
        children=children,
        placed=[bool(flag & c.PLACED) for flag in flags],
        axes=[axes[number] for number in rows[c.TASK_AXIS :: c.ROW]],
        spans=layout.spans,
        delays=rows[c.DELAY :: c.ROW],
        into=into,
        out_of=out_of,
        order=order,
        complete=complete,
        warnings=layout.warnings,
        tables=tables,
    )


def _begun(task: Task, start: int) -> Task:
    """A task of which only the actual finish is known, with the start that follows from it (F6)."""
    if task.actual_finish is None or task.actual_start is not None or start == c.FAR_PAST:
        return task
    return replace(task, actual_start=moment(start))


def _ties(layout: Layout) -> tuple[list[list[Tie]], list[list[Tie]]]:
    """The links into and out of each row, in the plan's order."""
    into: list[list[Tie]] = [[] for _ in layout.tasks]
    out_of: list[list[Tie]] = [[] for _ in layout.tasks]
    axes, rows, links = layout.clock.axes, layout.rows, layout.links
    for place in range(0, len(links), c.LINK):
        before, after, kind, lag, axis = links[place : place + c.LAG_AXIS + 1]
        elapsed, share = axis == 0, links[place + c.LAG_SHARE]
        lag_axis = axes[rows[after * c.ROW + c.TASK_AXIS]] if elapsed else axes[axis]
        lasting = axes[rows[before * c.ROW + c.TASK_AXIS]] if share else None
        tie = Tie(before, after, Kind(kind), lag, lag_axis, elapsed, share, lasting)
        into[after].append(tie)
        out_of[before].append(tie)
    return into, out_of
