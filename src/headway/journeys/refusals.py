"""What a reader refused, as the error rows that every door shows."""

from __future__ import annotations

from typing import Any

from headway.documents.child import Refused


def error_rows(error: Exception, *, file: str) -> list[dict[str, Any]]:
    """One row per refusal: file, sheet, row, field, value where known, and the message."""
    faults = getattr(error, "errors", ())
    if faults:
        return [{**fault.as_json(), "file": file} for fault in faults]
    where = dict(getattr(error, "where", {}) or {}) if isinstance(error, Refused) else {}
    return [{"file": file, "field": "", **where, "message": str(error)}]
