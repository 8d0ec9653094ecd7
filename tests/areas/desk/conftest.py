"""SITE of the manager, on Monday 2 March 2026, with an associate, a member, an approver and a client on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from headway.areas.desk import queries as desk
from headway.areas.desk.types import DeskLine
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.projects.types import Charter, Stage
from headway.kernel.context import Context
from tests.made_once import made_once

House = Callable[[str], Context]


@pytest.fixture
def site(house: House) -> Charter:
    """SITE, in delivery."""
    return made_once(lambda: _site(house))


def _site(house: House) -> Charter:
    project = projects.create(house("manager"), key="SITE", name="Acme web site", starts_on=date(2026, 2, 2))
    for who in ("client", "member", "approver", "associate"):
        projects.set_member(house("manager"), project=project.id, person=person(house, who), role=Role(who))
    return projects.set_stage(house("manager"), project=project.id, stage=Stage.DELIVERY)


def person(house: House, who: str) -> int:
    """The person behind a role's user."""
    found = person_of_user(house(who).actor.user_id)
    assert found is not None
    return found


def lines(ctx: Context) -> dict[str, DeskLine]:
    """All lines that stand on a Desk, by key."""
    return {line.key: line for group in desk.show(ctx).groups for line in group.lines}
