"""Whether a piece of work finds room on its resource, and from when on it might: by the minute or by longer stretches.

Not here: the profile itself (`profile`), which of two tasks gives way (`order`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from headway.engine.levelling.profile import BucketOf, Granularity, Load, Profile, bucket_of, in_buckets


@dataclass(frozen=True, slots=True)
class Conflict:
    """Where a load finds too little room.

    at     the first position in conflict. keys  the rows that hold the room.
    until  from this position on the load may be tried again.
    """

    load: Load
    at: int
    until: int
    keys: tuple[int, ...]


class Room(ABC):
    """The work placed on one resource, and the question whether more fits.

    low, high   positions of the range that is levelled; outside of it everything fits.
    tells_full  whether the load of the profile alone says where there is no room.
    """

    tells_full = False

    def __init__(self, profile: Profile, low: int, high: int) -> None:
        self.profile = profile
        self.low = low
        self.high = high

    @abstractmethod
    def add(self, load: Load, key: int) -> None:
        """Place a load of the row `key`."""

    @abstractmethod
    def remove(self, load: Load, key: int) -> None:
        """Take it away again."""

    @abstractmethod
    def conflicts(self, loads: Iterable[Load]) -> Iterator[Conflict]:
        """Where loads of one row, in the order of time, find too little room."""

    @abstractmethod
    def next_chance(self, position: int, units: int) -> int:
        """The position itself when work of so many units might begin on it, else the next one where it might."""

    def next_full(self, position: int, units: int) -> tuple[int, int, tuple[int, ...]] | None:
        """From where to where, after a position, so many units find no room, and who has it; None = not told."""
        return None

    def _inside(self, load: Load) -> tuple[int, int]:
        return max(load.first, self.low), min(load.last, self.high)


class MinuteRoom(Room):
    """No more units than there are, at any moment."""

    tells_full = True

    def add(self, load: Load, key: int) -> None:
        self.profile.add(load.first, load.last, load.units, key)

    def remove(self, load: Load, key: int) -> None:
        self.profile.remove(load.first, load.last, load.units, key)

    def conflicts(self, loads: Iterable[Load]) -> Iterator[Conflict]:
        profile = self.profile
        for load in loads:
            first, last = self._inside(load)
            while first < last:
                step = profile.full_at(first, last, load.units)
                if step is None:
                    break
                at = max(first, profile.at[step])
                yield Conflict(load, at, profile.room_from(step, load.units), profile.keys[step])
                end = profile.until(step)
                first = last if end is None else end

    def next_chance(self, position: int, units: int) -> int:
        if not self.low <= position < self.high:
            return position
        return max(position, self.profile.room_from(self.profile.step(position), units))

    def next_full(self, position: int, units: int) -> tuple[int, int, tuple[int, ...]] | None:
        profile = self.profile
        step = profile.full_at(max(position, self.low), self.high, units)
        if step is None:
            return None
        end = profile.until(step)
        return max(position, profile.at[step]), self.high if end is None else end, profile.keys[step]


class BucketRoom(Room):
    """No more work in an hour, day, week or month than there is time for."""

    def __init__(self, profile: Profile, low: int, high: int, by: Granularity, bucket_of: BucketOf = bucket_of) -> None:
        super().__init__(profile, low, high)
        self._by, self._bucket_of = by, bucket_of
        self._work: dict[int, int] = {}
        self._keys: dict[int, tuple[int, ...]] = {}

    def add(self, load: Load, key: int) -> None:
        self.profile.add(load.first, load.last, load.units, key)
        for first, last, bucket, _ in in_buckets(self.profile.axis, load.first, load.last, self._by, self._bucket_of):
            self._work[bucket] = self._work.get(bucket, 0) + (last - first) * load.units
            self._keys[bucket] = (*self._keys.get(bucket, ()), key)

    def remove(self, load: Load, key: int) -> None:
        self.profile.remove(load.first, load.last, load.units, key)
        for first, last, bucket, _ in in_buckets(self.profile.axis, load.first, load.last, self._by, self._bucket_of):
            self._work[bucket] -= (last - first) * load.units
            held = list(self._keys[bucket])
            held.remove(key)
            self._keys[bucket] = tuple(held)

    def conflicts(self, loads: Iterable[Load]) -> Iterator[Conflict]:
        axis = self.profile.axis
        wanted: dict[int, int] = {}
        for load in loads:
            for first, last, bucket, end in in_buckets(axis, *self._inside(load), self._by, self._bucket_of):
                wanted[bucket] = wanted.get(bucket, 0) + (last - first) * load.units
                held = self._work.get(bucket, 0)
                if held and held + wanted[bucket] > axis.between(bucket, end) * self.profile.capacity:
                    following = self.profile.until(self.profile.step(first))
                    edge = axis.position(end)
                    until = edge if following is None else min(edge, following)
                    yield Conflict(load, first, until, self._keys[bucket])

    def next_chance(self, position: int, units: int) -> int:
        axis = self.profile.axis
        while self.low <= position < self.high:
            bucket, end = self._bucket_of(axis.start_at(position), self._by)
            held = self._work.get(bucket, 0)
            if not held or held < axis.between(bucket, end) * self.profile.capacity:
                break
            position = axis.position(end)
        return position
