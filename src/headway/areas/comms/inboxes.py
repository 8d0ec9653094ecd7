"""Emptying one's inbox: reading, putting away, setting aside, bringing back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

from django.db.models import F, QuerySet
from pydantic import Field

from headway.areas.comms.models import Notice
from headway.areas.comms.queries import notice_row, standing
from headway.areas.comms.settings import working_time
from headway.areas.comms.types import NoticeRow
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound
from headway.kernel.schema import MAX_ID

FARTHEST = timedelta(days=366)
NoticeIds = Annotated[tuple[Annotated[int, Field(ge=1, le=MAX_ID)], ...], Field(min_length=1, max_length=200)]
Hours = Annotated[int, Field(ge=1, le=72)]


@command(permission="comms.own_notices", idempotent=True)
def mark_read(ctx: Context, *, notice: Notice, read: bool = True) -> NoticeRow:
    """Mark one of one's notices as read, or as unread again."""
    if (notice.read_at is not None) != read:
        notice.change(ctx, read_at=ctx.now if read else None)
    return notice_row(notice)


@command(permission="comms.own_notices", idempotent=True)
def archive(ctx: Context, *, notice: Notice) -> NoticeRow:
    """Put one of one's notices away; it counts as read."""
    if notice.archived_at is None:
        notice.change(ctx, archived_at=ctx.now, read_at=notice.read_at or ctx.now)
    return notice_row(notice)


@command(permission="comms.own_notices", idempotent=True)
def archive_all(ctx: Context) -> int:
    """Put all of one's notices away but those that are set aside; gives how many."""
    rows = Notice.visible_to(ctx).filter(standing(ctx), archived_at=None)
    rows.filter(read_at=None).update(read_at=ctx.now)
    return rows.update(archived_at=ctx.now, version=F("version") + 1)


@command(permission="comms.own_notices", idempotent=True)
def put_away(ctx: Context, *, notices: NoticeIds) -> int:
    """Put some of one's notices away; gives how many stood there. Unread ones stay unread, should they come back."""
    rows = _own(ctx, notices).filter(archived_at=None)
    return rows.update(archived_at=ctx.now, version=F("version") + 1)


@command(permission="comms.own_notices", idempotent=True)
def bring_back(ctx: Context, *, notices: NoticeIds) -> int:
    """Let notices stand in one's inbox again, at their old place: those put away and those set aside."""
    return _own(ctx, notices).update(archived_at=None, shown_at=F("at"), version=F("version") + 1)


@command(permission="comms.own_notices", idempotent=True)
def set_aside(ctx: Context, *, notices: NoticeIds, until: date | None = None, hours: Hours | None = None) -> datetime:
    """Set some of one's notices aside: until the start of one's working day on a day, or for some hours.

    Give one of `until` and `hours`. Gives when they come back, on top of the inbox.
    """
    back = _back(ctx, until, hours)
    _own(ctx, notices).update(shown_at=back, archived_at=None, version=F("version") + 1)
    return back


def _own(ctx: Context, notices: tuple[int, ...]) -> QuerySet[Notice]:
    rows = Notice.visible_to(ctx).filter(pk__in=notices)
    if rows.count() != len(set(notices)):
        raise NotFound("Notice not found.")
    return rows


def _back(ctx: Context, until: date | None, hours: int | None) -> datetime:
    if (until is None) == (hours is None):
        raise Invalid("Give either a day or a number of hours.", fields=[FieldError("until", "a day, or hours")])
    if hours is not None:
        return ctx.now + timedelta(hours=hours)
    assert until is not None  # noqa: S101 - one of the two is given
    mine = working_time(ctx)
    today = mine.day_of(ctx.now)
    if not today < until <= today + FARTHEST:
        raise Invalid(
            f"{until} is not a day to come back on; give one after today and within a year.",
            fields=[FieldError("until", "after today, within a year", value=str(until))],
        )
    return mine.begins(until)
