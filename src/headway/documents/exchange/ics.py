"""Calendars as files (iCalendar, RFC 5545): whole days with a text, for Outlook, Google Calendar and others.

Not here: invitations, which ask somebody to come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_LONGEST = 75  # bytes of a line, without its end
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class Day:
    """An entry of one whole day.

    uid       names it for good: a later file with the same uid brings it up to date.
    sequence  rises with every change.
    """

    uid: str
    on: date
    summary: str
    description: str = ""
    url: str = ""
    categories: tuple[str, ...] = ()
    sequence: int = 0


def calendar(name: str, days: Iterable[Day], *, at: datetime) -> bytes:
    """A calendar file of whole days.

    at  the moment it is written, aware.
    """
    stamp = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Headway//Milestones//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    for day in days:
        lines += _event(day, stamp)
    lines.append("END:VCALENDAR")
    return b"".join(part + b"\r\n" for line in lines for part in _folded(line))


def _event(day: Day, stamp: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(day.uid)}"
    yield f"DTSTAMP:{stamp}"
    yield f"SEQUENCE:{day.sequence}"
    yield f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day.on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(day.summary)}"
    if day.description:
        yield f"DESCRIPTION:{_text(day.description)}"
    if day.url:
        yield f"URL:{day.url}"
    if day.categories:
        yield "CATEGORIES:" + ",".join(_text(item) for item in day.categories)
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(text: str) -> str:
    """A text value; control characters have no place in a calendar."""
    escaped = text.translate(_ESCAPES)
    return "".join(sign for sign in escaped if sign >= " " or sign == "\t")


def _folded(line: str) -> Iterator[bytes]:
    """A line of at most 75 bytes, continued on others that begin with a space; no character is cut."""
    part = b""
    for sign in line:
        raw = sign.encode()
        if len(part) + len(raw) > _LONGEST:
            yield part
            part = b" "
        part += raw
    yield part
