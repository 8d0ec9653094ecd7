"""Budget status, cost and margin, and statements of retainers by page and file, inside and in the portal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from docx import Document
from openpyxl import load_workbook
from pptx import Presentation

from headway.areas.budgets import commands as budgets
from headway.areas.budgets import costs, expenses, retainer_ledger, retainers
from headway.areas.budgets.types import Basis
from headway.areas.hours import commands as hours
from headway.areas.hours.types import RateKind
from headway.areas.projects.queries import charter
from headway.journeys.budget_reports import BUDGET_STATUS, COST_AND_MARGIN
from headway.journeys.figure_reports import of_month
from tests.conftest import NOW
from tests.interfaces.web.conftest import House, Signed, person_id

pytestmark = pytest.mark.django_db
D = Decimal
JANUARY = (date(2026, 1, 1), date(2026, 1, 31))


@pytest.fixture(autouse=True)
def on_the_day_of_every_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages have the same day as the contexts."""
    monkeypatch.setenv("HEADWAY_NOW", NOW.isoformat())


@pytest.fixture
def worked(site: House) -> House:
    """SITE with a budget of 10 h and 12.5 h logged at 100 and 60, an expense, and a retainer from January."""
    boss = site("manager")
    for kind, rate in ((RateKind.BILL, 100), (RateKind.COST, 60)):
        me = person_id(site, "manager")
        hours.set_project_rate(boss, project="SITE", kind=kind, rate=D(rate), first=date(2026, 1, 1), person=me)
    budgets.add_budget(boss, project="SITE", name="All hours", basis=Basis.HOURS, amount=D(10))
    for day, spent in ((date(2026, 1, 14), "6.5"), (date(2026, 2, 3), "6")):
        hours.log(boss, project="SITE", day=day, hours=D(spent), phase="Build", note="=Inside words")
    expenses.add_expense(
        boss, project="SITE", day=date(2026, 2, 5), description="Train", amount=D("99.99"), kind="Travel"
    )
    retainers.add_retainer(boss, project="SITE", name="Support", allocation=D(10), first=JANUARY[0], rate=D(90))
    return site


def text(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    return answer.content.decode()


def retainer_of(house: House) -> int:
    (row,) = retainer_ledger.retainers(house("manager"), project="SITE")
    return row.id


def words_of(content: bytes) -> str:
    document = Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def test_the_status_of_a_budget_opens_to_its_burn_and_its_entries(worked: House, signed: Signed) -> None:
    shown = text(signed("manager"), "/reports/budgets/")
    assert "Over budget: " in shown
    assert 'href="/projects/SITE/hours/burn/"' in shown
    assert "/projects/SITE/hours/entries/?last=" in shown
    assert "All budgets of the project" not in shown
    one = text(signed("manager"), "/reports/budgets/?project=SITE")
    assert "All budgets of the project" in one
    assert 'data-label="Margin"' in one
    assert 'data-label="Margin"' not in text(signed("associate"), "/reports/budgets/?project=SITE")


def test_the_workbook_of_the_status_adds_up_its_lines(worked: House) -> None:
    made = BUDGET_STATUS.document(worked("manager"), form="xlsx", project="SITE")
    book = load_workbook(BytesIO(made.content))
    assert book.sheetnames == ["Status", "All budgets", "Margin and orders", "Lines", "Sources"]
    cells = [str(cell.value) for row in book["Status"].iter_rows() for cell in row]
    assert any(value.startswith("=SUMIFS(Lines[Amount],Lines[Key],") for value in cells)
    kept = load_workbook(BytesIO(made.content), data_only=True)
    lines = [[cell.value for cell in row] for row in kept["Lines"].iter_rows()]
    assert sum(row[6] for row in lines if row[3] == "Spent") == 12.5
    assert (
        "Margin and orders"
        not in load_workbook(
            BytesIO(BUDGET_STATUS.document(worked("associate"), form="xlsx", project="SITE").content)
        ).sheetnames
    )


@pytest.mark.parametrize("by", ["project", "client", "month"])
def test_cost_and_margin_leads_to_what_is_behind_it(worked: House, signed: Signed, by: str) -> None:
    shown = text(signed("manager"), f"/reports/margin/?by={by}")
    assert "Billable value" in shown
    behind = {
        "project": "/projects/SITE/costs/",
        "client": "No client",
        "month": "by=project&amp;first=2026-01-01&amp;last=2026-01-31",
    }
    assert behind[by] in shown
    refused = signed("manager").get("/reports/margin/?first=2026-02-01&last=2026-01-01")
    assert (refused.status_code, b"lies before" in refused.content) == (422, True)


def test_the_files_of_cost_and_margin_agree_with_the_page(worked: House) -> None:
    boss = worked("manager")
    _, billable = costs.margins(boss, project="SITE")
    assert billable.amount.value == D("400.01")
    told = words_of(COST_AND_MARGIN.document(boss, form="docx").content)
    assert "400.01" in told
    book = load_workbook(BytesIO(COST_AND_MARGIN.document(boss, form="xlsx").content), data_only=True)
    totals = next(row for row in book["By project"].iter_rows(values_only=True) if row[0] == "Total")
    assert round(totals[10], 2) == 400.01
    deck = Presentation(BytesIO(COST_AND_MARGIN.document(boss, form="pptx").content))
    assert any("400.01" in (slide.shapes.title.text or "") for slide in deck.slides)


def test_the_statement_is_the_clients_once_the_period_is_closed(worked: House, signed: Signed) -> None:
    boss, client, retainer = worked("manager"), signed("client"), retainer_of(worked)
    address = f"/portal/SITE/hours/{retainer}/1/"
    assert client.get(address).status_code == 404
    assert "when closed" in text(client, "/portal/SITE/hours/")
    retainers.close_period(boss, retainer=retainer, period=1)
    assert address in text(client, "/portal/SITE/hours/")
    shown = text(client, address)
    assert "6.50 of 10.00 hours were used" in shown
    assert "Inside words" not in shown
    for form in ("docx", "xlsx", "pdf", "pptx"):
        answer = client.get(f"{address}{form}/?details")
        assert answer.status_code == 200
    told = words_of(client.get(f"{address}docx/").content)
    assert "Build" in told
    assert "Inside words" not in told
    assert "60" not in told.replace("6.50", "")


def test_inside_the_statement_has_names_and_notes_where_asked_for(worked: House, signed: Signed) -> None:
    client, retainer = signed("manager"), retainer_of(worked)
    address = f"/projects/SITE/retainers/{retainer}/2/statement/"
    assert "Inside words" not in text(client, address)
    assert "Inside words" in text(client, f"{address}?details")
    assert "Inside words" in words_of(client.get(f"{address}docx/?details").content)
    assert address in text(client, f"/projects/SITE/retainers/{retainer}/")


@pytest.mark.parametrize(
    ("address", "who", "code"),
    [
        ("/reports/budgets/", "member", 403),
        ("/reports/budgets/", "client", 404),
        ("/reports/margin/", "associate", 403),
        ("/reports/margin/xlsx/", "associate", 403),
        ("/reports/margin/", "client", 404),
        ("/projects/SITE/retainers/1/1/statement/", "member", 403),
        ("/projects/SITE/retainers/1/1/statement/docx/", "client", 404),
        ("/portal/SITE/hours/1/1/", "guest", 404),
        ("/portal/SITE/hours/999/1/", "client", 404),
    ],
)
def test_who_may_not_gets_none_of_it(worked: House, signed: Signed, address: str, who: str, code: int) -> None:
    assert signed(who).get(address).status_code == code


def test_a_month_has_the_statement_of_the_retainer_and_no_margin_for_an_associate(worked: House) -> None:
    project = charter(worked("manager"), project="SITE").id
    names = [report.name for report, _ in of_month(worked("manager"), project, *JANUARY)]
    assert {"budget-status", "cost-and-margin", "retainer-statement"} <= set(names)
    assert "cost-and-margin" not in [r.name for r, _ in of_month(worked("associate"), project, *JANUARY)]


def test_the_report_centre_leads_to_the_reports_that_one_may_open(worked: House, signed: Signed) -> None:
    for who, margin in (("manager", True), ("associate", False)):
        shown = text(signed(who), "/reports/")
        assert 'href="/reports/budgets/"' in shown
        assert ('href="/reports/margin/"' in shown) is margin
        for address in ("/reports/budgets/", "/hours/burned/", "/estimates/finished/"):
            assert address in shown
            assert signed(who).get(address).status_code == 200
