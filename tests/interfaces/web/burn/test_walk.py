"""Burn in a real browser: from the figure to the entries, the cause, the client's words, the month, the person."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.interfaces.web.conftest import House, sign_in
from tests.interfaces.web.looking import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_trouble_to_words_for_the_client(opened: BrowserContext, burning: House) -> None:
    page = sign_in(opened, "manager")
    page.goto("/projects/SITE/hours/")
    page.get_by_role("navigation", name="Hours and cost").get_by_role("link", name="Burn and forecast").click()
    expect(page.locator(".hw-answer")).to_contain_text("90 of 100 h spent (90 %)")
    page.get_by_role("button", name="+6 h").click()
    expect(page.get_by_text("hours worked outside the agreed scope").last).to_be_visible()
    page.keyboard.press("Escape")
    look(page, "burn-01")
    opened.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert "work outside the agreed scope" in page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("link", name="Earned value").click()
    page.get_by_role("link", name="Weeks").click()
    expect(page.get_by_role("region", name="Earned value by week, h")).to_be_visible()
    look(page, "burn-02-earned")
    page.get_by_role("navigation", name="Hours and cost").get_by_role("link", name="Progress").click()
    page.get_by_label("Percent complete").fill("40")
    page.get_by_role("button", name="State progress").click()
    expect(page.locator(".hw-answer")).to_contain_text("40 % complete: owner estimate, said by Mona Manager")
    look(page, "burn-03-progress")
    page.goto("/hours/people/")
    page.locator("tr", has_text="Max Member").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Max Member")).to_be_visible()
    look(page, "burn-04-person")
    page.go_back()
    look(page, "burn-05-people")
