"""All figures, with the goals beside them: `make bench`. Takes some minutes; other work on the machine shows."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.postgres import binaries, postgres_url
from tests.reliability.harness import Installation

from benchmarks import bench_pages, bench_requests, portfolio
from benchmarks.house import ROOT, line, load

SETTINGS = "headway.config.settings.prod"


def main() -> int:
    """Print everything; 0 when each part ran."""
    started = time.monotonic()
    print(f"Python {platform.python_version()}, {platform.machine()}, {load()}\n")
    kinds = ("SQLite", "PostgreSQL")
    parts = [*(_on(kind) for kind in kinds), *(_pages(kind) for kind in kinds)]
    parts += [*(_volume(kind) for kind in kinds), _plan_page(), _together(), _work(), _engine()]
    print(f"\n{time.monotonic() - started:.0f} s in all, {load()}")
    return 0 if all(parts) else 1


def _on(kind: str) -> bool:
    if kind == "PostgreSQL" and binaries() is None:
        print("\nPostgreSQL: SKIPPED, no server is installed (apt install postgresql)")
        return True
    print(f"\n{kind}: doors (through - by hand = cost, medians), {load()}")
    done = _alone("benchmarks.bench_doors", postgres_url() if kind == "PostgreSQL" else "")
    print(f"{kind}: search over 50,000 records, {load()}", flush=True)
    done = _alone("benchmarks.bench_search", postgres_url() if kind == "PostgreSQL" else "") and done
    print(f"{kind}: requests through the API, two server workers, {load()}")
    with tempfile.TemporaryDirectory(prefix="headway-bench-") as folder:
        one = _installation(Path(folder), postgres_url() if kind == "PostgreSQL" else "")
        about = json.loads(_run(one, "benchmarks.house", capture=True).stdout.splitlines()[-1])
        one.start("--workers", "2")
        try:
            bench_requests.main(one, about, postgres=kind == "PostgreSQL")
        finally:
            one.stop()
    return done


def _pages(kind: str) -> bool:
    if kind == "PostgreSQL" and binaries() is None:
        return True  # said above
    with tempfile.TemporaryDirectory(prefix="headway-bench-") as folder:
        one = _installation(Path(folder), postgres_url() if kind == "PostgreSQL" else "")
        print(f"\n{kind}: making {portfolio.PROJECTS} projects of {portfolio.TASKS} tasks, {load()}", flush=True)
        made = json.loads(_run(one, "benchmarks.portfolio", capture=True).stdout.splitlines()[-1])
        line(f"{made['tasks']:,} tasks, {made['entries']:,} time entries", f"{made['seconds']:.0f} s", "minutes")
        print(f"{kind}: pages, two server workers, {load()}")
        one.start("--workers", "2")
        try:
            bench_pages.main(one, made["users"])
        finally:
            one.stop()
    return True


def _volume(kind: str) -> bool:
    if kind == "PostgreSQL" and binaries() is None:
        return True  # said above
    print(f"\n{kind}: half a million entries from one export, {load()}", flush=True)
    return _alone("benchmarks.bench_hours_volume", postgres_url() if kind == "PostgreSQL" else "")


def _plan_page() -> bool:
    print(f"\nThe plan page, drawn by Chromium, {load()}", flush=True)
    command = [sys.executable, "-m", "benchmarks.bench_gantt"]
    done = subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    print(f"\nEdits of a plan of 10,000 rows, and of a thousand pasted at once, {load()}", flush=True)
    return _alone("benchmarks.bench_edits", "") and done


def _together() -> bool:
    print(f"\nEight clients editing one plan for a minute, {load()}", flush=True)
    return subprocess.run([sys.executable, "-m", "benchmarks.bench_together"], cwd=ROOT, check=False).returncode == 0


def _work() -> bool:
    print(f"\nImports into SQLite, read in the child process, checked and applied, {load()}")
    imports = _alone("benchmarks.bench_import", "")
    print(f"\nStatus pack of the demo project, {load()}")
    return _alone("benchmarks.bench_pack", "") and imports


def _engine() -> bool:
    done = True
    for title, module, sizes in (
        ("Critical path", "bench_schedule", ("1000", "10000", "100000")),
        ("Simulation", "bench_simulate", ()),
        ("Levelling: rules, and each fifth instance of the sample", "bench_levelling", ("5", "j30,j60,j120", "5")),
        ("Reading hours exports", "bench_hours_import", ("100000",)),
        ("Document writers", "bench_documents", ("500",)),
    ):
        print(f"\n{title}, {load()}", flush=True)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
        command = [sys.executable, "-m", f"benchmarks.{module}", *sizes]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0 and done
    return done


def _installation(folder: Path, url: str) -> Installation:
    one = Installation(folder / "home", database_url=url, settings=SETTINGS)
    one.environment |= {"HEADWAY_TOKEN_READS": "0", "HEADWAY_TOKEN_WRITES": "0"}
    one.operate("init")
    return one


def _run(one: Installation, module: str, *, capture: bool = False) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env=one.environment,
        stdout=subprocess.PIPE if capture else None,
        text=True,
        check=capture,
    )


def _alone(module: str, url: str) -> bool:
    """A measurement in an installation of its own."""
    with tempfile.TemporaryDirectory(prefix="headway-bench-") as folder:
        return _run(_installation(Path(folder), url), module).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
