"""Times the schedule engine on made-up plans: python benchmarks/bench_schedule.py [tasks ...].

A plan of n tasks has 1.5 n links (finish to start, one in ten with a lag), a summary over every
ten tasks and five calendars in turn. Prints the seconds of the first and the best of three calls.
"""

from __future__ import annotations

import random
import sys
import time as clock
from dataclasses import replace
from datetime import datetime, time

from headway.engine.calendars import standard_calendar
from headway.engine.cpm import schedule
from headway.engine.plan import Calendar, Duration, Lag, Link, Plan, ProjectSettings, Shift, Task
from headway.engine.units import WorkTime


def made_up_plan(tasks: int, *, calendars: int = 5, seed: int = 7) -> Plan:
    """A plan of so many leaf tasks; the same for the same numbers."""
    draw = random.Random(seed)
    weeks = [standard_calendar(uid=1)]
    for uid in range(2, calendars + 1):
        shift = (Shift(time(5 + uid), time(11 + uid)),)
        weeks.append(Calendar(uid, f"Calendar {uid}", (shift,) * 6 + ((),)))
    rows: list[Task] = []
    for number in range(tasks):
        if number % 10 == 0:
            rows.append(Task(tasks + number // 10, len(rows) + 1, f"Phase {number // 10}", None, summary=True))
        uid = number
        duration = Duration(WorkTime(draw.randint(1, 10) * 4800))
        calendar = 1 + number % calendars
        rows.append(
            Task(uid, len(rows) + 1, f"Task {number}", duration, parent_uid=tasks + number // 10, calendar_uid=calendar)
        )
    links = []
    for number in range(1, tasks):
        for _ in range(1 + number % 2):
            lag = Lag(WorkTime(draw.randint(1, 3) * 4800)) if draw.random() < 0.1 else Lag()
            links.append(Link(draw.randint(max(0, number - 50), number - 1), number, lag=lag))
    unique = {(link.predecessor_uid, link.successor_uid): link for link in links}
    return Plan(
        ProjectSettings(start=datetime(2026, 1, 5, 8), calendar_uid=1),
        tuple(weeks),
        tuple(rows),
        tuple(unique.values()),
    )


def main() -> None:
    """Times one plan per size named on the command line."""
    for size in [int(word) for word in sys.argv[1:]] or [1_000, 10_000, 100_000]:
        plan = made_up_plan(size)
        times = []
        for _ in range(4):
            start = clock.perf_counter()
            result = schedule(replace(plan))
            times.append(clock.perf_counter() - start)
        print(
            f"{size:>8} tasks {len(plan.links):>8} links  first {times[0]:.3f} s  best {min(times[1:]):.3f} s  "
            f"finish {result.finish:%Y-%m-%d}"
        )


if __name__ == "__main__":
    main()
