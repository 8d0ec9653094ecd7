"""The portfolio at 200 projects and 100,000 tasks: queries and milliseconds of standings, pages and one account.

`python -m benchmarks.bench_portfolio` on an installation of its own that `benchmarks.portfolio` has filled (it is
filled now where it is empty). All in this process: the server's own cost is in `bench_pages`.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import django
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.house import line, load

RUNS = 30
GOAL_MS = 100


def measure(what: str, act: Callable[[], Any], goal: str = f"p95 < {GOAL_MS} ms") -> None:
    """Median and 95th percentile of some runs, and the queries of one."""
    act()
    with CaptureQueriesContext(connection) as sent:
        act()
    taken = []
    for _ in range(RUNS):
        started = time.perf_counter()
        act()
        taken.append((time.perf_counter() - started) * 1000)
    p95 = statistics.quantiles(taken, n=20)[-1]
    line(what, f"{statistics.median(taken):.0f} ms, p95 {p95:.0f} ms, {len(sent)} q", goal)


def main() -> None:
    """Fill where needed, compute all standings, then measure what people ask for."""
    from django.conf import settings

    from benchmarks.portfolio import fill
    from headway.areas.people.queries import actor_of, first_administrator
    from headway.areas.portfolio import accounts, queries
    from headway.areas.portfolio.reactions import refresh_all
    from headway.areas.portfolio.types import Group, Sort
    from headway.journeys import levelling
    from headway.kernel import jobs_worker
    from headway.kernel.context import Channel, Context, clock
    from headway.kernel.database.write_lock import allow_writes

    if first_administrator() is None:
        made = fill()
        print(f"filled: {made['projects']} projects, {made['tasks']} tasks, {made['entries']} entries")
    actor = actor_of(first_administrator() or 0)
    assert actor is not None
    ctx = Context(actor=actor, now=clock(), channel=Channel.WEB)
    print(f"Portfolio, {load()}")
    started = time.perf_counter()
    computed = refresh_all({})["computed"]
    spent = time.perf_counter() - started
    if computed:
        line("compute a standing (job)", f"{spent / computed * 1000:.0f} ms each, {computed} in {spent:.0f} s")
    started = time.perf_counter()
    refresh_all({})
    line("look whether all are up to date (job, each minute)", f"{(time.perf_counter() - started) * 1000:.0f} ms")
    keys = sorted(row.key for row in queries.standings(ctx.but(), limit=200).items)
    started, used = time.perf_counter(), time.process_time()
    levelling.propose(ctx.but(), projects=tuple(keys[:5]))
    while jobs_worker.run_due():
        pass
    spent, used = time.perf_counter() - started, time.process_time() - used
    line("level five projects by rules (job)", f"{spent:.1f} s, {used:.1f} s of work")
    measure("standings, 50 of them", lambda: queries.standings(ctx.but()))
    measure(
        "standings by slip in groups, 50",
        lambda: queries.standings(ctx.but(), sort=Sort.SLIP, group=Group.CLIENT),
    )
    measure(
        "timeline of 40 projects", lambda: queries.timeline(ctx.but(), first=_day(ctx, 0), last=_day(ctx, 1), limit=40)
    )
    measure("accounts", lambda: accounts.accounts(ctx.but()))
    client = accounts.accounts(ctx)[0].id
    measure("one account", lambda: accounts.account(ctx.but(), organisation=client))
    browser = Client(SERVER_NAME="localhost")
    browser.get("/accounts/login/")  # loads the middleware, which notes when a session begins
    with allow_writes("sign-in"):
        from headway.areas.people.models import User

        browser.force_login(User.objects.get(pk=actor.user_id), backend=settings.AUTHENTICATION_BACKENDS[0])
    for path in ("/portfolio/", "/portfolio/?q=&group=client&sort=health", "/portfolio/timeline/", "/accounts/"):
        assert browser.get(path).status_code == 200, path
        measure(f"page {path}", lambda path=path: browser.get(path))
    measure("page of one account", lambda: browser.get(f"/accounts/{client}/"))


def _day(ctx: Any, years: int) -> Any:
    return ctx.now.date().replace(year=ctx.now.year + years, day=1)


if __name__ == "__main__":
    django.setup()
    main()
