"""Three-point estimates and the ranges of the estimate classes.

Not here: their sums (`estimating`), simulation of a network (`risk`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from headway.engine.measures import HUNDRED


class EstimateError(ValueError):
    """A three-point estimate out of order, or a tree of lines that skips a level."""


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
