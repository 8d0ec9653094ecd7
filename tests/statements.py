"""Which tests need PostgreSQL too: those that send it a statement, and what they then say of its rows.

`python -m tests.statements` runs the areas' tests on SQLite, notes the shape of each statement that each test sends,
and writes LEFT_TO_SQLITE: the tests whose statements all come in others. Each shape is left to one test at least, to
two where the database itself computes, compares or searches. A test that is not in the list runs on both.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

LEFT_TO_SQLITE = Path(__file__).with_name("left_to_sqlite.txt")
TESTED = ("tests/areas", "tests/journeys")
_COMPUTING = re.compile(
    r"GROUP BY|\b(?:SUM|AVG|COUNT|MAX|MIN|COALESCE|UPPER|LOWER)\(|JSON|LIKE|MATCH|DISTINCT|OVER|CASE"
)
_FIXED_COST = 0.05  # seconds; so that of two quick tests the one that sends more is kept
# What differs between two statements of one shape: names of savepoints, numbers, how many values there are.
_VARIES = (
    (re.compile(r"\d+"), "0"),
    (re.compile(r"\((?:\s*%s\s*,?)+\)"), "()"),
    (re.compile(r"(?:\(\),? ?)+"), "()"),
    (re.compile(r"(?:WHEN .{0,200}? THEN %s ?)+"), "WHEN "),
)


class LeftToSqlite:
    """A pytest plugin: takes the listed tests out of a run."""

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Deselect them."""
        listed = set(LEFT_TO_SQLITE.read_text(encoding="utf-8").split())
        config.hook.pytest_deselected(items=[item for item in items if _function(item.nodeid) in listed])
        items[:] = [item for item in items if _function(item.nodeid) not in listed]


class Noting:
    """A pytest plugin: which shapes each test function sends, and its seconds of processor."""

    def __init__(self) -> None:
        self.sent: dict[str, set[str]] = defaultdict(set)
        self.seconds: Counter[str] = Counter()
        self._now: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Note what this test sends, with its fixtures."""
        self._now = self.sent[_function(item.nodeid)]
        if self._note not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._note)
        began = time.process_time()
        given = yield
        self.seconds[_function(item.nodeid)] += time.process_time() - began
        return given

    def _note(self, execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            self._now.add(shape_of(sql))
        return execute(sql, *more)


def shape_of(sql: str) -> str:
    """The statement without what varies."""
    for pattern, instead in _VARIES:
        sql = pattern.sub(instead, sql)
    return sql


def needed(sent: dict[str, set[str]], seconds: dict[str, float]) -> set[str]:
    """Tests that send every shape as often as it is wanted, chosen for the least time."""
    senders = Counter(shape for shapes in sent.values() for shape in shapes)
    wanted = {shape: min(times, 2 if _COMPUTING.search(shape) else 1) for shape, times in senders.items()}
    others, chosen = dict(sent), set()
    while wanted:
        best = max(others, key=lambda name: len(others[name] & wanted.keys()) / (seconds[name] + _FIXED_COST))
        for shape in others.pop(best) & wanted.keys():
            wanted[shape] -= 1
            if not wanted[shape]:
                del wanted[shape]
        chosen.add(best)
    return chosen


def _function(nodeid: str) -> str:
    return nodeid.partition("[")[0]


def main() -> int:
    """Run, choose and write; the exit status of pytest."""
    noting = Noting()
    status = pytest.main(["-q", *sys.argv[1:], *TESTED, "--ignore=tests/journeys/demo"], plugins=[noting])
    if status == pytest.ExitCode.OK:
        left = sorted(noting.sent.keys() - needed(noting.sent, noting.seconds))
        LEFT_TO_SQLITE.write_text("\n".join(left) + "\n", encoding="utf-8")
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
