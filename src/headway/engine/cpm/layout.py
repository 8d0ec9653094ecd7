"""A plan laid out once as flat columns: rows, links, parts of spans, and an order in which both passes may run.

What the columns hold, `columns` says; how long a task takes, `spans` decides; the rules of the passes are in `kernel`.
Not here: the same plan as objects for other readers (`network`).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from headway.engine.calendars import Calendars, instant
from headway.engine.cpm import columns as c
from headway.engine.cpm.clock import Clock
from headway.engine.cpm.columns import FAR_FUTURE, FAR_PAST, Ints
from headway.engine.cpm.spans import Span, SpanBuilder
from headway.engine.plan import NO_LAG, ConstraintType, Link, LinkType, Plan, PlanError, Task, TaskMode

KINDS = {LinkType.FS: c.FS, LinkType.SS: c.SS, LinkType.FF: c.FF, LinkType.SF: c.SF}
_CONSTRAINTS: dict[ConstraintType, int] = {kind: getattr(c, kind.name) for kind in ConstraintType}


class Instants(dict[datetime | None, int]):
    """Instants of dates, each worked out once; no date is one that lies before all others."""

    def __missing__(self, date: datetime | None) -> int:
        value = self[date] = FAR_PAST if date is None else instant(date)
        return value


@dataclass(slots=True)
class Layout:
    """The columns of one plan; what is once laid out is not changed, except by the maker.

    tasks     active tasks; row i is tasks[i].
    sequence  the rows in the plan's order; a follow-up of a change may leave rows that it no longer names.
    link_list the plan's links by their number; links that take no part are left out.
    """

    plan: Plan
    calendars: Calendars
    clock: Clock
    builder: SpanBuilder
    tasks: list[Task]
    index: dict[int, int]
    rows: Ints = field(default_factory=list)
    links: Ints = field(default_factory=list)
    parts: Ints = field(default_factory=list)
    link_list: list[Link] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    part_resources: list[int | None] = field(default_factory=list)
    sequence: Sequence[int] = ()
    warnings: list[str] = field(default_factory=list)
    instants: Instants = field(default_factory=Instants)
    owners: Sequence[str] = ()  # of several plans laid out together: the project of each row

    def named(self, row: int, *, beside: int | None = None) -> str:
        """A task's name in quotes; with its project's when it is another than that of the row beside."""
        name = f"'{self.tasks[row].name}'"
        if not self.owners or (beside is not None and self.owners[beside] == self.owners[row]):
            return name
        return f"{name} of project '{self.owners[row]}'"

    @property
    def count(self) -> int:
        """How many rows the columns hold."""
        return len(self.tasks)


def lay_out(plan: Plan, *, start: int, clock: Clock | None = None, packed: bool = False) -> Layout:
    """The columns of a plan's active tasks.

    start   where the work periods are looked up first, an instant; unless there is a clock already.
    packed  in arrays, which take a fifth of the memory of lists and are slower to read for plain code.
    Raises PlanError for unknown uids.
    """
    calendars = Calendars(plan.calendars, default_uid=plan.project.calendar_uid)
    warnings: list[str] = []
    tasks = [task for task in plan.tasks if task.active]
    column: Any = partial(array, "q") if packed else list
    layout = Layout(
        plan=plan,
        calendars=calendars,
        clock=clock if clock is not None else Clock(start),
        builder=SpanBuilder(plan, calendars, warnings),
        tasks=tasks,
        index={task.uid: row for row, task in enumerate(tasks)},
        rows=column(),
        links=column(),
        parts=column(),
        sequence=range(len(tasks)),
        warnings=warnings,
    )
    _lay_rows(layout)
    tie_rows(layout, plan.links)
    return layout


def _lay_rows(layout: Layout) -> None:
    parents = [parent_of(layout, task) for task in layout.tasks]
    first, following = [-1] * len(parents), [-1] * len(parents)
    for row in range(len(parents) - 1, -1, -1):
        parent = parents[row]
        if parent >= 0:
            following[row] = first[parent]
            first[parent] = row
    rows = layout.rows
    for row, task in enumerate(layout.tasks):
        span = layout.builder.span(task)
        layout.spans.append(span)
        rows.extend(row_values(layout, task, span, parents[row], first[row], following[row]))


def parent_of(layout: Layout, task: Task) -> int:
    """The row of a task's summary; -1 = none. Placeholders of another plan stand in none."""
    if task.parent_uid is None or task.external:
        return -1
    return layout.index.get(task.parent_uid, -1)


def row_values(
    layout: Layout, task: Task, span: Span, parent: int, first_child: int, next_child: int
) -> tuple[int, ...]:
    """The columns of one row, without links; the parts of its span are appended to the layout."""
    project, instants, number = layout.plan.project, layout.instants, layout.clock.number
    flags = 0 if first_child < 0 else c.SUMMARY
    if project.honor_constraints:
        flags |= c.HONOURED
    if project.multiple_critical_paths:
        flags |= c.OWN_END
    if not project.schedule_from_start:
        flags |= c.FROM_FINISH
    started, finished = instants[task.actual_start], instants[task.actual_finish]
    if finished > FAR_PAST:
        flags |= c.FINISHED
        if started == FAR_PAST and first_child < 0:
            started = span.start(finished)  # only its end is known: it began its duration before (F6)
    if started > FAR_PAST:
        flags |= c.STARTED
    typed_start = typed_finish = FAR_PAST
    if task.mode is not TaskMode.AUTO or task.external or task.summary:
        flags |= _standing(task, first_child < 0)
        if flags & c.PLACED:
            typed_start, typed_finish = _typed(task, instants)
            if typed_start > FAR_PAST or typed_finish > FAR_PAST:
                flags |= c.TYPED
    constraint = c.ASAP
    if task.constraint is not ConstraintType.ASAP:
        constraint = _CONSTRAINTS[task.constraint]
        if task.constraint_date is None and constraint != c.ALAP:
            constraint = c.ASAP
    first_part = parts = 0
    if span.parts:
        first_part, parts = _lay_parts(layout, span), len(span.parts)
    axis = number(span.axis)
    slack_axis = axis if span.slack_axis is span.axis else number(span.slack_axis)
    task_axis = slack_axis if slack_axis else number(layout.calendars.axis(task.calendar_uid))
    return (
        task.uid,
        flags,
        constraint,
        instants[task.constraint_date],
        FAR_FUTURE if task.deadline is None else instants[task.deadline],
        task.leveling_delay.amount.tenths if task.leveling_delay else 0,
        started,
        finished,
        typed_start,
        typed_finish,
        axis,
        task_axis,
        slack_axis,
        span.duration,
        span.length,
        span.remaining,
        first_part,
        parts,
        parent,
        first_child,
        next_child,
        -1,
        -1,
        0,
    )


def _lay_parts(layout: Layout, span: Span) -> int:
    first = len(layout.part_resources)
    for part in span.parts:
        number = layout.clock.number(part.axis)
        layout.parts.extend((number, part.length, part.delay, part.elapsed_delay, part.remaining))
        layout.part_resources.append(part.resource_uid)
    return first


def _standing(task: Task, childless: bool) -> int:
    """Flags of a row whose dates stand as given: typed by a person, or stored for a row whose tasks are elsewhere.

    Such rows are external placeholders and summaries without children (inserted projects).
    """
    foreign = task.external or (task.summary and childless)
    stored = task.stored is not None and task.stored.start is not None
    manual = task.mode is TaskMode.MANUAL
    return (
        (c.EXTERNAL if task.external else 0)
        | (c.MANUAL if manual else 0)
        | (c.PLACED if manual or (foreign and stored) else 0)
    )


def _typed(task: Task, instants: Instants) -> tuple[int, int]:
    """The dates a person typed; a placeholder has none but those its file stores."""
    start, finish = task.manual_start, task.manual_finish
    if start is None and finish is None and (task.mode is TaskMode.AUTO or task.external) and task.stored is not None:
        start, finish = task.stored.start, task.stored.finish
    return instants[start], instants[finish]


# ---- links ------------------------------------------------------------------------------------


def tie_rows(layout: Layout, links: Iterable[Link]) -> None:
    """Append links to the columns.

    Raises PlanError for a link to a task that is not in the plan.
    """
    get, rows = layout.index.get, layout.rows
    for link in links:
        predecessor, successor = get(link.predecessor_uid), get(link.successor_uid)
        if predecessor is None or successor is None:
            _check_known(layout.plan, link)
            continue  # an inactive task takes no part
        kind, at = KINDS[link.type], successor * c.ROW
        if kind >= c.FF and rows[at + c.FLAGS] & c.SUMMARY:
            layout.warnings.append(no_effect(link, layout.tasks[successor]))
            continue
        lag = (0, 0, 0) if link.lag is NO_LAG else lag_of(rows, link, predecessor * c.ROW, at)
        tie(layout, link, predecessor, successor, lag)


def tie(layout: Layout, link: Link, before: int, after: int, lag: tuple[int, int, int]) -> None:
    """Append one link between two rows. lag: as `lag_of` gives it."""
    rows = layout.rows
    first_in, first_out = after * c.ROW + c.FIRST_IN, before * c.ROW + c.FIRST_OUT
    place = len(layout.link_list) * c.LINK
    amount, axis, share = lag
    layout.links.extend((before, after, KINDS[link.type], amount, axis, rows[first_in], rows[first_out], share))
    rows[first_in] = rows[first_out] = place
    layout.link_list.append(link)


def lag_of(rows: Ints, link: Link, before: int, after: int) -> tuple[int, int, int]:
    """The lag of a link, the number of its axis (the successor's, or the clock for elapsed lags), its share (F3)."""
    lag, share = link.lag.amount.tenths, 0
    if link.lag.percent is not None:
        lag = round(link.lag.percent * rows[before + c.DURATION] / 100)
        if rows[before + c.FLAGS] & c.SUMMARY:
            share = round(link.lag.percent * c.WHOLE_SHARE / 100)
    return lag, 0 if link.lag.elapsed else rows[after + c.TASK_AXIS], share


def no_effect(link: Link, summary: Task) -> str:
    """The warning about a link that a summary cannot take."""
    return (
        f"Link {link.type.value} into the summary task '{summary.name}' has no effect: "
        "a summary's finish follows its children. Link one of the children instead."
    )


def _check_known(plan: Plan, link: Link) -> None:
    known = {task.uid for task in plan.tasks}
    for uid in (link.predecessor_uid, link.successor_uid):
        if uid not in known:
            raise PlanError(
                f"A link from task {link.predecessor_uid} to task {link.successor_uid} names task {uid}, "
                "which is not in the plan. Remove the link or add the task.",
                (uid,),
            )


def raise_cycle(layout: Layout, waits: Sequence[int]) -> None:
    """Name the tasks of one cycle. waits: what `kernel.arrange` left over."""
    stuck = {node for node, left in enumerate(waits) if left}
    before: dict[int, int] = {}
    for node in sorted(stuck):
        for after in followers(layout, node):
            if after in stuck:
                before[after] = node
    node = min(stuck)
    trail: dict[int, None] = {}
    while node not in trail:
        trail[node] = None
        node = before[node]
    nodes = list(trail)
    cycle = list(dict.fromkeys(entry >> 1 for entry in reversed(nodes[nodes.index(node) :])))
    names = [layout.named(row) for row in cycle]
    raise PlanError(
        f"Tasks depend on each other in a circle: {' → '.join([*names, names[0]])}. Remove one of the links.",
        tuple(layout.tasks[row].uid for row in cycle),
    )


def followers(layout: Layout, node: int) -> list[int]:
    """The nodes that directly depend on a node."""
    rows, links = layout.rows, layout.links
    at = (node >> 1) * c.ROW
    found = []
    if node & 1:
        child = rows[at + c.FIRST_CHILD]
        while child >= 0:
            found.append(entry_of(rows, child))
            child = rows[child * c.ROW + c.NEXT_CHILD]
        return found
    if rows[at + c.PARENT] >= 0:
        found.append(2 * rows[at + c.PARENT])
    tie = rows[at + c.FIRST_OUT]
    while tie >= 0:
        found.append(entry_of(rows, links[tie + c.SUCCESSOR]))
        tie = links[tie + c.NEXT_OUT]
    return found


def entry_of(rows: Ints, row: int) -> int:
    """The node at which links come into a row: its own, or the inlet of a summary."""
    return 2 * row + 1 if rows[row * c.ROW + c.FLAGS] & c.SUMMARY else 2 * row
