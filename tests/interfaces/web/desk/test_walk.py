"""A morning at the Desk in a real browser, by keyboard; both pages accessible in both themes, on a phone as well."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from headway.areas.projects import commands as projects
from headway.areas.projects.queries import decisions
from headway.kernel.context import clock
from tests.interfaces.web.conftest import House, person_id, sign_in
from tests.interfaces.web.looking import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def fill(site: House) -> None:
    """Two late decisions and an issue of the manager's; one of the decisions has a long name in two directions."""
    ctx, today = site("manager"), clock().date()
    me = person_id(site, "manager")
    names = ("Which shop system?", f"{'Very long question ' * 9}שאלה ארוכה?")
    for days, question in enumerate(names, start=3):
        projects.add_decision(ctx, project="SITE", question=question, decide_by=today - timedelta(days=days), owner=me)
    projects.add_issue(ctx, project="SITE", title="Broken", due=today, owner=me)


def line(page: Page, words: str) -> Any:
    return page.locator("[data-desk-line]").filter(has_text=words)


def test_a_morning_at_the_desk(opened: BrowserContext, site: House) -> None:
    page = sign_in(opened, "manager")
    page.goto("/desk/")
    expect(page.get_by_role("heading", name="Your Desk is empty")).to_be_visible()
    look(page, "desk-empty")
    fill(site)
    page.goto("/desk/")
    look(page, "desk")
    _open_a_figure(page)
    _decide(page, site)
    _set_aside_and_undo(page)
    _hand_on(page)
    page.goto("/inbox/")
    expect(page.get_by_role("heading", name="Your inbox is empty")).to_be_visible()
    look(page, "inbox-empty")
    other = sign_in(opened, "associate")
    for title in ("Slow", "Slower"):
        projects.add_issue(site("manager"), project="SITE", title=title, owner=person_id(site, "associate"))
    other.goto("/inbox/")
    look(other, "inbox")
    _empty_by_keys(other)
    other.goto("/desk/")
    expect(line(other, "Broken")).to_contain_text("From Mona Manager")


def _empty_by_keys(page: Page) -> None:
    """Read beside the list, put away and go on, take back, set aside, choose many."""
    notices, pane = page.locator("[data-notice]"), page.locator(".hw-pane")
    expect(notices).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(pane).to_contain_text("You own ISS-3 Slower")
    look(page, "inbox-beside")
    page.keyboard.press("e")
    expect(notices).to_have_count(2)
    expect(pane).to_contain_text("You own ISS-2 Slow")  # the next one has taken its place
    page.keyboard.press("u")
    expect(notices).to_have_count(3)
    page.keyboard.press("Escape")
    expect(pane).to_have_count(0)
    page.keyboard.press("s")
    expect(page.get_by_role("status")).to_contain_text("1 notice set aside")
    expect(notices).to_have_count(2)
    page.locator("[data-notice]").first.get_by_role("checkbox").check()
    page.keyboard.press("Shift+J")
    expect(page.locator("[data-chosen-count]")).to_have_text("2 chosen")
    page.keyboard.press("e")
    expect(page.get_by_role("heading", name="Your inbox is empty")).to_be_visible()
    expect(page.locator("a.hw-inbox")).to_have_attribute("aria-label", "Inbox")


def _open_a_figure(page: Page) -> None:
    page.get_by_role("button", name="3 lines").click()
    expect(page.get_by_role("dialog", name="Where 3 lines comes from")).to_contain_text("ISS-1 Broken")
    page.keyboard.press("Escape")
    line(page, "Which shop").get_by_role("button", name="Why here").click()
    expect(page.get_by_role("dialog", name="Where its place here comes from").last).to_contain_text("points")
    page.keyboard.press("Escape")


def _decide(page: Page, site: House) -> None:
    """By keyboard: to the line, open its act, write, send; a refusal keeps the line and says why."""
    row = line(page, "Which shop")
    row.locator("summary", has_text="Record the decision").press("Enter")
    expect(row.get_by_label("What was decided")).to_be_focused()
    page.keyboard.press("Escape")
    expect(row.get_by_label("What was decided")).to_be_hidden()
    row.locator("summary", has_text="Record the decision").press("Enter")
    row.get_by_label("What was decided").fill("   ")
    row.get_by_role("button", name="Record the decision").click()
    expect(line(page, "Which shop").get_by_role("alert")).to_have_text("Fill in: What was decided.")
    line(page, "Which shop").get_by_label("What was decided").fill("The open one")
    line(page, "Which shop").get_by_role("button", name="Record the decision").click()
    expect(page.get_by_role("status").filter(has_text="Done: record the decision.")).to_be_visible()
    expect(line(page, "Which shop")).to_have_count(0)
    assert "The open one" in {row.outcome for row in decisions(site("manager"), project="SITE")}
    expect(page.locator(".hw-desk-done")).to_contain_text("Recorded what was decided")


def _set_aside_and_undo(page: Page) -> None:
    page.locator("body").click(position={"x": 900, "y": 5})
    page.goto("/desk/")
    page.keyboard.press("j")
    here = page.locator("[data-desk-line].is-here")
    expect(here).to_have_count(1)
    page.keyboard.press("s")
    expect(page.get_by_text("Set aside, back tomorrow.")).to_be_visible()
    expect(page.locator("[data-desk-line]")).to_have_count(1)
    expect(page.get_by_role("heading", name="Set aside")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator("[data-desk-line]")).to_have_count(2)


def _hand_on(page: Page) -> None:
    row = line(page, "Broken")
    row.locator("summary[aria-label^='More']").click()
    row.get_by_role("link", name="Hand on…").click()
    dialog = page.get_by_role("dialog", name="Hand on")
    expect(dialog).to_be_visible()
    dialog.get_by_label("To").select_option(label="Asha Associate")
    dialog.get_by_label("Note").fill("You know the server.")
    dialog.get_by_role("button", name="Hand it on").click()
    expect(page.get_by_text("With Asha Associate now; they are told.")).to_be_visible()
    expect(page.get_by_role("heading", name="I wait for people")).to_be_visible()
