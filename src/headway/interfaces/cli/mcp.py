"""`headway mcp`: the tools for an agent on this machine, over standard input and output."""

from __future__ import annotations

import argparse
import importlib

from headway.interfaces.cli.lazily import with_django
from headway.interfaces.cli.output import DONE, Output


def add_to(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""
    parser.set_defaults(run=_run)


def _run(_given: argparse.Namespace, _out: Output) -> int:
    acting = with_django("headway.interfaces.cli.acting")
    with acting.database_faults():
        importlib.import_module("headway.interfaces.mcp.stdio").serve()
    return DONE
