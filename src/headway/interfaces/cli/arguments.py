"""What a word on the command line means where several commands take the same kind. Not here: the commands."""

from __future__ import annotations

import argparse
from datetime import datetime


def local_moment(text: str) -> datetime:
    """A local date or date and time of a plan; a date alone is its midnight."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is no date like 2026-03-02 or 2026-03-02T17:00") from error
    if moment.tzinfo is not None:
        raise argparse.ArgumentTypeError("plan dates are local: give no time zone")
    return moment
