"""Calendar files: what other programs read of them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from headway.documents.exchange.ics import Day, calendar

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def _lines(*days: Day) -> list[str]:
    """The file's lines, unfolded as RFC 5545 asks."""
    raw = calendar("Milestones", days, at=AT)
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    return raw.replace(b"\r\n ", b"").decode().split("\r\n")


def test_a_day_is_a_whole_day_that_ends_with_the_next() -> None:
    lines = _lines(Day("milestone-7@headway", date(2026, 12, 31), "Go-live", categories=("CRM",)))
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for line in (
        "UID:milestone-7@headway",
        "DTSTAMP:20260302T093000Z",
        "DTSTART;VALUE=DATE:20261231",
        "DTEND;VALUE=DATE:20270101",
        "SUMMARY:Go-live",
        "CATEGORIES:CRM",
        "TRANSP:TRANSPARENT",
    ):
        assert line in lines


def test_text_is_escaped_and_long_lines_are_folded_between_characters() -> None:
    name = "Größe; Preis, \\ Ende\nEND:VEVENT \x07" + "日" * 60
    lines = _lines(Day("m@headway", date(2026, 3, 13), name))
    assert "SUMMARY:Größe\\; Preis\\, \\\\ Ende\\nEND:VEVENT " + "日" * 60 in lines
    assert lines.count("END:VEVENT") == 1


def test_a_calendar_without_days_is_a_calendar() -> None:
    assert _lines()[-2] == "END:VCALENDAR"
