"""The Desk through its doors: order, groups, brief, snoozing, delegating, what others may not see."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from headway.areas.comms.queries import inbox
from headway.areas.comms.types import NoticeReason
from headway.areas.desk import commands, queries
from headway.areas.desk.types import Group
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.projects.types import Charter, Severity
from headway.kernel import jobs_worker
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound
from tests.areas.desk.conftest import House, lines, person

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


def decision(house: House, *, decide_by: date | None, owner: str = "manager", **more: str) -> int:
    ctx = house("manager")
    row = projects.add_decision(
        ctx, project="SITE", question="Which shop system?", decide_by=decide_by, owner=person(house, owner), **more
    )
    return row.id


def test_an_empty_desk_means_it(house: House, site: Charter) -> None:
    desk = queries.show(house("member"))
    assert [group.title for group in desk.groups if group.lines] == []
    assert [sentence.text for sentence in desk.brief] == [
        "Nothing needs you now.",
        "No decision waits for you.",
        "Nothing is late or about to be.",
        "No draft waits to be sent.",
        "Nobody waits for you, and you wait for nobody.",
    ]
    assert desk.day == TODAY


def test_a_late_decision_says_why_and_where_it_comes_from(house: House, site: Charter) -> None:
    key = f"decision:{decision(house, decide_by=date(2026, 2, 25), cost_of_waiting='two days of the build')}"
    line = lines(house("manager"))[key]
    assert (line.group, line.reason) == (Group.DECIDE, "decision 3 working days late")
    assert line.consequence == "waiting costs: two days of the build"
    assert [(factor.words, factor.points) for factor in line.factors] == [
        ("3 working days late", 16),
        ("severity 50 of 100", 15),
    ]
    assert line.points == 31
    assert line.act.use_case == "projects.decide"
    assert (line.project_key, line.project) == ("SITE", "Acme web site")
    assert line.evidence[0].value == "3"


def test_what_others_owe_stands_among_what_one_waits_for(house: House, site: Charter) -> None:
    key = f"decision:{decision(house, decide_by=date(2026, 2, 27), owner='approver')}"
    theirs, mine = lines(house("approver"))[key], lines(house("manager"))[key]
    assert (theirs.group, mine.group) == (Group.DECIDE, Group.WAITING)
    assert mine.people == ("Abel Approver",)
    assert mine.act.use_case == ""


def test_a_decided_decision_leaves_the_desk_and_stands_among_what_was_done(house: House, site: Charter) -> None:
    row = decision(house, decide_by=TODAY)
    assert f"decision:{row}" in lines(house("manager"))
    projects.decide(house("manager"), decision=row, outcome="The open one")
    desk = queries.show(house("manager"))
    assert [line.key for group in desk.groups for line in group.lines] == []
    assert (desk.done[0].use_case, desk.done[0].kind, desk.done[0].record_id) == (
        "projects.decide",
        "projects.Decision",
        row,
    )


def test_lines_stand_by_weight(house: House, site: Charter) -> None:
    ctx = house("manager")
    me = person(house, "manager")
    for severity, due in ((Severity.LOW, TODAY), (Severity.CRITICAL, TODAY), (Severity.HIGH, date(2026, 2, 16))):
        projects.add_issue(ctx, project="SITE", title=severity.value, severity=severity, due=due, owner=me)
    late = next(group for group in queries.show(ctx).groups if group.group is Group.LATE)
    assert [(line.what.split()[1], line.points) for line in late.lines] == [("high", 52), ("critical", 40), ("low", 17)]


def test_a_high_risk_that_nobody_owns_stands_on_the_leaders_desk(house: House, site: Charter) -> None:
    risk = projects.add_risk(house("manager"), project="SITE", title="Supplier fails", probability=4, impact=5)
    projects.add_risk(house("manager"), project="SITE", title="Small", probability=1, impact=5)
    found = lines(house("associate"))
    assert set(found) == {f"risk:{risk.id}", f"method:{site.id}-risk"}  # the other: it has no response
    assert found[f"risk:{risk.id}"].reason == "nobody owns it"
    assert lines(house("member")) == {}


def test_desks_are_for_staff_and_hold_what_one_may_see(house: House, site: Charter) -> None:
    decision(house, decide_by=TODAY)
    assert lines(house("stranger")) == {}
    for outside in ("client", "guest"):
        with pytest.raises(Denied):
            queries.show(house(outside))


def test_who_leaves_the_project_keeps_no_line_of_it(house: House, site: Charter) -> None:
    row = projects.add_issue(house("manager"), project="SITE", title="Broken", due=TODAY, owner=person(house, "member"))
    assert list(lines(house("member"))) == [f"issue:{row.id}"]
    projects.remove_member(house("manager"), project="SITE", person=person(house, "member"), role=Role.MEMBER)
    assert lines(house("member")) == {}


def test_the_brief_counts_and_each_figure_names_its_lines(house: House, site: Charter) -> None:
    late = decision(house, decide_by=date(2026, 2, 25))
    today = decision(house, decide_by=TODAY)
    desk = queries.show(house("manager"))
    assert desk.brief[0].text == "2 lines need you on 1 project; 1 is due today."
    assert desk.brief[1].text == "2 decisions wait for you, 1 of them late; the heaviest is DEC-1 Which shop system?"
    figures = [piece for piece in desk.brief[1].pieces if piece.formula]
    assert [set(piece.lines) for piece in figures] == [
        {f"decision:{late}", f"decision:{today}"},
        {f"decision:{late}"},
    ]


def test_the_week_ahead_names_the_day(house: House, site: Charter) -> None:
    row = decision(house, decide_by=date(2026, 3, 5))
    ahead = queries.show(house("manager")).ahead
    assert [day.day for day in ahead] == [TODAY + timedelta(days=step) for step in range(7)]
    assert [(day.day, day.keys) for day in ahead if day.keys] == [(date(2026, 3, 5), (f"decision:{row}",))]


def test_the_week_ahead_names_a_record_once(house: House, site: Charter) -> None:
    decision(house, decide_by=date(2026, 3, 5))
    [late] = queries.show(house("manager")).groups[0].lines
    itself = replace(late, key="milestone-ahead:1", group=Group.AHEAD)
    other = replace(late, key="other", record_id=late.record_id + 1)
    [day] = [day for day in queries.week_ahead([late, itself, other], TODAY) if day.keys]
    assert day.keys == ("milestone-ahead:1", "other")


# --- setting aside ----------------------------------------------------------------------------


def test_a_snoozed_line_stays_away_until_its_morning(house: House, site: Charter) -> None:
    ctx, key = house("manager"), f"decision:{decision(house, decide_by=date(2026, 3, 9))}"
    row = commands.snooze(ctx, key=key, until=date(2026, 3, 4))
    assert row.until == datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
    assert key not in lines(ctx)
    assert [line.key for line in queries.show(ctx).snoozed] == [key]
    assert key in lines(ctx.but(now=datetime(2026, 3, 4, 6, 1, tzinfo=UTC)))


def test_a_snoozed_line_returns_when_it_gets_weightier(house: House, site: Charter) -> None:
    ctx, row = house("manager"), decision(house, decide_by=date(2026, 3, 6))
    key = f"decision:{row}"
    commands.snooze(ctx, key=key, until=date(2026, 3, 20))
    projects.edit_decision(ctx, decision=row, cost_of_waiting="the launch")
    assert lines(ctx)[key].came_back == "Back early: it weighs 17, was 9."


def test_snooze_for_hours_and_bring_back(house: House, site: Charter) -> None:
    ctx, key = house("manager"), f"decision:{decision(house, decide_by=TODAY)}"
    assert commands.snooze(ctx, key=key, hours=3).until == ctx.now + timedelta(hours=3)
    assert commands.snooze(ctx, key=key, hours=5).until == ctx.now + timedelta(hours=5)
    commands.unsnooze(ctx, key=key)
    assert key in lines(ctx)


def test_snooze_refuses_a_day_that_has_passed_and_a_line_that_is_not_there(house: House, site: Charter) -> None:
    ctx, key = house("manager"), f"decision:{decision(house, decide_by=TODAY)}"
    for given in ({"until": TODAY}, {}, {"until": date(2026, 3, 4), "hours": 2}):
        with pytest.raises(Invalid):
            commands.snooze(ctx, key=key, **given)
    with pytest.raises(NotFound):
        commands.snooze(house("member"), key=key, hours=1)
    with pytest.raises(NotFound):
        commands.snooze(ctx, key="nothing:1", hours=1)


# --- handing on -------------------------------------------------------------------------------


def test_a_delegated_line_stands_on_both_desks_and_the_colleague_is_told(house: House, site: Charter) -> None:
    key = f"decision:{decision(house, decide_by=TODAY)}"
    given = commands.delegate(house("manager"), key=key, to=person(house, "associate"), note="You know it best.")
    assert (given.from_person, given.to_person) == ("Mona Manager", "Asha Associate")
    mine, theirs = lines(house("manager"))[key], lines(house("associate"))[key]
    assert (mine.group, mine.people) == (Group.WAITING, ("Asha Associate",))
    assert mine.reason.startswith("with Asha Associate since Mon, Mar 2; decision due today")
    assert (theirs.group, theirs.delegated_by, theirs.note) == (Group.ASKED, "Mona Manager", "You know it best.")
    jobs_worker.run_due()
    told = inbox(house("associate"), reason=NoticeReason.DELEGATED).items
    assert [row.about_kind for row in told] == ["projects.Decision"]
    assert told[0].text == "Mona Manager hands you: DEC-1 Which shop system? You know it best."


def test_what_a_member_would_not_have_themselves_can_be_handed_to_them(house: House, site: Charter) -> None:
    key = f"decision:{decision(house, decide_by=TODAY)}"
    commands.delegate(house("manager"), key=key, to=person(house, "member"))
    line = lines(house("member"))[key]
    assert (line.delegated_by, line.act.label) == ("Mona Manager", "Open")  # a member may not decide
    projects.decide(house("manager"), decision=int(key.split(":")[1]), outcome="Done by me")
    assert lines(house("member")) == {}


def test_a_delegation_is_taken_back_or_given_back(house: House, site: Charter) -> None:
    key = f"decision:{decision(house, decide_by=TODAY)}"
    for who in ("manager", "associate"):
        given = commands.delegate(house("manager"), key=key, to=person(house, "associate"))
        with pytest.raises(NotFound):
            commands.take_back(house("member"), delegation=given.id)
        assert commands.take_back(house(who), delegation=given.id).ended_at is not None
        assert lines(house("manager"))[key].group is Group.DECIDE


def test_only_colleagues_of_the_project_get_a_line(house: House, site: Charter) -> None:
    key = f"decision:{decision(house, decide_by=TODAY)}"
    assert [who.name for who in queries.colleagues(house("manager"), key=key)] == [
        "Abel Approver",
        "Asha Associate",
        "Max Member",
    ]
    for who in ("client", "stranger", "manager"):
        with pytest.raises(Invalid):
            commands.delegate(house("manager"), key=key, to=person(house, who))
    commands.delegate(house("manager"), key=key, to=person(house, "member"))
    with pytest.raises(Conflict):
        commands.delegate(house("manager"), key=key, to=person(house, "associate"))
