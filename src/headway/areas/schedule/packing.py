"""A whole plan as one compressed text, for copies that are kept and never changed."""

from __future__ import annotations

import base64
import gzip
from dataclasses import replace

from pydantic import TypeAdapter

from headway.engine.plan import Plan

_PLAN: TypeAdapter[Plan] = TypeAdapter(Plan)


def pack(plan: Plan) -> str:
    """The plan without its baselines, which are records of their own."""
    bare = replace(plan, tasks=tuple(replace(task, baselines=()) if task.baselines else task for task in plan.tasks))
    return base64.b64encode(gzip.compress(_PLAN.dump_json(bare, exclude_defaults=True), 1, mtime=0)).decode()


def unpack(packed: str) -> Plan:
    """The plan again."""
    return _PLAN.validate_json(gzip.decompress(base64.b64decode(packed)))
