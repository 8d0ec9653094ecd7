"""Estimate against actual in the browser and as files: the same figures, live sums, and a way to the entries."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from pptx import Presentation

from headway.areas.estimates import queries
from headway.areas.estimates.against import against_actual
from headway.areas.hours import commands as hours
from headway.areas.projects.queries import charter
from headway.journeys.estimate_reports import ESTIMATE_AGAINST_ACTUAL, ESTIMATES_CAME_OUT
from headway.journeys.figure_reports import of_month
from tests.areas.estimates.conftest import D, House, approved, finished, site
from tests.interfaces.web.conftest import Signed

__all__ = ["site"]  # a fixture: with rates, which the pages' own has not
pytestmark = pytest.mark.django_db
ACTUAL, FINISHED = "/projects/SITE/estimates/actual/", "/estimates/finished/"


def _body(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:3000]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def _worked(house: House) -> None:
    approved(house)
    manager = house("manager")
    for phase, role in (("Concept", "Designer"), ("build", "Developer"), ("A <b>film</b>", "")):
        hours.log(manager, project="SITE", day=date(2026, 2, 27), hours=D(4), phase=phase, role=role)


def _rows(content: bytes, sheet: str, head: str) -> list[list[Any]]:
    lines = [
        [cell.value for cell in line] for line in load_workbook(BytesIO(content), data_only=True)[sheet].iter_rows()
    ]
    top = next(place for place, line in enumerate(lines) if line[0] == head)
    return [line for line in lines[top + 1 :] if line[1] is not None]


def test_the_page_opens_to_the_entries(site: House, signed: Signed) -> None:
    manager = signed("manager")
    assert "Nothing to compare yet" in _body(manager.get(ACTUAL))
    _worked(site)
    page = manager.get(ACTUAL).content.decode()
    said = _body(manager.get(ACTUAL))
    assert "12.00 of 55.00 hours estimated are worked so far (21.8" in said
    assert "4.00 hours are on work not in the estimate" in said
    assert "<b>film" not in page
    href = re.search(r'href="(/projects/SITE/hours/entries/\?row=0&amp;phase=Concept)"', page)
    assert href is not None
    assert "Concept" in _body(manager.get(href[1].replace("&amp;", "&")))
    assert "0.00 of 55.00" in _body(manager.get(f"{ACTUAL}?to=2026-02-01"))
    assert signed("member").get(ACTUAL).status_code == 403
    assert signed("client").get(ACTUAL).status_code == 404
    assert signed("client").get(FINISHED).status_code == 404


def test_the_workbook_adds_up_lines_and_hours(site: House) -> None:
    _worked(site)
    manager = site("manager")
    content = ESTIMATE_AGAINST_ACTUAL.document(manager, form="xlsx", project="SITE").content
    found = against_actual(manager, project="SITE")
    rows = _rows(content, "Estimate and actual", "Key")
    assert [row[3] for row in rows] == [*(one.worked for one in found.lines), 4, 12]
    assert sum(row[2] for row in _rows(content, "Estimate", "Key")) == 55
    assert sum(row[3] for row in _rows(content, "Hours", "Key")) == 12
    live = load_workbook(BytesIO(content))["Estimate and actual"]
    cells = [str(cell.value) for line in live.iter_rows() for cell in line]
    assert '=SUMIFS(Hours[Hours],Hours[Key],"L1.*")' in cells
    assert "=SUM(Hours[Hours])" in cells


def test_slides_conclude_and_a_client_gets_no_file(site: House, signed: Signed) -> None:
    _worked(site)
    made = ESTIMATE_AGAINST_ACTUAL.document(site("manager"), form="pptx", project="SITE").content
    deck = Presentation(BytesIO(made))
    titles = [" ".join(slide.shapes.title.text.split()) for slide in deck.slides]
    assert "No role is over its estimated hours." in titles
    assert any("are on work not in the estimate, the most on A <b>film</b>" in title for title in titles)
    assert any(shape.has_chart for slide in deck.slides for shape in slide.shapes)
    assert signed("manager").get(f"{ACTUAL}pdf/").content.startswith(b"%PDF")
    assert signed("client").get(f"{ACTUAL}pdf/").status_code == 404
    assert signed("manager").get(f"{ACTUAL}exe/").status_code == 404


def test_finished_projects_with_factor_and_spread(site: House, signed: Signed) -> None:
    assert "No finished project says anything yet" in _body(signed("manager").get(FINISHED))
    finished(site, "ONE", {("Design", "Designer"): 24, ("Build", "Developer"): 40})
    finished(site, "TWO", {("Build", "Developer"): 48})
    said = _body(signed("manager").get(FINISHED))
    assert "2 finished projects took 2 % more than estimated: single ones from 0.87 to 1.16" in said.replace(
        "\xa0", " "
    )
    assert "Project ONE" in said
    content = ESTIMATES_CAME_OUT.document(site("manager"), form="xlsx").content
    factors = {row[0]: row[1] for row in _rows(content, "Factors", "Hours worked for each hour estimated")}
    came = queries.finished(site("manager")).whole
    assert came is not None
    assert came.sd is not None
    assert factors["Factor of all hours"] == pytest.approx(float(came.factor))
    assert factors["Deviation"] == pytest.approx(float(came.sd))
    assert signed("manager").get(f"{FINISHED}docx/").status_code == 200
    assert "Finished projects" in _body(signed("manager").get("/projects/ONE/estimates/actual/"))
    assert "64.00 hours for 55.00 estimated: 16 % more than estimated" in _body(
        signed("manager").get("/projects/ONE/estimates/actual/")
    )


def test_a_month_offers_it_where_an_estimate_is_approved(site: House) -> None:
    manager = site("manager")
    project = charter(manager, project="SITE").id
    days = (date(2026, 2, 1), date(2026, 2, 28))
    assert "estimate-against-actual" not in {report.name for report, _ in of_month(manager, project, *days)}
    approved(site)
    assert "estimate-against-actual" in {report.name for report, _ in of_month(manager, project, *days)}
