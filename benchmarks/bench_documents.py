"""Times the PDF and workbook writers: python benchmarks/bench_documents.py [rows of the table ...].

Prints, for a report of one table of that many rows, the seconds of the first and the best of three calls and the size
of the file; then the same for a workbook of 20,000 rows with two formulas each, and for its check.
"""

from __future__ import annotations

import sys
import time as clock
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from headway.documents import tree
from headway.documents.pdf import write_pdf
from headway.documents.tree import Column, Document, Kind, Meta, Sheet, Table, cell, row
from headway.documents.xlsx import verify_workbook, write_xlsx
from headway.engine.units import Money, WorkTime

FIRST = date(2026, 1, 5)
META = Meta("Sample project", FIRST, 1, datetime(2026, 1, 5, 17, tzinfo=UTC), "made-up entries")


def entries(count: int) -> Table:
    """A table of hours with a running sum; two formulas a row."""
    lines = []
    for number in range(count):
        hours = Decimal(number % 16 + 1) / 2
        rate = Decimal(80 + number % 5)
        lines.append(
            row(
                tree.day(FIRST + timedelta(days=number % 200)),
                f"Person {number % 12}",
                f"Task {number % 90}: what was done",
                tree.hours(WorkTime.from_hours(hours), unit=False),
                tree.money(Money(rate, "EUR"), digits=2),
                cell(tree.money(Money(hours * rate, "EUR"), digits=2), formula="{c3}{row}*{c4}{row}"),
                cell(tree.number(hours * 2), formula="{c3}{row}*2"),
            )
        )
    columns = (
        Column("Day", Kind.DATE),
        Column("Person"),
        Column("Task", width=2),
        Column("Hours", Kind.HOURS),
        Column("Rate", Kind.MONEY),
        Column("Value", Kind.MONEY),
        Column("Half hours", Kind.NUMBER),
    )
    return Table(columns, tuple(lines), caption="Hours, one row an entry")


def timed(name: str, make: Callable[[], object], calls: int = 4) -> None:
    """Prints the seconds of a first call and of the best one after it."""
    times, size = [], 0
    for _ in range(calls):
        start = clock.perf_counter()
        made = make()
        times.append(clock.perf_counter() - start)
        size = len(made) if isinstance(made, bytes) else 0
    later = f"  best {min(times[1:]):.3f} s" if times[1:] else ""
    print(f"{name:<34} first {times[0]:.3f} s{later}  {size / 1024:8.0f} KiB")


def main() -> None:
    """Times each size named on the command line, then the large workbook."""
    for count in [int(word) for word in sys.argv[1:]] or [500]:
        table = entries(count)
        report = Document("Hours", "", META, (table,))
        timed(f"PDF, table of {count} rows", lambda report=report: write_pdf(report))  # type: ignore[misc]
        book = Document("Hours", "", META, sheets=(Sheet("Hours", (table,)),))
        timed(f"XLSX, table of {count} rows", lambda book=book: write_xlsx(book))  # type: ignore[misc]
    large = Document("Hours", "", META, sheets=(Sheet("Hours", (entries(20_000),)),))
    timed("XLSX, 20000 rows, 40000 formulas", lambda: write_xlsx(large), 2)
    content = write_xlsx(large)
    timed("check of its stored values", lambda: verify_workbook(content), 2)


if __name__ == "__main__":
    main()
