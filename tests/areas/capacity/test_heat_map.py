"""People's hours by day, week and month: what is added up, what is told of hidden projects, what makes up a cell."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.capacity import details, keeping, queries
from headway.areas.capacity.reactions import refresh_all
from headway.areas.capacity.types import Grouping, Level, Scale
from headway.areas.people import commands as people
from headway.areas.people import leave
from headway.areas.people.queries import teams
from headway.areas.people.types import DayOff
from headway.areas.projects import commands as projects
from headway.areas.projects.types import Stage
from headway.areas.schedule import commands as plan
from headway.areas.schedule.queries import resources
from headway.areas.schedule.queries import tasks as plan_tasks
from headway.kernel.errors import Denied, Invalid, NotFound
from tests.areas.capacity.conftest import MONDAY, House, busy, person_id
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
SUNDAY = MONDAY + timedelta(days=6)


def test_a_week_adds_up_what_all_projects_ask_for_against_the_time_there_is(three: House) -> None:
    found = queries.heat_map(three("manager"))
    (row,) = [row for row in found.rows if row.name == "Max Member"]
    assert [(cell.planned, cell.capacity, cell.over_days) for cell in row.cells[:5]] == [
        *([(Decimal(56), Decimal(40), 5)] * 4),
        (Decimal(0), Decimal(40), 0),
    ]
    assert [cell.level for cell in row.cells[3:5]] == [Level.OVER, Level.FREE]
    assert (row.planned, row.over, found.over) == (Decimal(224), Decimal(64), 1)
    assert (found.periods[0].first, found.periods[0].last) == (MONDAY, SUNDAY)


def test_days_and_months_hold_the_same_hours(three: House) -> None:
    ctx = three("manager")
    (day, *_), (month, *_) = (
        queries.heat_map(ctx.but(), scale=scale, periods=2).rows for scale in (Scale.DAY, Scale.MONTH)
    )
    assert [cell.planned for cell in day.cells] == [Decimal("11.2"), Decimal("11.2")]
    assert [(cell.planned, cell.capacity) for cell in month.cells] == [
        (Decimal(224), Decimal(176)),
        (Decimal(0), Decimal(176)),
    ]


def test_what_fits_into_a_week_but_not_into_its_days_is_uneven(three: House) -> None:
    member = person_id(three, "approver")
    for name in ("Read", "Answer"):
        busy(three("manager"), "SHOP", member, "1", name="Ada Approver", task=name, duration="1d")
    rows = queries.heat_map(three("manager"), periods=1).rows
    (cell,) = next(row.cells for row in rows if row.person_id == member)
    assert (cell.planned, cell.capacity, cell.over_days, cell.level) == (Decimal(16), Decimal(40), 1, Level.UNEVEN)


def test_a_resource_that_is_nobodys_stands_for_itself_in_its_own_project(three: House) -> None:
    busy(three("manager"), "SHOP", None, "1", name="Painter")
    busy(three("stranger"), "RIVAL", None, "1", name="Plumber")
    mine = {row.name: row for row in queries.heat_map(three("manager")).rows}
    assert (mine["Painter"].who, mine["Painter"].detail) == ("SHOP:2", "SHOP, matched to no person")
    assert "Plumber" not in mine
    assert "Plumber" in {row.name for row in queries.heat_map(three("stranger")).rows}


def test_who_works_in_no_project_of_the_reader_is_not_shown(three: House) -> None:
    plan.add_resource(three("stranger"), project="RIVAL", name="Ada", person=person_id(three, "approver"))
    assert [row.person_id for row in queries.heat_map(three("manager")).rows] == [person_id(three, "member")]


def test_clients_and_guests_are_refused(three: House) -> None:
    for who in ("client", "guest"):
        with pytest.raises(Denied):
            queries.heat_map(three(who))
        with pytest.raises(Denied):
            details.load(three(who), who="1", first=MONDAY, last=SUNDAY)


def test_filters_sums_and_pages(three: House) -> None:
    manager, member, approver = three("manager"), person_id(three, "member"), person_id(three, "approver")
    busy(manager, "SHOP", approver, "0.5", name="Ada Approver")
    people.set_team(three("administrator"), name="Crew", members=(approver,))
    team = teams(manager)[0].id
    assert [row.person_id for row in queries.heat_map(manager.but(), team=team).rows] == [approver]
    assert [row.person_id for row in queries.heat_map(manager.but(), project="SITE").rows] == [member]
    assert [row.person_id for row in queries.heat_map(manager.but(), search="max").rows] == [member]
    assert [row.person_id for row in queries.heat_map(manager.but(), over_only=True).rows] == [member]
    first = queries.heat_map(manager.but(), limit=1)
    assert [row.person_id for row in first.rows] == [member]  # who has most beyond their time comes first
    assert [row.person_id for row in queries.heat_map(manager.but(), limit=1, cursor=first.next).rows] == [approver]
    by_team = queries.heat_map(manager.but(), group=Grouping.TEAM, periods=1)
    assert [(one.name, one.people, one.cells[0].planned) for one in by_team.sums] == [
        ("Crew", 1, Decimal(20)),
        ("In no team", 1, Decimal(56)),
    ]
    assert (by_team.whole.people, by_team.whole.cells[0].planned) == (2, Decimal(76))


def test_hours_follow_plans_stages_and_who_people_are(three: House) -> None:
    manager = three("manager")
    queries.heat_map(manager.but())  # kept in this process
    plan.edit_task(manager, task=_task(three, "SHOP", "Work"), duration="1w")
    week_two = queries.heat_map(manager.but()).rows[0].cells[1]
    assert week_two.planned == Decimal(36)
    stranger = three("stranger")
    for stage in (Stage.PLANNING, Stage.DELIVERY, Stage.CLOSED):
        projects.set_stage(stranger, project="RIVAL", stage=stage)
    assert queries.heat_map(manager.but()).rows[0].cells[1].planned == Decimal(24)
    (resource,) = resources(manager, project="SHOP")
    plan.match_resource(manager, resource=resource.id, person=person_id(three, "approver"))
    assert len(queries.heat_map(manager.but()).rows) == 2


def _task(house: House, key: str, name: str) -> int:
    rows = plan_tasks(house("manager"), project=key).items
    return next(row.id for row in rows if row.name == name)


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs live at the instant of the house."""
    monkeypatch.setenv("HEADWAY_NOW", NOW.isoformat())


def test_what_is_kept_is_read_in_two_queries_and_remembered_in_one(three: House, pinned: None) -> None:
    assert refresh_all({}) == {"computed": 3}
    assert refresh_all({}) == {"computed": 0}
    keeping.forget()
    with CaptureQueriesContext(connection) as first:
        loads = keeping.all_loads(MONDAY)
    with CaptureQueriesContext(connection) as second:
        keeping.all_loads(MONDAY)
    assert (len(first), len(second)) == (2, 1)
    assert loads.waiting == frozenset()


def test_the_map_takes_as_many_queries_for_many_projects_as_for_few(three: House, pinned: None) -> None:
    manager = three("manager")
    refresh_all({})
    with CaptureQueriesContext(connection) as few:
        queries.heat_map(manager.but())
    for number in range(5):
        projects.create(manager, key=f"P{number}", name=f"P{number}", currency="EUR", time_zone="UTC")
        plan.start_plan(manager, project=f"P{number}", start=MONDAY)
        busy(manager, f"P{number}", person_id(three, "member"), "0.1")
    refresh_all({})
    queries.heat_map(manager.but())
    with CaptureQueriesContext(connection) as many:
        queries.heat_map(manager.but())
    assert len(many) <= len(few)


def test_too_many_periods_a_wrong_cursor_and_far_days(three: House) -> None:
    ctx = three("manager")
    with pytest.raises(Invalid, match="60 weeks"):
        queries.heat_map(ctx, periods=61)
    with pytest.raises(Invalid, match="cursor"):
        queries.heat_map(ctx, cursor="x")
    far = queries.heat_map(ctx.but(), first=date(2040, 1, 1))
    assert far.last == far.kept_last


# --- what makes up a cell -----------------------------------------------------------------------


def test_a_cell_opens_into_tasks_and_what_one_does_not_see_is_a_sum(three: House) -> None:
    who = str(person_id(three, "member"))
    mine = details.load(three("manager"), who=who, first=MONDAY, last=SUNDAY)
    assert [(task.project_key, task.name, task.hours) for task in mine.tasks] == [
        ("SITE", "Work", Decimal(24)),
        ("SHOP", "Work", Decimal(20)),
    ]
    assert (mine.planned, mine.capacity, mine.hidden) == (Decimal(56), Decimal(40), Decimal(12))
    assert "RIVAL" not in repr(mine)
    everything = details.load(three("senior_reader"), who=who, first=MONDAY, last=SUNDAY)
    assert (len(everything.tasks), everything.hidden) == (3, Decimal(0))


def test_too_much_work_is_told_with_the_task_that_came_last(three: House) -> None:
    manager = three("manager")
    later = manager.but(now=manager.now + timedelta(hours=1), reason="later")
    plan.edit_task(later, task=_task(three, "SHOP", "Work"), duration="3w")
    found = details.load(manager.but(), who=str(person_id(three, "member")), first=MONDAY, last=SUNDAY)
    (stretch,) = found.over
    assert (stretch.first, stretch.last, stretch.days) == (MONDAY, MONDAY + timedelta(days=4), 5)
    assert (stretch.planned, stretch.capacity, stretch.hidden) == (Decimal(56), Decimal(40), Decimal(12))
    assert stretch.newest is not None
    newest = found.tasks[stretch.newest]
    assert newest.project_key == "SHOP"
    assert newest.joined is not None
    assert (newest.joined.how, newest.joined.by) == ("moved", manager.actor.name)


def test_days_off_of_a_calendar_are_named(three: House) -> None:
    plan.take_days_off(three("manager"), project="SHOP", days=(DayOff(MONDAY + timedelta(days=1), "Founders' day"),))
    found = details.load(three("manager"), who=str(person_id(three, "member")), first=MONDAY, last=SUNDAY)
    assert [(off.name, off.first, off.leave) for off in found.off] == [
        ("Founders' day", MONDAY + timedelta(days=1), False)
    ]
    assert found.capacity == Decimal(40)  # SITE works on that day


def test_nobody_is_found_where_nobody_is_seen(three: House) -> None:
    busy(three("stranger"), "RIVAL", None, "1", name="Plumber")
    for who in ("RIVAL:2", "999999", "", "SITE:99"):
        with pytest.raises(NotFound):
            details.load(three("manager"), who=who, first=MONDAY, last=SUNDAY)
    with pytest.raises(Invalid):
        details.load(three("manager"), who="1", first=MONDAY, last=MONDAY + timedelta(days=100))


def test_approved_leave_takes_capacity_and_is_named(three: House) -> None:
    member = person_id(three, "member")
    leave.ask_leave(three("manager"), first=MONDAY, last=MONDAY + timedelta(days=1), ends_half=True, person=member)
    row = next(row for row in queries.heat_map(three("manager"), periods=1).rows if row.person_id == member)
    assert [(cell.planned, cell.capacity) for cell in row.cells] == [(Decimal(56), Decimal(28))]
    found = details.load(three("manager"), who=str(member), first=MONDAY, last=SUNDAY)
    assert [day.capacity for day in found.days[:3]] == [Decimal(0), Decimal(4), Decimal(8)]
    assert [(off.first, off.name) for off in found.off] == [
        (MONDAY, "Leave"),
        (MONDAY + timedelta(days=1), "Half a day of leave"),
    ]
