"""Which tests need PostgreSQL too: those that send it a statement, and what they then say of its rows.

`python -m tests.statements` runs the areas' tests on SQLite, notes the shape of each statement that each test sends,
and writes LEFT_TO_SQLITE: the tests whose statements all come in others. Each shape is left to one test at least, to
two where the database itself computes, compares or searches. A test that is not in the list runs on both.
"""

from __future__ import annotations

import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.left_out import function_of, needed, write_left

LEFT_TO_SQLITE = Path(__file__).with_name("left_to_sqlite.txt")
TESTED = ("tests/areas", "tests/journeys")
_COMPUTING = re.compile(
    r"GROUP BY|\b(?:SUM|AVG|COUNT|MAX|MIN|COALESCE|UPPER|LOWER)\(|JSON|LIKE|MATCH|DISTINCT|OVER|CASE"
)
# What differs between two statements of one shape: names of savepoints, numbers, how many values there are.
_VARIES = (
    (re.compile(r"\d+"), "0"),
    (re.compile(r"\((?:\s*%s\s*,?)+\)"), "()"),
    (re.compile(r"(?:\(\),? ?)+"), "()"),
    (re.compile(r"(?:WHEN .{0,200}? THEN %s ?)+"), "WHEN "),
)


class Noting:
    """A pytest plugin: which shapes each test function sends, and its seconds of processor."""

    def __init__(self) -> None:
        self.sent: dict[str, set[str]] = defaultdict(set)
        self.seconds: dict[str, float] = defaultdict(float)
        self._now: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Note what this test sends, with its fixtures."""
        self._now = self.sent[function_of(item.nodeid)]
        if self._note not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._note)
        began = time.process_time()
        given = yield
        self.seconds[function_of(item.nodeid)] += time.process_time() - began
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


def how_often(shape: str) -> int:
    """How many tests should send a shape."""
    return 2 if _COMPUTING.search(shape) else 1


def main() -> int:
    """Run, choose and write; the exit status of pytest."""
    noting = Noting()
    status = pytest.main(["-q", *sys.argv[1:], *TESTED, "--ignore=tests/journeys/demo"], plugins=[noting])
    if status == pytest.ExitCode.OK:
        write_left(LEFT_TO_SQLITE, noting.sent, needed(noting.sent, noting.seconds, how_often))
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
