"""Everything that is done to a plan, through one door: typed cells, new rows, links, the outline; all or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headway.areas.desk.providers import project_source, reader
from headway.areas.projects.queries import local_day
from headway.areas.projects.types import ProjectId
from headway.areas.schedule import effect, keeping
from headway.areas.schedule.acts import PROGRESS, Act, PlanChange, PlanChanges, PlanEffect
from headway.areas.schedule.cells import STRUCTURAL, Known, Refusal, Writer
from headway.areas.schedule.editing import NO_PLAN, dated, hold, stored
from headway.areas.schedule.fields import fields_of
from headway.areas.schedule.looks import FieldRow
from headway.areas.schedule.models import Plan, PlanTask, Resource
from headway.areas.schedule.reading import Today
from headway.areas.schedule.records import project_axis
from headway.areas.schedule.telling import tell_assigned
from headway.engine import edits
from headway.engine import plan as engine
from headway.engine.edits import EditError
from headway.engine.plan import PlanError
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound
from headway.kernel.schema import ShortText

_WHY = "parts of a visible plan"


@command(permission="schedule.change_plan", only_reads_when_tried=True)
def change_plan(
    ctx: Context, *, project: ProjectId, changes: PlanChanges, seen: int | None = None, label: ShortText = ""
) -> PlanEffect:
    """Do all this to a plan, in order, or nothing; answer with what it does to dates, deadlines, people and cost.

    Texts are read as people type them: durations '3d', days 'next fri', predecessors '12FS+2d; 15SS' by row number,
    people 'Ann; Bob [50%]'. A dry run answers the same and stores nothing.

    seen   the plan's version that the person saw: refused where somebody else has since changed the same field of the
           same row. None = no check.
    label  what the undo list calls it; '' = words made from the changes.
    """
    tried = ctx.dry_run and ctx.work is None
    row = _seen_now(ctx, project) if tried else hold(ctx, project)
    before = keeping.held(row)
    writer = _written(ctx, row, before, changes)
    said = label.strip() or changes[0].act.value
    if tried:
        difference, _ = dated(before, writer.draft.plan)
        return _answer(row, difference, writer, said)
    difference, _ = stored(ctx, row, before, writer.draft.plan)
    _hire(ctx, row, writer)
    if any(change.act is Act.SET and change.field in PROGRESS for change in changes):
        row.change(ctx, progress_on=local_day(ctx, project=project))
    return _answer(row, difference, writer, said)


def tried(ctx: Context, row: Plan, before: keeping.Held, changes: Sequence[PlanChange]) -> effect.Difference:
    """A plan beside what some changes would make of it; nothing is stored. Refused as the command refuses them."""
    return dated(before, _written(ctx, row, before, changes).draft.plan)[0]


def _seen_now(ctx: Context, project_id: int) -> Plan:
    row = Plan.visible_to(ctx).filter(project_id=project_id).first()
    if row is None:
        raise NotFound(NO_PLAN)
    return row


def _written(ctx: Context, row: Plan, before: keeping.Held, changes: Sequence[PlanChange]) -> Writer:
    """The changes made on a draft. Refused with every change that cannot be made, by its place in the list."""
    computed = before.scheduled.schedule if before.scheduled is not None else None
    draft = edits.Draft(before.plan, computed)
    known = Known(_today(ctx, row, before.plan), lambda: _people(row), lambda: _fields(ctx, row))
    writer = Writer(draft, known, row.next_uid)
    faults: list[FieldError] = []
    uids: list[int] = []
    for places in _in_turn(changes):
        try:
            if changes[places[0]].act is Act.ADD:
                writer.add(changes[place] for place in places)
            else:
                writer.make(changes[places[0]])
        except Refusal as refusal:
            place = places[refusal.place]
            value = str(getattr(changes[place], refusal.part, ""))[:200]
            faults.append(FieldError(f"changes.{place}.{refusal.part}", refusal.why, value=value))
        except EditError as error:
            faults.append(FieldError(f"changes.{places[0]}.{_part(changes[places[0]], error)}", str(error)))
            uids.extend(error.uids)
        except PlanError as error:
            raise Invalid(str(error), extra={"task_uids": list(error.uids)}) from None
    if faults:
        more = f" And {len(faults) - 1} more." if len(faults) > 1 else ""
        raise Invalid(f"{faults[0].message}{more}", fields=faults, extra={"task_uids": uids} if uids else None)
    return writer


def _in_turn(changes: Sequence[PlanChange]) -> Iterator[list[int]]:
    """Places of the changes to be made together: new rows before what is typed, up to where the outline changes."""
    begin = 0
    while begin < len(changes):
        end = begin
        while end < len(changes) and changes[end].act not in STRUCTURAL:
            end += 1
        span = range(begin, end)
        added = [place for place in span if changes[place].act is Act.ADD]
        if added:
            yield added
        yield from ([place] for place in span if changes[place].act is not Act.ADD)
        if end < len(changes):
            yield [end]
        begin = end + 1


def _part(change: PlanChange, error: EditError) -> str:
    if change.act is Act.SET:
        return "value"
    return {"predecessor_uid": "other", "after": "after", "at": "at", "gap": "gap"}.get(error.field, "task")


def _today(ctx: Context, row: Plan, plan: engine.Plan) -> Today:
    return Today(local_day(ctx, project=row.project_id), reader(ctx).month_first, project_axis(plan))


def _people(row: Plan) -> dict[str, int]:
    return {who.name: who.person_id for who in project_source().colleagues(row.project_id)}


def _fields(ctx: Context, row: Plan) -> dict[str, FieldRow]:
    return {item.key: item for item in fields_of(ctx, row.project_id)}


def _hire(ctx: Context, row: Plan, writer: Writer) -> None:
    """Say which person a new resource is, and tell whoever was put on a task."""
    for uid, person in writer.hired.items():
        Resource.found(ctx, plan=row, uid=uid).change(ctx, person_id=person)
    if not writer.joined:
        return
    resources = {item.uid: item for item in Resource.unscoped(reason=_WHY).filter(plan=row)}
    tasks = {item.uid: item for item in PlanTask.unscoped(reason=_WHY).filter(plan=row, removed_at=None)}
    for task_uid, resource_uid in writer.joined:
        if task_uid in tasks:
            tell_assigned(ctx, tasks[task_uid], resources[resource_uid])


def _answer(row: Plan, difference: effect.Difference, writer: Writer, label: str) -> PlanEffect:
    broken, met = difference.deadlines
    return PlanEffect(
        change=None,
        version=row.version,
        label=label,
        made={str(new): uid for new, uid in writer.made.items()},
        moved=effect.shown(difference),
        moved_count=len(difference.moved),
        old_finish=difference.old_finish,
        new_finish=difference.new_finish,
        finish_days=difference.finish_days,
        deadlines_broken=tuple(broken),
        deadlines_met=tuple(met),
        warnings=(*writer.passed, *difference.after.schedule.warnings),
        sentence=effect.sentence(difference),
    )
