"""Closing a project's month: checked, its hours locked, its figures frozen as a numbered snapshot; in one go.

The snapshot holds every report of the month as a document tree, so that files made of it later say the same to the
penny. Not here: making those files (`month_pack`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from headway.areas.deliverables import commands as deliverables
from headway.areas.deliverables import parts
from headway.areas.deliverables.parts import PartRow
from headway.areas.deliverables.types import OF_A_MONTH
from headway.areas.files import commands as kept_files
from headway.areas.files import store
from headway.areas.hours import closing
from headway.areas.hours.closed import keep_months
from headway.areas.hours.closing import MonthRow, days_of
from headway.areas.people.queries import house_rules
from headway.areas.projects.queries import named_projects
from headway.areas.projects.types import ProjectId
from headway.documents import tree
from headway.journeys import figure_reports
from headway.journeys.figure_report import FigureReport, Limits, about
from headway.journeys.month_check import MonthCheck, Settled, check_month
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid

SNAPSHOT = "month"
# Reports that say the same to all who lead. Others that are not the client's may hold costs, for whoever closes a
# month sees them, and a KPI may be taken from them.
_WITHOUT_COSTS = frozenset({"hours-burned", "utilisation"})
_MAX_TREE = 100 * 1024 * 1024
_UNTOLD = (Settled.EXPENSES, Settled.ORDERS)  # findings that not all who read snapshots may read


@command(permission="hours.close", name="hours.close_month", idempotent=True)
def close_month(ctx: Context, *, project: ProjectId, month: date) -> MonthRow:
    """Close a month of a project: its hours are locked, and its figures frozen as a numbered snapshot.

    month  any day of it. It must be over, and nothing entered may wait to be decided: `months.check` says what does.
    A month that is closed already stays as it is. Corrections by counter-entries stay possible; they do not change
    the snapshot. Opened again and closed again, a month gets another snapshot, and the first stays.
    """
    keep_months(project)  # what the check finds is what is closed
    found = check_month(ctx, project=project, month=month)
    if found.closed is not None:
        return found.closed
    if found.over and found.blocking:
        raise Conflict(
            f"{found.first:%B %Y} cannot be closed yet: {'; '.join(one.text for one in found.blocking)}.",
            fields=[FieldError("month", one.text, value=found.first.isoformat()) for one in found.blocking],
        )
    row = closing.close_month(ctx, project=project, month=found.first)
    return _freeze(ctx, row, found)


def _freeze(ctx: Context, row: MonthRow, found: MonthCheck) -> MonthRow:
    """Freeze the month as it is now."""
    first, last = days_of(row.month)
    name = named_projects(ctx, [row.project_id])[row.project_id].name
    asked = (("Project", name), ("Month", f"{first:%B %Y}"))
    snapshot = deliverables.number_snapshot(ctx, project=row.project_id, kind=SNAPSHOT, as_of=last, audience="internal")
    kept = [
        _keep(ctx, snapshot.id, snapshot.number, report, limits, asked)
        for report, limits in figure_reports.of_month(ctx, row.project_id, first, last)
    ]
    told = _told(row, found, kept)
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    deliverables.freeze_snapshot(ctx, snapshot=snapshot.id, data=told, digest=digest)
    return closing.note_month_frozen(ctx, closing=row.id, snapshot=snapshot.id)


def _keep(
    ctx: Context, snapshot: int, number: int, report: FigureReport, limits: Limits, asked: Sequence[tuple[str, str]]
) -> PartRow:
    language = "en-US" if house_rules(ctx).spelling == "us" else "en-GB"
    around = about(ctx, asked, language)
    try:
        name, made = report.build(ctx, around, workbook=True, **limits)
    except Invalid:  # more single records than a workbook holds: the sums alone, so that the month can be closed
        name, made = report.build(ctx, around, workbook=False, **limits)
    numbered = replace(made, meta=replace(made.meta, snapshot=number))
    stored = store.put([tree.to_json(numbered).encode("utf-8")], limit=_MAX_TREE)
    file = kept_files.keep(
        ctx, name=f"{name}.json"[:255], media_type="application/json", sha256=stored.sha256, size=stored.size
    )
    of = _of_one(limits)
    about_one = f": {made.subtitle.partition(',')[0]}" if of else ""
    return parts.keep_part(
        ctx,
        snapshot=snapshot,
        report=report.name,
        kind=f"{OF_A_MONTH}{report.name}{of}"[:40],
        title=f"{report.title} at month end{about_one}"[:255],
        file_name=name[:255],
        audience=_audience(report),
        file=file.id,
    )


def _of_one(limits: Limits) -> str:
    """What tells two parts of one report apart: '-7' for retainer 7; '' where a report comes once."""
    ids = [value for name, value in limits.items() if name != "project" and type(value) is int]
    return "".join(f"-{one}" for one in ids)


def _audience(report: FigureReport) -> str:
    if report.client:
        return "client"
    return "internal" if report.name in _WITHOUT_COSTS else parts.COSTS


def _told(row: MonthRow, found: MonthCheck, kept: list[PartRow]) -> dict[str, Any]:
    """What the snapshot says by itself, for those who read snapshots; the reports hold the figures."""
    return {
        "month": row.month.isoformat(),
        "hours": f"{row.hours.normalize():f}",
        "entries": row.entries,
        "left_open": [one.text for one in found.findings if one.at not in _UNTOLD],
        "reports": [{"report": one.report, "title": one.title, "sha256": one.sha256} for one in kept],
    }
