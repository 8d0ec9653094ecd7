"""Scope and changes in a real browser: a line, a change with its effect, the decision, carried out, undone; axe."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from headway.areas.approvals.queries import waiting
from headway.areas.approvals.types import Vote
from headway.areas.scope import requests
from headway.journeys import reports
from tests.areas.scope.conftest import House, site
from tests.interfaces.web.conftest import give_session
from tests.interfaces.web.looking import look

__all__ = ["site"]  # a fixture
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_change_from_asking_to_its_outcome(opened: BrowserContext, site: House) -> None:
    give_session(opened, "manager")
    page = opened.new_page()
    page.goto("/projects/SITE/scope/")
    expect(page.get_by_role("heading", name="No scope statement yet")).to_be_visible()
    _line(page)
    page.get_by_role("link", name="Ask for a change").click()
    page.get_by_label("Title").fill("Newsletter")
    page.get_by_role("button", name="Enter the request").click()
    page.get_by_role("link", name="Add an option").click()
    page.get_by_label("Option", exact=True).fill("Build it now")
    page.get_by_role("button", name="Add the option").click()
    page.get_by_role("link", name="Add work").click()
    page.get_by_label("Name").fill("Newsletter form")
    page.get_by_label("Hours").fill("16")
    page.get_by_label("Who").fill("Max Member")
    page.get_by_label("After which row").fill("2 Build")
    page.get_by_role("button", name="Add to the option").click()
    expect(page.get_by_text(re.compile(r"Build it now: finish .*, 2 working days later; \+16 h\."))).to_be_visible()
    page.get_by_role("button", name="+16 h").click()  # every figure opens to its source
    expect(page.get_by_text("planned work of everybody after less before").locator("visible=true")).to_be_visible()
    page.keyboard.press("Escape")
    look(page, "scope-02-change")
    page.goto(f"{page.url}options/{_option(site)}/risks/new/")
    look(page, "scope-04-risk")
    page.go_back()
    page.get_by_role("link", name="Ask for a decision").click()
    page.get_by_label("Abel Approver").check()
    page.get_by_label("Cleo Client").check()
    page.get_by_role("button", name="Ask for the decision").click()
    expect(page.get_by_text("Waits for a decision.", exact=True)).to_be_visible()
    (asked,) = waiting(site("approver"))
    _as_client(opened, asked.id)
    reports.decide(site("approver"), approval=asked.id, decision=Vote.APPROVE, digest=asked.digest, reason="Yes")
    page.reload()
    page.get_by_role("button", name="Carry it out").click()
    expect(page.get_by_role("heading", name="Forecast and outcome")).to_be_visible()
    look(page, "scope-03-done")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("CR-1 is taken back")).to_be_visible()


def _option(site: House) -> int:
    """The option beside doing nothing."""
    (found,) = requests.change_requests(site("manager"), project="SITE").items
    return next(row.id for row in requests.request_of(site("manager"), found.project_id, 1).options if not row.nothing)


def _as_client(opened: BrowserContext, approval: int) -> None:
    give_session(opened, "client")
    page = opened.new_page()
    page.goto(f"/portal/approvals/{approval}/")
    expect(page.get_by_role("button", name="Approve what is shown")).to_be_visible()
    look(page, "scope-05-client")
    page.close()
    give_session(opened, "manager")


def _line(page: Page) -> None:
    page.get_by_role("link", name="Add the first line").click()
    page.get_by_label("What", exact=True).fill("Web site")
    page.get_by_label("Contract hours").fill("60")
    page.get_by_label("Rows of the plan that deliver it").fill("1-2")
    page.get_by_role("button", name="Add the line", exact=True).click()
    expect(page.get_by_role("link", name="Web site")).to_be_visible()
    look(page, "scope-01-statement")
