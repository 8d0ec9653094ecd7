"""How long a task takes: from a start to its finish and back, over calendars, assignments and gaps.

A span is either one stretch on one axis (duration plus gaps), or several assignments on axes or
with delays of their own; then the task lasts from the first to the last of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime

from headway.engine.calendars import ELAPSED, Axis, Calendars, has_work, instant
from headway.engine.plan import (
    Assignment,
    Plan,
    PlanError,
    Resource,
    ResourceType,
    Task,
    TaskType,
    WorkContour,
)

# Mean of the ten segments, in percent of the units (docs/explanation/schedule.md, contours).
CONTOUR_SEGMENTS: dict[WorkContour, tuple[int, ...]] = {
    WorkContour.FLAT: (100,) * 10,
    WorkContour.FRONT_LOADED: (100, 100, 100, 75, 75, 50, 50, 25, 15, 10),
    WorkContour.BACK_LOADED: (10, 15, 25, 50, 50, 75, 75, 100, 100, 100),
    WorkContour.TURTLE: (25, 50, 75, 100, 100, 100, 100, 75, 50, 25),
    WorkContour.BELL: (10, 20, 40, 80, 100, 100, 80, 40, 20, 10),
    WorkContour.DOUBLE_PEAK: (25, 50, 100, 50, 25, 25, 50, 100, 50, 25),
    WorkContour.EARLY_PEAK: (25, 50, 100, 100, 75, 50, 50, 25, 15, 10),
    WorkContour.LATE_PEAK: (10, 15, 25, 50, 50, 75, 100, 100, 50, 25),
    WorkContour.EDITED: (100,) * 10,
}

# Contours whose timephased work shows gaps; in the others small holes are the file's rounding.
_REPLAYED = (WorkContour.FLAT, WorkContour.EDITED)


@dataclass(frozen=True, slots=True)
class Part:
    """One assignment: its axis, its working time incl. gaps, its delays, what remains of it.

    delay          working time on the axis (delay and levelling delay as typed in working units).
    elapsed_delay  clock time.
    """

    axis: Axis
    length: int
    delay: int
    elapsed_delay: int
    remaining: int
    resource_uid: int | None = None

    def start(self, base: int) -> int:
        """Where the assignment starts when the task may start at `base`."""
        at = base + self.elapsed_delay
        return self.axis.start_at(self.axis.position(at) + self.delay)

    def finish(self, base: int) -> int:
        """Where the assignment ends when the task may start at `base`."""
        return self.axis.finish_at(self.axis.position(self.start(base)) + self.length)

    def base(self, finish: int) -> int:
        """The latest start of the task that lets the assignment end by `finish`."""
        return self.axis.start_at(self.axis.position(finish) - self.length - self.delay) - self.elapsed_delay


@dataclass(frozen=True, slots=True)
class Span:
    """A task's extent; equal tasks share one.

    length     working time incl. gaps on `axis`; `parts` when assignments differ.
    duration   the task's own duration (percent lags, summaries), without gaps.
    remaining  the part of the length not yet done.
    """

    axis: Axis
    slack_axis: Axis
    duration: int
    length: int
    remaining: int
    parts: tuple[Part, ...] = field(default=())
    resource_uid: int | None = None

    def next_start(self, base: int) -> int:
        """The task's start when nothing holds it after `base`; a milestone stays exactly there."""
        if self.parts:
            return min(part.start(base) for part in self.parts)
        return self.axis.next_start(base) if self.length else base

    def finish(self, base: int) -> int:
        """The finish of a task begun at `base`."""
        if self.parts:
            return max(part.finish(base) for part in self.parts)
        return self.axis.finish_at(self.axis.position(base) + self.length) if self.length else base

    def start(self, finish: int) -> int:
        """The latest start that ends by `finish`."""
        if self.parts:
            return self.next_start(min(part.base(finish) for part in self.parts))
        return self.axis.start_at(self.axis.position(finish) - self.length) if self.length else finish

    def resume(self, finish: int) -> int:
        """Where the remaining work begins that ends at `finish` (B3)."""
        if self.parts:
            left = [part for part in self.parts if part.remaining]
            return min(
                (part.axis.start_at(part.axis.position(finish) - part.remaining) for part in left), default=finish
            )
        return self.axis.start_at(self.axis.position(finish) - self.remaining) if self.remaining else finish

    def previous_finish(self, at: int) -> int:
        """The last finish at or before `at`; a milestone stays exactly there."""
        if self.parts:
            return max(part.axis.previous_finish(at) for part in self.parts)
        return self.axis.previous_finish(at) if self.length else at


class SpanBuilder:
    """Makes the span of each task of a plan; problems that need no stop go to `warnings`."""

    def __init__(self, plan: Plan, calendars: Calendars, warnings: list[str]) -> None:
        self._calendars = calendars
        self._warnings = warnings
        self._resources: dict[int, Resource] = {resource.uid: resource for resource in plan.resources}
        self._assignments: dict[int, list[Assignment]] = {}
        for assignment in plan.assignments:
            self._assignments.setdefault(assignment.task_uid, []).append(assignment)
        self._checked: dict[int, bool] = {}
        self._plain_spans: dict[tuple[object, ...], Span] = {}  # most tasks of a large plan share theirs with others
        self._around = instant(plan.project.start or datetime(2000, 1, 1))

    def with_assignments(self, plan: Plan, uids: Collection[int], warnings: list[str]) -> SpanBuilder:
        """The same for a plan in which the assignments of some tasks differ."""
        twin = copy(self)
        twin._warnings = warnings
        if uids:
            twin._assignments = {uid: found for uid, found in self._assignments.items() if uid not in uids}
            for assignment in plan.assignments:
                if assignment.task_uid in uids:
                    twin._assignments.setdefault(assignment.task_uid, []).append(assignment)
        return twin

    def span(self, task: Task) -> Span:
        """The span of one task, from its duration, calendars, assignments, gaps and progress."""
        duration = task.duration.amount.tenths if task.duration else 0
        if task.duration and task.duration.elapsed:
            return self._plain(task, ELAPSED, ELAPSED, duration, None)
        base = self._calendars.axis(task.calendar_uid)
        if task.external and task.duration is None:
            return self._plain(task, base, base, _stored_work(task, base), None)
        assignments = self._assignments.get(task.uid)
        if not assignments or not duration:
            return self._plain(task, base, base, duration, None)
        working = self._working(task, assignments)
        if not working:
            return self._plain(task, base, base, duration, None)
        axes = [self._assignment_axis(task, assignment, base) for assignment in working]
        delayed = any(a.delay or a.leveling_delay for a in working) and any(map(_is_delayed, working))
        resource_uid = working[0].resource_uid
        if not delayed and all(axis is axes[0] for axis in axes):
            return self._plain(task, axes[0], base, duration, resource_uid)
        parts = tuple(_part(assignment, axis, duration) for assignment, axis in zip(working, axes, strict=True))
        remaining = _remaining(task, duration)
        return Span(base, base, duration, duration, remaining, parts, resource_uid)

    def resource_name(self, uid: int | None) -> str | None:
        """A resource's name, when there is such a resource."""
        resource = self._resources.get(uid) if uid is not None else None
        return resource.name if resource else None

    def _plain(self, task: Task, axis: Axis, slack_axis: Axis, duration: int, resource_uid: int | None) -> Span:
        gaps = 0
        if task.splits or task.resume or task.uid in self._assignments:
            gaps = self._gaps(task, axis, duration)
        key = axis, slack_axis, duration, duration + gaps, _remaining(task, duration), resource_uid
        if key not in self._plain_spans:
            self._plain_spans[key] = Span(axis, slack_axis, duration, duration + gaps, key[4], (), resource_uid)
        return self._plain_spans[key]

    def _working(self, task: Task, assignments: Sequence[Assignment]) -> list[Assignment]:
        """Assignments whose calendars count: work resources with work to do."""
        if task.type is TaskType.FIXED_DURATION or (task.ignore_resource_calendar and task.calendar_uid is not None):
            return []
        found = [a for a in assignments if self._is_work(a)]
        busy = [a for a in found if a.work.tenths]
        return busy or found

    def _is_work(self, assignment: Assignment) -> bool:
        if assignment.resource_uid is None:
            return False
        resource = self._resources.get(assignment.resource_uid)
        if resource is None:
            raise PlanError(
                f"An assignment of task {assignment.task_uid} names resource {assignment.resource_uid}, "
                "which is not in the plan. Remove the assignment or add the resource.",
                (assignment.task_uid,),
            )
        return resource.type is ResourceType.WORK

    def _assignment_axis(self, task: Task, assignment: Assignment, base: Axis) -> Axis:
        resource = self._resources[assignment.resource_uid] if assignment.resource_uid is not None else None
        if resource is None or resource.calendar_uid is None:
            return base
        if not self._calendars.known(resource.calendar_uid):
            self._warnings.append(
                f"Resource '{resource.name}' names calendar {resource.calendar_uid}, which is not in the plan. "
                f"Task '{task.name}' is scheduled on '{base.name}'."
            )
            return base
        own = self._calendars.axis(resource.calendar_uid)
        if not self._works(own):
            self._warnings.append(
                f"Resource '{resource.name}' never works: its calendar '{own.name}' has no working time. "
                f"Task '{task.name}' is scheduled on '{base.name}'."
            )
            return base
        if task.calendar_uid is None:
            return own
        common = self._calendars.intersection(own, base)
        if self._works(common):
            return common
        self._warnings.append(
            f"Task '{task.name}': its calendar '{base.name}' and the calendar of resource '{resource.name}' "
            f"('{own.name}') have no working time in common; the task calendar alone is used."
        )
        return base

    def _works(self, axis: Axis) -> bool:
        if id(axis) not in self._checked:
            self._checked[id(axis)] = has_work(axis, self._around)
        return self._checked[id(axis)]

    def _gaps(self, task: Task, axis: Axis, duration: int) -> int:
        """Working time inside the task in which nothing is done: splits, zero stretches, a late resume."""
        assignments = self._assignments.get(task.uid, [])
        told = [a for a in assignments if a.contour in _REPLAYED and a.timephased]
        stretches = [(t.start, t.finish) for a in told for t in a.timephased if t.work.tenths]
        if not stretches and not any(a.contour not in _REPLAYED for a in assignments):
            stretches = [(part.start, part.finish) for part in task.splits]
        holes = _holes(axis, stretches) if stretches else 0
        if holes or not (task.actual_start and task.resume and task.percent_complete) or task.actual_finish:
            return holes
        # In progress: the finish is the resume date plus what remains (P2).
        done = axis.between(instant(task.actual_start), instant(task.resume))
        return max(0, done + _remaining(task, duration) - duration)


def _stored_work(task: Task, axis: Axis) -> int:
    """The working time between the stored dates of a task of another plan."""
    stored = task.stored
    if stored is None or stored.start is None or stored.finish is None:
        return 0
    return max(0, axis.between(instant(stored.start), instant(stored.finish)))


def _holes(axis: Axis, stretches: list[tuple[datetime, datetime]]) -> int:
    ranges = sorted((axis.position(instant(start)), axis.position(instant(finish))) for start, finish in stretches)
    holes = 0
    reach = ranges[0][1]
    for first, last in ranges[1:]:
        holes += max(0, first - reach)
        reach = max(reach, last)
    return holes


def _is_delayed(assignment: Assignment) -> bool:
    return any(_delay(assignment, elapsed=kind) for kind in (False, True))


def _delay(assignment: Assignment, *, elapsed: bool) -> int:
    """The assignment's own and its levelling delay together, those in working or those in elapsed units."""
    delays = (assignment.delay, assignment.leveling_delay)
    return sum(delay.amount.tenths for delay in delays if delay and delay.elapsed == elapsed)


def _part(assignment: Assignment, axis: Axis, duration: int) -> Part:
    work = assignment.work.tenths - assignment.overtime_work.tenths
    length = duration
    factor = 1.0
    if work > 0 and assignment.units > 0:
        factor = 1000 / sum(CONTOUR_SEGMENTS[assignment.contour]) / float(assignment.units)
        length = round(work * factor)
    busy = [t for t in assignment.timephased if t.work.tenths] if assignment.contour in _REPLAYED else []
    if busy and assignment.contour is WorkContour.EDITED:
        length = axis.between(instant(min(t.start for t in busy)), instant(max(t.finish for t in busy)))
    elif busy:
        length += _holes(axis, [(t.start, t.finish) for t in busy])
    done = assignment.actual_work.tenths
    left = assignment.remaining_work.tenths if assignment.remaining_work is not None else max(0, work - done)
    return Part(
        axis=axis,
        length=length,
        delay=_delay(assignment, elapsed=False),
        elapsed_delay=_delay(assignment, elapsed=True),
        remaining=min(length, round(left * factor)),
        resource_uid=assignment.resource_uid,
    )


def _remaining(task: Task, duration: int) -> int:
    if task.remaining_duration is not None:
        return task.remaining_duration.tenths
    if task.actual_duration is not None:
        return max(0, duration - task.actual_duration.tenths)
    if not task.percent_complete:
        return duration
    return round(duration * (100 - task.percent_complete) / 100)
