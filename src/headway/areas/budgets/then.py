"""Budgets of projects with their changes, now or as they counted at the end of an earlier day; progress of that day.

Callers have passed their door: they ask about projects whose budgets the reader may see.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from headway.areas.budgets.by_period import stated
from headway.areas.budgets.figures import change_of, ground, main_ids, percent_complete
from headway.areas.budgets.models import Budget, BudgetChange
from headway.areas.budgets.types import ChangeState
from headway.areas.hours.sums import plain
from headway.areas.projects.queries import time_zones
from headway.areas.schedule.progress_then import progress_at
from headway.engine.measures import ZERO
from headway.kernel.context import Context

_DAY = timedelta(days=1)


@dataclass(slots=True)
class HeldBudgets:
    """The budgets of one project.

    seen     those that the reader may see, by id.
    mains    the main ones in 'hours' and in 'money', whoever asks.
    changes  asked for by then, by number, each in the state that it had.
    """

    seen: dict[int, Budget] = field(default_factory=dict)
    mains: Mapping[str, int] = field(default_factory=dict)
    changes: list[BudgetChange] = field(default_factory=list)

    def changed(self, row: Budget | None, state: ChangeState) -> Decimal:
        """What the changes in a state add to a budget."""
        return ZERO if row is None else plain(change_of(row, self.changes, self.mains, state))


def held_budgets(ctx: Context, project_ids: Collection[int], on: date | None = None) -> dict[int, HeldBudgets]:
    """The budgets of projects with their changes, in four database queries. on: at the end of that day, where they are.

    The amount of a budget is the one that stands: once approved it never changes but by changes.
    """
    ids = list(project_ids)
    ends: Mapping[int, datetime | None] = dict.fromkeys(ids)
    if on is not None:
        zones = time_zones(ids)
        ends = {pk: datetime.combine(on + _DAY, time(), ZoneInfo(zones[pk])) for pk in ids}
    held = {pk: HeldBudgets() for pk in ids}
    every: dict[int, list[Budget]] = {}
    for row in Budget.unscoped(reason="main budgets").filter(project_id__in=ids).order_by("id"):
        if _stood(row, ends[row.project_id]):
            every.setdefault(row.project_id, []).append(row)
    seen = set(Budget.visible_to(ctx).filter(project_id__in=ids).values_list("pk", flat=True))
    for pk, rows in every.items():
        held[pk].seen = {row.pk: row for row in rows if row.pk in seen}
        held[pk].mains = main_ids(rows)
    asked = BudgetChange.unscoped(reason="amounts of visible budgets").filter(project_id__in=ids)
    for change in asked.order_by("project_id", "number"):
        end = ends[change.project_id]
        if end is not None and change.created_at >= end:
            continue
        if end is not None and change.decided_at is not None and change.decided_at >= end:
            change.state = ChangeState.PENDING.value  # of this copy alone: it was not decided yet
        held[change.project_id].changes.append(change)
    return held


def _stood(row: Budget, end: datetime | None) -> bool:
    if end is None:
        return row.removed_at is None
    return row.created_at < end and (row.removed_at is None or row.removed_at >= end)


def complete_then(ctx: Context, project_id: int, on: date) -> tuple[Decimal | None, str]:
    """Percent complete of a project at the end of a day and how it is known; None before anybody said any."""
    stand = ground(ctx, project_id)
    end = datetime.combine(on + _DAY, time(), ZoneInfo(stand.about.time_zone))
    if end > ctx.now:
        return percent_complete(stand, on=on)
    (done,) = progress_at(project_id, [end])
    if not done or not any(done.values()):
        if not stated(stand, on):
            return None, "nobody had said how much was done by then"
        done = {}
    return percent_complete(stand, on=on, done=done)
