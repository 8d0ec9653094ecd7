"""Figures and counts of a snapshot as the words that every report prints, plural-safe.

Amounts keep their exact value beside the printed text, for formulas and charts. Not here: sentences about the
project (`conclusions.py`).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from headway.documents import tree
from headway.documents.tree import NO_BREAK, Kind, Rag, Value, grouped
from headway.engine.units import Money
from headway.reports.status_snapshot import Basis, RagReading, StatusSnapshot

HOURS_DIGITS = 1


def plural(count: int, noun: str, many: str = "") -> str:
    """'1 risk', '0 risks'; `many` where the plural is irregular."""
    return f"{count}{NO_BREAK}{noun if count == 1 else many or noun + 's'}"


def is_are(count: int) -> str:
    """The verb that goes with a count."""
    return "is" if count == 1 else "are"


def days_text(days: int) -> str:
    """'7 working days late', '1 working day early', 'on time'."""
    if days == 0:
        return "on time"
    return f"{plural(abs(days), 'working day')} {'late' if days > 0 else 'early'}"


def late(days: int | None) -> Value:
    """Working days late as a signed count (negative = early); a dash without a baseline."""
    return tree.no_value(Kind.NUMBER) if days is None else tree.number(days, signed=True)


def hours(amount: Decimal | None, *, signed: bool = False) -> Value:
    """Hours with one decimal: 487.3 h."""
    if amount is None:
        return tree.no_value(Kind.HOURS)
    return Value(Kind.HOURS, amount, grouped(amount, HOURS_DIGITS, signed=signed) + NO_BREAK + "h", HOURS_DIGITS, "h")


def money(amount: Decimal | None, currency: str, *, signed: bool = False, digits: int = 0) -> Value:
    """An amount in whole units of its currency."""
    if amount is None:
        return tree.no_value(Kind.MONEY)
    return tree.money(Money(amount, currency), signed=signed, digits=digits)


def amount(value: Decimal | None, basis: Basis, currency: str, *, signed: bool = False) -> Value:
    """Hours or money, as the basis counts."""
    return hours(value, signed=signed) if basis is Basis.HOURS else money(value, currency, signed=signed)


def index(value: Decimal | None) -> Value:
    """An index with two decimals, or a dash where it does not exist."""
    return tree.no_value(Kind.NUMBER) if value is None else tree.number(value, digits=2)


def percent(points: Decimal | None, *, signed: bool = False) -> Value:
    """Percentage points with one decimal."""
    return tree.no_value(Kind.PERCENT) if points is None else tree.percent(points, digits=1, signed=signed)


def points(value: Decimal | None) -> Value:
    """A difference of two percentages: +12.0 points."""
    return tree.no_value(Kind.NUMBER) if value is None else tree.number(value, digits=1, unit="points", signed=True)


def weeks(value: Decimal | None, *, signed: bool = False) -> Value:
    """Weeks with one decimal."""
    return tree.no_value(Kind.NUMBER) if value is None else tree.number(value, digits=1, unit="weeks", signed=signed)


def day(when: date | None) -> Value:
    """A date with its weekday: Fri 14 Mar 2026."""
    return tree.day(when, weekday=True)


def short_day(when: date | None) -> Value:
    """A date for table cells: 14 Mar 2026."""
    return tree.day(when)


def measure(reading: RagReading) -> Value:
    """The figure that a colour was judged by."""
    if reading.value is None:
        return tree.no_value(Kind.NUMBER)
    if reading.unit == "%":
        return tree.percent(reading.value, digits=reading.digits)
    return tree.number(reading.value, digits=reading.digits, unit=reading.unit)


def basis_words(basis: Basis) -> str:
    """What the amounts count, for captions."""
    return {Basis.COST: "at cost", Basis.BILL_VALUE: "at bill value", Basis.HOURS: "in hours"}[basis]


def joined(names: tuple[str, ...]) -> str:
    """'Cost', 'Cost and Risk', 'Cost, Risk and Scope'."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def worst_dimensions(snapshot: StatusSnapshot) -> tuple[str, ...]:
    """The dimensions that give Overall its colour."""
    if snapshot.overall is Rag.NOT_MEASURED:
        return ()
    return tuple(reading.dimension.value for reading in snapshot.rag if reading.colour is snapshot.overall)
