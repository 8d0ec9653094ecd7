"""The timer: one running per person, kept in the table, booked as time entries when it stops."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from headway.areas.hours.commands import log
from headway.areas.hours.models import Timer
from headway.areas.hours.queries import ZERO
from headway.areas.hours.sheets import DAY_HOURS, own_hours_on, rules, usual
from headway.areas.hours.sums import plain
from headway.areas.hours.types import RulesRow, TimerRow, TimerStopped
from headway.areas.hours.weeks import RowKey
from headway.areas.people.queries import own_organisation_defaults
from headway.areas.people.types import TimeZone
from headway.areas.projects.queries import my_person_id, named_projects
from headway.areas.projects.types import ProjectId
from headway.areas.schedule.my_tasks import tasks_by_uid
from headway.areas.schedule.queries import task as show_task
from headway.areas.schedule.types import TaskId
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.queries import query
from headway.kernel.schema import Name, Text

FORGOTTEN = timedelta(hours=12)
_MINUTE = timedelta(minutes=1)
_MILLIONTH = Decimal("0.000001")


class TimerForgotten(Conflict):
    """The timer ran so long that somebody must say when the work ended."""

    code = "timer_forgotten"


class Stretch(NamedTuple):
    """What a timer measured of one local day."""

    day: date
    start: datetime
    end: datetime
    minutes: int


@query(permission="hours.log")
def timer(ctx: Context) -> TimerRow | None:
    """My running timer; none when none runs."""
    row = _running(ctx)
    return None if row is None else _row(ctx, row)


def _running(ctx: Context) -> Timer | None:
    return Timer.visible_to(ctx).filter(person_id=my_person_id(ctx) or 0).first()


def _held(ctx: Context) -> Timer:
    """My running timer, locked: of two that stop it at once, one books."""
    row = Timer.hold(Timer.visible_to(ctx).filter(person_id=my_person_id(ctx) or 0)).first()
    if row is None:
        raise Conflict("No timer of yours is running.")
    return row


def _row(ctx: Context, row: Timer) -> TimerRow:
    ran = ctx.now - row.started_at
    project = named_projects(ctx, [row.project_id]).get(row.project_id)
    return TimerRow(
        id=row.pk,
        project_id=row.project_id,
        project_key=project.key if project else "",
        project=project.name if project else "",
        task_uid=row.task_uid,
        phase=row.phase,
        note=row.note,
        started_at=row.started_at,
        zone=row.zone,
        minutes=int(ran / _MINUTE),
        forgotten=ran > FORGOTTEN,
        version=row.version,
    )


@command(permission="hours.log")
def start_timer(
    ctx: Context,
    *,
    project: ProjectId,
    task: TaskId | None = None,
    phase: Name | None = None,
    note: Text = "",
    zone: TimeZone | None = None,
) -> TimerRow:
    """Start my timer on a project, on a task of its plan or a phase by name. Only one runs at a time.

    zone  where I am: its midnight divides the days; default: the organisation's.
    """
    me = my_person_id(ctx)
    if me is None:
        raise Invalid("Nobody is signed in whose timer this could be.", fields=[FieldError("person", "required")])
    other = _running(ctx)
    if other is not None:
        name = _row(ctx, other).project
        raise Conflict(f"Your timer runs on {name or 'another project'}. Stop or discard it first.")
    named = show_task(ctx, task=task) if task is not None else None
    row = Timer.add(
        ctx,
        person_id=me,
        project_id=project,
        task_uid=named.uid if named else None,
        phase=(phase or (named.name if named else ""))[:255],
        note=note,
        started_at=ctx.now,
        zone=zone or own_organisation_defaults()[1],
    )
    return _row(ctx, row)


@command(permission="hours.log")
def stop_timer(ctx: Context, *, ended_at: datetime | None = None, note: Text | None = None) -> TimerStopped:
    """Stop my timer and book what it measured, as a time entry for each day it ran over.

    ended_at  when the work really ended, with its offset from UTC; default: now. A timer that ran for more than
              12 hours books nothing before this is given.
    note      in place of the one given at the start.
    Less than half a minute books nothing. The house's rule rounds the whole of it.
    """
    row = _held(ctx)
    ended = _ended(ctx, row, ended_at)
    rule = rules(ctx)
    measured = stretches(row.started_at, ended, row.zone)
    task = tasks_by_uid(ctx, row.project_id, [row.task_uid]).get(row.task_uid) if row.task_uid is not None else None
    role, billable = usual(ctx, row.person_id, RowKey(row.project_id, row.task_uid, row.phase), ended.date())
    entries = []
    for stretch in rounded(measured, rule):
        hours = (Decimal(stretch.minutes) / 60).quantize(_MILLIONTH)
        _fits(ctx, row.person_id, stretch.day, hours)
        entries.append(
            log(
                ctx,
                project=row.project_id,
                day=stretch.day,
                hours=hours,
                task=task.id if task else None,
                phase=row.phase or None,
                role=role,
                billable=billable,
                note=row.note if note is None else note,
                start=stretch.start,
                end=stretch.end,
                zone=row.zone,
            )
        )
    _gone(ctx, row)
    total = sum((entry.hours for entry in entries), ZERO)
    return TimerStopped(tuple(entries), total, sum(stretch.minutes for stretch in measured), rule_in_words(rule))


def _ended(ctx: Context, row: Timer, ended_at: datetime | None) -> datetime:
    if ended_at is None:
        if ctx.now - row.started_at > FORGOTTEN:
            since = row.started_at.astimezone(ZoneInfo(row.zone))
            raise TimerForgotten(
                f"The timer has run since {since:%a} {since.day} {since:%b}, {since:%H:%M}. "
                "Say when the work ended, or discard it.",
                extra={"started_at": row.started_at.isoformat()},
            )
        return ctx.now
    if ended_at.tzinfo is None:
        raise Invalid("The end has no offset from UTC.", fields=[FieldError("ended_at", "add the offset")])
    if not row.started_at <= ended_at <= ctx.now:
        since = row.started_at.astimezone(ZoneInfo(row.zone))
        raise Invalid(
            "The work ended while the timer ran, not outside.",
            fields=[FieldError("ended_at", f"between {since:%d %b %H:%M} and now", value=ended_at.isoformat())],
        )
    return ended_at


def stretches(start: datetime, end: datetime, zone: str) -> tuple[Stretch, ...]:
    """The local days that a span runs over, each with its whole minutes; together they are the span's own minutes."""
    there = ZoneInfo(zone)
    found: list[Stretch] = []
    begun, counted = start, 0
    while begun < end:
        day = begun.astimezone(there).date()
        midnight = datetime.combine(day + timedelta(days=1), time(), there)
        until = min(end, midnight.astimezone(start.tzinfo))
        so_far = round((until - start) / _MINUTE)
        if so_far > counted:
            found.append(Stretch(day, begun, until, so_far - counted))
        begun, counted = until, so_far
    return tuple(found)


def rounded(measured: Sequence[Stretch], rule: RulesRow) -> tuple[Stretch, ...]:
    """The stretches with the total rounded by the rule, at least one step; the difference falls on the last days."""
    total = sum(stretch.minutes for stretch in measured)
    step = rule.round_minutes
    if not step or not total:
        return tuple(measured)
    wanted = -(-total // step) * step if rule.round_up else max(step, (total + step // 2) // step * step)
    apart = wanted - total
    found: list[Stretch] = []
    for stretch in reversed(measured):
        minutes = max(0, stretch.minutes + apart)
        apart -= minutes - stretch.minutes
        if minutes:
            found.append(stretch._replace(minutes=minutes))
    return tuple(reversed(found))


def rule_in_words(rule: RulesRow) -> str:
    """The rounding in use, as it stands beside what it rounded."""
    if not rule.round_minutes:
        return "to the minute"
    return f"{'up' if rule.round_up else 'rounded'} to {rule.round_minutes} minutes"


def _fits(ctx: Context, person: int, day: date, hours: Decimal) -> None:
    logged = own_hours_on(ctx, person, day)
    if logged + hours > DAY_HOURS:
        raise Invalid(
            f"{day} has {plain(logged)} hours already; with the timer's {plain(hours)} it would have more than 24. "
            "Say when the work ended, or discard the timer.",
            fields=[FieldError("ended_at", "too late", value=str(day))],
        )


@command(permission="hours.log", destructive=True)
def discard_timer(ctx: Context) -> None:
    """Take my timer away; what it measured is booked nowhere."""
    _gone(ctx, _held(ctx))


def _gone(ctx: Context, row: Timer) -> None:
    ctx.record("hours.Timer", row.pk, "", str(row), None)
    row.delete()
