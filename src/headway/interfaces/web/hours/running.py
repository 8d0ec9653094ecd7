"""The running timer of whoever looks, for the frame of every page. Not here: its acts (`timers`)."""

from __future__ import annotations

from headway.areas.hours import timing
from headway.areas.hours.types import TimerRow
from headway.kernel.access import OUTSIDE_ROLES, may
from headway.kernel.context import Context


def timer_of(ctx: Context) -> TimerRow | None:
    """The running timer; none for clients, guests and whoever logs no hours."""
    if ctx.actor.org_role in OUTSIDE_ROLES or not may(ctx, "hours.log"):
        return None
    return timing.timer(ctx)
