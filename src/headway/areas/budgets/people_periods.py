"""The columns of people's time: whole weeks or months up to the running one, and those ahead. Pure functions."""

from __future__ import annotations

from datetime import date, timedelta

from headway.areas.budgets.people_types import TimePeriod, TimeScale
from headway.kernel.errors import FieldError, Invalid

PERIODS = {TimeScale.WEEK: 12, TimeScale.MONTH: 6}
MOST = {TimeScale.WEEK: 53, TimeScale.MONTH: 24}
_DAY = timedelta(days=1)


def wanted_periods(scale: TimeScale, periods: int | None) -> int:
    """How many; Invalid where there are more than can be told."""
    if periods is not None and periods > MOST[scale]:
        raise Invalid(
            f"periods is {periods}; give 1 to {MOST[scale]} {scale.value}s.",
            fields=[FieldError("periods", f"give 1 to {MOST[scale]}", value=str(periods))],
        )
    return periods or PERIODS[scale]


def columns_to(scale: TimeScale, day: date, count: int, today: date) -> tuple[TimePeriod, ...]:
    """Whole periods up to the one that holds a day, none that has not begun."""
    start = _begin(scale, min(day, today))
    found: list[TimePeriod] = []
    for _ in range(count):
        end = _next(scale, start) - _DAY
        found.append(TimePeriod(start, end, min(end, today)))
        start = _begin(scale, start - _DAY)
    return tuple(reversed(found))


def _begin(scale: TimeScale, day: date) -> date:
    return day - timedelta(days=day.weekday()) if scale is TimeScale.WEEK else day.replace(day=1)


def _next(scale: TimeScale, day: date) -> date:
    if scale is TimeScale.WEEK:
        return day + timedelta(days=7)
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def columns_after(scale: TimeScale, running: TimePeriod, count: int) -> tuple[TimePeriod, ...]:
    """Whole periods that follow the running one."""
    found: list[TimePeriod] = []
    start = running.last + _DAY
    for _ in range(count):
        end = _next(scale, start) - _DAY
        found.append(TimePeriod(start, end, end))
        start = end + _DAY
    return tuple(found)
