"""Who gives way: the published order in which Microsoft Project delays tasks, each criterion by itself (S19).

Not here: when a task is delayed and to when (`sweep`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from headway.engine.calendars import instant
from headway.engine.cpm.network import Kind, Network
from headway.engine.plan import ConstraintType, Schedule

NEVER = 1000  # the priority that says: do not level


class Order(Enum):
    """Which criterion comes first when two tasks want the same resource."""

    STANDARD = "standard"
    PRIORITY = "priority"
    ID = "id"


HARD = {ConstraintType.MSO, ConstraintType.MFO, ConstraintType.SNLT, ConstraintType.FNLT}
HARD_FROM_FINISH = {ConstraintType.MSO, ConstraintType.MFO, ConstraintType.SNET, ConstraintType.FNET}  # F7


@dataclass(slots=True)
class Giving:
    """What decides who gives way, per row; larger gives way first.

    weighted  total slack less the delay that would be needed. Between tasks that begin together this is the order of
              their late finishes, counted in working time of the project.
    """

    order: Order
    network: Network
    hard: list[bool]
    weighted: list[int]
    priority: list[int]
    id: list[int]
    _place: dict[int, int]
    _loose: list[bool]
    _after: dict[tuple[int, int], bool]

    @classmethod
    def of(cls, network: Network, schedule: Schedule, order: Order) -> Giving:
        """The order for a plan as it is scheduled before levelling."""
        dates = schedule.by_uid()
        axis = network.calendars.default
        tasks = network.tasks
        return cls(
            order=order,
            network=network,
            hard=[task.constraint in HARD and task.constraint_date is not None for task in tasks],
            weighted=[axis.position(instant(dates[task.uid].late_finish)) for task in tasks],
            priority=[task.priority for task in tasks],
            id=[task.id for task in tasks],
            _place={node: place for place, node in enumerate(network.order)},
            _loose=_loosely_bound(network),
            _after={},
        )

    def ranks(self) -> list[int]:
        """Rows numbered in the order in which they keep their place when they begin at the same moment."""
        rows = sorted(range(len(self.id)), key=self._together)
        ranks = [0] * len(rows)
        for rank, row in enumerate(rows):
            ranks[row] = rank
        return ranks

    def first_to_give(self, rows: Iterable[int], starts: list[int], among: Iterable[int]) -> int | None:
        """Of the rows that may give way the one that must; `among` are all that meet."""
        meeting = tuple(among)
        return max(rows, key=lambda row: self._key(row, starts, meeting), default=None)

    def _key(self, row: int, starts: list[int], meeting: tuple[int, ...]) -> tuple[int, ...]:
        if self.order is Order.ID:
            return (self.id[row],)
        standard = (int(self._follows_one(row, meeting)), starts[row], *self._soft(row))
        if self.order is Order.PRIORITY:
            return (-self.priority[row], *standard, self.id[row])
        return (*standard, -self.priority[row], self.id[row])

    def _together(self, row: int) -> tuple[int, ...]:
        if self.order is Order.ID:
            return (self.id[row],)
        if self.order is Order.PRIORITY:
            return (-self.priority[row], *self._soft(row), self.id[row])
        return (*self._soft(row), -self.priority[row], self.id[row])

    def _soft(self, row: int) -> tuple[int, int]:
        return (int(not self.hard[row]), self.weighted[row])

    def _follows_one(self, row: int, meeting: tuple[int, ...]) -> bool:
        return any(other != row and self.follows(row, other) for other in meeting)

    def claim(self, row: int) -> int:
        """What decides before all else who keeps a place; larger keeps it."""
        if self.order is Order.ID:
            return -self.id[row]
        return self.priority[row] if self.order is Order.PRIORITY else 0

    def goes_first(self, row: int, starts: Sequence[int], time: int, claim: int) -> bool:
        """Whether a row keeps its place, whoever with no more than a claim begins at a time and meets it."""
        own = self.claim(row)
        if own != claim:
            return own > claim
        return self.order is not Order.ID and starts[row] < time and not self._loose[row]

    def follows(self, row: int, other: int) -> bool:
        """Whether a row comes after another over any number of links, and may overlap with it all the same."""
        if not self._loose[row]:
            return False
        key = row, other
        if key not in self._after:
            self._after[key] = self._reaches(row, other)
        return self._after[key]

    def _reaches(self, row: int, other: int) -> bool:
        earliest = self._place[other]
        seen = {row}
        stack = [row]
        while stack:
            for before in self._before(stack.pop()):
                if before == other:
                    return True
                if before not in seen and self._place[before] > earliest:
                    seen.add(before)
                    stack.append(before)
        return False

    def _before(self, row: int) -> Iterator[int]:
        """What a row waits for: predecessors, also of the summaries above it, and the rows of a summary itself."""
        yield from self.network.children[row]
        while row >= 0:
            for tie in self.network.into[row]:
                yield tie.predecessor
            row = self.network.parent[row]


def _loosely_bound(network: Network) -> list[bool]:
    """Rows that may overlap with something they come after: a link other than finish-to-start, or a lead, led there."""
    count = len(network.tasks)
    loose = [False] * (2 * count)
    for node in network.order:
        row = node - count if node >= count else node
        parent = network.parent[row]
        held = parent >= 0 and loose[parent + count]
        if node >= count or not network.summary[row]:
            for tie in network.into[row]:
                held = held or tie.kind is not Kind.FS or tie.lag < 0 or tie.share < 0 or loose[tie.predecessor]
        else:
            held = any(loose[child] for child in network.children[row])
        loose[node] = held
    return loose[:count]
