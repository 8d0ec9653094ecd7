"""Utilisation as a file: live shares over the rows, the figures of the page, and nobody's hours but one's own."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook
from pptx import Presentation

from headway.areas.budgets.people_time import utilisation
from headway.areas.budgets.people_types import TimeGrouping, TimeScale
from headway.documents.xlsx import verify_workbook
from headway.journeys.utilisation_report import UTILISATION
from tests.interfaces.web.conftest import House, Signed

pytestmark = pytest.mark.django_db
FILES = "/hours/people/files/"


def _file(client: Client, form: str, query: str = "") -> bytes:
    answer = client.get(f"{FILES}{form}/{query}")
    assert answer.status_code == 200
    content: bytes = answer.content
    return content


def test_the_workbooks_shares_are_live_and_those_of_the_page(burning: House, signed: Signed) -> None:
    boss = burning("manager")
    content = UTILISATION.document(boss, form="xlsx", scale=TimeScale.WEEK).content
    assert [fault for fault in verify_workbook(content) if fault.startswith("Time!")] == []
    book = load_workbook(BytesIO(content), data_only=True)
    found = utilisation(boss, scale=TimeScale.WEEK)
    rows = {line[0].value: line for line in book["Utilisation"].iter_rows() if line[0].value}
    assert found.whole.total.net is not None
    assert round(Decimal(str(rows["Everybody"][-2].value)) * 100, 6) == round(found.whole.total.net, 6)
    lines = [[cell.value for cell in line] for line in book["Time"].iter_rows()]
    top = next(place for place, line in enumerate(lines) if "Worked" in line)
    place = lines[top].index("Worked")
    worked = sum(Decimal(str(line[place])) for line in lines[top + 1 :] if line[place] is not None)
    assert worked == found.whole.total.worked == Decimal(90)
    live = load_workbook(BytesIO(content))["Utilisation"]
    assert any(str(cell.value).startswith("=SUMIFS(Time[Billable]") for line in live.iter_rows() for cell in line)
    assert "<b>" not in str([cell.value for line in live.iter_rows() for cell in line])
    assert signed("manager").get("/hours/people/").content.decode().count(f"{FILES}") == 4


def test_slides_and_pages_say_the_finding(burning: House) -> None:
    boss = burning("manager")
    made = UTILISATION.document(boss, form="pptx", scale=TimeScale.MONTH, group=TimeGrouping.ROLE)
    deck = Presentation(BytesIO(made.content))
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert any("of the time that could be worked" in title for title in titles)
    assert any("has the highest utilisation" in title for title in titles)
    assert any(shape.has_chart for slide in deck.slides for shape in slide.shapes)


def test_a_member_has_a_file_of_own_hours_alone(burning: House, signed: Signed) -> None:
    content = _file(signed("member"), "xlsx")
    cells = [cell.value for sheet in load_workbook(BytesIO(content)) for line in sheet.iter_rows() for cell in line]
    assert "Max Member" in cells
    assert "Mona Manager" not in cells
    assert not [cell for cell in cells if "value" in str(cell).lower() and "EUR" in str(cell)]
    assert signed("client").get(f"{FILES}xlsx/").status_code == 404
    assert signed("manager").get(f"{FILES}exe/").status_code == 404
