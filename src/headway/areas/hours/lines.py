"""Hours in one line of plain words, taken apart: `2h Acme design review yesterday`. Pure; what is unclear is asked.

Which project, task and person the words mean is looked up elsewhere (`quick`). Nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from headway.areas.hours.line_words import mention, read_day, tidy
from headway.areas.hours.types import hours_of_text

LONGEST = 1000  # characters of a line, and of a note that is typed in one
_AMOUNT = (
    r"(?:\d{1,2}:[0-5]\d|\d+(?:[.,]\d+)?\s?h(?:(?:ou)?rs?)?(?:\s?[0-5]?\d(?:\s?m(?:in)?)?)?|\d+\s?m(?:in(?:ute)?s?)?)"
)
_MOMENT = r"(\d{1,2})(?::([0-5]\d))?\s?(am|pm)?"
_SPAN = rf"(from\s+)?{_MOMENT}\s?(?:-|–|to|until)\s?{_MOMENT}"
_BEFORE, _AFTER = r"(?<![\w.,:/#@-])", r"(?![\w:/–-])"
_A_TIME_OF_DAY = re.compile(r"(?:\bat|@)\s*$", re.I)
_NOT_BILLABLE = re.compile(r"(?<![\w-])(?:non|not|un)[\s-]?billable(?![\w-])", re.I)
_BILLABLE = re.compile(r"[\s,]billable$", re.I)
_NOON = 12


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A line taken apart.

    hours     None = not said, or unclear. amount: as written ('1:30', '90m').
    start, end  of the work, where it was said from when to when.
    day       None = none, or unclear.
    project   what stood behind '#'; person: what stood behind '@'; '' = none.
    billable  None = not said.
    rest      everything else.
    unclear   by field, what a person must say, in a sentence.
    """

    hours: Decimal | None
    amount: str
    start: time | None
    end: time | None
    day: date | None
    project: str
    person: str
    billable: bool | None
    rest: str
    unclear: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Amount:
    hours: Decimal | None = None
    amount: str = ""
    start: time | None = None
    end: time | None = None
    unclear: str = ""
    rest: str = ""


def is_entry(text: str, today: date) -> bool:
    """Whether a line that does not say what it is means hours: an amount or a span of time stands in front."""
    day = read_day(_without_mentions(" ".join(text.split())), today, past=True)
    return _leading(day.rest) is not None


def read_entry(text: str, today: date) -> EntryLine:
    """Take a line apart; `today` is the day it is for the person who writes. A day without a year is the last such."""
    rest = " ".join(text.split())
    project, rest = mention(rest, "#")
    person, rest = mention(rest, "@")
    day = read_day(rest, today, past=True)
    billable, rest = _billable(day.rest)
    found = _amount(rest)
    unclear = []
    if found.unclear:
        unclear.append(("hours", found.unclear))
    if day.unclear:
        unclear.append(("day", day.unclear))
    elif day.day is not None and day.day > today:
        unclear.append(("day", f"{day.day:%a} {day.day.day} {day.day:%b %Y} has not come yet. Which day was it?"))
    return EntryLine(
        found.hours,
        found.amount,
        found.start,
        found.end,
        None if unclear and unclear[-1][0] == "day" else day.day,
        project,
        person,
        billable,
        tidy(found.rest),
        tuple(unclear),
    )


def _without_mentions(text: str) -> str:
    return mention(mention(text, "#")[1], "@")[1]


def _billable(text: str) -> tuple[bool | None, str]:
    """Whether the work is paid for, where the line says so; 'billable' alone counts only at its end."""
    for pattern, said in ((_NOT_BILLABLE, False), (_BILLABLE, True)):
        match = pattern.search(text)
        if match is not None:
            return said, tidy(text[: match.start()] + " " + text[match.end() :])
    return None, text


def _leading(text: str) -> re.Match[str] | None:
    """The span or the amount with which a text begins; a span first, since '9:00-11:30' begins like an amount."""
    for pattern in (_SPAN, _AMOUNT):
        match = re.match(rf"(?:{pattern}){_AFTER}", text, re.I)
        if match is not None:
            return match
    return None


def _amount(text: str) -> _Amount:
    """How long it was: what stands in front, else the one amount or span that the text holds."""
    match = _leading(text)
    if match is None:
        spans = [
            found
            for found in re.finditer(rf"{_BEFORE}(?:{_SPAN}){_AFTER}", text, re.I)
            if found[1] or found[3] or found[6]  # '3-4 people' is no span of time
        ]
        amounts = [
            found
            for found in re.finditer(rf"{_BEFORE}(?:{_AMOUNT}){_AFTER}", text, re.I)
            if not _A_TIME_OF_DAY.search(text[: found.start()])
            and not any(span.start() <= found.start() < span.end() for span in spans)
        ]
        every = [*spans, *amounts]
        if not every:
            return _Amount(unclear="Say how long: 2h, 1:30, 90m or 9-11:30.", rest=text)
        if len(every) > 1:
            among = " or ".join(f"'{found.group().strip()}'" for found in every[:3])
            return _Amount(unclear=f"How long was it: {among}?", rest=text)
        match = every[0]
    rest = text[: match.start()] + " " + text[match.end() :]
    return _span(match, rest) if re.fullmatch(_SPAN, match.group(), re.I) else _length(match.group(), rest)


def _length(written: str, rest: str) -> _Amount:
    tight = re.sub(r"\s+", "", written).lower()
    tight = re.sub(r"h(?:(?:ou)?rs?)", "h", tight)
    tight = re.sub(r"m(?:in(?:ute)?s?)", "m", tight)
    hours = hours_of_text(tight)
    if not 0 < hours <= 24:
        return _Amount(
            amount=tight, unclear=f"'{written}' does not fit into a day. Say more than 0, at most 24 h.", rest=rest
        )
    return _Amount(hours, tight, rest=rest)


def _span(match: re.Match[str], rest: str) -> _Amount:
    """From when to when; the half of the day of the end counts for a start that has none ('1-3pm')."""
    found = re.fullmatch(_SPAN, match.group(), re.I)
    if found is None:  # not a span: the caller has looked
        return _Amount(rest=rest)
    start, end = _time(found[2], found[3], found[4] or found[7]), _time(found[5], found[6], found[7])
    written = match.group().strip()
    if start is None or end is None:
        return _Amount(unclear=f"'{written}' names a time that no clock shows. Write it as 9-11:30.", rest=rest)
    minutes = (end.hour * 60 + end.minute) - (start.hour * 60 + start.minute)
    if minutes <= 0:
        return _Amount(unclear=f"'{written}' ends before it begins. Write it as 9-11:30 or 14-16.", rest=rest)
    hours = hours_of_text(f"{minutes // 60}:{minutes % 60:02}")
    return _Amount(hours, f"{minutes // 60}:{minutes % 60:02}", start, end, rest=rest)


def _time(hour: str, minute: str | None, half: str | None) -> time | None:
    """A time of the clock; None where no clock shows it."""
    said, number = (half or "").lower(), int(hour)
    if said and not 1 <= number <= _NOON:
        return None
    if said == "pm" and number != _NOON:
        number += _NOON
    elif said == "am" and number == _NOON:
        number = 0
    return time(number, int(minute or 0)) if number < 24 else None
