"""Weeks over all projects: a person's own sheet, the team's week, the sheets that wait for approval.

Not here: changing a cell or handing in a week (`sheets`), the week of one project (`queries`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import TruncWeek

from headway.areas.hours.models import TimeEntry
from headway.areas.hours.queries import TRAILING_WEEKS, ZERO
from headway.areas.hours.sums import decimal, exact, plain
from headway.areas.hours.types import (
    CLOSED,
    DayTotal,
    EntryStatus,
    MyWeek,
    MyWeekRow,
    Sheet,
    StatusTotal,
    TeamRow,
    TeamWeek,
    WeekCell,
    WeekTotal,
)
from headway.areas.people.away import away_days
from headway.areas.people.queries import holidays_from, names_of
from headway.areas.projects.keeping import kept_while_still
from headway.areas.projects.queries import my_person_id, named_projects
from headway.areas.projects.types import ProjectRow
from headway.areas.schedule.my_tasks import people_planned, planned_for, working_days
from headway.kernel.access import may
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.queries import once, query

WEEK = timedelta(days=7)
LOGGED, ASSIGNED, LAST_WEEK = "logged", "assigned", "last week"
_RANKS = {status.value: rank for rank, status in enumerate(EntryStatus)}
_MOST_SHEETS = 500
EARLIER = 8  # weeks before the one that is shown


class RowKey(NamedTuple):
    """What makes a row of a week sheet: a task of a project, or a phase by its name."""

    project_id: int
    task_uid: int | None
    phase: str


def monday_of(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def key_of(entry: TimeEntry) -> RowKey:
    """The row that an entry stands in."""
    return RowKey(entry.project_id, entry.task_uid, entry.phase)


def own_entries(ctx: Context, person_id: int, first: date, last: date) -> QuerySet[TimeEntry]:
    """A person's entries of some days that the actor may see, in the order of the days."""
    rows = TimeEntry.visible_to(ctx).filter(person_id=person_id, removed_at=None, day__gte=first, day__lte=last)
    return rows.defer("raw").order_by("day", "id")


@query(permission="hours.read")
def my_week(ctx: Context, *, day: date) -> MyWeek:
    """My week over all projects: rows by project and task, days, totals, and what I can work.

    Beside what is logged, rows are offered for the tasks that I am assigned to in this week, and for the rows of
    the week before.
    """
    monday = monday_of(day)
    sunday = monday + timedelta(days=6)
    me = my_person_id(ctx)
    entries = list(own_entries(ctx, me or 0, monday - WEEK, sunday))
    this_week = [entry for entry in entries if entry.day >= monday]
    offered: dict[RowKey, str] = {key_of(entry): LOGGED for entry in this_week}
    tasks = planned_for(ctx, me, monday, sunday) if me is not None else ()
    known = {(key.project_id, key.task_uid) for key in offered}
    for task in tasks:
        if (task.project_id, task.uid) not in known:
            offered[RowKey(task.project_id, task.uid, task.name)] = ASSIGNED
    known = {(key.project_id, key.task_uid) for key in offered if key.task_uid is not None}
    for entry in entries:
        key = key_of(entry)
        if (key.project_id, key.task_uid) not in known:
            offered.setdefault(key, LAST_WEEK)
    projects = named_projects(ctx, {key.project_id for key in offered})
    days = [monday + timedelta(days=step) for step in range(7)]
    rows = [
        _row(ctx, key, why, projects[key.project_id], days, this_week)
        for key, why in offered.items()
        if key.project_id in projects
    ]
    rows = [row for row in rows if row.why == LOGGED or row.cells[0].open]
    can = working_days(ctx, me or 0, monday, sunday)
    columns = tuple(
        DayTotal(on, sum((row.cells[place].hours for row in rows), ZERO), can.hours[on], can.off.get(on, ""))
        for place, on in enumerate(days)
    )
    return MyWeek(
        first=monday,
        rows=tuple(sorted(rows, key=lambda row: (row.project, row.project_id, row.why != LOGGED, row.phase))),
        days=columns,
        total=sum((column.hours for column in columns), ZERO),
        capacity=sum((column.capacity for column in columns), ZERO),
        capacity_source=can.source,
        states=_states(this_week),
        earlier=_earlier(ctx, me or 0, monday),
    )


def _row(
    ctx: Context, key: RowKey, why: str, project: ProjectRow, days: Sequence[date], entries: Iterable[TimeEntry]
) -> MyWeekRow:
    mine = [entry for entry in entries if key_of(entry) == key]
    log = may(ctx, "hours.log", project_id=project.id)
    cells = tuple(cell_of(on, [entry for entry in mine if entry.day == on], may_log=log) for on in days)
    total = sum((cell.hours for cell in cells), ZERO)
    return MyWeekRow(project.id, project.key, project.name, key.task_uid, key.phase, why, cells, total)


def cell_of(day: date, entries: Sequence[TimeEntry], *, may_log: bool) -> WeekCell:
    """The cell that these entries of one row and day make."""
    statuses = [entry.status for entry in entries]
    return WeekCell(
        day=day,
        hours=plain(sum((entry.hours for entry in entries), ZERO)),
        entries=len(entries),
        entry_id=entries[0].pk if len(entries) == 1 else None,
        status=EntryStatus(min(statuses, key=_RANKS.__getitem__)) if statuses else None,
        notes=tuple(entry.note for entry in entries if entry.note),
        returned=next((entry.returned for entry in entries if entry.returned), ""),
        open=may_log and not CLOSED & set(statuses),
    )


def _states(entries: Sequence[TimeEntry]) -> tuple[StatusTotal, ...]:
    found = []
    for status in EntryStatus:
        some = [entry.hours for entry in entries if entry.status == status.value]
        if some:
            found.append(StatusTotal(status, len(some), plain(sum(some, ZERO))))
    return tuple(found)


def _earlier(ctx: Context, person_id: int, monday: date) -> tuple[WeekTotal, ...]:
    rows = own_entries(ctx, person_id, monday - EARLIER * WEEK, monday - timedelta(days=1)).order_by()
    hours: dict[date, Decimal] = {}
    status: dict[date, str] = {}
    for row in rows.values("day", "status").annotate(worked=exact("hours")).order_by("-day", "status"):
        week = monday_of(row["day"])
        hours[week] = hours.get(week, ZERO) + decimal(row["worked"])
        status[week] = min(status.get(week, row["status"]), row["status"], key=_RANKS.__getitem__)
    return tuple(WeekTotal(week, worked, EntryStatus(status[week])) for week, worked in hours.items())


class _Monday(TruncWeek):
    """The first day of a day's week, also in SQLite without a call back for each row."""

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        inner, parameters = compiler.compile(self.lhs)
        return f"date({inner}, 'weekday 0', '-6 days')", parameters


def running(ctx: Context, permission: str) -> dict[int, ProjectRow]:
    """The projects on which the actor may do this, by id."""
    every = once(ctx, "projects of hours", lambda: named_projects(ctx))
    return {pk: row for pk, row in every.items() if may(ctx, permission, project_id=pk)}


def entries_on(projects: Collection[int]) -> QuerySet[TimeEntry]:
    """The entries of visible projects whose whole team the actor may see.

    Without the visibility rule, which would only name the same projects again: PostgreSQL multiplies two lists, and
    so takes every index to cost more than reading the whole table.
    """
    rows = TimeEntry.unscoped(reason="hours of visible projects that the actor runs or oversees")
    return rows.filter(among_ids("project_id", projects), removed_at=None)


@query(permission="hours.read")
def waiting_sheets(ctx: Context) -> tuple[Sheet, ...]:
    """The hours handed in on all projects where I may approve, by week, project and person, the oldest week first."""
    projects = running(ctx, "hours.approve")
    me = my_person_id(ctx)
    waiting = kept_while_still(ctx, "hours.waiting", projects, _handed_in)
    found = sorted((row for rows in waiting.values() for row in rows), key=_WEEK_PROJECT_PERSON)[:_MOST_SHEETS]
    names = names_of(row["person_id"] for row in found)
    sheets = [
        Sheet(
            project_id=row["project_id"],
            project_key=projects[row["project_id"]].key,
            project=projects[row["project_id"]].name,
            person_id=row["person_id"],
            person=names[row["person_id"]],
            week=row["week"],
            entries=row["entries"],
            hours=decimal(row["worked"]),
            billable=decimal(row["paid"]),
            without_note=row["bare"],
            own=row["person_id"] == me,
        )
        for row in found
    ]
    return tuple(sorted(sheets, key=lambda sheet: (sheet.week, sheet.project, sheet.person)))


_WEEK_PROJECT_PERSON = itemgetter("week", "project_id", "person_id")


def _handed_in(_ctx: Context, project_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    """By project, what each person handed in of each week."""
    rows = entries_on(project_ids).filter(status=EntryStatus.SUBMITTED.value)
    summed = (
        rows.annotate(week=_Monday("day"))
        .values("week", "project_id", "person_id")
        .annotate(
            entries=Count("id"),
            worked=exact("hours"),
            paid=exact("hours", only=Q(billable=True)),
            bare=Count("id", filter=Q(note="")),
        )
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for row in summed.order_by():
        found.setdefault(row["project_id"], []).append(dict(row))
    return found


@query(permission="hours.read")
def team_week(ctx: Context, *, day: date) -> TeamWeek:
    """Who has logged what in the week that holds a day, over all projects that I run; who is missing comes first.

    Expected is whoever logged hours on one of them in the four weeks before, or is assigned to a task whose dates
    touch the week.
    """
    monday = monday_of(day)
    projects = running(ctx, "hours.read_team")
    logged = kept_while_still(ctx, "hours.team", projects, partial(logged_of, monday), beside=lambda _: monday)
    pairs = {(who, pk): earliest for pk, one in logged.items() for who, earliest in one.earliest.items()}
    before = {pair for pair, earliest in pairs.items() if earliest < monday}
    planned = people_planned(list(projects), monday, monday + timedelta(days=6), besides=before)
    expected = {person_id for person_id, _ in before | planned}
    on: dict[int, set[int]] = {}
    for person_id, project_id in planned.union(pairs):
        on.setdefault(person_id, set()).add(project_id)
    days: dict[int, list[Decimal]] = {}
    status: dict[int, str] = {}
    for one in logged.values():
        for who, day_, state, worked in one.days:
            days.setdefault(who, [ZERO] * 7)[(day_ - monday).days] += decimal(worked)
            status[who] = min(status.get(who, state), state, key=_RANKS.__getitem__)
    names = names_of(on)
    away = away_all_week(expected - days.keys(), monday)
    rows = [
        TeamRow(
            person_id=who,
            person=names[who],
            days=tuple(days.get(who, [ZERO] * 7)),
            total=sum(days.get(who, ()), ZERO),
            status=EntryStatus(status[who]) if who in status else None,
            projects=tuple(sorted(projects[pk].name for pk in on[who])),
            missing=who in expected and who not in days and who not in away,
            away=who in away,
        )
        for who in on
    ]
    ordered = tuple(sorted(rows, key=lambda row: (not row.missing, row.person, row.person_id)))
    return TeamWeek(monday, ordered, len(expected - away), sum(row.missing for row in rows))


def away_all_week(people: Collection[int], monday: date) -> set[int]:
    """Those who were on leave from Monday to Friday, but for holidays."""
    friday = monday + timedelta(days=4)
    away = away_days(people, monday, friday) if people else {}
    off = {day for day, _ in holidays_from(monday)} if away else set()
    week = [monday + timedelta(days=step) for step in range(5)]
    return {who for who, days in away.items() if all(day in off or days.get(day) == 1 for day in week)}


@dataclass(slots=True)
class _Logged:
    """What was logged on a project.

    earliest  by person, the first of their days in the week or the four before it.
    days      person, day, status and millionths of hours of the week.
    """

    earliest: dict[int, date] = field(default_factory=dict)
    days: list[tuple[int, date, str, int]] = field(default_factory=list)


def logged_of(monday: date, _ctx: Context, project_ids: list[int]) -> dict[int, _Logged]:
    """By project, what was logged in the week and in the four before it."""
    rows = entries_on(project_ids).filter(day__lte=monday + timedelta(days=6)).order_by()
    trailing = rows.filter(day__gte=monday - timedelta(weeks=TRAILING_WEEKS))
    found: dict[int, _Logged] = {}
    for project_id, who, earliest in trailing.values_list("project_id", "person_id").annotate(Min("day")):
        found.setdefault(project_id, _Logged()).earliest[who] = earliest
    columns = ("project_id", "person_id", "day", "status")
    for project_id, *one in rows.filter(day__gte=monday).values_list(*columns).annotate(exact("hours")):
        found[project_id].days.append(tuple(one))
    return found
