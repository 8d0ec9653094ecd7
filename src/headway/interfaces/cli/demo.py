"""`headway demo load`: one small project in an empty workspace, to look around in."""

from __future__ import annotations

import argparse

from headway.interfaces.cli.lazily import with_django
from headway.interfaces.cli.output import Output


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add `load`."""
    verbs = parser.add_subparsers(metavar="VERB", required=True, parser_class=type(parser))
    load = verbs.add_parser("load", help="load the demo project; only into an empty workspace")
    load.set_defaults(run=_run)


def _run(given: argparse.Namespace, out: Output) -> int:
    with out.progress("Loading the demo"):
        status: int = with_django("headway.interfaces.cli.demo_loading").run(given, out)
    return status
