"""Snapshots of a project as they were, and what is different from the one before."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.deliverables import queries
from headway.areas.deliverables.types import SnapshotRow
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import offered, page, show, working_project
from headway.interfaces.web.reports.figures import key_figures, origins
from headway.interfaces.web.reports.states import VERSIONS, many
from headway.journeys import reports as journey
from headway.journeys.month_close import SNAPSHOT as MONTH
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound
from headway.reports.comparing import Comparison
from headway.reports.status_snapshot import StatusSnapshot

_KIND = "status"


@page()
def snapshots(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The frozen data sets of a project, newest first."""
    project = working_project(ctx, key)
    offered(ctx, "deliverables.read_snapshots", project)
    rows = queries.snapshots(ctx, project=project.id)
    answer = f"{many(len(rows), 'snapshot')}; each holds the data exactly as a report said it." if rows else ""
    values = {"rows": rows, "answer": answer}
    crumbs = (Link("Snapshots"),)
    return show(request, ctx, "reports/snapshots.html", values, project=project, tab="reports", crumbs=crumbs)


@page()
def snapshot(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """One snapshot as it was: key figures with their sources, what changed, the reports made from it."""
    project = working_project(ctx, key)
    offered(ctx, "deliverables.read_snapshots", project)
    rows = {row.number: row for row in queries.snapshots(ctx, project=project.id)}
    row = rows.get(number)
    if row is None:
        raise NotFound("There is nothing here.")
    others = [other for other in rows.values() if other.audience == row.audience and other.kind == row.kind]
    month = queries.snapshot_data(ctx, snapshot=row.id) if row.kind == MONTH else None
    status, unread = _read(ctx, row) if month is None else (None, "")
    against = _asked(request, others, row)
    comparison = compared(ctx, row.id, against.id if against else None) if month is None else None
    made = [item for item in queries.versions(ctx, project=project.id) if item.snapshot_number == number]
    values = {
        "row": row,
        "month": month,
        "first": row.as_of.replace(day=1),
        "status": status,
        "unread": unread,
        "figures": key_figures(status) if status is not None else (),
        "origins": origins(status, key) if status is not None else (),
        "comparison": comparison,
        "older": comparison.older if comparison else None,
        "others": [other for other in others if other.number != number],
        "reports": [(item, *VERSIONS[item.state]) for item in made],
        "answer": _sentence(row, comparison) if month is None else f"{row.as_of:%B %Y} as it was when it was closed.",
    }
    crumbs = (Link("Snapshots", reverse("snapshots", args=[key])), Link(f"Snapshot {number}"))
    return show(request, ctx, "reports/snapshot.html", values, project=project, tab="reports", crumbs=crumbs)


def _read(ctx: Context, row: SnapshotRow) -> tuple[StatusSnapshot | None, str]:
    try:
        return journey.stored_status(ctx, row.id)[1], ""
    except Conflict as fault:
        return None, fault.message


def _asked(request: HttpRequest, others: list[SnapshotRow], row: SnapshotRow) -> SnapshotRow | None:
    asked = request.GET.get("with", "")
    return next((other for other in others if str(other.number) == asked and other.number != row.number), None)


def compared(ctx: Context, snapshot_id: int, earlier: int | None = None) -> Comparison | None:
    """What changed since an earlier snapshot, or the one before; None where there is none to compare with."""
    try:
        found: Comparison = journey.compare(ctx, snapshot=snapshot_id, earlier=earlier)
    except (Conflict, Invalid):
        return None
    return found


def _sentence(row: SnapshotRow, comparison: Comparison | None) -> str:
    if comparison is None:
        return "The first of its kind: there is nothing to compare it with."
    count = len(comparison.figures) + len(comparison.entries)
    if not count:
        return f"Nothing is different from snapshot {comparison.older}."
    return f"{many(len(comparison.figures), 'figure')} and {_entries(len(comparison.entries))} are different from " + (
        f"snapshot {comparison.older if comparison.newer == row.number else comparison.newer}."
    )


def _entries(count: int) -> str:
    return f"{count} entr{'y' if count == 1 else 'ies'} of lists"
