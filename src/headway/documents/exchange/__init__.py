"""Plan files in and out: foreign formats to our Plan and back, each with a fidelity report.

`read_plan` parses outside bytes in a limited child process; `write_plan` writes what we made.
Every report names what was kept, changed or dropped. Not here: the hours files' import
(`headway.documents.exchange.hours`).
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from headway.documents.child import LOCAL_LIMITS, READ_LIMITS, ChildResult, Limits, Refused, run
from headway.documents.exchange.faults import RowError, TableErrors
from headway.documents.exchange.fidelity import (
    LOCAL_PLAN,
    UPLOAD_PLAN,
    FidelityRow,
    PlanFile,
    PlanLimits,
    Question,
)
from headway.documents.exchange.plan_json import plan_as_json, plan_from_json
from headway.engine.plan import Plan

__all__ = [
    "LOCAL_PLAN",
    "READ_SUFFIXES",
    "UPLOAD_PLAN",
    "WRITE_SUFFIXES",
    "FidelityRow",
    "PlanFile",
    "PlanLimits",
    "Question",
    "TableErrors",
    "plan_as_json",
    "plan_from_json",
    "read_plan",
    "write_plan",
]

READ_SUFFIXES = (".mpp", ".mpt", ".mpx", ".xml", ".xer", ".pod", ".gan", ".planner", ".xlsx", ".csv", ".json")
# The writers stand behind names, because some load numpy or a spreadsheet library.
_HERE = "headway.documents.exchange"
_WRITERS = {
    ".xml": (f"{_HERE}.msproject_writer", "write_mspdi"),
    ".xlsx": (f"{_HERE}.plan_table_writing", "write_xlsx"),
    ".csv": (f"{_HERE}.plan_table_writing", "write_csv"),
    ".json": (f"{_HERE}.plan_json", "write_plan_json"),
}
WRITE_SUFFIXES = tuple(_WRITERS)
_JAVA_SUFFIXES = frozenset({".mpp", ".mpt", ".mpx", ".xml", ".pod", ".gan", ".planner"})
_ENTRY = "headway.documents.exchange.reading:read"
_READ_HEAP_MB, _LOCAL_HEAP_MB = 256, 1024


def read_plan(
    path: Path,
    *,
    declared: str | None = None,
    limits: PlanLimits = UPLOAD_PLAN,
    mapping: Mapping[str, Any] | None = None,
    answers: Mapping[str, str] | None = None,
) -> PlanFile:
    """The plan in a file, what became of every field, and what the file leaves open.

    declared  the file's own name or suffix, when `path` is a stored copy; else the path's suffix counts.
    limits    UPLOAD_PLAN (10 s, 512 MB) or, for a file of the person at the keyboard, LOCAL_PLAN (60 s).
    mapping   which column is which field (.xlsx, .csv), as `plan_table.read_table` takes it.
    answers   to a question of an earlier reading: its field -> one of its choices.
    Raises Refused for a file that is not what it says (TableErrors with every faulty row of a
    table), ChildError when a limit is reached.
    """
    name = path.name if declared is None else declared
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if suffix not in READ_SUFFIXES:
        raise Refused(
            f"'{suffix or name}' is not a plan format. Known are {', '.join(READ_SUFFIXES)}.", {"file": path.name}
        )
    if not path.exists():
        raise Refused("The file does not exist.", {"file": path.name})
    given = _plain_name(name, suffix)
    child_limits = _child_limits(suffix, limits)
    payload = {
        "name": given,
        "format": suffix,
        "tasks": limits.tasks,
        "links": limits.links,
        "megabytes": limits.megabytes,
        "memory_mb": child_limits.memory_mb,
        "heap_mb": _LOCAL_HEAP_MB if limits == LOCAL_PLAN else _READ_HEAP_MB,
        "mapping": None if mapping is None else dict(mapping),
        "answers": dict(answers or {}),
    }
    return _plan_file(run(_ENTRY, payload, inputs={given: path}, limits=child_limits), given)


def write_plan(plan: Plan, path: Path) -> list[FidelityRow]:
    """Write the plan in the format of the path's suffix; return what the format cannot carry and what it can.

    Raises Refused for any other suffix than WRITE_SUFFIXES.
    """
    suffix = path.suffix.lower()
    if suffix not in _WRITERS:
        raise Refused(f"Plans are written as {', '.join(WRITE_SUFFIXES)}, not as '{suffix}'.", {"file": path.name})
    module, name = _WRITERS[suffix]
    write: Callable[[Plan, Path], list[FidelityRow]] = getattr(importlib.import_module(module), name)
    return write(plan, path)


def _plain_name(name: str, suffix: str) -> str:
    """The file's own name as a plain one of bounded length, for the child's folder and its messages."""
    stem = re.split(r"[/\\]", name)[-1][: -len(suffix)]
    return re.sub(r"[^\w .()+-]", "_", stem)[-60:] + suffix


def _child_limits(suffix: str, limits: PlanLimits) -> Limits:
    child = LOCAL_LIMITS if limits == LOCAL_PLAN else READ_LIMITS
    return replace(child, watch_resident=True) if suffix in _JAVA_SUFFIXES else child


def _plan_file(result: ChildResult, name: str) -> PlanFile:
    value = result.value
    if value.get("errors"):
        raise TableErrors([RowError.from_json(fault) for fault in value["errors"]])
    return PlanFile(
        plan=plan_from_json(value["plan"], file=name),
        fidelity=tuple(FidelityRow.from_json(row) for row in value["fidelity"]),
        questions=tuple(
            Question(entry["field"], entry["message"], tuple(entry["choices"]), entry["assumed"])
            for entry in value["questions"]
        ),
    )
