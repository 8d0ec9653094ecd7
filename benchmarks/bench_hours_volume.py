"""Half a million entries: an export of them imported, and what pages then need of them.

    python -m benchmarks.bench_hours_volume [ROWS]   (in an installation's environment)

The file is a Clockify export of one project by 60 people over five years, on 8 phases. Import is measured from the
file to the entries: read in its child process, previewed, applied. Queries are measured in this process, without
server and templates.
"""

from __future__ import annotations

import csv
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django

from benchmarks.bench_hours_import import HEADER
from benchmarks.house import line, load, seed

ROWS = 500_000
PEOPLE, YEARS, CALLS = 60, 5, 7
PHASES = ("Discovery", "Design", "Build", "Test", "Content", "Launch", "Support", "Management")
FIRST = date(2021, 11, 1)


def main(rows: int) -> None:
    """Make the house and the file, import it, and print the figures."""
    from django.db import connection

    from headway.areas.people import commands as people
    from headway.areas.people.queries import actor_of
    from headway.kernel.context import Channel, Context, clock

    made: Any = seed()
    ctx = Context(actor=actor_of(made["user"]), now=clock(), channel=Channel.CLI)  # type: ignore[arg-type]
    for number in range(PEOPLE):
        people.add_person(ctx, name=f"Person {number}", email=f"p{number}@example.com")
    print(f"  {connection.vendor}, {load()}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        write_sample(path, rows)
        measure_import(ctx, made["project"], path, rows)
    measure_pages(ctx, made["project"])


def write_sample(path: Path, rows: int) -> None:
    """The export; the same one each time."""
    chance = random.Random(7)
    days = [FIRST + timedelta(days=step) for step in range(YEARS * 365)]
    days = [day for day in days if day.weekday() < 5]
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for number in range(rows):
            who, minutes, day = chance.randrange(PEOPLE), chance.randrange(6, 240), chance.choice(days)
            shown = f"{day:%m/%d/%Y}"
            writer.writerow(
                [
                    *("B-0", "Northwind", f"Note {number}", chance.choice(PHASES), f"Person {who}", "Studio"),
                    *(f"p{who}@example.com", "", "Yes" if number % 10 else "No", shown, "09:00 AM", shown),
                    *(f"{9 + minutes // 60:02}:{minutes % 60:02}", f"{minutes // 60:02}:{minutes % 60:02}:00"),
                    *(f"{minutes / 60:.2f}", "120.00", f"{minutes * 2:.2f}"),
                ]
            )


def measure_import(ctx: Any, project: int, path: Path, rows: int) -> None:
    """Print how long each step takes."""
    from headway.journeys import imports
    from headway.journeys.import_hours import preview_hours

    started, worked = time.perf_counter(), _worked()
    given: dict[str, Any] = {"file_id": 1, "file_name": path.name, "answers": {}, "mapping": {}}
    row = preview_hours(ctx, project=project, path=path, **given)
    if row.preview["errors"] or row.preview["questions"]:
        raise RuntimeError(str(row.preview["errors"][:2] or row.preview["questions"][:2]))
    previewed = time.perf_counter()
    line(f"{rows:,} rows read and previewed", f"{previewed - started:.1f} s, {_worked() - worked:.1f} s of work")
    done = imports.apply(ctx.but(), batch=row.id)
    ended = time.perf_counter()
    if done.preview["create"] != rows:
        raise RuntimeError(f"{done.preview['create']} entries of {rows}")
    line("applied", f"{ended - previewed:.1f} s, {_worked() - worked:.1f} s of work in all")
    line("import, end to end", f"{ended - started:.1f} s", "60 s")
    own, children = (resource.getrusage(who).ru_maxrss // 1024 for who in _BOTH)
    line("most memory", f"{own} MB, the reader {children} MB")


_BOTH = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _worked() -> float:
    """Processor seconds of this process and its children."""
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, _BOTH))


def measure_pages(ctx: Any, project: int) -> None:
    """Print what the burn page and the report by person and month need."""
    from headway.areas.budgets import by_part, causes, progress, realising
    from headway.areas.budgets import commands as budgets
    from headway.areas.budgets import queries as burning
    from headway.areas.budgets.types import Basis, BudgetScope
    from headway.areas.hours import queries as hours
    from headway.areas.hours.types import GroupBy

    whole = {"scope": BudgetScope.PROJECT, "basis": Basis.HOURS, "amount": Decimal(1_500_000)}
    budgets.add_budget(ctx, project=project, name="All", **whole)
    as_of = ctx.now.date()

    def burn_page(by: Any) -> None:
        hours.totals(by, project=project, by=())
        for read in (burning.burn, by_part.burn_by_part, realising.realisation, progress.trust):
            read(by, project=project, as_of=as_of)
        causes.variance(by, project=project, as_of=as_of, basis=Basis.HOURS)

    some_days = {"first": date(2022, 1, 13), "last": date(2025, 3, 9)}
    acts: dict[str, Callable[[], object]] = {
        "all that the burn page asks for": lambda: burn_page(ctx.but()),
        "all budgets": lambda: burning.budgets(ctx.but(), project=project),
        "hours by person and month": lambda: hours.totals(
            ctx.but(), project=project, by=(GroupBy.PERSON, GroupBy.MONTH)
        ),
        "hours by phase and month, of some days": lambda: hours.totals(
            ctx.but(), project=project, by=(GroupBy.PHASE, GroupBy.MONTH), **some_days
        ),
        "hours by day": lambda: hours.totals(ctx.but(), project=project, by=(GroupBy.DAY,)),
        "parts spent": lambda: hours.spent_parts(project),
        "parts spent, by task": lambda: hours.spent_parts(project, by_task=True),
        "newest entries": lambda: hours.entries(ctx.but(), project=project),
    }
    for name, act in acts.items():
        times, work = [], []
        for _ in range(CALLS):
            started, worked = time.perf_counter(), time.process_time()
            act()
            times.append((time.perf_counter() - started) * 1000)
            work.append((time.process_time() - worked) * 1000)
        line(name, f"best {min(times):.1f} ms, {min(work):.1f} ms of work", "200 ms")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headway.config.settings.prod")
    django.setup()
    main(int(sys.argv[1]) if sys.argv[1:] else ROWS)
