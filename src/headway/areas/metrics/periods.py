"""Periods as people and files name them, and as instants where a KPI counts its hours."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from headway.areas.metrics.models import Kpi
from headway.engine.kpi.clock import Hours, read_hours
from headway.engine.kpi.periods import Frequency, period_after, period_of
from headway.kernel.errors import FieldError, Invalid

_YEAR = re.compile(r"(\d{4})")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_QUARTER = re.compile(r"(?:q([1-4])[ /-]?(\d{4})|(\d{4})[ /-]?q([1-4]))")
_WEEK = re.compile(r"(\d{4})-?[ ]?w(\d{1,2})")
_NAMED = re.compile(r"([a-z]{3})[a-z]*\.? (\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIRST, _LAST = 1990, 2100


def read_period(text: str, frequency: Frequency, *, field: str = "period") -> datetime:
    """Where the period begins that a text names, or that holds the day or time it names.

    Raises Invalid naming what cannot be read.
    """
    found = _read(text.strip().casefold())
    if found is None or not _FIRST <= found.year <= _LAST:
        raise Invalid(
            f"'{text}' names no period. Write a day as 2026-03-02, or 2026-W10, 2026-03, Q1 2026, 2026.",
            fields=[FieldError(field, "not a period", value=text)],
        )
    return period_of(found, frequency)


def _read(text: str) -> datetime | None:
    try:
        if match := _YEAR.fullmatch(text):
            return _start(date(int(match[1]), 1, 1))
        if match := _MONTH.fullmatch(text):
            return _start(date(int(match[1]), int(match[2]), 1))
        if match := _QUARTER.fullmatch(text):
            quarter, year = int(match[1] or match[4]), int(match[2] or match[3])
            return _start(date(year, quarter * 3 - 2, 1))
        if match := _WEEK.fullmatch(text):
            return _start(date.fromisocalendar(int(match[1]), int(match[2]), 1))
        if (match := _NAMED.fullmatch(text)) and match[1] in _MONTHS:
            return _start(date(int(match[2]), _MONTHS.index(match[1]) + 1, 1))
        return datetime.fromisoformat(text.upper()).replace(tzinfo=None)
    except ValueError:
        return None


def _start(day: date) -> datetime:
    return datetime.combine(day, time())


def local(instant: datetime, kpi: Kpi) -> datetime:
    """An instant as the local date and time by which a KPI's periods are named."""
    return instant.astimezone(ZoneInfo(kpi.zone)).replace(tzinfo=None)


def instant(moment: datetime, kpi: Kpi) -> datetime:
    """The instant of a local date and time."""
    return moment.replace(tzinfo=ZoneInfo(kpi.zone)).astimezone(UTC)


def ends(begins: datetime, kpi: Kpi) -> datetime:
    """The instant at which a period ends."""
    return instant(period_after(begins, Frequency(kpi.frequency)), kpi)


def stale_after(kpi: Kpi) -> timedelta:
    """The age at which the newest sample of a KPI is stale."""
    if kpi.stale_minutes is not None:
        return timedelta(minutes=kpi.stale_minutes)
    return Frequency(kpi.frequency).stale_after


def hours_of(kpi: Kpi, days_off: frozenset[date]) -> Hours:
    """The business hours by which a KPI counts ages."""
    return Hours(ZoneInfo(kpi.zone), read_hours(kpi.hours), days_off)
