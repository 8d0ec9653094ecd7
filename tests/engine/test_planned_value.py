"""Planned value over time, and earned value by each method."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.engine.measures import Unit
from headway.engine.planned_value import (
    PlannedTask,
    PlannedValueError,
    Progress,
    ProgressMethod,
    Weight,
    day_periods,
    earned_amount,
    earned_from_timephased,
    percent_complete,
    planned_curve,
    week_periods,
)

D = Decimal
MONDAY = date(2026, 3, 2)


def workdays(first: date, count: int) -> list[date]:
    days = (first + timedelta(days=step) for step in range(count * 2 + 7))
    return [day for day in days if day.weekday() < 5][:count]


def progress(method: ProgressMethod, **more) -> Progress:
    return Progress(method, "Ana Ruiz", MONDAY, **more)


@pytest.mark.parametrize(
    ("daily", "percent", "earned"),
    [
        ([50] * 8, 25, 100),
        ([50] * 8, 50, 200),
        ([10, 10, 20, 20], 50, 20),
        ([10, 10, 20, 20], 75, 40),
        ([25] * 4, 60, 60),
        ([25] * 4, 100, 100),
        ([], 50, 0),
    ],
)
def test_microsoft_project_budgeted_cost_of_work_performed(daily, percent, earned):
    assert earned_from_timephased([D(one) for one in daily], D(percent)) == earned


def test_microsoft_project_budgeted_cost_of_work_scheduled():
    days = workdays(MONDAY, 4)
    curve = planned_curve([PlannedTask("Four days", days[0], days[-1], D(100))], day_periods(days), unit=Unit.DAYS)
    assert curve.planned_value_at(date(2026, 3, 4)) == 75


def test_percentage_outside_its_range_is_refused():
    with pytest.raises(PlannedValueError, match="101 %"):
        earned_from_timephased([D(1)], D(101))


def test_planned_value_by_week_with_days_off_between():
    days = [day for day in workdays(MONDAY, 15) if day != date(2026, 3, 10)]
    tasks = [
        PlannedTask("Design", date(2026, 3, 2), date(2026, 3, 6), D(500)),
        PlannedTask("Build", date(2026, 3, 9), date(2026, 3, 20), D(900)),
    ]
    curve = planned_curve(tasks, week_periods(days), through=date(2026, 3, 22))
    assert curve.cumulative() == (500, 900, 1400)
    assert curve.bac == 1400
    assert curve.planned_value_at(date(2026, 3, 8)) == 500
    assert curve.planned_value_at(date(2026, 3, 1)) == 0
    assert curve.time_at(date(2026, 3, 4)) == D("0.6")
    assert curve.time_at(date(2026, 3, 9)) == D("1.25")  # one of four working days
    assert curve.time_at(date(2026, 3, 22)) == 3
    assert curve.series().duration == 3
    assert curve.series().values == (500, 900, 1400)


def test_plan_that_ends_within_a_week_has_a_part_period():
    days = workdays(MONDAY, 15)
    curve = planned_curve([PlannedTask("All", days[0], days[6], D(700))], week_periods(days))
    series = curve.series()
    assert series.duration == D("1.4")
    assert series.values == (500, 700)
    assert curve.time_at(days[-1]) == 3


def test_timephased_baseline_replaces_the_even_spread():
    days = workdays(MONDAY, 4)
    daily = tuple(zip(days, map(D, (10, 10, 20, 20)), strict=True))
    curve = planned_curve([PlannedTask("Front", days[0], days[-1], D(60), daily)], day_periods(days), unit=Unit.DAYS)
    assert curve.by_day == (10, 20, 40, 60)


def test_milestone_on_a_day_off_counts_on_the_next_working_day():
    days = workdays(MONDAY, 10)
    sunday = date(2026, 3, 8)
    tasks = [PlannedTask("Work", days[0], days[-1], D(0)), PlannedTask("Fee due", sunday, sunday, D(70))]
    curve = planned_curve(tasks, day_periods(days), unit=Unit.DAYS)
    assert curve.planned_value_at(sunday) == 0
    assert curve.planned_value_at(date(2026, 3, 9)) == 70


def test_status_behind_the_axis_asks_for_more_days():
    days = workdays(MONDAY, 5)
    curve = planned_curve([PlannedTask("All", days[0], days[-1], D(5))], week_periods(days))
    with pytest.raises(PlannedValueError, match="Give the working days up to the status date"):
        curve.time_at(date(2026, 3, 9))


@pytest.mark.parametrize(
    ("start", "finish", "message"),
    [
        (date(2026, 3, 4), date(2026, 3, 3), "before its start"),
        (date(2026, 2, 2), date(2026, 2, 3), "lies before the axis"),
        (date(2026, 3, 4), date(2026, 5, 3), "behind the axis"),
    ],
)
def test_tasks_off_the_axis_are_named(start, finish, message):
    with pytest.raises(PlannedValueError, match=f"'Pilot'.*{message}"):
        planned_curve([PlannedTask("Pilot", start, finish, D(1))], day_periods(workdays(MONDAY, 5)))


spans = st.lists(
    st.tuples(st.integers(0, 29), st.integers(0, 29), st.decimals(min_value=0, max_value=10**6, places=2)),
    min_size=1,
    max_size=20,
)


@given(spans)
def test_planned_value_never_falls_and_ends_at_the_exact_budget(rows):
    days = workdays(MONDAY, 30)
    tasks = [PlannedTask("t", days[min(a, b)], days[max(a, b)], amount) for a, b, amount in rows]
    curve = planned_curve(tasks, week_periods(days))
    assert list(curve.by_day) == sorted(curve.by_day)
    assert curve.bac == sum(amount for _, _, amount in rows)


@pytest.mark.parametrize(
    ("given_progress", "expected"),
    [
        (progress(ProgressMethod.ZERO_HUNDRED, started=True), 0),
        (progress(ProgressMethod.ZERO_HUNDRED, started=True, finished=True), 1000),
        (progress(ProgressMethod.FIFTY_FIFTY), 0),
        (progress(ProgressMethod.FIFTY_FIFTY, started=True), 500),
        (progress(ProgressMethod.FIFTY_FIFTY, finished=True), 1000),
        (progress(ProgressMethod.OWNER_ESTIMATE, percent=D(55)), 550),
        (progress(ProgressMethod.COST_TO_GO, ac=D(300), etc=D(700)), 300),
        (
            progress(
                ProgressMethod.MILESTONE_WEIGHTS,
                weights=(Weight("Draft", D(40), True), Weight("Final", D(60), False)),
            ),
            400,
        ),
    ],
)
def test_earned_value_by_method(given_progress, expected):
    earned = earned_amount(D(1000), given_progress)
    assert earned.value == expected
    assert given_progress.method.value in earned.formula
    assert "Ana Ruiz on 2026-03-02" in earned.note


def test_unknown_estimate_is_not_zero():
    unknown = percent_complete(progress(ProgressMethod.OWNER_ESTIMATE))
    assert unknown.value is None
    assert "owner's estimate" in unknown.reason
    assert earned_amount(D(10), progress(ProgressMethod.COST_TO_GO, ac=D(0), etc=D(0))).value is None


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"method": ProgressMethod.OWNER_ESTIMATE, "percent": D(101)}, "between 0 and 100"),
        ({"method": ProgressMethod.MILESTONE_WEIGHTS, "weights": (Weight("A", D(90), True),)}, "sum to 90"),
        ({"method": ProgressMethod.ACCEPTED_DELIVERABLES}, "at least one weight"),
    ],
)
def test_progress_out_of_range_is_refused(more, message):
    with pytest.raises(PlannedValueError, match=message):
        progress(**more)
