"""What many runs say: percentiles with their intervals, shares with theirs, correlations.

Not here: the runs (`simulation`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Share:
    """A share of runs, 0 to 1, with its 95 % Wilson interval."""

    value: float
    low: float
    high: float


def share_of(hits: int, runs: int) -> Share:
    """The share of runs and its 95 % interval (Wilson 1927)."""
    value, square = hits / runs, _Z95 * _Z95 / runs
    centre = (value + square / 2) / (1 + square)
    half = _Z95 * math.sqrt(value * (1 - value) / runs + square / (4 * runs)) / (1 + square)
    return Share(value, max(0.0, centre - half) if hits else 0.0, min(1.0, centre + half) if hits < runs else 1.0)


def percentile_rank(share: float, runs: int) -> int:
    """The place, counted from 1, of the value that so large a share of the sorted runs does not exceed."""
    return min(runs, max(1, math.ceil(share * runs - 1e-9)))


def percentile_ranks(share: float, runs: int) -> tuple[int, int]:
    """Places of the lower and the upper end of a percentile's 95 % interval: np ± 1.96 √(np(1−p))."""
    half = 1.96 * math.sqrt(runs * share * (1 - share))
    return max(1, round(runs * share - half)), min(runs, round(runs * share + half))


@dataclass(frozen=True, slots=True)
class Sums:
    """Exact sums over runs of a quantity, its square and its product with the finish, all from a fixed origin."""

    runs: int
    value: float
    square: float
    product: float

    @property
    def mean(self) -> float:
        """The mean, from the origin."""
        return self.value / self.runs

    @property
    def sd(self) -> float:
        """Standard deviation over the runs."""
        return math.sqrt(max(0.0, self.square / self.runs - self.mean**2))

    def correlation(self, finish: Sums) -> float:
        """Pearson's correlation with the finish; 0 when either is constant."""
        spread = self.sd * finish.sd
        if not spread:
            return 0.0
        return max(-1.0, min(1.0, (self.product / self.runs - self.mean * finish.mean) / spread))
