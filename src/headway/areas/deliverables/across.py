"""Reads over several projects at once, for the areas above; the caller gives ids it found through its own door."""

from __future__ import annotations

from collections.abc import Collection

from headway.areas.deliverables.models import DocumentVersion
from headway.areas.deliverables.queries import version_rows
from headway.areas.deliverables.types import VersionRow, VersionState
from headway.kernel.context import Context


def sent_versions(ctx: Context, project_ids: Collection[int], *, most: int) -> tuple[VersionRow, ...]:
    """The documents of some projects that were sent, the newest first; two queries."""
    rows = DocumentVersion.visible_to(ctx).filter(
        document__project_id__in=list(project_ids), state=VersionState.SENT.value
    )
    rows = rows.select_related("document", "snapshot").defer("tree", "snapshot__data").order_by("-sent_at", "-id")
    return version_rows(list(rows[:most]))
