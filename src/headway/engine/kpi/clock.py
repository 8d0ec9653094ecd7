"""Business time between two instants, and when a promise made in business time falls due.

Hours are intervals for each day of the week in a zone, with days off and dates of their own; time is counted in real
seconds, so that a night with a change of the clocks is as long as it is. A pause takes away the business time in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

_LONGEST = timedelta(days=20 * 366)
_A_DAY = timedelta(days=1)
Span = tuple[datetime, datetime]


class ClockError(ValueError):
    """A promise that can never fall due, or hours that cannot be read."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When a house works.

    week     seven days from Monday, each with intervals in minutes from midnight; an end past 1,440 lies on the
             next day.
    days_off dates without any; `dates` days with hours of their own.
    """

    zone: ZoneInfo
    week: tuple[tuple[tuple[int, int], ...], ...]
    days_off: frozenset[date] = frozenset()
    dates: Mapping[date, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def of(self, day: date) -> tuple[tuple[int, int], ...]:
        """The intervals that begin on a day."""
        if day in self.dates:
            return self.dates[day]
        return () if day in self.days_off else self.week[day.weekday()]

    def works_on(self, day: date) -> bool:
        """Whether anything is done on a day."""
        return bool(self.of(day))


class Outcome(Enum):
    """How one promise stands."""

    MET = "met"
    MISSED = "missed"
    OVERDUE = "overdue"
    OPEN = "open"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Promise:
    """One case: when its clock began and stopped (None = it runs), and when it was paused. All instants aware."""

    start: datetime
    stop: datetime | None = None
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()


def elapsed(hours: Hours, promise: Promise, now: datetime) -> int:
    """Business seconds from start to stop, or until now, without its pauses."""
    end = promise.stop if promise.stop is not None else now
    return sum(
        int((finish - start).total_seconds()) for start, finish in _worked(hours, promise, until=end) if start < end
    )


def due(hours: Hours, promise: Promise, seconds: int) -> datetime:
    """When a promise of so many business seconds falls due; a time equal to closing time stays on that day.

    Raises ClockError where the hours never give so much time.
    """
    if seconds <= 0:
        raise ClockError(f"A promise of {seconds} seconds is none. Give more than 0.")
    left = seconds
    for start, finish in _worked(hours, promise, until=promise.start + _LONGEST):
        room = int((finish - start).total_seconds())
        if room >= left:
            return start + timedelta(seconds=left)
        left -= room
    raise ClockError("The hours never give so much time. Look at the days of the week that are worked.")


def outcome(hours: Hours, promise: Promise, seconds: int, now: datetime) -> Outcome:
    """How a promise stands now: kept when stopped at its due time or before, to the second."""
    if promise.stop is None and any(start <= now and (end is None or end > now) for start, end in promise.pauses):
        return Outcome.PAUSED
    end = promise.stop if promise.stop is not None else now
    late = elapsed(hours, promise, end) > seconds
    if promise.stop is not None:
        return Outcome.MISSED if late else Outcome.MET
    return Outcome.OVERDUE if late else Outcome.OPEN


def working_days(hours: Hours, first: date, last: date) -> int:
    """How many days are worked from the first to the last, both included."""
    return sum(1 for number in range((last - first).days + 1) if hours.works_on(first + number * _A_DAY))


def _worked(hours: Hours, promise: Promise, *, until: datetime) -> Iterator[Span]:
    """The pieces of business time of a promise from its start until an instant, without its pauses."""
    pauses = _joined((start, until if end is None else end) for start, end in promise.pauses)
    day = promise.start.astimezone(hours.zone).date() - _A_DAY
    while True:
        opening = datetime.combine(day, time(), hours.zone).astimezone(UTC)
        if opening >= until:
            return
        for first, last in hours.of(day):
            start = max(_at(day, first, hours.zone), promise.start)
            finish = min(_at(day, last, hours.zone), until)
            if start < finish:
                yield from _without((start, finish), pauses)
        day += _A_DAY


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    days, rest = divmod(minute, 1440)
    local = datetime.combine(day + days * _A_DAY, time(rest // 60, rest % 60), zone)
    return local.astimezone(UTC)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch or overlap as one."""
    found: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _without(span: Span, pauses: Sequence[Span]) -> Iterator[Span]:
    start, finish = span
    for begins, ends in pauses:
        if ends <= start or begins >= finish:
            continue
        if begins > start:
            yield start, begins
        start = max(start, ends)
    if start < finish:
        yield start, finish


# --- hours as people write them -------------------------------------------------------------

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_hours(text: str) -> tuple[tuple[tuple[int, int], ...], ...]:
    """'Mon-Fri 09:00-12:00, 13:00-17:30; Sat 22:00-06:00' as seven days of intervals.

    Raises ClockError naming the part that cannot be read.
    """
    week: list[list[tuple[int, int]]] = [[] for _ in _DAYS]
    for part in filter(None, (piece.strip() for piece in text.replace("\u2013", "-").split(";"))):
        days, _, times = part.partition(" ")
        for interval in filter(None, (piece.strip() for piece in times.split(","))):
            start, finish = _interval(interval, part)
            for day in _days(days, part):
                week[day].append((start, finish))
    if not any(week):
        raise ClockError("No working hours are given. Write for example 'Mon-Fri 09:00-17:30'.")
    return tuple(tuple(sorted(day)) for day in week)


def _days(text: str, part: str) -> range:
    first, _, last = text.partition("-")
    try:
        start = _DAYS.index(first.strip().casefold()[:3])
        end = _DAYS.index(last.strip().casefold()[:3]) if last else start
    except ValueError:
        raise ClockError(f"'{part}' names no days. Write for example 'Mon-Fri 09:00-17:30'.") from None
    if end < start:
        raise ClockError(f"'{part}' goes back in the week. Write it in two parts.")
    return range(start, end + 1)


def _interval(text: str, part: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    start, finish = _minute(first, part), _minute(last, part)
    return start, finish if finish > start else finish + 1440


def _minute(text: str, part: str) -> int:
    hour, _, minute = text.strip().partition(":")
    if not (hour.isascii() and hour.isdigit() and (minute or "0").isascii() and (minute or "0").isdigit()):
        raise ClockError(f"'{part}' holds a time that cannot be read. Write for example 'Mon-Fri 09:00-17:30'.")
    found = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or found > 1440:
        raise ClockError(f"'{part}' holds a time past midnight. Write times from 00:00 to 24:00.")
    return found
