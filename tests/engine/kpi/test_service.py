"""Service levels, error budgets, and the business clock with the examples of its rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from headway.engine.kpi.clock import (
    ClockError,
    Hours,
    Outcome,
    Promise,
    due,
    elapsed,
    outcome,
    read_hours,
    working_days,
)
from headway.engine.kpi.proportions import wilson
from headway.engine.kpi.quality import completeness, timeliness, uniqueness, validity
from headway.engine.kpi.service import Counts, allowed_time, error_budget, kept, projected, used_by

D = Decimal
HOUR = 3600
NEW_YORK = ZoneInfo("America/New_York")
C = Hours(NEW_YORK, read_hours("Mon-Fri 09:00-17:30"), frozenset({date(2026, 11, 26)}))
NIGHT = Hours(NEW_YORK, read_hours("Mon-Sun 22:00-06:00"))


def ny(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=NEW_YORK)


# --- counts and budgets


def test_open_and_overdue_counts_as_missed_and_not_due_is_left_out() -> None:
    counts = Counts(met=41, missed=3, overdue=2, open=6)
    assert counts.judged == 46
    found = kept(counts)
    assert found is not None
    assert round(found, 1) == D("89.1")


def test_attainment_of_rule_11_and_of_nothing() -> None:
    assert kept(Counts(met=47, missed=3)) == 94
    assert kept(Counts(open=3, paused=2)) is None
    assert kept(Counts(1, 1) + Counts(2, 0, 1, 4)) == 60


def test_error_budget_of_480_orders() -> None:
    found = error_budget(D(97), 480, 9)
    assert kept(Counts(met=471, missed=9)) == D("98.125")
    assert found.budget == D("14.4")
    assert found.consumed == D("62.5")
    assert found.burn == D("0.625")
    assert not found.exhausted


def test_a_target_of_everything_has_no_budget() -> None:
    clean, missed = error_budget(D(100), 10, 0), error_budget(D(100), 10, 1)
    assert (clean.budget, clean.consumed, clean.exhausted) == (0, None, False)
    assert (missed.consumed, missed.burn, missed.exhausted) == (None, None, True)
    assert projected(D(100), 10, 0, 20) is None


def test_the_budget_of_availability_and_of_burn_alerts() -> None:
    month = timedelta(days=30)
    assert allowed_time(D("99.9"), month) == timedelta(minutes=43, seconds=12)
    assert used_by(D("14.4"), timedelta(hours=1), month) == 2
    assert used_by(D(6), timedelta(hours=6), month) == 5
    assert used_by(D(1), timedelta(days=3), month) == 10


def test_the_projection_at_the_end_of_the_period_has_a_range() -> None:
    found = projected(D(97), 240, 9, 480)
    assert found is not None
    assert found.consumed == D("62.5")
    assert found.share == 50
    assert found.expected == 125
    assert found.consumed < found.low < found.expected < found.high
    over = projected(D(97), 480, 9, 480)
    assert over is not None
    assert over.low == over.high == over.expected == D("62.5")


# --- the business clock


def test_business_time_is_counted_over_a_change_of_the_clocks() -> None:
    assert due(C, Promise(ny(2026, 3, 6, 16)), 4 * HOUR) == datetime(2026, 3, 9, 15, 30, tzinfo=UTC)


def test_a_case_of_the_weekend_starts_at_the_next_opening() -> None:
    assert due(C, Promise(ny(2026, 3, 7, 12)), HOUR) == ny(2026, 3, 9, 10)


def test_a_pause_takes_away_its_business_time() -> None:
    asked = Promise(ny(2026, 11, 23, 10))
    assert due(C, asked, 16 * HOUR) == ny(2026, 11, 24, 17, 30)
    paused = Promise(asked.start, pauses=((ny(2026, 11, 24, 11), ny(2026, 11, 25, 15)),))
    assert due(C, paused, 16 * HOUR) == ny(2026, 11, 27, 13)
    halves = ((ny(2026, 11, 24, 11), ny(2026, 11, 25, 9)), (ny(2026, 11, 24, 20), ny(2026, 11, 25, 15)))
    assert due(C, Promise(asked.start, pauses=halves), 16 * HOUR) == ny(2026, 11, 27, 13)


def test_months_on_hold_and_then_closed_are_left_out() -> None:
    closed = Promise(ny(2026, 2, 2, 9), ny(2026, 8, 3, 9), pauses=((ny(2026, 2, 2, 10), None),))
    assert elapsed(C, closed, closed.stop or closed.start) == HOUR


@pytest.mark.parametrize(
    ("start", "stop", "hours"),
    [
        (ny(2026, 10, 31, 22), ny(2026, 11, 1, 5), 8),
        (ny(2026, 10, 31, 22), ny(2026, 11, 1, 6), 9),
        (ny(2026, 3, 7, 22), ny(2026, 3, 8, 6), 7),
    ],
)
def test_a_night_is_as_long_as_it_is(start: datetime, stop: datetime, hours: int) -> None:
    assert elapsed(NIGHT, Promise(start, stop), stop) == hours * HOUR


def test_half_days_are_days_of_their_own() -> None:
    eve = Hours(
        NEW_YORK,
        read_hours("Mon-Fri 09:00-17:30"),
        frozenset({date(2026, 12, 25)}),
        {date(2026, 12, 24): ((540, 780),)},
    )
    assert due(eve, Promise(ny(2026, 12, 24, 11)), 5 * HOUR) == ny(2026, 12, 28, 12)
    assert working_days(eve, date(2026, 12, 21), date(2026, 12, 27)) == 4


def test_elapsed_of_the_report_is_business_time() -> None:
    office = Hours(NEW_YORK, read_hours("Mon-Fri 09:00-17:00"))
    found = Promise(ny(2026, 2, 6, 16, 30), ny(2026, 2, 9, 9, 45))
    assert elapsed(office, found, ny(2026, 2, 9, 9, 45)) == 1.25 * HOUR


TEN_TO_SIX = Hours(ZoneInfo("UTC"), read_hours("Mon-Fri 10:00-18:00"), frozenset({date(2019, 3, 5)}))


@pytest.mark.parametrize(
    ("start", "four", "six"),
    [((4, 12), (4, 16), (4, 18)), ((4, 7), (4, 14), (4, 16)), ((4, 20), (6, 14), (6, 16)), ((4, 14), (4, 18), (6, 12))],
)
def test_due_times_over_a_holiday(start: tuple[int, int], four: tuple[int, int], six: tuple[int, int]) -> None:
    def at(day: tuple[int, int]) -> datetime:
        return datetime(2019, 3, *day, tzinfo=UTC)

    promise = Promise(at(start))
    assert (due(TEN_TO_SIX, promise, 4 * HOUR), due(TEN_TO_SIX, promise, 6 * HOUR)) == (at(four), at(six))


def test_a_pause_outside_hours_moves_nothing() -> None:
    day = datetime(2020, 3, 4, tzinfo=UTC)
    pause = (day + timedelta(hours=4, minutes=15), day + timedelta(hours=5))
    assert due(TEN_TO_SIX, Promise(day + timedelta(hours=4), pauses=(pause,)), 6 * HOUR) == day + timedelta(hours=16)


@pytest.mark.parametrize(
    ("created", "seconds"),
    [
        (6, (28_800, 32_400, 57_600, 86_400, 90_000, 115_200)),
        (12, (21_600, 25_200, 50_400, 79_200, 82_800, 108_000)),
        (20, (0, 3_600, 28_800, 57_600, 61_200, 86_400)),
    ],
)
def test_elapsed_seconds_until_the_next_and_the_third_day(created: int, seconds: tuple[int, ...]) -> None:
    start = datetime(2021, 6, 28, created, tzinfo=UTC)
    stops = [datetime(2021, month, day, hour, tzinfo=UTC) for month, day in ((6, 29), (7, 1)) for hour in (6, 11, 20)]
    assert tuple(elapsed(TEN_TO_SIX, Promise(start, stop), stop) for stop in stops) == seconds


@pytest.mark.parametrize(
    ("start", "stop", "seconds"),
    [
        ((28, 11), (28, 12), 3_600),
        ((28, 12), (28, 20), 21_600),
        ((28, 6), (28, 12), 7_200),
        ((28, 19), (28, 20), 0),
        ((27, 10), (27, 11), 0),
        ((25, 6), (26, 11), 28_800),
        ((25, 12), (27, 11), 21_600),
        ((25, 20), (26, 11), 0),
    ],
)
def test_elapsed_seconds_of_a_day_and_a_weekend(start: tuple[int, int], stop: tuple[int, int], seconds: int) -> None:
    begins, ends = (datetime(2021, 6, *one, tzinfo=UTC) for one in (start, stop))
    assert elapsed(TEN_TO_SIX, Promise(begins, ends), ends) == seconds


def test_a_promise_is_kept_to_the_second() -> None:
    start = datetime(2021, 6, 28, 10, tzinfo=UTC)
    in_time, late = start + timedelta(hours=1), start + timedelta(hours=1, seconds=1)
    assert outcome(TEN_TO_SIX, Promise(start, in_time), HOUR, late) is Outcome.MET
    assert outcome(TEN_TO_SIX, Promise(start, late), HOUR, late) is Outcome.MISSED
    assert outcome(TEN_TO_SIX, Promise(start), HOUR, in_time) is Outcome.OPEN
    assert outcome(TEN_TO_SIX, Promise(start), HOUR, late) is Outcome.OVERDUE
    assert outcome(TEN_TO_SIX, Promise(start, pauses=((start, None),)), HOUR, late) is Outcome.PAUSED


def test_hours_as_people_write_them() -> None:
    week = read_hours("Mon-Thu 09:00-12:00, 13:00-17:30; Fri 9-13; Sat 22:00-06:00")
    assert week[0] == ((540, 720), (780, 1050))
    assert week[4] == ((540, 780),)
    assert week[5] == ((1320, 1800),)
    assert week[6] == ()
    for wrong in ("", "Mon", "Xyz 9-17", "Fri-Mon 9-17", "Mon 9-25", "Mon 9:75-17", "Mon nine-17"):
        with pytest.raises(ClockError):
            read_hours(wrong)
    with pytest.raises(ClockError):
        due(TEN_TO_SIX, Promise(datetime(2021, 6, 28, tzinfo=UTC)), 0)


# --- quality


def test_each_measure_says_how_many_rows_it_could_not_judge() -> None:
    assert completeness("value", ["1", "", None, "2"]).percent == 50
    right = validity("value", [True, False, None, True])
    assert (right.good, right.of, right.unjudged) == (2, 3, 1)
    single = uniqueness("period", ["a", "a", "b", None])
    assert (single.good, single.of, single.unjudged) == (1, 3, 1)
    assert timeliness("period", [None, None]).percent is None


def test_quality_of_a_pipeline_of_8800_rows() -> None:
    # Counts of a public export: GTXPro for GTX Pro in 1,480 rows, 500 without an engage date, 1,425 without an account.
    in_catalogue = validity("product", [False] * 1480 + [True] * 7320)
    assert (in_catalogue.good, in_catalogue.of, in_catalogue.unjudged) == (7320, 8800, 0)
    engaged = completeness("engage_date", [None] * 500 + ["2016-10-20"] * 8300)
    assert (engaged.good, engaged.of) == (8300, 8800)
    accounts = completeness("account", [""] * 1425 + ["Acme"] * 7375)
    assert round(accounts.percent or 0, 1) == D("83.8")
    # A close date is wanted of closed deals alone: of 2,089 open ones nothing is judged, and none is a fault.
    closed = validity("close_date", [None] * 2089 + [True] * 6711)
    assert (closed.percent, closed.unjudged) == (100, 2089)


def test_a_deal_won_before_its_first_contact_is_one_wrong_row() -> None:
    won = [(date(2018, 3, 1), date(2018, 3, 3))] + [(date(2018, 3, 9), date(2018, 3, 3))] * 841
    ordered = validity("won_date", [closing >= contact for closing, contact in won])
    assert (ordered.of - ordered.good, ordered.of) == (1, 842)


def test_blank_origins_are_not_there_and_unknown_ones_are_a_bucket_without_a_rank() -> None:
    origins = [""] * 60 + ["unknown"] * 1099 + ["paid_search"] * 6841
    assert completeness("origin", origins).good == 7940
    known = validity("origin", [None if one == "" else one != "unknown" for one in origins])
    assert (known.of - known.good, known.unjudged) == (1099, 60)
    assert round(wilson(179, 1099).share * 100, 1) == D("16.3")
