"""`headway demo`: records to look around in, or to measure with, in an empty workspace."""

from __future__ import annotations

import argparse

from headway.interfaces.cli.lazily import with_django
from headway.interfaces.cli.output import Output

_LOADING = "headway.interfaces.cli.demo_loading"


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add `load` and `large`."""
    verbs = parser.add_subparsers(metavar="VERB", required=True, parser_class=type(parser))
    load = verbs.add_parser("load", help="load the demo's three projects; only into an empty workspace")
    load.set_defaults(run=_load)
    large = verbs.add_parser("large", help="make a large portfolio to measure with; only in an empty workspace")
    large.add_argument("--projects", type=int, default=200, metavar="N", help="how many projects (200)")
    large.add_argument("--tasks", type=int, default=500, metavar="N", help="tasks of each plan (500)")
    large.add_argument("--entries", type=int, default=500, metavar="N", help="time entries of each, at most (500)")
    large.add_argument("--seed", type=int, default=1, metavar="N", help="another seed gives other records (1)")
    large.set_defaults(run=_large)


def _load(given: argparse.Namespace, out: Output) -> int:
    with out.progress("Loading the demo"):
        status: int = with_django(_LOADING).load(given, out)
    return status


def _large(given: argparse.Namespace, out: Output) -> int:
    with out.progress(f"Making {given.projects:,} projects of {given.tasks:,} tasks"):
        status: int = with_django(_LOADING).large(given, out)
    return status
