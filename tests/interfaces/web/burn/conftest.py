"""SITE with a plan, a baseline, a budget, contract lines and hours: 90 h of 100 are spent, and far less is done."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from headway.areas.budgets import commands as budgets
from headway.areas.budgets.types import Basis
from headway.areas.hours import commands as hours
from headway.areas.hours.types import RateKind
from headway.areas.schedule import commands as schedule
from headway.areas.schedule import queries as plans
from headway.areas.scope import commands as scope
from headway.areas.scope.types import ItemKind
from tests.conftest import NOW
from tests.interfaces.web.conftest import House, person_id
from tests.made_once import made_once

MONDAY = date(2026, 2, 2)  # four weeks before the day of the pages
WEEK = timedelta(weeks=1)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages live on the day of every context."""
    monkeypatch.setenv("HEADWAY_NOW", NOW.isoformat())


@pytest.fixture
def burning(site: House) -> House:
    """The project in trouble."""
    made_once(lambda: _burn(site))
    return site


def _burn(house: House) -> None:
    boss = house("manager")
    schedule.start_plan(boss, project="SITE", start=MONDAY)
    design = schedule.add_task(boss, project="SITE", name="Design", duration="5d").task_id
    build = schedule.add_task(boss, project="SITE", name="Build <b>now</b>", duration="20d", predecessors=(design,))
    schedule.add_task(boss, project="SITE", name="A film", duration="2d")
    schedule.set_baseline(boss, project="SITE", name="Approved")
    schedule.set_progress(boss, task=design, percent_complete=Decimal(100))
    hours.set_project_rate(
        boss, project="SITE", kind=RateKind.BILL, rate=Decimal(100), first=MONDAY - 5 * WEEK, role="Engineer"
    )
    film = next(row.id for row in plans.tasks(boss, project="SITE").items if row.name == "A film")
    scope.add_item(
        boss, project="SITE", kind=ItemKind.IN, text="Pages", hours=Decimal(60), tasks=(design, build.task_id)
    )
    scope.add_item(boss, project="SITE", kind=ItemKind.OUT, text="Moving pictures", tasks=(film,))
    budget = budgets.add_budget(boss, project="SITE", name="Hours", basis=Basis.HOURS, amount=Decimal(100))
    budgets.approve_budget(house("administrator"), budget=budget.id)
    for week in range(4):
        day = MONDAY + week * WEEK
        hours.log(boss, project="SITE", day=day, hours=Decimal(8), task=build.task_id, role="Engineer")
        hours.log(boss, project="SITE", day=day, hours=Decimal(3), phase="Management", billable=False)
        for step in range(2):
            on = day + timedelta(days=step)
            member = person_id(house, "member")
            hours.log(boss, project="SITE", day=on, hours=Decimal(5), phase="Design", person=member, role="Engineer")
    hours.log(boss, project="SITE", day=MONDAY, hours=Decimal(6), task=film)
