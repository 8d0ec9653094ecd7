"""`headway plan level --method rules`: its JSON, its options, and the plan it writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from headway.interfaces.cli import main as cli

SMALL = Path(__file__).resolve().parents[2] / "data" / "plans" / "small.json"

Answer = Callable[..., dict[str, Any]]
DAY = 480


@pytest.fixture
def shared(tmp_path: Path) -> str:
    """Two tasks of a day each on Monday 2 March that both want Ana, the second with a higher priority."""
    document = json.loads(SMALL.read_text())
    first = document["tasks"][1]
    rows = []
    for uid, priority in ((1, 500), (2, 800)):
        length = {"amount_minutes": DAY, "unit": "d"}
        plain = {"parent_uid": None, "summary": False, "percent_complete": 0, "actual_start": None}
        rows.append(
            first | plain | {"uid": uid, "id": uid, "name": f"T{uid}", "duration": length, "priority": priority}
        )
    ana = document["resources"][0] | {"uid": 1, "name": "Ana", "type": "work", "max_units": 1, "calendar_uid": 1}
    work = [
        document["assignments"][0] | {"uid": uid, "task_uid": uid, "resource_uid": 1, "units": 1, "work_minutes": DAY}
        for uid in (1, 2)
    ]
    document |= {"tasks": rows, "links": [], "resources": [ana], "assignments": work}
    file = tmp_path / "shared.json"
    file.write_text(json.dumps(document))
    return str(file)


@pytest.fixture
def level(capsys: pytest.CaptureFixture[str]) -> Answer:
    def call(*arguments: str) -> dict[str, Any]:
        assert cli.main(["plan", "level", *arguments, "--method", "rules", "--json"]) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return call


def test_it_gives_dates_delays_and_bounds_by_uid(level: Answer, shared: str) -> None:
    found = level(shared)
    assert found["starts"] == {"1": "2026-03-03T08:00", "2": "2026-03-02T08:00"}
    assert found["delay_minutes"] == {"1": 1440, "2": 0}
    assert (found["makespan"], found["lower_bound"], found["status"]) == (2 * DAY, DAY, "feasible")
    assert found["delayed"] == [{"uid": 1, "resource_uid": 1, "task_uids": [2]}]
    assert found["unresolved"] == []


def test_the_order_and_the_slack_are_the_users(level: Answer, shared: str) -> None:
    assert level(shared, "--order", "id")["starts"]["2"] == "2026-03-03T08:00"
    kept = level(shared, "--within-slack")
    assert kept["makespan"] == DAY
    assert kept["unresolved"][0]["reasons"] == ["has not enough slack"] * 2
    assert level(shared, "--by", "week")["makespan"] == DAY
    assert level(shared, "--from", "2026-03-03")["makespan"] == DAY
    assert level(shared, "--resource", "Ana")["makespan"] == 2 * DAY


def test_what_it_writes_schedules_to_the_levelled_dates_and_clears_again(
    level: Answer, shared: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "levelled.xml")
    level(shared, "-o", out)
    assert cli.main(["plan", "schedule", out, "--json"]) == 0
    dates = {row["uid"]: row["start"] for row in json.loads(capsys.readouterr().out)["tasks"]}
    assert dates == {1: "2026-03-03T08:00", 2: "2026-03-02T08:00"}
    cleared = level(out, "--clear")
    assert cleared["makespan"] == DAY
    assert cleared["unresolved"][0]["reasons"] == ["is not levelled"] * 2


def test_an_unknown_resource_is_named_with_those_there_are(shared: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["plan", "level", shared, "--method", "rules", "--resource", "Bo"]) == 2
    assert "no work resource 'Bo'. It has: Ana" in capsys.readouterr().err


def test_text_says_who_waits_for_whom(shared: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["plan", "level", shared, "--method", "rules"]) == 0
    told = capsys.readouterr().out
    assert "Finish 2026-03-02 17:00 without levelling, 2026-03-03 17:00 with it" in told
    assert "Ana" in told


def test_a_range_in_another_time_zone_is_wrong_use(shared: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["plan", "level", shared, "--method", "rules", "--from", "2026-03-02T08:00+02:00"]) == 2
    assert "give no time zone" in capsys.readouterr().err
