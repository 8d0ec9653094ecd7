"""Reads of plans: summary, tasks, milestones, baselines, resources; and the engine's plan for areas above."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import (
    BigIntegerField,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    Max,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce

from headway.areas.projects.types import ProjectId
from headway.areas.schedule import charting, keeping
from headway.areas.schedule.fields import fields_of, with_native_values
from headway.areas.schedule.models import (
    Assignment,
    Baseline,
    BaselineTask,
    Plan,
    PlanCalendar,
    PlanLink,
    PlanTask,
    Resource,
)
from headway.areas.schedule.records import (
    assignments_of,
    calendars_of,
    days_late,
    from_record,
    is_key,
    project_axis,
)
from headway.areas.schedule.storing import difference
from headway.areas.schedule.types import (
    BaselineLine,
    BaselineRow,
    Chart,
    ChartPerson,
    MeasuredPlan,
    MilestoneRow,
    PlanDifference,
    PlanLine,
    PlanSummary,
    ResourceRow,
    TaskRow,
    Tasks,
)
from headway.engine import plan as engine
from headway.engine.calendars import Axis
from headway.engine.durations import duration_text
from headway.engine.units import WorkTime
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.paging import page
from headway.kernel.queries import once, query


def plan_row(ctx: Context, project_id: int) -> Plan | None:
    """The project's plan row, when there is one that this actor may see."""
    return once(ctx, ("schedule.plan", project_id), Plan.visible_to(ctx).filter(project_id=project_id).first)


def _plan(ctx: Context, project_id: int) -> Plan:
    plan = plan_row(ctx, project_id)
    if plan is None:
        raise NotFound("This project has no plan yet. Import one, or start one.")
    return plan


@query(permission="schedule.read", name="schedule.show")
def summary(ctx: Context, *, project: ProjectId) -> PlanSummary:
    """A project's plan in figures: start, finish, slip against the current baseline, critical and late tasks."""
    row = _plan(ctx, project)
    baseline = _current(ctx, row)
    if ctx.work is not None:
        return _summary(row, baseline)
    return once(
        ctx,
        ("schedule.summary", project),
        lambda: charting.remembered("summary", row, _stamp(ctx, baseline), lambda: _summary(row, baseline)),
    )


def summary_if_any(ctx: Context, project_id: int) -> PlanSummary | None:
    """`summary`, or None for a project without a plan."""
    return summary(ctx, project=project_id) if plan_row(ctx, project_id) is not None else None


def _summary(row: Plan, baseline: Baseline | None) -> PlanSummary:
    """The plan's figures from the columns of its rows."""
    frame = _frame(row)
    planned = _baseline_dates(baseline)
    axis = project_axis(frame)
    leaves = list(_leaves(row).values_list("uid", "milestone", "finish", _PERCENT, _TENTHS))
    baseline_finish = max((finish for _, finish in planned.values() if finish is not None), default=None)
    late = 0
    for uid, _, finish, _, _ in leaves:
        promised = planned.get(uid, _NO_DATES)[1]
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
    row = _plan(ctx, project)
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
    planned = _baseline_dates(_current(ctx, plan), uids)
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


@query(permission="schedule.read_milestones")
def milestones(ctx: Context, *, project: ProjectId) -> tuple[MilestoneRow, ...]:
    """Milestones by forecast: baseline, forecast, actual, working days late. Clients see these too."""
    plan_record = Plan.unscoped(reason="milestones are shown to everybody on the project").filter(project_id=project)
    row = plan_row(ctx, project) or plan_record.first()
    if row is None:
        return ()
    baseline = _current(ctx, row)
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
    planned = _baseline_dates(current, [item.uid for item in items])
    found = []
    for item, (_, finish, critical) in zip(items, marks, strict=True):
        baseline = planned.get(item.uid, _NO_DATES)[1]
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
    row = _plan(ctx, project)
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
    row = _plan(ctx, project)
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
        return Chart(**common, **charting.first_rows(row, chosen, first))
    found = charting.rows_since(charting.chart_of(row, chosen), since)
    return Chart(**common, **found if sees_costs else found | {"fixed_costs": ()})


@query(permission="schedule.read")
def resources(ctx: Context, *, project: ProjectId) -> tuple[ResourceRow, ...]:
    """Resources of the plan with their planned work."""
    row = _plan(ctx, project)
    work: dict[int, Decimal] = {}
    for item in assignments_of(row):
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
    row = _plan(ctx, project)
    known = fields_of(ctx, project)
    return _once(
        ctx,
        "plan",
        row,
        _current(ctx, row),
        lambda: with_native_values(with_baselines(row, keeping.plan_of(row)), known),
    )


@query(permission="schedule.read", internal="gives the engine's own type; `tasks` is its face")
def schedule_of(ctx: Context, *, project: ProjectId) -> tuple[engine.ScheduledTask, ...]:
    """The computed dates of every active task, in outline order."""
    row = _plan(ctx, project)
    rows = PlanTask.visible_to(ctx).filter(plan=row, removed_at=None).exclude(computed=None)
    records = rows.order_by("position", "id").values_list("computed", flat=True)
    return tuple(from_record(engine.ScheduledTask, record) for record in records)


# --- for this area and those above -----------------------------------------------------------


def plan_lines(ctx: Context, project_ids: Collection[int]) -> dict[int, PlanLine]:
    """The plans of some projects as a list shows them, by project; those the reader may not see are left out.

    Five database queries, however many projects.
    """
    plans = list(Plan.visible_to(ctx).filter(project_id__in=project_ids))
    ids = [row.pk for row in plans]
    calendars: dict[int, list[engine.Calendar]] = {}
    for item in PlanCalendar.among(ids).order_by("uid"):
        calendars.setdefault(item.plan_id, []).append(from_record(engine.Calendar, item.definition))
    current = Baseline.unscoped(reason="baselines of visible plans").filter(plan__in=ids, current=True)
    last = BaselineTask.among(current).values("baseline__plan").annotate(last=Max("finish")).order_by()
    finishes = dict(last.values_list("baseline__plan", "last"))
    done = _percents(ids, current)
    ahead = PlanTask.unscoped(reason="milestones of visible plans").filter(
        removed_at=None, active=True, milestone=True, summary=False, actual_finish=None, finish__isnull=False
    )
    nearest = ahead.filter(plan=OuterRef("plan")).order_by("finish", "position", "id").values("pk")[:1]
    milestones = {
        plan_id: (name, finish)
        for plan_id, name, finish in ahead.filter(plan__in=ids, pk=Subquery(nearest)).values_list(
            "plan_id", "name", "finish"
        )
    }
    lines = {}
    for row in plans:
        settings: engine.ProjectSettings = from_record(engine.ProjectSettings, row.settings)
        plan = engine.Plan(project=settings, calendars=tuple(calendars.get(row.pk, ())), tasks=())
        name, on = milestones.get(row.pk, ("", None))
        late = days_late(project_axis(plan), settings, finishes.get(row.pk), row.finish) if plan.calendars else None
        lines[row.project_id] = PlanLine(
            row.project_id, row.finish, late, done.get(row.pk), name, on.date() if on is not None else None
        )
    return lines


def _percents(plan_ids: list[int], current: QuerySet[Baseline]) -> dict[int, Decimal]:
    """Percent complete by plan: of baseline work, else of baseline durations, else of the tasks' own durations."""
    tenths = BigIntegerField()
    base = BaselineTask.among(current).filter(baseline__plan=OuterRef("plan"), uid=OuterRef("uid"))
    own = KeyTextTransform("tenths", KeyTransform("amount", KeyTransform("duration", "definition")))
    wide = DecimalField(max_digits=30, decimal_places=4)

    def share(name: str) -> Any:
        return Coalesce(Sum(ExpressionWrapper(F(name) * F("percent_complete"), output_field=wide)), Decimal(0))

    rows: Any = (  # names made above, which the checker cannot follow
        PlanTask.unscoped(reason="tasks of visible plans")
        .filter(plan__in=plan_ids, removed_at=None, summary=False, active=True)
        .annotate(
            by_work=Coalesce(Subquery(base.values(x=Cast("work", tenths))[:1], output_field=tenths), 0),
            by_base=Coalesce(Subquery(base.values(x=Cast("duration", tenths))[:1], output_field=tenths), 0),
            by_own=Coalesce(Cast(own, tenths), 0),
        )
        .values("plan")
        .annotate(
            **{f"{name}_all": Sum(name, output_field=tenths) for name in _GROUNDS},
            **{f"{name}_done": share(name) for name in _GROUNDS},
        )
    )
    found = {}
    for row in rows:
        name = next((name for name in _GROUNDS if row[f"{name}_all"]), "")
        if name:
            found[row["plan"]] = Decimal(row[f"{name}_done"]) / row[f"{name}_all"]
    return found


_GROUNDS = ("by_work", "by_base", "by_own")


def has_plan(project_id: int) -> bool:
    """Whether a project has a plan."""
    return Plan.unscoped(reason="asked by a visible project").filter(project_id=project_id).exists()


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


def baseline_place(baseline_id: int) -> tuple[int, BaselineRow]:
    """A baseline and the project it belongs to; the caller has passed its own door."""
    found = Baseline.unscoped(reason="asked by a visible baseline").select_related("plan").get(pk=baseline_id)
    return found.plan.project_id, baseline_rows([found])[0]


def taken_baseline(project_id: int) -> str:
    """The name of a baseline that a person, not a file, has taken of the plan; '' without one."""
    rows = Baseline.unscoped(reason="asked by a visible project").filter(plan__project_id=project_id, from_file=False)
    return rows.order_by("number").values_list("name", flat=True).first() or ""


def current_baseline(plan: Plan) -> Baseline | None:
    """The baseline that the plan is measured against."""
    return Baseline.unscoped(reason="of a visible plan").filter(plan=plan, current=True).first()


def _current(ctx: Context, plan: Plan) -> Baseline | None:
    return once(ctx, ("schedule.current baseline", plan.pk), lambda: current_baseline(plan))


def _stamp(ctx: Context, baseline: Baseline | None) -> tuple[Any, ...]:
    return once(ctx, ("schedule.baseline stamp", baseline and baseline.pk), lambda: charting.stamp_of(baseline))


def measured_plan(ctx: Context, project_id: int) -> MeasuredPlan | None:
    """Working time of a project's plan and what its current baseline plans, from columns; None without a plan.

    The caller has passed its own door; a plan that the actor may not see is none.
    """
    row = plan_row(ctx, project_id)
    if row is None:
        return None
    baseline = _current(ctx, row)

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
        leaves = _leaves(row).order_by("position", "id").values_list("uid", "name", _PERCENT)
        lines = [
            BaselineLine(uid, name, Decimal(percent or 0), *kept[uid]) for uid, name, percent in leaves if uid in kept
        ]
    return MeasuredPlan(frame.project, axis, tuple(lines))


def _frame(row: Plan) -> engine.Plan:
    """The plan's settings and calendars, without its tasks."""
    return engine.Plan(project=from_record(engine.ProjectSettings, row.settings), calendars=calendars_of(row), tasks=())


def framed(ctx: Context, row: Plan) -> tuple[engine.Plan, Axis]:
    """A visible plan's settings and calendars without its tasks, and the working time of its project."""

    def make() -> tuple[engine.Plan, Axis]:
        frame = _frame(row)
        return frame, project_axis(frame)

    return once(ctx, ("schedule.frame", row.pk), make)


_PERCENT = KeyTextTransform("percent_complete", "definition")
_TENTHS = KeyTextTransform("tenths", KeyTransform("amount", KeyTransform("duration", "definition")))


def _leaves(row: Plan) -> QuerySet[PlanTask]:
    """The tasks of a visible plan that are really done: no summaries, none inactive or of another project."""
    rows = PlanTask.unscoped(reason="of a visible plan")
    return rows.filter(plan=row, removed_at=None, summary=False, active=True)


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


_NO_DATES: tuple[datetime | None, datetime | None] = (None, None)


def _baseline_dates(
    baseline: Baseline | None, uids: Collection[int] | None = None
) -> dict[int, tuple[datetime | None, datetime | None]]:
    """Start and finish by task of a baseline, of some tasks or of all."""
    if baseline is None:
        return {}
    rows = BaselineTask.of(baseline)
    if uids is not None:
        rows = rows.filter(uid__in=uids)
    return {uid: (start, finish) for uid, start, finish in rows.values_list("uid", "start", "finish")}


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
