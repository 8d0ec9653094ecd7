"""Finding and doing by keyboard alone, in a browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from headway.areas.projects import commands as projects
from tests.interfaces.web.conftest import House, sign_in
from tests.interfaces.web.looking import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(planned: House, opened: BrowserContext) -> Page:
    manager = planned("manager")
    projects.star(manager, project="SITE")
    projects.add_risk(manager, project="SITE", title="Kestrel nests in the hall", probability=3, impact=4)
    projects.add_issue(manager, project="SITE", title="The kestrel is back", description="A kestrel, seen on Monday")
    home = sign_in(opened, "manager")
    home.goto("/")
    return home


def test_the_palette_by_keyboard(page: Page) -> None:
    page.goto("/projects/SITE/")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Find a record, a page or an act")
    expect(field).to_be_focused()
    expect(page.get_by_role("option", name=re.compile("Acme web site")).first).to_be_visible()
    look(page, "palette-01-empty")
    page.keyboard.type("kestrel")
    expect(page.get_by_role("option", name=re.compile("RISK-1"))).to_be_visible()
    look(page, "palette-02-records")
    page.keyboard.press("Escape")
    expect(field).not_to_be_visible()
    page.keyboard.press("/")
    expect(field).to_have_value("kestrel")
    expect(page.get_by_role("option", name=re.compile("RISK-1"))).to_be_visible()
    page.keyboard.type("add ris")
    option = page.get_by_role("option", name=re.compile("Add risk"))
    expect(option).to_be_visible()
    while option.get_attribute("aria-selected") != "true":
        page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == option.get_attribute("id")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/acts/projects\.add_risk\?project=SITE"))
    page.get_by_label("Title").fill("Typed by hand")
    page.get_by_label("Probability", exact=True).fill("9")
    page.get_by_label("Impact", exact=True).fill("2")
    page.get_by_role("button", name="Add risk").click()
    expect(page.get_by_label("Title")).to_have_value("Typed by hand")
    look(page, "act-02-refused")
    page.get_by_label("Probability", exact=True).fill("2")
    page.get_by_role("button", name="Add risk").click()
    expect(page.get_by_role("heading", name="Add risk: done")).to_be_visible()
    look(page, "act-03-done")


def test_enter_goes_to_the_first_record(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("kestrel nests")
    expect(page.get_by_role("option", name=re.compile("RISK-1"))).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/projects/SITE/"))
    expect(page.get_by_text("Kestrel nests in the hall").first).to_be_visible()


def test_what_was_typed_stays_when_the_server_does_not_answer(page: Page) -> None:
    page.keyboard.press("/")
    page.route("**/search/palette*", lambda route: route.abort())
    page.keyboard.type("kestrel")
    expect(page.get_by_text("What you typed stays")).to_be_visible()
    expect(page.get_by_role("combobox")).to_have_value("kestrel")
    page.unroute("**/search/palette*")
    page.keyboard.press("Enter")
    expect(page.get_by_text("records hold “kestrel”")).to_be_visible()


def test_quick_add_by_keyboard(page: Page) -> None:
    page.goto("/projects/SITE/activity/")
    page.keyboard.press("c")
    line = page.get_by_label("Line")
    expect(line).to_be_focused()
    look(page, "quick-01-empty")
    page.keyboard.type("issue sign-in fails @max tomorrow")
    title = page.get_by_label("Title")
    expect(title).to_have_value("sign-in fails")
    expect(page.get_by_label("Project")).to_have_value("SITE")
    expect(line).to_be_focused()
    look(page, "quick-02-understood")
    page.get_by_role("button", name="Add the issue").click()
    expect(page).to_have_url(re.compile("/projects/SITE/activity/$"))
    expect(page.get_by_text("Issue “sign-in fails” is added to Acme web site.")).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_label("Line")).to_be_focused()
    page.keyboard.type("risk @nobody 3/4 late")
    expect(page.get_by_text("Choose the day")).to_be_visible()
    look(page, "quick-03-asked")
    page.keyboard.press("Enter")
    expect(page.get_by_text("fits no person")).to_be_visible()


def test_a_key_pressed_before_the_scripts_have_come_is_not_lost(page: Page) -> None:
    held: list[Route] = []
    scripts = re.compile(r"/dist/app\b")
    page.route(scripts, lambda route: held.append(route))  # noqa: PLW0108 - it gives a name to what it takes
    page.goto("/projects/SITE/activity/", wait_until="commit")
    expect(page.get_by_role("heading", name="Activity")).to_be_visible()
    page.keyboard.press("c")
    held.pop().continue_()
    expect(page.get_by_label("Line")).to_be_focused()
    page.unroute(scripts)


def test_the_search_page(page: Page) -> None:
    page.goto("/search")
    look(page, "search-01-empty")
    page.get_by_label("Words or a reference").fill("kestrel")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Issues")).to_be_visible()
    look(page, "search-02-found")
    page.goto("/search?q=zanzibar")
    look(page, "search-03-nothing")
    page.goto("/acts/")
    look(page, "acts-01-list")
    page.goto("/acts/projects.edit_risk")
    look(page, "acts-02-choose")
