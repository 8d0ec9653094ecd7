"""Single fields of a task, and gaps opened and closed in its work."""

from __future__ import annotations

from dataclasses import replace

from headway.engine.days import WITH_YEAR
from headway.engine.edits.changes import (
    Describe,
    Join,
    SetActive,
    SetCalendar,
    SetField,
    SetMilestone,
    SetPriority,
    SetRange,
    Split,
)
from headway.engine.edits.draft import Draft, refusal
from headway.engine.edits.gaps import Gap, closed_up, done_by, gaps_of, is_replayed, merged, opened, parts, resume_at
from headway.engine.edits.work import done, whole
from headway.engine.plan import Duration, Task, WorkContour
from headway.engine.units import ZERO_WORK

_HIGHEST_PRIORITY = 1000


def describe(draft: Draft, change: Describe) -> None:
    """Words about a task."""
    task = draft.task(change.uid)
    given = {name: getattr(change, name) for name in ("name", "notes", "owner")}
    draft.put(replace(task, **{name: text for name, text in given.items() if text is not None}))


def set_field(draft: Draft, change: SetField) -> None:
    """One of the house's own fields."""
    task = draft.task(change.uid)
    rest = {key: value for key, value in task.custom.items() if key != change.key}
    draft.put(replace(task, custom=rest if change.value is None else rest | {change.key: change.value}))


def set_priority(draft: Draft, change: SetPriority) -> None:
    """Who gives way when resources are levelled."""
    task = draft.task(change.uid)
    if not 0 <= change.priority <= _HIGHEST_PRIORITY:
        raise refusal(task, "priority", f"priority {change.priority} cannot be. Give 0 to {_HIGHEST_PRIORITY}.")
    draft.put(replace(task, priority=change.priority))


def set_range(draft: Draft, change: SetRange) -> None:
    """The three-point estimate around the duration; an end that stays is not looked at again."""
    task = draft.task(change.uid)
    if task.summary:
        raise refusal(task, "optimistic", "its duration follows its tasks. Estimate them.")
    for name, end, before in (
        ("optimistic", change.optimistic, task.optimistic),
        ("pessimistic", change.pessimistic, task.pessimistic),
    ):
        if end is not None and end != before:
            _fits_the_duration(task, name, end)
    draft.put(replace(task, optimistic=change.optimistic, pessimistic=change.pessimistic))


def _fits_the_duration(task: Task, name: str, end: Duration) -> None:
    likely = task.duration.amount if task.duration is not None else end.amount
    if end.elapsed:
        raise refusal(task, name, "an estimate is working time. Give it without the e of elapsed time.")
    if name == "optimistic" and end.amount > likely:
        raise refusal(task, name, "the shortest case is longer than the duration, which is the likeliest.")
    if name == "pessimistic" and end.amount < likely:
        raise refusal(task, name, "the longest case is shorter than the duration, which is the likeliest.")


def set_calendar(draft: Draft, change: SetCalendar) -> None:
    """The working time of a task."""
    task = draft.task(change.uid)
    if change.calendar_uid is not None and not draft.knows_calendar(change.calendar_uid):
        raise refusal(task, "calendar_uid", f"calendar {change.calendar_uid} is not in the plan. Add it first.")
    draft.put(replace(task, calendar_uid=change.calendar_uid, ignore_resource_calendar=change.ignore_resource_calendar))


def set_active(draft: Draft, change: SetActive) -> None:
    """A row and all below it; work that has begun cannot be left out."""
    task = draft.task(change.uid)
    rows = [task, *(draft.rows[place] for place in draft.below(task.uid))]
    begun = next((row for row in rows if row.actual_start is not None), None)
    if begun is not None and not change.active:
        raise refusal(
            task, "active", f"'{begun.name}' has begun, so it cannot be left out. Set its remaining duration to 0."
        )
    draft.put(*(replace(row, active=change.active) for row in rows))


def set_milestone(draft: Draft, change: SetMilestone) -> None:
    """How a task is shown."""
    draft.put(replace(draft.task(change.uid), milestone=change.milestone))


def split(draft: Draft, change: Split) -> None:
    """A gap in the work at a moment inside what is not yet done."""
    task = _splittable(draft, change.uid)
    if change.gap <= ZERO_WORK:
        raise refusal(task, "gap", "a gap without working time splits nothing. Give more than 0.")
    axis, crew = draft.axis(task), draft.crew(task.uid)
    start = task.actual_start or draft.scheduled(task).start
    gaps = gaps_of(task, crew, axis)
    before = done_by(start, change.at, gaps, axis)
    if not done(task) <= before < whole(task) or not before:
        raise refusal(
            task,
            "at",
            f"no work lies on both sides of {WITH_YEAR.with_time(change.at)}. Split it inside what is left to do.",
        )
    at = resume_at(start, before, [gap for gap in gaps if gap.after != before], axis)
    _lay(draft, task, merged([*gaps, Gap(before, change.gap.tenths)], whole(task)))
    draft.put_assignments(
        replace(item, timephased=opened(item.timephased, at, change.gap.tenths, axis))
        for item in crew
        if is_replayed(item)
    )


def join(draft: Draft, change: Join) -> None:
    """What is done keeps its gaps."""
    task = _splittable(draft, change.uid)
    axis, crew = draft.axis(task), draft.crew(task.uid)
    made = done(task)
    _lay(draft, task, tuple(gap for gap in gaps_of(task, crew, axis) if gap.after < made))
    draft.put_assignments(
        replace(item, timephased=closed_up(item.timephased, axis)) for item in crew if is_replayed(item)
    )


def _lay(draft: Draft, task: Task, gaps: tuple[Gap, ...]) -> None:
    axis = draft.axis(task)
    start = task.actual_start or draft.scheduled(task).start
    task = replace(task, splits=parts(start, whole(task), gaps, axis))
    if task.stop is not None:
        task = replace(task, resume=resume_at(start, done(task), gaps, axis))
    draft.put(task)


def _splittable(draft: Draft, uid: int) -> Task:
    task = draft.task(uid)
    if task.summary or task.actual_finish is not None or not whole(task):
        raise refusal(task, "uid", "a summary, a milestone or a complete task has no work to split or join.")
    contoured = any(item.contour not in (WorkContour.FLAT, WorkContour.EDITED) for item in draft.crew(uid))
    if contoured:
        raise refusal(task, "uid", "its work has a contour, which spreads it anew. Make the contour flat first.")
    return task
