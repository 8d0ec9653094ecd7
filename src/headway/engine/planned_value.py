"""Planned value over time from a baseline, and earned value from progress by a declared method.

The working days come in as a list, so that this module needs no calendar. A status date counts
as a whole day done. Not here: the indices made of these values (`earned_value.py`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum

from headway.engine.earned_value import PlannedSeries, percent_complete_by_cost
from headway.engine.measures import HUNDRED, ZERO, Input, Measure, Unit, derive


class PlannedValueError(ValueError):
    """A baseline or progress that cannot be valued: no working days, finish before start, % above 100."""


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """The baseline of one task: its days and its cost or hours.

    daily  the amounts of single days, where the baseline holds them; they replace the even spread.
    """

    name: str
    start: date
    finish: date
    amount: Decimal
    daily: tuple[tuple[date, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """One step of the time axis with the working days in it (one or more, in order)."""

    days: tuple[date, ...]

    @property
    def first(self) -> date:
        """First working day."""
        return self.days[0]

    @property
    def last(self) -> date:
        """Last working day."""
        return self.days[-1]


@dataclass(frozen=True, slots=True)
class PlannedCurve:
    """Planned value by period and by day; `by_day` runs beside the working days of all periods.

    finish   last day on which the baseline plans work: where the planned duration ends.
    through  last day the axis speaks for; days between the last working day and it are off.
    """

    periods: tuple[Period, ...]
    days: tuple[date, ...]
    by_day: tuple[Decimal, ...]
    finish: date
    through: date
    unit: Unit = Unit.WEEKS

    @property
    def bac(self) -> Decimal:
        """Budget at completion: the whole planned amount."""
        return self.by_day[-1]

    def cumulative(self) -> tuple[Decimal, ...]:
        """Planned value at the end of each period."""
        return tuple(self.planned_value_at(period.last) for period in self.periods)

    def planned_value_at(self, status_date: date) -> Decimal:
        """Planned value at the end of a day; days off hold the value of the working day before."""
        elapsed = bisect_right(self.days, status_date)
        return self.by_day[elapsed - 1] if elapsed else ZERO

    def time_at(self, status_date: date) -> Decimal:
        """Periods from the start to the end of a day; a part-elapsed period counts by its working days.

        Raises PlannedValueError when the status date lies behind the axis.
        """
        if status_date > self.through:
            raise PlannedValueError(
                f"The time axis ends on {self.through}, before the status date {status_date}. "
                "Give the working days up to the status date."
            )
        whole = ZERO
        for period in self.periods:
            done = bisect_right(period.days, status_date)
            if done < len(period.days):
                return whole + Decimal(done) / len(period.days)
            whole += 1
        return whole

    def series(self) -> PlannedSeries:
        """The curve up to the planned finish, as earned schedule wants it."""
        values = self.cumulative()
        duration = self.time_at(self.finish)
        needed = next(index for index, period in enumerate(self.periods, start=1) if period.last >= self.finish)
        return PlannedSeries(values[:needed], duration, self.unit)


def day_periods(working_days: Iterable[date]) -> tuple[Period, ...]:
    """One period for each working day."""
    return tuple(Period((day,)) for day in sorted(set(working_days)))


def week_periods(working_days: Iterable[date], *, week_start: int = 0) -> tuple[Period, ...]:
    """One period for each calendar week that holds a working day; week_start 0 = Monday … 6 = Sunday."""
    weeks: dict[date, list[date]] = defaultdict(list)
    for day in sorted(set(working_days)):
        weeks[day - timedelta(days=(day.weekday() - week_start) % 7)].append(day)
    return tuple(Period(tuple(days)) for days in weeks.values())


def planned_curve(
    tasks: Sequence[PlannedTask],
    periods: Sequence[Period],
    *,
    through: date | None = None,
    unit: Unit = Unit.WEEKS,
) -> PlannedCurve:
    """Cumulative planned value of the tasks: each amount spread evenly over its working days.

    An amount on a span without working days (a milestone on a Sunday) falls on the next working day,
    or the last of the axis. Sums are exact: the last value is the sum of the amounts, to the penny.
    through  last day the axis speaks for (a Sunday, say); default its last working day.
    Raises PlannedValueError without periods or tasks, for a finish before its start, and for a
    task outside the axis.
    O(tasks + days × different task lengths).
    """
    days = tuple(day for period in periods for day in period.days)
    if not days or not tasks:
        raise PlannedValueError("Planned value needs at least one task and one working day.")
    # Amounts by task length: each length is divided once a day, so that no share is rounded and re-added.
    starting: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    at_once: list[Decimal] = [ZERO] * len(days)
    last_day = 0
    for task in tasks:
        first, beyond = _span(task, days)
        if task.daily:
            for day, amount in task.daily:
                at_once[_next_day(days, day)] += amount
        else:
            length = beyond - first
            starting[length][first] += task.amount
            starting[length][beyond] -= task.amount
        last_day = max(last_day, beyond - 1)
    known = days[-1] if through is None else max(through, days[-1])
    return PlannedCurve(tuple(periods), days, _cumulated(at_once, starting), days[last_day], known, unit)


def _span(task: PlannedTask, days: tuple[date, ...]) -> tuple[int, int]:
    """Index of the task's first working day and of the day behind its last; at least one day."""
    if task.finish < task.start:
        raise PlannedValueError(f"Task '{task.name}' finishes {task.finish}, before its start {task.start}.")
    if task.finish < days[0]:
        raise PlannedValueError(
            f"Task '{task.name}' ({task.start} to {task.finish}) lies before the axis, which begins {days[0]}. "
            "Give the working days from the first start."
        )
    if task.finish > days[-1] + timedelta(days=6):
        raise PlannedValueError(
            f"Task '{task.name}' finishes {task.finish}, behind the axis, which ends {days[-1]}. "
            "Give the working days to the last finish."
        )
    first = _next_day(days, task.start)
    return first, max(first + 1, bisect_right(days, task.finish))


def _next_day(days: tuple[date, ...], day: date) -> int:
    return min(bisect_left(days, day), len(days) - 1)


def _cumulated(at_once: list[Decimal], starting: dict[int, dict[int, Decimal]]) -> tuple[Decimal, ...]:
    running: dict[int, Decimal] = defaultdict(lambda: ZERO)
    product: dict[int, Decimal] = defaultdict(lambda: ZERO)  # amount × days so far, by length
    single = ZERO
    values = []
    for index, amount in enumerate(at_once):
        single += amount
        total = single
        for length, changes in starting.items():
            running[length] += changes.get(index, ZERO)
            product[length] += running[length]
            total += product[length] / length
        values.append(total)
    return tuple(values)


# Earned value


class ProgressMethod(Enum):
    """How % complete is known; a report names it beside the figure."""

    ZERO_HUNDRED = "0/100"
    FIFTY_FIFTY = "50/50"
    MILESTONE_WEIGHTS = "milestone weights"
    ACCEPTED_DELIVERABLES = "accepted deliverables"
    OWNER_ESTIMATE = "owner estimate"
    COST_TO_GO = "AC / (AC + ETC)"


_BY_WEIGHT = (ProgressMethod.MILESTONE_WEIGHTS, ProgressMethod.ACCEPTED_DELIVERABLES)


@dataclass(frozen=True, slots=True)
class Weight:
    """One milestone or deliverable, its share of the whole (out of 100) and whether it is reached or accepted."""

    name: str
    share: Decimal
    reached: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """What is done, by which method, who said so and when.

    percent  out of 100, for OWNER_ESTIMATE.
    weights  for MILESTONE_WEIGHTS and ACCEPTED_DELIVERABLES; shares sum to 100.
    ac, etc  for COST_TO_GO.
    """

    method: ProgressMethod
    said_by: str
    said_on: date
    started: bool = False
    finished: bool = False
    percent: Decimal | None = None
    weights: tuple[Weight, ...] = ()
    ac: Decimal | None = None
    etc: Decimal | None = None

    def __post_init__(self) -> None:
        if self.percent is not None and not 0 <= self.percent <= HUNDRED:
            raise PlannedValueError(f"Progress is {self.percent} %; it lies between 0 and 100.")
        if self.method in _BY_WEIGHT and not self.weights:
            raise PlannedValueError(f"Progress by {self.method.value} needs at least one weight.")
        if self.weights and sum(weight.share for weight in self.weights) != HUNDRED:
            total = sum(weight.share for weight in self.weights)
            raise PlannedValueError(f"The milestone weights sum to {total}; they must sum to 100.")


def percent_complete(progress: Progress) -> Measure:
    """% complete (out of 100) by the declared method, naming who said so and when."""
    method = progress.method
    if method is ProgressMethod.COST_TO_GO:
        measure = replace(percent_complete_by_cost(progress.ac, progress.etc), key="percent_complete")
    else:
        inputs, compute = _share_done(progress)
        measure = derive("percent_complete", "% complete", Unit.PERCENT, method.value, inputs, compute)
    return measure.with_note(f"Said by {progress.said_by} on {progress.said_on}.")


def _share_done(progress: Progress) -> tuple[tuple[Input, ...], Callable[..., Decimal]]:
    """Inputs of the method and the function from them to % complete."""
    if progress.method is ProgressMethod.OWNER_ESTIMATE:
        return (Input("owner's estimate", progress.percent, Unit.PERCENT),), lambda percent: percent
    if progress.method in _BY_WEIGHT:
        reached = sum((weight.share for weight in progress.weights if weight.reached), ZERO)
        inputs = tuple(
            Input(f"{weight.name} ({'reached' if weight.reached else 'open'})", weight.share, Unit.PERCENT)
            for weight in progress.weights
        )
        return inputs, lambda *_: reached
    begun = Decimal(50) if progress.method is ProgressMethod.FIFTY_FIFTY and progress.started else ZERO
    return (), lambda: HUNDRED if progress.finished else begun


def earned_amount(budget: Decimal, progress: Progress, *, unit: Unit = Unit.MONEY) -> Measure:
    """Earned value of one task: budget × % complete by the declared method."""
    percent = percent_complete(progress)
    measure = derive(
        "ev",
        "EV",
        unit,
        f"budget × % complete ({progress.method.value})",
        (Input("budget", budget, unit), percent.as_input()),
        lambda b, share: b * share / HUNDRED,
    )
    return measure.with_note(percent.note)


def earned_from_timephased(daily: Sequence[Decimal], percent: Decimal) -> Decimal:
    """Baseline cost accumulated over `percent` of the baseline's duration (Microsoft Project's BCWP).

    daily  baseline cost of each working day of the baseline, in order; a part day counts by its share.
    Raises PlannedValueError for a percentage outside 0 to 100.
    """
    if not 0 <= percent <= HUNDRED:
        raise PlannedValueError(f"Progress is {percent} %; it lies between 0 and 100.")
    done = len(daily) * percent / HUNDRED
    whole = int(done)
    part = (done - whole) * daily[whole] if whole < len(daily) else ZERO
    return sum(daily[:whole], ZERO) + part
