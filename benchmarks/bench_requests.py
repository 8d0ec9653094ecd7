"""Requests a second and p95 of a read, a list and a write, through the API of a real server.

The load comes from a process of its own on the same machine, so both share its cores.
"""

from __future__ import annotations

import json
import subprocess
import sys

from tests.reliability.harness import Installation

from benchmarks.house import ROOT, line

SECONDS = 3
# name, method, path, goal with 8 clients in requests a second
ACTS = (
    ("read of one", "GET", "/api/v1/projects/{project}", 1500),
    ("list of 50", "GET", "/api/v1/projects?limit=50", 600),
    ("write", "POST", "/api/v1/projects/{project}/issues", 600),
)
ON_POSTGRES = 0.6  # of the goals


def main(installation: Installation, about: dict[str, str], *, postgres: bool) -> None:
    """Print a line for each act, with one client and with eight."""
    for name, method, path, goal in ACTS:
        for clients in (1, 8):
            done = subprocess.run(
                [
                    *(sys.executable, "-m", "benchmarks.load", str(installation.port), about["token"], method),
                    *(path.format(**about), str(clients), str(SECONDS)),
                ],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            )
            found = json.loads(done.stdout)
            wrong = f", {found['wrong']:.0f} refused" if found["wrong"] else ""
            wanted = goal * (ON_POSTGRES if postgres else 1)
            line(
                f"{name}, {clients} client{'s' if clients > 1 else ''}",
                f"{found['rate']:.0f}/s, p95 {found['p95']:.1f} ms{wrong}",
                f"{wanted:.0f}/s with 8" if clients == 8 else "",
            )
