"""What each plan asks of its people, day by day: kept with the plan's stamp, and brought up to date when read.

A kept table is derived: it can be dropped at any time, and is used only while its plan bears the stamp it was made
from. A few plans that have just changed are computed for the reader; of more, the last known hours are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from headway.areas.capacity.models import KeptLoads
from headway.areas.schedule.workloads import open_plans, resource_work
from headway.engine.load_table import LoadTable, pack, table_of, unpack
from headway.kernel.among import among_ids
from headway.kernel.database.write_lock import allow_writes

WEEKS_BACK, WEEKS = 27, 83  # half a year back, for what was planned beside what was worked; 55 weeks ahead
_MOST_NOW = 6  # plans computed while somebody waits
_WHY = "derived hours of people over all projects; of hidden ones only how much"


@dataclass(frozen=True, slots=True)
class Someone:
    """A work resource of a plan as it is kept; who it is, is asked anew each time."""

    uid: int
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The days of a plan's people: rows of the table in the order of `people`."""

    stamp: str
    people: tuple[Someone, ...]
    table: LoadTable


@dataclass(frozen=True, slots=True)
class AllLoads:
    """Every open plan's days. waiting: projects whose hours are older than their plan, or not there yet."""

    first: date
    last: date
    by_project: Mapping[int, Kept]
    waiting: frozenset[int]

    @property
    def days(self) -> int:
        """How many days are kept."""
        return (self.last - self.first).days + 1


_known: dict[int, Kept] = {}


def forget() -> None:
    """Keep nothing of what was read so far in this process."""
    _known.clear()


def kept_days(today: date) -> tuple[date, date]:
    """The first and the last day that hours are kept of: from a Monday to a Sunday."""
    first = today - timedelta(days=today.weekday(), weeks=WEEKS_BACK)
    return first, first + timedelta(weeks=WEEKS, days=-1)


def all_loads(today: date) -> AllLoads:
    """The days of every plan of a project that is not closed; at most two queries where nothing has changed."""
    first, last = kept_days(today)
    stamps = open_plans()
    found = {
        project: held
        for project, stamp in stamps.items()
        if (held := _known.get(project)) is not None and held.stamp == stamp and held.table.first == first
    }
    old: dict[int, Kept] = {}
    missing = [project for project in stamps if project not in found]
    for project, held in _stored(missing) if missing else ():
        if held.stamp == stamps[project] and held.table.first == first:
            found[project] = _known[project] = held
        else:
            old[project] = held
    stale = [project for project in stamps if project not in found]
    if len(stale) <= _MOST_NOW:
        for project in stale:
            found[project] = _known[project] = compute(project, stamps[project], first=first, last=last)
        stale = []
    return AllLoads(first, last, {**old, **found} if stale else found, frozenset(stale))


def _stored(projects: Iterable[int]) -> Iterable[tuple[int, Kept]]:
    rows = KeptLoads.unscoped(reason=_WHY).filter(among_ids("project_id", list(projects)))
    for project, stamp, first, people, packed in rows.values_list("project_id", "stamp", "first", "people", "packed"):
        yield (
            project,
            Kept(
                stamp,
                tuple(Someone(uid, name, group) for uid, name, group in people),
                unpack(packed, first=first, people=len(people)),
            ),
        )


def compute(project: int, stamp: str, *, first: date, last: date) -> Kept:
    """The days of one plan's people from its rows."""
    work = resource_work(project, first=first, last=last)
    people = tuple(Someone(item.resource_uid, item.name, item.group) for item in work)
    table = table_of([item.days for item in work], first=first, days=(last - first).days + 1)
    return Kept(stamp, people, table)


def is_kept(project: int, stamp: str, first: date) -> bool:
    """Whether the stored days are of this stamp and this week."""
    return KeptLoads.unscoped(reason=_WHY).filter(project_id=project, stamp=stamp, first=first).exists()


def stale_projects(stamps: Mapping[int, str], first: date) -> list[int]:
    """Projects whose stored days are missing, of another stamp or of another week."""
    rows = KeptLoads.unscoped(reason=_WHY).filter(first=first).values_list("project_id", "stamp")
    stored = dict(rows)
    return [project for project, stamp in stamps.items() if stored.get(project) != stamp]


def keep(project: int, kept: Kept, at: datetime) -> None:
    """Store the days of one plan's people."""
    columns: dict[str, Any] = {
        "computed_at": at,
        "stamp": kept.stamp,
        "first": kept.table.first,
        "people": [[item.uid, item.name, item.group] for item in kept.people],
        "packed": pack(kept.table),
    }
    with allow_writes("hours of people, derived from plans"), transaction.atomic():
        KeptLoads.unscoped(reason=_WHY).update_or_create(
            project_id=project, defaults=columns, create_defaults=columns | {"created_at": at}
        )
