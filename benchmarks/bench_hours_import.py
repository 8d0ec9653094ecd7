"""Time and peak memory of reading an hours export: `python benchmarks/bench_hours_import.py [ROWS ...]`.

Each size runs in the same limited child process as an upload, with the file made beforehand.
"""

from __future__ import annotations

import csv
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from headway.documents.exchange.hours import read_staged, read_upload
from headway.documents.exchange.hours.sources import SOURCES

HEADER = [
    "Project",
    "Client",
    "Description",
    "Task",
    "User",
    "Group",
    "Email",
    "Tags",
    "Billable",
    "Start Date",
    "Start Time",
    "End Date",
    "End Time",
    "Duration (h)",
    "Duration (decimal)",
    "Billable Rate (USD)",
    "Billable Amount (USD)",
]


def write_sample(path: Path, rows: int) -> None:
    """A Clockify export of that many entries by 40 people over two years."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for n in range(rows):
            person, day, minutes = n % 40, n % 28 + 1, 15 + n % 180
            date = f"{n % 12 + 1:02}/{day:02}/{2025 + n % 2}"
            span = f"{minutes // 60:02}:{minutes % 60:02}:00"
            row = [f"Project {n % 25}", "Northwind", f"Note {n}", f"Task {n % 90}", f"Person {person}", "Studio"]
            row += [
                f"p{person}@example.com",
                "",
                "Yes",
                date,
                "09:00 AM",
                date,
                f"{9 + minutes // 60:02}:{minutes % 60:02}",
            ]
            writer.writerow([*row, span, f"{minutes / 60:.2f}", "120.00", f"{minutes * 2:.2f}"])


def main(sizes: list[int]) -> None:
    """Print one line per size."""
    print(f"load {os.getloadavg()[0]:.1f}, {len(SOURCES)} known layouts")
    with tempfile.TemporaryDirectory() as folder:
        for rows in sizes:
            path = Path(folder) / f"{rows}.csv"
            write_sample(path, rows)
            started = time.perf_counter()
            found, staged = read_upload(path)
            read = time.perf_counter() - started
            assert found.usable, [str(error) for error in found.errors[:3]]
            count = sum(1 for _ in read_staged(staged))
            unpacked = time.perf_counter() - started - read
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            assert count == found.count == rows
            size = path.stat().st_size / 2**20
            print(
                f"{rows:>9,} rows, {size:5.1f} MB: read {read:5.2f} s, unpack {unpacked:5.2f} s, child {peak:4.0f} MB"
            )


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [20_000, 100_000, 500_000])
