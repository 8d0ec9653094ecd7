"""Limits of a value that varies by itself, and signals that something has changed.

An XmR chart: the limits are the mean of a declared baseline and 2.66 times its mean moving range to both sides. A
signal is a point outside, or eight in a row on one side of the mean; anything else is 'no signal'.
Source: Wheeler, Understanding Variation (1993); 2.66 = 3 / 1.128, the constant of moving ranges of two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from itertools import pairwise

from headway.engine.measures import ZERO

RUN = 8
FEWEST = 6
_FACTOR = Decimal("2.66")
_QUARTER, _FAR = 4, 3
_FEWEST_FOR_OUTLIERS = 8


class LimitError(ValueError):
    """Too few points for limits."""


class SignalKind(Enum):
    """Why a point is a signal."""

    ABOVE = "above"
    BELOW = "below"
    RUN_ABOVE = "run_above"
    RUN_BELOW = "run_below"

    @property
    def text(self) -> str:
        """As people read it."""
        return _SAID[self.value]


_SAID = {
    "above": "above the upper limit",
    "below": "below the lower limit",
    "run_above": f"{RUN} in a row above the mean",
    "run_below": f"{RUN} in a row below the mean",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a baseline. lower, upper: as computed; shown_lower, shown_upper: within the natural bounds."""

    mean: Decimal
    mean_range: Decimal
    lower: Decimal
    upper: Decimal
    shown_lower: Decimal
    shown_upper: Decimal
    points: int


@dataclass(frozen=True, slots=True)
class Signal:
    """A point that is a signal, by its place among the values."""

    place: int
    kind: SignalKind


def limits(
    baseline: Sequence[Decimal], *, least: Decimal | None = None, most: Decimal | None = None, fewest: int = FEWEST
) -> Limits:
    """The limits of a baseline.

    least, most  what the value can never go below or above by its nature (0, 100 %).
    Raises LimitError for fewer than `fewest` points.
    """
    if len(baseline) < max(2, fewest):
        raise LimitError(f"A baseline needs at least {max(2, fewest)} values; this one has {len(baseline)}.")
    mean = sum(baseline, ZERO) / len(baseline)
    ranges = [abs(after - before) for before, after in pairwise(baseline)]
    mean_range = sum(ranges, ZERO) / len(ranges)
    lower, upper = mean - _FACTOR * mean_range, mean + _FACTOR * mean_range
    shown_lower = lower if least is None else max(lower, least)
    shown_upper = upper if most is None else min(upper, most)
    return Limits(mean, mean_range, lower, upper, shown_lower, shown_upper, len(baseline))


def signals(values: Sequence[Decimal], found: Limits) -> tuple[Signal, ...]:
    """The points that are signals, in their order. A run is told at its eighth point and at each that follows."""
    told: list[Signal] = []
    run, side = 0, 0
    for place, value in enumerate(values):
        here = (value > found.mean) - (value < found.mean)
        run = run + 1 if here == side and here else abs(here)
        side = here
        if value > found.upper:
            told.append(Signal(place, SignalKind.ABOVE))
        elif value < found.lower:
            told.append(Signal(place, SignalKind.BELOW))
        elif run >= RUN:
            told.append(Signal(place, SignalKind.RUN_ABOVE if side > 0 else SignalKind.RUN_BELOW))
    return tuple(told)


@dataclass(frozen=True, slots=True)
class Effect:
    """Before and after a change. `shown` only where the after window gives a signal on one side of the mean before.

    signals  of the after window; `higher` the side they lie on, None while there are none or on both sides.
    """

    limits: Limits
    mean_after: Decimal
    signals: tuple[Signal, ...]
    shown: bool
    higher: bool | None


def effect(
    before: Sequence[Decimal],
    after: Sequence[Decimal],
    *,
    least: Decimal | None = None,
    most: Decimal | None = None,
) -> Effect:
    """Whether what came after a change differs from what was before; a claim is made only on a signal.

    Raises LimitError where either window is too short.
    """
    found = limits(before, least=least, most=most)
    if not after:
        raise LimitError("There is no value after the change yet.")
    told = signals(after, found)
    up = any(one.kind in (SignalKind.ABOVE, SignalKind.RUN_ABOVE) for one in told)
    down = any(one.kind in (SignalKind.BELOW, SignalKind.RUN_BELOW) for one in told)
    one_side = up != down
    mean_after = sum(after, ZERO) / len(after)
    return Effect(found, mean_after, told, one_side, up if one_side else None)


def outliers(values: Sequence[Decimal]) -> frozenset[int]:
    """Places of values far from the others: more than three times the middle half's width outside it.

    Only among eight values or more; for values that have no declared limits.
    """
    if len(values) < _FEWEST_FOR_OUTLIERS:
        return frozenset()
    ordered = sorted(values)
    low, high = ordered[len(ordered) // _QUARTER], ordered[-len(ordered) // _QUARTER]
    room = _FAR * (high - low)
    if room == 0:
        return frozenset()
    return frozenset(place for place, value in enumerate(values) if value < low - room or value > high + room)
