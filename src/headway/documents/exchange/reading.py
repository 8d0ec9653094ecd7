"""Chooses the reader of a plan file by its declared format and checks; runs in the child process.

Not here: starting that child (`headway.documents.exchange.read_plan`).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from headway.documents.child import MEGABYTE, Refused, limit_address_space
from headway.documents.exchange import plan_json, primavera
from headway.documents.exchange.checks import check_plan
from headway.documents.exchange.faults import TableErrors
from headway.documents.exchange.fidelity import FidelityRow, PlanLimits, Question
from headway.documents.exchange.foreign import FORMATS, read_foreign
from headway.documents.exchange.msproject import read_mspdi
from headway.documents.exchange.xml_records import root_of
from headway.engine.plan import Plan

Parts = tuple[Plan, list[FidelityRow], list[Question]]

SUFFIXES: Mapping[str, str] = {
    ".mpp": "mpp",
    ".mpt": "mpp",
    ".mpx": "mpx",
    ".xml": "xml",
    ".xer": "xer",
    ".pod": "pod",
    ".gan": "gan",
    ".planner": "planner",
    ".json": "json",
    ".xlsx": "table",
    ".csv": "table",
}
_TABLE_READER = "headway.documents.exchange.plan_table"  # loads the spreadsheet libraries: only when needed


def read(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The child's entry: reads the file `payload["name"]` in `folder`.

    payload  name, format (a suffix), tasks, links, megabytes, memory_mb, heap_mb, mapping (tables), answers.
    Returns plan (compact JSON), fidelity and questions; for a faulty table its errors.
    """
    path = folder / payload["name"]
    limits = PlanLimits(payload["tasks"], payload["links"], payload["megabytes"])
    size = path.stat().st_size
    if size > limits.megabytes * MEGABYTE:
        raise Refused(
            f"The file has {size / MEGABYTE:.0f} MB, more than the limit of {limits.megabytes} MB.", {"file": path.name}
        )
    if size == 0:
        raise Refused("The file is empty.", {"file": path.name})
    try:
        plan, rows, questions = _parts(path, folder, payload, limits)
    except TableErrors as faults:
        return {"errors": [fault.as_json() for fault in faults.errors]}
    check_plan(plan, limits, file=path.name)
    return {
        "plan": plan_json.plan_as_json(plan, compact=True),
        "fidelity": [row.as_json() for row in rows],
        "questions": [question.as_json() for question in questions],
    }


def _parts(path: Path, folder: Path, payload: dict[str, Any], limits: PlanLimits) -> Parts:
    form = SUFFIXES.get(payload["format"], "")
    if form == "xml":
        form = _xml_format(path)
    own: dict[str, Callable[[], tuple[Plan, list[FidelityRow]]]] = {
        "mspdi": lambda: read_mspdi(path, limits=limits),
        "json": lambda: plan_json.read_plan_json(path),
    }
    if form in own:
        limit_address_space(payload["memory_mb"])
        return (*own[form](), [])
    if form == "xer":
        return primavera.read_xer(path, limits=limits, encoding=payload["answers"].get("encoding"))
    if form == "table":
        table = importlib.import_module(_TABLE_READER)
        found = table.read_table(path, mapping=payload["mapping"], answers=payload["answers"], limits=limits)
        return found.plan, list(found.fidelity), list(found.questions)
    if form in FORMATS:
        return (*read_foreign(path, form, folder, limits=limits, heap_mb=payload["heap_mb"]), [])
    raise Refused(f"'{form}' is not a plan format.", {"file": path.name})


def _xml_format(path: Path) -> str:
    root, _ = root_of(path)
    if root in FORMATS["pmxml"].xml_roots:
        return "pmxml"
    if root == "Project":
        return "mspdi"
    raise Refused(
        f"The XML file starts with <{root}>, which is neither Microsoft Project's <Project> nor Primavera's "
        "<APIBusinessObjects>. Export the plan as XML from the planning program.",
        {"file": path.name},
    )
