"""Hours burned over projects: by client, project, person, role or phase, with a column for each month or week.

Whole months come from the kept sums, so that half a million entries answer as fast as a thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import TruncWeek

from headway.areas.hours.kept import PartSum, first_of_month
from headway.areas.hours.models import TimeEntry
from headway.areas.hours.queries import sees_rates
from headway.areas.hours.spent import added_entries, added_parts, span
from headway.areas.hours.sums import decimal, plain
from headway.areas.hours.types import Amount
from headway.areas.hours.weeks import WEEK, monday_of, running
from headway.areas.people.queries import names_of
from headway.areas.people.types import PersonId
from headway.areas.projects.types import ProjectId, ProjectRow
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound
from headway.kernel.queries import query
from headway.kernel.schema import ShortText

MOST_COLUMNS = 53  # a year of weeks
MOST_ENTRIES = 50_000  # of one workbook
_MOST_ROWS = 5_000


class ReportBy(Enum):
    """What the rows of the report are."""

    CLIENT = "client"
    PROJECT = "project"
    PERSON = "person"
    ROLE = "role"
    PHASE = "phase"


class ReportColumns(Enum):
    """What its columns are. Weeks begin on Monday."""

    MONTH = "month"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class BurnedRow:
    """What one client, project, person, role or phase worked, in hours.

    id       of the project or person; None for the others.
    cells    hours by column.
    billed   bill amounts by currency, at the rates frozen on the entries; None where the reader may not see them.
    """

    name: str
    id: int | None
    entries: int
    hours: Decimal
    billable: Decimal
    billed: tuple[Amount, ...] | None
    cells: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class HoursBurned:
    """The report: rows, the most hours first, and their total. columns: the first day of each month or week.

    basis     which entries count, in words. left_out: rows beyond the most that are shown; the total holds them.
    """

    first: date
    last: date
    by: ReportBy
    scale: ReportColumns
    columns: tuple[date, ...]
    rows: tuple[BurnedRow, ...]
    total: BurnedRow
    projects: int
    basis: str
    left_out: int = 0


BASIS = "Hours of every status as they stand now, at the rates frozen on the entries; corrections count with their sign"


@dataclass(frozen=True, slots=True)
class BurnedEntry:
    """One entry behind the report. billed: None where no rate applied or the reader may not see it."""

    day: date
    client: str
    project: str
    person: str
    role: str
    phase: str
    note: str
    hours: Decimal
    billable: bool
    billed: Decimal | None
    currency: str
    status: str


@query(permission="hours.read_team", name="hours.burned")
def hours_burned(
    ctx: Context,
    *,
    first: date,
    last: date,
    by: ReportBy = ReportBy.PERSON,
    columns: ReportColumns = ReportColumns.MONTH,
    project: ProjectId | None = None,
    client: ShortText = "",
    person: PersonId | None = None,
    role: ShortText = "",
    phase: ShortText = "",
    billable: bool | None = None,
) -> HoursBurned:
    """Hours of some days, both inclusive, on the projects that I run, or on one of them.

    client    of projects of this client alone, by its name.
    role, phase  as they stand on the entries.
    billable  only billable hours, or only those that nobody pays for.
    """
    if last < first:
        raise Invalid(f"{last} lies before {first}.", fields=[FieldError("last", "before first", value=str(last))])
    heads = _heads(columns, first, last)
    chosen = _projects(ctx, project, client)
    only = _only(person_id=person, role=role or None, phase=phase or None, billable=billable)
    sums = _Sums(by, heads, chosen)
    for row in _added(chosen, only, by, columns, first, last):
        sums.add(row)
    money = all(sees_rates(ctx, pk) for pk in chosen)
    rows = sums.rows(money=money)
    return HoursBurned(
        first,
        last,
        by,
        columns,
        heads,
        rows[:_MOST_ROWS],
        sums.total(money=money),
        len(chosen),
        BASIS,
        max(0, len(rows) - _MOST_ROWS),
    )


def burned_entries(
    ctx: Context,
    *,
    first: date,
    last: date,
    project: int | None = None,
    client: str = "",
    person: int | None = None,
    role: str = "",
    phase: str = "",
    billable: bool | None = None,
) -> tuple[BurnedEntry, ...]:
    """The entries that `hours_burned` adds up for the same inputs, oldest first; for callers who passed its door.

    Raises Invalid above MOST_ENTRIES: a sheet that long is of no use to anybody.
    """
    chosen = _projects(ctx, project, client)
    only = _only(person_id=person, role=role or None, phase=phase or None, billable=billable)
    rows = TimeEntry.unscoped(reason="hours of projects that the actor runs").filter(
        among_ids("project_id", chosen) & only, removed_at=None, day__gte=first, day__lte=last
    )
    found = list(rows.order_by("day", "id").defer("raw")[: MOST_ENTRIES + 1])
    if len(found) > MOST_ENTRIES:
        raise Invalid(
            f"More than {MOST_ENTRIES:,} entries; choose fewer days or one project.",
            fields=[FieldError("last", f"at most {MOST_ENTRIES:,} entries", value=str(last))],
        )
    names = names_of({row.person_id for row in found})
    money = all(sees_rates(ctx, pk) for pk in chosen)
    return tuple(
        BurnedEntry(
            row.day,
            chosen[row.project_id].client,
            chosen[row.project_id].name,
            names[row.person_id],
            row.role,
            row.phase,
            row.note,
            plain(row.hours),
            row.billable,
            plain(row.bill_amount) if money and row.bill_amount is not None else None,
            row.bill_currency if money else "",
            row.status,
        )
        for row in found
    )


def _only(**columns: Any) -> Q:
    return Q(**{name: value for name, value in columns.items() if value is not None})


def _heads(columns: ReportColumns, first: date, last: date) -> tuple[date, ...]:
    """The first day of each column; the first and last column may be cut by the days asked for."""
    month = columns is ReportColumns.MONTH
    heads = [first_of_month(first) if month else monday_of(first)]
    while len(heads) <= MOST_COLUMNS:
        after = first_of_month(heads[-1] + timedelta(days=31)) if month else heads[-1] + WEEK
        if after > last:
            return tuple(heads)
        heads.append(after)
    raise Invalid(
        f"More than {MOST_COLUMNS} {columns.value}s; choose fewer days, or months.",
        fields=[FieldError("last", f"at most {MOST_COLUMNS} {columns.value}s", value=str(last))],
    )


def _projects(ctx: Context, project: int | None, client: str) -> dict[int, ProjectRow]:
    found = running(ctx, "hours.read_team")
    if project is not None:
        if project not in found:
            raise NotFound("Project not found.")
        found = {project: found[project]}
    return {pk: row for pk, row in found.items() if not client or row.client.casefold() == client.strip().casefold()}


_KEYS: dict[ReportBy, str] = {
    ReportBy.CLIENT: "project_id",
    ReportBy.PROJECT: "project_id",
    ReportBy.PERSON: "person_id",
    ReportBy.ROLE: "role",
    ReportBy.PHASE: "phase",
}


def _added(
    projects: Collection[int], only: Q, by: ReportBy, columns: ReportColumns, first: date, last: date
) -> Iterator[dict[str, Any]]:
    """Sums by row and column, `key_row` and `key_when`; a pair may come several times."""
    where = among_ids("project_id", projects) & only
    keys: dict[str, Any] = {"key_row": F(_KEYS[by])}
    entries = TimeEntry.unscoped(reason="hours of projects that the actor runs").filter(where, removed_at=None)
    if columns is ReportColumns.WEEK:
        rows = entries.filter(day__gte=first, day__lte=last)
        yield from added_entries(rows, keys | {"key_when": TruncWeek("day")})
        return
    parts = span(first, last)
    if parts.months is not None:
        since, until = parts.months
        kept = PartSum.unscoped(reason="hours of projects that the actor runs").filter(where, entries__gt=0)
        kept = kept.filter(month__gte=since, month__lte=until)
        whole = keys | {"key_when": F("month")}
        yield from added_parts(kept.annotate(**whole), whole)
    for begins, ends in parts.rest:
        for row in added_entries(entries.filter(day__gte=begins, day__lte=ends), keys):
            yield row | {"key_when": first_of_month(begins)}


class _Sum:
    """One row while it is added up, in millionths."""

    def __init__(self) -> None:
        self.entries = self.hours = self.paid = 0
        self.billed: dict[str, int] = defaultdict(int)
        self.cells: dict[date, int] = defaultdict(int)

    def add(self, row: dict[str, Any]) -> None:
        self.entries += row["n"]
        self.hours += row["worked"]
        self.paid += row["paid"]
        self.cells[row["key_when"]] += row["worked"]
        if row["bill_currency"]:
            self.billed[row["bill_currency"]] += row["billed"]


class _Sums:
    """All rows of the report and its total while they are added up."""

    def __init__(self, by: ReportBy, heads: Collection[date], projects: dict[int, ProjectRow]) -> None:
        self._by, self._heads, self._projects = by, heads, projects
        self._found: dict[Any, _Sum] = defaultdict(_Sum)
        self._all = _Sum()

    def add(self, row: dict[str, Any]) -> None:
        key = row["key_row"]
        self._found[self._projects[key].client if self._by is ReportBy.CLIENT else key].add(row)
        self._all.add(row)

    def rows(self, *, money: bool) -> tuple[BurnedRow, ...]:
        names = names_of(self._found) if self._by is ReportBy.PERSON else {}
        rows = [self._row(self._name(key, names), key, one, money=money) for key, one in self._found.items()]
        return tuple(sorted(rows, key=lambda row: (-row.hours, row.name)))

    def total(self, *, money: bool) -> BurnedRow:
        return self._row("Total", None, self._all, money=money)

    def _name(self, key: Any, names: dict[int, str]) -> str:
        if self._by is ReportBy.PERSON:
            return names[key]
        if self._by is ReportBy.PROJECT:
            return self._projects[key].name
        return str(key) or f"No {self._by.value}"

    def _row(self, name: str, key: Any, one: _Sum, *, money: bool) -> BurnedRow:
        billed = tuple(Amount(decimal(amount), currency) for currency, amount in sorted(one.billed.items()))
        return BurnedRow(
            name,
            key if isinstance(key, int) else None,
            one.entries,
            decimal(one.hours),
            decimal(one.paid),
            billed if money else None,
            tuple(decimal(one.cells[head]) for head in self._heads),
        )
