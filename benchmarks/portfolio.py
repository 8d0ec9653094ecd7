"""A large portfolio in an installation of its own: `python -m benchmarks.portfolio [PROJECTS TASKS ENTRIES]`.

Fills the installation that HEADWAY_HOME and HEADWAY_DATABASE_URL name, once; prints who can sign in as JSON. As
`headway demo large`, with the passwords and with what ties the projects (`benchmarks.across`).
"""

from __future__ import annotations

import json
import sys
import time

import django
from django.db import connection

PROJECTS, TASKS, ENTRIES = 200, 500, 500


def fill(projects: int = PROJECTS, tasks: int = TASKS, entries: int = ENTRIES) -> dict[str, object]:
    """Make it and work off the jobs that it asks for; give counts, seconds and the users by role."""
    from benchmarks.across import tie
    from headway.areas.portfolio.reactions import refresh_all
    from headway.journeys.demo import load_large
    from headway.kernel import jobs_worker
    from headway.kernel.commands import maintenance
    from headway.kernel.context import Channel, system_context

    started = time.perf_counter()
    system = system_context("bench", channel=Channel.CLI)
    made = load_large(system, count=projects, tasks=tasks, entries=entries)
    seconds = time.perf_counter() - started
    tie(system, next(user.email for user in made.users if user.role == "manager"))
    while jobs_worker.run_due():
        pass
    refresh_all({})
    if connection.vendor == "postgresql":  # which does this by itself, but a minute later
        with maintenance("benchmark"), connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return {
        "projects": made.projects,
        "tasks": made.tasks,
        "entries": made.entries,
        "people": made.people,
        "seconds": seconds,
        "users": {user.role: {"email": user.email, "password": user.password} for user in made.users},
    }


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(fill(*map(int, sys.argv[1:]))))
