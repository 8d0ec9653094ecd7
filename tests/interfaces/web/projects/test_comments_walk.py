"""Comments in a real browser: a name offered behind an @, saved in place, on the other's screen, answered."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from headway.areas.comms import commenting
from headway.areas.schedule import queries as plans
from tests.interfaces.web.conftest import House, give_session
from tests.interfaces.web.looking import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def task_of(house: House) -> int:
    return next(row.id for row in plans.tasks(house("manager"), project="SITE").items if not row.summary)


def name_somebody(page: Page) -> None:
    field = page.get_by_label("Say something")
    field.press_sequentially("Is it ready, @mem")
    expect(page.get_by_role("option", name="Max Member")).to_be_visible()
    field.press("Enter")
    expect(field).to_have_value("Is it ready, @Max Member ")
    field.press_sequentially("by Friday?\n\nThe client asks.")


def test_a_talk_beside_a_task(opened: BrowserContext, planned: House) -> None:
    give_session(opened, "manager")
    page = opened.new_page()
    task = task_of(planned)
    page.goto(f"/projects/SITE/plan/tasks/{task}/")
    expect(page.get_by_text("Nothing is said yet")).to_be_visible()
    name_somebody(page)
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator(".hw-comment-text")).to_contain_text("by Friday?")
    expect(page.locator(".hw-mention")).to_have_text("@Max Member")
    expect(page.get_by_label("Say something")).to_have_value("")
    commenting.comment(planned("member"), project="SITE", about="task", record=task, text="From another screen")
    expect(page.get_by_text("From another screen")).to_be_visible()
    first = page.locator(".hw-threads > li").first
    first.locator("summary", has_text="Answer").click()
    first.get_by_label("Your answer").fill("It is.")
    first.get_by_role("button", name="Answer").click()
    expect(page.locator(".hw-answers")).to_contain_text("It is.")
    look(page, "comments-task")


def test_a_talk_in_the_plans_side_pane(opened: BrowserContext, planned: House) -> None:
    task = task_of(planned)
    commenting.comment(planned("member"), project="SITE", about="task", record=task, text="Look here")
    give_session(opened, "manager")
    page = opened.new_page()
    page.goto(f"/projects/SITE/plan/?task={task}")
    pane = page.locator("#task-pane")
    expect(pane.locator("[data-comments-unread]")).to_be_visible()
    with page.expect_response("**/read/") as noted:
        pane.locator("#comments-list").scroll_into_view_if_needed()
    assert noted.value.status == 204
    pane.get_by_label("Say something").fill("Seen")
    pane.get_by_role("button", name="Comment", exact=True).click()
    expect(pane.locator(".hw-threads > li")).to_have_count(2)
    expect(pane.get_by_role("heading", name="Comments")).to_contain_text("2")
    look(page, "comments-pane")
