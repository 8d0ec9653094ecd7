"""What hours of a project still leave open at the end of a month beside those to approve, for those who close it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models.functions import TruncMonth

from headway.areas.hours.closed import ClosedMonth
from headway.areas.hours.missing import below_of, missing_of
from headway.areas.hours.models import TimeEntry
from headway.areas.hours.queries import TRAILING_WEEKS
from headway.areas.hours.sums import decimal, exact
from headway.areas.hours.weeks import WEEK
from headway.kernel.context import Context


@dataclass(frozen=True, slots=True)
class LoggedTooLittle:
    """A person of the project whose month is not full: hours logged on all projects, and what they could work."""

    person: str
    logged: Decimal
    expected: Decimal


def too_little_logged(ctx: Context, project_id: int, first: date, last: date) -> tuple[LoggedTooLittle, ...]:
    """Who of a project's people has logged less in a month than they could work, the emptiest first.

    For callers who passed their own door. Its people: who logged on it in the month or the four weeks before.
    """
    rows = TimeEntry.unscoped(reason="who works on a project that the caller runs").filter(
        project_id=project_id, removed_at=None, day__gte=first - TRAILING_WEEKS * WEEK, day__lte=last
    )
    people = set(rows.order_by().values_list("person_id", flat=True).distinct())
    found = missing_of(people, first, last, below_of(ctx)) if people else {}
    gone = sorted(found.values(), key=lambda row: (row.logged, row.person))
    return tuple(LoggedTooLittle(row.person, row.logged, row.expected) for row in gone)


@dataclass(frozen=True, slots=True)
class CorrectedMonth:
    """By how many hours an earlier month was corrected after it was closed. month: its first day."""

    month: date
    hours: Decimal


def corrected_before(project_id: int, first: date) -> tuple[CorrectedMonth, ...]:
    """Corrections of closed months that were entered since the newest closing before a month; two queries.

    For callers who passed their own door. first: the month's first day. Those that had been entered when an earlier
    month was closed were told then.
    """
    rows = ClosedMonth.unscoped(reason="months of a project that the caller runs").filter(
        project_id=project_id, reopened_at=None, month__lt=first
    )
    closed = dict(rows.values_list("month", "created_at"))
    if not closed:
        return ()
    entries = TimeEntry.unscoped(reason="corrections of a project that the caller runs").filter(
        project_id=project_id, removed_at=None, day__lt=first, created_at__gt=max(closed.values())
    )
    added = entries.order_by().annotate(of=TruncMonth("day")).values_list("of").annotate(worked=exact("hours"))
    found = {month: decimal(worked) for month, worked in added}
    return tuple(CorrectedMonth(month, found[month]) for month in sorted(found) if month in closed)
