"""Currencies: their digits, and what is said of a code or an amount that cannot be entered."""

from __future__ import annotations

from decimal import Decimal

from headway.engine.currencies import DIGITS, digits_fault, fault_of
from headway.engine.units import Money


def test_every_code_stands_once_and_has_three_letters() -> None:
    assert len(DIGITS) == 156 + 19 or len(DIGITS) > 150
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for code in DIGITS)
    assert {DIGITS[code] for code in ("JPY", "EUR", "KWD", "CLF")} == {0, 2, 3, 4}


def test_what_is_no_currency_in_use_is_told() -> None:
    assert fault_of("CHF") == ""
    assert fault_of("chf") == "write 'chf' in capitals: CHF"
    for code in ("XXQ", "XXX", "XAU", "DEM", "EU", ""):
        assert "no currency in use" in fault_of(code)


def test_digits_beyond_the_currencys_own_are_a_fault() -> None:
    assert digits_fault(Decimal("12.340000"), "EUR") == ""
    assert digits_fault(Decimal("12.345"), "KWD") == ""
    assert digits_fault(Decimal("1E+3"), "JPY") == ""
    assert digits_fault(Decimal("12.345"), "EUR") == "12.345 is too fine: EUR has two digits after the point."


def test_money_of_an_unknown_code_is_still_read() -> None:
    assert Money(Decimal("1.005"), "XXQ").rounded() == Money(Decimal("1.00"), "XXQ")
