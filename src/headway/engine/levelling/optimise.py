"""Levels a plan by search, within the units that people and machines have: the shortest finish, or the least delay.

The plan becomes a problem in slots (`grid`), the search finds an order of its tasks, the serial scheme makes dates of
that order on the true calendars (`ordered`), and the answer is written as levelling delays. Levelling by rules stands
as the first answer, so the search never gives more past deadlines, a later finish or more delay than the rules.
Not here: the rules themselves (`rules`), clocks and processes (the callers).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from headway.engine.calendars import instant
from headway.engine.cpm.network import Network
from headway.engine.levelling.clear import clear
from headway.engine.levelling.grid import Grid, GridBuilder
from headway.engine.levelling.order import Giving, Order
from headway.engine.levelling.ordered import InOrder
from headway.engine.levelling.peak import Keeping
from headway.engine.levelling.problem import Problem, Result, Status
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
from headway.engine.levelling.search import Objective
from headway.engine.levelling.sweep import Placing
from headway.engine.levelling.view import View, view_of
from headway.engine.plan import Plan, Schedule
from headway.engine.units import WorkTime

_COUNTS_ONCE = 500  # the priority of a task whose delay counts as it is

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
    by_search    whether the search found something better than the rules.
    disturbance  working time by which tasks start later than without levelling, each on its own calendar; a task of
                 priority 500 counts once, one of 1000 twice.
    late         working time by which tasks end after their deadlines; late_before: without levelling.
    """

    levelled: Levelled
    makespan: WorkTime
    lower_bound: WorkTime
    schedules: int
    seed: int
    by_search: bool
    disturbance: WorkTime
    late: WorkTime
    late_before: WorkTime

    @property
    def status(self) -> Status:
        """Optimal when the makespan meets the lower bound, and nothing is later than without levelling."""
        met = self.makespan <= self.lower_bound and self.late <= self.late_before
        return Status.OPTIMAL if met else Status.FEASIBLE


def optimise(
    plan: Plan, search: Searcher, schedule: Schedule | None = None, objective: Objective = Objective.FINISH
) -> Optimised:
    """Level a plan anew: earlier levelling is taken back, tasks that stand stay, all others may be delayed.

    search     see `Searcher`; it is to look for the same objective. schedule  of the plan as it is, when it is known.
    objective  what the answer is judged by, once nothing can be less over capacity.
    Raises PlanError as `cpm.schedule` does.
    """
    return _optimised(plan, lambda grid, _: search(grid.problem), schedule, objective)


def within(plan: Plan, search: Keeping, keep: datetime) -> Optimised:
    """Level a plan anew until it ends by a date; one scheduled from its finish until it starts no earlier.

    search  see `peak.Keeping`. A plan that cannot be so short is levelled to be as short as it was found.
    """
    return _optimised(plan, lambda grid, view: search(grid.problem, grid.slots_until(view.instant(keep))))


def _optimised(
    plan: Plan,
    search: Callable[[Grid, View], Result | None],
    schedule: Schedule | None = None,
    objective: Objective = Objective.FINISH,
) -> Optimised:
    by_rules = level(plan, schedule, Options(order=Order.PRIORITY))
    cleared = clear(plan)
    view = view_of(cleared)
    network, demands, before = view.network, view.demands, view.dates(by_rules.before)
    if objective is Objective.DISTURBANCE or _lateness(by_rules.schedule, view) > _lateness(by_rules.before, view):
        in_standard_order = level(plan, schedule, Options(order=Order.STANDARD))
        by_rules = min(by_rules, in_standard_order, key=lambda levelled: _rank(levelled, view, objective))
    options = Options()
    scope = scope_of(view, before, options)
    standing = scope.fixed | scope.held
    if not any(row not in standing and not summary for row, summary in enumerate(network.summary)):
        return _told(by_rules, instant(before.finish), Result((), 0, 0, 0, 0), view, by_search=False)
    grid = GridBuilder(network, before, demands, standing, demands.resources).grid()
    found = search(grid, view)
    if found is None:
        return _told(by_rules, instant(before.finish), Result((), 0, 0, 0, 0), view, by_search=False)
    rooms = rooms_of(view, before, scope, options)
    giving = Giving.of(network, before, Order.PRIORITY)
    placing = InOrder(network, before, demands, rooms, giving, scope, _order(found, network)).run()
    searched = _levelled(cleared, view, by_rules.before, placing, options)
    by_search = _rank(searched, view, objective) < _rank(by_rules, view, objective)
    best = searched if by_search else by_rules
    bound = max(instant(before.finish), grid.finish_of(found.lower_bound) if grid.exact else 0)
    return _told(best, bound, found, view, by_search=by_search)


def _told(levelled: Levelled, bound: int, found: Result, view: View, *, by_search: bool) -> Optimised:
    """The answer with its length and the least length in working time of the project; `bound` as the view sees it."""
    axis = view.network.calendars.default
    start, finish = instant(view.dates(levelled.before).start), instant(view.dates(levelled.schedule).finish)
    return Optimised(
        levelled=levelled,
        makespan=WorkTime(axis.between(start, finish)),
        lower_bound=WorkTime(axis.between(start, min(bound, finish))),
        schedules=found.schedules,
        seed=found.seed,
        by_search=by_search,
        disturbance=WorkTime(_disturbance(levelled, view) // _COUNTS_ONCE),
        late=WorkTime(_lateness(levelled.schedule, view)),
        late_before=WorkTime(_lateness(levelled.before, view)),
    )


def _order(found: Result, network: Network) -> list[int]:
    """Rows by the start the search gave them; the more important first among those that start together."""
    rows = range(len(network.tasks))
    return sorted(rows, key=lambda row: (found.starts[row], -network.tasks[row].priority, row))


def _levelled(cleared: Plan, view: View, before: Schedule, placing: Placing, options: Options) -> Levelled:
    plan, dates = (cleared, before) if not placing.base else written_to(cleared, view, placing)
    uids = [task.uid for task in view.tasks]
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


def _disturbance(levelled: Levelled, view: View) -> int:
    """Working time by which leaves are delayed against the plan before levelling, each times its priority."""
    before, after = view.dates(levelled.before).by_uid(), view.dates(levelled.schedule).by_uid()
    network, total = view.network, 0
    for row, task in enumerate(network.tasks):
        old, new = instant(before[task.uid].start), instant(after[task.uid].start)
        if not network.summary[row] and new > old:
            total += task.priority * network.spans[row].axis.between(old, new)
    return total


def _lateness(dates: Schedule, view: View) -> int:
    """Working time by which tasks and summaries end after their deadlines."""
    found = dates.by_uid()
    total = 0
    for row, task in enumerate(view.tasks):
        if task.deadline is not None and found[task.uid].finish > task.deadline:
            total += view.between(row, instant(task.deadline), instant(found[task.uid].finish))
    return total


def _rank(levelled: Levelled, view: View, objective: Objective) -> tuple[int, ...]:
    """What makes a levelled plan better: less over capacity, then the aim.

    That is an earlier finish, behind deadlines and before delay by priority; or less delay, and then the finish.
    """
    if objective is Objective.DISTURBANCE:
        return len(levelled.unresolved), _disturbance(levelled, view), _extent(levelled)
    priorities = {task.uid: task.priority for task in levelled.plan.tasks}
    moved = ((row.uid, abs(instant(row.start) - instant(row.before))) for row in levelled.delayed)
    delay = sum(priorities[uid] * by // 600 for uid, by in moved)
    return len(levelled.unresolved), _lateness(levelled.schedule, view), _extent(levelled), delay


def _extent(levelled: Levelled) -> int:
    """How long the plan takes from its start to its finish, of which one is given."""
    return instant(levelled.schedule.finish) - instant(levelled.schedule.start)
