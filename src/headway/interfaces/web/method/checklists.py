"""The checklist of a task: a part of the task's page and of the side pane."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.method import checklists
from headway.areas.method.types import CheckRow
from headway.areas.projects.types import Charter
from headway.areas.schedule.queries import is_task_of, task
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import offered, page, show, working_project
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound


@page("POST")
def checklist(request: HttpRequest, ctx: Context, key: str, task_id: int) -> HttpResponse:
    """A task's checklist; a POST ticks, adds or removes a line and answers with what it then is."""
    project = working_project(ctx, key)
    offered(ctx, "method.read_checklist", project)
    if not is_task_of(project.id, task_id):
        raise NotFound("There is nothing here.")
    refused = ""
    if request.method == "POST":
        try:
            _do(request, ctx, project, task_id)
        except (Invalid, Conflict) as refusal:
            refused = refusal.message
    rows = checklists.checklist(ctx, task=task_id)
    row = task(ctx, task=task_id)
    values = {"row": row, "lines": rows, "ticked": sum(line.done for line in rows), "refused": refused}
    crumbs = (Link(row.name, reverse("task", args=[key, task_id])), Link("Checklist"))
    return show(
        request,
        ctx,
        "method/checklist.html",
        values,
        project=project,
        tab="plan",
        crumbs=crumbs,
        status=422 if refused else 200,
    )


def _do(request: HttpRequest, ctx: Context, project: Charter, task_id: int) -> None:
    given = request.POST
    if given.get("do") == "add":
        offered(ctx, "method.edit_checklist", project)
        checklists.add_check(ctx, task=task_id, text=given.get("text", ""))
        return
    line = _line(ctx, task_id, given.get("line", ""))
    if given.get("do") == "remove":
        offered(ctx, "method.edit_checklist", project)
        checklists.remove_check(ctx, item=line.id)
    else:
        offered(ctx, "method.tick", project)
        checklists.tick(ctx, item=line.id, done=not line.done)


def _line(ctx: Context, task_id: int, given: str) -> CheckRow:
    for line in checklists.checklist(ctx, task=task_id):
        if str(line.id) == given:
            return line
    raise NotFound("There is nothing here.")
