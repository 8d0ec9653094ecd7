"""Tests that a run may leave to a longer one, since what they reach is reached by others.

`--without LIST` takes the functions out that LIST names. A new test is in no list, so that it runs everywhere until the
list is made anew: `tests/left_to_sqlite.txt` by `python -m tests.statements`, `tests/left_to_whole.txt` by
`python -m tests.lines`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import pytest

T = TypeVar("T")

_FIXED_COST = 0.05  # seconds; so that of two quick tests the one that reaches more is kept


class LeftOut:
    """A pytest plugin: takes the functions that a list names out of a run."""

    def __init__(self, path: Path) -> None:
        self.listed = set(path.read_text(encoding="utf-8").split())

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Deselect them."""
        config.hook.pytest_deselected(items=[item for item in items if function_of(item.nodeid) in self.listed])
        items[:] = [item for item in items if function_of(item.nodeid) not in self.listed]


def function_of(nodeid: str) -> str:
    """A test's function: what stands before its parameters."""
    return nodeid.partition("[")[0]


def needed(
    reached: Mapping[str, set[T]],
    seconds: Mapping[str, float],
    often: Callable[[T], int] = lambda _: 1,
    shared: Mapping[str, Mapping[str, float]] = MappingProxyType({}),
) -> set[str]:
    """Tests that reach everything as `often` as it is wanted, or as all do together, chosen for the least time.

    `shared`: by test, the seconds of what it stands on together with others, by name; the first chosen pays for it.
    """
    times = Counter(thing for things in reached.values() for thing in things)
    wanted = {thing: min(count, often(thing)) for thing, count in times.items()}
    left, paid = dict(wanted), set[str]()
    open_ = {name: set(things) for name, things in reached.items()}
    chosen = set()

    def worth(name: str) -> float:
        standing = sum(cost for what, cost in shared.get(name, {}).items() if what not in paid)
        return len(open_[name]) / (seconds[name] + standing + _FIXED_COST)

    while left:
        best = max(open_, key=worth)
        paid.update(shared.get(best, ()))
        settled = set()
        for thing in open_.pop(best):
            left[thing] -= 1
            if not left[thing]:
                del left[thing]
                settled.add(thing)
        for things in open_.values():
            things.difference_update(settled)
        chosen.add(best)
    return chosen - _spare(chosen, reached, seconds, wanted)


def _spare(
    chosen: set[str], reached: Mapping[str, set[T]], seconds: Mapping[str, float], wanted: Mapping[T, int]
) -> set[str]:
    """Those whose things were all reached often enough by others chosen after them; the slowest go first."""
    times = Counter(thing for name in chosen for thing in reached[name])
    spare = set()
    for name in sorted(chosen, key=lambda one: (-seconds[one], one)):
        if all(times[thing] > wanted[thing] for thing in reached[name]):
            times.subtract(reached[name])
            spare.add(name)
    return spare


def write_left(path: Path, reached: Mapping[str, set[Any]], kept: set[str]) -> None:
    """Make the list anew: who ran and is not kept."""
    path.write_text("\n".join(sorted(reached.keys() - kept)) + "\n", encoding="utf-8")
