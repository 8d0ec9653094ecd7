"""How far the tasks of a plan were at the end of past days, read from the plan's list of changes.

Only progress is followed: no plan is put together and nothing is scheduled. The caller has passed its own door.
Not here: whole plans as they were (`past`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from headway.areas.schedule import patches
from headway.areas.schedule.history import edits_of
from headway.areas.schedule.models import Plan, PlanEditPatch, PlanTask

_NONE = Decimal(0)


def progress_at(project_id: int, moments: Sequence[datetime]) -> tuple[Mapping[int, Decimal] | None, ...]:
    """Percent complete of every row by its uid at each moment; None where the plan was not known yet.

    moments  aware, in any order. Three database queries, however many; the newest changes are read first and once.
    """
    row = Plan.unscoped(reason="progress of a visible plan").filter(project_id=project_id).first()
    if row is None or not moments:
        return tuple(None for _ in moments)
    tasks = PlanTask.unscoped(reason="of a visible plan").filter(plan=row, removed_at=None)
    done: dict[int, Decimal] = dict(tasks.values_list("uid", "percent_complete"))
    edits = list(edits_of(row).order_by("-pk").values_list("pk", "created_at"))
    begun = max(row.created_at, edits[-1][1]) if edits else row.created_at
    earliest = min(moments)
    later = [pk for pk, at in edits if at > earliest]
    packed = dict(PlanEditPatch.among(later).values_list("edit_id", "packed")) if later else {}
    found: dict[datetime, Mapping[int, Decimal] | None] = {}
    place = 0
    for moment in sorted(set(moments), reverse=True):
        while place < len(edits) and edits[place][1] > moment:
            text = packed.get(edits[place][0])
            if text is not None:
                _take_back(done, patches.unpack(text))
            place += 1
        found[moment] = dict(done) if moment >= begun else None
    return tuple(found[moment] for moment in moments)


def _take_back(done: dict[int, Decimal], patch: patches.Patch) -> None:
    """Progress as it was before a change."""
    part: Mapping[str, Any] = patch.get("tasks", {})
    for key, _, _ in part.get("came", ()):
        done.pop(int(key), None)
    for key, record, _ in part.get("gone", ()):
        done[int(key)] = _percent(record)
    for key, (was, became) in part.get("changed", {}).items():
        if "percent_complete" in was or "percent_complete" in became:
            done[int(key)] = _percent(was)


def _percent(record: Mapping[str, Any]) -> Decimal:
    """A field at its default is left out of a record."""
    return Decimal(str(record.get("percent_complete", _NONE)))
