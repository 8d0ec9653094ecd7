"""A document tree as a file that somebody takes along, written in the limited child process."""

from __future__ import annotations

import tempfile
from pathlib import Path

from headway.documents import tree
from headway.documents.child import RENDER_LIMITS, ChildError, run
from headway.kernel.errors import Unavailable

_TREE = "tree.json"  # as the child knows it: reports.tree_writing
MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DECK_TYPES = {"pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation"}


def written(document: tree.Document, form: str, *, what: str) -> bytes:
    """The file's bytes. `form`: one of MEDIA_TYPES or DECK_TYPES. Raises Unavailable, naming `what` it is."""
    with tempfile.TemporaryDirectory(prefix="headway-") as name:
        stored = Path(name) / _TREE
        stored.write_text(tree.to_json(document), encoding="utf-8")
        try:
            made = run(
                "headway.reports.tree_writing:write", {"format": form}, inputs={_TREE: stored}, limits=RENDER_LIMITS
            )
        except ChildError as error:
            raise Unavailable(f"{what} could not be written: {error}. Try again.") from error
    (content,) = made.outputs.values()
    return content
