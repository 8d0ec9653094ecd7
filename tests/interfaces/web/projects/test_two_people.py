"""Two people at once, in the browser: one sees within seconds what the other does, and neither overwrites the other."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from headway.areas.projects import commands, queries
from tests.interfaces.web.conftest import House, sign_in
from tests.interfaces.web.looking import faults

SAVED = "document.dispatchEvent(new CustomEvent('headway:saved'))"  # has the page look for changes at once

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_change_of_one_is_on_the_screens_of_the_other(opened: BrowserContext, site: House) -> None:
    overview, register = sign_in(opened, "manager"), opened.new_page()
    overview.goto("/projects/SITE/")
    expect(overview.get_by_text("No open risk is recorded")).to_be_visible()
    register.goto("/projects/SITE/risks/")
    expect(register.get_by_role("heading", name="No risks here")).to_be_visible()
    commands.add_risk(site("associate"), project="SITE", title="Texts come late", probability=4, impact=4)
    expect(register.get_by_role("link", name="Texts come late")).to_be_visible()
    overview.bring_to_front()
    expect(overview.get_by_role("link", name="Texts come late").first).to_be_visible()
    assert faults(overview) == []


def test_a_change_that_could_not_be_fetched_is_fetched_at_the_next_look(opened: BrowserContext, site: House) -> None:
    page = sign_in(opened, "manager")
    page.goto("/projects/SITE/risks/")
    expect(page.get_by_role("heading", name="No risks here")).to_be_visible()
    page.route("**/projects/SITE/risks/", lambda route: route.fulfill(status=503))
    commands.add_risk(site("associate"), project="SITE", title="Texts come late", probability=4, impact=4)
    with page.expect_response("**/projects/SITE/risks/"):
        page.evaluate(SAVED)
    page.unroute("**/projects/SITE/risks/")
    page.evaluate(SAVED)
    expect(page.get_by_role("link", name="Texts come late")).to_be_visible()


def test_a_record_is_changed_beside_its_list_and_merged_with_another_change(
    opened: BrowserContext, site: House
) -> None:
    risk = commands.add_risk(site("associate"), project="SITE", title="Texts come late", probability=4, impact=4)
    page = sign_in(opened, "manager")
    page.goto("/projects/SITE/risks/")
    page.get_by_role("link", name="Texts come late").click()
    expect(page.locator("#record-form")).to_be_visible()
    page.wait_for_url("**/projects/SITE/risks/?open=1")
    assert faults(page) == []

    page.locator("#record-form [name=impact]").select_option("5")
    expect(page.locator("#effect")).to_contain_text("Exposure 16 → 20 of 25")
    commands.edit_risk(site("associate"), risk=risk.id, title="Texts come very late", response="Ask early")
    page.get_by_role("button", name="Save the risk").click()
    expect(page.get_by_text("changed this meanwhile")).to_be_visible()
    assert queries.risks(site("manager"), project="SITE")[0].impact == 4
    assert faults(page) == []

    both = page.locator(".hw-both")
    expect(both.locator("[name=keep-title][value=stored]")).to_be_checked()
    expect(both.locator("[name=keep-impact][value=yours]")).to_be_checked()
    page.get_by_role("button", name="Save the risk").click()
    expect(page.get_by_text("RISK-1 is saved")).to_be_visible()
    expect(page.locator("#register")).to_contain_text("Texts come very late")
    row = queries.risks(site("manager"), project="SITE")[0]
    assert (row.title, row.impact, row.response) == ("Texts come very late", 5, "Ask early")

    page.keyboard.press("Escape")
    expect(page.locator("#record-form")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/projects/SITE/risks/\??$"))
