"""What hours add up to, read from the kept sums, so that a project of half a million entries answers as a small one.

Whole months come from the sums by month; the days before and after them from the entries. The caller has passed its
own door, and says whose hours it may see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from headway.areas.hours.kept import NO_TASK, DaySum, PartSum, first_of_month
from headway.areas.hours.models import TimeEntry
from headway.areas.hours.sums import decimal, exact
from headway.kernel.among import among_ids

_DAY = timedelta(days=1)
_ZERO = Decimal(0)
_CURRENCIES = ("bill_currency", "cost_currency")


@dataclass(frozen=True, slots=True)
class Span:
    """Some days as whole months and the days that are left over; None = open.

    months  first day of the first and of the last whole month, both inclusive; None where there is none.
    rest    first and last day of each part of a month.
    """

    months: tuple[date | None, date | None] | None
    rest: tuple[tuple[date, date], ...]


def span(first: date | None, last: date | None) -> Span:
    """The whole months of some days, both inclusive, and the rest."""
    begins = first if first is None or first.day == 1 else _next_month(first)
    after = None if last is None else first_of_month(last + _DAY)
    if first is not None and last is not None and begins is not None and after is not None and begins >= after:
        return Span(None, ((first, last),) if first <= last else ())
    rest = []
    if first is not None and begins is not None and first < begins:
        rest.append((first, begins - _DAY))
    if last is not None and after is not None and after <= last:
        rest.append((after, last))
    return Span((begins, None if after is None else first_of_month(after - _DAY)), tuple(rest))


def _next_month(day: date) -> date:
    return first_of_month(first_of_month(day) + timedelta(days=31))


def by_days(
    project_id: int, keys: dict[str, Any], *, first: date | None, last: date | None
) -> Iterator[dict[str, Any]]:
    """Sums by expressions over `day`, and by currency; of everybody's hours.

    Each has the keys, both currencies, `entries`, and millionths: `worked`, `paid` (of billable hours), `bill`, `cost`.
    """
    rows = DaySum.of(project_id).filter(entries__gt=0)
    if first is not None:
        rows = rows.filter(day__gte=first)
    if last is not None:
        rows = rows.filter(day__lte=last)
    yield from added_parts(rows.annotate(**keys), keys)


def by_parts(
    entries: QuerySet[TimeEntry],
    project_id: int,
    keys: dict[str, Any],
    *,
    first: date | None = None,
    last: date | None = None,
    person_id: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Sums as of `by_days`, by columns of the parts; a group may come twice, from months and from days left over.

    entries    of the project that the reader may see; for the days that are left over.
    keys       name → expression over the columns of `PartSum`; 'month' is understood for entries too.
    person_id  of this person alone; None = of everybody.
    """
    parts = span(first, last)
    if parts.months is not None:
        since, until = parts.months
        rows = PartSum.of(project_id).filter(entries__gt=0)
        rows = rows if person_id is None else rows.filter(person_id=person_id)
        rows = rows if since is None else rows.filter(month__gte=since)
        rows = rows if until is None else rows.filter(month__lte=until)
        yield from added_parts(rows.annotate(**keys), keys)
    for begins, ends in parts.rest:
        left = entries.filter(day__gte=begins, day__lte=ends)
        left = left if person_id is None else left.filter(person_id=person_id)
        for row in added_entries(left, {name: column for name, column in keys.items() if not _is_month(column)}):
            yield {name: first_of_month(begins) for name, column in keys.items() if _is_month(column)} | row


def _is_month(column: Any) -> bool:
    return isinstance(column, F) and column == F("month")


def added_parts(rows: QuerySet[Any], keys: Iterable[str]) -> Iterable[dict[str, Any]]:
    """The figures of `by_days` from kept sums that carry the keys as annotations."""
    summed: Iterable[dict[str, Any]] = (
        rows.order_by()
        .values(*keys, *_CURRENCIES)
        .annotate(
            n=Sum("entries"),
            worked=Sum("hours"),
            paid=Sum("hours", filter=Q(billable=True), default=0),
            billed=Sum("bill"),
            spent=Sum("cost"),
        )
    )
    return summed


def added_entries(rows: QuerySet[TimeEntry], keys: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """The same figures from the entries themselves."""
    summed: Iterable[dict[str, Any]] = (
        rows.order_by()
        .annotate(**keys)
        .values(*keys, *_CURRENCIES)
        .annotate(
            n=Count("id"),
            worked=exact("hours"),
            paid=exact("hours", only=Q(billable=True)),
            billed=exact("bill_amount"),
            spent=exact("cost_amount"),
        )
    )
    return summed


# --- whole projects -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SpentPart:
    """What one combination of task, phase, role, person and billable burned to a day; task None = none named."""

    phase: str
    role: str
    person_id: int
    billable: bool
    bill_currency: str
    cost_currency: str
    hours: Decimal
    bill: Decimal
    cost: Decimal
    task_uid: int | None = None


def spent_parts(
    project_id: int, *, first: date | None = None, until: date | None = None, by_task: bool = False
) -> tuple[SpentPart, ...]:
    """All that a project's entries burned, by what budgets may be limited to.

    by_task  apart for each row of the plan too; without it `task_uid` is None.
    """
    names = ("phase", "role", "person_id", "billable")
    keys: dict[str, Any] = {f"key_{name}": F(name) for name in names}
    if by_task:
        keys["key_task"] = F("task_uid")
    found: dict[tuple[Any, ...], list[int]] = {}
    for row in by_parts(_entries(project_id), project_id, keys, first=first, last=until):
        task = row.get("key_task")
        key = (*(row[f"key_{name}"] for name in names), row["bill_currency"], row["cost_currency"])
        sums = found.setdefault((*key, NO_TASK if task is None else task), [0, 0, 0])
        for place, name in enumerate(("worked", "billed", "spent")):
            sums[place] += row[name]
    return tuple(
        SpentPart(
            phase=phase,
            role=role,
            person_id=person_id,
            billable=billable,
            bill_currency=bill_currency,
            cost_currency=cost_currency,
            hours=decimal(worked),
            bill=decimal(billed),
            cost=decimal(paid),
            task_uid=None if task == NO_TASK else task,
        )
        for (phase, role, person_id, billable, bill_currency, cost_currency, task), (worked, billed, paid) in sorted(
            found.items()
        )
    )


def _entries(project_id: int) -> QuerySet[TimeEntry]:
    return TimeEntry.unscoped(reason="figures of a visible project").filter(project_id=project_id, removed_at=None)


def burned_on_days(
    project_id: int, *, measure: str = "hours", currency: str = "", billable_only: bool = False
) -> dict[date, Decimal]:
    """What a whole project burned on each day: 'hours', or 'bill' or 'cost' of one currency."""
    rows = DaySum.of(project_id).filter(entries__gt=0)
    if measure != "hours":
        rows = rows.filter(**{f"{measure}_currency": currency})
    if billable_only:
        rows = rows.filter(billable=True)
    summed = rows.order_by("day").values_list("day").annotate(Sum(measure))
    return {day: decimal(burned) for day, burned in summed}


def hours_of(project_ids: Iterable[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """All hours and the billable ones of some projects, by project; one query."""
    rows = DaySum.among(list(project_ids)).filter(entries__gt=0).order_by().values_list("project_id")
    summed = rows.annotate(worked=Sum("hours"), paid=Sum("hours", filter=Q(billable=True), default=0))
    return {project_id: (decimal(worked), decimal(paid)) for project_id, worked, paid in summed}


def without_amount(project_id: int, measure: str, currency: str) -> int:
    """How many entries carry no amount in the currency, so that money figures leave them out."""
    rows = DaySum.of(project_id).exclude(**{f"{measure}_currency": currency})
    return rows.aggregate(n=Sum("entries", default=0))["n"] or 0


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """One person's hours of one month on some projects, apart by currency of their amounts.

    month  its first day.
    """

    person_id: int
    month: date
    bill_currency: str
    cost_currency: str
    entries: int
    hours: Decimal
    billable: Decimal
    bill: Decimal
    cost: Decimal


def person_months(
    project_ids: Collection[int], *, first: date | None = None, last: date | None = None, person_id: int | None = None
) -> tuple[PersonMonth, ...]:
    """Everybody's hours on some projects by month; of the months that these days touch, whole. One query.

    person_id  of this person alone.
    """
    rows = PartSum.unscoped(reason="figures of visible projects").filter(
        among_ids("project_id", project_ids), entries__gt=0
    )
    rows = rows if first is None else rows.filter(month__gte=first_of_month(first))
    rows = rows if last is None else rows.filter(month__lte=last)
    rows = rows if person_id is None else rows.filter(person_id=person_id)
    keys = {"key_person": F("person_id"), "key_month": F("month")}
    found = [
        PersonMonth(
            row["key_person"],
            row["key_month"],
            row["bill_currency"],
            row["cost_currency"],
            row["n"],
            *(decimal(row[name]) for name in ("worked", "paid", "billed", "spent")),
        )
        for row in added_parts(rows.annotate(**keys), keys)
    ]
    return tuple(sorted(found, key=lambda one: (one.person_id, one.month, one.bill_currency, one.cost_currency)))
