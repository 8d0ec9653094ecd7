"""A project with the weekly share of orders without fallout, twelve weeks of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from headway.areas.metrics import commands as metrics
from headway.areas.metrics import sampling
from headway.areas.metrics.given import GivenSample, GivenTarget
from headway.areas.metrics.types import Direction, Formula, Frequency
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.kernel.context import Context
from tests.made_once import made_once

House = Callable[[str], Context]
D = Decimal
BASELINE = (42, 45, 39, 44, 47, 41, 43, 46, 40)


@pytest.fixture
def site(house: House) -> House:
    """SITE with a manager, an associate, a member and a client; nothing measured yet."""
    made_once(lambda: _site(house))
    return house


def _site(house: House) -> None:
    manager = house("manager")
    projects.create(manager, key="SITE", name="Acme web site", currency="EUR", time_zone="UTC")
    for who in ("associate", "member", "client", "approver"):
        projects.set_member(manager, project="SITE", person=person(house, who), role=Role(who))


def person(house: House, who: str) -> int:
    """The person behind a role's user."""
    found = person_of_user(house(who).actor.user_id)
    assert found is not None
    return found


@pytest.fixture
def load_time(site: House) -> int:
    """KPI-1: monthly load time in seconds, at most 4.0, amber to 5.0; no sample yet."""
    return made_once(lambda: _load_time(site))


def _load_time(site: House) -> int:
    return metrics.define(
        site("manager"),
        project="SITE",
        name="Load time of the start page",
        formula=Formula.AVERAGE,
        unit="s",
        direction=Direction.LOWER,
        frequency=Frequency.MONTHLY,
        target=GivenTarget(D("4.0"), amber=D("4.0"), red=D("5.0")),
        least=D(0),
    ).row.id


@pytest.fixture
def calls(site: House) -> int:
    """KPI-1: weekly calls, nine weeks of a baseline to the week of 23 February, declared."""
    return made_once(lambda: _calls(site))


def _calls(site: House) -> int:
    manager = site("manager").but(now=datetime(2026, 3, 1, 12, tzinfo=UTC))
    kpi = metrics.define(
        manager,
        project="SITE",
        name="Calls a week",
        formula=Formula.LAST,
        direction=Direction.LOWER,
        frequency=Frequency.WEEKLY,
        least=D(0),
    ).row.id
    samples = tuple(
        GivenSample(f"{2025 if week > 50 else 2026}-W{week:02d}", value=D(value))
        for week, value in zip((52, 1, 2, 3, 4, 5, 6, 7, 8), BASELINE, strict=True)
    )
    sampling.record(manager, kpi=kpi, samples=samples)
    metrics.declare_baseline(manager, kpi=kpi, first="2025-W52", last="2026-W08", reason="before the new routing")
    return kpi
