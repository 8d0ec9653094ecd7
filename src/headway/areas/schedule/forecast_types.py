"""What forecasts of a plan's finish answer with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from headway.engine.finish_forecast import FinishForecast, PastError
from headway.engine.measures import Measure


@dataclass(frozen=True, slots=True)
class FinishForecasts:
    """When a project will end, told from its own history.

    planned               the finish of the plan as it stands.
    done                  nothing is left to do.
    past_sentence         how far past forecasts were off, or what is missing to say so.
    likely_from, likely_to  the planned finish moved by the lowest and the highest past error.
    """

    as_of: date
    planned: date
    done: bool
    earned_schedule: FinishForecast
    velocity: FinishForecast
    past_estimates: FinishForecast
    ratio: Measure
    past_error: PastError
    past_sentence: str
    likely_from: date | None
    likely_to: date | None


@dataclass(frozen=True, slots=True)
class FinishDay:
    """How many runs of a simulation end in some days, both inclusive."""

    first: date
    last: date
    runs: int


@dataclass(frozen=True, slots=True)
class ChanceOfDate:
    """How probably a deadline, or the planned date of a milestone, is met; with its 95 % interval."""

    task: int | None
    name: str
    target: datetime
    deadline: bool
    p50: datetime
    p80: datetime
    probability: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Driver:
    """A task or risk that moves the finish: the absolute correlation of its duration, or occurrence, with it.

    risk         the risk's reference; '' for a task.
    criticality  share of the runs in which the task is critical; 0 for a risk.
    """

    task: int | None
    name: str
    cruciality: Decimal
    risk: str = ""
    criticality: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class FinishChances:
    """When a plan will end with which probability.

    spread_low, spread_high  what durations without an estimate of their own vary between, as shares of them.
    spread_from              where that comes from; `by_history`: from 8 of 10 of the project's finished tasks.
    on_time                  share of the runs that end by the planned finish.
    """

    runs: int
    seed: int
    spread_low: Decimal
    spread_high: Decimal
    spread_from: str
    by_history: bool
    own_estimates: int
    planned: datetime
    on_time: Decimal
    p10: datetime
    p50: datetime
    p80: datetime
    p90: datetime
    days: tuple[FinishDay, ...]
    dates: tuple[ChanceOfDate, ...]
    drivers: tuple[Driver, ...]
    warnings: tuple[str, ...]
