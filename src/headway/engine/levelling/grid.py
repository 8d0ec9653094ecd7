"""A plan as a problem in whole slots of working time, for the search.

Slots are counted on the working time of all calendars together. Where durations, lags and calendars are multiples of
a slot the problem is exact, else durations are rounded up; dates are made by `optimise`, which counts in tenths of a
minute. Not here: the search, dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import gcd

from headway.engine.calendars import Axis, UnionAxis, instant
from headway.engine.cpm.network import Kind, Network, Tie
from headway.engine.levelling.problem import Activity, Precedence, Problem
from headway.engine.levelling.profile import Demands, Load
from headway.engine.plan import Schedule, Task
from headway.engine.units import TENTHS_PER_HOUR

_MOST_SLOTS = 20_000  # for which calendars are told
_MOST_SLOTS_A_TASK = 100  # on the mean, where slots are exact
_SLOTS_A_TASK = 16  # on the mean, where they are not
_LEAST_SLOT = TENTHS_PER_HOUR // 12
_MOST_CELLS = 20_000_000  # slots times resources: 160 MB of free units
_CALENDAR_STRETCH = 4  # calendars are told for so many times the plan's extent; later all slots are worked


@dataclass(frozen=True, slots=True)
class Grid:
    """The problem of a plan's leaves and, without work, of its summaries.

    problem  activity i is row i of the network (a summary's waits for all its leaves); behind the rows come the
             inlets of summaries, for which all their leaves wait.
    slot     working time of one slot, on `axis`; slot 0 begins at the position `origin`.
    exact    whether nothing was rounded, so that a bound on the problem is a bound on the plan.
    """

    problem: Problem
    axis: Axis
    origin: int
    slot: int
    exact: bool

    def slots_until(self, at: int) -> int:
        """The slots that have ended at an instant."""
        return (self.axis.position(at) - self.origin) // self.slot

    def finish_of(self, slots: int) -> int:
        """The instant at which so many slots have ended."""
        return self.axis.finish_at(self.origin + slots * self.slot)


class GridBuilder:
    """Lays the movable work of a plan on slots, around what stands."""

    def __init__(
        self, network: Network, schedule: Schedule, demands: Demands, standing: Iterable[int], resources: Iterable[int]
    ) -> None:
        self._network = network
        self._demands = demands
        self._standing = frozenset(standing)
        self._resources = {uid: number for number, uid in enumerate(resources)}
        dates = schedule.by_uid()
        self._start = [instant(dates[task.uid].early_start) for task in network.tasks]
        self._finish = [instant(dates[task.uid].early_finish) for task in network.tasks]
        self._leaves = [row for row, summary in enumerate(network.summary) if not summary]
        self._axes = {id(network.spans[row].axis): network.spans[row].axis for row in self._leaves}
        axes = list(self._axes.values())
        self._axis = axes[0] if len(axes) == 1 else UnionAxis(axes)
        movable = [row for row in self._leaves if row not in self._standing] or self._leaves
        self._origin = self._axis.position(min(self._start[row] for row in movable))
        self._slot, self._exact = self._slot_size()

    def grid(self) -> Grid:
        """The problem and how its activities belong to rows."""
        count = len(self._network.tasks)
        inlet = {row: count + number for number, row in enumerate(r for r, s in enumerate(self._network.summary) if s)}
        units, capacities = self._units()
        activities = [self._activity(row, units) for row in range(count)]
        activities += [Activity(0, (0,) * len(capacities)) for _ in inlet]
        problem = Problem(
            tuple(activities),
            tuple(self._precedences(inlet)),
            tuple((most,) for most in capacities),
            tuple(self._worked(axis) for axis in self._axes.values()) if len(self._axes) > 1 else (),
        )
        return Grid(problem, self._axis, self._origin, self._slot, self._exact)

    # ---- slots ----------------------------------------------------------------------------------

    def _slot_size(self) -> tuple[int, bool]:
        """The largest slot that divides all lengths and lags, larger when there would be too many."""
        movable = [row for row in self._leaves if row not in self._standing]
        lengths = [self._length(row) for row in movable]
        amounts = [*lengths, *(abs(tie.lag) for row in movable for tie in self._network.into[row])]
        amounts += [self._axis.position(self._start[row]) - self._origin for row in movable]
        common = gcd(*amounts) or TENTHS_PER_HOUR
        mean = sum(lengths) // max(1, len(lengths))
        least = self._extent(sum(amounts)) * len(self._resources) // _MOST_CELLS + 1
        if len(self._axes) == 1 and common >= max(least, mean // _MOST_SLOTS_A_TASK):
            ties = [tie for into in self._network.into for tie in into]
            even = not any((tie.elapsed and tie.lag) or tie.lag % common for tie in ties)
            return common, even and all(self._is_told_exactly(row, common) for row in self._leaves)
        return max(_LEAST_SLOT, mean // _SLOTS_A_TASK, least), False

    def _extent(self, amounts: int) -> int:
        """Working time by which every schedule has ended: after the last start, all work in a row."""
        return self._axis.position(max(self._finish)) - self._origin + amounts

    def _length(self, row: int) -> int:
        """Working time from start to finish on the axis of the row."""
        return self._network.spans[row].axis.between(self._start[row], self._finish[row])

    def _is_told_exactly(self, row: int, slot: int) -> bool:
        """Whether slots tell a row as it is: even work on the one calendar from start to finish."""
        task = self._network.tasks[row]
        if row in self._standing:  # what stands need not lie on the edges of slots
            end = self._axis.position(self._finish[row]) - self._origin
            loads = self._demands.placed(task, self._start[row], self._finish[row])
            return end <= 0 or (not loads and end % slot == 0)
        return all(
            shape.axis is self._axis
            and shape.own is self._axis
            and not (shape.delay or shape.elapsed_delay)
            and [segment[:2] for segment in shape.segments] == [(0, self._length(row))]
            for shape in self._demands.shapes(task)
        )

    def _worked(self, axis: Axis) -> tuple[bool, ...]:
        """Which slots an axis works for the most part."""
        extent = self._axis.position(max(self._finish)) - self._origin
        slots = min(_MOST_SLOTS, _CALENDAR_STRETCH * extent // self._slot + 1)
        edges = [axis.position(self._axis.start_at(self._origin + at * self._slot)) for at in range(slots + 1)]
        return tuple(2 * (last - first) >= self._slot for first, last in pairwise(edges))

    # ---- activities -----------------------------------------------------------------------------

    def _units(self) -> tuple[dict[int, list[int]], list[int]]:
        """Demands of each row and capacities of the resources, in the largest units that divide them."""
        asked = {row: self._asked(row) for row in self._leaves}
        capacities = [self._demands.capacity(uid) for uid in self._resources]
        for number, capacity in enumerate(capacities):
            most = {row: units[number] for row, units in asked.items() if row not in self._standing and units[number]}
            size = gcd(capacity, *most.values()) or 1
            for units in asked.values():
                units[number] = -(-units[number] // size)
            capacities[number] = max(capacity // size, *(-(-amount // size) for amount in most.values()), 0, 0)
        return asked, capacities

    def _asked(self, row: int) -> list[int]:
        """Units of each resource a row needs at its busiest."""
        start, finish = self._start[row], self._finish[row]
        steps: list[dict[int, int]] = [{} for _ in self._resources]
        if row in self._standing:
            loads = self._demands.placed(self._network.tasks[row], start, finish)
        else:
            loads = [load for shape in self._demands.shapes(self._network.tasks[row]) for load in shape.loads(start)]
        for load in loads:
            if isinstance(load, Load) and load.resource_uid in self._resources:
                step = steps[self._resources[load.resource_uid]]
                step[load.first] = step.get(load.first, 0) + load.units
                step[load.last] = step.get(load.last, 0) - load.units
        return [_peak(step) for step in steps]

    def _activity(self, row: int, units: Mapping[int, list[int]]) -> Activity:
        network, task = self._network, self._network.tasks[row]
        if network.summary[row]:
            kept = network.placed[row]  # typed by a person: no leaf moves its finish
            return Activity(0, (0,) * len(self._resources), due=None if kept else self._due(task))
        length = self._length(row)
        begin = self._axis.position(self._start[row]) - self._origin
        end = self._axis.position(self._finish[row]) - self._origin
        calendar = None
        if len(self._axes) > 1:
            calendar = list(self._axes).index(id(network.spans[row].axis))
        if row in self._standing:
            first, last = max(0, begin // self._slot), max(0, -(-end // self._slot))
            return Activity(last - first, tuple(units[row]), fixed=first, planned=first, priority=task.priority)
        return Activity(
            -(-length // self._slot),
            tuple(units[row]),
            release=max(0, begin // self._slot),  # levelling only moves work later
            planned=max(0, begin // self._slot),
            priority=task.priority,
            calendar=calendar,
            due=self._due(task),
        )

    def _due(self, task: Task) -> int | None:
        """The slots that have ended at a task's deadline."""
        if task.deadline is None:
            return None
        return (self._axis.position(instant(task.deadline)) - self._origin) // self._slot

    # ---- links ----------------------------------------------------------------------------------

    def _precedences(self, inlet: Mapping[int, int]) -> Iterable[Precedence]:
        network = self._network
        for row in range(len(network.tasks)):
            parent = network.parent[row]
            entry = inlet.get(row, row)
            if parent >= 0:
                yield Precedence(inlet[parent], entry)
                yield Precedence(row, parent)
            for tie in network.into[row]:
                yield from self._linked(tie, entry, inlet)

    def _linked(self, tie: Tie, entry: int, inlet: Mapping[int, int]) -> Iterable[Precedence]:
        lag = self._lag(tie.between(self._start[tie.predecessor], self._finish[tie.predecessor]))
        if tie.kind is Kind.FF or tie.kind is Kind.SF:
            lag -= -(-self._length(tie.successor) // self._slot)
        from_start = tie.kind is Kind.SS or tie.kind is Kind.SF
        before = inlet.get(tie.predecessor, tie.predecessor) if from_start else tie.predecessor
        yield Precedence(before, entry, lag, from_start)

    def _lag(self, tie: Tie) -> int:
        """Slots of a lag; an elapsed one as much working time as it holds on the whole."""
        if not tie.elapsed:
            return -(-tie.lag // self._slot)
        at = self._finish[tie.predecessor]
        return -(-(self._axis.position(at + tie.lag) - self._axis.position(at)) // self._slot)


def _peak(steps: Mapping[int, int]) -> int:
    units = most = 0
    for at in sorted(steps):
        units += steps[at]
        most = max(most, units)
    return most
