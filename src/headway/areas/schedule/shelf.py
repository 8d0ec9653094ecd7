"""A bounded store of what this process has made of plans: the longest unused goes first.

Not here: when what is kept is still true. Whoever puts something in says by its key, or looks at it again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")


class Shelf(Generic[KeyT, ValueT]):
    """Values by key, of so much weight in all; the newest stays however heavy it is. Safe between threads."""

    def __init__(self, *, most: int, weight: Callable[[ValueT], int]) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[KeyT, ValueT] = OrderedDict()
        self._most = most
        self._weight = weight

    def find(self, key: KeyT) -> ValueT | None:
        """The value, which thereby counts as used."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: KeyT, value: ValueT) -> None:
        """Keep a value in place of the one of that key."""
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and sum(map(self._weight, self._kept.values())) > self._most:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._kept.clear()
