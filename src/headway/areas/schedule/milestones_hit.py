"""How many of the milestones that were due are reached on their baseline day or before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from headway.areas.projects.types import ProjectId
from headway.areas.schedule.queries import milestones
from headway.engine.measures import HUNDRED, Input, Measure, Unit, derive, divided
from headway.kernel.context import Context
from headway.kernel.queries import query


@dataclass(frozen=True, slots=True)
class MilestonesHit:
    """Milestones whose baseline day has come by a day. missed: names of those reached later, or not yet."""

    as_of: date
    hit: int
    due: int
    missed: tuple[str, ...]
    percent: Measure


@query(permission="schedule.read_milestones")
def milestones_hit(ctx: Context, *, project: ProjectId, as_of: date) -> MilestonesHit:
    """Milestones reached on their baseline day or before, of those due by a day; one due that day counts as due.

    Milestones that the baseline does not hold were never promised for a day, and are left out.
    """
    due = [row for row in milestones(ctx, project=project) if row.baseline is not None and row.baseline <= as_of]
    missed = [row for row in due if row.actual is None or row.baseline is None or row.actual > row.baseline]
    percent = derive(
        "milestones_hit",
        "Milestones hit",
        Unit.PERCENT,
        "milestones reached by their baseline day / milestones due",
        (
            Input("milestones hit", Decimal(len(due) - len(missed)), Unit.COUNT),
            Input("milestones due", Decimal(len(due)), Unit.COUNT),
        ),
        lambda hit, all_: divided(HUNDRED * hit, all_, "No milestone of the baseline is due yet."),
    )
    return MilestonesHit(as_of, len(due) - len(missed), len(due), tuple(row.name for row in missed), percent)
