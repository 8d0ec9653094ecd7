"""Who has logged less than they could work: by person and week for those who run projects, by days for reminders.

What is expected is capacity less holidays and leave; what counts is all that a person logged, on any project. Expected
is whoever logged in the four weeks before, or is assigned to work in those days.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from headway.areas.hours.models import HoursRules, TimeEntry
from headway.areas.hours.queries import TRAILING_WEEKS, ZERO
from headway.areas.hours.sums import decimal, exact
from headway.areas.hours.weeks import WEEK, entries_on, monday_of, running
from headway.areas.people.queries import names_of
from headway.areas.schedule.my_tasks import people_planned, working_days_of
from headway.areas.schedule.workloads import open_plans
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.queries import query

SHOWN_WEEKS = 4
_HUNDRED = 100
Weeks = Annotated[int, Field(ge=1, le=8)]


@dataclass(frozen=True, slots=True)
class MissingDay:
    """A day on which a person could have worked longer than is logged."""

    day: date
    expected: Decimal
    logged: Decimal


@dataclass(frozen=True, slots=True)
class MissingHours:
    """A person's hours of some days, in hours.

    expected  what they could work, less holidays and leave. missing: expected less logged.
    days      those with less than expected.
    """

    person_id: int
    person: str
    first: date
    last: date
    expected: Decimal
    logged: Decimal
    missing: Decimal
    days: tuple[MissingDay, ...]

    @property
    def empty_days(self) -> tuple[date, ...]:
        """Working days on which nothing at all is logged."""
        return tuple(one.day for one in self.days if not one.logged)


@dataclass(frozen=True, slots=True)
class MissingWeek:
    """A week by its Monday: who is missing hours, the most first, of how many who are expected to log."""

    first: date
    last: date
    expected: int
    rows: tuple[MissingHours, ...]


@dataclass(frozen=True, slots=True)
class MissingWeeks:
    """Weeks, the newest first. below: percent of what they could work from which on people count as whole."""

    below: int
    weeks: tuple[MissingWeek, ...]


@query(permission="hours.read_team")
def missing_hours(ctx: Context, *, day: date | None = None, weeks: Weeks = SHOWN_WEEKS) -> MissingWeeks:
    """Who has logged less than they could work, week by week over the projects that I run, the newest week first.

    day    a day of the newest week; default: the last complete week. Days that have not passed do not count.
    weeks  how many, back from there.
    Hours that people log on projects which I do not run count, too: of these only how much is told.
    """
    newest = monday_of(day) if day is not None else monday_of(ctx.now.date()) - WEEK
    below = below_of(ctx)
    projects = running(ctx, "hours.read_team")
    mondays = [newest - step * WEEK for step in range(weeks)]
    logged = _days_logged(projects, mondays[-1] - TRAILING_WEEKS * WEEK, newest + WEEK)
    expected: dict[date, set[int]] = {}
    for monday in mondays:
        planned = {who for who, _ in people_planned(list(projects), monday, monday + timedelta(days=6))}
        before = monday - TRAILING_WEEKS * WEEK
        expected[monday] = planned | {who for who, days in logged.items() if any(before <= on < monday for on in days)}
    people = set().union(*expected.values())
    held = _Held(people, mondays[-1], min(newest + timedelta(days=6), ctx.now.date() - timedelta(days=1)))
    found = []
    for monday in mondays:
        sunday = monday + timedelta(days=6)
        rows = [row for who in expected[monday] if (row := held.missing(who, monday, sunday, below)) is not None]
        ordered = tuple(sorted(rows, key=lambda row: (-row.missing, row.person, row.person_id)))
        found.append(MissingWeek(monday, sunday, len(expected[monday]), ordered))
    return MissingWeeks(below, tuple(found))


def below_of(ctx: Context) -> int:
    """The house's share, in percent, below which hours count as missing."""
    row = HoursRules.visible_to(ctx).first()
    return (row or HoursRules()).remind_below


def _days_logged(projects: Collection[int], first: date, until: date) -> dict[int, set[date]]:
    """On which days people logged on these projects, from a day to before another."""
    rows = entries_on(projects).filter(day__gte=first, day__lt=until).order_by()
    found: dict[int, set[date]] = {}
    for who, day in rows.values_list("person_id", "day").distinct():
        found.setdefault(who, set()).add(day)
    return found


class _Held:
    """What some people could work and what they logged on any project, day by day; six queries."""

    def __init__(self, people: Collection[int], first: date, last: date) -> None:
        self.last = last
        self.names = names_of(people)
        self.can = working_days_of(people, first, last) if last >= first else {}
        rows = TimeEntry.unscoped(reason="how much people logged altogether").filter(
            among_ids("person_id", people), removed_at=None, day__gte=first, day__lte=last
        )
        self.logged: dict[tuple[int, date], Decimal] = {
            (who, day): decimal(worked)
            for who, day, worked in rows.order_by().values_list("person_id", "day").annotate(worked=exact("hours"))
        }

    def missing(self, who: int, first: date, last: date, below: int) -> MissingHours | None:
        """A person's missing hours of some days; None where enough is logged, or nothing was expected."""
        if who not in self.can:
            return None
        days = [first + timedelta(days=step) for step in range((min(last, self.last) - first).days + 1)]
        hours = {day: self.logged.get((who, day), ZERO) for day in days}
        return gap(who, self.names.get(who, ""), {day: self.can[who].hours[day] for day in days}, hours, below)


def gap(
    who: int, name: str, expected: Mapping[date, Decimal], logged: Mapping[date, Decimal], below: int
) -> MissingHours | None:
    """What is missing of some days in a row; None where nothing was expected, or `below` percent of it are logged."""
    could, did = sum(expected.values(), ZERO), sum(logged.values(), ZERO)
    if not could or did * _HUNDRED >= could * below:
        return None
    days = tuple(MissingDay(day, expected[day], logged[day]) for day in expected if logged[day] < expected[day])
    return MissingHours(who, name, min(expected), max(expected), could, did, could - did, days)


# --- for reminders; the caller is the house's own job ------------------------------------------


def missing_of(people: Collection[int], first: date, last: date, below: int) -> dict[int, MissingHours]:
    """The missing hours of those of some persons who are expected to log in some days, by person."""
    rows = TimeEntry.unscoped(reason="who is expected to log hours").filter(
        among_ids("person_id", people), removed_at=None, day__gte=first - TRAILING_WEEKS * WEEK, day__lte=last
    )
    expected = set(rows.order_by().values_list("person_id", flat=True).distinct())
    expected |= {who for who, _ in people_planned(list(open_plans()), first, last)} & set(people)
    held = _Held(expected, first, last)
    found = ((who, held.missing(who, first, last, below)) for who in expected)
    return {who: row for who, row in found if row is not None}
