"""What stands in a cell of a plan, as text that `cells` reads back as the same value."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from headway.areas.schedule.charting import lag_text
from headway.areas.schedule.keeping import Held
from headway.areas.schedule.looks import CUSTOM
from headway.areas.schedule.reading import said_day
from headway.engine import plan as engine
from headway.engine.durations import duration_text
from headway.engine.plan import ConstraintType, LinkType
from headway.engine.units import WorkTime


def text_of(held: Held, task: engine.Task, name: str) -> str:
    """The text of one field of a row; '' for a field that is not there."""
    if name.startswith(CUSTOM):
        value = task.custom.get(name.removeprefix(CUSTOM))
        return "" if value is None else "yes" if value is True else "no" if value is False else str(value)
    say = _SAID.get(name)
    return say(held, task) if say is not None else ""


def _start(held: Held, task: engine.Task) -> str:
    span = held.scheduled.span(task.uid) if held.scheduled is not None else None
    return said_day(span[0], default=held.plan.project.default_start) if span is not None else ""


def _finish(held: Held, task: engine.Task) -> str:
    span = held.scheduled.span(task.uid) if held.scheduled is not None else None
    return said_day(span[1], default=held.plan.project.default_finish) if span is not None else ""


def _duration(held: Held, task: engine.Task) -> str:
    return duration_text(task.duration, held.plan.project) if task.duration is not None else ""


def _predecessors(held: Held, task: engine.Task) -> str:
    ends = [(link.predecessor_uid, link) for link in held.plan.links if link.successor_uid == task.uid]
    return _links(held, ends)


def _successors(held: Held, task: engine.Task) -> str:
    ends = [(link.successor_uid, link) for link in held.plan.links if link.predecessor_uid == task.uid]
    return _links(held, ends)


def _links(held: Held, ends: list[tuple[int, engine.Link]]) -> str:
    numbers = {task.uid: task.id for task in held.plan.tasks}
    said = []
    for uid, link in ends:
        lag = lag_text(link.lag, held.plan.project)
        said.append(f"{numbers[uid]}{link.type.value if lag or link.type is not LinkType.FS else ''}{lag}")
    return "; ".join(said)


def _people(held: Held, task: engine.Task) -> str:
    names = {item.uid: item.name for item in held.plan.resources}
    said = []
    for item in held.plan.assignments:
        if item.task_uid == task.uid and item.resource_uid is not None:
            share = "" if item.units == 1 else f" [{(item.units * 100).normalize():f}%]"
            said.append(f"{names.get(item.resource_uid, '')}{share}")
    return "; ".join(said)


def _work(held: Held, task: engine.Task) -> str:
    items = [item for item in held.plan.assignments if item.task_uid == task.uid]
    tenths = sum(item.work.tenths for item in items) if items else task.work.tenths if task.work is not None else 0
    return f"{tenths / 600:g}h"


def _actual_start(held: Held, task: engine.Task) -> str:
    return said_day(task.actual_start, default=held.plan.project.default_start) if task.actual_start else ""


def _actual_finish(held: Held, task: engine.Task) -> str:
    return said_day(task.actual_finish, default=held.plan.project.default_finish) if task.actual_finish else ""


def _constraint(held: Held, task: engine.Task) -> str:
    day = _constraint_date(held, task)
    return f"{task.constraint.value} {day}".strip()


def _constraint_date(held: Held, task: engine.Task) -> str:
    of_start = task.constraint in (ConstraintType.SNET, ConstraintType.SNLT, ConstraintType.MSO)
    default = held.plan.project.default_start if of_start else held.plan.project.default_finish
    return said_day(task.constraint_date, default=default) if task.constraint_date is not None else ""


def _deadline(held: Held, task: engine.Task) -> str:
    return said_day(task.deadline, default=held.plan.project.default_finish) if task.deadline is not None else ""


def _calendar(held: Held, task: engine.Task) -> str:
    return next((item.name for item in held.plan.calendars if item.uid == task.calendar_uid), "")


def _end(held: Held, estimate: engine.Duration | None) -> str:
    return duration_text(estimate, held.plan.project) if estimate is not None else ""


def _remaining(held: Held, task: engine.Task) -> str:
    if task.duration is None:
        return ""
    left = task.remaining_duration
    if left is None:
        done = round(task.duration.amount.tenths * task.percent_complete / 100)
        left = WorkTime(task.duration.amount.tenths - done)
    return duration_text(engine.Duration(left), held.plan.project)


_SAID: Mapping[str, Callable[[Held, engine.Task], str]] = {
    "name": lambda _, task: task.name,
    "duration": _duration,
    "start": _start,
    "finish": _finish,
    "predecessors": _predecessors,
    "successors": _successors,
    "people": _people,
    "work": _work,
    "percent": lambda _, task: f"{task.percent_complete.normalize():f}%",
    "actual_start": _actual_start,
    "actual_finish": _actual_finish,
    "remaining": _remaining,
    "constraint": _constraint,
    "constraint_date": _constraint_date,
    "deadline": _deadline,
    "priority": lambda _, task: str(task.priority),
    "optimistic": lambda held, task: _end(held, task.optimistic),
    "pessimistic": lambda held, task: _end(held, task.pessimistic),
    "mode": lambda _, task: task.mode.value,
    "type": lambda _, task: task.type.value.replace("_", " "),
    "calendar": _calendar,
    "milestone": lambda _, task: "yes" if task.milestone else "no",
    "active": lambda _, task: "yes" if task.active else "no",
    "owner": lambda _, task: task.owner,
    "notes": lambda _, task: task.notes,
    "level": lambda _, task: str(task.outline_level),
}
