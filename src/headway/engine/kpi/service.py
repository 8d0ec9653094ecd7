"""Service levels: the share of promises kept, and how much of the error budget is used.

What is open and overdue counts as missed; what is open and not yet due, or paused at the end of the period, is left
out. Not here: when a promise falls due (`clock`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from headway.engine.kpi.proportions import wilson
from headway.engine.measures import HUNDRED


@dataclass(frozen=True, slots=True)
class Counts:
    """How promises of a period came out."""

    met: int = 0
    missed: int = 0
    overdue: int = 0
    open: int = 0
    paused: int = 0

    @property
    def judged(self) -> int:
        """Those that count: met, missed, and open past their time."""
        return self.met + self.missed + self.overdue

    @property
    def bad(self) -> int:
        """Those not kept."""
        return self.missed + self.overdue

    def __add__(self, other: Counts) -> Counts:
        """Of two periods together."""
        return Counts(
            self.met + other.met,
            self.missed + other.missed,
            self.overdue + other.overdue,
            self.open + other.open,
            self.paused + other.paused,
        )


def kept(counts: Counts) -> Decimal | None:
    """Attainment in percent; None where nothing counts."""
    return Decimal(counts.met) / counts.judged * HUNDRED if counts.judged else None


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """How much may go wrong, and how much has.

    budget     cases that may fail of those that counted; 0 for a target of 100 %.
    consumed   percent of the budget that is used; burn = how many times as fast as the target allows.
    Both are None at a target of 100 %: `exhausted` then tells whether anything failed.
    """

    target: Decimal
    cases: int
    bad: int
    budget: Decimal
    consumed: Decimal | None
    burn: Decimal | None
    exhausted: bool


def error_budget(target: Decimal, cases: int, bad: int) -> ErrorBudget:
    """The budget of a target in percent over a number of cases."""
    if not 0 < target <= HUNDRED:
        raise ValueError(f"A target of {target} % leaves no error budget. Give more than 0 and at most 100.")
    allowed = 1 - target / HUNDRED
    budget = allowed * cases
    if allowed == 0:
        return ErrorBudget(target, cases, bad, budget, None, None, bad > 0)
    if cases == 0:
        return ErrorBudget(target, cases, bad, budget, None, None, False)
    consumed = Decimal(bad) / budget * HUNDRED
    return ErrorBudget(target, cases, bad, budget, consumed, Decimal(bad) / cases / allowed, consumed >= HUNDRED)


def allowed_time(target: Decimal, span: timedelta) -> timedelta:
    """How long something may be down in a span at a target of availability in percent."""
    return timedelta(seconds=float((1 - target / HUNDRED) * Decimal(span.total_seconds())))


def used_by(burn: Decimal, window: timedelta, span: timedelta) -> Decimal:
    """Percent of a span's budget that a burn uses up in a window."""
    return burn * Decimal(window.total_seconds()) / Decimal(span.total_seconds()) * HUNDRED


@dataclass(frozen=True, slots=True)
class Projection:
    """How much of the whole period's budget will be used if it goes on so, in percent, with its 95 % range.

    consumed  percent of the whole period's budget that is used now; `share` the percent of its cases that are in.
    """

    consumed: Decimal
    share: Decimal
    expected: Decimal
    low: Decimal
    high: Decimal


def projected(target: Decimal, cases: int, bad: int, expected_cases: int) -> Projection | None:
    """The budget at the end of a period of so many cases; None without cases or at a target of 100 %."""
    allowed = 1 - target / HUNDRED
    whole = max(expected_cases, cases)
    if cases == 0 or allowed == 0:
        return None
    consumed = Decimal(bad) / (allowed * whole) * HUNDRED
    share = Decimal(cases) / whole
    rate = wilson(bad, cases)
    # What is in stays as it is; only the cases to come may go better or worse.
    known, ahead = Decimal(bad), Decimal(whole - cases)
    low, high = ((known + ahead * part) / (allowed * whole) * HUNDRED for part in (rate.low, rate.high))
    return Projection(consumed, share * HUNDRED, consumed / share, low, high)
