"""Alert lines of a budget: which to raise now, and which wait until the figure has dropped.

A pure state machine: rule + state + figures give alerts + the new state. Not here: the mails.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

    line     percent of the budget, the highest that this reading passed; 100 for the two forecast triggers.
    passed   every line that it passed at once, from the lowest; the alert speaks for all of them.
    percent  the figure that crossed it, in percent; None where the budget (or the runway) is 0.
    already  the line was crossed before the rule (or the period) began.
    """

    kind: AlertKind
    line: Decimal
    percent: Decimal | None
    already: bool
    text: str
    passed: tuple[Decimal, ...] = ()


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

    Lines that it passes at once are told in one alert, and all of them are noted as raised.

    state    None when the rule is new: lines already crossed are reported once, marked so.
    written  how an amount stands in the text of an alert, with its unit; default the number alone.
    """
    words = written or _number
    fresh = state is None or state.period != figures.period
    raised = frozenset() if state is None or fresh else state.raised
    if figures.budget is None:
        return Evaluation((), ThresholdState(figures.period, raised))
    alerts = []
    passed: list[Decimal] = []
    waiting = set(raised)
    for kind, line, limit, amount in _watched(rule, figures):
        key = (kind, line)
        percent = HUNDRED * amount / limit if limit else None
        if _crosses(kind, line, percent):
            if key not in waiting:
                waiting.add(key)
                if kind is AlertKind.LINE:
                    passed.append(line)
                else:
                    alerts.append(Alert(kind, line, percent, fresh, _text(kind, figures, words), (line,)))
        elif percent is not None and percent <= line - rule.rearm_points:
            waiting.discard(key)
    if passed:
        text, percent = _line_text(passed, figures, words), _percent_spent(figures)
        alerts.insert(0, Alert(AlertKind.LINE, passed[-1], percent, fresh, text, tuple(passed)))
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


def _text(kind: AlertKind, figures: BudgetFigures, written: Callable[[Decimal], str]) -> str:
    if kind is AlertKind.FORECAST:
        budget = figures.budget or ZERO
        return f"Forecast {written(figures.forecast or ZERO)} is above the budget of {written(budget)}."
    return f"The budget lasts {_number(figures.runway)} weeks; {_number(figures.weeks_left)} weeks are left."


def _percent_spent(figures: BudgetFigures) -> Decimal | None:
    return HUNDRED * figures.spent / figures.budget if figures.budget else None


def _line_text(passed: Sequence[Decimal], figures: BudgetFigures, written: Callable[[Decimal], str]) -> str:
    """What the highest of the lines tells, and which lines were passed at once."""
    budget, spent = figures.budget or ZERO, figures.spent
    *lower, line = (f"{_number(one)} %" for one in passed)
    named = f"{', '.join(lower)} and {line}" if lower else line
    at_once = f" Passed at once: {named}." if lower else ""
    state = budget_state(budget, spent)
    if budget == 0:
        return f"Over: {written(spent)} spent of a budget of 0."
    if state is BudgetState.USED:
        return f"The budget of {written(budget)} is used.{at_once}"
    percent = shown(HUNDRED * spent / budget, Unit.PERCENT)
    if state is BudgetState.OVER:
        return f"Over: {written(spent)} spent of {written(budget)} ({percent} %).{at_once}"
    return f"{percent} % of the budget is spent: the {named} {'lines are' if lower else 'line is'} reached."


def _number(value: Decimal | None) -> str:
    """At most one decimal, none where it is 0."""
    text = shown(value, Unit.POINTS)
    return text.removesuffix(".0")
