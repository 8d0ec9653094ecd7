"""One pass over time that gives every task the first place its resources have for it.

Tasks arrive when everything before them has its place. One that finds too little room waits, or the task that holds
the room gives way and arrives again. Starts only ever move later, so links need no look ahead.
Not here: who gives way (`order`), what is written to the plan (`rules`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush

from headway.engine.calendars import ELAPSED, Axis, instant
from headway.engine.cpm.network import Kind, Network
from headway.engine.levelling.order import Giving
from headway.engine.levelling.profile import Demands, Load, Shape, base_of
from headway.engine.levelling.queues import FAR, MOST_PASSED, Entry, Queue
from headway.engine.levelling.rooms import Conflict, Room
from headway.engine.plan import ConstraintType, Schedule

_NO_BOUND = -(10**18)
_MOST_TRIES = 32  # of those who wait for one resource, at one moment
_MOST_YIELDS = 40  # times one task gives its place up; then it keeps it
_MOST_YIELDS_IN_SLACK = 2
_OFTEN = 15


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows may move and how.

    fixed     rows whose dates stand whatever the links do.
    held      rows that links may move but levelling may not.
    splits    rows whose work may pause.
    running   of started rows that may pause: where what remains begins, and how much of it there is.
    latest    within slack: the latest start of each row; None = any.
    """

    fixed: frozenset[int]
    held: frozenset[int]
    splits: frozenset[int]
    running: Mapping[int, tuple[int, int]]
    latest: tuple[int, ...] | None


@dataclass(slots=True)
class Placing:
    """Where rows went.

    base     the instant a row was placed at, where levelling moved it.
    pieces   worked stretches of rows that were split, in instants.
    because  resource uid and the rows that held the room, of each row that waited; a row below zero is what is done
             of a running one (`done_part`).
    """

    start: list[int]
    finish: list[int]
    base: dict[int, int] = field(default_factory=dict)
    pieces: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    because: dict[int, tuple[int, tuple[int, ...]]] = field(default_factory=dict)


_Loads = list[tuple[Load, Shape]]
_Fit = tuple[_Loads, tuple[tuple[int, int], ...]]


def done_part(row: int) -> int:
    """The key of what is done of a running row, and back: it stands while the rest may move."""
    return -1 - row


class Sweep:
    """The state of the pass. `run` gives the placing; the rooms are filled with what cannot move."""

    def __init__(
        self,
        network: Network,
        schedule: Schedule,
        demands: Demands,
        rooms: dict[int, Room],
        giving: Giving,
        scope: Scope,
    ) -> None:
        dates = schedule.by_uid()
        count = len(network.tasks)
        self._network, self._rooms, self._giving, self._scope = network, rooms, giving, scope
        self._given = [instant(dates[task.uid].start) for task in network.tasks]
        self.placing = Placing(list(self._given), [instant(dates[task.uid].finish) for task in network.tasks])
        for row in scope.fixed:  # what links go by, which is not always what is shown
            date = dates[network.tasks[row].uid]
            self.placing.start[row], self.placing.finish[row] = instant(date.early_start), instant(date.early_finish)
        self._shapes = self._movable_shapes(demands)
        self._claims = self._claims_on()
        self._earliest = [base_of(self._shapes[row], self._given[row]) for row in range(count)]
        self._inlet = [_NO_BOUND] * count
        self._lower = [0] * count
        self._ranks = giving.ranks()
        self._follow, self._waits = _graph(network)
        self._done = [False] * (2 * count)
        self._version = [0] * count
        self._held: dict[int, list[Load]] = {}
        self._yielded: dict[int, int] = {}
        self._queues: dict[tuple[int, ...], Queue] = {}
        self._queues_of: dict[int, list[Queue]] = {}  # by resource
        self._turned: dict[tuple[int, int], dict[int, int]] = {}  # positions of one axis on another, by their ids
        self._now = -FAR
        self._calendars: dict[int, int] = {}  # numbers of axes other than those of resources, by id
        self._events: list[tuple[int, int, int, int, int, int, tuple[int, ...]]] = []
        for row in scope.fixed:
            self._waits[row] = 0

    def run(self) -> Placing:
        """Place every row."""
        count = len(self._network.tasks)
        summary = self._network.summary
        ready = [row for row in range(count) if not self._waits[row] and not summary[row]]
        ready += [row + count for row in range(count) if summary[row] and not self._waits[row + count]]
        self._settle(ready)
        while self._events:
            time, _, _, row, version, base, key = heappop(self._events)
            self._now = time
            if row < 0:
                self._wake(self._queues[key], time)
            elif version == self._version[row] and not self._done[row]:
                self._try(row, base, time, key)
            elif key:
                self._next_of(self._queues[key], time)
        return self.placing

    # ---- what depends on what -----------------------------------------------------------------

    def _movable_shapes(self, demands: Demands) -> list[tuple[Shape, ...]]:
        """The work of each leaf that is placed here, on the resources that are levelled."""
        found: list[tuple[Shape, ...]] = []
        for row, task in enumerate(self._network.tasks):
            placed_here = not self._network.summary[row] and row not in self._scope.fixed
            shapes = demands.shapes(task) if placed_here else ()
            found.append(tuple(shape for shape in shapes if shape.resource_uid in self._rooms))
        return found

    def _claims_on(self) -> dict[int, set[int]]:
        """The claims of the rows that need each resource and are placed here."""
        found: dict[int, set[int]] = {}
        for row, shapes in enumerate(self._shapes):
            for shape in shapes:
                found.setdefault(shape.resource_uid, set()).add(self._giving.claim(row))
        return found

    def _settle(self, ready: list[int]) -> None:
        """Give dates to nodes that wait for nothing, and to what waits for them."""
        count = len(self._network.tasks)
        while ready:
            node = ready.pop()
            row = node - count if node >= count else node
            if node >= count:
                self._inlet[row] = self._bound(row)
            elif self._network.summary[row]:
                self._roll_up(row)
            elif row not in self._scope.fixed:
                base = self._base(row)
                self._lower[row] = base
                if self._shapes[row]:
                    self._arrive(row, base)
                    continue
                self._date(row, base)
            ready += self._finished(node)

    def _finished(self, node: int) -> list[int]:
        """Mark a node as placed; what waits for nothing any more."""
        self._done[node] = True
        ready: list[int] = []
        for after in self._follow[node]:
            if after in self._scope.fixed:
                continue
            self._waits[after] -= 1
            if not self._waits[after]:
                ready.append(after)
        return ready

    def _roll_up(self, row: int) -> None:
        if row in self._scope.fixed:
            return
        children = self._network.children[row]
        self.placing.start[row] = min(self.placing.start[child] for child in children)
        self.placing.finish[row] = max(self.placing.finish[child] for child in children)

    def _bound(self, row: int) -> int:
        """What the links of a row, and those of the summaries above it, ask of its start."""
        network, placing = self._network, self.placing
        parent = network.parent[row]
        bound = self._inlet[parent] if parent >= 0 else _NO_BOUND
        for tie in network.into[row]:
            before = tie.predecessor
            reached = tie.reached(placing.start[before], placing.finish[before])
            if tie.kind is Kind.FF or tie.kind is Kind.SF:
                reached = network.spans[row].start(reached)
            bound = max(bound, reached)
        return bound + max(0, network.delays[row]) if bound > _NO_BOUND else bound

    def _base(self, row: int) -> int:
        """The earliest start of a leaf: where it stood, later when what it depends on has moved."""
        if row in self._scope.running:
            return self._scope.running[row][0]
        task = self._network.tasks[row]
        base = max(self._earliest[row], self._bound(row))
        if task.constraint_date is None or not self._network.plan.project.honor_constraints:
            return base
        if task.constraint is ConstraintType.SNLT:
            return max(self._earliest[row], min(base, instant(task.constraint_date)))
        if task.constraint is ConstraintType.FNLT:
            return max(self._earliest[row], min(base, self._network.spans[row].start(instant(task.constraint_date))))
        return base

    def _date(self, row: int, base: int) -> None:
        span = self._network.spans[row]
        self.placing.start[row] = span.next_start(base)
        self.placing.finish[row] = span.finish(base)

    # ---- arriving and waiting -----------------------------------------------------------------

    def _arrive(self, row: int, base: int, key: tuple[int, ...] = ()) -> None:
        time = self._network.spans[row].next_start(base)
        event = (time, 1, self._ranks[row], row, self._version[row], base, key)
        heappush(self._events, event)

    def _try(self, row: int, base: int, time: int, key: tuple[int, ...]) -> None:
        """Place a row at a base, or let it or another give way."""
        if key and self._is_too_long(row, time, self._queues[key]):
            self._next_of(self._queues[key], time)
            return
        version = self._version[row]
        self.placing.start[row] = self._given[row] if row in self._scope.running else time
        while True:
            fit, conflict = self._fit(row, base)
            if conflict is None:
                self._place(row, base, *fit)
                break
            later = self._after(row, base, fit[0], conflict)
            giver = self._giver(row, later, conflict)
            if giver is None:
                base = self._lower[row]
                self._place(row, base, self._loads(row, base), ())
                break
            if giver != row:
                self._give_way(giver, row, conflict)
                if version != self._version[row]:
                    break  # it came after the one that gave way and arrives again
                continue
            self.placing.because[row] = conflict.load.resource_uid, conflict.keys
            self._wait(row, base, time, later, conflict, key)
            return
        if key:
            self._next_of(self._queues[key], time)

    def _giver(self, row: int, later: int, conflict: Conflict) -> int | None:
        """Who gives way in a conflict; None when nobody may."""
        latest = self._scope.latest
        rows = self._yielding(row, conflict)
        if row not in self._scope.held and (
            latest is None or self._network.spans[row].next_start(later) <= latest[row]
        ):
            rows.append(row)
        meeting = (row, *(other for other in conflict.keys if other >= 0))
        return self._giving.first_to_give(rows, self.placing.start, meeting)

    def _yielding(self, row: int, conflict: Conflict) -> list[int]:
        """The rows that hold the room and may give it to a row; what it depends on would only take it along."""
        return [
            other
            for other in dict.fromkeys(conflict.keys)
            if self._may_yield(other, conflict) and not self._giving.follows(row, other)
        ]

    def _may_yield(self, row: int, conflict: Conflict) -> bool:
        """Whether a placed row may give its place up and start when the load in conflict is done."""
        if row < 0 or row in self._scope.held or row in self._scope.fixed:
            return False
        times = self._yielded.get(row, 0)
        if self._scope.latest is None:
            return times < _MOST_YIELDS
        if times >= _MOST_YIELDS_IN_SLACK:
            return False
        axis = self._rooms[conflict.load.resource_uid].profile.axis
        return axis.start_at(conflict.load.last) <= self._scope.latest[row]

    def _give_way(self, row: int, other: int, conflict: Conflict) -> None:
        """Take a placed row out for another; it comes again at once, but one that gave way often after the other."""
        uid = conflict.load.resource_uid
        times = self._yielded[row] = self._yielded.get(row, 0) + 1
        self._undo(row)
        self.placing.because[row] = uid, (other,)
        base = self._lower[row]
        if times > _OFTEN:
            base = max(base, self._rooms[uid].profile.axis.start_at(conflict.load.last))
        self._arrive(row, base)

    def _undo(self, row: int) -> None:
        """Take a row and all that was placed after it out again."""
        stack = [row]
        touched = dict[int, None]()
        while stack:
            node = stack.pop()
            if node < len(self._version):
                self._version[node] += 1
                for load in self._held.pop(node, ()):
                    if load.resource_uid not in touched:
                        touched[load.resource_uid] = None
                        self._catch_up(load.resource_uid)
                    self._rooms[load.resource_uid].remove(load, node)
                self.placing.base.pop(node, None)
                self.placing.pieces.pop(node, None)
            if not self._done[node]:
                continue
            self._done[node] = False
            for after in self._follow[node]:
                if after in self._scope.fixed:
                    continue
                self._waits[after] += 1
                if self._waits[after] == 1:
                    stack.append(after)
        self._look_again(touched)

    def _wait(self, row: int, base: int, time: int, later: int, conflict: Conflict, key: tuple[int, ...]) -> None:
        """Try a row again later: at a time of its own, or with all that wait for the same."""
        entry = self._ranks[row], row, self._version[row], later
        queue = self._queue(row, conflict) if self._waits_for_one(row, base, conflict) else None
        if queue is None:
            self._arrive(row, later)
        elif key == queue.key:
            queue.aside.append(entry)
            queue.least = min(queue.least, self._whole(row, queue.resource_uid) or FAR)
        else:
            self._join(queue, entry, later)
            if self._scope.latest is not None:
                self._arrive(row, self._scope.latest[row])  # the last chance
        if key:
            self._next_of(self._queues[key], time)

    def _join(self, queue: Queue, entry: Entry, later: int) -> None:
        """Let a row wait in a queue, which looks again at a moment at the latest."""
        queue.catch_up(self._now)
        heappush(queue.waiting, entry)
        queue.shortest = min(queue.shortest, self._whole(entry[1], queue.resource_uid))
        queue.claim = max(queue.claim, self._giving.claim(entry[1]))
        if later < queue.upcoming:
            queue.upcoming, queue.passes = later, False
            self._wake_at(queue, later)
        elif queue.passes:
            self._pass_over(queue)

    def _waits_for_one(self, row: int, base: int, conflict: Conflict) -> bool:
        """Whether a row waits for one room alone: it starts with the load in conflict, or its work is even."""
        shapes = self._shapes[row]
        if any(shape.is_delayed for shape in shapes):
            return False
        if all(shape.mapping is None for shape in shapes):
            return conflict.load.first == self._rooms[conflict.load.resource_uid].profile.axis.position(base)
        return self._whole(row, conflict.load.resource_uid) > 0

    def _whole(self, row: int, uid: int) -> int:
        """The work for which a row needs room without a break on a resource; 0 = only trying tells.

        Several people begin together then, when all of them work, and nobody gives a place up by claim elsewhere.
        """
        shapes = self._shapes[row]
        if len(shapes) == 1:
            first, last, _ = shapes[0].segments[0]
            return last - first if len(shapes[0].segments) == 1 else 0
        if self._scope.latest is not None or self._scope.splits:
            return 0
        whole, axis = 0, shapes[0].axis
        for shape in shapes:
            if len(self._claims[shape.resource_uid]) > 1:
                return 0
            if shape.axis is not axis or len(shape.segments) > 1 or shape.is_delayed:
                return 0
            if shape.resource_uid == uid:
                first, last, _ = shape.segments[0]
                if whole or first:
                    return 0  # two assignments of one person, or work that begins later
                whole = last - first
        return whole

    def _is_mixed(self, row: int) -> bool:
        """Whether people on different calendars work on a row: it may then begin while one of them rests."""
        shapes = self._shapes[row]
        return len(shapes) > 1 and any(shape.axis is not shapes[0].axis for shape in shapes)

    def _queue(self, row: int, conflict: Conflict) -> Queue:
        """Where a row waits for the room in conflict."""
        uid = conflict.load.resource_uid
        shape = next(shape for shape in self._shapes[row] if shape.resource_uid == uid)
        axis, calendar = self._rooms[uid].profile.axis, 0
        if shape.mapping is not None or self._is_mixed(row):
            axis = ELAPSED if self._is_mixed(row) else shape.axis
            calendar = self._calendars.setdefault(id(axis), len(self._calendars) + 1)
        key = uid, conflict.load.units, calendar
        if key not in self._queues:
            room = self._rooms[uid]
            turned = self._turned.setdefault((id(room.profile.axis), id(axis)), {})
            self._queues[key] = Queue(key, axis, room, turned, axis.is_part_of(room.profile.axis))
            self._queues_of.setdefault(uid, []).append(self._queues[key])
        return self._queues[key]

    def _wake_at(self, queue: Queue, time: int) -> None:
        queue.wakes_at = time
        heappush(self._events, (time, 0, 0, -1, 0, 0, queue.key))

    def _pass_over(self, queue: Queue) -> None:
        """Wake a queue at the first moment that may serve; on the way nobody in it could begin."""
        told = self._scope.latest is None and not self._scope.splits
        found = queue.first_open(self._keeps) if told else queue.upcoming
        if found != queue.wakes_at:
            self._wake_at(queue, found)

    def _catch_up(self, uid: int) -> None:
        """Before the load of a resource changes: bring its queues to where they would be."""
        for queue in self._queues_of.get(uid, ()):
            queue.catch_up(self._now)

    def _look_again(self, uids: Iterable[int]) -> None:
        """After the load of resources has changed."""
        for uid in uids:
            for queue in self._queues_of.get(uid, ()):
                if queue.passes:
                    self._pass_over(queue)

    def _wake(self, queue: Queue, time: int) -> None:
        if queue.wakes_at == time:
            queue.wakes_at = queue.upcoming = FAR
            queue.passes = False
            if not queue.trying:
                first = queue.waiting[0][0] if queue.waiting else 0
                queue.tries, queue.least = 0, self._too_long(queue, time, first)
                self._next_of(queue, time)

    def _is_too_long(self, row: int, time: int, queue: Queue) -> bool:
        """Whether a row that a queue lets try cannot find room, as things have become; then it is put aside."""
        least = self._too_long(queue, time, self._ranks[row])
        if self._whole(row, queue.resource_uid) < least:
            return False
        queue.least = min(queue.least, least)
        queue.aside.append((self._ranks[row], row, self._version[row], time + 1))
        return True

    def _too_long(self, queue: Queue, time: int, rank: int) -> int:
        """The least work of those, of this rank or behind it, that would meet somebody who keeps the place."""
        if self._scope.latest is not None or self._scope.splits:
            return FAR
        room = self._rooms[queue.resource_uid]
        own = room.profile.axis
        position = own.position(time)
        for _ in range(MOST_PASSED):
            met = room.next_full(position, queue.units)
            if met is None:
                break
            first, position, keys = met
            begun = own.start_at(first)
            if queue.axis.next_start(begun) < own.finish_at(position):  # else they rest while others have the room
                kept = all(self._keeps(key, time, queue.claim, rank) for key in keys)
                return queue.axis.between(time, begun) + 1 if kept else FAR
        return FAR

    def _keeps(self, key: int, time: int, claim: int, rank: int = 0) -> bool:
        """Whether a row keeps its place against rows of a claim and a rank, at most, that begin at a moment.

        Of those that begin together the one of the lower rank came first.
        """
        fixed = key < 0 or key in self._scope.fixed or key in self._scope.held
        return fixed or self._giving.goes_first(key, self.placing.start, time + (self._ranks[key] < rank), claim)

    def _next_of(self, queue: Queue, time: int) -> None:
        """Let the next that waits try, if there is any room; else plan when to look again."""
        queue.trying = False
        chance = queue.chance(time) if queue.waiting or queue.aside else FAR
        while chance == time and queue.waiting and queue.tries < _MOST_TRIES and queue.least > queue.shortest:
            entry = heappop(queue.waiting)
            _, row, version, later = entry
            if version != self._version[row] or self._done[row]:
                continue
            queue.tries += 1
            if later > time or self._whole(row, queue.resource_uid) >= queue.least:
                queue.aside.append(entry)
            else:
                queue.trying = True
                self._arrive(row, max(time, self._lower[row]), queue.key)
                return
        for entry in queue.aside:
            heappush(queue.waiting, entry)
        queue.aside.clear()
        if queue.waiting:
            following = chance if chance > time else queue.chance_after(time)
            if following < queue.upcoming:
                queue.upcoming, queue.passes = following, True
                self._pass_over(queue)

    # ---- finding room -------------------------------------------------------------------------

    def _fit(self, row: int, base: int) -> tuple[_Fit, Conflict | None]:
        """The loads of a row at a base, and the first conflict that keeps it from there."""
        if row in self._scope.splits:
            return self._fit_in_pieces(row, base)
        shapes = self._shapes[row]
        if len(shapes) == 1:  # what lies behind the conflict is not asked for
            met: _Loads = []
            return (met, ()), self._earliest_conflict(row, {shapes[0].resource_uid: _noted(shapes[0], base, met)})
        loads = self._loads(row, base)
        return (loads, ()), self._first_conflict(row, loads)

    def _first_conflict(self, row: int, loads: _Loads) -> Conflict | None:
        """The earliest conflict of a row's loads in which somebody may give way."""
        of: dict[int, list[Load]] = {}
        for load, _ in loads:
            of.setdefault(load.resource_uid, []).append(load)
        return self._earliest_conflict(row, of)

    def _earliest_conflict(self, row: int, loads: Mapping[int, Iterable[Load]]) -> Conflict | None:
        """The same of loads by resource; a row that may not move looks at others only."""
        found: Conflict | None = None
        found_at = 0
        for uid, own in loads.items():
            room = self._rooms[uid]
            for conflict in room.conflicts(own):
                if row in self._scope.held and not self._yielding(row, conflict):
                    continue
                at = room.profile.axis.start_at(conflict.at)
                if found is None or at < found_at:
                    found, found_at = conflict, at
                break
        return found

    def _loads(self, row: int, base: int) -> _Loads:
        return [(load, shape) for shape in self._shapes[row] for load in shape.loads(base) if isinstance(load, Load)]

    def _after(self, row: int, base: int, loads: _Loads, conflict: Conflict) -> int:
        """The first base at which the load in conflict begins no earlier than there may be room."""
        if row in self._scope.splits:
            return self._rooms[conflict.load.resource_uid].profile.axis.start_at(conflict.until)
        shape = next(shape for load, shape in loads if load == conflict.load)
        return shape.later(base, conflict.load, conflict.until, in_gaps=self._is_mixed(row))

    def _fit_in_pieces(self, row: int, base: int) -> tuple[_Fit, Conflict | None]:
        """As `_fit`, with pauses wherever the row would be the one to give way."""
        axis = self._shapes[row][0].own
        left = self._scope.running[row][1] if row in self._scope.running else self._network.spans[row].length
        at = axis.position(base)
        pieces: list[tuple[int, int]] = []
        while True:
            conflict = self._first_conflict(row, self._piece(row, at, at + left))
            if conflict is None:
                pieces.append((at, at + left))
                break
            if self._giver(row, axis.start_at(conflict.until), conflict) != row:
                return ([], ()), conflict
            reached = self._own_position(axis, conflict, conflict.at)
            if reached > at:
                pieces.append((at, reached))
                left -= reached - at
            elif not pieces:
                return ([], ()), conflict
            self.placing.because[row] = conflict.load.resource_uid, conflict.keys
            at = max(at + 1, self._own_position(axis, conflict, conflict.until))
        loads = [load for first, last in pieces for load in self._piece(row, first, last)]
        if len(pieces) == 1 and row not in self._scope.running:
            return (loads, ()), None
        return (loads, tuple((axis.start_at(first), axis.finish_at(last)) for first, last in pieces)), None

    def _own_position(self, axis: Axis, conflict: Conflict, position: int) -> int:
        other = self._rooms[conflict.load.resource_uid].profile.axis
        return position if other is axis else axis.position(other.start_at(position))

    def _piece(self, row: int, first: int, last: int) -> _Loads:
        return [(Load(s.resource_uid, first, last, s.segments[0][2]), s) for s in self._shapes[row]]

    def _place(self, row: int, base: int, loads: _Loads, pieces: tuple[tuple[int, int], ...]) -> None:
        touched = dict.fromkeys(load.resource_uid for load, _ in loads)
        for uid in touched:
            self._catch_up(uid)
        for load, _ in loads:
            self._rooms[load.resource_uid].add(load, row)
        self._look_again(touched)
        self._held[row] = [load for load, _ in loads]
        self._date(row, base)
        if pieces:
            self.placing.pieces[row] = pieces
            self.placing.start[row], self.placing.finish[row] = pieces[0][0], pieces[-1][1]
        if row in self._scope.running:
            self.placing.start[row] = self._given[row]
        elif self.placing.start[row] > self._network.spans[row].next_start(self._lower[row]):
            self.placing.base[row] = base
        if row in self.placing.base or pieces:
            self._note_cause(row)
        else:
            self.placing.because.pop(row, None)
        self._settle(self._finished(row))

    def _note_cause(self, row: int) -> None:
        """Who held the room right before a row began."""
        for load in self._held[row]:
            profile = self._rooms[load.resource_uid].profile
            before = profile.keys[profile.step(load.first - 1)]
            held = tuple(dict.fromkeys(key for key in before if key != row))
            if held and profile.capacity < profile.load[profile.step(load.first - 1)] + load.units:
                self.placing.because[row] = load.resource_uid, held
                return


def _noted(shape: Shape, base: int, met: _Loads) -> Iterator[Load]:
    """The loads of a shape, each noted when it is asked for."""
    for load in shape.loads(base):
        if isinstance(load, Load):
            met.append((load, shape))
            yield load


def _graph(network: Network) -> tuple[list[list[int]], list[int]]:
    """What follows each node, and for how many nodes each one waits; summary i has its inlet at count + i."""
    count = len(network.tasks)
    follow: list[list[int]] = [[] for _ in range(2 * count)]
    waits = [0] * (2 * count)

    def entry(row: int) -> int:
        return row + count if network.summary[row] else row

    for row, children in enumerate(network.children):
        for child in children:
            follow[row + count].append(entry(child))
            follow[child].append(row)
            waits[entry(child)] += 1
            waits[row] += 1
    for row, ties in enumerate(network.out_of):
        for tie in ties:
            follow[row].append(entry(tie.successor))
            waits[entry(tie.successor)] += 1
    return follow, waits
