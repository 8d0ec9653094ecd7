"""Two moments of a plan as a file: every row of the comparison, written in the limited child process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headway.areas.people.queries import house_rules
from headway.areas.projects.types import Charter
from headway.areas.schedule.comparing import compare_plans
from headway.areas.schedule.types import ComparedTask
from headway.journeys.workbooks import written
from headway.kernel.context import Context
from headway.reports.comparison_workbook import build

_PAGE = 200


def workbook(ctx: Context, *, project: Charter, inputs: Mapping[str, Any]) -> bytes:
    """What `inputs` asks of `schedule.compare_plans`, all pages of it, as an Excel workbook.

    Raises Unavailable when the file could not be written.
    """
    tasks: list[ComparedTask] = []
    cursor = ""
    while True:
        found = compare_plans(ctx, project=project.id, **inputs, cursor=cursor, limit=_PAGE)
        tasks.extend(found.items)
        cursor = found.next
        if not cursor:
            break
    organisation = house_rules(ctx).name
    return written(build(found, tasks, project=project.name, at=ctx.now, by=ctx.actor.name, organisation=organisation))
