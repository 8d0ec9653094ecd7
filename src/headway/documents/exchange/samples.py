"""Samples of a KPI in a table of any names: one row a period, one row a single value, or one row a case.

`read_samples` starts the child that reads the file. Not here: what the KPI makes of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headway.documents import child
from headway.documents.child import Limits
from headway.documents.exchange.faults import RowError

SAMPLES, CASES = "samples", "cases"
_ENTRY = "headway.documents.exchange.samples_reading:read"
_LIMITS = Limits(seconds=30, memory_mb=1024)
_UNSAFE = re.compile(r"[^\w.-]")


@dataclass(frozen=True, slots=True)
class SampleLine:
    """One row: its number, and what it says by field, days and times in ISO, numbers with a point."""

    row: int
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A file of samples as it was read.

    kind       SAMPLES, or CASES where a start is named.
    columns    field -> the column it was read from; `ignored` the other columns.
    total      the file's own row of totals by field; empty without one.
    filled     field -> how many rows have it.
    questions  what must be answered first: 'date_order' (dmy, mdy) or 'decimal_sign' (point, comma).
    """

    kind: str
    columns: Mapping[str, str]
    ignored: tuple[str, ...]
    lines: tuple[SampleLine, ...]
    total: Mapping[str, str]
    rows: int
    filled: Mapping[str, int]
    errors: tuple[RowError, ...]
    questions: tuple[str, ...]


def read_samples(path: Path, *, name: str, answers: Mapping[str, str] | None = None) -> SampleFile:
    """The samples in a CSV, XLSX or ODS file.

    Raises Refused for a file that is no such table, ChildError at a limit; faults of rows are in the answer.
    """
    stem, dot, suffix = name.rpartition(".")
    called = f"{_UNSAFE.sub('_', stem)[:60] or 'table'}{dot}{_UNSAFE.sub('', suffix)}"
    payload = {"file": called, "answers": dict(answers or {})}
    told: dict[str, Any] = child.run(_ENTRY, payload, inputs={called: path}, limits=_LIMITS).value
    return SampleFile(
        kind=told["kind"],
        columns=told["columns"],
        ignored=tuple(told["ignored"]),
        lines=tuple(SampleLine(row, fields) for row, fields in told["lines"]),
        total=told["total"],
        rows=told["rows"],
        filled=told["filled"],
        errors=tuple(RowError.from_json(one) for one in told["errors"]),
        questions=tuple(told["questions"]),
    )
