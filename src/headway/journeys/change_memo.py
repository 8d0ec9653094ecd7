"""The memo of a change request as a Word or PDF file: a working copy for whoever asks, marked a draft until decided."""

from __future__ import annotations

import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from headway.areas.files.types import Download
from headway.areas.people.queries import house_rules
from headway.areas.projects.types import Charter
from headway.areas.scope.requests import request_of
from headway.documents import tree
from headway.documents.child import RENDER_LIMITS, ChildError, run
from headway.kernel.context import Context
from headway.kernel.errors import Unavailable
from headway.reports import change_memo

TREE = "tree.json"  # as the child knows it: reports.tree_writing
MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def memo(ctx: Context, *, project: Charter, number: int, form: str, language: str) -> Download:
    """The memo of one request, with what this reader may see. `form`: docx or pdf."""
    found = request_of(ctx, project.id, number)
    day = ctx.now.astimezone(ZoneInfo(project.time_zone)).date()
    document = change_memo.build(
        found, project=project, organisation=house_rules(ctx).name, day=day, at=ctx.now, language=language
    )
    with tempfile.TemporaryDirectory(prefix="headway-") as name:
        stored = Path(name) / TREE
        stored.write_text(tree.to_json(document), encoding="utf-8")
        try:
            made = run(
                "headway.reports.tree_writing:write", {"format": form}, inputs={TREE: stored}, limits=RENDER_LIMITS
            )
        except ChildError as error:
            raise Unavailable(f"The memo could not be written: {error}. Try again.") from error
    (content,) = made.outputs.values()
    return Download(f"{project.key} {found.row.ref} memo.{form}", MEDIA_TYPES[form], content)
