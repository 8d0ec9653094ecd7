"""Projects tied in a real browser: wait for another project, see what moved and why, look at the plans side by side."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from headway.areas.schedule import changing
from headway.areas.schedule.acts import Act, PlanChange
from headway.kernel.jobs_worker import run_due
from tests.conftest import NOW
from tests.interfaces.web.conftest import sign_in
from tests.interfaces.web.looking import look
from tests.interfaces.web.programme.conftest import House

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_two_projects_are_tied_and_looked_at_together(
    tied: House,
    ids: dict[str, int],
    opened: BrowserContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HEADWAY_NOW", NOW.isoformat())
    page = sign_in(opened, "manager")
    _wait_for_another(page, ids)
    _see_what_moved(page, tied)
    _begin_a_programme(page)
    _look_side_by_side(page)
    _see_the_month(page)


def _wait_for_another(page: Page, ids: dict[str, int]) -> None:
    page.goto(f"/projects/SITE/plan/tasks/{ids['Build']}/")
    page.get_by_role("link", name="Wait for another project").click()
    page.get_by_label("Project", exact=True).select_option(label="CRM rollout (CRM)")
    page.get_by_role("button", name="Show its tasks").click()
    page.get_by_label("Go-live").check()
    page.get_by_role("button", name="Show the effect").click()
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
    look(page, "tie")
    page.get_by_role("button", name="Wait for it").click()
    expect(page.get_by_role("heading", name="Other projects")).to_be_visible()
    expect(page.get_by_role("link", name="Go-live (CRM)").first).to_be_visible()


def _see_what_moved(page: Page, tied: House) -> None:
    change = PlanChange(Act.SET, task=1, field="duration", value="13d")
    changing.change_plan(tied("manager"), project="CRM", changes=(change,))
    run_due()
    page.goto("/projects/SITE/plan/other-projects/")
    expect(page.get_by_text("Moved by CRM rollout: Launch +3 d; the finish +3 d")).to_be_visible()
    look(page, "links")


def _begin_a_programme(page: Page) -> None:
    page.goto("/portfolio/programmes/")
    page.get_by_role("link", name="Begin a programme").click()
    page.get_by_label("Name").fill("One front door")
    page.get_by_role("button", name="Begin the programme").click()
    for name in ("CRM rollout (CRM)", "Site build (SITE)"):
        page.get_by_label("Put in").select_option(label=name)
        page.get_by_role("button", name="Put it in").click()
    expect(page.get_by_role("heading", name="Links between the projects")).to_be_visible()
    look(page, "programme")


def _look_side_by_side(page: Page) -> None:
    page.get_by_role("link", name="Gantt", exact=True).click()
    expect(page.get_by_text("it hangs on tasks of CRM, SITE")).to_be_visible()
    page.get_by_role("link", name="Open the tasks of CRM rollout").click()
    expect(page.get_by_role("link", name="Configure")).to_be_visible()
    page.keyboard.press("j")
    look(page, "gantt")
    page.get_by_role("link", name="Fold CRM rollout").click()
    expect(page.get_by_role("link", name="Configure")).to_have_count(0)


def _see_the_month(page: Page) -> None:
    page.get_by_role("link", name="Calendar", exact=True).click()
    expect(page.get_by_text("2 milestones in March 2026 in 2 projects")).to_be_visible()
    look(page, "calendar")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Calendar file").click()
    assert taken.value.suggested_filename == "Milestones 2026-03-02.ics"
