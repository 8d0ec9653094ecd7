"""`headway plan` as people and scripts use it: names, JSON, exit status, one message per error."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from headway.interfaces.cli import main as cli
from headway.interfaces.cli.output import Output, table
from tests.shared_plans import plan_file

REPO_ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("HEADWAY_SHARED", REPO_ROOT.parent / "shared")) / "data" / "msproject"
PLANS = REPO_ROOT / "tests" / "data" / "plans"
SAMPLE = str(PLANS / "small.xml")


@pytest.fixture
def run(capsys):
    def call(*arguments: str):
        status = cli.main(list(arguments))
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return call


@pytest.fixture
def run_json(run):
    def call(*arguments: str):
        status, out, _ = run(*arguments, "--json")
        return status, json.loads(out)

    return call


def test_show_gives_the_parts_of_the_contract(run_json):
    status, document = run_json("plan", "show", SAMPLE)
    assert status == 0
    for part in ("project", "tasks", "resources", "assignments", "calendars", "fidelity"):
        assert part in document
    assert [task["name"] for task in document["tasks"]] == ["Prüfung der Größe", "Build", "Test"]
    assert set(document["fidelity"][0]) == {"entity", "field", "count", "status", "examples"}


def test_schedule_gives_dates_slack_and_drivers(run_json):
    status, document = run_json("plan", "schedule", SAMPLE, "--status-date", "2026-03-03")
    assert status == 0
    assert document["project"] == {"start": "2026-03-02T08:00", "finish": "2026-03-09T17:00"}
    task = document["tasks"][1]
    expected = {"uid", "id", "wbs", "name", "summary", "milestone", "start", "finish", "late_start", "late_finish",
                "total_slack_minutes", "free_slack_minutes", "critical", "driver"}  # fmt: skip
    assert expected <= set(task)
    assert (task["start"], task["finish"], task["total_slack_minutes"]) == ("2026-03-04T08:00", "2026-03-05T17:00", 0)
    assert (task["driver"]["kind"], task["driver"]["uid"]) == ("link", 1)
    assert isinstance(document["warnings"], list)


def test_compare_counts_equal_dates(run_json):
    status, document = run_json("plan", "compare", SAMPLE)
    assert status == 0
    assert (document["tasks"], document["start_equal"], document["finish_equal"]) == (3, 3, 3)
    assert (document["start_equal_working"], document["finish_equal_working"]) == (3, 3)
    assert document["differences"] == []


@pytest.mark.parametrize("suffix", [".xml", ".json", ".xlsx", ".csv"])
def test_convert_writes_and_tells_what_is_lost(run_json, tmp_path, suffix):
    target = tmp_path / f"out{suffix}"
    status, document = run_json("plan", "convert", SAMPLE, "-o", str(target))
    assert status == 0
    assert target.stat().st_size > 100
    assert document["fidelity"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [target.name]


def test_schedule_can_write_its_dates(run_json, tmp_path):
    target = tmp_path / "out.json"
    assert run_json("plan", "schedule", SAMPLE, "-o", str(target))[0] == 0
    assert json.loads(target.read_text())["tasks"][2]["stored"]["finish"] == "2026-03-09T17:00"


def test_diff_names_what_changed(run_json, tmp_path):
    document = json.loads((PLANS / "small.json").read_text())
    document["tasks"][2]["stored"]["finish"] = "2026-03-11T17:00"
    (tmp_path / "new.json").write_text(json.dumps(document))
    status, changes = run_json("plan", "diff", SAMPLE, str(tmp_path / "new.json"))
    assert status == 0
    assert set(changes) >= {"added", "removed", "moved", "links", "work", "cost"}
    assert changes["moved"] == [
        {"uid": 3, "name": "Test", "field": "finish", "old": "2026-03-09T17:00", "new": "2026-03-11T17:00", "days": 2.0}
    ]


@pytest.mark.parametrize("verb", ["show", "schedule", "compare"])
def test_people_get_text(run, verb):
    status, out, err = run("plan", verb, SAMPLE)
    assert (status, err) == (0, "")
    assert not out.startswith("{")
    assert "3 tasks" in out or "Prüfung der Größe" in out


def test_questions_are_shown_and_answered(run):
    _, out, err = run("plan", "show", str(PLANS / "small.xer"))
    assert "--set encoding=" in err
    assert "Préparer" in out
    assert run("plan", "show", str(PLANS / "small.xer"), "--set", "encoding=cp1252")[2] == ""


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ([], 2),
        (["plan"], 2),
        (["plan", "show"], 2),
        (["nonsense"], 2),
        (["plan", "show", SAMPLE, "--nonsense"], 2),
        (["plan", "show", "absent.xml"], 2),
        (["plan", "show", str(PLANS)], 2),
        (["plan", "schedule", SAMPLE, "--status-date", "soon"], 2),
        (["plan", "convert", SAMPLE], 2),
        (["plan", "convert", SAMPLE, "-o", "out.mpp"], 2),
        (["plan", "convert", SAMPLE, "-o", SAMPLE], 2),
        (["plan", "convert", SAMPLE, "-o", "/nonexistent/out.xml"], 2),
        (["plan", "show", SAMPLE, "--set", "encoding"], 2),
    ],
)
def test_wrong_usage_and_input_exit_2_with_one_message(run, arguments, status):
    found, out, err = run(*arguments)
    assert (found, out) == (status, "")
    assert err.startswith("headway: ")
    assert "Traceback" not in err


def test_with_json_an_error_is_also_a_problem_object(run, tmp_path):
    (tmp_path / "a.xml").write_text('<!DOCTYPE x><Project xmlns="http://schemas.microsoft.com/project"/>')
    status, out, err = run("plan", "show", str(tmp_path / "a.xml"), "--json")
    problem = json.loads(out)
    assert status == 2
    assert (problem["status"], problem["code"]) == (422, "refused")
    assert problem["errors"] == [{"file": "a.xml", "row": 1}]
    assert "DOCTYPE" in err


def test_all_faults_of_a_table_are_listed(run, tmp_path):
    (tmp_path / "a.csv").write_text("Name,Duration,Start\nA,2d,2026-02-30\nB,x,2026-03-02\n")
    status, out, err = run("plan", "show", str(tmp_path / "a.csv"), "--json")
    assert status == 2
    assert [entry["row"] for entry in json.loads(out)["errors"]] == [2, 3]
    assert "2026-02-30" in err


def test_a_circular_plan_names_its_tasks(run, tmp_path):
    document = json.loads((PLANS / "small.json").read_text())
    document["links"].append({"predecessor_uid": 3, "successor_uid": 1})
    (tmp_path / "a.json").write_text(json.dumps(document))
    status, _, err = run("plan", "schedule", str(tmp_path / "a.json"))
    assert status == 2
    assert "'Build' (id 2)" in err


def test_an_unexpected_fault_is_one_line_too(run, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("headway.interfaces.cli.plan.read_plan", broken)
    status, _, err = run("plan", "show", SAMPLE)
    assert status == 1
    assert err.count("\n") == 1
    assert "ZeroDivisionError" in err


def test_help_and_version_import_nothing_heavy():
    code = (
        "import sys; from headway.interfaces.cli.main import main; status = main(['--help']); "
        "print(status, *sorted({'django', 'numpy', 'openpyxl'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1].strip() == "0"
    assert "plan" in done.stdout


def test_a_reader_that_goes_away_is_no_error():
    command = f"{sys.executable} -m headway.interfaces.cli.main plan show {SAMPLE} | head -c 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], check=False, capture_output=True, text=True)
    assert done.stderr == ""


def test_progress_is_shown_only_on_a_terminal(monkeypatch):
    quiet = io.StringIO()
    with Output(stderr=quiet).progress("Reading"):
        pass
    assert quiet.getvalue() == ""
    monkeypatch.setattr("headway.interfaces.cli.output._SILENT_SECONDS", 0.01)
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
    with Output(stderr=terminal).progress("Reading"):
        for _ in range(200):
            if terminal.getvalue():
                break
            subprocess.run(["sleep", "0.02"], check=True)
    assert terminal.getvalue().startswith("\rReading ")
    assert terminal.getvalue().endswith("\x1b[K")


def test_control_characters_never_reach_the_terminal():
    assert list(table(("Name",), [("a\x1b[2Jb\x07",)]))[2] == "a·[2Jb·"


@pytest.mark.shared
@pytest.mark.java
@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="no shared plan files")
def test_every_shared_file_compares_without_a_traceback(run_json, monkeypatch):
    monkeypatch.setattr("headway.interfaces.cli.plan.read_plan", lambda path, **_: plan_file(path))
    for path in sorted(SHARED.glob("*/*.*")):
        if path.suffix in {".mpp", ".xml", ".xer"}:
            status, document = run_json("plan", "compare", str(path))
            assert status == 0, path.name
            assert document["tasks"] >= document["start_equal"]


def test_any_file_name_can_be_told():
    name = b"pl\xffan.xml"
    command = [sys.executable, "-m", "headway.interfaces.cli.main", "plan", "show", name, "--json"]
    done = subprocess.run(command, check=False, capture_output=True)
    assert done.returncode == 2
    assert json.loads(done.stdout)["code"] == "refused"
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["plan", "level", SAMPLE, "--time-limit", "0"], "'0' is no number of seconds above 0"),
        (["plan", "simulate", SAMPLE, "--spread", "130,80"], "'130,80' does not hold the duration itself"),
        (["plan", "simulate", SAMPLE, "--risks", "absent.csv"], "The file does not exist. (file absent.csv)"),
        (["plan", "level", SAMPLE, "--split", "--by", "day"], "knows --split, --by. Add --method rules"),
        (["plan", "level", "any.sm", "--from", "2026-03-02"], "knows --from. Add --method rules"),
        (["plan", "convert", SAMPLE, "-o", "out.foo"], "(file out.foo)"),
    ],
)
def test_a_wrong_option_is_told_with_what_is_right(run, arguments, told):
    status, _, err = run(*arguments)
    assert status == 2
    assert told in err


def test_the_right_usage_stands_on_a_line_of_its_own(run):
    _, _, err = run("plan", "simulate", SAMPLE, "--spread", "x")
    assert "80,130.\nusage: headway plan simulate" in err
