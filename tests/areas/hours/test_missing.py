"""Missing hours: who is missing what, the reminder to the person, the line on the Desk of who leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from headway.areas.comms import digests, settings
from headway.areas.comms.models import Mail
from headway.areas.comms.types import Digest
from headway.areas.desk.providers import matters
from headway.areas.hours import commands, missing, reminding, sheets, weeks
from headway.areas.people import leave
from headway.areas.people.queries import person_of_user
from headway.kernel.context import Channel, Context, system_context
from headway.kernel.errors import Denied
from tests.conftest import NOW

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
LAST = date(2026, 2, 23)  # the Monday of last week


def person(house: House, who: str) -> int:
    found = person_of_user(house(who).actor.user_id)
    assert found is not None
    return found


def log(house: House, who: str, day: date, hours: int = 8) -> None:
    commands.log(house(who), project="SITE", day=day, hours=Decimal(hours))


@pytest.fixture
def gaps(site: House) -> House:
    """Last week: the member logged Monday and Tuesday, the tester all of it; both logged in the weeks before."""
    for who in ("member", "tester"):
        log(site, who, LAST - timedelta(weeks=1))
    for step in range(5):
        log(site, "tester", LAST + timedelta(days=step))
        if step < 2:
            log(site, "member", LAST + timedelta(days=step))
    return site


def test_who_logged_less_than_they_could_work_is_listed(gaps: House) -> None:
    newest = missing.missing_hours(gaps("manager"), weeks=1).weeks[0]
    assert (newest.first, newest.expected) == (LAST, 2)
    (row,) = newest.rows
    assert (row.person, row.expected, row.logged, row.missing) == ("Max Member", 40, 16, 24)
    assert row.empty_days == tuple(LAST + timedelta(days=step) for step in (2, 3, 4))


def test_leave_is_not_missing(gaps: House) -> None:
    boss = gaps("manager")
    leave.ask_leave(boss, first=LAST + timedelta(days=2), last=LAST + timedelta(days=4), person=person(gaps, "member"))
    assert missing.missing_hours(boss, weeks=1).weeks[0].rows == ()
    (before,) = missing.missing_hours(boss, day=LAST - timedelta(weeks=1), weeks=1).weeks
    assert before.expected == 0  # nobody logged in the weeks before that
    week_off = LAST + timedelta(weeks=1)
    leave.ask_leave(boss, first=week_off, last=week_off + timedelta(days=4), person=person(gaps, "member"))
    row = next(row for row in weeks.team_week(boss, day=week_off).rows if row.person == "Max Member")
    assert (row.missing, row.away) == (False, True)


def test_only_those_who_run_projects_see_who_is_missing(gaps: House) -> None:
    for who in ("member", "client"):
        with pytest.raises(Denied):
            missing.missing_hours(gaps(who))
    assert missing.missing_hours(gaps("stranger")).weeks[0].rows == ()


def house_at(days: int = 0, hours: int = 0) -> Context:
    return system_context("reminders", channel=Channel.JOB).but(now=NOW + timedelta(days=days, hours=hours))


def test_a_person_is_reminded_once_a_week_in_working_time(gaps: House) -> None:
    assert list(reminding.due(house_at())) == []  # the house has not chosen a day
    sheets.edit_rules(gaps("administrator"), remind_on=1)
    member = person(gaps, "member")
    assert list(reminding.due(house_at(hours=14))) == []  # at night
    assert list(reminding.due(house_at())) == [member]
    assert reminding.send_reminder(house_at(), person=member) is not None
    assert reminding.send_reminder(house_at(days=1), person=member) is None
    assert list(reminding.due(house_at(days=1))) == []
    (mail,) = Mail.unscoped(reason="a test reads the outbox").all()
    assert mail.recipients == ["member@example.org"]
    assert mail.subject == "24 h from Mon 23 Feb to Sun 1 Mar are not logged yet"
    assert "Hello Max," in mail.body
    assert "- Wed 25 Feb" in mail.body
    assert "Switch it off:" in mail.body


def test_who_wants_none_or_is_away_is_not_reminded(gaps: House) -> None:
    sheets.edit_rules(gaps("administrator"), remind_on=1)
    assert not reminding.set_reminders(gaps("member"), wanted=False).mine
    assert list(reminding.due(house_at())) == []
    assert [name for _, name in reminding.reminders(gaps("administrator")).off] == ["Max Member"]
    with pytest.raises(Denied):
        reminding.set_reminders(gaps("tester"), wanted=True, person=person(gaps, "member"))
    assert reminding.set_reminders(gaps("member"), wanted=True).mine
    leave.ask_leave(gaps("manager"), first=date(2026, 3, 2), last=date(2026, 3, 3), person=person(gaps, "member"))
    assert list(reminding.due(house_at())) == []
    assert list(reminding.due(house_at(days=2))) == [person(gaps, "member")]


def test_the_desk_names_who_logged_nothing_and_the_leave_to_decide(gaps: House) -> None:
    boss = gaps("manager")
    assert matters(boss, {"missing"}) == []
    later = boss.but(now=NOW + timedelta(weeks=1))
    log(gaps, "tester", date(2026, 3, 2))
    (line,) = matters(later, {"missing"})
    assert line.people == ("Max Member",)
    leave.ask_leave(gaps("member"), first=date(2026, 3, 9), last=date(2026, 3, 10))
    (asked,) = matters(boss, {"leave"})
    assert (asked.what, asked.act.page) == ("Leave of Max Member", "leave")
    assert matters(gaps("tester"), {"leave"}) == []


def _mails_of_a_week(house: House) -> list[tuple[str, str, str]]:
    """A week of both jobs that mail people by themselves, every hour: when, to whom and which mail, as queued."""
    week = []
    for hour in range(7 * 24):
        now = house_at(days=-1, hours=hour - NOW.hour)
        known = set(Mail.unscoped(reason="a test reads the outbox").values_list("pk", flat=True))
        for who in list(reminding.due(now)):
            reminding.send_reminder(now, person=who)
        for who, rule, upto in list(digests.due(now.now)):
            digests.send_notices(now, person=who, rule=rule, upto=upto)
        for mail in Mail.unscoped(reason="a test reads the outbox").exclude(pk__in=known).order_by("pk"):
            kind = "missing hours" if "missing-hours" in mail.event_key else "notices"
            week.append((f"{now.now:%a %H}", mail.recipients[0], kind))
    return week


def test_in_a_week_of_mails_a_reminder_comes_once_beside_the_digests(gaps: House) -> None:
    sheets.edit_rules(gaps("administrator"), remind_on=2)
    log(gaps, "tester", date(2026, 3, 2))
    for who, wanted in (("member", Digest.DAILY), ("tester", Digest.DAILY), ("manager", Digest.NONE)):
        settings.set_notices(gaps(who), digest=wanted)
    week = _mails_of_a_week(gaps)
    of_member = [(when, kind) for when, to, kind in week if to == "member@example.org"]
    assert of_member.count(("Tue 09", "missing hours")) == 1  # on the day of the house, in the first working hour
    assert [kind for _, kind in of_member].count("missing hours") == 1
    assert ("Mon 09", "notices") in of_member
    assert {to for _, to, kind in week if kind == "missing hours"} == {"member@example.org"}
    hours = {(when[:3] in ("Sat", "Sun"), 9 <= int(when[4:]) < 17) for when, _, _ in week}
    assert hours == {(False, True)}  # nobody is written to at night or on a weekend
    keys = list(Mail.unscoped(reason="a test reads the outbox").values_list("event_key", flat=True))
    assert len(keys) == len(set(keys))


def test_in_a_week_of_mails_nobody_is_reminded_of_what_was_logged_meanwhile(gaps: House) -> None:
    sheets.edit_rules(gaps("administrator"), remind_on=1)
    leave.ask_leave(gaps("manager"), first=date(2026, 3, 2), last=date(2026, 3, 2), person=person(gaps, "member"))
    for step in (2, 3, 4):
        log(gaps, "member", LAST + timedelta(days=step))
    assert [kind for _, _, kind in _mails_of_a_week(gaps) if kind == "missing hours"] == []
