"""Working days between two moments of a plan, by its project's calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from headway.areas.schedule.queries import framed, plan_row
from headway.areas.schedule.records import days_late
from headway.kernel.context import Context

DaysBetween = Callable[[datetime | None, datetime | None], int]


def days_between(ctx: Context, project_id: int) -> DaysBetween:
    """Counts whole working days of a visible project's plan from one moment to another; 0 where one is not known."""
    row = plan_row(ctx, project_id)
    if row is None:
        return lambda old, new: 0
    frame, axis = framed(ctx, row)
    return lambda old, new: days_late(axis, frame.project, old, new) or 0
