"""The columns of a table that was brought: what stands in them, and which field each would be read as.

`read_columns` looks at the head of a file through a child process; importing this module loads no parser. Not here:
reading the rows (`hours`, `plan_table`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headway.documents import child

HOURS, PLAN = "hours", "plan"
TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".ods"})
_ENTRY = "headway.documents.exchange.columns_reading:look"
_LIMITS = child.Limits(seconds=30, memory_mb=1024, file_mb=400)
_UNSAFE = re.compile(r"[^\w .()+-]")


@dataclass(frozen=True, slots=True)
class ColumnSeen:
    """One column: its name and the first different values in it."""

    name: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableColumns:
    """The header of a table and how it would be read.

    kind      'hours' or 'plan': as asked, or what the columns look most like.
    label     the program whose export it looks like.
    sheets    names of the visible sheets; one '' for a text file.
    fields    field → column, as it would be read now.
    offered   every field that a column can be, with what it is called.
    required  fields of which one of each group must be there for the table to be read.
    """

    kind: str
    label: str
    sheet: str
    sheets: tuple[str, ...]
    header_row: int
    columns: tuple[ColumnSeen, ...]
    fields: dict[str, str]
    offered: tuple[tuple[str, str], ...]
    required: tuple[tuple[str, ...], ...]


def is_table(name: str) -> bool:
    """Whether a file of this name is a table whose columns can be named."""
    return suffix_of(name) in TABLE_SUFFIXES


def suffix_of(name: str) -> str:
    """'.csv' of 'March.CSV'; '' without an ending."""
    return name[name.rfind(".") :].casefold() if "." in name else ""


def read_columns(
    path: Path,
    *,
    name: str,
    kind: str = "",
    answers: Mapping[str, str] | None = None,
    mapping: Mapping[str, Any] | None = None,
) -> TableColumns:
    """The columns of a table file. Raises Refused for a file that is no readable table, ChildError at a limit.

    kind     '' = what its columns look most like.
    mapping  {"columns": …, "sheet": …} that is in use.
    """
    called = _plain_name(name)
    payload = {"file": called, "kind": kind, "answers": dict(answers or {}), "mapping": dict(mapping or {})}
    told = child.run(_ENTRY, payload, inputs={called: path}, limits=_LIMITS).value
    return TableColumns(
        kind=told["kind"],
        label=told["label"],
        sheet=told["sheet"],
        sheets=tuple(told["sheets"]),
        header_row=told["header_row"],
        columns=tuple(ColumnSeen(name, tuple(samples)) for name, samples in told["columns"]),
        fields=dict(told["fields"]),
        offered=tuple((field, label) for field, label in told["offered"]),
        required=tuple(tuple(group) for group in told["required"]),
    )


def _plain_name(name: str) -> str:
    """The file's name as the child may use it; its ending stays."""
    suffix = suffix_of(name)
    stem = _UNSAFE.sub("_", re.split(r"[/\\]", name)[-1].removesuffix(suffix))[:60].strip(". ")
    return f"{stem or 'table'}{suffix}"
