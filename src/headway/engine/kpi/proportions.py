"""Shares of a number of cases: how sure they are, and whether two of them differ.

Source: Wilson (1927), the score interval at 95 %; the pooled z test of two proportions.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

Z = Decimal("1.959964")
_LEAST_Z = Decimal("1.96")


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with its 95 % interval, each from 0 to 1."""

    share: Decimal
    low: Decimal
    high: Decimal
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Two shares side by side. `z` None where both are 0 or both are 1; `shown` from 1.96."""

    one: Interval
    other: Interval
    z: Decimal | None
    shown: bool

    @property
    def overlap(self) -> bool:
        """Whether the intervals overlap, so that no rank may be given."""
        return self.one.low <= self.other.high and self.other.low <= self.one.high


def wilson(hits: int, n: int) -> Interval:
    """The share of hits among n cases with its interval; n is at least 1, hits from 0 to n."""
    if not 0 <= hits <= n or n < 1:
        raise ValueError(f"{hits} of {n} is no share. Give from 0 to n hits of at least one case.")
    share, squared = Decimal(hits) / n, Z * Z
    below = 1 + squared / n
    centre = (share + squared / (2 * n)) / below
    half = Z * (share * (1 - share) / n + squared / (4 * n * n)).sqrt() / below
    return Interval(share, max(centre - half, Decimal(0)), min(centre + half, Decimal(1)), n)


def difference(hits: int, n: int, other_hits: int, other_n: int) -> Difference:
    """Whether two groups differ, by the pooled z test."""
    one, other = wilson(hits, n), wilson(other_hits, other_n)
    pooled = Decimal(hits + other_hits) / (n + other_n)
    spread = (pooled * (1 - pooled) * (Decimal(1) / n + Decimal(1) / other_n)).sqrt()
    if spread == 0:
        return Difference(one, other, None, False)
    z = abs(one.share - other.share) / spread
    return Difference(one, other, z, z >= _LEAST_Z)
