"""Following and muting: who hears of what, and who does not."""

from __future__ import annotations

import pytest

from headway.areas.comms import commenting, settings, watching
from headway.areas.comms.queries import inbox
from headway.areas.comms.types import NoticeReason, Watching
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.projects import registers
from headway.areas.projects.types import Charter
from headway.kernel.errors import Denied, NotFound
from tests.areas.desk.conftest import House, person, site

__all__ = ["site"]  # the fixture of the Desk's tests
pytestmark = pytest.mark.django_db


@pytest.fixture
def issue(house: House, site: Charter) -> int:
    """An issue of nobody's."""
    return int(registers.add_issue(house("manager"), project="SITE", title="Broken").id)


def say(house: House, issue: int, text: str) -> None:
    commenting.comment(house("manager"), project="SITE", about="issue", record=issue, text=text)


def heard(house: House, who: str = "member") -> list[tuple[NoticeReason, str]]:
    """What somebody was told beside their role."""
    rows = inbox(house(who)).items
    return [(row.reason, row.text) for row in rows if row.reason is not NoticeReason.JOINED]


def test_who_follows_a_record_is_told_what_is_said_there(house: House, issue: int) -> None:
    watching.follow(house("member"), project="SITE", about="issue", record=issue)
    watching.follow(house("manager"), project="SITE", about="issue", record=issue)
    say(house, issue, "It is the router")
    assert heard(house) == [(NoticeReason.FOLLOWED, "ISS-1 Broken: It is the router")]
    assert heard(house, "manager") == []  # said it herself
    assert heard(house, "associate") == []
    watching.unwatch(house("member"), project="SITE", about="issue", record=issue)
    assert watching.watched(house("member")).items == ()


def test_nobody_is_told_twice_of_one_comment(house: House, issue: int) -> None:
    watching.follow(house("member"), project="SITE", about="issue", record=issue)
    say(house, issue, "@Max Member look")
    assert [reason for reason, _ in heard(house)] == [NoticeReason.MENTIONED]


def test_a_muted_record_is_silent_but_where_somebody_turns_to_one(house: House, issue: int) -> None:
    watching.mute(house("member"), project="SITE", about="issue", record=issue)
    registers.edit_issue(house("manager"), issue=issue, owner=person(house, "member"))
    assert heard(house) == []
    say(house, issue, "@Max Member look")
    assert [reason for reason, _ in heard(house)] == [NoticeReason.MENTIONED]


def test_a_record_that_one_follows_is_heard_of_in_a_muted_project(house: House, issue: int) -> None:
    other = registers.add_issue(house("manager"), project="SITE", title="Slow").id
    watching.mute_project(house("member"), project="SITE")
    watching.follow(house("member"), project="SITE", about="issue", record=issue)
    for one in (issue, other):
        registers.edit_issue(house("manager"), issue=one, owner=person(house, "member"))
    assert heard(house) == [(NoticeReason.ASSIGNED, "You own ISS-1 Broken")]
    assert [(row.title, row.how) for row in watching.watched(house("member")).items] == [
        ("ISS-1 Broken", Watching.FOLLOWED),
        ("Acme web site", Watching.MUTED),
    ]
    first = watching.watched(house("member"), limit=1)
    assert [row.title for row in first.items] == ["ISS-1 Broken"]
    assert [row.title for row in watching.watched(house("member"), cursor=first.next).items] == ["Acme web site"]
    watching.unmute_project(house("member"), project="SITE")
    assert [row.title for row in watching.watched(house("member")).items] == ["ISS-1 Broken"]


def test_a_reason_that_one_does_not_want_is_silent(house: House, issue: int) -> None:
    settings.set_notices(house("member"), silent=(NoticeReason.ASSIGNED,))
    registers.edit_issue(house("manager"), issue=issue, owner=person(house, "member"))
    assert heard(house) == []


def test_what_one_may_not_see_is_neither_followed_nor_listed(house: House, issue: int) -> None:
    for who, refusal in (("stranger", NotFound), ("client", Denied)):
        with pytest.raises(refusal):
            watching.follow(house(who), project="SITE", about="issue", record=issue)
    watching.follow(house("member"), project="SITE", about="issue", record=issue)
    projects.remove_member(house("manager"), project="SITE", person=person(house, "member"), role=Role.MEMBER)
    assert watching.watched(house("member")).items == ()
    say(house, issue, "Only for us")
    assert heard(house) == []
