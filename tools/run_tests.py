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
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
ON_POSTGRES = ["tests/kernel", "tests/areas", "tests/journeys", "tests/house", "tests/reliability", "tests/scenarios"]


def main() -> int:
    """Run them; 0 when everything passed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--fast", action="store_true")
    fast = parser.parse_args().fast
    if not fast:
        _provide("chromium", "chromium", bool(_browser()))
        _provide("postgresql", "postgresql", bool(_postgres()))
    steps = [
        ("lint", [BIN / "ruff", "check", "-q", "."]),
        ("format", [BIN / "ruff", "format", "-q", "--check", "."]),
        ("import contracts", [BIN / "lint-imports", "--no-cache"]),
        ("types", [BIN / "mypy"]),
        ("missing migrations", [BIN / "python", "-m", "tools.missing_migrations"]),
    ]
    pytest = [BIN / "python", "-m", "pytest", "-q"]
    if fast:
        steps.append(("tests", [*pytest, "-m", "not slow and not browser and not java"]))
    else:
        steps.append(("tests on SQLite, with browser", pytest))
        if _postgres():
            present = [place for place in ON_POSTGRES if (ROOT / place).exists()]
            steps.append(("tests on PostgreSQL", [BIN / "python", "-m", "tests.on_postgres", "-q", *present]))
    results = [(name, *_run(name, command)) for name, command in steps]
    print("\n" + "=" * 72)
    for name, passed, seconds in results:
        print(f"{'ok    ' if passed else 'FAILED'} {name} ({seconds:.0f} s)")
    if not fast and not _browser():
        print("SKIPPED browser tests: Chromium is not installed (apt install chromium)")
    if not fast and not _postgres():
        print("SKIPPED PostgreSQL tests: no server is installed (apt install postgresql)")
    return 0 if all(passed for _, passed, _ in results) else 1


def _run(name: str, command: list[str | Path]) -> tuple[bool, float]:
    print(f"\n--- {name}", flush=True)
    started = time.monotonic()
    environment = {
        **os.environ,
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
        "HEADWAY_MAKE_TEST": "1",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env=environment, check=False)
    return done.returncode == 0, time.monotonic() - started


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
