"""Rates that apply to a time entry, and the measures of hours: utilisation, realisation, margin, rounding.

Not here: the burn of a budget (`forecast.py`), the stored entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import Enum

from headway.engine.measures import HUNDRED, ZERO, Input, Measure, Unit, derive, divided
from headway.engine.units import Money


class RateError(ValueError):
    """A rate card that contradicts itself, a line without its scope, or mixed currencies."""


class RateKind(Enum):
    """Bill rates go to clients; cost rates need a view right of their own."""

    BILL = "bill"
    COST = "cost"


class RateScope(Enum):
    """Whom a line is for, strongest first."""

    PERSON_ON_PROJECT = "person on project"
    ROLE_ON_PROJECT = "role on project"
    CLIENT_ROLE = "client card by role"
    PERSON_DEFAULT = "person default"


@dataclass(frozen=True, slots=True)
class RateLine:
    """One hourly rate from a day on. `last` None = open; a later line of the same scope supersedes it."""

    kind: RateKind
    scope: RateScope
    rate: Money
    first: date
    last: date | None = None
    person: str | None = None
    project: str | None = None
    role: str | None = None
    client: str | None = None

    def __post_init__(self) -> None:
        missing = [name for name in _SCOPE_KEYS[self.scope] if getattr(self, name) is None]
        if missing:
            raise RateError(f"A rate for '{self.scope.value}' needs {' and '.join(missing)}.")
        if self.last is not None and self.last < self.first:
            raise RateError(f"The rate from {self.first} ends {self.last}, before it begins.")


_SCOPE_KEYS = {
    RateScope.PERSON_ON_PROJECT: ("person", "project"),
    RateScope.ROLE_ON_PROJECT: ("role", "project"),
    RateScope.CLIENT_ROLE: ("client", "role"),
    RateScope.PERSON_DEFAULT: ("person",),
}


@dataclass(frozen=True, slots=True)
class WorkedBy:
    """Whose hour it is, on what and when: what a rate is looked up by."""

    person: str
    project: str
    client: str | None
    role: str | None
    on: date


def rate_for(card: Iterable[RateLine], kind: RateKind, worked: WorkedBy) -> RateLine | None:
    """The line that applies: the strongest scope with a line in force, of these the one that began last.

    None when no line applies. Raises RateError for two lines of one scope that begin on the same day
    with different rates.
    """
    in_force = [line for line in card if line.kind is kind and _applies(line, worked)]
    for scope in RateScope:
        lines = [line for line in in_force if line.scope is scope]
        if not lines:
            continue
        latest = max(line.first for line in lines)
        newest = [line for line in lines if line.first == latest]
        if len({line.rate for line in newest}) > 1:
            rates = " and ".join(f"{line.rate.amount} {line.rate.currency}" for line in newest)
            raise RateError(f"Two {kind.value} rates for '{scope.value}' begin on {latest}: {rates}. Remove one.")
        return newest[0]
    return None


def _applies(line: RateLine, worked: WorkedBy) -> bool:
    if worked.on < line.first or (line.last is not None and worked.on > line.last):
        return False
    return all(getattr(line, name) == getattr(worked, name) for name in _SCOPE_KEYS[line.scope])


@dataclass(frozen=True, slots=True)
class FrozenAmounts:
    """Rates and amounts as they were when the entry was saved; later cards do not move them. Unrounded."""

    hours: Decimal
    bill_rate: Money | None
    bill_amount: Money | None
    cost_rate: Money | None
    cost_amount: Money | None
    bill_scope: RateScope | None
    cost_scope: RateScope | None


def frozen_amounts(card: Sequence[RateLine], worked: WorkedBy, *, hours: Decimal, billable: bool) -> FrozenAmounts:
    """What to copy onto a time entry when it is saved. Not billable = bill amount 0 at the same rate."""
    bill, cost = rate_for(card, RateKind.BILL, worked), rate_for(card, RateKind.COST, worked)
    return FrozenAmounts(
        hours=hours,
        bill_rate=bill.rate if bill else None,
        bill_amount=bill.rate * (hours if billable else 0) if bill else None,
        cost_rate=cost.rate if cost else None,
        cost_amount=cost.rate * hours if cost else None,
        bill_scope=bill.scope if bill else None,
        cost_scope=cost.scope if cost else None,
    )


# Measures


def utilisation_net(billable: Decimal | None, capacity: Decimal | None, leave: Decimal | None) -> Measure:
    """Billable hours in percent of capacity less leave."""
    return derive(
        "utilisation_net",
        "Utilisation, net",
        Unit.PERCENT,
        "billable h / (capacity − leave)",
        (_hours("billable", billable), _hours("capacity", capacity), _hours("leave", leave)),
        lambda b, c, off: divided(HUNDRED * b, c - off, "There is no capacity after leave."),
    )


def utilisation_gross(billable: Decimal | None, capacity: Decimal | None) -> Measure:
    """Billable hours in percent of the whole capacity."""
    return derive(
        "utilisation_gross",
        "Utilisation, gross",
        Unit.PERCENT,
        "billable h / capacity",
        (_hours("billable", billable), _hours("capacity", capacity)),
        lambda b, c: divided(HUNDRED * b, c, "There is no capacity."),
    )


def overburn(actual: Decimal | None, budgeted: Decimal | None) -> Measure:
    """Hours above budget, in percent of the budgeted hours."""
    return derive(
        "overburn",
        "Overburn",
        Unit.PERCENT,
        "actual / budgeted − 1",
        (_hours("actual", actual), _hours("budgeted", budgeted)),
        lambda a, b: divided(HUNDRED * (a - b), b, "No hours are budgeted."),
    )


def realised_utilisation(utilisation: Decimal | None, overburn_percent: Decimal | None) -> Measure:
    """Utilisation that the budget pays for: utilisation / (1 + overburn); both in percent."""
    return derive(
        "realised_utilisation",
        "Utilisation, realised",
        Unit.PERCENT,
        "utilisation / (1 + overburn)",
        (Input("utilisation", utilisation, Unit.PERCENT), Input("overburn", overburn_percent, Unit.PERCENT)),
        lambda u, o: divided(HUNDRED * u, HUNDRED + o, "No hours were worked."),
    )


def realisation_hours(billed: Decimal | None, billable: Decimal | None) -> Measure:
    """Billed in percent of billable hours."""
    return derive(
        "realisation_hours",
        "Realisation, hours",
        Unit.PERCENT,
        "billed h / billable h",
        (_hours("billed", billed), _hours("billable", billable)),
        lambda b, a: divided(HUNDRED * b, a, "There are no billable hours."),
    )


def realisation_value(invoiced: Decimal | None, billable: Decimal | None, standard_rate: Decimal | None) -> Measure:
    """Invoiced in percent of what the billable hours are worth at the standard rate."""
    return derive(
        "realisation_value",
        "Realisation, value",
        Unit.PERCENT,
        "invoiced / (billable h × standard rate)",
        (
            _money("invoiced", invoiced),
            _hours("billable", billable),
            Input("standard rate", standard_rate, Unit.MONEY_PER_HOUR),
        ),
        lambda i, b, r: divided(HUNDRED * i, b * r, "The billable hours are worth nothing."),
    )


def effective_rate(fee: Decimal | None, hours: Decimal | None) -> Measure:
    """Fee per hour worked. Over several months: all fees / all hours, never the mean of the monthly rates."""
    return derive(
        "effective_rate",
        "Effective hourly rate",
        Unit.MONEY_PER_HOUR,
        "fee / all hours worked",
        (_money("fee", fee), _hours("hours worked", hours)),
        lambda f, h: divided(f, h, "No hours were worked."),
    )


def rate_margin(rate: Decimal | None, cost_rate: Decimal | None) -> Measure:
    """What is left of an hourly rate after its cost, in percent of the rate."""
    return derive(
        "rate_margin",
        "Margin",
        Unit.PERCENT,
        "(rate − cost rate) / rate",
        (Input("rate", rate, Unit.MONEY_PER_HOUR), Input("cost rate", cost_rate, Unit.MONEY_PER_HOUR)),
        lambda r, c: divided(HUNDRED * (r - c), r, "The rate is 0."),
    )


@dataclass(frozen=True, slots=True)
class EstimateLine:
    """Hours of one role with its bill and cost rate, in one currency."""

    hours: Decimal
    bill_rate: Decimal
    cost_rate: Decimal


@dataclass(frozen=True, slots=True)
class EstimateMargin:
    """What an estimate earns."""

    fee: Measure
    cost: Measure
    blended_rate: Measure
    margin: Measure


def estimate_margin(lines: Sequence[EstimateLine]) -> EstimateMargin:
    """Fee (hours at bill rates), cost, blended rate and margin of an estimate."""
    value = sum((line.hours * line.bill_rate for line in lines), ZERO)
    spent = sum((line.hours * line.cost_rate for line in lines), ZERO)
    hours = _hours("hours", sum((line.hours for line in lines), ZERO))
    worth, costs = _money("Σ h × bill", value), _money("Σ h × cost", spent)
    return EstimateMargin(
        fee=derive("fee", "Fee", Unit.MONEY, "Σ h × bill", (worth,), lambda f: f),
        cost=derive("cost", "Cost", Unit.MONEY, "Σ h × cost", (costs,), lambda c: c),
        blended_rate=derive(
            "blended_rate",
            "Blended rate",
            Unit.MONEY_PER_HOUR,
            "Σ h × bill / Σ h",
            (worth, hours),
            lambda w, h: divided(w, h, "The estimate has no hours."),
        ),
        margin=derive(
            "estimate_margin",
            "Estimate margin",
            Unit.PERCENT,
            "(fee − cost) / fee, fee = Σ h × bill, cost = Σ h × cost",
            (worth, costs),
            lambda w, c: divided(HUNDRED * (w - c), w, "The fee is 0."),
        ),
    )


class RoundingLevel(Enum):
    """Where hours are rounded; a statement of hours must say which."""

    ENTRY = "each entry"
    TOTAL = "the total"


class RoundingDirection(Enum):
    """Up is the usual billing practice; the others are fairer."""

    UP = ROUND_CEILING
    NEAREST = ROUND_HALF_UP
    DOWN = ROUND_FLOOR


@dataclass(frozen=True, slots=True)
class Rounding:
    """Rounding to steps of so many minutes; `text` states it beside the figure."""

    minutes: int
    direction: RoundingDirection = RoundingDirection.UP
    level: RoundingLevel = RoundingLevel.TOTAL

    def __post_init__(self) -> None:
        if self.minutes <= 0:
            raise RateError(f"Hours cannot be rounded to {self.minutes} minutes; give at least 1.")

    @property
    def text(self) -> str:
        """How the hours are rounded, for people."""
        return f"{self.level.value} rounded {self.direction.name.lower()} to {self.minutes} min"


def rounded_hours(hours: Iterable[Decimal], rounding: Rounding | None = None) -> Decimal:
    """The sum of the entries' hours under the rule; None = not rounded."""
    entries = list(hours)
    if rounding is None:
        return sum(entries, ZERO)
    if rounding.level is RoundingLevel.ENTRY:
        return sum((_step(entry, rounding) for entry in entries), ZERO)
    return _step(sum(entries, ZERO), rounding)


def _step(hours: Decimal, rounding: Rounding) -> Decimal:
    steps = (hours * 60 / rounding.minutes).quantize(Decimal(1), rounding.direction.value)
    return steps * rounding.minutes / 60


def _hours(name: str, value: Decimal | None) -> Input:
    return Input(name, value, Unit.HOURS)


def _money(name: str, value: Decimal | None) -> Input:
    return Input(name, value, Unit.MONEY)
