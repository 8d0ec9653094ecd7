"""Every use case once, by one who may: run by name on PostgreSQL, where the whole matrix would ask the same SQL again.

The verdicts are those of matrix.json, which tests/house/test_matrix.py holds for every actor.
"""

from __future__ import annotations

import json

import pytest

from headway.kernel.registry import use_case
from tests.house.cases import CASES, names
from tests.house.test_matrix import GOLDEN, world
from tests.house.trials import OK, attempt, variants
from tests.house.world import World

__all__ = ["world"]  # the fixture
pytestmark = pytest.mark.django_db
MATRIX = json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [name for name in names() if OK in MATRIX.get(name, {}).get("own", {})])
def test_it_gives_one_who_may_the_verdicts_of_the_matrix(world: World, name: str) -> None:
    who = MATRIX[name]["own"][OK][0]
    tried = use_case(name.split("/", maxsplit=1)[0])
    for variant, inputs in variants(world, tried, CASES[name], who):
        verdict = attempt(world, tried, who, inputs).verdict
        assert who in MATRIX[name][variant].get(verdict, ()), (variant, verdict)
