"""Everything that is done to a plan, through one door: typed cells, new rows, links, the outline; all or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace

from headway.areas.desk.providers import project_source, reader
from headway.areas.people.queries import inside_accounts
from headway.areas.people.types import Role
from headway.areas.projects.commands import set_member
from headway.areas.projects.queries import local_day
from headway.areas.projects.types import ProjectId
from headway.areas.schedule import effect, elsewhere, history, keeping, loads
from headway.areas.schedule.acts import Act, PlanChange, PlanChanges, PlanEffect
from headway.areas.schedule.cell_texts import text_of
from headway.areas.schedule.cells import STRUCTURAL, Known, Refusal, Writer, is_progress
from headway.areas.schedule.editing import Stored, dated, stored, taken_up
from headway.areas.schedule.fields import fields_of
from headway.areas.schedule.history import PLACE, SPLITS, Note
from headway.areas.schedule.labels import label_of
from headway.areas.schedule.looks import FieldRow
from headway.areas.schedule.models import Plan, PlanEdit, PlanTask, Resource
from headway.areas.schedule.reading import Today
from headway.areas.schedule.records import project_axis
from headway.areas.schedule.telling import tell_joined
from headway.areas.schedule.writing import day_writing
from headway.engine import edits
from headway.engine import plan as engine
from headway.engine.edits import EditError
from headway.engine.plan import PlanError
from headway.kernel.access import may
from headway.kernel.among import among_ids
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, Stale
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
    row, before = taken_up(ctx, project)
    if seen is not None:
        refuse_stale(ctx, row, before, changes, seen)
    writer = _written(ctx, row, before, changes)
    plan = writer.draft.plan
    said = label.strip() or label_of(changes, lambda uid: _name(writer, before.plan, uid))
    if ctx.only_tried:
        return answer(ctx, row, dated(before, plan), said, writer=writer, cells=_cells(writer, changes))
    cells = _cells(writer, changes)
    done = written(ctx, row, before, writer, Note(said, cells=cells))
    if any(map(is_progress, changes)):
        row.change(ctx, progress_on=local_day(ctx, project=project))
    return answer(ctx, row, done.change, said, entry=done.entry, writer=writer, cells=cells)


def tried(ctx: Context, row: Plan, before: keeping.Held, changes: Sequence[PlanChange]) -> effect.Difference:
    """A plan beside what some changes would make of it; nothing is stored. Refused as the command refuses them."""
    return dated(before, _written(ctx, row, before, changes).draft.plan)


def _cells(writer: Writer, changes: Sequence[PlanChange]) -> set[tuple[int, str]]:
    """What the person changed; links, people and rows that come or go are known from the plan."""
    found = set()
    for change in changes:
        uid = writer.made.get(change.task) if change.task is not None and change.task < 0 else change.task
        if uid is None:
            continue
        if change.act is Act.SET:
            found.add((uid, change.field))
        elif change.act in (Act.INDENT, Act.OUTDENT, Act.MOVE):
            found.add((uid, PLACE))
        elif change.act in (Act.SPLIT, Act.JOIN):
            found.add((uid, SPLITS))
    return found


def _name(writer: Writer, old: engine.Plan, uid: int | None) -> str:
    """What a row is called in the undo list: as before the change, which may give it another name."""
    uid = writer.made.get(uid) if uid is not None and uid < 0 else uid
    known = next((task.name for task in old.tasks if task.uid == uid), None)
    if known is not None:
        return known
    return writer.draft.task(uid).name if uid is not None and writer.draft.knows(uid) else ""


def _written(ctx: Context, row: Plan, before: keeping.Held, changes: Sequence[PlanChange]) -> Writer:
    """The changes made on a draft. Refused with every change that cannot be made, by its place in the list."""
    writer = writer_of(ctx, row, before, before.plan)
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


def writer_of(ctx: Context, row: Plan, before: keeping.Held, plan: engine.Plan) -> Writer:
    """Who writes into a plan what people type, from `plan` on; it knows the project's people and fields."""
    computed = before.scheduled.schedule if before.scheduled is not None else None
    known = Known(
        _today(ctx, row, plan),
        lambda: _people(row),
        lambda: could_join(ctx, row.project_id),
        lambda: _fields(ctx, row),
    )
    return Writer(edits.Draft(plan, computed, seen=True), known, row.next_uid)


def written(ctx: Context, row: Plan, before: keeping.Held, writer: Writer, said: Note) -> Stored:
    """What was written, stored; whoever was put on a task is told."""
    persons = {uid: (None, person) for uid, person in writer.hired.items()}
    _put_on_project(ctx, row, writer)
    done = stored(ctx, row, before, writer.draft.plan, replace(said, persons=persons))
    _tell_joined(ctx, row, writer)
    return done


def _put_on_project(ctx: Context, row: Plan, writer: Writer) -> None:
    """Who was named and does not work on the project yet is a member of it from now on."""
    here = set(_people(row).values()) if writer.hired else set()
    for uid, person in writer.hired.items():
        if person not in here:
            set_member(ctx, project=row.project_id, person=person, role=Role.MEMBER)
            writer.passed.append(f"{writer.draft.resources[uid].name} is on the project now, as a member.")


def _in_turn(changes: Sequence[PlanChange]) -> Iterator[list[int]]:
    """Places of the changes to be made together, in the order in which they are made.

    Up to where the outline changes: new rows first, then what is typed, then progress, which asks where tasks stand.
    """
    begin = 0
    while begin < len(changes):
        end = begin
        while end < len(changes) and changes[end].act not in STRUCTURAL:
            end += 1
        span = range(begin, end)
        added = [place for place in span if changes[place].act is Act.ADD]
        if added:
            yield added
        rest = [place for place in span if changes[place].act is not Act.ADD]
        yield from ([place] for place in sorted(rest, key=lambda place: is_progress(changes[place])))
        if end < len(changes):
            yield [end]
        begin = end + 1


def _part(change: PlanChange, error: EditError) -> str:
    if change.act is Act.SET:
        return "task" if error.field == "task" else "value"
    return {"predecessor_uid": "other", "after": "after", "at": "at", "gap": "gap"}.get(error.field, "task")


def _today(ctx: Context, row: Plan, plan: engine.Plan) -> Today:
    return Today(local_day(ctx, project=row.project_id), reader(ctx).month_first, project_axis(plan))


def could_join(ctx: Context, project_id: int) -> dict[str, int]:
    """Who of the house can be put on a project by this person, by name: the person's id; nobody without that right."""
    if not may(ctx, "projects.set_member", project_id=project_id):
        return {}
    return {name: person for person, name, _, _ in inside_accounts() if person != ctx.actor.person_id}


def _people(row: Plan) -> dict[str, int]:
    return {who.name: who.person_id for who in project_source().colleagues(row.project_id)}


def _fields(ctx: Context, row: Plan) -> dict[str, FieldRow]:
    return {item.key: item for item in fields_of(ctx, row.project_id)}


def _tell_joined(ctx: Context, row: Plan, writer: Writer) -> None:
    """Whoever was put on a task learns of it."""
    if not writer.joined:
        return
    resources = {item.uid: item for item in Resource.unscoped(reason=_WHY).filter(plan=row)}
    rows = PlanTask.unscoped(reason=_WHY).filter(plan=row, removed_at=None).order_by("position")
    given: dict[int, list[PlanTask]] = {}
    tasks = {item.uid: item for item in rows.filter(among_ids("uid", [uid for uid, _ in writer.joined]))}
    for task_uid, resource_uid in writer.joined:
        if task_uid in tasks:
            tasks[task_uid].plan = row
            given.setdefault(resource_uid, []).append(tasks[task_uid])
    for resource_uid, theirs in given.items():
        tell_joined(ctx, theirs, resources[resource_uid])


def answer(
    ctx: Context,
    row: Plan,
    difference: effect.Difference,
    label: str,
    *,
    entry: PlanEdit | None = None,
    writer: Writer | None = None,
    cells: Set[tuple[int, str]] = frozenset(),
) -> PlanEffect:
    """The effect of a change as the doors answer with it; `cells`: what was typed, by uid and field."""
    if entry is None:
        elsewhere.refuse_circle(ctx, row.project_id, difference.old_plan, difference.after.plan)
    others = elsewhere.moved(ctx, row.project_id, difference)
    days = day_writing(ctx)
    made: Mapping[int, int] = writer.made if writer is not None else {}
    passed = writer.passed if writer is not None else ()
    broken, met = difference.deadlines
    found = loads.overloads(difference)
    worse, relieved = found or ((), ())
    unsaid = () if found is not None else ("Too much moves to say at once who gets more work than time.",)
    costs = loads.costs(difference) if may(ctx, "hours.read_costs", project_id=row.project_id) else (None, None)
    return PlanEffect(
        change=entry.pk if entry is not None else None,
        version=row.version,
        label=label,
        made={str(new): uid for new, uid in made.items()},
        moved=effect.shown(difference),
        moved_count=len(difference.moved),
        old_finish=difference.old_finish,
        new_finish=difference.new_finish,
        finish_days=difference.finish_days,
        deadlines_broken=tuple(broken),
        deadlines_met=tuple(met),
        over_capacity=tuple(worse),
        relieved=tuple(relieved),
        old_cost=costs[0],
        new_cost=costs[1],
        currency=difference.after.plan.project.currency or None,
        warnings=(*unsaid, *passed, *effect.warnings_of(difference, cells, days), *difference.warnings),
        elsewhere=others,
        sentence=" ".join([effect.sentence(difference, worse, relieved, days), *(item.sentence for item in others)]),
    )


def refuse_stale(ctx: Context, row: Plan, before: keeping.Held, changes: Sequence[PlanChange], seen: int) -> None:
    """Refuse where somebody else changed, after the version that was seen, the very cells that are changed now."""
    cells = [(change.task or 0, _stale_name(change)) for change in changes]
    names = {task.uid: task.name for task in before.plan.tasks}
    found = history.touched_since(ctx, row, seen, cells, there=names)
    if not found:
        return
    told = []
    for place, touched in sorted(found.items()):
        change = changes[place]
        told.append(
            {
                "index": place,
                "task": change.task,
                "field": change.field or change.act.value,
                "yours": change.value,
                "theirs": "" if touched.removed else _theirs(before, change),
                "by": touched.by,
                "at": touched.at.isoformat(),
                "removed": touched.removed,
            }
        )
    first = told[0]
    more = f", and {len(told) - 1} more" if len(told) > 1 else ""
    what = "row" if first["removed"] else str(first["field"]).replace("_", " ")
    where = f" of '{names[first['task']]}'" if first["task"] in names else ""
    done = "removed" if first["removed"] else "changed"
    raise Stale(
        f"{first['by']} {done} the {what}{where}{more} since you saw it. Look at both and choose.",
        extra={"stale": told, "current_version": row.version},
    )


def _theirs(before: keeping.Held, change: PlanChange) -> str:
    task = next((item for item in before.plan.tasks if item.uid == change.task), None)
    return text_of(before, task, change.field) if task is not None else ""


def _stale_name(change: PlanChange) -> str:
    if change.act is Act.SET:
        return change.field
    if change.act in (Act.LINK, Act.UNLINK):
        return history.PREDECESSORS
    if change.act in (Act.SPLIT, Act.JOIN):
        return SPLITS
    return PLACE if change.act in (Act.INDENT, Act.OUTDENT, Act.MOVE) else history.ROW
