"""Tasks as lists show them: our dates beside those that the file had stored."""

from __future__ import annotations

from collections.abc import Iterable

from headway.areas.projects.types import ProjectId
from headway.areas.schedule import charting
from headway.areas.schedule.models import Assignment, Plan, PlanLink, PlanTask, Resource
from headway.areas.schedule.plan_rows import baseline_dates, baseline_here, plan_here
from headway.areas.schedule.records import from_record
from headway.areas.schedule.types import TaskRow, Tasks
from headway.engine import plan as engine
from headway.engine.durations import duration_text
from headway.engine.units import WorkTime
from headway.kernel.context import Context
from headway.kernel.paging import page
from headway.kernel.queries import query


@query(permission="schedule.read")
def tasks(
    ctx: Context,
    *,
    project: ProjectId,
    search: str = "",
    critical: bool | None = None,
    cursor: str = "",
    limit: int = 100,
) -> Tasks:
    """Tasks in outline order, a page at a time, with our dates beside those the file had stored."""
    row = plan_here(ctx, project)
    rows = PlanTask.visible_to(ctx).filter(plan=row, removed_at=None)
    if search:
        rows = rows.filter(name__icontains=search)
    if critical is not None:
        rows = rows.filter(critical=critical)
    items, following = page(rows, order=("position", "id"), cursor=cursor, limit=limit)
    return Tasks(tuple(_task_rows(ctx, row, items)), following)


@query(permission="schedule.read", name="schedule.show_task")
def task(ctx: Context, *, task: PlanTask) -> TaskRow:
    """One task."""
    return next(iter(_task_rows(ctx, task.plan, [task])))


def _task_rows(ctx: Context, plan: Plan, rows: list[PlanTask]) -> Iterable[TaskRow]:
    settings = from_record(engine.ProjectSettings, plan.settings)
    uids = [row.uid for row in rows]
    planned = baseline_dates(baseline_here(ctx, plan), uids)
    into: dict[int, list[str]] = {}
    links = list(PlanLink.of(plan).filter(successor_uid__in=uids).order_by("id"))
    ids = dict(
        PlanTask.unscoped(reason="row numbers of a visible plan")
        .filter(plan=plan, removed_at=None, uid__in={link.predecessor_uid for link in links})
        .values_list("uid", "definition__id")
    )
    for link in links:
        into.setdefault(link.successor_uid, []).append(_link_text(link, ids, settings))
    names: dict[int, list[str]] = {}
    resources = dict(Resource.unscoped(reason="names in a visible plan").filter(plan=plan).values_list("uid", "name"))
    for item in Assignment.of(plan).filter(task_uid__in=uids).order_by("id"):
        if item.resource_uid in resources:
            names.setdefault(item.task_uid, []).append(resources[item.resource_uid])
    for row in rows:
        definition: engine.Task = from_record(engine.Task, row.definition)
        computed = from_record(engine.ScheduledTask, row.computed) if row.computed else None
        stored = definition.stored
        base = planned.get(row.uid, (None, None))
        yield TaskRow(
            id=row.pk,
            uid=row.uid,
            position=row.position,
            wbs=row.wbs,
            name=row.name,
            level=row.level,
            summary=row.summary,
            milestone=row.milestone,
            active=row.active,
            manual=definition.mode is engine.TaskMode.MANUAL,
            start=row.start,
            finish=row.finish,
            baseline_start=base[0],
            baseline_finish=base[1],
            duration_minutes=computed.duration.minutes if computed else None,
            duration=duration_text(definition.duration, settings) if definition.duration else "",
            percent_complete=computed.percent_complete if computed and row.summary else row.percent_complete,
            actual_start=row.actual_start,
            actual_finish=row.actual_finish,
            total_slack_minutes=row.total_slack.minutes if row.total_slack is not None else None,
            total_slack=_slack_text(row.total_slack, settings),
            critical=row.critical,
            driver=computed.driver.text if computed else "",
            owner=row.owner,
            resources=", ".join(names.get(row.uid, ())),
            deadline=row.deadline,
            stored_start=stored.start if stored else None,
            stored_finish=stored.finish if stored else None,
            predecessors=";".join(into.get(row.uid, ())),
            notes=definition.notes,
            version=row.version,
        )


def _slack_text(slack: WorkTime | None, settings: engine.ProjectSettings) -> str:
    return duration_text(engine.Duration(slack), settings) if slack is not None else ""


def _link_text(link: PlanLink, ids: dict[int, int], settings: engine.ProjectSettings) -> str:
    """'12FS+2 d' as a planner reads it."""
    item: engine.Link = from_record(engine.Link, link.definition)
    text = f"{ids.get(link.predecessor_uid, link.predecessor_uid)}{item.type.value}"
    return text + charting.lag_text(item.lag, settings)
