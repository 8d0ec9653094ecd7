"""Taking, naming, choosing and removing baselines.

A baseline keeps dates, work and cost of every task, and beside them the whole plan, so that what became of it can be
told. Not here: comparing (`comparing`), baselines that a plan file carries (`storing`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from headway.areas.projects.types import ProjectId
from headway.areas.schedule import keeping, storing
from headway.areas.schedule.events import BaselineTaken
from headway.areas.schedule.models import Baseline, BaselinePlan, BaselineTask, Plan, PlanTask
from headway.areas.schedule.packing import pack
from headway.areas.schedule.queries import baseline_rows
from headway.areas.schedule.records import project_axis
from headway.areas.schedule.types import BaselineRow
from headway.engine import plan as engine
from headway.engine.calendars import Axis, instant
from headway.engine.units import WorkTime
from headway.kernel.bulk import insert_models
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, NotFound
from headway.kernel.schema import Name, Text

_WHY = "parts of the baseline in hand"


@command(permission="schedule.set_baseline")
def set_baseline(
    ctx: Context,
    *,
    project: ProjectId,
    name: Name,
    why: Text = "",
    tasks: tuple[PlanTask, ...] = (),
    roll_up: bool = True,
) -> BaselineRow:
    """Copy the plan's dates, work and cost as a new baseline, and measure against it from now on.

    why      what it is taken for, as 'Approved by the board' or 'CR-3'.
    tasks    only these, with all below them; the others stay as in the baseline measured against so far.
    roll_up  of chosen tasks: their summaries get the dates, work and cost that come of the tasks below them.
    """
    row = Plan.hold(Plan.visible_to(ctx).filter(project_id=project)).first()
    if row is None:
        raise NotFound("This project has no plan yet. Import one, or start one.")
    plan = keeping.held(row).plan
    amounts = _as_planned(row, plan)
    earlier = list(Baseline.visible_to(ctx).filter(plan=row, current=True))
    if tasks:
        chosen = _with_all_below(plan, {task.uid for task in tasks})
        amounts = _partly(plan, amounts, chosen, _kept(earlier), roll_up=roll_up)
    for item in earlier:
        item.change(ctx, current=False)
    baseline = storing.add_baseline(ctx, row, name=name, current=True, from_file=False, why=why, partial=bool(tasks))
    insert_models([amount.part(baseline) for amount in amounts.values()])
    if not tasks:
        BaselinePlan.unscoped(reason=_WHY).create(baseline=baseline, packed=pack(plan))
    ctx.emit(BaselineTaken(project_id=project, baseline_id=baseline.pk))
    return baseline_rows([baseline])[0]


@command(permission="schedule.set_baseline", changes="baseline")
def edit_baseline(
    ctx: Context, *, baseline: Baseline, name: Name | None = None, why: Text | None = None
) -> BaselineRow:
    """Rename or describe a baseline; what is not given stays."""
    given = {"name": name, "why": why}
    baseline.change(ctx, **{field: value for field, value in given.items() if value is not None})
    return baseline_rows([baseline])[0]


@command(permission="schedule.set_baseline", changes="baseline")
def use_baseline(ctx: Context, *, baseline: Baseline) -> BaselineRow:
    """Measure against an earlier baseline."""
    for earlier in Baseline.visible_to(ctx).filter(plan_id=baseline.plan_id, current=True).exclude(pk=baseline.pk):
        earlier.change(ctx, current=False)
    baseline.change(ctx, current=True)
    return baseline_rows([baseline])[0]


@command(
    permission="schedule.set_baseline",
    changes="baseline",
    destructive=True,
    internal="a step of removing a baseline, which first looks whether a report stands on it",
)
def drop_baseline(ctx: Context, *, baseline: Baseline) -> None:
    """Take a baseline away for good; the audit keeps that it was there."""
    if baseline.current:
        raise Conflict(
            f"The plan is measured against baseline '{baseline.name}'. Measure against another one, then remove it."
        )
    ctx.record("schedule.Baseline", baseline.pk, "", baseline.name, None)
    baseline.delete()


# ---- what a baseline holds ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Amounts:
    """One task as a baseline keeps it."""

    uid: int
    start: datetime | None
    finish: datetime | None
    duration: WorkTime | None
    work: WorkTime | None
    cost: Decimal | None

    def part(self, baseline: Baseline) -> BaselineTask:
        """Its row."""
        return BaselineTask(
            baseline=baseline,
            uid=self.uid,
            start=self.start,
            finish=self.finish,
            duration=self.duration,
            work=self.work,
            cost=self.cost,
        )


def _as_planned(row: Plan, plan: engine.Plan) -> dict[int, _Amounts]:
    """Every task of the plan as it stands, by uid."""
    rows = PlanTask.unscoped(reason="tasks of a visible plan").filter(plan=row, removed_at=None)
    dates = {uid: (start, finish) for uid, start, finish in rows.values_list("uid", "start", "finish")}
    return {
        task.uid: _Amounts(
            task.uid,
            *dates.get(task.uid, (None, None)),
            task.duration.amount if task.duration else None,
            task.work,
            task.cost,
        )
        for task in plan.tasks
    }


def _kept(earlier: Collection[Baseline]) -> dict[int, _Amounts]:
    rows = BaselineTask.among([baseline.pk for baseline in earlier])
    columns = rows.values_list("uid", "start", "finish", "duration", "work", "cost")
    return {column[0]: _Amounts(*column) for column in columns}


def _with_all_below(plan: engine.Plan, uids: set[int]) -> set[int]:
    """The chosen rows with all that stand below them."""
    chosen = set(uids)
    for task in plan.tasks:  # a summary stands before its tasks
        if task.parent_uid in chosen:
            chosen.add(task.uid)
    return chosen


def _partly(
    plan: engine.Plan,
    now: Mapping[int, _Amounts],
    chosen: Collection[int],
    before: Mapping[int, _Amounts],
    *,
    roll_up: bool,
) -> dict[int, _Amounts]:
    """The baseline so far with the chosen tasks as they are now, and their summaries where asked for."""
    taken = {**before, **{uid: now[uid] for uid in chosen}}
    if not roll_up:
        return taken
    below: dict[int, list[int]] = {}
    for task in plan.tasks:
        if task.parent_uid is not None:
            below.setdefault(task.parent_uid, []).append(task.uid)
    above = _above(plan, chosen)
    axis = project_axis(plan)
    for uid in [task.uid for task in reversed(plan.tasks) if task.uid in above]:  # the lowest first
        inside = [taken[child] for child in below[uid] if child in taken]
        taken[uid] = _rolled_up(uid, inside, axis)
    return taken


def _above(plan: engine.Plan, uids: Iterable[int]) -> set[int]:
    parents = {task.uid: task.parent_uid for task in plan.tasks}
    found: set[int] = set()
    for uid in uids:
        above = parents.get(uid)
        while above is not None and above not in found:
            found.add(above)
            above = parents.get(above)
    return found


def _rolled_up(uid: int, inside: Collection[_Amounts], axis: Axis) -> _Amounts:
    start = min((one.start for one in inside if one.start is not None), default=None)
    finish = max((one.finish for one in inside if one.finish is not None), default=None)
    spanned = WorkTime(axis.between(instant(start), instant(finish))) if start and finish else None
    work = [one.work for one in inside if one.work is not None]
    cost = [one.cost for one in inside if one.cost is not None]
    return _Amounts(
        uid,
        start,
        finish,
        spanned,
        WorkTime(sum(amount.tenths for amount in work)) if work else None,
        sum(cost, Decimal(0)) if cost else None,
    )
