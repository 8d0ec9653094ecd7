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
Keeps = Callable[[int, int], bool]
"""Whether a row keeps its place, whoever begins at a moment and meets it."""


@dataclass(slots=True)
class Queue:
    """Rows on one calendar that wait for so many units of one resource; one of them at a time tries.

    key       the resource, the units and a number of the calendar.
    turned    positions of the resource's calendar as positions of `axis`, as far as they were asked for.
    least     rows with so much work or more find no room this time; shortest: no row that waits has less work.
    upcoming  the next moment at which the queue looks; wakes_at: that at which it is woken, which is later where it
              passes moments over (`passes`).
    """

    key: tuple[int, int, int]
    axis: Axis
    room: Room
    turned: dict[int, int]
    waiting: list[Entry] = field(default_factory=list)
    aside: list[Entry] = field(default_factory=list)
    trying: bool = False
    tries: int = 0
    least: int = FAR
    shortest: int = FAR
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
        own = self.room.profile.axis
        while True:
            position = own.position(time)
            chance = self.room.next_chance(position, self.units)
            if chance > position:
                time = own.start_at(chance)
            begins = self.axis.next_start(time)
            if begins == time:
                return time
            time = begins

    def chance_after(self, time: int) -> int:
        """The next such moment after what is placed at this one changes."""
        profile = self.room.profile
        position = profile.axis.position(time)
        following = profile.until(profile.step(position))
        if following is None:  # nothing is placed later on: one of them alone finds room
            following = position + 1
        return self.chance(profile.axis.start_at(following))

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
        room, axis, shortest = self.room, self.axis, self.shortest
        profile, wake = room.profile, self.upcoming
        own, at, load = profile.axis, profile.at, profile.load
        if not (room.tells_full and axis.is_part_of(own)) or own.position(wake) < room.low:
            return wake
        most, last = profile.capacity - self.units, len(at) - 1
        first = hole = profile.step(own.position(wake))
        here, kept = axis.position(wake), None
        while True:
            met = self._met(hole, most)
            if met < 0 or self._turned(at[met]) - here >= shortest:
                break
            if profile.keys[met] != kept:
                time = self._wake(hole, first)
                if not all(keeps(key, time) for key in profile.keys[met]):
                    break
                kept = profile.keys[met]
            following = hole + 1
            while following < last and (
                (load[following] > most and load[following] > 0)
                or self._turned(at[following + 1]) == self._turned(at[following])
            ):
                following += 1
            if at[following] >= room.high:
                break
            hole, here = following, self._turned(at[following])
        return self._wake(hole, first)

    def _met(self, hole: int, most: int) -> int:
        """The first full stretch behind a gap that the queue's calendar works; -1 where none is known."""
        profile, high = self.room.profile, self.room.high
        at, load = profile.at, profile.load
        met, last, passed = hole + 1, len(profile.at) - 1, 0
        while met < last and at[met] < high and passed < MOST_PASSED:
            if load[met] > most and load[met] > 0:
                if self._turned(at[met + 1]) > self._turned(at[met]):
                    return met
                passed += 1
            met += 1
        return -1

    def _wake(self, hole: int, first: int) -> int:
        """The moment at which the queue looks in a gap."""
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
