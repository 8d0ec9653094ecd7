"""The claims check of finished files, inside a child process of its own: it sees the saved bytes and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from headway.documents.claim_set import ClaimSet
from headway.documents.claims import check


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
