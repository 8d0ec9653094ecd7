"""The days on which somebody who has not answered is reminded. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from headway.areas.schedule.question_types import Chasing

_FARTHEST = 120  # days that are looked through for a working one


def chase_days(due: date, chasing: Chasing, works_on: Callable[[date], bool]) -> tuple[date, ...]:
    """The days of all reminders, in order: before the day the answer is wanted, on it, and then every few working days.

    works_on  whether the person asked works on a day: not on a holiday, and not on leave. A day of a reminder on which
              they do not is moved to the next one on which they do.
    """
    found: list[date] = []
    if chasing.before:
        found.append(_shifted(due, -chasing.before, works_on))
    day = _working(due, works_on)
    while len(found) < chasing.most:
        found.append(day)
        day = _shifted(day, chasing.every, works_on)
    return tuple(found[: chasing.most])


def number_due(days: tuple[date, ...], day: date) -> int:
    """The number of the latest reminder whose day has come, the first being 1; 0 = none has."""
    return sum(1 for one in days if one <= day)


def _working(day: date, works_on: Callable[[date], bool]) -> date:
    ahead = (day + timedelta(days=count) for count in range(_FARTHEST))
    return next((one for one in ahead if works_on(one)), day)


def _shifted(day: date, count: int, works_on: Callable[[date], bool]) -> date:
    """The day so many working days further; negative = earlier. Without any working day, days are simply counted."""
    step = timedelta(days=1 if count > 0 else -1)
    left, found = abs(count), day
    for _ in range(_FARTHEST):
        if not left:
            return found
        found += step
        left -= works_on(found)
    return day + step * abs(count)
