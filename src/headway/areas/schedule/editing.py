"""The one path of every change of a plan: hold it, change it in memory, date it anew, store what differs, note it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from headway.areas.schedule import elsewhere, history, keeping, storing
from headway.areas.schedule.effect import Difference
from headway.areas.schedule.events import PlanChanged
from headway.areas.schedule.models import Plan, PlanEdit
from headway.areas.schedule.telling import tell_of_deadlines, tell_of_moves
from headway.areas.schedule.types import Moved
from headway.engine import plan as engine
from headway.engine.plan import PlanError
from headway.kernel.context import Context
from headway.kernel.errors import NotFound

NO_PLAN = "This project has no plan yet. Import one, or start one."


def hold(ctx: Context, project_id: int) -> Plan:
    """The project's plan, locked: who else changes it waits, and then starts from what we leave."""
    row = Plan.hold(Plan.visible_to(ctx).filter(project_id=project_id)).first()
    if row is None:
        raise NotFound(NO_PLAN)
    return row


def seen_now(ctx: Context, project_id: int) -> Plan:
    """The project's plan as it is now, held by nobody."""
    row = Plan.visible_to(ctx).filter(project_id=project_id).first()
    if row is None:
        raise NotFound(NO_PLAN)
    return row


def taken_up(ctx: Context, project_id: int) -> tuple[Plan, keeping.Held]:
    """The project's plan and what it holds: locked for a change, as seen now where the change is only tried."""
    if ctx.only_tried:
        row = seen_now(ctx, project_id)
        return row, keeping.seen(row)
    row = hold(ctx, project_id)
    return row, keeping.held(row)


def dated(before: keeping.Held, plan: engine.Plan) -> Difference:
    """The plan with its new dates, beside what it was; refused where it has none."""
    try:
        change = Difference(before.scheduled, before.after(plan))
        _ = change.new_finish
    except PlanError as error:
        raise storing.refused(error) from None
    return change


@dataclass(frozen=True, slots=True)
class Stored:
    """A change that the rows now hold.

    moved  the rows whose finish changed; entry  its place in the undo list, None where nothing differs.
    """

    change: Difference
    moved: tuple[Moved, ...]
    entry: PlanEdit | None


def stored(ctx: Context, row: Plan, before: keeping.Held, plan: engine.Plan, said: history.Note) -> Stored:
    """Make the rows of a plan that is held hold another content, and write it into the undo list."""
    elsewhere.refuse_circle(ctx, row.project_id, before.plan, plan)
    change = dated(before, plan)
    differing = before.differing(change.after)
    persons = {**history.persons_leaving(row, before.plan, plan), **said.persons}
    _, moved = storing.store(ctx, row, plan, change.after.schedule, before=before, moved=differing)
    (keeping.keep_tried if ctx.dry_run else keeping.keep)(row, change.after)
    history.put_persons(ctx, row, said.persons)
    entry = history.note(ctx, row, before.plan, plan, history.Figures.of(change), replace(said, persons=persons))
    tell_of_moves(ctx, row, moved, said.label)
    tell_of_deadlines(ctx, row, change.deadlines[0], said.label)
    ctx.emit(PlanChanged(project_id=row.project_id))
    return Stored(change, moved, entry)
