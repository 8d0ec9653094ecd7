"""Reads for those above: over several projects at once, and of what stands in released reports.

The caller gives ids it found through its own door.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

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


def released_data(project_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Title and frozen data of every approved or sent report of a project, the newest first."""
    rows = DocumentVersion.unscoped(reason="whether something visible is still needed by a report").filter(
        document__project_id=project_id, state__in=(VersionState.APPROVED.value, VersionState.SENT.value)
    )
    for row in rows.select_related("document", "snapshot").defer("tree").order_by("-id").iterator(chunk_size=20):
        yield str(row), row.snapshot.data or {}
