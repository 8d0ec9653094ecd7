"""Rows that wait for the same units of a resource, and the moments at which one of them might begin.

A queue looks at its resource whenever there is room again and its calendar works. Where all that it could find are gaps
too short for anybody in it, between stretches that nobody in it can claim, it passes them over: the first moment that
may serve is read off the load of the resource. Changes of that load bring it back to the moment it would be at.
Not here: who tries, and who gives way (`sweep`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from headway.engine.calendars import Axis
from headway.engine.levelling.rooms import Room

FAR = 10**18
MOST_PASSED = 16  # full stretches looked at to find the one that is met

Entry = tuple[int, int, int, int]  # rank, row, version, no room before
Keeps = Callable[[int, int, int], bool]
"""Whether a row keeps its place, whoever with no more than a claim begins at a moment and meets it."""


@dataclass(slots=True)
class Queue:
    """Rows on one calendar that wait for so many units of one resource; one of them at a time tries.

    key       the resource, the units and a number of the calendar.
    turned    positions of the resource's calendar as positions of `axis`, as far as they were asked for.
    inside    whether `axis` works only when the resource does.
    least     rows with so much work or more find no room this time; shortest: no row that waits has less work.
    claim     no row that waits has a larger one.
    upcoming  the next moment at which the queue looks; wakes_at: that at which it is woken, which is later where it
              passes moments over (`passes`).
    """

    key: tuple[int, int, int]
    axis: Axis
    room: Room
    turned: dict[int, int]
    inside: bool
    waiting: list[Entry] = field(default_factory=list)
    aside: list[Entry] = field(default_factory=list)
    trying: bool = False
    tries: int = 0
    least: int = FAR
    shortest: int = FAR
    claim: int = -FAR
    upcoming: int = FAR
    wakes_at: int = FAR
    passes: bool = False

    @property
    def resource_uid(self) -> int:
        return self.key[0]

    @property
    def units(self) -> int:
        return self.key[1]

    def chance(self, time: int) -> int:
        """The moment itself when a row of the queue might begin at it, else the next at which one might."""
        profile = self.room.profile
        own = profile.axis
        position = own.position(time)
        if self._told_by_load() and self.room.low <= position < self.room.high:
            step = profile.step(position)
            if self._is_full(step):
                return self._next_hole(step, time)
            begins = self.axis.next_start(time)
            within = begins == time or step + 1 == len(profile.at)
            return begins if within or begins < own.start_at(profile.at[step + 1]) else self._next_hole(step, time)
        while True:
            position = own.position(time)
            chance = self.room.next_chance(position, self.units)
            if chance > position:
                time = own.finish_at(chance)  # others may work on from there
            begins = self.axis.next_start(time)
            if begins == time:
                return time
            time = begins

    def chance_after(self, time: int) -> int:
        """The next such moment after what is placed at this one changes."""
        profile = self.room.profile
        position = profile.axis.position(time)
        step = profile.step(position)
        if self._told_by_load() and self.room.low <= position:
            return self._next_hole(step, time)
        following = profile.until(step)
        if following is None:  # nothing is placed later on: one of them alone finds room
            following = position + 1
        return self.chance(profile.axis.finish_at(following))

    def catch_up(self, time: int) -> None:
        """Move `upcoming` behind a moment, over what was passed over until then."""
        if not self.passes or self.upcoming > time:
            return
        profile = self.room.profile
        begun = profile.at[profile.step(profile.axis.position(time))]
        found = time
        if begun > profile.axis.position(self.upcoming):
            found = self.chance(profile.axis.start_at(begun))
        self.upcoming = found if found > time else self.chance_after(time)

    def first_open(self, keeps: Keeps) -> int:
        """The first of the moments from `upcoming` on at which a row of the queue might find room, as far as is known.

        Passed over are those from which all rows would run into a stretch whose rows keep their place.
        """
        room, wake, turned, shortest = self.room, self.upcoming, self.turned, self.shortest
        profile = room.profile
        position = profile.axis.position(wake)
        if not self._told_by_load() or position < room.low:
            return wake
        at, load, most, high = profile.at, profile.load, profile.capacity - self.units, room.high
        first = hole = profile.step(position)
        here = self.axis.position(wake)
        kept: tuple[int, ...] | None = None
        ended: int | None = None
        seeking, passed = False, 0  # a hole behind a stretch that is kept; full stretches that the calendar rests in
        for step in range(hole + 1, len(at) - 1):
            if at[step] >= high:
                break
            begun = self._turned(at[step]) if ended is None else ended
            ended = turned.get(at[step + 1])
            if ended is None:
                ended = self._turned(at[step + 1])
            if load[step] > most and load[step] > 0:
                if seeking:
                    pass
                elif ended == begun:
                    passed += 1
                    if passed == MOST_PASSED:
                        break
                elif begun - here >= shortest:
                    break
                else:
                    if profile.keys[step] != kept:
                        time = self._moment_in(hole, first)
                        if not all(keeps(key, time, self.claim) for key in profile.keys[step]):
                            break
                        kept = profile.keys[step]
                    seeking = True
            elif seeking and ended > begun:
                hole, here, seeking, passed = step, begun, False, 0
        else:
            if seeking:
                hole = len(at) - 1
        return self._moment_in(hole, first)

    def _told_by_load(self) -> bool:
        """Whether the steps of the resource's load alone say when the queue looks."""
        return self.room.tells_full and self.inside

    def _is_full(self, step: int) -> bool:
        """Whether there is no room in a step of the load."""
        profile = self.room.profile
        return profile.load[step] > profile.capacity - self.units and profile.load[step] > 0

    def _next_hole(self, step: int, time: int) -> int:
        """The first moment in a later step of the load at which there is room and the queue's calendar works."""
        profile = self.room.profile
        at, load, most = profile.at, profile.load, profile.capacity - self.units
        last = len(at) - 1
        if step == last:  # nothing is placed later on: one of them alone finds room
            return self.chance(profile.axis.start_at(profile.axis.position(time) + 1))
        full = load[step] > most and load[step] > 0
        step += 1
        while step < last:
            full = load[step] > most and load[step] > 0 and (full or at[step] < self.room.high)
            if not full and self._turned(at[step + 1]) > self._turned(at[step]):
                break
            step += 1
        return self.axis.next_start(profile.axis.start_at(at[step]))

    def _moment_in(self, hole: int, first: int) -> int:
        """The moment at which the queue looks in a step of the load."""
        if hole == first:
            return self.upcoming
        profile = self.room.profile
        return self.axis.next_start(profile.axis.start_at(profile.at[hole]))

    def _turned(self, position: int) -> int:
        found = self.turned.get(position)
        if found is None:
            own = self.room.profile.axis
            found = self.turned[position] = self.axis.position(own.start_at(position))
        return found
