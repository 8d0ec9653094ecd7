"""Periods of a KPI: when each begins and ends, what it is called, and when its newest sample is too old.

A period is named by the local date and time at which it begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum

_MONTHS_OF = {"monthly": 1, "quarterly": 3, "yearly": 12}
_QUARTER_HOUR = 15


class Frequency(Enum):
    """How often a KPI is measured. Real time is kept in quarters of an hour."""

    REAL_TIME = "real_time"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"

    @property
    def stale_after(self) -> timedelta:
        """The usual age, grace included, at which a newest sample is stale."""
        return _STALE_AFTER[self]

    @property
    def in_a_year(self) -> int:
        """How many periods make a year, for 'the same period last year'; 0 where that means nothing."""
        return {"monthly": 12, "quarterly": 4, "yearly": 1}.get(self.value, 0)

    @property
    def by_the_clock(self) -> bool:
        """Whether its periods are shorter than a day."""
        return self in (Frequency.REAL_TIME, Frequency.HOURLY)


_STALE_AFTER = {
    Frequency.REAL_TIME: timedelta(minutes=15),
    Frequency.HOURLY: timedelta(hours=2),
    Frequency.DAILY: timedelta(hours=36),
    Frequency.WEEKLY: timedelta(days=8),
    Frequency.MONTHLY: timedelta(days=32),
    Frequency.QUARTERLY: timedelta(days=95),
    Frequency.YEARLY: timedelta(days=370),
}


def is_stale(as_of: datetime, now: datetime, after: timedelta) -> bool:
    """Whether a newest sample is too old; at the very end of its time it is still fresh. Both instants aware."""
    return now - as_of > after


def period_of(moment: datetime, frequency: Frequency) -> datetime:
    """Where the period begins that holds a local date and time."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if frequency is Frequency.REAL_TIME:
        minute = moment.minute - moment.minute % _QUARTER_HOUR
        return moment.replace(minute=minute, second=0, microsecond=0)
    if frequency is Frequency.HOURLY:
        return moment.replace(minute=0, second=0, microsecond=0)
    if frequency is Frequency.DAILY:
        return day
    if frequency is Frequency.WEEKLY:
        return day - timedelta(days=day.weekday())
    months = _MONTHS_OF[frequency.value]
    return day.replace(day=1, month=day.month - (day.month - 1) % months)


def period_after(begins: datetime, frequency: Frequency, count: int = 1) -> datetime:
    """Where the period begins that lies `count` further; negative = earlier."""
    if frequency is Frequency.REAL_TIME:
        return begins + count * timedelta(minutes=_QUARTER_HOUR)
    if frequency is Frequency.HOURLY:
        return begins + count * timedelta(hours=1)
    if frequency is Frequency.DAILY:
        return begins + count * timedelta(days=1)
    if frequency is Frequency.WEEKLY:
        return begins + count * timedelta(days=7)
    months = begins.year * 12 + begins.month - 1 + count * _MONTHS_OF[frequency.value]
    return begins.replace(year=months // 12, month=months % 12 + 1)


def periods(first: datetime, last: datetime, frequency: Frequency) -> Iterator[datetime]:
    """Where each period begins, from the one that begins at `first` to that at `last`, both included."""
    begins = first
    while begins <= last:
        yield begins
        begins = period_after(begins, frequency)


def period_name(begins: datetime, frequency: Frequency) -> str:
    """How people call a period: 'Feb 2026', '2026-W09', 'Q1 2026', '2026-03-02', '2026-03-02 14:00'."""
    if frequency is Frequency.YEARLY:
        return f"{begins:%Y}"
    if frequency is Frequency.QUARTERLY:
        return f"Q{(begins.month + 2) // 3} {begins:%Y}"
    if frequency is Frequency.MONTHLY:
        return f"{begins:%b %Y}"
    if frequency is Frequency.WEEKLY:
        year, week, _ = begins.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{begins:%Y-%m-%d}" if frequency is Frequency.DAILY else f"{begins:%Y-%m-%d %H:%M}"
