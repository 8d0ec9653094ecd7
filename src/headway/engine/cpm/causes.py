"""Which steps of the driving path make a finish later or earlier than it was, each with its share of the slip.

The path that drives the later finish is followed from its end to where it begins. What a task finishes later than it
did before, less what the task that drives it does, is that task's own share, so that the shares of a path add up to the
whole slip. Where the finish came forward the path of the earlier version is followed, and its shares are turned round.
Needs of the other version only dates, so a baseline that holds nothing else can be told from too.
Not here: which edit moved which of all tasks (`difference`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from headway.engine.calendars import Axis, Calendars, instant
from headway.engine.cpm.difference import ASSIGNED, Edit
from headway.engine.plan import Plan, Schedule, ScheduledTask
from headway.engine.units import WorkTime

Dates = Mapping[int, tuple[datetime, datetime]]  # start and finish by uid


class Share(Enum):
    """What of a step takes the time."""

    BEGIN = "begin"  # the path begins at another moment
    WAIT = "wait"  # between what drives the task and the task itself
    LENGTH = "length"  # the task itself
    OTHERS = "others"  # tasks that only one of the versions has
    SLACK = "slack"  # this path ended before the finish then, or ends before it now


@dataclass(frozen=True, slots=True)
class FinishCause:
    """One share of a slip.

    uid    the task; None for slack, and for tasks that the followed version alone has when several stand in a row.
    others uids of those tasks.
    moved  working time on the project's calendar; later is positive.
    why    what was edited of the task, as a clause; '' where nothing was, or is not known.
    """

    share: Share
    uid: int | None
    moved: WorkTime
    why: str = ""
    others: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A plan with its schedule. The schedule is None for a version of which only dates are known."""

    plan: Plan
    schedule: Schedule | None
    dates: Dates
    finish: datetime


def finish_causes(old: Version, new: Version, edits: Iterable[Edit] = ()) -> tuple[FinishCause, ...]:
    """The shares of the slip from one version's finish to the other's, the largest first; they add up to it.

    edits  what was changed in between, where that is known.
    """
    calendars = Calendars(new.plan.calendars, default_uid=new.plan.project.calendar_uid)
    why = _by_task(edits)
    backwards = new.finish < old.finish and old.schedule is not None
    followed, other = (old, new) if backwards else (new, old)
    found = _shares(followed, other, calendars.default, why)
    told = [_turned(cause) for cause in found] if backwards else found
    return tuple(sorted((cause for cause in told if cause.moved), key=lambda cause: -abs(cause.moved.tenths)))


def _by_task(edits: Iterable[Edit]) -> dict[int, str]:
    """What was edited of each task, as one clause; its assignments are named where nothing else was."""
    words: dict[int, list[str]] = {}
    for edit in edits:
        if edit.uid is not None:
            words.setdefault(edit.uid, []).append(edit.text)
    return {
        uid: " and ".join(dict.fromkeys([text for text in texts if text != ASSIGNED] or texts))
        for uid, texts in words.items()
    }


def _turned(cause: FinishCause) -> FinishCause:
    return FinishCause(cause.share, cause.uid, WorkTime(-cause.moved.tenths), cause.why, cause.others)


# ---- the path -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Step:
    """A task of the path; `by_finish`: what follows hangs on its finish. `by_start`: its finish follows its start."""

    row: ScheduledTask
    by_finish: bool
    by_start: bool


def _path(version: Version) -> list[_Step]:
    """The chain of leaves that drives the finish, from its beginning to the leaf that ends last."""
    assert version.schedule is not None  # noqa: S101 - the caller follows only versions with drivers
    rows = version.schedule.by_uid()
    below = _below(version.plan, rows)
    ends = [row for uid, row in rows.items() if uid not in below]
    steps: list[_Step] = []
    row, by_finish = max(ends, key=lambda one: one.finish, default=None), True
    seen: set[int] = set()
    while row is not None and row.uid not in seen:
        seen.add(row.uid)
        ending = row.finish_driver if by_finish and row.finish_driver is not None else row.driver
        steps.append(_Step(row, by_finish, (ending.kind, ending.uid) == (row.driver.kind, row.driver.uid)))
        by_finish = ending.by_finish
        followed = rows.get(ending.uid) if ending.kind == "link" and ending.uid is not None else None
        row = _leaf(followed, by_finish, below, rows)
    return steps[::-1]


def _below(plan: Plan, rows: Mapping[int, ScheduledTask]) -> dict[int, list[int]]:
    below: dict[int, list[int]] = {}
    for task in plan.tasks:
        if task.parent_uid is not None and task.uid in rows:
            below.setdefault(task.parent_uid, []).append(task.uid)
    return below


def _leaf(
    row: ScheduledTask | None, by_finish: bool, below: Mapping[int, Sequence[int]], rows: Mapping[int, ScheduledTask]
) -> ScheduledTask | None:
    """The leaf whose date a summary has."""
    while row is not None and row.uid in below:
        inside = [rows[uid] for uid in below[row.uid]]
        row = max(inside, key=lambda one: one.finish) if by_finish else min(inside, key=lambda one: one.start)
    return row


# ---- what each step adds ------------------------------------------------------------------------


def _shares(followed: Version, other: Version, axis: Axis, why: Mapping[int, str]) -> list[FinishCause]:
    found: list[FinishCause] = []
    before, unknown = 0, []  # by how much the last known step has moved, and the steps behind it
    for step in _path(followed):
        uid = step.row.uid
        then = other.dates.get(uid)
        if then is None:
            unknown.append(uid)
            continue
        start, finish = _moved(axis, then[0], step.row.start), _moved(axis, then[1], step.row.finish)
        here = finish if step.by_finish else start
        length = finish - start if step.by_finish and step.by_start else 0
        wait = here - length - before
        if unknown:
            found.append(_others(unknown, wait))
        elif wait:
            found.append(FinishCause(Share.WAIT if found else Share.BEGIN, uid, WorkTime(wait), why.get(uid, "")))
        found.append(FinishCause(Share.LENGTH, uid, WorkTime(length), why.get(uid, "")))
        before, unknown = here, []
    end = _moved(axis, other.finish, followed.finish)
    if unknown:
        found.append(_others(unknown, end - before))
    else:
        found.append(FinishCause(Share.SLACK, None, WorkTime(end - before)))
    return found


def _others(uids: Sequence[int], moved: int) -> FinishCause:
    return FinishCause(Share.OTHERS, uids[0] if len(uids) == 1 else None, WorkTime(moved), others=tuple(uids))


def _moved(axis: Axis, old: datetime, new: datetime) -> int:
    return axis.between(instant(old), instant(new))
