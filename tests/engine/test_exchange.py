"""One shown total of several currencies: by dated rates, with what is left out named."""

from datetime import date
from decimal import Decimal

import pytest

from headway.engine.exchange import ExchangeError, ExchangeRate, converted, rate_on

D = Decimal
DAY = date(2026, 3, 2)
DOLLAR = ExchangeRate("USD", "EUR", D("0.9"), date(2026, 1, 1))
DOLLAR_LATER = ExchangeRate("USD", "EUR", D("0.8"), date(2026, 3, 1))


def test_a_total_names_its_rates_and_what_no_rate_converts() -> None:
    told = converted(
        [("EUR", D(100)), ("USD", D(50)), ("GBP", D(7)), ("EUR", D(1))], "EUR", (DOLLAR, DOLLAR_LATER), on=DAY
    )
    assert (told.total, told.own, told.used) == (D("141.0"), D(101), (DOLLAR_LATER,))
    assert told.left_out == (("GBP", D(7)),)


def test_a_rate_counts_from_its_day_and_whichever_way_round_it_was_entered() -> None:
    assert rate_on((DOLLAR, DOLLAR_LATER), "USD", "EUR", date(2026, 2, 28)) == DOLLAR
    assert rate_on((DOLLAR,), "USD", "EUR", date(2025, 12, 31)) is None
    assert converted([("EUR", D(9))], "USD", (DOLLAR,), on=DAY).total == D(10)


def test_without_any_rate_there_is_no_total_and_never_a_zero() -> None:
    told = converted([("USD", D(5))], "EUR", (), on=DAY)
    assert (told.total, told.left_out) == (None, (("USD", D(5)),))


def test_a_rate_of_nothing_or_to_itself_is_refused() -> None:
    for base, quote, rate in (("EUR", "EUR", D(1)), ("USD", "EUR", D(0))):
        with pytest.raises(ExchangeError):
            ExchangeRate(base, quote, rate, DAY)
