"""Three-point estimates, their sums with P50 and P80, and the ranges of the estimate classes.

Not here: simulation of a network (`risk.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from headway.engine.measures import HUNDRED, ZERO

# Standard normal quantile at 0.80.
_Z80 = Decimal("0.8416212335729143")

INDEPENDENCE = "P50 and P80 take the tasks as independent of each other and their sum as normal."


class EstimateError(ValueError):
    """A three-point estimate out of order, or a sum of nothing."""


@dataclass(frozen=True, slots=True)
class ThreePoint:
    """Optimistic, most likely and pessimistic amount of one task, in one unit. Refuses O ≤ M ≤ P broken."""

    optimistic: Decimal
    most_likely: Decimal
    pessimistic: Decimal
    name: str = ""

    def __post_init__(self) -> None:
        if not self.optimistic <= self.most_likely <= self.pessimistic:
            label = f"'{self.name}'" if self.name else "The estimate"
            raise EstimateError(
                f"{label} has optimistic {self.optimistic}, most likely {self.most_likely}, pessimistic "
                f"{self.pessimistic}. They must not fall: correct the order."
            )

    @property
    def mean(self) -> Decimal:
        """(O + 4M + P) / 6 (PERT)."""
        return (self.optimistic + 4 * self.most_likely + self.pessimistic) / 6

    @property
    def sd(self) -> Decimal:
        """Standard deviation (P − O) / 6 (PERT)."""
        return (self.pessimistic - self.optimistic) / 6

    @property
    def variance(self) -> Decimal:
        """The square of `sd`, with a single division."""
        return (self.pessimistic - self.optimistic) ** 2 / 36


@dataclass(frozen=True, slots=True)
class EstimateTotal:
    """The sum of three-point estimates; `assumption` must stand beside P50 and P80."""

    mean: Decimal
    sd: Decimal
    p50: Decimal
    p80: Decimal
    assumption: str = INDEPENDENCE


def total_of(estimates: Sequence[ThreePoint]) -> EstimateTotal:
    """Means add, variances add; P50 is the mean, P80 the mean + 0.8416 sd. Raises EstimateError for none."""
    if not estimates:
        raise EstimateError("There is no estimate to sum. Give at least one line.")
    mean = sum((one.optimistic + 4 * one.most_likely + one.pessimistic for one in estimates), ZERO) / 6
    sd = sum(((one.pessimistic - one.optimistic) ** 2 for one in estimates), ZERO).sqrt() / 6
    return EstimateTotal(mean, sd, mean, mean + _Z80 * sd)


class EstimateClass(Enum):
    """How firm an estimate is; the value is its name on paper."""

    ORDER_OF_MAGNITUDE = "order of magnitude"
    BUDGET = "budget"
    DEFINITIVE = "definitive"

    @property
    def percentages(self) -> tuple[Decimal, Decimal]:
        """Low and high end, in percent of the estimate."""
        low, high = _CLASS_RANGE[self]
        return Decimal(low), Decimal(high)

    def range_of(self, estimate: Decimal) -> tuple[Decimal, Decimal]:
        """Lowest and highest amount this class allows."""
        low, high = self.percentages
        return estimate * (HUNDRED + low) / HUNDRED, estimate * (HUNDRED + high) / HUNDRED


_CLASS_RANGE = {
    EstimateClass.ORDER_OF_MAGNITUDE: (-25, 75),
    EstimateClass.BUDGET: (-10, 25),
    EstimateClass.DEFINITIVE: (-5, 10),
}
