"""Budget status, cost and margin over projects, and a retainer's statement: what agrees with which page, who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.budgets import (
    commands,
    commitments,
    cost_margin,
    costs,
    expenses,
    invoices,
    queries,
    retainer_ledger,
    retainers,
    statements,
    status,
)
from headway.areas.budgets.money_types import InvoiceStatus
from headway.areas.budgets.status_types import LineKind, MarginBy, MoneyKind
from headway.areas.budgets.types import Basis
from headway.areas.hours import commands as hours
from headway.areas.hours.types import RateKind
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.projects.keeping import forget
from headway.areas.schedule import commands as schedule
from headway.kernel.context import Context
from headway.kernel.errors import Denied, Invalid, NotFound

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
D = Decimal
JANUARY = (date(2026, 1, 1), date(2026, 1, 31))


@pytest.fixture
def site(house: House) -> House:
    """SITE in euros with rates, hours, an expense, an order and an invoice; the clock stands on 2 March 2026."""
    boss = house("manager")
    projects.create(boss, key="SITE", name="Site", currency="EUR", starts_on=date(2026, 1, 5), time_zone="UTC")
    for who in ("associate", "member", "client", "guest", "approver"):
        person = person_of_user(house(who).actor.user_id)
        projects.set_member(boss, project="SITE", person=person, role=Role(who))
    for kind, rate in ((RateKind.BILL, 100), (RateKind.COST, 60)):
        me = person_of_user(boss.actor.user_id)
        hours.set_project_rate(boss, project="SITE", kind=kind, rate=D(rate), first=date(2026, 1, 1), person=me)
    for day, worked in ((date(2026, 1, 14), "6.5"), (date(2026, 2, 3), "8"), (date(2026, 2, 4), "2")):
        hours.log(boss, project="SITE", day=day, hours=D(worked), phase="Build", note="Inside words")
    expenses.add_expense(
        boss,
        project="SITE",
        day=date(2026, 2, 5),
        description="Train",
        amount=D("99.99"),
        kind="Travel",
        billable=True,
        markup=D(10),
    )
    commitments.add_commitment(
        boss, project="SITE", supplier="Lab", title="Test", kind="Tests", amount=D(500), expected=date(2026, 4, 1)
    )
    invoices.add_invoice(
        boss, project="SITE", number="1", day=date(2026, 2, 28), amount=D(1000), status=InvoiceStatus.SENT
    )
    return house


def _budget(house: House, amount: str, **more: object) -> int:
    boss = house("manager")
    row = commands.add_budget(boss, project="SITE", name="Hours", basis=Basis.HOURS, amount=D(amount), **more)
    return row.id


# --- budget status -------------------------------------------------------------------------------


def test_status_agrees_with_the_burn_of_the_budget_and_keeps_changes_apart(site: House) -> None:
    boss = site("manager")
    budget = _budget(site, "10")
    change = commands.request_change(boss, project="SITE", title="More", reason="Asked", hours=D(4))
    commands.approve_change(site("approver"), change=change.id)
    commands.request_change(boss, project="SITE", title="Still more", reason="Asked", hours=D(2))
    found = status.budget_status(boss, project="SITE")
    (one,) = found.projects
    (stand,) = one.mains
    burn = queries.burn(boss, project="SITE", as_of=one.as_of, budget=budget)
    assert (stand.baseline, stand.approved_changes, stand.current, stand.pending) == (D(10), D(4), D(14), D(2))
    assert stand.burn == burn.burn
    assert stand.forecast_range == burn.forecast_range
    assert (stand.over, found.over, found.without) == (True, 1, 0)
    (total,) = found.sums
    assert (total.currency, total.baseline, total.current, total.spent) == ("", D(10), D(14), D("16.5"))
    assert one.margins == costs.margins(boss, project="SITE")
    assert one.committed == costs.commitments(boss, project="SITE").open


def test_status_tells_no_margin_to_those_who_may_not_see_costs(site: House) -> None:
    _budget(site, "40")
    (one,) = status.budget_status(site("associate")).projects
    assert one.mains[0].burn.spent.value == D("16.5")
    assert (one.margins, one.committed, one.budgets) == (None, None, ())
    with pytest.raises(Denied):
        status.budget_status(site("client"), project="SITE")


def test_a_project_without_a_budget_tells_its_hours_and_is_counted(site: House) -> None:
    found = status.budget_status(site("manager"))
    (one,) = found.projects
    assert (one.mains[0].budget_id, one.mains[0].current, found.without, found.sums) == (None, None, 1, ())
    assert one.mains[0].burn.spent.value == D("16.5")
    assert status.budget_status(site("manager"), client="Nobody").projects == ()


# --- cost and margin -----------------------------------------------------------------------------


@pytest.mark.parametrize("by", list(MarginBy))
def test_cost_and_margin_agrees_with_the_page_of_the_project_however_it_is_cut(site: House, by: MarginBy) -> None:
    boss = site("manager")
    found = cost_margin.cost_and_margin(boss, by=by)
    invoiced, billable = costs.margins(boss, project="SITE")
    told = costs.costs(boss, project="SITE")
    total = found.total
    assert total.margin_invoiced.value == invoiced.amount.value == D("-89.99")
    assert total.margin_billable.value == billable.amount.value
    assert total.margin_billable_percent.value == billable.percent.value
    assert (("EUR", total.cost),) == told.actual.sums
    assert (("EUR", total.orders),) == told.committed.sums
    assert (total.labour, total.expenses, total.billable) == (D(990), D("99.99"), D("1759.989"))
    for name in ("invoiced", "billable", "labour", "expenses", "cost", "orders"):
        assert sum(getattr(row, name) for row in found.rows) == getattr(total, name)


def test_the_days_cut_the_records_and_months_stand_in_their_order(site: House) -> None:
    found = cost_margin.cost_and_margin(site("manager"), by=MarginBy.MONTH)
    assert [row.name for row in found.rows] == ["Jan 2026", "Feb 2026", "Apr 2026"]
    assert [row.labour for row in found.rows] == [D(390), D(600), D(0)]
    january = cost_margin.cost_and_margin(site("manager"), project="SITE", first=JANUARY[0], last=JANUARY[1])
    assert {line.kind for line in january.lines} == {MoneyKind.HOURS_VALUE, MoneyKind.LABOUR}
    assert (january.total.cost, january.total.margin_invoiced.value) == (D(390), None)
    with pytest.raises(Invalid, match="lies before"):
        cost_margin.cost_and_margin(site("manager"), first=JANUARY[1], last=JANUARY[0])


def test_cost_and_margin_is_for_those_who_may_see_costs(site: House) -> None:
    for who in ("client", "associate", "member"):
        with pytest.raises(Denied):
            cost_margin.cost_and_margin(site(who), project="SITE")


# --- the statement of a retainer -----------------------------------------------------------------


def _retainer(house: House) -> int:
    boss = house("manager")
    return retainers.add_retainer(
        boss, project="SITE", name="Support", allocation=D(10), first=date(2026, 1, 1), rate=D(90)
    ).id


def test_the_client_has_a_statement_once_the_period_is_closed(site: House) -> None:
    boss, client, retainer = site("manager"), site("client"), _retainer(site)
    with pytest.raises(NotFound, match="once the period is closed"):
        statements.statement(client, project="SITE", retainer=retainer)
    retainers.close_period(boss, retainer=retainer, period=1)
    told = statements.statement(client, project="SITE", retainer=retainer)
    (balance,) = retainer_ledger.balance(client, project="SITE")
    assert told.period == balance.periods[0] == told.ledger[-1]
    assert (told.number, told.hours, told.period.used, told.moved) == (1, D("6.5"), D("6.5"), D(0))
    assert [(one.task, one.hours, one.person, one.note) for one in told.entries] == [("Build", D("6.5"), "", "")]
    with pytest.raises(NotFound):
        statements.statement(client, project="SITE", retainer=retainer, period=2)
    with pytest.raises(Denied):
        statements.statement(client, project="SITE", retainer=retainer, details=True)


def test_inside_every_period_to_today_has_one_with_names_when_asked_for(site: House) -> None:
    boss, retainer = site("manager"), _retainer(site)
    told = statements.statement(boss, project="SITE", retainer=retainer, period=2, details=True)
    assert told.hours == told.period.used == D(10)
    assert told.entries[0].note == "Inside words"
    assert told.entries[0].person
    assert [number for number, _ in statements.statements_of(boss, _id(boss))[retainer]] == [3, 2, 1]
    with pytest.raises(NotFound):
        statements.statement(boss, project="SITE", retainer=retainer, period=4)


def test_hours_that_come_after_closing_are_told_apart(site: House) -> None:
    boss, retainer = site("manager"), _retainer(site)
    retainers.close_period(boss, retainer=retainer, period=1)
    hours.log(boss, project="SITE", day=date(2026, 1, 20), hours=D(1))
    told = statements.statement(site("client"), project="SITE", retainer=retainer)
    assert (told.period.used, told.hours, told.moved) == (D("6.5"), D("7.5"), D(-1))


def test_a_retainer_of_another_project_is_not_found(site: House) -> None:
    boss, retainer = site("manager"), _retainer(site)
    projects.create(boss, key="OTHER", name="Other", currency="EUR", time_zone="UTC")
    with pytest.raises(NotFound):
        statements.statement(boss, project="OTHER", retainer=retainer)


def _id(ctx: Context) -> int:
    return status.budget_status(ctx, project="SITE").projects[0].project_id


# --- of an earlier day, and many projects ---------------------------------------------------------


def test_a_past_month_counts_its_hours_and_the_changes_approved_by_then(site: House) -> None:
    boss = site("manager")
    february, march = (boss.but(now=datetime(2026, month, 3, 9, tzinfo=UTC)) for month in (2, 3))
    row = commands.add_budget(boss.but(now=datetime(2026, 1, 5, 9, tzinfo=UTC)), project="SITE", name="Hours",
                              basis=Basis.HOURS, amount=D(10))  # fmt: skip
    early = commands.request_change(
        boss.but(now=datetime(2026, 1, 6, 9, tzinfo=UTC)), project="SITE", title="More", reason="Asked", hours=D(4)
    )
    commands.approve_change(site("approver").but(now=february.now), change=early.id)
    late = commands.request_change(february, project="SITE", title="Still more", reason="Asked", hours=D(2))
    commands.approve_change(site("approver").but(now=march.now), change=late.id)
    ends = {}
    for last in (date(2025, 12, 31), JANUARY[1], date(2026, 2, 28)):
        found = status.budget_status(march, as_of=last)
        (stand,) = found.projects[0].mains
        ends[last] = (stand.baseline, stand.approved_changes, stand.pending, stand.current, stand.burn.spent.value)
        assert (found.as_of, found.projects[0].as_of, found.projects[0].margins) == (last, last, None)
    assert ends == {
        date(2025, 12, 31): (None, D(0), D(0), None, D(0)),  # the budget was not set yet
        JANUARY[1]: (D(10), D(0), D(4), D(10), D("6.5")),
        date(2026, 2, 28): (D(10), D(4), D(2), D(14), D("16.5")),
    }
    lines = status.budget_lines(march, status.budget_status(march, as_of=date(2026, 2, 28)))
    assert sum(line.amount for line in lines if line.kind is LineKind.CHANGE) == D(4)
    assert sum(line.amount for line in lines if line.kind is LineKind.SPENT) == D("16.5")
    assert row.id == lines[0].budget_id
    with pytest.raises(Invalid, match="lies ahead"):
        status.budget_status(march, as_of=date(2026, 4, 30))


def test_percent_complete_of_a_past_day_is_what_the_plan_had_then(site: House) -> None:
    boss = site("manager")

    def on(month: int, day: int) -> Context:
        return boss.but(now=datetime(2026, month, day, 9, tzinfo=UTC))

    schedule.start_plan(on(1, 5), project="SITE", start=date(2026, 1, 5))
    build = schedule.add_task(on(1, 5), project="SITE", name="Build", duration="40d")
    schedule.set_baseline(on(1, 5), project="SITE", name="Approved")
    schedule.set_progress(on(1, 20), task=build.task_id, percent_complete=D(30))
    schedule.set_progress(on(2, 20), task=build.task_id, percent_complete=D(60))
    _budget(site, "40")

    def complete(last: date) -> Decimal | None:
        (one,) = status.budget_status(on(3, 3), as_of=last).projects
        return one.mains[0].burn.percent_complete.value

    ends = (date(2026, 1, 15), JANUARY[1], date(2026, 2, 28))
    assert [complete(last) for last in ends] == [None, D(30), D(60)]


def test_status_asks_little_more_of_the_database_for_each_further_project(site: House) -> None:
    boss = site("manager")

    def asked() -> int:
        forget()
        with CaptureQueriesContext(connection) as seen:
            status.budget_status(boss.but(now=boss.now))
        return len(seen)

    def more(first: int, last: int) -> None:
        for number in range(first, last):
            projects.create(boss, key=f"P{number}", name=f"Project {number}", currency="EUR", time_zone="UTC")
            commands.add_budget(boss, project=f"P{number}", name="Hours", basis=Basis.HOURS, amount=D(40))
            hours.log(boss, project=f"P{number}", day=date(2026, 2, 4), hours=D(2))

    more(1, 3)
    few = asked()
    more(3, 30)
    many = asked()
    assert few <= 70
    assert many <= few + 27 * 16  # 38 before budgets and changes were read for all projects at once
    found = status.budget_status(boss)
    assert (len(found.projects), found.sums[0].budgets) == (30, 29)
