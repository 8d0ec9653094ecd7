"""What a change of one plan means for others: asked of whoever knows which plans follow which.

Plans know of no other plan. The area above that ties them says so here once; without it nothing follows.
"""

from __future__ import annotations

from typing import Protocol

from headway.areas.schedule.acts import MovedElsewhere
from headway.areas.schedule.effect import Difference
from headway.engine import plan as engine
from headway.kernel.context import Context


class Following(Protocol):
    """What plans ask of the area that ties them."""

    def refuse_circle(self, ctx: Context, project_id: int, old: engine.Plan, new: engine.Plan) -> None:
        """Raise Conflict where the changed plan would wait for itself through other plans."""

    def moved(self, ctx: Context, project_id: int, change: Difference) -> tuple[MovedElsewhere, ...]:
        """Which other plans move with this change, most moved first."""


class _Sources:
    following: Following | None = None


def set_following(source: Following) -> None:
    """Called once, by the area that ties plans."""
    _Sources.following = source


def refuse_circle(ctx: Context, project_id: int, old: engine.Plan, new: engine.Plan) -> None:
    """Refuse a change by which the plan would wait for itself through other plans."""
    if _Sources.following is not None:
        _Sources.following.refuse_circle(ctx, project_id, old, new)


def moved(ctx: Context, project_id: int, change: Difference) -> tuple[MovedElsewhere, ...]:
    """Which other plans move with a change of this one."""
    return _Sources.following.moved(ctx, project_id, change) if _Sources.following is not None else ()
