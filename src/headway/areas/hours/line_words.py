"""Words that stand for days, projects and people, as people type them. Pure functions; nothing is guessed.

A day with two readings becomes a question, a name that fits several is given with the candidates.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Named:
    """Something that a line may name: a project by key and name, a person by id and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom or what a name means. `among` holds the candidates where it may be several."""

    id: str = ""
    among: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class DayRead:
    """The first day that a text names, and the text without it; `unclear`: what to ask where it has two readings."""

    day: date | None
    rest: str
    unclear: str = ""


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


def tidy(text: str) -> str:
    """Without what is left over at the ends when parts are taken out."""
    return " ".join(text.split()).strip(" ,;:")


def mention(text: str, sign: str) -> tuple[str, str]:
    """The first word behind a sign, and the text without it."""
    match = re.search(rf"(?:^|\s){sign}([\w][\w.\-]*)", text)
    if match is None:
        return "", text
    return match[1].rstrip("."), tidy(text[: match.start()] + " " + text[match.end() :])


# --- days -------------------------------------------------------------------------------------


def read_day(text: str, today: date, *, past: bool) -> DayRead:
    """The first day that a text names; a second one stays. `past`: of two days that fit, the one that has been."""
    found = []
    for name, pattern in _DAYS:
        match = re.search(rf"(?<![\w/.#@-])(?:{pattern.pattern})(?![\w/-])", text, re.I)
        if match is not None:
            found.append((match.start(), -len(match.group()), name, match))
    if not found:
        return DayRead(None, text)
    _, _, name, match = min(found, key=lambda item: item[:2])
    groups = [group or "" for group in match.groups()]
    rest = tidy(text[: match.start()] + " " + text[match.end() :])
    try:
        day, unclear = _day(name, groups, today, past=past)
    except ValueError:
        return DayRead(None, rest, f"There is no day '{match.group().strip()}'. Choose one.")
    return DayRead(day, rest, unclear)


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


def plain_text(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))


def chosen(name: str, known: Iterable[Named]) -> Chosen:
    """Which one a name means: exactly its key or name, else the only one that begins with it, word by word."""
    wanted = plain_text(re.sub(r"[._]+", " ", name)).strip()
    named = list(known)
    exact = [item for item in named if wanted in (plain_text(item.id), plain_text(item.name))]
    if len(exact) == 1:
        return Chosen(exact[0].id)
    fitting = exact or [item for item in named if _begins(wanted, item)]
    if len(fitting) == 1:
        return Chosen(fitting[0].id)
    return Chosen(among=tuple(fitting))


def _begins(wanted: str, item: Named) -> bool:
    words = re.split(r"[\s\-_.]+", plain_text(item.name))
    parts = wanted.split()
    in_order = any(
        all(word.startswith(part) for word, part in zip(words[place:], parts, strict=False))
        for place in range(len(words) - len(parts) + 1)
    )
    return bool(parts) and (in_order or plain_text(item.id).startswith(wanted))


def named_in(title: str, known: Iterable[Named]) -> tuple[str, str]:
    """A project that a title names without '#', by its key or its whole name; gives its id and the title without it."""
    for item in sorted(known, key=lambda one: -len(one.name)):
        for words in (item.id, item.name):
            match = re.search(rf"(?<![\w-]){re.escape(words)}(?![\w-])", title, 0 if words == item.id else re.I)
            if words and match is not None:
                return item.id, tidy(title[: match.start()] + " " + title[match.end() :])
    return "", title
