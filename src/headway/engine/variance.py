"""What made an amount other than its budget: a difference split by cause, in hours or in money, to the last cent.

The causes are taken one after the other, in the order of `Cause`: each is the step from the amount before it to the
amount after it, so that they always add up to the whole difference. Not here: the sentence made of them.
Source: price and efficiency variances as in cost accounting (Horngren), with scope and date taken out first.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from enum import Enum
from itertools import pairwise

from headway.engine.measures import ZERO, Input, Measure, MeasureState, Unit

_DIFFERENCE = "outcome − budget"
_MILLIONTH = Decimal("0.000001")
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)  # no level of the split is rounded before the last


class Cause(Enum):
    """Why an amount differs from its budget, in the order in which the causes are taken out."""

    CHANGES = "approved changes"
    OUTSIDE = "work outside the scope"
    DATE = "later finish"
    HOURS = "more hours for the same work"
    MIX = "other people than planned"
    RATE = "other rates"


@dataclass(frozen=True, slots=True)
class Share:
    """One role's part: hours as planned and as they come out, at the rate that was planned for it."""

    name: str
    planned_hours: Decimal
    hours: Decimal
    planned_rate: Decimal


@dataclass(frozen=True, slots=True)
class HoursChange:
    """What is known of a budget in hours and of what comes out. None = no records.

    budget    the approved baseline, without changes.
    changes   hours of approved changes.
    outside   hours worked outside the agreed scope, without those of approved changes.
    standing  hours a week of work that goes on as long as the project does, such as management.
    slip      weeks by which the finish lies behind the baseline's; negative = earlier.
    outcome   hours spent, or the forecast of them.
    """

    budget: Decimal | None
    changes: Decimal
    outside: Decimal
    standing: Decimal
    slip: Decimal
    outcome: Decimal | None


@dataclass(frozen=True, slots=True)
class MoneyChange:
    """The same difference in money. `shares` empty = who does it is part of the rates.

    budget, changes, outcome  as of `HoursChange`, in money of one currency.
    """

    budget: Decimal | None
    changes: Decimal
    outcome: Decimal | None
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class Variance:
    """A difference and its causes, in the order in which they were taken out; they add up to `total` exactly."""

    total: Measure
    causes: tuple[tuple[Cause, Measure], ...]

    def of(self, cause: Cause) -> Decimal:
        """What one cause makes; 0 where it is not told apart."""
        return next((one.value for name, one in self.causes if name is cause and one.value is not None), ZERO)


def variance_in_hours(known: HoursChange) -> Variance:
    """Outcome less budget in hours, by approved changes, work outside the scope, the later finish, and the rest.

    The rest is what the same work took more or less: it is the only cause that is not counted but left over.
    """
    unit = Unit.HOURS
    total = _total(known.budget, known.outcome, unit)
    if known.budget is None or known.outcome is None:
        return Variance(total, ())
    with localcontext(_WIDE):
        date = _exact(known.standing * known.slip)
        parts = (
            (Cause.CHANGES, known.changes, "hours of approved changes", ()),
            (Cause.OUTSIDE, known.outside, "hours worked outside the agreed scope", ()),
            (Cause.DATE, date, "standing work a week × weeks of slip", _standing(known)),
            (
                Cause.HOURS,
                known.outcome - known.budget - known.changes - known.outside - date,
                "what is left of the difference after the causes before it",
                (Input("Outcome", known.outcome, unit), Input("Budget", known.budget, unit)),
            ),
        )
    return Variance(
        total, tuple(_part(cause, amount, unit, formula, inputs) for cause, amount, formula, inputs in parts)
    )


def variance_in_money(hours: HoursChange, money: MoneyChange) -> Variance:
    """Outcome less budget in money: the causes of the hours at the budget's own rate, then people, then rates.

    The budget's rate is its money / its hours; approved changes count at the price that was agreed for them.
    Without a budget in hours there is no rate to value hours at, and no split.
    """
    unit = Unit.MONEY
    total = _total(money.budget, money.outcome, unit)
    by_hours = variance_in_hours(hours)
    if money.budget is None or money.outcome is None or not hours.budget or hours.outcome is None:
        return Variance(total, ())
    with localcontext(_WIDE):
        rate = money.budget / hours.budget
        levels = [money.budget, money.budget + money.changes]
        causes = [Cause.CHANGES]
        for cause in (Cause.OUTSIDE, Cause.DATE, Cause.HOURS):
            levels.append(_exact(levels[-1] + by_hours.of(cause) * rate))
            causes.append(cause)
        mixed = _mixed_rate(money.shares)
        if mixed is not None:
            planned, now = mixed
            levels.append(_exact(levels[-1] + hours.outcome * (now - planned)))
            causes.append(Cause.MIX)
        levels.append(money.outcome)
        causes.append(Cause.RATE)
        steps = [after - before for before, after in pairwise(levels)]
    at_rate = (Input("Budget in money", money.budget, unit), Input("Budget in hours", hours.budget, Unit.HOURS))
    parts = []
    for cause, step in zip(causes, steps, strict=True):
        inputs: tuple[Input, ...] = at_rate
        if cause in (Cause.OUTSIDE, Cause.DATE, Cause.HOURS):
            inputs = (Input(cause.value.capitalize(), by_hours.of(cause), Unit.HOURS), *at_rate)
        elif cause is Cause.RATE:
            inputs = (Input("Outcome", money.outcome, unit),)
        elif cause is Cause.CHANGES:
            inputs = ()
        parts.append(_part(cause, step, unit, _MONEY_FORMULA[cause], inputs))
    return Variance(total, tuple(parts))


_MONEY_FORMULA = {
    Cause.CHANGES: "money of approved changes, as agreed",
    Cause.OUTSIDE: "hours outside the scope × the budget's rate",
    Cause.DATE: "hours of the later finish × the budget's rate",
    Cause.HOURS: "more hours for the same work × the budget's rate",
    Cause.MIX: "hours × (planned rates at the hours of each role now − as planned)",
    Cause.RATE: "what is left after the causes before it: the hours cost more or less each than budgeted",
}


def _mixed_rate(shares: tuple[Share, ...]) -> tuple[Decimal, Decimal] | None:
    """The mean planned rate at the planned hours and at the hours now; None where one of them has no hours."""
    planned = sum((share.planned_hours for share in shares), ZERO)
    now = sum((share.hours for share in shares), ZERO)
    if not planned or not now:
        return None
    at_plan = sum((share.planned_hours * share.planned_rate for share in shares), ZERO) / planned
    return at_plan, sum((share.hours * share.planned_rate for share in shares), ZERO) / now


def _exact(value: Decimal) -> Decimal:
    """To a millionth: every level stands on the same grid, so that differences of levels lose nothing."""
    return value.quantize(_MILLIONTH, context=_WIDE)


def _total(budget: Decimal | None, outcome: Decimal | None, unit: Unit) -> Measure:
    inputs = (Input("Outcome", outcome, unit), Input("Budget", budget, unit))
    if budget is None or outcome is None:
        why = "There is no budget to measure against." if budget is None else "Nothing is recorded yet."
        return Measure("variance", "Difference", None, unit, _DIFFERENCE, inputs, MeasureState.NOT_MEASURED, why)
    with localcontext(_WIDE):
        difference = outcome - budget
    return Measure("variance", "Difference", difference, unit, _DIFFERENCE, inputs)


def _standing(known: HoursChange) -> tuple[Input, ...]:
    return (
        Input("Standing work", known.standing, Unit.HOURS_PER_WEEK),
        Input("Slip", known.slip, Unit.WEEKS),
    )


def _part(cause: Cause, amount: Decimal, unit: Unit, formula: str, inputs: tuple[Input, ...]) -> tuple[Cause, Measure]:
    return cause, Measure(f"cause_{cause.name.lower()}", cause.value.capitalize(), amount, unit, formula, inputs)
