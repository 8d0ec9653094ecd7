"""One person's small changes while something large goes on: `python -m benchmarks.small_writes PROJECT EMAIL`.

Writes an issue every so often until its input ends; prints JSON: how many, the longest wait and refusals.
"""

from __future__ import annotations

import json
import select
import sys
import time

import django

PAUSE_SECONDS = 0.1


def main(project: int, email: str) -> dict[str, float]:
    """Write until the input ends."""
    from headway.areas.people.queries import actor_of, user_by_email
    from headway.areas.projects import commands as projects
    from headway.kernel.context import Channel, Context, clock
    from headway.kernel.errors import Unavailable

    user = user_by_email(email)
    actor = actor_of(user) if user is not None else None
    if actor is None:
        raise RuntimeError(f"nobody signs in as {email}")
    longest, written, refused = 0.0, 0, 0
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], PAUSE_SECONDS)[0]:
        started = time.perf_counter()
        try:
            ctx = Context(actor=actor, now=clock(), channel=Channel.WEB)
            projects.add_issue(ctx, project=project, title=f"Small {written}")
            written += 1
        except Unavailable:
            refused += 1
        longest = max(longest, time.perf_counter() - started)
    return {"written": written, "longest": longest, "refused": refused}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main(int(sys.argv[1]), sys.argv[2])))
