"""People's work and capacity day by day over several plans, on examples worked by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.engine.plan_builder import MONDAY, STANDARD, assignment, at, plan, resource, task

from headway.engine.calendars import Calendars
from headway.engine.capacity import DayWork, Portion, Stint, even_days, over_all, people, plan_days, totals
from headway.engine.cpm import schedule
from headway.engine.plan import Plan, Schedule, WorkContour
from headway.engine.units import WorkTime

FIRST = MONDAY.date()
FRIDAY = FIRST + timedelta(days=4)


def hours(number: float) -> WorkTime:
    return WorkTime.from_hours(number)


def both(wanted: Plan) -> tuple[Plan, Schedule]:
    return wanted, schedule(wanted)


def one(units: str = "1", length: float = 1, uid: int = 1) -> Plan:
    """One person on one task of so many days."""
    return plan(
        task(uid, length),
        resources=(resource(1, 1),),
        assignments=(assignment(uid, 1, length * 8 * float(units), units),),
    )


def test_a_day_has_the_work_of_its_tasks_and_the_capacity_of_the_calendar() -> None:
    wanted = plan(
        task(1, 1),
        task(2, 2),
        resources=(resource(1, 1, max_units=Decimal("0.5")),),
        assignments=(assignment(1, 1, 8), assignment(2, 1, 4, "0.25")),
    )
    days = plan_days(*both(wanted), first=FIRST, last=FIRST + timedelta(days=5))[1]
    assert days[0] == DayWork(FIRST, hours(10), hours(4), ((1, hours(8)), (2, hours(2))))
    assert (days[1].planned, days[1].capacity) == (hours(2), hours(4))
    assert (days[5].planned, days[5].capacity) == (hours(0), hours(0))  # Saturday


def test_a_contour_lies_on_its_days() -> None:
    wanted = plan(
        task(1, 10),
        resources=(resource(1, 1),),
        assignments=(assignment(1, 1, 48, contour=WorkContour.FRONT_LOADED),),
    )
    days = plan_days(*both(wanted), first=FIRST, last=FIRST + timedelta(days=11))[1]
    worked = [day.planned.hours for day in days if day.planned]
    assert worked == [8, 8, 8, 6, 6, 4, 4, Decimal(2), Decimal("1.2"), Decimal("0.8")]


def test_two_plans_that_fit_each_alone_are_too_much_together() -> None:
    plans = {"SITE": both(one("0.75")), "SHOP": both(one("0.5", 2))}
    ana = people(plans, {("SITE", 1): "Ana", ("SHOP", 1): "Ana"}, first=FIRST, last=FRIDAY)["Ana"]
    assert ana.over_days == (FIRST,)
    assert ana.days[0].shares == (("SITE", hours(6)), ("SHOP", hours(4)))
    assert ana.percent == Decimal(35)
    assert (ana.share_of("SHOP"), ana.percent_of("SHOP")) == (hours(8), Decimal(20))
    apart = people(plans, {("SITE", 1): "Ana", ("SHOP", 1): "Bo"}, first=FIRST, last=FRIDAY)
    assert not apart["Ana"].over
    assert not apart["Bo"].over


def test_who_is_no_person_is_left_out() -> None:
    assert people({"SITE": both(one())}, {}, first=FIRST, last=FRIDAY) == {}


def test_capacity_is_the_most_a_plan_gives_and_not_the_sum() -> None:
    whole = Portion("A", (DayWork(FIRST, hours(5), hours(8)),))
    half = Portion("B", (DayWork(FIRST, hours(2), hours(4)), DayWork(FRIDAY, hours(1), hours(0))))
    load = over_all([whole, half])
    assert [(day.day, day.planned, day.capacity) for day in load.days] == [
        (FIRST, hours(7), hours(8)),
        (FRIDAY, hours(1), hours(0)),
    ]
    assert load.over_days == (FRIDAY,)
    assert load.percent == Decimal(100)
    assert load.over


def test_nobody_is_over_without_work_and_nothing_is_a_percent_of_nothing() -> None:
    load = over_all([Portion("A", (DayWork(FIRST, hours(0), hours(0)),))])
    assert not load.over
    assert load.percent is None
    assert load.percent_of("A") is None


def test_sums_alone_say_the_same_from_a_day_on() -> None:
    portions = [
        Portion("A", (DayWork(FIRST, hours(9), hours(8)), DayWork(FRIDAY, hours(5), hours(8)))),
        Portion("B", (DayWork(FRIDAY, hours(4), hours(6)),)),
        Portion("C", (DayWork(FRIDAY, hours(0), hours(6)),)),
    ]
    stints = [
        Stint(part.source, day.day, (day.planned.tenths,), (day.capacity.tenths,))
        for part in portions
        for day in part.days
    ]
    whole, found = over_all(portions), totals(stints, first=FIRST)
    assert (found.percent, found.over_days, found.over) == (whole.percent, whole.over_days, whole.over)
    assert found.percent_of("B") == whole.percent_of("B") == Decimal(25)
    assert "C" not in found.shares
    later = totals(stints, first=FRIDAY)
    assert (later.planned, later.over_days) == (hours(9).tenths, (FRIDAY,))
    assert totals([], first=FIRST).percent == 0


def test_work_known_by_dates_alone_is_spread_over_working_time() -> None:
    axis = Calendars([STANDARD]).default
    work = [(at(5), at(6, 12), Decimal(1)), (at(6), datetime(2026, 1, 6, 17), Decimal("0.5"))]
    days = even_days(axis, Decimal(1), work, first=FIRST, last=date(2026, 1, 7))
    assert [(day.planned, day.capacity) for day in days] == [
        (hours(8), hours(8)),
        (hours(8), hours(8)),
        (hours(0), hours(8)),
    ]
