"""`headway import plan|hours|invoices FILE` and `headway import undo BATCH`.

All of a file is taken, or nothing: an open question or an error ends with status 2 and everything as it was.
Not here: running it (`importing.py`), which loads Django.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from headway.interfaces.cli.generated import add_common
from headway.interfaces.cli.lazily import with_django
from headway.interfaces.cli.output import Output

_KINDS = {
    "plan": "a plan: MPP, MPX, MSPDI, XER, PMXML, ProjectLibre, GanttProject, Planner, XLSX, CSV, JSON",
    "hours": "hours: the exports of time-tracking programs, or any table with columns named by --mapping",
    "invoices": "invoices: a list of your accounting, CSV or XLSX, with columns named as usual or by --mapping",
}


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the kinds of file, and undo."""
    kinds = parser.add_subparsers(metavar="KIND", required=True, parser_class=type(parser))
    for name, about in _KINDS.items():
        command = kinds.add_parser(name, help=about, description=f"Import {about}.", allow_abbrev=False)
        command.add_argument("file", type=Path, metavar="FILE")
        command.add_argument("--project", required=True, metavar="KEY", help="the project to take it into")
        command.add_argument("--create", action="store_true", help="make the project when its key is unknown")
        command.add_argument(
            "--mapping", metavar="M", help="a JSON file (or JSON) that names columns, people, projects"
        )
        command.add_argument(
            "--set",
            dest="answers",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="answer a question, as date_order=dmy; may be given more than once",
        )
        add_common(command, writes=True, own=set())
        command.set_defaults(run=_bring, kind=name)
    undo = kinds.add_parser("undo", help="take back a whole import", description="Take back a whole import.")
    undo.add_argument("batch", metavar="BATCH", help="the import's number")
    add_common(undo, writes=True, own=set())
    undo.set_defaults(run=_undo)


def _bring(given: argparse.Namespace, out: Output) -> int:
    with out.progress("Importing"):
        status: int = with_django("headway.interfaces.cli.importing").bring(given, out)
    return status


def _undo(given: argparse.Namespace, out: Output) -> int:
    status: int = with_django("headway.interfaces.cli.importing").undo(given, out)
    return status
