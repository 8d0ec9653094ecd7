"""Work and capacity of people day by day, over any number of plans.

A person's capacity on a day is the most that a calendar of one of their plans gives, times their units there: one
client's holiday leaves the day to another. What they are asked for is the sum over all plans.
Not here: levelling (`headway.engine.levelling`), who a resource is and which project one may see (the areas).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Generic, TypeVar

from headway.engine.calendars import ELAPSED, Axis, instant, moment
from headway.engine.levelling.profile import FULL, Granularity, Stretch, in_buckets, placed_loads
from headway.engine.plan import Plan, Schedule
from headway.engine.units import WorkTime

_HUNDRED = Decimal(100)
SourceT = TypeVar("SourceT", bound=Hashable)


@dataclass(frozen=True, slots=True)
class DayWork:
    """What one plan asks of one person on a day, and what they have by its calendar.

    tasks  uids of the tasks behind it, with the work of each, where that is known.
    """

    day: date
    planned: WorkTime
    capacity: WorkTime
    tasks: tuple[tuple[int, WorkTime], ...] = ()


@dataclass(frozen=True, slots=True)
class Portion(Generic[SourceT]):
    """The days of one person in one plan; `source` says which plan."""

    source: SourceT
    days: tuple[DayWork, ...]


@dataclass(frozen=True, slots=True)
class PersonDay(Generic[SourceT]):
    """One day of a person over all plans; `shares` are the plans that ask for work, in their order."""

    day: date
    planned: WorkTime
    capacity: WorkTime
    shares: tuple[tuple[SourceT, WorkTime], ...]

    @property
    def over(self) -> bool:
        """Whether more is planned than fits."""
        return self.planned > self.capacity


@dataclass(frozen=True, slots=True)
class PersonLoad(Generic[SourceT]):
    """A person's days over all plans, in order."""

    days: tuple[PersonDay[SourceT], ...]

    @property
    def percent(self) -> Decimal | None:
        """All that is planned in percent of all capacity; None without capacity."""
        capacity = sum(day.capacity.tenths for day in self.days)
        return sum(day.planned.tenths for day in self.days) * _HUNDRED / capacity if capacity else None

    @property
    def over_days(self) -> tuple[date, ...]:
        """The days with more work than capacity."""
        return tuple(day.day for day in self.days if day.over)

    @property
    def over(self) -> bool:
        """Whether more is planned than fits, on a day or over all days."""
        percent = self.percent
        return bool(self.over_days) or (percent is not None and percent > _HUNDRED)

    def share_of(self, source: SourceT) -> WorkTime:
        """What one plan asks for."""
        return WorkTime(sum(work.tenths for day in self.days for other, work in day.shares if other == source))

    def percent_of(self, source: SourceT) -> Decimal | None:
        """That, in percent of all capacity."""
        capacity = sum(day.capacity.tenths for day in self.days)
        return self.share_of(source).tenths * _HUNDRED / capacity if capacity else None


def over_all(portions: Iterable[Portion[SourceT]]) -> PersonLoad[SourceT]:
    """One person's load over all the plans they are in; days that no portion names are left out."""
    planned: dict[date, int] = {}
    capacity: dict[date, int] = {}
    shares: dict[date, list[tuple[SourceT, WorkTime]]] = {}
    for portion in portions:
        for day in portion.days:
            planned[day.day] = planned.get(day.day, 0) + day.planned.tenths
            capacity[day.day] = max(capacity.get(day.day, 0), day.capacity.tenths)
            if day.planned:
                shares.setdefault(day.day, []).append((portion.source, day.planned))
    return PersonLoad(
        tuple(
            PersonDay(day, WorkTime(planned[day]), WorkTime(capacity[day]), tuple(shares.get(day, ())))
            for day in sorted(planned)
        )
    )


@dataclass(frozen=True, slots=True)
class Stint(Generic[SourceT]):
    """The days of one person in one plan as they are kept: tenths of a minute a day, from one day on."""

    source: SourceT
    first: date
    planned: Sequence[int]
    capacity: Sequence[int]


@dataclass(frozen=True, slots=True)
class PersonTotal(Generic[SourceT]):
    """A person's load over all plans in sums, in tenths of a minute; `shares` by plan, in their order."""

    planned: int
    capacity: int
    over_days: tuple[date, ...]
    shares: Mapping[SourceT, int]

    @property
    def percent(self) -> Decimal:
        """All that is planned in percent of all capacity; 0 without capacity."""
        return self.planned * _HUNDRED / self.capacity if self.capacity else Decimal(0)

    @property
    def over(self) -> bool:
        """Whether more is planned than fits, on a day or over all days."""
        return bool(self.over_days) or self.planned > self.capacity

    def percent_of(self, source: SourceT) -> Decimal:
        """What one plan asks for, in percent of all capacity; 0 without capacity."""
        return self.shares.get(source, 0) * _HUNDRED / self.capacity if self.capacity else Decimal(0)


def totals(stints: Iterable[Stint[SourceT]], *, first: date) -> PersonTotal[SourceT]:
    """As `over_all`, in sums alone and from a day on: for hundreds of plans at once."""
    planned: dict[int, int] = {}
    capacity: dict[int, int] = {}
    shares: dict[SourceT, int] = {}
    for stint in stints:
        share = 0
        day = (stint.first - first).days
        for work, room in zip(stint.planned, stint.capacity, strict=True):
            if day >= 0:
                share += work
                planned[day] = planned.get(day, 0) + work
                if room > capacity.get(day, -1):
                    capacity[day] = room
            day += 1
        if share:
            shares[stint.source] = shares.get(stint.source, 0) + share
    over = tuple(first + timedelta(days=day) for day in sorted(planned) if planned[day] > capacity[day])
    return PersonTotal(sum(planned.values()), sum(capacity.values()), over, shares)


def people(
    plans: Mapping[SourceT, tuple[Plan, Schedule]],
    person_of: Mapping[tuple[SourceT, int], Hashable],
    *,
    first: date,
    last: date,
) -> dict[Hashable, PersonLoad[SourceT]]:
    """Everybody's load over several scheduled plans, between two days, both inclusive.

    person_of  who a plan's resource is, by plan and resource uid; who is not named is left out.
    """
    portions: dict[Hashable, list[Portion[SourceT]]] = {}
    for source, (plan, schedule) in plans.items():
        for uid, days in plan_days(plan, schedule, first=first, last=last).items():
            person = person_of.get((source, uid))
            if person is not None:
                portions.setdefault(person, []).append(Portion(source, days))
    return {person: over_all(found) for person, found in portions.items()}


def plan_days(plan: Plan, schedule: Schedule, *, first: date, last: date) -> dict[int, tuple[DayWork, ...]]:
    """What a plan asks of each work resource between two days, both inclusive, by uid, with contours and splits."""
    demands, placed = placed_loads(plan, schedule)
    low, high = _midnight(first), _midnight(last + timedelta(days=1))
    tasks: dict[tuple[int, date], dict[int, int]] = {}
    for load, task_uid in placed:
        axis = ELAPSED if isinstance(load, Stretch) else demands.axis(load.resource_uid)
        begun, ended = (load.start, load.finish) if isinstance(load, Stretch) else (load.first, load.last)
        begun, ended = max(begun, axis.position(low)), min(ended, axis.position(high))
        for start, end, midnight, _ in in_buckets(axis, begun, ended, Granularity.DAY):
            held = tasks.setdefault((load.resource_uid, moment(midnight).date()), {})
            held[task_uid] = held.get(task_uid, 0) + (end - start) * load.units
    return {
        uid: tuple(
            _day_work(demands.axis(uid), demands.capacity(uid), day, tasks.get((uid, day), {}))
            for day in _days(first, last)
        )
        for uid in demands.resources
    }


def even_days(
    axis: Axis, units: Decimal, work: Sequence[tuple[datetime, datetime, Decimal]], *, first: date, last: date
) -> tuple[DayWork, ...]:
    """The days of a resource whose work is known by dates and units alone: spread evenly over its working time."""
    found = []
    for day in _days(first, last):
        low, high = _midnight(day), _midnight(day + timedelta(days=1))
        planned = Decimal(0)
        for start, finish, share in work:
            begun, ended = max(low, instant(start)), min(high, instant(finish))
            if ended > begun:
                planned += axis.between(begun, ended) * share
        capacity = axis.between(low, high) * units
        found.append(DayWork(day, WorkTime(round(planned)), WorkTime(round(capacity))))
    return tuple(found)


def _day_work(axis: Axis, room: int, day: date, tasks: Mapping[int, int]) -> DayWork:
    capacity = axis.between(_midnight(day), _midnight(day + timedelta(days=1))) * room
    return DayWork(
        day,
        WorkTime(round(sum(tasks.values()) / FULL)),
        WorkTime(round(capacity / FULL)),
        tuple((uid, WorkTime(round(work / FULL))) for uid, work in tasks.items()),
    )


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=step) for step in range((last - first).days + 1))


def _midnight(day: date) -> int:
    return instant(datetime.combine(day, time()))
