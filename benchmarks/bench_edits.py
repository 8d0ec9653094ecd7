"""Edits of a large plan: the effect of one edit, tried and saved, and a paste of a thousand rows.

Run in an installation's own process: `python -m benchmarks.bench_edits`. What the browser adds is in `bench_gantt`.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import django

from benchmarks.house import line, seed

TASKS, PASTED, TIMES = 10_000, 1_000, 5


def main() -> None:
    """A house with a plan of 10,000 rows, edited near its beginning, where much of it moves along."""
    django.setup()
    from benchmarks.plans import store_plan
    from headway.areas.people.queries import actor_of
    from headway.areas.schedule import queries
    from headway.areas.schedule.acts import Act, PlanChange
    from headway.areas.schedule.changing import change_plan
    from headway.kernel.context import Channel, Context, clock

    actor = actor_of(int(str(seed()["user"])))
    if actor is None:
        raise RuntimeError("there is no user")
    ctx = Context(actor=actor, now=clock(), channel=Channel.WEB)
    store_plan(ctx, "BIG", "Network rollout", TASKS)
    rows = queries.tasks(ctx.but(), project="BIG", limit=200).items
    ahead = (row for row in rows if not row.summary and not row.milestone and row.actual_start is None)
    task, last = next(ahead).uid, TASKS

    def edit(days: int, *, tried: bool) -> None:
        change = PlanChange(Act.SET, task, field="duration", value=f"{days}d")
        change_plan(ctx.but(dry_run=tried), project="BIG", changes=(change,))

    def paste(number: int, *, tried: bool) -> None:
        made: list[PlanChange] = []
        for place in range(1, PASTED + 1):
            made.append(PlanChange(Act.ADD, new=-place, after=-(place - 1) if place > 1 else last))
            made.append(PlanChange(Act.SET, -place, field="name", value=f"Pasted {number}.{place}"))
            made.append(PlanChange(Act.SET, -place, field="duration", value=f"{1 + place % 5}d"))
        change_plan(ctx.but(dry_run=tried), project="BIG", changes=tuple(made))

    edit(3, tried=True)
    _told("effect of an edit, tried", [_spent(lambda n=n: edit(4 + n, tried=True)) for n in range(TIMES)], "150 ms")
    _told("effect of an edit, saved", [_spent(lambda n=n: edit(4 + n, tried=False)) for n in range(TIMES)], "150 ms")
    _told(f"paste of {PASTED:,} rows, tried", [_spent(lambda: paste(0, tried=True))], "3,000 ms")
    _told(f"paste of {PASTED:,} rows, saved", [_spent(lambda: paste(1, tried=False))], "3,000 ms")


def _spent(act: Callable[[], None]) -> tuple[float, float]:
    """Milliseconds by the clock and of the processor."""
    begun, used = time.perf_counter(), time.process_time()
    act()
    return (time.perf_counter() - begun) * 1000, (time.process_time() - used) * 1000


def _told(what: str, times: list[tuple[float, float]], goal: str) -> None:
    clock, used = statistics.median(one for one, _ in times), min(two for _, two in times)
    line(f"{what}, of {TASKS:,} rows", f"{clock:.0f} ms ({used:.0f} ms of processor)", goal)


if __name__ == "__main__":
    main()
