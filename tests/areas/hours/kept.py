"""Whether the kept sums of a project are what its entries add up to: for tests of everything that writes entries."""

from __future__ import annotations

from collections import Counter
from typing import Any

from headway.areas.hours.kept import NO_TASK, DaySum, PartSum
from headway.areas.hours.models import TimeEntry
from headway.areas.projects.models import Project

_MONEY = ("billable", "bill_currency", "cost_currency")
_FIGURES = ("entries", "hours", "bill", "cost")


def sums_equal_entries(key: str) -> int:
    """Fail unless both tables hold exactly what the project's live entries come to; gives the project's id."""
    project_id = Project.unscoped(reason="a test").get(key=key).pk
    for kept, names in (
        (DaySum, ("day", *_MONEY)),
        (PartSum, ("person_id", "month", "task_uid", "phase", "role", *_MONEY)),
    ):
        stored = {
            tuple(getattr(row, name) for name in names): tuple(getattr(row, name) for name in _FIGURES)
            for row in kept.of(project_id)
            if any(getattr(row, name) for name in _FIGURES)
        }
        assert stored == _added(project_id, names)
    return int(project_id)


def _added(project_id: int, names: tuple[str, ...]) -> dict[tuple[Any, ...], tuple[int, ...]]:
    found: dict[tuple[Any, ...], Counter[str]] = {}
    for row in TimeEntry.unscoped(reason="a test").filter(project_id=project_id, removed_at=None):
        sums = found.setdefault(tuple(_value(row, name) for name in names), Counter())
        sums["entries"] += 1
        for name, value in (("hours", row.hours), ("bill", row.bill_amount), ("cost", row.cost_amount)):
            sums[name] += int((value or 0) * 1_000_000)
    return {key: tuple(sums[name] for name in _FIGURES) for key, sums in found.items()}


def _value(row: TimeEntry, name: str) -> Any:
    if name == "month":
        return row.day.replace(day=1)
    if name == "task_uid":
        return NO_TASK if row.task_uid is None else row.task_uid
    return getattr(row, name)
