"""Which tests the fast set needs: those that reach a line of the package which no quicker ones reach.

`python -m tests.lines` runs the fast set while it notes the lines that each test function reaches, and writes
LEFT_TO_WHOLE: the tests whose lines all come in others. `make check` leaves these to `make test`.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import coverage
import pytest

from tests.left_out import function_of, needed, write_left

LEFT_TO_WHOLE = Path(__file__).with_name("left_to_whole.txt")
FAST = "not slow and not browser and not java and not postgres"
_PACKAGE = Path(__file__).resolve().parent.parent / "src" / "headway"


class Noting:
    """A pytest plugin: which lines each test function reaches, with its fixtures, and its seconds of processor.

    What is made for several tests, as a module's world, is noted by itself and belongs to each test that asks for it.
    """

    def __init__(self, lines: coverage.Coverage) -> None:
        self.lines = lines
        self.seconds: dict[str, float] = defaultdict(float)  # by test function, and by fixture of several tests
        self.asked: dict[str, set[str]] = {}  # fixtures of several tests, by test function
        self._running: list[str] = []  # the test, and the fixtures that are being made for it

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Function) -> Iterator[None]:
        """Note what this test reaches."""
        name = function_of(item.nodeid)
        known = item._fixtureinfo.name2fixturedefs
        asked = {_named(known[one][-1]) for one in item.fixturenames if one in known and _is_shared(known[one][-1])}
        self.asked.setdefault(name, set()).update(asked)
        return (yield from self._noted(name))

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
        """Note what a fixture of several tests reaches."""
        return (yield from self._noted(_named(fixturedef))) if _is_shared(fixturedef) else (yield)

    def _noted(self, name: str) -> Iterator[None]:
        """What runs inside is this one's, and no longer that of who waits for it."""
        self._running.append(name)
        self.lines.switch_context(name)
        began = time.process_time()
        try:
            return (yield)
        finally:
            took = time.process_time() - began
            self.seconds[self._running.pop()] += took
            if self._running:
                self.seconds[self._running[-1]] -= took
                self.lines.switch_context(self._running[-1])

    def reached(self) -> dict[str, set[tuple[str, int]]]:
        """Lines by test function; what was reached while the tests were read belongs to none."""
        found: dict[str, set[tuple[str, int]]] = defaultdict(set)
        data = self.lines.get_data()
        for file in data.measured_files():
            for line, names in data.contexts_by_lineno(file).items():
                for name in names:
                    if name in self.seconds:
                        found[name].add((file, line))
        return {name: found[name].union(*(found[one] for one in asked)) for name, asked in self.asked.items()}

    def shared(self) -> dict[str, dict[str, float]]:
        """By test function, the seconds of the fixtures that it shares with others."""
        return {name: {one: self.seconds[one] for one in asked} for name, asked in self.asked.items()}


def _is_shared(fixture: pytest.FixtureDef[Any]) -> bool:
    return fixture.scope != "function"


def _named(fixture: pytest.FixtureDef[Any]) -> str:
    return f"{fixture.baseid} fixture {fixture.argname}"


def main() -> int:
    """Run all, choose and write; the exit status of pytest. A run of some would leave all others in the fast set."""
    lines = coverage.Coverage(data_file=None, source=[str(_PACKAGE)])
    noting = Noting(lines)
    lines.start()
    status = pytest.main(["-q", "-m", FAST, "-p", "no:cacheprovider", "tests"], plugins=[noting])
    lines.stop()
    if status == pytest.ExitCode.OK:
        reached = noting.reached()
        write_left(LEFT_TO_WHOLE, reached, needed(reached, noting.seconds, shared=noting.shared()))
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
