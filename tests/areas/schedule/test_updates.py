"""News of tasks: asked inside or by an approved mail, told by the person asked alone, taken into the plan or left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from headway.areas.comms import commands as outgoing
from headway.areas.comms import reactions as delivery
from headway.areas.comms.queries import inbox, outbox
from headway.areas.comms.types import MailState, NoticeReason
from headway.areas.desk.queries import show as desk
from headway.areas.people import commands as people
from headway.areas.projects import commands as projects
from headway.areas.projects.types import Charter, Stage
from headway.areas.schedule import answering, asking, commands, updates
from headway.areas.schedule import queries as plans
from headway.areas.schedule.events import UpdateAnswered
from headway.areas.schedule.reactions import accept_by_itself
from headway.areas.schedule.update_types import (
    Outcome,
    Rung,
    TaskNews,
    UpdateDetail,
    UpdateField,
    UpdateMailState,
    UpdateState,
)
from headway.journeys import reports
from headway.kernel import ports
from headway.kernel.context import NOBODY, Context, system_context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound
from headway.kernel.models import FieldChange
from tests.areas.comms.test_outbox import Server
from tests.areas.desk.conftest import House, person, site
from tests.conftest import NOW

__all__ = ["site"]  # the fixture of the Desk's tests
pytestmark = pytest.mark.django_db
DUE = date(2026, 3, 4)
ALL = tuple(UpdateField)


@dataclass
class Asked:
    """SITE with a plan in which Max Member designs, and Bo, who has no account, builds."""

    house: House
    bo: int
    uids: dict[str, int]
    server: Server

    @property
    def boss(self) -> Context:
        """The manager."""
        return self.house("manager")

    def ask(self, who: int | None = None, **given: Any) -> UpdateDetail:
        """Ask Bo, or somebody else."""
        values = {"asks": ALL, "due": DUE, "tasks": (self.uids["Build"], self.uids["Test"])} | given
        found: UpdateDetail = asking.ask_for_news(self.boss, project="SITE", person=who or self.bo, **values)
        return found

    def sent(self, **given: Any) -> tuple[UpdateDetail, str]:
        """A request whose mail was approved and went out, with the link that Bo got."""
        made = self.ask(**given)
        self.approve(made.mails[0].id)
        return updates.update_request(self.boss, update=made.row.id), self.links()[-1]

    def approve(self, mail: int) -> None:
        """The approver agrees to a mail, and it is delivered."""
        asked = asking.ask_to_send_update(self.boss, mail=mail, approvers=(person(self.house, "approver"),))
        reports.decide(self.house("approver"), approval=asked.id, decision="approve", digest=asked.digest)
        for row in outbox(self.boss):
            if row.state.value == "queued":
                delivery.deliver({"mail": row.id})

    def links(self) -> list[str]:
        """The tokens of the links that were mailed."""
        text = b"".join(self.server.taken).decode().replace("=\r\n", "").replace("=3D", "=")
        return re.findall(r"/news/([^/\s]+)/", text)

    def nobody(self, **changes: Any) -> Context:
        """Somebody who opens a link."""
        return self.boss.but(actor=NOBODY, **changes)

    def tell(self, link: str, *news: TaskNews, send: bool = True, **changes: Any) -> Any:
        """Bo answers."""
        return answering.answer_by_link(self.nobody(**changes), token=link, news=news, send=send)

    def percent(self, name: str) -> str:
        """How far a task is in the plan."""
        rows = plans.tasks(self.boss, project="SITE").items
        return next(f"{row.percent_complete.normalize():f}" for row in rows if row.name == name)


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    ports.provide("mail", one)
    yield one
    ports.provide("mail", None)


@pytest.fixture
def asked(house: House, site: Charter, server: Server) -> Asked:
    boss = house("manager")
    projects.set_member(boss, project="SITE", person=person(house, "approver"), role="approver")
    supplier = people.add_organisation(house("administrator"), name="Builders", kind="partner")
    bo = people.add_person(boss, name="Bo Builder", email="bo@builders.example", organisation=supplier.id)
    commands.start_plan(boss, project="SITE", start=date(2026, 2, 23))
    before: list[int] = []
    ids = {}
    for name in ("Design", "Build", "Test"):
        made = commands.add_task(boss, project="SITE", name=name, duration="5d", predecessors=before)
        ids[name], before = made.task_id, [made.task_id]
    for name, who, tasks in (("Max", person(house, "member"), ["Design"]), ("Bo", bo.id, ["Build", "Test"])):
        commands.add_resource(boss, project="SITE", name=name, person=who)
        resource = next(row.id for row in plans.resources(boss, project="SITE") if row.name == name)
        for task in tasks:
            commands.assign(boss, task=ids[task], resource=resource)
    uids = {row.name: row.uid for row in plans.tasks(boss, project="SITE").items}
    return Asked(house, bo.id, uids, server)


def test_one_sees_whom_to_ask_and_what_should_be_under_way(asked: Asked) -> None:
    found = updates.people_to_ask(asked.boss, project="SITE")
    assert [(one.name, one.by_link, [(task.name, task.under_way) for task in one.tasks]) for one in found] == [
        ("Bo Builder", True, [("Build", True), ("Test", False)]),
        ("Max Member", False, [("Design", True)]),
    ]


def test_without_tasks_those_that_should_be_under_way_are_asked_about(asked: Asked) -> None:
    assert [task.name for task in asked.ask(tasks=()).tasks] == ["Build"]
    with pytest.raises(Invalid, match="Choose the tasks"):
        asked.ask(person(asked.house, "associate"), tasks=())


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"due": date(2026, 3, 1)}, "has passed"),
        ({"good_for": 61}, "not between 1 and 60"),
        ({"tasks": (999,)}, "no task 999"),
        ({"asks": ()}, "Say what the person should tell"),
        ({"tasks": tuple(range(1, 103))}, "too many"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked: Asked, given: dict[str, Any], why: str) -> None:
    with pytest.raises(Invalid, match=why):
        asked.ask(**given)


def test_a_person_without_account_and_address_cannot_be_asked(asked: Asked) -> None:
    home = people.add_organisation(asked.house("administrator"), name="Silent", kind="partner").id
    silent = people.add_person(asked.boss, name="Sam Silent", organisation=home)
    with pytest.raises(Invalid, match="no e-mail address"):
        asked.ask(silent.id)


def test_somebody_inside_is_told_at_once_and_no_mail_is_made(asked: Asked) -> None:
    member = asked.house("member")
    made = asked.ask(person(asked.house, "member"), tasks=(asked.uids["Design"],))
    assert (made.row.by_link, made.row.state, made.mails) == (False, UpdateState.OPEN, ())
    (notice,) = inbox(member, reason=NoticeReason.ASKED).items
    assert notice.text == "Mona Manager asks for your news of 1 task of Acme web site"
    answering.answer_update(member, update=made.row.id, news=(TaskNews(asked.uids["Design"], percent="60"),))
    assert updates.update_request(asked.boss, update=made.row.id).row.state is UpdateState.ANSWERED
    with pytest.raises(Denied):
        answering.answer_update(asked.boss, update=made.row.id, news=())


def test_no_mail_leaves_before_exactly_it_was_approved(asked: Asked) -> None:
    (mail,) = asked.ask(words="How is it going?").mails
    assert (mail.state, mail.rung, mail.to) == (UpdateMailState.DRAFT, Rung.ASK, "Bo Builder <bo@builders.example>")
    assert "How is it going?" in mail.shown
    approver = person(asked.house, "approver")
    first = asking.ask_to_send_update(asked.boss, mail=mail.id, approvers=(approver,))
    assert first.shown == mail.shown
    changed = asking.edit_update_mail(asked.boss, mail=mail.id, subject=mail.subject, body=f"{mail.body} Thanks.")
    assert changed.state is UpdateMailState.DRAFT
    with pytest.raises(Conflict):
        reports.decide(asked.house("approver"), approval=first.id, decision="approve", digest=first.digest)
    assert outbox(asked.boss) == ()
    asked.approve(mail.id)
    (sent,) = outbox(asked.boss)
    assert "Thanks." in sent.body


def test_a_refused_mail_stays_and_nothing_leaves(asked: Asked) -> None:
    made = asked.ask()
    row = asking.ask_to_send_update(asked.boss, mail=made.mails[0].id, approvers=(person(asked.house, "approver"),))
    reports.decide(asked.house("approver"), approval=row.id, decision="reject", digest=row.digest, reason="Too curt")
    found = updates.update_request(asked.boss, update=made.row.id)
    assert (found.row.state, found.mails[0].state) == (UpdateState.DRAFT, UpdateMailState.REFUSED)
    assert outbox(asked.boss) == ()


def test_the_link_stands_in_the_mail_alone(asked: Asked) -> None:
    made, link = asked.sent()
    assert made.mails[0].state is UpdateMailState.APPROVED
    shown = updates.update_by_link(asked.nobody(), token=link)
    assert [task.name for task in shown.tasks] == ["Build", "Test"]
    (row,) = outbox(asked.boss)
    everything = f"{row.body} {made} {list(FieldChange.objects.values_list('old', 'new'))}"
    assert link not in everything
    assert link.split(".")[0] not in everything


def test_partial_news_is_kept_and_sent_once(asked: Asked) -> None:
    made, link = asked.sent()
    build, test = asked.uids["Build"], asked.uids["Test"]
    asked.tell(link, TaskNews(build, percent="30"), send=False)
    assert updates.update_request(asked.boss, update=made.row.id).row.state is UpdateState.OPEN
    shown = updates.update_by_link(asked.nobody(), token=link)
    assert [dict(task.answer) for task in shown.tasks] == [{"percent": "30%"}, {}]
    asked.tell(link, TaskNews(build, percent="40", note="Rain"), TaskNews(test))
    found = updates.update_request(asked.boss, update=made.row.id)
    assert (found.row.state, found.row.answered_count) == (UpdateState.ANSWERED, 1)
    assert asked.percent("Build") == "0"  # a proposal, nothing more
    with pytest.raises(Conflict, match="has arrived"):
        asked.tell(link, TaskNews(build, percent="99"))
    assert updates.update_by_link(asked.nobody(), token=link).open is False


@pytest.mark.parametrize(
    ("news", "why"),
    [
        ({"percent": "140"}, "percent from 0 to 100"),
        ({"actual_start": "soon"}, "is no day"),
        ({"actual_start": "2026-03-03"}, "lies ahead"),
        ({"actual_start": "2026-03-02", "actual_finish": "2026-03-01"}, "before the start"),
        ({"remaining": "some"}, "some"),
        ({}, "Tell something"),
    ],
)
def test_what_cannot_be_read_is_refused_by_field(asked: Asked, news: dict[str, str], why: str) -> None:
    _, link = asked.sent()
    with pytest.raises(Invalid, match=why):
        asked.tell(link, TaskNews(asked.uids["Build"], **news))


def test_news_is_taken_in_part_with_its_effect_first(asked: Asked) -> None:
    made, link = asked.sent()
    build, test = asked.uids["Build"], asked.uids["Test"]
    asked.tell(link, TaskNews(build, actual_start="2026-03-02", remaining="9d"), TaskNews(test, note="Soon"))
    tried = answering.accept_update(asked.boss.but(dry_run=True), update=made.row.id)
    assert tried is not None
    assert tried.finish_days > 0
    assert updates.update_request(asked.boss, update=made.row.id).row.state is UpdateState.ANSWERED
    effect = answering.accept_update(asked.boss, update=made.row.id, tasks=(build,))
    assert effect is not None
    assert effect.label == "News of Bo Builder"
    found = updates.update_request(asked.boss, update=made.row.id)
    assert [task.outcome for task in found.tasks] == [Outcome.ACCEPTED, Outcome.LEFT]
    assert (found.row.state, found.row.settled_by) == (UpdateState.SETTLED, "Mona Manager")
    assert asked.percent("Test") == "0"
    told = FieldChange.objects.filter(kind="schedule.UpdateRequest", field="news of Build").order_by("-id").first()
    assert told is not None
    assert told.new == "accepted, as told by Bo Builder: actual start 2026-03-02, remaining 9d"
    with pytest.raises(Conflict):
        answering.accept_update(asked.boss, update=made.row.id)


def test_all_of_it_can_be_left(asked: Asked) -> None:
    made, link = asked.sent()
    asked.tell(link, TaskNews(asked.uids["Build"], percent="40"))
    assert answering.accept_update(asked.boss, update=made.row.id, tasks=()) is None
    assert updates.update_request(asked.boss, update=made.row.id).tasks[0].outcome is Outcome.LEFT


def test_news_is_taken_by_itself_where_that_was_wanted(asked: Asked) -> None:
    made, link = asked.sent(auto_accept=True)
    asked.tell(link, TaskNews(asked.uids["Build"], percent="40"))
    event = UpdateAnswered(project_id=made.row.project_id, update_id=made.row.id)
    accept_by_itself(system_context("test").but(now=NOW), event)
    accept_by_itself(system_context("test").but(now=NOW), event)
    assert asked.percent("Build") == "40"
    assert updates.update_request(asked.boss, update=made.row.id).row.settled_by == "Headway"


def test_what_the_plan_refuses_by_itself_waits_for_a_person(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    made, link = asked.sent(auto_accept=True)
    asked.tell(link, TaskNews(asked.uids["Build"], percent="40"))

    def refuses(*_: Any, **__: Any) -> None:
        raise Invalid("The plan cannot take this.")

    monkeypatch.setattr(answering, "_change", refuses)
    accept_by_itself(system_context("test").but(now=NOW), UpdateAnswered(made.row.project_id, made.row.id))
    found = updates.update_request(asked.boss, update=made.row.id).row
    assert (found.state, found.trouble) == (UpdateState.ANSWERED, "The plan cannot take this.")


# --- the link ------------------------------------------------------------------------------------


def test_a_forged_link_opens_nothing(asked: Asked) -> None:
    made, link = asked.sent()
    key, _, proof = link.rpartition(".")
    other, other_link = asked.sent()
    assert other.row.id != made.row.id
    another = "y" if key.endswith("x") else "x"
    for wrong in (
        "",
        "x",
        key,
        f"{key}.",
        f"{key}.{proof[:-1]}",
        f"{key[:-1]}{another}.{proof}",
        f"{key}.{other_link.rpartition('.')[2]}",
        f"{made.row.id}.{proof}",
    ):
        with pytest.raises((NotFound, Invalid)):
            updates.update_by_link(asked.nobody(), token=wrong)
        with pytest.raises((NotFound, Invalid)):
            asked.tell(wrong, TaskNews(asked.uids["Build"], percent="1"))


def test_a_link_is_not_good_before_its_mail_was_approved(asked: Asked) -> None:
    made = asked.ask()
    link = updates.link_token(updates.UpdateRequest.unscoped(reason="a test").get(pk=made.row.id))
    with pytest.raises(NotFound):
        updates.update_by_link(asked.nobody(), token=link)


def test_a_link_opens_its_own_tasks_and_fields_alone(asked: Asked) -> None:
    made, link = asked.sent(asks=(UpdateField.PERCENT,), tasks=(asked.uids["Build"],))
    with pytest.raises(Invalid, match="not about that task"):
        asked.tell(link, TaskNews(asked.uids["Test"], percent="10"))
    with pytest.raises(Invalid, match="was not asked for"):
        asked.tell(link, TaskNews(asked.uids["Build"], remaining="1d"))
    shown = updates.update_by_link(asked.nobody(), token=link)
    assert [task.uid for task in shown.tasks] == [asked.uids["Build"]]
    with pytest.raises(NotFound):
        updates.update_request(asked.nobody(), update=made.row.id)


def test_a_link_ends_with_its_time(asked: Asked) -> None:
    made, link = asked.sent(good_for=1)
    late = asked.nobody(now=made.row.expires_at)
    shown = updates.update_by_link(late, token=link)
    assert (shown.open, shown.tasks) == (False, ())
    assert "expired" in shown.over
    with pytest.raises(Conflict, match="expired"):
        asked.tell(link, TaskNews(asked.uids["Build"], percent="10"), now=made.row.expires_at)
    asked.tell(link, TaskNews(asked.uids["Build"], percent="10"), now=made.row.expires_at - timedelta(seconds=1))


def test_what_was_told_is_not_shown_when_the_time_of_the_link_is_over(asked: Asked) -> None:
    made, link = asked.sent()
    asked.tell(link, TaskNews(asked.uids["Build"], percent="10"))
    assert updates.update_by_link(asked.nobody(), token=link).tasks
    assert updates.update_by_link(asked.nobody(now=made.row.expires_at), token=link).tasks == ()


def test_what_was_sent_meanwhile_is_not_written_over(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    made, link = asked.sent()
    read_before = updates.linked(link)
    asked.tell(link, TaskNews(asked.uids["Build"], percent="10"))
    monkeypatch.setattr(answering, "linked", lambda token: read_before)
    with pytest.raises(Conflict, match="has arrived"):
        asked.tell(link, TaskNews(asked.uids["Build"], percent="90"), send=False)
    told = updates.update_request(asked.boss, update=made.row.id).tasks[0]
    assert told.answer == {"percent": "10%"}


def test_a_withdrawn_request_says_so_and_takes_nothing(asked: Asked) -> None:
    made, link = asked.sent()
    asking.withdraw_update(asked.boss, update=made.row.id)
    shown = updates.update_by_link(asked.nobody(), token=link)
    assert (shown.over, shown.tasks) == ("Mona Manager has withdrawn this request. There is nothing to do.", ())
    with pytest.raises(Conflict):
        asked.tell(link, TaskNews(asked.uids["Build"], percent="10"))
    with pytest.raises(Conflict):
        asking.withdraw_update(asked.boss, update=made.row.id)


def test_a_withdrawn_request_stops_the_mail_that_waits_in_the_outbox(asked: Asked) -> None:
    made = asked.ask()
    shown = asking.ask_to_send_update(asked.boss, mail=made.mails[0].id, approvers=(person(asked.house, "approver"),))
    reports.decide(asked.house("approver"), approval=shown.id, decision="approve", digest=shown.digest)
    (queued,) = outbox(asked.boss, state=MailState.QUEUED)
    told = asking.withdraw_update(asked.boss, update=made.row.id)
    assert [mail.state for mail in told.mails] == [UpdateMailState.DROPPED]
    delivery.deliver({"mail": queued.id})
    assert asked.server.taken == []
    assert [mail.state for mail in outbox(asked.boss)] == [MailState.DROPPED]
    with pytest.raises(Conflict, match="only a failed or held one"):
        outgoing.retry(asked.boss, mail=queued.id)


def test_a_mail_that_has_left_stays_sent_when_its_request_is_withdrawn(asked: Asked) -> None:
    made, _ = asked.sent()
    told = asking.withdraw_update(asked.boss, update=made.row.id)
    assert [mail.state for mail in outbox(asked.boss)] == [MailState.SENT]
    assert UpdateMailState.DROPPED not in {mail.state for mail in told.mails}


def test_a_fault_of_the_server_does_not_bring_a_mail_back_that_was_taken_back(asked: Asked) -> None:
    made = asked.ask()
    shown = asking.ask_to_send_update(asked.boss, mail=made.mails[0].id, approvers=(person(asked.house, "approver"),))
    reports.decide(asked.house("approver"), approval=shown.id, decision="approve", digest=shown.digest)
    (queued,) = outbox(asked.boss)
    asking.withdraw_update(asked.boss, update=made.row.id)
    outgoing.note_failure(system_context("test"), mail=queued.id, error="the line broke", final=True)
    assert [mail.state for mail in outbox(asked.boss)] == [MailState.DROPPED]


def test_a_closed_project_says_so(asked: Asked) -> None:
    _, link = asked.sent()
    for stage in (Stage.PLANNING, Stage.DELIVERY, Stage.CLOSING, Stage.CLOSED):
        projects.set_stage(asked.boss, project="SITE", stage=stage)
    assert updates.update_by_link(asked.nobody(), token=link).over == "Acme web site is closed. There is nothing to do."
    with pytest.raises(Conflict, match="is closed"):
        asked.tell(link, TaskNews(asked.uids["Build"], percent="10"))
    with pytest.raises(Conflict, match="is closed"):
        asked.ask()


# --- reminders and the Desk ----------------------------------------------------------------------


def lines(ctx: Context) -> list[tuple[str, str]]:
    return [(group.group.value, line.what) for group in desk(ctx).groups for line in group.lines]


def test_the_desk_shows_the_mail_to_send_then_who_has_not_answered_then_the_news(asked: Asked) -> None:
    made = asked.ask()
    assert any(group == "to_send" and "Bo Builder" in what for group, what in lines(asked.boss))
    asked.approve(made.mails[0].id)
    assert ("i_wait_for_people", "News of Bo Builder") in lines(asked.boss)
    asked.tell(asked.links()[-1], TaskNews(asked.uids["Build"], percent="40"))
    assert ("to_decide", "News of Bo Builder has come") in lines(asked.boss)
    answering.accept_update(asked.boss, update=made.row.id)
    assert not any("Bo Builder" in what for _, what in lines(asked.boss))


def test_who_is_asked_inside_finds_it_on_the_desk(asked: Asked) -> None:
    asked.ask(person(asked.house, "member"), tasks=(asked.uids["Design"],))
    assert ("people_wait_for_me", "Mona Manager asks for your news") in lines(asked.house("member"))


def remind(day: date) -> int:
    made: int = asking.remind(system_context("the night").but(now=NOW), day=day)
    return made


def test_reminders_are_drafts_one_at_a_time_and_few(asked: Asked) -> None:
    made, _ = asked.sent()

    def mails() -> list[tuple[Rung, UpdateMailState]]:
        found = updates.update_request(asked.boss, update=made.row.id).mails
        return [(mail.rung, mail.state) for mail in found]

    assert remind(date(2026, 3, 2)) == 0
    assert (remind(date(2026, 3, 3)), remind(date(2026, 3, 3))) == (1, 0)
    assert mails()[1:] == [(Rung.BEFORE, UpdateMailState.DRAFT)]
    assert remind(date(2026, 3, 4)) == 1
    assert mails()[1:] == [(Rung.BEFORE, UpdateMailState.DROPPED), (Rung.DUE, UpdateMailState.DRAFT)]
    asked.approve(updates.update_request(asked.boss, update=made.row.id).mails[2].id)
    assert asked.links()[0] == asked.links()[1]  # a reminder leads where the first mail led
    assert remind(date(2026, 3, 9)) == 1
    late = updates.update_request(asked.boss, update=made.row.id).mails[3]
    assert asking.drop_update_mail(asked.boss, mail=late.id).state is UpdateMailState.DROPPED
    assert (remind(date(2026, 3, 10)), remind(date(2026, 3, 13))) == (0, 0)
    told = [row.text for row in inbox(asked.boss, reason=NoticeReason.DUE).items]
    assert told == ["Bo Builder has not answered: news was wanted by Wed 04 Mar"]


def test_who_is_inside_is_reminded_by_a_notice(asked: Asked) -> None:
    asked.ask(person(asked.house, "member"), tasks=(asked.uids["Design"],))
    remind(DUE)
    remind(DUE)
    told = [row.text for row in inbox(asked.house("member"), reason=NoticeReason.DUE).items]
    assert told == ["Mona Manager waits for your news of Acme web site"]


def test_nobody_else_reads_what_was_asked(asked: Asked) -> None:
    made = asked.ask(person(asked.house, "member"), tasks=(asked.uids["Design"],))
    assert updates.my_update(asked.house("member"), update=made.row.id).open
    for who in ("tester", "client", "stranger", "guest"):
        with pytest.raises(NotFound):
            updates.update_request(asked.house(who), update=made.row.id)
        with pytest.raises((NotFound, Denied)):
            updates.update_requests(asked.house(who), project="SITE")
    with pytest.raises(Denied):
        updates.update_requests(asked.house("member"), project="SITE")
