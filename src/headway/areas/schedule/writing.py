"""How days stand in what is said to somebody about a plan."""

from __future__ import annotations

from headway.areas.desk.providers import reader
from headway.engine.days import DayWriting
from headway.kernel.context import Context


def day_writing(ctx: Context) -> DayWriting:
    """As the organisation writes days, without the year that it is now."""
    return DayWriting(reader(ctx).month_first, ctx.now.year)
