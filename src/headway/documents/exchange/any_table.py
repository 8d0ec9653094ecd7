"""A table of any columns, read for rules over its rows: texts, and numbers and days where a column holds them.

`read_table` starts the child that reads the file. Not here: what the columns mean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from headway.documents import child
from headway.documents.child import Limits
from headway.documents.exchange.faults import RowError

_ENTRY = "headway.documents.exchange.any_table_reading:read"
_LIMITS = Limits(seconds=60, memory_mb=1024)
_UNSAFE = re.compile(r"[^\w.-]")

Value = str | Decimal | date | None


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table as it was read.

    numbers    for each row where it stood in the file.
    rows       one value a column and row: Decimal and date where most of the column reads so, else text, '' as None.
    totals     the file's own rows of totals, each with what it is called.
    errors     rows that could not be read at all; they are in no figure.
    questions  what must be answered first: 'date_order' (dmy, mdy) or 'decimal_sign' (point, comma).
    """

    columns: tuple[str, ...]
    numbers: tuple[int, ...]
    rows: tuple[Mapping[str, Value], ...]
    totals: tuple[tuple[str, Mapping[str, Value]], ...]
    errors: tuple[RowError, ...]
    questions: tuple[str, ...]


def read_table(path: Path, *, name: str, answers: Mapping[str, str] | None = None) -> ReadTable:
    """The table in a CSV, TSV, XLSX or ODS file, its header found by its look.

    Raises Refused for a file that is no table, ChildError at a limit.
    """
    stem, dot, suffix = name.rpartition(".")
    called = f"{_UNSAFE.sub('_', stem)[:60] or 'table'}{dot}{_UNSAFE.sub('', suffix)}"
    payload = {"file": called, "answers": dict(answers or {})}
    told: dict[str, Any] = child.run(_ENTRY, payload, inputs={called: path}, limits=_LIMITS).value
    columns = tuple(told["columns"])

    def row(cells: list[str | None]) -> dict[str, Value]:
        return {name: _value(kind, cell) for name, kind, cell in zip(columns, told["kinds"], cells, strict=True)}

    return ReadTable(
        columns,
        tuple(number for number, _ in told["rows"]),
        tuple(row(cells) for _, cells in told["rows"]),
        tuple((called, row(cells)) for called, cells in told["totals"]),
        tuple(RowError.from_json(one) for one in told["errors"]),
        tuple(told["questions"]),
    )


def _value(kind: str, cell: str | None) -> Value:
    """A cell as the child wrote it: '=' before what is read as a number or a day, as plain text else."""
    if not cell:
        return None
    if not cell.startswith("="):
        return cell[1:]
    return Decimal(cell[1:]) if kind == "number" else date.fromisoformat(cell[1:])
