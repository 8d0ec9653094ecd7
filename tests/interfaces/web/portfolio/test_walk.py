"""The portfolio in a real browser: look, narrow, ask a figure where it comes from, choose columns, save a view."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from headway.areas.people import queries as people
from headway.areas.people.types import OrganisationKind
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands as plan
from tests.interfaces.web.conftest import House, sign_in
from tests.interfaces.web.looking import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def three(planned: House) -> House:
    """SITE for Acme with a milestone and a risk, beside two projects without a plan, one with a long name."""
    manager = planned("manager")
    rows = people.organisations(planned("administrator"), kind=OrganisationKind.CLIENT)
    acme = next(row.id for row in rows if row.name == "Acme")
    projects.edit(manager, project="SITE", client=acme)
    plan.add_task(manager, project="SITE", name="Go live", milestone=True)
    plan.set_baseline(manager, project="SITE", name="Approved")
    projects.add_risk(manager, project="SITE", title="Supplier fails", probability=5, impact=5)
    projects.create(manager, key="LONG", name="A very long name of a project that somebody pasted " * 4, client=acme)
    projects.create(manager, key="RTL", name="مشروع الموقع الجديد")
    return planned


def test_a_look_over_all_projects(three: House, opened: BrowserContext) -> None:
    page = sign_in(opened, "manager")
    page.goto("/portfolio/")
    look(page, "portfolio")
    _ask_a_figure(page)
    _narrow(page)
    _choose_columns(page)
    _save_a_view(page)
    _see_the_timeline(page)
    _see_the_account(page)


def _ask_a_figure(page: Page) -> None:
    page.get_by_role("row", name="Acme web site").get_by_role("link", name="Red").click()
    pane = page.get_by_role("complementary", name="Acme web site")
    expect(pane.get_by_text("The worst dimension")).to_be_visible()
    expect(pane.get_by_text("Supplier fails").first).to_be_visible()
    look(page, "portfolio-pane")
    pane.get_by_role("link", name="Close").click()
    expect(pane).to_be_hidden()


def _narrow(page: Page) -> None:
    page.locator("select[name=health]").select_option(label="Red")
    expect(page.get_by_text("1 of 1 project")).to_be_visible()
    expect(page).to_have_url(re.compile("health=red"))
    page.goto("/portfolio/?q=")


def _choose_columns(page: Page) -> None:
    page.get_by_role("button", name="Columns").click()
    chooser = page.get_by_role("dialog", name="Columns")
    chooser.get_by_label("Spent", exact=True).uncheck()
    chooser.get_by_role("button", name="Move Finish up").click()
    look(page, "portfolio-columns")
    chooser.get_by_role("button", name="Show these columns").click()
    heads = page.get_by_role("columnheader")
    expect(heads.nth(2)).to_have_text("Finish")
    expect(page.get_by_role("columnheader", name="Spent")).to_have_count(0)


def _save_a_view(page: Page) -> None:
    page.get_by_role("button", name="Views").click()
    page.get_by_label("Save what is shown as").fill("Finish first")
    page.get_by_label("Open the portfolio with it").check()
    look(page, "portfolio-views")
    page.get_by_role("button", name="Save the view").click()
    expect(page.get_by_text("The view “Finish first” is saved.")).to_be_visible()
    page.goto("/portfolio/")
    expect(page.get_by_role("columnheader").nth(2)).to_have_text("Finish")


def _see_the_timeline(page: Page) -> None:
    page.goto("/portfolio/timeline/?zoom=quarter&from=2026-01-01")
    expect(page.get_by_role("rowheader", name="Go live")).to_be_visible()
    look(page, "portfolio-timeline")


def _see_the_account(page: Page) -> None:
    page.goto("/accounts/")
    look(page, "accounts")
    page.get_by_role("link", name="Acme", exact=True).click()
    expect(page.get_by_role("heading", name="Their people")).to_be_visible()
    look(page, "account")
    page.get_by_role("button", name="Red").click()
    expect(page.get_by_text("The worst of the running projects").first).to_be_visible()
