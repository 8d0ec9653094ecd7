"""A plan's rows as they were at a moment."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from headway.areas.projects.types import ProjectId
from headway.areas.schedule import storing
from headway.areas.schedule.acts import PastTask, PastTasks
from headway.areas.schedule.cell_texts import text_of
from headway.areas.schedule.history import plan_at
from headway.areas.schedule.keeping import Held
from headway.engine import plan as engine
from headway.engine.cpm.whatif import scheduled
from headway.engine.plan import PlanError
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound
from headway.kernel.queries import query


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
    if moment.tzinfo is None:
        raise Invalid(
            "Give the moment with its time zone.", fields=[FieldError("moment", "write 2026-03-03T17:00:00Z")]
        )
    plan = plan_at(ctx, project, moment)
    if plan is None:
        raise NotFound("What this plan was then is not known: there was none, or its list of changes begins later.")
    try:
        held = Held("", plan, scheduled(plan))
    except PlanError as error:
        raise storing.refused(error) from None
    rows = plan.tasks[first : first + limit]
    following = str(first + limit) if len(plan.tasks) > first + limit else ""
    return PastTasks(
        tuple(_row(held, task) for task in rows), following, held.scheduled.schedule.finish if held.scheduled else None
    )


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
