"""What a change does to a plan: rows that move, the finish, deadlines that break; figures and a sentence. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from headway.areas.schedule.acts import MOST_MOVED, DeadlineOf, MovedTask, Overload
from headway.areas.schedule.records import days_late, project_axis
from headway.engine.calendars import Axis
from headway.engine.cpm.whatif import Scheduled
from headway.engine.days import WITH_YEAR, DayWriting
from headway.engine.plan import ConstraintType, Plan, Task

Span = tuple[datetime | None, datetime | None]
_NONE: Span = (None, None)
MOST_NAMED = 100  # deadlines, people


@dataclass(frozen=True)
class Difference:
    """A plan before and after; `before` None = it could not be scheduled then."""

    before: Scheduled | None
    after: Scheduled

    @property
    def old_plan(self) -> Plan:
        """The plan before; where it could not be scheduled, as it is now."""
        return self.before.plan if self.before is not None else self.after.plan

    @cached_property
    def spans(self) -> dict[int, tuple[Span, Span]]:
        """Old and new start and finish of every row that moved, appeared or went, in outline order."""
        then = self.before
        uids: Iterable[int] = self.after.may_have_moved
        if then is None:
            return {}
        order = {task.uid: place for place, task in enumerate(self.after.plan.tasks)}
        found = {}
        for uid in uids:
            old, new = then.span(uid) or _NONE, self.after.span(uid) or _NONE
            if old != new:
                found[uid] = (old, new)
        for task in then.plan.tasks:
            if task.uid not in order and task.active:
                found[task.uid] = (then.span(task.uid) or _NONE, _NONE)
        return dict(sorted(found.items(), key=lambda item: order.get(item[0], 0)))

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What the schedule warns of now and did not before."""
        known = set(self.before.schedule.warnings) if self.before is not None else set()
        return tuple(text for text in self.after.schedule.warnings if text not in known)

    @cached_property
    def tasks(self) -> dict[int, Task]:
        """The rows by uid, as they are after the change; those that went as they were."""
        then = {task.uid: task for task in self.before.plan.tasks} if self.before is not None else {}
        return then | {task.uid: task for task in self.after.plan.tasks}

    @cached_property
    def moved(self) -> list[MovedTask]:
        """The rows that had dates before and have others now, most moved first."""
        found = [
            MovedTask(uid, task.name, *_ends(old, new), task.summary, task.milestone)
            for uid, (old, new) in self.spans.items()
            for task in (self.tasks[uid],)
            if old[0] is not None and new[0] is not None
        ]
        return sorted(found, key=_by_move, reverse=True)

    @property
    def old_finish(self) -> datetime | None:
        """The plan's finish before."""
        return self.before.schedule.finish if self.before is not None and self.before.plan.tasks else None

    @property
    def new_finish(self) -> datetime | None:
        """The plan's finish after."""
        return self.after.schedule.finish if self.after.plan.tasks else None

    @cached_property
    def axis(self) -> Axis:
        """The project's working time."""
        return project_axis(self.after.plan)

    @property
    def finish_days(self) -> int:
        """Working days by which the finish comes later."""
        return days_late(self.axis, self.after.plan.project, self.old_finish, self.new_finish) or 0

    @cached_property
    def deadlines(self) -> tuple[list[DeadlineOf], list[DeadlineOf]]:
        """Deadlines newly missed, and those newly met again."""
        old = _missed(self.before) if self.before is not None else {}
        new = _missed(self.after)
        broken = [item for uid, item in new.items() if uid not in old]
        met = []
        for task in self.after.plan.tasks:
            if task.uid not in old or task.uid in new or task.deadline is None:
                continue
            span = self.after.span(task.uid)
            if span is not None:
                met.append(DeadlineOf(task.uid, task.name, task.deadline, span[1]))
        return broken[:MOST_NAMED], met[:MOST_NAMED]


def _ends(old: Span, new: Span) -> tuple[datetime | None, datetime | None, datetime | None, datetime | None]:
    return old[0], new[0], old[1], new[1]


def _by_move(item: MovedTask) -> float:
    ends = ((item.old_start, item.new_start), (item.old_finish, item.new_finish))
    return max(abs((new - old).total_seconds()) for old, new in ends if old is not None and new is not None)


def _missed(dated: Scheduled) -> Mapping[int, DeadlineOf]:
    found = {}
    for task in dated.plan.tasks:
        if task.deadline is None or not task.active:
            continue
        span = dated.span(task.uid)
        if span is not None and span[1] > task.deadline:
            found[task.uid] = DeadlineOf(task.uid, task.name, task.deadline, span[1])
    return found


def sentence(
    change: Difference,
    worse: Sequence[Overload] = (),
    relieved: Sequence[Overload] = (),
    days: DayWriting = WITH_YEAR,
) -> str:
    """'12 tasks move; the finish goes from Fri 13 Mar to Mon 23 Mar, 6 working days later; 1 deadline breaks.'"""
    moved = len(change.moved)
    parts = [_moves(moved)]
    old, new = change.old_finish, change.new_finish
    if old is not None and new is not None:
        parts.append(_finish(old, new, change.finish_days, days) if old != new else "the finish stays " + days.of(new))
    broken, met = change.deadlines
    if broken:
        parts.append(f"{len(broken)} {'deadline breaks' if len(broken) == 1 else 'deadlines break'}")
    if met:
        parts.append(f"{len(met)} {'deadline is' if len(met) == 1 else 'deadlines are'} met again")
    if worse:
        parts.append(f"{_people(worse)} more work than time")
    if relieved:
        parts.append(f"{_people(relieved)} no longer too much work")
    return "; ".join(parts) + "."


def _people(rows: Sequence[Overload]) -> str:
    names = " and ".join(row.name for row in rows) if len(rows) < 3 else f"{len(rows)} people"
    return f"{names} {'has' if len(rows) == 1 else 'have'}"


def _moves(count: int) -> str:
    if not count:
        return "No task moves"
    return "1 task moves" if count == 1 else f"{count:,} tasks move"


_DATES = frozenset({"start", "finish", "constraint", "constraint_date"})
_HOLDS_START = (ConstraintType.SNET, ConstraintType.MSO)
_HOLDS_FINISH = (ConstraintType.FNET, ConstraintType.MFO)


def warnings_of(change: Difference, cells: Iterable[tuple[int, str]], days: DayWriting) -> tuple[str, ...]:
    """Typed days that did not become the row's own, and rows put before the plan's first day; `cells` by uid, field."""
    found: dict[str, None] = {}
    first = change.after.plan.project.start
    for uid, name in sorted(cells):
        task, span = change.tasks.get(uid), change.after.span(uid)
        if name not in _DATES or task is None or span is None or task.actual_start is not None:
            continue
        typed = task.constraint_date
        if typed is not None and task.constraint in _HOLDS_START and span[0].date() != typed.date():
            found[f"'{task.name}' starts {days.of(span[0])}, not {days.of(typed)}: other things hold it there."] = None
        if typed is not None and task.constraint in _HOLDS_FINISH and span[1].date() != typed.date():
            found[f"'{task.name}' ends {days.of(span[1])}, not {days.of(typed)}: other things hold it there."] = None
        if first is not None and span[0].date() < first.date():
            found[f"'{task.name}' starts {days.of(span[0])}, before the plan's first day, {days.of(first)}."] = None
    return tuple(found)[:MOST_NAMED]


def _finish(old: datetime, new: datetime, worked: int, days: DayWriting) -> str:
    if old.date() == new.date():
        return f"the finish goes from {old:%H:%M} to {new:%H:%M} on {days.of(new)}"
    said = f"the finish goes from {days.of(old)} to {days.of(new)}"
    if not worked:
        return said
    much = "1 working day" if abs(worked) == 1 else f"{abs(worked)} working days"
    return f"{said}, {much} {'later' if worked > 0 else 'earlier'}"


def shown(change: Difference) -> tuple[MovedTask, ...]:
    """The moved rows that an answer names."""
    return tuple(change.moved[:MOST_MOVED])
