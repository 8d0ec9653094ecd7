"""Places a plan's rows one by one in a given order, each at its first place with room; in tenths of a minute.

The serial scheme on the true calendars: what the search found on slots becomes dates here.
Not here: where the order comes from (`optimise`).
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappush

from headway.engine.cpm.network import Network
from headway.engine.levelling.order import Giving
from headway.engine.levelling.profile import Demands
from headway.engine.levelling.rooms import Room
from headway.engine.levelling.sweep import Scope, Sweep
from headway.engine.plan import Schedule


class InOrder(Sweep):
    """A sweep in which nobody gives way: the rows come in their order, not in that of their times.

    The order is one of starts, so a row looks for room only a little before the latest start so far: twice the mean
    time from a row's start to its finish. That keeps crowded plans from trying every gap since the beginning.
    """

    def __init__(
        self,
        network: Network,
        schedule: Schedule,
        demands: Demands,
        rooms: dict[int, Room],
        giving: Giving,
        scope: Scope,
        order: Sequence[int],
    ) -> None:
        super().__init__(network, schedule, demands, rooms, giving, scope)
        for place, row in enumerate(order):
            self._ranks[row] = place
        placing = self.placing
        lasting = [finish - start for start, finish in zip(placing.start, placing.finish, strict=True)]
        self._reach = 2 * sum(lasting) // max(1, len(lasting))
        self._latest = min(placing.start, default=0)

    def _arrive(self, row: int, base: int, key: tuple[int, ...] = ()) -> None:
        heappush(self._events, (self._ranks[row], 1, 0, row, self._version[row], base, key))

    def _try(self, row: int, base: int, time: int, key: tuple[int, ...]) -> None:
        if row in self._scope.held:
            self._place(row, base, self._loads(row, base), ())
            return
        base = max(base, self._latest - self._reach)
        while True:
            fit, conflict = self._fit(row, base)
            if conflict is None:
                self._latest = max(self._latest, self._network.spans[row].next_start(base))
                self._place(row, base, *fit)
                return
            self.placing.because[row] = conflict.load.resource_uid, conflict.keys
            base = self._after(row, base, fit[0], conflict)
