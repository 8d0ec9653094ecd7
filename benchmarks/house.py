"""What the benchmarks share: a house with one project and a token, in the installation's own process."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import django

ROOT = Path(__file__).parents[1]
PROJECTS, ISSUES = 60, 60
EMAIL = "bench@example.org"
PASSWORD = "correct horse battery staple"  # noqa: S105 - of a throw-away installation


def line(what: str, found: str, goal: str = "") -> None:
    """One figure, with its goal beside it."""
    print(f"  {what:<54}{found:>24}   {f'goal {goal}' if goal else ''}".rstrip(), flush=True)


def load() -> str:
    """The machine's load now, for figures mean little without it."""
    one, five, _ = os.getloadavg()
    return f"load {one:.1f} (5 min {five:.1f}) on {os.cpu_count()} cores"


def seed() -> dict[str, object]:
    """An organisation, a manager with a token, 60 projects, and 60 issues on the first one."""
    from headway.areas.people import commands as people
    from headway.areas.people.queries import actor_of, user_by_email
    from headway.areas.projects import commands as projects
    from headway.kernel.context import Channel, Context, clock, system_context

    people.set_up(system_context("set up"), organisation="Bench", name="Ben Ch", email=EMAIL, password=PASSWORD)
    user = user_by_email(EMAIL)
    actor = actor_of(user) if user is not None else None
    if actor is None:
        raise RuntimeError("the set-up made no user")
    ctx = Context(actor=actor, now=clock(), channel=Channel.CLI)
    token = people.make_token(ctx, name="bench", scopes=("read", "write")).token
    first = projects.create(ctx, key="B-0", name="Bench project").id
    for number in range(1, PROJECTS):
        projects.create(ctx, key=f"B-{number}", name=f"Project {number}")
    issue = 0
    for number in range(ISSUES):
        issue = projects.add_issue(ctx, project=first, title=f"Issue {number}").id
    return {"project": first, "token": token, "user": user, "issue": issue}


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(seed()))
