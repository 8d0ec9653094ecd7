"""Reads of hours: entries, totals, week sheets, who is in, rate cards. Members see their own entries only.

All entries count, whatever their status; a caller who wants approved hours groups or filters by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Annotated, Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import TruncMonth, TruncWeek
from pydantic import Field

from headway.areas.hours.models import RateLine, TimeEntry
from headway.areas.hours.policies import sees_everybodys
from headway.areas.hours.spent import (
    PersonMonth,
    SpentPart,
    added_entries,
    burned_on_days,
    by_days,
    by_parts,
    hours_of,
    person_months,
    spent_parts,
    without_amount,
)
from headway.areas.hours.sums import decimal, exact, plain
from headway.areas.hours.types import (
    Amount,
    Entries,
    EntryRow,
    EntryStatus,
    GroupBy,
    RateKind,
    RateRow,
    TimesheetsIn,
    TotalRow,
    WeekRow,
    WeekSheet,
)
from headway.areas.people.queries import names_of
from headway.areas.people.types import PersonId
from headway.areas.projects.queries import charter, my_person_id
from headway.areas.projects.types import ImportId, ProjectId
from headway.areas.schedule.outlook import assigned_people
from headway.engine.measures import HUNDRED, Input, Unit, derive, divided
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.paging import page
from headway.kernel.queries import query
from headway.kernel.schema import ShortText

# Figures that live in a module of their own: callers know one place.
__all__ = ["PersonMonth", "SpentPart", "hours_of", "person_months", "spent_parts", "without_amount"]

ZERO = Decimal(0)
TRAILING_WEEKS = 4
_MOST_GROUPS = 20_000
_RANKS = {status.value: rank for rank, status in enumerate(EntryStatus)}


def live(ctx: Context, project_id: int) -> QuerySet[TimeEntry]:
    """The entries of a project that this actor may see and that were not removed."""
    return TimeEntry.visible_to(ctx).filter(project_id=project_id, removed_at=None)


def between(rows: QuerySet[TimeEntry], first: date | None, last: date | None) -> QuerySet[TimeEntry]:
    """Those of some days, both inclusive; None = open."""
    if first is not None and last is not None and last < first:
        raise Invalid(f"{last} lies before {first}.", fields=[FieldError("last", "before first", value=str(last))])
    if first is not None:
        rows = rows.filter(day__gte=first)
    return rows if last is None else rows.filter(day__lte=last)


@query(permission="hours.read")
def entries(
    ctx: Context,
    *,
    project: ProjectId,
    person: PersonId | None = None,
    phase: ShortText | None = None,
    role: ShortText | None = None,
    row: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None,
    first: date | None = None,
    last: date | None = None,
    status: EntryStatus | None = None,
    billable: bool | None = None,
    batch: ImportId | None = None,
    search: str = "",
    cursor: str = "",
    limit: int = 50,
) -> Entries:
    """Time entries, newest day first, a page at a time.

    phase, role  '' = without one. row: uid of a row of the plan, 0 = of none. first, last: days, both inclusive.
    """
    rows = between(live(ctx, project), first, last).select_related("person").defer("raw")
    if person is not None:
        rows = rows.filter(person_id=person)
    if phase is not None:
        rows = rows.filter(phase=phase)
    if role is not None:
        rows = rows.filter(role=role)
    if row is not None:
        rows = rows.filter(task_uid=row or None)
    if status is not None:
        rows = rows.filter(status=status.value)
    if billable is not None:
        rows = rows.filter(billable=billable)
    if batch is not None:
        rows = rows.filter(batch_id=batch)
    if search:
        rows = rows.filter(Q(note__icontains=search) | Q(phase__icontains=search))
    items, following = page(rows, order=("-day", "-id"), cursor=cursor, limit=limit)
    return Entries(tuple(entry_rows(ctx, project, items)), following)


@query(permission="hours.read", name="hours.show_entry")
def entry(ctx: Context, *, entry: TimeEntry) -> EntryRow:
    """One time entry."""
    return entry_row(ctx, entry)


def entry_of(ctx: Context, project_id: int, entry_id: int) -> EntryRow | None:
    """A visible entry of this very project; None for one of another."""
    row = live(ctx, project_id).filter(pk=entry_id).select_related("person").defer("raw").first()
    return None if row is None else entry_row(ctx, row)


def entry_row(ctx: Context, row: TimeEntry) -> EntryRow:
    """An entry as this reader may see it."""
    return next(iter(entry_rows(ctx, row.project_id, [row])))


def entry_rows(ctx: Context, project_id: int, rows: Iterable[TimeEntry]) -> Iterable[EntryRow]:
    """Entries of one project as this reader may see them."""
    bill, cost = sees_rates(ctx, project_id), sees_costs(ctx, project_id)
    for row in rows:
        yield EntryRow(
            id=row.pk,
            person_id=row.person_id,
            person=row.person.name,
            day=row.day,
            start=row.start,
            end=row.end,
            zone=row.zone,
            task_uid=row.task_uid,
            phase=row.phase,
            role=row.role,
            hours=plain(row.hours),
            billable=row.billable,
            note=row.note,
            status=EntryStatus(row.status),
            returned=row.returned,
            source=row.source,
            source_key=row.source_key,
            batch_id=row.batch_id,
            bill_rate=_shown(row.bill_rate, bill),
            bill_amount=_shown(row.bill_amount, bill),
            bill_currency=row.bill_currency if bill else "",
            cost_rate=_shown(row.cost_rate, cost),
            cost_amount=_shown(row.cost_amount, cost),
            cost_currency=row.cost_currency if cost else "",
            version=row.version,
            corrects=row.corrects_id,
            counter=row.counter,
            correction=row.correction,
            project_id=row.project_id,
        )


def _shown(value: Decimal | None, allowed: bool) -> Decimal | None:
    return plain(value) if allowed and value is not None else None


def sees_rates(ctx: Context, project_id: int) -> bool:
    """Whether this reader may see bill rates on the project."""
    return may(ctx, "hours.read_rates", project_id=project_id)


def sees_costs(ctx: Context, project_id: int) -> bool:
    """Whether this reader may see cost rates on the project."""
    return may(ctx, "hours.read_costs", project_id=project_id)


@query(permission="hours.read")
def totals(
    ctx: Context,
    *,
    project: ProjectId,
    by: tuple[GroupBy, ...] = (GroupBy.PERSON,),
    first: date | None = None,
    last: date | None = None,
    person: PersonId | None = None,
    status: EntryStatus | None = None,
) -> tuple[TotalRow, ...]:
    """Hours added up by person, phase, role, day, week, month, status or source, or by several of them.

    Members get the totals of their own entries. An empty `by` gives one row, the total.
    Money is added by currency and shown to those who may see it. Added up in the database.
    """
    columns = {f"key_{place}": group for place, group in enumerate(dict.fromkeys(by))}
    keys = list(columns)
    summed = _summed(ctx, project, columns, first=first, last=last, person=person, status=status)
    found: dict[tuple[Any, ...], _Sum] = {}
    for row in islice(summed, _MOST_GROUPS):
        key = tuple(row[name] for name in keys)
        found.setdefault(key, _Sum()).add(row)
    place = list(dict.fromkeys(by)).index(GroupBy.PERSON) if GroupBy.PERSON in by else None
    names = names_of(key[place] for key in found) if place is not None else {}
    bill, cost = sees_rates(ctx, project), sees_costs(ctx, project)
    answer = []
    for key, total in found.items():
        texts = tuple(names[value] if index == place else _text(value) for index, value in enumerate(key))
        who = key[place] if place is not None else None
        answer.append(total.row(texts, who, bill=bill, cost=cost))
    return tuple(sorted(answer, key=lambda row: row.keys))


_OF_DAYS = frozenset({GroupBy.DAY, GroupBy.WEEK, GroupBy.MONTH})
_OF_PARTS = {
    GroupBy.PERSON: F("person_id"),
    GroupBy.PHASE: F("phase"),
    GroupBy.ROLE: F("role"),
    GroupBy.MONTH: F("month"),
}


def _summed(
    ctx: Context,
    project_id: int,
    columns: dict[str, GroupBy],
    *,
    first: date | None,
    last: date | None,
    person: int | None,
    status: EntryStatus | None,
) -> Iterable[dict[str, Any]]:
    """Sums by the groups and by currency: from the kept sums where those know the groups, else from the entries."""
    rows, groups = between(live(ctx, project_id), first, last), set(columns.values())
    keys = {name: _KEYS[group] for name, group in columns.items()}
    whose = person if sees_everybodys(ctx, project_id) else my_person_id(ctx) or 0
    if status is None and person in (None, whose):
        if whose is None and groups <= _OF_DAYS:
            return by_days(project_id, keys, first=first, last=last)
        if groups <= _OF_PARTS.keys():
            parts = {name: _OF_PARTS[group] for name, group in columns.items()}
            return by_parts(live(ctx, project_id), project_id, parts, first=first, last=last, person_id=whose)
    rows = rows if person is None else rows.filter(person_id=person)
    rows = rows if status is None else rows.filter(status=status.value)
    return added_entries(rows, keys)


_KEYS: dict[GroupBy, Any] = {
    GroupBy.PERSON: F("person_id"),
    GroupBy.PHASE: F("phase"),
    GroupBy.ROLE: F("role"),
    GroupBy.DAY: F("day"),
    GroupBy.WEEK: TruncWeek("day"),
    GroupBy.MONTH: TruncMonth("day"),
    GroupBy.STATUS: F("status"),
    GroupBy.SOURCE: F("source"),
}


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


class _Sum:
    """One group over all its currencies."""

    def __init__(self) -> None:
        self.entries = self.worked = self.paid = 0
        self.bill: dict[str, int] = {}
        self.cost: dict[str, int] = {}

    def add(self, row: dict[str, Any]) -> None:
        self.entries += row["n"]
        self.worked += row["worked"]
        self.paid += row["paid"]
        for name, column, sums in (("bill", "billed", self.bill), ("cost", "spent", self.cost)):
            currency = row[f"{name}_currency"]
            if currency:
                sums[currency] = sums.get(currency, 0) + row[column]

    def row(self, keys: tuple[str, ...], person_id: int | None, *, bill: bool, cost: bool) -> TotalRow:
        return TotalRow(
            keys,
            person_id,
            self.entries,
            decimal(self.worked),
            decimal(self.paid),
            _amounts(self.bill) if bill else None,
            _amounts(self.cost) if cost else None,
        )


def _amounts(sums: dict[str, int]) -> tuple[Amount, ...]:
    return tuple(Amount(decimal(sums[currency]), currency) for currency in sorted(sums))


@query(permission="hours.read")
def week_sheet(ctx: Context, *, project: ProjectId, day: date, person: PersonId | None = None) -> WeekSheet:
    """Hours of the week that holds a day, by person, Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    rows = between(live(ctx, project), monday, monday + timedelta(days=6))
    if person is not None:
        rows = rows.filter(person_id=person)
    summed = rows.values("person_id", "day", "status").annotate(
        worked=exact("hours"), paid=exact("hours", only=Q(billable=True))
    )
    days: dict[int, list[Decimal]] = {}
    billable: dict[int, Decimal] = {}
    status: dict[int, str] = {}
    for row in summed.order_by("person_id", "day", "status"):
        who = row["person_id"]
        days.setdefault(who, [ZERO] * 7)[(row["day"] - monday).days] += decimal(row["worked"])
        billable[who] = billable.get(who, ZERO) + decimal(row["paid"])
        status[who] = min(status.get(who, row["status"]), row["status"], key=_RANKS.__getitem__)
    names = names_of(days)
    sheet = tuple(
        WeekRow(who, names[who], tuple(days[who]), sum(days[who], ZERO), billable[who], EntryStatus(status[who]))
        for who in sorted(days, key=lambda who: (names[who], who))
    )
    columns = tuple(sum((row.days[place] for row in sheet), ZERO) for place in range(7))
    return WeekSheet(monday, sheet, columns, sum(columns, ZERO))


@query(permission="hours.read_team")
def timesheets_in(ctx: Context, *, project: ProjectId, as_of: date) -> TimesheetsIn:
    """How many people have logged hours in the last complete week, out of those expected to.

    The week is the newest Monday to Sunday that ended on or before `as_of`. Expected is whoever logged
    hours on the project in that week or the four before it, or has an assignment in the plan whose
    task's dates touch that week. A person is in with at least one entry in the week, in any status.
    """
    monday = as_of - timedelta(days=as_of.weekday())
    if as_of.weekday() != 6:
        monday -= timedelta(days=7)
    sunday = monday + timedelta(days=6)
    rows = live(ctx, project)
    recent = between(rows, monday - timedelta(weeks=TRAILING_WEEKS), sunday)
    expected = set(recent.order_by().values_list("person_id", flat=True).distinct())
    expected |= assigned_people(ctx, project, monday, sunday)
    present = set(between(rows, monday, sunday).order_by().values_list("person_id", flat=True).distinct())
    names = names_of(expected)
    missing = sorted(names[who] for who in expected - present)
    percent = derive(
        "timesheets_in",
        "Timesheets in",
        Unit.PERCENT,
        "people with hours in the week / people expected",
        (
            Input("people in", Decimal(len(expected & present)), Unit.COUNT),
            Input("people expected", Decimal(len(expected)), Unit.COUNT),
        ),
        lambda came, all_: divided(HUNDRED * came, all_, "Nobody is expected to log hours."),
    )
    return TimesheetsIn(monday, percent, tuple(sorted(names.values())), tuple(missing))


@query(permission="hours.read_rates")
def rates(
    ctx: Context, *, project: ProjectId, kind: RateKind | None = None, on: date | None = None
) -> tuple[RateRow, ...]:
    """Rates that may apply on a project: its own, its client's, and those of persons; newest first day first.

    Cost rates come only to those who may see them. on: only lines in force on that day.
    """
    client = charter(ctx, project=project).client_id
    rows = RateLine.visible_to(ctx).filter(removed_at=None).select_related("person")
    rows = rows.filter(Q(project_id=project) | Q(project=None, client_id=client) | Q(project=None, client=None))
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    if not sees_costs(ctx, project):
        rows = rows.filter(kind=RateKind.BILL.value)
    if on is not None:
        rows = rows.filter(first__lte=on).filter(Q(last=None) | Q(last__gte=on))
    return tuple(rate_row(row) for row in rows.order_by("kind", "scope", "-first", "id")[:1000])


@query(permission="hours.set_rate")
def house_rates(ctx: Context) -> tuple[RateRow, ...]:
    """Rates that stand for all projects, of persons and of clients by role; newest first day first."""
    rows = RateLine.visible_to(ctx).filter(removed_at=None, project=None).select_related("person")
    return tuple(rate_row(row) for row in rows.order_by("kind", "scope", "-first", "id")[:1000])


def rate_row(row: RateLine) -> RateRow:
    """A rate as a list shows it."""
    return RateRow(
        row.pk,
        RateKind(row.kind),
        row.scope,
        plain(row.rate),
        row.currency,
        row.first,
        row.last,
        row.person_id,
        row.person.name if row.person else "",
        row.project_id,
        row.role,
        row.client_id,
        row.version,
    )


@query(permission="hours.read_costs")
def costs(
    ctx: Context, *, project: ProjectId, first: date | None = None, last: date | None = None
) -> tuple[Amount, ...]:
    """What the project's hours cost, by currency, at the cost rates frozen on them."""
    total = _Sum()
    for row in _summed(ctx, project, {}, first=first, last=last, person=None, status=None):
        total.add(row)
    return _amounts(total.cost)


# --- for the areas above; the caller has passed its own door ---------------------------------


def _all(project_id: int) -> QuerySet[TimeEntry]:
    return TimeEntry.unscoped(reason="figures of a visible project").filter(project_id=project_id, removed_at=None)


def has_entries(project_id: int) -> bool:
    """Whether any hours were recorded on a project."""
    return _all(project_id).exists()


def burned_by_day(
    project_id: int,
    *,
    measure: str = "hours",
    currency: str = "",
    person: int | None = None,
    phase: str = "",
    role: str = "",
    billable_only: bool = False,
) -> dict[date, Decimal]:
    """What a project's entries burned on each day: hours, or money of one currency. Every status counts.

    measure  'hours', 'bill' (billable value) or 'cost'.
    """
    if person is None and not phase and not role:
        return burned_on_days(project_id, measure=measure, currency=currency, billable_only=billable_only)
    rows = _all(project_id)
    column = "hours"
    if measure != "hours":
        column = f"{measure}_amount"
        rows = rows.filter(**{f"{measure}_currency": currency})
    if person is not None:
        rows = rows.filter(person_id=person)
    if phase:
        rows = rows.filter(phase__iexact=phase)
    if role:
        rows = rows.filter(role__iexact=role)
    if billable_only:
        rows = rows.filter(billable=True)
    summed = rows.values("day").annotate(burned=exact(column)).order_by("day")
    return {row["day"]: decimal(row["burned"]) for row in summed}
