"""Understanding one line: `2h ACME design review yesterday`. Pure functions; what is unclear becomes a question.

The line is taken apart here; its names are looked up among projects and people (`forms`). Nothing is guessed: a name
that fits several is asked for, with those as choices; one that fits nothing is said to. Hours are read by their own
area, which the command line and programs use too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, time
from enum import Enum

from headway.areas.hours.line_words import mention, read_day, tidy
from headway.areas.hours.lines import is_entry, read_entry


class Kind(Enum):
    """What a line adds."""

    TASK = "task"
    RISK = "risk"
    ISSUE = "issue"
    DECISION = "decision"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Line:
    """A line taken apart.

    kind      None = it does not say.
    project   what stood behind '#', or a key; '' = none. person  what stood behind '@'.
    day       None = none, or unclear.
    amount    a duration or hours as written ('3d', '1:30').
    scale     probability and impact, for a risk ('4x5').
    start, end, billable  of hours, where the line says so.
    unclear   by field, what a person must say, in a sentence.
    """

    kind: Kind | None
    title: str
    project: str = ""
    person: str = ""
    day: date | None = None
    amount: str = ""
    scale: tuple[int, int] | None = None
    unclear: tuple[tuple[str, str], ...] = ()
    start: time | None = None
    end: time | None = None
    billable: bool | None = None

    def asked(self, field: str, words: str) -> Line:
        """The line with one more question."""
        return replace(self, unclear=(*self.unclear, (field, words)))


_KINDS = {
    "task": Kind.TASK,
    "todo": Kind.TASK,
    "risk": Kind.RISK,
    "issue": Kind.ISSUE,
    "problem": Kind.ISSUE,
    "decision": Kind.DECISION,
    "decide": Kind.DECISION,
    "question": Kind.DECISION,
    "hours": Kind.HOURS,
    "log": Kind.HOURS,
    "time": Kind.HOURS,
}
_HOURS = r"(?:\d{1,2}:[0-5]\d|\d+(?:[.,]\d+)?\s?h(?:ours?)?(?:\s?[0-5]?\d(?:\s?m(?:in)?)?)?|\d+\s?m(?:in)?)"
_DURATION = r"\d+(?:[.,]\d+)?\s?(?:d|days?|w|weeks?|wks?)"
_SCALE = re.compile(r"([1-5])\s?x\s?([1-5])", re.I)


def read(text: str, *, today: date) -> Line:
    """Take a line apart; `today` is the day it is for the person who writes."""
    rest = " ".join(text.split())
    kind, rest = _kind(rest)
    if kind is Kind.HOURS or (kind is None and is_entry(rest, today)):
        return _hours(rest, today)
    project, rest = mention(rest, "#")
    person, rest = mention(rest, "@")
    line = Line(kind, "", project, person)
    found = read_day(rest, today, past=False)
    line, rest = replace(line, day=found.day), found.rest
    if found.unclear:
        line = line.asked("day", found.unclear)
    if line.kind in (None, Kind.TASK):
        amount, shorter = _first(rest, rf"(?:{_DURATION}|{_HOURS})" if line.kind else _DURATION)
        if amount:
            line, rest = replace(line, amount=_duration(amount)), shorter
    if line.kind is Kind.RISK:
        line, rest = _with_scale(line, rest)
    line = replace(line, title=tidy(rest))
    if line.kind is None:
        line = line.asked("kind", "Say what it is: task, risk, issue, decision or hours.")
    return line


def _hours(text: str, today: date) -> Line:
    found = read_entry(text, today)
    line = Line(Kind.HOURS, found.rest, found.project, found.person, found.day, found.amount, billable=found.billable)
    line = replace(line, start=found.start, end=found.end)
    for field, words in found.unclear:
        line = line.asked("amount" if field == "hours" else field, words)
    return line


def _kind(text: str) -> tuple[Kind | None, str]:
    first, _, rest = text.partition(" ")
    word = first.rstrip(":").lower()
    if word in _KINDS:
        return _KINDS[word], rest.strip()
    return None, text


def _first(text: str, pattern: str) -> tuple[str, str]:
    """The first whole match, and the text without it."""
    match = re.search(rf"(?<![\w.,:/-])(?:{pattern})(?![\w:/-])", text, re.I)
    if match is None:
        return "", text
    return match.group(), tidy(text[: match.start()] + " " + text[match.end() :])


def _tight(text: str) -> str:
    return re.sub(r"\s+", "", text).lower().replace("hours", "h").replace("hour", "h")


def _duration(text: str) -> str:
    """As the plan takes it: '3d', '2w', '4h'."""
    tight = _tight(text).replace(",", ".")
    return re.sub(r"^([\d.]+)(d|w)[a-z]*$", r"\1\2", tight)


def _with_scale(line: Line, text: str) -> tuple[Line, str]:
    match = re.search(rf"(?<!\w){_SCALE.pattern}(?!\w)", text, re.I)
    if match is None:
        return line, text
    found = (int(match[1]), int(match[2]))
    return replace(line, scale=found), tidy(text[: match.start()] + " " + text[match.end() :])
