"""Who is needed when: the work of each resource over time, and where it exceeds what the resource has.

Loads are step functions on the resource's own axis of working time, in whole millionths of full-time units, so that
sums are exact. Work that a task puts outside its resource's calendar is told apart: no delay can mend it.
Not here: who gives way (`rules`), whole days over many plans (`headway.engine.capacity`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from itertools import accumulate
from typing import NamedTuple

from headway.engine.calendars import ELAPSED, TENTHS_PER_DAY, Axis, Calendars, has_work, instant, moment
from headway.engine.cpm.spans import CONTOUR_SEGMENTS
from headway.engine.levelling.mapping import Mapping
from headway.engine.plan import (
    Assignment,
    Plan,
    Resource,
    ResourceType,
    Schedule,
    Task,
    TaskMode,
    TaskType,
    WorkContour,
)
from headway.engine.units import WorkTime

FULL = 1_000_000  # one full-time unit
_REPLAYED = (WorkContour.FLAT, WorkContour.EDITED)


class Granularity(Enum):
    """The stretch in which work is compared with capacity, as Microsoft Project's "look for overallocations"."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


BucketOf = Callable[[int, Granularity], tuple[int, int]]
"""Start and end of the hour, day, week or month that holds an instant."""


class Load(NamedTuple):
    """Units of a resource from one to another position of its axis."""

    resource_uid: int
    first: int
    last: int
    units: int


class Stretch(NamedTuple):
    """Work outside the resource's calendar, in instants."""

    resource_uid: int
    start: int
    finish: int
    units: int


@dataclass(frozen=True, slots=True)
class Shape:
    """How one assignment's work lies behind the start of its task.

    axis      what the work runs on; `own` is the resource's axis.
    mapping   from `axis` to `own`, where they differ.
    segments  from and to on `axis` behind the assignment's start, and units.
    outside   whether work outside the resource's calendar is done all the same, or left out.
    """

    resource_uid: int
    axis: Axis
    own: Axis
    mapping: Mapping | None
    delay: int
    elapsed_delay: int
    segments: tuple[tuple[int, int, int], ...]
    outside: bool

    @property
    def is_delayed(self) -> bool:
        """Whether the work begins later than its task."""
        return bool(self.delay or self.elapsed_delay)

    def base(self, start: int) -> int:
        """The instant that delays are counted from, for work that begins at `start`."""
        return self.axis.start_at(self.axis.position(start) - self.delay) - self.elapsed_delay

    def later(self, base: int, load: Load, until: int, *, in_gaps: bool = False) -> int:
        """The first base at which a load that it has at `base` begins no earlier than a position.

        in_gaps  whether a base counts at which this work rests, since other work of the task does not.
        """
        axis, own = self.axis, self.own
        begun = axis.position(base + self.elapsed_delay)
        offset = (load.first if axis is own else axis.position(own.start_at(load.first))) - begun
        reached = axis.position(own.finish_at(until)) - offset
        found = (axis.finish_at(reached) if in_gaps else axis.start_at(reached)) - self.elapsed_delay
        return found if found > base else axis.start_at(axis.position(base) + 1)

    def loads(self, base: int) -> Iterator[Load | Stretch]:
        """The work of a task that may start at `base`."""
        axis, uid = self.axis, self.resource_uid
        position = axis.position(base + self.elapsed_delay) + self.delay
        for first, last, units in self.segments:
            if self.mapping is None:
                yield Load(uid, position + first, position + last, units)
                continue
            parts = self.mapping.parts(position + first, position + last)
            if parts is not None:
                for begun, ended in parts:
                    yield Load(uid, begun, ended, units)
            else:
                start, finish = axis.start_at(position + first), axis.finish_at(position + last)
                yield from _mapped(uid, axis, self.own, start, finish, units, outside=self.outside)


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of one resource's profile in which nothing changes; the working time between two moments."""

    start: datetime
    finish: datetime
    units: Decimal
    task_uids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OverAllocation:
    """More work than a resource can do in a stretch, and the tasks that ask for it.

    work, capacity  in the stretch, as working time of one full-time person.
    outside         the work lies outside the resource's calendar.
    """

    resource_uid: int
    start: datetime
    finish: datetime
    work: WorkTime
    capacity: WorkTime
    task_uids: tuple[int, ...]
    outside: bool = False


class Demands:
    """What the assignments of a plan ask of its work resources."""

    def __init__(self, plan: Plan, calendars: Calendars) -> None:
        self._calendars = calendars
        self._around = instant(plan.project.start or datetime(2000, 1, 1))
        self.resources: dict[int, Resource] = {
            resource.uid: resource for resource in plan.resources if resource.type is ResourceType.WORK
        }
        self._axes: dict[int, Axis] = {}
        self._mappings: dict[tuple[int, int], Mapping] = {}  # by ids of axes that the calendars keep
        self._working: dict[int, bool] = {}  # by id of an axis that the calendars keep
        self._shapes: dict[int, tuple[Task, tuple[Shape, ...]]] = {}
        self._assignments: dict[int, list[tuple[int, Assignment]]] = {}
        for assignment in plan.assignments:
            uid = assignment.resource_uid
            if uid is not None and uid in self.resources:
                self._assignments.setdefault(assignment.task_uid, []).append((uid, assignment))

    def axis(self, resource_uid: int) -> Axis:
        """The working time of a resource; the project's where its calendar is unknown or never works."""
        if resource_uid not in self._axes:
            uid = self.resources[resource_uid].calendar_uid
            axis = self._calendars.axis(uid) if self._calendars.known(uid) else self._calendars.default
            self._axes[resource_uid] = axis if has_work(axis, self._around) else self._calendars.default
        return self._axes[resource_uid]

    def capacity(self, resource_uid: int) -> int:
        """What a resource has at any time it works."""
        return round(self.resources[resource_uid].max_units * FULL)

    def shapes(self, task: Task) -> tuple[Shape, ...]:
        """The work of an unstarted task behind its start; empty when it needs nobody."""
        known = self._shapes.get(task.uid)
        if known is None or not _is_shaped_alike(known[0], task):
            known = self._shapes[task.uid] = task, self._shapes_of(task)
        return known[1]

    def _shapes_of(self, task: Task) -> tuple[Shape, ...]:
        length = task.duration.amount.tenths if task.duration else 0
        busy = self._busy(task) if length else []
        if not busy:
            return ()
        elapsed = task.duration is not None and task.duration.elapsed
        base = ELAPSED if elapsed else self._calendars.axis(task.calendar_uid)
        axes = [base if elapsed else self._working_axis(task, uid, base) for uid, _ in busy]
        delayed = any(a.delay or a.leveling_delay for _, a in busy)
        whole = length if not delayed and all(axis is axes[0] for axis in axes) else None
        return tuple(self._shape(task, uid, a, axis, length, whole) for (uid, a), axis in zip(busy, axes, strict=True))

    def placed(self, task: Task, start: int, finish: int) -> list[Load | Stretch]:
        """The work of a task between its dates: as done or typed where it cannot move, else as its shape says."""
        if task.actual_finish is not None or task.mode is TaskMode.MANUAL or task.external:
            return self.between(task, start, finish)
        if task.actual_start is not None and not _is_told(task, self._busy(task)):
            return [
                load for begun, ended in running_parts(task, start, finish) for load in self.between(task, begun, ended)
            ]
        shapes = self.shapes(task)
        base = base_of(shapes, start)
        return [load for shape in shapes for load in shape.loads(base)]

    def between(self, task: Task, start: int, finish: int) -> list[Load | Stretch]:
        """The work of a task spread evenly between two instants."""
        found: list[Load | Stretch] = []
        base = self._calendars.axis(task.calendar_uid)
        elapsed = task.duration is not None and task.duration.elapsed
        for uid, assignment in self._busy(task) if finish > start else ():
            own, units = self.axis(uid), round(assignment.units * FULL)
            axis = ELAPSED if elapsed else self._working_axis(task, uid, base)
            if axis is own:
                first, last = own.position(start), own.position(finish)
                found += [Load(uid, first, last, units)] if last > first else []
            else:
                found += _mapped(uid, axis, own, start, finish, units, outside=_works_outside(task))
        return found

    def _busy(self, task: Task) -> list[tuple[int, Assignment]]:
        found = [(uid, a) for uid, a in self._assignments.get(task.uid, ()) if a.units > 0]
        return [(uid, a) for uid, a in found if a.work.tenths] or found

    def _working_axis(self, task: Task, resource_uid: int, base: Axis) -> Axis:
        """What an assignment runs on (C5): its resource's calendar, with a task calendar what both have in common."""
        if task.type is TaskType.FIXED_DURATION or (task.ignore_resource_calendar and task.calendar_uid is not None):
            return base
        own = self.axis(resource_uid)
        if task.calendar_uid is None:
            return own
        common = self._calendars.intersection(own, base)
        if id(common) not in self._working:
            self._working[id(common)] = has_work(common, self._around)
        return common if self._working[id(common)] else base

    def _mapping(self, axis: Axis, own: Axis) -> Mapping:
        key = id(axis), id(own)
        if key not in self._mappings:
            self._mappings[key] = Mapping(axis, own)
        return self._mappings[key]

    def _shape(
        self, task: Task, resource_uid: int, assignment: Assignment, axis: Axis, duration: int, whole: int | None
    ) -> Shape:
        own = self.axis(resource_uid)
        delays = [delay for delay in (assignment.delay, assignment.leveling_delay) if delay is not None]
        return Shape(
            resource_uid=resource_uid,
            axis=axis,
            own=own,
            mapping=self._mapping(axis, own) if axis is not own else None,
            delay=sum(delay.amount.tenths for delay in delays if not delay.elapsed),
            elapsed_delay=sum(delay.amount.tenths for delay in delays if delay.elapsed),
            segments=tuple(_segments(task, assignment, axis, duration, whole)),
            outside=_works_outside(task),
        )


def base_of(shapes: Sequence[Shape], start: int) -> int:
    """The instant that the delays of assignments are counted from, for a task that starts at `start`."""
    if not any(shape.is_delayed for shape in shapes):
        return start
    return max(shape.base(start) for shape in shapes)


def running_parts(task: Task, start: int, finish: int) -> tuple[tuple[int, int], ...]:
    """When a started task is worked on: what is done, and what remains after a pause."""
    if task.stop is None or task.resume is None or not task.percent_complete:
        return ((start, finish),)
    stop, resume = instant(task.stop), instant(task.resume)
    return ((start, stop), (resume, finish)) if start <= stop < resume < finish else ((start, finish),)


def _is_shaped_alike(one: Task, other: Task) -> bool:
    """Whether the same assignments work alike on two versions of a task; only its own fields that they go by count."""
    return one is other or (
        one.duration == other.duration
        and one.calendar_uid == other.calendar_uid
        and one.type is other.type
        and one.ignore_resource_calendar == other.ignore_resource_calendar
        and one.splits == other.splits
    )


def _works_outside(task: Task) -> bool:
    return task.type is not TaskType.FIXED_DURATION or bool(task.duration and task.duration.elapsed)


def _is_told(task: Task, busy: Iterable[tuple[int, Assignment]]) -> bool:
    return len(task.splits) > 1 or any(a.timephased for _, a in busy)


def _segments(
    task: Task, assignment: Assignment, axis: Axis, duration: int, whole: int | None
) -> Iterator[tuple[int, int, int]]:
    units = round(assignment.units * FULL)
    told = [t for t in assignment.timephased if t.work.tenths] if assignment.contour in _REPLAYED else []
    if told:
        origin = axis.position(instant(min(t.start for t in told)))
        for stretch in told:
            first = axis.position(instant(stretch.start)) - origin
            last = axis.position(instant(stretch.finish)) - origin
            if last > first:
                yield first, last, round(FULL * stretch.work.tenths / (last - first))
        return
    if len(task.splits) > 1:
        origin = axis.position(instant(task.splits[0].start))
        for part in task.splits:
            yield axis.position(instant(part.start)) - origin, axis.position(instant(part.finish)) - origin, units
        return
    percents = CONTOUR_SEGMENTS[assignment.contour]
    length = duration
    work = assignment.work.tenths - assignment.overtime_work.tenths
    if work > 0:
        length = round(work * 1000 / sum(percents) / float(assignment.units))
        length = length if whole is None else min(length, whole)
    if assignment.contour in _REPLAYED:
        if length > 0:
            yield 0, length, units
        return
    for number, percent in enumerate(percents):
        first, last = round(length * number / 10), round(length * (number + 1) / 10)
        if last > first:
            yield first, last, units * percent // 100


def _mapped(
    resource_uid: int, axis: Axis, own: Axis, start: int, finish: int, units: int, *, outside: bool
) -> Iterator[Load | Stretch]:
    """Work on another axis between two instants, as loads on the resource's own; what falls outside apart."""
    held: tuple[int, int] | None = None
    for begun, ended in axis.stretches(start, finish):
        first, last = own.position(begun), own.position(ended)
        if outside and last - first < ended - begun:
            yield Stretch(resource_uid, begun, ended, units)
        if held is not None and held[1] == first:
            first = held[0]
        elif held is not None and held[1] > held[0]:
            yield Load(resource_uid, held[0], held[1], units)
        held = first, last
    if held is not None and held[1] > held[0]:
        yield Load(resource_uid, held[0], held[1], units)


@dataclass(slots=True)
class Profile:
    """The load of one resource as steps: from `at[i]` to `at[i + 1]` so many units, by these keys."""

    axis: Axis
    capacity: int
    at: list[int] = field(default_factory=lambda: [-(10**18)])
    load: list[int] = field(default_factory=lambda: [0])
    keys: list[tuple[int, ...]] = field(default_factory=lambda: [()])

    def add(self, first: int, last: int, units: int, key: int) -> None:
        """Put a load of the owner `key` on the positions first <= p < last."""
        load, keys = self.load, self.keys
        for step in range(self._cut(first), self._cut(last)):
            load[step] += units
            keys[step] = (*keys[step], key)

    def remove(self, first: int, last: int, units: int, key: int) -> None:
        """Take such a load away again."""
        load, keys = self.load, self.keys
        for step in range(self._cut(first), self._cut(last)):
            load[step] -= units
            held = list(keys[step])
            held.remove(key)
            keys[step] = tuple(held)

    def step(self, position: int) -> int:
        """The step that holds a position."""
        return bisect_right(self.at, position) - 1

    def until(self, step: int) -> int | None:
        """Where a step ends; None for the last."""
        return self.at[step + 1] if step + 1 < len(self.at) else None

    def full_at(self, first: int, last: int, units: int) -> int | None:
        """The first step between two positions on which others leave too little for so many units."""
        at, load = self.at, self.load
        room = self.capacity - units
        step = bisect_right(at, first) - 1
        count = len(at)
        while step < count and at[step] < last:
            if load[step] > room and load[step] > 0:
                return step
            step += 1
        return None

    def room_from(self, step: int, units: int) -> int:
        """The first position at or after the start of a step on which there is room for so many units."""
        room = self.capacity - units
        while self.load[step] > room and self.load[step] > 0:
            step += 1
        return self.at[step]

    def _cut(self, position: int) -> int:
        """The step that begins at a position, made if need be."""
        step = bisect_right(self.at, position) - 1
        if self.at[step] == position:
            return step
        self.at.insert(step + 1, position)
        self.load.insert(step + 1, self.load[step])
        self.keys.insert(step + 1, self.keys[step])
        return step + 1


def profiles(plan: Plan, schedule: Schedule) -> dict[int, tuple[Step, ...]]:
    """The planned units of each work resource over time, by uid; stretches without work are left out.

    A stretch may hold nights and weekends in which nobody works.
    """
    demands, loads, _ = _asked(plan, schedule)
    return {uid: tuple(_steps(_filled(demands, uid, loads[uid]))) if uid in loads else () for uid in demands.resources}


def over_allocations(
    plan: Plan,
    schedule: Schedule,
    *,
    by: Granularity = Granularity.MINUTE,
    resources: Collection[int] | None = None,
    tasks: Collection[int] | None = None,
    demands: Demands | None = None,
) -> tuple[OverAllocation, ...]:
    """Where the work planned for a resource exceeds its units in its working time, by resource and time.

    by         minute: at any moment; otherwise the whole work of an hour, day, week (from Monday) or month.
    resources  only these; None = all work resources. tasks  the work of only these; None = of all tasks.
    demands    of the same plan, tasks moved or not, when they are known.
    """
    demands, loads, outside = _asked(plan, schedule, resources, tasks, demands)
    found: list[OverAllocation] = []
    for uid in demands.resources:
        if uid in loads and (by is not Granularity.MINUTE or _most_at_once(loads[uid]) > demands.capacity(uid)):
            profile = _filled(demands, uid, loads[uid])
            rows = _over_steps(profile) if by is Granularity.MINUTE else _over_buckets(profile, by)
            found += [OverAllocation(uid, *row) for row in rows]
        found += (
            OverAllocation(
                uid, moment(s.start), moment(s.finish), _work((s.finish - s.start) * s.units), WorkTime(0), (key,), True
            )
            for s, key in outside
            if s.resource_uid == uid
        )
    return tuple(found)


def placed_loads(
    plan: Plan,
    schedule: Schedule,
    resources: Collection[int] | None = None,
    tasks: Collection[int] | None = None,
    demands: Demands | None = None,
) -> tuple[Demands, list[tuple[Load | Stretch, int]]]:
    """The work of every scheduled leaf on work resources, each with its task's uid; only of some, when named."""
    if demands is None:
        demands = Demands(plan, Calendars(plan.calendars, default_uid=plan.project.calendar_uid))
    parents = {task.parent_uid for task in plan.tasks if task.active}
    dates = schedule.by_uid()
    found: list[tuple[Load | Stretch, int]] = []
    for task in plan.tasks:
        row = dates.get(task.uid)
        if row is None or task.uid in parents or (tasks is not None and task.uid not in tasks):
            continue
        for load in demands.placed(task, instant(row.start), instant(row.finish)):
            if resources is None or load.resource_uid in resources:
                found.append((load, task.uid))
    return demands, found


def _asked(
    plan: Plan,
    schedule: Schedule,
    resources: Collection[int] | None = None,
    tasks: Collection[int] | None = None,
    demands: Demands | None = None,
) -> tuple[Demands, dict[int, list[tuple[Load, int]]], list[tuple[Stretch, int]]]:
    """The loads of each resource with the uids of their tasks, and the work outside of calendars."""
    demands, placed = placed_loads(plan, schedule, resources, tasks, demands)
    loads: dict[int, list[tuple[Load, int]]] = {}
    outside: list[tuple[Stretch, int]] = []
    for load, uid in placed:
        if isinstance(load, Stretch):
            outside.append((load, uid))
        else:
            loads.setdefault(load.resource_uid, []).append((load, uid))
    return demands, loads, outside


def _most_at_once(loads: Iterable[tuple[Load, int]]) -> int:
    """The most units asked for at any moment; what ends where another begins does not count with it."""
    changes = [(load.last, -load.units) for load, _ in loads]
    changes += [(load.first, load.units) for load, _ in loads]
    changes.sort()
    return max(accumulate(units for _, units in changes), default=0)


def _filled(demands: Demands, resource_uid: int, loads: list[tuple[Load, int]]) -> Profile:
    profile = Profile(demands.axis(resource_uid), demands.capacity(resource_uid))
    _fill(profile, loads)
    return profile


def _fill(profile: Profile, loads: list[tuple[Load, int]]) -> None:
    """All loads at once, in the order of time: each step is made once."""
    changes = [(load.first, number) for number, (load, _) in enumerate(loads)]
    changes += [(load.last, -1 - number) for number, (load, _) in enumerate(loads)]
    changes.sort()
    units, running = 0, dict[int, int]()
    for place, (position, number) in enumerate(changes, start=1):
        if number < 0:
            units -= loads[-1 - number][0].units
            del running[-1 - number]
        else:
            units += loads[number][0].units
            running[number] = loads[number][1]
        if place == len(changes) or changes[place][0] > position:
            profile.at.append(position)
            profile.load.append(units)
            profile.keys.append(tuple(running.values()))


def _steps(profile: Profile) -> Iterator[Step]:
    for step, units in enumerate(profile.load):
        end = profile.until(step)
        if units and end is not None:
            start, finish = profile.axis.start_at(profile.at[step]), profile.axis.finish_at(end)
            yield Step(moment(start), moment(finish), Decimal(units) / FULL, _distinct(profile.keys[step]))


_Row = tuple[datetime, datetime, WorkTime, WorkTime, tuple[int, ...]]


def _over_steps(profile: Profile) -> Iterator[_Row]:
    """Moments over capacity; neighbours that share a task become one stretch."""
    first = last = work = 0
    keys: tuple[int, ...] = ()
    for step, units in enumerate(profile.load):
        end = profile.until(step)
        if units <= profile.capacity or end is None:
            continue
        if keys and (profile.at[step] > last or not set(keys) & set(profile.keys[step])):
            yield _row(profile, first, last, work, keys)
            keys = ()
        if not keys:
            first, work = profile.at[step], 0
        last, work = end, work + (end - profile.at[step]) * units
        keys = (*keys, *profile.keys[step])
    if keys:
        yield _row(profile, first, last, work, keys)


def _row(profile: Profile, first: int, last: int, work: int, keys: tuple[int, ...]) -> _Row:
    start, finish = profile.axis.start_at(first), profile.axis.finish_at(last)
    return moment(start), moment(finish), _work(work), _work((last - first) * profile.capacity), _distinct(keys)


def _over_buckets(profile: Profile, by: Granularity) -> Iterator[_Row]:
    work: dict[int, int] = {}
    keys: dict[int, tuple[int, ...]] = {}
    ends: dict[int, int] = {}
    for step, units in enumerate(profile.load):
        end = profile.until(step)
        if not units or end is None:
            continue
        for first, last, bucket, ended in in_buckets(profile.axis, profile.at[step], end, by):
            work[bucket] = work.get(bucket, 0) + (last - first) * units
            keys[bucket] = (*keys.get(bucket, ()), *profile.keys[step])
            ends[bucket] = ended
    for bucket in sorted(work):
        room = profile.axis.between(bucket, ends[bucket]) * profile.capacity
        if work[bucket] > room:
            yield moment(bucket), moment(ends[bucket]), _work(work[bucket]), _work(room), _distinct(keys[bucket])


def in_buckets(
    axis: Axis, first: int, last: int, by: Granularity, of: BucketOf | None = None
) -> Iterator[tuple[int, int, int, int]]:
    """The positions between two, cut at the edges of hours, days, weeks or months: from, to, the bucket's instants.

    of  where the buckets lie, when not on the calendar's own edges.
    """
    bucket = of or bucket_of
    while first < last:
        start, end = bucket(axis.start_at(first), by)
        edge = min(last, axis.position(end))
        yield first, edge, start, end
        first = edge


def bucket_of(at: int, by: Granularity) -> tuple[int, int]:
    """Start and end of the hour, day, week from Monday or month that holds an instant."""
    if by is Granularity.HOUR:
        start = at // 600 * 600
        return start, start + 600
    day = at // TENTHS_PER_DAY
    if by is Granularity.WEEK:
        monday = day - (day + 3) % 7  # 1 January 1970 was a Thursday
        return monday * TENTHS_PER_DAY, (monday + 7) * TENTHS_PER_DAY
    if by is Granularity.MONTH:
        held = moment(at).date()
        following = date(held.year + held.month // 12, held.month % 12 + 1, 1)
        return instant(datetime(held.year, held.month, 1)), instant(datetime(following.year, following.month, 1))
    return day * TENTHS_PER_DAY, (day + 1) * TENTHS_PER_DAY


def _work(unit_tenths: int) -> WorkTime:
    return WorkTime(round(unit_tenths / FULL))


def _distinct(keys: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(keys))
