"""Reads of plans: summary, milestones, baselines, resources; and the engine's plan for areas above."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Count, Max, Min

from headway.areas.projects.types import ProjectId
from headway.areas.schedule import charting, keeping
from headway.areas.schedule.fields import fields_of, with_native_values
from headway.areas.schedule.listing import plan_lines
from headway.areas.schedule.models import Baseline, BaselineTask, Plan, PlanTask, Resource
from headway.areas.schedule.plan_rows import (
    NO_DATES,
    PERCENT,
    TENTHS,
    baseline_dates,
    baseline_here,
    current_baseline,
    frame_of,
    framed,
    has_plan,
    is_task_of,
    leaves_of,
    place_of,
    plan_here,
    plan_row,
    plan_version,
    taken_baseline,
)
from headway.areas.schedule.records import days_late, from_record, is_key, project_axis
from headway.areas.schedule.storing import difference
from headway.areas.schedule.task_rows import task, tasks
from headway.areas.schedule.types import (
    BaselineLine,
    BaselineRow,
    Chart,
    ChartPerson,
    MeasuredPlan,
    MilestoneRow,
    PlanDifference,
    PlanSummary,
    ResourceRow,
)
from headway.engine import plan as engine
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.queries import once, query

# Reads of their own modules: callers know one place.
__all__ = [
    "current_baseline",
    "framed",
    "has_plan",
    "is_task_of",
    "place_of",
    "plan_lines",
    "plan_row",
    "plan_version",
    "taken_baseline",
    "task",
    "tasks",
]


@query(permission="schedule.read", name="schedule.show")
def summary(ctx: Context, *, project: ProjectId) -> PlanSummary:
    """A project's plan in figures: start, finish, slip against the current baseline, critical and late tasks."""
    row = plan_here(ctx, project)
    baseline = baseline_here(ctx, row)
    stamp = _stamp(ctx, baseline)
    return once(
        ctx,
        ("schedule.summary", project),
        lambda: charting.remembered("summary", row, stamp, lambda: _summary(row, baseline, stamp)),
    )


def summary_if_any(ctx: Context, project_id: int) -> PlanSummary | None:
    """`summary`, or None for a project without a plan."""
    return summary(ctx, project=project_id) if plan_row(ctx, project_id) is not None else None


def _summary(row: Plan, baseline: Baseline | None, stamp: tuple[Any, ...]) -> PlanSummary:
    """The plan's figures from the columns of its rows."""
    frame = frame_of(row)
    planned = charting.promised(stamp, lambda: baseline_dates(baseline))
    axis = project_axis(frame)
    leaves = list(leaves_of(row).values_list("uid", "milestone", "finish", PERCENT, TENTHS))
    baseline_finish = max((finish for _, finish in planned.values() if finish is not None), default=None)
    late = 0
    for uid, _, finish, _, _ in leaves:
        promised = planned.get(uid, NO_DATES)[1]
        if promised is not None and finish is not None and finish > promised:
            late += (days_late(axis, frame.project, promised, finish) or 0) > 0
    critical = PlanTask.unscoped(reason="of a visible plan").filter(
        plan=row, removed_at=None, critical=True, summary=False
    )
    status = frame.project.status_date
    return PlanSummary(
        id=row.pk,
        name=frame.project.title or frame.project.name,
        tasks=len(leaves),
        milestones=sum(1 for leaf in leaves if leaf[1]),
        start=row.start,
        finish=row.finish,
        baseline=baseline.name if baseline else "",
        baseline_finish=baseline_finish,
        late_days=days_late(axis, frame.project, baseline_finish, row.finish),
        critical_tasks=critical.count(),
        late_tasks=late,
        percent_complete=_percent_complete((leaf[4], leaf[3]) for leaf in leaves),
        status_date=status.date() if status else None,
        progress_on=row.progress_on,
        warnings=tuple(row.warnings),
        version=row.version,
    )


def _percent_complete(done: Iterable[tuple[str | None, str | None]]) -> Decimal:
    """Percent of the tasks' durations that is done: Σ duration × % / Σ duration; 0 for a plan without duration.

    done  (tenths of minutes, percent) of each task as stored; None stands for 0.
    """
    whole = ready = Decimal(0)
    for tenths, percent in done:
        amount = Decimal(tenths or 0)
        whole += amount
        ready += amount * Decimal(percent or 0) / 100
    return ready / whole * 100 if whole else Decimal(0)


@query(permission="schedule.read_milestones")
def milestones(ctx: Context, *, project: ProjectId) -> tuple[MilestoneRow, ...]:
    """Milestones by forecast: baseline, forecast, actual, working days late. Clients see these too."""
    plan_record = Plan.unscoped(reason="milestones are shown to everybody on the project").filter(project_id=project)
    row = plan_row(ctx, project) or plan_record.first()
    if row is None:
        return ()
    baseline = baseline_here(ctx, row)
    if ctx.work is not None:
        return _milestones(ctx, row, baseline)
    return charting.remembered("milestones", row, _stamp(ctx, baseline), lambda: _milestones(ctx, row, baseline))


def _milestones(ctx: Context, row: Plan, current: Baseline | None) -> tuple[MilestoneRow, ...]:
    frame, axis = framed(ctx, row)
    rows = PlanTask.unscoped(reason="milestones of a visible plan").filter(
        plan=row, removed_at=None, milestone=True, summary=False, finish__isnull=False
    )
    marks: list[Any] = list(rows.order_by("position", "id").values_list("definition", "finish", "critical"))
    items: list[engine.Task] = [from_record(engine.Task, definition) for definition, _, _ in marks]
    planned = baseline_dates(current, [item.uid for item in items])
    found = []
    for item, (_, finish, critical) in zip(items, marks, strict=True):
        baseline = planned.get(item.uid, NO_DATES)[1]
        found.append(
            MilestoneRow(
                uid=item.uid,
                name=item.name,
                owner=item.owner,
                baseline=baseline.date() if baseline else None,
                forecast=finish.date(),
                actual=item.actual_finish.date() if item.actual_finish else None,
                late_days=days_late(axis, frame.project, baseline, item.actual_finish or finish),
                key=is_key(deadline=item.deadline, level=item.outline_level),
                critical=critical,
            )
        )
    return tuple(sorted(found, key=lambda milestone: (milestone.forecast, milestone.uid)))


@query(permission="schedule.read")
def baselines(ctx: Context, *, project: ProjectId) -> tuple[BaselineRow, ...]:
    """All baselines of the plan, newest first."""
    row = plan_here(ctx, project)
    return baseline_rows(list(Baseline.visible_to(ctx).filter(plan=row).order_by("-number")[:1000]))


_EMPTY_SPAN: tuple[datetime | None, datetime | None, int] = (None, None, 0)


def baseline_rows(rows: list[Baseline]) -> tuple[BaselineRow, ...]:
    """Baselines with their spans, in one query more."""
    spans = BaselineTask.among([row.pk for row in rows]).order_by().values_list("baseline")
    found = {
        pk: (first, last, tasks) for pk, first, last, tasks in spans.annotate(Min("start"), Max("finish"), Count("id"))
    }
    return tuple(
        BaselineRow(
            row.pk,
            row.number,
            row.name,
            row.taken_at,
            row.taken_by,
            *found.get(row.pk, _EMPTY_SPAN),
            row.current,
            row.version,
            row.why,
            row.partial,
            row.from_file,
        )
        for row in rows
    )


_RATES = ("standard_rate", "overtime_rate", "cost_per_use")


def _chart_person(row: Resource, *, sees_costs: bool) -> ChartPerson:
    definition = row.definition
    percent = Decimal(str(definition.get("max_units", "1"))) * 100 if definition.get("type", "work") == "work" else None
    rates = None
    if sees_costs and any(definition.get(name) for name in _RATES):
        hour, overtime, once_ = (Decimal(str(definition.get(name) or 0)) for name in _RATES)
        rates = (hour, overtime, once_)
    return ChartPerson(row.uid, row.name, row.person_id, percent, rates)


@query(permission="schedule.read", internal="JSON made for the plan page; `tasks` is its face")
def chart(
    ctx: Context, *, project: ProjectId, baseline: int | None = None, since: int | None = None, first: int | None = None
) -> Chart:
    """The plan as its chart takes it: every row, those changed since a version, or the first ones only.

    baseline  measured against this one; default the current.
    """
    row = plan_here(ctx, project)
    known = list(Baseline.visible_to(ctx).filter(plan=row).order_by("number"))
    chosen = next((item for item in known if (item.current if baseline is None else item.pk == baseline)), None)
    if baseline is not None and chosen is None:
        raise NotFound("Baseline not found.")
    settings: engine.ProjectSettings = from_record(engine.ProjectSettings, row.settings)
    people = Resource.visible_to(ctx).filter(plan=row).order_by("uid")
    sees_costs = may(ctx, "hours.read_costs", project_id=project)
    common: dict[str, Any] = {
        "version": row.version,
        "columns": charting.COLUMNS,
        "people": tuple(_chart_person(item, sees_costs=sees_costs) for item in people),
        "fields": fields_of(ctx, project),
        "currency": settings.currency,
        "start": row.start,
        "finish": row.finish,
        "status_date": settings.status_date,
        "minutes_per_day": settings.minutes_per_day,
        "baseline": chosen.pk if chosen else None,
        "baselines": tuple((item.pk, item.name, item.current) for item in known),
    }
    if first is not None:
        return Chart(**common, **charting.first_rows(row, chosen, first, _stamp(ctx, chosen)))
    found = charting.rows_since(charting.chart_of(row, chosen), since)
    return Chart(**common, **found if sees_costs else found | {"fixed_costs": ()})


@query(permission="schedule.read")
def resources(ctx: Context, *, project: ProjectId) -> tuple[ResourceRow, ...]:
    """Resources of the plan with their planned work."""
    row = plan_here(ctx, project)
    work: dict[int, Decimal] = {}
    for item in keeping.assignments_of(row):
        if item.resource_uid is not None:
            work[item.resource_uid] = work.get(item.resource_uid, Decimal(0)) + item.work.hours
    rows = Resource.visible_to(ctx).filter(plan=row).order_by("uid")
    return tuple(
        ResourceRow(
            item.pk,
            item.uid,
            item.name,
            str(item.definition.get("type", "work")),
            Decimal(str(item.definition.get("max_units", "1"))),
            item.person_id,
            work.get(item.uid, Decimal(0)),
            item.version,
        )
        for item in rows[:2000]
    )


@query(permission="schedule.read", internal="gives the engine's own type; `tasks` is its face")
def plan_of(ctx: Context, *, project: ProjectId) -> engine.Plan:
    """The whole plan as the engine takes it, with the current baseline as number 0 and its own fields' values typed."""
    row = plan_here(ctx, project)
    known = fields_of(ctx, project)
    return _once(
        ctx,
        "plan",
        row,
        baseline_here(ctx, row),
        lambda: with_native_values(with_baselines(row, keeping.plan_of(row)), known),
    )


@query(permission="schedule.read", internal="gives the engine's own type; `tasks` is its face")
def schedule_of(ctx: Context, *, project: ProjectId) -> tuple[engine.ScheduledTask, ...]:
    """The computed dates of every active task, in outline order."""
    row = plan_here(ctx, project)
    rows = PlanTask.visible_to(ctx).filter(plan=row, removed_at=None).exclude(computed=None)
    records = rows.order_by("position", "id").values_list("computed", flat=True)
    return tuple(from_record(engine.ScheduledTask, record) for record in records)


# --- for this area and those above -----------------------------------------------------------


def baseline_place(baseline_id: int) -> tuple[int, BaselineRow]:
    """A baseline and the project it belongs to; the caller has passed its own door."""
    found = Baseline.unscoped(reason="asked by a visible baseline").select_related("plan").get(pk=baseline_id)
    return found.plan.project_id, baseline_rows([found])[0]


def _stamp(ctx: Context, baseline: Baseline | None) -> tuple[Any, ...]:
    return once(ctx, ("schedule.baseline stamp", baseline and baseline.pk), lambda: charting.stamp_of(baseline))


def measured_plan(ctx: Context, project_id: int) -> MeasuredPlan | None:
    """Working time of a project's plan and what its current baseline plans, from columns; None without a plan.

    The caller has passed its own door; a plan that the actor may not see is none.
    """
    row = plan_row(ctx, project_id)
    if row is None:
        return None
    baseline = baseline_here(ctx, row)

    def kept() -> MeasuredPlan:
        return charting.measured(row, baseline, _stamp(ctx, baseline), lambda: _measured(ctx, row, baseline))

    return _once(ctx, "measured", row, baseline, kept)


def _measured(ctx: Context, row: Plan, baseline: Baseline | None) -> MeasuredPlan:
    frame, axis = framed(ctx, row)
    lines: list[BaselineLine] = []
    if baseline is not None:
        amounts = BaselineTask.of(baseline).filter(start__isnull=False, finish__isnull=False)
        columns = amounts.values_list("uid", "start", "finish", "duration", "work", "cost")
        kept: dict[int, Any] = {item[0]: item[1:] for item in columns}
        leaves = leaves_of(row).order_by("position", "id").values_list("uid", "name", PERCENT)
        lines = [
            BaselineLine(uid, name, Decimal(percent or 0), *kept[uid]) for uid, name, percent in leaves if uid in kept
        ]
    return MeasuredPlan(frame.project, axis, tuple(lines))


ResultT = TypeVar("ResultT")


def _once(ctx: Context, what: str, row: Plan, baseline: Baseline | None, make: Callable[[], ResultT]) -> ResultT:
    """What is read of a plan, once a call while the plan and its current baseline stand; never inside a command."""
    if ctx.work is not None:
        return make()
    measured = (baseline.pk, baseline.version) if baseline is not None else None
    key = (f"schedule.{what}", row.pk, row.version, measured)
    if key not in ctx.cache:
        ctx.cache[key] = make()
    found: ResultT = ctx.cache[key]
    return found


def with_baselines(row: Plan, plan: engine.Plan) -> engine.Plan:
    """The plan with our baselines on its tasks: the current one as number 0, the others by number."""
    kept: dict[int, list[engine.TaskBaseline]] = {}
    for baseline in Baseline.unscoped(reason="of a visible plan").filter(plan=row).order_by("number"):
        number = 0 if baseline.current else baseline.number + (0 if baseline.number else 100)
        for item in BaselineTask.of(baseline):
            kept.setdefault(item.uid, []).append(
                engine.TaskBaseline(number, item.start, item.finish, item.duration, item.work, item.cost)
            )
    tasks = tuple(replace(item, baselines=tuple(kept.get(item.uid, ()))) for item in plan.tasks)
    return replace(plan, tasks=tasks)


def difference_from(ctx: Context, project_id: int, new: engine.Plan) -> PlanDifference:
    """What taking this plan would change."""
    bare = replace(new, tasks=tuple(replace(item, baselines=()) for item in new.tasks))
    return difference(plan_row(ctx, project_id), bare)
