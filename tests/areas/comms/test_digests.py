"""Mails of notices: one a person and day, in working hours, with what the receiver may see, stopped by a POST alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from django.test import Client

from headway.areas.comms import commands, digests, inboxes, reactions, settings
from headway.areas.comms.models import Mail, Notice
from headway.areas.comms.queries import inbox
from headway.areas.comms.types import Digest, MailRule, NoticeReason, Telling
from headway.areas.people import commands as people
from headway.areas.people.types import DayOff, Role
from headway.areas.projects import commands as projects
from headway.areas.projects.types import Charter
from headway.journeys import digests as journey
from headway.kernel import ports
from headway.kernel.commands import maintenance
from headway.kernel.context import Context
from headway.kernel.errors import Denied, Invalid, NotFound, Stale
from tests.areas.comms.test_outbox import Server
from tests.areas.desk.conftest import House, person, site

__all__ = ["site"]  # the fixture of the Desk's tests
pytestmark = pytest.mark.django_db
MONDAY, TUESDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 6)


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    ports.provide("mail", one)
    yield one
    ports.provide("mail", None)


@pytest.fixture(autouse=True)
def told_before(site: Charter) -> None:
    """Nobody is told of the roles of the house."""
    with maintenance("a test begins with empty inboxes"):
        Notice.unscoped(reason="test").delete()


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def tell(house: House, when: datetime, *texts: str, who: str = "member", urgent: bool = False) -> None:
    """Notices about issues of the site, one each."""
    for text in texts:
        issue = projects.add_issue(house("manager").but(now=when), project="SITE", title=text)
        with maintenance("a notice for a test"):
            commands.notify(
                house("manager").but(now=when),
                to=[person(house, who)],
                reason=NoticeReason.MOVED,
                about_kind="projects.Issue",
                about_id=issue.id,
                project_id=issue_project(house),
                text=text,
                urgent=urgent,
            )


def issue_project(house: House) -> int:
    return int(Notice._meta.apps.get_model("projects.Project").visible_to(house("manager")).get(key="SITE").pk)


def run(monkeypatch: pytest.MonkeyPatch, now: datetime) -> list[Mail]:
    """The job at an instant; gives the mails it made."""
    known = set(Mail.unscoped(reason="test").values_list("pk", flat=True))
    monkeypatch.setenv("HEADWAY_NOW", now.isoformat())
    journey.send({})
    return list(Mail.unscoped(reason="test").exclude(pk__in=known).order_by("pk"))


def head_of(server: Server, mail: Mail) -> EmailMessage:
    reactions.deliver({"mail": mail.pk})
    found = message_from_bytes(server.taken[-1], policy=default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_digest_comes_once_when_the_week_of_its_reader_begins(
    house: House, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(house, at(MONDAY - timedelta(days=2), 22), "Supplier <late>")
    assert run(monkeypatch, at(MONDAY, 8, 55)) == []  # quiet hours
    (mail,) = run(monkeypatch, at(MONDAY, 9, 0))
    assert mail.recipients == ["member@example.org"]
    assert run(monkeypatch, at(MONDAY, 9, 5)) == []
    found = head_of(server, mail)
    assert found["Subject"] == "Supplier <late> (Mona Manager)"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["X-Auto-Response-Suppress"] == "All"
    assert found["X-Loop"]
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/digest/" in found["List-Unsubscribe"]
    text, html = (part.get_content() for part in found.walk() if part.get_content_maintype() == "text")
    assert "- Supplier <late> (Mona Manager)" in text.splitlines()
    assert "Supplier &lt;late&gt;" in html
    assert "Acme web site" in text


def test_a_retry_sends_the_same_bytes_under_the_same_id(
    house: House, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(house, at(MONDAY, 8), "Broken")
    (mail,) = run(monkeypatch, at(MONDAY, 9))
    server.breaks = 1
    with pytest.raises(Exception, match="tried again"):
        reactions.deliver({"mail": mail.pk})
    reactions.deliver({"mail": mail.pk})
    assert len(server.taken) == 2
    assert len(set(server.taken)) == 1


def test_what_comes_in_the_week_waits_for_the_next_digest_or_the_next_day(
    house: House, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.set_notices(house("associate"), digest=Digest.DAILY)
    tell(house, at(MONDAY, 10), "Broken")
    tell(house, at(MONDAY, 10), "Asked", who="associate")
    assert run(monkeypatch, at(MONDAY, 11)) == []
    assert [mail.recipients for mail in run(monkeypatch, at(TUESDAY, 9))] == [["associate@example.org"]]
    assert run(monkeypatch, at(TUESDAY + timedelta(days=1), 9)) == []  # told once
    assert [mail.recipients for mail in run(monkeypatch, at(MONDAY + timedelta(days=7), 9))] == [["member@example.org"]]


def test_79_pending_notices_give_one_mail_that_summarises(
    house: House, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(house, at(MONDAY, 8), *(f"Issue {number}" for number in range(79)))
    (mail,) = run(monkeypatch, at(MONDAY, 9))
    assert mail.subject == "79 notices wait in your inbox"
    assert mail.body.count("- Issue") == 20
    assert "And 59 more: 59 moved." in mail.body


def test_a_reorder_that_moves_60_items_is_one_line(
    house: House, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx, member = house("manager").but(now=at(MONDAY, 8)), person(house, "member")
    issues = [projects.add_issue(ctx, project="SITE", title=f"Item {number}") for number in range(60)]
    tellings = [Telling((member,), "projects.Issue", issue.id, f"{issue.title} moved") for issue in issues]
    with maintenance("notices for a test"):
        commands.notify_together(ctx, reason=NoticeReason.MOVED, project_id=issue_project(house), tellings=tellings)
    assert Notice.unscoped(reason="test").count() == 1
    (mail,) = run(monkeypatch, at(MONDAY, 9))
    assert mail.subject == "Item 0 moved, and 59 others (Mona Manager)"


def test_a_digest_holds_only_what_its_reader_may_see_when_it_is_sent(
    house: House, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(house, at(MONDAY, 8), "Secret")
    projects.remove_member(house("manager"), project="SITE", person=person(house, "member"), role=Role.MEMBER)
    assert run(monkeypatch, at(MONDAY, 9)) == []


def test_clients_disabled_users_and_read_notices_get_no_mail(
    house: House, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(house, at(MONDAY, 8), "For the client", who="client")
    tell(house, at(MONDAY, 8), "Left", who="associate")
    tell(house, at(MONDAY, 8), "Seen")
    people.disable_user(house("administrator"), person=person(house, "associate"))
    inboxes.archive_all(house("member").but(now=at(MONDAY, 8, 30)))
    assert run(monkeypatch, at(MONDAY, 9)) == []


def test_holidays_leave_zone_and_hours_are_the_receivers(
    house: House, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.add_holidays(house("administrator"), days=(DayOff(MONDAY, "Carnival"),))
    settings.set_notices(house("associate"), away_from=MONDAY, away_until=date(2026, 3, 4))
    settings.set_notices(house("member"), zone="America/New_York", starts="08:00", ends="16:00")
    for who in ("associate", "member", "approver"):
        tell(house, at(MONDAY, 5), "Broken", who=who)
    sent = {
        mail.recipients[0].split("@")[0]: now
        for day in range(5)
        for now in (at(MONDAY + timedelta(days=day), hour) for hour in (9, 13))
        for mail in run(monkeypatch, now)
    }
    assert sent == {"approver": at(TUESDAY, 9), "member": at(TUESDAY, 13), "associate": at(date(2026, 3, 5), 9)}


def test_an_urgent_notice_goes_at_once_within_hours_three_times_a_day(
    house: House, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(house, at(TUESDAY, 20), "Gate refused", urgent=True)
    assert run(monkeypatch, at(TUESDAY, 20)) == []
    (mail,) = run(monkeypatch, at(TUESDAY + timedelta(days=1), 9))
    assert mail.subject == "Gate refused (Mona Manager)"
    settings.set_notices(house("associate"), digest=Digest.NONE)
    tell(house, at(TUESDAY, 20), "Gate passed", who="associate", urgent=True)
    made = []
    for hour in (10, 11, 12):
        tell(house, at(TUESDAY + timedelta(days=1), hour), f"Gate {hour}", urgent=True)
        made += run(monkeypatch, at(TUESDAY + timedelta(days=1), hour, 5))
    assert len(made) == 2  # the fourth waits


def test_an_address_that_cannot_be_written_to_keeps_nobody_elses_mail(
    house: House, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with maintenance("an address from before they were checked"):
        rows = Notice._meta.apps.get_model("people.Person").unscoped(reason="test")
        rows.filter(pk=person(house, "associate")).update(email="nobody")
    for who in ("associate", "member"):
        tell(house, at(MONDAY, 8), "Broken", who=who)
    assert [mail.recipients for mail in run(monkeypatch, at(MONDAY, 9))] == [["member@example.org"]]


def test_without_a_mail_server_nothing_is_made(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(house, at(MONDAY, 8), "Broken")
    assert run(monkeypatch, at(MONDAY, 9)) == []


# --- stopping it ------------------------------------------------------------------------------


def test_the_link_shows_and_only_a_post_stops(house: House, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(house, at(MONDAY, 8), "Broken")
    (mail,) = run(monkeypatch, at(MONDAY, 9))
    link = "/digest/" + mail.headers["List-Unsubscribe"].strip("<>").split("/digest/")[1]
    client = Client(enforce_csrf_checks=True)
    assert "Stop the digest?" in client.get(link).content.decode()
    assert settings.notice_settings(house("member")).digest is Digest.WEEKLY
    stopped = client.post(link, {"List-Unsubscribe": "One-Click"})
    assert "The digest is stopped" in stopped.content.decode()
    assert settings.notice_settings(house("member")).digest is Digest.NONE
    assert "The digest comes again" in client.post(link, {"digest": "weekly"}).content.decode()


@pytest.mark.parametrize("token", ["1", "1.x", "strange"])
def test_a_link_that_nobody_signed_is_not_there(house: House, token: str) -> None:
    assert Client().get(f"/digest/{token}/").status_code == 404
    assert Client().post(f"/digest/{token}/").status_code == 404


# --- settings and looking ahead -----------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts": "17:00", "ends": "09:00"},
        {"zone": "Nowhere"},
        {"work_days": []},
        {"away_from": MONDAY},
        {"away_from": FRIDAY, "away_until": MONDAY},
        {"silent": ["mentioned"]},
        {"starts": "9"},
    ],
)
def test_settings_that_make_no_sense_are_refused(house: House, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        settings.set_notices(house("member"), **wrong)


def test_settings_changed_meanwhile_are_not_overwritten(house: House) -> None:
    ctx = house("member")
    settings.set_notices(ctx, digest=Digest.DAILY, version=0)
    with pytest.raises(Stale):
        settings.set_notices(ctx, digest=Digest.NONE, version=0)
    assert settings.set_notices(ctx, back=True, version=1).digest is Digest.DAILY


def test_administrators_see_what_would_go_out_this_week(house: House, server: Server) -> None:
    settings.set_notices(house("associate"), digest=Digest.NONE)
    settings.set_notices(house("approver"), digest=Digest.DAILY)
    ctx: Context = house("administrator").but(now=at(FRIDAY, 12))
    tell(house, at(FRIDAY, 11), "Broken")
    tell(house, at(FRIDAY, 11), "Refused", urgent=True)
    week = digests.week_of_mails(ctx)
    mine = [(mail.rule, mail.at, mail.lines) for mail in week.mails if mail.address == "member@example.org"]
    assert mine == [(MailRule.URGENT, at(FRIDAY, 12), 1), (MailRule.WEEKLY, at(date(2026, 3, 9), 9), 1)]
    daily = [mail.at for mail in week.mails if mail.address == "approver@example.org"]
    assert daily == [at(date(2026, 3, day), 9) for day in (9, 10, 11, 12, 13)]
    assert ("Asha Associate", "wants no mail") in {(one.name, one.why) for one in week.without}
    with pytest.raises(Denied):
        digests.week_of_mails(house("manager"))


def test_set_aside_comes_back_on_top_at_the_start_of_ones_day(house: House) -> None:
    tell(house, at(FRIDAY, 10), "First", "Second")
    ctx = house("member").but(now=at(FRIDAY, 12))
    newest, oldest = standing(ctx)
    back = inboxes.set_aside(ctx, notices=(oldest,), until=date(2026, 3, 9))
    assert back == at(date(2026, 3, 9), 9)
    assert standing(ctx) == [newest]
    assert standing(ctx.but(now=back)) == [oldest, newest]
    with pytest.raises(NotFound):
        inboxes.set_aside(house("manager"), notices=(oldest,), hours=3)
    with pytest.raises(Invalid):
        inboxes.set_aside(ctx, notices=(oldest,), until=FRIDAY)


def standing(ctx: Context) -> list[int]:
    return [row.id for row in inbox(ctx).items]
