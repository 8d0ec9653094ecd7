"""Many ids as one value of a question to the database."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.people.models import Person
from headway.kernel.among import among_ids, among_pairs

pytestmark = pytest.mark.django_db


@pytest.fixture
def persons(house) -> list[int]:
    """Ids of those who stand in the house."""
    found = list(Person.unscoped(reason="test").order_by("pk").values_list("pk", flat=True))
    assert len(found) > 1
    return found


def _found(*conditions) -> list[int]:
    rows = Person.unscoped(reason="test").filter(*conditions).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def test_it_finds_what_a_list_finds(persons):
    assert _found(among_ids("pk", persons[1:])) == persons[1:]
    assert _found(among_ids("pk", {persons[0], -1})) == persons[:1]
    assert _found(among_ids("organisation_id", [-1])) == []


def test_no_ids_find_nothing_and_ask_nothing(persons):
    with CaptureQueriesContext(connection) as sent:
        assert _found(among_ids("pk", [])) == []
    assert len(sent) == 0


def test_it_joins_with_other_conditions_and_can_be_turned_round(persons):
    assert _found(among_ids("pk", []) | among_ids("pk", persons[:1])) == persons[:1]
    assert _found(~among_ids("pk", persons[:1])) == persons[1:]


def test_a_long_list_is_one_value(persons):
    with CaptureQueriesContext(connection) as sent:
        assert _found(among_ids("pk", range(1, 5_000))) == persons
    assert len(sent[0]["sql"]) < 40_000


def test_pairs_are_found_as_pairs(persons):
    rows = Person.unscoped(reason="test").order_by("pk")
    homes = dict(rows.values_list("pk", "organisation_id"))
    first, second = persons[:2]
    assert _found(among_pairs("pk", "organisation_id", [(first, homes[first]), (second, -1)])) == [first]
    assert _found(among_pairs("pk", "organisation_id", homes.items()), ~among_ids("pk", [first])) == persons[1:]


def test_no_pairs_find_nothing_and_ask_nothing(persons):
    with CaptureQueriesContext(connection) as sent:
        assert _found(among_pairs("pk", "organisation_id", [])) == []
    assert len(sent) == 0
