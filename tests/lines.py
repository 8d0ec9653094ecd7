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

import coverage
import pytest

from tests.left_out import function_of, needed, write_left

LEFT_TO_WHOLE = Path(__file__).with_name("left_to_whole.txt")
FAST = "not slow and not browser and not java and not postgres"
_PACKAGE = Path(__file__).resolve().parent.parent / "src" / "headway"


class Noting:
    """A pytest plugin: which lines each test function reaches, with its fixtures, and its seconds of processor."""

    def __init__(self, lines: coverage.Coverage) -> None:
        self.lines = lines
        self.seconds: dict[str, float] = defaultdict(float)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Note what this test reaches."""
        name = function_of(item.nodeid)
        self.lines.switch_context(name)
        began = time.process_time()
        given = yield
        self.seconds[name] += time.process_time() - began
        return given

    def reached(self) -> dict[str, set[tuple[str, int]]]:
        """Lines by test function; what was reached while the tests were read belongs to none."""
        found: dict[str, set[tuple[str, int]]] = defaultdict(set)
        found.update((name, set()) for name in self.seconds)
        data = self.lines.get_data()
        for file in data.measured_files():
            for line, names in data.contexts_by_lineno(file).items():
                for name in names:
                    if name in self.seconds:
                        found[name].add((file, line))
        return found


def main() -> int:
    """Run, choose and write; the exit status of pytest."""
    lines = coverage.Coverage(data_file=None, source=[str(_PACKAGE)])
    noting = Noting(lines)
    lines.start()
    status = pytest.main(["-q", "-m", FAST, "-p", "no:cacheprovider", *(sys.argv[1:] or ["tests"])], plugins=[noting])
    lines.stop()
    if status == pytest.ExitCode.OK:
        reached = noting.reached()
        write_left(LEFT_TO_WHOLE, reached, needed(reached, noting.seconds))
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
