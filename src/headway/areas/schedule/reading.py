"""Text as people type it into a plan, read: days, durations, percents, links, people. Pure; no plan is changed here.

Every reader raises ValueError with words for people: what was typed, what is wrong with it, what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from enum import Enum
from typing import TypeVar

from headway.engine.calendars import Axis, instant
from headway.engine.durations import parse_duration
from headway.engine.plan import ConstraintType, Duration, Lag, LinkType, ProjectSettings
from headway.engine.units import WorkTime

EnumT = TypeVar("EnumT", bound=Enum)

# --- days ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Today:
    """What days are read from: the day it is, how days are written, and the project's working time.

    month_first  3/12 is the twelfth of March.
    """

    day: date
    month_first: bool
    axis: Axis


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = r"(mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_TIME = re.compile(r"(?:^|[\sT])(?:at\s+)?(\d{1,2}):(\d{2})(?::\d{2}(?:\.0+)?)?\s*(am|pm)?$", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_MONTH = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th)?\.?[\s-]*(?:of\s+)?{_MONTH}[\s,-]*(\d{{4}}|\d{{2}})?", re.IGNORECASE
)
_MONTH_DAY = re.compile(rf"{_MONTH}\s*(\d{{1,2}})(?:st|nd|rd|th)?(?:[\s,]+(\d{{4}}))?", re.IGNORECASE)
_NUMBERS = re.compile(r"(\d{1,2})([./])(\d{1,2})(?:\2(\d{4}|\d{2})?)?")
_SHIFT = re.compile(r"([+-])\s*(\d{1,4})\s*(d|days?|w|wks?|weeks?|mo|mons?|months?)?", re.IGNORECASE)
_ON_WEEKDAY = re.compile(rf"(?:(this|next|last)\s+)?{_WEEKDAY}", re.IGNORECASE)
_IN_FRONT = re.compile(rf"^{_WEEKDAY}[,.]?\s+(?=\d|[a-z])", re.IGNORECASE)
_WORDS = {"today": 0, "now": 0, "tomorrow": 1, "yesterday": -1}
_EXAMPLE = "write for example 12 mar, 2026-03-12, next fri or +3d"


def read_day(text: str, today: Today, *, near: date | None = None) -> date | datetime:
    """A day, or a moment where a time is given with it.

    near  the day that stands there now: '+3d' counts from it, and a day without a year is the one nearest to it.
          None = today.
    """
    typed = " ".join(text.split())
    found = _TIME.search(typed)
    at = _clock(found) if found else None
    bare = typed[: found.start()].strip() if found else typed
    day = _day(bare, today, near or today.day) if bare or not found else near or today.day
    if day is None:
        raise ValueError(f"'{text.strip()}' is no day; {_EXAMPLE}.")
    return day if at is None else datetime.combine(day, at)


def _clock(found: re.Match[str]) -> time:
    hour, minute, half = int(found[1]), int(found[2]), (found[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59:
        raise ValueError(f"'{found[0].strip()}' is no time of the day; write for example 14:30.")
    return time(hour, minute)


def _day(text: str, today: Today, near: date) -> date | None:
    if text.lower() in _WORDS:
        return today.day + timedelta(days=_WORDS[text.lower()])
    if found := _SHIFT.fullmatch(text):
        return _shifted(found, today, near)
    if found := _ON_WEEKDAY.fullmatch(text):
        return _on_weekday(found, today.day)
    bare = _IN_FRONT.sub("", text, count=1)
    if found := _ISO.fullmatch(bare):
        return _date(text, int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_MONTH.fullmatch(bare):
        return _in_year(text, found[3], _MONTHS.index(found[2][:3].lower()) + 1, int(found[1]), near)
    if found := _MONTH_DAY.fullmatch(bare):
        return _in_year(text, found[3], _MONTHS.index(found[1][:3].lower()) + 1, int(found[2]), near)
    if found := _NUMBERS.fullmatch(bare):
        first, second = int(found[1]), int(found[3])
        by_month = today.month_first and found[2] == "/"
        month, day = (first, second) if by_month else (second, first)
        return _in_year(text, found[4], month, day, near)
    return None


def _shifted(found: re.Match[str], today: Today, near: date) -> date:
    """Days are working days, weeks and months those of the calendar."""
    count, unit = int(found[1] + found[2]), (found[3] or "d").lower()
    if unit.startswith("w"):
        return near + timedelta(weeks=count)
    if unit.startswith("mo"):
        months = near.year * 12 + near.month - 1 + count
        first = date(months // 12, months % 12 + 1, 1)
        return min(first + timedelta(days=near.day - 1), _last_of(first))
    return _working_day(today.axis, near, count)


def _last_of(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


_LONGEST_PAUSE = 400  # days in a row without work, after which a calendar is taken to have none


def _working_day(axis: Axis, day: date, count: int) -> date:
    step, left, idle = (1 if count >= 0 else -1), abs(count), 0
    while left and idle < _LONGEST_PAUSE:
        day += timedelta(days=step)
        begin = instant(datetime.combine(day, time()))
        worked = axis.between(begin, begin + 24 * 600) > 0
        left, idle = left - worked, 0 if worked else idle + 1
    return day


def _on_weekday(found: re.Match[str], today: date) -> date:
    """The coming one; with 'next' that of next week, with 'last' the one gone by."""
    wanted = _WEEKDAYS.index(found[2][:3].lower())
    word = (found[1] or "").lower()
    monday = today - timedelta(days=today.weekday())
    if word == "this":
        return monday + timedelta(days=wanted)
    if word == "next":
        return monday + timedelta(days=7 + wanted)
    if word == "last":
        return today - timedelta(days=(today.weekday() - wanted - 1) % 7 + 1)
    return today + timedelta(days=(wanted - today.weekday()) % 7)


def _in_year(text: str, year: str | None, month: int, day: int, near: date) -> date:
    if year:
        return _date(text, int(year) + (2000 if len(year) == 2 else 0), month, day)
    for one in (near.year, near.year + 1, near.year - 1, near.year + 2, near.year + 3):  # 29 February is not in each
        try:
            candidates = [date(one, month, day)]
        except ValueError:
            continue
        for other in (one - 1, one + 1):
            try:
                candidates.append(date(other, month, day))
            except ValueError:
                continue
        return min(candidates, key=lambda found: (abs((found - near).days), found))
    return _date(text, near.year, month, day)


def _date(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"'{text}' is no day of the calendar; {_EXAMPLE}.") from None


def said_day(at: datetime, *, default: time) -> str:
    """A moment in words that `read_day` reads back: 'Fri 13 Mar 2026', with the time where it is not the default."""
    day = f"{at:%a} {at.day} {at:%b} {at.year}"
    return day if at.time() == default else f"{day} {at:%H:%M}"


# --- numbers -------------------------------------------------------------------------------------

_MOST_TENTHS = 100 * 366 * 24 * 600


def read_duration(text: str, settings: ProjectSettings) -> Duration:
    """'3d', '2w', '4h', '1mo', '3ed', '5d?'; days without a unit."""
    found = parse_duration(text, settings)
    if abs(found.amount.tenths) > _MOST_TENTHS:
        raise ValueError(f"'{text.strip()}' is longer than a hundred years. Give less.")
    return found


def read_percent(text: str) -> Decimal:
    """'50%' or '50'."""
    bare = text.strip().removesuffix("%").strip().replace(",", ".")
    try:
        found = Decimal(bare)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or not 0 <= found <= 100:
        raise ValueError(f"'{text.strip()}' is no percent from 0 to 100; write for example 50%.")
    return found


def read_whole(text: str, *, least: int, most: int) -> int:
    """A whole number between two."""
    bare = text.strip()
    if not re.fullmatch(r"\d{1,9}", bare) or not least <= int(bare) <= most:
        raise ValueError(f"'{bare}' is no whole number from {least} to {most}.")
    return int(bare)


def read_yes_no(text: str) -> bool:
    """'yes', 'no', and what else is written for them."""
    word = text.strip().casefold()
    if word in ("yes", "y", "true", "1", "x", "✓", "on"):
        return True
    if word in ("no", "n", "false", "0", "-", "–", "off", ""):
        return False
    raise ValueError(f"'{text.strip()}' is neither yes nor no. Write yes or no.")


def read_choice(text: str, choices: Mapping[str, EnumT]) -> EnumT:
    """One of a few words, which are given in small letters."""
    word = " ".join(text.casefold().replace("-", " ").replace("_", " ").split())
    if word not in choices:
        offered = ", ".join(dict.fromkeys(item.value for item in choices.values()))
        raise ValueError(f"'{text.strip()}' is not among them. Write one of {offered}.".replace("_", " "))
    return choices[word]


CONSTRAINTS: Mapping[str, ConstraintType] = {
    **{kind.value.casefold(): kind for kind in ConstraintType},
    **{kind.words: kind for kind in ConstraintType},
}
_ANY_CONSTRAINT = "|".join(word.replace(" ", r"[\s-]+") for word in CONSTRAINTS)
_CONSTRAINT = re.compile(rf"({_ANY_CONSTRAINT})\b[\s,:]*(.*)", re.IGNORECASE)


def read_constraint(text: str) -> tuple[ConstraintType, str]:
    """The constraint and what is written after it, its day: 'SNET 12 mar', 'must start on'."""
    found = _CONSTRAINT.fullmatch(text.strip())
    if found is None:
        raise ValueError(
            f"'{text.strip()}' is no constraint. Write one of {', '.join(kind.value for kind in ConstraintType)}, "
            "with a day where it needs one, as SNET 12 mar."
        )
    word = " ".join(found[1].casefold().replace("-", " ").split())
    return CONSTRAINTS[word], found[2].strip()


# --- links ---------------------------------------------------------------------------------------

_LAG_UNIT = r"(?:%|e?(?:minutes?|mins?|months?|mons?|mo|m|hours?|hrs?|h|days?|dy|d|weeks?|wks?|w)\b)"
_LAG = rf"[+-]\s*\d+(?:[.,]\d+(?=\s*{_LAG_UNIT}))?\s*{_LAG_UNIT}?"
_LINK = re.compile(rf"(FS|SS|FF|SF)?\s*({_LAG})?", re.IGNORECASE)
_PREDECESSOR = re.compile(rf"\s*(\d{{1,9}})\s*(FS|SS|FF|SF)?\s*({_LAG})?\s*", re.IGNORECASE)
Tie = tuple[LinkType, Lag]


def read_link(text: str, settings: ProjectSettings) -> Tie:
    """Kind and lag of a link: 'SS', 'FF-50%', '+2d', '' = finish to start."""
    found = _LINK.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"'{text.strip()}' is no link; write FS, SS, FF or SF, with a lag as SS+2d or FF-50%.")
    return _tie(found[1], found[2], settings)


def read_links(text: str, settings: ProjectSettings) -> dict[int, Tie]:
    """'12FS+2d; 15SS': links by the row number of the other end, in the order typed."""
    found: dict[int, Tie] = {}
    at, end = 0, len(text.rstrip(" ;,\t"))
    while at < end:
        match = _PREDECESSOR.match(text, at)
        if match is None or (match.end() < end and text[match.end()] not in ";,"):
            rest = text[at:end].strip()
            raise ValueError(f"'{rest}' is no row with a link; write for example 12 or 12FS+2d; 15SS.")
        number = int(match[1])
        if number in found:
            raise ValueError(f"Row {number} is named twice. Name each row once.")
        found[number] = _tie(match[2], match[3], settings)
        at = match.end() + 1
    return found


def _tie(kind: str | None, lag: str | None, settings: ProjectSettings) -> Tie:
    return LinkType((kind or "FS").upper()), read_lag(lag, settings) if lag else Lag()


def read_lag(text: str, settings: ProjectSettings) -> Lag:
    """'+2d', '-50%', '3ed'."""
    bare = text.replace(" ", "").removeprefix("+")
    if bare.endswith("%"):
        try:
            return Lag(percent=Decimal(bare[:-1].replace(",", ".")), unit="%")
        except InvalidOperation:
            raise ValueError(f"'{text.strip()}' is no lag; write for example 2d or 50%.") from None
    amount = read_duration(bare, settings)
    return Lag(amount.amount, amount.unit, amount.elapsed)


# --- people --------------------------------------------------------------------------------------

_WITH_UNITS = re.compile(r"(.*?)\s*\[(.*)\]")
_UNITS = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*(%?)\s*")
_MOST_UNITS = 1000
NameT = TypeVar("NameT")


def read_people(text: str) -> dict[str, Decimal | None]:
    """'Ann; Bob [50%]': units by name, 1 = full time; None where none are given."""
    found: dict[str, Decimal | None] = {}
    parts = text.split(";") if ";" in text else re.split(r",(?![^\[]*\])", text)
    for part in parts:
        match = _WITH_UNITS.fullmatch(part.strip())
        name = (match[1] if match else part).strip()
        if not name:
            if match:
                raise ValueError(f"'{part.strip()}' names nobody. Write for example Ann [50%].")
            continue
        if name.casefold() in (known.casefold() for known in found):
            raise ValueError(f"'{name}' is named twice. Name each person once.")
        found[name] = _units(match[2]) if match else None
    return found


def _units(text: str) -> Decimal:
    found = _UNITS.fullmatch(text)
    if found is None:
        raise ValueError(f"'{text.strip()}' is no share of a person's time. Write for example Ann [50%].")
    number = Decimal(found[1].replace(",", "."))
    units = number / 100 if found[2] or number > 5 else number  # nobody is assigned six times; [50] means 50 %
    if not 0 < units <= _MOST_UNITS:
        raise ValueError(f"'{text.strip()}': give more than 0 % of a person's time.")
    return units


def named(name: str, known: Mapping[str, NameT]) -> NameT:
    """Who is meant: by the whole name, else by a part of it that only one begins with."""
    word = name.casefold()
    by_word = {item.casefold(): item for item in known}
    if word in by_word:
        return known[by_word[word]]
    begun = [item for item in known if _begins(item, word)]
    if len(begun) == 1:
        return known[begun[0]]
    near = begun or [by_word[item] for item in get_close_matches(word, by_word, n=3, cutoff=0.6)]
    raise ValueError(f"'{name}' {_unknown(near[:3])}")


def whole_or_refused(name: str, others: Collection[str], *, known: Collection[str]) -> str | None:
    """Somebody of the others who is meant by their whole name; None where one of the known may be meant.

    Refused with whom it could be, where nobody known begins so and some of the others do.
    """
    word = name.casefold()
    whole = next((one for one in others if one.casefold() == word), None)
    if whole is not None or any(_begins(one, word) for one in known):
        return whole
    begun = [one for one in others if _begins(one, word)]
    if begun:
        raise ValueError(
            f"'{name}' is not on this project yet. Write the whole name to put them on it: {' or '.join(begun[:3])}."
        )
    return None


def _begins(name: str, word: str) -> bool:
    return any(part.casefold().startswith(word) for part in (name, *name.split()))


def _unknown(near: Collection[str]) -> str:
    if near:
        return f"is not clear: {' or '.join(near)}? Write the whole name."
    return "works neither in this plan nor on this project. Add them on the project's page People first."


def read_work(text: str, settings: ProjectSettings) -> WorkTime:
    """Hours unless another unit is given: '40', '5d', '2w'."""
    bare = text.strip()
    if re.fullmatch(r"\d+(?:[.,]\d+)?", bare):
        bare += "h"
    found = read_duration(bare, settings)
    if found.amount.tenths < 0:
        raise ValueError(f"'{text.strip()}' is less than nothing. Give 0 or more.")
    return found.amount
