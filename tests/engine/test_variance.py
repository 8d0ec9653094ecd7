"""A difference split by its causes: worked examples, and that the causes always add up to the whole."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from headway.engine.measures import ZERO, MeasureState
from headway.engine.variance import Cause, HoursChange, MoneyChange, Share, variance_in_hours, variance_in_money

D = Decimal


def hours(**changes: object) -> HoursChange:
    """400 h, of which 487.3 are forecast: 24 of changes, 12 outside, 2 weeks later at 3 h of standing work a week."""
    known = {
        "budget": D(400), "changes": D(24), "outside": D(12), "standing": D(3), "slip": D(2), "outcome": D("487.3")
    }  # fmt: skip
    return HoursChange(**{**known, **changes})  # type: ignore[arg-type]


def amounts(split):
    return {cause: measure.value for cause, measure in split.causes}


def test_hours_are_split_in_the_stated_order():
    split = variance_in_hours(hours())
    assert split.total.value == D("87.3")
    assert amounts(split) == {
        Cause.CHANGES: D(24), Cause.OUTSIDE: D(12), Cause.DATE: D(6), Cause.HOURS: D("45.3")
    }  # fmt: skip
    assert [cause for cause, _ in split.causes] == [Cause.CHANGES, Cause.OUTSIDE, Cause.DATE, Cause.HOURS]


def test_money_takes_the_hours_at_the_budgets_rate_and_leaves_the_rates():
    # 40,000 for 400 h is 100 an hour; changes were agreed at 110 an hour.
    split = variance_in_money(hours(), MoneyChange(D(40_000), D(2_640), D(52_000)))
    assert amounts(split) == {
        Cause.CHANGES: D(2_640), Cause.OUTSIDE: D(1_200), Cause.DATE: D(600), Cause.HOURS: D(4_530),
        Cause.RATE: D(3_030),
    }  # fmt: skip


def test_who_works_is_told_apart_from_what_an_hour_costs():
    shares = (Share("Lead", D(100), D(200), D(150)), Share("Engineer", D(300), D(200), D(50)))
    same = hours(changes=ZERO, outside=ZERO, standing=ZERO, outcome=D(400))
    split = variance_in_money(same, MoneyChange(D(30_000), ZERO, D(42_000), shares))
    # The mean planned rate rises from 75 to 100 an hour: 400 h × 25; the other 2,000 are rates.
    assert amounts(split)[Cause.MIX] == D(10_000)
    assert amounts(split)[Cause.RATE] == D(2_000)
    assert amounts(split)[Cause.HOURS] == ZERO


def test_an_earlier_finish_takes_hours_away():
    assert variance_in_hours(hours(slip=D(-1))).of(Cause.DATE) == D(-3)


def test_without_a_budget_or_an_outcome_there_is_a_reason_and_no_cause():
    for known, reason in ((hours(budget=None), "no budget"), (hours(outcome=None), "Nothing is recorded")):
        split = variance_in_hours(known)
        assert (split.total.value, split.causes) == (None, ())
        assert reason in split.total.reason
        assert split.total.state is MeasureState.NOT_MEASURED


def test_money_without_budgeted_hours_is_not_split():
    split = variance_in_money(hours(budget=None), MoneyChange(D(40_000), ZERO, D(52_000)))
    assert (split.total.value, split.causes) == (D(12_000), ())


SOME = st.integers(-(10**12), 10**12).map(lambda millionths: Decimal(millionths).scaleb(-6))
POSITIVE = st.integers(1, 10**12).map(lambda millionths: Decimal(millionths).scaleb(-6))
SHARES = st.lists(st.builds(Share, st.just("Role"), POSITIVE, POSITIVE, POSITIVE), max_size=3).map(tuple)


@given(POSITIVE, SOME, SOME, SOME, SOME, SOME)
def test_causes_of_hours_add_up_to_the_whole_difference(budget, changes, outside, standing, slip, outcome):
    split = variance_in_hours(HoursChange(budget, changes, outside, standing, slip, outcome))
    assert sum(measure.value for _, measure in split.causes) == split.total.value


@given(POSITIVE, SOME, POSITIVE, SOME, SOME, SOME, SHARES)
def test_causes_of_money_add_up_to_the_last_cent(budget, outcome, money, changes, spent, slip, shares):
    known = HoursChange(budget, changes, outcome, D(3), slip, outcome)
    split = variance_in_money(known, MoneyChange(money, changes, spent, shares))
    assert sum(measure.value for _, measure in split.causes) == split.total.value
    assert [cause for cause, _ in split.causes] == [cause for cause in Cause if cause is not Cause.MIX or shares]
