"""Alert lines of a budget: which to raise now, and which wait until the figure has dropped.

A pure state machine: rule + state + figures give alerts + the new state. Not here: the mails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from headway.engine.forecast import Burn
from headway.engine.measures import HUNDRED, ZERO, Unit, shown


class ThresholdError(ValueError):
    """A rule with no sense: a line at or below 0, the same line twice, a negative re-arm distance."""


class AlertKind(Enum):
    """What crossed: a line of the budget, the forecast, or the runway."""

    LINE = "line"
    FORECAST = "forecast"
    RUNWAY = "runway"


class BudgetState(Enum):
    """Exactly 100 % is used; over begins above it. A budget of 0 is over at once."""

    WITHIN = "within"
    USED = "used"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class ThresholdRule:
    """Lines in percent of the budget, and the two forecast triggers.

    rearm_points  a line re-arms at or below line − this many points.
    """

    lines: tuple[Decimal, ...] = (Decimal(50), Decimal(75), Decimal(90), Decimal(100))
    forecast_over_budget: bool = True
    runway_short: bool = True
    rearm_points: Decimal = Decimal(5)

    def __post_init__(self) -> None:
        if any(line <= 0 for line in self.lines) or len(set(self.lines)) != len(self.lines):
            raise ThresholdError(f"Lines {[str(line) for line in self.lines]} must be above 0 and differ.")
        if self.rearm_points < 0:
            raise ThresholdError(f"A line cannot re-arm {self.rearm_points} points below itself.")


@dataclass(frozen=True, slots=True)
class BudgetFigures:
    """One reading of a budget. budget None = not counted; the other Nones = unknown now.

    period  name of the budget period; a new one arms every line again.
    """

    period: str
    budget: Decimal | None
    spent: Decimal
    forecast: Decimal | None = None
    runway: Decimal | None = None
    weeks_left: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ThresholdState:
    """Which alerts of the period were raised and wait to re-arm."""

    period: str
    raised: frozenset[tuple[AlertKind, Decimal]] = frozenset()


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert to raise now.

    line     percent of the budget; 100 for the two forecast triggers.
    percent  the figure that crossed it, in percent; None where the budget (or the runway) is 0.
    already  the line was crossed before the rule (or the period) began.
    """

    kind: AlertKind
    line: Decimal
    percent: Decimal | None
    already: bool
    text: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Alerts in the order forecast, runway after lines; and the state to store."""

    alerts: tuple[Alert, ...]
    state: ThresholdState


def budget_figures(burn: Burn, *, period: str, forecast: Decimal | None = None) -> BudgetFigures:
    """The reading of a burn; `forecast` defaults to its burn forecast."""
    return BudgetFigures(
        period,
        burn.budget.value,
        burn.spent.value or ZERO,
        burn.burn_forecast.value if forecast is None else forecast,
        burn.runway.value,
        burn.weeks_left.value,
    )


def budget_state(budget: Decimal, spent: Decimal) -> BudgetState:
    """Within, used (exactly all of it) or over."""
    if budget == 0 or spent > budget:
        return BudgetState.OVER
    return BudgetState.USED if spent == budget else BudgetState.WITHIN


def evaluate(
    rule: ThresholdRule,
    state: ThresholdState | None,
    figures: BudgetFigures,
    *,
    written: Callable[[Decimal], str] | None = None,
) -> Evaluation:
    """The alerts this reading raises, each once per period unless it re-armed, and the new state.

    state    None when the rule is new: lines already crossed are reported once, marked so.
    written  how an amount stands in the text of an alert, with its unit; default the number alone.
    """
    words = written or _number
    fresh = state is None or state.period != figures.period
    raised = frozenset() if state is None or fresh else state.raised
    if figures.budget is None:
        return Evaluation((), ThresholdState(figures.period, raised))
    alerts = []
    waiting = set(raised)
    for kind, line, limit, amount in _watched(rule, figures):
        key = (kind, line)
        percent = HUNDRED * amount / limit if limit else None
        if _crosses(kind, line, percent):
            if key not in waiting:
                waiting.add(key)
                alerts.append(Alert(kind, line, percent, fresh, _text(kind, line, figures, words)))
        elif percent is not None and percent <= line - rule.rearm_points:
            waiting.discard(key)
    return Evaluation(tuple(alerts), ThresholdState(figures.period, frozenset(waiting)))


def _watched(rule: ThresholdRule, figures: BudgetFigures) -> list[tuple[AlertKind, Decimal, Decimal, Decimal]]:
    """(kind, line, limit, amount) of everything known; amount / limit is the figure. A limit of 0 is crossed."""
    budget = figures.budget or ZERO
    lines = sorted(rule.lines) if budget else sorted(rule.lines)[-1:]  # a budget of 0 is over, said once
    watched = [(AlertKind.LINE, line, budget, figures.spent) for line in lines]
    if budget and rule.forecast_over_budget and figures.forecast is not None:
        watched.append((AlertKind.FORECAST, HUNDRED, budget, figures.forecast))
    if rule.runway_short and figures.runway is not None and figures.weeks_left:
        watched.append((AlertKind.RUNWAY, HUNDRED, figures.runway, figures.weeks_left))
    return watched


def _crosses(kind: AlertKind, line: Decimal, percent: Decimal | None) -> bool:
    """Lines are crossed when reached; a forecast only when it is above, a runway when it is shorter."""
    if percent is None:
        return True
    return percent >= line if kind is AlertKind.LINE else percent > line


def _text(kind: AlertKind, line: Decimal, figures: BudgetFigures, written: Callable[[Decimal], str]) -> str:
    budget, spent = figures.budget or ZERO, figures.spent
    if kind is AlertKind.FORECAST:
        return f"Forecast {written(figures.forecast or ZERO)} is above the budget of {written(budget)}."
    if kind is AlertKind.RUNWAY:
        return f"The budget lasts {_number(figures.runway)} weeks; {_number(figures.weeks_left)} weeks are left."
    state = budget_state(budget, spent)
    if budget == 0:
        return f"Over: {written(spent)} spent of a budget of 0."
    if state is BudgetState.USED:
        return f"The budget of {written(budget)} is used."
    percent = shown(HUNDRED * spent / budget, Unit.PERCENT)
    if state is BudgetState.OVER:
        return f"Over: {written(spent)} spent of {written(budget)} ({percent} %)."
    return f"{percent} % of the budget is spent: the {_number(line)} % line is reached."


def _number(value: Decimal | None) -> str:
    """At most one decimal, none where it is 0."""
    text = shown(value, Unit.POINTS)
    return text.removesuffix(".0")
