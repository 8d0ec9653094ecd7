"""Burn, runway, gap and the three forecasts."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.engine.forecast import BurnInputs, ForecastError, WorkedWeek, burn, trailing_weeks
from headway.engine.measures import MeasureState, Unit

D = Decimal
MONDAY = date(2026, 3, 2)


def weeks(*hours: int, working_days: int = 5) -> tuple[WorkedWeek, ...]:
    return tuple(WorkedWeek(MONDAY + timedelta(weeks=step), D(one), working_days) for step, one in enumerate(hours))


def inputs(**changes) -> BurnInputs:
    example = {
        "budget": D(400),
        "spent": D(268),
        "percent_complete": D(55),
        "weeks_elapsed": D(8),
        "weeks_total": D(12),
        "recent": weeks(38, 41, 36, 45),
    }
    return BurnInputs(**{**example, **changes})


def test_the_worked_example():
    result = burn(inputs())
    assert result.burn_rate.value == 40
    assert result.runway.shown() == "3.3"
    assert result.burn_ratio.shown(3) == "1.005"
    assert result.percent_spent.value == 67
    assert result.gap.value == 12
    assert result.burn_forecast.value == 428
    assert result.straight_line_forecast.value == 402
    assert result.scope_forecast.shown() == "487.3"
    assert result.scope_etc.shown() == "219.3"
    assert result.affordable_rate.value == 33
    assert result.burn_rate.unit is Unit.HOURS_PER_WEEK


def test_forecasts_are_three_named_methods_and_a_range():
    result = burn(inputs())
    assert [one.name for one in result.forecasts()] == ["Burn forecast", "Straight-line forecast", "Scope forecast"]
    assert all(one.assumption for one in result.forecasts())
    low, high = result.forecast_range()
    assert low == 402
    assert high == result.scope_forecast.value


def test_week_with_a_holiday_is_scaled_to_a_full_week():
    recent = (*weeks(40, 40, 40), WorkedWeek(date(2026, 3, 23), D(32), 4))
    assert burn(inputs(recent=recent)).burn_rate.value == 40


def test_only_the_last_four_weeks_count():
    assert burn(inputs(recent=weeks(900, 38, 41, 36, 45))).burn_rate.value == 40


def test_fewer_weeks_are_said():
    rate = burn(inputs(recent=weeks(38, 42))).burn_rate
    assert rate.value == 40
    assert rate.note == "From 2 complete weeks only."


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"recent": ()}, "burn_rate"),
        ({"recent": ()}, "burn_forecast"),
        ({"recent": weeks(0, 0, 0, 0)}, "runway"),
        ({"percent_complete": D(0)}, "scope_forecast"),
        ({"percent_complete": None}, "gap"),
        ({"weeks_elapsed": D(0)}, "burn_ratio"),
        ({"weeks_elapsed": D(0)}, "straight_line_forecast"),
        ({"weeks_elapsed": D(12)}, "affordable_rate"),
        ({"spent": D(401)}, "affordable_rate"),
        ({"budget": D(0)}, "percent_spent"),
        ({"budget": None}, "remaining"),
    ],
)
def test_what_cannot_be_known_has_a_reason_instead_of_a_number(changes, name):
    measure = getattr(burn(inputs(**changes)), name)
    assert measure.value is None
    assert measure.reason
    assert measure.state is not MeasureState.MEASURED


def test_overspent_budget_has_no_runway_left():
    assert burn(inputs(spent=D(450))).runway.value == 0


def test_late_project_has_no_weeks_left_rather_than_negative_ones():
    assert burn(inputs(weeks_elapsed=D(14))).weeks_left.value == 0


def test_negative_weeks_are_refused():
    with pytest.raises(ForecastError, match="-1 weeks elapsed"):
        inputs(weeks_elapsed=D(-1))


def test_money_burns_by_the_same_rules():
    result = burn(inputs(), unit=Unit.MONEY)
    assert result.burn_rate.unit is Unit.MONEY_PER_WEEK
    assert result.burn_forecast.unit is Unit.MONEY


def test_every_figure_has_its_own_key_and_formula():
    measures = burn(inputs()).measures()
    assert len({one.key for one in measures}) == len(measures) == 16
    assert all(one.formula for one in measures)


def is_workday(day: date) -> bool:
    return day.weekday() < 5 and day != date(2026, 3, 10)


HOURS = {MONDAY + timedelta(days=step): D(8) for step in range(60)}


def test_trailing_weeks_are_complete_and_in_order():
    found = trailing_weeks(HOURS, is_workday, as_of=date(2026, 4, 2), started=MONDAY)
    assert [week.first for week in found] == [date(2026, 3, day) for day in (2, 9, 16, 23)]
    assert [week.working_days for week in found] == [5, 4, 5, 5]
    assert found[0].burned == 56  # weekend hours burn the budget too


@pytest.mark.parametrize(("as_of", "last"), [(date(2026, 3, 26), 16), (date(2026, 3, 27), 23)])
def test_a_week_is_complete_on_its_last_working_day(as_of, last):
    assert trailing_weeks(HOURS, is_workday, as_of=as_of, started=MONDAY)[-1].first == date(2026, 3, last)


def test_weeks_before_the_project_do_not_dilute_the_rate():
    found = trailing_weeks(HOURS, is_workday, as_of=date(2026, 3, 20), started=date(2026, 3, 4))
    assert [week.first for week in found] == [date(2026, 3, 9), date(2026, 3, 16)]


positive = st.decimals(min_value=1, max_value=10**6, places=2)


@given(positive, positive, st.decimals(min_value=1, max_value=100, places=1))
def test_scope_forecast_leaves_the_gap_in_proportion(budget, spent, complete):
    result = burn(inputs(budget=budget, spent=spent, percent_complete=complete))
    over = result.scope_forecast.value > budget * (1 + D("1e-20"))
    assert over is (result.gap.value > 0) or abs(result.gap.value) < D("1e-15")
