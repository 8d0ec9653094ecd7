"""Expenses of closed months: they neither come nor change, and are corrected by a counter-entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from headway.areas.budgets import commands, commitments, costs, expense_correcting, expenses, queries
from headway.areas.budgets.money_types import ExpenseState
from headway.areas.budgets.types import Basis
from headway.areas.hours import closing
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
D = Decimal
DAY, MARCH = date(2026, 2, 10), date(2026, 3, 2)


@pytest.fixture
def closed(house: House) -> House:
    """SITE, whose February is closed with an approved expense of 120 that the client pays, and a refused one."""
    boss = house("manager")
    projects.create(boss, key="SITE", name="Site", currency="EUR", starts_on=date(2026, 1, 5), time_zone="UTC")
    person = person_of_user(house("member").actor.user_id)
    projects.set_member(boss, project="SITE", person=person, role=Role.MEMBER)
    commands.add_budget(boss, project="SITE", name="Fee", basis=Basis.BILL, amount=D(1000), expenses=True)
    row = _spend(house, amount=D(120), billable=True, markup=D(10))
    expenses.approve_expense(boss, expense=row.id)
    other = _spend(house, description="Taxi")
    expenses.refuse_expense(boss, expense=other.id, reason="By train")
    closing.close_month(boss, project="SITE", month=DAY)
    return house


def _spend(house: House, who: str = "member", **more: Any) -> Any:
    given = {"day": DAY, "description": "Train", "amount": D(50), "kind": "Travel"} | more
    return expenses.add_expense(house(who), project="SITE", **given)


def _of(house: House) -> dict[str, tuple[Decimal, ExpenseState, str]]:
    rows = costs.expenses(house("manager"), project="SITE").items
    return {row.ref: (row.amount, row.state, row.corrects) for row in rows}


def test_in_a_closed_month_no_expense_comes_goes_or_changes(closed: House) -> None:
    boss = closed("manager")
    before = _of(closed)
    taxi = next(row for row in costs.expenses(boss, project="SITE").items if row.description == "Taxi")
    order = commitments.add_commitment(
        boss, project="SITE", supplier="Lab", title="Test", kind="Tests", amount=D(500), expected=MARCH
    )
    march = _spend(closed, day=MARCH)
    before |= {march.ref: (D(50), ExpenseState.ENTERED, "")}
    tries: tuple[Callable[[], object], ...] = (
        lambda: _spend(closed),
        lambda: expenses.edit_expense(boss, expense=taxi.id, amount=D(40)),
        lambda: expenses.remove_expense(boss, expense=taxi.id),
        lambda: expenses.edit_expense(boss, expense=march.id, day=DAY),
        lambda: commitments.receive_commitment(boss, commitment=order.id, amount=D(100), day=DAY),
    )
    for attempt in tries:
        with pytest.raises(Conflict, match="February 2026 is closed on this project"):
            attempt()
    assert _of(closed) == before
    expenses.edit_expense(closed("member"), expense=march.id, amount=D(45))
    (month,) = closing.closed_months(boss, project="SITE")
    closing.reopen_month(closed("administrator"), closing=month.id, reason="A bill came late")
    assert _spend(closed).amount == D(50)


def test_a_correction_takes_back_and_puts_the_right_one_beside(closed: House) -> None:
    boss = closed("manager")
    (train,) = (row for row in costs.expenses(boss, project="SITE").items if row.description == "Train")
    done = expense_correcting.correct_expense(boss, expense=train.id, amount=D(90), reason="The receipt says 90")
    assert done.right is not None
    assert (done.counter.amount, done.counter.day, done.counter.counter, done.counter.corrects) == (
        D(-120), DAY, True, train.ref,
    )  # fmt: skip
    assert (done.right.amount, done.right.state, done.right.corrects) == (D(90), ExpenseState.APPROVED, train.ref)
    assert (done.right.decided_by, done.right.reason) == (boss.actor.name, "The receipt says 90")
    assert costs.expenses(boss, project="SITE").total.sums == (("EUR", D(90)),)
    (budget,) = queries.budgets(boss, project="SITE")
    assert budget.spent_on_expenses == D(99)  # with the markup of 10 %
    for again in (train.id, done.counter.id):
        with pytest.raises(Conflict, match="stands in its place"):
            expense_correcting.correct_expense(boss, expense=again, amount=D(80), reason="Once more")
    none = expense_correcting.correct_expense(boss, expense=done.right.id, amount=D(0), reason="Never travelled")
    assert none.right is None
    assert costs.expenses(boss, project="SITE").total.sums == (("EUR", D(0)),)
    assert queries.budgets(boss, project="SITE")[0].spent_on_expenses == 0


def test_what_came_of_an_order_follows_its_corrections(closed: House) -> None:
    boss = closed("manager")
    order = commitments.add_commitment(
        boss, project="SITE", supplier="Lab", title="Test", kind="Tests", amount=D(500), expected=MARCH
    )
    commitments.receive_commitment(closed("manager"), commitment=order.id, amount=D(200), day=MARCH)
    (part,) = (row for row in costs.expenses(boss, project="SITE").items if row.commitment_id == order.id)
    admin = closed("administrator")
    expenses.approve_expense(admin, expense=part.id)
    with pytest.raises(Conflict, match="Change the order first"):
        expense_correcting.correct_expense(admin, expense=part.id, amount=D(600), reason="Misread")
    expense_correcting.correct_expense(admin, expense=part.id, amount=D(150), reason="Misread")
    (told,) = costs.commitments(boss, project="SITE").items
    assert (told.received, told.open) == (D(150), D(350))


def test_who_may_not_and_what_makes_no_sense_is_refused(closed: House) -> None:
    boss = closed("manager")
    (train,) = (row for row in costs.expenses(boss, project="SITE").items if row.description == "Train")
    with pytest.raises(Denied):
        expense_correcting.correct_expense(closed("member"), expense=train.id, amount=D(1), reason="Mine")
    for given, said in (
        ({"amount": D(1), "reason": " "}, "Say why"),
        ({"reason": "No change"}, "says already"),
        ({"amount": D("1.005"), "reason": "Too fine"}, "too fine"),
    ):
        with pytest.raises(Invalid, match=said):
            expense_correcting.correct_expense(boss, expense=train.id, **given)
    march = _spend(closed, day=MARCH)
    with pytest.raises(Conflict, match="is not approved"):
        expense_correcting.correct_expense(boss, expense=march.id, amount=D(1), reason="Early")
    mine = _spend(closed, "manager", day=MARCH)
    expenses.approve_expense(closed("administrator"), expense=mine.id)
    with pytest.raises(Denied, match="somebody else must correct it"):
        expense_correcting.correct_expense(boss, expense=mine.id, amount=D(1), reason="My own")
