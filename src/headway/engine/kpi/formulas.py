"""The value of a KPI from what was measured, for one period and over several.

Percentages and percentiles are never averaged: a ratio over periods divides the sums, a percentile is found again
among all rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from headway.engine.measures import HUNDRED, ZERO


class FormulaError(ValueError):
    """What was measured does not fit the formula; the message says what is missing."""


class Formula(Enum):
    """How samples make the value of a KPI.

    RATIO is in percent where the unit is '%'. DURATION is the mean time from start to stop.
    """

    SUM = "sum"
    LAST = "last"
    AVERAGE = "average"
    RATIO = "ratio"
    PERCENTILE = "percentile"
    DURATION = "duration"

    @property
    def needs_rows(self) -> bool:
        """Whether its value can only be found among rows."""
        return self is Formula.PERCENTILE

    @property
    def divides(self) -> bool:
        """Whether its value is a numerator over a denominator."""
        return self in (Formula.RATIO, Formula.AVERAGE, Formula.DURATION)


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured in one period.

    value      as it stands; not used where numerator and denominator or rows are given.
    n          how many cases stand behind it; None = not told.
    rows       single values, for percentiles and averages.
    """

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    n: int | None = None
    rows: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A formula with what it needs to know: the factor of a ratio (100 for percent), which percentile."""

    formula: Formula
    factor: Decimal = Decimal(1)
    percentile: Decimal = Decimal(90)


@dataclass(frozen=True, slots=True)
class Value:
    """The value of a KPI and what it was divided from; `value` None with a reason where there is none."""

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    n: int | None = None
    reason: str = ""


def value_of(rule: Rule, found: Measured) -> Value:
    """The value of one period. Raises FormulaError where what was measured does not fit the formula."""
    if rule.formula.needs_rows:
        if not found.rows:
            raise FormulaError("A percentile is found among single values. Give them, one for each case.")
        return Value(percentile(found.rows, rule.percentile), n=len(found.rows))
    if found.rows and rule.formula.divides and rule.formula is not Formula.RATIO:
        total, count = sum(found.rows, ZERO), Decimal(len(found.rows))
        return Value(total / count, total, count, len(found.rows))
    if found.rows and rule.formula is Formula.SUM:
        return Value(sum(found.rows, ZERO), n=found.n)
    if found.rows and rule.formula is Formula.LAST:
        return Value(found.rows[-1], n=found.n)
    if found.numerator is not None and found.denominator is not None and rule.formula.divides:
        return _divided(rule, found.numerator, found.denominator, found.n)
    if rule.formula is Formula.RATIO:
        raise FormulaError("A ratio is kept as numerator and denominator, so that it can be added up. Give both.")
    if found.value is None:
        raise FormulaError("Give a value.")
    return Value(found.value, found.numerator, found.denominator, found.n)


def combined(rule: Rule, found: Sequence[Measured]) -> Value:
    """The value over several periods, in their order."""
    if not found:
        return Value(None, reason="No period has a sample.")
    each = [value_of(rule, one) for one in found]
    counts = [one.n for one in each]
    n = None if None in counts else sum(count for count in counts if count is not None)
    if rule.formula is Formula.LAST:
        return each[-1]
    if rule.formula is Formula.SUM:
        return Value(sum((one.value for one in each if one.value is not None), ZERO), n=n)
    if rule.formula is Formula.PERCENTILE:
        rows = [row for one in found for row in one.rows]
        return Value(percentile(rows, rule.percentile), n=len(rows))
    if all(one.numerator is not None and one.denominator is not None for one in each):
        above = sum((one.numerator for one in each if one.numerator is not None), ZERO)
        below = sum((one.denominator for one in each if one.denominator is not None), ZERO)
        return _divided(rule, above, below, n)
    if n:
        weighed = sum(((one.value or ZERO) * (one.n or 0) for one in each), ZERO)
        return Value(weighed / n, weighed, Decimal(n), n)
    return Value(None, reason="An average over periods needs the number of cases of each. Give n.")


def _divided(rule: Rule, above: Decimal, below: Decimal, n: int | None) -> Value:
    factor = rule.factor if rule.formula is Formula.RATIO else Decimal(1)
    cases = n if n is not None else (int(below) if below == below.to_integral_value() else None)
    if below == 0:
        return Value(None, above, below, 0 if n is None else n, "The denominator is 0, so there is no value.")
    return Value(above / below * factor, above, below, cases)


def percentile(rows: Sequence[Decimal], percent: Decimal) -> Decimal:
    """The value below which `percent` of the rows lie, by straight line between the two next to it.

    As PERCENTILE.INC of a spreadsheet: the smallest row is 0 %, the largest 100 %.
    """
    if not rows:
        raise FormulaError("There are no rows to find a percentile in.")
    ordered = sorted(rows)
    place = percent / HUNDRED * (len(ordered) - 1)
    below = int(place)
    if below + 1 >= len(ordered):
        return ordered[-1]
    return ordered[below] + (ordered[below + 1] - ordered[below]) * (place - below)
