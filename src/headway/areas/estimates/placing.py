"""An estimate's lines as rows of the plan: one change of the plan, tried first, undone like any other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from headway.areas.estimates import planning
from headway.areas.estimates.figures import scaled
from headway.areas.estimates.models import Estimate, EstimateLine
from headway.areas.estimates.reading import detail
from headway.areas.estimates.types import PlanBy, PlanOrder
from headway.areas.projects.queries import local_day
from headway.areas.schedule.acts import PlanEffect
from headway.areas.schedule.changing import answer
from headway.areas.schedule.editing import dated, stored, taken_up
from headway.areas.schedule.history import Note
from headway.engine.plan import ProjectSettings
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict


@command(permission="estimates.plan", only_reads_when_tried=True)
def into_plan(
    ctx: Context,
    *,
    estimate: Estimate,
    by: PlanBy = PlanBy.EXPECTED,
    order: PlanOrder = PlanOrder.SIDE_BY_SIDE,
) -> PlanEffect:
    """Make tasks with work and roles of an estimate's lines; answer with what it does to dates, people and cost.

    Lines that have a row of the plan already leave it as it is. A dry run answers the same and stores nothing.

    by     hours of a task: expected (P50), or most likely with the spread kept for the simulation of the finish.
    order  in sequence: each new task begins when the one before is finished. What waits for nothing begins with the
           plan, and no earlier than today where that has begun.
    """
    found = detail(ctx, estimate)
    row, before = taken_up(ctx, estimate.project_id)
    made = planning.with_lines(
        before.plan,
        scaled(found.lines, found.calibration),
        first_uid=row.next_uid,
        begin=_begins(before.plan.project, local_day(ctx, project=estimate.project_id)),
        by=by,
        order=order,
    )
    if not made.uids:
        raise Conflict(f"Every line of {estimate.ref} has a row of the plan already. Change its work in the plan.")
    label = f"Take {estimate.ref} into the plan"
    rows = {str(-place): uid for place, uid in enumerate(made.uids.values(), start=1)}
    if ctx.only_tried:
        return replace(answer(ctx, row, dated(before, made.plan), label), made=rows)
    done = stored(ctx, row, before, made.plan, Note(label))
    lines = list(EstimateLine.of(estimate).filter(pk__in=list(made.uids)))
    for line in lines:
        line.task_uid = made.uids[line.pk]
    EstimateLine.unscoped(reason="lines of the estimate above").bulk_update(lines, ("task_uid",))
    estimate.change(ctx, plan_change=done.entry.pk if done.entry is not None else None)
    return replace(answer(ctx, row, done.change, label, entry=done.entry), made=rows)


def _begins(settings: ProjectSettings, today: date) -> datetime | None:
    if settings.start is None or settings.start.date() >= today:
        return None
    return datetime.combine(today, settings.default_start)
