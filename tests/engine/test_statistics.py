"""Three-point estimates and the ranges of the estimate classes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.engine.statistics import EstimateClass, EstimateError, ThreePoint, total_of

D = Decimal


def test_mean_and_deviation_of_one_task():
    one = ThreePoint(D(10), D(15), D(26))
    assert one.mean == 16
    assert round(one.sd, 2) == D("2.67")


def test_means_and_variances_add():
    lines = [ThreePoint(D(10), D(15), D(26)), ThreePoint(D(2), D(7), D(12)), ThreePoint(D(16), D(32), D(48))]
    assert [one.mean for one in lines] == [16, 7, 32]
    assert [round(one.sd, 2) for one in lines] == [D("2.67"), D("1.67"), D("5.33")]
    total = total_of(lines)
    assert total.mean == total.p50 == 55
    assert round(total.sd, 2) == D("6.19")
    assert round(total.p80, 1) == D("60.2")
    assert "independent" in total.assumption


@pytest.mark.parametrize("order", [(2, 1, 3), (1, 4, 3), (3, 2, 1)])
def test_estimate_out_of_order_is_refused_by_name(order):
    with pytest.raises(EstimateError, match="'Build' has optimistic"):
        ThreePoint(*map(D, order), name="Build")


def test_sum_of_nothing_is_refused():
    with pytest.raises(EstimateError, match="at least one"):
        total_of([])


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


@given(st.lists(points, min_size=1, max_size=10))
def test_p80_lies_between_p50_and_the_pessimistic_sum(lines):
    total = total_of(lines)
    assert total.p50 <= total.p80 <= sum(one.pessimistic for one in lines) + D("1e-9")
    assert total.sd <= sum(one.sd for one in lines) + D("1e-9")


@given(points)
def test_mean_lies_within_the_points(one):
    assert one.optimistic <= one.mean <= one.pessimistic
    assert one.variance == pytest.approx(one.sd**2, abs=D("1e-9"))
