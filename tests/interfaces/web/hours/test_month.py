"""Hours burned and the end of a month by page: drill-down, files, closing, opening again; with refusals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook
from pptx import Presentation

from headway.areas.hours import closing, commands, queries
from headway.areas.hours.reporting import ReportBy, burned_entries, hours_burned
from headway.areas.hours.types import EntryStatus
from headway.areas.projects.queries import charter
from headway.interfaces.web.hours import burned
from headway.journeys.figure_reports import of_month
from headway.journeys.hours_report import HOURS_BURNED
from tests.conftest import NOW
from tests.interfaces.web.conftest import House, Signed, person_id

pytestmark = pytest.mark.django_db
JANUARY = {"first": date(2026, 1, 1), "last": date(2026, 1, 31)}
DAY = date(2026, 1, 14)


@pytest.fixture(autouse=True)
def on_the_day_of_every_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages have the same day as the contexts."""
    monkeypatch.setenv("HEADWAY_NOW", NOW.isoformat())


@pytest.fixture
def worked(site: House) -> House:
    """6 h of the member in January, handed in, the note a formula."""
    commands.log(site("member"), project="SITE", day=DAY, hours=6, phase="Build", note="=1+1")
    commands.submit(site("member"), project="SITE", **JANUARY)
    return site


def text(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_person_opens_to_projects_and_a_project_to_its_entries(worked: House, signed: Signed) -> None:
    client, who = signed("manager"), person_id(worked, "member")
    days = "first=2026-01-01&amp;last=2026-01-31"
    shown = text(client, "/hours/burned/?first=2026-01-01&last=2026-01-31")
    assert "6 h from" in shown
    behind = f"/hours/burned/?{days}&amp;by=project&amp;columns=month&amp;person={who}"
    assert behind in shown
    entries = f"/projects/SITE/hours/entries/?person={who}&amp;{days}"
    assert entries in text(client, behind.replace("&amp;", "&"))
    assert "Build" in text(client, entries.replace("&amp;", "&"))


def test_the_workbook_adds_up_its_own_entries(worked: House) -> None:
    boss = worked("manager")
    made = HOURS_BURNED.document(boss, form="xlsx", asked=(), language="en-GB", by=ReportBy.PERSON, **JANUARY)
    book = load_workbook(BytesIO(made.content))
    assert book.sheetnames[:2] == ["By person", "Entries"]
    cells = [cell.value for row in book["By person"].iter_rows() for cell in row]
    assert any(str(value).startswith("=SUMIFS(Entries[Hours],Entries[Person],") for value in cells)
    (table,) = book["Entries"].tables.values()
    assert table.name == "Entries"
    notes = [str(cell.value) for row in book["Entries"].iter_rows() for cell in row]
    assert "=1+1" in notes
    assert all(cell.data_type != "f" for row in book["Entries"].iter_rows() for cell in row)
    found = hours_burned(boss, **JANUARY)
    assert sum(one.hours for one in burned_entries(boss, **JANUARY)) == found.total.hours == Decimal(6)


def test_a_month_is_closed_from_the_page_when_all_is_approved(worked: House, signed: Signed) -> None:
    client = signed("manager")
    waiting = text(client, "/hours/month/?month=2026-01-01")
    assert "6 h to approve" in waiting
    assert "Close the chosen" not in waiting
    refused = client.post("/hours/month/", {"month": "2026-01-01", "project": "SITE"}, follow=True).content.decode()
    assert "January 2026 cannot be closed yet" in refused
    commands.approve(worked("manager"), project="SITE", **JANUARY)
    assert "Close the chosen" in text(client, "/hours/month/?month=2026-01-01")
    client.post("/hours/month/", {"month": "2026-01-01", "project": "SITE"})
    (entry,) = queries.entries(worked("manager"), project="SITE").items
    assert entry.status is EntryStatus.LOCKED
    (row,) = closing.closed_months(worked("manager"), project="SITE")
    again = f"/hours/month/{row.id}/reopen/"
    assert again not in text(client, "/hours/month/?month=2026-01-01")
    admin = signed("administrator")
    assert again in text(admin, "/hours/month/?month=2026-01-01")
    admin.post(again, {"month": "2026-01-01", "reason": "An hour was forgotten"})
    (row,) = closing.closed_months(worked("manager"), project="SITE")
    assert row.reason == "An hour was forgotten"


@pytest.mark.parametrize("address", ["/hours/month/", "/hours/burned/", "/hours/burned/xlsx/"])
def test_members_and_clients_get_none_of_it(worked: House, signed: Signed, address: str) -> None:
    assert signed("member").get(address).status_code == 403
    assert signed("client").get(address).status_code == 404


def test_long_lists_come_by_pages(worked: House, signed: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(burned, "_PER_PAGE", 1)
    commands.log(worked("associate"), project="SITE", day=DAY, hours=2)
    address = "/hours/burned/?first=2026-01-01&last=2026-01-31"
    first = text(signed("manager"), address)
    assert "1 of 2 rows" in first
    assert "Max Member" in first
    following = text(signed("manager"), f"{address}&cursor=1")
    assert "Max Member" not in following
    assert "8 h from" in following


def test_the_report_is_had_as_slides_too(worked: House, signed: Signed) -> None:
    answer = signed("manager").get("/hours/burned/pptx/?first=2026-01-01&last=2026-01-31")
    assert answer.status_code == 200
    deck = Presentation(BytesIO(answer.content))
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert "6.00 hours in 1 entry, 100 % of them billable." in titles
    assert any(shape.has_table for slide in deck.slides for shape in slide.shapes)


def test_a_month_of_a_project_offers_its_reports_to_who_may_have_them(worked: House) -> None:
    project = charter(worked("manager"), project="SITE").id
    days = (date(2026, 1, 1), date(2026, 1, 31))
    names = [report.name for report, _ in of_month(worked("manager"), project, *days)]
    assert "hours-burned" in names
    assert not [report for report, _ in of_month(worked("member"), project, *days) if report.name == "hours-burned"]
