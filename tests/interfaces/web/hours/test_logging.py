"""Logging in seconds by page: the one line, meetings, leave, missing hours, corrections, reminders; with refusals."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from headway.areas.hours import closing, commands, meetings, queries
from headway.areas.hours.types import MeetingState
from headway.areas.people import away, leave
from headway.areas.people.types import LeaveState
from tests.conftest import NOW
from tests.interfaces.web.conftest import House, Signed, person_id

pytestmark = pytest.mark.django_db
DAY = date(2026, 2, 26)
HX = {"HX-Request": "true"}
CALENDAR = (
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Acme web site <b>weekly</b>\r\nDTSTART:20260226T090000Z\r\n"
    "DURATION:PT1H\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nSUMMARY:Dentist\r\nDTSTART:20260226T130000Z\r\n"
    "DURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture(autouse=True)
def on_the_day_of_every_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages have the same day as the contexts."""
    monkeypatch.setenv("HEADWAY_NOW", NOW.isoformat())


def text(client: Client, address: str, **more: object) -> str:
    answer = client.get(address, follow=True, **more)  # type: ignore[arg-type]
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_line_is_shown_as_understood_logged_and_undone(site: House, signed: Signed) -> None:
    client = signed("member")
    shown = text(client, "/hours/line/?line=9-11:30 SITE <i>design</i> 26.2. non-billable", headers=HX)
    assert all(part in shown for part in ("2.5 h, 09:00 to 11:30", "Acme web site", "Enter", "&lt;i&gt;design"))
    assert queries.entries(site("member"), project="SITE").items == ()
    sent = {"line": "9-11:30 SITE design 26.2. non-billable", "week": "2026-03-02"}
    answer = client.post("/hours/line/log/", sent)
    assert answer.headers["Location"] == "/hours/?week=2026-02-23"
    (entry,) = queries.entries(site("member"), project="SITE").items
    assert (entry.hours, entry.note, entry.billable) == (Decimal("2.5"), "design", False)
    undo = f"/projects/SITE/hours/entries/{entry.id}/remove/"
    assert undo in text(client, "/hours/?week=2026-02-23")
    client.post(undo)
    assert queries.entries(site("member"), project="SITE").items == ()


def test_a_line_that_is_sent_again_logs_nothing_a_second_time(site: House, signed: Signed) -> None:
    client = signed("member")
    sent = {"line": "2h SITE design 26.2.", "week": "2026-03-02", "once": "f" * 32}
    for _ in range(2):
        week = client.post("/hours/line/log/", sent).headers["Location"]
    assert "This line was logged already; nothing was logged a second time." in text(client, week)
    assert len(queries.entries(site("member"), project="SITE").items) == 1


def test_a_line_too_long_is_refused_and_kept(site: House, signed: Signed) -> None:
    client = signed("member")
    line = f"2h SITE {'x' * 1000}"
    answer = client.post("/hours/line/log/", {"line": line, "week": "2026-03-02"})
    assert answer.status_code == 422
    for shown in (answer.content.decode(), text(client, "/add", data={"line": line})):
        assert "The line has 1,008 characters; at most 1,000 can be read." in shown
        assert f'value="{line}"' in shown
    assert "1,008 characters" in text(client, "/hours/line/", data={"line": line}, headers=HX)
    assert queries.entries(site("member"), project="SITE").items == ()
    client.post("/hours/line/log/", {"line": line[:-8], "week": "2026-03-02"})
    (entry,) = queries.entries(site("member"), project="SITE").items
    assert entry.note == "x" * 992


def test_an_open_line_is_asked_on_the_page_of_quick_add(site: House, signed: Signed) -> None:
    client = signed("member")
    assert "which project" in text(client, "/hours/line/?line=2h basket", headers=HX)
    answer = client.post("/hours/line/log/", {"line": "2h basket", "week": "2026-03-02"})
    assert answer.headers["Location"].startswith("/add?line=2h+basket&next=")
    assert "Say for which project" in text(client, answer.headers["Location"])
    assert queries.entries(site("member"), project="SITE").items == ()


def test_a_clear_line_that_may_not_be_logged_says_why(site: House, signed: Signed) -> None:
    closing.close_month(site("manager"), project="SITE", month=date(2026, 2, 1))
    client = signed("member")
    answer = client.post("/hours/line/log/", {"line": "2h #SITE design 2026-02-10", "week": "2026-02-09"})
    assert "closed" in text(client, answer.headers["Location"])
    assert queries.entries(site("member"), project="SITE").items == ()


def test_a_line_without_hours_is_still_one_of_hours(site: House, signed: Signed) -> None:
    client = signed("member")
    for line in ("-3h SITE basket", "8 SITE basket", "two hours SITE basket"):
        answer = client.post("/hours/line/log/", {"line": line, "week": "2026-03-02"})
        page = text(client, answer.headers["Location"])
        assert "Say how long" in page
        assert "Say what it is" not in page
    assert queries.entries(site("member"), project="SITE").items == ()


def test_meetings_of_a_dropped_file_are_logged_left_and_proposed_again(site: House, signed: Signed) -> None:
    client, me = signed("member"), site("member")
    client.post("/hours/meetings/", {"file": SimpleUploadedFile("week.ics", CALENDAR.encode())})
    page = text(client, "/hours/meetings/")
    assert "2 meetings wait, 2 h; 1 still needs a project." in page
    assert "<b>weekly" not in page
    weekly, dentist = meetings.meetings(me)
    client.post("/hours/meetings/decide/", {"do": f"accept:{dentist.id}"})
    assert "Say on which project" in text(client, "/hours/meetings/")
    client.post("/hours/meetings/decide/", {"do": f"leave:{dentist.id}"})
    client.post("/hours/meetings/decide/", {"do": "all"})
    (entry,) = queries.entries(me, project="SITE").items
    assert (entry.day, entry.hours) == (DAY, Decimal(1))
    client.post(f"/hours/meetings/{weekly.id}/reopen/")
    assert queries.entries(me, project="SITE").items == ()
    assert [row.state for row in meetings.meetings(me, state=MeetingState.LEFT)] == [MeetingState.LEFT]
    answer = client.post("/hours/meetings/", {"calendar": "Dear all"})
    assert answer.status_code == 422
    assert "calendar file" in answer.content.decode()
    assert signed("manager").post(f"/hours/meetings/{weekly.id}/reopen/").status_code == 404


def test_leave_is_asked_for_decided_and_stands_in_the_weeks_head(site: House, signed: Signed) -> None:
    client, boss = signed("member"), signed("manager")
    days = {"first": "2026-03-03", "last": "2026-03-04", "ends_half": "on", "kind": "holiday"}
    assert client.post("/leave/", days).status_code == 302
    assert "it waits to be decided" in text(client, "/leave/")
    assert client.post("/leave/", days).status_code == 409
    (asked,) = away.leave_to_decide(site("manager"))
    assert "Max Member" in text(boss, "/leave/")
    assert "Leave of Max Member" in text(boss, "/")
    boss.post(f"/leave/{asked.id}/decide/", {"act": "refuse"})
    assert "Say why the leave is refused." in text(boss, "/leave/")
    boss.post(f"/leave/{asked.id}/decide/", {"act": "approve"})
    commands.log(site("member"), project="SITE", day=date(2026, 3, 2), hours=Decimal(8))
    week = text(client, "/hours/?week=2026-03-02")
    assert "Half a day of leave" in week
    assert "28" in week.split("hw-week-can", 1)[1]
    assert signed("tester").post(f"/leave/{asked.id}/withdraw/").status_code == 404
    client.post(f"/leave/{asked.id}/withdraw/")
    assert away.leaves(site("member"))[0].state is LeaveState.WITHDRAWN


def test_missing_hours_are_listed_with_constant_queries(site: House, signed: Signed) -> None:
    monday = date(2026, 2, 16)
    commands.log(site("member"), project="SITE", day=monday, hours=Decimal(8))
    boss = signed("manager")
    page = text(boss, "/hours/team/missing/")
    assert "40 h of 1 of 1 person are missing in the week of" in page

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            boss.get("/hours/team/missing/")
        return len(counted)

    cost()
    few = cost()
    for who in ("tester", "associate"):
        commands.log(site(who), project="SITE", day=monday, hours=Decimal(8))
    leave.ask_leave(site("manager"), first=monday, last=monday, person=person_id(site, "tester"))
    assert cost() == few
    assert signed("member").get("/hours/team/missing/").status_code == 403


def test_a_closed_entry_is_corrected_on_its_page(site: House, signed: Signed) -> None:
    row = commands.log(site("member"), project="SITE", day=DAY, hours=Decimal(7), note="Build")
    days = {"first": DAY, "last": DAY}
    commands.submit(site("member"), project="SITE", **days)
    commands.approve(site("manager"), project="SITE", **days)
    address, boss = f"/projects/SITE/hours/entries/{row.id}/", signed("manager")
    assert "Correct it" in text(boss, address)
    assert "Correct it" not in text(signed("member"), address)
    form = {"form": "correct", "correct-hours": "5", "correct-day": str(DAY), "correct-to_project": "SITE"}
    form |= {"correct-note": "Build", "correct-billable": "on", "correct-reason": "Lunch <hr> counted"}
    assert boss.post(address, form | {"correct-reason": ""}).status_code == 422
    assert boss.post(address, form).status_code == 302
    page = text(signed("member"), address)
    assert "Lunch &lt;hr&gt; counted" in page
    assert "takes back" in page
    assert "Correct it" not in text(boss, address)
    (total,) = queries.totals(site("manager"), project="SITE", by=())
    assert total.hours == 5


def test_everybody_chooses_their_own_reminders(site: House, signed: Signed) -> None:
    signed("administrator").post("/settings/hours/", {"round_minutes": "0", "remind_on": "4", "remind_below": "80"})
    client = signed("member")
    assert "On Thursday you get a mail" in text(client, "/settings/hours/")
    client.post("/settings/hours/reminders/", {"wanted": "0"})
    assert "You get no mail about missing hours." in text(client, "/settings/hours/")
    assert "Max Member" in text(signed("administrator"), "/settings/hours/")
    assert client.post("/settings/hours/", {"round_minutes": "5"}).status_code == 403


def test_to_clients_and_guests_there_is_none_of_it(site: House, signed: Signed) -> None:
    for who in ("client", "guest"):
        for address in ("/hours/line/", "/hours/meetings/", "/hours/team/missing/", "/leave/", "/settings/hours/"):
            assert signed(who).get(address).status_code == 404, (who, address)


def test_a_week_of_meetings_costs_the_same_queries_however_many(site: House, signed: Signed) -> None:
    client, me = signed("member"), site("member")
    events = "".join(
        f"BEGIN:VEVENT\nUID:{n}\nSUMMARY:SITE {n}\nDTSTART:{DAY + timedelta(days=n % 3):%Y%m%d}T100000Z\n"
        "DURATION:PT1H\nEND:VEVENT\n"
        for n in range(20)
    )

    def cost() -> int:
        with CaptureQueriesContext(connection) as counted:
            client.get("/hours/meetings/")
        return len(counted)

    meetings.propose_meetings(me, calendar=CALENDAR)
    cost()
    few = cost()
    meetings.propose_meetings(me, calendar=f"BEGIN:VCALENDAR\n{events}END:VCALENDAR")
    assert len(meetings.meetings(me)) == 22
    assert cost() == few
