"""The first week in a real browser: from an empty house to a report that was approved, and every page looked at."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from headway.areas.projects import commands as projects
from tests.interfaces.web.conftest import PLANS, House, begin_report, sign_in, work_off
from tests.interfaces.web.looking import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOURS = (
    "Date,Client,Project,Project Code,Task,Notes,Hours,Billable?,First Name,Last Name,Roles,Employee?\n"
    "2026-03-02,Acme,Portal,,Build,Sketches,6.5,Yes,Max,Member,Engineer,Yes\n"
    "2026-03-03,Acme,Portal,,Build,Layouts,7,Yes,Asha,Associate,Engineer,Yes\n"
    "2026-03-03,Acme,Acme shop,,Build,Basket,1,Yes,Asha,Associate,Engineer,Yes\n"
)


def test_the_first_week(opened: BrowserContext, tmp_path: Path) -> None:
    page = sign_in(opened, "manager")
    page.goto("/projects/")
    expect(page.get_by_role("heading", name="No projects yet")).to_be_visible()
    look(page, "01-empty")
    _create(page)
    _import_plan(page)
    _give_roles(page)
    _import_hours(page, tmp_path)
    _look_at_the_project(page)
    _prepare_and_ask(page)
    _approve(opened)
    _send(opened)
    _as_client(opened)


def _create(page: Page) -> None:
    page.get_by_role("link", name="Create a project").click()
    look(page, "02-new-project")
    page.fill("[name=key]", "my site")
    page.fill("[name=name]", "Portal")
    page.get_by_role("button", name="Create the project").click()
    expect(page.get_by_text("Use letters, digits and hyphens")).to_be_visible()
    expect(page.locator("[name=key]")).to_be_focused()
    page.fill("[name=key]", "site")
    page.get_by_role("button", name="Create the project").click()
    expect(page.get_by_role("heading", name="No plan yet")).to_be_visible()
    look(page, "03-new-overview")


def _import_plan(page: Page) -> None:
    page.locator("#overview").get_by_role("link", name="Import a plan").click()
    look(page, "04-import-new")
    page.set_input_files("[name=file]", PLANS / "sample.xml")
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("button", name="Apply the import")).to_be_visible()
    look(page, "05-import-preview")
    page.get_by_role("button", name="Apply the import").click()
    expect(page.get_by_text("sample.xml is imported")).to_be_visible()
    expect(page.locator(".hw-answer")).to_contain_text(re.compile(r"Finish \w{3}"))


def _give_roles(page: Page) -> None:
    for who, role in (("approver", "approver"), ("client", "client"), ("member", "member"), ("associate", "associate")):
        page.goto("/projects/SITE/people/")
        page.get_by_label("E-mail of the person").fill(f"{who}@example.org")
        page.get_by_label("Role", exact=True).select_option(role)
        page.get_by_role("button", name="Give the role").click()
    look(page, "06-people")


def _import_hours(page: Page, folder: Path) -> None:
    file = folder / "hours.csv"
    file.write_text(HOURS, encoding="utf-8")
    page.goto("/projects/SITE/imports/new/?kind=hours")
    page.set_input_files("[name=file]", file)
    page.get_by_role("button", name="Read the file").click()
    page.wait_for_load_state()
    expect(page.get_by_role("heading", name="Left out: hours of other projects")).to_be_visible()
    look(page, "07-hours-preview")
    page.get_by_role("button", name="Apply the import").click()
    expect(page.get_by_text("13.5 hours recorded")).to_be_visible()
    page.goto("/projects/SITE/imports/")
    page.get_by_role("link", name="hours.csv").click()
    expect(page.get_by_text("Every total of the file is in the store")).to_be_visible()
    look(page, "08-hours-applied")


def _look_at_the_project(page: Page) -> None:
    page.goto("/projects/SITE/plan/baselines/new/")
    page.fill("[name=name]", "Approved plan")
    page.get_by_role("button", name="Take the baseline").click()
    for number, path in enumerate(  # the plan, its tasks, a week of hours and the settings have walks of their own
        (
            "",
            "hours/",
            "risks/",
            "health/",
            "pictures/",
            "imports/",
            "reports/",
            "activity/",
            "charter/",
        ),
        start=10,
    ):
        page.goto(f"/projects/SITE/{path}")
        look(page, f"{number}-{re.sub(r'[^a-z]', '', path) or 'overview'}")
    page.goto("/projects/")
    look(page, "08-list")


def _prepare_and_ask(page: Page) -> None:
    page.goto("/projects/SITE/reports/new/")
    look(page, "21-prepare")
    page.select_option("[name=copy]", "client")
    page.get_by_label("Web page").check()
    page.get_by_label("Markdown").check()
    begin_report(page)
    work_off(page)
    expect(page.get_by_text("every statement in its files matches")).to_be_visible()
    page.get_by_role("link", name="Ask for approval").click()
    look(page, "23-ask")
    page.get_by_label("Abel Approver").check()
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_text("Approval is asked for")).to_be_visible()


def _approve(context: BrowserContext) -> None:
    page = sign_in(context, "approver")
    page.goto("/approvals/")
    look(page, "24-approvals")
    page.get_by_role("link", name=re.compile("^Weekly status")).click()
    look(page, "25-approval")
    page.get_by_role("button", name="Approve what is shown").click()
    expect(page.get_by_text("You approved it")).to_be_visible()


def _send(context: BrowserContext) -> None:
    page = sign_in(context, "manager")
    page.goto("/projects/SITE/reports/")
    page.get_by_role("link", name=re.compile("^Weekly status")).click()
    look(page, "26-report-approved")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Download as a mail draft").click()
    assert fetched.value.suggested_filename.endswith(".eml")
    page.get_by_role("link", name="Send…").click()
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_role("heading", name="Mail")).to_be_visible()
    look(page, "27-report-sent")


def _as_client(context: BrowserContext) -> None:
    page = sign_in(context, "client")
    page.goto("/")
    expect(page.get_by_role("heading", name="Milestones")).to_be_visible()
    look(page, "28-portal")
    page.get_by_role("link", name="Documents", exact=True).click()
    look(page, "29-portal-documents")
    page.goto("/portal/approvals/")
    look(page, "30-portal-approvals")


def test_a_list_narrows_while_one_types(opened: BrowserContext, planned: House) -> None:
    projects.create(planned("manager"), key="BUILD", name="Buildings")
    page = sign_in(opened, "manager")
    page.goto("/projects/")
    expect(page.locator("tbody tr[data-row]")).to_have_count(2)
    page.locator("#q").press_sequentially("Buil")
    expect(page.locator("tbody tr[data-row]")).to_have_count(1)
    expect(page).to_have_url(re.compile("q=Buil"))
    expect(page.locator("#q")).to_be_focused()


def test_pages_work_without_scripts(browser: Browser, live_server: Any, planned: House) -> None:
    address = str(live_server.url).replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = sign_in(context, "manager")
    page.goto("/projects/SITE/imports/")
    page.get_by_role("link", name="small.xml").click()
    page.locator("summary", has_text="Undo the import").click()
    page.get_by_role("button", name="Undo it").click()
    expect(page.get_by_text("small.xml is undone")).to_be_visible()
    context.close()
