"""When a project will end, told from its own history, and how good its past forecasts were.

Every forecast counts working days after the status date, which itself is a whole day done. Here: earned schedule
and past errors. Not here: what is drawn from past weeks and tasks (`finish_sampling`), simulation of the network
(`risk`), the formulas of earned schedule (`earned_value`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from headway.engine.earned_value import EarnedSchedule
from headway.engine.measures import ZERO, Input, Measure, MeasureState, Unit

LEAST_WEEKS = 4
LEAST_TASKS = 5
LEAST_FORECASTS = 3
_MOST_DAYS = 366 * 30

IsWorkingDay = Callable[[date], bool]


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


# ---- by earned schedule --------------------------------------------------------------------------


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
        return missing("earned schedule", formula, given, main.reason, main.state, inputs)
    dates = [day_after(as_of, (form.value or ZERO) - at, is_working_day) for form in known]
    days = Measure("finish_by_earned_schedule", "Working days left", main.value - at, Unit.DAYS, formula, given)
    return FinishForecast(
        "earned schedule",
        days,
        day_after(as_of, main.value - at, is_working_day),
        min(dates, default=None, key=_last_if_none),
        max(dates, default=None, key=_last_if_none),
        "lowest and highest of the forms of earned schedule",
        inputs,
    )


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


# ---- how good forecasts were ------------------------------------------------------------------


def past_error(forecasts: Sequence[PastForecast], *, is_working_day: IsWorkingDay) -> PastError:
    """Working days from what was said to what came, over the given forecasts; at least 3."""
    errors = tuple(working_days(one.said, one.came, is_working_day) for one in forecasts)
    given = tuple(
        Input(f"said on {one.made_on}: {one.said}, came {one.came}", Decimal(error), Unit.DAYS)
        for one, error in zip(forecasts, errors, strict=True)
    )
    name, formula = "Past error", "mean of (came − said), in working days"
    if len(errors) < LEAST_FORECASTS:
        reason = too_few(len(errors), LEAST_FORECASTS, "past forecasts")
        mean = Measure("past_error", name, None, Unit.DAYS, formula, given, MeasureState.NOT_MEASURED, reason)
        return PastError(mean, None, None, errors)
    mean = Measure("past_error", name, Decimal(sum(errors)) / len(errors), Unit.DAYS, formula, given)
    return PastError(mean, min(errors), max(errors), errors)


def shifted(finish: date, error: PastError, *, is_working_day: IsWorkingDay) -> tuple[date, date] | None:
    """Where the finish lies when it errs as past forecasts did: moved by the lowest and the highest error."""
    if error.low is None or error.high is None:
        return None
    return _moved(finish, error.low, is_working_day), _moved(finish, error.high, is_working_day)


# ---- days -------------------------------------------------------------------------------------


def missing(
    method: str,
    formula: str,
    given: tuple[Input, ...],
    reason: str,
    state: MeasureState = MeasureState.NOT_MEASURED,
    inputs: tuple[Measure, ...] = (),
) -> FinishForecast:
    """A forecast without a date, for this reason."""
    key = f"finish_by_{method.replace(' ', '_')}"
    days = Measure(key, "Working days left", None, Unit.DAYS, formula, given, state, reason)
    return FinishForecast(method, days, None, None, None, "", inputs)


def too_few(count: int, least: int, what: str) -> str:
    """'It needs at least 4 complete weeks; there are 2 so far.'"""
    found = "none" if not count else str(count)
    return f"It needs at least {least} {what}; there {'is' if count == 1 else 'are'} {found} so far."


def _last_if_none(day: date | None) -> date:
    return day or date.max


def day_after(day: date, days: Decimal, is_working_day: IsWorkingDay) -> date | None:
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


def working_days(first: date, last: date, is_working_day: IsWorkingDay) -> int:
    """Working days from one day to another; negative when the other comes first."""
    low, high = min(first, last), max(first, last)
    count = sum(is_working_day(low + timedelta(days=step)) for step in range(1, (high - low).days + 1))
    return count if last >= first else -count
