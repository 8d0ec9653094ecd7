"""Burn of a budget in hours or money: rate, runway, gap, and three forecasts that are never averaged.

Weeks are working weeks. Not here: the alert lines (`thresholds.py`), the colours (`rag.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from headway.engine.measures import HUNDRED, ZERO, Input, Measure, NoValue, Unit, derive, divided, given

TRAILING_WEEKS = 4
RANGE_TEXT = "Three methods, shown as a range and never averaged."


class ForecastError(ValueError):
    """Burn inputs that contradict each other: more weeks gone than there are, a negative week."""


@dataclass(frozen=True, slots=True)
class WorkedWeek:
    """What one complete calendar week burned, and how many working days it had."""

    first: date
    burned: Decimal
    working_days: int = 5


@dataclass(frozen=True, slots=True)
class BurnInputs:
    """What a status date knows of a budget. None = no records, which is not 0.

    budget            current budget, in hours or money.
    percent_complete  out of 100, by a declared method.
    weeks_elapsed, weeks_total  working weeks from start to status date and to the planned finish; parts count.
    recent            trailing complete weeks, oldest first (`trailing_weeks`); more than four: the last four count.
    """

    budget: Decimal | None
    spent: Decimal | None
    percent_complete: Decimal | None
    weeks_elapsed: Decimal
    weeks_total: Decimal
    recent: tuple[WorkedWeek, ...]
    days_per_week: int = 5

    def __post_init__(self) -> None:
        if self.weeks_elapsed < 0 or self.weeks_total < 0:
            raise ForecastError(
                f"{self.weeks_elapsed} weeks elapsed of {self.weeks_total}: neither can be negative. Check the dates."
            )


@dataclass(frozen=True, slots=True)
class Burn:
    """Every burn figure of one budget. `percent_complete` must be shown wherever `percent_spent` is."""

    budget: Measure
    spent: Measure
    remaining: Measure
    percent_spent: Measure
    percent_complete: Measure
    percent_elapsed: Measure
    gap: Measure
    burn_rate: Measure
    burn_ratio: Measure
    runway: Measure
    weeks_left: Measure
    affordable_rate: Measure
    burn_forecast: Measure
    straight_line_forecast: Measure
    scope_forecast: Measure
    scope_etc: Measure

    def forecasts(self) -> tuple[Measure, Measure, Measure]:
        """The three forecasts, each under its method's name."""
        return self.burn_forecast, self.straight_line_forecast, self.scope_forecast

    def forecast_range(self) -> tuple[Decimal, Decimal] | None:
        """Lowest and highest of the forecasts that have a value; None when none has."""
        values = [one.value for one in self.forecasts() if one.value is not None]
        return (min(values), max(values)) if values else None

    def measures(self) -> tuple[Measure, ...]:
        """Every figure once, in reading order."""
        return (
            *(self.budget, self.spent, self.remaining, self.percent_spent, self.percent_complete),
            *(self.percent_elapsed, self.gap, self.burn_rate, self.burn_ratio, self.runway, self.weeks_left),
            *(self.affordable_rate, *self.forecasts(), self.scope_etc),
        )


def burn(inputs: BurnInputs, *, unit: Unit = Unit.HOURS) -> Burn:
    """All burn figures of a budget, each with formula, inputs and, if need be, why there is none.

    unit  HOURS or MONEY; rates are per working week.
    Source: docs/explanation/earned-value.md. The scope forecast is EAC b with EV = % complete × budget.
    """
    rate_unit = Unit.HOURS_PER_WEEK if unit is Unit.HOURS else Unit.MONEY_PER_WEEK
    budget = given("budget", "Budget", inputs.budget, unit, source="current budget")
    spent = given("spent", "Spent", inputs.spent, unit, source="recorded to the status date")
    complete = given(
        "percent_complete", "% complete", inputs.percent_complete, Unit.PERCENT, source="by the declared method"
    )
    left = given(
        "weeks_left",
        "Weeks left",
        max(ZERO, inputs.weeks_total - inputs.weeks_elapsed),
        Unit.WEEKS,
        source="working weeks from status date to planned finish",
    )
    elapsed_weeks = Input("weeks elapsed", inputs.weeks_elapsed, Unit.WEEKS)
    total_weeks = Input("weeks in all", inputs.weeks_total, Unit.WEEKS)
    remaining = derive(
        "remaining", "Remaining", unit, "budget − spent", (budget.as_input(), spent.as_input()), lambda b, s: b - s
    )
    percent_spent = derive(
        "percent_spent", "% spent", Unit.PERCENT, "spent / budget", (spent.as_input(), budget.as_input()), _share
    )
    percent_elapsed = derive(
        "percent_elapsed",
        "% elapsed",
        Unit.PERCENT,
        "weeks elapsed / weeks in all",
        (elapsed_weeks, total_weeks),
        lambda gone, total: divided(HUNDRED * gone, total, "The plan has no working weeks."),
    )
    rate = _burn_rate(inputs, rate_unit)
    scope = derive(
        "scope_forecast",
        "Scope forecast",
        unit,
        "spent / % complete",
        (spent.as_input(), complete.as_input()),
        lambda s, c: divided(HUNDRED * s, c, "% complete is 0: nothing to extend from."),
        assumption="the rest costs as much per unit of scope as so far (EAC b)",
    )
    return Burn(
        budget=budget,
        spent=spent,
        remaining=remaining,
        percent_spent=percent_spent,
        percent_complete=complete,
        percent_elapsed=percent_elapsed,
        gap=derive(
            "gap",
            "Gap",
            Unit.POINTS,
            "% spent − % complete",
            (percent_spent.as_input(), complete.as_input()),
            lambda s, c: s - c,
        ),
        burn_rate=rate,
        burn_ratio=derive(
            "burn_ratio",
            "Burn ratio",
            Unit.INDEX,
            "% spent / % elapsed",
            (percent_spent.as_input(), percent_elapsed.as_input()),
            lambda s, e: divided(s, e, "No working time has elapsed yet."),
            assumption="says nothing about the work done: read it with the gap",
        ),
        runway=derive(
            "runway",
            "Runway",
            Unit.WEEKS,
            "remaining / burn rate",
            (remaining.as_input(), rate.as_input()),
            _runway,
        ),
        weeks_left=left,
        affordable_rate=derive(
            "affordable_rate",
            "Affordable rate",
            rate_unit,
            "remaining / weeks left",
            (remaining.as_input(), left.as_input()),
            _affordable,
        ),
        burn_forecast=derive(
            "burn_forecast",
            "Burn forecast",
            unit,
            "spent + weeks left × burn rate",
            (spent.as_input(), left.as_input(), rate.as_input()),
            lambda s, weeks, pace: s + weeks * pace,
            assumption="the pace of the last four complete weeks lasts to the planned finish",
        ),
        straight_line_forecast=derive(
            "straight_line_forecast",
            "Straight-line forecast",
            unit,
            "spent / weeks elapsed × weeks in all",
            (spent.as_input(), elapsed_weeks, total_weeks),
            lambda s, gone, total: divided(s * total, gone, "No working time has elapsed yet."),
            assumption="the mean pace since the start lasts to the planned finish",
        ),
        scope_forecast=scope,
        scope_etc=derive(
            "scope_etc",
            "ETC by scope",
            unit,
            "scope forecast − spent",
            (scope.as_input(), spent.as_input()),
            lambda forecast, s: forecast - s,
        ),
    )


def trailing_weeks(
    burned_by_day: Mapping[date, Decimal],
    is_working_day: Callable[[date], bool],
    *,
    as_of: date,
    started: date,
    count: int = TRAILING_WEEKS,
    week_start: int = 0,
) -> tuple[WorkedWeek, ...]:
    """The last complete calendar weeks up to and including `as_of`, oldest first.

    A week is complete when its last working day is over and it did not begin before the project;
    a week of `as_of` counts on its last working day. Weeks without working days are passed over.
    week_start  0 = Monday … 6 = Sunday.
    """
    first = as_of - timedelta(days=(as_of.weekday() - week_start) % 7)
    weeks: list[WorkedWeek] = []
    while first >= started and len(weeks) < count:
        days = [first + timedelta(days=step) for step in range(7)]
        working = [day for day in days if is_working_day(day)]
        if working and working[-1] <= as_of:
            total = sum((burned_by_day.get(day, ZERO) for day in days), ZERO)
            weeks.append(WorkedWeek(first, total, len(working)))
        first -= timedelta(days=7)
    return tuple(reversed(weeks))


def _burn_rate(inputs: BurnInputs, unit: Unit) -> Measure:
    weeks = inputs.recent[-TRAILING_WEEKS:]
    burned = sum((week.burned for week in weeks), ZERO)
    days = sum(week.working_days for week in weeks)

    def rate(*_: Decimal) -> Decimal:
        if not days:
            raise NoValue("No complete working week has passed yet.")
        return burned * inputs.days_per_week / days

    amount = Unit.HOURS if unit is Unit.HOURS_PER_WEEK else Unit.MONEY
    measure = derive(
        "burn_rate",
        "Burn rate",
        unit,
        f"burned in the trailing {TRAILING_WEEKS} complete weeks / their working days × {inputs.days_per_week}",
        (
            *(Input(f"week of {week.first}", week.burned, amount) for week in weeks),
            Input("working days", Decimal(days), Unit.DAYS),
        ),
        rate,
    )
    if 0 < len(weeks) < TRAILING_WEEKS:
        return measure.with_note(f"From {len(weeks)} complete week{'s' if len(weeks) > 1 else ''} only.")
    return measure


def _share(spent: Decimal, budget: Decimal) -> Decimal:
    return divided(HUNDRED * spent, budget, "The budget is 0.")


def _runway(remaining: Decimal, rate: Decimal) -> Decimal:
    if remaining <= 0:
        return ZERO
    return divided(remaining, rate, "Nothing was burned in the last complete weeks.")


def _affordable(remaining: Decimal, weeks: Decimal) -> Decimal:
    if remaining < 0:
        raise NoValue("The budget is overspent: no rate is affordable.")
    return divided(remaining, weeks, "No working time is left in the plan.")
