"""Values are written as people of the organisation write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.engine.units import Money, WorkTime
from headway.interfaces.web.locale import AMERICAN, BRITISH, CONTINENTAL, locale_for
from headway.interfaces.web.templatetags import formats

NB = "\u00a0"
FRIDAY = date(2026, 3, 13)


@pytest.mark.parametrize(
    ("amount", "locale", "text"),
    [
        ("12480.5", BRITISH, f"EUR{NB}12,480.50"),
        ("12480.5", CONTINENTAL, f"12.480,50{NB}EUR"),
        ("-3", AMERICAN, f"−EUR{NB}3.00"),
        ("-3", CONTINENTAL, f"−3,00{NB}EUR"),
        ("0.005", BRITISH, f"EUR{NB}0.00"),
    ],
)
def test_money_names_its_currency_and_keeps_its_minor_unit(amount: str, locale: object, text: str) -> None:
    assert formats.money(Money(Decimal(amount), "EUR"), locale) == text


def test_yen_has_no_minor_unit() -> None:
    assert formats.money(Money(Decimal("1500.4"), "JPY"), BRITISH) == f"JPY{NB}1,500"


def test_short_money_is_whole() -> None:
    assert formats.money_short(Money(Decimal("412799.7"), "EUR"), BRITISH) == f"EUR{NB}412,800"


@pytest.mark.parametrize(
    ("value", "text"),
    [(WorkTime.from_hours(37.5), f"37.5{NB}h"), (Decimal("1284.25"), f"1,284.25{NB}h"), (0, f"0{NB}h")],
)
def test_hours_take_work_time_or_a_number(value: object, text: str) -> None:
    assert formats.hours(value, BRITISH) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1, "1 day"), (6, "6 days"), (Decimal("0.5"), "0.5 days"), (-2, "−2 days")]
)
def test_days_agree_in_number(value: object, text: str) -> None:
    assert formats.days(value, BRITISH) == text.replace(" ", NB)


def test_percent_takes_a_share_of_one() -> None:
    assert formats.percent(Decimal("0.624")) == f"62{NB}%"


def test_an_index_has_two_digits_always() -> None:
    assert formats.ratio(Decimal("0.9"), CONTINENTAL) == "0,90"


@pytest.mark.parametrize(
    "write", [formats.money, formats.hours, formats.days, formats.percent, formats.number, formats.weekday_date]
)
@pytest.mark.parametrize("absent", [None, "", "text", float("nan")])
def test_what_is_absent_is_a_dash_never_a_zero(write: object, absent: object) -> None:
    assert write(absent) == "–"  # type: ignore[operator]


def test_dates_carry_their_weekday_in_the_organisations_order() -> None:
    assert formats.weekday_date(FRIDAY, BRITISH) == "Fri 13 Mar 2026"
    assert formats.weekday_date(FRIDAY, AMERICAN) == "Fri, Mar 13, 2026"
    assert formats.short_date(FRIDAY, AMERICAN) == "Fri, Mar 13"


def test_an_instant_shows_its_time_and_zone() -> None:
    assert formats.exact_date(datetime(2026, 3, 13, 9, 30, tzinfo=UTC), BRITISH) == "Fri 13 Mar 2026, 09:30 UTC"


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 3, 13), "today"),
        (date(2026, 3, 14), "tomorrow"),
        (date(2026, 3, 12), "yesterday"),
        (date(2026, 3, 16), "in 3 days"),
        (date(2026, 4, 13), "in 4 weeks"),
        (date(2026, 3, 1), "12 days ago"),
        (date(2028, 3, 13), "Mon 13 Mar 2028"),
    ],
)
def test_relative_dates(day: date, text: str) -> None:
    assert formats.relative_date(day, FRIDAY) == text


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2), st.sampled_from([BRITISH, AMERICAN, CONTINENTAL]))
def test_a_written_amount_reads_back(amount: Decimal, locale: object) -> None:
    text = formats.money(Money(amount, "EUR"), locale)
    group, decimal = locale.group, locale.decimal  # type: ignore[attr-defined]
    digits = text.replace("EUR", "").replace(NB, "").replace(group, "").replace(decimal, ".").replace("−", "-")
    assert Decimal(digits) == amount


@pytest.mark.parametrize(("name", "text"), [("Ada Lovelace King", "AK"), ("ada", "A"), ("", "?"), ("<b>", "?")])
def test_initials(name: str, text: str) -> None:
    assert formats.initials(name) == text


def test_states_are_read_from_words_and_enums_and_unknown_is_grey() -> None:
    class Health(Enum):
        RED = "red"

    assert [formats.rag_state(value) for value in ("Green", Health.RED, "purple", None)] == [
        "green",
        "red",
        "grey",
        "grey",
    ]
    assert formats.rag_word(Health.RED) == "Red"


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18 Safari/605.1.15",
            "Safari on macOS",
        ),
        ("curl/8.0", "curl/8.0"),
    ],
)
def test_browsers_in_words(sent: str, text: str) -> None:
    assert formats.browser_words(sent) == text


def test_the_locale_follows_the_organisations_spelling() -> None:
    assert locale_for("us") is AMERICAN
    assert locale_for("gb") is BRITISH
    assert locale_for("") is BRITISH
