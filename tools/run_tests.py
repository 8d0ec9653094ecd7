"""All checks and tests, in the order in which they fail fastest; `--fast` for the fast set.

Chromium and PostgreSQL are used when they are there, installed when that is possible (root on
Debian), and otherwise named as skipped in the last lines.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.lines import FAST, LEFT_TO_WHOLE
from tests.postgres import stop_cluster
from tests.statements import LEFT_TO_SQLITE

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
# On two cores: a test waits for a server, a browser or the disk half of its time.
SIDE_BY_SIDE = 4
REASON_WIDTH = "240"  # columns: the line that names a failed test has room for its reason
FORMS = "tests/interfaces/web/finding/test_acts.py"  # stands on the world of tests/house: one process makes it once
READING = "tests/interfaces/cli/test_plan.py"  # reads the same plan files as those: one process reads each once
COMPUTING = ["tests/engine", "tests/documents", "tests/reports", READING]
PAGES = "tests/interfaces/web"
PROJECT_PAGES = "tests/interfaces/web/projects"
SERVERS = ["tests/reliability"]
DOORS = ["tests/config", "tests/interfaces"]  # but for the pages
AREAS = ["tests/areas"]
# Every use case once, and each statement of the areas with what is said of its rows (tests/statements.py). Not here:
# who may do what, which is the same code on both databases, the tests that open both by themselves, and the demo and
# files of plans, which go through what is here.
ON_POSTGRES = [
    *("tests/kernel/test_door.py", "tests/areas", "tests/journeys", "tests/house/every_use_case.py"),
    *("--ignore=tests/areas/test_races.py", "--ignore=tests/journeys/demo"),
    "--ignore=tests/journeys/test_plan_file.py",
]


def main() -> int:
    """Run them; 0 when everything passed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--fast", action="store_true")
    fast = parser.parse_args().fast
    if fast:
        os.environ.setdefault("HYPOTHESIS_PROFILE", "quick")
    if not fast:
        _provide("chromium", "chromium", bool(_browser()))
        _provide("postgresql", "postgresql", bool(_postgres()))
    steps: list[tuple[str, list[str | Path]]] = [
        ("lint", [BIN / "ruff", "check", "-q", "."]),
        ("format", [BIN / "ruff", "format", "-q", "--check", "."]),
        ("import contracts", [BIN / "lint-imports", "--no-cache"]),
        ("missing migrations", [BIN / "python", "-m", "tools.missing_migrations"]),
    ]
    results = [_run(name, command) for name, command in steps]
    suites = _suites(fast=fast)
    results += _side_by_side([*suites[:-1], ("types", [BIN / "mypy"]), suites[-1]])
    print("\n" + "=" * 72)
    for done in results:
        print(f"{'ok    ' if done.passed else 'FAILED'} {done.name} ({done.seconds:.0f} s)")
        for line in done.failures:
            print(f"       {line}")
    if not fast and not _browser():
        print("SKIPPED browser tests: Chromium is not installed (apt install chromium)")
    if not fast and not _postgres():
        print("SKIPPED PostgreSQL tests: no server is installed (apt install postgresql)")
    return 0 if all(done.passed for done in results) else 1


class Done(NamedTuple):
    """How a step went; each test that failed in it is a line with its reason."""

    name: str
    passed: bool
    seconds: float
    failures: list[str]


def _suites(*, fast: bool) -> list[tuple[str, list[str | Path]]]:
    """The test suites: those that wait the most first, then the longest, so that nothing long runs alone at the end."""
    slowest = ["--durations=10", "--durations-min=3"]
    pytest: list[str | Path] = [BIN / "python", "-m", "pytest", "-q", *slowest]
    if fast:
        pytest += ["-m", FAST, f"--without={LEFT_TO_WHOLE.relative_to(ROOT)}"]
    others = sorted(
        str(place.relative_to(ROOT))
        for place in (ROOT / "tests").iterdir()
        if place.is_dir()
        and (place / "__init__.py").exists()
        and f"tests/{place.name}" not in (*COMPUTING, *SERVERS, *DOORS, *AREAS)
    )
    doors = ("start, command line, API and tools", [*pytest, *DOORS, f"--ignore={PAGES}", f"--ignore={READING}"])
    computing = ("engine, documents and reports", [*pytest, *COMPUTING])
    areas = ("areas on SQLite", [*pytest, *AREAS])
    rest = ("kernel, journeys, house and scenarios on SQLite", [*pytest, *others, FORMS])
    pages = [PAGES, f"--ignore={FORMS}"]
    left = f"--without={LEFT_TO_SQLITE.relative_to(ROOT)}"
    if fast:
        areas[1].append(left)
        return [("pages", [*pytest, *pages]), computing, areas, rest, doors]
    on_postgres: list[str | Path] = [BIN / "python", "-m", "tests.on_postgres", left, "-q", *slowest, *ON_POSTGRES]
    other_pages = [PAGES, f"--ignore={PROJECT_PAGES}"]
    return [
        ("servers that are killed, and what is restored", [*pytest, *SERVERS]),
        ("pages of a project in the browser", [*pytest, PROJECT_PAGES, "-m", "browser"]),
        ("other pages in the browser", [*pytest, *other_pages, "-m", "browser"]),
        computing,
        rest,
        doors,
        areas,
        *([("areas on PostgreSQL", on_postgres)] if _postgres() else []),
        ("pages without browser", [*pytest, *pages, "-m", "not browser"]),
    ]


def _side_by_side(suites: list[tuple[str, list[str | Path]]]) -> list[Done]:
    """Run some suites at a time; each prints when it is done. What is made once a run is kept in a folder of theirs."""
    with tempfile.TemporaryDirectory(prefix="headway-run-") as shared:
        try:
            with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
                done = [pool.submit(_run, name, command, shared=shared) for name, command in suites]
                return [one.result() for one in done]
        finally:
            stop_cluster(Path(shared))


def _run(name: str, command: list[str | Path], *, shared: str = "") -> Done:
    """Run one step; one that shares a folder runs beside others, and its output comes in one piece at its end."""
    print(f"\n--- {name}{' (running)' if shared else ''}", flush=True)
    started = time.monotonic()
    environment = {
        **os.environ,
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
        "HEADWAY_MAKE_TEST": "1",
        "HEADWAY_TEST_RUN": shared,
        "PYTHONPATH": str(ROOT),
        "COLUMNS": REASON_WIDTH,
    }
    kept = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True} if shared else {}
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env=environment, check=False, **kept)  # type: ignore[call-overload]
    if shared:
        print(f"\n--- {name}\n{done.stdout}", flush=True)
    said = (done.stdout or "").splitlines()
    failures = [line for line in said if line.startswith(("FAILED tests", "ERROR tests"))]
    return Done(name, done.returncode == 0, time.monotonic() - started, failures)


def _browser() -> str | None:
    return next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )


def _postgres() -> Path | None:
    return next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))), None)


def _provide(name: str, package: str, present: bool) -> None:
    """Install a Debian package for the tests where that is possible."""
    if present or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print(f"Installing {name} for the tests ...", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], env=environment, **quiet)  # type: ignore[call-overload]
    subprocess.run(["apt-get", "install", "-y", "-q", package], env=environment, **quiet)  # type: ignore[call-overload]


if __name__ == "__main__":
    sys.exit(main())
