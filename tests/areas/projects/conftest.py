"""A project of the manager's, with a client, a member and an approver on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands
from headway.areas.projects.types import Charter
from headway.kernel.context import Context
from tests.made_once import made_once


@pytest.fixture
def site(house: Callable[[str], Context]) -> Charter:
    """SITE."""
    return made_once(lambda: _site(house))


def _site(house: Callable[[str], Context]) -> Charter:
    project = commands.create(house("manager"), key="SITE", name="Acme web site", starts_on=date(2026, 3, 2))
    for who in ("client", "member", "approver"):
        person = person_of_user(house(who).actor.user_id)
        commands.set_member(house("manager"), project=project.id, person=person, role=Role(who))
    return project
