"""Amounts of different currencies shown as one total, by rates that a person entered; never added without one.

Not here: the stored rates, and where the amounts come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from headway.engine.measures import ZERO


class ExchangeError(ValueError):
    """A rate of 0 or less, or of a currency to itself."""


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """1 `base` is worth `rate` of `quote`, from a day on; a later one of the same two supersedes it."""

    base: str
    quote: str
    rate: Decimal
    first: date

    def __post_init__(self) -> None:
        if self.rate <= 0:
            raise ExchangeError(f"1 {self.base} cannot be worth {self.rate} {self.quote}; give more than 0.")
        if self.base == self.quote:
            raise ExchangeError(f"{self.base} needs no rate to itself.")


@dataclass(frozen=True, slots=True)
class Converted:
    """One shown total.

    total     of the amounts in `currency` and those converted; None where none is, so that nothing is shown as 0.
    own       of it, what was in the currency already.
    used      the rates it stands on, each with its day; `left_out` what no rate converts, by currency.
    """

    currency: str
    on: date
    total: Decimal | None
    own: Decimal
    used: tuple[ExchangeRate, ...]
    left_out: tuple[tuple[str, Decimal], ...]


def rate_on(rates: Sequence[ExchangeRate], base: str, quote: str, on: date) -> ExchangeRate | None:
    """The newest rate of the two currencies in force on a day, as entered, whichever way round; None without one."""
    pairs = ((base, quote), (quote, base))
    known = [rate for rate in rates if (rate.base, rate.quote) in pairs and rate.first <= on]
    # Of two that begin on one day, the one entered in the asked direction.
    return max(known, key=lambda rate: (rate.first, rate.base == base), default=None)


def converted(
    amounts: Iterable[tuple[str, Decimal]], currency: str, rates: Sequence[ExchangeRate], *, on: date
) -> Converted:
    """The amounts (currency, amount) as one total in a currency; what has no rate is named and left out."""
    sums: dict[str, Decimal] = {}
    for name, amount in amounts:
        sums[name] = sums.get(name, ZERO) + amount
    own = sums.pop(currency, None)
    total, used, left_out = own, [], []
    for name in sorted(sums):
        rate = rate_on(rates, name, currency, on)
        if rate is None:
            left_out.append((name, sums[name]))
            continue
        used.append(rate)
        total = (total or ZERO) + (sums[name] * rate.rate if rate.base == name else sums[name] / rate.rate)
    return Converted(currency, on, total, own or ZERO, tuple(used), tuple(left_out))
