"""A plan scheduled from its finish as levelling sees it: in a mirror, where time runs the other way.

There its tasks begin at their finishes, wait for what follows them, and a levelling delay moves them later, as in any
plan scheduled from its start; so the same sweep and the same search level both. Everything here is told in mirrored
instants; `Mirror` leads there and back. Not here: the view that levelling works on (`view`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from headway.engine.calendars import ELAPSED, TENTHS_PER_DAY, Axis, instant, moment
from headway.engine.cpm.network import Kind, Network, Tie
from headway.engine.cpm.spans import Span
from headway.engine.levelling.mapping import Mapping
from headway.engine.levelling.profile import Demands, Load, Shape, Stretch, base_of
from headway.engine.plan import ConstraintType, Plan, PlanError, Schedule, ScheduledTask, SplitPart, Task, TaskMode

_OPPOSITE = {
    ConstraintType.ASAP: ConstraintType.ALAP,
    ConstraintType.SNET: ConstraintType.FNLT,
    ConstraintType.FNET: ConstraintType.SNLT,
    ConstraintType.MSO: ConstraintType.MFO,
}
OPPOSITE = _OPPOSITE | {theirs: mine for mine, theirs in _OPPOSITE.items()}
_Instants = npt.NDArray[np.int64]
_LINKS = {Kind.FS: Kind.FS, Kind.SS: Kind.FF, Kind.FF: Kind.SS, Kind.SF: Kind.SF}


class Mirror:
    """Stands at a Monday's midnight near the plan's finish: weeks lie on weeks, and dates stay in the years we know."""

    def __init__(self, plan: Plan) -> None:
        if plan.project.finish is None:
            raise PlanError("The plan is scheduled from its finish but has no finish date. Set the project finish.")
        day = instant(plan.project.finish) // TENTHS_PER_DAY
        self.days = 2 * (day - (day + 3) % 7)  # 1 January 1970 was a Thursday
        self._typed = {task.uid for task in plan.tasks if task.mode is TaskMode.MANUAL or task.external}
        self._axes: dict[int, Axis] = {id(ELAPSED): ELAPSED}
        self._shifts: dict[int, int] = {}

    def instant(self, at: int) -> int:
        """Where an instant lies in the mirror; and back."""
        return self.days * TENTHS_PER_DAY - at

    def moment(self, date: datetime) -> datetime:
        """The same of a date."""
        return moment(self.instant(instant(date)))

    def axis(self, axis: Axis) -> Axis:
        """The working time of an axis; always the same one."""
        if id(axis) not in self._axes:
            self._axes[id(axis)] = _MirroredAxis(axis, self.days)
        return self._axes[id(axis)]

    def load(self, load: Load | Stretch, own: Axis) -> Load | Stretch:
        """A load on a resource whose axis is `own`."""
        uid, first, last, units = load
        if isinstance(load, Stretch):
            return Stretch(uid, self.instant(last), self.instant(first), units)
        if id(own) not in self._shifts:  # work before an instant and after it are always as much together
            at = own.start_at(first)
            self._shifts[id(own)] = own.position(at) + self.axis(own).position(self.instant(at))
        whole = self._shifts[id(own)]
        return Load(uid, whole - last, whole - first, units)

    def loads(self, loads: Sequence[Load | Stretch], demands: Demands) -> list[Load | Stretch]:
        """Loads in the order of time, as they are there."""
        return [self.load(load, demands.axis(load.resource_uid)) for load in reversed(loads)]

    def network(self, network: Network) -> Network:
        """The rows and links of a plan. Only what levelling reads: there are no tables of dates."""
        count, project = len(network.tasks), network.plan.project
        finish = self.moment(project.finish) if project.finish is not None else None
        into: list[list[Tie]] = [[] for _ in network.tasks]
        out_of: list[list[Tie]] = [[] for _ in network.tasks]
        for ties in network.out_of:
            for tie in ties:
                if network.summary[tie.predecessor] and tie.kind in (Kind.SS, Kind.SF):
                    continue  # the start of a summary holds none of its tasks (R3)
                kind, axis = _LINKS[tie.kind], self.axis(tie.axis)
                resumed = self._resumed(network, tie)
                seen = _MirroredTie(tie.successor, tie.predecessor, kind, tie.lag, axis, tie.elapsed, resumed=resumed)
                into[seen.successor].append(seen)
                out_of[seen.predecessor].append(seen)
        calendars = copy(network.calendars)
        calendars.default = self.axis(network.calendars.default)
        return replace(
            network,
            plan=replace(network.plan, project=replace(project, start=finish, finish=None, schedule_from_start=True)),
            calendars=calendars,
            tasks=[self.task(task) for task in network.tasks],
            axes=[self.axis(axis) for axis in network.axes],
            spans=[self.span(span) for span in network.spans],
            delays=[-delay for delay in network.delays],
            into=into,
            out_of=out_of,
            order=[_inlet_of(node, count, network) for node in reversed(network.order)],
        )

    def _resumed(self, network: Network, tie: Tie) -> int | None:
        """Where the rest of a running task begins: what comes before it may last until then (B3)."""
        start, row = network.tasks[tie.successor].actual_start, tie.successor
        if start is None or network.complete[row] or network.summary[row] or tie.kind is not Kind.FS:
            return None
        span = network.spans[row]
        return self.instant(span.resume(span.finish(instant(start))))

    def task(self, task: Task) -> Task:
        """What levelling reads of a task. A started one stands where it is, whatever of it is done."""
        return replace(
            task,
            constraint=OPPOSITE[task.constraint],
            constraint_date=self.moment(task.constraint_date) if task.constraint_date is not None else None,
            deadline=None,  # what moves earlier keeps it
            percent_complete=task.percent_complete if task.actual_start is None else Decimal(0),
        )

    def span(self, span: Span) -> Span:
        """How long a task takes, from its finish back to its start."""
        axes = self.axis(span.axis), self.axis(span.slack_axis)
        if not span.parts:
            return Span(*axes, span.duration, span.length, span.remaining, (), span.resource_uid)
        lasting = span.duration, span.length, span.remaining
        return _MirroredSpan(*axes, *lasting, span.parts, plain=span, mirror=self)

    def schedule(self, schedule: Schedule) -> Schedule:
        """The dates of a schedule: early for late, finish for start. Early ones are those that links go by."""
        start, finish = self.moment(schedule.finish), self.moment(schedule.start)
        return Schedule(start, finish, tuple(self._dated(row) for row in schedule.tasks))

    def _dated(self, row: ScheduledTask) -> ScheduledTask:
        start, finish = self.moment(row.finish), self.moment(row.start)
        typed = row.uid in self._typed  # what was typed drives
        return replace(
            row,
            start=start,
            finish=finish,
            early_start=start if typed else self.moment(row.late_finish),
            early_finish=finish if typed else self.moment(row.late_start),
            late_start=self.moment(row.early_finish),
            late_finish=self.moment(row.early_start),
        )

    def pieces(self, pieces: Sequence[tuple[int, int]]) -> tuple[SplitPart, ...]:
        """Mirrored worked stretches as parts of a task."""
        return tuple(
            SplitPart(moment(self.instant(last)), moment(self.instant(first))) for first, last in reversed(pieces)
        )


class MirroredDemands(Demands):
    """What the assignments of a plan ask of its resources, in the mirror."""

    def __init__(self, network: Network, mirror: Mirror) -> None:
        self._plain = Demands(network.plan, network.calendars)
        self._network, self._mirror = network, mirror
        self._maps: dict[tuple[int, int], Mapping] = {}
        self.resources = self._plain.resources

    def axis(self, resource_uid: int) -> Axis:
        return self._mirror.axis(self._plain.axis(resource_uid))

    def capacity(self, resource_uid: int) -> int:
        return self._plain.capacity(resource_uid)

    def shapes(self, task: Task) -> tuple[Shape, ...]:
        row = self._network.index[task.uid]
        shapes, span = self._plain.shapes(self._network.tasks[row]), self._network.spans[row]
        if not span.parts and not any(shape.is_delayed or shape.axis is not span.axis for shape in shapes):
            return tuple(self._turned(shape, span.length) for shape in shapes)
        return tuple(self._looked_up(shape, shapes, span) for shape in shapes)

    def placed(self, task: Task, start: int, finish: int) -> list[Load | Stretch]:
        original, (start, finish) = self._of(task), self._back(start, finish)
        return self._mirror.loads(self._plain.placed(original, start, finish), self._plain)

    def between(self, task: Task, start: int, finish: int) -> list[Load | Stretch]:
        original, (start, finish) = self._of(task), self._back(start, finish)
        return self._mirror.loads(self._plain.between(original, start, finish), self._plain)

    def _of(self, task: Task) -> Task:
        return self._network.tasks[self._network.index[task.uid]]

    def _back(self, start: int, finish: int) -> tuple[int, int]:
        return self._mirror.instant(finish), self._mirror.instant(start)

    def _turned(self, shape: Shape, length: int) -> Shape:
        """Work from start to finish on the axis of its task: the same the other way round."""
        axis, own = self._mirror.axis(shape.axis), self._mirror.axis(shape.own)
        return replace(
            shape,
            axis=axis,
            own=own,
            mapping=self._mapped(axis, own) if axis is not own else None,
            segments=tuple((length - last, length - first, units) for first, last, units in reversed(shape.segments)),
        )

    def _looked_up(self, shape: Shape, shapes: Sequence[Shape], span: Span) -> Shape:
        """Work that lies behind the start of its task in a way of its own: looked up there."""
        return _MirroredShape(
            resource_uid=shape.resource_uid,
            axis=self._mirror.axis(shape.axis),
            own=self._mirror.axis(shape.own),
            mapping=None,
            delay=0,
            elapsed_delay=0,
            segments=shape.segments,
            outside=shape.outside,
            plain=shape,
            beside=tuple(shapes),
            span=span,
            mirror=self._mirror,
        )

    def _mapped(self, axis: Axis, own: Axis) -> Mapping:
        key = id(axis), id(own)
        if key not in self._maps:
            self._maps[key] = Mapping(axis, own)
        return self._maps[key]


class _MirroredAxis(Axis):
    """The working time of another axis, mirrored day by day."""

    def __init__(self, axis: Axis, days: int) -> None:
        super().__init__(axis.name)
        self._plain, self._days = axis, days

    def is_part_of(self, other: Axis) -> bool:
        return isinstance(other, _MirroredAxis) and self._plain.is_part_of(other._plain)

    def periods(self, first_day: int, last_day: int) -> tuple[_Instants, _Instants]:
        starts, ends = self._plain.periods(self._days - last_day, self._days - first_day)
        pivot = self._days * TENTHS_PER_DAY
        return pivot - ends[::-1], pivot - starts[::-1]


@dataclass(frozen=True, slots=True)
class _MirroredTie(Tie):
    """A link whose lag is taken off the successor's date; it runs on the calendar of what was the successor.

    resumed  what stands in for that date, when it is known.
    """

    resumed: int | None = None

    def forward(self, at: int) -> int:
        at = at if self.resumed is None else self.resumed
        if self.lag == 0:
            return at
        return at + self.lag if self.elapsed else self.axis.finish_at(self.axis.position(at) + self.lag)


@dataclass(frozen=True, slots=True, kw_only=True)
class _MirroredSpan(Span):
    """The span of a task whose assignments differ. plain: of the task as it is."""

    plain: Span
    mirror: Mirror

    def next_start(self, base: int) -> int:
        return self.mirror.instant(self.plain.previous_finish(self.mirror.instant(base)))

    def finish(self, base: int) -> int:
        ended = self.plain.previous_finish(self.mirror.instant(base))
        return self.mirror.instant(self.plain.start(ended))

    def start(self, finish: int) -> int:
        return self.mirror.instant(self.plain.finish(self.mirror.instant(finish)))

    def previous_finish(self, at: int) -> int:
        return self.mirror.instant(self.plain.next_start(self.mirror.instant(at)))


@dataclass(frozen=True, slots=True)
class _MirroredShape(Shape):
    """One assignment of a task whose assignments differ.

    plain, beside, span  of the task as it is: the shape, all shapes, and how long it takes.
    """

    plain: Shape
    beside: tuple[Shape, ...]
    span: Span
    mirror: Mirror

    @property
    def is_delayed(self) -> bool:
        return True

    def base(self, start: int) -> int:
        return start

    def loads(self, base: int) -> Iterator[Load | Stretch]:
        begun = self.span.start(self.span.previous_finish(self.mirror.instant(base)))
        loads = tuple(self.plain.loads(base_of(self.beside, begun)))
        for load in reversed(loads):
            yield self.mirror.load(load, self.plain.own)

    def later(self, base: int, load: Load, until: int, *, in_gaps: bool = False) -> int:
        reached = self.own.finish_at(until) if in_gaps else self.own.start_at(until)
        return base + max(1, reached - self.own.start_at(load.first))


def _inlet_of(node: int, count: int, network: Network) -> int:
    """A summary's inlet is its row in the mirror, and its row the inlet."""
    if node >= count:
        return node - count
    return node + count if network.summary[node] else node
