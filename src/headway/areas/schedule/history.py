"""The undo list of a plan: what was done to it, by whom; taking it back and doing it again; the plan as it was.

Every change of a plan's content writes one entry with the patch that it was. Undo applies the reversed patch to the
plan as it is now: what others did since stays, and what others did to the same fields refuses it.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headway.areas.schedule import keeping, patches
from headway.areas.schedule.effect import Difference
from headway.areas.schedule.models import Plan, PlanEdit, PlanEditPatch, Resource
from headway.areas.schedule.patches import PERSONS, Patch
from headway.engine import plan as engine
from headway.kernel.context import Context

CHANGE, UNDO, REDO, BEGIN = "change", "undo", "redo", "begin"
Cell = tuple[int, str]
_WHY = "the undo list of a visible plan"


@dataclass(frozen=True, slots=True)
class Note:
    """What the undo list says of a change.

    cells  what the person changed, where it is known; None = everything that differs.
    of     of an undo or a redo: the change it takes back or does again.
    """

    label: str
    cells: Collection[Cell] | None = None
    kind: str = CHANGE
    of: PlanEdit | None = None
    persons: Mapping[int, tuple[int | None, int | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a change did to the dates."""

    moved: int
    old_finish: datetime | None
    new_finish: datetime | None
    finish_days: int

    @classmethod
    def of(cls, change: Difference) -> Figures:
        """Those of a plan before and after."""
        return cls(len(change.moved), change.old_finish, change.new_finish, change.finish_days)


def note(
    ctx: Context, row: Plan, old: engine.Plan | None, new: engine.Plan, did: Figures, said: Note
) -> PlanEdit | None:
    """Write the entry of a change that has just been stored; None where nothing differs.

    old  None = the plan begins with it.
    """
    patch = patches.difference(old, new) if old is not None else {}
    if said.persons:
        patch[PERSONS] = {str(uid): list(pair) for uid, pair in said.persons.items()}
    if not patch and old is not None:
        return None
    all_cells = found = cells_of(patch)
    if said.cells is not None:
        found = {cell for cell in found if cell[1] in _ALWAYS} | set(said.cells)
    edit = PlanEdit(
        created_at=ctx.now,
        plan=row,
        plan_version=row.version,
        made_by=ctx.actor.user_id,
        made_by_name=ctx.actor.name,
        kind=said.kind if old is not None else BEGIN,
        of=said.of,
        label=said.label[:1000],
        rows=len({uid for uid, _ in all_cells}) if old is not None else len(new.tasks),
        moved=did.moved,
        old_finish=did.old_finish,
        new_finish=did.new_finish,
        finish_days=did.finish_days,
        cells=sorted(found),
        removed=[int(key) for key, _, _ in patch.get("tasks", {}).get("gone", ())],
    )
    edit.save(force_insert=True)
    PlanEditPatch.unscoped(reason=_WHY).create(edit=edit, packed=patches.pack(patch))
    return edit


def patch_of(edit: PlanEdit) -> Patch:
    """What an entry made of the plan."""
    return patches.unpack(PlanEditPatch.of(edit).values_list("packed", flat=True).get())


def edits_of(row: Plan) -> Any:
    """The entries of a visible plan."""
    return PlanEdit.unscoped(reason=_WHY).filter(plan=row)


# --- cells ---------------------------------------------------------------------------------------

ROW, PLACE, SPLITS = "", "place", "splits"
PREDECESSORS, SUCCESSORS, PEOPLE = "predecessors", "successors", "people"
_ALWAYS = frozenset({ROW, PREDECESSORS, SUCCESSORS, PEOPLE})  # known from the rows, whatever was typed
_CELL_OF = {
    "percent_complete": "percent",
    "constraint_date": "constraint",
    "effort_driven": "type",
    "calendar_uid": "calendar",
    "ignore_resource_calendar": "calendar",
    "remaining_duration": "remaining",
    "manual_start": "start",
    "manual_finish": "finish",
    "outline_level": PLACE,
    "leveling_delay": "start",
}
# Fields of a task that follow from others: nobody types them.
FOLLOWING = frozenset(
    {"id", "parent_uid", "summary", "actual_duration", "stop", "resume", "splits", "stored", "remaining_work",
     "actual_work", "percent_work_complete", "manual_duration"}
)  # fmt: skip
_SAME = {"finish": "constraint", "start": "constraint", "constraint_date": "constraint", "level": PLACE}


def same_place(name: str) -> str:
    """Fields that are kept in one place are one: a typed start is the constraint."""
    return _SAME.get(name, name)


def cells_of(patch: Patch) -> set[Cell]:
    """All cells that differ."""
    found: set[Cell] = set()
    part: Mapping[str, Any] = patch.get("tasks", {})
    found |= {(int(key), ROW) for name in ("gone", "came") for key, _, _ in part.get(name, ())}
    found |= {(int(key), PLACE) for key, _ in (part["moved"][0] if "moved" in part else ())}
    for key, (was, became) in part.get("changed", {}).items():
        found |= {(int(key), name) for name in _cells_of_task(was, became)}
    for key in _keys(patch.get("links", {})):
        before, after = key.split("#")[0].split(">")
        found |= {(int(after), PREDECESSORS), (int(before), SUCCESSORS)}
    found |= {(uid, PEOPLE) for uid in _assigned(patch.get("assignments", {}))}
    return found


def _cells_of_task(was: Mapping[str, Any], became: Mapping[str, Any]) -> Iterable[str]:
    for name in {**was, **became}:
        if name == "custom":
            old, new = was.get(name, {}), became.get(name, {})
            yield from (f"custom:{key}" for key in {**old, **new} if old.get(key) != new.get(key))
        elif name not in FOLLOWING:
            yield _CELL_OF.get(name, name)


def _keys(part: Mapping[str, Any]) -> set[str]:
    rows = {key for name in ("gone", "came") for key, _, _ in part.get(name, ())}
    return rows | set(part.get("changed", ()))


def _assigned(part: Mapping[str, Any]) -> set[int]:
    """Tasks whose people or units differ; work alone follows from the duration."""
    found = {record["task_uid"] for name in ("gone", "came") for _, record, _ in part.get(name, ())}
    changed = part.get("changed", {}).items()
    return found | {int(key.split(">")[0]) for key, (was, became) in changed if "units" in {*was, *became}}


# --- as it was -----------------------------------------------------------------------------------


def plan_at(ctx: Context, project_id: int, moment: datetime) -> engine.Plan | None:
    """The plan as it was; None where there was none, or from before its undo list begins.

    moment  aware.
    """
    row = Plan.visible_to(ctx).filter(project_id=project_id).first()
    return plan_of_then(row, moment) if row is not None else None


def plan_of_then(row: Plan, moment: datetime) -> engine.Plan | None:
    """A visible plan as it was; see `plan_at`."""
    later = edits_of(row).filter(created_at__gt=moment).order_by("-pk")
    first = edits_of(row).order_by("pk").values_list("created_at", flat=True).first()
    if moment < row.created_at or (first is not None and moment < first):
        return None
    return plan_without(row, later)


def plan_without(row: Plan, later: Any) -> engine.Plan:
    """The plan as it was before some entries, which are its newest."""
    merging = patches.Merging(keeping.plan_of(row))
    packed = PlanEditPatch.among(later).order_by("-edit_id").values_list("packed", flat=True)
    for text in packed.iterator(chunk_size=50):
        merging.apply(patches.reverse(patches.unpack(text)))
    return merging.plan


def persons_leaving(row: Plan, old: engine.Plan, new: engine.Plan) -> dict[int, tuple[int | None, int | None]]:
    """Which person each resource is that the plan loses; to be asked before the rows are written."""
    gone = {item.uid for item in old.resources} - {item.uid for item in new.resources}
    if not gone:
        return {}
    rows = Resource.unscoped(reason=_WHY).filter(plan=row, uid__in=gone, person__isnull=False)
    return {uid: (person, None) for uid, person in rows.values_list("uid", "person_id")}


def put_persons(ctx: Context, row: Plan, persons: Mapping[int, tuple[int | None, int | None]]) -> None:
    """Say again which person a resource is."""
    if not persons:
        return
    rows = Resource.unscoped(reason=_WHY).filter(plan=row, uid__in=list(persons))
    for item in rows:
        item.change(ctx, person_id=persons[item.uid][1])


def persons_of(patch: Patch) -> dict[int, tuple[int | None, int | None]]:
    """Which person resources were and became."""
    return {int(uid): (pair[0], pair[1]) for uid, pair in patch.get(PERSONS, {}).items()}


# --- what others did -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Touched:
    """A cell that somebody else changed after a version."""

    by: str
    at: datetime
    removed: bool


def touched_since(
    ctx: Context, row: Plan, version: int, cells: Sequence[Cell], *, there: Container[int]
) -> dict[int, Touched]:
    """Which of these cells somebody else changed after a version of the plan, by their place in the list.

    there  uids of the plan's rows: one that was removed and brought back is not told as removed.
    """
    wanted: dict[int, dict[str, list[int]]] = {}
    for place, (uid, name) in enumerate(cells):
        wanted.setdefault(uid, {}).setdefault(same_place(name), []).append(place)
    found: dict[int, Touched] = {}
    others = edits_of(row).filter(plan_version__gt=version).exclude(made_by=ctx.actor.user_id).order_by("pk")
    for edit in others:
        for uid, name in edit.cells:
            names = wanted.get(uid, {})
            gone = name == ROW and uid in edit.removed and uid not in there
            for places in names.values() if gone else (names.get(same_place(name), ()),):
                found |= {place: Touched(edit.made_by_name, edit.created_at, gone) for place in places}
    return found
