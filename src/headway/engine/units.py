"""Frozen values that everything else is counted in: Money, WorkTime, Percent.

Not here: calendars (which working time a date holds) and formats for people (the writers).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import total_ordering

from headway.engine.currencies import digits_of

TENTHS_PER_MINUTE = 10
TENTHS_PER_HOUR = 600


@total_ordering
@dataclass(frozen=True, slots=True)
class WorkTime:
    """An amount of working (or, for elapsed durations, clock) time in tenths of a minute.

    The grid is Microsoft Project's own; negative amounts are leads or negative slack.
    """

    tenths: int

    @classmethod
    def from_minutes(cls, minutes: Decimal | float) -> WorkTime:
        """The nearest tenth of a minute; halves go to the even tenth."""
        return cls(round(minutes * TENTHS_PER_MINUTE))

    @classmethod
    def from_hours(cls, hours: Decimal | float) -> WorkTime:
        """The nearest tenth of a minute to that many hours."""
        return cls(round(hours * TENTHS_PER_HOUR))

    @property
    def minutes(self) -> Decimal:
        """Minutes, with at most one decimal."""
        return Decimal(self.tenths) / TENTHS_PER_MINUTE

    @property
    def hours(self) -> Decimal:
        """Hours, unrounded."""
        return Decimal(self.tenths) / TENTHS_PER_HOUR

    def __add__(self, other: WorkTime) -> WorkTime:
        return WorkTime(self.tenths + other.tenths)

    def __sub__(self, other: WorkTime) -> WorkTime:
        return WorkTime(self.tenths - other.tenths)

    def __neg__(self) -> WorkTime:
        return WorkTime(-self.tenths)

    def __lt__(self, other: WorkTime) -> bool:
        return self.tenths < other.tenths

    def __bool__(self) -> bool:
        return self.tenths != 0


ZERO_WORK = WorkTime(0)


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies met in one sum."""


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency; rounded only where a document or ledger line is made."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError("Money takes a Decimal amount, never a float.")
        if len(self.currency) != 3 or not self.currency.isupper():
            raise ValueError(f"Currency {self.currency!r} is not a three-letter ISO 4217 code.")

    def _same(self, other: Money) -> None:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"Cannot combine {self.currency} with {other.currency}.")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * factor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def rounded(self) -> Money:
        """To the currency's minor unit, halves to even: for ledger lines and documents only."""
        step = Decimal(1).scaleb(-digits_of(self.currency))
        return Money(self.amount.quantize(step, ROUND_HALF_EVEN), self.currency)
