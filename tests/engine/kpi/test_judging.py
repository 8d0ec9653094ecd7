"""Attainment, colours and their guards."""

from __future__ import annotations

from decimal import Decimal

import pytest

from headway.engine.kpi.judging import (
    Attainment,
    Colour,
    Direction,
    Target,
    TargetError,
    attainment,
    check_target,
    colour,
    enough,
    thresholds_text,
)

D = Decimal
HIGHER, LOWER, RANGE = Direction.HIGHER, Direction.LOWER, Direction.RANGE


@pytest.mark.parametrize(("actual", "percent"), [("5.0", 80), ("3.2", 125)])
def test_lower_is_better(actual: str, percent: int) -> None:
    assert attainment(LOWER, D(actual), Target(D("4.0"))).percent == percent


def test_nothing_at_all_meets_a_lower_target_in_full() -> None:
    assert attainment(LOWER, D(0), Target(D(4))) == Attainment(None, True, "met in full")


def test_a_target_of_nothing_is_met_or_not() -> None:
    none = Target(D(0), zero=True)
    assert attainment(LOWER, D(0), none) == Attainment(None, True, "met")
    assert attainment(LOWER, D(1), none) == Attainment(None, False, "not met")


def test_higher_is_better() -> None:
    assert attainment(HIGHER, D(90), Target(D(120))) == Attainment(D(75), False)


def test_negative_values_and_ranges_have_no_ratio() -> None:
    assert attainment(HIGHER, D(-3), Target(D(10))).percent is None
    assert attainment(LOWER, D(-3), Target(D(10))) == Attainment(None, True, "met; no ratio of negative values")
    assert attainment(RANGE, D(5), Target(D(4), D(6))) == Attainment(None, True, "in range")
    assert attainment(RANGE, D(7), Target(D(4), D(6))) == Attainment(None, False, "out of range")


GREEN, AMBER, RED, NONE = Colour.GREEN, Colour.AMBER, Colour.RED, Colour.NONE
SHARE = Target(D(97), amber=D(97), red=D(95))
TIME = Target(D(4), amber=D(4), red=D(5))
BAND = Target(D(4), D(6), amber=D(0), red=D(1))


@pytest.mark.parametrize(
    ("direction", "target", "values"),
    [
        (HIGHER, SHARE, {"97": GREEN, "96.9": AMBER, "95": AMBER, "94.9": RED}),
        (LOWER, TIME, {"4": GREEN, "4.1": AMBER, "5": AMBER, "5.1": RED}),
        (RANGE, BAND, {"4": GREEN, "6.5": AMBER, "3": AMBER, "7.1": RED}),
        (HIGHER, Target(D(97)), {"1": NONE}),
    ],
)
def test_a_value_on_a_threshold_has_the_better_colour(
    direction: Direction, target: Target, values: dict[str, Colour]
) -> None:
    assert {value: colour(direction, D(value), target) for value in values} == values


@pytest.mark.parametrize(
    ("direction", "target", "field"),
    [
        (HIGHER, Target(D(97), amber=D(95), red=D(97)), "red"),
        (LOWER, Target(D(4), amber=D(5), red=D(4)), "red"),
        (RANGE, Target(D(4), D(6), amber=D(2), red=D(1)), "red"),
        (RANGE, Target(D(4)), "high"),
        (RANGE, Target(D(4), D(3)), "high"),
        (HIGHER, Target(D(4), D(6)), "high"),
        (HIGHER, Target(D(97), amber=D(95)), "red"),
        (HIGHER, Target(D(97), red=D(95)), "amber"),
        (LOWER, Target(D(0)), "zero"),
    ],
)
def test_a_target_that_cannot_be_judged_by_is_refused(direction: Direction, target: Target, field: str) -> None:
    with pytest.raises(TargetError) as refusal:
        check_target(direction, target)
    assert refusal.value.field == field


def test_a_target_that_can_is_not() -> None:
    check_target(HIGHER, Target(D(97), amber=D(97), red=D(97)))
    check_target(LOWER, Target(D(0), amber=D(0), red=D(2), zero=True))
    check_target(RANGE, Target(D(4), D(6), amber=D(0), red=D(1)))


def test_the_page_says_whose_the_boundary_is() -> None:
    said = thresholds_text(LOWER, Target(D("4.0"), amber=D("4.0"), red=D(5)), "h")
    assert said == "Green up to 4 h, amber up to 5 h, red above; a value on a threshold has the better colour."
    assert thresholds_text(LOWER, Target(D(4))) == ""


def test_too_few_cases() -> None:
    assert enough(30, 30)
    assert not enough(29, 30)
    assert not enough(None, 30)
    assert enough(None, 1)
    assert not enough(0, 1)
