"""How KPIs are put into words: values with their unit, formulas, ages, where a value came from."""

from __future__ import annotations

from decimal import Decimal

from headway.areas.metrics.given import Promised
from headway.areas.metrics.types import PERCENT, Direction, Formula
from headway.engine.kpi.formulas import Rule
from headway.engine.kpi.judging import Target
from headway.engine.measures import NO_VALUE, Unit, shown

_HOUR, _DAY = 60, 1440


def value_text(value: Decimal | None, unit: str) -> str:
    """'98.1 %', '4.25 h', '12': one decimal of a percentage, at most two of anything else."""
    if value is None:
        return NO_VALUE
    if unit == PERCENT:
        return f"{shown(value, Unit.PERCENT)} %"
    text = shown(value, Unit.MONEY)
    return f"{text.rstrip('0').rstrip('.')} {unit}".strip()


def target_text(direction: Direction, target: Target, unit: str) -> str:
    """'at least 97 %', 'at most 4 h', '4 to 6 h', '0, met or not met'."""
    value = _plain(target.value)
    if direction is Direction.RANGE:
        return f"{value} to {_plain(target.high or target.value)} {unit}".strip()
    if target.value == 0:
        return f"0 {unit}".strip() + ", met or not met"
    return f"{'at least' if direction is Direction.HIGHER else 'at most'} {value} {unit}".strip()


def formula_text(rule: Rule, promises: tuple[Promised, ...], *, service: bool) -> str:
    """What is done with what was measured."""
    if service and promises:
        each = "; ".join(f"{one.priority or 'others'} {age_text(one.minutes)}" for one in promises)
        return f"met / (met + missed + open and overdue); promised in business time: {each}"
    if service:
        return "met / (met + missed + open and overdue)"
    if rule.formula is Formula.RATIO:
        return "sum of numerators / sum of denominators" + (" × 100" if rule.factor == 100 else "")
    if rule.formula is Formula.PERCENTILE:
        return f"{_plain(rule.percentile)}th percentile of all single values"
    return _FORMULAS[rule.formula]


_FORMULAS = {
    Formula.SUM: "sum of all values",
    Formula.LAST: "the newest value",
    Formula.AVERAGE: "sum of values / number of cases",
    Formula.DURATION: "mean business time from start to stop",
}


def age_text(minutes: int) -> str:
    """'15 minutes', '36 hours', '8 days'."""
    if minutes % _DAY == 0:
        return _many(minutes // _DAY, "day")
    if minutes % _HOUR == 0:
        return _many(minutes // _HOUR, "hour")
    return _many(minutes, "minute")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
