"""Care of the installation from inside: its examination, its backups, long undo lists, the year's public holidays.

The work itself is done by jobs (`headway doctor`, `headway backup` do the same from the command line); here it is
asked for, and what it left is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Protocol

import holidays as public_holidays

from headway.areas.people import commands as people
from headway.areas.people import queries as house
from headway.areas.people.types import DayOff, HolidayRow
from headway.areas.projects.types import ProjectId
from headway.areas.schedule import commands as schedule
from headway.areas.schedule import pruning
from headway.areas.schedule.types import Effect
from headway.kernel import jobs, ports, settings
from headway.kernel.commands import command
from headway.kernel.context import Channel, Context, system_context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.jobs_models import InstallationNote
from headway.kernel.queries import query
from headway.kernel.schema import Name

CARE = "care of the installation"  # the port behind which the worker does it
_FOLDER = "backups"
# How many backups stay in the data folder; what else lies there is never removed.
KEPT_NIGHTLY = 7
KEPT_ASKED = 5
_MOST_LISTED = 30
_YEARS = (1990, 2100)
_WORKING_DAYS = 5


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One thing that was looked at. state: 'good', 'so_so' (should be known) or 'bad' (must be mended)."""

    what: str
    state: str
    says: str


@dataclass(frozen=True, slots=True)
class Health:
    """What the last examination found; `at` None = there has been none."""

    at: datetime | None
    findings: tuple[FindingRow, ...]


@dataclass(frozen=True, slots=True)
class BackupRow:
    """A backup in the data folder. bytes: its size."""

    name: str
    at: datetime
    bytes: int


@dataclass(frozen=True, slots=True)
class Backups:
    """The backups in the data folder, newest first; when one was last made and last proved, and what failed.

    more  how many older ones lie there beside those that are listed.
    kept_nightly, kept_asked  how many of the nightly ones and of those asked for stay.
    """

    folder: str
    items: tuple[BackupRow, ...]
    more: int
    kept_nightly: int
    kept_asked: int
    made_at: datetime | None
    made_failed: str
    proved_at: datetime | None
    proved_failed: str


@query(permission="house.read_health", name="house.health")
def health(ctx: Context) -> Health:
    """What the last examination of the installation found, the worst first."""
    at, value = _note("examination")
    order = {"bad": 0, "so_so": 1, "good": 2}
    found = [FindingRow(**item) for item in value.get("findings", ())]
    return Health(at, tuple(sorted(found, key=lambda item: order.get(item.state, 0))))


@command(permission="house.examine", name="house.examine")
def examine(ctx: Context) -> None:
    """Have the installation examined in the background: database, audit, files, backups, workers, child processes."""
    jobs.enqueue("house.examine", {}, unique=f"examine {_stamp(ctx.now)}")


@query(permission="house.read_health", name="house.backups")
def backups(ctx: Context) -> Backups:
    """The backups in the data folder, and how the last one and its drill went."""
    folder = settings.read().home / _FOLDER
    found = []
    for path in sorted(folder.glob("*.headway")) if folder.is_dir() else ():
        seen = path.stat()
        found.append(BackupRow(path.name, datetime.fromtimestamp(seen.st_mtime, UTC), seen.st_size))
    made_at, made = _note("backup")
    proved_at, proved = _note("drill")
    newest = tuple(sorted(found, key=lambda item: item.at, reverse=True))
    return Backups(
        str(folder),
        newest[:_MOST_LISTED],
        max(0, len(newest) - _MOST_LISTED),
        KEPT_NIGHTLY,
        KEPT_ASKED,
        made_at,
        made.get("failed", ""),
        proved_at,
        proved.get("failed", ""),
    )


@command(permission="house.back_up", name="house.back_up")
def back_up(ctx: Context) -> None:
    """Have a backup made and proved in the background, into the data folder."""
    stamp = _stamp(ctx.now)
    jobs.enqueue("house.back_up", {"stamp": stamp}, unique=f"back up {stamp}")


class Care(Protocol):
    """Who does what is asked for here."""

    def back_up(self, stamp: str) -> None: ...
    def examine(self) -> None: ...


def _care() -> Care:
    found: Care | None = ports.service(CARE)
    if found is None:
        raise jobs.GiveUp("This process does not care for the installation; 'headway serve' and 'headway worker' do.")
    return found


@jobs.job("house.examine", queue=jobs.LONG)
def examine_now(_payload: dict[str, Any]) -> None:
    """Do the examination that was asked for."""
    _care().examine()


@jobs.job("house.back_up", queue=jobs.LONG)
def back_up_now(payload: dict[str, Any]) -> None:
    """Make the backup that was asked for."""
    _care().back_up(str(payload["stamp"]))


@jobs.periodic("house.prune_undo_lists", at=time(4, 30), queue=jobs.LONG)
def prune_undo_lists(_payload: dict[str, Any]) -> int:
    """Take what is too old out of the undo lists of plans, each plan in a transaction of its own; gives how many."""
    ctx = system_context("undo lists are kept from growing for ever", channel=Channel.JOB)
    return sum(pruning.prune_changes(ctx, project=project) for project in pruning.long_undo_lists(ctx))


@command(permission="people.edit_holidays", name="house.take_public_holidays", idempotent=True)
def take_public_holidays(ctx: Context, *, country: Name, year: int) -> tuple[HolidayRow, ...]:
    """Enter a year's public holidays that fall on working days. Gives those that were not there yet.

    country  ISO 3166: 'DE', or with a region 'DE-BY'.
    """
    if not _YEARS[0] <= year <= _YEARS[1]:
        raise Invalid(f"Give a year from {_YEARS[0]} to {_YEARS[1]}.", fields=[FieldError("year", "out of range")])
    days = holidays_of(country, (year,))
    found = tuple(DayOff(day, name) for day, name in days.items() if day.weekday() < _WORKING_DAYS)
    return people.add_holidays(ctx, days=found)


@command(permission="schedule.edit", name="house.holidays_into_plan", idempotent=True)
def holidays_into_plan(ctx: Context, *, project: ProjectId) -> Effect:
    """Take the house's holidays into a project's calendar; days that are non-working there already stay as they are."""
    days = tuple(DayOff(row.day, row.name) for row in house.holidays(ctx))
    if not days:
        raise Invalid("The house has no holidays yet. Enter them in the settings, under Calendar.")
    return schedule.take_days_off(ctx, project=project, days=days)


def holidays_of(country: str, years: tuple[int, ...]) -> dict[date, str]:
    """A country's public holidays by day; raises Invalid for a country that is not known."""
    land, _, region = country.strip().upper().partition("-")
    try:
        found = public_holidays.country_holidays(land, subdiv=region or None, years=years)
    except NotImplementedError:
        raise Invalid(
            f"No holidays are known for '{country}'. Give a country as 'DE', or with a region as 'DE-BY'.",
            fields=[FieldError("country", "unknown", value=country)],
        ) from None
    return {day: str(found[day]) for day in sorted(found)}


def _note(name: str) -> tuple[datetime | None, Mapping[str, Any]]:
    row = InstallationNote.objects.filter(name=name).first()
    return (row.at, row.value) if row is not None else (None, {})


def _stamp(now: datetime) -> str:
    return now.strftime("%Y%m%dT%H%M%SZ")
