"""Meetings of calendar files: zones, lengths, repeats and their exceptions, what is left out, what is refused."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.documents.child import Refused
from headway.documents.exchange.ics_reading import Calendar, read_calendar

BERLIN = ZoneInfo("Europe/Berlin")
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 31)


def calendar(*events: str, **more: object) -> Calendar:
    body = "\r\n".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT" for event in events)
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}\r\nEND:VCALENDAR\r\n"
    return read_calendar(text, first=FIRST, last=LAST, zone=BERLIN, **more)  # type: ignore[arg-type]


def event(start: str, *more: str, uid: str = "1", title: str = "Review") -> str:
    return "\r\n".join((f"UID:{uid}", f"SUMMARY:{title}", f"DTSTART{start}", *more))


def starts(found: Calendar) -> list[str]:
    return [f"{meeting.start.astimezone(BERLIN):%d %H:%M}" for meeting in found.meetings]


def test_a_meeting_has_its_zone_length_and_people() -> None:
    found = calendar(
        event(
            ";TZID=Eastern Standard Time:20260303T090000",
            "DURATION:PT1H30M",
            "ORGANIZER;CN=Ann:mailto:Ann@Acme.example",
            'ATTENDEE;CN="Miller; Bob";PARTSTAT=ACCEPTED:mailto:bob@acme.example',
            "BEGIN:VALARM",
            "DURATION:PT9H",
            "END:VALARM",
            title="Design\\, second\r\n  round",
        )
    )
    (meeting,) = found.meetings
    assert meeting.title == "Design, second round"
    assert meeting.start == datetime(2026, 3, 3, 9, tzinfo=ZoneInfo("America/New_York"))
    assert (meeting.end - meeting.start).total_seconds() == 90 * 60
    assert meeting.attendees == ("ann@acme.example", "bob@acme.example")


def test_a_series_repeats_at_the_same_time_of_the_clock_across_summer_time() -> None:
    found = calendar(
        event(
            ";TZID=Europe/Berlin:20260105T100000",
            "DTEND;TZID=Europe/Berlin:20260105T110000",
            "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;INTERVAL=2",
            "EXDATE;TZID=Europe/Berlin:20260304T100000",
        )
    )
    assert starts(found) == ["02 10:00", "16 10:00", "18 10:00", "30 10:00"]
    assert found.meetings[0].start.utcoffset() != found.meetings[-1].start.utcoffset()


def test_a_moved_occurrence_stands_once_and_keeps_its_name() -> None:
    series = event(":20260302T090000Z", "DTEND:20260302T100000Z", "RRULE:FREQ=DAILY;COUNT=3")
    moved = event(":20260305T150000Z", "DTEND:20260305T160000Z", "RECURRENCE-ID:20260303T090000Z")
    found = calendar(series, moved)
    assert starts(found) == ["02 10:00", "04 10:00", "05 16:00"]
    assert f"{found.meetings[-1].occurrence:%d %H:%M}" == "03 09:00"


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=MONTHLY;BYDAY=2TU", ["10"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["27"]),
        ("FREQ=MONTHLY;BYMONTHDAY=15", ["15"]),
        ("FREQ=DAILY;UNTIL=20260304T235959Z", ["02", "03", "04"]),
        ("FREQ=WEEKLY;UNTIL=20260316", ["02", "09", "16"]),
        ("FREQ=DAILY;BYDAY=MO;COUNT=2", ["02", "09"]),
        ("FREQ=YEARLY", ["02"]),
        ("FREQ=SECONDLY", ["02"]),
    ],
)
def test_repeats(rule: str, days: list[str]) -> None:
    found = calendar(event(";TZID=Europe/Berlin:20260302T080000", "DURATION:PT30M", f"RRULE:{rule}"))
    assert [start[:2] for start in starts(found)] == days


def test_what_is_no_time_of_the_owners_is_left_out_and_counted() -> None:
    there = ("DTSTART:20260303T090000Z".removeprefix("DTSTART"), "DTEND:20260303T100000Z")
    found = calendar(
        event(*there, "STATUS:CANCELLED", uid="1"),
        event(*there, "TRANSP:TRANSPARENT", uid="2"),
        event(*there, "ATTENDEE;PARTSTAT=DECLINED:mailto:me@example.org", uid="3"),
        event(";VALUE=DATE:20260303", uid="4"),
        event(*there, uid="5", title=""),
        event(":20260401T090000Z", "DTEND:20260401T100000Z", uid="6"),
        owner=["Me@example.org"],
    )
    assert found.meetings == ()
    assert dict(found.left_out) == {
        "cancelled": 1, "marked as free": 1, "declined": 1, "whole days": 1, "without a title": 1,
    }  # fmt: skip


def test_what_is_no_calendar_is_refused() -> None:
    with pytest.raises(Refused, match=r"no calendar file"):
        read_calendar("Dear all", first=FIRST, last=LAST, zone=BERLIN)
    with pytest.raises(Refused, match="2 MB"):
        read_calendar("BEGIN:VCALENDAR" + " " * 2_000_000, first=FIRST, last=LAST, zone=BERLIN)


@given(st.text(alphabet='DTSARUVEN:;=,20260302T09Z-P\r\n "\\', max_size=200))
def test_any_text_gives_meetings_of_those_days_or_none(body: str) -> None:
    text = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{body}\nEND:VEVENT\nEND:VCALENDAR"
    found = read_calendar(text, first=FIRST, last=LAST, zone=BERLIN)
    assert all(FIRST <= meeting.start.astimezone(BERLIN).date() <= LAST for meeting in found.meetings)
    assert all(meeting.end > meeting.start for meeting in found.meetings)
