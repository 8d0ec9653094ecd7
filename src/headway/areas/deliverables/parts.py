"""The parts of a snapshot: document trees that were frozen whole, each the page and the workbook of one report.

Not here: what the trees say, and making files of them (the journey of the month's pack).
"""

from __future__ import annotations

from dataclasses import dataclass

from headway.areas.deliverables.models import Snapshot, SnapshotPart
from headway.areas.deliverables.policies import COSTS
from headway.areas.deliverables.types import SnapshotId
from headway.areas.files.queries import held_bytes
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict
from headway.kernel.schema import Name

__all__ = ["COSTS", "PartRow", "frozen_tree", "keep_part", "parts_of"]


@dataclass(frozen=True, slots=True)
class PartRow:
    """One frozen report. audience: 'client', 'internal', or `COSTS` for those alone who see costs.

    report  its name in the register of reports. kind: of the document that is made of it.
    """

    id: int
    report: str
    kind: str
    title: str
    file_name: str
    audience: str
    sha256: str


@command(permission="deliverables.prepare", internal="part of closing a month, which freezes its reports")
def keep_part(
    ctx: Context,
    *,
    snapshot: SnapshotId,
    report: Name,
    kind: Name,
    title: Name,
    file_name: Name,
    audience: Name,
    file: int,
) -> PartRow:
    """Keep a stored document tree as a part of a snapshot that is not filled yet."""
    row = Snapshot.unscoped(reason="its maker fills it").get(pk=snapshot)
    if row.data is not None:
        raise Conflict(f"Snapshot {row.number} is frozen. Make a new one.")
    part = SnapshotPart(
        snapshot=row, report=report, kind=kind, title=title, file_name=file_name, audience=audience, tree_id=file
    )
    part.save(force_insert=True)
    return _row(part)


def parts_of(snapshot_id: int) -> tuple[PartRow, ...]:
    """The parts of a snapshot, in the order in which they were frozen, for callers who passed their own door."""
    rows = SnapshotPart.among([snapshot_id]).select_related("tree").order_by("id")
    return tuple(_row(part) for part in rows)


def frozen_tree(part: PartRow) -> str:
    """A part's document tree, as JSON, for callers who passed their own door."""
    row = SnapshotPart.unscoped(reason="its reader has found the part").get(pk=part.id)
    return held_bytes(row.tree_id).decode("utf-8")


def _row(part: SnapshotPart) -> PartRow:
    return PartRow(part.pk, part.report, part.kind, part.title, part.file_name, part.audience, part.tree.sha256)
