"""Meetings of a calendar as proposed hours: where they belong and why, each once, accepted, left, taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from headway.areas.hours import commands, meetings, weeks
from headway.areas.hours.types import MeetingState
from headway.areas.people import commands as people
from headway.areas.people.queries import organisations
from headway.areas.projects import commands as projects
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound
from tests.made_once import made_once

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def ics(*events: tuple[str, str, str, str]) -> str:
    lines = ["BEGIN:VCALENDAR"]
    for uid, title, start, guest in events:
        lines += ["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{title}", f"DTSTART:{start}", "DURATION:PT1H"]
        lines += [f"ATTENDEE:mailto:{guest}"] if guest else []
        lines.append("END:VEVENT")
    return "\r\n".join([*lines, "END:VCALENDAR"])


WEEK = ics(
    ("1", "Acme web site: weekly", "20260224T090000Z", ""),
    ("2", "Coffee with Clara", "20260225T130000Z", "clara@acme.example"),
    ("3", "Dentist", "20260226T080000Z", ""),
    ("4", "Ahead of us", "20260304T080000Z", ""),
)


@pytest.fixture
def acme(site: House) -> House:
    """SITE is Acme's, where Clara works."""
    made_once(lambda: _acme(site))
    return site


def _acme(site: House) -> None:
    boss = site("manager")
    client = next(row.id for row in organisations(boss) if row.name == "Acme")
    projects.edit(boss, project="SITE", client=client)
    people.add_person(boss, name="Clara Client", email="clara@acme.example", organisation=client)


def test_meetings_are_proposed_with_a_project_and_the_reason_and_only_once(acme: House) -> None:
    me = acme("member")
    read = meetings.propose_meetings(me, calendar=WEEK)
    assert [(row.title, row.project_key, row.why) for row in read.new] == [
        ("Acme web site: weekly", "SITE", "the title names it"),
        ("Coffee with Clara", "SITE", "Clara Client of Acme takes part"),
        ("Dentist", "", "nothing in it names a project: choose"),
    ]
    assert weeks.my_week(me, day=date(2026, 2, 24)).total == 0  # nothing is entered unasked
    again = meetings.propose_meetings(me, calendar=WEEK)
    assert (again.new, again.known) == ((), 3)
    assert meetings.meetings(acme("tester")) == ()


def test_meetings_are_accepted_left_and_taken_back(acme: House) -> None:
    me = acme("member")
    weekly, coffee, dentist = meetings.propose_meetings(me, calendar=WEEK).new
    entry = meetings.accept_meeting(me, meeting=weekly.id, phase="Meetings")
    assert (entry.hours, entry.note, entry.day) == (Decimal(1), "Acme web site: weekly", date(2026, 2, 24))
    with pytest.raises(Invalid, match="which project"):
        meetings.accept_meeting(me, meeting=dentist.id)
    done = meetings.accept_meetings(me, meetings=(coffee.id, dentist.id))
    assert [row.note for row in done.entries] == ["Coffee with Clara"]
    assert [row.title for row in done.left] == ["Dentist"]
    assert meetings.leave_meeting(me, meeting=dentist.id).state is MeetingState.LEFT
    assert meetings.meetings(me) == ()
    assert weeks.my_week(me, day=date(2026, 2, 24)).total == 2
    assert meetings.reopen_meeting(me, meeting=coffee.id).state is MeetingState.OPEN
    assert weeks.my_week(me, day=date(2026, 2, 24)).total == 1
    with pytest.raises(Conflict, match="logged already"):
        meetings.accept_meeting(me, meeting=weekly.id)
    with pytest.raises(NotFound):
        meetings.leave_meeting(acme("manager"), meeting=coffee.id)


def test_the_next_meeting_of_a_title_goes_where_the_last_one_went(acme: House) -> None:
    me = acme("member")
    (first,) = meetings.propose_meetings(me, calendar=ics(("9", "Standup", "20260223T090000Z", ""))).new
    meetings.accept_meeting(me, meeting=first.id, project="SITE", phase="Management")
    (second,) = meetings.propose_meetings(me, calendar=ics(("10", "Standup", "20260224T090000Z", ""))).new
    assert (second.project_key, second.phase, second.why) == ("SITE", "Management", "you logged it there before")
    assert meetings.accept_meeting(me, meeting=second.id).phase == "Management"


def test_closed_hours_of_a_meeting_stay(acme: House) -> None:
    me = acme("member")
    weekly = meetings.propose_meetings(me, calendar=WEEK).new[0]
    meetings.accept_meeting(me, meeting=weekly.id)
    days = {"first": date(2026, 2, 23), "last": date(2026, 3, 1)}
    commands.submit(me, project="SITE", **days)
    commands.approve(acme("manager"), project="SITE", **days)
    with pytest.raises(Conflict, match="approved"):
        meetings.reopen_meeting(me, meeting=weekly.id)
    with pytest.raises(Invalid, match="calendar file"):
        meetings.propose_meetings(me, calendar="Dear all")
