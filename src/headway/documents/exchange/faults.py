"""What is wrong with a row of a table, and where: light types that every process may import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headway.documents.child import Refused

_PLACES = ("file", "sheet", "row", "field", "value")


@dataclass(frozen=True, slots=True)
class RowError:
    """One fault of a table and its place; the message says what to do."""

    file: str
    sheet: str
    row: int | None
    field: str
    value: str
    message: str

    def as_json(self) -> dict[str, Any]:
        """As the import commands print it."""
        return {name: getattr(self, name) for name in (*_PLACES, "message")}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> RowError:
        """The error again; raises KeyError for anything else."""
        return cls(*(given[name] for name in (*_PLACES, "message")))

    def __str__(self) -> str:
        place = ", ".join(filter(None, [self.file, self.sheet, f"row {self.row}" if self.row else "", self.field]))
        return f"{place}: {self.message}" + (f" Found '{self.value}'." if self.value else "")


class TableErrors(Refused):
    """The table has faults; all of them are in `errors`, the first one in the message."""

    def __init__(self, errors: Sequence[RowError]) -> None:
        first = errors[0]
        more = f" ({len(errors) - 1:,} more faults.)" if len(errors) > 1 else ""
        super().__init__(first.message + more, {name: getattr(first, name) for name in _PLACES})
        self.errors = tuple(errors)
