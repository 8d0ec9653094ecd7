"""Figures from people: what is missing, asked by an approved mail, told by a link, reminded of, taken or left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from headway.areas.budgets import commitments, costs
from headway.areas.budgets.progress import progress
from headway.areas.comms.queries import inbox, outbox
from headway.areas.comms.types import MailState, NoticeReason
from headway.areas.metrics import commands as metrics
from headway.areas.metrics import queries as kpis
from headway.areas.metrics.types import Direction, Formula, Frequency
from headway.areas.projects.histories import activity
from headway.areas.schedule import asking, figures, updates
from headway.areas.schedule import queries as plans
from headway.areas.schedule.events import FiguresAnswered
from headway.areas.schedule.question_types import Chasing, GivenAnswer, Outcome, Question, QuestionKind
from headway.areas.schedule.update_types import UpdateDetail, UpdateState
from headway.journeys import collecting
from headway.journeys.reminders import chase
from headway.kernel import ports
from headway.kernel.context import Context, system_context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound, Stale
from tests.areas.desk.conftest import lines as desk_lines
from tests.areas.desk.conftest import person, site
from tests.areas.schedule.test_updates import Asked, asked, server
from tests.conftest import NOW

__all__ = ["asked", "server", "site"]  # fixtures
pytestmark = pytest.mark.django_db
DUE = date(2026, 3, 4)
D = Decimal
HOURS, PERCENT, FINISH, KPI = QuestionKind.HOURS, QuestionKind.PERCENT, QuestionKind.FINISH, QuestionKind.KPI


@dataclass
class Collected:
    """SITE of `Asked`, with two KPIs that nobody fills and an order."""

    asked: Asked
    calls: int
    share: int
    order: int

    @property
    def boss(self) -> Context:
        """The manager."""
        return self.asked.boss

    def ask(self, *questions: Question, persons: tuple[int, ...] = (), **given: Any) -> UpdateDetail:
        """Ask Bo, or somebody else; the first request made."""
        made = collecting.ask_for_figures(
            self.boss, project="SITE", persons=persons or (self.asked.bo,), questions=questions, **{"due": DUE} | given
        )
        first: UpdateDetail = made[0]
        return first

    def sent(self, *questions: Question, **given: Any) -> tuple[int, str]:
        """A request whose mail went out, with the link that Bo got."""
        made = self.ask(*questions, **given)
        self.asked.approve(made.mails[0].id)
        return made.row.id, self.asked.links()[-1]

    def tell(self, link: str, *answers: GivenAnswer, send: bool = True, **changes: Any) -> Any:
        """Bo answers."""
        return figures.answer_figures_by_link(self.asked.nobody(**changes), token=link, answers=answers, send=send)

    def found(self, update: int) -> UpdateDetail:
        """The request as it stands."""
        row: UpdateDetail = updates.update_request(self.boss, update=update)
        return row

    def all_questions(self) -> tuple[Question, ...]:
        """One of each kind."""
        return (
            Question(KPI, self.calls),
            Question(KPI, self.share, "2026-01"),
            Question(HOURS, self.asked.uids["Build"]),
            Question(PERCENT),
            Question(FINISH, self.asked.uids["Test"]),
            Question(QuestionKind.INVOICED, self.order),
        )


@pytest.fixture
def collected(asked: Asked) -> Collected:
    boss = asked.boss

    def kpi(name: str, **given: Any) -> int:
        found: int = metrics.define(boss, project="SITE", name=name, direction=Direction.HIGHER, **given).row.id
        return found

    calls = kpi("Calls", formula=Formula.LAST, frequency=Frequency.WEEKLY, least=D(0), most=D(500), basis="All lines")
    share = kpi("In time", formula=Formula.RATIO, unit="%", frequency=Frequency.MONTHLY)
    order = commitments.add_commitment(
        boss, project="SITE", supplier="Print & Co", title="Printing", kind="Services", amount=D(1000), currency="EUR"
    )
    commitments.receive_commitment(boss, commitment=order.id, amount=D(200))
    return Collected(asked, calls, share, order.id)


# --- what can be asked ---------------------------------------------------------------------------


def test_what_is_missing_is_offered_with_why(collected: Collected) -> None:
    found = collecting.figures_to_ask(collected.boss.but(now=NOW + timedelta(days=40)), project="SITE")
    missing = {one.text: one.why for one in found if one.why}
    assert missing["Calls, 2026-W14"] == "no figure yet"
    assert missing["In time, Mar 2026"] == "no figure yet"
    assert missing["Percent complete: the whole project"] == "never told"
    assert missing["Day of finishing: Design"] == "was to finish 2026-02-27"
    texts = {one.text for one in found}
    assert {"Hours still to go: Build", "Invoiced so far: PO-1 Printing", "Still to come: PO-1 Printing"} <= texts


def test_costs_are_offered_and_shown_to_those_alone_who_see_them(collected: Collected) -> None:
    associate = collected.asked.house("associate")
    offered = {one.question.kind for one in collecting.figures_to_ask(associate, project="SITE")}
    assert QuestionKind.INVOICED not in offered
    assert HOURS in offered
    with pytest.raises(Denied):
        collecting.ask_for_figures(
            associate,
            project="SITE",
            persons=(collected.asked.bo,),
            questions=(Question(QuestionKind.INVOICED, collected.order),),
            due=DUE,
        )
    made = collected.ask(Question(QuestionKind.INVOICED, collected.order))
    plain = collected.ask(Question(PERCENT))
    assert [row.id for row in updates.update_requests(associate, project="SITE")] == [plain.row.id]
    with pytest.raises(NotFound):
        updates.update_request(associate, update=made.row.id)


@pytest.mark.parametrize(
    ("questions", "why"),
    [
        ((Question(KPI, 10**6),), "no KPI 1000000"),
        ((Question(HOURS, 999),), "cannot be asked of 999"),
        ((Question(QuestionKind.TO_COME, 999),), "open orders"),
        ((Question(PERCENT), Question(PERCENT)), "asked twice"),
        ((Question(PERCENT), Question(HOURS)), "not for both"),
        ((), "at least 1"),
    ],
)
def test_what_cannot_be_asked_is_refused(collected: Collected, questions: tuple[Question, ...], why: str) -> None:
    with pytest.raises(Invalid, match=why):
        collected.ask(*questions)
    assert updates.update_requests(collected.boss, project="SITE") == ()


def test_a_period_that_lies_ahead_is_refused(collected: Collected) -> None:
    with pytest.raises(Invalid, match="has not begun yet"):
        collected.ask(Question(KPI, collected.calls, "2026-W20"))


def test_several_are_asked_together_or_nobody_is(collected: Collected) -> None:
    member = person(collected.asked.house, "member")
    made = collecting.ask_for_figures(
        collected.boss, project="SITE", persons=(collected.asked.bo, member), questions=(Question(PERCENT),), due=DUE
    )
    assert [(one.row.person, one.row.by_link, one.row.state) for one in made] == [
        ("Bo Builder", True, UpdateState.DRAFT),
        ("Max Member", False, UpdateState.OPEN),
    ]
    (notice,) = inbox(collected.asked.house("member"), reason=NoticeReason.ASKED).items
    assert notice.text == "Mona Manager asks you for 1 figure for Acme web site"


# --- the mail, the link and the answer -----------------------------------------------------------


def test_no_mail_leaves_before_exactly_it_was_approved(collected: Collected) -> None:
    made = collected.ask(*collected.all_questions(), words="For the board, please.")
    (mail,) = made.mails
    assert "For the board, please." in mail.shown
    assert "- Calls, 2026-W09\n- In time, Jan 2026\n- Hours still to go: Build" in mail.shown
    assert outbox(collected.boss) == ()
    collected.asked.approve(mail.id)
    assert len(outbox(collected.boss)) == 1


def test_a_draft_is_kept_as_typed_and_proposes_nothing(collected: Collected) -> None:
    update, link = collected.sent(Question(HOURS, collected.asked.uids["Build"]), Question(PERCENT))
    seen = collected.tell(link, GivenAnswer(1, "about 40", note="Ask Cy"), send=False)
    assert dict(seen.questions[0].draft) == {"value": "about 40", "note": "Ask Cy"}
    assert collected.found(update).row.state is UpdateState.OPEN
    (hours, _) = collected.found(update).questions
    assert (dict(hours.answer), dict(hours.draft)) == ({}, {})  # not even seen by who asked
    with pytest.raises(Invalid, match="'about 40' is no number") as refused:
        collected.tell(link)
    assert refused.value.fields[0].field == "answers.0.value"


@pytest.mark.parametrize(
    ("kind", "given", "why"),
    [
        (HOURS, {"value": "-1"}, "less than it can be. Give 0 or more"),
        (HOURS, {"value": "1000"}, "Give 999 or less"),
        (HOURS, {"value": "1,250"}, "Write 1250 or 1.250"),
        (PERCENT, {"value": "101 %"}, "Give 100 or less"),
        (FINISH, {"value": "soon"}, "is no day"),
        (FINISH, {"value": "2026-03-01"}, "has passed"),
        (KPI, {"value": "501"}, "Give 500 or less"),
        (HOURS, {}, "Answer at least one"),
    ],
)
def test_what_cannot_be_read_is_refused_by_question(
    collected: Collected, kind: QuestionKind, given: dict[str, str], why: str
) -> None:
    target = {HOURS: collected.asked.uids["Build"], FINISH: collected.asked.uids["Test"], KPI: collected.calls}
    _, link = collected.sent(Question(kind, target.get(kind)))
    with pytest.raises(Invalid, match=why):
        collected.tell(link, GivenAnswer(1, **given))


def test_a_ratio_needs_both_its_numbers(collected: Collected) -> None:
    _, link = collected.sent(Question(KPI, collected.share))
    with pytest.raises(Invalid, match="Give both"):
        collected.tell(link, GivenAnswer(1, "18"))
    with pytest.raises(Invalid, match="above 0"):
        collected.tell(link, GivenAnswer(1, "18", "0"))


def test_an_answer_can_be_corrected_until_somebody_has_decided(collected: Collected) -> None:
    update, link = collected.sent(Question(HOURS, collected.asked.uids["Build"]))
    collected.tell(link, GivenAnswer(1, "40"))
    seen = collected.found(update)
    assert (seen.row.state, seen.questions[0].told) == (UpdateState.ANSWERED, "40 h")
    shown = updates.update_by_link(collected.asked.nobody(), token=link)
    assert shown.open
    collected.tell(link, GivenAnswer(1, "55 h"))
    with pytest.raises(Stale):
        collecting.accept_figures(collected.boss.but(expected_version=seen.row.version), update=update)
    collecting.accept_figures(collected.boss, update=update)
    with pytest.raises(Conflict, match="was looked at"):
        collected.tell(link, GivenAnswer(1, "60"))
    with pytest.raises(Conflict, match="no figures to decide"):
        collecting.accept_figures(collected.boss, update=update)


def test_sending_the_same_again_changes_nothing(collected: Collected) -> None:
    update, link = collected.sent(Question(PERCENT))
    collected.tell(link, GivenAnswer(1, "40"))
    version = collected.found(update).row.version
    collected.tell(link, GivenAnswer(1, "40.0 %"))
    assert collected.found(update).row.version == version


def test_the_link_takes_its_own_questions_alone_and_ends(collected: Collected) -> None:
    update, link = collected.sent(Question(PERCENT))
    with pytest.raises(Invalid, match="no question 2"):
        collected.tell(link, GivenAnswer(2, "40"))
    with pytest.raises(NotFound):
        collected.tell(f"{link}x", GivenAnswer(1, "40"))
    with pytest.raises(Conflict, match="expired"):
        collected.tell(link, GivenAnswer(1, "40"), now=NOW + timedelta(days=30))
    asking.withdraw_update(collected.boss, update=update)
    with pytest.raises(Conflict, match="has withdrawn"):
        collected.tell(link, GivenAnswer(1, "40"))


def test_inside_the_person_asked_alone_answers(collected: Collected) -> None:
    member = collected.asked.house("member")
    made = collected.ask(Question(PERCENT), persons=(person(collected.asked.house, "member"),))
    with pytest.raises(Denied):
        figures.answer_figures(collected.boss, update=made.row.id, answers=(GivenAnswer(1, "40"),))
    assert f"my_update:{made.row.id}" in desk_lines(member)
    figures.answer_figures(member, update=made.row.id, answers=(GivenAnswer(1, "40"),))
    assert desk_lines(collected.boss)[f"news:{made.row.id}"].what == "Figures of Max Member have come"


# --- taken where they belong ---------------------------------------------------------------------


def test_each_figure_lands_where_a_typed_one_does_with_who_told_it(collected: Collected) -> None:
    update, link = collected.sent(*collected.all_questions())
    collected.tell(
        link,
        GivenAnswer(1, "120", note="Without the holiday"),
        GivenAnswer(2, "18", "20"),
        GivenAnswer(3, "40"),
        GivenAnswer(4, "30"),
        GivenAnswer(5, "2026-03-20"),
        GivenAnswer(6, "750,50"),
    )
    assert kpis.kpi(collected.boss, kpi=collected.calls).points == ()  # a proposal, nothing more
    done = collecting.accept_figures(collected.boss, update=update, note="Agreed by phone")
    assert {row.outcome for row in done.questions} == {Outcome.ACCEPTED}
    said = "Bo Builder, answered 2026-03-02"
    (calls,) = kpis.kpi(collected.boss, kpi=collected.calls).points
    assert (calls.name, calls.value, calls.said_by) == ("2026-W09", D(120), said)
    (share,) = kpis.kpi(collected.boss, kpi=collected.share).points
    assert (share.name, share.value, share.n) == ("Jan 2026", D(90), 20)
    whole, build = sorted(progress(collected.boss, project="SITE").statements, key=lambda one: one.row)
    assert (whole.percent, whole.said_by, whole.entered_by) == (D(30), said, "Mona Manager")
    assert (build.row, build.etc, build.said_on) == ("Build", D(40), date(2026, 3, 2))
    finish = {row.name: row.finish for row in plans.tasks(collected.boss, project="SITE").items}
    assert finish["Test"] is not None
    assert finish["Test"].date() == date(2026, 3, 20)
    (order,) = costs.commitments(collected.boss, project="SITE").items
    assert (order.received, order.open) == (D("750.50"), D("249.50"))


def test_the_history_tells_costs_to_those_alone_who_see_them(collected: Collected) -> None:
    update, link = collected.sent(Question(PERCENT), Question(QuestionKind.INVOICED, collected.order))
    collected.tell(link, GivenAnswer(1, "37"), GivenAnswer(2, "743"))
    collecting.accept_figures(collected.boss, update=update, questions=(1,))
    told = {
        who: str([act.changes for act in activity(collected.asked.house(who), project="SITE", area="schedule").items])
        for who in ("manager", "associate")
    }
    assert "743" in told["manager"]
    assert "743" not in told["associate"]
    assert "37" in told["associate"]


def test_a_part_is_taken_and_the_rest_left(collected: Collected) -> None:
    update, link = collected.sent(Question(KPI, collected.calls), Question(PERCENT))
    collected.tell(link, GivenAnswer(1, "120"), GivenAnswer(2, "30"))
    done = collecting.accept_figures(collected.boss, update=update, questions=(1,))
    assert [row.outcome for row in done.questions] == [Outcome.ACCEPTED, Outcome.LEFT]
    assert progress(collected.boss, project="SITE").statements == ()


def test_what_one_figure_cannot_do_takes_none(collected: Collected) -> None:
    update, link = collected.sent(Question(KPI, collected.calls), Question(QuestionKind.INVOICED, collected.order))
    collected.tell(link, GivenAnswer(1, "120"), GivenAnswer(2, "100"))
    with pytest.raises(Invalid, match="Invoiced so far: PO-1 Printing: 200 EUR came already"):
        collecting.accept_figures(collected.boss, update=update)
    assert kpis.kpi(collected.boss, kpi=collected.calls).points == ()
    assert collected.found(update).row.state is UpdateState.ANSWERED


def test_what_is_still_to_come_sets_the_order(collected: Collected) -> None:
    update, link = collected.sent(Question(QuestionKind.TO_COME, collected.order))
    collected.tell(link, GivenAnswer(1, "1 300 EUR"))
    collecting.accept_figures(collected.boss, update=update)
    (order,) = costs.commitments(collected.boss, project="SITE").items
    assert (order.amount, order.open) == (D(1500), D(1300))


def test_answers_are_taken_by_themselves_where_that_was_wanted(collected: Collected) -> None:
    update, link = collected.sent(
        Question(KPI, collected.calls), Question(QuestionKind.INVOICED, collected.order), auto_accept=True
    )
    event = FiguresAnswered(collected.found(update).row.project_id, update)
    house = system_context("test").but(now=NOW)
    collected.tell(link, GivenAnswer(1, "120"), GivenAnswer(2, "100"))
    collecting.accept_by_itself(house, event)
    assert "200 EUR came already" in collected.found(update).row.trouble
    collected.tell(link, GivenAnswer(2, "300"))
    collecting.accept_by_itself(house, event)
    collecting.accept_by_itself(house, event)
    found = collected.found(update).row
    assert (found.state, found.settled_by, found.trouble) == (UpdateState.SETTLED, "Headway", "")


def test_strangers_and_members_neither_ask_nor_decide(collected: Collected) -> None:
    update, link = collected.sent(Question(PERCENT))
    collected.tell(link, GivenAnswer(1, "30"))
    for who, refusal in (("member", Denied), ("client", Denied), ("stranger", NotFound)):
        ctx = collected.asked.house(who)
        with pytest.raises((refusal, NotFound)):
            collecting.figures_to_ask(ctx, project="SITE")
        with pytest.raises((refusal, NotFound)):
            collecting.accept_figures(ctx, update=update)


# --- reminders -----------------------------------------------------------------------------------


def at(monkeypatch: pytest.MonkeyPatch, day: int, hour: int = 10) -> None:
    """Turn the clock of the jobs to a day of March."""
    monkeypatch.setenv("HEADWAY_NOW", datetime(2026, 3, day, hour, tzinfo=UTC).isoformat())


def test_who_has_not_answered_is_reminded_on_the_days_wanted(
    collected: Collected, monkeypatch: pytest.MonkeyPatch
) -> None:
    update, link = collected.sent(Question(PERCENT), chasing=Chasing(most=3))
    assert collected.found(update).next_chaser == date(2026, 3, 3)
    made = {}
    for day in range(2, 14):
        at(monkeypatch, day, 3)
        assert chase({}) == 0  # nobody is written to at night
        at(monkeypatch, day)
        made[day] = chase({}) + chase({})
    assert {day for day, count in made.items() if count} == {3, 4, 6}
    assert set(made.values()) == {0, 1}
    found = collected.found(update)
    assert [(row.number, row.by_mail) for row in found.chasers] == [(1, True), (2, True), (3, True)]
    mails = [row for row in outbox(collected.boss) if row.subject.startswith("Reminder")]
    assert len({row.message_id for row in mails}) == 3
    assert {row.subject for row in mails} == {"Reminder: your 1 figure for Acme web site"}
    assert link.split(".")[0] not in str(mails)
    assert collected.found(update).next_chaser is None


def test_reminders_end_with_the_answer_and_the_request(collected: Collected, monkeypatch: pytest.MonkeyPatch) -> None:
    _, link = collected.sent(Question(PERCENT))
    other, _ = collected.sent(Question(HOURS))
    at(monkeypatch, 3)
    assert chase({}) == 2
    collected.tell(link, GivenAnswer(1, "30"), now=datetime(2026, 3, 3, 11, tzinfo=UTC))
    asking.withdraw_update(collected.boss, update=other)
    stopped = [row for row in outbox(collected.boss) if row.subject.startswith("Reminder")]
    assert [row.state for row in stopped] == [MailState.DROPPED, MailState.DROPPED]
    at(monkeypatch, 4)
    assert chase({}) == 0


def test_what_fell_due_while_away_is_one_reminder(collected: Collected, monkeypatch: pytest.MonkeyPatch) -> None:
    update, _ = collected.sent(Question(PERCENT))
    at(monkeypatch, 10)
    assert chase({}) == 1
    assert [row.number for row in collected.found(update).chasers] == [4]


def test_people_inside_are_reminded_in_their_inbox(collected: Collected, monkeypatch: pytest.MonkeyPatch) -> None:
    collected.ask(Question(PERCENT), persons=(person(collected.asked.house, "member"),))
    ports.provide("mail", None)
    at(monkeypatch, 3)
    assert chase({}) == 1
    (notice,) = inbox(collected.asked.house("member"), reason=NoticeReason.DUE).items
    assert notice.text == "Mona Manager waits for 1 figure of yours for Acme web site"


def test_without_reminders_the_asker_is_told_at_last(collected: Collected, monkeypatch: pytest.MonkeyPatch) -> None:
    collected.sent(Question(PERCENT), chasing=Chasing(most=0))
    at(monkeypatch, 10)
    assert chase({}) == 0
    asking.remind(system_context("test").but(now=NOW), day=date(2026, 3, 13))
    (notice,) = inbox(collected.boss, reason=NoticeReason.DUE).items
    assert notice.text == "Bo Builder has not answered: figures were wanted by Wed 04 Mar"
