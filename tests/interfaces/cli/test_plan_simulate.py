"""`headway plan simulate`: its JSON, its text, and what makes it exit 2."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from headway.interfaces.cli import main as cli

SMALL = Path(__file__).resolve().parents[2] / "data" / "plans" / "small.json"

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Call:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(["plan", "simulate", *arguments])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return call


def days(number: float) -> dict[str, Any]:
    return {"amount_minutes": number * 480, "unit": "d"}


@pytest.fixture
def estimated(tmp_path: Path) -> str:
    """The small plan with three-point estimates, a deadline and a milestone."""
    document = json.loads(SMALL.read_text())
    for task in document["tasks"]:
        whole = task["duration"]["amount_minutes"] / 480
        task |= {"optimistic": days(whole * 0.8), "pessimistic": days(whole * 2)}
    document["tasks"][2]["deadline"] = "2026-03-12T17:00"
    done = {"uid": 9, "id": 9, "name": "Done", "duration": days(0), "milestone": True}
    document["tasks"].append(done)
    document["links"].append({"predecessor_uid": 3, "successor_uid": 9})
    target = tmp_path / "estimated.json"
    target.write_text(json.dumps(document))
    return str(target)


def test_json_gives_the_parts_of_the_contract(run: Call, estimated: str) -> None:
    status, out, _ = run(estimated, "--runs", "500", "--seed", "4", "--json")
    document = json.loads(out)
    assert status == 0
    assert (document["runs"], document["seed"], document["distribution"]) == (500, 4, "pert")
    finish = document["finish"]
    assert {"p10", "p50", "p80", "p90", "mean", "deterministic"} <= set(finish)
    assert finish["p10"] < finish["p50"] < finish["p80"] < finish["p90"]
    assert finish["deterministic"] == "2026-03-09T17:00"
    assert finish["intervals"]["p80"][0] < finish["p80"] < finish["intervals"]["p80"][1]
    assert set(document["probability_by_deadline"]) == {"project", "3"}
    assert 0 < document["probability_by_deadline"]["project"] < document["probability_by_deadline"]["3"] <= 1
    assert [row["uid"] for row in document["dates"]] == [3, 9]
    assert [row["uid"] for row in document["tasks"]] == [1, 2, 3, 9]
    assert {"uid", "criticality_index", "cruciality"} <= set(document["tasks"][0])
    assert document["tasks"][0]["criticality_index"] == 1


def test_the_same_seed_gives_the_same_answer(run: Call, estimated: str) -> None:
    first, again, other = (run(estimated, "--runs", "200", "--seed", seed, "--json")[1] for seed in ("1", "1", "2"))
    assert first == again != other


def test_text_names_the_planned_finish_beside_the_percentiles(run: Call, estimated: str) -> None:
    status, out, _ = run(estimated, "--runs", "200")
    assert status == 0
    for part in ("200 runs, seed 0, pert", "Planned finish 2026-03-09 17:00", "P80", "Done", "Cruciality"):
        assert part in out


@pytest.mark.parametrize(
    ("given", "read"),
    [("80,130", (0.8, 1.3)), ("20,30", (0.8, 1.3)), ("-20,30", (0.8, 1.3)), ("100,150", (1, 1.5)), ("0,100", (0, 1))],
)
def test_a_spread_takes_the_place_of_estimates(run: Call, given: str, read: tuple[float, float]) -> None:
    status, out, _ = run(str(SMALL), "--runs", "50", f"--spread={given}", "--json")
    spread = json.loads(out)["spread"]
    assert status == 0
    assert (spread["low"], spread["high"]) == pytest.approx(read)


def test_without_estimates_and_spread_it_exits_2_and_says_what_to_do(run: Call) -> None:
    status, out, err = run(str(SMALL))
    assert (status, out) == (2, "")
    assert "--spread" in err


def test_an_estimate_out_of_order_exits_2_and_names_the_task(run: Call, estimated: str) -> None:
    document = json.loads(Path(estimated).read_text())
    document["tasks"][1]["optimistic"] = days(99)
    Path(estimated).write_text(json.dumps(document))
    status, _, err = run(estimated)
    assert status == 2
    assert "Task 'Build'" in err


@pytest.mark.parametrize(
    "arguments",
    [["--spread", "80"], ["--spread", "a,b"], ["--spread", "110,130"], ["--runs", "0"], ["--runs", "many"],
     ["--distribution", "normal"]],
)  # fmt: skip
def test_wrong_options_exit_2(run: Call, estimated: str, arguments: list[str]) -> None:
    status, out, err = run(estimated, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("headway: ")


# ---- risk events and correlations from files --------------------------------------------------


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, str], str]:
    def write(name: str, text: str) -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return write


Write = Callable[[str, str], str]
RISKS_CSV = "name;probability;optimistic;likely;pessimistic;tasks\nPermit late;30 %;1d;2d;5d;1, 2\nStorm;0.1;;8h;;3\n"
RISKS_JSON = json.dumps(
    [
        {
            "name": "Permit late",
            "probability": 0.3,
            "optimistic": "1d",
            "likely": 2,
            "pessimistic": "5d",
            "tasks": [1, 2],
        },
        {"name": "Storm", "probability": 0.1, "likely": "480 min", "tasks": [3]},
    ]
)


def test_risk_events_come_from_csv_and_json_alike(run: Call, estimated: str, written: Write) -> None:
    answers = []
    for name, text in (("risks.csv", RISKS_CSV), ("risks.json", RISKS_JSON)):
        status, out, _ = run(estimated, "--runs", "400", "--risks", written(name, text), "--json")
        assert status == 0
        answers.append(json.loads(out))
    assert answers[0] == answers[1]
    told = {bar["name"]: bar["kind"] for bar in answers[0]["tornado"]}
    assert (told["Permit late"], told["Storm"]) == ("risk", "risk")
    _, out, _ = run(estimated, "--runs", "400", "--json")
    assert json.loads(out)["finish"]["p90"] < answers[0]["finish"]["p90"]


def test_risks_stand_in_the_text_beside_the_tasks(run: Call, estimated: str, written: Write) -> None:
    status, out, _ = run(estimated, "--runs", "100", "--risks", written("risks.csv", RISKS_CSV))
    assert status == 0
    assert any("Permit late" in line and line.rstrip().endswith("risk") for line in out.splitlines())


def test_correlations_widen_the_finish(run: Call, estimated: str, written: Write) -> None:
    together = written("together.csv", "one,other,correlation\n1,2,0.9\n2,3,0.9\n1,3,0.9\n")
    spans = []
    for more in ([], ["--correlations", together]):
        _, out, _ = run(estimated, "--runs", "2000", *more, "--json")
        finish = json.loads(out)["finish"]
        spans.append((finish["p10"], finish["p90"]))
    assert spans[1][0] < spans[0][0]
    assert spans[0][1] < spans[1][1]


@pytest.mark.parametrize(
    ("option", "text", "row", "field"),
    [
        ("--risks", "name,probability,likely,tasks\nStorm,1.5,2d,1\n", 2, "probability"),
        ("--risks", "name,probability,likely,tasks\n,0.5,2d,1\n", 2, "name"),
        ("--risks", "name,probability,likely,tasks\nStorm,0.5,soon,1\n", 2, "likely"),
        ("--risks", "name,probability,likely,tasks\nStorm,0.5,2ed,1\n", 2, "likely"),
        ("--risks", "name,probability,optimistic,likely,tasks\nStorm,0.5,3d,2d,1\n", 2, "likely"),
        ("--risks", "name,probability,likely,tasks\nStorm,0.5,2d,77\n", 2, "tasks"),
        ("--risks", "name,probability,likely,tasks\nStorm,0.5,2d,\n", 2, "tasks"),
        ("--risks", "name,chance,likely,tasks\nStorm,0.5,2d,1\n", 2, "chance"),
        ("--correlations", "one,other,correlation\n1,2,0.5\n2,1,0.5\n", 3, "other"),
        ("--correlations", "one,other,correlation\n1,1,0.5\n", 2, "other"),
        ("--correlations", "one,other,correlation\n1,2,-2\n", 2, "correlation"),
        ("--correlations", "one,other,correlation\n1,x,0\n", 2, "other"),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(
    run: Call, estimated: str, written: Write, option: str, text: str, row: int, field: str
) -> None:
    status, out, _ = run(estimated, option, written("given.csv", text), "--json")
    place = json.loads(out)["errors"][0]
    assert status == 2
    assert (place["file"], place["row"], place["field"]) == ("given.csv", row, field)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("given.json", '{"risk": []}'),
        ("given.json", "[3]"),
        ("given.csv", "name,tasks\na,b,c\n"),
        ("given.csv", 'a\n"'),
    ],
)
def test_a_file_of_another_shape_is_refused(run: Call, estimated: str, written: Write, name: str, text: str) -> None:
    status, _, err = run(estimated, "--risks", written(name, text))
    assert status == 2
    assert "given" in err


@pytest.mark.parametrize("option", ["--risks", "--correlations"])
def test_a_file_that_is_not_there_is_said(run: Call, estimated: str, option: str) -> None:
    status, _, err = run(estimated, option, "nowhere.csv")
    assert status == 2
    assert "nowhere.csv" in err
