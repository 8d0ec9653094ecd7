"""Rules over whole tables, against the counts of public exports (metrics.md section 6, and the checks of section 8)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from headway.engine.kpi.population import Row, Rule, Wanted, judged, shares, total_faults

D = Decimal
PRODUCTS = ("GTX Basic", "GTX Pro", "GTX Plus Basic", "MG Special", "GTK 500")
SECTORS = ("technology", "medical", "retail", "software", "entertainment", "telecommunications", "finance")


def pipeline() -> list[Row]:
    """8,800 rows with the counts of the file: stage, product, account, engage and close dates."""
    stages = ["Won"] * 4238 + ["Lost"] * 2473 + ["Engaging"] * 1589 + ["Prospecting"] * 500
    return [
        {
            "opportunity_id": f"OP{place}",
            "deal_stage": stage,
            "product": "GTXPro" if place < 1480 else PRODUCTS[place % len(PRODUCTS)],
            "account": None if place >= 8800 - 1425 else "Acme",
            "engage_date": None if stage == "Prospecting" else date(2017, 1, 20),
            "close_date": date(2017, 3, 1) if stage in ("Won", "Lost") else None,
        }
        for place, stage in enumerate(stages)
    ]


def test_a_product_that_no_catalogue_has_is_found_in_every_row_with_the_nearest_name() -> None:
    told = judged(Rule(Wanted.AMONG, "product", PRODUCTS), pipeline())
    assert (len(told.findings), told.quality.good, told.quality.of) == (1480, 7320, 8800)
    assert {(one.value, one.nearest) for one in told.findings} == {("GTXPro", "GTX Pro")}


def test_a_misspelt_sector_is_named_with_the_nearest_one() -> None:
    """metrics.md 6: sector 'technolgy' in accounts.csv."""
    rows = [{"account": "Acme", "sector": "technolgy"}, {"account": "Bubba", "sector": "retail"}]
    (found,) = judged(Rule(Wanted.AMONG, "sector", SECTORS), rows).findings
    assert (found.place, found.value, found.nearest) == (0, "technolgy", "technology")
    assert judged(Rule(Wanted.AMONG, "sector", SECTORS), [{"sector": "xyz"}]).findings[0].nearest == ""


def test_dates_are_missing_where_they_are_wanted_alone() -> None:
    """metrics.md 6: 500 rows without engage date, 2,089 without a close date that are no fault, 1,425 no account."""
    rows = pipeline()
    assert len(judged(Rule(Wanted.FILLED, "engage_date"), rows).findings) == 500
    assert len(judged(Rule(Wanted.FILLED, "account"), rows).findings) == 1425
    assert len(judged(Rule(Wanted.FILLED, "close_date"), rows).findings) == 2089
    told = judged(Rule(Wanted.FILLED, "close_date", where="deal_stage", among=("Won", "Lost")), rows)
    assert (told.findings, told.quality.good, told.quality.unjudged) == ((), 6711, 2089)


def test_a_deal_won_before_its_first_contact_is_one_finding() -> None:
    """metrics.md 6: 842 deals, one of them won two days before the first contact."""
    rows: list[Row] = [{"contact": date(2018, 3, 3), "won": date(2018, 3, 9)} for _ in range(841)]
    rows.append({"contact": date(2018, 3, 3), "won": date(2018, 3, 1)})
    told = judged(Rule(Wanted.NOT_BEFORE, "won", other="contact"), rows)
    assert [(one.place, one.value) for one in told.findings] == [(841, "2018-03-01")]
    nothing = judged(Rule(Wanted.NOT_BEFORE, "won", other="contact"), [{"contact": None, "won": date(2018, 3, 1)}])
    assert (nothing.findings, nothing.quality.unjudged) == ((), 1)


def test_types_and_keys_are_judged_where_something_stands() -> None:
    rows: list[Row] = [
        {"key": "A", "amount": D(5), "day": date(2026, 3, 2)},
        {"key": "A", "amount": "a lot", "day": "soon"},
        {"key": "", "amount": None, "day": None},
    ]
    assert [one.value for one in judged(Rule(Wanted.NUMBER, "amount"), rows).findings] == ["a lot"]
    assert [one.value for one in judged(Rule(Wanted.DAY, "day"), rows).findings] == ["soon"]
    single = judged(Rule(Wanted.SINGLE, "key"), rows)
    assert ([one.place for one in single.findings], single.quality.unjudged) == ([0, 1], 1)


ADS = ((2140, 498, "189.24", 41), (18420, 912, "2190.08", 80), (9880, 401, "1251.12", 9), (6310, 122, "494.10", 0),
       (48900, 605, "1034.55", 14))  # fmt: skip
NAMES = ("Impr.", "Clicks", "Cost", "Conversions")


def ads(*rows: tuple[object, ...]) -> list[Row]:
    return [dict(zip(NAMES, (D(str(value)) for value in row), strict=True)) for row in rows]


def test_an_export_that_is_cut_short_does_not_come_to_its_own_total() -> None:
    """metrics.md 6: a Google Ads export after one row is deleted (its rows and total in online-marketing.md 2)."""
    (total,) = ads((85650, 2538, "5159.09", 144))
    assert total_faults(ads(*ADS), total) == ()
    cut = total_faults(ads(*ADS[:3], *ADS[4:]), total)
    assert [(one.column, one.rows, one.total) for one in cut] == [
        ("Impr.", 79340, 85650),
        ("Clicks", 2416, 2538),
        ("Cost", D("4664.99"), D("5159.09")),
    ]  # the row had no conversion, so those still agree


def test_the_win_rate_of_a_pipeline_is_of_what_was_decided() -> None:
    """metrics.md 8 by referrals.md 12: won 4,238, lost 2,473: 63.15 %; what is open is not judged."""
    told = shares(pipeline(), group="", outcome="deal_stage", hits=("Won",), misses=("Lost",))
    (whole,) = told.groups
    assert (whole.hits, whole.interval.n, told.unjudged) == (4238, 6711, 2089)
    assert round(whole.interval.share * 100, 2) == D("63.15")


@pytest.fixture
def leads() -> list[Row]:
    """8,000 leads by origin, with the counts of the file for those that are named; the others in one more origin."""
    groups = {"paid_search": (195, 1586), "organic_search": (271, 2296), "referral": (24, 284),
              "unknown": (179, 1099), "": (14, 60)}  # fmt: skip
    rest = (842 - sum(won for won, _ in groups.values()), 8000 - sum(n for _, n in groups.values()))
    return [
        {"origin": name, "won": "yes" if place < won else ""}
        for name, (won, n) in {**groups, "social": rest}.items()
        for place in range(n)
    ]


def test_referred_leads_are_not_shown_to_convert_worse_and_a_bucket_of_unknowns_has_no_rank(leads: list[Row]) -> None:
    """metrics.md 6 and 8, referrals.md 12: shares by origin with their intervals."""
    told = shares(leads, group="origin", outcome="won", hits=("yes",), misses=())
    by = {one.group: one for one in told.groups}
    assert sum(one.hits for one in told.groups) == 842
    assert round(by["referral"].interval.share * 100, 2) == D("8.45")
    assert (round(by["referral"].interval.low * 100, 2), round(by["referral"].interval.high * 100, 2)) == (
        D("5.74"),
        D("12.27"),
    )
    assert round(by["paid_search"].interval.share * 100, 2) == D("12.30")
    assert round(by["unknown"].interval.share * 100, 1) == D("16.3")
    assert [one.group for one in told.groups if not one.known] == ["", "unknown"]
    assert [one.group for one in told.groups[-2:]] == ["", "unknown"]  # though their shares are the highest
    assert told.best == ""  # the intervals of paid and organic overlap


def test_a_group_is_best_only_above_all_others() -> None:
    rows: list[Row] = [
        {"team": team, "kept": "yes" if place < kept else "no"}
        for team, kept in (("A", 95), ("B", 50), ("C", 40))
        for place in range(100)
    ]
    assert shares(rows, group="team", outcome="kept", hits=("yes",), misses=("no",)).best == "A"
