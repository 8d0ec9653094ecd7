"""What changed on a project in the last week, each line leading to its records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.urls import reverse

from headway.areas.deliverables import queries as deliverables
from headway.areas.deliverables.types import SnapshotRow
from headway.areas.hours import queries as hours
from headway.areas.hours.types import GroupBy
from headway.areas.projects import histories
from headway.areas.projects.types import Charter, Happening, HappeningRow, RecordKind
from headway.areas.schedule.types import MilestoneRow
from headway.areas.schedule.weeks import WeekTask
from headway.engine.measures import Unit, shown
from headway.interfaces.web.frame import Link
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.templatetags.formats import weekday_date
from headway.kernel.access import may
from headway.kernel.context import Context

DAYS = 7
_REGISTERS = {
    RecordKind.RISK: "risks",
    RecordKind.ISSUE: "issues",
    RecordKind.DECISION: "decisions",
    RecordKind.ASSUMPTION: "assumptions",
}


@dataclass(frozen=True, slots=True)
class Logged:
    """What somebody recorded on a day."""

    person: str
    person_id: int
    day: date
    hours: Decimal


def logged_in(ctx: Context, project: Charter, *, first: date, last: date) -> tuple[Logged, ...]:
    """The hours of some days by person and day; members see their own, who may see none, none."""
    if not may(ctx, "hours.read", project_id=project.id):
        return ()
    rows = hours.totals(ctx, project=project.id, by=(GroupBy.PERSON, GroupBy.DAY), first=first, last=last)
    return tuple(
        Logged(row.keys[0], row.person_id, date.fromisoformat(row.keys[1]), row.hours)
        for row in rows
        if row.person_id is not None
    )


@dataclass(frozen=True, slots=True)
class Changed:
    """One line: a finding, and the records that it was counted from."""

    words: str
    icon: str
    records: tuple[Link, ...] = ()
    href: str = ""


def changes(
    ctx: Context,
    project: Charter,
    *,
    today: date,
    finished: Sequence[WeekTask],
    milestones: Iterable[MilestoneRow],
    logged: Iterable[Logged],
    locale: Locale,
) -> tuple[Changed, ...]:
    """The lines of the last seven days, work first. Those a person may not see are left out."""
    first = today - timedelta(days=DAYS)
    found = [*_finished(project, finished), *_moved(ctx, project, first, milestones, locale)]
    if may(ctx, "hours.read", project_id=project.id):
        found += _burned(ctx, project, first, logged)
    if may(ctx, "projects.read_registers", project_id=project.id):
        since = datetime.combine(first, time(), ZoneInfo(project.time_zone)).astimezone(UTC)
        found += _happened(project, histories.happenings(ctx, project=project.id, since=since))
    return tuple(found)


def _finished(project: Charter, tasks: Sequence[WeekTask]) -> list[Changed]:
    if not tasks:
        return []
    links = tuple(Link(task.name, reverse("task", args=[project.key, task.id])) for task in tasks)
    return [Changed(f"{_many(len(tasks), 'task')} finished", "circle-check", links)]


def _moved(
    ctx: Context, project: Charter, first: date, milestones: Iterable[MilestoneRow], locale: Locale
) -> list[Changed]:
    """Milestones whose forecast differs from that in the newest report made before the week."""
    if not may(ctx, "deliverables.read_snapshots", project_id=project.id):
        return []
    rows = deliverables.snapshots(ctx, project=project.id)
    report = next((row for row in rows if row.kind == "status" and row.as_of <= first), None)
    if report is None:
        return []
    before = _forecasts(ctx, project, report)
    found = []
    for mark in milestones:
        old = before.get(mark.name)
        now = mark.actual or mark.forecast
        if old is None or old == now:
            continue
        way = "later" if now > old else "earlier"
        words = f"{mark.name} moved {_many(abs((now - old).days), 'day')} {way}, to {weekday_date(now, locale)}"
        since = Link(
            f"from {weekday_date(old, locale)} in report {report.number}", reverse("reports", args=[project.key])
        )
        found.append(Changed(words, "flag", (since,), reverse("plan", args=[project.key])))
    return found


def _forecasts(ctx: Context, project: Charter, report: SnapshotRow) -> dict[str, date]:
    _, data = deliverables.numbered_snapshot(ctx, project.id, report.number)
    marks = json.loads(data["snapshot"])["milestones"] or ()
    return {mark["name"]: date.fromisoformat(mark["actual"] or mark["forecast"]) for mark in marks}


def _burned(ctx: Context, project: Charter, first: date, logged: Iterable[Logged]) -> list[Changed]:
    """Hours of the last seven days beside those of the seven before. Members see their own."""
    before = burned = Decimal(0)
    for row in logged:
        if first < row.day <= first + timedelta(days=DAYS):
            burned += row.hours
        elif first - timedelta(days=DAYS) < row.day <= first:
            before += row.hours
    if not burned and not before:
        return []
    own = "" if may(ctx, "hours.read_team", project_id=project.id) else "of your own "
    words = f"{shown(burned, Unit.HOURS)} h {own}burned; the week before {shown(before, Unit.HOURS)} h"
    return [Changed(words, "clock", (), reverse("hours", args=[project.key]))]


def _happened(project: Charter, rows: Iterable[HappeningRow]) -> list[Changed]:
    grouped: dict[tuple[RecordKind, Happening], list[HappeningRow]] = {}
    for row in rows:
        grouped.setdefault((row.kind, row.what), []).append(row)
    order = [(kind, what) for kind in _REGISTERS for what in Happening if (kind, what) in grouped]
    return [_group(project, kind, what, grouped[kind, what]) for kind, what in order]


def _group(project: Charter, kind: RecordKind, what: Happening, rows: list[HappeningRow]) -> Changed:
    links = tuple(
        Link(f"{row.ref} {row.title}", reverse("record", args=[project.key, _REGISTERS[kind], row.number]))
        for row in rows
    )
    if what is Happening.NEW:
        words = f"{_many(len(rows), f'new {kind.value}')}"
    elif what is Happening.DECIDED:
        words = f"{_many(len(rows), 'decision')} taken"
    else:
        words = f"{_many(len(rows), kind.value)} {'closed' if what is Happening.CLOSED else 'open again'}"
    icons = {RecordKind.RISK: "alert-triangle", RecordKind.ISSUE: "alert-circle", RecordKind.DECISION: "checklist"}
    return Changed(words, icons.get(kind, "info-circle"), links)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
