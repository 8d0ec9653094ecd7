"""A task as it was on a day, beside what it is now; fields brought back, with the effect shown first."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.projects.types import Charter
from headway.areas.schedule import queries, recalling
from headway.areas.schedule.acts import PlanEffect
from headway.areas.schedule.recalling import TaskThen
from headway.areas.schedule.types import TaskRow
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import offered, page, say, show, today_in, working_project
from headway.interfaces.web.submitting import day_of, started_from
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound

_MOST_FIELDS = 50


@page("POST")
def then(request: HttpRequest, ctx: Context, key: str, task_id: int) -> HttpResponse:
    """What differs since the end of `?day=`; a POST brings the chosen fields back, with `try` it only shows."""
    project = working_project(ctx, key)
    if not queries.is_task_of(project.id, task_id):
        raise NotFound("There is nothing here.")
    row: TaskRow = queries.task(ctx, task=task_id)
    today = today_in(ctx, project)
    day = day_of(request.GET.get("day")) or today - timedelta(days=1)
    found, said, status = _found(ctx, project, row, min(day, today))
    chosen = request.POST.getlist("field")[:_MOST_FIELDS]
    effect: PlanEffect | None = None
    if request.method == "POST" and found is not None:
        offered(ctx, "schedule.edit", project)
        effect, said, status = _brought_back(request, ctx, row, found, chosen)
        if effect is not None and "try" not in request.POST:
            say(request, f"Brought back. {effect.sentence}")
            return redirect(reverse("task", args=[key, task_id]))
    values: dict[str, Any] = {
        "row": row,
        "day": min(day, today),
        "latest": today,
        "found": found,
        "differing": [(item, item.field in chosen) for item in found.fields if item.differs] if found else [],
        "same": [item for item in found.fields if not item.differs] if found else [],
        "said": said,
        "effect": effect,
        "back": reverse("task", args=[key, task_id]),
    }
    crumbs = (Link(row.name, values["back"]), Link("As it was"))
    return show(
        request, ctx, "projects/task_then.html", values, project=project, tab="plan", crumbs=crumbs, status=status
    )


def _found(ctx: Context, project: Charter, row: TaskRow, day: date) -> tuple[TaskThen | None, str, int]:
    """The task as it was at the end of a day, where the project is; or why that is not known."""
    end = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(project.time_zone))
    try:
        return recalling.task_at(ctx, task=row.id, moment=min(end, ctx.now)), "", 200
    except (NotFound, Invalid) as refusal:
        return None, refusal.message, 200


def _brought_back(
    request: HttpRequest, ctx: Context, row: TaskRow, found: TaskThen, chosen: list[str]
) -> tuple[PlanEffect | None, str, int]:
    given = request.POST.get("version", "")
    started = started_from(ctx, int(given) if given.isdigit() and len(given) < 10 else row.version)
    tried = started.but(dry_run=True) if "try" in request.POST else started
    if not chosen:
        return None, "Choose what to bring back first.", 422
    try:
        effect = recalling.restore_fields(tried, task=row.id, moment=found.at, fields=tuple(chosen))
    except (Invalid, Conflict) as refusal:
        return None, refusal.message, refusal.status
    return effect, "", 200
