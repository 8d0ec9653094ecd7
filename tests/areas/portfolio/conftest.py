"""Two projects of Acme with plans, hours, budgets and registers, and one of Rival that others run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from headway.areas.budgets import commands as budgets
from headway.areas.budgets.types import Basis
from headway.areas.hours import commands as hours
from headway.areas.people import queries as people
from headway.areas.people.types import OrganisationKind, Role
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands as plan
from headway.kernel.context import Context
from tests.made_once import made_once

House = Callable[[str], Context]
START = date(2026, 1, 5)  # a Monday; the clock stands on Monday 2 March, so eight weeks are complete


def person_id(house: House, who: str) -> int:
    """The person behind a user of the house."""
    found = people.person_of_user(house(who).actor.user_id)
    assert found is not None
    return found


def client_id(house: House, name: str) -> int:
    """The id of a client organisation."""
    rows = people.organisations(house("administrator"), kind=OrganisationKind.CLIENT)
    return next(row.id for row in rows if row.name == name)


@pytest.fixture
def site(house: House) -> House:
    """SITE: a plan of twelve weeks, 400 h of which 268 are spent, a risk. SHOP: nothing. RIVAL: a stranger's."""
    made_once(lambda: _site(house))
    return house


def _site(house: House) -> None:
    manager = house("manager")
    for key, name in (("SITE", "Site build"), ("SHOP", "Shop launch")):
        projects.create(
            manager,
            key=key,
            name=name,
            client=client_id(house, "Acme"),
            currency="EUR",
            starts_on=START,
            ends_on=date(2026, 3, 27),
            time_zone="UTC",
        )
        for who in ("associate", "member", "client", "approver"):
            projects.set_member(manager, project=key, person=person_id(house, who), role=Role(who))
    projects.create(
        house("stranger"),
        key="RIVAL",
        name="Secret work",
        client=client_id(house, "Rival"),
        currency="EUR",
        time_zone="UTC",
    )
    plan.start_plan(manager, project="SITE", start=START)
    plan.add_task(manager, project="SITE", name="Build", duration="12w")
    plan.set_baseline(manager, project="SITE", name="Approved")
    budgets.add_budget(manager, project="SITE", name="Hours", basis=Basis.HOURS, amount=Decimal(400))
    for week in range(8):
        left = Decimal("33.5")
        while left > 0:
            part = min(left, Decimal(20))
            hours.log(manager, project="SITE", day=START + timedelta(weeks=week), hours=part)
            left -= part
    projects.add_risk(manager, project="SITE", title="Supplier fails", probability=4, impact=5)
