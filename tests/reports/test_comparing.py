"""Two snapshots compared: sentences, figures with their differences, lists field by field."""

from __future__ import annotations

from dataclasses import replace

import pytest

from headway.reports.comparing import compare
from headway.reports.status_snapshot import SnapshotError
from tests.reports.samples import almost_empty, in_trouble, varied, week_before

NOW = in_trouble()


def test_a_snapshot_is_equal_to_itself() -> None:
    found = compare(NOW, NOW)
    assert (found.sentences, found.figures, found.entries) == ((), (), ())
    assert found.same > 20


def test_figures_carry_their_difference_and_which_way_is_good() -> None:
    found = compare(week_before(NOW), NOW)
    by_name = {(row.block, row.name): row for row in found.figures}
    overall = by_name["Health", "Overall"]
    assert (overall.before, overall.after, overall.better) == ("Amber", "Red", False)
    finish = by_name["Plan", "Forecast finish"]
    assert finish.difference.endswith("later")
    assert finish.better is False
    assert all(row.before != row.after for row in found.figures)


def test_a_number_is_subtracted_as_it_is_printed() -> None:
    assert NOW.hours is not None
    older = replace(NOW, hours=replace(NOW.hours, spent=NOW.hours.spent - 12))
    (row,) = compare(older, NOW).figures
    assert (row.block, row.name, row.better) == ("Hours", "Spent", None)
    assert row.difference == "+12.0\N{NO-BREAK SPACE}h"


def test_a_figure_that_came_stands_against_nothing() -> None:
    found = compare(replace(almost_empty(), project=NOW.project), NOW)
    came = [row for row in found.figures if row.before == "–"]
    assert ("Budget", "Current") in {(row.block, row.name) for row in came}
    assert all(row.difference == "" and row.better is None for row in came)


def test_entries_come_go_and_change_field_by_field() -> None:
    assert NOW.risks
    first, *rest = NOW.risks
    older = replace(NOW, risks=(replace(first, owner="Somebody Else"), *rest[1:], replace(first, ref="R-99")))
    found = [(row.ref, row.field, row.before, row.after) for row in compare(older, NOW).entries]
    assert (first.ref, "owner", "Somebody Else", first.owner) in found
    assert (rest[0].ref, "entry", "–", "new") in found
    assert ("R-99", "entry", "listed", "–") in found


def test_a_list_that_was_not_measured_says_nothing() -> None:
    older = replace(almost_empty(), project=NOW.project)
    assert older.risks is None
    assert [row for row in compare(older, NOW).entries if row.block == "Risks"] == []


def test_two_projects_are_not_compared() -> None:
    other = replace(NOW, project=replace(NOW.project, key="OTHER"))
    with pytest.raises(SnapshotError, match="cannot be compared"):
        compare(other, NOW)


@pytest.mark.parametrize("seed", range(20))
def test_any_two_snapshots_differ_both_ways_alike(seed: int) -> None:
    one, other = replace(varied(seed), project=NOW.project), replace(varied(seed + 1), project=NOW.project)
    forth, back = compare(one, other), compare(other, one)
    assert {(row.block, row.name, row.before, row.after) for row in forth.figures} == {
        (row.block, row.name, row.after, row.before) for row in back.figures
    }
    assert forth.same == back.same
