"""The newest simulation of each plan: read, asked for, stored; and which tasks a risk hits."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from headway.areas.projects.across import open_project_ids
from headway.areas.projects.types import ProjectId
from headway.areas.schedule.forecasting import planned_row
from headway.areas.schedule.models import Plan, PlanSimulation, PlanTask, RiskTask
from headway.areas.schedule.simulating import Ground, grounds_of
from headway.areas.schedule.simulation_types import Chances, KeptSimulation, RiskTaskRow
from headway.kernel import jobs
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict
from headway.kernel.queries import project_of_visible, query
from headway.kernel.schema import Ref, to_json

_CHANCES: TypeAdapter[Chances] = TypeAdapter(Chances)
_WHY = "of a visible plan"
_MOST_TASKS = 500  # that one risk hits
RiskId = Annotated[int, Ref("projects.Risk")]


# ---- read -------------------------------------------------------------------------------------


@query(permission="schedule.read")
def kept_simulation(ctx: Context, *, project: ProjectId) -> KeptSimulation:
    """The newest simulation of a plan that was kept: finish, deadline, drivers, and what each risk costs.

    It says whether plan and risks are still those that were simulated, and how far a new one is.
    """
    plan = planned_row(ctx, project)
    row = PlanSimulation.visible_to(ctx).filter(plan=plan).first()
    if row is None:
        return KeptSimulation(None, None, None, current=False, working=False, told="", percent=0, fault="")
    job = jobs.status_of(row.job) if row.job else None
    working = job is not None and job.state in (jobs.State.WAITING, jobs.State.RUNNING)
    failed = job is not None and job.state is jobs.State.FAILED
    return KeptSimulation(
        chances=_read(row.found),
        computed_at=row.computed_at,
        plan_version=row.plan_version,
        current=is_current(row, plan, grounds_of([plan])[plan.pk]),
        working=working,
        told=_told(job) if working and job is not None else "",
        percent=round(100 * job.progress_done / job.progress_total) if job is not None and job.progress_total else 0,
        fault=row.fault or (f"It could not be computed: {job.error}" if failed and job is not None else ""),
    )


def _read(found: Any) -> Chances | None:
    """The stored chances; None where an earlier version kept them in another shape."""
    try:
        return _CHANCES.validate_python(found) if found is not None else None
    except ValidationError:
        return None


def _told(job: jobs.JobStatus) -> str:
    if job.state is jobs.State.WAITING:
        return "The simulation waits for its turn."
    if not job.progress_text:
        return "The simulation has begun."
    return f"{job.progress_text}, {job.progress_done} of {job.progress_total} simulations done."


def is_current(row: PlanSimulation, plan: Plan, ground: Ground) -> bool:
    """Whether a plan, its risks, baseline and deadline are still those that were simulated, or refused, last."""
    return (row.plan_version, row.stamp, row.mark) == (plan.version, plan.stamp, ground.mark)


def outdated_projects() -> dict[int, str]:
    """Projects that are open and whose plan or risks have changed since they were simulated; seven queries.

    Each with a mark of what it would be computed from now, which the next change makes another.
    """
    plans = list(
        Plan.unscoped(reason="the house simulates").filter(project__in=open_project_ids(), finish__isnull=False)
    )
    rows = PlanSimulation.unscoped(reason="the house simulates").filter(plan__in=plans)
    kept = {row.plan_id: row for row in rows.defer("found")}
    grounds = grounds_of(plans)
    return {
        plan.project_id: f"{plan.version}:{plan.stamp}:{grounds[plan.pk].mark}"
        for plan in plans
        if plan.pk not in kept or not is_current(kept[plan.pk], plan, grounds[plan.pk])
    }


@dataclass(frozen=True, slots=True)
class ChanceLine:
    """The chance of a project's deadline as lists tell it; percent. `id`: the simulation's.

    simulated_on  when it was computed; the plan may have changed since.
    """

    id: int
    project_id: int
    chance: Decimal
    deadline: date
    driver: str
    p80: datetime | None
    simulated_on: datetime


def chance_lines(project_ids: Collection[int]) -> dict[int, ChanceLine]:
    """The kept chances of the deadlines of some projects that the caller has found, by project; one query."""
    rows = PlanSimulation.unscoped(reason="of projects that the caller has found").filter(
        plan__project__in=list(project_ids), chance__isnull=False
    )
    columns = ("pk", "plan__project_id", "chance", "deadline", "driver", "p80", "computed_at")
    return {row[1]: ChanceLine(*row) for row in rows.values_list(*columns)}


@query(permission="schedule.read")
def risk_tasks(ctx: Context, *, project: ProjectId) -> tuple[RiskTaskRow, ...]:
    """Which tasks of its plan the risks of a project hit, by risk and row."""
    plan = Plan.visible_to(ctx).filter(project_id=project).first()
    return tuple(_task_rows(plan, RiskTask.of(plan))) if plan is not None else ()


def _task_rows(plan: Plan, hits: Any) -> Iterable[RiskTaskRow]:
    named = list(hits.values_list("risk_id", "task_uid"))
    rows = PlanTask.unscoped(reason=_WHY).filter(plan=plan, removed_at=None, uid__in={uid for _, uid in named})
    tasks = {row.uid: row for row in rows.order_by("position", "id")}
    places = {uid: place for place, uid in enumerate(tasks)}
    for risk, uid in sorted(named, key=lambda hit: (hit[0], places.get(hit[1], 0))):
        row = tasks.get(uid)
        if row is not None:
            open_ = row.active and not row.summary and row.percent_complete < 100
            yield RiskTaskRow(risk, row.pk, uid, row.definition["id"], row.name, open_)


# ---- changed ----------------------------------------------------------------------------------


@command(permission="projects.edit_registers", idempotent=True)
def set_risk_tasks(ctx: Context, *, risk: RiskId, tasks: tuple[PlanTask, ...]) -> tuple[RiskTaskRow, ...]:
    """Say which tasks of the plan a risk hits once it happens, in place of those named before.

    tasks  of the risk's project, no summaries; at most 500.
    """
    if len(tasks) > _MOST_TASKS:
        raise Conflict(f"A risk hits at most {_MOST_TASKS} tasks. Name those that it lengthens first.")
    summaries = [task.name for task in tasks if task.summary]
    if summaries:
        raise Conflict(f"'{summaries[0]}' is a summary, whose length follows its tasks. Name the tasks below it.")
    plan = planned_row(ctx, project_of_visible(ctx, "projects.Risk", risk) or 0)
    own = RiskTask.of(plan).filter(risk_id=risk)
    before = [row.name for row in _task_rows(plan, own)]
    wanted = {task.uid for task in tasks}
    own.exclude(task_uid__in=wanted).delete()
    present = set(own.values_list("task_uid", flat=True))
    RiskTask.unscoped(reason="of a visible plan").bulk_create(
        RiskTask(plan=plan, risk_id=risk, task_uid=uid) for uid in sorted(wanted - present)
    )
    rows = tuple(_task_rows(plan, own.all()))
    after = [row.name for row in rows]
    if after != before:
        ctx.record("projects.Risk", risk, "tasks", before, after)
    return rows


@command(permission="schedule.simulate", internal="part of asking for a simulation, which also has it computed")
def note_simulation_job(ctx: Context, *, project: ProjectId, job: str, seed: int) -> None:
    """Note which job computes the next simulation of a plan."""
    plan = planned_row(ctx, project)
    row = PlanSimulation.visible_to(ctx).filter(plan=plan).first()
    if row is None:
        PlanSimulation.add(ctx, plan=plan, job=job, seed=seed)
    else:
        row.change(ctx, job=job, seed=seed)


@dataclass(frozen=True, slots=True)
class Simulated:
    """What came of a simulation: of which plan, with which risks; `chances` None = `fault` says why not."""

    plan_version: int
    stamp: str
    mark: str
    chances: Chances | None
    fault: str = ""


@command(permission="schedule.simulate", internal="the end of a background job that computes it")
def keep_simulation(ctx: Context, *, project: ProjectId, seed: int, result: dict[str, Any]) -> None:
    """Keep what came of a simulation, unless a newer plan was simulated meanwhile.

    result  a `Simulated` as JSON.
    """
    made = _SIMULATED.validate_python(result)
    plan = planned_row(ctx, project)
    row = PlanSimulation.visible_to(ctx).filter(plan=plan).first() or PlanSimulation.add(ctx, plan=plan)
    if row.plan_version is not None and row.plan_version > made.plan_version:
        return
    ground = {"plan_version": made.plan_version, "stamp": made.stamp, "mark": made.mark, "fault": made.fault}
    asked = jobs.status_of(row.job) if row.job else None
    if asked is not None and asked.state is jobs.State.FAILED:  # an earlier one, whose failure is told no more
        ground["job"] = ""
    if made.chances is None:  # what was computed before does not hold for this plan
        row.change(
            ctx, **ground, runs=None, computed_at=None, found=None, chance=None, deadline=None, driver="", p80=None
        )
        return
    finish, deadline = made.chances.finish, made.chances.deadline
    driver = finish.drivers[0] if finish.drivers else None
    row.change(
        ctx,
        **ground,
        seed=seed,
        runs=finish.runs,
        computed_at=ctx.now,
        found=to_json(made.chances),
        chance=(deadline.probability * 100).quantize(Decimal("0.01")) if deadline is not None else None,
        deadline=deadline.day if deadline is not None else None,
        driver=f"{driver.risk} {driver.name}".strip() if driver is not None else "",
        p80=finish.p80,
    )


_SIMULATED: TypeAdapter[Simulated] = TypeAdapter(Simulated)
