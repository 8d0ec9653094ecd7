"""What the pages share that show something as it was on a day, and bring fields of it back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from headway.areas.projects.recalling import RecordThen
from headway.areas.projects.types import Charter
from headway.areas.schedule.recalling import TaskThen
from headway.interfaces.web.submitting import started_from
from headway.kernel.context import Context

MOST_FIELDS = 50


def beside(found: TaskThen | RecordThen | None, chosen: Collection[str]) -> dict[str, Any]:
    """What `projects/then.html` tells of the fields: those that were otherwise, with whether they are chosen."""
    fields = found.fields if found is not None else ()
    return {
        "found": found,
        "differing": [(item, item.field in chosen) for item in fields if item.differs],
        "same": [item for item in fields if not item.differs],
    }


def end_of(day: date, project: Charter, ctx: Context) -> datetime:
    """The end of a day where the project is, at the latest now."""
    return min(datetime.combine(day + timedelta(days=1), time(), ZoneInfo(project.time_zone)), ctx.now)


def seen_by(request: HttpRequest, ctx: Context, newest: int) -> Context:
    """The act as it starts from the version that its page showed."""
    given = request.POST.get("version", "")
    return started_from(ctx, int(given) if given.isdigit() and len(given) < 10 else newest)
