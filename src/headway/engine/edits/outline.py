"""Rows and links: tasks added, removed and moved in the outline, links made and changed.

A summary is a row with rows below it; its own dates, duration and progress then come from those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from itertools import pairwise
from operator import attrgetter

from headway.engine.edits.changes import (
    AddLink,
    AddTask,
    AddTasks,
    Indent,
    MoveTask,
    Outdent,
    RemoveLink,
    RemoveTask,
    SetLink,
)
from headway.engine.edits.draft import Draft, EditError, refusal
from headway.engine.plan import ConstraintType, Duration, Link, Task, TaskMode
from headway.engine.units import WorkTime

_OF_SUMMARIES = (ConstraintType.ASAP, ConstraintType.SNET, ConstraintType.FNLT)


_NAMES = tuple(field.name for field in fields(Task))
_VALUES = attrgetter(*_NAMES)
_ID, _PARENT, _SUMMARY = map(_NAMES.index, ("id", "parent_uid", "summary"))


def renumbered(tasks: Sequence[Task]) -> tuple[Task, ...]:
    """Row numbers, parents and summary marks anew, from order and levels; rows that fit stay the same objects."""
    parents: list[Task] = []
    renewed: list[Task] = []
    for number, task in enumerate(tasks, start=1):
        while parents and parents[-1].outline_level >= task.outline_level:
            parents.pop()
        following = tasks[number].outline_level if number < len(tasks) else 0
        parent_uid, summary = parents[-1].uid if parents else None, following > task.outline_level
        if (task.id, task.parent_uid, task.summary) != (number, parent_uid, summary):
            values = list(_VALUES(task))
            values[_ID], values[_PARENT], values[_SUMMARY] = number, parent_uid, summary
            fitted = Task(*values)  # half the time of `replace`, of thousands of rows
        else:
            fitted = task
        renewed.append(fitted)
        parents.append(fitted)
    return tuple(renewed)


def add_task(draft: Draft, change: AddTask) -> None:
    """A row of its own uid; a level deeper than one below the row before it is not possible."""
    add_tasks(draft, AddTasks((change,)))


def add_tasks(draft: Draft, change: AddTasks) -> None:
    """One after the other; the outline is put in order once."""
    rows = {task.uid: task for task in draft.rows}
    order = [task.uid for task in draft.rows]
    follower = dict(pairwise((0, *order, _END)))  # a chain, in which a row finds its place at once
    last = order[-1] if order else 0
    for item in change.rows:
        new = item.task
        if new.uid in rows:
            raise EditError(
                f"Task '{new.name}': uid {new.uid} is another task's. Give a free one.", field="task", uids=(new.uid,)
            )
        before = last if item.after is None else item.after
        if before and before not in rows:
            draft.task(before, "after")  # which says that there is none
        level = rows[before].outline_level if before else 0
        rows[new.uid] = replace(new, outline_level=max(1, min(new.outline_level or level, level + 1)))
        follower[new.uid] = follower[before]
        follower[before] = new.uid
        if before == last:
            last = new.uid
    placed, at = [], follower[0]
    while at != _END:
        placed.append(rows[at])
        at = follower[at]
    _take(draft, placed)


_END = -1


def remove_task(draft: Draft, change: RemoveTask) -> None:
    """The row and all below it, with their links and assignments."""
    task = draft.task(change.uid)
    gone = {task.uid, *(draft.rows[place].uid for place in draft.below(task.uid))}
    draft.put_assignments(removed=[item.uid for uid in gone for item in draft.assignments(uid)])
    for uid in gone:
        draft.put_links(removed=draft.ties(uid))
    _take(draft, [item for item in draft.rows if item.uid not in gone])


def indent(draft: Draft, change: Indent) -> None:
    """One level deeper, under the row of the same level before it."""
    task = draft.task(change.uid)
    place = draft.place(task.uid)
    if not place or draft.rows[place - 1].outline_level < task.outline_level:
        raise refusal(task, "uid", "no row of its level stands before it to come under. Move it first.")
    _relevel(draft, task, by=1)


def outdent(draft: Draft, change: Outdent) -> None:
    """One level up."""
    task = draft.task(change.uid)
    if task.outline_level <= 1:
        raise refusal(task, "uid", "it stands at the first level already.")
    _relevel(draft, task, by=-1)


def move_task(draft: Draft, change: MoveTask) -> None:
    """The row and all below it behind another row and its sub-tasks, at that row's level."""
    task = draft.task(change.uid)
    moving = [draft.rows[place] for place in (draft.place(task.uid), *draft.below(task.uid))]
    inside = {item.uid for item in moving}
    if change.after in inside:
        raise refusal(task, "after", "it cannot stand behind itself or a row below itself.")
    rest = [item for item in draft.rows if item.uid not in inside]
    place, level = 0, 1
    if change.after:
        level = draft.task(change.after, "after").outline_level
        last = max([draft.place(change.after), *draft.below(change.after)])
        place = 1 + max(
            number for number, item in enumerate(rest) if draft.place(item.uid) <= last and item.uid not in inside
        )
    by = level - task.outline_level
    placed = [replace(item, outline_level=item.outline_level + by) if by else item for item in moving]
    _take(draft, [*rest[:place], *placed, *rest[place:]])


def add_link(draft: Draft, change: AddLink) -> None:
    """One dependency for each pair; a circle is named when the plan is scheduled."""
    link = change.link
    predecessor = draft.task(link.predecessor_uid, "predecessor_uid")
    successor = draft.task(link.successor_uid, "successor_uid")
    if predecessor.uid == successor.uid:
        raise refusal(successor, "predecessor_uid", "it cannot depend on itself. Name another task.")
    if _between(draft, predecessor.uid, successor.uid):
        raise refusal(successor, "predecessor_uid", f"it depends on '{predecessor.name}' already. Change that link.")
    _refuse_within(predecessor, successor, draft.task)
    draft.put_links([link])


def set_link(draft: Draft, change: SetLink) -> None:
    """Another type or lag; the link becomes the last of the list."""
    link = _linked(draft, change.predecessor_uid, change.successor_uid)[0]
    draft.put_links([replace(link, type=change.type or link.type, lag=change.lag or link.lag)], removed=[link])


def remove_link(draft: Draft, change: RemoveLink) -> None:
    """No dependency of that pair is left."""
    draft.put_links(removed=_linked(draft, change.predecessor_uid, change.successor_uid))


def _between(draft: Draft, predecessor_uid: int, successor_uid: int) -> list[Link]:
    return [
        link
        for link in draft.ties(successor_uid)
        if (link.predecessor_uid, link.successor_uid) == (predecessor_uid, successor_uid)
    ]


def _linked(draft: Draft, predecessor_uid: int, successor_uid: int) -> list[Link]:
    predecessor = draft.task(predecessor_uid, "predecessor_uid")
    successor = draft.task(successor_uid, "successor_uid")
    links = _between(draft, predecessor_uid, successor_uid)
    if not links:
        raise refusal(successor, "predecessor_uid", f"it does not depend on '{predecessor.name}'. Link the two first.")
    return links


def _relevel(draft: Draft, task: Task, *, by: int) -> None:
    moving = {draft.place(task.uid), *draft.below(task.uid)}
    rows = [
        replace(item, outline_level=item.outline_level + by) if place in moving else item
        for place, item in enumerate(draft.rows)
    ]
    _take(draft, rows)


def _take(draft: Draft, rows: Sequence[Task]) -> None:
    """The rows in their new order; who has become a summary, or is none any more, is made fit for it."""
    was_summary = {task.uid for task in draft.rows if task.summary}
    new = [
        task if task.summary == (task.uid in was_summary) else _as_summary(task) if task.summary else _as_leaf(task)
        for task in renumbered(rows)
    ]
    _no_link_within(new, draft.links)
    draft.put_rows(new)


def _as_summary(task: Task) -> Task:
    """Its dates and progress now come from below: what it had of its own goes."""
    constraint = task.constraint if task.constraint in _OF_SUMMARIES else ConstraintType.ASAP
    return replace(
        task,
        milestone=False,
        constraint=constraint,
        constraint_date=task.constraint_date if constraint is task.constraint else None,
        percent_complete=Decimal(0),
        actual_start=None,
        actual_finish=None,
        actual_duration=None,
        remaining_duration=None,
        stop=None,
        resume=None,
        splits=(),
    )


def _as_leaf(task: Task) -> Task:
    if task.duration is not None or task.mode is TaskMode.MANUAL:
        return task
    return replace(task, duration=_ONE_DAY)


_ONE_DAY = Duration(WorkTime(4800), "d", estimated=True)


def _no_link_within(tasks: Sequence[Task], links: Iterable[Link]) -> None:
    """A summary cannot be linked with a row below it: each would wait for the other."""
    by_uid = {task.uid: task for task in tasks}
    for link in links:
        one, other = by_uid.get(link.predecessor_uid), by_uid.get(link.successor_uid)
        if one is not None and other is not None and (one.summary or other.summary):
            _refuse_within(one, other, by_uid.__getitem__)


def _refuse_within(one: Task, other: Task, task_of: Callable[[int], Task]) -> None:
    for low, high in ((one, other), (other, one)):
        parent = low.parent_uid if high.summary else None
        while parent is not None and parent != high.uid:
            parent = task_of(parent).parent_uid
        if parent is not None:
            raise EditError(
                f"'{low.name}' lies below the summary '{high.name}' and is linked with it. "
                "Remove that link, or link tasks of the same level.",
                field="link",
                uids=(low.uid, high.uid),
            )
