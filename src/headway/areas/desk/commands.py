"""Arranging a Desk: setting lines aside, handing them on, taking them back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated

from pydantic import Field

from headway.areas.desk.events import LineDelegated
from headway.areas.desk.models import Delegation, Snooze
from headway.areas.desk.providers import project_source, reader
from headway.areas.desk.queries import GONE, delegation_row, matter_of, snooze_row
from headway.areas.desk.types import DelegationRow, Matter, SnoozeRow
from headway.areas.people.types import PersonId
from headway.engine.ranking import points
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid, NotFound
from headway.kernel.schema import Name, ShortText

MORNING = time(6, 0)  # when a line set aside until a day is back
FARTHEST = timedelta(days=366)
Hours = Annotated[int, Field(ge=1, le=72)]


@command(permission="desk.arrange")
def snooze(ctx: Context, *, key: Name, until: date | None = None, hours: Hours | None = None) -> SnoozeRow:
    """Set a line aside until a day's morning, or for some hours; it comes back at once if it gets weightier.

    Give one of `until` and `hours`; a line that is set aside already gets the new time.
    """
    matter = _matter(ctx, key)
    back = _back(ctx, until, hours)
    row = Snooze.visible_to(ctx).filter(key=key).first()
    if row is None:
        row = Snooze.add(ctx, person_id=_me(ctx), key=key, until=back, points=points(matter.stake))
    else:
        row.change(ctx, until=back, points=points(matter.stake))
    return snooze_row(row)


def _back(ctx: Context, until: date | None, hours: int | None) -> datetime:
    if (until is None) == (hours is None):
        raise Invalid("Give either a day or a number of hours.", fields=[FieldError("until", "a day, or hours")])
    if hours is not None:
        return ctx.now + timedelta(hours=hours)
    assert until is not None  # noqa: S101 - one of the two is given
    me = reader(ctx)
    if not me.day < until <= me.day + FARTHEST:
        raise Invalid(
            f"{until} is not a day to come back on; give one after today and within a year.",
            fields=[FieldError("until", "after today, within a year", value=str(until))],
        )
    return datetime.combine(until, MORNING, tzinfo=me.zone)


@command(permission="desk.arrange", idempotent=True)
def unsnooze(ctx: Context, *, key: Name) -> None:
    """Bring a line that was set aside back now."""
    for row in Snooze.visible_to(ctx).filter(key=key):
        ctx.record("desk.Snooze", row.pk, "until", row.until, None)
        row.delete()


@command(permission="desk.delegate")
def delegate(ctx: Context, *, key: Name, to: PersonId, note: ShortText = "") -> DelegationRow:
    """Hand a line to a colleague of its project, who is told; it stands on their Desk and among what you wait for."""
    matter = _matter(ctx, key)
    if matter.personal or matter.project_id is None:
        raise Conflict(f"Only you can do this: {matter.what}. It cannot be handed on.")
    if to not in {who.person_id for who in project_source().colleagues(matter.project_id)} - {_me(ctx)}:
        raise Invalid(
            "Name a colleague who works on this project and can sign in.",
            fields=[FieldError("to", "not on the project")],
        )
    if Delegation.visible_to(ctx).filter(key=key, from_person_id=_me(ctx), ended_at=None).exists():
        raise Conflict("You have handed this on already. Take it back first.")
    if ctx.work is not None:
        ctx.work.project_id = matter.project_id
    row = Delegation.add(
        ctx,
        project_id=matter.project_id,
        key=key,
        what=matter.what[:500],
        note=note,
        from_person_id=_me(ctx),
        to_person_id=to,
    )
    ctx.emit(
        LineDelegated(
            delegation_id=row.pk,
            project_id=matter.project_id,
            kind=matter.kind,
            record_id=matter.record_id,
            what=row.what,
            note=note,
            from_name=ctx.actor.name,
            to_person_id=to,
        )
    )
    return delegation_row(row)


@command(permission="desk.delegate", idempotent=True)
def take_back(ctx: Context, *, delegation: Delegation) -> DelegationRow:
    """End a delegation: whoever gave it takes it back, or whoever got it gives it back."""
    if delegation.ended_at is None:
        delegation.change(ctx, ended_at=ctx.now)
    return delegation_row(delegation)


def _matter(ctx: Context, key: str) -> Matter:
    matter = matter_of(ctx, key)
    if matter is None:
        raise NotFound(GONE)
    return matter


def _me(ctx: Context) -> int:
    person = reader(ctx).person_id
    if not person:
        raise Conflict("You are not entered as a person, so you have no Desk of your own.")
    return person
