"""Levels a plan by search: the shortest finish found within the units that people and machines have.

The plan becomes a problem in slots (`grid`), the search finds an order of its tasks, the serial scheme makes dates of
that order on the true calendars (`ordered`), and the answer is written as levelling delays. Levelling by rules stands
as the first answer, so the search never gives a later finish than the rules.
Not here: the rules themselves (`rules`), clocks and processes (the callers).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from headway.engine.calendars import instant
from headway.engine.cpm.network import Network, lay_out
from headway.engine.levelling.clear import clear
from headway.engine.levelling.grid import GridBuilder
from headway.engine.levelling.order import Giving, Order
from headway.engine.levelling.ordered import InOrder
from headway.engine.levelling.problem import Problem, Result, Status
from headway.engine.levelling.profile import Demands
from headway.engine.levelling.rules import (
    Levelled,
    Options,
    delays_told,
    level,
    rooms_of,
    scope_of,
    unresolved_told,
    written_to,
)
from headway.engine.levelling.sweep import Placing
from headway.engine.plan import Plan, PlanError, Schedule
from headway.engine.units import WorkTime

Searcher = Callable[[Problem], Result | None]
"""Searches one problem: how long, on how many threads and with which seed is the caller's business.

None: there is no time to search; then levelling by rules is the answer.
"""


@dataclass(frozen=True, slots=True)
class Optimised:
    """A plan levelled by search.

    levelled     the plan with its delays, its schedule, and what delayed each task.
    makespan     working time of the project's calendar from the project start to the finish.
    lower_bound  no levelled plan is shorter.
    schedules    how many schedules the search made, with which seed.
    by_search    whether the search found something shorter than the rules.
    """

    levelled: Levelled
    makespan: WorkTime
    lower_bound: WorkTime
    schedules: int
    seed: int
    by_search: bool

    @property
    def status(self) -> Status:
        """Optimal when the makespan meets the lower bound."""
        return Status.OPTIMAL if self.makespan <= self.lower_bound else Status.FEASIBLE


def optimise(plan: Plan, search: Searcher, schedule: Schedule | None = None) -> Optimised:
    """Level a plan anew: earlier levelling is taken back, tasks that stand stay, all others may be delayed.

    search    see `Searcher`. schedule  of the plan as it is, when it is known.
    Raises PlanError as `cpm.schedule` does, and for a plan scheduled from its finish.
    """
    if not plan.project.schedule_from_start:
        raise PlanError("The plan is scheduled from its finish; levelling delays starts. Schedule it from its start.")
    by_rules = level(plan, schedule, Options(order=Order.PRIORITY))
    cleared, before = clear(plan), by_rules.before
    network = lay_out(cleared)
    options = Options()
    demands = Demands(cleared, network.calendars)
    scope = scope_of(network, demands, before, options)
    standing = scope.fixed | scope.held
    if not any(row not in standing and not summary for row, summary in enumerate(network.summary)):
        return _told(by_rules, instant(before.finish), Result((), 0, 0, 0, 0), network, by_search=False)
    grid = GridBuilder(network, before, demands, standing, demands.resources).grid()
    found = search(grid.problem)
    if found is None:
        return _told(by_rules, instant(before.finish), Result((), 0, 0, 0, 0), network, by_search=False)
    rooms = rooms_of(network, demands, before, scope, options)
    giving = Giving.of(network, before, Order.PRIORITY)
    placing = InOrder(network, before, demands, rooms, giving, scope, _order(found, network)).run()
    searched = _levelled(cleared, network, before, placing, options)
    by_search = _rank(searched) < _rank(by_rules)
    best = searched if by_search else by_rules
    bound = max(instant(before.finish), grid.finish_of(found.lower_bound) if grid.exact else 0)
    return _told(best, bound, found, network, by_search=by_search)


def _told(levelled: Levelled, bound: int, found: Result, network: Network, *, by_search: bool) -> Optimised:
    """The answer with its length and the least length in working time of the project."""
    axis = network.calendars.default
    start, finish = instant(levelled.before.start), instant(levelled.schedule.finish)
    return Optimised(
        levelled=levelled,
        makespan=WorkTime(axis.between(start, finish)),
        lower_bound=WorkTime(axis.between(start, min(bound, finish))),
        schedules=found.schedules,
        seed=found.seed,
        by_search=by_search,
    )


def _order(found: Result, network: Network) -> list[int]:
    """Rows by the start the search gave them; the more important first among those that start together."""
    rows = range(len(network.tasks))
    return sorted(rows, key=lambda row: (found.starts[row], -network.tasks[row].priority, row))


def _levelled(cleared: Plan, network: Network, before: Schedule, placing: Placing, options: Options) -> Levelled:
    plan, dates = (cleared, before) if not placing.base else written_to(cleared, network, placing)
    uids = [task.uid for task in network.tasks]
    because = {
        uids[row]: (uid, tuple(uids[other] for other in rows))
        for row, (uid, rows) in placing.because.items()
        if row in placing.base
    }
    return Levelled(
        plan=plan,
        schedule=dates,
        before=before,
        delayed=delays_told(cleared, plan, before, dates, because),
        unresolved=unresolved_told(plan, dates, options),
    )


def _rank(levelled: Levelled) -> tuple[int, int, int]:
    """What makes a levelled plan better: less over capacity, an earlier finish, less delay by priority."""
    priorities = {task.uid: task.priority for task in levelled.plan.tasks}
    delay = sum(priorities[row.uid] * (instant(row.start) - instant(row.before)) // 600 for row in levelled.delayed)
    return len(levelled.unresolved), instant(levelled.schedule.finish), delay
