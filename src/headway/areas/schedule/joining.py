"""What brought tasks to where they are: the newest change of a plan that moved a task, made it or put people on it.

As far as the undo list tells: it names what people typed, not the tasks that followed by links.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from headway.areas.schedule.history import BEGIN, PEOPLE, ROW, edits_of
from headway.areas.schedule.models import Plan

_MOST_READ = 200  # changes looked through, the newest first
_WHY = "the undo list of a visible plan"
_OF_DATES = frozenset(
    {"start", "finish", "constraint", "duration", "work", "remaining", "actual_start", "actual_finish", "calendar",
     "predecessors", "splits", "mode"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Joined:
    """When a task came to where it is, by whom, by which change; how: 'made', 'given people', 'moved', 'imported'."""

    at: datetime
    by: str
    label: str
    how: str


def joined(project_id: int, uids: Collection[int]) -> dict[int, Joined]:
    """The newest change of each of these tasks' dates or people; without those of which nothing is known."""
    row = Plan.unscoped(reason=_WHY).filter(project_id=project_id).first()
    found: dict[int, Joined] = {}
    if row is None:
        return found
    wanted = set(uids)
    edits = edits_of(row).filter(undone=False).order_by("-pk")
    for edit in edits.only("created_at", "made_by_name", "label", "kind", "cells")[:_MOST_READ]:
        if not wanted:
            break
        if edit.kind == BEGIN:
            found |= dict.fromkeys(wanted, Joined(edit.created_at, edit.made_by_name, edit.label, "imported"))
            break
        touched: dict[int, str] = {}
        for uid, name in edit.cells:
            how = _how(name) if uid in wanted else ""
            if how and touched.get(uid) != "made":
                touched[uid] = how
        found |= {uid: Joined(edit.created_at, edit.made_by_name, edit.label, how) for uid, how in touched.items()}
        wanted -= touched.keys()
    return found


def _how(name: str) -> str:
    if name == ROW:
        return "made"
    if name == PEOPLE:
        return "given people"
    return "moved" if name in _OF_DATES else ""
