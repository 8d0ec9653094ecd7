"""A plan beside the other work of its people: it stands, it is gone around, and it never moves the plan's finish."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from headway.engine.calendars import standard_calendar
from headway.engine.cpm import schedule
from headway.engine.levelling.beside import Beside, Taken, beside, taken_by
from headway.engine.levelling.rules import level
from headway.engine.plan import Assignment, Duration, Plan, ProjectSettings, Resource, Task
from headway.engine.units import WorkTime

MONDAY = datetime(2026, 3, 2, 8)
FRIDAY = datetime(2026, 3, 6, 17)
DAY = WorkTime(4800)


def _plan(units: str = "1", most: str = "1") -> Plan:
    """One task of two days from Monday, done by one person."""
    return Plan(
        project=ProjectSettings(start=MONDAY, calendar_uid=1),
        calendars=(standard_calendar(),),
        tasks=(Task(1, 1, "Build", Duration(WorkTime(9600))),),
        resources=(Resource(1, 1, "Ann", max_units=Decimal(most)),),
        assignments=(Assignment(1, 1, 1, units=Decimal(units), work=WorkTime(9600)),),
    )


def _taken(finish: datetime, *, units: str = "1", most: str = "1") -> Taken:
    return Taken(1, MONDAY, finish, Decimal(units), source=7, most=Decimal(most))


def _start(found: Beside) -> datetime:
    return level(found.plan).schedule.by_uid()[1].start


def test_a_task_waits_until_the_other_work_is_done() -> None:
    found = beside(_plan(), [_taken(FRIDAY)], until=FRIDAY)
    assert _start(found) == datetime(2026, 3, 9, 8)
    assert list(found.sources.values()) == [7]


def test_what_fits_beside_it_stays() -> None:
    assert _start(beside(_plan("0.5"), [_taken(FRIDAY, units="0.5")], until=FRIDAY)) == MONDAY


def test_a_person_has_the_most_that_one_of_their_plans_gives() -> None:
    half = _plan("0.5", most="0.5")
    assert _start(beside(half, [_taken(FRIDAY, units="0.5", most="1")], until=FRIDAY)) == MONDAY


def test_other_work_ends_where_the_caller_says() -> None:
    plan = _plan()
    finish = schedule(plan).finish
    found = beside(plan, [_taken(FRIDAY)], until=finish)
    assert schedule(found.plan).finish == finish
    assert beside(plan, [_taken(FRIDAY)], until=MONDAY).sources == {}


def test_the_plan_comes_out_of_it_as_it_was() -> None:
    plan = _plan(most="0.5")
    found = beside(plan, [_taken(FRIDAY)], until=FRIDAY)
    assert found.own(found.plan) == plan


def test_hours_beyond_a_day_count_all_other_work_on_days_that_the_plan_needs() -> None:
    plan = _plan()
    found = beside(plan, [_taken(FRIDAY)], until=schedule(plan).finish)
    assert found.over_work(plan, schedule(plan), first=date(2026, 3, 2)) == WorkTime(2 * 4800)
    assert found.over_work(plan, schedule(plan), first=date(2026, 3, 3)) == WorkTime(4800)
    assert found.over_work(plan, schedule(plan), first=date(2026, 3, 9)) == WorkTime(0)


def test_what_another_plan_asks_of_somebody_from_a_day_on() -> None:
    plan = _plan("0.5")
    (found,) = taken_by(plan, schedule(plan), {1: 4}, source=9, since=datetime(2026, 3, 3))
    assert (found.resource_uid, found.source, found.units, found.most) == (4, 9, Decimal("0.5"), Decimal(1))
    assert (found.start, found.finish) == (datetime(2026, 3, 3), datetime(2026, 3, 3, 17))


def test_days_between_are_whole_and_rounded_up() -> None:
    found = beside(_plan(), [], until=FRIDAY)
    assert found.days_after(MONDAY, datetime(2026, 3, 3, 12)) == 2
    assert found.days_after(FRIDAY, MONDAY) == 0
