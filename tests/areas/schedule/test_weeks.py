"""A week of a plan: finished, in progress with who and how much, beginning next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands, queries, weeks
from headway.kernel.context import Context
from headway.kernel.errors import Denied, Invalid, NotFound

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
WEEK: dict[str, Any] = {"first": date(2026, 3, 2), "last": date(2026, 3, 8)}


@pytest.fixture
def planned(house: House) -> House:
    """SITE: Draft (done), Design 3d → Build 10d → Test 2d → Live, from Monday 2 March 2026; Max builds at half time."""
    manager = house("manager")
    projects.create(manager, key="SITE", name="Acme web site")
    member = person_of_user(house("member").actor.user_id)
    projects.set_member(manager, project="SITE", person=member, role=Role.MEMBER)
    projects.set_member(manager, project="SITE", person=person_of_user(house("client").actor.user_id), role=Role.CLIENT)
    commands.start_plan(manager, project="SITE", start=date(2026, 3, 2))
    draft = commands.add_task(manager, project="SITE", name="Draft", duration="1d")
    commands.set_progress(
        manager,
        task=draft.task_id,
        percent_complete=100,
        actual_start=datetime(2026, 3, 2, 8),
        actual_finish=datetime(2026, 3, 2, 17),
    )
    before = commands.add_task(manager, project="SITE", name="Design", duration="3d").task_id
    for name, length in (("Build", "10d"), ("Test", "2d")):
        before = commands.add_task(manager, project="SITE", name=name, duration=length, predecessors=(before,)).task_id
    commands.add_task(manager, project="SITE", name="Live", milestone=True, predecessors=(before,))
    commands.add_resource(manager, project="SITE", name="Max Member", person=member)
    resource = queries.resources(manager, project="SITE")[0].id
    build = next(row for row in queries.tasks(manager, project="SITE").items if row.name == "Build")
    commands.assign(manager, task=build.id, resource=resource, units=Decimal("0.5"))
    return house


def test_a_week_tells_what_is_done_running_and_next(planned: House) -> None:
    found = weeks.week(planned("member"), project="SITE", **WEEK)
    assert [task.name for task in found.finished] == ["Draft"]
    assert [task.name for task in found.running] == ["Design", "Build"]
    assert found.ahead == ()
    following = weeks.week(planned("member"), project="SITE", first=date(2026, 3, 9), last=date(2026, 3, 15))
    assert [task.name for task in following.finished] == []
    assert [task.name for task in following.running] == ["Design", "Build"]
    assert [task.name for task in following.ahead] == ["Test"]
    earlier = weeks.week(
        planned("member"), project="SITE", first=date(2026, 3, 9), last=date(2026, 3, 15), since=date(2026, 3, 2)
    )
    assert [task.name for task in earlier.finished] == ["Draft"]


def test_planned_hours_are_spread_over_the_working_time_of_the_task(planned: House) -> None:
    found = weeks.week(planned("manager"), project="SITE", **WEEK)
    build = next(task for task in found.running if task.name == "Build")
    assert build.who == ("Max Member",)
    assert [(person.name, person.planned, person.task_ids) for person in found.people] == [
        ("Max Member", Decimal(8), (build.id,))  # Thursday and Friday at half time
    ]


def test_a_week_asks_the_database_as_often_for_many_tasks_as_for_few(planned: House) -> None:
    ctx = planned("manager")
    with CaptureQueriesContext(connection) as few:
        weeks.week(ctx, project="SITE", **WEEK)
    for number in range(8):
        commands.add_task(ctx, project="SITE", name=f"More {number}", duration="2d")
    with CaptureQueriesContext(connection) as many:
        assert len(weeks.week(ctx, project="SITE", **WEEK).running) == 10
    assert len(many) == len(few)


def test_a_week_is_for_those_who_work_on_the_project(planned: House) -> None:
    with pytest.raises(Denied):
        weeks.week(planned("client"), project="SITE", **WEEK)
    with pytest.raises(NotFound):
        weeks.week(planned("stranger"), project="SITE", **WEEK)
    with pytest.raises(Invalid, match="no span"):
        weeks.week(planned("manager"), project="SITE", first=date(2026, 3, 8), last=date(2026, 3, 2))
    projects.create(planned("manager"), key="BARE", name="Bare")
    with pytest.raises(NotFound, match="no plan yet"):
        weeks.week(planned("manager"), project="BARE", **WEEK)
