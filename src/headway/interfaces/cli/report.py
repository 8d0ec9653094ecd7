"""`headway report KIND --project KEY --format F -o FILE` and `headway report list`.

Not here: running it (`reporting.py`), which loads Django.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from headway.interfaces.cli.generated import add_common
from headway.interfaces.cli.lazily import with_django
from headway.interfaces.cli.output import Output

FORMATS = ("docx", "pptx", "xlsx", "pdf", "html", "md", "json")


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.allow_abbrev = False
    parser.add_argument("kind", metavar="KIND", help="a kind that 'headway report list' names, or 'list'")
    parser.add_argument("--project", metavar="KEY")
    parser.add_argument("--format", choices=FORMATS, help="default: what the name of FILE ends with")
    parser.add_argument("--as-of", type=_day, metavar="YYYY-MM-DD", help="the data date (default: today)")
    parser.add_argument("--client-copy", action="store_true", help="for the client: bill values only")
    parser.add_argument("--snapshot", type=int, metavar="N", help="reuse this snapshot; else one is made")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE")
    add_common(parser, writes=False, own=set())
    parser.set_defaults(run=_run)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no date; give YYYY-MM-DD") from None


def _run(given: argparse.Namespace, out: Output) -> int:
    with out.progress("Writing the report"):
        status: int = with_django("headway.interfaces.cli.reporting").run(given, out)
    return status
