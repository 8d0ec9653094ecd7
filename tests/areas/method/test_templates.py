"""Templates: the ready-made ones are good plans; a project begins with one, becomes one, takes a part of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from headway.areas.capacity.queries import heat_map
from headway.areas.capacity.reactions import refresh_all
from headway.areas.method import commands, gates, planning, queries
from headway.areas.method.checklists import checklist
from headway.areas.method.outline import TemplateBody, TemplateError, read_file, tasks_of, without
from headway.areas.method.ready_made import ready_made
from headway.areas.method.types import RolePerson
from headway.areas.people.commands import add_holidays
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import DayOff
from headway.areas.projects import commands as projects_commands
from headway.areas.projects import queries as projects
from headway.areas.projects.types import Stage
from headway.areas.schedule import commands as plans
from headway.areas.schedule import queries as schedule
from headway.areas.schedule import undoing
from headway.areas.schedule.acts import Act, PlanChange
from headway.areas.schedule.changing import change_plan
from headway.areas.schedule.faults import plan_faults
from headway.areas.schedule.fields import add_field, fields
from headway.areas.schedule.looks import FieldChoice, FieldKind
from headway.areas.schedule.outlook import outlook
from headway.engine.calendars import standard_calendar
from headway.engine.faults import FaultKind
from headway.engine.plan import PlanError
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound

House = Callable[[str], Context]
MONDAY = date(2026, 3, 2)
OUTLINE = """
Find out
  Ask      | ask   | 2d | | Analyst
    - Three people asked
  Answer   | known | ms | ask
Build
  Make it  | make  | 4d | known | Maker, Analyst 50%
  Try it   | try   | 1d | make SS+2d | Analyst
  Made     | made  | ms | make, try | | Maker
Tell
  Tell all | tell  | 1d | made FS+1d | Analyst
"""


def small() -> TemplateBody:
    return TemplateBody(tasks_of(OUTLINE))


# --- the ready-made ones -------------------------------------------------------------------------


@pytest.mark.parametrize("slug", sorted(ready_made()))
def test_a_ready_made_template_is_a_whole_plan(slug: str) -> None:
    body = ready_made()[slug].body
    laid = planning.made(body, MONDAY, standard_calendar())
    leaves = [task for task in body.tasks if task.duration]
    before = {link.before for task in body.tasks for link in task.after}
    assert 35 <= len(body.tasks) <= 90
    assert [task.name for task in leaves if not task.after] == [leaves[0].name], "one beginning"
    assert [task.name for task in leaves if task.key not in before] == [leaves[-1].name], "one end"
    assert all(task.owner for task in leaves)
    assert {doer.role for task in body.tasks for doer in task.by} <= {role.name for role in body.roles}
    assert {role.name for role in body.roles} == {doer.role for task in leaves for doer in task.by}
    assert [gate.stage for gate in body.gates] == ["concept", "planning", "delivery", "closing"]
    assert all(gate.task and gate.criteria for gate in body.gates)
    assert len(body.risks) >= 4
    assert all(risk.response for risk in body.risks)
    assert sum(bool(task.checklist) for task in body.tasks) >= 5
    assert laid.dates.warnings == ()


@pytest.mark.parametrize("slug", sorted(ready_made()))
def test_a_ready_made_template_survives_the_loss_of_each_phase(slug: str) -> None:
    body = ready_made()[slug].body
    for part in body.parts:
        planning.made(without(body, [part]), MONDAY, standard_calendar())


def test_a_plan_made_of_a_template_becomes_the_same_template() -> None:
    laid = planning.made(small(), MONDAY, standard_calendar())
    again = planning.body_of(laid.plan, {item.uid: item.name for item in laid.plan.resources})
    assert planning.made(again, MONDAY, standard_calendar()).dates.finish == laid.dates.finish
    assert [task.name for task in again.tasks] == [task.name for task in small().tasks]
    assert [doer.role for doer in again.tasks[4].by] == ["Maker", "Analyst"]


# --- writing and reading -------------------------------------------------------------------------


def test_what_came_after_a_phase_that_goes_comes_after_what_that_came_after() -> None:
    left = {task.key: task for task in without(small(), ["Build"]).tasks}
    assert [link.before for link in left["tell"].after] == ["known"]


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ("Make | make | 3x", "no duration"),
        ("Make | make | 3d | gone", "gone"),
        ("Make | make | 3d\nTry | make | 1d", "same key"),
        ("- a tick", "task above"),
    ],
)
def test_a_template_that_is_no_plan_is_refused_by_the_task(plan: str, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        read_file(f"name = 'X'\nabout = ''\nplan = '''\n{plan}\n'''\n[roles]\n")


def test_the_latest_start_is_a_working_day_from_which_the_end_is_met() -> None:
    calendar = standard_calendar()
    start = planning.latest_start(small(), date(2026, 3, 13), calendar)
    assert start == date(2026, 3, 4)
    assert planning.made(small(), start, calendar).dates.finish == datetime(2026, 3, 13, 17)


def test_a_circle_is_no_plan() -> None:
    body = TemplateBody(tasks_of("A | a | 1d | b\nB | b | 1d | a"))
    with pytest.raises(PlanError):
        planning.made(body, MONDAY, standard_calendar())


def test_somebody_who_takes_two_roles_is_one_resource() -> None:
    plan = planning.made(small(), MONDAY, standard_calendar()).plan
    named, _ = planning.with_people(plan, {1: "Ann", 2: "Ann"}, {})
    assert [item.name for item in named.resources] == ["Ann"]
    assert len({(item.task_uid, item.resource_uid) for item in named.assignments}) == len(named.assignments)
    assert sum(item.work.tenths for item in named.assignments) == sum(item.work.tenths for item in plan.assignments)
    assert {task.owner for task in named.tasks if task.owner} == {"Ann"}


# --- beginning -----------------------------------------------------------------------------------


def test_a_project_begins_with_all_of_a_template(house: House) -> None:
    manager = house("manager")
    shown = queries.preview(manager, template="site-build", starts_on=MONDAY)
    done = commands.begin(manager, key="WEB", name="Acme web", template="site-build", starts_on=MONDAY)
    plan = schedule.summary(manager, project="WEB")
    assert plan.finish is not None
    assert plan.finish.date() == shown.finish == done.finish
    tasks = {row.name: row for row in schedule.tasks(manager, project="WEB", limit=200).items}
    assert len(tasks) == done.tasks == len(shown.rows)
    assert next(row.text for row in checklist(manager, task=tasks["Kick-off workshop"].id)).startswith("Goals")
    assert [row.stage for row in gates.gates(manager, project="WEB")] == ["concept", "planning", "delivery", "closing"]
    assert len(projects.risks(manager, project="WEB")) == len(shown.risks)
    assert {seat.role for seat in queries.roles(manager, project="WEB")} == {role.name for role in shown.roles}
    assert projects.charter(manager, project="WEB").starts_on == MONDAY


def test_roles_that_nobody_took_are_to_fill_and_nobody_is_over_capacity(house: House) -> None:
    manager = house("manager")
    project = commands.begin(manager, key="WEB", name="Web", template="site-build", starts_on=MONDAY).project_id
    plan = schedule.plan_of(manager, project=project)
    assert all(planning.stands_for_role(row) for row in plan.resources)
    refresh_all({})
    found = heat_map(manager.but())
    assert (found.to_fill, found.over) == (len(found.rows), 0)
    assert found.rows[0].detail == "WEB, a role to fill"
    seen = outlook(manager.but(), project, as_of=MONDAY)
    assert seen is not None
    assert seen.loads == ()
    over = plan_faults(manager.but(), project=project, kind=FaultKind.OVERLOAD).items
    assert all(row.to_fill for row in over)
    assert plan_faults(manager.but(), project=project).to_fill == len(over)


def test_preview_and_plan_keep_the_holidays_of_the_house(house: House) -> None:
    manager = house("manager")
    add_holidays(house("administrator"), days=(DayOff(date(2026, 4, 3), "Good Friday"), DayOff(MONDAY, "Founding")))
    for days in ({"starts_on": MONDAY}, {"ends_on": date(2026, 5, 29)}):
        shown = queries.preview(manager, template="site-build", **days)
        key = "LATE" if "ends_on" in days else "WEB"
        commands.begin(manager, key=key, name=key, template="site-build", **days)
        rows = schedule.tasks(manager, project=key, limit=200).items
        assert [(row.name, row.start, row.finish) for row in rows] == [
            (row.name, row.start, row.finish) for row in shown.rows
        ]
        off = {date(2026, 4, 3), MONDAY}
        assert not off & {at.date() for row in rows for at in (row.start, row.finish) if at and not row.milestone}


def test_nothing_is_left_of_a_beginning_that_was_refused(house: House) -> None:
    manager = house("manager")
    person = person_of_user(house("member").actor.user_id)
    with pytest.raises(Invalid, match="Juggler"):
        commands.begin(
            manager, key="WEB", name="Acme web", template="site-build", people=(RolePerson("Juggler", person or 0),)
        )
    assert projects.list_projects(manager).items == ()


def test_a_project_begins_late_enough_for_its_last_day_without_a_phase(house: House) -> None:
    manager = house("manager")
    done = commands.begin(
        manager, key="WEB", name="Web", template="site-build", ends_on=date(2026, 12, 18), without=("Search",)
    )
    assert done.finish == date(2026, 12, 18)
    names = {row.name for row in schedule.tasks(manager, project="WEB", limit=200).items}
    assert "Redirect map" not in names
    assert "Site live" in names


def test_a_preview_needs_one_of_both_days(house: House) -> None:
    with pytest.raises(Invalid, match="first day or a last day"):
        queries.preview(house("manager"), template="site-build", starts_on=MONDAY, ends_on=MONDAY)
    with pytest.raises(NotFound):
        queries.preview(house("manager"), template="no-such")


def test_a_client_sees_no_templates(house: House) -> None:
    with pytest.raises(Denied):
        queries.templates(house("client"))


# --- people for roles ----------------------------------------------------------------------------


def test_roles_are_given_to_people_for_the_whole_plan_at_once(house: House) -> None:
    manager, member = house("manager"), house("member")
    person = person_of_user(member.actor.user_id) or 0
    commands.begin(manager, key="WEB", name="Acme web", template="site-build", starts_on=MONDAY)
    seats = commands.name_people(
        manager, project="WEB", people=(RolePerson("Developer", person), RolePerson("Tester", person))
    )
    taken = [seat for seat in seats if seat.person_id == person]
    assert len(taken) == 1
    assert taken[0].person == member.actor.name
    rows = schedule.tasks(manager, project="WEB", limit=200).items
    assert {row.owner for row in rows if row.name == "Page templates in code"} == {member.actor.name}
    assert person in {row.person_id for row in projects.members(manager, project="WEB")}
    with pytest.raises(Invalid, match="Developer"):
        commands.name_people(manager, project="WEB", people=(RolePerson("Developer", person),))


# --- templates of the house's own ----------------------------------------------------------------


def saved(house: House) -> str:
    manager = house("manager")
    commands.begin(manager, key="WEB", name="Acme web", template="site-build", starts_on=MONDAY)
    person = person_of_user(house("member").actor.user_id) or 0
    commands.name_people(manager, project="WEB", people=(RolePerson("Developer", person),))
    first = schedule.tasks(manager, project="WEB").items[1]
    plans.set_progress(manager, task=first.id, percent_complete=50)
    return commands.save_template(manager, project="WEB", name="Our site", about="As we do it").ref


def test_a_template_of_a_project_holds_roles_and_no_names_and_no_progress(house: House) -> None:
    ref = saved(house)
    manager = house("manager")
    shown = queries.preview(manager, template=ref, starts_on=MONDAY)
    original = queries.preview(manager, template="site-build", starts_on=MONDAY)
    assert shown.finish == original.finish
    assert {role.name for role in shown.roles} == {role.name for role in original.roles}
    assert [gate.on for gate in shown.gates] == [gate.on for gate in original.gates]
    assert set(shown.risks) == set(original.risks)
    commands.begin(manager, key="TWO", name="Second", template=ref, starts_on=MONDAY)
    rows = schedule.tasks(manager, project="TWO", limit=200).items
    assert all(row.percent_complete == 0 and row.actual_start is None for row in rows)
    assert "Max Member" not in str(rows)


def test_a_template_keeps_own_fields_and_the_documents_of_its_gates(house: House) -> None:
    manager = house("manager")
    projects_commands.create(manager, key="OLD", name="Old")
    plans.start_plan(manager, project="OLD", start=MONDAY)
    task = plans.add_task(manager, project="OLD", name="Design", duration="3d").task_id
    size = add_field(manager, project="OLD", name="Size", kind=FieldKind.CHOICE, choices=(FieldChoice("Large"),))
    owner = add_field(manager, project="OLD", name="Reviewer", kind=FieldKind.PERSON)
    uid = schedule.task(manager, task=task).uid
    change_plan(
        manager,
        project="OLD",
        changes=tuple(
            PlanChange(Act.SET, uid, field=f"custom:{field.key}", value=value)
            for field, value in ((size, "Large"), (owner, manager.actor.name))
        ),
    )
    gate = gates.add_gate(manager, project="OLD", stage=Stage.PLANNING, name="Ready")
    asked = gates.add_criterion(manager, gate=gate.id, text="Design brief", check="document", must=True)
    assert (asked.criteria[0].met, asked.criteria[0].found) == (False, "no document of this name yet")
    ref = commands.save_template(manager, project="OLD", name="Designed").ref
    for key in ("NEW", "TWO"):
        commands.begin(manager, key=key, name=key, template=ref, starts_on=MONDAY)
        (row,) = schedule.plan_of(manager.but(), project=key).tasks
        assert dict(row.custom) == {"Size": "Large"}
        assert [(item.name, item.kind, item.house) for item in fields(manager.but(), project=key)] == [
            ("Size", FieldKind.CHOICE, False)
        ]
        again = gates.gates(manager.but(), project=key)[0].criteria[0]
        assert (again.text, again.check, again.must, again.met) == ("Design brief", "document", True, False)


def test_a_template_has_editions_and_can_be_retired(house: House) -> None:
    ref, manager = saved(house), house("manager")
    with pytest.raises(Conflict, match="already"):
        commands.save_template(manager, project="WEB", name="Our site")
    again = commands.save_template(manager, project="WEB", name="Our site, better", onto=ref)
    assert (again.ref, again.edition, again.about) == (ref, 2, "As we do it")
    number = int(ref.removeprefix("T-"))
    commands.retire_template(manager, template=number)
    assert ref not in {row.ref for row in queries.templates(manager).items}
    assert ref in {row.ref for row in queries.templates(manager, retired=True).items}
    assert not commands.offer_template(manager, template=number).retired


def test_own_templates_come_a_page_at_a_time_the_ready_made_ones_on_the_first(house: House) -> None:
    ref, manager = saved(house), house("manager")
    other = commands.save_template(manager, project="WEB", name="Another site").ref
    first = queries.templates(manager, limit=1)
    assert ([row.ref for row in first.items if row.own], first.own) == ([other], 2)
    assert "site-build" in {row.ref for row in first.items}
    last = queries.templates(manager, limit=1, cursor=first.next)
    assert ([row.ref for row in last.items], last.next) == ([ref], "")
    assert last.items[0] == queries.preview(manager, template=ref).template


# --- a part into a plan --------------------------------------------------------------------------


def test_a_part_is_tried_taken_and_undone(house: House) -> None:
    manager = house("manager")
    commands.begin(manager, key="WEB", name="Web", template="site-build", starts_on=MONDAY, without=("Search",))
    before = schedule.tasks(manager, project="WEB", limit=200).items
    behind = next(row for row in before if row.name == "Build")
    inputs = {"project": "WEB", "template": "site-build", "part": "Search", "after": behind.id}
    tried = commands.insert_part(replace(manager, dry_run=True), **inputs)
    assert len(schedule.tasks(manager, project="WEB", limit=200).items) == len(before)
    done = commands.insert_part(manager, **inputs)
    assert (done.new_finish, done.finish_days) == (tried.new_finish, tried.finish_days)
    rows = schedule.tasks(manager, project="WEB", limit=200).items
    at = next(place for place, row in enumerate(rows) if row.name == "Search")
    assert rows[at].level == 1
    assert rows[at + 1].start >= behind.finish
    undoing.undo_last(manager, project="WEB")
    assert len(schedule.tasks(manager, project="WEB", limit=200).items) == len(before)


def test_a_member_takes_no_part(house: House) -> None:
    manager, member = house("manager"), house("member")
    commands.begin(manager, key="WEB", name="Web", template="site-build", starts_on=MONDAY)
    commands.name_people(
        manager, project="WEB", people=(RolePerson("Developer", person_of_user(member.actor.user_id) or 0),)
    )
    with pytest.raises(Denied):
        commands.insert_part(member, project="WEB", template="site-build", part="Search")
