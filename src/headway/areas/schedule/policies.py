"""Who sees a plan: those who work on its project. Milestones go to clients by a query of their own."""

from __future__ import annotations

from django.db.models import Q

from headway.areas.projects.queries import inside_q
from headway.areas.schedule.models import Baseline, Plan, PlanTask, Resource
from headway.kernel.access import visible
from headway.kernel.context import Context


@visible(Plan)
def plans(ctx: Context) -> Q:
    """Plans of one's projects."""
    return inside_q(ctx)


def _of_plan(ctx: Context) -> Q:
    return inside_q(ctx, "plan__project_id")


@visible(PlanTask)
def tasks(ctx: Context) -> Q:
    """Tasks of those plans; one that was taken out is nobody's."""
    return _of_plan(ctx) & Q(removed_at=None)


for _model in (Resource, Baseline):
    visible(_model)(_of_plan)
