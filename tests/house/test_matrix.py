"""The permission matrix: every use case as every role with own, foreign, missing and mixed ids.

The verdicts stand in matrix.json; `python -m tools.matrix` renews it, and its difference is what a reviewer reads.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from headway.kernel.registry import use_case
from tests.house.cases import CASES, Case, names, use_cases
from tests.house.trials import (
    NOT_FOUND,
    OK,
    Answer,
    actors,
    attempt,
    expected,
    model_of,
    references,
    roles,
    roles_in_table,
    variants,
)
from tests.house.world import EVERYWHERE, World, shared_world
from tests.standing import standing

GOLDEN = Path(__file__).parent / "matrix.json"
pytestmark = pytest.mark.django_db
RENEW = "HEADWAY_RENEW_MATRIX" in os.environ
BY_ITS_STEPS = "by its steps"  # the door lets it in; a command inside refuses
# The permissions that ask nobody to sign in.
OPEN = frozenset({"people.set_up", "people.accept_invitation", "schedule.answer_by_link"})
# Kinds of records that belong to nobody's project: staff see those of every client.
OF_THE_HOUSE = frozenset(
    {
        "people.Person",
        "people.Organisation",
        "people.Team",
        "people.Holiday",
        "people.Leave",
        "people.Invitation",
        "deliverables.ReportTemplate",
        "method.ProjectTemplate",
    }
)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Both sides, made once; all that is tried is rolled back."""
    with (
        django_db_blocker.unblock(),
        standing(lambda: shared_world(tmp_path_factory.mktemp("world"))) as world,
    ):
        yield world


@pytest.fixture(scope="module")
def golden() -> Iterator[dict[str, Any]]:
    """The verdicts as they were; renewed at the end when that is asked."""
    kept: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.exists() else {}
    yield kept
    if RENEW:
        rows = (f"{json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(kept.items()) if name in CASES)
        GOLDEN.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


def test_every_use_case_has_a_case_and_every_reference_an_id(world: World) -> None:
    without = [name for name in names() if name not in CASES]
    assert without == [], "give these a case in tests/house/cases.py"
    unknown = {name.split("/")[0] for name in CASES} - {item.name for item in use_cases()}
    assert unknown == set()
    for item in use_cases():
        given: set[str] = set()
        for name, one in CASES.items():
            if name.split("/")[0] == item.name:
                given |= set(one.inputs(world, world.a, "manager"))
        assert {parameter.name for parameter in references(item)} - given == set(), f"{item.name}: without test ids"


@pytest.mark.parametrize("name", names())
def test_matrix(world: World, golden: dict[str, Any], name: str) -> None:
    assert name in CASES, f"{name} has no case in tests/house/cases.py"
    case, tried = CASES[name], use_case(name.split("/", maxsplit=1)[0])
    verdicts: dict[str, dict[str, str]] = {}
    for who in actors(tried):
        answers: dict[str, Answer] = {}
        for variant, inputs in variants(world, tried, case, who):
            answers[variant] = attempt(world, tried, who, inputs)
            wanted = expected(world, tried, case, who, inputs)
            verdict = answers[variant].verdict
            if wanted == BY_ITS_STEPS:
                assert verdict != OK, (variant, who)
            else:
                assert verdict == wanted, (variant, who, answers[variant].seen)
            verdicts.setdefault(variant, {})[who] = verdict
        _no_oracle(who, answers)
    _whoever_may_succeeds(world, tried, case, verdicts["own"])
    _succeeds(case.in_world, world, verdicts)
    _nothing_foreign(tried, case.inputs(world, world.a, "manager"), verdicts)
    if RENEW:
        golden[name] = {variant: _told(row) for variant, row in verdicts.items()}
    assert golden.get(name) == {variant: _told(row) for variant, row in verdicts.items()}, (
        "the matrix has changed; look at it, then renew it: python -m tools.matrix"
    )


def _whoever_may_succeeds(world: World, tried: Any, case: Case, own: dict[str, str]) -> None:
    """The table's roles do succeed with records of their own project, but for those the case names."""
    scoped = any(model_of(parameter).project_path is not None for parameter in references(tried))
    for who, verdict in own.items():
        on = world.a.project if scoped else None
        may = bool(roles_in_table(tried) & roles(world, who, on)) and (who != "nobody" or tried.permission in OPEN)
        if may and who not in case.hidden and (case.only is None or who in case.only):
            assert verdict == OK, f"{who} may {tried.permission}, and yet: {verdict}"
        if who in case.hidden:
            assert (may, verdict) == (True, NOT_FOUND), f"{who} need not be named as hidden"


def _told(row: dict[str, str]) -> dict[str, list[str]]:
    """Actors by verdict."""
    return {verdict: [who for who in row if row[who] == verdict] for verdict in sorted(set(row.values()))}


def _no_oracle(who: str, answers: dict[str, Answer]) -> None:
    """A hidden record answers as one that does not exist, in status, code and every word."""
    if "foreign" in answers and answers["foreign"].verdict == NOT_FOUND:
        assert answers["foreign"] == answers["missing"], who
    for variant, answer in answers.items():
        if variant.startswith("mixed:"):
            assert answer.verdict == NOT_FOUND, (variant, who)
            assert answer == answers[variant.replace("mixed:", "missing:")], (variant, who)


def _succeeds(in_world: bool, world: World, verdicts: dict[str, dict[str, str]]) -> None:
    if in_world:
        assert world.set_up_gave.email == "administrator@example.org"
    else:
        assert OK in verdicts["own"].values(), "no actor succeeds: the case shows nothing"


def _nothing_foreign(tried: Any, given: dict[str, Any], verdicts: dict[str, dict[str, str]]) -> None:
    """Records of the other client's project: for those who see all projects, and its own manager."""
    kinds = {
        parameter.ref.label if parameter.ref else parameter.model._meta.label
        for parameter in references(tried)
        if parameter.name in given
    }
    if "foreign" not in verdicts or kinds <= OF_THE_HOUSE:
        return
    let_in = {who for who, verdict in verdicts["foreign"].items() if verdict == OK}
    assert let_in <= EVERYWHERE | {"foreign_manager", "system"}
    assert all(verdicts["missing"][who] != OK for who in verdicts["missing"])
