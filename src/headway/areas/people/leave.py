"""Changes to leave: asked for, decided, withdrawn. Who decides on leave enters that of others at once."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from headway.areas.people.away import leave_rows
from headway.areas.people.events import LeaveDecided
from headway.areas.people.models import Leave, Person
from headway.areas.people.queries import own_organisation_defaults, self_approval_allowed
from headway.areas.people.types import LeaveKind, LeaveRow, LeaveState
from headway.kernel.access import may
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid
from headway.kernel.schema import ShortText

LONGEST = timedelta(days=366)
_LIVE = (LeaveState.ASKED.value, LeaveState.APPROVED.value)


@command(permission="people.leave")
def ask_leave(
    ctx: Context,
    *,
    first: date,
    last: date,
    kind: LeaveKind = LeaveKind.HOLIDAY,
    starts_half: bool = False,
    ends_half: bool = False,
    note: ShortText = "",
    person: Person | None = None,
) -> LeaveRow:
    """Ask for leave; for oneself unless `person` is given, which only those who decide on leave may.

    first, last  both included. starts_half: the first day is off from noon on; ends_half: the last one until noon.
    What those who decide enter for others is approved at once; their own where the house allows self-approval.
    """
    whose = person.pk if person is not None else ctx.actor.person_id
    if whose is None:
        raise Invalid("Say whose leave this is.", fields=[FieldError("person", "required")])
    _fit(first, last, starts_half=starts_half, ends_half=ends_half)
    _free(whose, first, last)
    decides = may(ctx, "people.decide_leave")
    at_once = decides and (whose != ctx.actor.person_id or self_approval_allowed())
    row = Leave.add(
        ctx,
        person_id=whose,
        first=first,
        last=last,
        starts_half=starts_half,
        ends_half=ends_half,
        kind=kind.value,
        note=note.strip(),
        state=(LeaveState.APPROVED if at_once else LeaveState.ASKED).value,
        decided_by=ctx.actor.name if at_once else "",
        decided_at=ctx.now if at_once else None,
    )
    if at_once:
        _tell(ctx, row, f"{ctx.actor.name} entered your leave, {_days(row)}.")
    return _row(ctx, row)


def _fit(first: date, last: date, *, starts_half: bool, ends_half: bool) -> None:
    if not first <= last <= first + LONGEST:
        raise Invalid(
            f"A leave from {first} to {last} is not one. Let it end on its first day or after, within a year.",
            fields=[FieldError("last", "on the first day or after, within a year", value=str(last))],
        )
    if first == last and starts_half and ends_half:
        raise Invalid(
            f"{first} would be off neither before nor after noon. Choose one half of it.",
            fields=[FieldError("ends_half", "only one half of a single day", value="true")],
        )


def _free(person_id: int, first: date, last: date) -> None:
    rows = Leave.unscoped(reason="leave of one person does not overlap").filter(person_id=person_id, state__in=_LIVE)
    other = rows.filter(first__lte=last, last__gte=first).order_by("first").first()
    if other is not None:
        words = "is approved" if other.state == LeaveState.APPROVED.value else "is asked for"
        raise Conflict(
            f"Leave from {other.first} to {other.last} {words} already. Withdraw it first, or leave its days out."
        )


@command(permission="people.decide_leave", changes="leave")
def decide_leave(ctx: Context, *, leave: Leave, approve: bool, reason: ShortText = "") -> LeaveRow:
    """Approve or refuse a leave that somebody asked for; the person is told, with the reason of a refusal."""
    if leave.person_id == ctx.actor.person_id and not self_approval_allowed():
        raise Denied("Somebody else must decide on your own leave.")
    if leave.state != LeaveState.ASKED.value:
        raise Conflict(f"This leave is {leave.state} already.")
    if not approve and not reason.strip():
        raise Invalid("Say why the leave is refused.", fields=[FieldError("reason", "required")])
    state = LeaveState.APPROVED if approve else LeaveState.REFUSED
    leave.change(
        ctx, state=state.value, decided_by=ctx.actor.name, decided_at=ctx.now, reason="" if approve else reason.strip()
    )
    _tell(ctx, leave, f"Your leave, {_days(leave)}, is {state.value}{'.' if approve else f': {reason.strip()}'}")
    return _row(ctx, leave)


@command(permission="people.leave", changes="leave", idempotent=True)
def withdraw_leave(ctx: Context, *, leave: Leave) -> LeaveRow:
    """Take a leave back, asked for or approved; one that has begun only by those who decide on leave."""
    today = ctx.now.astimezone(ZoneInfo(own_organisation_defaults()[1])).date()
    begun = leave.state == LeaveState.APPROVED.value and leave.first <= today
    if begun and not may(ctx, "people.decide_leave"):
        raise Conflict(f"This leave has begun on {leave.first}. Ask who decides on leave to take it back.")
    if leave.state in _LIVE and leave.change(ctx, state=LeaveState.WITHDRAWN.value):
        _tell(ctx, leave, f"{ctx.actor.name} took your leave back, {_days(leave)}.")
    return _row(ctx, leave)


def _tell(ctx: Context, row: Leave, text: str) -> None:
    if row.person_id != ctx.actor.person_id:
        ctx.emit(LeaveDecided(leave_id=row.pk, person_id=row.person_id, text=text))


def _days(row: Leave) -> str:
    first = f"{row.first:%a} {row.first.day} {row.first:%b}"
    return first if row.first == row.last else f"{first} to {row.last:%a} {row.last.day} {row.last:%b}"


def _row(ctx: Context, row: Leave) -> LeaveRow:
    return leave_rows(ctx, [Leave.found(ctx, pk=row.pk)])[0]
