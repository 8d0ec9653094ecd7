"""Retainers through their doors: the ledger, closing, late hours, planning, deciding; the client's balance."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headway.areas.budgets import commands, queries, retainers
from headway.areas.budgets import retainer_ledger as ledger
from headway.areas.budgets.money_types import RetainerRow
from headway.areas.budgets.types import BudgetKind
from headway.areas.hours import commands as hours
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.engine.retainer import Overage
from headway.kernel import jobs_worker
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound
from tests.house.world import rolled_back

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
D = Decimal
NOVEMBER, DECEMBER, JANUARY, FEBRUARY = (date(2025, 11, 3), date(2025, 12, 1), date(2026, 1, 5), date(2026, 2, 2))


@pytest.fixture
def site(house: House) -> House:
    """SITE with everybody on it; the clock stands on Monday 2 March 2026."""
    manager = house("manager")
    projects.create(manager, key="SITE", name="Site", currency="USD", starts_on=date(2025, 11, 1), time_zone="UTC")
    for who in ("associate", "member", "client", "guest"):
        person = person_of_user(house(who).actor.user_id)
        projects.set_member(manager, project="SITE", person=person, role=Role(who))
    return house


def _agree(house: House, **more: Any) -> RetainerRow:
    given = {"allocation": D(40), "first": date(2025, 11, 1), "cap": D(25), "fee": D(4800), "rate": D(120)} | more
    row: RetainerRow = retainers.add_retainer(house("manager"), project="SITE", name="Support", **given)
    return row


def _log(house: House, day: date, amount: str, **more: Any) -> Any:
    left, row = D(amount), None
    while left > 0:
        row = hours.log(house("manager"), project="SITE", day=day, hours=min(left, D(20)), **more)
        left -= 20
    return row


def _table(row: RetainerRow) -> list[tuple[Decimal, ...]]:
    return [
        (
            *(line.used, line.carried_in, line.from_carry, line.from_month),
            *(line.overage, line.left, line.rolled, line.lapsed),
        )
        for line in row.lines
        if not line.expected
    ]


def test_the_worked_table_from_hours(site: House) -> None:
    for day, amount in (
        (NOVEMBER, "31"),
        (DECEMBER, "36"),
        (JANUARY, "55"),
        (FEBRUARY, "40"),
        (date(2026, 3, 2), "22"),
    ):
        _log(site, day, amount)
    _log(site, NOVEMBER, "3", billable=False)  # counts nowhere in a retainer of billable hours
    row = _agree(site)
    assert _table(row) == [
        (31, 0, 0, 31, 0, 9, 9, 0),
        (36, 9, 9, 27, 0, 13, 10, 3),
        (55, 10, 10, 40, 5, 0, 0, 0),
        (40, 0, 0, 40, 0, 0, 0, 0),
        (22, 0, 0, 22, 0, 18, 10, 8),
    ]
    assert row.lines[2].overage_value == D(600)
    assert [line.first for line in row.lines if line.expected] == [date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)]
    assert "at most 25 % of it rolls over, good for 1 further month" in row.rules


def test_closed_periods_stay_and_late_hours_go_to_the_open_one(site: House) -> None:
    _log(site, date(2026, 1, 5), "31")
    row = _agree(site, first=date(2026, 1, 1))
    with pytest.raises(Conflict, match="period 1 comes first"):
        retainers.close_period(site("manager"), retainer=row.id, period=2)
    retainers.close_period(site("manager"), retainer=row.id, period=1)
    retainers.edit_retainer(site("manager"), retainer=row.id, allocation=D(20))
    _log(site, date(2026, 1, 6), "4")
    after = ledger.retainer(site("manager"), retainer=row.id)
    january, february = after.lines[:2]
    assert (january.closed, january.used, january.allocation, january.rolled) == (True, 31, 40, 9)
    assert (february.used, february.late, february.carried_in, february.allocation) == (4, 4, 9, 20)
    assert february.from_carry == 4
    retainers.close_period(site("manager"), retainer=row.id, period=2)
    with pytest.raises(Conflict, match="runs until 2026-03-31"):
        retainers.close_period(site("manager"), retainer=row.id, period=3)
    with pytest.raises(Conflict, match="closed periods, which stay"):
        retainers.remove_retainer(site("manager"), retainer=row.id)


def test_hours_taken_out_of_a_closed_period_are_given_to_the_next(site: House) -> None:
    entry = _log(site, date(2026, 1, 5), "10")
    row = _agree(site, first=date(2026, 1, 1))
    retainers.close_period(site("manager"), retainer=row.id, period=1)
    hours.remove(site("manager"), entry=entry.id)
    assert ledger.retainer(site("manager"), retainer=row.id).unplaced == -10
    _log(site, date(2026, 2, 3), "6")
    after = ledger.retainer(site("manager"), retainer=row.id)
    assert (after.lines[1].used, after.lines[1].late, after.unplaced) == (0, -6, -4)


def test_overage_that_a_person_decides_on(site: House) -> None:
    _log(site, date(2026, 2, 3), "45")
    row = _agree(site, first=date(2026, 2, 1), overage=Overage.ASK, rate=None)
    assert (row.lines[0].waits, row.lines[0].overage_value) == (True, None)
    with pytest.raises(Conflict, match="Decide what becomes"):
        retainers.close_period(site("manager"), retainer=row.id, period=1)
    with pytest.raises(Invalid, match="no rate"):
        retainers.decide_overage(site("manager"), retainer=row.id, period=1, overage=Overage.BILL)
    decided = retainers.decide_overage(site("manager"), retainer=row.id, period=1, overage=Overage.BORROW)
    assert (decided.lines[0].waits, decided.lines[1].repaid) == (False, 5)
    assert decided.lines[1].available == 35


def test_future_periods_can_be_planned_and_past_ones_not(site: House) -> None:
    row = _agree(site, first=date(2026, 3, 1))
    planned = retainers.plan_period(site("manager"), retainer=row.id, period=2, hours=D(50))
    assert (planned.lines[1].planned, planned.lines[1].overage, planned.lines[1].expected) == (50, 0, True)
    assert planned.lines[1].from_carry == 10
    with pytest.raises(Invalid, match="does not lie ahead"):
        retainers.plan_period(site("manager"), retainer=row.id, period=1, hours=D(5))


def test_its_budget_alerts_once_a_period(site: House) -> None:
    _log(site, date(2026, 3, 2), "31")
    row = _agree(site, first=date(2026, 3, 1))
    (budget,) = queries.budgets(site("manager"), project="SITE")
    assert (budget.kind, budget.current, budget.spent) == (BudgetKind.RETAINER, 40, 31)
    jobs_worker.run_due()
    assert sorted(alert.line for alert in queries.alerts(site("manager"), project="SITE")) == [
        75
    ]  # and 50, which it passed with it
    with pytest.raises(Conflict, match="belongs to a retainer"):
        commands.edit_budget(site("manager"), budget=row.budget_id, name="Else")


def test_the_client_sees_hours_alone_and_other_clients_nothing(site: House) -> None:
    _log(site, date(2026, 3, 2), "31")
    _agree(site, first=date(2026, 3, 1))
    (told,) = ledger.balance(site("client"), project="SITE")
    assert (told.available, told.used, told.left, told.percent) == (40, 31, 9, D("77.5"))
    assert not any(word in repr(told) for word in ("4800", "120", "USD", "rate="))
    with pytest.raises(Denied):
        ledger.balance(site("guest"), project="SITE")
    projects.create(site("manager"), key="OTHER", name="Other", currency="USD")
    with pytest.raises(NotFound):
        ledger.balance(site("client"), project="OTHER")
    for who in ("client", "guest", "member"):
        with pytest.raises((Denied, NotFound)):
            ledger.retainers(site(who), project="SITE")
    with pytest.raises(Denied):
        _agree(lambda _: site("associate"))


ACTS = st.lists(
    st.tuples(st.sampled_from(["log", "remove", "close"]), st.integers(0, 3), st.integers(1, 76)), max_size=8
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_no_hour_is_lost_whatever_is_logged_removed_and_closed(site: House, acts: list[tuple[str, int, int]]) -> None:
    with rolled_back():
        row = _agree(site, allocation=D(10), life=2)
        days = (NOVEMBER, DECEMBER, JANUARY, FEBRUARY)
        logged: list[Any] = []
        for act, place, quarters in acts:
            if act == "log":
                logged.append(_log(site, days[place], str(D(quarters) / 4)))
            elif act == "remove" and logged:
                hours.remove(site("manager"), entry=logged.pop(place % len(logged)).id)
            elif act == "close":
                with suppress(Conflict):
                    retainers.close_period(site("manager"), retainer=row.id, period=place + 1)
            found = ledger.retainer(site("manager"), retainer=row.id)
            lines = [line for line in found.lines if not line.expected]
            assert sum(line.used for line in lines) + found.unplaced == sum(one.hours for one in logged)
            assert all(line.used == line.from_carry + line.from_month + line.overage for line in lines)
