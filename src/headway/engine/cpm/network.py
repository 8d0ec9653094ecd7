"""A plan laid out as rows and links, in an order in which every row follows what it depends on.

Every active task is one row. A summary takes part twice: its *inlet* carries what bounds all its
leaves (links into it, its start-no-earlier-than date), its row itself rolls up the leaves.
Node numbers: row i is node i, the inlet of summary i is node n + i.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from headway.engine.calendars import Axis, Calendars
from headway.engine.cpm.spans import Span, SpanBuilder
from headway.engine.plan import Link, LinkType, Plan, PlanError, Task, TaskMode


class Kind(IntEnum):
    """Link types as small integers."""

    FS = 0
    SS = 1
    FF = 2
    SF = 3


_KINDS = {LinkType.FS: Kind.FS, LinkType.SS: Kind.SS, LinkType.FF: Kind.FF, LinkType.SF: Kind.SF}


@dataclass(frozen=True, slots=True)
class Tie:
    """A link between two rows; the lag runs on `axis`, the successor's (elapsed lags on the clock)."""

    predecessor: int
    successor: int
    kind: Kind
    lag: int
    axis: Axis
    elapsed: bool

    def forward(self, at: int) -> int:
        """Where the lag leads to from the predecessor's date."""
        if self.lag == 0:
            return at
        if self.elapsed:
            return at + self.lag
        position = self.axis.position(at) + self.lag
        return self.axis.finish_at(position) if self.lag > 0 else self.axis.start_at(position)

    def backward(self, at: int) -> int:
        """Where the lag leads back to from the successor's date: the latest instant it allows."""
        if self.lag == 0:
            return at
        if self.elapsed:
            return at - self.lag
        return self.axis.start_at(self.axis.position(at) - self.lag)


@dataclass(slots=True)
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
    resource_names: dict[int | None, str]
    warnings: list[str] = field(default_factory=list)


def lay_out(plan: Plan) -> Network:
    """Rows, links and order of a plan's active tasks.

    Raises PlanError for unknown uids and for cycles, also those that run through summaries.
    """
    calendars = Calendars(plan.calendars, default_uid=plan.project.calendar_uid)
    tasks = [task for task in plan.tasks if task.active]
    index = {task.uid: row for row, task in enumerate(tasks)}
    count = len(tasks)
    parent = [-1] * count
    children: list[list[int]] = [[] for _ in range(count)]
    for row, task in enumerate(tasks):
        if task.parent_uid is not None and task.parent_uid in index and not task.external:
            parent[row] = index[task.parent_uid]
            children[parent[row]].append(row)
    warnings: list[str] = []
    builder = SpanBuilder(plan, calendars, warnings)
    summary = [bool(rows) for rows in children]
    spans = [builder.span(task) for task in tasks]
    network = Network(
        plan=plan,
        calendars=calendars,
        tasks=tasks,
        index=index,
        summary=summary,
        parent=parent,
        children=children,
        placed=[_is_placed(task, rows) for task, rows in zip(tasks, children, strict=True)],
        axes=[calendars.axis(task.calendar_uid) for task in tasks],
        spans=spans,
        delays=[task.leveling_delay.amount.tenths if task.leveling_delay else 0 for task in tasks],
        into=[[] for _ in range(count)],
        out_of=[[] for _ in range(count)],
        order=[],
        complete=[task.actual_finish is not None for task in tasks],
        resource_names={resource.uid: resource.name for resource in plan.resources},
        warnings=warnings,
    )
    _tie(network)
    network.order = _ordered(network)
    for node in network.order:
        if node < count and summary[node]:
            network.complete[node] = all(network.complete[child] for child in children[node])
    return network


def _tie(network: Network) -> None:
    known = {task.uid for task in network.plan.tasks}
    index = network.index
    for link in network.plan.links:
        predecessor, successor = index.get(link.predecessor_uid), index.get(link.successor_uid)
        if predecessor is None or successor is None:
            for uid in (link.predecessor_uid, link.successor_uid):
                if uid not in known:
                    raise PlanError(
                        f"A link from task {link.predecessor_uid} to task {link.successor_uid} names task {uid}, "
                        "which is not in the plan. Remove the link or add the task.",
                        (uid,),
                    )
            continue  # an inactive task takes no part
        if network.summary[successor] and link.type in (LinkType.FF, LinkType.SF):
            network.warnings.append(
                f"Link {link.type.value} into the summary task '{network.tasks[successor].name}' has no effect: "
                "a summary's finish follows its children. Link one of the children instead."
            )
            continue
        tie = _resolved(network, link, predecessor, successor)
        network.out_of[predecessor].append(tie)
        network.into[successor].append(tie)


def _resolved(network: Network, link: Link, predecessor: int, successor: int) -> Tie:
    lag = link.lag.amount.tenths
    if link.lag.percent is not None:
        lag = round(link.lag.percent * network.spans[predecessor].duration / 100)
    axis = network.axes[successor]
    return Tie(predecessor, successor, _KINDS[link.type], lag, axis, link.lag.elapsed)


def _ordered(network: Network) -> list[int]:
    """Nodes in dependency order (Kahn); raises PlanError naming the first cycle found."""
    count = len(network.tasks)
    follow: list[list[int]] = [[] for _ in range(2 * count)]
    waits = [0] * (2 * count)
    for row, rows in enumerate(network.children):
        for child in rows:
            entry = child + count if network.summary[child] else child
            follow[row + count].append(entry)
            follow[child].append(row)
            waits[entry] += 1
            waits[row] += 1
    for row, ties in enumerate(network.out_of):
        for tie in ties:
            entry = tie.successor + count if network.summary[tie.successor] else tie.successor
            follow[row].append(entry)
            waits[entry] += 1
    order = [node for node in range(count) if not waits[node] and not network.summary[node]]
    order += [node + count for node in range(count) if network.summary[node] and not waits[node + count]]
    for node in order:
        for after in follow[node]:
            waits[after] -= 1
            if not waits[after]:
                order.append(after)
    nodes = count + sum(network.summary)
    if len(order) < nodes:
        _raise_cycle(network, follow, {node for node in range(2 * count) if waits[node]})
    return order


def _raise_cycle(network: Network, follow: list[list[int]], stuck: set[int]) -> None:
    count = len(network.tasks)
    before: dict[int, int] = {}
    for node in stuck:
        for after in follow[node]:
            if after in stuck:
                before[after] = node
    node = next(iter(sorted(stuck)))
    trail: dict[int, None] = {}
    while node not in trail:
        trail[node] = None
        node = before[node]
    nodes = list(trail)
    rows = [entry % count for entry in reversed(nodes[nodes.index(node) :])]
    cycle = list(dict.fromkeys(rows))
    names = [f"'{network.tasks[row].name}'" for row in cycle]
    raise PlanError(
        f"Tasks depend on each other in a circle: {' → '.join([*names, names[0]])}. Remove one of the links.",
        tuple(network.tasks[row].uid for row in cycle),
    )


def _is_placed(task: Task, children: list[int]) -> bool:
    """Whether dates stand as given: typed by a person, or stored for a row whose tasks are not in the plan.

    Such rows are external placeholders and summaries without children (inserted projects).
    """
    foreign = task.external or (task.summary and not children)
    stored = task.stored is not None and task.stored.start is not None
    return task.mode is TaskMode.MANUAL or (foreign and stored)
