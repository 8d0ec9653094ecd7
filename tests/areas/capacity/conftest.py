"""One person in three projects: two that the manager leads, and one of a stranger that the manager does not see."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from headway.areas.schedule import commands as plan
from headway.areas.schedule.queries import resources
from headway.kernel.context import Context
from tests.areas.portfolio.conftest import House, person_id, site
from tests.made_once import made_once

__all__ = ["MONDAY", "House", "busy", "person_id", "site", "three"]

MONDAY = date(2026, 3, 2)  # today


def busy(
    ctx: Context,
    key: str,
    person: int | None,
    units: str,
    *,
    name: str = "Mia Member",
    task: str = "Work",
    duration: str = "4w",
    at: datetime | None = None,
) -> int:
    """A task from today, or another moment, on which this person works with so many units; gives its id."""
    start = at or datetime.combine(MONDAY, time(8))
    made = plan.add_task(ctx, project=key, name=task, duration=duration, start_no_earlier_than=start)
    if not any(row.name == name for row in resources(ctx, project=key)):
        plan.add_resource(ctx, project=key, name=name, person=person)
    resource = next(row for row in resources(ctx, project=key) if row.name == name)
    plan.assign(ctx, task=made.task_id, resource=resource.id, units=Decimal(units))
    return int(made.task_id)


@pytest.fixture
def three(site: House) -> House:
    """The member works for four weeks on SITE with 60 %, on SHOP with 50 %, and on a stranger's RIVAL with 30 %."""
    made_once(lambda: _three(site))
    return site


def _three(house: House) -> None:
    manager, stranger = house("manager"), house("stranger")
    plan.start_plan(manager, project="SHOP", start=MONDAY)
    plan.start_plan(stranger, project="RIVAL", start=MONDAY)
    member = person_id(house, "member")
    busy(manager, "SITE", member, "0.6")
    busy(manager, "SHOP", member, "0.5")
    busy(stranger, "RIVAL", member, "0.3", name="Mia M.")
