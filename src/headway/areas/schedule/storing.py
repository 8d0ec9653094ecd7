"""Writes a changed plan: only the rows that differ, in bulk. Called inside commands only."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import reduce
from operator import attrgetter, itemgetter, or_
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Q

from headway.areas.schedule.keeping import Held, new_stamp
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
from headway.areas.schedule.records import PLACEHOLDER, computed_columns, task_columns, to_record
from headway.areas.schedule.types import Moved, PlanDifference
from headway.engine import plan as engine
from headway.engine.edits import EditError
from headway.engine.plan import PlanError
from headway.kernel import search
from headway.kernel.among import among_ids
from headway.kernel.bulk import insert_models, insert_rows
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid

_WHY = "parts of a visible plan"
_BATCH = 1000
KeyT = TypeVar("KeyT", bound=Hashable)
PartT = TypeVar("PartT")


def refused(error: PlanError) -> Invalid:
    """What the engine says, as a refusal that people see; of a change with the input that is at fault."""
    fields = [FieldError(_INPUTS.get(error.field, error.field), str(error))] if isinstance(error, EditError) else []
    return Invalid(str(error), fields=fields, extra={"task_uids": list(error.uids)} if error.uids else None)


_INPUTS = {"uid": "task", "remaining_duration": "remaining", "date": "constraint_date", "after": "task"}


def store(
    ctx: Context,
    row: Plan,
    new: engine.Plan,
    schedule: engine.Schedule,
    *,
    before: Held | None = None,
    moved: frozenset[int] | None = None,
) -> tuple[PlanDifference, tuple[Moved, ...]]:
    """Make the rows hold this plan and these dates; give what differs and which tasks moved.

    before  the plan that the rows hold now, where it is known: only what differs from it is read and written.
    moved   uids of the tasks whose dates may differ from those of `before`; None = not known.
    """
    known = before.plan if before is not None else None
    parts = [
        (known is None or known.calendars is not new.calendars) and _calendars(row, new),
        (known is None or known.links is not new.links) and _links(row, new, known),
        (known is None or known.resources is not new.resources) and _resources(ctx, row, new),
        (known is None or known.assignments is not new.assignments) and _assignments(row, new, known),
    ]
    differing = _differing(before, new, moved)
    difference, changes = _tasks(ctx, row, new, schedule, differing)
    settings = to_record(new.project)
    changed = row.change(
        ctx,
        settings=settings,
        warnings=list(schedule.warnings),
        start=schedule.start,
        finish=schedule.finish,
        next_uid=max([row.next_uid, *(task.uid + 1 for task in new.tasks)]),
    )
    counts = (difference.create, difference.update, difference.missing, len(differing.shifted))
    if not changed and (any(parts) or any(counts)):
        row.touch()
    row.bear(new_stamp())
    return difference, changes


@dataclass(frozen=True, slots=True)
class _Differing:
    """What is to be looked at of a plan's rows.

    present  uids of rows to read; None = all of them.
    shifted  uids of rows of which place and number alone differ, by how much each.
    """

    tasks: Sequence[tuple[int, engine.Task]]  # with their positions
    present: set[int] | None
    shifted: Mapping[tuple[int, int], list[int]] = field(default_factory=dict)


def _differing(before: Held | None, new: engine.Plan, moved: frozenset[int] | None) -> _Differing:
    placed = list(enumerate(new.tasks, start=1))
    if before is None or moved is None:
        return _Differing(placed, None)
    old = {task.uid: (position, task) for position, task in enumerate(before.plan.tasks, start=1)}
    found: list[tuple[int, engine.Task]] = []
    shifted: dict[tuple[int, int], list[int]] = {}
    for position, task in placed:
        place, known = old.pop(task.uid, (0, None))
        if known is task and place == position and task.uid not in moved:
            continue
        if known is not None and task.uid not in moved and _but_for_number(known) == _but_for_number(task):
            shifted.setdefault((position - place, task.id - known.id), []).append(task.uid)
        else:
            found.append((position, task))
    if len(shifted) > _MOST_SHIFTS:
        many = {uid for uids in shifted.values() for uid in uids}
        found, shifted = sorted([*found, *(item for item in placed if item[1].uid in many)], key=itemgetter(0)), {}
    return _Differing(found, {*old, *(task.uid for _, task in found)}, shifted)


_MOST_SHIFTS = 20  # a statement each
_but_for_number = attrgetter(*(item.name for item in fields(engine.Task) if item.name != "id"))


def _shift(row: Plan, shifted: Mapping[tuple[int, int], list[int]]) -> None:
    """Rows behind those that came or went: another number and place, nothing else."""
    table, column = connection.ops.quote_name(PlanTask._meta.db_table), "definition"
    if connection.vendor == "postgresql":
        number = f"jsonb_set({column}, '{{id}}', to_jsonb(coalesce(({column}->>'id')::int, 0) + %s))"
        among = "uid = ANY(%s::bigint[])"
    else:
        number = f"json_set({column}, '$.id', coalesce(json_extract({column}, '$.id'), 0) + %s)"
        among = "uid IN (SELECT value FROM json_each(%s))"
    statement = (
        f"UPDATE {table} SET position = position + %s, version = version + 1, {column} = {number} "  # noqa: S608 - our own names
        f"WHERE plan_id = %s AND {among}"
    )
    with connection.cursor() as cursor:
        for (places, numbers), uids in shifted.items():
            listed = uids if connection.vendor == "postgresql" else json.dumps(uids)
            cursor.execute(statement, [places, numbers, row.pk, listed])


def _tasks(
    ctx: Context, row: Plan, new: engine.Plan, schedule: engine.Schedule, differing: _Differing
) -> tuple[PlanDifference, tuple[Moved, ...]]:
    rows = PlanTask.unscoped(reason=_WHY).filter(plan=row)
    if differing.present is not None:
        rows = rows.filter(among_ids("uid", differing.present))
    present = {item.uid: item for item in rows}
    numbers = {uid: number for number, uid in enumerate(task.uid for task in new.tasks if task.active)}
    fresh: list[PlanTask] = []
    touched: list[PlanTask] = []
    reworded: list[PlanTask] = []
    moved: list[Moved] = []
    updated = 0
    details: list[dict[str, Any]] = []
    for position, task in differing.tasks:
        uid, number = task.uid, numbers.get(task.uid)
        scheduled = schedule.tasks[number] if number is not None else None
        columns = {**task_columns(task), **computed_columns(scheduled), "position": position}
        item = present.pop(uid, None)
        if item is None:
            fresh.append(PlanTask(plan=row, uid=uid, created_at=ctx.now, removed_at=None, **columns))
            continue
        redefined = item.definition != columns["definition"] or item.removed_at is not None
        if item.finish != columns["finish"]:
            moved.append(Moved(uid, task.name, item.finish, columns["finish"]))
        if redefined:
            updated += 1
            details.extend(_field_changes(item, columns["definition"]))
            ctx.record("schedule.PlanTask", item.pk, "definition", item.definition, columns["definition"])
        if redefined or any(getattr(item, name) != value for name, value in columns.items()):
            for name, value in columns.items():
                setattr(item, name, value)
            item.removed_at = None
            item.version += 1
            touched.append(item)
            if redefined:
                reworded.append(item)
    gone = [item for item in present.values() if item.removed_at is None]
    for item in gone:
        item.removed_at = ctx.now
        item.version += 1
        ctx.record("schedule.PlanTask", item.pk, "removed_at", None, ctx.now)
    _write(fresh, [*touched, *gone])
    _shift(row, differing.shifted)
    search.keep_all(PlanTask, [*fresh, *reworded, *gone], project_id=row.project_id)
    details.extend({"uid": item.uid, "field": "task", "old": item.name, "new": None} for item in gone[:20])
    unchanged = len(new.tasks) - len(fresh) - updated
    return PlanDifference(len(fresh), updated, unchanged, len(gone), tuple(details[:200])), tuple(moved)


def _write(fresh: list[PlanTask], known: list[PlanTask]) -> None:
    """Insert and update in bulk: an upsert by (plan, uid) costs a fraction of an update per row."""
    insert_models(fresh)
    insert_models(known, renew=("plan_id", "uid"))
    if fresh:
        made = PlanTask.unscoped(reason=_WHY).filter(plan_id=fresh[0].plan_id)
        keys = dict(made.values_list("uid", "pk"))
        for item in fresh:
            item.pk = keys[item.uid]


def difference(row: Plan | None, new: engine.Plan) -> PlanDifference:
    """What `store` would change, without changing it."""
    present = {}
    if row is not None:
        present = {item.uid: item for item in PlanTask.unscoped(reason=_WHY).filter(plan=row, removed_at=None)}
    create = update = unchanged = 0
    details: list[dict[str, Any]] = []
    for task in new.tasks:
        item = present.get(task.uid)
        if item is None:
            create += 1
            continue
        definition = to_record(task)
        if item.definition == definition:
            unchanged += 1
        else:
            update += 1
            details.extend(_field_changes(item, definition))
    kept = {task.uid for task in new.tasks}
    missing = [item for uid, item in present.items() if uid not in kept and item.name != PLACEHOLDER]
    details.extend({"uid": item.uid, "field": "task", "old": item.name, "new": None} for item in missing[:20])
    return PlanDifference(create, update, unchanged, len(missing), tuple(details[:200]))


def _field_changes(item: PlanTask, definition: dict[str, Any]) -> list[dict[str, Any]]:
    names = sorted({*item.definition, *definition} - {"stored"})
    return [
        {
            "uid": item.uid,
            "task": item.name,
            "field": name,
            "old": item.definition.get(name),
            "new": definition.get(name),
        }
        for name in names
        if item.definition.get(name) != definition.get(name)
    ]


def _calendars(row: Plan, new: engine.Plan) -> bool:
    wanted = {calendar.uid: to_record(calendar) for calendar in new.calendars}
    present = dict(PlanCalendar.of(row).values_list("uid", "definition"))
    if wanted == present:
        return False
    PlanCalendar.of(row).delete()
    PlanCalendar.unscoped(reason=_WHY).bulk_create(
        (
            PlanCalendar(plan=row, uid=calendar.uid, name=calendar.name[:255], definition=wanted[calendar.uid])
            for calendar in new.calendars
        ),
        batch_size=_BATCH,
    )
    return True


_Pair = tuple[int, int]
_MOST_PAIRS = 200  # more changed links than these are written anew with all the others


def _pair(link: engine.Link) -> _Pair:
    return link.predecessor_uid, link.successor_uid


def _links(row: Plan, new: engine.Plan, known: engine.Plan | None) -> bool:
    rows = PlanLink.of(row)
    change = _difference(known.links, new.links, _pair) if known is not None else None
    if change is not None and len(change.gone) <= _MOST_PAIRS and _is_at_the_end(change.added, new.links):
        for place in range(0, len(change.gone), _MOST_PAIRS):
            pairs = change.gone[place : place + _MOST_PAIRS]
            either = reduce(or_, (Q(predecessor_uid=first, successor_uid=second) for first, second in pairs))
            rows.filter(either).delete()
        wanted = change.added
    elif list(rows.order_by("id").values_list("definition", flat=True)) == [to_record(link) for link in new.links]:
        return False
    else:
        rows.delete()
        wanted = new.links
    insert_rows(
        PlanLink,
        same={"plan_id": row.pk},
        names=("predecessor_uid", "successor_uid", "definition"),
        rows=((link.predecessor_uid, link.successor_uid, to_record(link)) for link in wanted),
    )
    return True


def _is_at_the_end(added: Sequence[engine.Link], links: Sequence[engine.Link]) -> bool:
    """Whether the rows, which are read in the order of their ids, keep the order of the links."""
    return list(links[len(links) - len(added) :]) == list(added)


@dataclass(frozen=True, slots=True)
class _Difference(Generic[KeyT, PartT]):
    """Which parts are gone or changed, by key, and those that are new or changed, in order."""

    gone: list[KeyT]
    added: Sequence[PartT]


def _difference(
    old: Sequence[PartT], new: Sequence[PartT], key: Callable[[PartT], KeyT]
) -> _Difference[KeyT, PartT] | None:
    """What differs between two lists of parts; None where two parts of one list have the same key."""
    before, after = {key(item): item for item in old}, {key(item): item for item in new}
    if len(before) != len(old) or len(after) != len(new):
        return None
    gone = [one for one, item in before.items() if after.get(one) is not item and after.get(one) != item]
    added = [item for one, item in after.items() if before.get(one) is not item and before.get(one) != item]
    return _Difference(gone, added)


def _resources(ctx: Context, row: Plan, new: engine.Plan) -> bool:
    present = {item.uid: item for item in Resource.unscoped(reason=_WHY).filter(plan=row)}
    wanted = {resource.uid for resource in new.resources}
    gone = [item for uid, item in present.items() if uid not in wanted]
    for item in gone:
        ctx.record("schedule.Resource", item.pk, "", item.name, None)
        item.delete()
    fresh, changed = [], False
    for resource in new.resources:
        record, known = to_record(resource), present.get(resource.uid)
        if known is None:
            fresh.append(
                Resource(plan=row, uid=resource.uid, name=resource.name[:255], definition=record, created_at=ctx.now)
            )
        elif known.definition != record:
            changed = known.change(ctx, name=resource.name[:255], definition=record) or changed
    Resource.unscoped(reason=_WHY).bulk_create(fresh, batch_size=_BATCH)
    return bool(gone or fresh or changed)


def _assignments(row: Plan, new: engine.Plan, known: engine.Plan | None) -> bool:
    rows = Assignment.of(row)
    change = _difference(known.assignments, new.assignments, lambda item: item.uid) if known is not None else None
    wanted: Sequence[engine.Assignment]
    if change is not None:
        rows.filter(among_ids("uid", change.gone)).delete()
        wanted = change.added
    elif list(rows.order_by("uid", "id").values_list("definition", flat=True)) == [
        to_record(item) for item in new.assignments
    ]:
        return False
    else:
        rows.delete()
        wanted = new.assignments
    insert_rows(
        Assignment,
        same={"plan_id": row.pk},
        names=("uid", "task_uid", "resource_uid", "definition"),
        rows=((item.uid, item.task_uid, item.resource_uid, to_record(item)) for item in wanted),
    )
    return True


def store_file_baselines(ctx: Context, row: Plan, new: engine.Plan) -> None:
    """Keep the baselines that a plan file carries; those of an earlier import of it are replaced."""
    by_number: dict[int, list[tuple[int, engine.TaskBaseline]]] = {}
    for task in new.tasks:
        for baseline in task.baselines:
            if baseline.start or baseline.finish or baseline.work:
                by_number.setdefault(baseline.number, []).append((task.uid, baseline))
    earlier = {item.name: item for item in Baseline.unscoped(reason=_WHY).filter(plan=row, from_file=True)}
    for number, items in sorted(by_number.items()):
        name = "Baseline" if number == 0 else f"Baseline {number}"
        kept = earlier.get(name) or add_baseline(ctx, row, name=name, current=False, from_file=True)
        parts = [_baseline_task(kept, uid, item) for uid, item in items]
        if _values(BaselineTask.of(kept)) == _values(parts):
            continue
        BaselineTask.of(kept).delete()
        insert_models(parts)
    if by_number and not Baseline.unscoped(reason=_WHY).filter(plan=row, current=True).exists():
        first = Baseline.unscoped(reason=_WHY).filter(plan=row).order_by("number").first()
        if first is not None:
            first.change(ctx, current=True)


def _values(rows: Any) -> list[tuple[Any, ...]]:
    return sorted((row.uid, str(row.start), str(row.finish), str(row.duration), str(row.work)) for row in rows)


def _baseline_task(baseline: Baseline, uid: int, item: engine.TaskBaseline) -> BaselineTask:
    return BaselineTask(
        baseline=baseline,
        uid=uid,
        start=item.start,
        finish=item.finish,
        duration=item.duration,
        work=item.work,
        cost=item.cost,
    )


def add_baseline(
    ctx: Context, row: Plan, *, name: str, current: bool, from_file: bool, why: str = "", partial: bool = False
) -> Baseline:
    """A new, empty baseline with the next number."""
    last = Baseline.unscoped(reason=_WHY).filter(plan=row).order_by("-number").first()
    return Baseline.add(
        ctx,
        plan=row,
        number=(last.number if last else 0) + 1,
        name=name,
        taken_at=ctx.now,
        taken_by=ctx.actor.name,
        current=current,
        from_file=from_file,
        why=why,
        partial=partial,
    )
