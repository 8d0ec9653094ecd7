"""News of tasks in a real browser: asked, approved, mailed, told on a phone, looked at, taken into the plan."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from headway.areas.comms import reactions as delivery
from headway.areas.comms.queries import outbox
from headway.areas.people import commands as people
from headway.areas.people.types import OrganisationKind
from headway.areas.schedule import changing, commands
from headway.areas.schedule import queries as plans
from headway.areas.schedule.acts import Act, PlanChange
from headway.kernel import ports
from tests.areas.comms.test_outbox import Server
from tests.conftest import NOW
from tests.interfaces.web.conftest import House, give_session
from tests.interfaces.web.looking import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("HEADWAY_NOW", NOW.isoformat())
    one = Server()
    ports.provide("mail", one)
    yield one
    ports.provide("mail", None)


def bo_does_it_all(house: House) -> None:
    """Somebody without an account is assigned to every task."""
    boss = house("manager")
    firm = people.add_organisation(house("administrator"), name="Builders", kind=OrganisationKind.PARTNER)
    bo = people.add_person(boss, name="Bo Builder", email="bo@builders.example", organisation=firm.id).id
    commands.add_resource(boss, project="SITE", name="Bo Builder", person=bo)
    resource = next(row.id for row in plans.resources(boss, project="SITE") if row.name == "Bo Builder")
    for row in plans.tasks(boss, project="SITE").items:
        if not row.summary:
            commands.assign(boss, task=row.id, resource=resource)


def test_news_from_asking_to_the_plan(opened: BrowserContext, planned: House, server: Server) -> None:
    give_session(opened, "manager")
    page = opened.new_page()
    page.goto("/projects/SITE/updates/")
    expect(page.get_by_role("heading", name="Nobody was asked yet")).to_be_visible()
    look(page, "updates-01-empty")
    bo_does_it_all(planned)
    _ask(page)
    address = page.url
    _approve(opened)
    delivery.deliver({"mail": outbox(planned("manager"))[0].id})
    _tell(opened, server)
    give_session(opened, "manager")
    _take(opened.new_page(), address)


def _ask(page: Page) -> None:
    page.get_by_role("link", name="Ask about this week's work").click()
    expect(page.get_by_role("group", name=re.compile("Bo Builder")).get_by_role("checkbox").first).to_be_checked()
    page.get_by_label("Your words").fill("Good morning Bo, how is it going?")
    look(page, "updates-02-new")
    page.get_by_role("button", name="Prepare the requests").click()
    expect(page.get_by_role("heading", name="News of Bo Builder")).to_be_visible()
    expect(page.get_by_text("Good morning Bo, how is it going?")).to_be_visible()
    look(page, "updates-03-draft")
    page.get_by_label("Abel Approver").check()
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_text("Waits for approval")).to_be_visible()


def _approve(opened: BrowserContext) -> None:
    give_session(opened, "approver")
    page = opened.new_page()
    page.goto("/approvals/")
    page.get_by_role("link", name=re.compile("Mail to Bo Builder")).first.click()
    expect(page.get_by_text("Good morning Bo")).to_be_visible()
    look(page, "updates-04-approval")
    page.get_by_role("button", name="Approve what is shown").click()
    expect(page.get_by_text("You approved it.")).to_be_visible()


def _tell(opened: BrowserContext, server: Server) -> None:
    found = re.search(r"(/news/[^/\s]+/)", server.taken[-1].decode().replace("=\r\n", "").replace("=3D", "="))
    assert found is not None
    opened.clear_cookies()
    page = opened.new_page()
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(found[1])
    first = page.get_by_role("group").first
    first.get_by_label("Percent complete").fill("30")
    page.get_by_role("button", name="Keep it for later").click()
    expect(page.get_by_text("Kept. Send it when it is complete.")).to_be_visible()
    first = page.get_by_role("group").first
    expect(first.get_by_label("Percent complete")).to_have_value("30")
    first.get_by_label("Work that remains").fill("6d")
    first.get_by_label("Note").fill("Two people are ill.")
    look(page, "updates-05-told")
    page.get_by_role("button", name="Send the news").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    look(page, "updates-06-thanks")


def _take(page: Page, address: str) -> None:
    page.goto("/desk/")
    expect(page.get_by_role("link", name="News of Bo Builder has come", exact=True).first).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("What it would do:")).to_be_visible()
    expect(page.get_by_text("Two people are ill.")).to_be_visible()
    look(page, "updates-07-proposal")
    page.get_by_role("button", name="Take the chosen into the plan").click()
    expect(page.get_by_text("Taken into the plan.").first).to_be_visible()
    look(page, "updates-08-settled")
    page.goto("/projects/SITE/updates/")
    look(page, "updates-09-list")


def test_a_task_as_it_was_is_brought_back(opened: BrowserContext, planned: House, server: Server) -> None:
    boss = planned("manager")
    row = next(row for row in plans.tasks(boss, project="SITE").items if not row.summary)
    tomorrow = boss.but(now=NOW + timedelta(days=1))
    for field, value in (("duration", "9d"), ("owner", "Max Member")):
        changing.change_plan(
            tomorrow, project="SITE", changes=(PlanChange(Act.SET, task=row.uid, field=field, value=value),)
        )
    os.environ["HEADWAY_NOW"] = (NOW + timedelta(days=2)).isoformat()  # put back by the fixture
    give_session(opened, "manager")
    page = opened.new_page()
    page.goto(f"/projects/SITE/plan/tasks/{row.id}/")
    page.get_by_role("link", name="As it was on a day").click()
    page.get_by_label("At the end of").fill("2026-03-02")
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_label("Duration").check()
    page.get_by_role("button", name="Show the effect").click()
    expect(page.get_by_text("Nothing is changed yet.")).to_be_visible()
    look(page, "task-then")
    page.get_by_role("button", name="Bring the chosen back").click()
    expect(page.get_by_text(re.compile("Brought back."))).to_be_visible()
