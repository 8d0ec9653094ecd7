"""What areas above ask before a project moves on: a gate that is not passed holds its stage."""

from __future__ import annotations

from collections.abc import Callable

from headway.areas.projects.types import Stage
from headway.kernel.context import Context

Guard = Callable[[Context, int, Stage, Stage], None]
_guards: list[Guard] = []


def stage_guard(guard: Guard) -> Guard:
    """Register what is asked with the project's id, the old and the new stage; it raises Conflict to hold it."""
    _guards.append(guard)
    return guard


def ask_guards(ctx: Context, project_id: int, old: Stage, new: Stage) -> None:
    """Raise Conflict where somebody holds the project in its stage."""
    for guard in _guards:
        guard(ctx, project_id, old, new)
