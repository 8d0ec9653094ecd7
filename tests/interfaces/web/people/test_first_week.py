"""From nothing to the first approved status report, led by the guide, in the browser."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from headway.areas.approvals.types import Vote
from headway.areas.deliverables.types import Format
from headway.areas.people import queries
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands as schedule
from headway.interfaces.web import guide
from headway.journeys import reports
from headway.kernel import settings
from headway.kernel.context import system_context
from tests.conftest import PASSWORD
from tests.interfaces.web.conftest import PLANS, House, Signed, begin_report, person_id, work_off
from tests.interfaces.web.looking import faults

EMAIL = "ada@example.org"


def test_an_empty_house_says_who_can_set_it_up(db: None) -> None:
    page = Client().get("/")
    assert "not set up yet" in page.content.decode()
    wrong = Client().post("/?code=guess", {"organisation": "Northwind"})
    assert wrong.status_code == 403
    assert not queries.is_set_up()


def test_the_code_sets_up_once(db: None) -> None:
    given = {
        "organisation": "Northwind",
        "name": "Ada Admin",
        "email": EMAIL,
        "password": PASSWORD,
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
    }
    address = f"/?code={settings.set_up_code()}"
    weak = Client().post(address, {**given, "password": "short"})
    assert (weak.status_code, queries.is_set_up()) == (422, False)
    assert Client().post(address, given).status_code == 302
    assert queries.house_rules(system_context("test")).currency == "EUR"
    assert not settings.set_up_code_file().exists()
    assert Client().post(address, given).headers["Location"].startswith("/accounts/login/")


def guided(client: Client) -> Client:
    """Somebody who has not hidden the guide."""
    del client.cookies[guide.COOKIE]
    return client


def told(signed: Signed) -> str:
    """What SITE's page says to its manager."""
    return guided(signed("manager")).get("/projects/SITE/").content.decode()


def test_the_guide_is_for_those_who_begin_projects_and_can_be_hidden(house: House, signed: Signed) -> None:
    manager = guided(signed("manager"))
    assert "step 1 of 6: Begin a project" in manager.get("/", follow=True).content.decode()
    assert "Your first week" not in guided(signed("member")).get("/", follow=True).content.decode()
    manager.post("/guide/hide/")
    assert "Your first week" not in manager.get("/", follow=True).content.decode()


def test_the_guide_asks_for_an_approver_where_nobody_may_approve_their_own(planned: House, signed: Signed) -> None:
    manager = guided(signed("manager"))
    page = manager.get("/projects/SITE/").content.decode()
    assert "step 3 of 6: Take a baseline" in page
    signed("manager").post("/projects/SITE/plan/baselines/new/", {"name": "Promised"})
    assert "step 5 of 6: Prepare the status report" in manager.get("/projects/SITE/").content.decode()
    for who in ("approver", "client"):
        projects.remove_member(planned("manager"), project="SITE", person=person_id(planned, who), role=Role(who))
    assert "step 4 of 6: Bring in who approves" in manager.get("/projects/SITE/").content.decode()


def test_a_plan_without_tasks_is_no_plan_yet(site: House, signed: Signed) -> None:
    schedule.start_plan(site("manager"), project="SITE", start=date(2026, 3, 2))
    assert "step 2 of 6: Bring its plan" in guided(signed("manager")).get("/projects/SITE/").content.decode()


def test_after_a_refusal_the_guide_leads_back_to_the_report(planned: House, signed: Signed) -> None:
    manager = planned("manager")
    schedule.set_baseline(manager, project="SITE", name="Promised")
    row = reports.prepare(manager, project="SITE", as_of=date(2026, 3, 6), formats=(Format.MD,))
    approver = (person_id(planned, "approver"),)
    sent = {"recipients": ("a@acme.example",), "mail_subject": "Status", "mail_body": "Here it is."}
    asked = reports.ask(manager, version=row.id, approvers=approver, **sent)
    assert "the approver answers here" in told(signed)
    reports.decide(
        planned("approver"), approval=asked.id, decision=Vote.REJECT, digest=asked.digest, reason="The finish is wrong"
    )
    assert "then ask for its approval" in told(signed)


def _follow(page: Page, label: str) -> None:
    expect(page.locator(".hw-guide-now strong")).to_contain_text(label)
    page.locator(".hw-guide .btn-primary").click()
    page.wait_for_load_state()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_from_nothing_to_an_approved_report(window: BrowserContext, db: None) -> None:
    page = window.new_page()
    page.goto(f"/?code={settings.set_up_code()}")
    page.fill("[name=organisation]", "Northwind")
    page.fill("[name=name]", "Ada Admin")
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=currency]", "EUR")
    page.check("[name=self_approval]")
    assert faults(page) == []
    page.click("main button[type=submit]")
    page.wait_for_url("**/accounts/login/")
    page.fill("[name=login]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()

    expect(page.locator(".hw-guide")).to_be_visible()
    assert faults(page) == []
    _follow(page, "Begin a project")
    page.fill("[name=key]", "SITE")
    page.fill("[name=name]", "Web site")
    page.click(".hw-work form.hw-form button[type=submit]")
    page.wait_for_url("**/projects/SITE/")

    _follow(page, "Bring its plan")
    page.set_input_files("input[type=file]", str(PLANS / "small.xml"))
    page.click(".hw-work form.hw-form button[type=submit]")
    page.wait_for_url("**/imports/*/")
    page.get_by_role("button", name="Apply").first.click()
    page.wait_for_load_state()

    page.goto("/projects/SITE/")
    _follow(page, "Take a baseline")
    page.fill("[name=name]", "As promised")
    page.click(".hw-work form.hw-form button[type=submit]")
    page.wait_for_load_state()

    page.goto("/projects/SITE/")
    _follow(page, "Prepare the status report")
    begin_report(page)
    work_off(page)
    page.wait_for_url(re.compile(r"/projects/SITE/reports/\d+/$"), timeout=60_000)
    page.get_by_role("link", name="Ask for approval").first.click()
    page.wait_for_load_state()
    page.fill("[name=recipients]", "carol@acme.example")
    page.get_by_role("checkbox", name="Ada Admin").check()
    page.click(".hw-work form.hw-form button[type=submit]")
    page.wait_for_load_state()

    _follow(page, "Have it approved")
    page.locator(".hw-main a[href^='/approvals/']").first.click()
    page.wait_for_load_state()
    page.locator("button[value=approve]").first.click()
    page.wait_for_load_state()
    if page.locator("dialog[open] button[value=approve]").count():
        page.locator("dialog[open] button[value=approve]").click()
        page.wait_for_load_state()
    page.goto("/projects/SITE/")
    expect(page.locator(".hw-guide")).to_have_count(0)
