"""When some rows of a plan come, for areas above that hang something on them; the caller has passed its own door."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from headway.areas.schedule.models import PlanTask
from headway.kernel.among import among_ids


class TaskDay(NamedTuple):
    """A row of a plan with its finish; None where it has no dates."""

    id: int
    name: str
    finish: datetime | None
    done: bool


def days_over_projects(uids: Mapping[int, Collection[int]]) -> dict[tuple[int, int], TaskDay]:
    """Rows of several plans by project and uid, in one query; `uids`: those that are asked for, by project."""
    wanted = {(project_id, uid) for project_id, many in uids.items() for uid in many}
    if not wanted:
        return {}
    rows = PlanTask.unscoped(reason="asked by visible projects").filter(
        among_ids("plan__project_id", list(uids)), among_ids("uid", {uid for _, uid in wanted}), removed_at=None
    )
    found = {}
    columns = ("plan__project_id", "uid", "pk", "name", "finish", "actual_finish")
    for project_id, uid, pk, name, finish, done in rows.values_list(*columns):
        if (project_id, uid) in wanted:
            found[project_id, uid] = TaskDay(pk, name, finish, done is not None)
    return found


def days_of_tasks(project_id: int, uids: Collection[int]) -> dict[int, TaskDay]:
    """Rows of a project's plan by uid; those that were removed are left out."""
    return {uid: day for (_, uid), day in days_over_projects({project_id: uids}).items()}
