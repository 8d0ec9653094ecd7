"""A plan beside the other work of its people: what they do elsewhere stands in the plan while it is levelled.

The other work becomes tasks with fixed dates behind the plan's own, of people whose capacity is the most that one of
their plans gives them. It never lies past a day that the caller names: else it would move the plan's finish.
Not here: which other work counts (the callers).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from headway.engine.calendars import Axis, Calendars, instant, moment
from headway.engine.capacity import plan_days
from headway.engine.levelling.order import NEVER
from headway.engine.levelling.profile import FULL, Demands, Stretch, placed_loads
from headway.engine.plan import Assignment, Duration, Plan, Schedule, Task, TaskMode
from headway.engine.units import WorkTime


@dataclass(frozen=True, slots=True)
class Taken:
    """Work of a plan's resource in another plan.

    source  says which plan. most: the units that the person has there.
    """

    resource_uid: int
    start: datetime
    finish: datetime
    units: Decimal
    source: int
    most: Decimal


@dataclass(frozen=True, slots=True)
class Beside:
    """The plan with the other work as tasks of its own; `sources` says of these, by uid, which plan they stand for."""

    plan: Plan
    sources: Mapping[int, int]
    _given: Plan
    _taken: tuple[Taken, ...]

    @property
    def axis(self) -> Axis:
        """The project's working time."""
        return Calendars(self._given.calendars, default_uid=self._given.project.calendar_uid).default

    def days_after(self, first: datetime, last: datetime) -> int:
        """Whole working days of the project between two moments, rounded up."""
        minutes = self._given.project.minutes_per_day * 10
        return -(-self.axis.work_between(first, last).tenths // minutes) if last > first else 0

    def own(self, plan: Plan) -> Plan:
        """A plan that came of this one without the other work, its people as they were given."""
        return replace(
            plan,
            tasks=tuple(task for task in plan.tasks if task.uid not in self.sources),
            assignments=tuple(item for item in plan.assignments if item.task_uid not in self.sources),
            resources=self._given.resources,
        )

    def over_work(self, plan: Plan, schedule: Schedule, *, first: date) -> WorkTime:
        """What the people of the plan have beyond their days from a day on, on days on which the plan needs them.

        plan, schedule  with or without the other work, which counts all of it.
        """
        own = self.own(plan)
        roomy = replace(own, resources=self.plan.resources)
        uids = {task.uid for task in own.tasks}
        dates = tuple(row for row in schedule.tasks if row.uid in uids)
        last = max((row.finish for row in dates), default=datetime.combine(first, time())).date()
        if last < first:
            return WorkTime(0)
        elsewhere = self._by_day(roomy, first, last)
        over = 0
        for uid, days in plan_days(roomy, replace(schedule, tasks=dates), first=first, last=last).items():
            for day in days:
                if day.planned:
                    whole = day.planned.tenths + elsewhere.get((uid, day.day), 0)
                    over += max(0, whole - day.capacity.tenths)
        return WorkTime(over)

    def _by_day(self, plan: Plan, first: date, last: date) -> dict[tuple[int, date], int]:
        demands = Demands(plan, Calendars(plan.calendars, default_uid=plan.project.calendar_uid))
        found: dict[tuple[int, date], int] = {}
        for item in self._taken:
            axis = demands.axis(item.resource_uid)
            day = max(first, item.start.date())
            while day <= min(last, item.finish.date()):
                begun = max(instant(item.start), instant(datetime.combine(day, time())))
                ended = min(instant(item.finish), instant(datetime.combine(day + timedelta(days=1), time())))
                if ended > begun:
                    key = item.resource_uid, day
                    found[key] = found.get(key, 0) + round(axis.between(begun, ended) * item.units)
                day += timedelta(days=1)
        return found


def taken_by(plan: Plan, schedule: Schedule, whose: Mapping[int, int], *, source: int, since: datetime) -> list[Taken]:
    """What another plan asks from a moment on of some of its resources.

    whose  by uid of its resource the uid in the plan that is to be levelled.
    """
    demands, placed = placed_loads(plan, schedule, resources=whose)
    most = {item.uid: item.max_units for item in plan.resources}
    found = []
    for load, _ in placed:
        uid = load.resource_uid
        if isinstance(load, Stretch):
            start, finish = moment(load.start), moment(load.finish)
        else:
            axis = demands.axis(uid)
            start, finish = moment(axis.start_at(load.first)), moment(axis.finish_at(load.last))
        if finish > since:
            units = Decimal(load.units) / FULL
            found.append(Taken(whose[uid], max(start, since), finish, units, source, most[uid]))
    return found


def beside(plan: Plan, taken: Iterable[Taken], *, until: datetime) -> Beside:
    """The plan with other work of its people, as far as it lies before a moment."""
    given = tuple(taken)
    uid = max((task.uid for task in plan.tasks), default=0)
    number = max((task.id for task in plan.tasks), default=0)
    assigned = max((item.uid for item in plan.assignments), default=0)
    tasks, assignments, sources = list(plan.tasks), list(plan.assignments), dict[int, int]()
    demands = Demands(plan, Calendars(plan.calendars, default_uid=plan.project.calendar_uid))
    for item in given:
        finish = min(item.finish, until)
        work = demands.axis(item.resource_uid).between(instant(item.start), max(instant(item.start), instant(finish)))
        if not work:
            continue
        uid, number, assigned = uid + 1, number + 1, assigned + 1
        tasks.append(_standing(uid, number, item.start, finish, WorkTime(work)))
        share = WorkTime(round(work * item.units))
        assignments.append(Assignment(assigned, uid, item.resource_uid, units=item.units, work=share))
        sources[uid] = item.source
    most = _most(given)
    resources = tuple(
        replace(one, max_units=max(one.max_units, most[one.uid])) if one.uid in most else one for one in plan.resources
    )
    whole = replace(plan, tasks=tuple(tasks), assignments=tuple(assignments), resources=resources)
    return Beside(whole, sources, plan, given)


def _standing(uid: int, number: int, start: datetime, finish: datetime, work: WorkTime) -> Task:
    """A task that keeps its dates whatever happens."""
    return Task(
        uid=uid,
        id=number,
        name="Work elsewhere",
        duration=Duration(work, "h"),
        mode=TaskMode.MANUAL,
        manual_start=start,
        manual_finish=finish,
        manual_duration=Duration(work, "h"),
        priority=NEVER,
    )


def _most(taken: Collection[Taken]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for item in taken:
        found[item.resource_uid] = max(item.most, found.get(item.resource_uid, Decimal(0)))
    return found
