"""Removing a baseline: refused while an approved report stands on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from headway.areas.deliverables.across import released_data
from headway.areas.projects import queries as projects
from headway.areas.schedule import commands as schedule
from headway.areas.schedule.queries import baseline_place
from headway.areas.schedule.types import BaselineId
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict


@command(permission="schedule.set_baseline", name="schedule.remove_baseline", destructive=True)
def remove(ctx: Context, *, baseline: BaselineId) -> None:
    """Take a baseline away for good, unless the plan or an approved report is measured against it."""
    project_id, row = baseline_place(baseline)
    zone = ZoneInfo(projects.charter(ctx, project=project_id).time_zone)
    taken_on = row.taken_at.astimezone(zone).date().isoformat()
    for report, data in released_data(project_id):
        if _measured_against(data) == (row.name, taken_on):
            raise Conflict(f"'{report}' was approved with figures measured against baseline '{row.name}', so it stays.")
    schedule.drop_baseline(ctx, baseline=baseline)


def _measured_against(data: Mapping[str, Any]) -> tuple[str, str] | None:
    """Name and day of the baseline in a report's frozen data; None where it has none."""
    try:
        told = json.loads(data["snapshot"])["baseline"]
        return told["name"], told["set_on"]
    except (ValueError, LookupError, TypeError):  # reports of other kinds hold other data
        return None
