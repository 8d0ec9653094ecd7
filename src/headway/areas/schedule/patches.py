"""What a change made of a plan, kept so that it can be taken back: fields, rows and places, as they were and became.

Pure. A patch is JSON. Applied to the plan it was made from it gives the plan it was made to, and reversed the other
way round, to the last field and place. Applied to a plan that has changed since, it changes what it names alone, and
says what it no longer finds as it left it.
"""

from __future__ import annotations

import base64
import gzip
import json
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from operator import attrgetter
from typing import Any

from headway.areas.schedule.records import from_record, to_record
from headway.engine import plan as engine
from headway.engine.edits import renumbered

Patch = dict[str, Any]
PERSONS = "persons"  # beside the kinds: which person a resource was and became, by its uid
_FIRST, _LAST = "", "."
_DERIVED = ("id", "parent_uid", "summary")  # of a task: they follow from order and levels
_NUMBERS: Mapping[str, tuple[str, ...]] = {"tasks": _DERIVED, "assignments": ("uid",)}  # no change that anybody made


def _uid(item: Any) -> str:
    return str(item.uid)


def _pair(item: Any) -> str:
    return f"{item.predecessor_uid}>{item.successor_uid}"


def _on_task(item: Any) -> str:
    """Its uid is no key: one that became free is given to the next assignment."""
    return f"{item.task_uid}>{item.resource_uid}"


_KINDS: Mapping[str, tuple[type[Any], Callable[[Any], str]]] = {
    "calendars": (engine.Calendar, _uid),
    "tasks": (engine.Task, _uid),
    "links": (engine.Link, _pair),
    "resources": (engine.Resource, _uid),
    "assignments": (engine.Assignment, _on_task),
}
_NAMES = {kind: tuple(item.name for item in fields(cls)) for kind, (cls, _) in _KINDS.items()}
_OWN_NAMES = tuple(name for name in _NAMES["tasks"] if name not in _DERIVED)
_own_values = attrgetter(*_OWN_NAMES)
_place = attrgetter("uid", *_DERIVED)


# --- making --------------------------------------------------------------------------------------


def difference(old: engine.Plan, new: engine.Plan) -> Patch:
    """The patch from one plan to another; empty when they are equal. Objects that are the same are not looked into."""
    patch: Patch = {}
    if old.project is not new.project and old.project != new.project:
        patch["project"] = _changed_fields(old.project, new.project, None)
    for kind in _KINDS:
        before, after = getattr(old, kind), getattr(new, kind)
        if before is not after:
            part = _part(kind, before, after)
            if part:
                patch[kind] = part
    return patch


def _part(kind: str, old: Sequence[Any], new: Sequence[Any]) -> dict[str, Any]:
    at, before, after = _middle(old, new)
    then, now = _keyed(kind, before), _keyed(kind, after)
    numbered = kind == "tasks" and _has_gaps(old, new, then, now)
    part: dict[str, Any] = {"numbered": True} if numbered else {}
    left = _key(kind, old[at - 1]) if at else _FIRST
    behind_then, behind_now = _behind(then, left), _behind(now, left)
    gone = [[key, to_record(item), behind_then[key]] for key, item in then.items() if key not in now]
    came = [[key, to_record(item), behind_now[key]] for key, item in now.items() if key not in then]
    if gone:
        part["gone"] = gone
    if came:
        part["came"] = came
    own = kind == "tasks" and not numbered
    changed = {}
    for key, item in now.items():
        known = then.get(key)
        if known is None or known is item or (own and _own_values(known) == _own_values(item)):
            continue
        differing = _changed_fields(known, item, _OWN_NAMES if own else None)
        if differing[0] or differing[1]:
            changed[key] = differing
    if changed:
        part["changed"] = changed
    common, places = [key for key in then if key in now], {key: place for place, key in enumerate(now)}
    moved = _out_of_order(common, places)
    if moved:
        part["moved"] = [
            [[key, behind_then[key]] for key in then if key in moved],
            [[key, behind_now[key]] for key in now if key in moved],
        ]
    return part if set(part) - {"numbered"} else {}


def _behind(rows: Iterable[str], left: str) -> dict[str, str]:
    return {key: before for before, key in pairwise((left, *rows))}


def _middle(old: Sequence[Any], new: Sequence[Any]) -> tuple[int, Sequence[Any], Sequence[Any]]:
    """How many items both share at the front, and the rest without what they share at the end."""
    least, first = min(len(old), len(new)), 0
    while first < least and old[first] is new[first]:
        first += 1
    last = 0
    while last < least - first and old[len(old) - 1 - last] is new[len(new) - 1 - last]:
        last += 1
    return first, old[first : len(old) - last], new[first : len(new) - last]


def _keyed(kind: str, items: Iterable[Any]) -> dict[str, Any]:
    """The items by key; of several with one key the later ones are told apart by a number."""
    found: dict[str, Any] = {}
    for item in items:
        key, number = _key(kind, item), 1
        while key in found:
            number += 1
            key = f"{_key(kind, item)}#{number}"
        found[key] = item
    return found


def _key(kind: str, item: Any) -> str:
    return _KINDS[kind][1](item)


def _changed_fields(old: Any, new: Any, names: Sequence[str] | None) -> list[dict[str, Any]]:
    """The fields that differ, as they were and as they became; a field at its default is left out."""
    wanted = names if names is not None else [item.name for item in fields(old)]
    differing = [name for name in wanted if getattr(old, name) != getattr(new, name)]
    if not differing:
        return [{}, {}]
    was, became = to_record(old), to_record(new)
    return [{name: record[name] for name in differing if name in record} for record in (was, became)]


def _out_of_order(common: Sequence[str], places: Mapping[str, int]) -> set[str]:
    """The fewest keys that must be taken out so that the others stand in the same order as before."""
    numbers = [places[key] for key in common]
    if all(one < other for one, other in pairwise(numbers)):
        return set()
    tails: list[int] = []  # the longest rising sequence, by patience
    ends: list[int] = []
    before: list[int] = [-1] * len(numbers)
    for at, number in enumerate(numbers):
        place = bisect_left(tails, number)
        if place == len(tails):
            tails.append(number)
            ends.append(at)
        else:
            tails[place], ends[place] = number, at
        before[at] = ends[place - 1] if place else -1
    kept, at = set(), ends[-1]
    while at >= 0:
        kept.add(common[at])
        at = before[at]
    return {key for key in common if key not in kept}


def _has_gaps(
    old: Sequence[engine.Task],
    new: Sequence[engine.Task],
    then: Mapping[str, engine.Task],
    now: Mapping[str, engine.Task],
) -> bool:
    """Whether numbers, parents or summary marks changed that do not follow from the outline, as in plans of files."""
    if [_place(task) for task in then.values()] == [_place(task) for task in now.values()]:
        return False
    return not (_follows_outline(old) and _follows_outline(new))


def _follows_outline(tasks: Sequence[engine.Task]) -> bool:
    return all(one is other for one, other in zip(tasks, renumbered(tasks), strict=True))


# --- turning, packing ----------------------------------------------------------------------------


def reverse(patch: Patch) -> Patch:
    """The patch that takes it back."""
    turned: Patch = {}
    for kind, part in patch.items():
        if kind == "project":
            turned[kind] = part[::-1]
            continue
        if kind == PERSONS:
            turned[kind] = {uid: pair[::-1] for uid, pair in part.items()}
            continue
        turned[kind] = {
            **({"numbered": True} if "numbered" in part else {}),
            **({"gone": part["came"]} if "came" in part else {}),
            **({"came": part["gone"]} if "gone" in part else {}),
            **({"moved": part["moved"][::-1]} if "moved" in part else {}),
            **({"changed": {key: pair[::-1] for key, pair in part["changed"].items()}} if "changed" in part else {}),
        }
    return turned


def pack(patch: Patch) -> str:
    """As text, compressed."""
    text = json.dumps(patch, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(gzip.compress(text.encode(), 1, mtime=0)).decode()


def unpack(packed: str) -> Patch:
    """The patch again."""
    found: Patch = json.loads(gzip.decompress(base64.b64decode(packed)))
    return found


# --- applying ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something that a patch names and that is no longer as it left it.

    kind, key  of the row, link, person ...; name  the field, '' = the whole.
    """

    kind: str
    key: str
    name: str


class Merging:
    """A plan to which patches are applied, one after the other."""

    def __init__(self, plan: engine.Plan) -> None:
        self._plan = plan
        self._parts: dict[str, dict[str, Any]] = {}
        self._project = plan.project
        self._outlined = False  # whether rows came, went, moved or changed their level
        self._gaps = False
        self.conflicts: list[Conflict] = []

    @property
    def plan(self) -> engine.Plan:
        """The plan so far."""
        parts: dict[str, Any] = {kind: tuple(items.values()) for kind, items in self._parts.items()}
        if "assignments" in parts:
            parts["assignments"] = _each_its_uid(parts["assignments"])
        plan = replace(self._plan, project=self._project, **parts)
        return replace(plan, tasks=_in_order(plan.tasks, gaps=self._gaps)) if self._outlined else plan

    def apply(self, patch: Patch) -> None:
        """Apply one patch; what it does not find as it left it becomes a conflict."""
        if "project" in patch:
            self._project = self._with_fields("project", "", self._project, *patch["project"])
        for kind in _KINDS:
            if kind in patch:
                self._apply(kind, patch[kind])
        if "tasks" in patch:
            if _changes_outline(patch["tasks"]):
                self._outlined, self._gaps = True, "numbered" in patch["tasks"]
            self._look_for_strays(patch["tasks"])

    def items(self, kind: str) -> dict[str, Any]:
        """What there is of a kind, by key, in order."""
        if kind not in self._parts:
            self._parts[kind] = _keyed(kind, getattr(self._plan, kind))
        return self._parts[kind]

    def _apply(self, kind: str, part: Mapping[str, Any]) -> None:
        items = self.items(kind)
        for key, record, _ in part.get("gone", ()):
            item = items.pop(key, None)
            if item is not None and _bare(kind, to_record(item)) != _bare(kind, record):
                self.conflicts.append(Conflict(kind, key, ""))
        for key, (was, became) in part.get("changed", {}).items():
            if key in items:
                items[key] = self._with_fields(kind, key, items[key], was, became)
            else:
                self.conflicts.append(Conflict(kind, key, ""))
        came = {}
        for key, record, _ in part.get("came", ()):
            if key in items:
                self.conflicts.append(Conflict(kind, key, ""))
            else:
                came[key] = from_record(_KINDS[kind][0], record)
        moved = part["moved"][1] if "moved" in part else ()
        if came or moved:
            behind = {key: before for key, _, before in part.get("came", ()) if key in came}
            self._parts[kind] = _placed(items, came, behind | {key: before for key, before in moved if key in items})

    def _with_fields(self, kind: str, key: str, item: Any, was: Mapping[str, Any], became: Mapping[str, Any]) -> Any:
        record = to_record(item)
        for name in {**was, **became}:
            present = record.get(name)
            if name == "custom" and isinstance(item, engine.Task):
                record[name] = self._with_values(key, present or {}, was.get(name) or {}, became.get(name) or {})
                continue
            if present == became.get(name):
                continue
            if present != was.get(name) and name not in _NUMBERS.get(kind, ()):
                self.conflicts.append(Conflict(kind, key, name))
            if name in became:
                record[name] = became[name]
            else:
                record.pop(name, None)
        return from_record(type(item), record)

    def _with_values(
        self, key: str, present: dict[str, Any], was: Mapping[str, Any], became: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The values of the house's own fields, each for itself."""
        values = dict(present)
        for name in {**was, **became}:
            if was.get(name) == became.get(name) or values.get(name) == became.get(name):
                continue
            if values.get(name) != was.get(name):
                self.conflicts.append(Conflict("tasks", key, f"custom:{name}"))
            if name in became:
                values[name] = became[name]
            else:
                values.pop(name, None)
        return values

    def _look_for_strays(self, part: Mapping[str, Any]) -> None:
        """What stands below a row that goes, or hangs on it, and came later."""
        gone = {int(key): record for key, record, _ in part.get("gone", ())}
        if not gone:
            return
        for key, task in self.items("tasks").items():
            if task.parent_uid in gone and not gone[task.parent_uid].get("summary"):
                self.conflicts.append(Conflict("tasks", key, ""))
        for key, link in self.items("links").items():
            if {link.predecessor_uid, link.successor_uid} & set(gone):
                self.conflicts.append(Conflict("links", key, ""))
        for key, item in self.items("assignments").items():
            if item.task_uid in gone:
                self.conflicts.append(Conflict("assignments", key, ""))


def _each_its_uid(items: Sequence[engine.Assignment]) -> tuple[engine.Assignment, ...]:
    """The assignments, with free uids for those whose own was given to another meanwhile."""
    taken: set[int] = set()
    free = 1 + max((item.uid for item in items), default=0)
    found = []
    for item in items:
        if item.uid in taken:
            found.append(replace(item, uid=free))
            free += 1
        else:
            found.append(item)
            taken.add(item.uid)
    return tuple(found)


def _changes_outline(part: Mapping[str, Any]) -> bool:
    levels = any("outline_level" in {**was, **became} for was, became in part.get("changed", {}).values())
    return levels or any(name in part for name in ("gone", "came", "moved", "numbered"))


def _bare(kind: str, record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in _NUMBERS.get(kind, ())}


def _placed(items: Mapping[str, Any], came: Mapping[str, Any], behind: Mapping[str, str]) -> dict[str, Any]:
    """The items with those that came or move behind the ones named, which come first where they move themselves."""
    all_of = {**items, **came}
    chain = [key for key in items if key not in behind]
    follower = dict(pairwise((_FIRST, *chain, _LAST)))
    last = chain[-1] if chain else _FIRST
    waiting = dict(behind)
    while waiting:
        many = len(waiting)
        for key, before in list(waiting.items()):
            if before in follower:
                del waiting[key]
                follower[key], follower[before] = follower[before], key
                last = key if before == last else last
        if len(waiting) == many:  # what stood before them is gone
            waiting[next(iter(waiting))] = last
    return {key: all_of[key] for key in _walk(follower)}


def _walk(follower: Mapping[str, str]) -> Iterator[str]:
    at = follower[_FIRST]
    while at != _LAST:
        yield at
        at = follower[at]


def _in_order(tasks: Sequence[engine.Task], *, gaps: bool) -> tuple[engine.Task, ...]:
    """The rows with numbers, parents and summary marks that fit; `gaps`: numbers with gaps stay where they rise."""
    fitting = renumbered(tasks)
    if not gaps:
        return fitting
    numbers = [task.id for task in tasks]
    rising = all(one < other for one, other in pairwise((0, *numbers)))
    same = all(
        (one.parent_uid, one.summary) == (other.parent_uid, other.summary)
        for one, other in zip(tasks, fitting, strict=True)
    )
    return tuple(tasks) if rising and same else fitting
