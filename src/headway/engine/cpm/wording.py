"""What sets a task's start, its finish and its latest finish, each in one sentence.

Not here: which of all bounds it is (`kernel` notes that while it calculates).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headway.engine.calendars import instant, moment
from headway.engine.cpm import columns as c
from headway.engine.days import WITH_YEAR
from headway.engine.durations import duration_text
from headway.engine.plan import ConstraintType, Driver, Duration, Task, TaskMode
from headway.engine.units import WorkTime

if TYPE_CHECKING:
    from headway.engine.cpm.outcome import Dated

PROJECT_START = Driver("project_start", None, "Starts with the project.")

_CONSTRAINTS = {
    ConstraintType.SNET: "Starts no earlier than",
    ConstraintType.FNET: "Finishes no earlier than",
    ConstraintType.SNLT: "Starts no later than",
    ConstraintType.FNLT: "Finishes no later than",
    ConstraintType.MSO: "Must start on",
    ConstraintType.MFO: "Must finish on",
}


def driver(dated: Dated, row: int) -> Driver:
    """What sets the start; a summary is driven by what drives its first leaf."""
    at, rows, here, dates = dated.row(row)
    if dates[here + c.CAUSE] == c.BY_CHILD:
        first = row
        while dates[here + c.CAUSE] == c.BY_CHILD:
            first = dates[here + c.CAUSE_TIE]
            _, _, here, dates = dated.row(first)
        inner = driver(dated, first)
        name = dated.tables.layout.tasks[first].name
        return replace(inner, text=f"Starts with its first task '{name}'.")
    if _is_late(rows[at + c.FLAGS]) and dates[here + c.PIN_START] == c.FAR_PAST:
        return _late_driver(dated, row)
    task, cause = dated.tables.layout.tasks[row], dates[here + c.CAUSE]
    if cause == c.BY_PROJECT:
        return PROJECT_START
    if cause == c.BY_LINK:
        return _link_driver(dated, dates[here + c.CAUSE_TIE], row)
    if cause == c.BY_ACTUAL:
        return Driver("actual", None, f"Has started on {said(dates[here + c.ES])}.")
    if cause == c.BY_HAND:
        typed = task.mode is TaskMode.MANUAL
        return Driver("manual", None, f"Keeps the dates {'a person typed' if typed else 'stored for another plan'}.")
    if cause == c.BY_CONSTRAINT:
        return Driver("constraint", None, constraint_sentence(task, dates[here + c.CAUSE_AT]))
    if cause == c.BY_DELAY:
        days = f"{dates[here + c.CAUSE_AT] / 14_400:g}"
        return Driver("resource", None, f"Waits {days} elapsed days of levelling delay.")
    if cause == c.BY_RESOURCE:
        uid = _first_resource(dated, row)
        return Driver("resource", uid, f"Waits until {resource_name(dated, uid)} works.")
    axis = dated.tables.layout.clock.axes[rows[at + c.TASK_AXIS]]
    return Driver("calendar", None, f"Starts with the first working time of '{axis.name}'.")


def finish_driver(dated: Dated, row: int, start: Driver) -> Driver:
    """What sets the finish; a summary's is set by what sets that of its last leaf."""
    at, rows, here, dates = dated.row(row)
    layout = dated.tables.layout
    if rows[at + c.FLAGS] & c.SUMMARY:
        last = row
        while rows[at + c.FLAGS] & c.SUMMARY:
            last = _last_child(dated, last)
            at, rows, here, dates = dated.row(last)
        inner = finish_driver(dated, last, driver(dated, last))
        return replace(inner, text=f"Finishes with its last task '{layout.tasks[last].name}'.")
    if _is_late(rows[at + c.FLAGS]) and dates[here + c.PIN_START] == c.FAR_PAST:
        return _late_driver(dated, row)
    cause = dates[here + c.FINISH_CAUSE]
    if cause == c.BY_LINK:
        return _link_driver(dated, dates[here + c.FINISH_TIE], row)
    if cause == c.BY_ACTUAL:
        return Driver("actual", None, f"Has finished on {said(dates[here + c.EF])}.")
    if cause == c.BY_HAND:
        return Driver("manual", None, "Keeps the finish a person typed.")
    if cause == c.BY_CONSTRAINT:
        task = layout.tasks[row]
        at_date = dates[here + c.CAUSE_AT] if dates[here + c.CAUSE] == c.BY_CONSTRAINT else 0
        return Driver("constraint", None, constraint_sentence(task, at_date))
    if cause == c.BY_ASSIGNMENT:
        uid = _last_resource(dated, row)
        return Driver("resource", uid, f"Ends when {resource_name(dated, uid)} is done.")
    length = rows[at + c.LENGTH]
    if length == 0:
        return start
    worked = duration_text(Duration(WorkTime(length)), layout.plan.project)
    return Driver(start.kind, start.uid, f"Its start, and {worked} of work after it.", start.by_finish)


def late_driver(dated: Dated, row: int) -> Driver:
    """What sets the latest finish of a leaf: a successor, a date, or the project's end."""
    _, _, here, dates = dated.row(row)
    task, cause = dated.tables.layout.tasks[row], dates[here + c.LATE_CAUSE]
    if cause == c.BY_LINK:
        return _late_link(dated, dates[here + c.LATE_TIE], row)
    if cause == c.BY_ACTUAL:
        return Driver("actual", None, "Is complete.")
    if cause == c.BY_DEADLINE and task.deadline is not None:
        return Driver("constraint", None, f"Has a deadline on {said(instant(task.deadline))}.")
    if cause == c.BY_CONSTRAINT:
        return Driver("constraint", None, constraint_sentence(task, 0))
    return Driver("project_finish", None, "May last until the project finishes.")


def _is_late(flags: int) -> bool:
    """Whether a leaf stands at its late dates: of a project scheduled from its finish (F7)."""
    return flags & (c.FROM_FINISH | c.STARTED | c.TYPED | c.SUMMARY) == c.FROM_FINISH


def _late_driver(dated: Dated, row: int) -> Driver:
    found = late_driver(dated, row)
    if found.kind == "project_finish":
        return Driver("constraint", None, "Stands as late as the project's finish allows.")
    return found


def _link_driver(dated: Dated, tie: int, row: int) -> Driver:
    tables = dated.tables
    tasks = tables.layout.tasks
    predecessor, successor, kind, lag = tables.link(tie)
    verb = "Finishes" if kind in (c.FF, c.SF) else "Starts"
    moment_of = "finish" if kind in (c.FS, c.FF) else "start"
    through = "" if successor == row else f" (a link of its summary '{tasks[successor].name}')"
    name = tables.layout.named(predecessor, beside=row)
    text = f"{verb} after the {moment_of} of {name}{_with(lag)}{through}."
    return Driver("link", _uid(dated, predecessor, row), text, by_finish=moment_of == "finish")


def _late_link(dated: Dated, tie: int, row: int) -> Driver:
    tables = dated.tables
    tasks = tables.layout.tasks
    predecessor, successor, kind, lag = tables.link(tie)
    verb = "Finishes" if kind in (c.FS, c.FF) else "Starts"
    moment_of = "start" if kind in (c.FS, c.SS) else "finish"
    through = "" if predecessor == row else f" (a link of its summary '{tasks[predecessor].name}')"
    name = tables.layout.named(successor, beside=row)
    text = f"{verb} before the {moment_of} of {name}{_with(lag)}{through}."
    return Driver("link", _uid(dated, successor, row), text, by_finish=moment_of == "finish")


def _uid(dated: Dated, other: int, row: int) -> int | None:
    """The uid of a linked task; none of a task in another project, where uids are its own."""
    layout = dated.tables.layout
    if layout.owners and layout.owners[other] != layout.owners[row]:
        return None
    return layout.tasks[other].uid


def _with(lag: int) -> str:
    return "" if lag == 0 else ", with a lag" if lag > 0 else ", with a lead"


def _last_child(dated: Dated, row: int) -> int:
    """The child of a summary that ends last; the first in the plan's order among equals."""
    at, rows, _, _ = dated.row(row)
    child, last, reach = rows[at + c.FIRST_CHILD], -1, c.FAR_PAST
    while child >= 0:
        finish = dated.shown(child)[1]
        if finish > reach:
            last, reach = child, finish
        at, rows, _, _ = dated.row(child)
        child = rows[at + c.NEXT_CHILD]
    return last


def _first_resource(dated: Dated, row: int) -> int | None:
    """Whose calendar a task waits for: that of its only or its first assignment."""
    return dated.tables.layout.spans[row].resource_uid


def _last_resource(dated: Dated, row: int) -> int | None:
    """Whose assignment ends with the task."""
    tables, layout = dated.tables, dated.tables.layout
    at, rows, here, dates = dated.row(row)
    first = rows[at + c.FIRST_PART]
    found = layout.part_resources[first]
    for number in range(first, first + rows[at + c.PARTS]):
        part = number * c.PART
        axis = layout.clock.axes[int(tables.parts[part + c.PART_AXIS])]
        base = dates[here + c.ES] + int(tables.parts[part + c.PART_ELAPSED_DELAY])
        worked = int(tables.parts[part + c.PART_DELAY]) + int(tables.parts[part + c.PART_LENGTH])
        if axis.finish_at(axis.position(base) + worked) == dates[here + c.EF]:
            found = layout.part_resources[number]
    return found


def resource_name(dated: Dated, uid: int | None) -> str:
    """A resource's name for a sentence."""
    return dated.tables.layout.builder.resource_name(uid) or "its resource"


def constraint_sentence(task: Task, at: int) -> str:
    """A task's own constraint, or that of its summary when the date `at` is not its own."""
    date = task.constraint_date
    if task.constraint in _CONSTRAINTS and date is not None and at in (0, instant(date)):
        return f"{_CONSTRAINTS[task.constraint]} {said(instant(date))}."
    return f"Its summary starts no earlier than {said(at)}." if at else "Stands as late as possible."


def broken_constraint(task: Task, allowed: int) -> str:
    """The warning about a hard date that the links overrun."""
    constraint = constraint_sentence(task, 0)[:-1]
    return (
        f"Task '{task.name}': its constraint ({constraint[:1].lower()}{constraint[1:]}) is earlier than "
        f"its links allow ({said(allowed)}). Move the date or the predecessors."
    )


def said(at: int) -> str:
    """A moment for a sentence: 'Mon 5 Jan 2026, 08:00'."""
    return WITH_YEAR.with_time(moment(at))
