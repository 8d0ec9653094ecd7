"""Working-time arithmetic: examples of the specification, and properties against counting minute by minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.plan_builder import NIGHT, ROUND_THE_CLOCK, STANDARD, at, days
from tests.examples import examples

from headway.engine.calendars import (
    ELAPSED,
    Axis,
    CalendarAxis,
    Calendars,
    UnionAxis,
    has_work,
    instant,
    moment,
    occurrences,
    standard_calendar,
)
from headway.engine.plan import Calendar, CalendarException, PlanError, Recurrence, Shift, WorkWeek
from headway.engine.units import WorkTime

MORNING = (Shift(time(8), time(12)),)
NOTHING: tuple[Shift, ...] = ()
FIRST_TUESDAY_OF_MARCH = Recurrence("yearly_weekday", 1, (1,), month=3, position=1)


def axis(*chain: Calendar) -> Axis:
    return CalendarAxis(chain)


def closed(first: date, last: date | None = None, **fields: object) -> CalendarException:
    return CalendarException(first, last or first, **fields)  # type: ignore[arg-type]


def test_instants_keep_six_seconds() -> None:
    assert moment(instant(datetime(2006, 9, 8, 9, 8, 24))) == datetime(2006, 9, 8, 9, 8, 24)


def test_instants_round_to_the_nearest_six_seconds() -> None:
    assert moment(instant(datetime(2026, 1, 5, 8, 0, 4))) == datetime(2026, 1, 5, 8, 0, 6)
    assert moment(instant(datetime(2026, 1, 5, 8, 0, 2))) == datetime(2026, 1, 5, 8, 0, 0)


def test_one_gap_has_two_ends() -> None:
    standard = axis(STANDARD)
    assert standard.next_work_start(at(9, 17)) == at(12)  # Friday evening to Monday
    assert standard.previous_work_finish(at(12)) == at(9, 17)
    assert standard.next_work_start(at(10, 11)) == at(12)
    assert standard.previous_work_finish(at(10, 11)) == at(9, 17)


def test_instants_inside_work_stay() -> None:
    standard = axis(STANDARD)
    assert standard.next_work_start(at(9, 10, 30)) == at(9, 10, 30)
    assert standard.previous_work_finish(at(9, 10, 30)) == at(9, 10, 30)


def test_work_ends_at_five_not_at_eight_the_next_day() -> None:
    assert axis(STANDARD).add_work(at(5), days(1)) == at(5, 17)
    assert axis(STANDARD).add_work(at(5), days(5)) == at(9, 17)
    assert axis(STANDARD).add_work(at(5, 17), days(-1)) == at(5)


def test_no_work_leaves_the_date() -> None:
    assert axis(STANDARD).add_work(at(10, 3), WorkTime(0)) == at(10, 3)


def test_work_between_is_signed() -> None:
    standard = axis(STANDARD)
    assert standard.work_between(at(9, 16), at(12, 9)) == WorkTime.from_hours(2)
    assert standard.work_between(at(12, 9), at(9, 16)) == WorkTime.from_hours(-2)


def test_night_shift_runs_over_midnight() -> None:
    assert axis(NIGHT).add_work(at(5), days(1)) == at(6, 8)
    assert axis(NIGHT).next_work_start(at(10, 8)) == at(12, 23)


def test_round_the_clock_has_no_gap() -> None:
    assert axis(ROUND_THE_CLOCK).add_work(at(9, 17), WorkTime.from_hours(48)) == at(11, 17)


def test_elapsed_time_is_the_clock() -> None:
    assert ELAPSED.add_work(at(9, 17), WorkTime.from_hours(24)) == at(10, 17)
    assert ELAPSED.next_work_start(at(10, 3)) == at(10, 3)


def test_the_table_grows_on_demand_both_ways() -> None:
    standard = axis(STANDARD)
    assert standard.next_work_start(at(5)) == at(5)
    assert standard.add_work(at(5), days(260 * 60)) > datetime(2085, 1, 1)
    assert standard.add_work(at(5, 17), days(-260 * 60)) < datetime(1967, 1, 1)
    assert standard.work_between(datetime(1950, 1, 2, 8), datetime(1950, 1, 2, 17)) == days(1)


def test_growing_backward_keeps_positions() -> None:
    standard = axis(STANDARD)
    here = standard.position(instant(at(5)))
    standard.position(instant(datetime(1950, 1, 2, 8)))
    assert standard.position(instant(at(5))) == here


def test_a_date_beyond_the_axis_is_an_error() -> None:
    with pytest.raises(PlanError, match="1800 to 2599"):
        axis(STANDARD).next_work_start(datetime(2700, 1, 1))


def test_exception_beats_work_week_beats_week() -> None:
    half_days = WorkWeek(date(2026, 1, 5), date(2026, 1, 11), (MORNING,) * 7)
    calendar = Calendar(1, "C", STANDARD.days, (closed(date(2026, 1, 7)),), (half_days,))
    week = axis(calendar)
    assert week.add_work(at(5), days(1)) == at(6, 12)  # two mornings
    assert week.add_work(at(5), days(1.5)) == at(8, 12)  # Wednesday is closed
    assert week.next_work_start(at(10)) == at(10)  # the work week opens Saturday
    assert week.next_work_start(at(17)) == at(19)  # the default week does not


def test_a_work_week_keeps_the_default_for_days_it_does_not_name() -> None:
    week = WorkWeek(date(2026, 1, 5), date(2026, 1, 11), (None, NOTHING, None, None, None, None, None))
    assert axis(Calendar(1, "C", STANDARD.days, (), (week,))).add_work(at(5), days(2)) == at(7, 17)


def test_exceptions_may_add_work() -> None:
    calendar = Calendar(1, "C", STANDARD.days, (closed(date(2026, 1, 10), shifts=MORNING),))
    assert axis(calendar).add_work(at(9), days(1.5)) == at(10, 12)


def test_derived_calendar_fills_its_gaps_from_its_base() -> None:
    base = Calendar(1, "Base", STANDARD.days, (closed(date(2026, 1, 6)),))
    derived = Calendar(9, "Ann", (None, None, NOTHING, None, None, MORNING, None), base_uid=1)
    ann = Calendars([base, derived]).axis(9)
    assert ann.add_work(at(5), days(1)) == at(5, 17)
    assert ann.add_work(at(5), days(2)) == at(8, 17)  # Tuesday closed by the base, Wednesday by Ann
    assert ann.next_work_start(at(10)) == at(10)


def test_own_exception_beats_the_bases() -> None:
    base = Calendar(1, "Base", STANDARD.days, (closed(date(2026, 1, 6)),))
    derived = Calendar(9, "Ann", (None,) * 7, (closed(date(2026, 1, 6), shifts=MORNING),), base_uid=1)
    assert Calendars([base, derived]).axis(9).add_work(at(5), days(1.5)) == at(6, 12)


def test_own_day_beats_the_bases_work_week() -> None:
    base = Calendar(1, "Base", STANDARD.days, (), (WorkWeek(date(2026, 1, 5), date(2026, 1, 11), (MORNING,) * 7),))
    derived = Calendar(9, "Ann", (STANDARD.days[0], *(None,) * 6), base_uid=1)
    assert Calendars([base, derived]).axis(9).add_work(at(5), days(1.5)) == at(6, 12)


def test_a_single_stretch_beats_a_recurring_exception() -> None:
    fridays = closed(date(2026, 1, 2), date(2026, 12, 31), recurrence=Recurrence("weekly", weekdays=(4,)))
    open_friday = closed(date(2026, 1, 9), shifts=STANDARD.days[0])
    for order in ((fridays, open_friday), (open_friday, fridays)):
        friday = axis(Calendar(1, "C", STANDARD.days, order))
        assert friday.next_work_start(at(9)) == at(9)
        assert friday.next_work_start(at(16)) == at(19)


@pytest.mark.parametrize(
    ("first", "last", "recurrence", "expected"),
    [
        ("2000-02-01", "2000-02-10", Recurrence("daily", 3, occurrences=4), ["02-01", "02-04", "02-07", "02-10"]),
        ("2001-01-01", "2001-02-13", Recurrence("weekly", 2, (1,)), ["01-02", "01-16", "01-30", "02-13"]),
        # Weeks begin on Sunday: Sunday 7 January is already the second week.
        ("2001-01-01", "2001-04-30", Recurrence("weekly", 7, (6,)), ["02-18", "04-08"]),
        ("2002-01-01", "2002-05-06", Recurrence("monthly_weekday", 2, (0,), position=1), ["01-07", "03-04", "05-06"]),
        ("2002-01-01", "2003-01-31", Recurrence("monthly_weekday", 6, (4,), position=5), ["01-25", "07-26", "01-31"]),
        ("2003-01-04", "2003-11-04", Recurrence("monthly_day", 5, day=4), ["01-04", "06-04", "11-04"]),
        ("2003-01-31", "2003-06-30", Recurrence("monthly_day", 1, day=31), ["01-31", "03-31", "05-31"]),
        (
            "2004-01-01",
            "2006-12-31",
            Recurrence("yearly_weekday", 1, (1,), month=3, position=1),
            ["03-02", "03-01", "03-07"],
        ),
        # The last working weekday, the first day of the weekend, the third day of any kind.
        (
            "2026-01-01",
            "2026-03-31",
            Recurrence("monthly_weekday", 1, tuple(range(5)), position=5),
            ["01-30", "02-27", "03-31"],
        ),
        ("2026-01-01", "2026-03-31", Recurrence("monthly_weekday", 1, (5, 6), position=1), ["01-03", "02-01", "03-01"]),
        (
            "2026-01-01",
            "2026-03-31",
            Recurrence("monthly_weekday", 1, tuple(range(7)), position=3),
            ["01-03", "02-03", "03-03"],
        ),
        ("2005-01-01", "2007-02-01", Recurrence("yearly_day", day=1, month=2), ["02-01"] * 3),
        ("2004-01-01", "2009-01-01", Recurrence("yearly_day", day=29, month=2), ["02-29"] * 2),
    ],
)
def test_every_kind_of_recurrence(first: str, last: str, recurrence: Recurrence, expected: list[str]) -> None:
    found = occurrences(closed(date.fromisoformat(first), date.fromisoformat(last), recurrence=recurrence))
    assert [f"{day:%m-%d}" for day in found] == expected


def test_every_second_friday_off_for_years() -> None:
    """1,305 d from 1 January 2021 with every second Friday off from 12 May 2023 end on 20 April 2026."""
    off = closed(date(2023, 5, 12), date(2044, 5, 27), recurrence=Recurrence("weekly", 2, (4,), occurrences=550))
    calendar = axis(Calendar(1, "TEST", STANDARD.days, (off,)))
    assert calendar.add_work(datetime(2021, 1, 1, 8), days(1305)) == datetime(2026, 4, 20, 17)


def test_intersection_is_common_time() -> None:
    calendars = Calendars([STANDARD, ROUND_THE_CLOCK, NIGHT])
    common = calendars.intersection(calendars.axis(1), calendars.axis(2))
    assert common.add_work(at(9), days(2)) == at(12, 17)
    assert calendars.intersection(calendars.axis(1), calendars.axis(1)) is calendars.axis(1)


def test_intersection_may_be_empty() -> None:
    calendars = Calendars([STANDARD, NIGHT])
    common = calendars.intersection(calendars.axis(1), calendars.axis(3))
    assert not has_work(common, instant(at(5)))
    with pytest.raises(PlanError, match=r"'Standard' and 'Night Shift'.*no working time"):
        common.next_work_start(at(5))


def test_union_is_any_time() -> None:
    either = UnionAxis([axis(STANDARD), axis(NIGHT)])
    assert either.work_between(at(6, 0), at(7, 0)) == WorkTime.from_hours(8 + 8)
    assert either.next_work_start(at(6, 12, 30)) == at(6, 13)


def test_a_calendar_without_working_time_is_an_error() -> None:
    with pytest.raises(PlanError, match="'Empty' has no working time"):
        axis(Calendar(1, "Empty", (NOTHING,) * 7)).next_work_start(at(5))


def test_bases_in_a_ring_are_an_error() -> None:
    one, two = (Calendar(uid, name, (None,) * 7, base_uid=3 - uid) for uid, name in ((1, "One"), (2, "Two")))
    with pytest.raises(PlanError, match="ring: 'One' → 'Two'"):
        Calendars([one, two])


def test_an_unknown_base_is_an_error() -> None:
    with pytest.raises(PlanError, match="base of 'Ann'"):
        Calendars([Calendar(9, "Ann", (None,) * 7, base_uid=77)])


def test_equal_calendars_share_an_axis() -> None:
    calendars = Calendars([STANDARD, Calendar(9, "Ann", (None,) * 7, base_uid=1), standard_calendar(10, "Bob")])
    assert calendars.axis(9) is calendars.axis(1) is calendars.axis(10)


_shifts = st.lists(st.integers(0, 23), min_size=2, max_size=6, unique=True).map(
    lambda hours: tuple(Shift(time(a), time(b)) for a, b in zip(sorted(hours)[::2], sorted(hours)[1::2], strict=False))
)
_weeks = st.lists(st.one_of(st.just(NOTHING), _shifts), min_size=6, max_size=6).map(
    lambda week: Calendar(1, "C", ((Shift(time(9), time(10)),), *week))
)
_moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 1)).map(lambda d: d.replace(second=0, microsecond=0))


def _works(calendar: Calendar, now: datetime) -> bool:
    return any(shift.start <= now.time() < shift.end for shift in calendar.days[now.weekday()] or ())


@settings(max_examples=examples(60), deadline=None)
@given(_weeks, _moments, st.integers(1, 60 * 40))
def test_work_between_counts_the_working_minutes(calendar: Calendar, start: datetime, minutes: int) -> None:
    counted = sum(_works(calendar, start + timedelta(minutes=number)) for number in range(minutes))
    assert axis(calendar).work_between(start, start + timedelta(minutes=minutes)) == WorkTime(counted * 10)


@settings(max_examples=examples(200), deadline=None)
@given(_weeks, _moments, st.integers(1, 100_000))
def test_adding_and_taking_away_meet(calendar: Calendar, start: datetime, tenths: int) -> None:
    line = axis(calendar)
    begun = line.next_work_start(start)
    ended = line.add_work(begun, WorkTime(tenths))
    assert line.work_between(begun, ended) == WorkTime(tenths)
    assert line.add_work(ended, WorkTime(-tenths)) == begun
    assert line.previous_work_finish(ended) == ended


@settings(max_examples=examples(200), deadline=None)
@given(_weeks, _moments)
def test_start_and_finish_bracket_the_instant(calendar: Calendar, now: datetime) -> None:
    line = axis(calendar)
    before, after = line.previous_work_finish(now), line.next_work_start(now)
    assert before <= now <= after
    assert line.work_between(before, after) == WorkTime(0)


@settings(max_examples=examples(60), deadline=None)
@given(_weeks, _weeks, _moments, st.integers(1, 60 * 40))
def test_common_working_time_counts_the_minutes_that_both_work(
    one: Calendar, other: Calendar, start: datetime, minutes: int
) -> None:
    moments = [start + timedelta(minutes=number) for number in range(minutes)]
    counted = sum(_works(one, now) and _works(other, now) for now in moments)
    calendars = Calendars([one, replace(other, uid=2)])
    common = calendars.intersection(calendars.axis(1), calendars.axis(2))
    assert common.work_between(start, start + timedelta(minutes=minutes)) == WorkTime(counted * 10)


@settings(max_examples=examples(60), deadline=None)
@given(_weeks, _moments, st.integers(1, 60 * 24 * 9))
def test_stretches_are_the_work_periods_cut_off_at_both_ends(calendar: Calendar, start: datetime, minutes: int) -> None:
    line = axis(calendar)
    first, last = instant(start), instant(start + timedelta(minutes=minutes))
    found = list(line.stretches(first, last))
    edges = [edge for stretch in found for edge in stretch]
    assert all(first <= edge <= last for edge in edges)
    assert all(before < after for before, after in pairwise(edges))
    assert sum(ended - begun for begun, ended in found) == line.between(first, last)


def test_elapsed_time_has_a_stretch_each_day() -> None:
    first, noon = instant(at(5, 12)), instant(at(6, 12))
    assert list(ELAPSED.stretches(first, noon)) == [(first, instant(at(6, 0))), (instant(at(6, 0)), noon)]
    assert list(ELAPSED.stretches(noon, first)) == []
