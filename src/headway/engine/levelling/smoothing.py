"""The least units of each resource with which a plan still keeps its finish: how few people will do.

One resource after the other is cut down, and each cut is tried on the true calendars: the plan is levelled with the
units that are left, by rules and, where they do not keep the finish, by search. So what is told holds to the minute.
Not here: levelling itself (`rules`, `optimise`), problems in whole periods (`peak`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from math import gcd

from headway.engine.calendars import instant
from headway.engine.cpm import schedule as scheduled
from headway.engine.levelling.clear import clear
from headway.engine.levelling.optimise import within
from headway.engine.levelling.order import Order
from headway.engine.levelling.peak import Keeping
from headway.engine.levelling.problem import Problem, Result
from headway.engine.levelling.profile import FULL, Demands, Load, placed_loads, profiles
from headway.engine.levelling.rules import Levelled, Options, level, unresolved_told
from headway.engine.plan import Plan, PlanError, Schedule


@dataclass(frozen=True, slots=True)
class Peak:
    """The most units of a resource in use at once.

    before  in the plan as it stood. after: in the answer. bound: no plan that keeps the date uses fewer.
    """

    resource_uid: int
    before: Decimal
    after: Decimal
    bound: Decimal

    @property
    def gap(self) -> float:
        """How far the peak may be above the least one, as a share of the bound."""
        return float((self.after - self.bound) / self.bound) if self.bound else 0.0


@dataclass(frozen=True, slots=True)
class Smoothed:
    """A plan that keeps its date with fewer units, and the peaks of the resources that are asked for anything.

    kept       the finish that is kept; the start of a plan scheduled from its finish.
    schedules  how many schedules the searches made.
    """

    levelled: Levelled
    kept: datetime
    peaks: tuple[Peak, ...]
    schedules: int

    @property
    def is_optimal(self) -> bool:
        """Whether every resource is down to its bound."""
        return all(peak.after <= peak.bound for peak in self.peaks)


def earliest_kept(plan: Plan) -> datetime:
    """The date that the plan has when nothing is levelled: none that is better can be kept."""
    dates = scheduled(clear(plan))
    return dates.finish if plan.project.schedule_from_start else dates.start


def smooth(
    plan: Plan, search: Keeping, *, keep: datetime | None = None, go_on: Callable[[], bool] = lambda: True
) -> Smoothed:
    """Cut the units of one work resource after the other as far as the plan keeps its date, in the plan's order.

    search  see `peak.Keeping`. keep  None = the date the plan has as it stands, its levelling included.
    go_on   asked before each cut; false ends with the best so far.
    Raises PlanError as `cpm.schedule` does, and for a date that no levelling can keep.
    """
    dates = scheduled(plan)
    kept = keep or (dates.finish if plan.project.schedule_from_start else dates.start)
    if not _keeps(plan, scheduled(clear(plan)), kept):
        raise PlanError(f"Without any levelling the plan does not keep {kept:%Y-%m-%d %H:%M}. Give a later date.")
    cutting = _Cutting(plan, dates, kept, search)
    bounds = _bounds(plan, kept)
    before = dict(cutting.peaks)
    for uid, (bound, step) in bounds.items():
        low, high = -(-bound // step), cutting.peaks[uid] // step
        while low < high and go_on():
            middle = (low + high) // 2
            if cutting.cut(uid, middle * step):
                high = min(middle, -(-cutting.peaks[uid] // step))
            else:
                low = middle + 1
    found = cutting.best
    told = unresolved_told(found.plan, found.schedule, Options())
    return Smoothed(
        levelled=replace(found, unresolved=told),
        kept=kept,
        peaks=tuple(
            Peak(uid, _units(before[uid]), _units(cutting.peaks[uid]), _units(min(bound, cutting.peaks[uid])))
            for uid, (bound, _) in bounds.items()
        ),
        schedules=cutting.schedules,
    )


class _Cutting:
    """The best plan so far and the peaks of its resources, in millionths of units."""

    def __init__(self, plan: Plan, dates: Schedule, kept: datetime, search: Keeping) -> None:
        self._plan, self._kept, self._search = plan, kept, search
        self.best = Levelled(plan, dates, scheduled(clear(plan)), (), ())
        self.peaks: Mapping[int, int] = _peaks(plan, dates)
        self.schedules = 0

    def cut(self, uid: int, most: int) -> bool:
        """Try to do with so many units of a resource, and no more of the others than now."""
        units = {**self.peaks, uid: most}
        trial = replace(
            self._plan,
            resources=tuple(replace(r, max_units=_units(units.get(r.uid, 0))) for r in self._plan.resources),
        )
        by_rules = level(trial, options=Options(order=Order.PRIORITY))
        return self._takes(by_rules, units) or self._takes(within(trial, self._counted, self._kept).levelled, units)

    def _counted(self, problem: Problem, limit: int) -> Result | None:
        found = self._search(problem, limit)
        self.schedules += found.schedules if found is not None else 0
        return found

    def _takes(self, found: Levelled, units: Mapping[int, int]) -> bool:
        """Keep an answer that does with the units and keeps the date."""
        if not _keeps(self._plan, found.schedule, self._kept):
            return False
        plan = replace(found.plan, resources=self._plan.resources)
        peaks = _peaks(plan, found.schedule)
        if any(peaks.get(uid, 0) > most for uid, most in units.items()):
            return False
        self.best, self.peaks = replace(found, plan=plan), peaks
        return True


def _keeps(plan: Plan, dates: Schedule, kept: datetime) -> bool:
    return dates.finish <= kept if plan.project.schedule_from_start else dates.start >= kept


def _peaks(plan: Plan, dates: Schedule) -> dict[int, int]:
    """The most units of each work resource at once, in millionths; of those in use."""
    found = {
        uid: max((step.units for step in steps), default=Decimal(0)) for uid, steps in profiles(plan, dates).items()
    }
    return {uid: round(units * FULL) for uid, units in found.items() if units}


def _bounds(plan: Plan, kept: datetime) -> dict[int, tuple[int, int]]:
    """By resource in use: what its largest load needs, or its work spread evenly, and the step in which loads come."""
    demands, placed = placed_loads(clear(plan), scheduled(clear(plan)))
    loads: dict[int, list[Load]] = {}
    for load, _ in placed:
        if isinstance(load, Load) and load.units:
            loads.setdefault(load.resource_uid, []).append(load)
    return {uid: _bound(plan, demands, loads[uid], kept) for uid in demands.resources if uid in loads}


def _bound(plan: Plan, demands: Demands, loads: list[Load], kept: datetime) -> tuple[int, int]:
    first, last = min(load.first for load in loads), max(load.last for load in loads)
    edge = demands.axis(loads[0].resource_uid).position(instant(kept))
    room = max(last, edge) - first if plan.project.schedule_from_start else last - min(first, edge)
    work = sum((load.last - load.first) * load.units for load in loads)
    step = gcd(*(load.units for load in loads))
    least = max(*(load.units for load in loads), -(-work // room) if room else 0)
    return -(-least // step) * step, step


def _units(millionths: int) -> Decimal:
    return (Decimal(millionths) / FULL).normalize()
