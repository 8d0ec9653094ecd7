"""The portfolio's pages: what they answer first, who they open for, views, timeline, the workbook, accounts."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from headway.areas.people import queries as people
from headway.areas.people.types import OrganisationKind
from headway.areas.portfolio import queries as portfolio
from headway.areas.portfolio.reactions import refresh_all
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands as plan
from tests.interfaces.web.conftest import House, Signed, person_id

pytestmark = pytest.mark.django_db

PAGES = ["/portfolio/", "/portfolio/timeline/", "/portfolio/export/", "/portfolio/SITE/", "/accounts/"]


def _text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.content[:500])
    return answer.content.decode()


def _acme(house: House) -> int:
    rows = people.organisations(house("administrator"), kind=OrganisationKind.CLIENT)
    return next(row.id for row in rows if row.name == "Acme")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_whoever_works_on_a_project(planned: House, signed: Signed, path: str) -> None:
    assert signed("manager").get(path).status_code == 200
    assert signed("member").get(path).status_code == 200


@pytest.mark.parametrize("path", [*PAGES, "/accounts/1/", "/portfolio/OTHER/"])
@pytest.mark.parametrize("who", ["client", "guest"])
def test_for_clients_and_guests_there_is_no_portfolio(planned: House, signed: Signed, path: str, who: str) -> None:
    answer = signed(who).get(path)
    if path == "/accounts/":  # the sign-in library leads on to one's own e-mail addresses, since nothing is there
        assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/email/")
    else:
        assert answer.status_code == 404


def test_the_grid_answers_first_and_leaves_out_what_is_not_ones_own(planned: House, signed: Signed) -> None:
    text = _text(signed("manager"), "/portfolio/")
    assert "1 project:" in text
    assert text.index("1 project:") < text.index('id="portfolio-filter"')
    assert "Acme web site" in text
    assert "Rival web site" not in text
    assert "Rival web site" in _text(signed("stranger"), "/portfolio/")


def test_a_project_of_somebody_else_is_not_there(planned: House, signed: Signed) -> None:
    assert signed("manager").get("/portfolio/OTHER/").status_code == 404


def test_without_projects_the_pages_say_what_they_are_for(house: House, signed: Signed) -> None:
    client = signed("manager")
    assert "No projects yet" in _text(client, "/portfolio/")
    assert "No projects yet" in _text(client, "/portfolio/timeline/")
    assert "No accounts yet" in _text(client, "/accounts/")


def test_columns_filters_and_order_stand_in_the_address(planned: House, signed: Signed) -> None:
    client = signed("manager")
    text = _text(client, "/portfolio/?q=&c=slip&c=client&sort=slip&group=client")
    assert text.index(">Slip<") < text.index(">Client<")
    assert "Without a client" in text
    assert "No project matches" in _text(client, "/portfolio/?q=nothing+like+this")
    assert "Acme web site" in _text(client, "/portfolio/?q=site&stage=concept")
    assert _text(client, "/portfolio/?q=&sort=wrong&health=purple&client=x&c=unknown")


def test_a_figure_says_where_it_comes_from(planned: House, signed: Signed) -> None:
    text = _text(signed("manager"), "/portfolio/SITE/?figure=slip")
    assert "Working days from the baseline’s finish" in text or "Working days from the baseline" in text
    assert "Limits" in text
    assert "Quality (UAT/ORT)" in text


def test_who_may_not_see_budgets_sees_no_burn(planned: House, signed: Signed) -> None:
    text = _text(signed("member"), "/portfolio/SITE/")
    assert "Cost / hours" not in text
    assert "Cost / hours" in _text(signed("manager"), "/portfolio/SITE/")


def test_a_view_is_saved_shared_opened_first_and_removed(planned: House, signed: Signed, house: House) -> None:
    client = signed("manager")
    answer = client.post(
        "/portfolio/views/save/",
        {"name": "Slips", "sort": "slip", "c": ["slip"], "sharing": "everyone", "default": "1"},
    )
    assert answer.status_code == 302
    view = portfolio.views(house("manager"))[0]
    assert (view.name, view.settings, view.default) == ("Slips", {"sort": "slip", "columns": ["slip"]}, True)
    assert "Next milestone<svg" in _text(client, "/portfolio/?q=")
    text = _text(client, "/portfolio/")
    assert "Slips" in text
    assert "Next milestone<svg" not in text
    assert "Slips" in _text(signed("member"), f"/portfolio/?view={view.id}")
    assert signed("member").post(f"/portfolio/views/{view.id}/remove/").status_code == 403
    assert client.post(f"/portfolio/views/{view.id}/open-with/").status_code == 302
    assert client.post(f"/portfolio/views/{view.id}/remove/").status_code == 302
    assert portfolio.views(house("manager")) == ()


def test_a_view_without_a_name_is_refused_in_words(planned: House, signed: Signed, house: House) -> None:
    client = signed("manager")
    answer = client.post("/portfolio/views/save/", {"name": " "}, follow=True)
    assert "name: String should have at least 1 character" in answer.content.decode()
    assert portfolio.views(house("manager")) == ()


def test_the_timeline_shows_milestones_as_picture_and_table(planned: House, signed: Signed) -> None:
    plan.add_task(planned("manager"), project="SITE", name="Go live", milestone=True)
    text = _text(signed("manager"), "/portfolio/timeline/?zoom=quarter&from=2026-01-01")
    assert "1 milestone in 1 project" in text
    assert text.count("Go live") >= 3  # in the sentence, in the picture, in the table
    assert 'role="group"' in text
    assert "hd-f-accent" in text or "hd-f-critical" in text
    assert _text(signed("manager"), "/portfolio/timeline/?from=0001-01-01&zoom=nonsense")
    assert _text(signed("manager"), "/portfolio/timeline/?from=9999-12-31&zoom=quarter")


def test_the_workbook_has_what_the_grid_shows_and_no_formula_from_a_name(
    planned: House, signed: Signed, house: House
) -> None:
    projects.edit(house("manager"), project="SITE", name="=HYPERLINK(0) & Söhne")
    answer = signed("manager").get("/portfolio/export/?q=&c=health&c=finish&c=spent")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Portfolio", "Sources"]
    sheet = book["Portfolio"]
    heads = next(row for row in sheet.iter_rows() if row[0].value == "Key")
    row = next(sheet.iter_rows(min_row=heads[0].row + 1))
    assert [cell.value for cell in heads] == ["Key", "Project", "Health", "Why", "Finish", "Spent"]
    assert (row[0].value, row[1].value, row[1].data_type) == ("SITE", "=HYPERLINK(0) & Söhne", "s")
    assert sheet.freeze_panes is not None
    assert [table.displayName for table in sheet.tables.values()] == ["Portfolio"]
    assert sheet.tables["Portfolio"].autoFilter is not None
    assert row[4].is_date
    told = {cells[0].value: cells[1].value for cells in book["Sources"].iter_rows(max_col=2)}
    assert told["Finish"] == "Latest computed finish of the plan"
    assert told["Ordered by"] == "Name"


def test_an_account_shows_a_client_over_its_projects(planned: House, signed: Signed, house: House) -> None:
    manager = house("manager")
    acme = _acme(house)
    projects.edit(manager, project="SITE", client=acme)
    cleo = person_id(house, "client")
    projects.add_decision(manager, project="SITE", question="Which shop?", decide_by=date(2026, 2, 1), owner=cleo)
    client = signed("manager")
    assert "Acme" in _text(client, "/accounts/")
    text = _text(client, f"/accounts/{acme}/")
    assert "Acme web site" in text
    assert "Which shop?" in text
    assert "Cleo Client" in text
    assert "manager of Acme web site" in text
    assert "You work on no project" in _text(signed("stranger"), f"/accounts/{acme}/")
    assert client.get("/accounts/999999/").status_code == 404


def _queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as sent:
        assert client.get(path).status_code == 200
    return len(sent)


@pytest.mark.parametrize("path", ["/portfolio/", "/portfolio/timeline/", "/accounts/"])
def test_pages_ask_the_database_as_often_for_many_projects(
    planned: House, signed: Signed, house: House, path: str
) -> None:
    client, acme = signed("manager"), _acme(house)
    projects.edit(house("manager"), project="SITE", client=acme)
    refresh_all({})
    few = _queries(client, path)
    for place in range(8):
        projects.create(house("manager"), key=f"P{place}", name=f"Project {place}", client=acme)
    refresh_all({})
    assert _queries(client, path) == few
