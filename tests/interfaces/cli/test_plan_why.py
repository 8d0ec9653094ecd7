"""`headway plan why`, `what-if` and the computed part of `diff`: reasons, effects, refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from headway.interfaces.cli import main as cli

PLANS = Path(__file__).resolve().parents[2] / "data" / "plans"
SAMPLE = str(PLANS / "small.xml")  # three tasks of two days, one after the other

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a verb of `headway plan`: status, standard output, standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(["plan", *arguments])
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def _document(run: Run, *arguments: str) -> Any:
    status, out, _ = run(*arguments, "--json")
    assert status == 0
    return json.loads(out)


def test_why_leads_back_to_the_start(run: Run) -> None:
    told = _document(run, "why", SAMPLE, "--task", "3")
    assert set(told) == {"task", "path"}
    task = told["task"]
    assert task["driver"] == {"kind": "link", "uid": 2, "text": "Starts after the finish of 'Build'."}
    assert task["finish_driver"]["text"] == "Its start, and 2 d of work after it."
    assert task["late_finish_driver"]["kind"] == "project_finish"
    assert (task["start"], task["total_slack_minutes"], task["critical"]) == ("2026-03-06T08:00", 0, True)
    assert [(step["uid"], step["by_finish"]) for step in told["path"]] == [(1, True), (2, True), (3, False)]
    assert told["path"][0]["sentence"] == "Starts with the project. Its start, and 2 d of work after it."


def test_why_in_words(run: Run) -> None:
    status, out, _ = run("why", SAMPLE, "--task", "2")
    assert status == 0
    assert "Start 2026-03-04 08:00: Starts after the finish of 'Prüfung der Größe'." in out
    assert "Latest finish 2026-03-05 17:00: Finishes before the start of 'Test'." in out
    assert "1. Prüfung der Größe, 2026-03-02 08:00 to 2026-03-03 17:00. Starts with the project." in out


def test_a_long_path_shows_its_end(run: Run, tmp_path: Path) -> None:
    document = json.loads((PLANS / "small.json").read_text())
    task, link = document["tasks"][2], document["links"][0]
    for uid in range(4, 51):
        document["tasks"].append({**task, "uid": uid, "id": uid, "wbs": str(uid), "name": f"Step {uid}"})
        document["links"].append({**link, "predecessor_uid": uid - 1, "successor_uid": uid})
    plan = tmp_path / "long.json"
    plan.write_text(json.dumps(document))
    out = run("why", str(plan), "--task", "50")[1].splitlines()
    assert "… 10 before these; --json gives all." in out
    assert [line.split(",")[0] for line in out if ". Step" in line][-1] == "50. Step 50"
    assert sum(". Step" in line for line in out) == 40


def test_why_names_the_task_that_a_row_number_meant(run: Run, tmp_path: Path) -> None:
    document = json.loads((PLANS / "small.json").read_text())
    document["tasks"][2]["id"] = 9
    document["tasks"][1]["active"] = False
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(document))
    status, _, err = run("why", str(plan), "--task", "9")
    assert status == 2
    assert "No task has the unique id 9. Row 9 is 'Test', unique id 3." in err
    status, _, err = run("why", str(plan), "--task", "2")
    assert status == 2
    assert "inactive" in err


def test_what_if_tells_who_moves_and_why(run: Run) -> None:
    before = Path(SAMPLE).read_bytes()
    told = _document(run, "what-if", SAMPLE, "--change", "2 duration 5d", "--change", "3 deadline 2026-03-09")
    assert told["sentence"] == "2 tasks move, the finish moves +3 working days, because of its duration ('Build')."
    assert told["finish"] == {"old": "2026-03-09T17:00", "new": "2026-03-12T17:00", "moved_minutes": 1440}
    assert [(row["uid"], row["old_finish"], row["new_finish"]) for row in told["moved"]] == [
        (2, "2026-03-05T17:00", "2026-03-10T17:00"),
        (3, "2026-03-09T17:00", "2026-03-12T17:00"),
    ]
    assert told["moved"][1]["cause"] == {"uid": 2, "name": "Build", "text": "its duration"}
    assert told["moved"][1]["through"] == [2, 3]
    assert [(row["uid"], row["deadline"]) for row in told["deadlines_broken"]] == [(3, "2026-03-09T17:00")]
    assert (told["deadlines_met_again"], told["output"]) == ([], None)
    assert Path(SAMPLE).read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "finish"),
    [
        (["3 after 1SS+2d", "3 not-after 2"], "2026-03-05T17:00"),
        (["3 after 2FS-1d"], "2026-03-06T17:00"),
        (["2 after 1SS+50%"], "2026-03-06T17:00"),
        (["2 start 2026-03-09"], "2026-03-12T17:00"),
        (["1 constraint mso 2026-03-03T08:00"], "2026-03-10T17:00"),
        (["3 finish 2026-03-13"], "2026-03-13T17:00"),
        (["1 percent 50%"], "2026-03-09T17:00"),
        (["2 constraint SNET 2026-03-09", "2 constraint ASAP"], "2026-03-09T17:00"),
    ],
)
def test_each_field_can_be_tried(run: Run, changes: list[str], finish: str) -> None:
    told = _document(run, "what-if", SAMPLE, *(word for change in changes for word in ("--change", change)))
    assert told["finish"]["new"] == finish


def test_what_if_writes_only_where_it_is_told(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "tried.json"
    status, out, _ = run("what-if", SAMPLE, "--change", "2 duration 5d", "-o", str(target))
    assert status == 0
    assert "Finish 2026-03-09 17:00 → 2026-03-12 17:00" in out
    assert json.loads(target.read_text())["tasks"][2]["stored"]["finish"] == "2026-03-12T17:00"
    assert run("what-if", str(target), "--change", "2 duration 5d", "-o", str(target))[0] == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("2 length 5d", "Write one of: ID duration 5d"),
        ("2 duration", "is no change"),
        ("9 duration 5d", "No task has the unique id 9"),
        ("2 duration long", "is no duration"),
        ("2 start soon", "is no date like 2026-03-02"),
        ("2 start 2026-03-02T08:00+01:00", "give no time zone"),
        ("2 constraint LATER", "is no constraint"),
        ("2 constraint SNET", "needs a date"),
        ("2 constraint ASAP 2026-03-02", "takes no date"),
        ("2 percent 120", "from 0 to 100"),
        ("2 percent half", "from 0 to 100"),
        ("2 after Design", "is no link"),
        ("2 after 1FS+long", "is no link"),
        ("2 after 1FS+2parsecs", "is no duration"),
        ("2 after 2", "cannot depend on itself"),
        ("1 after 3", "circle"),
        ("1 not-after 3", "does not depend on 'Test'"),
        ("1 not-after Test", "is no task"),
    ],
)
def test_what_cannot_be_tried_is_refused(run: Run, change: str, said: str) -> None:
    status, out, err = run("what-if", SAMPLE, "--change", change)
    assert (status, out) == (2, "")
    assert said in err


def test_diff_tells_the_cause_beside_what_changed(run: Run, tmp_path: Path) -> None:
    document = json.loads((PLANS / "small.json").read_text())
    document["tasks"][0]["duration"]["amount_minutes"] = 1440
    new = tmp_path / "new.json"
    new.write_text(json.dumps(document))
    told = _document(run, "diff", str(PLANS / "small.json"), str(new))
    assert told["computed"]["finish"]["new"] == "2026-03-10T17:00"
    assert told["computed"]["sentence"].startswith("3 tasks move, the finish moves +1 working day, because of")
    assert {row["cause"]["uid"] for row in told["computed"]["moved"]} == {1}
    assert told["not_computed"] is None
    assert "Computed anew:" in run("diff", str(PLANS / "small.json"), str(new))[1]


def test_diff_still_answers_where_a_plan_has_no_schedule(run: Run, tmp_path: Path) -> None:
    dated, new = tmp_path / "dated.json", tmp_path / "endless.json"
    assert run("schedule", SAMPLE, "-o", str(dated))[0] == 0
    document = json.loads(dated.read_text())
    document["project"] |= {"schedule_from_start": False, "finish": None}
    del document["links"][1]
    new.write_text(json.dumps(document))
    told = _document(run, "diff", str(dated), str(new))
    assert told["computed"] is None
    assert "finish" in told["not_computed"]
    assert len(told["links"]["removed"]) == 1
    assert "no schedule" in run("diff", str(dated), str(new))[1]
