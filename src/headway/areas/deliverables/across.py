"""Reads for those above: over several projects at once, and of what stands in released reports.

The caller gives ids it found through its own door.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

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


def released_against(project_id: int, *, baseline: str, taken_on: date) -> str:
    """An approved or sent report whose figures were measured against this baseline, by name; '' without one."""
    rows = DocumentVersion.unscoped(reason="whether a visible baseline is still needed").filter(
        document__project_id=project_id,
        state__in=(VersionState.APPROVED.value, VersionState.SENT.value),
        snapshot__data__baseline__name=baseline,
        snapshot__data__baseline__set_on=taken_on.isoformat(),
    )
    found = rows.select_related("document").defer("tree").order_by("-id").first()
    return str(found) if found is not None else ""
