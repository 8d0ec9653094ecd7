"""A list of tests that a run leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.left_out import LeftOut, function_of, needed
from tests.lines import LEFT_TO_WHOLE


def test_the_quickest_that_reach_all_are_kept() -> None:
    reached = {"wide": {1, 2, 3}, "slow": {1, 2, 3, 4}, "last": {4}, "nothing": set[int]()}
    assert needed(reached, {"wide": 1.0, "slow": 9.0, "last": 0.5, "nothing": 0.0}) == {"wide", "last"}


def test_one_that_later_ones_make_needless_is_not_kept() -> None:
    reached = {"middle": {2, 3, 4, 5}, "left": {1, 2, 3}, "right": {4, 5, 6}}
    assert needed(reached, dict.fromkeys(reached, 1.0)) == {"left", "right"}


def test_what_several_stand_on_is_paid_for_once() -> None:
    reached = {"in the world": {1, 2}, "there too": {3, 4}, "alone": {1, 2}, "alone too": {3, 4}}
    seconds = {"in the world": 0.1, "there too": 0.1, "alone": 1.0, "alone too": 1.0}
    assert needed(reached, seconds) == {"in the world", "there too"}
    world = {"in the world": {"world": 30.0}, "there too": {"world": 30.0}}
    assert needed(reached, seconds, shared=world) == {"alone", "alone too"}
    cheap = {"in the world": {"world": 0.5}, "there too": {"world": 0.5}}
    assert needed(reached, seconds, shared=cheap) == {"in the world", "there too"}


def test_a_listed_function_is_left_out_with_all_its_parameters(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    ours = [item for item in request.session.items if item.nodeid.startswith("tests/kernel/test_left_out.py")]
    (tmp_path / "left.txt").write_text(f"{function_of(request.node.nodeid)}\n", encoding="utf-8")
    items = list(ours)
    LeftOut(tmp_path / "left.txt").pytest_collection_modifyitems(request.config, items)
    assert request.node in ours
    assert items == [item for item in ours if item is not request.node]


def test_the_list_of_the_fast_set_names_functions() -> None:
    listed = LEFT_TO_WHOLE.read_text(encoding="utf-8").split()
    assert listed == sorted(set(listed))
    assert all("::test_" in name and function_of(name) == name for name in listed)
