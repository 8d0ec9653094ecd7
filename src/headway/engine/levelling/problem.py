"""The resource-constrained scheduling problem in whole periods, and its answer.

Activities last whole periods, follow each other by links with least lags, and share renewable resources.
Not here: plans in working time (`optimise`), the search (`search`), proofs (`bound`, `proof`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from headway.engine.plan import PlanError


@dataclass(frozen=True, slots=True)
class Activity:
    """One piece of work, done without interruption except where its calendar rests.

    duration  periods of work, 0 for a milestone.
    demands   units of each resource while it runs, in the order of the problem's capacities.
    release   the first period in which it may start.
    fixed     the period in which it does start, whatever the rest (running and complete work); None = free.
    planned   where it starts today; None = nowhere yet. Only least disturbance looks at it.
    priority  the more important starts first where a rule must choose; also the weight of its delay.
    calendar  index into the problem's calendars; None = it works in every period.
    due       the period by which it should have ended; None = none. Only the shortest finish looks at it, and first.
    """

    duration: int
    demands: tuple[int, ...] = ()
    release: int = 0
    fixed: int | None = None
    planned: int | None = None
    priority: int = 500
    calendar: int | None = None
    due: int | None = None


@dataclass(frozen=True, slots=True)
class Precedence:
    """`after` starts at least `lag` periods after the finish of `before`, or with `from_start` after its start.

    A negative lag is a lead.
    """

    before: int
    after: int
    lag: int = 0
    from_start: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be scheduled. Activities are known by their index.

    capacities  per resource the units of each period; the last one holds for all later periods.
    calendars   per calendar whether each period is worked; after the last period all are.
    Raises PlanError (uids are activity indexes) for a circle of precedences, unknown indexes,
    negative amounts, and an activity that asks for more than its resource ever has.
    """

    activities: tuple[Activity, ...]
    precedences: tuple[Precedence, ...]
    capacities: tuple[tuple[int, ...], ...]
    calendars: tuple[tuple[bool, ...], ...] = ()

    def __post_init__(self) -> None:
        _check_amounts(self)
        self.order()

    def order(self) -> tuple[int, ...]:
        """The activities so that each follows all it depends on; always in the same order."""
        waits = [0] * len(self.activities)
        follow: list[list[int]] = [[] for _ in self.activities]
        for precedence in self.precedences:
            follow[precedence.before].append(precedence.after)
            waits[precedence.after] += 1
        order = [index for index, count in enumerate(waits) if not count]
        for index in order:
            for after in follow[index]:
                waits[after] -= 1
                if not waits[after]:
                    order.append(after)
        if len(order) < len(self.activities):
            stuck = tuple(index for index, count in enumerate(waits) if count)
            numbers = ", ".join(str(index + 1) for index in stuck[:8])
            raise PlanError(f"Activities depend on each other in a circle, among them {numbers}.", stuck)
        return tuple(order)

    def is_static(self) -> bool:
        """Whether every capacity is constant and every activity works in all periods."""
        return all(len(units) == 1 for units in self.capacities) and all(a.calendar is None for a in self.activities)

    def horizon(self) -> int:
        """A period by which every schedule that wastes no time has ended, calendars and capacities included."""
        latest = max((a.fixed if a.fixed is not None else a.release for a in self.activities), default=0)
        work = sum(a.duration for a in self.activities)
        wait = sum(max(0, precedence.lag) for precedence in self.precedences)
        tables = max((len(table) for table in (*self.capacities, *self.calendars)), default=0)
        return latest + work + wait + (0 if self.is_static() else tables) + 1


class Status(Enum):
    """Whether the answer is proven best or only allowed."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"


@dataclass(frozen=True, slots=True)
class Result:
    """A schedule and what is known of it.

    starts       first period of each activity.
    makespan     the period in which the last activity has ended.
    lower_bound  no schedule ends earlier.
    schedules    how many schedules the search made; with the seed it makes the answer repeatable.
    """

    starts: tuple[int, ...]
    makespan: int
    lower_bound: int
    schedules: int
    seed: int

    @property
    def status(self) -> Status:
        """Optimal when the makespan meets the lower bound."""
        return Status.OPTIMAL if self.makespan <= self.lower_bound else Status.FEASIBLE

    @property
    def gap(self) -> float:
        """How far the makespan may be above the best one, as a share of the lower bound."""
        return (self.makespan - self.lower_bound) / self.lower_bound if self.lower_bound else 0.0


def finish(problem: Problem, index: int, start: int) -> int:
    """The period after the last one an activity works in when it starts at `start`."""
    activity = problem.activities[index]
    worked = problem.calendars[activity.calendar] if activity.calendar is not None else ()
    left, at = activity.duration, start
    while left and at < len(worked):
        left -= worked[at]
        at += 1
    return at + left


def makespan(problem: Problem, starts: Sequence[int]) -> int:
    """The period in which the last activity has ended."""
    return max((finish(problem, index, start) for index, start in enumerate(starts)), default=0)


def lateness(problem: Problem, starts: Sequence[int]) -> int:
    """The periods by which activities end after they were due, in all."""
    return sum(
        max(0, finish(problem, index, start) - activity.due)
        for index, (activity, start) in enumerate(zip(problem.activities, starts, strict=True))
        if activity.due is not None
    )


def disturbance(problem: Problem, starts: Sequence[int]) -> int:
    """The delays against the planned starts in periods, each times its priority; what is planned nowhere is free."""
    return sum(
        activity.priority * (start - activity.planned)
        for activity, start in zip(problem.activities, starts, strict=True)
        if activity.planned is not None
    )


def violations(problem: Problem, starts: Sequence[int]) -> list[str]:
    """What is wrong with a schedule, in sentences; empty when it is allowed.

    Fixed activities may overload a resource among themselves: what stands cannot be helped.
    """
    found = [*_early(problem, starts)]
    for resource, units in enumerate(problem.capacities):
        for period, (used, fixed) in enumerate(usage(problem, starts, resource)):
            capacity = units[min(period, len(units) - 1)]
            if used > max(capacity, fixed):
                found.append(f"Resource {resource + 1} is used {used} times in period {period}; it has {capacity}.")
    return found


def _early(problem: Problem, starts: Sequence[int]) -> Iterable[str]:
    for index, (activity, start) in enumerate(zip(problem.activities, starts, strict=True)):
        if activity.fixed is not None and start != activity.fixed:
            yield f"Activity {index + 1} starts at {start}; it is fixed at {activity.fixed}."
        elif activity.fixed is None and start < activity.release:
            yield f"Activity {index + 1} starts at {start}, before its release at {activity.release}."
    for precedence in problem.precedences:
        start = starts[precedence.before]
        bound = precedence.lag + (start if precedence.from_start else finish(problem, precedence.before, start))
        if starts[precedence.after] < bound and problem.activities[precedence.after].fixed is None:
            yield f"Activity {precedence.after + 1} starts before activity {precedence.before + 1} allows ({bound})."


def usage(problem: Problem, starts: Sequence[int], resource: int) -> list[tuple[int, int]]:
    """Units of one resource used in each period: by all activities, by fixed ones alone."""
    ends = [finish(problem, index, start) for index, start in enumerate(starts)]
    used = [[0, 0] for _ in range(max(ends, default=0))]
    for index, activity in enumerate(problem.activities):
        if not activity.demands[resource]:
            continue
        worked = problem.calendars[activity.calendar] if activity.calendar is not None else ()
        for period in range(starts[index], ends[index]):
            if period >= len(worked) or worked[period]:
                used[period][0] += activity.demands[resource]
                used[period][1] += activity.demands[resource] if activity.fixed is not None else 0
    return [(both, fixed) for both, fixed in used]


def _check_amounts(problem: Problem) -> None:
    count = len(problem.activities)
    for units in problem.capacities:
        if not units or min(units) < 0:
            raise PlanError("A capacity needs at least one period and no negative units.")
    for index, activity in enumerate(problem.activities):
        if len(activity.demands) != len(problem.capacities):
            raise PlanError(
                f"Activity {index + 1} has {len(activity.demands)} demands for {len(problem.capacities)} resources.",
                (index,),
            )
        if activity.duration < 0 or activity.release < 0 or min(activity.demands, default=0) < 0:
            raise PlanError(f"Activity {index + 1} has a negative duration, release or demand.", (index,))
        if activity.calendar is not None and not 0 <= activity.calendar < len(problem.calendars):
            raise PlanError(f"Activity {index + 1} names calendar {activity.calendar}, which is not there.", (index,))
        if activity.fixed is None and activity.duration:
            _check_demands(problem, index)
    for precedence in problem.precedences:
        if not (0 <= precedence.before < count and 0 <= precedence.after < count):
            raise PlanError(f"A precedence names an activity outside 1 to {count}.")


def _check_demands(problem: Problem, index: int) -> None:
    for resource, (demand, units) in enumerate(
        zip(problem.activities[index].demands, problem.capacities, strict=True), start=1
    ):
        if demand > units[-1]:
            raise PlanError(
                f"Activity {index + 1} needs {demand} units of resource {resource}, which has {units[-1]}. "
                "Give the resource more units or the activity fewer.",
                (index,),
            )
