"""The money of a project in a real browser: a budget, an expense with its pane, a figure to its rows; axe, a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.areas.scope.conftest import House, site
from tests.interfaces.web.conftest import give_session
from tests.interfaces.web.looking import look

__all__ = ["site"]  # a fixture
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_budget_an_expense_and_a_retainer(opened: BrowserContext, site: House) -> None:
    give_session(opened, "manager")
    page = opened.new_page()
    page.goto("/projects/SITE/expenses/new/")
    page.get_by_label("Kind").fill("Travel")
    page.get_by_label("What it was for").fill("Workshop")
    page.get_by_label("Amount").fill("250")
    page.get_by_role("button", name="Enter the expense").click()
    page.get_by_role("link", name="EXP-1 Workshop").click()
    expect(page.get_by_role("complementary", name="EXP-1 Workshop")).to_be_visible()
    look(page, "money-01-expense")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="EUR 250", exact=True).click()  # every figure opens to its source
    expect(page.get_by_text("Amounts of different currencies are never added").locator("visible=true")).to_be_visible()
    page.keyboard.press("Escape")
    page.goto("/projects/SITE/retainers/new/")
    page.get_by_label("Name").fill("Support")
    page.get_by_label("Hours a period").fill("40")
    page.get_by_label("Rate for an hour beyond").fill("100")
    page.get_by_role("button", name="Agree on it").click()
    page.get_by_role("link", name="Open the ledger").click()
    page.get_by_label("Planned hours, period 2").fill("30")
    page.get_by_role("button", name="Save the plan ahead").click()
    expect(page.get_by_text("1 period is planned.")).to_be_visible()
    look(page, "money-02-ledger")
    page.get_by_role("link", name="Budgets").click()
    expect(page.get_by_role("heading", name="Budget", exact=True)).to_be_visible()
    look(page, "money-03-budget")


def test_going_back_and_sending_again_enters_nothing_a_second_time(opened: BrowserContext, site: House) -> None:
    give_session(opened, "manager")
    page = opened.new_page()
    page.goto("/projects/SITE/expenses/")
    page.get_by_role("link", name="New expense").click()
    for label, value in (("Kind", "Travel"), ("What it was for", "Workshop"), ("Amount", "250")):
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Enter the expense").click()
    expect(page.get_by_text("The expense is entered")).to_be_visible()
    page.go_back()
    for label, value in (("Kind", "Travel"), ("What it was for", "Workshop"), ("Amount", "250")):
        page.get_by_label(label).fill(value)  # as a browser that brings back what was typed has it
    page.get_by_role("button", name="Enter the expense").click()
    expect(page.get_by_text("EXP-1 was saved already; nothing was entered a second time.")).to_be_visible()
    expect(page.get_by_role("complementary", name="EXP-1 Workshop")).to_be_visible()
    page.goto("/projects/SITE/expenses/new/")  # a new page has a key of its own
    for label, value in (("Kind", "Travel"), ("What it was for", "Workshop"), ("Amount", "250")):
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Enter the expense").click()
    expect(page.get_by_role("link", name="EXP-2 Workshop")).to_be_visible()
