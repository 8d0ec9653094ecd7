"""A project with three linked tasks, for the tests of the plan's chart and of what is told about a task."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands, queries
from headway.kernel.context import Context
from tests.made_once import made_once

House = Callable[[str], Context]


@pytest.fixture
def charted(house: House) -> House:
    """SITE with Design (3d) → Build (5d) → Go-live, from Monday 2 March 2026, a baseline, Max on Build."""
    made_once(lambda: _charted(house))
    return house


def _charted(house: House) -> None:
    manager = house("manager")
    project = projects.create(manager, key="SITE", name="Acme web site")
    for who in ("member", "client"):
        person = person_of_user(house(who).actor.user_id)
        projects.set_member(manager, project=project.id, person=person, role=Role(who))
    commands.start_plan(manager, project="SITE", start=date(2026, 3, 2))
    design = commands.add_task(manager, project="SITE", name="Design", duration="3d")
    build = commands.add_task(manager, project="SITE", name="Build", duration="1w", predecessors=(design.task_id,))
    commands.add_task(manager, project="SITE", name="Go-live", milestone=True, predecessors=(build.task_id,))
    commands.add_resource(
        manager, project="SITE", name="Max Member", person=person_of_user(house("member").actor.user_id)
    )
    resource = queries.resources(manager, project="SITE")[0]
    commands.assign(manager, task=build.task_id, resource=resource.id)
    commands.set_baseline(manager, project="SITE", name="Approved")


@pytest.fixture
def ids(charted: House) -> dict[str, int]:
    """The tasks' ids by name."""
    return {row.name: row.id for row in queries.tasks(charted("manager"), project="SITE").items}
