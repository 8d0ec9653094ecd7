"""What an import or export did with every field: kept, changed or dropped, with counts and examples.

Not here: the readers and writers themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from headway.engine.plan import Plan

KEPT, CHANGED, DROPPED = "kept", "changed", "dropped"
_STATUSES = (DROPPED, CHANGED, KEPT)
_MOST_EXAMPLES = 3
_LONGEST_EXAMPLE = 80


@dataclass(frozen=True, slots=True)
class FidelityRow:
    """One line of a fidelity report.

    entity   'project', 'calendar', 'task', 'link', 'resource' or 'assignment'.
    field    the field's name in the file read or, for a file written, in the plan.
    status   'kept', 'changed' (carried, but not as it stood) or 'dropped'.
    """

    entity: str
    field: str
    count: int
    status: str
    examples: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The row as the command line and the API show it."""
        return {
            "entity": self.entity,
            "field": self.field,
            "count": self.count,
            "status": self.status,
            "examples": list(self.examples),
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> FidelityRow:
        """The row again; raises KeyError or TypeError for anything else."""
        return cls(row["entity"], row["field"], int(row["count"]), row["status"], tuple(row["examples"]))


class Fidelity:
    """Collects the rows while a file is read or written."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, str], int] = {}
        self._examples: dict[tuple[str, str, str], list[str]] = {}

    def note(self, entity: str, name: str, status: str, example: object = "", *, count: int = 1) -> None:
        """Count a field's values; the first few different examples are shown."""
        key = (entity, name, status)
        self._counts[key] = self._counts.get(key, 0) + count
        if example != "":
            shown = self._examples.setdefault(key, [])
            if len(shown) < _MOST_EXAMPLES:
                text = str(example)
                text = text if len(text) <= _LONGEST_EXAMPLE else text[: _LONGEST_EXAMPLE - 1] + "…"
                if text not in shown:
                    shown.append(text)

    def rows(self) -> list[FidelityRow]:
        """Dropped first, then changed, then kept; within these by entity and field."""
        ordered = sorted(self._counts, key=lambda key: (_STATUSES.index(key[2]), key[0], key[1]))
        return [
            FidelityRow(entity, name, self._counts[key], status, tuple(self._examples.get(key, ())))
            for key in ordered
            for entity, name, status in [key]
        ]


@dataclass(frozen=True, slots=True)
class Question:
    """Something the file leaves open; `assumed` was taken until a person answers."""

    field: str
    message: str
    choices: tuple[str, ...]
    assumed: str

    def as_json(self) -> dict[str, Any]:
        """The question as the command line and the API show it."""
        return {
            "field": self.field,
            "message": self.message,
            "choices": list(self.choices),
            "assumed": self.assumed,
        }


@dataclass(frozen=True, slots=True)
class PlanLimits:
    """How large a plan may be; each error names the limit."""

    tasks: int = 20_000
    links: int = 100_000
    megabytes: int = 50


UPLOAD_PLAN = PlanLimits()
LOCAL_PLAN = PlanLimits(tasks=100_000, links=200_000, megabytes=100)


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan as read from a file, with what became of each field and what is still open."""

    plan: Plan
    fidelity: tuple[FidelityRow, ...] = ()
    questions: tuple[Question, ...] = field(default=())


def file_name(path: Path) -> str:
    """The file's name for a message, without its folder."""
    return path.name


def joined(names: Iterable[object], most: int = 8) -> str:
    """Names for a message: the first few, and how many more there are."""
    listed = [str(name) for name in names]
    shown = ", ".join(listed[:most])
    return shown if len(listed) <= most else f"{shown} and {len(listed) - most} more"
