"""Rows put back for a fixture are those it made: same tables, same values, with the index of the search."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from headway.areas.people import commands as people
from headway.kernel import search
from headway.kernel.context import Context
from tests.made_once import _rows, made_once

pytestmark = pytest.mark.django_db


class _UndoneError(Exception):
    """Ends what is rolled back."""


def test_rows_are_put_back_as_they_were_made(house: Callable[[str], Context]) -> None:
    made = []

    def make() -> str:
        made.append(people.add_person(house("administrator"), name="Put Back", email="back@example.org").id)
        people.edit_person(house("administrator"), person=made[-1], name="Changed Since")
        return "given"

    states = []
    for _ in range(2):
        try:
            with transaction.atomic():
                assert made_once(make) == "given"
                states.append(_rows())
                assert search.query(house("administrator"), "Changed") != []
                raise _UndoneError
        except _UndoneError:
            pass
    assert len(made) == 1
    assert states[0] == states[1]
