"""How much of the hours of the last whole weeks is approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from headway.areas.hours.queries import between, live
from headway.areas.hours.sums import decimal, exact
from headway.areas.hours.types import EntryStatus
from headway.areas.projects.types import ProjectId
from headway.engine.measures import HUNDRED, Input, Measure, Unit, derive, divided
from headway.kernel.context import Context
from headway.kernel.queries import query

WEEKS = 4
_APPROVED = (EntryStatus.APPROVED.value, EntryStatus.LOCKED.value)


@dataclass(frozen=True, slots=True)
class HoursApproved:
    """Hours of some whole weeks, both days inclusive, and how many of them are approved or locked."""

    first: date
    last: date
    approved: Decimal
    logged: Decimal
    percent: Measure


@query(permission="hours.read_team")
def hours_approved(ctx: Context, *, project: ProjectId, as_of: date) -> HoursApproved:
    """How much of what was logged in the four newest whole weeks is approved, as it stands now.

    The weeks run Monday to Sunday; the last of them ended on or before `as_of`.
    """
    last = as_of - timedelta(days=(as_of.weekday() + 1) % 7)
    first = last - timedelta(weeks=WEEKS, days=-1)
    rows = between(live(ctx, project), first, last).order_by().values_list("status").annotate(worked=exact("hours"))
    by_status = {status: decimal(worked) for status, worked in rows}
    approved = sum((by_status.get(status, Decimal(0)) for status in _APPROVED), Decimal(0))
    logged = sum(by_status.values(), Decimal(0))
    percent = derive(
        "hours_approved",
        "Hours approved",
        Unit.PERCENT,
        "hours approved or locked / hours logged",
        (Input("hours approved", approved, Unit.HOURS), Input("hours logged", logged, Unit.HOURS)),
        lambda done, all_: divided(HUNDRED * done, all_, "No hours were logged in these weeks."),
    )
    return HoursApproved(first, last, approved, logged, percent)
