"""What plans lack, over many projects at once, for the rules of areas above; the caller has found the projects."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from headway.areas.schedule.models import Assignment, Baseline, PlanTask
from headway.kernel.among import among_ids

_WHY = "plans of projects that the caller has found"
_MOST = 500


@dataclass(frozen=True, slots=True)
class Bare:
    """A milestone of a plan that nobody answers for."""

    project_id: int
    task_id: int
    uid: int
    name: str


def without_baseline(project_ids: Collection[int]) -> dict[int, int]:
    """Plans with tasks that no baseline is taken of: how many rows each has, by project."""
    taken = Baseline.unscoped(reason=_WHY).filter(plan=OuterRef("plan"), current=True)
    rows = PlanTask.unscoped(reason=_WHY).filter(
        among_ids("plan__project_id", list(project_ids)), ~Exists(taken), removed_at=None, summary=False
    )
    counted = rows.order_by("plan__project_id").values_list("plan__project_id").annotate(rows=Count("pk"))
    return dict(counted)


def bare_milestones(project_ids: Collection[int]) -> list[Bare]:
    """Milestones ahead without an owner and without anybody on them, in outline order."""
    worked = Assignment.unscoped(reason=_WHY).filter(
        plan=OuterRef("plan"), task_uid=OuterRef("uid"), resource_uid__isnull=False
    )
    rows = PlanTask.unscoped(reason=_WHY).filter(
        among_ids("plan__project_id", list(project_ids)),
        ~Exists(worked),
        Exact(Length("owner"), 0),  # the index of owners would find nearly every row of the house: those of nobody
        milestone=True,
        summary=False,
        active=True,
        removed_at=None,
        percent_complete__lt=100,
    )
    columns = rows.order_by("plan_id", "position").values_list("plan__project_id", "pk", "uid", "name")
    return [Bare(*row) for row in columns[:_MOST]]
