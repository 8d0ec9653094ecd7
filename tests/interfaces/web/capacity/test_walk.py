"""Capacity in a real browser: see who has too much work and why, ask for a proposal, take a part of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from headway.kernel import jobs
from headway.kernel.jobs_worker import run_due
from tests.interfaces.web.conftest import House, sign_in
from tests.interfaces.web.looking import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PROGRESS = "**/capacity/proposals/*/progress/"


def test_from_too_much_work_to_a_part_of_a_proposal(crowded: House, opened: BrowserContext) -> None:
    page = sign_in(opened, "manager")
    page.goto("/capacity/")
    look(page, "capacity")
    _open_a_cell_by_keys(page)
    _ask_for_a_proposal(page)
    _take_a_part(page)


def _open_a_cell_by_keys(page: Page) -> None:
    cells = page.locator("[data-heat] td > a")
    cells.first.focus()
    page.keyboard.press("ArrowRight")
    expect(cells.nth(1)).to_be_focused()
    expect(cells.first).to_have_attribute("tabindex", "-1")
    page.keyboard.press("Enter")
    pane = page.get_by_role("complementary", name="Max Member")
    expect(pane.get_by_text("80 h too much on 5 days")).to_be_visible()
    look(page, "capacity-pane")
    pane.get_by_role("link", name="See a proposal").click()


def _ask_for_a_proposal(page: Page) -> None:
    expect(page.get_by_role("heading", name="Level plans")).to_be_visible()
    page.get_by_label("Place of Shop launch").fill("1")
    page.get_by_label("Place of Acme web site").fill("2")
    look(page, "capacity-level")
    page.route(PROGRESS, lambda route: route.fulfill(status=503))
    page.get_by_role("button", name="Compute a proposal").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    run_due(queues=(jobs.LONG,))
    page.unroute(PROGRESS)


def _take_a_part(page: Page) -> None:
    expect(page.get_by_role("heading", name="Level SHOP, SITE")).to_be_visible()
    expect(page.get_by_role("button", name="Accept the chosen rows")).to_be_visible()
    look(page, "capacity-proposal")
    page.get_by_label("Take Sketch").uncheck()
    page.get_by_role("button", name="See what they do").click()
    expect(page.get_by_text("The chosen rows would do this")).to_be_visible()
    expect(page.get_by_label("Take Sketch")).not_to_be_checked()
    page.get_by_role("button", name="Accept the chosen rows").click()
    expect(page.get_by_text("Undo stands in its plan")).to_be_visible()
