"""The order of lines: the documented points, factor by factor, and the counting of working days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.engine.ranking import Factor, Stake, factors, points, working_days


@pytest.mark.parametrize(
    ("stake", "expected"),
    [
        (Stake(), 0),
        (Stake(finish_days=3), 18),
        (Stake(finish_days=50), 60),
        (Stake(severity=Decimal("0.5")), 15),
        (Stake(severity=Decimal(3)), 30),
        (Stake(days_late=4), 18),
        (Stake(days_late=40), 30),
        (Stake(days_late=0), 10),
        (Stake(days_late=-2), 6),
        (Stake(days_late=-5), 0),
        (Stake(people=2), 8),
        (Stake(people=9), 20),
        (Stake(days_late=3, finish_days=3, people=1, severity=Decimal("0.25")), 16 + 18 + 4 + 7),
    ],
)
def test_points_as_documented(stake: Stake, expected: int) -> None:
    assert points(stake) == expected
    assert sum(factor.points for factor in factors(stake)) == expected


def test_a_moved_finish_outweighs_a_decision_that_is_late() -> None:
    assert points(Stake(days_late=6, finish_days=6)) > points(Stake(days_late=10, severity=Decimal("0.5")))


def test_a_day_counts_more_the_longer_it_is_past() -> None:
    weights = [points(Stake(days_late=late)) for late in range(-5, 11)]
    assert weights == sorted(weights)
    assert points(Stake(days_late=1)) > points(Stake(days_late=0)) > points(Stake(days_late=-1))


def test_factors_say_why_the_heaviest_first() -> None:
    assert factors(Stake(days_late=1, finish_days=4, people=1)) == (
        Factor("moves the finish by 4 working days", 24),
        Factor("1 working day late", 12),
        Factor("1 person waits", 4),
    )
    assert factors(Stake(days_late=-1)) == (Factor("due in 1 working day", 8),)


@given(st.integers(-30, 60), st.integers(0, 60), st.integers(0, 20), st.decimals(0, 1, places=2), st.integers(1, 10))
def test_more_consequence_never_ranks_lower(late: int, finish: int, people: int, severity: Decimal, more: int) -> None:
    stake = Stake(late, finish, people, severity)
    assert points(Stake(late, finish + more, people, severity)) >= points(stake)
    assert points(Stake(late, finish, people + more, severity)) >= points(stake)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 3, 2), date(2026, 3, 2), 0),
        (date(2026, 2, 27), date(2026, 3, 2), 1),  # Friday to Monday
        (date(2026, 2, 28), date(2026, 3, 1), 0),  # Saturday to Sunday
        (date(2026, 2, 23), date(2026, 3, 2), 5),
        (date(2026, 2, 25), date(2026, 3, 11), 10),
        (date(2026, 3, 2), date(2026, 2, 27), -1),
    ],
)
def test_working_days_are_mondays_to_fridays(first: date, last: date, expected: int) -> None:
    assert working_days(first, last) == expected


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_working_days_agree_with_counting_each_day(first: date, count: int) -> None:
    last = date.fromordinal(first.toordinal() + count)
    days = [date.fromordinal(first.toordinal() + step) for step in range(1, count + 1)]
    assert working_days(first, last) == sum(day.weekday() < 5 for day in days)
