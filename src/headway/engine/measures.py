"""A figure that can say where it comes from: Measure, its unit, its inputs, its display rounding.

Every number a page or document shows is a `Measure`: name, value, formula in words, the inputs
with their values, and the reason when there is no value. Not here: the formulas themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import Enum

NO_VALUE = "–"
HUNDRED = Decimal(100)
ZERO = Decimal(0)


class Unit(Enum):
    """What a value counts. A percentage is a number out of 100, never a fraction."""

    MONEY = "money"
    HOURS = "hours"
    INDEX = "index"
    PERCENT = "percent"
    POINTS = "points"
    DAYS = "days"
    WEEKS = "weeks"
    HOURS_PER_WEEK = "hours per week"
    MONEY_PER_WEEK = "money per week"
    MONEY_PER_HOUR = "money per hour"
    COUNT = "count"


_DIGITS = {
    Unit.MONEY: 2,
    Unit.HOURS: 1,
    Unit.INDEX: 2,
    Unit.PERCENT: 1,
    Unit.POINTS: 1,
    Unit.DAYS: 1,
    Unit.WEEKS: 1,
    Unit.HOURS_PER_WEEK: 1,
    Unit.MONEY_PER_WEEK: 2,
    Unit.MONEY_PER_HOUR: 2,
    Unit.COUNT: 0,
}


# Wide enough that no amount fails to be shown.
_DISPLAY = Context(prec=100)


class MeasureState(Enum):
    """Whether there is a value, and if not, of which kind the gap is."""

    MEASURED = "measured"
    UNDEFINED = "undefined"  # the formula would divide by nothing
    NOT_MEASURED = "not measured"  # an input has no records
    NOT_ACHIEVABLE = "not achievable"  # no efficiency, however high, would do


class NoValue(Exception):
    """Raised inside a formula that has no answer; `derive` turns it into a Measure without value."""

    def __init__(self, reason: str, state: MeasureState = MeasureState.UNDEFINED) -> None:
        super().__init__(reason)
        self.reason = reason
        self.state = state


@dataclass(frozen=True, slots=True)
class Input:
    """One named value that went into a formula; None = its records do not exist."""

    name: str
    value: Decimal | None
    unit: Unit


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure with its formula and inputs. `value` is unrounded; None comes with a `reason`.

    key         stable short name, as in a snapshot ('cpi', 'eac_b').
    assumption  what the formula takes for granted, where that is a choice.
    note        what a reader must know about this one value.
    """

    key: str
    name: str
    value: Decimal | None
    unit: Unit
    formula: str
    inputs: tuple[Input, ...] = ()
    state: MeasureState = MeasureState.MEASURED
    reason: str = ""
    assumption: str = ""
    note: str = ""

    def as_input(self, name: str = "") -> Input:
        """This figure as the input of another one."""
        return Input(name or self.name, self.value, self.unit)

    def shown(self, digits: int | None = None) -> str:
        """The value rounded for display, '–' when there is none, 'not achievable' where that is the answer."""
        if self.state is MeasureState.NOT_ACHIEVABLE:
            return str(self.state.value)
        return shown(self.value, self.unit, digits)

    def shown_beside(self, limit: Decimal) -> str:
        """As `shown`, with as many decimals as show that it is not the limit ('0.9497' below 0.95, not '0.95')."""
        text = self.shown()
        if self.value is None or self.value == limit:
            return text
        for digits in range(len(text.partition(".")[2]), 7):
            if shown(self.value, self.unit, digits) != shown(limit, self.unit, digits):
                return shown(self.value, self.unit, digits)
        return str(self.value).replace("-", "−")

    def with_note(self, note: str) -> Measure:
        """The same figure with one more remark."""
        return replace(self, note=f"{self.note} {note}".strip())


def derive(
    key: str,
    name: str,
    unit: Unit,
    formula: str,
    inputs: tuple[Input, ...],
    compute: Callable[..., Decimal],
    *,
    assumption: str = "",
) -> Measure:
    """The figure `compute` gives for the inputs' values, in their order.

    An input without a value, or a `NoValue` raised by `compute`, gives a Measure without value
    whose reason says which and why.
    """
    missing = [one.name for one in inputs if one.value is None]
    if missing:
        reason = f"{_listed(missing)} {'is' if len(missing) == 1 else 'are'} not known."
        return Measure(key, name, None, unit, formula, inputs, MeasureState.NOT_MEASURED, reason, assumption)
    try:
        value = compute(*(one.value for one in inputs))
    except NoValue as gap:
        return Measure(key, name, None, unit, formula, inputs, gap.state, gap.reason, assumption)
    return Measure(key, name, value, unit, formula, inputs, assumption=assumption)


def given(key: str, name: str, value: Decimal | None, unit: Unit, *, source: str = "as recorded") -> Measure:
    """A figure that is an input itself: its formula is its source."""
    if value is None:
        return Measure(key, name, None, unit, source, (), MeasureState.NOT_MEASURED, f"{name} is not known.")
    return Measure(key, name, value, unit, source)


def divided(numerator: Decimal, denominator: Decimal, reason: str) -> Decimal:
    """The quotient; raises NoValue with the reason when it would divide by zero."""
    if denominator == 0:
        raise NoValue(reason)
    return numerator / denominator


def shown(value: Decimal | None, unit: Unit, digits: int | None = None) -> str:
    """The number for display, with thousands separators and a true minus; '–' for no value.

    Halves go away from zero, as in a spreadsheet. Never feed the text back into a formula.
    """
    if value is None:
        return NO_VALUE
    places = _DIGITS[unit] if digits is None else digits
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _DISPLAY)
    if rounded == 0:
        rounded = abs(rounded)
    return f"{rounded:,}".replace("-", "−")


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
