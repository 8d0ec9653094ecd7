"""Distributions of a duration: their mean, variance and quantiles.

Amounts are plain numbers in one unit (the simulation uses tenths of a working minute).
Every one refuses values out of order. Not here: drawing from them (`draws`), formulas of sums (`statistics`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Protocol

import numpy as np

from headway.engine.risk.normal import Reals, normal_quantile
from headway.engine.statistics import EstimateError

# The distance between the 10 % and the 90 % quantile of a standard normal value.
P10_TO_P90 = 2.5631031310892007
_PERT_STEPS = 1024


class Distribution(Protocol):
    """What the simulation needs of a distribution."""

    @property
    def mean(self) -> float:
        """The expected amount."""

    @property
    def variance(self) -> float:
        """The mean squared distance from the mean."""

    def quantile(self, probability: Reals) -> Reals:
        """The amounts that lie above so large a share of all draws; 0 < probability < 1."""


@dataclass(frozen=True, slots=True)
class Constant:
    """Always the same amount."""

    amount: float

    @property
    def mean(self) -> float:
        return self.amount

    @property
    def variance(self) -> float:
        return 0.0

    def quantile(self, probability: Reals) -> Reals:
        return np.full_like(probability, self.amount)


@dataclass(frozen=True, slots=True)
class Uniform:
    """Every amount between two ends is equally likely."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise EstimateError(f"A uniform distribution from {self.low:g} to {self.high:g} falls. Swap the ends.")

    @property
    def mean(self) -> float:
        return (self.low + self.high) / 2

    @property
    def variance(self) -> float:
        return (self.high - self.low) ** 2 / 12

    def quantile(self, probability: Reals) -> Reals:
        return self.low + (self.high - self.low) * probability


@dataclass(frozen=True, slots=True)
class Triangular:
    """A density that rises straight from the optimistic to the likeliest amount and falls to the pessimistic."""

    optimistic: float
    likeliest: float
    pessimistic: float

    def __post_init__(self) -> None:
        _require_order(self.optimistic, self.likeliest, self.pessimistic)

    @property
    def mean(self) -> float:
        return (self.optimistic + self.likeliest + self.pessimistic) / 3

    @property
    def variance(self) -> float:
        o, m, p = self.optimistic, self.likeliest, self.pessimistic
        return (o * o + m * m + p * p - o * m - o * p - m * p) / 18

    def quantile(self, probability: Reals) -> Reals:
        width = self.pessimistic - self.optimistic
        rise, fall = self.likeliest - self.optimistic, self.pessimistic - self.likeliest
        left = self.optimistic + np.sqrt(probability * width * rise)
        right = self.pessimistic - np.sqrt((1 - probability) * width * fall)
        return np.where(probability * width < rise, left, right)


@dataclass(frozen=True, slots=True)
class Pert:
    """A beta density over O to P whose shapes 1 + 4(M − O)/(P − O) and 1 + 4(P − M)/(P − O) sum to 6."""

    optimistic: float
    likeliest: float
    pessimistic: float

    def __post_init__(self) -> None:
        _require_order(self.optimistic, self.likeliest, self.pessimistic)

    @property
    def mean(self) -> float:
        return (self.optimistic + 4 * self.likeliest + self.pessimistic) / 6

    @property
    def variance(self) -> float:
        return (self.mean - self.optimistic) * (self.pessimistic - self.mean) / 7

    def quantile(self, probability: Reals) -> Reals:
        width = self.pessimistic - self.optimistic
        if width == 0:
            return np.full_like(probability, self.optimistic)
        angles, below = _pert_curve((self.likeliest - self.optimistic) / width)
        share = np.sin(np.interp(probability, below, angles)) ** 2
        return self.optimistic + width * share


@lru_cache(maxsize=4096)
def _pert_curve(mode: float) -> tuple[Reals, Reals]:
    """Angles t and the beta probability below sin²t, for the likeliest share `mode` of the range.

    In the angle the density is smooth at both ends, so that equal steps follow it closely.
    """
    angles = np.linspace(0, math.pi / 2, _PERT_STEPS + 1)
    density = np.sin(angles) ** (1 + 8 * mode) * np.cos(angles) ** (9 - 8 * mode)
    below = np.concatenate(([0.0], np.cumsum(density[1:] + density[:-1])))
    return angles, below / below[-1]


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A lognormal amount whose 10 % quantile is the optimistic and whose 90 % quantile the pessimistic one.

    The likeliest amount of the estimate is not used.
    """

    optimistic: float
    pessimistic: float

    def __post_init__(self) -> None:
        if not 0 < self.optimistic <= self.pessimistic:
            raise EstimateError(
                f"A lognormal duration needs 0 < optimistic ≤ pessimistic, not {self.optimistic:g} and "
                f"{self.pessimistic:g}. Correct them or choose another distribution."
            )

    @property
    def mu(self) -> float:
        """Mean of the logarithm: ½ ln(O P)."""
        return (math.log(self.optimistic) + math.log(self.pessimistic)) / 2

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm: ln(P / O) / 2.5631."""
        return math.log(self.pessimistic / self.optimistic) / P10_TO_P90

    @property
    def median(self) -> float:
        """The amount that half of all draws stay below."""
        return math.exp(self.mu)

    @property
    def mean(self) -> float:
        return math.exp(self.mu + self.sigma**2 / 2)

    @property
    def variance(self) -> float:
        return math.expm1(self.sigma**2) * math.exp(2 * self.mu + self.sigma**2)

    def quantile(self, probability: Reals) -> Reals:
        return np.exp(self.mu + self.sigma * normal_quantile(probability))


@dataclass(frozen=True, slots=True)
class Empirical:
    """Amounts that were seen, in rising order; between two of them every amount is equally likely."""

    amounts: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.amounts or list(self.amounts) != sorted(self.amounts):
            raise EstimateError("An empirical distribution needs at least one amount, in rising order.")

    @property
    def mean(self) -> float:
        below, above = self.amounts[:-1], self.amounts[1:]
        return sum((a + b) / 2 for a, b in zip(below, above, strict=True)) / len(above) if above else self.amounts[0]

    @property
    def variance(self) -> float:
        below, above = self.amounts[:-1], self.amounts[1:]
        if not above:
            return 0.0
        squares = sum((a * a + a * b + b * b) / 3 for a, b in zip(below, above, strict=True)) / len(above)
        return max(0.0, squares - self.mean**2)

    def quantile(self, probability: Reals) -> Reals:
        found: Reals = np.interp(probability, np.linspace(0, 1, max(2, len(self.amounts))), self._ends())
        return found

    def _ends(self) -> tuple[float, ...]:
        return self.amounts if len(self.amounts) > 1 else self.amounts * 2


class Shape(Enum):
    """Which distribution a three-point estimate stands for."""

    PERT = "pert"
    TRIANGULAR = "triangular"
    LOGNORMAL = "lognormal"
    UNIFORM = "uniform"

    def of(self, optimistic: float, likeliest: float, pessimistic: float) -> Distribution:
        """The distribution of one estimate. Raises EstimateError unless O ≤ M ≤ P (lognormal: and 0 < O)."""
        _require_order(optimistic, likeliest, pessimistic)
        if optimistic == pessimistic:
            return Constant(optimistic)
        if self is Shape.PERT:
            return Pert(optimistic, likeliest, pessimistic)
        if self is Shape.TRIANGULAR:
            return Triangular(optimistic, likeliest, pessimistic)
        if self is Shape.LOGNORMAL:
            return LogNormal(optimistic, pessimistic)
        return Uniform(optimistic, pessimistic)


def _require_order(optimistic: float, likeliest: float, pessimistic: float) -> None:
    if not optimistic <= likeliest <= pessimistic:
        raise EstimateError(
            f"Optimistic {optimistic:g}, most likely {likeliest:g}, pessimistic {pessimistic:g}: "
            "they must not fall. Correct the order."
        )
