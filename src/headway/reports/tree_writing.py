"""A document tree to one file, inside the limited child process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from headway.documents import tree
from headway.reports.rendering import WRITERS

TREE = "tree.json"


def write(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The child's entry: the tree lies in tree.json; leaves out/document.<format>. payload  {"format": "docx"}."""
    document = tree.from_json((folder / TREE).read_text(encoding="utf-8"))
    form = payload["format"]
    out = folder / "out"
    out.mkdir(exist_ok=True)
    (out / f"document.{form}").write_bytes(WRITERS[form](document))
    return {}
