"""The claims check of finished files, inside a child process of its own: it sees the saved bytes and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from headway.documents import tree
from headway.documents.claim_set import ClaimSet
from headway.documents.claims import Fault, check
from headway.reports.tree_claims import claims_of_tree


def check_files(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Compare each file with the claims in claims.json.

    payload  {"files": {name: format}}.
    Leaves an empty `<name>.checked` as each file is done.
    Answers {"faults": {name: [{"kind", "found", "place", "sentence", "why"}]}}, only for files with faults.
    """
    claims = ClaimSet.from_json((folder / "claims.json").read_text(encoding="utf-8"))
    found = {}
    for name, form in payload["files"].items():
        found[name] = check((folder / name).read_bytes(), form, claims)
        (folder / "out" / f"{name}.checked").touch()
    return {"faults": {name: [fault.as_json() for fault in faults] for name, faults in found.items() if faults}}


def check_tree_files(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Compare each file with the document tree in tree.json, of which it was written; as `check_files` otherwise.

    A workbook holds the tree's sheets alone, so that key figures need not be said there.
    """
    claims = claims_of_tree(tree.from_json((folder / "tree.json").read_text(encoding="utf-8")))
    found = {}
    for name, form in payload["files"].items():
        wanted = replace(claims, required=()) if form == "xlsx" else claims
        told = check((folder / name).read_bytes(), form, wanted)
        found[name] = [fault for fault in told if not _is_page_number(fault)]
    return {"faults": {name: [fault.as_json() for fault in faults] for name, faults in found.items() if faults}}


def _is_page_number(fault: Fault) -> bool:
    """Whether it is the number of a page, which a line end has cut from its words in the margin."""
    return fault.place.endswith(", margin") and fault.sentence.strip().isdigit()
