"""Gaps in the work of a task: read from its parts, laid out anew from a start, opened and closed in timephased work.

A gap is told by how much work lies before it and how much working time it lasts, so that it moves with the task.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from headway.engine.calendars import Axis, instant, moment
from headway.engine.plan import Assignment, SplitPart, Task, Timephased, WorkContour
from headway.engine.units import WorkTime

# Only such work is replayed as it lies in time; other contours are spread anew by the schedule.
_REPLAYED = (WorkContour.FLAT, WorkContour.EDITED)


@dataclass(frozen=True, slots=True)
class Gap:
    """So much working time without work, after so much of the task's duration; both in tenths."""

    after: int
    length: int


def gaps_of(task: Task, crew: Sequence[Assignment], axis: Axis) -> tuple[Gap, ...]:
    """The gaps of a task: of its replayed timephased work, else of its parts, else that before its resume date."""
    told = [item for item in crew if item.contour in _REPLAYED and item.timephased]
    stretches = [(part.start, part.finish) for item in told for part in item.timephased if part.work]
    if not stretches:
        stretches = [(part.start, part.finish) for part in task.splits]
    found = _between(axis, stretches)
    if found or task.actual_finish is not None or not (task.stop and task.resume and task.percent_complete):
        return found
    length = axis.between(instant(task.stop), instant(task.resume))
    done = task.actual_duration.tenths if task.actual_duration is not None else 0
    return (Gap(done, length),) if length > 0 and done > 0 else ()


def _between(axis: Axis, stretches: Iterable[tuple[datetime, datetime]]) -> tuple[Gap, ...]:
    ranges = sorted((axis.position(instant(start)), axis.position(instant(finish))) for start, finish in stretches)
    gaps: list[Gap] = []
    work = 0
    reach = ranges[0][0] if ranges else 0
    for first, last in ranges:
        if first > reach:
            gaps.append(Gap(work, first - reach))
        work += max(0, last - max(first, reach))
        reach = max(reach, last)
    return tuple(gaps)


def merged(gaps: Iterable[Gap], duration: int) -> tuple[Gap, ...]:
    """Gaps in order, those at one place added up; none before, none after all of the work."""
    lengths: dict[int, int] = {}
    for gap in gaps:
        if 0 < gap.after < duration and gap.length > 0:
            lengths[gap.after] = lengths.get(gap.after, 0) + gap.length
    return tuple(Gap(after, lengths[after]) for after in sorted(lengths))


def stop_at(start: datetime, done: int, gaps: Sequence[Gap], axis: Axis) -> datetime:
    """Where so much work ends that begins at `start`."""
    if not done:
        return start
    idle = sum(gap.length for gap in gaps if gap.after < done)
    return moment(axis.finish_at(axis.position(instant(start)) + done + idle))


def resume_at(start: datetime, done: int, gaps: Sequence[Gap], axis: Axis) -> datetime:
    """Where the work after that begins."""
    idle = sum(gap.length for gap in gaps if gap.after <= done)
    return moment(axis.start_at(axis.position(instant(start)) + done + idle))


def done_by(start: datetime, at: datetime, gaps: Sequence[Gap], axis: Axis) -> int:
    """How much of the work that begins at `start` is done at a moment, were it to go on for ever."""
    passed = max(0, axis.between(instant(start), instant(at)))
    for gap in gaps:
        if passed <= gap.after:
            break
        passed = max(gap.after, passed - gap.length)
    return passed


def parts(start: datetime, duration: int, gaps: Sequence[Gap], axis: Axis) -> tuple[SplitPart, ...]:
    """The worked parts of a task with gaps; none for one without."""
    if not gaps:
        return ()
    marks = [0, *(gap.after for gap in gaps), duration]
    return tuple(
        SplitPart(resume_at(start, first, gaps, axis), stop_at(start, last, gaps, axis))
        for first, last in pairwise(marks)
    )


# --- timephased work ---------------------------------------------------------------------------


def shifted(work: Sequence[Timephased], by: int, axis: Axis) -> tuple[Timephased, ...]:
    """Timephased work moved by so much working time."""
    if not by:
        return tuple(work)
    return tuple(
        replace(
            item,
            start=moment(axis.start_at(axis.position(instant(item.start)) + by)),
            finish=moment(axis.finish_at(axis.position(instant(item.finish)) + by)),
        )
        for item in work
    )


def opened(work: Sequence[Timephased], at: datetime, by: int, axis: Axis) -> tuple[Timephased, ...]:
    """Timephased work with a gap of so much working time from a moment on."""
    pieces = [item for item in _cut(work, at, axis) if item.work]
    before = [item for item in pieces if item.start < at]
    return (*before, *shifted([item for item in pieces if item.start >= at], by, axis))


def relaid(
    work: Sequence[Timephased], stop: datetime, done_moved: int, rest_moved: int, axis: Axis
) -> tuple[Timephased, ...]:
    """Timephased work that is done until `stop` and planned from there, both moved by so much working time."""
    pieces = _cut(work, stop, axis)
    made = [replace(item, actual=True) for item in pieces if item.start < stop]
    rest = [replace(item, actual=False) for item in pieces if item.start >= stop]
    return (*shifted(made, done_moved, axis), *shifted(rest, rest_moved, axis))


def closed_up(work: Sequence[Timephased], axis: Axis) -> tuple[Timephased, ...]:
    """Timephased work whose planned stretches follow on each other without gaps."""
    closed: list[Timephased] = []
    for item in sorted((item for item in work if item.work), key=lambda item: item.start):
        back = 0
        if closed and not item.actual:
            back = -max(0, axis.between(instant(closed[-1].finish), instant(item.start)))
        closed += shifted([item], back, axis)
    return tuple(closed)


def resized(work: Sequence[Timephased], amount: WorkTime, axis: Axis) -> tuple[Timephased, ...]:
    """Timephased work of another amount: what is more or less is so at its end; its shape stays."""
    kept = sorted((item for item in work if item.work), key=lambda item: item.start)
    excess = sum(item.work.tenths for item in kept) - amount.tenths
    while kept and excess >= kept[-1].work.tenths:
        excess -= kept.pop().work.tenths
    if kept and excess:
        kept[-1] = _lengthened(kept[-1], -excess, axis)
    return tuple(kept)


def _lengthened(item: Timephased, by: int, axis: Axis) -> Timephased:
    work = item.work.tenths + by
    length = axis.between(instant(item.start), instant(item.finish))
    position = axis.position(instant(item.start)) + round(length * work / item.work.tenths)
    return replace(item, finish=moment(axis.finish_at(position)), work=WorkTime(work))


def _cut(work: Sequence[Timephased], at: datetime, axis: Axis) -> list[Timephased]:
    """The same work with a stretch that runs over a moment in two."""
    pieces: list[Timephased] = []
    for item in work:
        if not item.start < at < item.finish:
            pieces.append(item)
            continue
        length = axis.between(instant(item.start), instant(item.finish))
        before = axis.between(instant(item.start), instant(at))
        share = WorkTime(round(item.work.tenths * before / length) if length else 0)
        first = replace(item, finish=moment(axis.previous_finish(instant(at))), work=share)
        second = replace(item, start=moment(axis.next_start(instant(at))), work=item.work - share)
        pieces += [piece for piece in (first, second) if piece.work or not item.work]
    return pieces


def is_replayed(item: Assignment) -> bool:
    """Whether the schedule replays the assignment's work as it lies in time."""
    return item.contour in _REPLAYED and bool(item.timephased)
