"""Who worked how much on which day, over several projects. For the areas above.

The caller has passed its own door, and shows nobody's hours or money to those who may not see them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import DateField, Func, Q, Sum

from headway.areas.hours.kept import PartSum
from headway.areas.hours.models import TimeEntry
from headway.areas.hours.sums import decimal, exact
from headway.kernel.among import among_ids


@dataclass(frozen=True, slots=True)
class DayWorked:
    """What one person worked for one project on one day. bill: of one currency, '' = no rate applied."""

    project_id: int
    person_id: int
    day: date
    currency: str
    hours: Decimal
    billable: Decimal
    bill: Decimal


def worked_days(
    project_ids: Collection[int], first: date, last: date, *, person_id: int | None = None
) -> tuple[DayWorked, ...]:
    """What was worked for some projects on each day of a stretch, both inclusive, in every status; one query.

    person_id  by this person alone.
    """
    rows = TimeEntry.unscoped(reason="figures of visible projects").filter(
        among_ids("project_id", project_ids), removed_at=None, day__gte=first, day__lte=last
    )
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    summed: Any = rows.order_by().values_list("project_id", "person_id", "day", "bill_currency")
    found = summed.annotate(
        worked=exact("hours"), paid=exact("hours", only=Q(billable=True)), billed=exact("bill_amount")
    )
    return tuple(
        DayWorked(project, who, day, currency, decimal(worked), decimal(paid), decimal(billed))
        for project, who, day, currency, worked, paid, billed in found
    )


class FirstOfWeek(Func):
    """The Monday of a day's week, in SQLite without a call back for each row."""

    output_field = DateField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return super().as_sql(compiler, connection, template="date(%(expressions)s, 'weekday 0', '-6 days')", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return super().as_sql(compiler, connection, template="DATE_TRUNC('week', %(expressions)s)::date", **more)


def worked_weeks(
    project_ids: Collection[int], first: date, last: date, *, person_id: int | None = None
) -> tuple[DayWorked, ...]:
    """As `worked_days`, week by week, each under its Monday; one query."""
    rows = TimeEntry.unscoped(reason="figures of visible projects").filter(
        among_ids("project_id", project_ids), removed_at=None, day__gte=first, day__lte=last
    )
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    weekly = rows.order_by().annotate(week=FirstOfWeek("day"))
    summed: Any = weekly.values_list("project_id", "person_id", "week", "bill_currency")
    found = summed.annotate(
        worked=exact("hours"), paid=exact("hours", only=Q(billable=True)), billed=exact("bill_amount")
    )
    return tuple(
        DayWorked(project, who, week, currency, decimal(worked), decimal(paid), decimal(billed))
        for project, who, week, currency, worked, paid, billed in found
    )


def worked_months(
    project_ids: Collection[int], first: date, last: date, *, person_id: int | None = None
) -> tuple[DayWorked, ...]:
    """As `worked_days`, month by month from the kept sums, each under its first day; of whole months. One query."""
    rows = PartSum.unscoped(reason="figures of visible projects").filter(
        among_ids("project_id", project_ids), entries__gt=0, month__gte=first, month__lte=last
    )
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    summed: Any = rows.order_by().values_list("project_id", "person_id", "month", "bill_currency")
    found = summed.annotate(
        worked=Sum("hours"), paid=Sum("hours", filter=Q(billable=True), default=0), billed=Sum("bill")
    )
    return tuple(
        DayWorked(project, who, month, currency, decimal(worked), decimal(paid), decimal(billed))
        for project, who, month, currency, worked, paid, billed in found
    )


def has_worked(project_ids: Collection[int], person_id: int) -> bool:
    """Whether somebody ever logged hours on one of some projects; one query."""
    rows = TimeEntry.unscoped(reason="whose hours a reader may know").filter(
        among_ids("project_id", project_ids), person_id=person_id, removed_at=None
    )
    return bool(project_ids) and rows.exists()
