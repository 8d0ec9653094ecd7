"""Limits, signals and what may be claimed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from headway.engine.kpi.control import LimitError, SignalKind, effect, limits, outliers, signals
from headway.engine.kpi.proportions import difference, wilson

D = Decimal
BASELINE = tuple(map(D, (42, 45, 39, 44, 47, 41, 43, 46, 40)))


def test_the_limits_of_a_baseline() -> None:
    found = limits(BASELINE)
    assert (found.mean, found.mean_range) == (43, D("4.25"))
    assert (found.lower, found.upper) == (D("31.695"), D("54.305"))


def test_58_is_a_signal_and_54_is_none() -> None:
    found = limits(BASELINE)
    assert [one.kind for one in signals((*BASELINE, D(58)), found)] == [SignalKind.ABOVE]
    assert signals((*BASELINE, D(54)), found) == ()


def test_eight_in_a_row_on_one_side_are_a_signal() -> None:
    found = limits(BASELINE)
    assert signals((D(44),) * 7, found) == ()
    assert [(one.place, one.kind) for one in signals((D(44),) * 9, found)] == [
        (7, SignalKind.RUN_ABOVE),
        (8, SignalKind.RUN_ABOVE),
    ]
    broken = (D(42),) * 7 + (D(43),) + (D(42),) * 7  # on the mean is on neither side
    assert signals(broken, found) == ()


def test_a_lower_limit_below_the_natural_bound_is_shown_as_the_bound() -> None:
    found = limits(tuple(map(D, (1, 5, 0, 4, 2, 6))), least=D(0))
    assert found.lower < 0
    assert found.shown_lower == 0
    assert limits(tuple(map(D, (95, 99, 93, 100, 94, 98))), most=D(100)).shown_upper == 100


def test_a_short_baseline_is_refused() -> None:
    with pytest.raises(LimitError, match="at least 6 values; this one has 3"):
        limits((D(1), D(2), D(3)))


def test_an_effect_is_claimed_on_a_signal_only() -> None:
    quiet = effect(BASELINE, (D(46), D(48), D(44)))
    assert not quiet.shown
    assert quiet.higher is None
    loud = effect(BASELINE, (D(58), D(57)))
    assert loud.shown
    assert loud.higher is True
    assert loud.mean_after == D("57.5")
    both = effect(BASELINE, (D(58), D(20)))
    assert not both.shown  # a swing to both sides is no effect to claim
    with pytest.raises(LimitError):
        effect(BASELINE, ())


def test_values_far_from_the_others() -> None:
    assert outliers((*BASELINE, D(400))) == {9}
    assert outliers(BASELINE) == frozenset()
    assert outliers((D(1), D(1), D(900))) == frozenset()  # too few to say


@pytest.mark.parametrize(
    ("hits", "n", "share", "low", "high"),
    [
        (842, 8000, "10.525", "9.87", "11.22"),
        (24, 284, "8.45", "5.74", "12.27"),
        (271, 2296, "11.80", "10.55", "13.19"),
    ],
)
def test_wilson_intervals(hits: int, n: int, share: str, low: str, high: str) -> None:
    found = wilson(hits, n)
    places = len(share.partition(".")[2])
    assert round(found.share * 100, places) == D(share)
    assert (round(found.low * 100, 2), round(found.high * 100, 2)) == (D(low), D(high))


def test_a_difference_below_the_line_is_not_shown() -> None:
    found = difference(24, 284, 271, 2296)
    assert found.z is not None
    assert round(found.z, 2) == D("1.67")
    assert not found.shown
    assert found.overlap
    assert difference(10, 1000, 100, 1000).shown
    assert not difference(0, 10, 0, 20).shown


def test_a_share_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="0 of 0"):
        wilson(0, 0)
