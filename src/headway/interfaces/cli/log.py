"""`headway log "2h Acme design review yesterday"` and `headway log --calendar week.ics`.

Not here: running it (`logging_hours`), which loads Django.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from headway.interfaces.cli.generated import add_common
from headway.interfaces.cli.lazily import with_django
from headway.interfaces.cli.output import Output


def add_to(parser: argparse.ArgumentParser) -> None:
    """A line of words, or a calendar file."""
    parser.description = (
        "Log hours by one line of words: how long (2h, 1:30, 45m, 9-11:30), project, task or note, day, non-billable. "
        "What is unclear is asked, and nothing is saved until the line says it."
    )
    parser.add_argument("words", nargs="*", metavar="LINE", help="such as: 2h Acme design review yesterday")
    parser.add_argument("--project", metavar="KEY", help="the project, where the line does not name it")
    parser.add_argument(
        "--calendar",
        type=Path,
        metavar="FILE",
        help="propose the meetings of this calendar file (.ics) instead",
    )
    add_common(parser, writes=True, own=set())
    parser.set_defaults(run=_run)


def _run(given: argparse.Namespace, out: Output) -> int:
    status: int = with_django("headway.interfaces.cli.logging_hours").run(given, out)
    return status
