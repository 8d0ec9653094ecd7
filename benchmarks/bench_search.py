"""Search over 50,000 records: building the index, one more record, and hits for those who see all, some and nothing.

python -m benchmarks.bench_search     (in an installation's environment; `python -m benchmarks` provides one)
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import django

from benchmarks.house import PASSWORD, line, seed

RECORDS = 50_000
CALLS = 25
SEED = 20_260_302
_WORDS = (
    "design build test review deploy migrate portal supplier contract interface data quality training user account "
    "order entry promotion referral catalogue price campaign report approval milestone holiday vendor network "
    "security backup printer invoice budget change request workshop stakeholder scope plan risk issue decision"
)
# What is typed, from one that hits nearly everything to one that hits a single record.
_TYPED = ("de", "design", "design review supplier", "ISS-20011", "tract", "zanzibar")


def main() -> None:
    """Print build time, one insert, and p50 and p95 of each question on this database."""
    from headway.areas.people import commands as people
    from headway.areas.people.queries import actor_of, user_by_email
    from headway.areas.people.types import Role
    from headway.areas.projects import commands as projects
    from headway.journeys.finding import find
    from headway.kernel.context import Channel, Context, clock

    def context(email: str) -> Context:
        actor = actor_of(user_by_email(email) or 0)
        if actor is None:
            raise RuntimeError(f"{email} is not there")
        return Context(actor=actor, now=clock(), channel=Channel.API)

    about = seed()
    admin = context("bench@example.org")
    for email, role in (("some@example.org", Role.MANAGER), ("none@example.org", Role.CLIENT)):
        people.add_user(admin, name=email, email=email, role=role, password=PASSWORD)
    for number in range(10):
        projects.create(context("some@example.org"), key=f"S-{number}", name=f"Project {number}")
    build = _fill(admin)
    line(f"build of {RECORDS:,} records", f"{build:.1f} s")
    added = [
        _timed(lambda: projects.add_issue(admin, project=about["project"], title="Portal design is late"))
        for _ in range(CALLS)
    ]
    line("a new issue, with its entry", f"{statistics.median(added):.1f} ms")
    for who, email in (("all", "bench"), ("some", "some"), ("nothing", "none")):
        worst = 0.0
        for typed in _TYPED:
            ctx = context(f"{email}@example.org")
            times = sorted(_timed(lambda c=ctx, t=typed: find(c.but(), text=t)) for _ in range(CALLS))  # type: ignore[misc]
            p95 = times[int(len(times) * 0.95)]
            worst = max(worst, p95)
            line(f"'{typed}', sees {who}", f"p50 {statistics.median(times):.1f}  p95 {p95:.1f} ms")
        line(f"worst p95, sees {who}", f"{worst:.1f} ms", "< 100 ms")


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def _fill(ctx: Any) -> float:
    """Issues over all projects, as rows; gives the seconds that the index takes to hold them."""
    from django.apps import apps
    from django.db import connection, transaction

    from headway.kernel import search
    from headway.kernel.commands import maintenance

    issues = apps.get_model("projects.Issue")
    projects = list(apps.get_model("projects.Project").visible_to(ctx).values_list("pk", flat=True))
    with maintenance("benchmark"), transaction.atomic():
        rows = [
            issues(project_id=projects[number % len(projects)], created_at=ctx.now, **values)
            for number, values in enumerate(_records())
        ]
        issues.unscoped(reason="benchmark").bulk_create(rows, batch_size=1000)
    started = time.perf_counter()
    search.mend()
    seconds = time.perf_counter() - started
    if connection.vendor == "postgresql":
        with maintenance("benchmark"), connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return seconds


def _records() -> Iterator[dict[str, Any]]:
    chance = random.Random(SEED)
    words = _WORDS.split()
    for number in range(RECORDS):
        title = " ".join(chance.choices(words, k=6)).capitalize()
        body = " ".join(chance.choices(words, k=40))
        yield {"number": 10_000 + number, "title": title, "description": body}


if __name__ == "__main__":
    django.setup()
    main()
