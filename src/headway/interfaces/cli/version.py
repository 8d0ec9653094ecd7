"""`headway version`: which version this is, and of what."""

from __future__ import annotations

import argparse
import platform

import headway
from headway.interfaces.cli.output import DONE, Output


def add_to(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""
    parser.set_defaults(run=_run)


def _run(_given: argparse.Namespace, out: Output) -> int:
    values = {
        "name": "headway",
        "version": headway.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
    }
    out.answer(values, [f"headway {headway.__version__} (Python {values['python']}, {values['platform']})"])
    return DONE
