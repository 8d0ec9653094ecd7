"""The tests chosen for PostgreSQL send every shape of statement, those that compute twice, for little time."""

from __future__ import annotations

from tests.left_out import needed
from tests.statements import LEFT_TO_SQLITE, how_often, shape_of


def test_statements_that_differ_in_numbers_and_how_many_values_have_one_shape() -> None:
    one = shape_of('SELECT "id" FROM "task" WHERE "id" IN (%s, %s, %s) LIMIT 21')
    assert one == shape_of('SELECT "id" FROM "task" WHERE "id" IN (%s) LIMIT 5')
    assert one != shape_of('SELECT "id" FROM "risk" WHERE "id" IN (%s) LIMIT 5')
    assert shape_of("INSERT INTO t VALUES (%s, %s), (%s, %s)") == shape_of("INSERT INTO t VALUES (%s, %s)")


def test_every_shape_is_kept_for_the_least_time_and_what_computes_twice() -> None:
    sent = {
        "slow": {"SELECT a", "SELECT SUM(b)"},
        "quick": {"SELECT a"},
        "sums": {"SELECT SUM(b)"},
        "sums too": {"SELECT SUM(b)", "SELECT a"},
        "nothing": set[str](),
    }
    seconds = {"slow": 9.0, "quick": 0.1, "sums": 0.2, "sums too": 0.2, "nothing": 0.0}
    assert needed(sent, seconds, how_often) == {"sums", "sums too"}


def test_the_list_names_tests_of_areas_and_journeys_alone() -> None:
    listed = LEFT_TO_SQLITE.read_text(encoding="utf-8").split()
    assert listed == sorted(set(listed))
    assert all(name.startswith(("tests/areas/", "tests/journeys/")) and "::test_" in name for name in listed)
