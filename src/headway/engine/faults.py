"""What is wrong with a plan as it stands: each fault with the task or person it is about, and a sentence.

Judged by the computed dates. Not here: what could be done about it, and what that would change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import partial

from headway.engine.calendars import ELAPSED, Axis, Calendars, instant, moment
from headway.engine.cpm.whatif import Scheduled
from headway.engine.days import WITH_YEAR, DayWriting
from headway.engine.levelling.profile import Granularity, OverAllocation, over_allocations
from headway.engine.plan import (
    ConstraintType,
    Lag,
    Link,
    LinkType,
    Plan,
    Schedule,
    ScheduledTask,
    Task,
    TaskMode,
)

_HARD_STARTS = (ConstraintType.MSO, ConstraintType.SNLT)
_HARD_FINISHES = (ConstraintType.MFO, ConstraintType.FNLT)
_FROM_START = (LinkType.SS, LinkType.SF)  # the predecessor's start counts
_TO_START = (LinkType.FS, LinkType.SS)  # the successor's start is bound


class FaultKind(Enum):
    """The faults that are looked for, the gravest first."""

    DEADLINE = "deadline missed"
    DATE = "date cannot be kept"
    NO_SLACK = "negative slack"
    OVERLOAD = "more work than time"
    BY_HAND = "typed dates against links"
    SEQUENCE = "begun before its predecessor"
    OVERDUE = "no progress"
    MILESTONE = "milestone with work"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend.

    uid       the task; None for somebody's overload.
    resource  uid of who has too much work.
    tasks     uids of the tasks that are part of it, but for `uid`.
    follows   it comes of another fault, and goes with that one.
    """

    kind: FaultKind
    text: str
    uid: int | None = None
    resource: int | None = None
    tasks: tuple[int, ...] = ()
    follows: bool = False


def faults(plan: Plan, schedule: Schedule, *, as_of: date, days: DayWriting = WITH_YEAR) -> tuple[Fault, ...]:
    """Everything to mend in a plan, the gravest kind first, tasks in outline order.

    as_of  work that should have been done before this day is overdue; overloads before it are past.
    """
    judged = _Judged(plan, schedule.by_uid().get, as_of, days)
    found = [fault for task in plan.tasks for fault in judged.of_task(task)]
    found += judged.of_links(plan.links)
    found += _overloads(plan, schedule, as_of, days)
    return _gravest_first(found)


def faults_of_task(
    plan: Plan, dated: Scheduled, uid: int, *, as_of: date, days: DayWriting = WITH_YEAR
) -> tuple[Fault, ...]:
    """What is to mend about one task, the overloads of its people on its days among it."""
    task = next(task for task in plan.tasks if task.uid == uid)
    judged = _Judged(plan, partial(_row_of, dated), as_of, days)
    found = [*judged.of_task(task), *judged.of_links(link for link in plan.links if link.successor_uid == uid)]
    beside = _beside(plan, dated, uid)
    if beside is not None:
        found += (fault for fault in _overloads(*beside, as_of, days) if uid in fault.tasks)
    return _gravest_first(found)


def _beside(plan: Plan, dated: Scheduled, uid: int) -> tuple[Plan, Schedule] | None:
    """A task's people with their work on its days alone; None where it has no dates or nobody."""
    people = {item.resource_uid for item in plan.assignments if item.task_uid == uid and item.resource_uid is not None}
    span = dated.span(uid)
    if not people or span is None:
        return None
    work = [item for item in plan.assignments if item.resource_uid in people]
    first, last = span[0].date(), span[1].date()
    uids = {
        item.task_uid
        for item in work
        if (other := dated.span(item.task_uid)) is not None and other[0].date() <= last and other[1].date() >= first
    }
    tasks = tuple(task for task in plan.tasks if task.uid in uids and not task.summary)
    rows = tuple(dated.task(task.uid) for task in tasks)
    small = replace(plan, tasks=tasks, links=(), assignments=tuple(item for item in work if item.task_uid in uids))
    return small, Schedule(span[0], span[1], rows)


def _row_of(dated: Scheduled, uid: int) -> ScheduledTask | None:
    return dated.task(uid) if dated.span(uid) is not None else None


def _gravest_first(found: Iterable[Fault]) -> tuple[Fault, ...]:
    order = {kind: place for place, kind in enumerate(FaultKind)}
    return tuple(sorted(found, key=lambda fault: order[fault.kind]))


class _Judged:
    """A plan with its dates while it is looked through."""

    def __init__(
        self, plan: Plan, row_of: Callable[[int], ScheduledTask | None], as_of: date, days: DayWriting
    ) -> None:
        self._plan, self._row_of, self._days = plan, row_of, days
        self._as_of = datetime.combine(as_of, time())
        self._tasks = {task.uid: task for task in plan.tasks}
        self._calendars = Calendars(plan.calendars, default_uid=plan.project.calendar_uid)

    def of_task(self, task: Task) -> Iterator[Fault]:
        row = self._row_of(task.uid)
        if row is None or row.percent_complete >= 100 or task.actual_finish is not None:
            return
        missed = task.deadline is not None and row.finish > task.deadline
        if missed and task.deadline is not None:
            late = f"finishes {self._days.of(row.finish)}, after its deadline {self._days.of(task.deadline)}"
            yield Fault(FaultKind.DEADLINE, f"'{task.name}' {late}.", task.uid)
        if task.summary:
            return
        if row.total_slack.tenths < 0 and not missed:
            yield self._without_slack(task, row)
        if task.milestone and (row.duration.tenths or (task.work is not None and task.work.tenths)):
            yield Fault(FaultKind.MILESTONE, f"'{task.name}' is shown as a milestone, but has work.", task.uid)
        yield from self._overdue(task, row)

    def _without_slack(self, task: Task, row: ScheduledTask) -> Fault:
        days = Decimal(-row.total_slack.tenths) / (10 * self._plan.project.minutes_per_day)
        short = f"{days:.1f}".removesuffix(".0")
        unit = "working day" if short == "1" else "working days"
        if task.constraint in (*_HARD_STARTS, *_HARD_FINISHES) and task.constraint_date is not None:
            verb = "start" if task.constraint in _HARD_STARTS else "finish"
            kept = f"is to {verb} by {self._days.of(task.constraint_date)}, which is {short} {unit} too early"
            return Fault(FaultKind.DATE, f"'{task.name}' {kept}.", task.uid)
        return Fault(
            FaultKind.NO_SLACK,
            f"'{task.name}' stands {short} {unit} too late for a date that hangs on it.",
            task.uid,
            follows=True,
        )

    def _overdue(self, task: Task, row: ScheduledTask) -> Iterator[Fault]:
        if row.finish <= self._as_of:
            done = f"{row.percent_complete:.0f} % of it is done"
            said = f"'{task.name}' was to end {self._days.of(row.finish)}, and {done}."
            yield Fault(FaultKind.OVERDUE, said, task.uid)
        elif row.start < self._as_of and not row.percent_complete and task.actual_start is None:
            said = f"'{task.name}' was to begin {self._days.of(row.start)}, and nothing of it is done."
            yield Fault(FaultKind.OVERDUE, said, task.uid)

    # ---- links ----

    def of_links(self, links: Iterable[Link]) -> Iterator[Fault]:
        told: set[tuple[FaultKind, int]] = set()  # one fault a task, by the first of its links
        for link in sorted(links, key=lambda one: (one.successor_uid, one.predecessor_uid)):
            fault = self._of_link(link)
            if fault is not None and fault.uid is not None and (fault.kind, fault.uid) not in told:
                told.add((fault.kind, fault.uid))
                yield fault

    def _of_link(self, link: Link) -> Fault | None:
        task, before = self._tasks.get(link.successor_uid), self._tasks.get(link.predecessor_uid)
        if task is None or before is None or (task.actual_start is None and task.mode is not TaskMode.MANUAL):
            return None
        row, ahead = self._row_of(task.uid), self._row_of(before.uid)
        if row is None or ahead is None:
            return None
        if row.percent_complete >= 100 or ahead.percent_complete >= 100:
            return None
        if task.actual_start is not None:
            if link.type is not LinkType.FS or task.summary or task.actual_start >= ahead.finish or _leads(link.lag):
                return None
            said = f"'{task.name}' has begun, though '{before.name}' before it ends only {self._days.of(ahead.finish)}."
            return Fault(FaultKind.SEQUENCE, said, task.uid, tasks=(before.uid,))
        bound = self._bound(link, task, ahead)
        mine = row.start if link.type in _TO_START else row.finish
        if bound <= mine or not self._axis(task).work_between(mine, bound).tenths:
            return None
        verb = "starts" if link.type in _TO_START else "finishes"
        said = f"'{task.name}' has typed dates and {verb} {self._days.of(mine)}, before '{before.name}' allows it"
        return Fault(FaultKind.BY_HAND, f"{said} ({self._days.of(bound)}).", task.uid, tasks=(before.uid,))

    def _bound(self, link: Link, task: Task, ahead: ScheduledTask) -> datetime:
        """The earliest date that the link allows."""
        point = ahead.start if link.type in _FROM_START else ahead.finish
        lag = link.lag
        tenths = lag.amount.tenths if lag.percent is None else int(ahead.duration.tenths * lag.percent / 100)
        axis = ELAPSED if lag.elapsed else self._axis(task)
        position = axis.position(instant(point)) + tenths
        return moment(axis.start_at(position) if link.type in _TO_START else axis.finish_at(position))

    def _axis(self, task: Task) -> Axis:
        return self._calendars.axis(task.calendar_uid)


def _leads(lag: Lag) -> bool:
    return lag.amount.tenths < 0 or (lag.percent is not None and lag.percent < 0)


# ---- people -------------------------------------------------------------------------------------


def _overloads(plan: Plan, schedule: Schedule, as_of: date, writing: DayWriting) -> Iterator[Fault]:
    names = {resource.uid: resource.name for resource in plan.resources}
    done = {task.uid for task in plan.tasks if task.percent_complete >= 100}
    found = over_allocations(plan, schedule, by=Granularity.DAY)
    for uid, rows in _by_resource(found).items():
        ahead = [row for row in rows if row.finish.date() >= as_of and not done.issuperset(row.task_uids)]
        if not ahead:
            continue
        days = len({row.start.date() for row in ahead})
        tasks = tuple(dict.fromkeys(task for row in ahead for task in row.task_uids))
        when = f"on {writing.of(ahead[0].start)}" if days == 1 else f"on {days} days from {writing.of(ahead[0].start)}"
        said = f"{names.get(uid, 'Somebody')} has more work than time {when}, up to {_worst_percent(ahead)} %."
        yield Fault(FaultKind.OVERLOAD, said, resource=uid, tasks=tasks)


def _by_resource(rows: Iterable[OverAllocation]) -> dict[int, list[OverAllocation]]:
    found: dict[int, list[OverAllocation]] = {}
    for row in rows:
        found.setdefault(row.resource_uid, []).append(row)
    return found


def _worst_percent(rows: Iterable[OverAllocation]) -> int:
    """The highest load of some days, in percent of what can be done on them."""
    return max(
        (row.work.tenths * 100 // max(1, row.capacity.tenths) for row in rows if row.capacity.tenths), default=100
    )
