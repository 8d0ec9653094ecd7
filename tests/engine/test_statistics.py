"""Three-point estimates and the ranges of the estimate classes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.engine.statistics import EstimateClass, EstimateError, ThreePoint

D = Decimal


def test_mean_and_deviation_of_one_task():
    one = ThreePoint(D(10), D(15), D(26))
    assert one.mean == 16
    assert round(one.sd, 2) == D("2.67")


@pytest.mark.parametrize("order", [(2, 1, 3), (1, 4, 3), (3, 2, 1)])
def test_estimate_out_of_order_is_refused_by_name(order):
    with pytest.raises(EstimateError, match="'Build' has optimistic"):
        ThreePoint(*map(D, order), name="Build")


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        (EstimateClass.ORDER_OF_MAGNITUDE, 138000, 322000),
        (EstimateClass.BUDGET, 165600, 230000),
        (EstimateClass.DEFINITIVE, 174800, 202400),
    ],
)
def test_ranges_of_the_classes(kind, low, high):
    assert kind.range_of(D(184000)) == (low, high)


points = st.lists(st.integers(0, 1000), min_size=3, max_size=3).map(lambda row: ThreePoint(*map(D, sorted(row))))


@given(points)
def test_mean_lies_within_the_points(one):
    assert one.optimistic <= one.mean <= one.pessimistic
    assert one.variance == pytest.approx(one.sd**2, abs=D("1e-9"))
