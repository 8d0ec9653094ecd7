"""The note that a plan left the workspace as a file: who took which view of it, for the audit."""

from __future__ import annotations

from headway.areas.projects.types import ProjectId
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.schema import ShortText


@command(permission="schedule.read", internal="part of the page that makes the file")
def note_export(ctx: Context, *, project: ProjectId, form: ShortText, rows: int, pages: int) -> None:
    """Note that somebody took the plan as it was shown.

    form  of the file, such as 'pdf'; 'print' for paper.
    """
    # The entry of the audit is all there is: inputs, person and moment stand in it.
