"""The KPI scorecard as a file: live values over the samples, native lines with limits, and grey is not red."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from pptx import Presentation

from headway.areas.metrics import commands, queries, sampling
from headway.areas.metrics.given import GivenSample, GivenTarget
from headway.areas.metrics.types import Direction, Formula, Frequency
from headway.journeys.figure_reports import of_month
from headway.journeys.kpi_report import KPI_SCORECARD
from tests.areas.metrics.conftest import D, House, calls, load_time, site
from tests.conftest import NOW
from tests.interfaces.web.conftest import Signed

__all__ = ["calls", "load_time", "site"]  # fixtures
pytestmark = pytest.mark.django_db
FILES = "/projects/SITE/kpis/files/"


@pytest.fixture(autouse=True)
def in_march(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages at the instant of the samples."""
    monkeypatch.setenv("HEADWAY_NOW", NOW.isoformat())


@pytest.fixture
def measured(calls: int, site: House) -> House:
    """KPI-1 with limits and a signal; KPI-2, a red share; KPI-3 without a sample."""
    manager = site("manager")
    sampling.record(manager, kpi=calls, samples=(GivenSample("2026-W09", value=D(58)),))
    given: dict[str, Any] = {"project": "SITE", "formula": Formula.RATIO, "unit": "%", "direction": Direction.HIGHER}
    target = GivenTarget(D(97), amber=D(97), red=D(95))
    share = commands.define(manager, name="Without fallout", frequency=Frequency.WEEKLY, target=target, **given).row.id
    sample = GivenSample("2026-02-23", numerator=D(90), denominator=D(120))
    sampling.record(manager, kpi=share, samples=(sample,))
    commands.define(manager, name="Never measured", frequency=Frequency.MONTHLY, **given)
    return site


def _table(content: bytes, sheet: str, first: str) -> list[dict[str, Any]]:
    """The rows of a sheet below the head whose first column is named so, with their stored values."""
    lines = [
        [cell.value for cell in line] for line in load_workbook(BytesIO(content), data_only=True)[sheet].iter_rows()
    ]
    top = next(place for place, line in enumerate(lines) if line[0] == first)
    return [dict(zip(lines[top], line, strict=True)) for line in lines[top + 1 :] if line[0]]


def test_values_and_attainment_are_live_over_the_samples(measured: House) -> None:
    boss = measured("manager")
    content = KPI_SCORECARD.document(boss, form="xlsx", project="SITE").content
    rows = {row["KPI"]: row for row in _table(content, "Scorecard", "Ref")}
    card = {row.name: row for row in queries.scorecard(boss, project="SITE").rows}
    assert set(rows) == set(card)
    share = rows["Without fallout"]
    assert (share["Actual"], share["State"]) == (0.75, "Red")
    assert round(D(str(share["Attained"])) * 100, 6) == round(card["Without fallout"].attained or D(0), 6)
    assert rows["Never measured"]["State"] == "No data"
    live = load_workbook(BytesIO(content))
    cells = [str(cell.value) for line in live["Scorecard"].iter_rows() for cell in line]
    assert any(cell.startswith("=SUMIFS(Samples[Value]") for cell in cells)
    samples = _table(content, "Samples", "Ref")
    assert len(samples) == 11
    states = {row["State"]: row["KPIs"] for row in _table(content, "States", "State")}
    assert states["Red"] == 1
    assert states["In all"] == 3


def test_slides_carry_lines_with_their_limits_and_the_note_on_data(measured: House) -> None:
    content = KPI_SCORECARD.document(measured("manager"), form="pptx", project="SITE").content
    deck = Presentation(BytesIO(content))
    titles = [" ".join(slide.shapes.title.text.split()) for slide in deck.slides]
    assert "3 KPIs: 1 red, 1 without data, 1 not judged; 1 shows a signal." in titles
    assert any("Calls a week: 58 in" in title and "signal" in title for title in titles)
    assert any("1 of 3 KPIs cannot be judged today: 1 has no data." in title for title in titles)
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert any({"Upper limit", "Lower limit"} <= {series.name for series in chart.series} for chart in charts)


def test_the_page_offers_files_with_its_own_limits(measured: House, signed: Signed) -> None:
    boss = signed("manager")
    assert (
        f"{FILES}docx/?state=red&amp;day=2026-03-02"
        in boss.get("/projects/SITE/kpis/?state=red&day=2026-03-02").content.decode()
    )
    answer = boss.get(f"{FILES}xlsx/?state=red")
    assert [row["KPI"] for row in _table(answer.content, "Scorecard", "Ref")] == ["Without fallout"]
    assert signed("manager").get("/kpis/files/pdf/").content.startswith(b"%PDF")
    assert signed("client").get(f"{FILES}xlsx/").status_code == 404


def test_a_months_scorecard_is_offered_where_something_was_measured(measured: House) -> None:
    boss = measured("manager")
    project = queries.scorecard(boss, project="SITE").rows[0].project_id
    assert project is not None
    march = {report.name for report, _ in of_month(boss, project, date(2026, 3, 1), date(2026, 3, 31))}
    assert "kpi-scorecard" in march
    before = {report.name for report, _ in of_month(boss, project, date(2025, 3, 1), date(2025, 3, 31))}
    assert "kpi-scorecard" not in before
