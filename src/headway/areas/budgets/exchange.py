"""Exchange rates of the house, typed by an administrator; and totals of several currencies for the eye."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from headway.areas.budgets.models import ExchangeRate
from headway.areas.budgets.money_types import ExchangeRateRow, ShownTotal, Worth
from headway.areas.hours.sums import plain
from headway.engine.exchange import Converted, converted
from headway.engine.exchange import ExchangeRate as EngineRate
from headway.engine.measures import Unit, shown
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.queries import once, query
from headway.kernel.schema import Currency

_MOST = 500


@query(permission="budgets.read_exchange")
def exchange_rates(ctx: Context) -> tuple[ExchangeRateRow, ...]:
    """The exchange rates of the house, by currencies, the newest first."""
    rows = ExchangeRate.visible_to(ctx).order_by("base", "quote", "-first")[:_MOST]
    return tuple(_row(row) for row in rows)


@command(permission="budgets.edit_exchange")
def set_exchange_rate(ctx: Context, *, base: Currency, quote: Currency, rate: Worth, first: date) -> ExchangeRateRow:
    """Say what 1 of a currency is worth in another, from a day on. One of the same day is replaced.

    It converts what is shown as one total; no stored amount changes.
    """
    if base == quote:
        raise Invalid(f"{base} needs no rate to itself.", fields=[FieldError("quote", "the same currency")])
    known = ExchangeRate.unscoped(reason="of the house").filter(removed_at=None, first=first)
    for pair in ((base, quote), (quote, base)):  # of one day there is one truth, whichever way round it was typed
        for earlier in known.filter(base=pair[0], quote=pair[1]):
            earlier.change(ctx, removed_at=ctx.now)
    row = ExchangeRate.add(ctx, base=base, quote=quote, rate=rate, first=first, entered_by=ctx.actor.name[:255])
    return _row(row)


@command(permission="budgets.edit_exchange", destructive=True, idempotent=True)
def remove_exchange_rate(ctx: Context, *, rate: ExchangeRate) -> None:
    """Take an exchange rate away: from its day on, the one before holds again."""
    if rate.removed_at is None:
        rate.change(ctx, removed_at=ctx.now)


def _row(row: ExchangeRate) -> ExchangeRateRow:
    return ExchangeRateRow(row.pk, row.base, row.quote, plain(row.rate), row.first, row.entered_by, row.version)


# --- for figures; the caller has passed its door -------------------------------------------------


def house_exchange(ctx: Context) -> tuple[EngineRate, ...]:
    """All rates that stand, for `total_of`: read once for the totals of a page."""
    return once(ctx, "budgets.exchange rates", _stored_rates)


def _stored_rates() -> tuple[EngineRate, ...]:
    rows = ExchangeRate.unscoped(reason="rates of the house").filter(removed_at=None).order_by("first")
    return tuple(EngineRate(row.base, row.quote, plain(row.rate), row.first) for row in rows)


def total_of(
    amounts: Iterable[tuple[str, Decimal]], currency: str, rates: tuple[EngineRate, ...], on: date
) -> ShownTotal:
    """Sums by currency, and one total in a currency by the rates of a day; what no rate converts is named."""
    sums: dict[str, Decimal] = {}
    for name, amount in amounts:
        sums[name] = sums.get(name, Decimal(0)) + amount
    rows = tuple((name, plain(sums[name])) for name in sorted(sums))
    if not rows:
        return ShownTotal((), None, "")
    found = converted(rows, currency, rates, on=on)
    return ShownTotal(rows, found, _text(found))


def _text(found: Converted) -> str:
    said = [
        f"1 {rate.base} = {plain(rate.rate):f} {rate.quote} from {rate.first:%a} {rate.first.day} {rate.first:%b %Y}"
        for rate in found.used
    ]
    if found.left_out:
        left = ", ".join(f"{shown(amount, Unit.MONEY)} {name}" for name, amount in found.left_out)
        said.append(f"left out, for there is no rate to {found.currency}: {left}")
    return "; ".join(said)
