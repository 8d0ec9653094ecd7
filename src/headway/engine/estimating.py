"""Sums of estimated lines over a tree, with their spread; estimates beside what was worked.

Not here: the three-point estimate of a single line and the classes (`statistics`), simulation of dates (`risk`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from itertools import pairwise

from headway.engine.measures import ZERO
from headway.engine.statistics import EstimateError, ThreePoint

# Standard normal quantile at 0.80.
_Z80 = Decimal("0.8416212335729143")


class Together(Enum):
    """How far lines of an estimate run over together: what every pair of them is correlated by."""

    INDEPENDENT = "independent"
    SOMEWHAT = "somewhat"
    WHOLLY = "wholly"

    @property
    def correlation(self) -> Decimal:
        """The coefficient of every pair of lines."""
        return _CORRELATION[self]

    @property
    def assumption(self) -> str:
        """What must stand beside P50 and P80."""
        return _ASSUMED[self]


_CORRELATION = {Together.INDEPENDENT: ZERO, Together.SOMEWHAT: Decimal("0.3"), Together.WHOLLY: Decimal(1)}
_ASSUMED = {
    Together.INDEPENDENT: "P50 and P80 take the lines as independent of each other and their sum as normal.",
    Together.SOMEWHAT: "P50 and P80 take every two lines as correlated by 0.3 and their sum as normal.",
    Together.WHOLLY: "P50 and P80 take all lines to run over together (correlation 1) and their sum as normal.",
}


@dataclass(frozen=True, slots=True)
class Spread:
    """An expected amount and its standard deviation, in one unit."""

    mean: Decimal
    sd: Decimal

    @property
    def p50(self) -> Decimal:
        """Half of the outcomes lie below: the mean, the sum being taken as normal."""
        return self.mean

    @property
    def p80(self) -> Decimal:
        """Four of five outcomes lie below: mean + 0.8416 sd."""
        return self.mean + _Z80 * self.sd

    def times(self, factor: Decimal) -> Spread:
        """So many times as much, such as hours at a rate."""
        return Spread(self.mean * factor, self.sd * factor)


NOTHING = Spread(ZERO, ZERO)


def spread_of(three: ThreePoint) -> Spread:
    """Mean and standard deviation of a three-point estimate (PERT)."""
    return Spread(three.mean, three.sd)


def summed(parts: Iterable[Spread], together: Together = Together.INDEPENDENT) -> Spread:
    """The sum: means add; variances add, and for correlated parts twice the covariance of every pair.

    With one correlation r for all pairs: variance = (1 - r) x sum of squares + r x square of the sum.
    Exact to the arithmetic: what is summed must not be rounded before.
    """
    given = list(parts)
    if not given:
        return NOTHING
    r = together.correlation
    squares = sum((part.sd * part.sd for part in given), ZERO)
    whole = sum((part.sd for part in given), ZERO)
    variance = (1 - r) * squares + r * whole * whole
    return Spread(sum((part.mean for part in given), ZERO), variance.sqrt())


# --- the tree -----------------------------------------------------------------------------------------


def are_groups(levels: Sequence[int]) -> tuple[bool, ...]:
    """Which lines group others: those that a deeper line follows. Raises EstimateError where a level is skipped."""
    above = 0
    for place, level in enumerate(levels, start=1):
        if level < 1 or level > above + 1:
            raise EstimateError(
                f"Line {place} stands on level {level} below one on level {above}. Go at most one level deeper."
            )
        above = level
    return tuple(following > level for level, following in pairwise([*levels, 0]))


def tops_of(levels: Sequence[int]) -> tuple[int, ...]:
    """The place of the top line, counted from 0, that each line lies under: its phase."""
    found = []
    top = 0
    for place, level in enumerate(levels):
        if level == 1:
            top = place
        found.append(top)
    return tuple(found)


def below(levels: Sequence[int], place: int) -> range:
    """The places of all lines below one."""
    end = place + 1
    while end < len(levels) and levels[end] > levels[place]:
        end += 1
    return range(place + 1, end)


# --- beside finished projects -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Calibration:
    """How finished projects came out: hours worked for each hour estimated.

    factor      all hours worked / all hours estimated, so that large projects count more.
    low, high   the smallest and the largest factor of a single project.
    sd          standard deviation of the projects' factors (of a sample); None for a single one.
    """

    factor: Decimal
    low: Decimal
    high: Decimal
    sd: Decimal | None
    projects: int


def calibrated(pairs: Iterable[tuple[Decimal, Decimal]]) -> Calibration | None:
    """From (estimated, worked) of each project; those without both say nothing. None without any."""
    known = [(estimated, worked) for estimated, worked in pairs if estimated > 0 and worked > 0]
    if not known:
        return None
    factors = [worked / estimated for estimated, worked in known]
    whole = sum((worked for _, worked in known), ZERO) / sum((estimated for estimated, _ in known), ZERO)
    return Calibration(whole, min(factors), max(factors), _sample_sd(factors), len(known))


def _sample_sd(values: Sequence[Decimal]) -> Decimal | None:
    if len(values) < 2:
        return None
    mean = sum(values, ZERO) / len(values)
    return (sum(((value - mean) ** 2 for value in values), ZERO) / (len(values) - 1)).sqrt()
