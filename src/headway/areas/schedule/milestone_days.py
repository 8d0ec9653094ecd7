"""When some rows of a plan come, for areas above that hang something on them; the caller has passed its own door."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from headway.areas.schedule.models import PlanTask


class TaskDay(NamedTuple):
    """A row of a plan with its finish; None where it has no dates."""

    id: int
    name: str
    finish: datetime | None
    done: bool


def days_of_tasks(project_id: int, uids: Collection[int]) -> dict[int, TaskDay]:
    """Rows of a project's plan by uid; those that were removed are left out."""
    if not uids:
        return {}
    rows = PlanTask.unscoped(reason="asked by a visible project").filter(
        plan__project_id=project_id, removed_at=None, uid__in=list(uids)
    )
    columns = rows.values_list("uid", "pk", "name", "finish", "actual_finish")
    return {uid: TaskDay(pk, name, finish, done is not None) for uid, pk, name, finish, done in columns}
