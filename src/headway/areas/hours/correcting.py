"""Corrections of hours that are approved or locked: the entry stays as it was signed.

A counter-entry takes its hours and amounts back, on the same day and at the same frozen rates, and the right entry
stands beside it; all three name each other. They share a status and never become drafts again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from headway.areas.comms.commands import notify
from headway.areas.comms.types import NoticeReason
from headway.areas.hours.events import EntriesChanged
from headway.areas.hours.models import TimeEntry
from headway.areas.hours.queries import ZERO, entry_row
from headway.areas.hours.rate_cards import RateCard, money_columns
from headway.areas.hours.sheets import DAY_HOURS
from headway.areas.hours.sums import plain
from headway.areas.hours.types import CLOSED, CellHours, EntryRow
from headway.areas.people.queries import self_approval_allowed
from headway.areas.projects.queries import charter, my_person_id
from headway.areas.projects.types import Charter
from headway.kernel.access import may
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid
from headway.kernel.models import next_number
from headway.kernel.queries import query
from headway.kernel.schema import Label, ShortText, Text

_KEPT = ("person_id", "zone", "task_uid", "phase", "role", "billable", "note", "status")
_MOST = 50  # links of one chain


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction made: the counter-entry, and the right entry unless nothing stands in its place."""

    entry: EntryRow
    counter: EntryRow
    right: EntryRow | None


@command(permission="hours.correct")
def correct(
    ctx: Context,
    *,
    entry: TimeEntry,
    reason: Text,
    hours: CellHours | None = None,
    day: date | None = None,
    to_project: ShortText = "",
    phase: Label | None = None,
    role: Label | None = None,
    note: Text | None = None,
    billable: bool | None = None,
) -> Corrected:
    """Correct an approved or locked entry by a counter-entry and the right entry; what is not given stays.

    hours    what is right; 0 = nothing was worked, and no entry takes its place.
    to_project  the key of the project where the hours belong, when that was wrong; a row of the old project's plan
                is then left behind.
    reason   why; the person whose hours they are reads it.
    The counter-entry has the day and the frozen rates of what it takes back. The right entry keeps these rates, unless
    project, day or role change: then they are looked up anew.
    """
    if not reason.strip():
        raise Invalid("Say why the hours are corrected.", fields=[FieldError("reason", "required")])
    mine = entry.person_id == my_person_id(ctx)
    if mine and not self_approval_allowed():
        raise Denied("Somebody else must correct your own hours.")
    next_number(f"hours.cells.{entry.person_id}")  # one change of a person's days at a time
    _can_be_corrected(entry)
    about = charter(ctx, project=to_project.strip() or entry.project_id)
    if not may(ctx, "hours.correct", project_id=about.id):
        raise Denied(f"Your role on {about.name} does not allow this (correct hours).")
    wanted = _wanted(entry, about, hours=hours, day=day, phase=phase, role=role, note=note, billable=billable)
    if wanted == _as_it_is(entry):
        raise Invalid("This is what the entry says already.", fields=[FieldError("hours", "change something")])
    _fits(entry, wanted)
    why = reason.strip()
    same = {name: getattr(entry, name) for name in _KEPT}
    counter = TimeEntry.add(
        ctx,
        **same,
        project_id=entry.project_id,
        day=entry.day,
        hours=-entry.hours,
        bill_rate=entry.bill_rate,
        bill_amount=_negative(entry.bill_amount),
        bill_currency=entry.bill_currency,
        cost_rate=entry.cost_rate,
        cost_amount=_negative(entry.cost_amount),
        cost_currency=entry.cost_currency,
        corrects_id=entry.pk,
        counter=True,
        correction=why,
    )
    right = _right(ctx, entry, about, wanted, why) if wanted.hours else None
    ctx.emit(EntriesChanged(project_id=entry.project_id))
    if about.id != entry.project_id:
        ctx.emit(EntriesChanged(project_id=about.id))
    notify(
        ctx,
        to=[entry.person_id],
        reason=NoticeReason.DECIDED,
        about_kind=TimeEntry._meta.label,
        about_id=entry.pk,
        project_id=entry.project_id,
        text=f"{plain(entry.hours)} h of {entry.day} are corrected to {plain(wanted.hours)} h: {why}",
    )
    return Corrected(entry_row(ctx, entry), _shown(ctx, counter), _shown(ctx, right) if right is not None else None)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is right."""

    project_id: int
    day: date
    hours: Decimal
    phase: str
    role: str
    note: str
    billable: bool


def _as_it_is(entry: TimeEntry) -> _Wanted:
    return _Wanted(entry.project_id, entry.day, entry.hours, entry.phase, entry.role, entry.note, entry.billable)


def _wanted(
    entry: TimeEntry,
    about: Charter,
    *,
    hours: Decimal | None,
    day: date | None,
    phase: str | None,
    role: str | None,
    note: str | None,
    billable: bool | None,
) -> _Wanted:
    return _Wanted(
        about.id,
        day or entry.day,
        entry.hours if hours is None else hours,
        entry.phase if phase is None else phase,
        entry.role if role is None else role,
        entry.note if note is None else note,
        entry.billable if billable is None else billable,
    )


def _can_be_corrected(entry: TimeEntry) -> None:
    if entry.status not in CLOSED:
        raise Conflict(f"This entry is {entry.status}: change it directly, or return it first.")
    if entry.counter:
        raise Conflict("This entry takes another one's hours back. Correct the entry that stands in its place.")
    done = TimeEntry.unscoped(reason="an entry is corrected once").filter(corrects_id=entry.pk, removed_at=None)
    if done.exists():
        raise Conflict("This entry is corrected already. Correct the entry that stands in its place.")


def _fits(entry: TimeEntry, wanted: _Wanted) -> None:
    """The person's days stay within 0 and 24 hours over all projects."""
    held = TimeEntry.unscoped(reason="the day of a person, over all projects").filter(
        person_id=entry.person_id, removed_at=None, day__in={entry.day, wanted.day}
    )
    days: dict[date, Decimal] = {}
    for on, worked in held.values_list("day", "hours"):
        days[on] = days.get(on, ZERO) + worked
    days[entry.day] = days.get(entry.day, ZERO) - entry.hours
    days[wanted.day] = days.get(wanted.day, ZERO) + wanted.hours
    for on, total in days.items():
        if not 0 <= total <= DAY_HOURS:
            raise Invalid(
                f"{on} would have {plain(total)} hours; a day has 0 to 24.",
                fields=[FieldError("hours", f"{on} would have {plain(total)}", value=str(wanted.hours))],
            )


def _right(ctx: Context, entry: TimeEntry, about: Charter, wanted: _Wanted, why: str) -> TimeEntry:
    moved = (wanted.project_id, wanted.day, wanted.role) != (entry.project_id, entry.day, entry.role)
    if moved:
        money = RateCard(about).amounts(
            entry.person_id, wanted.role, wanted.day, wanted.hours, billable=wanted.billable
        )
    else:
        pays = wanted.hours if wanted.billable else ZERO
        money = money_columns("bill", entry.bill_rate, pays, entry.bill_currency)
        money |= money_columns("cost", entry.cost_rate, wanted.hours, entry.cost_currency)
    stays = wanted.project_id == entry.project_id and wanted.phase == entry.phase
    return TimeEntry.add(
        ctx,
        project_id=wanted.project_id,
        person_id=entry.person_id,
        day=wanted.day,
        zone=entry.zone,
        task_uid=entry.task_uid if stays else None,
        phase=wanted.phase,
        role=wanted.role,
        hours=wanted.hours,
        billable=wanted.billable,
        note=wanted.note,
        status=entry.status,
        corrects_id=entry.pk,
        correction=why,
        **money,
    )


def _negative(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount


def _shown(ctx: Context, row: TimeEntry) -> EntryRow:
    return entry_row(ctx, TimeEntry.found(ctx, pk=row.pk))


@query(permission="hours.read")
def corrections(ctx: Context, *, entry: TimeEntry) -> tuple[EntryRow, ...]:
    """The whole chain of corrections that an entry is in, the first entry first; empty where nothing was corrected.

    Entries of projects that the reader may not see are left out.
    """
    first, seen = entry, {entry.pk}
    while first.corrects_id is not None and len(seen) < _MOST:
        before = TimeEntry.visible_to(ctx).filter(pk=first.corrects_id).first()
        if before is None or before.pk in seen:
            break
        first = before
        seen.add(before.pk)
    chain, ahead = [first], [first.pk]
    while ahead and len(chain) < _MOST:
        rows = list(TimeEntry.visible_to(ctx).filter(corrects_id__in=ahead).order_by("-counter", "id"))
        chain += rows
        ahead = [row.pk for row in rows if not row.counter]
    return tuple(entry_row(ctx, row) for row in chain) if len(chain) > 1 else ()
