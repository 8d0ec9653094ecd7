"""Hours through their doors: frozen rates, own entries only, totals in SQL, the way to approval."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from headway.areas.hours import commands, queries
from headway.areas.hours.types import Amount, EntryRow, EntryStatus, GroupBy, RateKind
from headway.kernel.context import Channel, Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound, PersonRequired

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
MONDAY = date(2026, 2, 23)


def _log(ctx: Context, hours: str = "2", day: date = MONDAY, **more: Any) -> EntryRow:
    return commands.log(ctx, project="SITE", day=day, hours=Decimal(hours), **more)


def _bill(house: House, rate: str, first: date, **more: Any) -> None:
    commands.set_project_rate(
        house("manager"), project="SITE", kind=RateKind.BILL, rate=Decimal(rate), first=first, **more
    )


def test_an_entry_keeps_its_amount_after_the_card_changes(site: House) -> None:
    _bill(site, "100", date(2026, 1, 1), role="Engineer")
    entry = _log(site("manager"), "3", role="Engineer")
    assert (entry.bill_rate, entry.bill_amount, entry.bill_currency) == (Decimal(100), Decimal(300), "EUR")
    before = queries.totals(site("manager"), project="SITE", by=(GroupBy.MONTH,))
    _bill(site, "120", date(2026, 1, 1), role="Engineer")
    assert queries.entry(site("manager"), entry=entry.id).bill_amount == Decimal(300)
    assert queries.totals(site("manager"), project="SITE", by=(GroupBy.MONTH,)) == before
    assert _log(site("manager"), "1", role="engineer").bill_amount == Decimal(120)


def test_a_new_note_or_hours_keep_the_frozen_rate_and_another_day_looks_it_up_anew(site: House) -> None:
    _bill(site, "100", date(2026, 2, 1), role="Engineer")
    entry = _log(site("member"), role="Engineer")
    _bill(site, "150", date(2026, 2, 24), role="Engineer")
    longer = commands.edit(site("member"), entry=entry.id, hours=Decimal(4), note="More")
    assert queries.entry(site("manager"), entry=longer.id).bill_amount == Decimal(400)
    commands.edit(site("member"), entry=entry.id, day=date(2026, 2, 24))
    assert queries.entry(site("manager"), entry=entry.id).bill_amount == Decimal(600)


def test_rates_by_precedence_person_on_project_then_role_then_person_default(site: House) -> None:
    admin = site("administrator")
    commands.set_rate(
        admin, kind=RateKind.BILL, rate=Decimal(80), currency="EUR", first=date(2026, 1, 1), person="member@example.org"
    )
    assert _worth(site, _log(site("member"), "1", role="Engineer")) == Decimal(80)
    _bill(site, "100", date(2026, 1, 1), role="Engineer")
    assert _worth(site, _log(site("member"), "1", role="Engineer")) == Decimal(100)
    _bill(site, "130", date(2026, 1, 1), person="member@example.org")
    assert _worth(site, _log(site("member"), "1", role="Engineer")) == Decimal(130)


def _worth(house: House, entry: EntryRow) -> Decimal | None:
    return queries.entry(house("manager"), entry=entry.id).bill_amount


def test_hours_that_are_not_billable_are_worth_nothing_but_cost(site: House) -> None:
    _bill(site, "100", date(2026, 1, 1), role="Engineer")
    commands.set_project_rate(
        site("manager"), project="SITE", kind=RateKind.COST, rate=Decimal(60), first=date(2026, 1, 1), role="Engineer"
    )
    entry = _log(site("manager"), "2", role="Engineer", billable=False)
    assert (entry.bill_rate, entry.bill_amount, entry.cost_amount) == (Decimal(100), Decimal(0), Decimal(120))


def test_costs_need_a_right_of_their_own(site: House) -> None:
    commands.set_project_rate(
        site("manager"), project="SITE", kind=RateKind.COST, rate=Decimal(60), first=date(2026, 1, 1), role="Engineer"
    )
    _bill(site, "100", date(2026, 1, 1), role="Engineer")
    entry = _log(site("manager"), "2", role="Engineer")
    seen = queries.entry(site("associate"), entry=entry.id)
    assert (seen.cost_rate, seen.cost_amount, seen.cost_currency, seen.bill_amount) == (None, None, "", Decimal(200))
    assert [row.kind for row in queries.rates(site("associate"), project="SITE")] == [RateKind.BILL]
    assert {row.kind for row in queries.rates(site("manager"), project="SITE")} == {RateKind.BILL, RateKind.COST}
    assert queries.totals(site("associate"), project="SITE", by=())[0].cost is None
    assert queries.costs(site("manager"), project="SITE") == (Amount(Decimal(120), "EUR"),)
    with pytest.raises(Denied):
        queries.costs(site("associate"), project="SITE")
    assert queries.entry(site("member"), entry=_log(site("member")).id).bill_amount is None


def test_members_see_their_own_entries_only_by_every_way(site: House) -> None:
    mine, other = _log(site("member"), "2"), _log(site("tester"), "5")
    assert [row.id for row in queries.entries(site("member"), project="SITE").items] == [mine.id]
    assert queries.totals(site("member"), project="SITE", by=())[0].hours == Decimal(2)
    assert queries.week_sheet(site("member"), project="SITE", day=MONDAY).total == Decimal(2)
    filtered = queries.entries(site("member"), project="SITE", person="tester@example.org")
    assert filtered.items == ()
    for act in (
        lambda: queries.entry(site("member"), entry=other.id),
        lambda: commands.edit(site("member"), entry=other.id, note="x"),
        lambda: commands.remove(site("member"), entry=other.id),
        lambda: queries.entry(site("member"), entry=999_999),
    ):
        with pytest.raises(NotFound, match="Time entry not found"):
            act()
    assert len(queries.entries(site("associate"), project="SITE").items) == 2
    assert len(queries.entries(site("senior_reader"), project="SITE").items) == 2


def test_a_client_and_a_foreign_manager_are_refused(site: House) -> None:
    _log(site("member"))
    with pytest.raises(Denied):
        queries.entries(site("client"), project="SITE")
    with pytest.raises(Denied):
        queries.totals(site("client"), project="SITE")
    with pytest.raises(Denied):
        commands.log(site("client"), project="SITE", day=MONDAY, hours=Decimal(1))
    for who in ("stranger", "rival"):
        with pytest.raises(NotFound):
            queries.entries(site(who), project="SITE")
        with pytest.raises(NotFound):
            commands.log(site(who), project="SITE", day=MONDAY, hours=Decimal(1))


def test_only_those_who_run_the_project_log_for_others(site: House) -> None:
    assert _log(site("manager"), person="member@example.org").person == "Max Member"
    with pytest.raises(Denied):
        _log(site("member"), person="tester@example.org")


@pytest.mark.parametrize("hours", ["0", "-1", "24.5", "0.0000001"])
def test_hours_out_of_a_day_are_refused(site: House, hours: str) -> None:
    with pytest.raises(Invalid):
        _log(site("member"), hours)


def test_only_an_administrator_sets_rates_of_the_house(site: House) -> None:
    rate = {"kind": RateKind.BILL, "rate": Decimal(90), "currency": "EUR", "first": MONDAY}
    with pytest.raises(Denied):
        commands.set_rate(site("manager"), person="member@example.org", **rate)
    line = commands.set_rate(site("administrator"), person="member@example.org", **rate)
    with pytest.raises(Denied):
        commands.remove_rate(site("manager"), line=line.id)
    with pytest.raises(Invalid, match="either a person or a role"):
        commands.set_project_rate(site("manager"), project="SITE", kind=RateKind.BILL, rate=Decimal(1), first=MONDAY)


def test_from_draft_to_locked_and_back(site: House) -> None:
    entry = _log(site("member"))
    days = {"project": "SITE", "first": MONDAY, "last": MONDAY + timedelta(days=6)}
    assert commands.approve(site("manager"), **days).entries == 0
    assert commands.submit(site("member"), **days).hours == Decimal(2)
    assert commands.approve(site("manager"), **days).entries == 1
    assert commands.lock(site("manager"), **days).entries == 1
    for act in (
        lambda: commands.edit(site("manager"), entry=entry.id, note="x"),
        lambda: commands.remove(site("manager"), entry=entry.id),
    ):
        with pytest.raises(Conflict, match="locked"):
            act()
    assert commands.return_entries(site("manager"), reason="Wrong week", **days).entries == 1
    assert queries.entry(site("member"), entry=entry.id).status is EntryStatus.DRAFT
    commands.remove(site("member"), entry=entry.id)
    assert queries.entries(site("manager"), project="SITE").items == ()


def test_nobody_approves_his_own_hours_and_no_token_approves(site: House) -> None:
    _log(site("manager"))
    days = {"project": "SITE", "first": MONDAY, "last": MONDAY}
    commands.submit(site("manager"), **days)
    assert commands.approve(site("manager"), **days).entries == 0
    with pytest.raises(Denied, match="Somebody else"):
        commands.approve(site("manager"), person="manager@example.org", **days)
    token = site("administrator").but(channel=Channel.API, scopes=frozenset({"read", "write"}))
    with pytest.raises(PersonRequired):
        commands.approve(token, **days)
    assert commands.approve(site("administrator"), **days).entries == 1


def test_tenths_of_an_hour_add_up_exactly_and_group_by_several_keys(site: House) -> None:
    for place in range(30):
        _log(site("member"), "0.1", MONDAY + timedelta(days=place % 10), phase="Build" if place % 2 else "Design")
    rows = queries.totals(site("manager"), project="SITE", by=(GroupBy.MONTH, GroupBy.PERSON, GroupBy.PHASE))
    assert [(row.keys, row.hours, row.entries) for row in rows] == [
        (("2026-02-01", "Max Member", "Build"), Decimal("0.9"), 9),
        (("2026-02-01", "Max Member", "Design"), Decimal("0.9"), 9),
        (("2026-03-01", "Max Member", "Build"), Decimal("0.6"), 6),
        (("2026-03-01", "Max Member", "Design"), Decimal("0.6"), 6),
    ]
    weeks = queries.totals(site("manager"), project="SITE", by=(GroupBy.WEEK,))
    assert [(row.keys, row.hours) for row in weeks] == [
        (("2026-02-23",), Decimal("2.1")),
        (("2026-03-02",), Decimal("0.9")),
    ]


def test_the_week_sheet_adds_days_and_people(site: House) -> None:
    _log(site("member"), "2")
    _log(site("member"), "1.5", MONDAY + timedelta(days=2), billable=False)
    _log(site("tester"), "4")
    sheet = queries.week_sheet(site("manager"), project="SITE", day=MONDAY + timedelta(days=3))
    assert (sheet.first, sheet.total, sheet.days[0], sheet.days[2]) == (
        MONDAY,
        Decimal("7.5"),
        Decimal(6),
        Decimal("1.5"),
    )
    assert [(row.person, row.total, row.billable) for row in sheet.rows] == [
        ("Max Member", Decimal("3.5"), Decimal(2)),
        ("Tess Tester", Decimal(4), Decimal(4)),
    ]


def test_timesheets_in_counts_those_expected(site: House) -> None:
    empty = queries.timesheets_in(site("manager"), project="SITE", as_of=date(2026, 3, 2))
    assert (empty.percent.value, empty.percent.reason) == (None, "Nobody is expected to log hours.")
    _log(site("member"), day=MONDAY)
    _log(site("tester"), day=MONDAY - timedelta(days=7))
    found = queries.timesheets_in(site("manager"), project="SITE", as_of=date(2026, 3, 2))
    assert (found.week, found.percent.value, found.missing) == (MONDAY, Decimal(50), ("Tess Tester",))
    with pytest.raises(Denied):
        queries.timesheets_in(site("member"), project="SITE", as_of=date(2026, 3, 2))


def test_a_page_of_entries_costs_the_same_however_long(
    site: House, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(12):
        _log(site("member"), "1", MONDAY + timedelta(days=place % 5))
    manager = site("manager")
    with django_assert_max_num_queries(6):
        first = queries.entries(manager, project="SITE", limit=5)
    with django_assert_max_num_queries(6):
        second = queries.entries(manager, project="SITE", limit=5, cursor=first.next)
    with django_assert_max_num_queries(6):
        queries.totals(manager, project="SITE", by=(GroupBy.PERSON, GroupBy.WEEK))
    ids = [row.id for row in (*first.items, *second.items)]
    assert len(set(ids)) == 10
    assert first.items[0].day == MONDAY + timedelta(days=4)
