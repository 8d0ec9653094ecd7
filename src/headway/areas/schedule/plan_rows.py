"""The stored rows of a plan as its reads find them: the plan, its current baseline, its frame, its tasks' places."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from headway.areas.schedule.models import Baseline, BaselineTask, Plan, PlanTask
from headway.areas.schedule.records import calendars_of, from_record, project_axis
from headway.engine import plan as engine
from headway.engine.calendars import Axis
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.queries import once

PERCENT = KeyTextTransform("percent_complete", "definition")
TENTHS = KeyTextTransform("tenths", KeyTransform("amount", KeyTransform("duration", "definition")))
NO_DATES: tuple[datetime | None, datetime | None] = (None, None)


def plan_row(ctx: Context, project_id: int) -> Plan | None:
    """The project's plan row, when there is one that this actor may see."""
    return once(ctx, ("schedule.plan", project_id), Plan.visible_to(ctx).filter(project_id=project_id).first)


def plan_here(ctx: Context, project_id: int) -> Plan:
    """The project's plan row. Raises NotFound where there is none that this actor may see."""
    plan = plan_row(ctx, project_id)
    if plan is None:
        raise NotFound("This project has no plan yet. Import one, or start one.")
    return plan


def has_plan(project_id: int) -> bool:
    """Whether a project has a plan."""
    return Plan.unscoped(reason="asked by a visible project").filter(project_id=project_id).exists()


def has_tasks(project_id: int) -> bool:
    """Whether anything stands in a project's plan."""
    rows = PlanTask.unscoped(reason="asked by a visible project").filter(plan__project_id=project_id, removed_at=None)
    return rows.exists()


def has_baseline(project_id: int) -> bool:
    """Whether a baseline of a project's plan was taken."""
    return Baseline.unscoped(reason="asked by a visible project").filter(plan__project_id=project_id).exists()


def plan_version(project_id: int) -> int | None:
    """The version of a project's plan, which every change of it raises; None where there is no plan."""
    rows = Plan.unscoped(reason="asked by a visible project").filter(project_id=project_id)
    return rows.values_list("version", flat=True).first()


def is_task_of(project_id: int, task_id: int) -> bool:
    """Whether a task stands in this project's plan."""
    rows = PlanTask.unscoped(reason="asked by a visible project")
    return rows.filter(pk=task_id, plan__project_id=project_id, removed_at=None).exists()


def place_of(task_id: int) -> tuple[int, int]:
    """A task's project and its uid in the plan; the caller has passed its own door."""
    rows = PlanTask.unscoped(reason="asked by a visible task").filter(pk=task_id)
    project_id, uid = rows.values_list("plan__project_id", "uid").get()
    return project_id, uid


def taken_baseline(project_id: int) -> str:
    """The name of a baseline that a person, not a file, has taken of the plan; '' without one."""
    rows = Baseline.unscoped(reason="asked by a visible project").filter(plan__project_id=project_id, from_file=False)
    return rows.order_by("number").values_list("name", flat=True).first() or ""


def current_baseline(plan: Plan) -> Baseline | None:
    """The baseline that the plan is measured against."""
    return Baseline.unscoped(reason="of a visible plan").filter(plan=plan, current=True).first()


def baseline_here(ctx: Context, plan: Plan) -> Baseline | None:
    """The current baseline, read once a call."""
    return once(ctx, ("schedule.current baseline", plan.pk), lambda: current_baseline(plan))


def frame_of(row: Plan) -> engine.Plan:
    """The plan's settings and calendars, without its tasks."""
    return engine.Plan(project=from_record(engine.ProjectSettings, row.settings), calendars=calendars_of(row), tasks=())


def framed(ctx: Context, row: Plan) -> tuple[engine.Plan, Axis]:
    """A visible plan's settings and calendars without its tasks, and the working time of its project."""

    def make() -> tuple[engine.Plan, Axis]:
        frame = frame_of(row)
        return frame, project_axis(frame)

    return once(ctx, ("schedule.frame", row.pk), make)


def leaves_of(row: Plan) -> QuerySet[PlanTask]:
    """The tasks of a visible plan that are really done: no summaries, none inactive or of another project."""
    rows = PlanTask.unscoped(reason="of a visible plan")
    return rows.filter(plan=row, removed_at=None, summary=False, active=True)


def baseline_dates(
    baseline: Baseline | None, uids: Collection[int] | None = None
) -> dict[int, tuple[datetime | None, datetime | None]]:
    """Start and finish by task of a baseline, of some tasks or of all."""
    if baseline is None:
        return {}
    rows = BaselineTask.of(baseline)
    if uids is not None:
        rows = rows.filter(uid__in=uids)
    return {uid: (start, finish) for uid, start, finish in rows.values_list("uid", "start", "finish")}
