"""Two projects whose plans can wait for each other, and one of a stranger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands as schedule
from headway.areas.schedule import queries as plans
from headway.kernel.context import Context
from tests.made_once import made_once

House = Callable[[str], Context]
START = date(2026, 3, 2)


@pytest.fixture
def tied(house: House) -> House:
    """CRM: Configure (10d) → Go-live. SITE: Build (2d), Launch behind it. SHOP: Open. RIVAL: Secret, a stranger's."""
    made_once(lambda: _tied(house))
    return house


def _tied(house: House) -> None:
    manager = house("manager")
    for key, name in (("CRM", "CRM rollout"), ("SITE", "Site build"), ("SHOP", "Shop launch")):
        projects.create(manager, key=key, name=name, time_zone="UTC")
        schedule.start_plan(manager, project=key, start=START)
    projects.create(house("stranger"), key="RIVAL", name="Secret work", time_zone="UTC")
    schedule.start_plan(house("stranger"), project="RIVAL", start=START)
    for who in ("associate", "member", "client"):
        person = person_of_user(house(who).actor.user_id)
        projects.set_member(manager, project="SITE", person=person, role=Role(who))
    configure = schedule.add_task(manager, project="CRM", name="Configure", duration="10d")
    schedule.add_task(manager, project="CRM", name="Go-live", milestone=True, predecessors=(configure.task_id,))
    build = schedule.add_task(manager, project="SITE", name="Build", duration="2d")
    schedule.add_task(manager, project="SITE", name="Launch", milestone=True, predecessors=(build.task_id,))
    schedule.add_task(manager, project="SHOP", name="Open", duration="3d")
    schedule.add_task(house("stranger"), project="RIVAL", name="Secret", duration="5d")


@pytest.fixture
def ids(tied: House) -> dict[str, int]:
    """The tasks' ids by name."""
    found = {}
    for who, keys in (("manager", ("CRM", "SITE", "SHOP")), ("stranger", ("RIVAL",))):
        for key in keys:
            found |= {row.name: row.id for row in plans.tasks(tied(who), project=key).items}
    return found
