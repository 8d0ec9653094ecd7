"""`headway export --project KEY -o FILE`: a project's plan as a file for other programs.

Not here: running it (`exporting.py`), which loads Django.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from headway.interfaces.cli.generated import add_common
from headway.interfaces.cli.lazily import with_django
from headway.interfaces.cli.output import Output


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.allow_abbrev = False
    parser.add_argument("--project", metavar="KEY", required=True)
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", required=True, help=".xml (Microsoft Project), .xlsx, .csv, .json"
    )
    add_common(parser, writes=False, own=set())
    parser.set_defaults(run=_run)


def _run(given: argparse.Namespace, out: Output) -> int:
    with out.progress("Writing the plan"):
        status: int = with_django("headway.interfaces.cli.exporting").run(given, out)
    return status
