"""A document of sheets as an Excel workbook, written in the limited child process."""

from __future__ import annotations

import tempfile
from pathlib import Path

from headway.documents import tree
from headway.documents.child import RENDER_LIMITS, ChildError, run
from headway.kernel.errors import Unavailable

_DOCUMENT, _WORKBOOK = "document.json", "workbook.xlsx"


def written(document: tree.Document) -> bytes:
    """The workbook's bytes. Raises Unavailable when the file could not be written."""
    with tempfile.TemporaryDirectory(prefix="headway-") as name:
        stored = Path(name) / _DOCUMENT
        stored.write_text(tree.to_json(document), encoding="utf-8")
        try:
            made = run("headway.documents.workbook_file:write", {}, inputs={_DOCUMENT: stored}, limits=RENDER_LIMITS)
        except ChildError as error:
            raise Unavailable(f"The workbook could not be made: {error}") from error
    return made.outputs[_WORKBOOK]
