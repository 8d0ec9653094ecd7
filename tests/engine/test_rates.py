"""Rate card precedence, frozen amounts, and the measures of hours."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.engine import rates
from headway.engine.rates import (
    EstimateLine,
    RateError,
    RateKind,
    RateLine,
    RateScope,
    Rounding,
    RoundingDirection,
    RoundingLevel,
    WorkedBy,
    estimate_margin,
    frozen_amounts,
    rate_for,
    rounded_hours,
)
from headway.engine.units import Money

D = Decimal
JANUARY = date(2026, 1, 1)


def line(scope: RateScope, amount, *, kind=RateKind.BILL, first=JANUARY, last=None, **keys) -> RateLine:
    return RateLine(kind, scope, Money(D(amount), "EUR"), first, last, **keys)


ANA_DEFAULT = line(RateScope.PERSON_DEFAULT, 80, person="ana")
ACME_DEVELOPER = line(RateScope.CLIENT_ROLE, 90, client="acme", role="developer")
SITE_DEVELOPER = line(RateScope.ROLE_ON_PROJECT, 95, project="site", role="developer")
ANA_ON_SITE = line(RateScope.PERSON_ON_PROJECT, 100, person="ana", project="site")
CARD = (ANA_DEFAULT, ACME_DEVELOPER, SITE_DEVELOPER, ANA_ON_SITE)


def worked(on=date(2026, 3, 2), **changes) -> WorkedBy:
    who = {"person": "ana", "project": "site", "client": "acme", "role": "developer"}
    return WorkedBy(**{**who, **changes}, on=on)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ({}, 100),
        ({"person": "bo"}, 95),
        ({"person": "bo", "project": "shop"}, 90),
        ({"project": "shop", "role": "designer"}, 80),
        ({"project": "shop", "client": None, "role": None}, 80),
    ],
)
def test_the_most_particular_rate_wins(who, expected):
    assert rate_for(CARD, RateKind.BILL, worked(**who)).rate.amount == expected


def test_nobody_knows_the_rate_of_a_stranger():
    assert rate_for(CARD, RateKind.BILL, worked(person="bo", project="shop", client="other")) is None
    assert rate_for(CARD, RateKind.COST, worked()) is None


def test_strong_scope_that_is_not_in_force_leaves_the_weaker_one():
    ended = line(RateScope.PERSON_ON_PROJECT, 100, person="ana", project="site", last=date(2026, 2, 28))
    assert rate_for((ANA_DEFAULT, ended), RateKind.BILL, worked()).rate.amount == 80
    assert rate_for((ANA_DEFAULT, ended), RateKind.BILL, worked(on=date(2026, 2, 28))).rate.amount == 100
    assert rate_for((ANA_DEFAULT,), RateKind.BILL, worked(on=date(2025, 12, 31))) is None


def test_later_card_supersedes_and_saved_entries_stay():
    old_card = (line(RateScope.PERSON_DEFAULT, 100, person="ana"),)
    saved = frozen_amounts(old_card, worked(), hours=D("2.5"), billable=True)
    new_card = (*old_card, line(RateScope.PERSON_DEFAULT, 120, person="ana", first=date(2026, 3, 1)))
    assert saved.bill_amount == Money(D(250), "EUR")
    assert frozen_amounts(new_card, worked(), hours=D("2.5"), billable=True).bill_amount == Money(D(300), "EUR")
    assert frozen_amounts(new_card, worked(on=date(2026, 2, 27)), hours=D(1), billable=True).bill_rate.amount == 100
    assert saved.bill_amount == Money(D(250), "EUR")


def test_bill_and_cost_are_found_apart():
    card = (*CARD, line(RateScope.PERSON_DEFAULT, 60, kind=RateKind.COST, person="ana"))
    saved = frozen_amounts(card, worked(), hours=D(3), billable=False)
    assert (saved.bill_rate.amount, saved.bill_amount.amount) == (100, 0)
    assert (saved.cost_rate.amount, saved.cost_amount.amount) == (60, 180)
    assert (saved.bill_scope, saved.cost_scope) == (RateScope.PERSON_ON_PROJECT, RateScope.PERSON_DEFAULT)


def test_unknown_rate_gives_no_amount_rather_than_zero():
    saved = frozen_amounts((), worked(), hours=D(3), billable=True)
    assert saved.bill_amount is None
    assert saved.cost_amount is None


def test_two_rates_from_the_same_day_are_refused():
    twice = (ANA_DEFAULT, line(RateScope.PERSON_DEFAULT, 85, person="ana"))
    with pytest.raises(RateError, match="begin on 2026-01-01: 80 EUR and 85 EUR"):
        rate_for(twice, RateKind.BILL, worked(project="shop", client=None))


@pytest.mark.parametrize(
    ("scope", "keys", "message"),
    [
        (RateScope.CLIENT_ROLE, {"client": "acme"}, "needs role"),
        (RateScope.PERSON_DEFAULT, {"person": "ana", "last": date(2025, 1, 1)}, "before it begins"),
    ],
)
def test_lines_without_their_scope_are_refused(scope, keys, message):
    with pytest.raises(RateError, match=message):
        line(scope, 1, **keys)


@pytest.mark.parametrize(
    ("measure", "text"),
    [
        (rates.utilisation_net(D(108), D(160), D(16)), "75.0"),
        (rates.utilisation_gross(D(108), D(160)), "67.5"),
        (rates.utilisation_gross(D(1098), D(1800)), "61.0"),
        (rates.realised_utilisation(D(61), D("14.8")), "53.1"),
        (rates.overburn(D("114.8"), D(100)), "14.8"),
        (rates.realisation_hours(D(99), D(108)), "91.7"),
        (rates.realisation_value(D(11000), D(108), D(120)), "84.9"),
        (rates.rate_margin(D(60000) / D(402), D(65)), "56.5"),
        (rates.utilisation_net(D(1), D(16), D(16)), "–"),
        (rates.effective_rate(D(1), D(0)), "–"),
        (rates.utilisation_gross(None, D(1)), "–"),
    ],
)
def test_measures_of_hours(measure, text):
    assert measure.shown() == text
    assert bool(measure.reason) is (text == "–")


def test_net_and_gross_utilisation_have_their_own_names():
    names = {rates.utilisation_net(D(1), D(2), D(0)).name, rates.utilisation_gross(D(1), D(2)).name}
    assert names == {"Utilisation, net", "Utilisation, gross"}


def test_mean_effective_rate_is_total_fee_over_total_hours():
    hours = [D(one) for one in (55, 62, 70, 65, 78, 72)]
    monthly = [rates.effective_rate(D(10000), one).shown(0) for one in hours]
    assert monthly == ["182", "161", "143", "154", "128", "139"]
    whole = rates.effective_rate(D(60000), sum(hours))
    assert whole.shown() == "149.25"
    assert rates.rate_margin(whole.value, D(65)).shown(2) == "56.45"


def test_estimate_margin_example():
    result = estimate_margin(
        [EstimateLine(D(60), D(140), D(78)), EstimateLine(D(120), D(115), D(61)), EstimateLine(D(40), D(120), D(64))]
    )
    assert (result.fee.value, result.cost.value) == (27000, 14560)
    assert result.blended_rate.shown() == "122.73"
    assert result.margin.shown() == "46.1"


def test_empty_estimate_has_no_margin():
    assert estimate_margin([]).margin.value is None


def test_rounding_states_its_level():
    entries = [D("0.10")] * 3
    by_entry = Rounding(15, RoundingDirection.UP, RoundingLevel.ENTRY)
    by_total = Rounding(15, RoundingDirection.UP, RoundingLevel.TOTAL)
    assert rounded_hours(entries, by_entry) == D("0.75")
    assert rounded_hours(entries, by_total) == D("0.5")
    assert rounded_hours(entries) == D("0.30")
    assert by_entry.text == "each entry rounded up to 15 min"


def test_rounding_to_nothing_is_refused():
    with pytest.raises(RateError, match="0 minutes"):
        Rounding(0)


@given(st.lists(st.decimals(min_value=0, max_value=24, places=2), max_size=20), st.sampled_from([6, 10, 15, 30, 60]))
def test_rounding_up_each_entry_is_never_below_rounding_up_the_total(entries, minutes):
    whole = rounded_hours(entries, Rounding(minutes))
    single = rounded_hours(entries, Rounding(minutes, level=RoundingLevel.ENTRY))
    assert sum(entries) - D("1e-20") <= whole <= single + D("1e-20")
