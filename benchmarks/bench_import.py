"""Imports from end to end in an installation: a plan of 10,000 tasks and an hours export of 100,000 rows."""

from __future__ import annotations

import csv
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django

from benchmarks.bench_schedule import made_up_plan
from benchmarks.house import line, seed

TASKS, ROWS, PEOPLE = 10_000, 100_000, 20


def main() -> None:
    """Bring both files, and print how long reading and applying took together."""
    from headway.areas.people import commands as people
    from headway.areas.people.queries import actor_of
    from headway.documents.exchange import write_plan
    from headway.journeys import bring_file
    from headway.kernel.context import Channel, Context, clock

    about = seed()
    actor = actor_of(int(str(about["user"])))
    if actor is None:
        raise RuntimeError("the seed made no user")
    ctx = Context(actor=actor, now=clock(), channel=Channel.CLI)
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.xml"
        write_plan(made_up_plan(TASKS), plan)
        seconds, brought = _timed(lambda: bring_file.bring(ctx, project="B-0", kind="plan", path=str(plan)))
        line(f"plan of {TASKS:,} tasks (MSPDI), {brought.create:,} entered", f"{seconds:.1f} s", "")
        for number in range(PEOPLE):
            people.add_person(ctx, name=f"Person {number:02}", email=f"p{number}@example.org")
        hours = Path(folder) / "hours.csv"
        _hours(hours)
        seconds, brought = _timed(lambda: bring_file.bring(ctx, project="B-0", kind="hours", path=str(hours)))
        line(f"hours export of {ROWS:,} rows, {brought.create:,} entered", f"{seconds:.1f} s", "")


def _timed(act: Any) -> tuple[float, Any]:
    started = time.perf_counter()
    found = act()
    seconds = time.perf_counter() - started
    if not found.applied:
        raise RuntimeError(f"not applied: {found.errors[:2]} {found.questions[:2]}")
    return seconds, found


def _hours(path: Path) -> None:
    """A Harvest export: twenty people, a year of days, notes that tell the rows apart."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["Date", "Client", "Project", "Task", "Notes", "Hours", "Billable?", "First Name", "Last Name"])
        for number in range(ROWS):
            day = date(2025, 1, 1) + timedelta(days=number // PEOPLE % 365)
            row = [day.isoformat(), "Bench", "Bench project", f"Task {number % 90}", f"Note {number}"]
            writer.writerow([*row, f"{number % 16 / 20 + 0.05:.2f}", "Yes", "Person", f"{number % PEOPLE:02}"])


if __name__ == "__main__":
    django.setup()
    main()
