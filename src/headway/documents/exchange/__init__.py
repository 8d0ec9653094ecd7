"""Plan files in and out: foreign formats to our Plan and back, each with a fidelity report.

`read_plan` parses outside bytes in a limited child process; `write_plan` writes what we made.
Every report names what was kept, changed or dropped. Not here: the hours files' import
(`headway.documents.exchange.hours`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from headway.documents.child import LOCAL_LIMITS, READ_LIMITS, ChildResult, Limits, Refused, run
from headway.documents.exchange.fidelity import (
    LOCAL_PLAN,
    UPLOAD_PLAN,
    FidelityRow,
    PlanFile,
    PlanLimits,
    Question,
)
from headway.documents.exchange.msproject_writer import write_mspdi
from headway.documents.exchange.plan_json import plan_as_json, plan_from_json, write_plan_json
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
    "plan_as_json",
    "plan_from_json",
    "read_plan",
    "write_plan",
]

READ_SUFFIXES = (".mpp", ".mpt", ".mpx", ".xml", ".xer", ".pod", ".gan", ".planner", ".xlsx", ".csv", ".json")
WRITE_SUFFIXES = (".xml", ".xlsx", ".csv", ".json")
_JAVA_SUFFIXES = frozenset({".mpp", ".mpt", ".mpx", ".xml", ".pod", ".gan", ".planner"})
_ENTRY = "headway.documents.exchange.reading:read"
_READ_HEAP_MB, _LOCAL_HEAP_MB = 256, 1024


def read_plan(
    path: Path,
    *,
    declared: str | None = None,
    limits: PlanLimits = UPLOAD_PLAN,
    mapping: dict[str, Any] | None = None,
    encoding: str | None = None,
) -> PlanFile:
    """The plan in a file, what became of every field, and what the file leaves open.

    declared  the file's own name or suffix, when `path` is a stored copy; else the path's suffix counts.
    limits    UPLOAD_PLAN (10 s, 512 MB) or, for a file of the person at the keyboard, LOCAL_PLAN (60 s).
    mapping   which column is which field (.xlsx, .csv); encoding answers the question of .xer.
    Raises Refused for a file that is not what it says, ChildError when a limit is reached.
    """
    name = path.name if declared is None else declared
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if suffix not in READ_SUFFIXES:
        raise Refused(
            f"'{suffix or name}' is not a plan format. Known are {', '.join(READ_SUFFIXES)}.", {"file": path.name}
        )
    if not path.exists():
        raise Refused("The file does not exist.", {"file": path.name})
    given = f"{path.stem}{suffix}"
    payload = {
        "name": given,
        "format": suffix,
        "tasks": limits.tasks,
        "links": limits.links,
        "megabytes": limits.megabytes,
        "heap_mb": _LOCAL_HEAP_MB if limits == LOCAL_PLAN else _READ_HEAP_MB,
        "mapping": mapping,
        "encoding": encoding,
    }
    return _plan_file(run(_ENTRY, payload, inputs={given: path}, limits=_child_limits(suffix, limits)), given)


def write_plan(plan: Plan, path: Path) -> list[FidelityRow]:
    """Write the plan in the format of the path's suffix; return what the format cannot carry and what it can.

    Raises Refused for any other suffix than WRITE_SUFFIXES.
    """
    suffix = path.suffix.lower()
    if suffix == ".xml":
        return write_mspdi(plan, path)
    if suffix == ".json":
        return write_plan_json(plan, path)
    raise Refused(f"Plans are written as {', '.join(WRITE_SUFFIXES)}, not as '{suffix}'.", {"file": path.name})


def _child_limits(suffix: str, limits: PlanLimits) -> Limits:
    child = LOCAL_LIMITS if limits == LOCAL_PLAN else READ_LIMITS
    return replace(child, watch_resident=True) if suffix in _JAVA_SUFFIXES else child


def _plan_file(result: ChildResult, name: str) -> PlanFile:
    value = result.value
    return PlanFile(
        plan=plan_from_json(value["plan"], file=name),
        fidelity=tuple(FidelityRow.from_json(row) for row in value["fidelity"]),
        questions=tuple(
            Question(entry["field"], entry["message"], tuple(entry["choices"]), entry["assumed"])
            for entry in value["questions"]
        ),
    )
