"""Hours in a real browser: a member logs a week by keyboard alone, a manager approves it, a locked cell refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from headway.areas.hours import commands, sheets, weeks
from headway.areas.schedule import commands as schedule
from headway.areas.schedule import queries as plans
from tests.conftest import NOW
from tests.interfaces.web.conftest import House, person_id
from tests.interfaces.web.projects.test_walk import look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MONDAY = date(2026, 3, 2)
WEEK = f"/hours/?week={MONDAY}"
DAYS = {"first": MONDAY, "last": MONDAY + timedelta(days=6)}


@pytest.fixture
def opened(
    browser: Browser, live_server: Any, planned: House, monkeypatch: pytest.MonkeyPatch
) -> Iterator[BrowserContext]:
    """A window at the served house on the day of every context; complaints of scripts fail the test."""
    monkeypatch.setenv("HEADWAY_NOW", NOW.isoformat())
    address = str(live_server.url).replace("127.0.0.1", "localhost")
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=address)
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    context.close()
    assert complaints == []


def assigned(house: House) -> None:
    """The member is assigned to Build, the first task of SITE's plan that others wait for."""
    boss = house("manager")
    schedule.add_resource(boss, project="SITE", name="Max", person=person_id(house, "member"))
    resource = next(row for row in plans.resources(boss, project="SITE") if row.name == "Max")
    for task in plans.tasks(boss, project="SITE").items:
        if not task.summary and not task.milestone:
            schedule.assign(boss, task=task.id, resource=resource.id)


def saved(page: Page, row: int, day: int) -> Any:
    return page.locator(f"td.is-saved > #cell-{row}-{day}")


def test_a_week_by_keyboard_to_the_locked_cell(opened: BrowserContext, planned: House) -> None:
    assigned(planned)
    page = sign_in(opened, "member")
    page.goto(WEEK)
    look(page, "hours-01-suggested")
    page.locator("#cell-0-0").focus()
    page.keyboard.type("1:30")
    page.keyboard.press("Tab")
    page.keyboard.type("2h")
    page.keyboard.press("ArrowRight")
    expect(saved(page, 0, 0)).to_have_value("1.5")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("90m")
    page.keyboard.press("Enter")
    expect(page.locator("#cell-1-2")).to_be_focused()
    expect(page.locator("[data-week-total]")).to_have_text("3.5")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#cell-0-2")).to_be_focused()
    page.keyboard.type("many")
    page.keyboard.press("Enter")
    expect(page.locator("[data-cell-words]")).to_contain_text("“many” is not saved")


def test_the_member_hands_in_and_the_manager_approves(opened: BrowserContext, planned: House) -> None:
    assigned(planned)
