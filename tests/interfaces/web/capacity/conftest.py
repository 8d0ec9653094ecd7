"""SITE and OTHER of the clock's own day: the member has three weeks of work in two of them."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from headway.areas.projects import commands as projects
from headway.areas.schedule import commands as plan
from headway.kernel.context import Context, clock
from tests.areas.capacity.conftest import House, busy
from tests.interfaces.web.conftest import person_id


def monday(ctx: Context) -> datetime:
    """Eight o'clock of the next Monday: pages live at the machine's own instant."""
    day = clock().date()
    return datetime.combine(day.fromordinal(day.toordinal() + 7 - day.weekday()), time(8))


@pytest.fixture
def crowded(site: House) -> House:
    """SHOP and SITE of the manager: on each a whole week of the member from next Monday, on SITE a second one."""
    manager, member = site("manager"), person_id(site, "member")
    projects.create(manager, key="SHOP", name="Shop launch", currency="EUR")
    at = monday(manager)
    for key in ("SITE", "SHOP"):
        plan.start_plan(manager, project=key, start=at.date())
    for key, task in (("SITE", "Sketch"), ("SITE", "Build <b>"), ("SHOP", "Shelf")):
        busy(manager, key, member, "1", task=task, duration="1w", at=at)
    return site
