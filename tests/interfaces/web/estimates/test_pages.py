"""The pages of estimates: what they show and refuse."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.approvals.queries import waiting
from headway.areas.estimates import commands, queries
from headway.areas.schedule.queries import tasks as rows_of
from headway.kernel.context import Context
from tests.areas.estimates.conftest import LINES, approved, finished, line, person, site, written
from tests.interfaces.web.conftest import Signed

House = Callable[[str], Context]
__all__ = ["site"]  # a fixture: with rates, which the pages' own has not
pytestmark = pytest.mark.django_db

ESTIMATES = "/projects/SITE/estimates/"
FIRST = f"{ESTIMATES}1/"


def _body(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:3000]
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_first_estimate_is_begun_pasted_and_read(site: House, signed: Signed) -> None:
    manager = signed("manager")
    assert "No estimate yet" in _body(manager.get(ESTIMATES))
    begun = manager.post(f"{ESTIMATES}new/", {"title": "", "kind": "budget", "begin": "empty"})
    assert begun.headers["Location"] == f"{FIRST}lines/"
    rows = ("Design", "  Concept\tDesigner\t10\t15\t26", "  <b>Proto</b>\tDeveloper\t2\t7\t12", "Build")
    table = "\n".join((*rows, "  Templates\tDeveloper\t16\t32\t48"))
    assert manager.post(f"{FIRST}paste/", {"text": table}).status_code == 302
    page = _body(manager.get(ESTIMATES))
    assert (
        "Expected 55 h (P80 60.2 h), EUR 6,440. As a budget estimate (−10 % / +25 %): EUR 5,796 to EUR 8,050." in page
    )
    assert "independent of each other" in page
    assert "&lt;b&gt;Proto&lt;/b&gt;" in page
    assert "42.7 %" in page  # the margin
    assert "42.7 %" not in _body(signed("associate").get(ESTIMATES))
    wrong = _body(manager.post(f"{FIRST}paste/", {"text": "Late\tDesigner\tmany"}), 422)
    assert "Row 1 has &#x27;many&#x27; where a number is wanted" in wrong


def _table(found: Any, **changed: Any) -> dict[str, list[str]]:
    """The form of the lines as a browser sends it; `changed`: a cell of the second line."""
    names = ("id", "level", "name", "role", "unit", "optimistic", "likely", "pessimistic", "rate")
    rows = {
        name: ["" if (value := getattr(row, name)) is None else str(value) for row in found.lines] for name in names
    }
    rows["unit"] = [row.unit.value for row in found.lines]
    rows["rate"] = ["" for _ in found.lines]
    for name, value in changed.items():
        rows[name][1] = value
    return {**rows, "assumptions": [""] * len(found.lines), "exclusions": [""] * len(found.lines)}


def test_lines_are_saved_together_and_what_is_wrong_stands_beside_its_cell(site: House, signed: Signed) -> None:
    found = written(site("manager"))
    manager, address = signed("manager"), f"{FIRST}lines/"
    shown = _body(manager.get(address))
    assert 'value="Concept"' in shown
    wrong = _body(manager.post(address, {**_table(found, likely="5"), "version": found.row.version}), 422)
    assert "10 / 5 / 26 must not fall" in wrong
    assert 'value="5" inputmode="decimal" autocomplete="off" aria-label="Most likely of line 2" aria-invalid' in wrong
    assert "has &#x27;x&#x27; where a number" in _body(manager.post(address, _table(found, optimistic="x")), 422)
    assert manager.post(address, {**_table(found, likely="16,5"), "version": found.row.version}).status_code == 302
    assert queries.show_estimate(site("manager"), estimate=found.row.id).lines[1].likely == 16.5


def test_a_stale_table_is_shown_beside_what_is_stored(site: House, signed: Signed) -> None:
    found = written(site("manager"))
    commands.edit_estimate(site("associate"), estimate=found.row.id, title="Another title")
    sent = {**_table(found, likely="20"), "version": found.row.version}
    stale = _body(signed("manager").post(f"{FIRST}lines/", sent), 409)
    assert "Somebody changed the lines meanwhile" in stale
    assert "Concept · Designer · 10 / 15 / 26" in stale
    assert "Concept · Designer · 10 / 20 / 26" in stale
    again = {**sent, "version": found.row.version + 1}
    assert signed("manager").post(f"{FIRST}lines/", again).status_code == 302


def test_it_is_approved_by_another_and_goes_into_the_plan(site: House, signed: Signed) -> None:
    mine = written(site("associate")).row
    about = {
        "title": mine.title,
        "kind": "definitive",
        "basis": "bottom-up",
        "valid_until": "2030-06-30",
        "together": "somewhat",
        "version": mine.version,
    }
    assert signed("associate").post(f"{FIRST}about/", about).status_code == 302
    assert "This field is required" in _body(signed("associate").post(f"{FIRST}about/", {**about, "title": ""}), 422)
    assert "Valid until Sun, Jun 30, 2030." in _body(signed("manager").get(FIRST))
    assert signed("approver").get(f"{FIRST}approval/").status_code == 403
    assert "This field is required" in _body(signed("associate").post(f"{FIRST}approval/", {"note": ""}), 422)
    asked = {"approvers": [person(site, "manager")], "note": "As agreed", "due": "2030-06-01"}
    assert signed("associate").post(f"{FIRST}approval/", asked).status_code == 302
    page = _body(signed("manager").get(FIRST))
    assert "Answer it" in page
    assert "Take it back" in page
    (request,) = waiting(site("manager"))
    assert "Open the estimate with every line" in _body(signed("manager").get(f"/approvals/{request.id}/"))
    answer = {"digest": request.digest, "decision": "reject", "reason": "Tests are missing"}
    assert signed("manager").post(f"/approvals/{request.id}/", answer).status_code == 302
    assert "Tests are missing" in _body(signed("associate").get(FIRST))
    assert signed("associate").post(f"{FIRST}approval/", asked).status_code == 302
    assert signed("associate").post(f"{FIRST}approval/back/").status_code == 302
    assert signed("associate").post(f"{FIRST}approval/", asked).status_code == 302
    (request,) = waiting(site("manager"))
    answer = {"digest": request.digest, "decision": "approve"}
    assert signed("manager").post(f"/approvals/{request.id}/", answer).status_code == 302
    assert "Approved" in _body(signed("manager").get(FIRST))
    assert "stays as it is" in _body(signed("manager").get(f"{FIRST}lines/"))
    offered = _body(signed("manager").get(f"{FIRST}plan/"))
    assert "5 rows come into the plan." in offered
    assert rows_of(site("manager"), project="SITE").items == ()
    done = signed("manager").post(f"{FIRST}plan/", {"by": "expected", "order": "in sequence"})
    assert done.headers["Location"] == "/projects/SITE/plan/"
    assert len(rows_of(site("manager"), project="SITE").items) == 5
    assert "has a row of the plan already" in _body(signed("manager").get(f"{FIRST}plan/"), 409)


def test_finished_projects_stand_beside_it_and_scale_it_when_asked(site: House, signed: Signed) -> None:
    finished(site, "ONE", {("Build", "Developer"): 64})
    written(site("manager"))
    page = _body(signed("manager").get(ESTIMATES))
    assert "100 % more than estimated" in page
    assert "Scale the hours" in page
    assert signed("manager").post(f"{FIRST}calibration/", {"by": "phases of the same name"}).status_code == 302
    assert "Expected 87 h" in _body(signed("manager").get(ESTIMATES))
    assert signed("manager").post(f"{FIRST}calibration/", {}).status_code == 302
    assert "Expected 55 h" in _body(signed("manager").get(ESTIMATES))


def test_the_proposal_in_excel_adds_up_and_keeps_costs_to_itself(site: House, signed: Signed) -> None:
    approved(site)
    answer = signed("manager").get(f"{FIRST}files/proposal/xlsx/")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="SITE EST-1 proposal.xlsx"')
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["Proposal"]
    cells = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    amounts = {str(row[1]): row[3] for row in cells if len(row) == 4}
    assert amounts["Concept"] + amounts["Prototype"] + amounts["Templates"] == 6440
    assert any("Total" in row and 6440 in row for row in cells)
    assert signed("manager").get(f"{FIRST}files/proposal/exe/").status_code == 404


def test_members_and_clients_find_no_estimate(site: House, signed: Signed) -> None:
    written(site("manager"))
    for who, status in (("member", 403), ("client", 404)):
        for address in (ESTIMATES, FIRST, f"{FIRST}lines/", f"{FIRST}files/estimate/pdf/", f"{FIRST}plan/"):
            assert signed(who).get(address).status_code == status, (who, address)
    assert "Edit the lines" not in _body(signed("approver").get(FIRST))
    assert signed("manager").get(f"{ESTIMATES}99/").status_code == 404


def test_a_page_of_hundreds_of_lines_asks_as_often_as_one_of_few(site: House, signed: Signed) -> None:
    written(site("manager"), lines=LINES)
    written(site("manager"), lines=tuple(line(f"Line {place}", 1, 2, 4, level=1) for place in range(200)))
    manager = signed("manager")
    manager.get(FIRST)
    counts = []
    for number in (1, 2):
        with CaptureQueriesContext(connection) as asked:
            manager.get(f"{ESTIMATES}{number}/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
