"""Who did what: the activity of a project, the history of a record, what became of the registers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from headway.areas.people.queries import person_of_user
from headway.areas.projects import commands, histories
from headway.areas.projects.types import Charter, Happening, RecordKind, Stage, State
from headway.areas.schedule import commands as schedule
from headway.kernel.context import Context
from headway.kernel.errors import Denied, Invalid, NotFound
from tests.conftest import NOW

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def test_activity_tells_who_changed_which_field_of_which_record(house: House, site: Charter) -> None:
    manager = house("manager")
    risk = commands.add_risk(manager, project="SITE", title="Late texts", probability=2, impact=3)
    me = person_of_user(manager.actor.user_id)
    commands.edit_risk(manager.but(reason="Copy is slow"), risk=risk.id, probability=4, owner=me)
    newest = histories.activity(manager, project="SITE").items[0]
    assert (newest.who, newest.use_case, newest.reason) == ("Mona Manager", "projects.edit_risk", "Copy is slow")
    told = {(change.record, change.field, change.old, change.new) for change in newest.changes}
    assert told == {("RISK-1 Late texts", "probability", "2", "4"), ("RISK-1 Late texts", "owner", "", "Mona Manager")}


def test_a_record_of_another_area_is_called_as_when_it_was_entered(house: House, site: Charter) -> None:
    manager = house("manager")
    schedule.start_plan(manager, project="SITE", start=date(2026, 3, 2))
    baseline = schedule.set_baseline(manager, project="SITE", name="As sold")
    schedule.edit_baseline(manager, baseline=baseline.id, why="Signed")
    newest = histories.activity(manager, project="SITE").items[0]
    assert {(change.kind, change.record) for change in newest.changes} == {("schedule.Baseline", "As sold")}


def test_activity_is_filtered_by_person_and_area_and_comes_in_pages(house: House, site: Charter) -> None:
    manager, approver = house("manager"), house("approver")
    commands.set_stage(manager, project="SITE", stage=Stage.PLANNING)
    decision = commands.add_decision(manager, project="SITE", question="Which?")
    commands.decide(approver, decision=decision.id, outcome="That")
    everything = histories.activity(manager, project="SITE")
    assert everything.people == ("Abel Approver", "Mona Manager")
    abels = histories.activity(manager, project="SITE", who="Abel Approver").items
    assert [row.use_case for row in abels] == ["projects.decide"]
    assert histories.activity(manager, project="SITE", area="schedule").items == ()
    first = histories.activity(manager, project="SITE", limit=2)
    second = histories.activity(manager, project="SITE", limit=2, cursor=first.next)
    assert [*first.items, *second.items] == list(everything.items[:4])
    with pytest.raises(Invalid):
        histories.activity(manager, project="SITE", cursor="?")


def test_a_member_does_not_read_the_activity(house: House, site: Charter) -> None:
    with pytest.raises(Denied):
        histories.activity(house("member"), project="SITE")


def test_the_history_of_a_record_has_every_field_newest_first(house: House, site: Charter) -> None:
    manager = house("manager")
    issue = commands.add_issue(manager, project="SITE", title="Server down")
    other = commands.add_issue(manager, project="SITE", title="Mail down")
    commands.edit_issue(manager, issue=issue.id, resolution="Restarted", state=State.CLOSED)
    commands.edit_issue(manager, issue=other.id, title="Mail is down")
    rows = histories.history(house("member"), project="SITE", kind=RecordKind.ISSUE, record=issue.id).items
    assert [(row.field, row.old, row.new) for row in rows] == [
        ("resolution", "", "Restarted"),
        ("state", "open", "closed"),
        ("", "", "ISS-1"),
    ]


def test_a_history_is_read_under_its_own_project_alone(house: House, site: Charter) -> None:
    manager = house("manager")
    issue = commands.add_issue(manager, project="SITE", title="Server down")
    commands.create(manager, key="SECOND", name="Second")
    with pytest.raises(NotFound):
        histories.history(manager, project="SECOND", kind=RecordKind.ISSUE, record=issue.id)
    with pytest.raises(NotFound):
        histories.history(house("stranger"), project="SITE", kind=RecordKind.ISSUE, record=issue.id)
    with pytest.raises(Denied):
        histories.history(house("client"), project="SITE", kind=RecordKind.ISSUE, record=issue.id)


def test_happenings_since_an_instant(house: House, site: Charter) -> None:
    manager, approver = house("manager"), house("approver")
    early, late = manager.but(now=NOW - timedelta(days=9)), manager.but(now=NOW)
    old = commands.add_risk(early, project="SITE", title="Old", probability=1, impact=1)
    commands.add_risk(late, project="SITE", title="New", probability=1, impact=1)
    commands.edit_risk(late, risk=old.id, state=State.CLOSED)
    decision = commands.add_decision(early, project="SITE", question="Which?")
    commands.decide(approver, decision=decision.id, outcome="That")
    rows = histories.happenings(manager, project="SITE", since=NOW - timedelta(days=7))
    assert {(row.what, row.ref, row.title) for row in rows} == {
        (Happening.NEW, "RISK-2", "New"),
        (Happening.CLOSED, "RISK-1", "Old"),
        (Happening.DECIDED, "DEC-1", "Which?"),
    }


def test_a_changed_task_is_told_by_the_parts_of_it_that_differ(house: House, site: Charter) -> None:
    manager = house("manager")
    schedule.start_plan(manager, project="SITE", start=date(2026, 3, 2))
    task = schedule.add_task(manager, project="SITE", name="Build", duration="3d").task_id
    schedule.edit_task(manager, task=task, duration="5d")
    newest = histories.activity(manager, project="SITE", area="schedule").items[0]
    told = [(change.record, change.old, change.new) for change in newest.changes if "duration" in change.field]
    assert told
    assert all(record == "Build" and "tenths" not in old + new for record, old, new in told), told
