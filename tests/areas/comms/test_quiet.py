"""When a person may be written to: their days, hours and zone, without holidays and leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from headway.areas.comms.quiet import WorkingTime

BERLIN = ZoneInfo("Europe/Berlin")
USUAL = WorkingTime(BERLIN, frozenset({1, 2, 3, 4, 5}), time(9), time(17))
FRIDAY = date(2026, 3, 6)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=BERLIN)


def test_friday_at_22_waits_for_the_start_of_monday() -> None:
    assert USUAL.next_time(local(FRIDAY, 22)) == local(date(2026, 3, 9), 9)


@pytest.mark.parametrize(("hour", "minute", "working"), [(8, 59, False), (9, 0, True), (16, 59, True), (17, 0, False)])
def test_the_hours_of_a_day(hour: int, minute: int, working: bool) -> None:
    assert USUAL.is_working(local(FRIDAY, hour, minute)) is working


def test_the_hours_are_those_of_the_receivers_zone() -> None:
    tokyo = replace(USUAL, zone=ZoneInfo("Asia/Tokyo"))
    at = datetime(2026, 3, 5, 23, 30, tzinfo=UTC)  # Friday 8:30 in Tokyo, Friday 0:30 in Berlin
    assert tokyo.next_time(at) == datetime(2026, 3, 6, 0, 0, tzinfo=UTC)
    assert USUAL.next_time(at) == local(FRIDAY, 9)


def test_holidays_and_leave_are_quiet() -> None:
    away = replace(USUAL, off=frozenset({date(2026, 3, 9)}), away=(date(2026, 3, 10), date(2026, 3, 13)))
    assert away.next_time(local(FRIDAY, 22)) == local(date(2026, 3, 16), 9)
    assert away.first_of_week(date(2026, 3, 11)) is None
    assert USUAL.first_of_week(FRIDAY) == date(2026, 3, 2)


def test_a_day_begins_by_the_clock_when_that_is_put_forward() -> None:
    """The night to 29 March 2026 is an hour short in Berlin."""
    assert USUAL.begins(date(2026, 3, 27)) == datetime(2026, 3, 27, 8, tzinfo=UTC)
    assert USUAL.begins(date(2026, 3, 30)) == datetime(2026, 3, 30, 7, tzinfo=UTC)


def test_whoever_never_works_is_never_written_to() -> None:
    assert replace(USUAL, weekdays=frozenset()).next_time(local(FRIDAY, 12)) is None
