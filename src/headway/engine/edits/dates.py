"""Typed dates: what a start, a finish, a constraint, a deadline or a mode makes of a task (F5, R4, R5, C8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from headway.engine.calendars import instant
from headway.engine.days import WITH_YEAR
from headway.engine.edits.changes import (
    EnterProgress,
    SetConstraint,
    SetDeadline,
    SetFinish,
    SetMode,
    SetStart,
)
from headway.engine.edits.draft import Draft, refusal
from headway.engine.edits.gaps import gaps_of, merged, parts, stop_at
from headway.engine.edits.progress import enter_progress
from headway.engine.edits.work import done, whole, with_length
from headway.engine.plan import ConstraintType, Duration, Task, TaskMode
from headway.engine.units import WorkTime

_DATELESS = (ConstraintType.ASAP, ConstraintType.ALAP)
_OF_STARTS = (ConstraintType.SNET, ConstraintType.SNLT, ConstraintType.MSO)
_OF_SUMMARIES = (ConstraintType.ASAP, ConstraintType.SNET, ConstraintType.FNLT)


def set_start(draft: Draft, change: SetStart) -> None:
    """A typed start is a wish that links may exceed; of a started task it is a fact; by hand it stands."""
    task = draft.task(change.uid)
    start = draft.typed_start(change.start)
    if task.actual_start is not None and not task.summary:
        enter_progress(draft, EnterProgress(task.uid, actual_start=start))
    elif task.mode is TaskMode.MANUAL:
        gaps = merged(gaps_of(task, draft.crew(task.uid), draft.axis(task)), whole(task))
        finish = stop_at(start, _typed_length(task), gaps, draft.axis(task))
        splits = parts(start, whole(task), gaps, draft.axis(task))
        draft.put(replace(task, manual_start=start, manual_finish=finish, splits=splits))
    else:
        draft.put(replace(task, constraint=ConstraintType.SNET, constraint_date=start))


def set_finish(draft: Draft, change: SetFinish) -> None:
    """A typed finish is a wish that links may exceed; of a complete task a fact; by hand it makes the duration."""
    task = draft.task(change.uid)
    finish = draft.typed_finish(change.finish)
    if task.actual_finish is not None and not task.summary:
        enter_progress(draft, EnterProgress(task.uid, actual_finish=finish))
    elif task.mode is TaskMode.MANUAL:
        draft.put(_ending(draft, task, finish))
    elif task.summary:
        raise refusal(task, "finish", "its finish follows its tasks. Set a deadline.")
    else:
        draft.put(replace(task, constraint=ConstraintType.FNET, constraint_date=finish))


def set_constraint(draft: Draft, change: SetConstraint) -> None:
    """The constraint with its date; a day takes the default time of a start or a finish."""
    task, kind = draft.task(change.uid), change.constraint
    if task.summary and kind not in _OF_SUMMARIES:
        raise refusal(
            task,
            "constraint",
            f"a summary cannot take '{kind.words}'. It takes 'start no earlier than' or 'finish no later than'.",
        )
    if kind in _DATELESS:
        draft.put(replace(task, constraint=kind, constraint_date=None))
        return
    if change.date is None:
        raise refusal(task, "date", f"the constraint '{kind.words}' needs a date. Give one.")
    date = draft.typed_start(change.date) if kind in _OF_STARTS else draft.typed_finish(change.date)
    draft.put(replace(task, constraint=kind, constraint_date=date))


def set_deadline(draft: Draft, change: SetDeadline) -> None:
    """A deadline moves nothing."""
    task = draft.task(change.uid)
    deadline = None if change.deadline is None else draft.typed_finish(change.deadline)
    draft.put(replace(task, deadline=deadline))


def set_mode(draft: Draft, change: SetMode) -> None:
    """By hand: the dates of now become the typed ones. Automatic: the typed duration stays, the dates go free."""
    task = draft.task(change.uid)
    if task.mode is change.mode:
        return
    if change.mode is TaskMode.AUTO:
        draft.put(replace(task, mode=TaskMode.AUTO, duration=task.manual_duration or task.duration))
        return
    row = draft.scheduled(task)
    typed = task.duration if not task.summary else Duration(row.duration)
    draft.put(
        replace(task, mode=TaskMode.MANUAL, manual_start=row.start, manual_finish=row.finish, manual_duration=typed)
    )


def _ending(draft: Draft, task: Task, finish: datetime) -> Task:
    """A manual task that ends at a typed moment; its duration is the working time since its start."""
    start = task.manual_start
    if start is None:
        return replace(task, manual_finish=finish)
    if finish < start:
        raise refusal(
            task,
            "finish",
            f"it cannot finish ({WITH_YEAR.with_time(finish)}) before its start ({WITH_YEAR.with_time(start)}). "
            "Move that.",
        )
    length = WorkTime(draft.axis(task).between(instant(start), instant(finish)))
    typed = replace(task.manual_duration or task.duration or Duration(length), amount=length)
    whole_typed = task if task.summary else with_length(draft, task, length.tenths, length.tenths - done(task))
    return replace(whole_typed, manual_finish=finish, manual_duration=typed)


def _typed_length(task: Task) -> int:
    return task.manual_duration.amount.tenths if task.manual_duration is not None else whole(task)
