"""Sums of three-point estimates over a tree, and how finished projects came out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.engine.estimating import (
    NOTHING,
    Spread,
    Together,
    are_groups,
    below,
    calibrated,
    spread_of,
    summed,
    tops_of,
)
from headway.engine.statistics import EstimateError, ThreePoint

D = Decimal
EXAMPLE = [ThreePoint(D(10), D(15), D(26)), ThreePoint(D(2), D(7), D(12)), ThreePoint(D(16), D(32), D(48))]


def test_means_and_variances_add():
    lines = [spread_of(three) for three in EXAMPLE]
    assert [(round(line.mean, 2), round(line.sd, 2)) for line in lines] == [
        (16, D("2.67")),
        (7, D("1.67")),
        (32, D("5.33")),
    ]
    total = summed(lines)
    assert total.mean == total.p50 == 55
    assert round(total.sd, 2) == D("6.19")
    assert round(total.p80, 1) == D("60.2")
    assert "independent" in Together.INDEPENDENT.assumption


def test_lines_that_run_over_together_spread_more():
    lines = [spread_of(three) for three in EXAMPLE]
    wholly = summed(lines, Together.WHOLLY)
    assert (wholly.mean, round(wholly.sd, 4)) == (55, D("9.6667"))  # deviations add
    somewhat = summed(lines, Together.SOMEWHAT)
    assert round(somewhat.sd, 4) == D("7.4072")  # sqrt(0.7 × 38.3333 + 0.3 × 93.4444)
    assert summed([]) == NOTHING


def test_hours_at_a_rate_spread_as_the_hours_do():
    assert Spread(D(16), D(2)).times(D(120)) == Spread(D(1920), D(240))


def test_a_tree_of_lines_knows_its_groups_and_tops():
    levels = [1, 2, 3, 3, 2, 1, 1, 2]
    assert are_groups(levels) == (True, True, False, False, False, False, True, False)
    assert are_groups([]) == ()
    assert tops_of(levels) == (0, 0, 0, 0, 0, 5, 6, 6)
    assert [*below(levels, 1)] == [2, 3]
    assert [*below(levels, 6)] == [7]


@pytest.mark.parametrize("levels", [[2], [1, 3], [1, 0]])
def test_a_level_that_is_skipped_is_refused_by_its_line(levels):
    with pytest.raises(EstimateError, match=f"Line {len(levels)} stands on level {levels[-1]}"):
        are_groups(levels)


def test_finished_projects_weigh_by_their_hours():
    found = calibrated([(D(100), D(150)), (D(300), D(330)), (D(0), D(20)), (D(50), D(0))])
    assert found is not None
    assert (found.factor, found.low, found.high, found.projects) == (D("1.2"), D("1.1"), D("1.5"), 2)
    assert round(found.sd, 4) == D("0.2828")
    assert calibrated([(D(100), D(150))]).sd is None
    assert calibrated([]) is None


points = st.lists(st.integers(0, 1000), min_size=3, max_size=3).map(lambda row: ThreePoint(*map(D, sorted(row))))


@given(st.lists(points, min_size=1, max_size=10))
def test_more_correlation_spreads_more_and_never_beyond_the_pessimistic_sum(lines):
    spreads = [spread_of(one) for one in lines]
    sums = [summed(spreads, together) for together in Together]
    assert sums[0].sd <= sums[1].sd + D("1e-9")
    assert sums[1].sd <= sums[2].sd + D("1e-9")
    for total in sums:
        assert total.p50 <= total.p80 <= sum(one.pessimistic for one in lines) + D("1e-9")
