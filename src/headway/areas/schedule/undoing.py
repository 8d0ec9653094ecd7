"""Taking changes of a plan back and doing them again, the list of them, and rows brought back from the bin."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import F

from headway.areas.projects.types import ProjectId
from headway.areas.schedule import keeping, patches
from headway.areas.schedule.acts import BinRow, PlanChangeRow, PlanChangeRows, PlanEffect
from headway.areas.schedule.changing import answer
from headway.areas.schedule.editing import dated, seen_now, stored, taken_up
from headway.areas.schedule.history import BEGIN, CHANGE, REDO, UNDO, Note, edits_of, patch_of, persons_of
from headway.areas.schedule.models import Plan, PlanEdit, PlanTask
from headway.areas.schedule.patches import Conflict, Merging, Patch
from headway.engine import plan as engine
from headway.kernel.access import may
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict as NotNow
from headway.kernel.errors import NotFound
from headway.kernel.paging import page
from headway.kernel.queries import query

_MOST_NAMED = 20
_MOST_IN_BIN = 500
_WHY = "rows of a visible plan"


@query(permission="schedule.read")
def plan_changes(
    ctx: Context, *, project: ProjectId, finish_moved: bool = False, cursor: str = "", limit: int = 50
) -> PlanChangeRows:
    """What was done to a plan, newest first: by whom, when, what moved, and whether it can be taken back.

    finish_moved  only what moved the plan's finish.
    """
    row = seen_now(ctx, project)
    entries = edits_of(row)
    if finish_moved:
        entries = entries.exclude(old_finish=F("new_finish")).exclude(kind=BEGIN)
    found, following = page(entries, order=("-id",), cursor=cursor, limit=limit)
    editor = may(ctx, "schedule.edit", project_id=project)
    return PlanChangeRows(tuple(_row(ctx, edit, editor=editor) for edit in found), following)


def _row(ctx: Context, edit: PlanEdit, *, editor: bool) -> PlanChangeRow:
    mine = edit.made_by is not None and edit.made_by == ctx.actor.user_id
    return PlanChangeRow(
        id=edit.pk,
        label=edit.label,
        kind=edit.kind,
        by=edit.made_by_name,
        mine=mine,
        at=edit.created_at,
        version=edit.plan_version,
        rows=edit.rows,
        moved=edit.moved,
        old_finish=edit.old_finish,
        new_finish=edit.new_finish,
        finish_days=edit.finish_days,
        undone=edit.undone,
        can_undo=edit.kind == CHANGE and not edit.undone and (editor or mine),
        can_redo=edit.kind == CHANGE and edit.undone and (editor or mine),
    )


@command(permission="schedule.undo", only_reads_when_tried=True)
def undo_change(ctx: Context, *, change: PlanEdit) -> PlanEffect:
    """Take a change of a plan back. Taken back again, a change that was undone is done again.

    What was done to other fields since stays. Refused, naming the rows, where the same fields were changed since.
    """
    row, before = taken_up(ctx, change.plan.project_id)
    entry = PlanEdit.found(ctx, pk=change.pk)
    of = entry.of or entry
    if entry.kind == BEGIN:
        raise NotNow("The plan began with this; there is nothing before it. Undo the import that brought it instead.")
    if entry.kind == CHANGE and of.undone:
        raise NotNow(f"'{of.label}' is taken back already.")
    if entry.kind == UNDO and not of.undone:
        raise NotNow(f"'{of.label}' is done again already.")
    if entry.kind == REDO and of.undone:
        raise NotNow(f"'{of.label}' is taken back already.")
    return _turned(ctx, row, before, of, back=not of.undone)


@command(permission="schedule.undo", only_reads_when_tried=True)
def undo_last(ctx: Context, *, project: ProjectId) -> PlanEffect:
    """Take the last change back that one made oneself and that still stands."""
    row, before = taken_up(ctx, project)
    last = _own(ctx, row).filter(kind=CHANGE, undone=False).order_by("-pk").first()
    if last is None:
        raise NotNow("There is nothing of yours to undo in this plan.")
    return _turned(ctx, row, before, last, back=True)


@command(permission="schedule.undo", only_reads_when_tried=True)
def redo_last(ctx: Context, *, project: ProjectId) -> PlanEffect:
    """Do the change again that one took back last; not after one has made another."""
    row, before = taken_up(ctx, project)
    own = _own(ctx, row)
    last = own.filter(kind=CHANGE, undone=False).order_by("-pk").values_list("pk", flat=True).first() or 0
    taken = own.filter(kind=UNDO, of__undone=True, pk__gt=last).order_by("-pk").select_related("of").first()
    if taken is None or taken.of is None:
        raise NotNow("There is nothing of yours to do again in this plan.")
    return _turned(ctx, row, before, taken.of, back=False)


def _own(ctx: Context, row: Plan) -> Any:
    return edits_of(row).filter(made_by=ctx.actor.user_id)


def _turned(ctx: Context, row: Plan, before: keeping.Held, of: PlanEdit, *, back: bool) -> PlanEffect:
    """A change taken back, or done again, on the plan as it is now."""
    patch = patch_of(of)
    if back:
        patch = patches.reverse(patch)
    merging = Merging(before.plan)
    merging.apply(patch)
    if merging.conflicts:
        raise _refused(before.plan, of, merging.conflicts)
    label = f"{'Undo' if back else 'Redo'}: {of.label}"
    return _done(
        ctx, row, before, merging.plan, Note(label, kind=UNDO if back else REDO, of=of, persons=persons_of(patch))
    )


def _done(ctx: Context, row: Plan, before: keeping.Held, plan: engine.Plan, said: Note) -> PlanEffect:
    if ctx.only_tried:
        return answer(ctx, row, dated(before, plan), said.label)
    done = stored(ctx, row, before, plan, said)
    if said.of is not None:
        said.of.change(ctx, undone=said.kind == UNDO)
    return answer(ctx, row, done.change, said.label, entry=done.entry)


def _refused(plan: engine.Plan, of: PlanEdit, conflicts: Collection[Conflict]) -> NotNow:
    said = list(dict.fromkeys(_said(plan, item) for item in conflicts))
    more = f" and {len(said) - _MOST_NAMED} more" if len(said) > _MOST_NAMED else ""
    uids = sorted({int(item.key) for item in conflicts if item.kind == "tasks"})
    return NotNow(
        f"'{of.label}' cannot be taken back any more: {'; '.join(said[:_MOST_NAMED])}{more} since. "
        "Undo those changes first, or change the rows themselves.",
        extra={"task_uids": uids[:_MOST_NAMED], "rows": said[:_MOST_NAMED]},
    )


def _said(plan: engine.Plan, item: Conflict) -> str:
    """'row 12 'Build': duration was changed'."""
    names = {task.uid: f"row {task.id} '{task.name}'" for task in plan.tasks}
    if item.kind == "tasks":
        where = names.get(int(item.key))
        if where is None:
            return "a row of it was removed"
        what = item.name.removeprefix("custom:").replace("_", " ")
        return f"{where}: {what} was changed" if what else f"{where} was changed"
    if item.kind == "links":
        before, after = (int(uid) for uid in item.key.split("#")[0].split(">"))
        return f"the link from {names.get(before, 'a row')} to {names.get(after, 'a row')} was changed"
    if item.kind == "assignments":
        return f"the people on {names.get(int(item.key.split('>')[0]), 'a row that was removed')} were changed"
    return {"calendars": "a calendar was changed", "resources": "a person of the plan was changed"}.get(
        item.kind, "the plan's settings were changed"
    )


# --- bin -----------------------------------------------------------------------------------------


@query(permission="schedule.read")
def removed_tasks(ctx: Context, *, project: ProjectId) -> tuple[BinRow, ...]:
    """Rows that were removed from a plan, the last removed first; each can be restored with what was below it."""
    row = seen_now(ctx, project)
    gone = PlanTask.unscoped(reason=_WHY).filter(plan=row, removed_at__isnull=False).order_by("-removed_at", "position")
    entries = edits_of(row).filter(created_at__in=[item.removed_at for item in gone[:_MOST_IN_BIN]])
    by_uid = {uid: edit for edit in entries.order_by("pk") for uid in edit.removed}
    return tuple(
        BinRow(item.uid, item.name, item.level, item.summary, item.removed_at, by_uid[item.uid].made_by_name)
        for item in gone[:_MOST_IN_BIN]
        if item.uid in by_uid and item.removed_at is not None
    )


@command(permission="schedule.edit", only_reads_when_tried=True)
def restore_task(ctx: Context, *, project: ProjectId, uid: int) -> PlanEffect:
    """Bring a removed row back, with what was below it, and those of its links and people that still make sense."""
    row, before = taken_up(ctx, project)
    entry = _removal(row, uid)
    if entry is None:
        raise NotFound("This row is not in the bin of the plan.")
    patch = _of_row(patch_of(entry), uid, before.plan)
    merging = Merging(before.plan)
    merging.apply(patch)
    name = next(task.name for task in merging.plan.tasks if task.uid == uid)
    return _done(ctx, row, before, merging.plan, Note(f"Restore {name}"))


def _removal(row: Plan, uid: int) -> PlanEdit | None:
    """The change that removed a row which is in the bin: the rows it took out bear its moment."""
    gone = PlanTask.unscoped(reason=_WHY).filter(plan=row, uid=uid, removed_at__isnull=False).first()
    if gone is None:
        return None
    entries = edits_of(row).filter(created_at=gone.removed_at).order_by("-pk")
    return next((edit for edit in entries if uid in edit.removed), None)


def _of_row(patch: Patch, uid: int, plan: engine.Plan) -> Patch:
    """The reverse of a removal, of one row and all below it."""
    rows = patch["tasks"]["gone"]
    place = next(place for place, (key, _, _) in enumerate(rows) if key == str(uid))
    end, level = place + 1, rows[place][1].get("outline_level", 1)
    while end < len(rows) and rows[end][2] == rows[end - 1][0] and rows[end][1].get("outline_level", 1) > level:
        end += 1
    chosen = [item for item in rows[place:end] if not any(task.uid == int(item[0]) for task in plan.tasks)]
    there = {task.uid for task in plan.tasks} | {int(key) for key, _, _ in chosen}
    known = {item.uid for item in plan.resources}
    mine = {int(key) for key, _, _ in chosen}
    links = [
        item
        for item in patch.get("links", {}).get("gone", ())
        if {item[1]["predecessor_uid"], item[1]["successor_uid"]} <= there
        and {item[1]["predecessor_uid"], item[1]["successor_uid"]} & mine
    ]
    people = [
        item
        for item in patch.get("assignments", {}).get("gone", ())
        if item[1]["task_uid"] in mine and item[1].get("resource_uid") in known
    ]
    return {"tasks": {"came": chosen}, "links": {"came": links}, "assignments": {"came": people}}
