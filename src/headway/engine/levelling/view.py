"""A plan as levelling looks at it: time runs so that delays move work later.

A plan scheduled from its start is seen as it is, one scheduled from its finish in a mirror.
Not here: how a mirror turns things (`mirror`), what is delayed (`rules`, `optimise`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from headway.engine.calendars import instant, moment
from headway.engine.cpm.network import Network, lay_out
from headway.engine.levelling.mirror import Mirror, MirroredDemands
from headway.engine.levelling.profile import Demands, Granularity, bucket_of
from headway.engine.plan import Duration, Plan, Schedule, SplitPart, Task
from headway.engine.units import WorkTime


@dataclass(frozen=True, slots=True)
class View:
    """The network of a plan and its demands, as levelling sees them.

    tasks   the plan's own, by row.
    mirror  None = the plan is seen as it is.
    """

    network: Network
    demands: Demands
    tasks: Sequence[Task]
    mirror: Mirror | None

    def instant(self, date: datetime) -> int:
        """A date of the plan as an instant."""
        return instant(date if self.mirror is None else self.mirror.moment(date))

    def dates(self, schedule: Schedule) -> Schedule:
        """A schedule of the plan."""
        return schedule if self.mirror is None else self.mirror.schedule(schedule)

    def delay(self, tenths: int) -> Duration | None:
        """A levelling delay as it is written: below zero, and at the finish, in a plan scheduled from its finish."""
        return Duration(WorkTime(tenths if self.mirror is None else -tenths), "d", elapsed=True) if tenths else None

    def pieces(self, pieces: Sequence[tuple[int, int]]) -> tuple[SplitPart, ...]:
        """Worked stretches as parts of a task."""
        if self.mirror is not None:
            return self.mirror.pieces(pieces)
        return tuple(SplitPart(moment(first), moment(last)) for first, last in pieces)

    def limits(self, first: datetime | None, last: datetime | None) -> tuple[int | None, int | None]:
        """The instants between two dates of the plan; None = no limit."""
        if self.mirror is not None:
            first, last = last, first
        return None if first is None else self.instant(first), None if last is None else self.instant(last)

    def between(self, row: int, start: int, finish: int) -> int:
        """Working time between two instants of the plan on the calendar of a row's task."""
        axis = self.network.axes[row]
        if self.mirror is None:
            return axis.between(start, finish)
        return axis.between(self.mirror.instant(finish), self.mirror.instant(start))

    def bucket(self, at: int, by: Granularity) -> tuple[int, int]:
        """Start and end of the hour, day, week or month that holds an instant."""
        if self.mirror is None:
            return bucket_of(at, by)
        start, end = bucket_of(self.mirror.instant(at) - 1, by)
        return self.mirror.instant(end), self.mirror.instant(start)


def view_of(plan: Plan) -> View:
    """A plan laid out for levelling. Raises PlanError as `network.lay_out` does."""
    network = lay_out(plan)
    if plan.project.schedule_from_start:
        return View(network, Demands(plan, network.calendars), network.tasks, None)
    mirror = Mirror(plan)
    return View(mirror.network(network), MirroredDemands(network, mirror), network.tasks, mirror)
