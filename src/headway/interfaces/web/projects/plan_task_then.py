"""A task as it was on a day, beside what it is now; fields brought back, with the effect shown first."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

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
from headway.interfaces.web.projects.then_and_now import MOST_FIELDS, beside, end_of, seen_by
from headway.interfaces.web.submitting import day_of
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound

_NOTE = (
    "Start, finish, work and outline level follow from the other fields and the plan; they are not brought back by "
    "themselves. Predecessors are named by the row numbers of today."
)


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
    chosen = request.POST.getlist("field")[:MOST_FIELDS]
    effect: PlanEffect | None = None
    if request.method == "POST" and found is not None:
        offered(ctx, "schedule.edit", project)
        effect, said, status = _brought_back(request, ctx, row, found, chosen)
        if effect is not None and "try" not in request.POST:
            say(request, f"Brought back. {effect.sentence}")
            return redirect(reverse("task", args=[key, task_id]))
    back = reverse("task", args=[key, task_id])
    values: dict[str, Any] = {
        **beside(found, chosen),
        "name": row.name,
        "noun": "task",
        "row": row,
        "day": min(day, today),
        "latest": today,
        "said": said,
        "effect": effect,
        "edits": may(ctx, "schedule.edit", project_id=project.id),
        "tries": True,
        "note": _NOTE,
        "back": back,
    }
    crumbs = (Link(row.name, back), Link("As it was"))
    return show(request, ctx, "projects/then.html", values, project=project, tab="plan", crumbs=crumbs, status=status)


def _found(ctx: Context, project: Charter, row: TaskRow, day: date) -> tuple[TaskThen | None, str, int]:
    """The task as it was at the end of a day, where the project is; or why that is not known."""
    try:
        return recalling.task_at(ctx, task=row.id, moment=end_of(day, project, ctx)), "", 200
    except (NotFound, Invalid) as refusal:
        return None, refusal.message, 200


def _brought_back(
    request: HttpRequest, ctx: Context, row: TaskRow, found: TaskThen, chosen: list[str]
) -> tuple[PlanEffect | None, str, int]:
    started = seen_by(request, ctx, row.version)
    tried = started.but(dry_run=True) if "try" in request.POST else started
    if not chosen:
        return None, "Choose what to bring back first.", 422
    try:
        effect = recalling.restore_fields(tried, task=row.id, moment=found.at, fields=tuple(chosen))
    except (Invalid, Conflict) as refusal:
        return None, refusal.message, refusal.status
    return effect, "", 200
