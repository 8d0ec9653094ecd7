"""A ready document tree to a workbook, inside the limited child process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from headway.documents import tree
from headway.documents.xlsx import write_xlsx

DOCUMENT = "document.json"
WORKBOOK = "workbook.xlsx"


def write(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The child's entry: the tree lies in document.json; leaves workbook.xlsx."""
    document = tree.from_json((folder / DOCUMENT).read_text(encoding="utf-8"))
    (folder / "out").mkdir(exist_ok=True)
    (folder / "out" / WORKBOOK).write_bytes(write_xlsx(document))
    return {}
