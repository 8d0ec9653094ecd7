"""The memo of a change request as a Word or PDF file: a working copy for whoever asks, marked a draft until decided."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from headway.areas.files.types import Download
from headway.areas.people.queries import house_rules
from headway.areas.projects.types import Charter
from headway.areas.scope.requests import request_of
from headway.journeys.tree_files import MEDIA_TYPES, written
from headway.kernel.context import Context
from headway.reports import change_memo

FORMS = frozenset({"docx", "pdf"})


def memo(ctx: Context, *, project: Charter, number: int, form: str, language: str) -> Download:
    """The memo of one request, with what this reader may see. `form`: docx or pdf."""
    found = request_of(ctx, project.id, number)
    day = ctx.now.astimezone(ZoneInfo(project.time_zone)).date()
    document = change_memo.build(
        found, project=project, organisation=house_rules(ctx).name, day=day, at=ctx.now, language=language
    )
    content = written(document, form, what="The memo")
    return Download(f"{project.key} {found.row.ref} memo.{form}", MEDIA_TYPES[form], content)
