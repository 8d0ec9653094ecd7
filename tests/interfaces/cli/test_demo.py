"""`headway demo`: both verbs in an empty workspace, and their refusal where people are."""

from __future__ import annotations

import json

import pytest
from django.db import transaction

from headway.areas.people.queries import user_by_email
from headway.areas.portfolio import queries as portfolio
from headway.areas.portfolio.types import Health
from headway.areas.schedule import queries as schedule
from headway.interfaces.cli.main import main
from headway.journeys.demo.house import acting
from headway.kernel.context import Context, system_context
from tests.interfaces.cli.conftest import Run

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def avery() -> Context:
    return acting(system_context("look"), "avery@kestrel.example")


def test_a_large_portfolio_has_the_size_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "large", "--projects", "3", "--tasks", "40", "--entries", "50", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["projects"], made["tasks"]) == (3, 120)
    assert made["entries"] <= 150
    assert {user["role"] for user in made["users"]} == {
        *("administrator", "senior_reader", "approver", "manager", "associate", "member", "tester")
    }
    rows = portfolio.standings(avery()).items
    assert len(rows) == 3
    for row in rows:
        assert row.figures.health is not Health.NOT_MEASURED
        assert row.figures.percent_complete > 0
        assert schedule.summary(avery(), project=row.key).baseline == "Baseline"
        assert len(schedule.tasks(avery(), project=row.key, limit=200).items) == 40


def names_of_plan(seed: int) -> list[tuple[str, str]]:
    """The tasks of a small portfolio that is taken away again."""
    with transaction.atomic():
        assert main(["demo", "large", "--projects", "1", "--tasks", "20", "--entries", "0", "--seed", str(seed)]) == 0
        rows = [(row.name, row.duration) for row in schedule.tasks(avery(), project="K-001").items]
        transaction.set_rollback(True)
    return rows


def test_the_same_seed_gives_the_same_plans(capsys: pytest.CaptureFixture[str]) -> None:
    seven = names_of_plan(7)
    assert len(seven) == 20
    assert names_of_plan(7) == seven
    assert names_of_plan(8) != seven
    assert "1 projects, 20 tasks, 0 time entries" in capsys.readouterr().out


@pytest.mark.parametrize("size", ["--projects=0", "--tasks=0", "--projects=100000", "--entries=-1"])
def test_a_size_beyond_reason_is_refused(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "large", size]) == 2
    assert "; give " in capsys.readouterr().err
    assert user_by_email("admin@kestrel.example") is None


@pytest.mark.parametrize("verb", ["load", "large"])
def test_neither_is_mixed_with_records_that_are_there(headway: Run, verb: str) -> None:
    ended = headway("demo", verb)
    assert ended.status == 1
    assert "set up already" in ended.err
    assert ended.out == ""
