"""The value of a KPI: ratios divide the sums, percentiles are found among rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from headway.engine.kpi.formulas import Formula, FormulaError, Measured, Rule, combined, value_of
from headway.engine.kpi.periods import Frequency, is_stale, period_after, period_name, period_of, periods

D = Decimal
PERCENT = Rule(Formula.RATIO, D(100))


def test_percentages_are_never_averaged() -> None:
    found = combined(
        PERCENT, [Measured(numerator=D(9), denominator=D(10)), Measured(numerator=D(10), denominator=D(100))]
    )
    assert found.numerator == 19
    assert found.denominator == 110
    assert found.value is not None
    assert round(found.value, 1) == D("17.3")


def test_a_percentile_over_two_periods_is_found_among_all_rows() -> None:
    rule = Rule(Formula.PERCENTILE, percentile=D(90))
    one = Measured(rows=tuple(map(D, range(1, 11))))
    other = Measured(rows=(D(100),))
    assert value_of(rule, one).value == D("9.1")
    assert value_of(rule, other).value == 100
    together = combined(rule, [one, other])
    assert together.value == 10  # neither the mean nor the sum of 9.1 and 100
    assert together.n == 11


@pytest.mark.parametrize(
    ("formula", "value"),
    [(Formula.SUM, D(12)), (Formula.LAST, D(7)), (Formula.AVERAGE, D(6))],
)
def test_other_formulas_over_periods(formula: Formula, value: Decimal) -> None:
    assert combined(Rule(formula), [Measured(D(5), n=1), Measured(D(7), n=1)]).value == value


def test_an_average_over_periods_weighs_by_cases() -> None:
    rule = Rule(Formula.AVERAGE)
    assert combined(rule, [Measured(D(4), n=3), Measured(D(8), n=1)]).value == 5
    without = combined(rule, [Measured(D(4)), Measured(D(8))])
    assert without.value is None
    assert "Give n" in without.reason


def test_a_duration_is_the_mean_of_its_rows() -> None:
    rule = Rule(Formula.DURATION)
    found = value_of(rule, Measured(rows=(D(2), D(4), D(6))))
    assert (found.value, found.numerator, found.denominator, found.n) == (4, 12, 3, 3)
    assert combined(rule, [Measured(rows=(D(2),)), Measured(rows=(D(4), D(6)))]).value == 4


def test_a_denominator_of_nothing_gives_no_value_and_says_so() -> None:
    found = value_of(PERCENT, Measured(numerator=D(0), denominator=D(0)))
    assert found.value is None
    assert "denominator is 0" in found.reason


def test_a_ratio_is_refused_as_a_bare_value() -> None:
    with pytest.raises(FormulaError, match="numerator and denominator"):
        value_of(PERCENT, Measured(D(98)))
    with pytest.raises(FormulaError, match="single values"):
        value_of(Rule(Formula.PERCENTILE), Measured(D(98)))


def test_a_daily_sample_is_fresh_for_36_hours() -> None:
    monday = datetime(2026, 3, 2, 9, 0)
    after = Frequency.DAILY.stale_after
    assert not is_stale(monday, datetime(2026, 3, 3, 20, 59), after)
    assert not is_stale(monday, datetime(2026, 3, 3, 21, 0), after)
    assert is_stale(monday, datetime(2026, 3, 3, 21, 1), after)


def test_a_monthly_sample_of_the_31st_of_january_is_stale_after_the_4th_of_march() -> None:
    taken = datetime(2026, 1, 31)
    after = Frequency.MONTHLY.stale_after
    assert not is_stale(taken, datetime(2026, 3, 4), after)
    assert is_stale(taken, datetime(2026, 3, 4, 0, 1), after)


def test_every_frequency_has_its_age() -> None:
    assert [one.stale_after for one in Frequency] == [
        timedelta(minutes=15),
        timedelta(hours=2),
        timedelta(hours=36),
        timedelta(days=8),
        timedelta(days=32),
        timedelta(days=95),
        timedelta(days=370),
    ]


@pytest.mark.parametrize(
    ("frequency", "begins", "following", "name"),
    [
        (Frequency.REAL_TIME, datetime(2026, 3, 4, 14, 30), datetime(2026, 3, 4, 14, 45), "2026-03-04 14:30"),
        (Frequency.HOURLY, datetime(2026, 3, 4, 14), datetime(2026, 3, 4, 15), "2026-03-04 14:00"),
        (Frequency.DAILY, datetime(2026, 3, 4), datetime(2026, 3, 5), "2026-03-04"),
        (Frequency.WEEKLY, datetime(2026, 3, 2), datetime(2026, 3, 9), "2026-W10"),
        (Frequency.MONTHLY, datetime(2026, 3, 1), datetime(2026, 4, 1), "Mar 2026"),
        (Frequency.QUARTERLY, datetime(2026, 1, 1), datetime(2026, 4, 1), "Q1 2026"),
        (Frequency.YEARLY, datetime(2026, 1, 1), datetime(2027, 1, 1), "2026"),
    ],
)
def test_the_period_of_a_moment(frequency: Frequency, begins: datetime, following: datetime, name: str) -> None:
    assert period_of(datetime(2026, 3, 4, 14, 37, 20), frequency) == begins
    assert period_after(begins, frequency) == following
    assert period_after(following, frequency, -1) == begins
    assert period_name(begins, frequency) == name
    assert list(periods(begins, following, frequency)) == [begins, following]
