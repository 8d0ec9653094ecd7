"""Expenses, orders, invoices, exchange rates, budgets that count them, alert rules and mails, through their doors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from headway.areas.approvals.types import Vote
from headway.areas.budgets import (
    alert_mails,
    alert_rules,
    alerting,
    commands,
    commitments,
    costs,
    exchange,
    expenses,
    invoiced,
    invoices,
    queries,
)
from headway.areas.budgets.money_types import AlertMailState, ExpenseState, InvoiceShow, InvoiceStatus
from headway.areas.budgets.types import Basis, BudgetKind, BudgetScope
from headway.areas.comms.queries import outbox
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.hours import commands as hours
from headway.areas.hours.types import RateKind
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands as plan
from headway.areas.scope import commands as scope
from headway.areas.scope.types import ItemKind
from headway.engine.thresholds import BudgetState
from headway.journeys import reports
from headway.journeys.finding import FoundKind, find
from headway.kernel import jobs_worker
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
D = Decimal
DAY = date(2026, 2, 3)


@pytest.fixture
def site(house: House) -> House:
    """SITE in euros with everybody on it; the clock stands on Monday 2 March 2026."""
    manager = house("manager")
    projects.create(manager, key="SITE", name="Site", currency="EUR", starts_on=date(2026, 1, 5), time_zone="UTC")
    for who in ("associate", "member", "client", "guest", "approver"):
        person = person_of_user(house(who).actor.user_id)
        projects.set_member(manager, project="SITE", person=person, role=Role(who))
    return house


def _spend(house: House, who: str = "member", **more: Any) -> Any:
    given = {"day": DAY, "description": "Train", "amount": D(100), "kind": "Travel"} | more
    return expenses.add_expense(house(who), project="SITE", **given)


def _rates(house: House) -> None:
    person = person_of_user(house("manager").actor.user_id)
    for kind, rate in ((RateKind.BILL, 100), (RateKind.COST, 60)):
        hours.set_project_rate(
            house("manager"), project="SITE", kind=kind, rate=D(rate), first=date(2026, 1, 1), person=person
        )


def _log(house: House, amount: str, **more: Any) -> Any:
    return hours.log(house("manager"), project="SITE", day=DAY, hours=D(amount), **more)


# --- money as its currency has it ---


def test_an_amount_finer_than_its_currency_is_refused_not_rounded(site: House) -> None:
    with pytest.raises(Invalid, match=r"12.345 is too fine: EUR has two digits after the point") as refused:
        _spend(site, amount=D("12.345"))
    assert (refused.value.fields[0].field, refused.value.fields[0].value) == ("amount", "12.345")
    with pytest.raises(Invalid, match="JPY has no digits after the point"):
        _spend(site, amount=D("12.5"), currency="JPY")
    row = _spend(site, amount=D("12.345"), currency="KWD")
    with pytest.raises(Invalid, match="KWD has three digits"):
        expenses.edit_expense(site("member"), expense=row.id, amount=D("1.0001"))
    manager = site("manager")
    tries: list[Callable[..., Any]] = [
        lambda **how: commitments.add_commitment(
            manager, project="SITE", supplier="A", title="B", kind="C", amount=D("1.001"), **how
        ),
        lambda **how: invoices.add_invoice(manager, project="SITE", number="1", day=DAY, amount=D("-1.001"), **how),
        lambda **how: commands.add_budget(
            manager, project="SITE", name="A", basis=Basis.BILL, amount=D("1.001"), **how
        ),
    ]
    for one in tries:
        with pytest.raises(Invalid, match="too fine"):
            one()
        with pytest.raises(Invalid, match="'XXQ' is no currency in use"):
            one(currency="XXQ")
        with pytest.raises(Invalid, match="write 'eur' in capitals"):
            one(currency="eur")
    commands.add_budget(manager, project="SITE", name="Hours", basis=Basis.HOURS, amount=D("1.125"))
    assert [row.name for row in queries.budgets(manager, project="SITE")] == ["Hours"]


def test_a_text_too_long_is_refused_with_its_length(site: House) -> None:
    with pytest.raises(Invalid, match="supplier: it has 256 characters; give at most 255"):
        _spend(site, supplier="x" * 256)
    with pytest.raises(Invalid, match="kind: it has 65 characters; give at most 64"):
        _spend(site, kind="x" * 65)
    assert _spend(site, supplier=" Rail ").supplier == "Rail"


# --- expenses ------------------------------------------------------------------------------------


def test_an_expense_is_approved_by_somebody_else_and_then_stays(site: House) -> None:
    row = _spend(site, billable=True, markup=D(10))
    assert (row.ref, row.billed, row.state, row.own) == ("EXP-1", D(110), ExpenseState.ENTERED, True)
    own = _spend(site, "manager")
    with pytest.raises(Denied, match="somebody else must approve"):
        expenses.approve_expense(site("manager"), expense=own.id)
    with pytest.raises(Denied):
        expenses.approve_expense(site("member"), expense=row.id)
    assert expenses.approve_expense(site("manager"), expense=row.id).decided_by
    with pytest.raises(Conflict, match="changes no more"):
        expenses.edit_expense(site("member"), expense=row.id, amount=D(1))


def test_a_refused_expense_counts_nowhere_until_it_is_mended(site: House) -> None:
    row = _spend(site)
    with pytest.raises(Invalid, match="Say why"):
        expenses.refuse_expense(site("manager"), expense=row.id, reason=" ")
    expenses.refuse_expense(site("manager"), expense=row.id, reason="No receipt")
    assert costs.expenses(site("manager"), project="SITE").total.sums == ()
    mended = expenses.edit_expense(site("member"), expense=row.id, amount=D(90))
    assert (mended.state, mended.reason) == (ExpenseState.ENTERED, "")
    assert costs.expenses(site("manager"), project="SITE").total.sums == (("EUR", D(90)),)


def test_without_the_right_to_see_costs_one_sees_ones_own_expenses(site: House) -> None:
    mine, theirs = _spend(site, "associate"), _spend(site, "manager")
    seen = costs.expenses(site("associate"), project="SITE")
    assert ([row.id for row in seen.items], seen.total.sums) == ([mine.id], (("EUR", D(100)),))
    with pytest.raises(NotFound):
        costs.expense(site("associate"), expense=theirs.id)
    for who in ("client", "guest"):
        with pytest.raises((Denied, NotFound)):
            costs.expenses(site(who), project="SITE")


def test_a_receipt_is_kept_under_the_type_that_its_bytes_have(site: House) -> None:
    def brought(name: str, content: bytes) -> int:
        stored = store.put([content], limit=1000)
        kept = files.keep(site("member"), name=name, media_type="text/html", sha256=stored.sha256, size=stored.size)
        return kept.id

    with pytest.raises(Invalid, match="no PDF file"):
        _spend(site, file=brought("bill.pdf", b"<script>"))
    row = _spend(site, file=brought("bill.pdf", b"%PDF-1.7 x"))
    found = costs.receipt(site("manager"), expense=row.id)
    assert (found.name, found.media_type, found.content) == ("bill.pdf", "application/pdf", b"%PDF-1.7 x")


# --- orders --------------------------------------------------------------------------------------


def test_what_came_of_an_order_is_actual_and_committed_no_longer(site: House) -> None:
    manager = site("manager")
    order = commitments.add_commitment(
        manager, project="SITE", supplier="Lab", title="Test", kind="Testing", amount=D(1000), expected=date(2026, 2, 1)
    )
    assert (order.open, order.late) == (D(1000), True)
    commitments.receive_commitment(manager, commitment=order.id, amount=D(400))
    told = costs.costs(manager, project="SITE")
    assert (told.actual.sums, told.committed.sums) == ((("EUR", D(400)),), (("EUR", D(600)),))
    with pytest.raises(Invalid, match="more than the 600 EUR still to come"):
        commitments.receive_commitment(manager, commitment=order.id, amount=D("600.01"))
    closed = commitments.close_commitment(manager, commitment=order.id)
    assert (closed.open, costs.costs(manager, project="SITE").committed.sums) == (0, ())
    with pytest.raises(Conflict, match="closed"):
        commitments.receive_commitment(manager, commitment=order.id, amount=D(1))
    for who in ("associate", "approver", "member"):
        with pytest.raises(Denied):
            costs.commitments(site(who), project="SITE")


def test_a_part_cannot_grow_beyond_its_order(site: House) -> None:
    manager = site("manager")
    order = commitments.add_commitment(
        manager, project="SITE", supplier="Lab", title="Test", kind="Testing", amount=D(100)
    )
    commitments.receive_commitment(manager, commitment=order.id, amount=D(60))
    (part,) = costs.expenses(manager, project="SITE").items
    with pytest.raises(Conflict, match="more would have come"):
        expenses.edit_expense(manager, expense=part.id, amount=D(101))
    with pytest.raises(Conflict, match="cannot be less"):
        commitments.edit_commitment(manager, commitment=order.id, amount=D(59))


# --- invoices, currencies, margin ----------------------------------------------------------------


def test_open_and_overdue_follow_from_state_and_due_day(site: House) -> None:
    for number, due, status in (
        ("A-1", date(2026, 3, 1), InvoiceStatus.SENT),
        ("A-2", date(2026, 3, 2), InvoiceStatus.SENT),
        ("A-3", None, InvoiceStatus.PAID),
        ("A-4", None, InvoiceStatus.DRAFT),
    ):
        invoices.add_invoice(
            site("associate"), project="SITE", number=number, day=DAY, amount=D("10.10"), due=due, status=status
        )
    told = invoiced.invoices(site("associate"), project="SITE")
    assert (told.count_open, told.count_overdue) == (2, 1)
    assert (told.invoiced.sums, told.open.sums) == ((("EUR", D("30.3")),), (("EUR", D("20.2")),))
    (late,) = invoiced.invoices(site("associate"), project="SITE", show=InvoiceShow.OVERDUE).items
    assert (late.number, late.days_late) == ("A-1", 1)
    assert invoices.mark_paid(site("associate"), invoice=late.id).paid_on == date(2026, 3, 2)
    with pytest.raises(Conflict, match="known already"):
        invoices.add_invoice(site("associate"), project="SITE", number="a-1", day=DAY, amount=D(1))
    for who in ("member", "client"):
        with pytest.raises((Denied, NotFound)):
            invoiced.invoices(site(who), project="SITE")


def test_currencies_are_never_added_and_one_total_names_its_rate(site: House) -> None:
    _spend(site)
    _spend(site, amount=D(50), currency="USD")
    _spend(site, amount=D(7), currency="GBP")
    without = costs.expenses(site("manager"), project="SITE").total
    assert without.sums == (("EUR", D(100)), ("GBP", D(7)), ("USD", D(50)))
    assert without.shown is not None
    assert without.shown.total == 100
    assert without.text == "left out, for there is no rate to EUR: 7.00 GBP, 50.00 USD"
    exchange.set_exchange_rate(site("administrator"), base="USD", quote="EUR", rate=D("0.9"), first=date(2026, 1, 1))
    told = costs.expenses(site("manager"), project="SITE").total
    assert told.shown is not None
    assert told.shown.total == D(145)
    assert told.text.startswith("1 USD = 0.9 EUR from Thu 1 Jan 2026; left out")
    with pytest.raises(Denied):
        exchange.set_exchange_rate(site("manager"), base="USD", quote="EUR", rate=D(1), first=DAY)


def test_expenses_and_invoices_are_found_by_those_who_may_see_them(site: House) -> None:
    _spend(site, who="member", description="Train to Leeds", supplier="Northern")
    invoices.add_invoice(site("manager"), project="SITE", number="A-771", day=DAY, amount=D(1500), note="Leeds shoot")

    def kinds(who: str) -> list[FoundKind]:
        return sorted((row.kind for row in find(site(who), text="leeds")), key=lambda kind: kind.value)

    assert kinds("manager") == [FoundKind.EXPENSE, FoundKind.INVOICE]
    assert kinds("member") == [FoundKind.EXPENSE]  # their own
    assert kinds("client") == []
    assert [row.title for row in find(site("manager"), text="A-771")] == ["A-771"]


def test_the_margin_is_for_those_who_may_see_costs(site: House) -> None:
    _rates(site)
    _log(site, "10")
    _spend(site, billable=True, markup=D(20))
    invoices.add_invoice(site("manager"), project="SITE", number="A-1", day=DAY, amount=D(1500))
    billed, worth = costs.margins(site("manager"), project="SITE")
    assert (billed.amount.value, billed.percent.shown()) == (D(800), "53.3")
    assert (worth.amount.value, worth.amount.formula) == (D(420), "billable value of hours and expenses − cost")
    told = costs.costs(site("manager"), project="SITE")
    assert [(row.kind, row.period, row.actual) for row in told.rows] == [
        ("Hours worked", date(2026, 2, 1), D(600)),
        ("Travel", date(2026, 2, 1), D(100)),
    ]
    for who in ("associate", "approver", "member", "client"):
        for read in (costs.margins, costs.costs):
            with pytest.raises((Denied, NotFound)):
                read(site(who), project="SITE")


# --- budgets -------------------------------------------------------------------------------------


def _budget(house: House, name: str, amount: str | None, **more: Any) -> Any:
    given = {"basis": Basis.HOURS, "amount": None if amount is None else D(amount)} | more
    return commands.add_budget(house("manager"), project="SITE", name=name, **given)


def test_expenses_count_by_the_switch_and_no_cost_can_be_worked_out(site: House) -> None:
    _rates(site)
    _log(site, "10")
    _spend(site, billable=True, markup=D(20))
    _spend(site, amount=D(30))
    _budget(site, "Fee", "2000", basis=Basis.BILL, expenses=True)
    _budget(site, "Fee alone", "2000", basis=Basis.BILL)
    _budget(site, "Cost", "2000", basis=Basis.COST, expenses=True)
    spent = {row.name: (row.spent, row.spent_on_expenses) for row in queries.budgets(site("manager"), project="SITE")}
    assert spent == {"Fee": (D(1120), D(120)), "Fee alone": (D(1000), 0), "Cost": (D(730), D(130))}
    seen = queries.budgets(site("associate"), project="SITE")
    assert [row.name for row in seen] == ["Fee", "Fee alone"]
    assert not any(amount in repr(seen) for amount in ("730", "600", "130"))
    for wrong in ({"expenses": True}, {"stops_billing": True}, {"kind": BudgetKind.RETAINER}):
        with pytest.raises(Invalid):
            _budget(site, "Wrong", "1", **wrong)


def test_a_task_budget_counts_the_task_and_all_below_it(site: House) -> None:
    manager = site("manager")
    plan.start_plan(manager, project="SITE", start=date(2026, 1, 5))
    build = plan.add_task(manager, project="SITE", name="Build")
    shop = plan.add_task(manager, project="SITE", name="Shop", level=2)
    other = plan.add_task(manager, project="SITE", name="Other", level=1)
    item = scope.add_item(manager, project="SITE", kind=ItemKind.IN, text="The shop", tasks=(shop.task_id,))
    _log(site, "5", task=shop.task_id)
    _log(site, "3", task=other.task_id)
    _log(site, "2", phase="build")  # hours that name no row count by their phase
    of_task = _budget(site, "Build", "10", scope=BudgetScope.TASK, task=build.task_id)
    of_item = _budget(site, "Line", "10", scope=BudgetScope.ITEM, item=item.id)
    assert (of_task.of, of_task.spent, of_item.of, of_item.spent) == ("Build", D(7), item.ref, D(5))
    burned = queries.burn(manager, project="SITE", as_of=date(2026, 3, 2), budget=of_task.id)
    assert burned.burn.spent.value == D(7)
    with pytest.raises(Invalid, match="Name the task"):
        _budget(site, "Wrong", "1", scope=BudgetScope.TASK)


def test_at_the_cap_new_hours_are_not_billable_where_the_budget_says_so(site: House) -> None:
    _rates(site)
    _budget(site, "Cap", "10", kind=BudgetKind.TIME_AND_MATERIALS_CAP, stops_billing=True)
    first, second, third = (_log(site, "5") for _ in range(3))
    assert (first.billable, second.billable, third.billable) == (True, True, False)
    assert (third.bill_amount, third.cost_amount) == (0, D(300))


def test_blank_is_not_counted_nothing_is_over_at_once_and_all_of_it_is_used(site: House) -> None:
    _log(site, "8")
    person = person_of_user(site("manager").actor.user_id)
    blank = _budget(site, "Blank", None, scope=BudgetScope.PERSON, person=person)
    assert (blank.state, blank.current) == (None, None)
    assert _budget(site, "Nothing", "0", scope=BudgetScope.PERSON, person=person).state is BudgetState.OVER
    assert _budget(site, "All", "8").state is BudgetState.USED


# --- alerts --------------------------------------------------------------------------------------


def test_a_projects_rule_stands_before_the_houses_and_tells_once_what_is_crossed(site: House) -> None:
    _log(site, "8")
    _budget(site, "Hours", "10")
    own = _budget(site, "Own lines", "10", lines=(D(95),))
    alerting.set_house_alert_rule(site("administrator"), lines=(D(60),))
    assert alert_rules.alert_rule(site("manager"), project="SITE").of == "house"
    before = len(queries.alerts(site("manager"), project="SITE"))
    rule = alerting.set_alert_rule(site("manager"), project="SITE", lines=(D(80),), forecast_over_budget=False)
    assert (rule.of, rule.lines) == ("project", (D(80),))
    told = queries.alerts(site("manager"), project="SITE")
    (new,) = told[: len(told) - before]
    assert (new.line, new.already, new.budget_id != own.id) == (D(80), True, True)
    alerting.set_alert_rule(site("manager"), project="SITE", lines=(D(80),), forecast_over_budget=False)
    assert alerting.remove_alert_rule(site("manager"), project="SITE").of == "house"


def test_each_alert_carries_a_mail_that_leaves_only_when_approved(site: House) -> None:
    _log(site, "8")
    _budget(site, "Hours", "10", lines=(D(75),))
    _budget(site, "Cost", "10", basis=Basis.COST, lines=(D(75),))
    told = [row for row in queries.alerts(site("manager"), project="SITE") if row.kind == "line"]
    assert [(row.budget, row.draft) for row in told] == [("Hours", True)]
    mail = alert_mails.prepare_alert_mail(site("manager"), project="SITE", alert=told[0].id)
    assert "8.0 h of 10.0 h are used (80.0 %)" in mail.body
    assert mail.recipients == ("client@example.org",)
    with pytest.raises(Conflict, match="prepared from this alert"):
        alert_mails.prepare_alert_mail(site("manager"), project="SITE", alert=told[0].id)
    approver = person_of_user(site("approver").actor.user_id)
    asked = alert_mails.ask_to_send_alert_mail(site("manager"), mail=mail.id, approvers=(approver,))
    assert outbox(site("administrator")) == ()
    reports.decide(site("approver"), approval=asked.id, decision=Vote.APPROVE, digest=asked.digest)
    assert alert_mails.alert_mail(site("manager"), mail=mail.id).state is AlertMailState.APPROVED
    assert [row.subject for row in outbox(site("administrator"))] == [mail.subject]
    with pytest.raises(Conflict, match="approved already"):
        alert_mails.edit_alert_mail(site("manager"), mail=mail.id, recipients=("a@b.example",), subject="X", body="Y")


def test_an_alert_says_hours_and_money_with_their_unit(site: House) -> None:
    _log(site, "8")
    _budget(site, "Hours", "5", lines=(D(100),))
    told = [row.text for row in queries.alerts(site("manager"), project="SITE") if row.kind == "line"]
    assert told == ["Over: 8.0 h spent of 5.0 h (160.0 %)."]
    _budget(site, "Cost", "5", basis=Basis.COST, lines=(D(100),), expenses=True)
    _spend(site, amount=D("7.5"))
    told = [row.text for row in queries.alerts(site("manager"), project="SITE") if row.budget == "Cost"]
    assert any("7.50 EUR spent of 5.00 EUR" in text for text in told), told


def test_changed_words_need_an_approval_of_their_own(site: House) -> None:
    _log(site, "8")
    _budget(site, "Hours", "10", lines=(D(75),))
    alert = queries.alerts(site("manager"), project="SITE")[-1]
    mail = alert_mails.prepare_alert_mail(site("manager"), project="SITE", alert=alert.id)
    approver = person_of_user(site("approver").actor.user_id)
    asked = alert_mails.ask_to_send_alert_mail(site("manager"), mail=mail.id, approvers=(approver,))
    alert_mails.edit_alert_mail(
        site("manager"), mail=mail.id, recipients=("carol@acme.example",), subject="Budget", body="Other words"
    )
    with pytest.raises(Conflict):
        reports.decide(site("approver"), approval=asked.id, decision=Vote.APPROVE, digest=asked.digest)
    assert alert_mails.drop_alert_mail(site("manager"), mail=mail.id).state is AlertMailState.DROPPED
    with pytest.raises((Denied, NotFound)):
        alert_mails.alert_mail(site("client"), mail=mail.id)
    jobs_worker.run_due()
