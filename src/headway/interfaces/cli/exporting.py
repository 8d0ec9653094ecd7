"""Runs `headway export`: the plan of a project, dated, in the format that the file's name asks for."""

from __future__ import annotations

import argparse

from headway.interfaces.cli.acting import context, database_faults
from headway.interfaces.cli.files_out import target_of, write_whole
from headway.interfaces.cli.output import DONE, Output
from headway.journeys.plan_file import PlanFormat, plan_file
from headway.kernel.errors import FieldError, Invalid


def run(given: argparse.Namespace, out: Output) -> int:
    """Write the file, and say what its format cannot carry."""
    target = target_of(given.output)
    suffix = target.suffix.lstrip(".").lower()
    if suffix not in {form.value for form in PlanFormat}:
        known = ", ".join(f".{form.value}" for form in PlanFormat)
        raise Invalid(
            f"Plans are written as {known}, not as '{target.suffix}'.", fields=[FieldError("output", f"one of {known}")]
        )
    with database_faults():
        made = plan_file(context(given), project=given.project, form=PlanFormat(suffix))
    write_whole(target, made.file.content)
    lost = [row for row in made.fidelity if row.status != "kept"]
    document = {"file": str(target), "tasks": made.tasks, "fidelity": [row.as_json() for row in made.fidelity]}
    lines = [f"Wrote {target}: {made.tasks:,} tasks."]
    lines += [f"  {row.status}: {row.entity} {row.field} ({row.count})" for row in lost]
    out.answer(document, lines)
    return DONE
