"""The canonical dump holds every kind of column that areas keep."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.apps import apps

from headway.areas.projects import commands as projects
from headway.areas.schedule import commands as schedule
from headway.kernel import dump
from headway.kernel.context import Context


@pytest.mark.django_db
def test_a_plan_stands_in_the_dump(house: Callable[[str], Context]) -> None:
    projects.create(house("manager"), key="SITE", name="Site")
    schedule.start_plan(house("manager"), project="SITE", start=date(2026, 3, 2))
    schedule.add_task(house("manager"), project="SITE", name="Design", duration="3d")
    schedule.set_baseline(house("manager"), project="SITE", name="First")
    task, part = apps.get_model("schedule.PlanTask"), apps.get_model("schedule.BaselineTask")
    assert '"start":"2026-03-02T08:00:00.000000"' in next(dump.lines_of(task, frozenset({"id", "start"})))
    assert '"duration":14400' in next(dump.lines_of(part, frozenset({"id", "duration"})))
    assert dump.content().rows["schedule_plantask"] == 1
