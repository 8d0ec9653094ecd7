"""Runs `headway projects create --calendar C`."""

from __future__ import annotations

import argparse

from headway.interfaces.cli.acting import context, database_faults
from headway.interfaces.cli.calling import in_words, inputs_of
from headway.interfaces.cli.output import DONE, Output
from headway.journeys.begin_project import begin


def begin_project(given: argparse.Namespace, out: Output) -> int:
    """Make a project with a plan on a calendar."""
    with database_faults():
        inputs = {**inputs_of(given, given.verb["options"]), "calendar": given.calendar}
        result = begin.call_json(context(given), inputs)
    out.answer(result, in_words(result))
    return DONE
