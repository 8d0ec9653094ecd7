"""`headway plan level` by search: its JSON for PSPLIB files and plans, what it writes, and what makes it exit 2."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from headway.documents.exchange import LOCAL_PLAN, read_plan
from headway.documents.exchange.psplib import read_sm
from headway.engine.cpm import schedule
from headway.engine.levelling.problem import Activity, Problem, makespan, violations
from headway.interfaces.cli import levelling
from headway.interfaces.cli import main as cli
from headway.interfaces.cli.output import Output
from headway.interfaces.cli.proving import Prover

DATA = Path(__file__).resolve().parents[2] / "data"
CREW = DATA / "psplib" / "crew.sm"
_SHARED = Path(os.environ.get("HEADWAY_SHARED", Path(__file__).resolve().parents[4] / "shared"))
SHARED = _SHARED / "data" / "msproject" / "mpxj" / "mspditimephased.xml"

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Call:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(["plan", "level", *arguments])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return call


@pytest.fixture
def two_tasks(tmp_path: Path) -> str:
    """A plan in which one person has two tasks at once."""
    document = json.loads((DATA / "plans" / "small.json").read_text())
    document["links"] = []
    work = document["assignments"][0]
    document["assignments"].append({**work, "uid": 2, "task_uid": 3})
    target = tmp_path / "two.json"
    target.write_text(json.dumps(document))
    return str(target)


def test_a_psplib_file_is_answered_in_its_periods(run: Call) -> None:
    status, out, _ = run(str(CREW), "--schedules", "300", "--json")
    found = json.loads(out)
    starts = [found["starts"][str(job)] for job in range(1, 7)]
    assert status == 0
    assert violations(read_sm(CREW), starts) == []
    assert found["makespan"] == makespan(read_sm(CREW), starts) == 11
    assert {"status", "makespan", "lower_bound", "starts", "seconds"} <= set(found)
    assert (found["status"], found["lower_bound"], found["seed"]) == ("optimal", 11, 0)


def test_the_text_names_the_jobs_in_the_order_of_their_starts(run: Call) -> None:
    status, out, _ = run(str(CREW), "--schedules", "300")
    assert status == 0
    assert out.startswith("Makespan 11, which is the best possible")
    assert out.splitlines()[1].split() == ["Job", "Start", "Finish"]


def test_a_plan_is_answered_in_dates_and_delays(run: Call, two_tasks: str, tmp_path: Path) -> None:
    target = tmp_path / "levelled.json"
    status, out, _ = run(two_tasks, "--schedules", "60", "--json", "-o", str(target))
    found = json.loads(out)
    assert status == 0
    assert (found["status"], found["makespan"], found["lower_bound"]) == ("optimal", 1920, 1920)
    (told,) = found["delayed"]
    assert told["resource_uid"] == 1
    assert found["delay_minutes"][str(told["uid"])] == 2880
    written = read_plan(target, limits=LOCAL_PLAN).plan
    assert {str(row.uid): f"{row.start:%Y-%m-%dT%H:%M}" for row in schedule(written).tasks} == found["starts"]


def test_the_text_of_a_plan_says_who_waits_for_whom(run: Call, two_tasks: str) -> None:
    status, out, _ = run(two_tasks, "--schedules", "60")
    assert status == 0
    assert "the earliest possible" in out
    assert "Zoë" in out


@pytest.mark.parametrize(
    "arguments", [["--time-limit", "0"], ["--time-limit", "soon"], ["--schedules", "0"], ["--seed", "x"]]
)
def test_limits_that_are_none_are_wrong_use(run: Call, arguments: list[str]) -> None:
    status, _, err = run(str(CREW), *arguments)
    assert status == 2
    assert arguments[0] in err


def test_a_file_that_is_no_instance_is_refused(run: Call, tmp_path: Path) -> None:
    target = tmp_path / "empty.sm"
    target.write_text("")
    status, out, err = run(str(target), "--json")
    assert status == 2
    assert json.loads(out)["errors"][0]["file"] == "empty.sm"
    assert "empty.sm" in err


def test_a_small_problem_is_proven_by_the_child() -> None:
    pytest.importorskip("ortools")
    problem = read_sm(CREW)
    prover = Prover(problem, (0, 4, 8, 0, 8, 11), lower_bound=7, seconds=120)
    prover.wait(240)
    proof = prover.end()
    assert proof is not None
    assert proof.lower_bound == 11
    assert proof.starts is not None
    assert violations(problem, proof.starts) == []


def test_a_child_that_dies_leaves_the_answer_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    prover = Prover(read_sm(CREW), (0, 4, 8, 0, 8, 11), lower_bound=7, seconds=20)
    prover.wait(60)
    assert prover.end() is None


def test_without_or_tools_nothing_is_proven(monkeypatch: pytest.MonkeyPatch, run: Call) -> None:
    monkeypatch.setattr(levelling, "_can_prove", lambda _: False)
    status, out, _ = run(str(CREW), "--time-limit", "0.5", "--json")
    assert status == 0
    assert json.loads(out)["makespan"] == 11


def test_without_time_to_search_the_rules_have_the_word(
    monkeypatch: pytest.MonkeyPatch, run: Call, two_tasks: str
) -> None:
    monkeypatch.setattr(levelling, "can_begin", lambda *_: False)
    status, out, err = run(two_tasks, "--time-limit", "5", "--json")
    found = json.loads(out)
    assert status == 0
    assert "no time left to search" in err
    assert (found["schedules"], found["makespan"], len(found["delayed"])) == (0, 1920, 1)


def test_a_search_ends_when_the_rest_of_the_time_is_needed_for_the_dates() -> None:
    arguments = argparse.Namespace(time_limit=3600.0, schedules=1 << 40, seed=0)
    work = [Activity(3 + number % 4, (2 + number % 3,)) for number in range(80)]  # too many to prove
    problem = Problem(tuple(work), (), ((5,),))
    now = time.monotonic()
    found = levelling.Clocked(problem, arguments, Output(as_json=True), now, until=now).run()
    assert violations(problem, found.starts) == []


def test_a_command_does_not_wait_for_the_compiler_at_its_end(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    ended: list[int] = []
    begun: list[list[str]] = []
    monkeypatch.setattr(sys, "argv", ["headway", "plan", "level", str(CREW), "--schedules", "300", "--json"])
    monkeypatch.setattr(cli, "is_compiling", lambda: True)
    monkeypatch.setattr("subprocess.Popen", lambda command, **_: begun.append(command))
    monkeypatch.setattr("os._exit", ended.append)
    cli.main()
    assert (ended, [command[1:] for command in begun]) == ([0], [["-m", "headway.engine._compiled"]])
    assert json.loads(capfd.readouterr().out)["makespan"] == 11


def test_least_disturbance_of_a_plan_is_told_in_working_minutes(run: Call, two_tasks: str) -> None:
    status, out, _ = run(two_tasks, "--objective", "disturbance", "--schedules", "60", "--json")
    found = json.loads(out)
    (told,) = found["delayed"]
    assert (status, found["objective"], found["status"]) == (0, "disturbance", "feasible")
    assert found["disturbance_minutes"] == 960  # two days of a task of priority 500
    assert told["resource_uid"] == 1
    assert "weighted by priority" in run(two_tasks, "--objective", "disturbance", "--schedules", "60")[1]


def test_least_disturbance_of_a_psplib_file_is_told_in_periods(run: Call) -> None:
    status, out, _ = run(str(CREW), "--objective", "disturbance", "--schedules", "300", "--json")
    found = json.loads(out)
    starts = [found["starts"][str(job)] for job in range(1, 7)]
    assert (status, found["objective"], found["status"]) == (0, "disturbance", "feasible")
    assert violations(read_sm(CREW), starts) == []
    assert found["disturbance_periods"] == sum(starts) - sum((0, 0, 0, 0, 4, 7))  # the starts by links alone


def test_least_units_keep_the_earliest_finish(run: Call) -> None:
    status, out, _ = run(str(CREW), "--objective", "peak", "--schedules", "300", "--json")
    found = json.loads(out)
    assert (status, found["objective"], found["status"], found["makespan"]) == (0, "peak", "optimal", 11)
    assert found["peaks"] == {"1": 2, "2": 1}


def test_least_units_keep_a_later_period_with_less(run: Call, spacious: str) -> None:
    soon, late = (
        json.loads(run(spacious, "--objective", "peak", "--schedules", "300", "--json", *by)[1])
        for by in ((), ("--finish-by", "11"))
    )
    assert (soon["makespan"], soon["peaks"]) == (7, {"1": 3, "2": 1})
    assert late["makespan"] <= 11
    assert late["peaks"] == {"1": 2, "2": 1}
    assert run(spacious, "--objective", "peak", "--schedules", "300")[1].startswith("Most units at once R 1: 3, R 2: 1")


@pytest.fixture
def spacious(tmp_path: Path) -> str:
    """The crew with nine units of each resource."""
    target = tmp_path / "spacious.sm"
    target.write_text(CREW.read_text().replace("    2    1\n", "    9    9\n"))
    return str(target)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--objective", "finish", "--method", "rules"], "has no objective"),
        (["--objective", "disturbance", "--method", "rules"], "has no objective"),
        (["--finish-by", "12"], "Add --objective peak"),
        (["--objective", "peak", "--finish-by", "2026-03-02"], "a period, such as 60"),
        (["--objective", "peak", "--finish-by", "10", "--schedules", "60"], "ends by period 10"),
        (["--objective", "peak", "--finish-by", "0"], "no whole number above 0"),
        (["--objective", "price"], "price"),
    ],
)
def test_objectives_that_nothing_would_look_for_are_refused(run: Call, arguments: list[str], told: str) -> None:
    status, out, err = run(str(CREW), *arguments)
    assert (status, out) == (2, "")
    assert told in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--method", "rules"], "Leave out --method rules;"),
        (["-o", "out.xml", "--staff-roles"], "Leave out --output, --staff-roles;"),
        (["--set", "start=2026-01-05"], "Leave out --set;"),
    ],
)
def test_what_a_problem_file_has_no_use_for_is_refused(run: Call, arguments: list[str], told: str) -> None:
    status, out, err = run(str(CREW), *arguments)
    assert (status, out) == (2, "")
    assert told in err


def test_only_the_search_fills_roles(run: Call, two_tasks: str) -> None:
    status, _, err = run(two_tasks, "--method", "rules", "--staff-roles")
    assert status == 2
    assert "Only the search fills roles" in err


def test_least_units_of_a_plan_keep_its_finish_or_a_later_date(run: Call, two_tasks: str, tmp_path: Path) -> None:
    status, out, _ = run(two_tasks, "--objective", "peak", "--json")
    found = json.loads(out)
    assert (status, found["objective"], found["status"]) == (0, "peak", "optimal")
    assert found["peaks"] == {"1": {"before": 2.0, "after": 2.0, "lower_bound": 2.0, "gap": 0.0}}
    target = tmp_path / "kept.xml"
    arguments = "--objective", "peak", "--finish-by", "2026-03-31", "--json", "-o", str(target)
    later = json.loads(run(two_tasks, *arguments)[1])
    assert later["peaks"] == {"1": {"before": 2.0, "after": 1.0, "lower_bound": 1.0, "gap": 0.0}}
    assert later["keeps"] == "2026-04-01T00:00"
    written = read_plan(target, limits=LOCAL_PLAN).plan
    assert {str(row.uid): f"{row.start:%Y-%m-%dT%H:%M}" for row in schedule(written).tasks} == later["starts"]
    assert "At best" in run(two_tasks, "--objective", "peak")[1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--finish-by", "12"], "a date, such as 2026-03-02"),
        (["--finish-by", "2020-03-02"], "does not keep 2020-03-03 00:00"),
        (["--staff-roles"], "fills no roles"),
    ],
)
def test_what_least_units_of_a_plan_cannot_be_asked_is_refused(
    run: Call, two_tasks: str, arguments: list[str], told: str
) -> None:
    status, out, err = run(two_tasks, "--objective", "peak", *arguments)
    assert (status, out) == (2, "")
    assert told in err


@pytest.mark.skipif(not SHARED.is_file(), reason="the shared data folder is not beside the checkout")
@pytest.mark.parametrize("objective", ["finish", "disturbance", "peak"])
def test_every_objective_answers_for_a_file_of_microsoft_project(run: Call, objective: str) -> None:
    status, out, _ = run(str(SHARED), "--objective", objective, "--schedules", "60", "--json")
    found = json.loads(out)
    assert (status, found["objective"]) == (0, objective)
    assert found["lower_bound"] <= found["makespan"]
    assert ("peaks" in found, "disturbance_minutes" in found) == (objective == "peak", objective == "disturbance")
    if objective == "peak":
        assert all(row["lower_bound"] <= row["after"] <= row["before"] for row in found["peaks"].values())


def test_a_plan_from_its_finish_is_levelled_written_and_read_again(run: Call, two_tasks: str, tmp_path: Path) -> None:
    document = json.loads(Path(two_tasks).read_text())
    document["project"] |= {"schedule_from_start": False, "finish": "2026-03-31T17:00:00"}
    document["tasks"] = [row | {"constraint": "ALAP", "constraint_date": None} for row in document["tasks"]]
    source, target, again = (tmp_path / name for name in ("source.json", "levelled.xml", "cleared.json"))
    source.write_text(json.dumps(document))
    for way in (["--schedules", "60"], ["--method", "rules"]):
        found = json.loads(run(str(source), *way, "--json", "-o", str(target))[1])
        assert min(found["delay_minutes"].values()) < 0
        written = read_plan(target, limits=LOCAL_PLAN).plan
        assert {str(row.uid): f"{row.start:%Y-%m-%dT%H:%M}" for row in schedule(written).tasks} == found["starts"]
        run(str(target), "--method", "rules", "--clear", "-o", str(again))
        unlevelled = {row.uid: row.start for row in schedule(read_plan(source, limits=LOCAL_PLAN).plan).tasks}
        cleared = read_plan(again, limits=LOCAL_PLAN).plan
        assert {row.uid: row.start for row in schedule(cleared).tasks} == unlevelled
    assert run(str(source), "--schedules", "60")[1].startswith("Start 2026-03-")


def test_the_finish_is_the_standard_objective_and_the_rules_have_none(run: Call, two_tasks: str) -> None:
    searched = json.loads(run(two_tasks, "--schedules", "60", "--json")[1])
    by_rules = json.loads(run(two_tasks, "--method", "rules", "--json")[1])
    assert (searched["objective"], searched["late_minutes"]) == ("finish", 0)
    assert "disturbance_minutes" not in searched
    assert "objective" not in by_rules
