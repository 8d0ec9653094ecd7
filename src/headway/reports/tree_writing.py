"""A document tree to its files, inside the limited child process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from headway.documents import tree
from headway.documents.tree import Mark
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


def write_versions(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The child's entry for a document that is approved later: leaves out/draft.<format> and out/final.<format>.

    payload  {"formats": ["docx", ...]}. It also leaves draft-preview.html and final-preview.html, to be looked at.
    """
    document = tree.from_json((folder / TREE).read_text(encoding="utf-8"))
    out = folder / "out"
    out.mkdir(exist_ok=True)
    for name, mark in (("draft", Mark.DRAFT), ("final", Mark.NONE)):
        marked = replace(document, meta=replace(document.meta, mark=mark))
        for form in payload["formats"]:
            (out / f"{name}.{form}").write_bytes(WRITERS[form](marked))
        (out / f"{name}-preview.html").write_bytes(WRITERS["html"](marked))
    return {}
