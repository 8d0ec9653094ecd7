"""Estimates in a real browser: lines typed and pasted by keyboard, what they come to, into the plan; axe."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.areas.estimates.conftest import House, finished, site
from tests.interfaces.web.conftest import give_session
from tests.interfaces.web.looking import look

__all__ = ["site"]  # a fixture
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTED = "  Concept\tDesigner\n  Prototype\tDeveloper"


def test_lines_are_typed_and_pasted_then_taken_into_the_plan(opened: BrowserContext, site: House) -> None:
    give_session(opened, "manager")
    page = opened.new_page()
    page.goto("/projects/SITE/estimates/")
    page.get_by_role("link", name="Type or paste lines").click()
    page.get_by_role("button", name="Begin the estimate").click()
    page.get_by_label("Line 1", exact=True).fill("Design")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Line 2", exact=True)).to_be_focused()
    _paste(page, PASTED)
    expect(page.get_by_label("Line 3", exact=True)).to_have_value("Prototype")
    expect(page.get_by_label("Level of line 3", exact=True)).to_have_value("2")
    page.get_by_label("Optimistic of line 2", exact=True).focus()
    _paste(page, "10\t15\t26\n2\t7\t12")
    expect(page.locator("[data-mean]").nth(1)).to_have_text("16")
    page.get_by_label("Line 4", exact=True).fill("Build")
    page.get_by_label("Most likely of line 4", exact=True).fill("32")
    page.keyboard.press("Alt+Shift+ArrowRight")
    expect(page.get_by_label("Level of line 4", exact=True)).to_have_value("2")
    look(page, "estimates-01-lines")
    page.get_by_role("button", name="Save the lines").click()
    expect(page.get_by_text(re.compile(r"Expected 55\sh"))).to_be_visible()
    page.get_by_role("button", name=re.compile(r"^57\.6")).click()  # every figure opens to its source
    expect(page.get_by_text("P50 + 0.8416 × standard deviation").locator("visible=true")).to_be_visible()
    page.keyboard.press("Escape")
    look(page, "estimates-02-estimate")
    page.get_by_role("link", name="Take it into the plan").click()
    expect(page.get_by_text("4 rows come into the plan.")).to_be_visible()
    page.get_by_role("button", name="Take it into the plan").click()
    expect(page.get_by_text("EST-1 is in the plan.")).to_be_visible()


def _paste(page: Page, text: str) -> None:
    """Cells of a spreadsheet, into the cell that has the focus."""
    page.evaluate(
        """(text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(event);
        }""",
        text,
    )


def test_what_was_worked_opens_from_its_line_to_its_entries(opened: BrowserContext, site: House) -> None:
    finished(site, "ONE", {("Concept", "Designer"): 24, ("Build", "Developer"): 40})
    give_session(opened, "manager")
    page = opened.new_page()
    page.goto("/estimates/finished/")
    look(page, "estimates-03-finished")
    page.get_by_role("link", name="Project ONE").click()
    expect(page.get_by_role("heading", name="Estimate against actual")).to_be_visible()
    look(page, "estimates-04-actual")
    page.get_by_role("row", name="1.1 Concept").get_by_role("link", name="24").click()
    expect(page).to_have_url(re.compile(r"row=0&phase=Concept"))
