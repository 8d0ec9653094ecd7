"""Understanding one line: `2h ACME design review yesterday`. Pure functions; what is unclear becomes a question.

First the line is taken apart (`read`), then its names are looked up among projects and people (`chosen`). Nothing is
guessed: a name that fits several is asked for, with those as choices; one that fits nothing is said to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum


class Kind(Enum):
    """What a line adds."""

    TASK = "task"
    RISK = "risk"
    ISSUE = "issue"
    DECISION = "decision"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Named:
    """Something that a line may name: a project by key and name, a person by id and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line taken apart.

    kind      None = it does not say.
    project   what stood behind '#', or a key; '' = none. person  what stood behind '@'.
    day       None = none, or unclear.
    amount    a duration or hours as written ('3d', '1:30').
    scale     probability and impact, for a risk ('4x5').
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

    def asked(self, field: str, words: str) -> Line:
        """The line with one more question."""
        return replace(self, unclear=(*self.unclear, (field, words)))


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom or what a name means. `among` holds the candidates where it may be several."""

    id: str = ""
    among: tuple[Named, ...] = ()


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
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAY = rf"(?:{'|'.join((*_WEEKDAY_NAMES, 'tues', 'wednes', 'thur', 'thurs', *_WEEKDAYS))})"
_MONTH = rf"(?:{'|'.join((*_MONTH_NAMES, 'sept', *_MONTHS))})"
_LEAD = r"(?:(?:by|due|on|until|before|from)\s+)?"
_HOURS = r"(?:\d{1,2}:[0-5]\d|\d+(?:[.,]\d+)?\s?h(?:ours?)?(?:\s?[0-5]?\d(?:\s?m(?:in)?)?)?|\d+\s?m(?:in)?)"
_DURATION = r"\d+(?:[.,]\d+)?\s?(?:d|days?|w|weeks?|wks?)"
_DAYS = (
    ("today", re.compile(rf"{_LEAD}(today|tomorrow|yesterday)", re.I)),
    ("in", re.compile(r"in\s+(\d{1,3}|a|an|one|two|three)\s+(day|week)s?", re.I)),
    ("ago", re.compile(r"(\d{1,3}|a|an|one|two|three)\s+(day|week)s?\s+ago", re.I)),
    ("iso", re.compile(rf"{_LEAD}(\d{{4}})-(\d\d)-(\d\d)", re.I)),
    ("weekday", re.compile(rf"{_LEAD}(?:(next|last|this)\s+)?({_WEEKDAY})", re.I)),
    ("day month", re.compile(rf"{_LEAD}(\d{{1,2}})(?:st|nd|rd|th|\.)?\s+({_MONTH})\.?(?:,?\s+(\d{{4}}))?", re.I)),
    ("month day", re.compile(rf"{_LEAD}({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(\d{{4}}))?", re.I)),
    ("dotted", re.compile(rf"{_LEAD}(\d{{1,2}})\.(\d{{1,2}})\.(\d{{4}})?", re.I)),
    ("slashed", re.compile(rf"{_LEAD}(\d{{1,2}})/(\d{{1,2}})(?:/(\d{{4}}))?", re.I)),
)
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}
_SCALE = re.compile(r"([1-5])\s?x\s?([1-5])", re.I)
_LONGEST = 1000


def read(text: str, *, today: date) -> Line:
    """Take a line apart; `today` is the day it is for the person who writes."""
    rest = " ".join(text[:_LONGEST].split())
    kind, rest = _kind(rest)
    project, rest = _mention(rest, "#")
    person, rest = _mention(rest, "@")
    line = Line(kind, "", project, person)
    line, rest = _with_day(line, rest, today)
    if kind in (None, Kind.HOURS):
        amount, shorter = _first(rest, _HOURS)
        if amount and (kind is Kind.HOURS or rest.startswith(amount)):
            line, rest = replace(line, kind=Kind.HOURS, amount=_tight(amount)), shorter
    if line.kind in (None, Kind.TASK):
        amount, shorter = _first(rest, rf"(?:{_DURATION}|{_HOURS})" if line.kind else _DURATION)
        if amount:
            line, rest = replace(line, amount=_duration(amount)), shorter
    if line.kind is Kind.RISK:
        line, rest = _with_scale(line, rest)
    line = replace(line, title=_tidy(rest))
    if line.kind is None:
        line = line.asked("kind", "Say what it is: task, risk, issue, decision or hours.")
    if line.kind is Kind.HOURS and not line.amount:
        line = line.asked("amount", "Say how long: 2h, 1:30 or 90m.")
    return line


def _kind(text: str) -> tuple[Kind | None, str]:
    first, _, rest = text.partition(" ")
    word = first.rstrip(":").lower()
    if word in _KINDS:
        return _KINDS[word], rest.strip()
    return None, text


def _mention(text: str, sign: str) -> tuple[str, str]:
    """The first word behind a sign, and the text without it."""
    match = re.search(rf"(?:^|\s){sign}([\w][\w.\-]*)", text)
    if match is None:
        return "", text
    return match[1].rstrip("."), _tidy(text[: match.start()] + " " + text[match.end() :])


def _first(text: str, pattern: str) -> tuple[str, str]:
    """The first whole match, and the text without it."""
    match = re.search(rf"(?<![\w.,:/-])(?:{pattern})(?![\w:/-])", text, re.I)
    if match is None:
        return "", text
    return match.group(), _tidy(text[: match.start()] + " " + text[match.end() :])


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
    return replace(line, scale=found), _tidy(text[: match.start()] + " " + text[match.end() :])


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" ,;:")


# --- days -------------------------------------------------------------------------------------


def _with_day(line: Line, text: str, today: date) -> tuple[Line, str]:
    """The first day that a line names; a second one stays in its title."""
    found = []
    for name, pattern in _DAYS:
        match = re.search(rf"(?<![\w/.#@-])(?:{pattern.pattern})(?![\w/-])", text, re.I)
        if match is not None:
            found.append((match.start(), -len(match.group()), name, match))
    if not found:
        return line, text
    _, _, name, match = min(found, key=lambda item: item[:2])
    # Only hours look back; and they may have no kind yet when their amount stands in front.
    past = line.kind is Kind.HOURS or (line.kind is None and re.match(_HOURS, text, re.I) is not None)
    groups = [group or "" for group in match.groups()]
    try:
        day, unclear = _day(name, groups, today, past=past)
    except ValueError:
        day, unclear = None, f"There is no day '{match.group().strip()}'. Choose one."
    rest = _tidy(text[: match.start()] + " " + text[match.end() :])
    line = replace(line, day=day)
    return (line.asked("day", unclear) if unclear else line), rest


def _day(name: str, groups: Sequence[str], today: date, *, past: bool) -> tuple[date | None, str]:
    """A day and, where it is unclear, the question. Raises ValueError for a day that no calendar has."""
    if name == "today":
        return today + timedelta({"today": 0, "tomorrow": 1, "yesterday": -1}[groups[0].lower()]), ""
    if name in ("in", "ago"):
        count = _COUNTS.get(groups[0].lower()) or int(groups[0])
        days = timedelta(count * (7 if groups[1].lower() == "week" else 1))
        return (today + days if name == "in" else today - days), ""
    if name == "iso":
        return date(int(groups[0]), int(groups[1]), int(groups[2])), ""
    if name == "weekday":
        return _weekday(groups[0].lower(), groups[1].lower()[:3], today, past=past), ""
    if name == "slashed":
        return _slashed(int(groups[0]), int(groups[1]), groups[2], today, past=past)
    if name == "month day":
        day, month, year = int(groups[1]), _month(groups[0]), groups[2]
    elif name == "day month":
        day, month, year = int(groups[0]), _month(groups[1]), groups[2]
    else:
        day, month, year = int(groups[0]), int(groups[1]), groups[2]
    return _in_year(day, month, year, today, past=past), ""


def _weekday(which: str, name: str, today: date, *, past: bool) -> date:
    """The coming one, today not counted; for hours the last one, today counted. 'next' = in the week after this one."""
    wanted = _WEEKDAYS.index(name)
    monday = today - timedelta(today.weekday())
    if which == "next":
        return monday + timedelta(7 + wanted)
    if which == "this":
        return monday + timedelta(wanted)
    if which == "last":
        return monday + timedelta(wanted - 7)
    if past:
        return today - timedelta((today.weekday() - wanted) % 7)
    return today + timedelta((wanted - today.weekday() - 1) % 7 + 1)


def _month(name: str) -> int:
    return _MONTHS.index(name.lower()[:3]) + 1


def _in_year(day: int, month: int, year: str, today: date, *, past: bool) -> date:
    """Without a year: the next such day; for hours the last one."""
    if year:
        return date(int(year), month, day)
    this = date(today.year, month, day)
    if past:
        return this if this <= today else date(today.year - 1, month, day)
    return this if this >= today else date(today.year + 1, month, day)


def _slashed(one: int, two: int, year: str, today: date, *, past: bool) -> tuple[date | None, str]:
    if one > 12 or one == two:
        return _in_year(one, two, year, today, past=past), ""
    if two > 12:
        return _in_year(two, one, year, today, past=past), ""
    return None, f"'{one}/{two}' may be the {one}.{two}. or the {two}.{one}. Choose the day."


# --- names ------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))


def chosen(name: str, known: Iterable[Named]) -> Chosen:
    """Which one a name means: exactly its key or name, else the only one that begins with it, word by word."""
    wanted = _plain(re.sub(r"[._]+", " ", name)).strip()
    named = list(known)
    exact = [item for item in named if wanted in (_plain(item.id), _plain(item.name))]
    if len(exact) == 1:
        return Chosen(exact[0].id)
    fitting = exact or [item for item in named if _begins(wanted, item)]
    if len(fitting) == 1:
        return Chosen(fitting[0].id)
    return Chosen(among=tuple(fitting))


def _begins(wanted: str, item: Named) -> bool:
    words = re.split(r"[\s\-_.]+", _plain(item.name))
    parts = wanted.split()
    in_order = any(
        all(word.startswith(part) for word, part in zip(words[place:], parts, strict=False))
        for place in range(len(words) - len(parts) + 1)
    )
    return bool(parts) and (in_order or _plain(item.id).startswith(wanted))


def named_in(title: str, known: Iterable[Named]) -> tuple[str, str]:
    """A project that a title names without '#', by its key or its whole name; gives its id and the title without it."""
    for item in sorted(known, key=lambda one: -len(one.name)):
        for words in (item.id, item.name):
            match = re.search(rf"(?<![\w-]){re.escape(words)}(?![\w-])", title, 0 if words == item.id else re.I)
            if words and match is not None:
                return item.id, _tidy(title[: match.start()] + " " + title[match.end() :])
    return "", title
