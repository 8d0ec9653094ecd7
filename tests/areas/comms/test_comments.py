"""What is said about a record: who may read and say it, who is told, what stays when it is changed or taken back."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.comms import commenting, discussions, queries
from headway.areas.comms.types import CommentRow, Discussion, NoticeReason
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.projects.types import Charter
from headway.areas.schedule import commands as schedule
from headway.journeys.finding import FoundKind, find
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound, Stale
from tests.areas.desk.conftest import House, person, site

__all__ = ["site"]  # the fixture of the Desk's tests
pytestmark = pytest.mark.django_db


@dataclass
class Risk:
    """A risk of SITE that people talk about."""

    house: House
    id: int

    def say(self, who: str, text: str, **given: object) -> CommentRow:
        """A comment of this role's user."""
        row: CommentRow = commenting.comment(
            self.house(who), project="SITE", about="risk", record=self.id, text=text, **given
        )
        return row

    def read(self, who: str = "manager", **given: object) -> Discussion:
        """What this role's user reads."""
        found: Discussion = discussions.discussion(
            self.house(who), project="SITE", about="risk", record=self.id, **given
        )
        return found


@pytest.fixture
def risk(house: House, site: Charter) -> Risk:
    row = projects.add_risk(house("manager"), project="SITE", title="Supplier fails", probability=2, impact=2)
    return Risk(house, row.id)


def file(ctx: Context, name: str = "offer.txt", content: bytes = b"An offer") -> int:
    kept = store.put([content], limit=10**6)
    return files.keep(ctx, name=name, media_type="text/html", sha256=kept.sha256, size=kept.size).id


def told(ctx: Context, reason: NoticeReason) -> list[str]:
    return [row.text for row in queries.inbox(ctx, reason=reason).items]


def test_a_comment_and_its_answers_stand_in_order(risk: Risk) -> None:
    first = risk.say("manager", "Who asks them?\n\nBy Friday.")
    second = risk.say("associate", "Another matter")
    answer = risk.say("member", "I do", answers=first.id)
    risk.say("manager", "Good", answers=answer.id)
    found = risk.read()
    assert [(thread.first.id, [row.text for row in thread.answers]) for thread in found.threads] == [
        (first.id, ["I do", "Good"]),
        (second.id, []),
    ]
    assert (found.count, found.title) == (4, "RISK-1 Supplier fails")


def test_every_kind_of_record_that_people_talk_about_is_one_door(risk: Risk) -> None:
    boss = risk.house("manager")
    issue = projects.add_issue(boss, project="SITE", title="Broken").id
    decision = projects.add_decision(boss, project="SITE", question="Which?").id
    schedule.start_plan(boss, project="SITE", start=boss.now.date())
    task = schedule.add_task(boss, project="SITE", name="Build", duration="5d").task_id
    for about, record in (("issue", issue), ("decision", decision), ("task", task)):
        commenting.comment(boss, project="SITE", about=about, record=record, text=f"On {about}")
        found = discussions.discussion(risk.house("member"), project="SITE", about=about, record=record)
        assert [thread.first.text for thread in found.threads] == [f"On {about}"]
    with pytest.raises(Invalid, match="Nothing is said about a 'project'"):
        commenting.comment(boss, project="SITE", about="project", record=1, text="x")


@pytest.mark.parametrize("who", ["client", "guest"])
def test_people_outside_read_and_say_nothing(risk: Risk, who: str) -> None:
    projects.set_member(risk.house("manager"), project="SITE", person=person(risk.house, who), role=Role(who))
    said = risk.say("manager", "Not for them")
    with pytest.raises(Denied):
        risk.read(who)
    with pytest.raises(Denied):
        risk.say(who, "Hello")
    with pytest.raises(NotFound):
        discussions.comment_history(risk.house(who), comment=said.id)


def test_a_stranger_finds_nothing(risk: Risk) -> None:
    said = risk.say("manager", "Ours")
    stranger = risk.house("stranger")
    with pytest.raises(NotFound):
        risk.read("stranger")
    with pytest.raises(NotFound):
        commenting.edit_comment(stranger, comment=said.id, text="Theirs")
    other = projects.create(stranger, key="OTHER", name="Theirs")
    for project, record in ((other.id, risk.id), (other.id, 2**40)):
        with pytest.raises(NotFound):
            discussions.discussion(stranger, project=project, about="risk", record=record)
    theirs = projects.add_risk(stranger, project="OTHER", title="T", probability=1, impact=1).id
    with pytest.raises(NotFound):
        commenting.comment(stranger, project="OTHER", about="risk", record=theirs, text="In ours", answers=said.id)


def test_whoever_is_named_is_told_once_with_the_reason(risk: Risk) -> None:
    row = risk.say("manager", "@Max Member and @asha associate: look. @Max Member!")
    assert [one.name for one in row.mentions] == ["Asha Associate", "Max Member"]
    assert told(risk.house("member"), NoticeReason.MENTIONED) == [
        "RISK-1 Supplier fails: @Max Member and @asha associate: look. @Max Member!"
    ]
    assert told(risk.house("manager"), NoticeReason.MENTIONED) == []


def test_who_cannot_see_the_project_cannot_be_named(risk: Risk) -> None:
    projects.set_member(risk.house("manager"), project="SITE", person=person(risk.house, "client"), role=Role.CLIENT)
    row = risk.say("manager", "@Cleo Client @Sid Stranger")
    assert row.mentions == ()
    assert told(risk.house("client"), NoticeReason.MENTIONED) == []
    assert told(risk.house("stranger"), NoticeReason.MENTIONED) == []
    assert "Cleo Client" not in {one.name for one in discussions.mentionable(risk.house("member"), project="SITE")}


def test_an_answer_is_told_to_those_who_wrote_before(risk: Risk) -> None:
    first = risk.say("associate", "Who?")
    risk.say("member", "Me", answers=first.id)
    risk.say("manager", "Fine, @Max Member", answers=first.id)
    assert told(risk.house("associate"), NoticeReason.ANSWERED) == ["RISK-1 Supplier fails: Fine, @Max Member"]
    assert told(risk.house("member"), NoticeReason.ANSWERED) == []  # named, and so told once


def test_one_changes_only_what_one_has_said_and_how_it_read_stays(risk: Risk) -> None:
    row = risk.say("member", "Frst")
    with pytest.raises(Denied):
        commenting.edit_comment(risk.house("manager"), comment=row.id, text="Other words")
    changed = commenting.edit_comment(risk.house("member"), comment=row.id, text="First, @Asha Associate")
    assert (changed.text, changed.edited_at is not None) == ("First, @Asha Associate", True)
    assert told(risk.house("associate"), NoticeReason.MENTIONED) == ["RISK-1 Supplier fails: First, @Asha Associate"]
    wordings = discussions.comment_history(risk.house("manager"), comment=row.id)
    assert [item.text for item in wordings] == ["Frst", "First, @Asha Associate"]
    with pytest.raises(Stale):
        commenting.edit_comment(risk.house("member").but(expected_version=1), comment=row.id, text="Late")


def test_a_removed_comment_says_nothing_and_its_answers_stay(risk: Risk) -> None:
    row = risk.say("member", "Secretly", files=(file(risk.house("member")),))
    risk.say("manager", "Why so?", answers=row.id)
    with pytest.raises(Denied):
        commenting.remove_comment(risk.house("manager"), comment=row.id)
    commenting.remove_comment(risk.house("member"), comment=row.id)
    (thread,) = risk.read().threads
    assert (thread.first.removed, thread.first.text, thread.first.files) == (True, "", ())
    assert [item.text for item in thread.answers] == ["Why so?"]
    assert discussions.comment_history(risk.house("manager"), comment=row.id) == ()
    with pytest.raises(NotFound):
        discussions.comment_file(risk.house("manager"), comment=row.id, file=row.files[0].id)
    for act in (
        lambda: commenting.edit_comment(risk.house("member"), comment=row.id, text="Again"),
        lambda: risk.say("manager", "More", answers=row.id),
    ):
        with pytest.raises(Conflict, match="was removed"):
            act()
    alone = risk.say("member", "Alone")
    commenting.remove_comment(risk.house("member"), comment=alone.id)
    assert len(risk.read().threads) == 1


def test_files_stand_beside_it_under_a_type_of_ours(risk: Risk) -> None:
    row = risk.say("member", "", files=(file(risk.house("member")),))
    (kept,) = row.files
    assert (kept.name, kept.media_type, kept.size) == ("offer.txt", "text/plain", 8)
    given = discussions.comment_file(risk.house("associate"), comment=row.id, file=kept.id)
    assert (given.media_type, given.content) == ("text/plain", b"An offer")
    other = risk.say("member", "Another")
    with pytest.raises(NotFound):
        discussions.comment_file(risk.house("associate"), comment=other.id, file=kept.id)
    with pytest.raises(NotFound):  # a file that somebody else has brought
        risk.say("manager", "Mine?", files=(file(risk.house("member")),))
    with pytest.raises(Invalid, match="cannot be kept"):
        risk.say("member", "", files=(file(risk.house("member"), "page.html"),))


@pytest.mark.parametrize("text", ["", "  \n "])
def test_nothing_is_no_comment(risk: Risk, text: str) -> None:
    with pytest.raises(Invalid, match="Write something"):
        risk.say("manager", text)
    with pytest.raises(Invalid, match="the limit is 20000"):
        risk.say("manager", "x" * 20_001)


def test_what_came_since_one_read_is_marked(risk: Risk) -> None:
    risk.say("manager", "One")
    assert risk.read("member").unread == 1
    commenting.note_read(risk.house("member"), project_id=_project(risk), about="risk", record=risk.id)
    assert risk.read("member").unread == 0
    risk.say("manager", "Two")
    risk.say("associate", "Three")
    found = risk.read("member")
    assert [thread.first.unread for thread in found.threads] == [False, True, True]
    risk.say("member", "Seen")
    assert risk.read("member").unread == 0


def _project(risk: Risk) -> int:
    return projects.edit(risk.house("manager"), project="SITE").id


def test_many_threads_come_a_page_at_a_time(risk: Risk) -> None:
    for number in range(5):
        risk.say("manager", f"Number {number}")
    newest = risk.read(limit=2)
    assert [thread.first.text for thread in newest.threads] == ["Number 3", "Number 4"]
    older = risk.read(limit=2, cursor=newest.earlier)
    assert [thread.first.text for thread in older.threads] == ["Number 1", "Number 2"]
    assert newest.count == 5


def test_the_search_finds_words_said_by_those_who_may_read_them(risk: Risk) -> None:
    projects.set_member(risk.house("manager"), project="SITE", person=person(risk.house, "client"), role=Role.CLIENT)
    row = risk.say("manager", "The zebrafish clause is missing")

    def found(who: str) -> list[int]:
        return [hit.id for hit in find(risk.house(who), text="zebrafish", kinds=(FoundKind.COMMENT,))]

    assert found("member") == [row.id]
    assert found("client") == found("stranger") == []
    commenting.remove_comment(risk.house("manager"), comment=row.id)
    assert found("member") == []


def test_what_is_said_of_a_task_goes_with_the_task(risk: Risk) -> None:
    boss = risk.house("manager")
    schedule.start_plan(boss, project="SITE", start=boss.now.date())
    task = schedule.add_task(boss, project="SITE", name="Build", duration="5d").task_id
    row = commenting.comment(boss, project="SITE", about="task", record=task, text="Gone soon")
    schedule.remove_task(boss, task=task)
    with pytest.raises(NotFound):
        discussions.comment_history(boss, comment=row.id)


def test_reading_asks_as_much_for_many_as_for_few(risk: Risk) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            risk.read("member")
        return len(caught)

    first = risk.say("manager", "One @Max Member")
    risk.say("associate", "Two", answers=first.id)
    few = asked()
    for number in range(12):
        thread = risk.say("manager", f"Thread {number}")
        risk.say("associate", f"Answer {number}", answers=thread.id)
    assert asked() == few
