"""Times the simulation on made-up plans: python -m benchmarks.bench_simulate [tasks [runs]].

The plans are those of bench_schedule.py, once on one calendar and once on five. Prints, for each way of
calculating, the seconds of the first and the best of three further calls, end to end from the `Plan`, and the
processor's seconds of the best, which other work on the machine moves less. Goal: 10,000 runs of 1,000 tasks in 0.3 s.
"""

from __future__ import annotations

import sys
import time as clock

from benchmarks.bench_schedule import made_up_plan
from headway.engine.risk import Calculation, Spread, simulate


def main() -> None:
    """Times one plan of the size named on the command line, 1,000 tasks and 10,000 runs by default."""
    sizes = [int(word) for word in sys.argv[1:]]
    tasks, runs = (*sizes, *(1_000, 10_000)[len(sizes) :])
    for calendars in (1, 5):
        plan = made_up_plan(tasks, calendars=calendars)
        for way in (Calculation.COMPILED, Calculation.ARRAYS):
            for threads in (1, 2):
                times, busy = [], []
                for _ in range(4 if way is Calculation.COMPILED else 2):
                    start, used = clock.perf_counter(), clock.process_time()
                    found = simulate(plan, runs=runs, spread=Spread(0.8, 1.3), threads=threads, calculation=way)
                    times.append(clock.perf_counter() - start)
                    busy.append(clock.process_time() - used)
                case = f"{tasks:>7} tasks {runs:>7} runs  {calendars} calendars  {way.value:>9}  {threads} threads"
                p80 = found.percentiles[2].date
                best = f"first {times[0]:6.2f} s  best {min(times[1:]):6.3f} s  processor {min(busy[1:]):6.3f} s"
                print(f"{case}  {best}  P80 {p80:%Y-%m-%d %H:%M}")


if __name__ == "__main__":
    main()
