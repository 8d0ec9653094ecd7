"""Reads of leave: who is away on which days, and the list of leave for the person and for those who decide."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from decimal import Decimal

from headway.areas.people.models import Leave, Person
from headway.areas.people.queries import holidays_from
from headway.areas.people.types import LeaveKind, LeaveRow, LeaveState
from headway.kernel.access import may
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.queries import query

WHOLE, HALF = Decimal(1), Decimal("0.5")
_FRIDAY = 4
_SHOWN = 200


@query(permission="people.leave")
def leaves(
    ctx: Context,
    *,
    person: Person | None = None,
    state: LeaveState | None = None,
    first: date | None = None,
    last: date | None = None,
) -> tuple[LeaveRow, ...]:
    """Leave that touches some days, the latest first: one's own, or of everybody for those who decide on it.

    first, last  days, both inclusive; open where not given. At most 200.
    """
    rows = Leave.visible_to(ctx).select_related("person")
    if person is not None:
        rows = rows.filter(person_id=person.pk)
    if state is not None:
        rows = rows.filter(state=state.value)
    if first is not None:
        rows = rows.filter(last__gte=first)
    if last is not None:
        rows = rows.filter(first__lte=last)
    return leave_rows(ctx, rows.order_by("-first", "-id")[:_SHOWN])


def leave_rows(ctx: Context, rows: Iterable[Leave]) -> tuple[LeaveRow, ...]:
    """Leave as a list shows it."""
    found = list(rows)
    off = {day for day, _ in holidays_from(min((row.first for row in found), default=date.max))} if found else set()
    decides = may(ctx, "people.decide_leave")
    return tuple(
        LeaveRow(
            row.pk,
            row.person_id,
            row.person.name,
            row.first,
            row.last,
            row.starts_half,
            row.ends_half,
            sum((part for day, part in _parts(row) if day.weekday() <= _FRIDAY and day not in off), Decimal(0)),
            LeaveKind(row.kind),
            row.note,
            LeaveState(row.state),
            row.decided_by,
            row.reason,
            row.person_id == ctx.actor.person_id,
            decides and row.state == LeaveState.ASKED.value,
            row.version,
        )
        for row in found
    )


def _parts(row: Leave) -> Iterable[tuple[date, Decimal]]:
    """Each day of a leave with the part of it that is off."""
    for step in range((row.last - row.first).days + 1):
        day = row.first + timedelta(days=step)
        half = (row.starts_half and day == row.first) or (row.ends_half and day == row.last)
        yield day, HALF if half else WHOLE


# --- for the areas above; the caller has passed its own door ---------------------------------


def away_days(person_ids: Collection[int], first: date, last: date) -> dict[int, dict[date, Decimal]]:
    """By person, the days of some that their approved leave takes, with the part that is off: 1 or 0.5. One query."""
    rows = Leave.unscoped(reason="when people of visible records are away, without why").filter(
        among_ids("person_id", person_ids), state=LeaveState.APPROVED.value, first__lte=last, last__gte=first
    )
    found: dict[int, dict[date, Decimal]] = {}
    for row in rows.order_by("first", "id"):
        days = found.setdefault(row.person_id, {})
        for day, part in _parts(row):
            if first <= day <= last:
                days[day] = min(WHOLE, days.get(day, Decimal(0)) + part)
    return found


def leave_to_decide(ctx: Context) -> tuple[LeaveRow, ...]:
    """What others have asked for and this reader may decide on, the soonest first."""
    if not may(ctx, "people.decide_leave"):
        return ()
    rows = Leave.visible_to(ctx).filter(state=LeaveState.ASKED.value).exclude(person_id=ctx.actor.person_id or 0)
    return leave_rows(ctx, rows.select_related("person").order_by("first", "id")[:_SHOWN])
