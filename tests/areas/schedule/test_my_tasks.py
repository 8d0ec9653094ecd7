"""One's own tasks over all projects: whose they are, when they are due, who waits for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands, my_tasks, queries
from headway.areas.schedule.types import TaskUrgency
from headway.kernel.context import Context
from headway.kernel.errors import Denied

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)


def person(house: House, who: str) -> int:
    found = person_of_user(house(who).actor.user_id)
    assert found is not None
    return found


def plan(house: House, key: str) -> dict[str, Any]:
    """A plan from Monday: Design 3 d, then Build 5 d and Write 1 d; the member is assigned to Design and Build."""
    boss = house("manager")
    projects.create(boss, key=key, name=f"Site {key}")
    for who in ("member", "tester", "client"):
        projects.set_member(boss, project=key, person=person(house, who), role=Role(who))
    commands.start_plan(boss, project=key, start=MONDAY)
    made: dict[str, Any] = {}
    made["Design"] = commands.add_task(boss, project=key, name="Design", duration="3d").task_id
    for name, duration in (("Build", "5d"), ("Write", "1d")):
        made[name] = commands.add_task(
            boss, project=key, name=name, duration=duration, predecessors=[made["Design"]]
        ).task_id
    made["Owned"] = commands.add_task(boss, project=key, name="Owned", duration="2d", owner="Tess Tester").task_id
    commands.add_resource(boss, project=key, name="Max", person=person(house, "member"))
    resource = queries.resources(boss, project=key)[0].id
    for name in ("Design", "Build"):
        commands.assign(boss, task=made[name], resource=resource)
    return made


def _names(ctx: Context, day: date) -> list[tuple[str, TaskUrgency]]:
    return [(row.name, row.urgency) for row in my_tasks.my_tasks(ctx, day=day).items]


def test_assigned_tasks_are_mine_by_when_they_are_due(house: House) -> None:
    made = plan(house, "ONE")
    assert _names(house("member"), MONDAY) == [("Design", TaskUrgency.TODAY), ("Build", TaskUrgency.THIS_WEEK)]
    assert _names(house("member"), MONDAY - timedelta(days=3)) == [
        ("Design", TaskUrgency.LATER),
        ("Build", TaskUrgency.LATER),
    ]
    friday = MONDAY + timedelta(days=4)
    assert _names(house("member"), friday) == [("Design", TaskUrgency.LATE), ("Build", TaskUrgency.TODAY)]
    commands.set_progress(house("member"), task=made["Design"], percent_complete=Decimal(100))
    assert _names(house("member"), friday) == [("Build", TaskUrgency.TODAY), ("Design", TaskUrgency.DONE)]
    assert _names(house("member"), friday + timedelta(days=7)) == [("Build", TaskUrgency.LATE)]


def test_a_task_that_names_me_as_its_owner_is_mine(house: House) -> None:
    plan(house, "ONE")
    (row,) = my_tasks.my_tasks(house("tester"), day=MONDAY).items
    assert (row.name, row.assigned, row.project_key, row.may_enter) == ("Owned", False, "ONE", False)


def test_who_waits_for_a_task_is_said_with_its_person(house: House) -> None:
    made = plan(house, "ONE")
    design = my_tasks.my_tasks(house("member"), day=MONDAY).items[0]
    assert (design.waiting, design.waiting_count, design.critical) == (("Build (Max)", "Write"), 2, True)
    commands.remove_task(house("manager"), task=made["Write"])
    design = my_tasks.my_tasks(house("member"), day=MONDAY).items[0]
    assert (design.waiting, design.may_enter) == (("Build (Max)",), True)


def test_clients_and_people_of_other_projects_have_none_of_them(house: House) -> None:
    plan(house, "ONE")
    with pytest.raises(Denied):
        my_tasks.my_tasks(house("client"), day=MONDAY)
    assert my_tasks.my_tasks(house("stranger"), day=MONDAY).items == ()
    projects.remove_member(house("manager"), project="ONE", person=person(house, "member"), role=Role.MEMBER)
    assert my_tasks.my_tasks(house("member"), day=MONDAY).items == ()


@pytest.mark.parametrize(
    ("start", "finish", "urgency"),
    [
        (datetime(2026, 3, 2, 8), datetime(2026, 3, 3, 17), TaskUrgency.LATE),
        (datetime(2026, 3, 2, 8), datetime(2026, 3, 4, 17), TaskUrgency.TODAY),
        (datetime(2026, 3, 4, 8), datetime(2026, 3, 20, 17), TaskUrgency.TODAY),
        (datetime(2026, 3, 8, 8), datetime(2026, 3, 20, 17), TaskUrgency.THIS_WEEK),
        (datetime(2026, 3, 9, 8), datetime(2026, 3, 20, 17), TaskUrgency.LATER),
        (None, None, TaskUrgency.LATER),
    ],
)
def test_urgency_on_a_wednesday(start: datetime | None, finish: datetime | None, urgency: TaskUrgency) -> None:
    today = date(2026, 3, 4)
    assert my_tasks.urgency(start, finish, today=today, done=False) is urgency
    assert my_tasks.urgency(start, finish, today=today, done=True) is TaskUrgency.DONE


def test_the_list_costs_the_same_queries_with_many_projects(house: House) -> None:
    plan(house, "ONE")
    few = _queries(house("member"))
    for key in ("TWO", "THREE"):
        plan(house, key)
    assert _queries(house("member")) == few
    assert len(my_tasks.my_tasks(house("member"), day=MONDAY).items) == 6


def _queries(ctx: Context) -> int:
    with CaptureQueriesContext(connection) as seen:
        my_tasks.my_tasks(ctx, day=MONDAY)
        my_tasks.planned_for(ctx, person_of_user(ctx.actor.user_id) or 0, MONDAY, MONDAY)
        my_tasks.working_days(ctx, person_of_user(ctx.actor.user_id) or 0, MONDAY, MONDAY)
    return len(seen)
