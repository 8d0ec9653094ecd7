"""Entries as they are told to somebody outside: day, task, hours; names and notes where the caller asks for them.

The caller has passed its own door. No rate and no amount leaves this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from headway.areas.hours.models import TimeEntry
from headway.areas.hours.sums import plain
from headway.areas.people.queries import names_of


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """One entry without money. task: its phase or row, '' = none named. person, note: '' where not asked for."""

    day: date
    task: str
    hours: Decimal
    billable: bool
    person: str
    note: str


def told_entries(
    project_id: int, *, first: date, last: date, phase: str = "", billable_only: bool = False, inside: bool = False
) -> tuple[ToldEntry, ...]:
    """Entries of some days, both inclusive, oldest first: the same that `queries.burned_by_day` adds up.

    inside  with the people's names and the notes.
    """
    rows = TimeEntry.unscoped(reason="hours of a visible project, without money").filter(
        project_id=project_id, removed_at=None, day__gte=first, day__lte=last
    )
    if phase:
        rows = rows.filter(phase__iexact=phase)
    if billable_only:
        rows = rows.filter(billable=True)
    found = list(rows.order_by("day", "id").defer("raw"))
    names = names_of({row.person_id for row in found}) if inside else {}
    return tuple(
        ToldEntry(
            row.day,
            row.phase,
            plain(row.hours),
            row.billable,
            names.get(row.person_id, ""),
            row.note if inside else "",
        )
        for row in found
    )
