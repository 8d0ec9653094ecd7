"""`headway import` and `headway report`: all of a file or nothing, and no file that was not checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from headway.documents.child import ChildResult
from tests.interfaces.cli.conftest import Run

pytestmark = pytest.mark.django_db

PLAN = "uid,name,duration,predecessors,start\n1,Design,5d,,2026-03-02\n2,Build,10d,1,\n3,Launch,0d,2,\n"
HOURS = "Date,Person,Hours,Note\n2026-03-02,Max Member,7.5,Design\n2026-03-03,Max Member,8,Design\n"


@pytest.fixture
def plan(tmp_path: Path) -> str:
    """A plan of three tasks in a row."""
    path = tmp_path / "plan.csv"
    path.write_text(PLAN, encoding="utf-8")
    return str(path)


@pytest.fixture
def hours(tmp_path: Path) -> Path:
    """Two days of one known person."""
    path = tmp_path / "hours.csv"
    path.write_text(HOURS, encoding="utf-8")
    return path


def test_an_unknown_project_wants_create(headway: Run, plan: str) -> None:
    refused = headway("import", "plan", plan, "--project", "SITE")
    assert refused.status == 2
    assert "--create" in refused.err
    made = headway("import", "plan", plan, "--project", "SITE", "--create", "--json").json
    assert (made["applied"], made["create"], made["questions"], made["errors"]) == (True, 3, [], [])
    names = [task["name"] for task in headway("schedule", "tasks", "--project", "SITE", "--json").json["items"]]
    assert names == ["Design", "Build", "Launch"]


def test_the_same_file_twice_changes_nothing(headway: Run, plan: str, hours: Path) -> None:
    headway("import", "plan", plan, "--project", "SITE", "--create")
    headway("import", "hours", str(hours), "--project", "SITE")
    before = headway("schedule", "tasks", "--project", "SITE", "--json").out
    again = headway("import", "plan", plan, "--project", "SITE", "--json").json
    assert (again["create"], again["update"], again["unchanged"], again["missing"]) == (0, 0, 3, 0)
    assert headway("schedule", "tasks", "--project", "SITE", "--json").out == before
    once_more = headway("import", "hours", str(hours), "--project", "SITE", "--json").json
    assert (once_more["create"], once_more["unchanged"]) == (0, 2)
    assert len(headway("hours", "entries", "--project", "SITE", "--json").json["items"]) == 2


def test_a_dry_run_keeps_neither_plan_nor_project(headway: Run, plan: str) -> None:
    tried = headway("import", "plan", plan, "--project", "SITE", "--create", "--dry-run", "--json")
    assert tried.status == 0
    assert (tried.json["batch"], tried.json["applied"], tried.json["create"]) == (None, False, 3)
    assert headway("projects", "list", "--json").json["items"] == []


def test_an_open_question_ends_with_nothing_written_and_is_answered(headway: Run, hours: Path) -> None:
    hours.write_text(HOURS.replace("Max Member", "M. Ember"), encoding="utf-8")
    asked = headway("import", "hours", str(hours), "--project", "SITE", "--create", "--json")
    assert asked.status == 2
    assert [question["field"] for question in asked.json["questions"]] == ["person:M. Ember"]
    assert headway("projects", "list", "--json").json["items"] == []
    answer = ("--set", "person:M. Ember=member@example.org")
    assert headway("import", "hours", str(hours), "--project", "SITE", "--create", *answer).status == 0
    assert len(headway("hours", "entries", "--project", "SITE", "--json").json["items"]) == 2


def test_the_mapping_file_answers_too(headway: Run, hours: Path, tmp_path: Path) -> None:
    hours.write_text(HOURS.replace("Max Member", "M. Ember"), encoding="utf-8")
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"people": {"M. Ember": "member@example.org"}}), encoding="utf-8")
    taken = headway("import", "hours", str(hours), "--project", "SITE", "--create", "--mapping", str(mapping))
    assert taken.status == 0


def test_a_bad_row_names_its_place_and_nothing_is_written(headway: Run, hours: Path) -> None:
    hours.write_text(HOURS + "2026-02-30,Max Member,3,\n", encoding="utf-8")
    refused = headway("import", "hours", str(hours), "--project", "SITE", "--create", "--json")
    assert refused.status == 2
    error = refused.json["errors"][0]
    assert set(error) >= {"file", "sheet", "row", "field", "value", "message"}
    assert (error["file"], error["row"], error["value"]) == ("hours.csv", 4, "2026-02-30")
    assert headway("projects", "list", "--json").json["items"] == []


def test_an_import_is_undone(headway: Run, hours: Path) -> None:
    batch = headway("import", "hours", str(hours), "--project", "SITE", "--create", "--json").json["batch"]
    assert headway("import", "undo", str(batch)).status == 0
    assert headway("hours", "entries", "--project", "SITE", "--json").json["items"] == []
    assert headway("import", "undo", str(batch)).status == 1


def test_a_missing_file_and_a_bad_answer_are_bad_input(headway: Run, plan: str) -> None:
    assert headway("import", "plan", "nowhere.mpp", "--project", "SITE", "--create").status == 2
    assert headway("import", "plan", plan, "--project", "SITE", "--set", "date_order").status == 2


def test_a_report_is_written_as_a_draft(headway: Run, plan: str, tmp_path: Path) -> None:
    headway("import", "plan", plan, "--project", "SITE", "--create")
    target = tmp_path / "status.md"
    ask = ("report", "status", "--project", "SITE", "--as-of", "2026-03-02", "--json")
    written = headway(*ask, "--format", "md", "-o", str(target))
    assert written.status == 0, written.err
    assert (written.json["snapshot"], written.json["as_of"]) == (1, "2026-03-02")
    assert "draft" in target.read_text(encoding="utf-8").casefold()
    data = tmp_path / "status.json"
    assert headway(*ask, "--snapshot", "1", "-o", str(data)).json["snapshot"] == 1
    assert json.loads(data.read_text(encoding="utf-8"))["number"] == 1


def test_a_report_looks_as_the_house_wants_it(headway: Run, plan: str, tmp_path: Path) -> None:
    headway("import", "plan", plan, "--project", "SITE", "--create")
    assert headway("reports", "set-template", "--title", "Northwind weekly", "--json").status == 0
    target = tmp_path / "status.md"
    written = headway("report", "status", "--project", "SITE", "--format", "md", "-o", str(target))
    assert written.status == 0, written.err
    assert "Northwind weekly" in target.read_text(encoding="utf-8")


def test_a_failed_claims_check_writes_no_file(
    headway: Run, plan: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    headway("import", "plan", plan, "--project", "SITE", "--create")
    fault = {"place": "page 1", "sentence": "Done is 12 %", "why": "the snapshot says 21 %", "found": "12"}
    answer = ChildResult({"faults": {"md": [fault]}}, {"draft.md": b"# Status"})
    monkeypatch.setattr("headway.journeys.reports.run", lambda *_, **__: answer)
    target = tmp_path / "status.md"
    refused = headway("report", "status", "--project", "SITE", "--format", "md", "-o", str(target), "--json")
    assert (refused.status, refused.json["code"]) == (1, "claims_failed")
    assert not target.exists()


def test_report_list_names_the_kinds_and_an_unknown_kind_is_bad_input(headway: Run, tmp_path: Path) -> None:
    kinds = {item["kind"]: item["formats"] for item in headway("report", "list", "--json").json["reports"]}
    assert set(kinds["status"]) == {"docx", "pptx", "xlsx", "pdf", "html", "md", "json"}
    target = str(tmp_path / "x.md")
    assert headway("report", "gossip", "--project", "SITE", "--format", "md", "-o", target).status == 2
    assert headway("report", "steering", "--project", "SITE", "--format", "docx", "-o", target).status == 2


def test_a_plan_is_written_for_other_programs_and_says_what_it_cannot_carry(
    headway: Run, plan: str, tmp_path: Path
) -> None:
    headway("import", "plan", plan, "--project", "SITE", "--create")
    target = tmp_path / "out.xml"
    made = headway("export", "--project", "SITE", "-o", str(target), "--json").json
    assert (made["file"], made["tasks"]) == (str(target), 3)
    assert {"entity", "field", "status", "count", "examples"} == set(made["fidelity"][0])
    shown = headway("plan", "show", str(target), "--json").json
    assert [task["name"] for task in shown["tasks"]] == ["Design", "Build", "Launch"]


def test_an_export_that_cannot_be_leaves_no_file(headway: Run, plan: str, tmp_path: Path) -> None:
    headway("import", "plan", plan, "--project", "SITE", "--create")
    wrong = headway("export", "--project", "SITE", "-o", str(tmp_path / "out.mpp"))
    assert wrong.status == 2
    assert ".xml, .xlsx, .csv, .json" in wrong.err
    assert headway("export", "--project", "NONE", "-o", str(tmp_path / "none.xml")).status != 0
    assert list(tmp_path.glob("*.mpp")) + list(tmp_path.glob("none*")) == []
