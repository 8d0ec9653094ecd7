"""A list of invoices as accounting programs write it: read in a child process, row by row, with its faults.

Importing this module loads no parser. Not here: the reading itself (`invoices_reading`), what becomes of the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headway.documents import child

INVOICES = "invoices"
FIELDS = {
    "number": "Invoice number",
    "day": "Day of the invoice",
    "due": "Due day",
    "amount": "Amount",
    "currency": "Currency",
    "status": "State",
    "paid_on": "Paid on",
    "project": "Project",
    "note": "Note",
}
REQUIRED = (("number",), ("day",), ("amount",))
_ENTRY = "headway.documents.exchange.invoices_reading:read"
_LIMITS = child.Limits(seconds=60, memory_mb=1024, file_mb=400)


@dataclass(frozen=True, slots=True)
class InvoicesFile:
    """What a file says.

    rows   one mapping a row: row, number, day, due, amount, currency, status, paid_on, project, note; days as ISO,
           '' = not said.
    """

    rows: tuple[dict[str, str], ...]
    questions: tuple[dict[str, Any], ...]
    errors: tuple[dict[str, Any], ...]
    warnings: tuple[str, ...]


def read_invoices(path: Path, *, name: str, answers: Mapping[str, str], mapping: Mapping[str, Any]) -> InvoicesFile:
    """A list of invoices. Raises Refused for a file that is no readable table, ChildError at a limit.

    name  a plain file name whose ending says its kind. mapping: {"columns": {field: column}, "sheet": name}.
    """
    payload = {"file": name, "answers": dict(answers), "mapping": dict(mapping)}
    told = child.run(_ENTRY, payload, inputs={name: path}, limits=_LIMITS).value
    return InvoicesFile(tuple(told["rows"]), tuple(told["questions"]), tuple(told["errors"]), tuple(told["warnings"]))
