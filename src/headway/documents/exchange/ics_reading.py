"""Meetings of a calendar file (iCalendar, RFC 5545) between two days, repeats laid out. Plain Python, no library.

Read are VEVENTs with their zone, length, repeats by day, week, month or year, exceptions and moved occurrences. Whole
days, cancelled events, those marked as free and those that the owner declined are left out, each counted with its
reason. Not here: whose time it is, and what work it was.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, available_timezones

from headway.documents.child import Refused

LONGEST = 2_000_000  # signs of a file
MOST_EVENTS = 20_000
_MOST_REPEATS = 4000  # of one event that are looked through
_DURATION = re.compile(r"([+-])?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?")
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)")
_WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_BY_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_ESCAPED = {"\\n": "\n", "\\N": "\n", "\\,": ",", "\\;": ";", "\\\\": "\\"}
# Names that a widely used mail program gives to zones.
_ZONES = {
    "W. Europe Standard Time": "Europe/Berlin",
    "Central Europe Standard Time": "Europe/Budapest",
    "Central European Standard Time": "Europe/Warsaw",
    "Romance Standard Time": "Europe/Paris",
    "GMT Standard Time": "Europe/London",
    "Greenwich Standard Time": "Atlantic/Reykjavik",
    "E. Europe Standard Time": "Europe/Chisinau",
    "FLE Standard Time": "Europe/Kyiv",
    "GTB Standard Time": "Europe/Bucharest",
    "Turkey Standard Time": "Europe/Istanbul",
    "Russian Standard Time": "Europe/Moscow",
    "Israel Standard Time": "Asia/Jerusalem",
    "Arabian Standard Time": "Asia/Dubai",
    "India Standard Time": "Asia/Kolkata",
    "China Standard Time": "Asia/Shanghai",
    "Singapore Standard Time": "Asia/Singapore",
    "Tokyo Standard Time": "Asia/Tokyo",
    "Korea Standard Time": "Asia/Seoul",
    "AUS Eastern Standard Time": "Australia/Sydney",
    "New Zealand Standard Time": "Pacific/Auckland",
    "Eastern Standard Time": "America/New_York",
    "Central Standard Time": "America/Chicago",
    "Mountain Standard Time": "America/Denver",
    "US Mountain Standard Time": "America/Phoenix",
    "Pacific Standard Time": "America/Los_Angeles",
    "Atlantic Standard Time": "America/Halifax",
    "E. South America Standard Time": "America/Sao_Paulo",
    "South Africa Standard Time": "Africa/Johannesburg",
    "UTC": "UTC",
}


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting, or one occurrence of a repeated one.

    uid         of the event. start, end: aware instants.
    occurrence  the start that the series gives it: stays when the occurrence is moved.
    attendees   mail addresses in small letters, with the organiser's.
    """

    uid: str
    title: str
    start: datetime
    end: datetime
    occurrence: datetime
    attendees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a file holds between two days, by start. left_out: how many events by reason."""

    meetings: tuple[Meeting, ...]
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Value:
    """A property's value with its parameters."""

    text: str
    parameters: Mapping[str, str]


@dataclass(slots=True)
class _Event:
    """A VEVENT's properties by name, several of one name in their order."""

    properties: dict[str, list[_Value]] = field(default_factory=dict)

    def one(self, name: str) -> _Value | None:
        found = self.properties.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        found = self.one(name)
        return _unescaped(found.text).strip() if found else ""


def read_calendar(text: str, *, first: date, last: date, zone: ZoneInfo, owner: Collection[str] = ()) -> Calendar:
    """The meetings that begin between two days, both inclusive, in a zone.

    zone   where a time without a zone was meant. owner: the mail addresses of whose calendar it is.
    Raises Refused for a text that is no calendar, and names what is wrong.
    """
    if len(text) > LONGEST:
        raise Refused(f"The calendar has more than {LONGEST // 1_000_000} MB. Export the weeks that are wanted alone.")
    if "BEGIN:VCALENDAR" not in text.upper():
        raise Refused("This is no calendar file: it has no BEGIN:VCALENDAR. Export your calendar as .ics.")
    events = list(_events(text))
    if len(events) > MOST_EVENTS:
        raise Refused(f"The calendar holds more than {MOST_EVENTS} events. Export the weeks that are wanted alone.")
    left_out: Counter[str] = Counter()
    moved = {
        (event.text("UID"), at) for event in events if (at := _moment(event.one("RECURRENCE-ID"), zone)) is not None
    }
    begin = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    found = []
    for event in events:
        for meeting in _meetings(event, zone, begin, end, moved):
            why = _left_out(event, meeting, owner)
            if why:
                left_out[why] += 1
            else:
                found.append(meeting)
        if _whole_day(event) and _touches(event, first, last):
            left_out["whole days"] += 1
    return Calendar(tuple(sorted(found, key=lambda one: (one.start, one.title, one.uid))), dict(left_out))


# --- lines ------------------------------------------------------------------------------------


def _events(text: str) -> Iterator[_Event]:
    """The events of a calendar; what stands in them as parts of their own (alarms) is passed by."""
    inside: list[str] = []
    event = _Event()
    for line in _unfolded(text):
        name, parameters, value = _property(line)
        if name == "BEGIN":
            inside.append(value.strip().upper())
            if inside[-1] == "VEVENT":
                event = _Event()
        elif name == "END" and inside:
            if inside.pop() == "VEVENT":
                yield event
        elif inside and inside[-1] == "VEVENT":
            event.properties.setdefault(name, []).append(_Value(value, parameters))


def _unfolded(text: str) -> Iterator[str]:
    line = ""
    for part in text.splitlines():
        if part[:1] in (" ", "\t"):
            line += part[1:]
            continue
        if line:
            yield line
        line = part
    if line:
        yield line


def _property(line: str) -> tuple[str, dict[str, str], str]:
    """Name, parameters and value of a line; colons and semicolons within quotes belong to a parameter."""
    quoted, cuts = False, []
    for place, sign in enumerate(line):
        if sign == '"':
            quoted = not quoted
        elif sign == ";" and not quoted:
            cuts.append(place)
        elif sign == ":" and not quoted:
            cuts.append(place)
            break
    else:
        return line.strip().upper(), {}, ""
    parts = [line[start + 1 : end] for start, end in zip([-1, *cuts], cuts, strict=False)]
    parameters = {}
    for part in parts[1:]:
        key, _, value = part.partition("=")
        parameters[key.strip().upper()] = value.strip().strip('"')
    return parts[0].strip().upper(), parameters, line[cuts[-1] + 1 :]


def _unescaped(text: str) -> str:
    return re.sub(r"\\[nN,;\\]", lambda match: _ESCAPED[match.group()], text)


# --- moments ----------------------------------------------------------------------------------


def _moment(value: _Value | None, zone: ZoneInfo) -> datetime | None:
    """An instant in its own zone; None for none and for a whole day."""
    if value is None or value.parameters.get("VALUE", "").upper() == "DATE":
        return None
    match = re.fullmatch(r"(\d{8})T(\d{6})(Z)?", value.text.strip())
    if match is None:
        return None
    try:
        local = datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S")
    except ValueError:
        return None
    there: tzinfo = UTC if match[3] else _zone(value.parameters.get("TZID", ""), zone)
    return local.replace(tzinfo=there)


def _zone(name: str, usual: ZoneInfo) -> tzinfo:
    known = _ZONES.get(name, name.removeprefix("/").rpartition("mozilla.org/20050126_1/")[2])
    return ZoneInfo(known) if known in available_timezones() else usual


def _day(value: _Value | None) -> date | None:
    match = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", value.text.strip()) if value else None
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _whole_day(event: _Event) -> bool:
    return _day(event.one("DTSTART")) is not None


def _touches(event: _Event, first: date, last: date) -> bool:
    begins = _day(event.one("DTSTART"))
    ends = _day(event.one("DTEND")) or begins
    return begins is not None and ends is not None and begins <= last and (ends > first or begins == ends >= first)


def _length(event: _Event, start: datetime, zone: ZoneInfo) -> timedelta:
    end = _moment(event.one("DTEND"), zone)
    if end is not None:
        return end.astimezone(UTC) - start.astimezone(UTC)
    match = _DURATION.fullmatch(event.text("DURATION"))
    if match is None or match[1] == "-":
        return timedelta(0)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


# --- occurrences ------------------------------------------------------------------------------


def _meetings(
    event: _Event, zone: ZoneInfo, begin: datetime, end: datetime, moved: Collection[tuple[str, datetime]]
) -> Iterator[Meeting]:
    """The occurrences of an event that begin between two instants."""
    start = _moment(event.one("DTSTART"), zone)
    if start is None:
        return
    length = _length(event, start, zone)
    if not timedelta(0) < length <= timedelta(days=1):
        return
    uid, title, people = event.text("UID") or event.text("SUMMARY"), event.text("SUMMARY"), _people(event)
    alone = _moment(event.one("RECURRENCE-ID"), zone)
    if alone is not None or event.one("RRULE") is None:
        starts: Iterable[datetime] = (start,)
    else:
        starts = _repeats(start, _rule(event.text("RRULE")), end, zone)
    left = {at for value in event.properties.get("EXDATE", ()) for at in _listed(value, zone)}
    for at in starts:
        if not begin <= at < end or at in left or (alone is None and (uid, at) in moved):
            continue
        over = at.astimezone(UTC) + length
        yield Meeting(uid, title, at, over.astimezone(at.tzinfo), alone or at, people)


def _listed(value: _Value, zone: ZoneInfo) -> Iterator[datetime]:
    for part in value.text.split(","):
        at = _moment(_Value(part, value.parameters), zone)
        if at is not None:
            yield at


def _rule(text: str) -> dict[str, str]:
    parts = (part.partition("=") for part in text.split(";"))
    return {name.strip().upper(): value.strip().upper() for name, _, value in parts}


def _repeats(start: datetime, rule: Mapping[str, str], end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The starts of a series up to an instant, at the same time of the clock in its own zone."""
    until = _until(rule.get("UNTIL", ""), start, zone)
    count = int(rule["COUNT"]) if rule.get("COUNT", "").isdigit() else None
    seen = looked = 0
    for day in _days(start.date(), rule):
        looked += 1
        at = datetime.combine(day, start.timetz())
        if at < start:
            continue
        if at >= end or (until is not None and at > until) or seen == count or looked > _MOST_REPEATS:
            return
        seen += 1
        yield at


def _until(text: str, start: datetime, zone: ZoneInfo) -> datetime | None:
    day = _day(_Value(text, {}))
    if day is not None:
        return datetime.combine(day, time.max, start.tzinfo)
    at = _moment(_Value(text, {}), zone)
    return at.replace(tzinfo=start.tzinfo) if at is not None and not text.endswith("Z") else at


def _days(start: date, rule: Mapping[str, str]) -> Iterator[date]:
    """The days of a series from its first on, without an end; of rules that are not known the first day alone."""
    step = max(1, int(rule["INTERVAL"])) if rule.get("INTERVAL", "").isdigit() else 1
    wanted = [(int(n or 0), _WEEKDAYS[name]) for n, name in _BY_DAY.findall(rule.get("BYDAY", ""))]
    kind = rule.get("FREQ", "")
    yield_from = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}.get(kind)
    if yield_from is None:
        yield start
        return
    yield from yield_from(start, step, wanted, rule)


_Wanted = list[tuple[int, int]]


def _daily(start: date, step: int, wanted: _Wanted, _rule: Mapping[str, str]) -> Iterator[date]:
    days = {weekday for _, weekday in wanted}
    for count in range(_MOST_REPEATS):
        day = start + timedelta(days=count * step)
        if not days or day.weekday() in days:
            yield day


def _weekly(start: date, step: int, wanted: _Wanted, rule: Mapping[str, str]) -> Iterator[date]:
    begins = _WEEKDAYS.get(rule.get("WKST", "MO"), 0)
    week = start - timedelta(days=(start.weekday() - begins) % 7)
    days = sorted({(weekday - begins) % 7 for _, weekday in wanted} or {(start.weekday() - begins) % 7})
    for count in range(_MOST_REPEATS):
        for place in days:
            yield week + timedelta(weeks=count * step, days=place)


def _monthly(start: date, step: int, wanted: _Wanted, rule: Mapping[str, str]) -> Iterator[date]:
    numbers = [int(n) for n in rule.get("BYMONTHDAY", "").split(",") if re.fullmatch(r"-?\d{1,2}", n)]
    for count in range(_MOST_REPEATS // 4):
        months = start.year * 12 + start.month - 1 + count * step
        year, month = months // 12, months % 12 + 1
        if year > 9998:
            return
        yield from _of_month(year, month, wanted, numbers or ([] if wanted else [start.day]))


def _of_month(year: int, month: int, wanted: _Wanted, numbers: list[int]) -> list[date]:
    length = monthrange(year, month)[1]
    places = {n if n > 0 else length + 1 + n for n in numbers}
    for nth, weekday in wanted:
        mine = [n for n in range(1, length + 1) if date(year, month, n).weekday() == weekday]
        places |= set(mine) if not nth else {mine[nth - 1 if nth > 0 else nth]} if abs(nth) <= len(mine) else set()
    return [date(year, month, n) for n in sorted(places) if 1 <= n <= length]


def _yearly(start: date, step: int, _wanted: _Wanted, _rule: Mapping[str, str]) -> Iterator[date]:
    for year in range(start.year, min(start.year + _MOST_REPEATS, 9999), step):
        if start.day <= monthrange(year, start.month)[1]:
            yield date(year, start.month, start.day)


# --- people -----------------------------------------------------------------------------------


def _people(event: _Event) -> tuple[str, ...]:
    found = [_address(value) for name in ("ORGANIZER", "ATTENDEE") for value in event.properties.get(name, ())]
    return tuple(dict.fromkeys(address for address in found if address))


def _address(value: _Value) -> str:
    text = value.text.strip().lower()
    return text.removeprefix("mailto:") if text.startswith("mailto:") else value.parameters.get("EMAIL", "").lower()


def _left_out(event: _Event, meeting: Meeting, owner: Collection[str]) -> str:
    if event.text("STATUS").upper() == "CANCELLED":
        return "cancelled"
    if event.text("TRANSP").upper() == "TRANSPARENT":
        return "marked as free"
    own = {address.lower() for address in owner}
    answers = (
        value.parameters.get("PARTSTAT", "").upper()
        for value in event.properties.get("ATTENDEE", ())
        if _address(value) in own
    )
    if "DECLINED" in answers:
        return "declined"
    return "" if meeting.title else "without a title"
