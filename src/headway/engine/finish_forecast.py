"""When a project will end, told from its own history: by earned schedule, by velocity, by its past estimates.

Also how good its past forecasts were. Every forecast counts working days after the status date, which itself is a
whole day done. Not here: simulation of the network (`risk`), the formulas of earned schedule (`earned_value`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

import numpy as np
import numpy.typing as npt

from headway.engine.earned_value import EarnedSchedule
from headway.engine.measures import ZERO, Input, Measure, MeasureState, Unit
from headway.engine.risk import Spread
from headway.engine.risk.draws import stream_key, uniforms
from headway.engine.risk.figures import percentile_rank

LEAST_WEEKS = 4
LEAST_TASKS = 5
LEAST_FORECASTS = 3
RUNS = 2_000
SHARES = (0.1, 0.5, 0.8)
_MOST_BLOCKS = 520  # ten years of weeks; a run that is not done by then has no finish
_MOST_DAYS = 366 * 30
_VELOCITY_STREAM, _CALIBRATION_STREAM = 3, 4

IsWorkingDay = Callable[[date], bool]
Days = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FinishForecast:
    """One method's answer. Without a date, `reason` says what is missing.

    days       working days from the status date to the expected finish.
    finish     the expected finish; of a sampled forecast the one that half of the runs do not exceed (P50).
    low, high  the earliest and the latest it gives; `range_is` says what they are.
    inputs     the figures it rests on.
    """

    method: str
    days: Measure
    finish: date | None
    low: date | None
    high: date | None
    range_is: str
    inputs: tuple[Measure, ...] = ()

    @property
    def reason(self) -> str:
        """Why there is no date; '' where there is one."""
        return self.days.reason


@dataclass(frozen=True, slots=True)
class DoneWeek:
    """What one complete past week finished, in tasks or in hours, and how many working days it had (1 or more)."""

    first: date
    done: Decimal
    working_days: int = 5


@dataclass(frozen=True, slots=True)
class FinishedTask:
    """A finished task: working time as it was estimated, and as it took. Both in the same unit, estimate above 0."""

    name: str
    estimated: Decimal
    actual: Decimal

    @property
    def ratio(self) -> Decimal:
        """How many times its estimate it took."""
        return self.actual / self.estimated


@dataclass(frozen=True, slots=True)
class PastForecast:
    """What was said on a day about a finish, and what came."""

    made_on: date
    said: date
    came: date


@dataclass(frozen=True, slots=True)
class PastError:
    """How far past forecasts were from what came, in working days; above 0 = it came later than said.

    errors  oldest first.
    """

    mean: Measure
    low: int | None
    high: int | None
    errors: tuple[int, ...]

    @property
    def sentence(self) -> str:
        """'The last 6 forecasts were on average 4 working days early (−1 to 9).', or what is missing."""
        if self.mean.value is None:
            return self.mean.reason
        size = abs(self.mean.value)
        days = f"{size.quantize(Decimal('0.1')).normalize():f}"
        kind = "early" if self.mean.value > 0 else "late"
        said = "right" if size < Decimal("0.05") else f"{days} working {'day' if days == '1' else 'days'} {kind}"
        span = f"{self.low} to {self.high}".replace("-", "−")
        return f"The last {len(self.errors)} forecasts were on average {said} ({span})."


# ---- the three forecasts ----------------------------------------------------------------------


def by_earned_schedule(earned: EarnedSchedule, *, as_of: date, is_working_day: IsWorkingDay) -> FinishForecast:
    """The finish where the pace so far continues: AT + (PD − ES) / SPI(t), times in working days.

    Its range is that of the forms of earned schedule: the plan's pace, the pace so far, and the pace so far at
    the cost so far. Source: docs/explanation/forecasts.md.
    """
    forms = {one.key: one for one in earned.eac_t}
    main = forms["eac_t_es_spi"]
    known = [form for key, form in forms.items() if key.startswith("eac_t_es_") and form.value is not None]
    at = earned.at.value or ZERO
    inputs = (earned.es, earned.at, earned.pd, earned.sv_t, earned.spi_t, *known)
    formula = "(PD − ES) / SPI(t)"
    given = (earned.pd.as_input(), earned.es.as_input(), earned.spi_t.as_input())
    if main.value is None:
        return _missing("earned schedule", formula, given, main.reason, main.state, inputs)
    dates = [_day_after(as_of, (form.value or ZERO) - at, is_working_day) for form in known]
    days = Measure("finish_by_earned_schedule", "Working days left", main.value - at, Unit.DAYS, formula, given)
    return FinishForecast(
        "earned schedule",
        days,
        _day_after(as_of, main.value - at, is_working_day),
        min(dates, default=None, key=_last_if_none),
        max(dates, default=None, key=_last_if_none),
        "lowest and highest of the forms of earned schedule",
        inputs,
    )


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
        return _missing("velocity", formula, given, _too_few(len(weeks), LEAST_WEEKS, "complete weeks"))
    if not done:
        return _missing("velocity", formula, given, f"Nothing was finished in the last {len(weeks)} weeks.")
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
        reason = _too_few(len(finished), LEAST_TASKS, "finished tasks with an estimate")
        return _missing("past estimates", formula, given, reason)
    ratios = np.array([float(task.ratio) for task in finished])
    drawn = np.zeros(runs)
    for number in range(max(1, tasks_left)):
        drawn += _drawn(ratios, _CALIBRATION_STREAM, number, seed, runs)
    days = np.ceil(float(max(ZERO, days_left)) * drawn / max(1, tasks_left) - 1e-9)
    return _sampled("past estimates", days, formula, given, (ratio_of(finished),), as_of, is_working_day)


def ratio_of(finished: Sequence[FinishedTask]) -> Measure:
    """Actual time of all finished tasks over their estimates."""
    actual = sum((task.actual for task in finished), ZERO)
    estimated = sum((task.estimated for task in finished), ZERO)
    given = (Input("actual time", actual, Unit.HOURS), Input("estimated time", estimated, Unit.HOURS))
    return Measure(
        "estimate_ratio",
        "Actual / estimate",
        actual / estimated if estimated else None,
        Unit.INDEX,
        f"actual / estimated duration of {len(finished)} finished tasks",
        given,
        MeasureState.MEASURED if estimated else MeasureState.NOT_MEASURED,
        "" if estimated else "No task has finished yet.",
    )


def spread_of(finished: Sequence[FinishedTask]) -> Spread | None:
    """The middle 80 % of the ratios as a spread around 100 %; None with fewer than 5 tasks."""
    if len(finished) < LEAST_TASKS:
        return None
    ratios = sorted(float(task.ratio) for task in finished)
    low, high = (ratios[percentile_rank(share, len(ratios)) - 1] for share in (0.1, 0.9))
    return Spread(min(1.0, max(0.0, low)), max(1.0, high))


# ---- how good forecasts were ------------------------------------------------------------------


def past_error(forecasts: Sequence[PastForecast], *, is_working_day: IsWorkingDay) -> PastError:
    """Working days from what was said to what came, over the given forecasts; at least 3."""
    errors = tuple(_working_days(one.said, one.came, is_working_day) for one in forecasts)
    given = tuple(
        Input(f"said on {one.made_on}: {one.said}, came {one.came}", Decimal(error), Unit.DAYS)
        for one, error in zip(forecasts, errors, strict=True)
    )
    name, formula = "Past error", "mean of (came − said), in working days"
    if len(errors) < LEAST_FORECASTS:
        reason = _too_few(len(errors), LEAST_FORECASTS, "past forecasts")
        mean = Measure("past_error", name, None, Unit.DAYS, formula, given, MeasureState.NOT_MEASURED, reason)
        return PastError(mean, None, None, errors)
    mean = Measure("past_error", name, Decimal(sum(errors)) / len(errors), Unit.DAYS, formula, given)
    return PastError(mean, min(errors), max(errors), errors)


def shifted(finish: date, error: PastError, *, is_working_day: IsWorkingDay) -> tuple[date, date] | None:
    """Where the finish lies when it errs as past forecasts did: moved by the lowest and the highest error."""
    if error.low is None or error.high is None:
        return None
    return _moved(finish, error.low, is_working_day), _moved(finish, error.high, is_working_day)


# ---- days and draws ---------------------------------------------------------------------------


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
    low, middle, high = (float(ordered[percentile_rank(share, len(ordered)) - 1]) for share in SHARES)
    if not math.isfinite(middle):
        return _missing(method, formula, given, "At this pace most runs are not done in ten years.", inputs=inputs)
    expected = Measure(f"finish_by_{method.replace(' ', '_')}", "Working days left", Decimal(int(middle)), Unit.DAYS,
                       formula, given)  # fmt: skip
    dates = [
        _day_after(as_of, Decimal(int(one)), is_working_day) if math.isfinite(one) else None
        for one in (low, middle, high)
    ]
    return FinishForecast(method, expected, dates[1], dates[0], dates[2], "P10 to P80", inputs)


def _missing(
    method: str,
    formula: str,
    given: tuple[Input, ...],
    reason: str,
    state: MeasureState = MeasureState.NOT_MEASURED,
    inputs: tuple[Measure, ...] = (),
) -> FinishForecast:
    key = f"finish_by_{method.replace(' ', '_')}"
    days = Measure(key, "Working days left", None, Unit.DAYS, formula, given, state, reason)
    return FinishForecast(method, days, None, None, None, "", inputs)


def _too_few(count: int, least: int, what: str) -> str:
    found = "none" if not count else str(count)
    return f"It needs at least {least} {what}; there {'is' if count == 1 else 'are'} {found} so far."


def _last_if_none(day: date | None) -> date:
    return day or date.max


def _day_after(day: date, days: Decimal, is_working_day: IsWorkingDay) -> date | None:
    """The working day that so many working days end on, after a day; the day itself for none. None = out of sight."""
    left = int(days.to_integral_value(ROUND_CEILING))
    for _ in range(_MOST_DAYS):
        if left <= 0:
            return day
        day += timedelta(days=1)
        left -= is_working_day(day)
    return None


def _moved(day: date, days: int, is_working_day: IsWorkingDay) -> date:
    """The day so many working days later, or earlier."""
    step = timedelta(days=1 if days > 0 else -1)
    left = abs(days)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def _working_days(first: date, last: date, is_working_day: IsWorkingDay) -> int:
    """Working days from one day to another; negative when the other comes first."""
    low, high = min(first, last), max(first, last)
    count = sum(is_working_day(low + timedelta(days=step)) for step in range(1, (high - low).days + 1))
    return count if last >= first else -count
