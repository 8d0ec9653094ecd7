"""KPIs in a real browser: one is defined, measured, judged against its limits, and opened to its source; axe."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.areas.metrics.conftest import House, site
from tests.conftest import NOW
from tests.interfaces.web.conftest import give_session
from tests.interfaces.web.looking import look

__all__ = ["site"]  # a fixture
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CALLS = (42, 45, 39, 44, 47, 41, 43, 46)


def test_a_kpi_from_its_definition_to_a_signal(
    opened: BrowserContext, site: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADWAY_NOW", NOW.isoformat())
    give_session(opened, "manager")
    page = opened.new_page()
    page.goto("/projects/SITE/kpis/")
    expect(page.get_by_role("heading", name="Nothing is measured yet")).to_be_visible()
    page.get_by_role("link", name="Define a KPI").first.click()
    page.get_by_label("Name", exact=True).fill("Calls a week")
    page.get_by_label("Formula").select_option("last")
    page.get_by_label("Good is").select_option("lower")
    page.get_by_label("Measured").select_option("weekly")
    page.locator("[name=target]").fill("50")
    page.get_by_label("Green to").fill("50")
    page.get_by_label("Amber to").fill("55")
    page.get_by_role("button", name="Define the KPI").click()
    page.get_by_role("link", name="Enter samples").first.click()
    rows = "\n".join(f"2026-W0{week}\t{value}" for week, value in enumerate(CALLS, 1))
    page.get_by_label("Or paste rows").fill(rows)
    page.get_by_label("Value, 2026-W09").fill("58")
    page.get_by_role("button", name="Show the effect").click()
    expect(page.get_by_text("Nothing is saved yet. 9 new, 0 corrected, 0 as they were.")).to_be_visible()
    page.get_by_role("button", name="Save the samples").click()
    page.get_by_role("link", name="Declare a baseline").last.click()
    page.get_by_label("Last period").fill("2026-W08")
    page.get_by_label("Why these are usual periods").fill("before the new routing")
    page.get_by_role("button", name="Declare the baseline").click()
    expect(page.get_by_text("Signal: above the upper limit.")).to_be_visible()
    look(page, "metrics-01-kpi")
    page.get_by_role("link", name="2026-W09").click()
    expect(page.get_by_role("heading", name="Revisions")).to_be_visible()
    page.goto("/projects/SITE/kpis/")
    page.get_by_role("button", name="58").click()  # every figure opens to its source
    expect(page.get_by_text("the newest value").locator("visible=true")).to_be_visible()
    page.keyboard.press("Escape")
    look(page, "metrics-02-scorecard")
