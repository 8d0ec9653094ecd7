"""A plan's rows as they were at a moment."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from headway.areas.projects.recalling import aware
from headway.areas.projects.types import ProjectId
from headway.areas.schedule import storing
from headway.areas.schedule.acts import PastTask, PastTasks
from headway.areas.schedule.cell_texts import text_of
from headway.areas.schedule.history import plan_of_then
from headway.areas.schedule.keeping import Held
from headway.areas.schedule.models import Plan
from headway.areas.schedule.shelf import Shelf
from headway.engine import plan as engine
from headway.engine.cpm.whatif import scheduled
from headway.engine.plan import PlanError
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.queries import query

_MOST_TASKS = 20_000  # kept in one process
_shelf: Shelf[tuple[int, str, datetime], Held] = Shelf(most=_MOST_TASKS, weight=lambda held: len(held.plan.tasks))


@query(permission="schedule.read", name="schedule.tasks_at")
def tasks_at(
    ctx: Context,
    *,
    project: ProjectId,
    moment: datetime,
    first: Annotated[int, Field(ge=0)] = 0,
    limit: Annotated[int, Field(ge=1, le=200)] = 200,
) -> PastTasks:
    """The plan's rows as they were at a moment, in outline order, with the dates they had by the rules of today.

    moment  with its time zone.   first  how many rows to pass over.
    """
    held = as_it_was(ctx, project, moment)
    if held is None:
        raise NotFound("What this plan was then is not known: there was none, or its list of changes begins later.")
    tasks = held.plan.tasks
    rows = tasks[first : first + limit]
    following = str(first + limit) if len(tasks) > first + limit else ""
    return PastTasks(
        tuple(_row(held, task) for task in rows), following, held.scheduled.schedule.finish if held.scheduled else None
    )


def as_it_was(ctx: Context, project_id: int, moment: datetime) -> Held | None:
    """A plan with its dates as it was; None where that is not known. Kept until somebody changes the plan."""
    aware(moment)
    row = Plan.visible_to(ctx).filter(project_id=project_id).first()
    if row is None:
        return None
    key = (row.pk, row.stamp, moment)
    found = _shelf.find(key)
    if found is None:
        found = _dated(row, moment)
        if found is not None:
            _shelf.put(key, found)
    return found


def forget() -> None:
    """Keep nothing of what plans were."""
    _shelf.clear()


def _dated(row: Plan, moment: datetime) -> Held | None:
    plan = plan_of_then(row, moment)
    if plan is None:
        return None
    try:
        return Held("", plan, scheduled(plan))
    except PlanError as error:
        raise storing.refused(error) from None


def _row(held: Held, task: engine.Task) -> PastTask:
    span = held.scheduled.span(task.uid) if held.scheduled is not None else None
    return PastTask(
        uid=task.uid,
        number=task.id,
        name=task.name,
        level=task.outline_level,
        summary=task.summary,
        milestone=task.milestone,
        active=task.active,
        start=span[0] if span is not None else None,
        finish=span[1] if span is not None else None,
        duration=text_of(held, task, "duration"),
        percent_complete=task.percent_complete,
        predecessors=text_of(held, task, "predecessors"),
        people=text_of(held, task, "people"),
        owner=task.owner,
    )
