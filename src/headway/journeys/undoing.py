"""What undoing an import would do, as every kind of import says it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UndoEffect:
    """What becomes of the records.

    removed   records that the import made and that would go; restored those that would be as they were.
    later     a sentence on what people changed since then and would lose; '' = nothing.
    against   why it cannot be undone at all; '' = it can.
    """

    removed: int
    restored: int
    noun: str
    later: str = ""
    against: str = ""
