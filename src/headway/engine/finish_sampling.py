"""Finish forecasts drawn from a project's past: its weeks (velocity) and its finished tasks (past estimates).

Seeded draws by counter, as in the simulation. Not here: forecasts by formula and their types (`finish_forecast`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from headway.engine.finish_forecast import (
    LEAST_TASKS,
    LEAST_WEEKS,
    DoneWeek,
    FinishedTask,
    FinishForecast,
    IsWorkingDay,
    day_after,
    missing,
    ratio_of,
    too_few,
)
from headway.engine.measures import ZERO, Input, Measure, Unit
from headway.engine.risk import History
from headway.engine.risk.draws import stream_key, uniforms
from headway.engine.risk.figures import percentile_rank

RUNS = 2_000
_SHARES = (0.1, 0.5, 0.8)
_MOST_BLOCKS = 520  # ten years of weeks; a run that is not done by then has no finish
_VELOCITY_STREAM, _CALIBRATION_STREAM = 3, 4

Days = npt.NDArray[np.float64]


def by_velocity(
    weeks: Sequence[DoneWeek],
    remaining: Decimal,
    *,
    as_of: date,
    is_working_day: IsWorkingDay,
    unit: Unit = Unit.COUNT,
    days_per_week: int = 5,
    seed: int = 0,
    runs: int = RUNS,
) -> FinishForecast:
    """The finish where every coming week is like one of the past weeks, drawn anew for each week and run.

    weeks      complete past weeks, empty ones included; at least 4, and something done in one of them.
    remaining  what is left to do, in the unit of `done`.
    Its range is P10 to P80. The same seed gives the same dates. Source: docs/explanation/forecasts.md.
    """
    done = sum((week.done for week in weeks), ZERO)
    left = Input("left to do", remaining, unit)
    given = (left, *(Input(f"week of {week.first}", week.done, unit) for week in weeks))
    formula = f"weeks drawn from the last {len(weeks)} until what is left is done; P50 of {runs:,} runs"
    if len(weeks) < LEAST_WEEKS:
        return missing("velocity", formula, given, too_few(len(weeks), LEAST_WEEKS, "complete weeks"))
    if not done:
        return missing("velocity", formula, given, f"Nothing was finished in the last {len(weeks)} weeks.")
    rates = np.array([float(week.done / week.working_days) for week in weeks])
    days = _days_of_work(rates, float(max(ZERO, remaining)), days_per_week, seed, runs)
    pace = Measure(
        "velocity",
        "Velocity",
        done * days_per_week / sum(week.working_days for week in weeks),
        Unit.COUNT if unit is Unit.COUNT else Unit.HOURS_PER_WEEK,
        f"done / working days × {days_per_week}, over {len(weeks)} weeks",
        given[1:],
    )
    return _sampled("velocity", days, formula, given, (pace,), as_of, is_working_day)


def by_calibration(
    finished: Sequence[FinishedTask],
    days_left: Decimal,
    *,
    tasks_left: int,
    as_of: date,
    is_working_day: IsWorkingDay,
    seed: int = 0,
    runs: int = RUNS,
) -> FinishForecast:
    """The planned finish, stretched as the project's finished tasks stretched against their estimates.

    finished    at least 5.
    days_left   working days from the status date to the planned finish.
    tasks_left  how many tasks follow each other to the finish (1 or more): each run draws so many ratios and takes
                their mean, so that errors of single tasks even out.
    Its range is P10 to P80. Source: docs/explanation/forecasts.md.
    """
    given = (
        Input("working days left in the plan", days_left, Unit.DAYS),
        Input("tasks left on the critical path", Decimal(tasks_left), Unit.COUNT),
        Input("finished tasks", Decimal(len(finished)), Unit.COUNT),
    )
    formula = f"days left × mean of {max(1, tasks_left)} drawn ratios actual / estimate; P50 of {runs:,} runs"
    if len(finished) < LEAST_TASKS:
        reason = too_few(len(finished), LEAST_TASKS, "finished tasks with an estimate")
        return missing("past estimates", formula, given, reason)
    ratios = np.array([float(task.ratio) for task in finished])
    drawn = np.zeros(runs)
    for number in range(max(1, tasks_left)):
        drawn += _drawn(ratios, _CALIBRATION_STREAM, number, seed, runs)
    days = np.ceil(float(max(ZERO, days_left)) * drawn / max(1, tasks_left) - 1e-9)
    return _sampled("past estimates", days, formula, given, (ratio_of(finished),), as_of, is_working_day)


def history_of(finished: Sequence[FinishedTask]) -> History | None:
    """The ratios of finished tasks, as the simulation takes them; None with fewer than 5."""
    if len(finished) < LEAST_TASKS:
        return None
    return History(tuple(float(task.ratio) for task in finished))


def _days_of_work(rates: Days, remaining: float, block: int, seed: int, runs: int) -> Days:
    """Working days until what remains is done, run by run; infinite where it never is."""
    left = np.full(runs, remaining)
    days = np.zeros(runs)
    for number in range(_MOST_BLOCKS):
        open_ = left > 1e-9
        if not open_.any():
            return days
        rate = _drawn(rates, _VELOCITY_STREAM, number, seed, runs)
        with np.errstate(divide="ignore", invalid="ignore"):
            needed = np.where(left <= rate * block + 1e-9, np.ceil(left / rate - 1e-9), block)
        days += np.where(open_, np.minimum(needed, block), 0)
        left -= rate * block
    return np.where(left > 1e-9, math.inf, days)


def _drawn(values: Days, stream: int, number: int, seed: int, runs: int) -> Days:
    """One of the values for each run, all equally likely."""
    key = np.array([stream_key(seed, stream, number)], dtype=np.uint64)
    found: Days = values[(uniforms(key, 0, runs)[0] * len(values)).astype(np.int64)]
    return found


def _sampled(
    method: str,
    days: Days,
    formula: str,
    given: tuple[Input, ...],
    inputs: tuple[Measure, ...],
    as_of: date,
    is_working_day: IsWorkingDay,
) -> FinishForecast:
    ordered = np.sort(days)
    low, middle, high = (float(ordered[percentile_rank(share, len(ordered)) - 1]) for share in _SHARES)
    if not math.isfinite(middle):
        return missing(method, formula, given, "At this pace most runs are not done in ten years.", inputs=inputs)
    expected = Measure(f"finish_by_{method.replace(' ', '_')}", "Working days left", Decimal(int(middle)), Unit.DAYS,
                       formula, given)  # fmt: skip
    dates = [
        day_after(as_of, Decimal(int(one)), is_working_day) if math.isfinite(one) else None
        for one in (low, middle, high)
    ]
    return FinishForecast(method, expected, dates[1], dates[0], dates[2], "P10 to P80", inputs)
