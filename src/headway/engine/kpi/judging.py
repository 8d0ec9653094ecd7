"""Whether a value is good: attainment of its target, and its colour by thresholds.

The boundary belongs to the better colour. No data and stale are neither of them red, and too few cases have no colour.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

from headway.engine.measures import HUNDRED, ZERO


class TargetError(ValueError):
    """A target that cannot be judged by; `field` names what to mend."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Direction(Enum):
    """Which values are better."""

    HIGHER = "higher"
    LOWER = "lower"
    RANGE = "range"


class Colour(Enum):
    """What a value is judged to be. NONE = there are no thresholds to judge by."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NONE = "none"


class State(Enum):
    """What stands in a KPI's place on a scorecard: a colour, or why there is none."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NOT_JUDGED = "not_judged"
    TOO_FEW = "too_few"
    STALE = "stale"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Target:
    """What is wanted, and where amber and red begin.

    value    of a range its lower end; `high` its upper end.
    amber    the last value that is green; of a range how far outside it is still green.
    red      the last value that is amber; of a range how far outside it is still amber.
    zero     that a target of 0 means met or not met.
    """

    value: Decimal
    high: Decimal | None = None
    amber: Decimal | None = None
    red: Decimal | None = None
    zero: bool = False


@dataclass(frozen=True, slots=True)
class Attainment:
    """How much of a target is reached. percent None = there is no ratio, `text` says what holds instead."""

    percent: Decimal | None
    met: bool
    text: str = ""


def with_thresholds(direction: Direction, target: Target) -> Target:
    """The target; where it has no thresholds, what meets it is green and what misses it red."""
    if target.amber is not None or target.red is not None:
        return target
    edge = ZERO if direction is Direction.RANGE else target.value
    return replace(target, amber=edge, red=edge)


def check_target(direction: Direction, target: Target) -> None:
    """Raises TargetError for a target that could not be judged by."""
    if direction is Direction.RANGE:
        if target.high is None:
            raise TargetError("high", "A range has two ends. Give the upper one.")
        if target.high < target.value:
            raise TargetError("high", f"The upper end {target.high} is below the lower end {target.value}.")
    elif target.high is not None:
        raise TargetError("high", "Only a KPI that should stay in a range has an upper end.")
    if direction is not Direction.RANGE and target.value == 0 and not target.zero:
        raise TargetError("zero", "A target of 0 has no ratio. Say that it means met or not met.")
    if (target.amber is None) != (target.red is None):
        raise TargetError("red" if target.red is None else "amber", "Give both thresholds, or none.")
    if target.amber is None or target.red is None:
        return
    if direction is Direction.HIGHER:
        wrong, rule = target.red > target.amber, "at most the amber one, for higher is better"
    elif direction is Direction.LOWER:
        wrong, rule = target.red < target.amber, "at least the amber one, for lower is better"
    else:
        wrong, rule = target.red < target.amber or target.amber < 0, "at least the amber one, both outside the range"
    if wrong:
        raise TargetError("red", f"The red threshold {target.red} must be {rule} ({target.amber}).")


def attainment(direction: Direction, actual: Decimal, target: Target) -> Attainment:
    """How much of the target is reached, in percent; no ratio for ranges, targets of 0 and negative values."""
    met = is_met(direction, actual, target)
    word = "met" if met else "not met"
    if direction is Direction.RANGE:
        return Attainment(None, met, "in range" if met else "out of range")
    if target.value == 0:
        return Attainment(None, met, word)
    if direction is Direction.LOWER and actual == 0 and target.value > 0:
        return Attainment(None, True, "met in full")
    if actual < 0 or target.value < 0:
        return Attainment(None, met, f"{word}; no ratio of negative values")
    ratio = actual / target.value if direction is Direction.HIGHER else target.value / actual
    return Attainment(ratio * HUNDRED, met)


def is_met(direction: Direction, actual: Decimal, target: Target) -> bool:
    """Whether the value is as wanted."""
    if direction is Direction.HIGHER:
        return actual >= target.value
    if direction is Direction.LOWER:
        return actual <= target.value
    return _outside(actual, target) == 0


def colour(direction: Direction, actual: Decimal, target: Target) -> Colour:
    """The colour of a value; the boundary belongs to the better colour."""
    if target.amber is None or target.red is None:
        return Colour.NONE
    if direction is Direction.HIGHER:
        green, amber = actual >= target.amber, actual >= target.red
    elif direction is Direction.LOWER:
        green, amber = actual <= target.amber, actual <= target.red
    else:
        far = _outside(actual, target)
        green, amber = far <= target.amber, far <= target.red
    return Colour.GREEN if green else Colour.AMBER if amber else Colour.RED


def thresholds_text(direction: Direction, target: Target, unit: str = "") -> str:
    """The thresholds as a sentence for the page; '' where there are none."""
    if target.amber is None or target.red is None:
        return ""
    amber, red = _with(target.amber, unit), _with(target.red, unit)
    if direction is Direction.HIGHER:
        return f"Green from {amber}, amber from {red}, red below; a value on a threshold has the better colour."
    if direction is Direction.LOWER:
        return f"Green up to {amber}, amber up to {red}, red above; a value on a threshold has the better colour."
    return (
        f"Green up to {amber} outside the range, amber up to {red}, red beyond; "
        "a value on a threshold has the better colour."
    )


def enough(n: int | None, minimum: int) -> bool:
    """Whether there are cases enough to judge by; where n is not told, a minimum above 1 is not reached."""
    return (minimum <= 1 and n is None) or (n is not None and n >= minimum)


def _outside(actual: Decimal, target: Target) -> Decimal:
    high = target.value if target.high is None else target.high
    return max(target.value - actual, actual - high, ZERO)


def _with(value: Decimal, unit: str) -> str:
    shown = format(value.normalize(), "f")
    return f"{shown} {unit}".strip()
