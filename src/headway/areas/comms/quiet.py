"""When a person may be written to: their working days and hours in their zone, without holidays and leave. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

USUAL_DAYS = frozenset({1, 2, 3, 4, 5})  # of whoever has set nothing
USUAL_START, USUAL_END = time(9), time(17)
_FARTHEST = 400  # days that are looked through for a working one


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A person's working time; whatever lies outside is quiet.

    weekdays  ISO weekdays, 1 = Monday. starts, ends: of each of them, on the clock of the zone.
    off       days off: holidays. away: first and last day of a leave.
    """

    zone: ZoneInfo
    weekdays: frozenset[int]
    starts: time
    ends: time
    off: frozenset[date] = frozenset()
    away: tuple[date, date] | None = None

    def day_of(self, at: datetime) -> date:
        """The day it is for this person."""
        return at.astimezone(self.zone).date()

    def works_on(self, day: date) -> bool:
        """Whether they work on a day."""
        on_leave = self.away is not None and self.away[0] <= day <= self.away[1]
        return day.isoweekday() in self.weekdays and day not in self.off and not on_leave

    def begins(self, day: date) -> datetime:
        """When their working day begins, as an instant."""
        return datetime.combine(day, self.starts, tzinfo=self.zone).astimezone(UTC)

    def over(self, day: date) -> datetime:
        """When their working day is over, as an instant."""
        return datetime.combine(day, self.ends, tzinfo=self.zone).astimezone(UTC)

    def is_working(self, at: datetime) -> bool:
        """Whether they may be written to at an instant."""
        day = self.day_of(at)
        return self.works_on(day) and self.begins(day) <= at < self.over(day)

    def next_time(self, at: datetime) -> datetime | None:
        """The instant itself in working time, else the next start of a working day; None = none within a year."""
        if self.is_working(at):
            return at
        starts = (self.begins(day) for day in self.working_days(self.day_of(at)))
        return next((start for start in starts if start >= at), None)

    def working_days(self, first: date) -> Iterator[date]:
        """Working days from a day on, for a year."""
        days = (first + timedelta(days=count) for count in range(_FARTHEST))
        return (day for day in days if self.works_on(day))

    def first_of_week(self, day: date) -> date | None:
        """The first working day of a day's week; None = there is none."""
        monday = day - timedelta(days=day.weekday())
        return next((one for one in (monday + timedelta(days=count) for count in range(7)) if self.works_on(one)), None)
