"""Meetings of one's own calendar file as proposed hours: kept, guessed where they belong, accepted one by one or all.

Nothing is entered unasked. A meeting is known by its uid and start, so that the same file proposes nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import StringConstraints

from headway.areas.hours.commands import log, remove
from headway.areas.hours.models import Meeting, TimeEntry
from headway.areas.hours.quick import projects_named_in
from headway.areas.hours.sheets import DAY_HOURS, own_hours_on, usual
from headway.areas.hours.sums import plain
from headway.areas.hours.types import (
    CLOSED,
    EntryRow,
    Hours,
    MeetingLeft,
    MeetingRow,
    MeetingsLogged,
    MeetingsRead,
    MeetingState,
)
from headway.areas.hours.weeks import WEEK, RowKey, monday_of
from headway.areas.people.queries import emails_of, organisations_of, own_organisation_defaults
from headway.areas.projects.queries import my_person_id, named_projects
from headway.areas.projects.types import ProjectId, ProjectRow
from headway.areas.schedule.my_tasks import tasks_by_uid
from headway.documents.child import Refused
from headway.documents.exchange import ics_reading
from headway.kernel.access import may
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, HeadwayError, Invalid
from headway.kernel.queries import query
from headway.kernel.schema import SECRET, ShortText, Text

CalendarText = Annotated[str, StringConstraints(min_length=1, max_length=ics_reading.LONGEST), SECRET]
LONGEST = timedelta(days=62)
_SHOWN = 200
_MILLIONTH = Decimal("0.000001")


@query(permission="hours.log")
def meetings(
    ctx: Context, *, state: MeetingState = MeetingState.OPEN, first: date | None = None, last: date | None = None
) -> tuple[MeetingRow, ...]:
    """My meetings that a calendar file proposed as hours, by start; those that still wait, unless said otherwise."""
    rows = Meeting.visible_to(ctx).filter(person_id=my_person_id(ctx) or 0, state=state.value)
    if first is not None:
        rows = rows.filter(day__gte=first)
    if last is not None:
        rows = rows.filter(day__lte=last)
    return _rows(ctx, rows.order_by("start", "id")[:_SHOWN])


def _rows(ctx: Context, found: Iterable[Meeting]) -> tuple[MeetingRow, ...]:
    rows = list(found)
    projects = named_projects(ctx, {row.project_id for row in rows if row.project_id is not None})
    return tuple(_row(row, projects.get(row.project_id or 0)) for row in rows)


def _row(row: Meeting, project: ProjectRow | None) -> MeetingRow:
    there = ZoneInfo(row.zone)
    return MeetingRow(
        row.pk,
        row.title,
        row.start.astimezone(there),
        row.end.astimezone(there),
        row.zone,
        row.day,
        plain(row.hours),
        project.id if project else None,
        project.key if project else "",
        project.name if project else "",
        row.task_uid if project else None,
        row.phase if project else "",
        row.why,
        MeetingState(row.state),
        row.entry_id,
        row.version,
    )


# --- proposing --------------------------------------------------------------------------------


@command(permission="hours.log", idempotent=True)
def propose_meetings(
    ctx: Context, *, calendar: CalendarText, first: date | None = None, last: date | None = None
) -> MeetingsRead:
    """Read a calendar file (.ics) of mine and propose its meetings of some days as hours; nothing is logged by that.

    first, last  days, both inclusive; default: from Monday of last week until today. At most 62 days.
    Whole days, cancelled and declined meetings and time marked as free are left out. A meeting that was proposed once
    is not proposed again.
    """
    me = _me(ctx)
    zone = ZoneInfo(own_organisation_defaults()[1])
    today = ctx.now.astimezone(zone).date()
    begin, end = first or monday_of(today) - WEEK, min(last or today, today)
    if not begin <= end <= begin + LONGEST:
        raise Invalid(
            f"{begin} to {end} are no days of which a calendar is read. Give at most 62 days that have come.",
            fields=[FieldError("first", "at most 62 days, none ahead", value=str(begin))],
        )
    own = emails_of([me]).get(me, "")
    try:
        read = ics_reading.read_calendar(calendar, first=begin, last=end, zone=zone, owner=[own] if own else [])
    except Refused as refusal:
        raise Invalid(refusal.message, fields=[FieldError("calendar", "a calendar file (.ics)")]) from refusal
    keys = {_key(meeting): meeting for meeting in read.meetings}
    known = set(Meeting.visible_to(ctx).filter(person_id=me, key__in=keys).values_list("key", flat=True))
    fresh = {key: meeting for key, meeting in keys.items() if key not in known}
    guess = _Guess(ctx, me, own, fresh.values()) if fresh else None
    made = [_kept(ctx, me, key, meeting, zone, guess) for key, meeting in fresh.items() if guess is not None]
    return MeetingsRead(begin, end, _rows(ctx, made), len(known), dict(read.left_out))


def _me(ctx: Context) -> int:
    person = my_person_id(ctx)
    if person is None:
        raise Invalid("Nobody is signed in whose calendar this could be.", fields=[FieldError("person", "required")])
    return person


def _key(meeting: ics_reading.Meeting) -> str:
    said = f"{meeting.uid}\n{meeting.occurrence.timestamp():.0f}"
    return blake2b(said.encode(), digest_size=20).hexdigest()


def _kept(ctx: Context, me: int, key: str, meeting: ics_reading.Meeting, zone: ZoneInfo, guess: _Guess) -> Meeting:
    place = guess.of(meeting)
    minutes = round((meeting.end - meeting.start) / timedelta(minutes=1))
    return Meeting.add(
        ctx,
        person_id=me,
        key=key,
        title=meeting.title[:500],
        start=meeting.start,
        end=meeting.end,
        zone=str(zone),
        day=meeting.start.astimezone(zone).date(),
        hours=(Decimal(minutes) / 60).quantize(_MILLIONTH),
        project_id=place.project_id,
        task_uid=place.task_uid,
        phase=place.phase,
        why=place.why[:500],
    )


@dataclass(frozen=True, slots=True)
class _Belongs:
    """Where a meeting is thought to belong, and why."""

    project_id: int | None
    why: str
    task_uid: int | None = None
    phase: str = ""


class _Guess:
    """Where meetings belong: as one logged the same before, by what their titles name, by who takes part."""

    def __init__(self, ctx: Context, me: int, own: str, found: Iterable[ics_reading.Meeting]) -> None:
        those: Sequence[ics_reading.Meeting] = list(found)
        projects = named_projects(ctx)
        self.known = {pk: row for pk, row in projects.items() if may(ctx, "hours.log", project_id=pk)}
        self.own = own.lower()
        self.people = organisations_of({address for meeting in those for address in meeting.attendees})
        self.before: Mapping[str, TimeEntry] = {
            row.title.casefold(): row.entry
            for row in Meeting.visible_to(ctx)
            .filter(person_id=me, title__in={meeting.title[:500] for meeting in those}, entry__removed_at=None)
            .exclude(entry=None)
            .select_related("entry")
            .order_by("start")
            if row.entry is not None
        }

    def of(self, meeting: ics_reading.Meeting) -> _Belongs:
        """The project with its reason; None with what is not sure."""
        entry = self.before.get(meeting.title[:500].casefold())
        if entry is not None and entry.project_id in self.known:
            return _Belongs(entry.project_id, "you logged it there before", entry.task_uid, entry.phase)
        named = projects_named_in(meeting.title, self.known)
        guests = [self.people[one] for one in meeting.attendees if one in self.people and one != self.own]
        clients = {organisation: name for name, organisation in guests}
        theirs = {pk for pk, row in self.known.items() if row.client and row.client in clients}
        if len(named) == 1:
            return _Belongs(next(iter(named)), "the title names it")
        both = (named & theirs) if named else theirs
        if len(both) == 1:
            (pk,) = both
            client = self.known[pk].client
            return _Belongs(
                pk, f"{clients[client]} of {client} takes part" if client in clients else "the title names it"
            )
        among = both or named
        if among:
            names = " or ".join(sorted(self.known[pk].key for pk in among)[:4])
            return _Belongs(None, f"may be {names}: choose")
        return _Belongs(None, "nothing in it names a project: choose")


# --- deciding ---------------------------------------------------------------------------------


@command(permission="hours.log", changes="meeting")
def accept_meeting(
    ctx: Context,
    *,
    meeting: Meeting,
    project: ProjectId | None = None,
    task_uid: int | None = None,
    phase: ShortText | None = None,
    hours: Hours | None = None,
    note: Text | None = None,
) -> EntryRow:
    """Log a meeting of my calendar as hours; what is not given is as proposed.

    project  needed where none is proposed; another one than proposed leaves its task and phase behind.
    note     default: the meeting's title.
    """
    return _accept(ctx, meeting, project=project, task_uid=task_uid, phase=phase, hours=hours, note=note)


def _accept(
    ctx: Context,
    meeting: Meeting,
    *,
    project: int | None = None,
    task_uid: int | None = None,
    phase: str | None = None,
    hours: Decimal | None = None,
    note: str | None = None,
) -> EntryRow:
    if meeting.state != MeetingState.OPEN.value:
        raise Conflict(f"“{meeting.title}” is {meeting.state} already.")
    where = project if project is not None else meeting.project_id
    if where is None:
        raise Invalid(
            f"Say on which project “{meeting.title}” is logged.", fields=[FieldError("project", "choose one")]
        )
    as_proposed = where == meeting.project_id
    uid = task_uid if task_uid is not None else meeting.task_uid if as_proposed and phase is None else None
    task = tasks_by_uid(ctx, where, [uid]).get(uid) if uid is not None else None
    name = phase if phase is not None else task.name if task else meeting.phase if as_proposed else ""
    worked = meeting.hours if hours is None else hours
    there = own_hours_on(ctx, meeting.person_id, meeting.day)
    if there + worked > DAY_HOURS:
        raise Invalid(
            f"{meeting.day} would have {plain(there + worked)} hours; a day has 24, and {plain(there)} are logged.",
            fields=[FieldError("hours", "more than a day has", value=str(worked))],
        )
    role, billable = usual(ctx, meeting.person_id, RowKey(where, uid if task else None, name), meeting.day)
    entry: EntryRow = log(
        ctx,
        project=where,
        day=meeting.day,
        hours=worked,
        task=task.id if task else None,
        phase=name or None,
        role=role,
        billable=billable,
        note=meeting.title if note is None else note,
        start=meeting.start if hours is None else None,
        end=meeting.end if hours is None else None,
        zone=meeting.zone,
    )
    meeting.change(ctx, state=MeetingState.LOGGED.value, entry_id=entry.id, project_id=where)
    return entry


@command(permission="hours.log")
def accept_meetings(ctx: Context, *, meetings: tuple[Meeting, ...]) -> MeetingsLogged:
    """Log several meetings of my calendar as proposed; those without a project, or that do not fit, are left."""
    entries: list[EntryRow] = []
    left: list[MeetingLeft] = []
    for meeting in meetings:
        try:
            entries.append(_accept(ctx, meeting))
        except HeadwayError as refusal:
            left.append(MeetingLeft(meeting.pk, meeting.title, refusal.message))
    return MeetingsLogged(tuple(entries), tuple(left))


@command(permission="hours.log", changes="meeting", idempotent=True)
def leave_meeting(ctx: Context, *, meeting: Meeting) -> MeetingRow:
    """Leave a meeting out: it was no work, or is logged otherwise. It is not proposed again."""
    if meeting.state == MeetingState.LOGGED.value:
        raise Conflict(f"“{meeting.title}” is logged. Take it back first.")
    meeting.change(ctx, state=MeetingState.LEFT.value)
    return _rows(ctx, [meeting])[0]


@command(permission="hours.log", changes="meeting", idempotent=True)
def reopen_meeting(ctx: Context, *, meeting: Meeting) -> MeetingRow:
    """Propose a meeting again that was logged or left out; the hours it logged are taken out while they are open."""
    entry = meeting.entry
    if entry is not None and entry.removed_at is None:
        if entry.status in CLOSED:
            raise Conflict(f"The hours of “{meeting.title}” are {entry.status}: they stay. Ask who approved them.")
        remove(ctx, entry=entry.pk)
    meeting.change(ctx, state=MeetingState.OPEN.value, entry_id=None)
    return _rows(ctx, [meeting])[0]
