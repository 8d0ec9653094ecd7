"""What differs between two schedules of a plan, and which change of the plan moved each task.

Each moved task is followed back over the drivers of the new schedule (where it was pulled forward: of the old one)
to a task, a link or a setting that was edited. Not here: what differs between two plan files
(`headway.documents.exchange`), how a change is calculated (`whatif`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from headway.engine.calendars import Axis, Calendars, instant
from headway.engine.plan import Driver, Link, Plan, Schedule, ScheduledTask, Task
from headway.engine.units import WorkTime

ASSIGNED = "its assignments"  # which follow from a task's other changes too
_DEADLINE = "its deadline"  # moves only what stands as late as possible: blamed when nothing else is found
_WORDS = {
    "duration": "its duration",
    "constraint": "its constraint",
    "constraint_date": "its constraint date",
    "calendar_uid": "its calendar",
    "leveling_delay": "its levelling delay",
    "percent_complete": "its progress",
    "actual_start": "its actual start",
    "actual_finish": "its actual finish",
    "actual_duration": "its progress",
    "remaining_duration": "its remaining duration",
    "resume": "its resume date",
    "stop": "its progress",
    "manual_start": "its typed start",
    "manual_finish": "its typed finish",
    "mode": "its scheduling by hand",
    "deadline": _DEADLINE,
    "parent_uid": "its place in the outline",
    "active": "its being active",
    "splits": "its splits",
    "type": "its type",
    "ignore_resource_calendar": "its use of resource calendars",
}


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of the plan that can move dates.

    uid   the task it is about; None for the project, its calendars and resources.
    text  what changed, as a clause: "its duration", "a new link from 'Build'".
    """

    uid: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Move:
    """One task whose start or finish differs.

    start_moved, finish_moved  working time on the project's calendar, later is positive.
    cause    the edit that moved it; None where the drivers lead to none.
    through  uids from the edited task to this one, both included; empty without a cause.
    """

    uid: int
    name: str
    start: tuple[datetime, datetime]
    finish: tuple[datetime, datetime]
    start_moved: WorkTime
    finish_moved: WorkTime
    cause: Edit | None
    through: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Two schedules of one plan beside each other.

    finish_moved     working time on the project's calendar, later is positive.
    became_critical  uids; and no_longer_critical.
    text             all of it in a sentence.
    """

    moves: tuple[Move, ...]
    added: tuple[int, ...]
    removed: tuple[int, ...]
    finish: tuple[datetime, datetime]
    finish_moved: WorkTime
    became_critical: tuple[int, ...]
    no_longer_critical: tuple[int, ...]
    edits: tuple[Edit, ...]
    text: str


def difference(old_plan: Plan, old: Schedule, new_plan: Plan, new: Schedule) -> Difference:
    """Which tasks move from one schedule to the other, how far, and because of which edit.

    The plans are two versions of one: tasks are the same when their uid is. O(tasks + links).
    """
    before, after = old.by_uid(), new.by_uid()
    axis = Calendars(new_plan.calendars, default_uid=new_plan.project.calendar_uid).default
    edits = tuple(_edits(old_plan, new_plan))
    trail = _Trail(before, after, edits, new_plan)
    names = {task.uid: task.name for task in new_plan.tasks}
    summaries = {task.parent_uid for task in new_plan.tasks}
    moves = tuple(
        _move(axis, before[uid], row, names[uid], *trail.cause(uid))
        for uid, row in after.items()
        if uid in before and (row.start, row.finish) != (before[uid].start, before[uid].finish)
    )
    finish_moved = WorkTime(axis.between(instant(old.finish), instant(new.finish)))
    leaves = [move for move in moves if move.uid not in summaries]
    last = max((row for uid, row in after.items() if uid not in summaries), key=lambda row: row.finish, default=None)
    cause = trail.cause(last.uid)[0] if last is not None and old.finish != new.finish else None
    return Difference(
        moves=moves,
        added=tuple(uid for uid in after if uid not in before),
        removed=tuple(uid for uid in before if uid not in after),
        finish=(old.finish, new.finish),
        finish_moved=finish_moved,
        became_critical=tuple(u for u, row in after.items() if row.critical and u in before and not before[u].critical),
        no_longer_critical=tuple(
            u for u, row in before.items() if row.critical and u in after and not after[u].critical
        ),
        edits=edits,
        text=_sentence(leaves, finish_moved, cause, {**{t.uid: t.name for t in old_plan.tasks}, **names}, new_plan),
    )


def _move(
    axis: Axis, old: ScheduledTask, new: ScheduledTask, name: str, cause: Edit | None, through: tuple[int, ...]
) -> Move:
    return Move(
        uid=new.uid,
        name=name,
        start=(old.start, new.start),
        finish=(old.finish, new.finish),
        start_moved=WorkTime(axis.between(instant(old.start), instant(new.start))),
        finish_moved=WorkTime(axis.between(instant(old.finish), instant(new.finish))),
        cause=cause,
        through=through,
    )


# ---- what was edited ----------------------------------------------------------------------------


def _edits(old: Plan, new: Plan) -> Iterator[Edit]:
    before, after = {task.uid: task for task in old.tasks}, {task.uid: task for task in new.tasks}
    for uid, task in after.items():
        if uid not in before:
            yield Edit(uid, "its being new")
        elif task is not before[uid]:
            said = _changed(before[uid], task)
            if said:
                yield Edit(uid, said)
    yield from (Edit(uid, "its removal") for uid in before if uid not in after)
    yield from _link_edits(old, new, before, after)
    mine, theirs = _by_task(old), _by_task(new)
    for uid in dict.fromkeys((*mine, *theirs)):
        if mine.get(uid) != theirs.get(uid):
            yield Edit(uid, ASSIGNED)
    if old.calendars != new.calendars:
        yield Edit(None, "the calendars")
    if old.resources != new.resources:
        yield Edit(None, "the resources")
    if _settings(old) != _settings(new):
        yield Edit(None, "the project's settings")


def _changed(old: Task, new: Task) -> str:
    """What differs of a task that can move dates, in words."""
    words = [
        _WORDS[field.name]
        for field in fields(Task)
        if field.name in _WORDS and getattr(old, field.name) != getattr(new, field.name)
    ]
    return " and ".join(dict.fromkeys(words))


def _link_edits(old: Plan, new: Plan, before: Mapping[int, Task], after: Mapping[int, Task]) -> Iterator[Edit]:
    if old.links is new.links:
        return
    then, now = set(old.links), set(new.links)
    ends = {(link.predecessor_uid, link.successor_uid): link for link in then - now}
    for link in sorted(now - then, key=_key):
        replaced = ends.pop((link.predecessor_uid, link.successor_uid), None)
        name = after[link.predecessor_uid].name
        yield Edit(link.successor_uid, f"its {'changed' if replaced else 'new'} link from '{name}'")
    for link in sorted(ends.values(), key=_key):
        if link.predecessor_uid in before:
            yield Edit(link.successor_uid, f"its removed link from '{before[link.predecessor_uid].name}'")


def _key(link: Link) -> tuple[int, int, str]:
    return link.successor_uid, link.predecessor_uid, link.type.value


def _by_task(plan: Plan) -> dict[int, list[object]]:
    found: dict[int, list[object]] = {}
    for one in plan.assignments:
        found.setdefault(one.task_uid, []).append(one)
    return found


def _settings(plan: Plan) -> tuple[object, ...]:
    project = plan.project
    return (
        project.start,
        project.finish if not project.schedule_from_start else None,
        project.schedule_from_start,
        project.calendar_uid,
        project.honor_constraints,
        project.multiple_critical_paths,
    )


# ---- from a moved task back to the edit ----------------------------------------------------------


class _Trail:
    """Leads from moved tasks back over drivers to the edits; each task is followed once."""

    def __init__(
        self,
        before: Mapping[int, ScheduledTask],
        after: Mapping[int, ScheduledTask],
        edits: tuple[Edit, ...],
        plan: Plan,
    ) -> None:
        self._before, self._after = before, after
        self._children: dict[int, list[int]] = {}
        for task in plan.tasks:
            if task.parent_uid is not None and task.uid in after:
                self._children.setdefault(task.parent_uid, []).append(task.uid)
        self._edits: dict[int, Edit] = {}
        for edit in edits:
            if edit.uid is not None:
                self._edits.setdefault(edit.uid, edit)
        self._general = next((edit for edit in edits if edit.uid is None), None)
        self._known: dict[int, tuple[Edit | None, tuple[int, ...]]] = {}

    def cause(self, uid: int) -> tuple[Edit | None, tuple[int, ...]]:
        """The edit that moved a task, and the tasks it came through, the edited one first."""
        path: list[int] = []
        following: int | None = uid
        found: tuple[Edit | None, tuple[int, ...]] = (self._general, ())
        while following is not None and following not in path:
            if following in self._known:
                found = self._known[following]
                break
            path.append(following)
            edit, behind = self._edits.get(following), self._behind(following)
            if edit is not None and (behind is None or edit.text != _DEADLINE):
                found = edit, ()
                break
            following = behind
        for one in reversed(path):
            found = found[0], (*found[1], one) if found[0] is not None else ()
            self._known[one] = found
        return found

    def _behind(self, uid: int) -> int | None:
        """The task that drives a moved one and has moved, gone or been edited itself."""
        now, then = self._after.get(uid), self._before.get(uid)
        moved = [child for child in self._children.get(uid, ()) if self._differs(child)]
        if moved:  # a summary follows the last of its tasks that moved
            return max(moved, key=lambda child: self._after[child].finish)
        later = now is not None and then is not None and (now.start, now.finish) >= (then.start, then.finish)
        for row in (now, then) if later else (then, now):
            for driver in _drivers(row):
                if driver.kind == "link" and driver.uid is not None and self._differs(driver.uid):
                    return driver.uid
        return None

    def _differs(self, uid: int) -> bool:
        now, then = self._after.get(uid), self._before.get(uid)
        edit = self._edits.get(uid)
        if (edit is not None and edit.text != _DEADLINE) or now is None or then is None:
            return True
        return (now.start, now.finish) != (then.start, then.finish)


def _drivers(row: ScheduledTask | None) -> Iterator[Driver]:
    if row is not None:
        yield row.driver
        if row.finish_driver is not None:
            yield row.finish_driver


# ---- in words -----------------------------------------------------------------------------------


def _sentence(moves: list[Move], finish: WorkTime, cause: Edit | None, names: Mapping[int, str], plan: Plan) -> str:
    count = len(moves)
    moved = "No task moves" if not count else "1 task moves" if count == 1 else f"{count} tasks move"
    by = _days(finish, plan)
    end = "the finish stays" if not finish.tenths else f"the finish moves {by}"
    because = cause or _commonest(moves)
    if because is None:
        return f"{moved}, {end}."
    owner = f" ({names.get(because.uid, 'a removed task')!r})" if because.uid is not None else ""
    return f"{moved}, {end}, because of {because.text}{owner}."


def _commonest(moves: list[Move]) -> Edit | None:
    """The edit that moves most tasks; the first among equals."""
    counts: dict[Edit, int] = {}
    for move in moves:
        if move.cause is not None:
            counts[move.cause] = counts.get(move.cause, 0) + 1
    return max(counts, key=counts.__getitem__, default=None)


def _days(amount: WorkTime, plan: Plan) -> str:
    days = amount.tenths / (10 * plan.project.minutes_per_day)
    return f"{days:+g} working day{'' if abs(days) == 1 else 's'}"
