"""The pages of a project's money: what they show, do and refuse, and that clients find none but their balance."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.budgets import alert_mails, commands, commitments, costs, expenses, invoiced, invoices, retainers
from headway.areas.budgets import queries as budgets
from headway.areas.budgets import retainer_ledger as ledger
from headway.areas.budgets.types import Basis
from headway.areas.hours import commands as hours
from headway.areas.schedule import commands as plans
from tests.areas.scope.conftest import House, site
from tests.interfaces.web.conftest import Signed

__all__ = ["site"]  # a fixture
pytestmark = pytest.mark.django_db
D = Decimal
P = "/projects/SITE/"
DAY = date(2026, 2, 3)


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is Monday 2 March 2026 to the pages, too."""
    monkeypatch.setenv("HEADWAY_NOW", "2026-03-02T09:00:00+00:00")


def _body(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:3000]
    return re.sub(r"\s+", " ", answer.content.decode())


def _budget(house: House, name: str = "Hours", amount: int = 10, **more: Any) -> Any:
    given = {"basis": Basis.HOURS, "amount": D(amount)} | more
    return commands.add_budget(house("manager"), project="SITE", name=name, **given)


def test_a_budget_is_set_changed_and_shown_with_what_is_behind_it(site: House, signed: Signed) -> None:
    manager = signed("manager")
    assert "No retainer yet" in _body(manager.get(f"{P}retainers/"))
    given = {"name": "Phase <b>1</b>", "basis": "hours", "amount": "10", "kind": "fixed_fee", "scope": "phase"}
    assert 'id="id_of_error"' in _body(manager.post(f"{P}budgets/new/", given), 422)
    assert manager.post(f"{P}budgets/new/", {**given, "of": "Build", "lines": "60, 90 %"}).status_code == 302
    hours.log(site("manager"), project="SITE", day=DAY, hours=D(8), phase="Build")
    page = _body(manager.get(f"{P}budget/"))
    assert "Phase &lt;b&gt;1&lt;/b&gt;" in page
    assert "80 %" in page
    assert "phase=Build" in page
    row = next(row for row in budgets.budgets(site("manager"), project="SITE") if row.of == "Build")
    assert row.lines == (D(60), D(90))
    saved = {"name": "Phase 1", "amount": "20", "version": row.version, "lines": ""}
    assert manager.post(f"{P}budgets/{row.id}/", saved).status_code == 302
    assert "changed this meanwhile" in _body(manager.post(f"{P}budgets/{row.id}/", {**saved, "name": "Mine"}), 409)
    row = next(row for row in budgets.budgets(site("manager"), project="SITE") if row.of == "Build")
    assert (row.name, row.own_lines) == ("Phase 1", False)


def test_what_is_spent_left_and_ahead_speaks_of_one_day_that_is_named(site: House, signed: Signed) -> None:
    manager = site("manager")
    plans.set_status_date(manager, project="SITE", status_date=date(2026, 2, 13))
    _budget(site, amount=100)
    for day in (DAY, date(2026, 2, 20)):
        hours.log(manager, project="SITE", day=day, hours=D(8))
    page = _body(signed("manager").get(f"{P}budget/"))
    assert ">16 h<" in page
    assert "84 h" in page
    assert "all that is logged as of Mon, Mar 2, 2026." in page
    assert "what was spent by the status date, Fri, Feb 13, 2026" in page
    assert "8 of 100 h spent" in _body(signed("manager").get(f"{P}hours/"))


def test_the_mail_of_an_alert_is_changed_and_approval_asked_for(site: House, signed: Signed) -> None:
    hours.log(site("manager"), project="SITE", day=DAY, hours=D(8))
    _budget(site)
    alert = budgets.alerts(site("manager"), project="SITE")[0]
    assert "Look at the draft" in _body(signed("manager").get(f"{P}budget/"))
    opened = signed("manager").post(f"{P}budgets/alerts/{alert.id}/mail/")
    page = _body(signed("manager").get(opened.url))
    assert "Ask for approval" in page
    (mail,) = alert_mails.alert_mails(site("manager"), project="SITE")
    words = {"recipients": "c@acme.example", "subject": "Budget", "body": "Words", "version": mail.version}
    assert signed("manager").post(opened.url, words).status_code == 302
    assert "changed this meanwhile" in _body(signed("manager").post(opened.url, {**words, "body": "Mine"}), 409)
    assert signed("manager").post(f"{opened.url}drop/").status_code == 302
    for who in ("member", "client"):
        assert signed(who).get(opened.url).status_code in (403, 404)


def test_a_retainer_by_its_pages_and_the_clients_balance(site: House, signed: Signed) -> None:
    manager = signed("manager")
    given = {
        "name": "Support", "allocation": "40", "length": "month", "first": "2026-02-01", "rolls": "life", "life": "1",
        "cap": "25", "order": "carried_first", "overage": "bill", "rate": "123.45", "fee": "4800",
        "billable_only": "on",
    }  # fmt: skip
    assert "Needed to bill hours beyond" in _body(manager.post(f"{P}retainers/new/", {**given, "rate": ""}), 422)
    assert manager.post(f"{P}retainers/new/", given).status_code == 302
    hours.log(site("manager"), project="SITE", day=DAY, hours=D(20))
    hours.log(site("manager"), project="SITE", day=date(2026, 3, 2), hours=D(11))
    (row,) = ledger.retainers(site("manager"), project="SITE")
    address = f"{P}retainers/{row.id}/"
    page = _body(manager.get(address))
    assert "39 h of 50 h are left" in page.replace("\xa0", " ")
    assert "first=2026-02-01&amp;last=2026-02-28" in page
    assert manager.post(f"{address}1/close/").status_code == 302
    assert manager.post(f"{address}plan/", {"period-3": "30"}).status_code == 302
    lines = ledger.retainers(site("manager"), project="SITE")[0].lines
    assert (lines[0].closed, lines[2].planned) == (True, 30)
    told = _body(signed("client").get("/portal/SITE/hours/"))
    assert "39 h of 50 h are left" in told.replace("\xa0", " ")
    assert not any(word in told for word in ("123.45", "4,800", "Max Member"))
    assert "Hours left" in _body(signed("client").get("/portal/SITE/"))
    assert signed("guest").get("/portal/SITE/hours/").status_code == 404


def test_an_expense_with_its_receipt_is_entered_approved_and_fetched(site: House, signed: Signed) -> None:
    member = signed("member")
    given = {"day": "2026-02-03", "kind": "Travel", "description": "Train", "amount": "100", "currency": "EUR"}
    bad = {**given, "file": SimpleUploadedFile("bill.exe", b"MZ")}
    assert "cannot be kept" in _body(member.post(f"{P}expenses/new/", bad), 422)
    good = {**given, "file": SimpleUploadedFile("bill.pdf", b"%PDF-1.7 x")}
    assert member.post(f"{P}expenses/new/", good).status_code == 302
    (row,) = costs.expenses(site("member"), project="SITE").items
    got = member.get(f"{P}expenses/{row.id}/receipt/")
    assert got.headers["Content-Disposition"].startswith("attachment")
    pane = _body(signed("manager").get(f"{P}expenses/?open={row.id}"))
    assert "Approve</button>" in pane
    assert "EUR 100.00" in pane.replace("\xa0", " ")
    signed("manager").post(f"{P}expenses/{row.id}/decide/", {"decision": "approve"})
    assert "Approved" in _body(member.get(f"{P}expenses/?open={row.id}"))
    assert member.post(f"{P}expenses/{row.id}/decide/", {"decision": "approve"}).status_code == 403
    for who in ("associate", "client"):
        assert signed(who).get(f"{P}expenses/?open={row.id}").status_code == 404


def test_an_order_comes_in_parts_and_an_invoice_is_paid(site: House, signed: Signed) -> None:
    manager = signed("manager")
    given = {"supplier": "Lab", "title": "Test", "kind": "Tests", "amount": "900", "currency": "EUR"}
    assert manager.post(f"{P}orders/new/", given).status_code == 302
    (order,) = costs.commitments(site("manager"), project="SITE").items
    came = {"form": "receive", "receive-amount": "901", "receive-day": "2026-02-03"}
    assert "At most 900" in _body(manager.post(f"{P}orders/?open={order.id}", came), 422)
    assert manager.post(f"{P}orders/?open={order.id}", {**came, "receive-amount": "400"}).status_code == 302
    page = _body(manager.get(f"{P}costs/?by=quarter"))
    assert "Q1 2026" in page
    assert "EUR 500" in page.replace("\xa0", " ")
    bill = {"number": "A-1", "day": "2026-02-03", "amount": "1000", "currency": "EUR", "status": "sent"}
    assert manager.post(f"{P}invoices/new/", {**bill, "due": "2026-02-20"}).status_code == 302
    (invoice,) = invoiced.invoices(site("manager"), project="SITE").items
    assert "Overdue, 10 days" in _body(manager.get(f"{P}invoices/?show=overdue"))
    assert manager.post(f"{P}invoices/{invoice.id}/paid/").status_code == 302
    assert "Nothing fits" in _body(manager.get(f"{P}invoices/?show=open"))


_FORMS = {
    "expenses": {"day": "2026-02-03", "kind": "Travel", "description": "Train", "amount": "50", "currency": "EUR"},
    "orders": {"supplier": "Acme", "title": "Hosting", "kind": "Hosting", "amount": "50", "currency": "EUR"},
    "invoices": {"number": "7", "day": "2026-02-03", "amount": "50", "currency": "EUR", "status": "sent"},
    "budgets": {"name": "Work", "basis": "hours", "amount": "10", "kind": "fixed_fee", "scope": "project"},
}


@pytest.mark.parametrize(
    ("part", "name"), [("expenses", "EXP-1"), ("orders", "PO-1"), ("invoices", "7"), ("budgets", "Work")]
)
def test_a_form_that_is_sent_again_makes_nothing_a_second_time(
    site: House, signed: Signed, part: str, name: str
) -> None:
    manager, address, before = signed("manager"), f"{P}{part}/new/", _count(site, part)
    key = re.search(r'name="once" value="(\w{32})"[^>]*data-once', _body(manager.get(address)))
    assert key is not None
    given = _FORMS[part] | {"once": key[1]}
    first = manager.post(address, given)
    assert first.status_code == 302
    again = manager.post(address, given)
    page = _body(manager.get(again.url))
    assert f"{name} was saved already; nothing was entered a second time." in page
    assert again.url.removesuffix("?open=1") == first.url
    other = {**given, "amount": "60"}
    refused = _body(manager.post(address, other), 409)
    assert "This form was saved already" in refused
    assert 'value="60"' in refused
    assert _count(site, part) == before + 1
    if part == "invoices":
        other["number"] = "8"
    fresh = re.search(r'name="once" value="(\w{32})"', refused)
    assert fresh is not None
    assert manager.post(address, {**other, "once": fresh[1]}).status_code == 302
    assert _count(site, part) == before + 2


def test_an_expense_that_is_sent_again_with_its_receipt_makes_nothing_a_second_time(
    site: House, signed: Signed
) -> None:
    member, address = signed("member"), f"{P}expenses/new/"

    def send(content: bytes = b"%PDF-1.7 x", name: str = "bill.pdf", **more: str) -> Any:
        given = _FORMS["expenses"] | {"once": "a" * 32, "file": SimpleUploadedFile(name, content)} | more
        return member.post(address, given)

    assert "cannot be kept" in _body(send(b"MZ", "bill.exe"), 422)
    assert send().status_code == 302
    again = send()
    assert "EXP-1 was saved already; nothing was entered a second time." in _body(member.get(again.url))
    (row,) = costs.expenses(site("member"), project="SITE").items
    assert again.url.endswith(f"?open={row.id}")
    assert b"".join(member.get(f"{P}expenses/{row.id}/receipt/")) == b"%PDF-1.7 x"
    for other in (send(b"%PDF-1.7 y"), send(name="other.pdf"), send(amount="60")):
        assert "This form was saved already" in _body(other, 409)
    assert len(costs.expenses(site("member"), project="SITE").items) == 1


def _count(house: House, part: str) -> int:
    manager = house("manager")
    if part == "budgets":
        return len(budgets.budgets(manager, project="SITE"))
    listed = {"expenses": costs.expenses, "orders": costs.commitments, "invoices": invoiced.invoices}[part]
    return len(listed(manager, project="SITE").items)


def test_rates_and_the_houses_rule_are_an_administrators(site: House, signed: Signed) -> None:
    rate = {"form": "rate", "base": "USD", "quote": "EUR", "rate": "0.9", "first": "2026-01-01"}
    assert signed("administrator").post("/settings/money/", rate).status_code == 302
    assert "1 USD = 0.9 EUR" in _body(signed("administrator").get("/settings/money/"))
    rule = {"form": "rule", "lines": "80, x", "rearm_points": "5"}
    assert "Such as 50, 75" in _body(signed("administrator").post("/settings/money/", rule), 422)
    assert signed("administrator").post("/settings/money/", {**rule, "lines": "80"}).status_code == 302
    assert signed("manager").get("/settings/money/").status_code == 403


def test_who_may_not_see_costs_finds_no_page_from_which_they_follow(site: House, signed: Signed) -> None:
    _budget(site, "Cost", 5000, basis=Basis.COST)
    for part in ("orders", "costs"):
        for who, status in (("associate", 403), ("member", 403), ("client", 404), ("guest", 404)):
            assert signed(who).get(f"{P}{part}/").status_code == status, (part, who)
    page = _body(signed("associate").get(f"{P}budget/"))
    assert not any(word in page for word in ("Cost and margin", ">Orders<", "5,000"))
    for part in ("budget", "retainers", "invoices", "expenses"):
        for who in ("client", "guest"):
            assert signed(who).get(f"{P}{part}/").status_code == 404
    assert signed("member").get(f"{P}budget/").url == f"{P}expenses/"


@pytest.mark.parametrize("part", ["budget", "retainers", "expenses", "orders", "invoices", "costs"])
def test_a_page_of_many_rows_asks_the_database_as_often_as_one_of_few(site: House, signed: Signed, part: str) -> None:
    manager, count = site("manager"), 0

    def more(times: int) -> None:
        nonlocal count
        for _ in range(times):
            count += 1
            spent: dict[str, Any] = {"day": DAY, "description": "x", "amount": D(1), "kind": f"Kind {count}"}
            expenses.add_expense(manager, project="SITE", **spent)
            commitments.add_commitment(
                manager, project="SITE", supplier="x", title="x", kind=f"Kind {count}", amount=D(1)
            )
            invoices.add_invoice(manager, project="SITE", number=str(count), day=DAY, amount=D(1))
            _budget(site, f"Budget {count}", 100)
            _budget(site, f"Fee {count}", 100, basis=Basis.BILL, expenses=True)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            _body(signed("manager").get(f"{P}{part}/"))
        return len(seen)

    retainers.add_retainer(manager, project="SITE", name="R", allocation=D(10), first=date(2026, 1, 1), rate=D(1))
    more(1)
    asked()
    few = asked()
    more(4)
    assert asked() <= few


def test_an_approved_expense_is_corrected_on_its_page(site: House, signed: Signed) -> None:
    row = expenses.add_expense(
        site("member"), project="SITE", day=date(2026, 2, 5), description="Train", amount=Decimal(120), kind="Travel"
    )
    expenses.approve_expense(site("manager"), expense=row.id)
    boss, address = signed("manager"), f"/projects/SITE/expenses/?open={row.id}"
    assert "Correct it" in boss.get(address).content.decode()
    done = boss.post(f"/projects/SITE/expenses/{row.id}/correct/", {"amount": "90", "reason": "The receipt says 90"})
    assert done.status_code == 302
    rows = {one.ref: (one.amount, one.corrects) for one in costs.expenses(site("manager"), project="SITE").items}
    assert rows == {"EXP-1": (120, ""), "EXP-2": (-120, "EXP-1"), "EXP-3": (90, "EXP-1")}
    again = boss.post(f"/projects/SITE/expenses/{row.id}/correct/", {"amount": "80", "reason": "x"}, follow=True)
    assert "EXP-1 is corrected already" in again.content.decode()
    counter = costs.expenses(site("manager"), project="SITE", search="Train").items[1]
    page = boss.get(f"/projects/SITE/expenses/?open={counter.id}").content.decode()
    assert "Takes EXP-1 back." in page
    assert "Correct it" not in page
    refused = signed("member").post(f"/projects/SITE/expenses/{row.id}/correct/", {"amount": "1", "reason": "x"})
    assert refused.status_code == 403
