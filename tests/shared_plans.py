"""The shared plan files, each read once a process: starting Java for one costs a second of processor time."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from headway.documents.exchange import PlanFile, read_plan


@cache
def plan_file(path: Path) -> PlanFile:
    """What reading the file gives; immutable, so that every test may share it."""
    return read_plan(path)
