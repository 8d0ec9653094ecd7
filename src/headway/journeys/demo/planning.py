"""An outline of work becomes a plan: dates, a baseline, what has slipped since, and progress up to yesterday evening.

Pure: from records of this module to the engine's; nothing is stored here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from headway.engine import plan as engine
from headway.engine.calendars import Axis, Calendars, standard_calendar
from headway.engine.cpm import schedule
from headway.engine.units import ZERO_WORK, WorkTime

_DAY = 4800  # tenths of a minute in eight hours
_END = time(17)


@dataclass(frozen=True, slots=True)
class Doer:
    """Somebody on a task: the name, and the share of their time (1 = full time)."""

    name: str
    units: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Before:
    """A predecessor by row number, with the kind of link and its lag in working days."""

    row: int
    kind: engine.LinkType = engine.LinkType.FS
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an outline.

    planned, real  working days agreed on, and that it takes; 0 = a milestone. A summary's come from what it holds.
    owner          who answers for it; who works on it stands in `by`.
    grace          days between the agreed finish and the deadline; None = no deadline.
    starts         a day before which it cannot start, in calendar days from the plan's start.
    """

    level: int
    name: str
    planned: float = 0
    real: float = 0
    after: tuple[Before, ...] = ()
    by: tuple[Doer, ...] = ()
    owner: str = ""
    grace: int | None = None
    starts: int | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """A project's work."""

    name: str
    rows: tuple[Row, ...]
    currency: str
    author: str = ""


def plan_of(outline: Outline, start: date, today: date, *, emails: dict[str, str] | None = None) -> engine.Plan:
    """The plan as it stands on a morning: baseline 0 as agreed, live dates, progress up to the evening before."""
    settings = engine.ProjectSettings(
        name=outline.name,
        start=datetime.combine(start, time(8)),
        calendar_uid=1,
        status_date=datetime.combine(_working_day_before(today), _END),
        currency=outline.currency,
        author=outline.author,
        application="Headway demo",
    )
    calendars = (replace(standard_calendar(), exceptions=tuple(_days_off(start))),)
    levels = [row.level for row in outline.rows]
    names = list(dict.fromkeys(doer.name for row in outline.rows for doer in row.by))
    people = tuple(
        engine.Resource(uid=n, id=n, name=name, email=(emails or {}).get(name, "")) for n, name in enumerate(names, 1)
    )
    links = tuple(_links(outline.rows))
    agreed = tuple(_tasks(outline.rows, levels, start, agreed=True))
    bare = engine.Plan(settings, calendars, agreed, links, people)
    takes = replace(bare, tasks=tuple(_tasks(outline.rows, levels, start, agreed=False)))
    then, happens = schedule(bare).by_uid(), schedule(takes).by_uid()
    axis = Calendars(calendars, default_uid=1).default
    numbers = {name: uid for uid, name in enumerate(names, 1)}
    tasks: list[engine.Task] = []
    assignments: list[engine.Assignment] = []
    for row, plain in zip(outline.rows, agreed, strict=True):
        task = _with_baseline(plain, row, then[plain.uid])
        done = task if task.summary else _progressed(task, happens[task.uid], axis, today)
        tasks.append(done)
        if not done.summary and done.duration is not None and done.duration.amount:
            assignments.extend(_assignments(done, row, numbers, len(assignments)))
    return engine.Plan(settings, calendars, tuple(tasks), links, people, tuple(assignments))


def _working_day_before(today: date) -> date:
    back = {0: 3, 6: 2}.get(today.weekday(), 1)
    return today - timedelta(days=back)


def _days_off(start: date) -> Iterator[engine.CalendarException]:
    """The days on which nobody works in any of the demo's countries, over two years."""
    for year in (start.year, start.year + 1):
        for name, month, day in (("New Year's Day", 1, 1), ("Christmas Day", 12, 25)):
            off = date(year, month, day)
            yield engine.CalendarException(off, off, (), name)


def _tasks(rows: Sequence[Row], levels: Sequence[int], start: date, *, agreed: bool) -> Iterator[engine.Task]:
    above: list[int] = []  # uid of the newest row of each level
    places: list[int] = []  # how many rows each level has had under the newest row above it
    for uid, row in enumerate(rows, 1):
        summary = uid < len(rows) and levels[uid] > row.level
        del above[row.level - 1 :], places[row.level :]
        places += [0] * (row.level - len(places))
        places[-1] += 1
        days = row.planned if agreed else row.real
        amount = ZERO_WORK if summary else WorkTime(round(days * _DAY))
        first = start + timedelta(days=row.starts) if row.starts is not None else None
        yield engine.Task(
            uid=uid,
            id=uid,
            name=row.name,
            duration=engine.Duration(amount),
            wbs=".".join(map(str, places)),
            outline_level=row.level,
            parent_uid=above[-1] if above else None,
            summary=summary,
            milestone=not summary and not amount,
            constraint=engine.ConstraintType.SNET if first else engine.ConstraintType.ASAP,
            constraint_date=datetime.combine(first, time(8)) if first else None,
            owner=row.owner,
            notes=row.notes,
        )
        above.append(uid)


def _links(rows: Sequence[Row]) -> Iterator[engine.Link]:
    for uid, row in enumerate(rows, 1):
        for before in row.after:
            lag = engine.Lag(WorkTime(before.lag * _DAY)) if before.lag else engine.NO_LAG
            yield engine.Link(before.row, uid, before.kind, lag)


def _with_baseline(task: engine.Task, row: Row, then: engine.ScheduledTask) -> engine.Task:
    work = None if task.summary else WorkTime(int(then.duration.tenths * sum(doer.units for doer in row.by)))
    kept = engine.TaskBaseline(0, then.start, then.finish, then.duration, work)
    due = None
    if row.grace is not None:
        due = datetime.combine(then.finish.date() + timedelta(days=row.grace), _END)
    return replace(task, baselines=(kept,), deadline=due)


def _progressed(task: engine.Task, happens: engine.ScheduledTask, axis: Axis, today: date) -> engine.Task:
    """What is known of a task that morning: finished, running with a guess at what is left, or as agreed.

    happens  when it really runs; nobody knows more of that than its past.
    """
    morning = datetime.combine(today, time())
    if happens.finish < morning:
        return replace(
            task,
            duration=engine.Duration(happens.duration),
            percent_complete=Decimal(100),
            actual_start=happens.start,
            actual_finish=happens.finish,
            actual_duration=happens.duration,
            remaining_duration=ZERO_WORK,
        )
    if happens.start >= morning or not happens.duration:
        return task
    gone = axis.work_between(happens.start, morning)
    whole = _guess(task, happens.duration, gone)
    percent = Decimal(max(5, min(95, round(gone.tenths / whole.tenths * 20) * 5)))
    done = WorkTime(int(whole.tenths * percent / 100))
    return replace(
        task,
        duration=engine.Duration(whole),
        percent_complete=percent,
        actual_start=happens.start,
        actual_duration=done,
        remaining_duration=WorkTime(whole.tenths - done.tenths),
    )


def _guess(task: engine.Task, takes: WorkTime, gone: WorkTime) -> WorkTime:
    """How long a running task is thought to take: as agreed, else a week more from now, never beyond the truth."""
    agreed = task.duration.amount if task.duration else ZERO_WORK
    return min(takes, max(agreed, WorkTime(gone.tenths + 5 * _DAY))) if takes > agreed else takes


def _assignments(task: engine.Task, row: Row, numbers: dict[str, int], made: int) -> Iterable[engine.Assignment]:
    whole = task.duration.amount.tenths if task.duration else 0
    for place, doer in enumerate(row.by, made + 1):
        work = int(whole * doer.units)
        done = int(work * task.percent_complete / 100)
        yield engine.Assignment(
            uid=place,
            task_uid=task.uid,
            resource_uid=numbers[doer.name],
            units=doer.units,
            work=WorkTime(work),
            actual_work=WorkTime(done),
            remaining_work=WorkTime(work - done),
        )
