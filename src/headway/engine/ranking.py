"""In which order a person's lines stand: by what happens if nothing is done, in points that add up.

Points are the sum of four factors, each capped, so that every line can show why it stands where it does:

    finish        6 for each working day by which it moves the finish of its project, at most 60
    severity      30 x severity (0 to 1: a risk's exposure / 25, an issue's grade / 4, a budget's overrun)
    day           10 on its day, 2 more for each working day past it, at most 30; 2 less for each ahead, at least 0
    people        4 for each person who waits, at most 20

A finish weighs most; what is late outweighs what is due today; a line without a day and without
consequence has 0 points and stands last. Equal points: the earlier day first, then the key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

FINISH_EACH, FINISH_MOST = 6, 60
SEVERITY_MOST = 30
ON_ITS_DAY, DAY_EACH, DAY_MOST = 10, 2, 30
PERSON_EACH, PEOPLE_MOST = 4, 20


@dataclass(frozen=True, slots=True)
class Stake:
    """What depends on a line.

    days_late    working days past its day; 0 = today, negative = still ahead; None = it has no day.
    finish_days  working days by which it moves the finish of its project.
    people       persons who wait for it.
    severity     0 to 1: how bad it is in itself.
    """

    days_late: int | None = None
    finish_days: int = 0
    people: int = 0
    severity: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Factor:
    """One reason for a line's place, in words, with its points."""

    words: str
    points: int


@lru_cache(maxsize=4096)  # many lines have the same at stake
def factors(stake: Stake) -> tuple[Factor, ...]:
    """The factors that count for a line, the heaviest first; those without points are left out."""
    found = []
    if stake.finish_days > 0:
        weight = min(FINISH_EACH * stake.finish_days, FINISH_MOST)
        found.append(Factor(f"moves the finish by {_days(stake.finish_days)}", weight))
    if stake.severity > 0:
        weight = int(SEVERITY_MOST * min(stake.severity, Decimal(1)))
        found.append(Factor(f"severity {100 * min(stake.severity, Decimal(1)):.0f} of 100", weight))
    if stake.people > 0:
        weight = min(PERSON_EACH * stake.people, PEOPLE_MOST)
        found.append(Factor("1 person waits" if stake.people == 1 else f"{stake.people} people wait", weight))
    if stake.days_late is not None:
        weight = min(max(ON_ITS_DAY + DAY_EACH * stake.days_late, 0), DAY_MOST)
        found.append(Factor(_when(stake.days_late), weight))
    return tuple(sorted((item for item in found if item.points), key=lambda item: -item.points))


def _when(days_late: int) -> str:
    if days_late > 0:
        return f"{_days(days_late)} late"
    return f"due in {_days(-days_late)}" if days_late else "due today"


def points(stake: Stake) -> int:
    """The sum of a line's factors."""
    return sum(item.points for item in factors(stake))


def _days(count: int) -> str:
    return "1 working day" if count == 1 else f"{count} working days"


def working_days(first: date, last: date) -> int:
    """Days from Monday to Friday after `first`, up to and with `last`; negative when `last` lies before `first`.

    Holidays are not known here: a line may lie on many projects with calendars of their own.
    """
    return _weekdays_until(last) - _weekdays_until(first)


def _weekdays_until(day: date) -> int:
    """Mondays to Fridays from the first day of the calendar, a Monday, up to and with this one."""
    weeks, rest = divmod(day.toordinal(), 7)
    return 5 * weeks + min(rest, 5)
