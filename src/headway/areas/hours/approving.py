"""The way of hours to approval: handed in, approved, returned, locked."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, Min, Q

from headway.areas.comms.commands import notify
from headway.areas.comms.types import NoticeReason
from headway.areas.hours.closed import refuse_closed_between
from headway.areas.hours.events import EntriesChanged
from headway.areas.hours.models import TimeEntry
from headway.areas.hours.queries import between, live
from headway.areas.hours.sums import decimal, exact
from headway.areas.hours.types import EntryStatus, StatusChange
from headway.areas.people.queries import self_approval_allowed
from headway.areas.people.types import PersonId
from headway.areas.projects.queries import my_person_id
from headway.areas.projects.types import ProjectId
from headway.kernel.bulk import in_pieces
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Denied, FieldError, Invalid
from headway.kernel.schema import Text


@command(permission="hours.log", idempotent=True)
def submit(
    ctx: Context, *, project: ProjectId, first: date, last: date, person: PersonId | None = None
) -> StatusChange:
    """Hand in the drafts of some days, both inclusive; one's own unless `person` is given."""
    who = person if person is not None else my_person_id(ctx)
    rows = live(ctx, project).filter(person_id=who or 0)
    return _move(ctx, project, rows, first, last, EntryStatus.SUBMITTED, {EntryStatus.DRAFT}, returned="")


@command(permission="hours.approve", idempotent=True)
def approve(
    ctx: Context, *, project: ProjectId, first: date, last: date, person: PersonId | None = None
) -> StatusChange:
    """Approve the submitted hours of some days, both inclusive, of one person or of all.

    One's own hours are left out, unless the house allows self-approval.
    """
    rows = _of(ctx, project, person)
    if not self_approval_allowed():
        me = my_person_id(ctx)
        if person is not None and person == me:
            raise Denied("Somebody else must approve your own hours.")
        rows = rows.exclude(person_id=me or 0)
    return _move(ctx, project, rows, first, last, EntryStatus.APPROVED, {EntryStatus.SUBMITTED})


@command(permission="hours.approve", idempotent=True)
def return_entries(
    ctx: Context, *, project: ProjectId, first: date, last: date, reason: Text, person: PersonId | None = None
) -> StatusChange:
    """Give submitted, approved or locked hours back as drafts, with the reason, which their persons are told.

    What was corrected, and its corrections, stay as they are: these are corrected once more.
    """
    if not reason.strip():
        raise Invalid("Say why the hours go back.", fields=[FieldError("reason", "required")])
    refuse_closed_between(project, first, last)
    back = {EntryStatus.SUBMITTED, EntryStatus.APPROVED, EntryStatus.LOCKED}
    rows = _of(ctx, project, person).exclude(_in_a_chain(project))
    given_back = between(rows, first, last).filter(status__in=[status.value for status in back])
    whose = list(given_back.order_by().values("person_id").annotate(entry=Min("id"), worked=exact("hours")))
    for row in whose:
        notify(
            ctx,
            to=[row["person_id"]],
            reason=NoticeReason.DECIDED,
            about_kind=TimeEntry._meta.label,
            about_id=row["entry"],
            project_id=project,
            text=f"{decimal(row['worked'])} h from {first} to {last} came back: {reason.strip()}",
        )
    return _move(ctx, project, rows, first, last, EntryStatus.DRAFT, back, returned=reason.strip())


@command(permission="hours.approve", idempotent=True)
def lock(ctx: Context, *, project: ProjectId, first: date, last: date) -> StatusChange:
    """Close the approved hours of some days: they change no more, unless returned with a reason."""
    return _move(ctx, project, live(ctx, project), first, last, EntryStatus.LOCKED, {EntryStatus.APPROVED})


def _in_a_chain(project_id: int) -> Q:
    """Entries of a project that belong to a correction: what was corrected, its counter-entry, the right entry."""
    corrections = TimeEntry.unscoped(reason="chains of a project that the actor runs").filter(
        corrects__isnull=False, corrects__project_id=project_id, removed_at=None
    )
    return Q(corrects__isnull=False) | Q(pk__in=corrections.values("corrects_id"))


def _of(ctx: Context, project_id: int, person: int | None) -> Any:
    rows = live(ctx, project_id)
    return rows if person is None else rows.filter(person_id=person)


def _move(
    ctx: Context,
    project_id: int,
    rows: Any,
    first: date,
    last: date,
    to: EntryStatus,
    frm: set[EntryStatus],
    **more: str,
) -> StatusChange:
    moving = between(rows, first, last).filter(status__in=[status.value for status in frm])
    ids = list(moving.order_by("id").values_list("id", flat=True))
    worked = 0
    for piece in in_pieces(ids):
        part = TimeEntry.unscoped(reason="entries chosen above").filter(pk__in=piece)
        worked += part.aggregate(worked=exact("hours"))["worked"]
        part.update(status=to.value, version=F("version") + 1, **more)
    if ids:
        ctx.record("hours.TimeEntry", project_id, "status", f"{len(ids)} entries {first} to {last}", to.value)
        ctx.emit(EntriesChanged(project_id=project_id))
    return StatusChange(len(ids), decimal(worked))
