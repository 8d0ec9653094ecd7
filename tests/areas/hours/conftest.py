"""A project SITE of the manager's, with an associate, a member, a tester and a client on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.kernel.context import Context
from tests.made_once import made_once

House = Callable[[str], Context]


@pytest.fixture
def site(house: House) -> House:
    """The house with the project; SITE is a client's, in euro."""
    made_once(lambda: _site(house))
    return house


def _site(house: House) -> None:
    manager = house("manager")
    projects.create(manager, key="SITE", name="Acme web site", currency="EUR", starts_on=date(2026, 2, 2))
    for who in ("associate", "member", "tester", "client", "approver"):
        person = person_of_user(house(who).actor.user_id)
        projects.set_member(manager, project="SITE", person=person, role=Role(who))
