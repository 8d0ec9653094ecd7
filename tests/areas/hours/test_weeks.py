"""A person's week over all projects: cells, rows offered, copying, handing in; the team's week and what waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.comms import queries as comms
from headway.areas.hours import commands, queries, sheets, weeks
from headway.areas.hours.types import EntryStatus, WeekCell
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands as schedule
from headway.areas.schedule import queries as plans
from headway.kernel.context import Channel, Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound, PersonRequired

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)
DAYS = {"first": MONDAY, "last": MONDAY + timedelta(days=6)}


def person(house: House, who: str) -> int:
    found = person_of_user(house(who).actor.user_id)
    assert found is not None
    return found


def cell(ctx: Context, hours: str | Decimal, day: date = MONDAY, **more: Any) -> WeekCell:
    return sheets.set_cell(ctx, **{"project": "SITE", "day": day, "hours": hours, "phase": "Build", **more})


@pytest.fixture
def planned(site: House) -> House:
    """SITE with a plan from this Monday: Design (the member's), then Build; Lone without anybody."""
    boss = site("manager")
    schedule.start_plan(boss, project="SITE", start=MONDAY)
    design = schedule.add_task(boss, project="SITE", name="Design", duration="3d").task_id
    schedule.add_task(boss, project="SITE", name="Build", duration="5d", predecessors=[design])
    schedule.add_task(boss, project="SITE", name="Lone", duration="40d")
    schedule.add_resource(boss, project="SITE", name="Max", person=person(site, "member"))
    schedule.assign(boss, task=design, resource=plans.resources(boss, project="SITE")[0].id)
    return site


@pytest.fixture
def second(site: House) -> House:
    """A second project, NEXT, with the member and the tester on it."""
    projects.create(site("manager"), key="NEXT", name="Next site", currency="EUR")
    for who in ("member", "tester"):
        projects.set_member(site("manager"), project="NEXT", person=person(site, who), role=Role(who))
    return site


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("1:30", "1.5"),
        ("1.5", "1.5"),
        ("1,5", "1.5"),
        ("90m", "1.5"),
        ("2h", "2"),
        ("1h 30m", "1.5"),
        ("45 min", "0.75"),
    ],
)
def test_hours_are_read_as_people_write_them(site: House, typed: str, hours: str) -> None:
    assert cell(site("member"), typed).hours == Decimal(hours)


@pytest.mark.parametrize("typed", ["many", "1:75", "24.5", "-1", "", "nan"])
def test_what_is_no_hours_of_a_day_is_refused_and_changes_nothing(site: House, typed: str) -> None:
    cell(site("member"), "2")
    with pytest.raises(Invalid):
        cell(site("member"), typed)
    assert weeks.my_week(site("member"), day=MONDAY).total == Decimal(2)


def test_a_cell_is_set_changed_and_emptied(site: House) -> None:
    made = cell(site("member"), "2", note="Sketches")
    assert (made.hours, made.entries, made.status, made.notes) == (Decimal(2), 1, EntryStatus.DRAFT, ("Sketches",))
    changed = cell(site("member"), "3.25", was=Decimal(2))
    assert (changed.hours, changed.entry_id, changed.notes) == (Decimal("3.25"), made.entry_id, ("Sketches",))
    assert cell(site("member"), "0").entries == 0
    assert queries.entries(site("manager"), project="SITE").items == ()


def test_a_cell_changed_elsewhere_meanwhile_is_not_overwritten(site: House) -> None:
    cell(site("member"), "2")
    with pytest.raises(Conflict, match="holds 2 h now"):
        cell(site("member"), "5", was=Decimal(1))


def test_a_cell_of_several_entries_is_changed_one_by_one(site: House) -> None:
    made = cell(site("member"), "4", note="Both")
    part = commands.split(site("member"), entry=made.entry_id, hours=Decimal(1), note="Talks")
    assert part.hours == Decimal(1)
    found = weeks.my_week(site("member"), day=MONDAY).rows[0].cells[0]
    assert (found.hours, found.entries, found.entry_id, found.notes) == (Decimal(4), 2, None, ("Both", "Talks"))
    with pytest.raises(Conflict, match="2 entries"):
        cell(site("member"), "5")


def test_splitting_keeps_rates_and_refuses_more_than_there_is(site: House) -> None:
    commands.set_project_rate(
        site("manager"), project="SITE", kind="bill", rate=Decimal(100), first=date(2026, 1, 1), role="Engineer"
    )
    entry = commands.log(site("member"), project="SITE", day=MONDAY, hours=Decimal(3), role="Engineer", note="All")
    part = commands.split(site("member"), entry=entry.id, hours=Decimal(1), note="Part")
    worth = {row.id: row.bill_amount for row in queries.entries(site("manager"), project="SITE").items}
    assert worth == {entry.id: Decimal(200), part.id: Decimal(100)}
    with pytest.raises(Invalid, match="more than 0 and less"):
        commands.split(site("member"), entry=entry.id, hours=Decimal(2), note="Too much")


def test_a_day_has_24_hours_over_all_projects(second: House) -> None:
    cell(second("member"), "20")
    with pytest.raises(Invalid, match="would have 25 hours"):
        cell(second("member"), "5", project="NEXT")
    assert cell(second("member"), "4", project="NEXT").hours == Decimal(4)


def test_role_and_billable_follow_the_row(site: House) -> None:
    commands.log(
        site("member"), project="SITE", day=MONDAY, hours=Decimal(1), phase="Build", role="Engineer", billable=False
    )
    made = cell(site("member"), "2", MONDAY + timedelta(days=1))
    entry = queries.entry(site("member"), entry=made.entry_id)
    assert (entry.role, entry.billable) == ("Engineer", False)
    other = queries.entry(site("member"), entry=cell(site("member"), "1", phase="Talks").entry_id)
    assert (other.role, other.billable) == ("Engineer", True)


def test_a_cell_on_a_task_is_logged_on_that_task(planned: House) -> None:
    row = weeks.my_week(planned("member"), day=MONDAY).rows[0]
    assert (row.phase, row.why, row.total) == ("Design", "assigned", Decimal(0))
    cell(planned("member"), "2", phase=row.phase, task_uid=row.task_uid)
    rows = weeks.my_week(planned("member"), day=MONDAY).rows
    assert [(one.phase, one.task_uid, one.why, one.total) for one in rows] == [
        ("Design", row.task_uid, "logged", Decimal(2))
    ]
    with pytest.raises(NotFound, match="Task not found"):
        cell(planned("member"), "2", phase="", task_uid=4711)


def test_rows_of_the_week_before_are_offered_empty(site: House) -> None:
    cell(site("member"), "2", MONDAY - timedelta(days=7))
    week = weeks.my_week(site("member"), day=MONDAY + timedelta(days=3))
    assert (week.first, week.total) == (MONDAY, Decimal(0))
    assert [(row.phase, row.why) for row in week.rows] == [("Build", "last week")]
    assert [(one.first, one.hours, one.status) for one in week.earlier] == [
        (MONDAY - timedelta(days=7), Decimal(2), EntryStatus.DRAFT)
    ]


def test_capacity_comes_from_the_plans_calendar_else_the_standard_week(planned: House) -> None:
    assert weeks.my_week(planned("tester"), day=MONDAY).capacity == Decimal(40)
    assert "in no plan" in weeks.my_week(planned("tester"), day=MONDAY).capacity_source
    schedule.add_calendar_exception(
        planned("manager"), project="SITE", first=date(2026, 3, 6), last=date(2026, 3, 6), name="Holiday"
    )
    week = weeks.my_week(planned("member"), day=MONDAY)
    assert [day.capacity for day in week.days] == [8, 8, 8, 8, 0, 0, 0]
    assert week.capacity_source == "the calendar of your plan"


def test_the_week_is_of_its_person_alone(site: House) -> None:
    cell(site("member"), "2")
    cell(site("manager"), "5")
    assert weeks.my_week(site("member"), day=MONDAY).total == Decimal(2)
    assert weeks.my_week(site("administrator"), day=MONDAY).rows == ()
    for who in ("client", "guest"):
        with pytest.raises(Denied):
            weeks.my_week(site(who), day=MONDAY)
        with pytest.raises((Denied, NotFound)):
            cell(site(who), "1")
    with pytest.raises(NotFound):
        cell(site("stranger"), "1")


def test_copying_fills_the_empty_cells_and_says_what_it_leaves(site: House) -> None:
    before = MONDAY - timedelta(days=7)
    cell(site("member"), "2", before, note="Of last week")
    cell(site("member"), "3", before + timedelta(days=1))
    cell(site("member"), "1")
    tried = sheets.copy_week(site("member").but(dry_run=True), day=MONDAY)
    assert weeks.my_week(site("member"), day=MONDAY).total == Decimal(1)
    done = sheets.copy_week(site("member"), day=MONDAY)
    assert done == tried
    assert [(one.day, one.hours) for one in done.copied] == [(MONDAY + timedelta(days=1), Decimal(3))]
    assert [(one.day, one.left) for one in done.left] == [(MONDAY, "has hours already")]
    week = weeks.my_week(site("member"), day=MONDAY)
    assert (week.total, week.rows[0].cells[1].notes) == (Decimal(4), ())
    with pytest.raises(Conflict, match="nothing to copy"):
        sheets.copy_week(site("tester"), day=MONDAY)


def test_handing_in_takes_all_projects_at_once(second: House) -> None:
    cell(second("member"), "2")
    cell(second("member"), "3", project="NEXT")
    cell(second("member"), "4", MONDAY + timedelta(days=7))
    done = sheets.submit_week(second("member"), day=MONDAY + timedelta(days=2))
    assert (done.entries, done.hours, done.projects) == (2, Decimal(5), ("Acme web site", "Next site"))
    assert [(state.status, state.hours) for state in weeks.my_week(second("member"), day=MONDAY).states] == [
        (EntryStatus.SUBMITTED, Decimal(5))
    ]
    with pytest.raises(Conflict, match="holds no drafts"):
        sheets.submit_week(second("member"), day=MONDAY)


def test_a_week_without_notes_is_refused_by_name_where_the_house_wants_them(second: House) -> None:
    sheets.edit_rules(second("administrator"), notes_required=True)
    cell(second("member"), "2", note="Sketches")
    cell(second("member"), "3", project="NEXT")
    with pytest.raises(Conflict, match=r"Next site: no note on Mon 2 Mar"):
        sheets.submit_week(second("member"), day=MONDAY)
    assert {state.status for state in weeks.my_week(second("member"), day=MONDAY).states} == {EntryStatus.DRAFT}
    cell(second("member"), "3", project="NEXT", note="Talks")
    assert sheets.submit_week(second("member"), day=MONDAY).entries == 2


def test_only_an_administrator_sets_the_rules_and_no_token_does(site: House) -> None:
    with pytest.raises(Denied):
        sheets.edit_rules(site("manager"), round_minutes=15)
    token = site("administrator").but(channel=Channel.API, scopes=frozenset({"read", "write"}))
    with pytest.raises(PersonRequired):
        sheets.edit_rules(token, round_minutes=15)
    assert sheets.edit_rules(site("administrator"), round_minutes=15).round_minutes == 15
    assert sheets.rules(site("member")).round_minutes == 15


def test_a_cell_handed_in_becomes_a_draft_when_it_is_changed(site: House) -> None:
    cell(site("member"), "2")
    sheets.submit_week(site("member"), day=MONDAY)
    assert cell(site("member"), "3").status is EntryStatus.DRAFT


def test_approved_and_locked_cells_refuse_with_words(site: House) -> None:
    cell(site("member"), "2")
    sheets.submit_week(site("member"), day=MONDAY)
    commands.approve(site("manager"), project="SITE", **DAYS)
    with pytest.raises(
        Conflict, match=r"Mon 2 Mar on Acme web site is approved.*\(project manager\) or an administrator can return it"
    ):
        cell(site("member"), "3")
    commands.lock(site("manager"), project="SITE", **DAYS)
    assert not weeks.my_week(site("member"), day=MONDAY).rows[0].cells[0].open
    with pytest.raises(Conflict, match="is locked"):
        cell(site("member"), "0")


def test_what_came_back_carries_its_reason_until_it_is_handed_in_again(site: House) -> None:
    cell(site("member"), "2")
    sheets.submit_week(site("member"), day=MONDAY)
    commands.return_entries(site("manager"), project="SITE", reason="Wrong task", **DAYS)
    found = weeks.my_week(site("member"), day=MONDAY).rows[0].cells[0]
    assert (found.status, found.returned, found.open) == (EntryStatus.DRAFT, "Wrong task", True)
    told = [notice.text for notice in comms.inbox(site("member")).items]
    assert "2 h from 2026-03-02 to 2026-03-08 came back: Wrong task" in told
    sheets.submit_week(site("member"), day=MONDAY)
    assert weeks.my_week(site("member"), day=MONDAY).rows[0].cells[0].returned == ""


def test_what_waits_for_approval_over_all_projects(second: House) -> None:
    cell(second("member"), "2")
    cell(second("tester"), "3", project="NEXT")
    cell(second("manager"), "1")
    for who in ("member", "tester", "manager"):
        sheets.submit_week(second(who), day=MONDAY)
    found = weeks.waiting_sheets(second("manager"))
    assert [(one.project_key, one.person, one.hours, one.own) for one in found] == [
        ("SITE", "Max Member", Decimal(2), False),
        ("SITE", "Mona Manager", Decimal(1), True),
        ("NEXT", "Tess Tester", Decimal(3), False),
    ]
    assert weeks.waiting_sheets(second("associate")) == ()
    assert weeks.waiting_sheets(second("member")) == ()


def test_the_teams_week_names_who_is_missing(planned: House) -> None:
    cell(planned("tester"), "4", MONDAY - timedelta(days=7))
    cell(planned("associate"), "3")
    found = weeks.team_week(planned("manager"), day=MONDAY)
    assert [(row.person, row.missing, row.total) for row in found.rows] == [
        ("Max Member", True, Decimal(0)),
        ("Tess Tester", True, Decimal(0)),
        ("Asha Associate", False, Decimal(3)),
    ]
    assert (found.expected, found.missing) == (2, 2)
    assert weeks.team_week(planned("member"), day=MONDAY).rows == ()


def test_the_teams_hours_are_read_again_where_a_project_changed(second: House) -> None:
    cell(second("member"), "2")
    cell(second("member"), "1", project="NEXT")
    sheets.submit_week(second("member"), day=MONDAY)

    def seen() -> tuple[list[Decimal], list[Decimal]]:
        team = weeks.team_week(second("manager"), day=MONDAY)
        return [row.total for row in team.rows], [one.hours for one in weeks.waiting_sheets(second("manager"))]

    assert seen() == ([Decimal(3)], [Decimal(2), Decimal(1)])
    with CaptureQueriesContext(connection) as asked:
        assert seen() == ([Decimal(3)], [Decimal(2), Decimal(1)])
    assert not [query for query in asked if "SUM(" in query["sql"]]
    commands.approve(second("manager"), project="NEXT", **DAYS)
    cell(second("member"), "2", MONDAY + timedelta(days=1))
    assert seen() == ([Decimal(5)], [Decimal(2)])
    before = weeks.team_week(second("manager"), day=MONDAY - timedelta(days=7))
    assert before.rows == ()
    assert seen() == ([Decimal(5)], [Decimal(2)])


def _queries(ctx: Context, read: Callable[[Context], Any]) -> int:
    with CaptureQueriesContext(connection) as seen:
        read(ctx)
    return len(seen)


def test_a_week_costs_the_same_queries_with_many_rows_and_projects(planned: House) -> None:
    reads: list[Callable[[Context], Any]] = [
        lambda ctx: weeks.my_week(ctx, day=MONDAY),
        lambda ctx: weeks.team_week(ctx, day=MONDAY),
        weeks.waiting_sheets,
    ]
    cell(planned("member"), "1", phase="Talks")
    sheets.submit_week(planned("member"), day=MONDAY)
    few = [_queries(planned(who), read) for who in ("member", "manager") for read in reads]
    for number in range(4):
        key = f"P-{number}"
        projects.create(planned("manager"), key=key, name=key)
        projects.set_member(planned("manager"), project=key, person=person(planned, "member"), role=Role.MEMBER)
        for phase in ("One", "Two", "Three"):
            cell(planned("member"), "1", project=key, phase=phase)
    sheets.submit_week(planned("member"), day=MONDAY)
    assert [_queries(planned(who), read) for who in ("member", "manager") for read in reads] == few
