"""Half a million entries: an export of them imported, and what pages then need of them.

    python -m benchmarks.bench_hours_volume [ROWS]   (in an installation's environment)

The file is a Clockify export of one project by 60 people over five years, on 8 phases. Import is measured from the
file to the entries: read in its child process, previewed, applied; meanwhile another process makes small changes, and
says how long it had to wait. Queries are measured in this process without server and templates, pages with both but
without the network. 'Of work' is processor time of Headway's processes; that of a PostgreSQL server is not in it.
"""

from __future__ import annotations

import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import django

from benchmarks.bench_hours_import import HEADER
from benchmarks.house import EMAIL, PASSWORD, line, load, seed

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
    measure_served()


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
    from django.db import connection

    from headway.areas.hours import commands, priced, taking
    from headway.journeys import import_hours, imports

    phases = _Phases()
    phases.of(import_hours, "read_upload", "read in the child process")
    phases.of(priced, "make_ready", "unpacked, priced, laid beside the table")
    phases.of(priced, "waiting_totals", "  of it what they come to, from the database")
    phases.of(commands, "take_entries", "taken, the write lock held")
    phases.of(taking._Part, "write", "  of it entries and sums")
    started, worked = time.perf_counter(), _worked()
    given: dict[str, Any] = {"file_id": 1, "file_name": path.name, "answers": {}, "mapping": {}}
    row = import_hours.preview_hours(ctx, project=project, path=path, **given)
    if row.preview["errors"] or row.preview["questions"]:
        raise RuntimeError(str(row.preview["errors"][:2] or row.preview["questions"][:2]))
    previewed = (time.perf_counter() - started, _worked() - worked)
    line(f"{rows:,} rows previewed", _spent(*previewed))
    with _small_writes(ctx) as others:
        started, worked = time.perf_counter(), _worked()
        phases.of(connection, "_commit", "committed")
        done = imports.apply(ctx.but(), batch=row.id)
        applied = (time.perf_counter() - started, _worked() - worked)
    if done.preview["create"] != rows:
        raise RuntimeError(f"{done.preview['create']} entries of {rows}")
    line("applied", _spent(*applied))
    for label, (wall, work) in phases.found.items():
        line(f"  {label}", _spent(wall, work))
    line("import, end to end", _spent(previewed[0] + applied[0], previewed[1] + applied[1]), "60 s")
    told = f"{others['longest']:.1f} s of {others['written']:.0f}, {others['refused']:.0f} refused"
    line("longest wait of another's small change", told, "8 s, 0 refused")
    own, children = (resource.getrusage(who).ru_maxrss // 1024 for who in _BOTH)
    line("most memory", f"{own} MB, the reader {children} MB")


_BOTH = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _worked() -> float:
    """Processor seconds of this process and its children that have ended."""
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, _BOTH))


def _spent(wall: float, work: float) -> str:
    return f"{wall:.1f} s, {work:.1f} s of work"


class _Phases:
    """Seconds, and seconds of work, in functions of the import; those of the same label together."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[float, float]] = {}

    def of(self, holder: Any, name: str, label: str) -> None:
        """Measure a function of a module, or of a class, from now on."""
        function = getattr(holder, name)
        self.found[label] = (0.0, 0.0)

        def measured(*given: Any, **named: Any) -> Any:
            started, worked = time.perf_counter(), _worked()
            try:
                return function(*given, **named)
            finally:
                wall, work = self.found[label]
                self.found[label] = (wall + time.perf_counter() - started, work + _worked() - worked)

        setattr(holder, name, measured)


@contextmanager
def _small_writes(ctx: Any) -> Iterator[dict[str, float]]:
    """Somebody else changes another project meanwhile; what they found stands in the dict at the end."""
    from headway.areas.people.queries import user_by_email
    from headway.areas.projects.queries import named_projects

    other = next(pk for pk, row in named_projects(ctx).items() if row.key == "B-1")
    if user_by_email(EMAIL) is None:
        raise RuntimeError(f"nobody signs in as {EMAIL}")
    found: dict[str, float] = {}
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.small_writes", str(other), EMAIL],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    if process.stdout is None or process.stdout.readline().strip() != "ready":
        raise RuntimeError("the other writer did not begin")
    yield found
    told, _ = process.communicate()
    found |= json.loads(told)


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
        _measure(name, act)


def measure_served() -> None:
    """Print what whole pages take: the project's burn and budget, hours burned over projects, the end of a month."""
    from django.conf import settings
    from django.test import Client

    from headway.kernel.commands import maintenance

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    with maintenance("a benchmark"):
        client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD}, secure=True)
    year = f"first={FIRST}&last={FIRST + timedelta(days=364)}"
    for path in (
        "/projects/B-0/hours/burn/",
        "/projects/B-0/budget/",
        "/hours/burned/",
        f"/hours/burned/?by=person&columns=month&{year}",
        f"/hours/month/?month={FIRST + timedelta(days=800):%Y-%m-01}",
    ):
        _measure(path.partition("&")[0], partial(_page, client, path))


def _page(client: Any, path: str) -> None:
    answer = client.get(path, secure=True)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.headers.get('Location', '')}")


def _measure(name: str, act: Callable[[], object]) -> None:
    """One line: the best of some calls, how many statements one sends, and how many of them read all entries."""
    from django.db import connection

    sent: list[tuple[str, Any]] = []

    def noted(execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Any) -> Any:
        sent.append((sql, values))
        return execute(sql, values, many, context)

    act()  # what a process reads once is not counted
    with connection.execute_wrapper(noted):
        act()
    times, work = [], []
    for _ in range(CALLS):
        started, worked = time.perf_counter(), time.process_time()
        act()
        times.append((time.perf_counter() - started) * 1000)
        work.append((time.process_time() - worked) * 1000)
    scans = sum(_scans(sql, values) for sql, values in sent)
    told = f"best {min(times):.1f} ms, {min(work):.1f} of work"
    line(name, told, f"200 ms; {len(sent)} queries, {scans} over all entries")


def _scans(sql: str, values: Any) -> bool:
    """Whether the database reads every entry for it."""
    from django.db import connection

    if not sql.startswith("SELECT") or "hours_timeentry" not in sql:
        return False
    explain, mark = ("EXPLAIN", "Seq Scan on hours_timeentry")
    if connection.vendor == "sqlite":
        explain, mark = ("EXPLAIN QUERY PLAN", "SCAN hours_timeentry")
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {sql}", values)
        return any(mark in str(row) for row in cursor.fetchall())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headway.config.settings.prod")
    django.setup()
    main(int(sys.argv[1]) if sys.argv[1:] else ROWS)
