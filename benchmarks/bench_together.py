"""Eight clients editing one plan: acknowledged edits, refused ones, lost ones. `python -m benchmarks.bench_together`.

Each client types into one of few rows, says which version of the plan it has seen, and begins again as soon as it is
answered. A refusal shows what stands there now; the client goes on from it. Afterwards each row must hold what the
newest acknowledged edit of it said, and the undo list must hold every acknowledged edit: what differs is lost.
"""

from __future__ import annotations

import http.client
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django
from tests.reliability.harness import Installation

from benchmarks.house import PASSWORD, ROOT, line, load, seed

CLIENTS, SECONDS, ROWS, TASKS = 8, 60, 24, 500
_PATIENCE = 60
_CHANGES = "/api/v1/projects/TOGETHER/plan/changes"


@dataclass
class Heard:
    """What the clients were told: version, row and name of what was taken; refusals; anything else."""

    taken: list[tuple[int, int, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    stale: int = 0
    unshown: int = 0
    other: Counter[int] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


def prepare() -> None:
    """A house with a token and a plan; run in the installation's own process. Prints what the clients need.

    Each client is a person of its own: nobody's own edits are stale to themselves.
    """
    django.setup()
    from benchmarks.plans import store_plan
    from headway.areas.people import commands as people
    from headway.areas.people.queries import actor_of, user_by_email
    from headway.areas.people.types import Role
    from headway.areas.schedule import queries
    from headway.kernel.context import Channel, Context, clock

    def acting(user: int) -> Context:
        actor = actor_of(user)
        if actor is None:
            raise RuntimeError("there is no such user")
        return Context(actor=actor, now=clock(), channel=Channel.CLI)

    ctx = acting(int(str(seed()["user"])))
    store_plan(ctx, "TOGETHER", "Edited by eight", TASKS)
    tokens = []
    for number in range(CLIENTS):
        email = f"client{number}@example.org"
        people.add_user(ctx.but(), name=f"Client {number}", email=email, role=Role.ADMINISTRATOR, password=PASSWORD)
        own = acting(user_by_email(email) or 0)
        tokens.append(people.make_token(own, name="bench", scopes=("read", "write")).token)
    rows = [row for row in queries.tasks(ctx.but(), project="TOGETHER", limit=100).items if not row.summary][:ROWS]
    version = queries.summary(ctx.but(), project="TOGETHER").version
    sys.stdout.write(json.dumps({"tokens": tokens, "rows": [row.uid for row in rows], "version": version}))


def main(seconds: float) -> int:
    """Print the figures; 0 when nothing is lost and every refusal showed what stands."""
    with tempfile.TemporaryDirectory(prefix="headway-bench-") as folder:
        one = Installation(Path(folder) / "home", settings="headway.config.settings.prod")
        one.environment |= {"HEADWAY_TOKEN_READS": "0", "HEADWAY_TOKEN_WRITES": "0"}
        one.operate("init")
        command = [sys.executable, "-c", "from benchmarks.bench_together import prepare; prepare()"]
        made = subprocess.run(command, cwd=ROOT, env=one.environment, stdout=subprocess.PIPE, text=True, check=True)
        about = json.loads(made.stdout.splitlines()[-1])
        one.start("--workers", "2")
        try:
            heard = _edit(one.port, about, seconds)
            return _judge(one.port, about, heard, seconds)
        finally:
            one.stop()


def _edit(port: int, about: dict[str, Any], seconds: float) -> Heard:
    heard, end = Heard(), time.monotonic() + seconds
    threads = [threading.Thread(target=_client, args=(port, about, number, end, heard)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return heard


def _client(port: int, about: dict[str, Any], number: int, end: float, heard: Heard) -> None:
    draw, turn, seen = random.Random(number), 0, about["version"]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    while time.monotonic() < end:
        uid, name = draw.choice(about["rows"]), f"by client {number} in turn {turn}"
        turn += 1
        change = {"act": "set", "task": uid, "field": "name", "value": name}
        begun = time.monotonic()
        status, said = _ask(connection, about["tokens"][number], "POST", _CHANGES, {"changes": [change], "seen": seen})
        with heard.lock:
            heard.times.append(time.monotonic() - begun)
            if status == 200:
                seen = said["version"]
                heard.taken.append((seen, uid, name))
            elif "stale" in said:
                heard.stale += 1
                heard.unshown += not said["stale"][0]["theirs"]
                seen = said["current_version"]
            else:
                heard.other[status] += 1


def _ask(
    connection: http.client.HTTPConnection, token: str, method: str, path: str, body: dict[str, Any] | None = None
) -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request(method, path, body=json.dumps(body) if body is not None else None, headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    return answer.status, json.loads(content) if content else {}


def _judge(port: int, about: dict[str, Any], heard: Heard, seconds: float) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    names: dict[int, str] = {}
    for row in _all(connection, about["tokens"][0], "/api/v1/projects/TOGETHER/tasks"):
        names[row["uid"]] = row["name"]
    newest = {uid: name for _, uid, name in sorted(heard.taken)}
    entries = {row["version"] for row in _all(connection, about["tokens"][0], _CHANGES)}
    overwritten = sum(names[uid] != name for uid, name in newest.items())
    missing = sum(version not in entries for version, _, _ in heard.taken)
    ordered = sorted(heard.times)
    p95 = ordered[int(len(ordered) * 0.95)] * 1000 if ordered else 0
    line(f"{CLIENTS} clients, one plan of {TASKS} rows, {seconds:.0f} s", f"{len(ordered)} edits", "")
    line("acknowledged", f"{len(heard.taken)}, p95 {p95:.0f} ms", "")
    line("refused as stale, with what stands there", f"{heard.stale - heard.unshown} of {heard.stale}", "all")
    line("acknowledged and lost", str(overwritten + missing), "0")
    busy = heard.other.pop(503, 0)
    line("not taken: too busy, asked to try again", str(busy), "")
    line("answered otherwise", str(dict(heard.other) or 0), "0")
    return 0 if not (overwritten or missing or heard.unshown or heard.other) and heard.taken else 1


def _all(connection: http.client.HTTPConnection, token: str, path: str) -> list[dict[str, Any]]:
    """Every item of a list, page by page."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        _, said = _ask(connection, token, "GET", f"{path}?limit=200{f'&cursor={cursor}' if cursor else ''}")
        found += said["items"]
        cursor = said.get("next") or ""
        if not cursor:
            return found


if __name__ == "__main__":
    print(f"Editing together, {load()}", flush=True)
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))
