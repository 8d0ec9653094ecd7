"""In a real browser: a template looked at, a project begun with it, its gate and findings, a checklist ticked."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from headway.areas.method import gates
from tests.interfaces.web.conftest import House, sign_in
from tests.interfaces.web.looking import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_a_template_to_a_decided_gate(opened: BrowserContext, house: House) -> None:
    page = sign_in(opened, "manager")
    _begin(page)
    _part(page)
    page.goto("/projects/WEB/method/")
    look(page, "method")
    _roles(page)
    _again(page)
    gate = gates.gates(house("manager"), project="WEB")[0]
    page.goto(f"/projects/WEB/method/gates/{gate.id}/")
    page.get_by_role("button", name=f"{gate.criteria[0].text}: it holds").click()
    expect(page.get_by_text("Said by")).to_be_visible()
    look(page, "gate")
    page.goto(f"/projects/WEB/method/gates/{gate.id}/edit/")
    look(page, "gate-edit")


def _begin(page: Page) -> None:
    page.goto("/templates/")
    page.get_by_role("link", name="Web site build").click()
    page.get_by_role("checkbox", name="Search").uncheck()
    expect(page.get_by_role("rowheader", name="Redirect map")).to_have_count(0)
    look(page, "template")
    page.get_by_label("Project key").fill("WEB")
    page.get_by_label("Name", exact=True).fill("Acme web")
    page.get_by_role("button", name="Begin the project").click()
    expect(page).to_have_url("/projects/WEB/plan/")


def _part(page: Page) -> None:
    page.goto("/projects/WEB/plan/")
    page.goto("/projects/WEB/method/part/")
    page.get_by_label("Template").select_option(label="Web site build")
    page.get_by_role("button", name="Choose the phase").click()
    page.get_by_label("Phase").select_option(label="Search")
    page.get_by_role("button", name="Show the effect").click()
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()


def _roles(page: Page) -> None:
    page.get_by_role("link", name="Name people").click()
    page.get_by_label("Tester").select_option(label="Max Member")
    page.get_by_role("button", name="Give the roles").click()
    expect(page.get_by_role("rowheader", name="Tester")).to_be_visible()


def _again(page: Page) -> None:
    """The form asks for what the chosen rhythm needs, and for nothing else."""
    page.goto("/projects/WEB/method/recurring/new/")
    wanted = {
        "On days of the week": {"Monday"},
        "On a weekday of the month": {"Which of the month", "Day of the week"},
        "On a day of the month": {"Day of the month"},
        "On the last working day of the month": set(),
    }
    for rhythm, shown in wanted.items():
        page.get_by_label("Comes").select_option(label=rhythm)
        for label in ("Monday", "Which of the month", "Day of the week", "Day of the month"):
            expect(page.get_by_label(label).and_(page.locator("input, select"))).to_be_visible(visible=label in shown)
    look(page, "recurring")
