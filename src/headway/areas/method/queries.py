"""Reads of the method: templates with their dates, roles of a plan that wait for people."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from headway.areas.method import templates as known
from headway.areas.method.outline import DOCUMENT
from headway.areas.method.types import (
    DatedGate,
    DatedRow,
    RoleSeat,
    TemplatePreview,
    TemplateRoleRow,
    Templates,
)
from headway.areas.projects.types import ProjectId
from headway.areas.schedule.queries import has_plan, plan_of, resources
from headway.areas.schedule.writing import day_writing
from headway.engine.durations import duration_text
from headway.engine.plan import ResourceType
from headway.kernel.context import Context
from headway.kernel.paging import page
from headway.kernel.queries import query
from headway.kernel.schema import ShortText


@query(permission="method.read_templates")
def templates(ctx: Context, *, retired: bool = False, cursor: str = "", limit: int = 50) -> Templates:
    """What projects can begin with: the house's own templates by name, a page at a time.

    retired  also those that are no longer offered. The ready-made ones stand on the first page, behind the own.
    """
    rows = known.own_templates(ctx, retired=retired)
    found, following = page(rows, order=("name", "id"), cursor=cursor, limit=limit)
    ready = known.ready_rows() if not cursor else ()
    return Templates((*known.own_rows(found), *ready), following, rows.count())


@query(permission="method.read_templates")
def preview(
    ctx: Context,
    *,
    template: ShortText,
    starts_on: date | None = None,
    ends_on: date | None = None,
    without: tuple[ShortText, ...] = (),
) -> TemplatePreview:
    """A template with the dates that the engine gives it; nothing is made.

    template  'site-build' of a ready-made one, 'T-3' of the house's own.
    ends_on   in place of a first day: the plan then begins as late as it can to be done by the end of that day.
    without   phases to leave out; what came after them comes after what they came after.
    """
    laid = known.laid(ctx, template, starts_on=starts_on, ends_on=ends_on, parts_out=without)
    dates = laid.made.dates.by_uid()
    plan = {task.uid: task for task in laid.made.plan.tasks}
    rows = []
    for task in laid.body.tasks:
        uid = laid.made.uids[task.key]
        dated, engine_task = dates[uid], plan[uid]
        rows.append(
            DatedRow(
                key=task.key,
                level=task.level,
                name=task.name,
                phase=engine_task.summary,
                milestone=task.milestone,
                critical=dated.critical and not engine_task.summary,
                start=dated.start,
                finish=dated.finish,
                duration=""
                if engine_task.summary or task.milestone or engine_task.duration is None
                else duration_text(engine_task.duration, laid.made.plan.project),
                roles=", ".join(
                    doer.role if doer.units == 1 else f"{doer.role} {doer.units * 100:.0f} %" for doer in task.by
                ),
                checklist=task.checklist,
            )
        )
    hours = known.hours_by_role(laid.made)
    days = known.working_days(laid.made)
    finish = laid.made.dates.finish
    return TemplatePreview(
        template=laid.found.row,
        start=laid.start,
        finish=finish.date(),
        working_days=days,
        sentence=_sentence(ctx, laid, days),
        parts=laid.found.body.parts,
        left_out=laid.left_out,
        rows=tuple(rows),
        roles=tuple(
            TemplateRoleRow(role.name, role.about, *hours.get(role.name, (Decimal(0), 0))) for role in laid.body.roles
        ),
        gates=tuple(
            DatedGate(
                gate.stage,
                gate.name,
                dates[laid.made.uids[gate.task]].finish.date() if gate.task else None,
                tuple(f"Document: {item.text}" if item.check == DOCUMENT else item.text for item in gate.criteria),
            )
            for gate in laid.body.gates
        ),
        risks=tuple(risk.title for risk in laid.body.risks),
        assumptions=laid.body.assumptions,
    )


def _sentence(ctx: Context, laid: known.Laid, days: int) -> str:
    """'Starts Mon 2 Mar, finishes Thu 25 Jun: 83 working days; 65 rows: 8 phases, 49 tasks, 8 milestones.'"""
    writing = day_writing(ctx)
    start = writing.of(datetime.combine(laid.start, time()))
    said = f"Starts {start}, finishes {writing.of(laid.made.dates.finish)}: {days} working days"
    return f"{said}; {laid.body.counts.words}."


@query(permission="method.read_roles")
def roles(ctx: Context, *, project: ProjectId) -> tuple[RoleSeat, ...]:
    """The roles of a project's plan, and whoever in it is no known person; those first that nobody has taken."""
    if not has_plan(project):
        return ()
    plan = plan_of(ctx, project=project)
    people = {row.uid: row.person_id for row in resources(ctx, project=project)}
    sums: dict[int, tuple[int, Decimal]] = {}
    for item in plan.assignments:
        tasks, hours = sums.get(item.resource_uid or 0, (0, Decimal(0)))
        sums[item.resource_uid or 0] = (tasks + 1, hours + item.work.hours)
    seats = [
        RoleSeat(
            item.uid,
            item.group or item.name,
            people.get(item.uid),
            item.name if people.get(item.uid) is not None else "",
            *sums.get(item.uid, (0, Decimal(0))),
        )
        for item in plan.resources
        if item.type is ResourceType.WORK and (item.group or people.get(item.uid) is None)
    ]
    return tuple(sorted(seats, key=lambda seat: (seat.person_id is not None, seat.role)))
