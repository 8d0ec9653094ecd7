"""A project with a plan, people, rates, a budget and logged hours, on which changes are asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from headway.areas.budgets import commands as budgets
from headway.areas.budgets.types import Basis
from headway.areas.hours import commands as hours
from headway.areas.hours.types import RateKind
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands as plan
from headway.areas.schedule import queries as plans
from headway.kernel.context import Context
from tests.made_once import made_once

House = Callable[[str], Context]


@pytest.fixture
def site(house: House) -> House:
    """SITE from Monday 2 March 2026: Design (3d) → Build (5d) → Go-live; Copy beside Build; 100 h; Max on Build."""
    made_once(lambda: _site(house))
    return house


def _site(house: House) -> None:
    manager, admin = house("manager"), house("administrator")
    projects.create(manager, key="SITE", name="Acme web site", currency="EUR", time_zone="UTC")
    for who in ("associate", "member", "client", "approver"):
        projects.set_member(manager, project="SITE", person=person(house, who), role=Role(who))
    plan.start_plan(manager, project="SITE", start=date(2026, 3, 2))
    design = plan.add_task(manager, project="SITE", name="Design", duration="3d")
    build = plan.add_task(manager, project="SITE", name="Build", duration="5d", predecessors=(design.task_id,))
    plan.add_task(manager, project="SITE", name="Go-live", milestone=True, predecessors=(build.task_id,))
    plan.add_task(manager, project="SITE", name="Copy", duration="2d", predecessors=(design.task_id,))
    plan.add_resource(manager, project="SITE", name="Max Member", person=person(house, "member"))
    who = plans.resources(manager, project="SITE")[0]
    plan.assign(manager, task=build.task_id, resource=who.id)
    plan.set_baseline(manager, project="SITE", name="Approved")
    budget = budgets.add_budget(manager, project="SITE", name="Hours", basis=Basis.HOURS, amount=Decimal(100))
    budgets.approve_budget(admin, budget=budget.id)
    hours.set_rate(
        admin,
        kind=RateKind.COST,
        rate=Decimal(80),
        currency="EUR",
        first=date(2026, 1, 1),
        person=person(house, "member"),
    )


def person(house: House, who: str) -> int:
    """The person behind a role's user."""
    found = person_of_user(house(who).actor.user_id)
    assert found is not None
    return found


@pytest.fixture
def tasks(site: House) -> dict[str, int]:
    """The tasks' ids by name."""
    return {row.name: row.id for row in plans.tasks(site("manager"), project="SITE").items}
