"""Reads the words of a table cell: numbers, dates, times, durations, yes and no.

A cell is text (CSV) or a typed value (XLSX, ODS). What one cell alone cannot tell, the order of
day and month and the decimal sign, is decided once for a file or column from all its values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum

Cell = str | bool | Decimal | date | datetime | time | timedelta

LONGEST_NUMBER = 40


class CellError(ValueError):
    """The cell does not hold what its column promises; the message says what was expected."""


class DateOrder(Enum):
    """Which of day, month and year comes first in dates such as 03/04/2024."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


class DecimalSign(Enum):
    """What parts whole numbers from fractions."""

    POINT = "point"
    COMMA = "comma"


def text_of(cell: Cell | None) -> str:
    """The cell as a person would type it; whole numbers without a fraction, dates as ISO."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Decimal):
        return plain(cell)
    if isinstance(cell, timedelta):
        return clock_text(cell)
    return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()


def plain(number: Decimal) -> str:
    """The number without exponent and without trailing zeros."""
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def clock_text(span: timedelta) -> str:
    """An amount of time as h:mm:ss."""
    seconds = round(span.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


# ---- yes and no --------------------------------------------------------------------------------


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_YES = _words("yes y true t 1 x ja j wahr да истина oui vrai si sí sì verdadero sim verdadeiro vero billable ✓")
_NO = _words("no n false f 0 nein falsch нет ложь non faux não falso non-billable nonbillable nicht")


def yes_or_no(cell: Cell) -> bool | None:
    """True, False, or None for an empty cell."""
    if isinstance(cell, bool):
        return cell
    word = text_of(cell).casefold()
    if not word:
        return None
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellError("Expected yes or no.")


# ---- numbers -----------------------------------------------------------------------------------

_POINT_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?")
_COMMA_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)?(?:,\d+)?")
_PLAIN_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,15})?", re.ASCII)
_SPACING = dict.fromkeys(map(ord, "  \u202f\u2009'’"), None)
_CURRENCY_WORD = re.compile(r"^(?:[€$£¥₽₣]|[A-Z]{3})?(.*?)(?:[€$£¥₽₣]|[A-Z]{3})?$")


def _digits(text: str) -> str:
    text = text.strip().translate(_SPACING).replace("−", "-")
    found = _CURRENCY_WORD.match(text)
    return found.group(1) if found else text


def number_of(cell: Cell, sign: DecimalSign = DecimalSign.POINT) -> Decimal:
    """The exact number; spaces, thousands marks and a currency word are let go."""
    if isinstance(cell, Decimal):
        return cell
    if not isinstance(cell, str):
        raise CellError("Expected a number.")
    if sign is DecimalSign.POINT and _PLAIN_NUMBER.fullmatch(cell):
        return Decimal(cell)
    text = _digits(cell)
    pattern = _POINT_NUMBER if sign is DecimalSign.POINT else _COMMA_NUMBER
    if len(text) > LONGEST_NUMBER or not any(c.isdigit() for c in text) or not pattern.fullmatch(text):
        raise CellError(f"Expected a number with a decimal {sign.value}.")
    text = text.replace(",", "") if sign is DecimalSign.POINT else text.replace(".", "").replace(",", ".")
    return Decimal(text)


@dataclass(frozen=True, slots=True)
class SignEvidence:
    """What a column's values say about the decimal sign; `unsure` values such as 1,234 fit both."""

    point: int = 0
    comma: int = 0
    unsure: tuple[str, ...] = ()

    @property
    def sign(self) -> DecimalSign | None:
        """The sign most values prove, None without proof."""
        if self.point == self.comma:
            return None
        return DecimalSign.POINT if self.point > self.comma else DecimalSign.COMMA


def sign_evidence(values: Iterable[str]) -> SignEvidence:
    """Weigh the distinct values of one column."""
    point = comma = 0
    unsure: list[str] = []
    for value in values:
        verdict = _sign_shown(_digits(value))
        if verdict is DecimalSign.POINT:
            point += 1
        elif verdict is DecimalSign.COMMA:
            comma += 1
        elif "," in value:
            unsure.append(value)
    return SignEvidence(point, comma, tuple(unsure))


def sign_of(value: str) -> DecimalSign | None:
    """The decimal sign that a value proves; None where it fits both, or has none."""
    return _sign_shown(_digits(value))


def _sign_shown(text: str) -> DecimalSign | None:
    if ":" in text or not ("," in text or "." in text):
        return None
    if "," in text and "." in text:
        return DecimalSign.COMMA if text.rindex(",") > text.rindex(".") else DecimalSign.POINT
    mark, other = (",", DecimalSign.POINT) if "," in text else (".", DecimalSign.COMMA)
    own = DecimalSign.COMMA if mark == "," else DecimalSign.POINT
    if text.count(mark) > 1:
        return other
    whole, _, fraction = text.lstrip("+-").partition(mark)
    return None if len(fraction) == 3 and 1 <= len(whole) <= 3 and whole != "0" else own


# ---- dates and times ---------------------------------------------------------------------------

_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]\s*(\S.*))?", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:,?\s+(\S.*))?", re.ASCII)
_NAMED = re.compile(
    r"(?:(\d{1,2})\.?[\s-]+([^\W\d_]{3,9})\.?|([^\W\d_]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?)[\s,-]+(\d{4}|\d{2})(?:,?\s+(\S.*))?"
)
_WEEKDAY = re.compile(r"^[^\W\d_]{2,10}\.?,?\s+(?=\d)")
_ZONE = re.compile(r"(.*?)\s*(Z|[+-]\d{2}:?\d{2}|UTC)$")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*(?:([AaPp])\.?\s?[Mm]\.?)?(?:\s*Uhr)?", re.ASCII)
_HOUR_ONLY = re.compile(r"(\d{1,2})\s*([AaPp])\.?[Mm]\.?", re.ASCII)

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jän jänner janvier enero ene gennaio gen",
            "february feb februar februari février fév febrero febbraio",
            "march mar märz mrz mär mars marzo",
            "april apr avril avr abril abr aprile",
            "may mai mayo maggio mag",
            "june jun juni juin junio giugno giu",
            "july jul juli juillet juil julio luglio lug",
            "august aug août aoû agosto ago",
            "september sep sept septembre septiembre settembre set",
            "october oct oktober okt octobre octubre ottobre ott",
            "november nov novembre noviembre",
            "december dec dezember dez décembre déc diciembre dic dicembre",
        ),
        1,
    )
    for name in names.split()
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and, where the cell has one, its time; `instant` is aware when the cell names a zone."""

    day: date
    clock: time | None = None
    instant: datetime | None = None


def numeric_date(text: str) -> tuple[int, str, int] | None:
    """First number, mark and second number of a date such as 3/4/2024; None for any other text."""
    found = _NUMERIC.fullmatch(_WEEKDAY.sub("", text.strip()))
    return (int(found[1]), found[2], int(found[3])) if found else None


def date_order(values: Iterable[str]) -> tuple[DateOrder | None, tuple[str, ...]]:
    """The order that the values prove, and those that fit more than one.

    A day above 12 proves the order; where rows contradict each other the majority wins and the
    others fail as dates. Dotted dates are day first unless proven otherwise.
    """
    day_first = month_first = dotted = 0
    open_values: list[str] = []
    for value in values:
        found = numeric_date(value)
        if found is None:
            continue
        first, mark, second = found
        if first > 12 >= second:
            day_first += 1
        elif second > 12 >= first:
            month_first += 1
        else:
            dotted += mark == "."
            open_values.append(value)
    if day_first != month_first:
        return (DateOrder.DMY if day_first > month_first else DateOrder.MDY), ()
    if not open_values and not day_first:
        return DateOrder.YMD, ()  # nothing here depends on an order
    if dotted and dotted == len(open_values) and not month_first:
        return DateOrder.DMY, ()
    return None, tuple(open_values)


def moment_of(cell: Cell, order: DateOrder) -> Moment:
    """The date, with its time and zone where the cell has them."""
    if isinstance(cell, datetime):
        return Moment(cell.date(), cell.time() if cell.time() != time() else None)
    if isinstance(cell, date):
        return Moment(cell)
    if not isinstance(cell, str):
        raise CellError("Expected a date.")
    text = cell.strip()
    year, month, day, rest = _date_parts(text, order)
    try:
        found = date(year, month, day)
    except ValueError:
        raise CellError(f"The date does not exist (read as {_ORDER_WORDS[order]}).") from None
    if not rest:
        return Moment(found)
    zoned = _ZONE.match(rest)
    clock = time_of(zoned[1] if zoned else rest)
    if zoned is None:
        return Moment(found, clock)
    zone = "+00:00" if zoned[2] in {"Z", "UTC"} else zoned[2]
    return Moment(found, clock, datetime.fromisoformat(f"{datetime.combine(found, clock).isoformat()}{zone}"))


_ORDER_WORDS = {
    DateOrder.DMY: "day, month, year",
    DateOrder.MDY: "month, day, year",
    DateOrder.YMD: "year, month, day",
}


def _date_parts(text: str, order: DateOrder) -> tuple[int, int, int, str]:
    found = _ISO.fullmatch(text)
    if found:
        return int(found[1]), int(found[3]), int(found[4]), found[5] or ""
    short = _WEEKDAY.sub("", text)
    found = _NUMERIC.fullmatch(short)
    if found:
        first, second, last, rest = int(found[1]), int(found[3]), found[4], found[5] or ""
        if order is DateOrder.DMY:
            return _full_year(last), second, first, rest
        if order is DateOrder.MDY or len(last) == 4:
            return _full_year(last), first, second, rest
        return _full_year(f"{first:02}"), second, int(last), rest
    found = _NAMED.fullmatch(short) or _NAMED.fullmatch(text)
    month = _MONTHS.get((found[2] or found[3]).casefold()) if found else None
    if found and month:
        return _full_year(found[5]), month, int(found[1] or found[4]), found[6] or ""
    raise CellError("Expected a date such as 2026-03-31.")


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (2000 if year < 70 else 1900)


def time_of(cell: Cell) -> time:
    """A time of day, in 24 or 12 hours."""
    if isinstance(cell, time):
        return cell
    if isinstance(cell, datetime):
        return cell.time()
    if not isinstance(cell, str):
        raise CellError("Expected a time such as 14:30.")
    text = cell.strip()
    found = _CLOCK.fullmatch(text)
    if found:
        hour, minute, second, half = int(found[1]), int(found[2]), int(found[3] or 0), found[4]
    else:
        found = _HOUR_ONLY.fullmatch(text)
        if not found:
            raise CellError("Expected a time such as 14:30 or 2:30 PM.")
        hour, minute, second, half = int(found[1]), 0, 0, found[2]
    if half:
        if not 1 <= hour <= 12:
            raise CellError("Expected a time such as 2:30 PM.")
        hour = hour % 12 + (12 if half in "Pp" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        raise CellError("This time does not exist.") from None


# ---- amounts of time ---------------------------------------------------------------------------

_HOURS_CLOCK = re.compile(r"(-?)(\d{1,6}):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?", re.ASCII)
_HOURS_WORDS = re.compile(
    r"(?:(\d+(?:[.,]\d+)?)\s*(?:h|hrs?|hours?|std\.?|stunden?|ч)\.?)?\s*(?:(\d+)\s*(?:m|mins?|minutes?|минут|м)\.?)?",
    re.IGNORECASE,
)
_HOUR = Decimal(3600)
_GRID = Decimal("0.000001")


def hours_from_seconds(seconds: int | Decimal) -> Decimal:
    """Hours to a millionth, which is finer than a hundredth of a second."""
    return (Decimal(seconds) / _HOUR).quantize(_GRID).normalize() + 0


def hours_of(cell: Cell, sign: DecimalSign = DecimalSign.POINT) -> Decimal:
    """Hours from h:mm, h:mm:ss, '1h 30m', a spreadsheet duration or a decimal number of hours."""
    if isinstance(cell, str):
        found = _HOURS_CLOCK.fullmatch(cell.strip())
        if found:
            seconds = int(found[2]) * 3600 + int(found[3]) * 60 + int(found[4] or 0)
            return hours_from_seconds(-seconds if found[1] else seconds)
        words = _HOURS_WORDS.fullmatch(cell.strip())
        if words and (words[1] or words[2]):
            whole = Decimal((words[1] or "0").replace(",", "."))
            return hours_from_seconds(whole * 3600 + int(words[2] or 0) * 60)
    if isinstance(cell, timedelta):
        return hours_from_seconds(Decimal(str(cell.total_seconds())))
    if isinstance(cell, time):
        return hours_from_seconds(cell.hour * 3600 + cell.minute * 60 + cell.second)
    try:
        return number_of(cell, sign)
    except CellError:
        raise CellError(f"Expected hours such as 1:30 or 1.5 (decimal {sign.value}).") from None
