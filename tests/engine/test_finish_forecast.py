"""Forecasts of the finish from a project's own history: exact examples, and what holds for any history."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from headway.engine.earned_value import PlannedSeries, earned_schedule
from headway.engine.finish_forecast import (
    DoneWeek,
    FinishedTask,
    FinishForecast,
    PastForecast,
    by_earned_schedule,
    past_error,
    ratio_of,
    shifted,
)
from headway.engine.finish_sampling import by_calibration, by_velocity, history_of
from headway.engine.measures import Unit

FRIDAY = date(2026, 3, 13)


def works(day: date) -> bool:
    return day.weekday() < 5


def after(days: int) -> date:
    """The working day so many working days after the status date."""
    day = FRIDAY
    while days:
        day += timedelta(days=1)
        days -= works(day)
    return day


def weeks(*done: float, working_days: int = 5) -> list[DoneWeek]:
    first = FRIDAY - timedelta(days=4 + 7 * (len(done) - 1))
    return [
        DoneWeek(first + timedelta(days=7 * number), Decimal(str(amount)), working_days)
        for number, amount in enumerate(done)
    ]


def finished(*ratios: float) -> list[FinishedTask]:
    return [FinishedTask(f"T{number}", Decimal(8), Decimal(str(8 * ratio))) for number, ratio in enumerate(ratios)]


def velocity(past: list[DoneWeek], remaining: float, **more: int) -> FinishForecast:
    return by_velocity(past, Decimal(str(remaining)), as_of=FRIDAY, is_working_day=works, **more)


def calibration(past: list[FinishedTask], days_left: int, tasks_left: int = 1) -> FinishForecast:
    return by_calibration(past, Decimal(days_left), tasks_left=tasks_left, as_of=FRIDAY, is_working_day=works)


# ---- earned schedule --------------------------------------------------------------------------


def in_days(earned: int, actual: int, *, cost: int | None = 100) -> FinishForecast:
    """A plan of 100 units over 20 working days, so many earned after so many days."""
    series = PlannedSeries(tuple(Decimal(5 * day) for day in range(1, 21)), Decimal(20), Unit.DAYS)
    measured = earned_schedule(
        series,
        ev=Decimal(earned),
        actual_time=Decimal(actual),
        bac=Decimal(100),
        ac=Decimal(cost) if cost is not None else None,
    )
    return by_earned_schedule(measured, as_of=FRIDAY, is_working_day=works)


def test_half_the_pace_doubles_what_is_left() -> None:
    found = in_days(25, 10, cost=50)  # ES 5, SPI(t) 0.5, CPI 0.5
    assert found.days.value == 30
    assert (found.finish, found.low, found.high) == (after(30), after(15), after(60))
    assert {one.key for one in found.inputs} >= {"es", "at", "pd", "spi_t", "eac_t_es_1", "eac_t_es_sci"}
    assert [one.name for one in found.days.inputs] == ["PD", "ES", "SPI(t)"]


def test_without_cost_the_range_is_of_the_forms_that_are_known() -> None:
    found = in_days(25, 10, cost=None)
    assert (found.low, found.high) == (after(15), after(30))


def test_a_part_of_a_day_ends_on_the_day() -> None:
    assert in_days(45, 10).days.value == pytest.approx(Decimal("12.222"), abs=Decimal("0.001"))
    assert in_days(45, 10).finish == after(13)


def test_nothing_earned_gives_no_finish_and_says_why() -> None:
    found = in_days(0, 10)
    assert (found.finish, found.low) == (None, None)
    assert "nothing has been earned" in found.reason


def test_all_earned_ends_today() -> None:
    assert in_days(100, 15).finish == FRIDAY


# ---- velocity ---------------------------------------------------------------------------------


def test_equal_weeks_leave_no_doubt() -> None:
    found = velocity(weeks(5, 5, 5, 5), 7)
    assert found.days.value == 7
    assert (found.low, found.finish, found.high) == (after(7), after(7), after(7))
    assert found.inputs[0].value == 5


def test_weeks_of_all_or_nothing_follow_the_geometric_distribution() -> None:
    found = velocity(weeks(0, 10, 0, 10), 10, runs=20_000)
    assert (found.low, found.finish, found.high) == (after(5), after(5), after(15))


def test_short_weeks_count_by_their_days() -> None:
    assert velocity(weeks(4, 4, 4, 4, working_days=4), 6).days.value == 6


def test_nothing_left_ends_today() -> None:
    assert velocity(weeks(5, 5, 5, 5), 0).finish == FRIDAY


def test_too_short_a_history_says_what_is_missing() -> None:
    assert velocity(weeks(5, 5), 7).reason == "It needs at least 4 complete weeks; there are 2 so far."
    assert velocity([], 7).reason == "It needs at least 4 complete weeks; there are none so far."


def test_weeks_without_anything_done_give_no_finish() -> None:
    assert "Nothing was finished" in velocity(weeks(0, 0, 0, 0), 7).reason
    assert "ten years" in velocity(weeks(0, 0, 0, 0.01), 1000).reason


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(st.integers(1, 20), min_size=4, max_size=10), st.integers(1, 100), st.integers(0, 9))
def test_velocity_stays_between_its_slowest_and_fastest_week(done: list[int], remaining: int, seed: int) -> None:
    found = velocity(weeks(*done), remaining, seed=seed, runs=300)
    assert found == velocity(weeks(*done), remaining, seed=seed, runs=300)
    slowest, fastest = (-(-remaining * 5 // pace) for pace in (min(done), max(done)))
    assert found.low is not None
    assert found.finish is not None
    assert found.high is not None
    assert after(fastest) <= found.low <= found.finish <= found.high <= after(slowest)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=4, max_size=8).filter(any), st.integers(1, 40))
def test_more_work_is_never_done_earlier(done: list[int], remaining: int) -> None:
    less, more = (velocity(weeks(*done), amount, runs=300) for amount in (remaining, remaining + 5))
    assert less.finish is not None
    assert more.finish is None or less.finish <= more.finish


# ---- past estimates ---------------------------------------------------------------------------


def test_tasks_that_took_half_as_long_again_stretch_the_plan() -> None:
    found = calibration(finished(1.5, 1.5, 1.5, 1.5, 1.5), 10, tasks_left=4)
    assert (found.low, found.finish, found.high) == (after(15), after(15), after(15))
    assert found.inputs[0].value == Decimal("1.5")


def test_a_single_task_left_takes_one_of_the_past_ratios() -> None:
    found = calibration(finished(1, 1, 1, 2, 2), 10)
    assert (found.low, found.finish, found.high) == (after(10), after(10), after(20))


def test_errors_of_many_tasks_even_out() -> None:
    past = finished(0.5, 1, 1, 1, 1.5, 2)
    alone, many = calibration(past, 60), calibration(past, 60, tasks_left=30)
    assert alone.low is not None
    assert many.low is not None
    assert alone.high is not None
    assert many.high is not None
    assert many.high - many.low < (alone.high - alone.low) / 2


def test_the_ratio_is_of_sums_and_not_a_mean_of_ratios() -> None:
    tasks = [FinishedTask("long", Decimal(90), Decimal(90)), FinishedTask("short", Decimal(10), Decimal(30))]
    assert ratio_of(tasks).value == Decimal("1.2")
    assert ratio_of([]).value is None


def test_too_few_finished_tasks_say_so() -> None:
    assert calibration(finished(1), 10).reason == (
        "It needs at least 5 finished tasks with an estimate; there is 1 so far."
    )


def test_the_simulation_takes_the_ratios_as_they_were() -> None:
    history = history_of(finished(2, 0.5, 1, 1, 1.5))
    assert history is not None
    assert (history.ratios, history.low, history.high) == ((2, 0.5, 1, 1, 1.5), 0.5, 2)
    assert history_of(finished(1)) is None


# ---- past error -------------------------------------------------------------------------------


def forecasts(*errors: int) -> list[PastForecast]:
    """Forecasts of the status date that came so many working days later."""
    return [PastForecast(FRIDAY - timedelta(days=30), FRIDAY, after(error)) for error in errors]


def test_the_past_error_is_said_in_a_sentence() -> None:
    early = PastForecast(FRIDAY - timedelta(days=30), after(1), FRIDAY)
    found = past_error([early, *forecasts(2, 3, 5, 6, 9)], is_working_day=works)
    assert found.errors == (-1, 2, 3, 5, 6, 9)
    assert (found.mean.value, found.low, found.high) == (4, -1, 9)
    assert found.sentence == "The last 6 forecasts were on average 4 working days early (−1 to 9)."


def test_late_and_right_forecasts_have_their_own_words() -> None:
    late = [PastForecast(FRIDAY, after(1), FRIDAY)] * 3
    assert "1 working day late" in past_error(late, is_working_day=works).sentence
    assert "on average right (0 to 0)" in past_error(forecasts(0, 0, 0), is_working_day=works).sentence


def test_too_few_forecasts_say_so_and_widen_nothing() -> None:
    found = past_error(forecasts(2), is_working_day=works)
    assert found.sentence == "It needs at least 3 past forecasts; there is 1 so far."
    assert shifted(FRIDAY, found, is_working_day=works) is None


def test_a_finish_is_widened_by_the_lowest_and_the_highest_error() -> None:
    early = PastForecast(FRIDAY, after(2), FRIDAY)
    found = past_error([early, *forecasts(0, 5)], is_working_day=works)
    assert shifted(after(10), found, is_working_day=works) == (after(8), after(15))
