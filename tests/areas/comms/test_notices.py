"""Notices: who is told of what, who is not, and what an inbox no longer shows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.approvals import commands as approvals
from headway.areas.approvals.types import Vote
from headway.areas.budgets import commands as budgets
from headway.areas.comms import inboxes, queries
from headway.areas.comms.models import Notice
from headway.areas.comms.types import NoticeReason, NoticeRow
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.projects import telling
from headway.areas.projects.types import Charter
from headway.areas.schedule import commands as schedule
from headway.areas.schedule.queries import resources, tasks
from headway.config import nightly
from headway.kernel.context import Context, system_context
from headway.kernel.errors import Denied, NotFound
from tests.areas.desk.conftest import House, person, site

__all__ = ["site"]  # the fixture of the Desk's tests
pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


def told(ctx: Context, reason: NoticeReason) -> list[NoticeRow]:
    return list(queries.inbox(ctx, reason=reason).items)


def test_whoever_is_made_owner_is_told_once_for_each_record(house: House, site: Charter) -> None:
    member = person(house, "member")
    risk = projects.add_risk(
        house("manager"), project="SITE", title="Supplier fails", probability=2, impact=2, owner=member
    )
    issue = projects.add_issue(house("manager"), project="SITE", title="Broken")
    projects.edit_issue(house("manager"), issue=issue.id, owner=member)
    projects.edit_issue(house("manager"), issue=issue.id, title="Still broken")
    assert [
        (row.about_kind, row.about_id, row.text, row.by) for row in told(house("member"), NoticeReason.ASSIGNED)
    ] == [
        ("projects.Issue", issue.id, "You own ISS-1 Broken", "Mona Manager"),
        ("projects.Risk", risk.id, "You own RISK-1 Supplier fails", "Mona Manager"),
    ]


def test_nobody_is_told_of_what_they_did_themselves(house: House, site: Charter) -> None:
    projects.add_issue(house("manager"), project="SITE", title="Mine", owner=person(house, "manager"))
    assert queries.inbox(house("manager")).items == ()


def test_a_role_on_a_project_is_told(house: House, site: Charter) -> None:
    assert [row.text for row in told(house("member"), NoticeReason.JOINED)] == ["Your role on Acme web site: member"]


def test_an_unread_notice_is_renewed_a_read_one_is_followed_by_another(house: House, site: Charter) -> None:
    member, other = person(house, "member"), person(house, "associate")
    issue = projects.add_issue(house("manager"), project="SITE", title="Broken", owner=member)
    for owner in (other, member):
        projects.edit_issue(house("manager"), issue=issue.id, owner=owner)
    assert len(told(house("member"), NoticeReason.ASSIGNED)) == 1
    inboxes.mark_read(house("member"), notice=told(house("member"), NoticeReason.ASSIGNED)[0].id)
    for owner in (other, member):
        projects.edit_issue(house("manager"), issue=issue.id, owner=owner)
    assert len(told(house("member"), NoticeReason.ASSIGNED)) == 2


def test_what_one_may_no_longer_see_is_not_shown_and_not_counted(house: House, site: Charter) -> None:
    projects.add_issue(house("manager"), project="SITE", title="Broken", owner=person(house, "member"))
    assert queries.notices_waiting(house("member")) == 2
    projects.remove_member(house("manager"), project="SITE", person=person(house, "member"), role=Role.MEMBER)
    assert queries.notices_waiting(house("member")) == 0
    assert queries.inbox(house("member")).items == ()


def test_notices_of_many_kinds_are_counted_in_as_many_queries_as_of_one(house: House, site: Charter) -> None:
    member = person(house, "member")

    def asked(waiting: int) -> int:
        ctx = house("member")
        with CaptureQueriesContext(connection) as sent:
            assert queries.notices_waiting(ctx) == waiting
        return len(sent)

    few = asked(1)
    manager = house("manager")
    projects.add_issue(manager, project="SITE", title="Broken", owner=member)
    projects.add_risk(manager, project="SITE", title="Supplier fails", probability=2, impact=2, owner=member)
    projects.add_decision(manager, project="SITE", question="Which shop?", owner=member)
    assert asked(4) == few


def test_reading_and_archiving(house: House, site: Charter) -> None:
    ctx = house("member")
    for title in ("One", "Two"):
        projects.add_issue(house("manager"), project="SITE", title=title, owner=person(house, "member"))
    first = queries.inbox(ctx).items[0]
    assert inboxes.mark_read(ctx, notice=first.id).read
    assert queries.notices_waiting(ctx) == 2
    assert not inboxes.mark_read(ctx, notice=first.id, read=False).read
    assert inboxes.archive(ctx, notice=first.id).archived
    assert inboxes.archive_all(ctx) == 2
    assert (queries.notices_waiting(ctx), queries.inbox(ctx).items) == (0, ())
    assert len(queries.inbox(ctx, archived=True).items) == 3


def test_an_inbox_is_its_readers_alone(house: House, site: Charter) -> None:
    notice = queries.inbox(house("member")).items[0]
    for who in ("manager", "administrator", "stranger"):
        with pytest.raises(NotFound):
            inboxes.archive(house(who), notice=notice.id)
    with pytest.raises(Denied):
        telling.tell_due(house("manager"), day=TODAY)


def test_approvers_are_asked_and_who_asked_hears_the_answer(house: House, site: Charter) -> None:
    asked = approvals.ask(
        house("associate"),
        subject="projects.Project",
        subject_id=site.id,
        project_id=site.id,
        title="Status of week 9",
        shown="All of it",
        digest="d" * 64,
        approvers=(person(house, "approver"),),
        due=TODAY,
    )
    assert [row.about_id for row in told(house("approver"), NoticeReason.APPROVAL)] == [asked.id]
    nightly.tell_due({})
    assert queries.notices_waiting(house("associate")) == 1  # of joining: the answer has not come
    approvals.vote(
        house("approver"), approval=asked.id, decision=Vote.REJECT, digest="d" * 64, reason="The date is wrong."
    )
    assert [row.text for row in told(house("associate"), NoticeReason.DECIDED)] == [
        "Status of week 9: refused. The date is wrong."
    ]


def test_the_decision_on_a_gate_does_not_wait_for_the_digest(house: House, site: Charter) -> None:
    for subject in ("method.Gate", "projects.Project"):
        asked = approvals.ask(
            house("associate"),
            subject=subject,
            subject_id=site.id,
            project_id=site.id,
            title="May it go on?",
            shown="All of it",
            digest="d" * 64,
            approvers=(person(house, "approver"),),
        )
        approvals.vote(house("approver"), approval=asked.id, decision=Vote.APPROVE, digest="d" * 64)
        told_of = Notice.unscoped(reason="test").get(
            about_kind="approvals.Approval", about_id=asked.id, reason="decided"
        )
        assert told_of.urgent is (subject == "method.Gate")


def test_owners_are_told_of_a_day_before_on_and_after_it_once_each(house: House, site: Charter) -> None:
    member = person(house, "member")
    friday, monday, tuesday = date(2026, 3, 6), date(2026, 3, 9), date(2026, 3, 10)
    projects.add_issue(house("manager"), project="SITE", title="Broken", owner=member, due=monday)
    projects.add_issue(house("manager"), project="SITE", title="Long ago", owner=member, due=date(2026, 1, 5))
    for day, said in (
        (TODAY, []),
        (friday, ["ISS-1 Broken is due Mon, Mar 9"]),  # the working day before
        (monday, ["ISS-1 Broken is due Mon, Mar 9"]),
        (tuesday, ["ISS-1 Broken was due Mon, Mar 9"]),
        (date(2026, 3, 11), []),
    ):
        system = system_context("a test").but(now=datetime.combine(day, time(5), tzinfo=UTC))
        later = house("member").but(now=system.now)
        for _ in range(2):
            telling.tell_due(system, day=day)
        assert [row.text for row in queries.inbox(later, reason=NoticeReason.DUE).items] == said
        inboxes.archive_all(later)


def test_a_decision_is_told_to_its_owner(house: House, site: Charter) -> None:
    row = projects.add_decision(house("manager"), project="SITE", question="Which shop?", owner=person(house, "member"))
    projects.decide(house("approver"), decision=row.id, outcome="The open one")
    for who in ("member", "manager"):
        assert [item.text for item in told(house(who), NoticeReason.DECIDED)] == ["DEC-1 Which shop?: The open one"]


def test_who_asked_for_a_budget_change_hears_the_decision(house: House, site: Charter) -> None:
    change = budgets.request_change(house("associate"), project="SITE", title="More tests", reason="Asked", days=3)
    budgets.approve_change(house("manager"), change=change.id)
    assert [row.text for row in told(house("associate"), NoticeReason.DECIDED)] == ["CHG-1 More tests: approved"]


def test_assignment_and_a_moved_milestone_are_told(house: House, site: Charter) -> None:
    ctx = house("manager")
    schedule.start_plan(ctx, project="SITE", start=TODAY)
    schedule.add_task(ctx, project="SITE", name="Build", duration="5d")
    schedule.add_task(ctx, project="SITE", name="Live", duration="0d", milestone=True)
    build, live = tasks(ctx, project="SITE").items
    schedule.link_tasks(ctx, predecessor=build.id, successor=live.id)
    schedule.edit_task(ctx, task=live.id, owner="Asha Associate")
    schedule.add_resource(ctx, project="SITE", name="Max", person=person(house, "member"))
    schedule.assign(ctx, task=build.id, resource=resources(ctx, project="SITE")[0].id)
    assert [row.text for row in told(house("member"), NoticeReason.ASSIGNED)] == [
        "You do Build, Mon, Mar 2 to Fri, Mar 6"
    ]
    schedule.edit_task(ctx, task=build.id, duration="6d")  # a day is not told
    assert told(house("associate"), NoticeReason.MOVED) == []
    schedule.edit_task(ctx, task=build.id, duration="10d")
    assert [row.text for row in told(house("associate"), NoticeReason.MOVED)] == [
        "Milestone Live moved 4 working days later: Mon, Mar 9 to Fri, Mar 13 (Duration of Build)"
    ]
    assert [row.text for row in told(house("member"), NoticeReason.MOVED)] == [
        "Build moved 4 working days later: Mon, Mar 9 to Fri, Mar 13 (Duration of Build)"
    ]
