"""The KPI scorecard as a file: as it stands, or as it was known on a day; of a project, or of the house and its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from headway.areas.metrics.queries import kpi, scorecard
from headway.areas.metrics.types import Scorecard, ScoreRow
from headway.areas.projects.queries import charter, named_projects
from headway.documents.tree import Document, day_text
from headway.journeys.figure_report import FigureReport, Limits
from headway.kernel.context import Context
from headway.kernel.paging import MAX_LIMIT
from headway.reports import kpi_scorecard as printed
from headway.reports.figure_report import About, framed
from headway.reports.kpi_workbook import sheets

THE_HOUSE = "The house"


def _build(
    ctx: Context,
    about: About,
    *,
    workbook: bool,
    project: Any = None,  # Any: a key or an id, as the query takes it
    as_of: date | None = None,
    **limits: Any,
) -> tuple[str, Document]:
    card: Scorecard = scorecard(ctx, project=project, as_of=as_of, limit=MAX_LIMIT, **limits)
    found = printed.Measured(
        card,
        tuple(kpi(ctx, kpi=row.id, as_of=as_of) for row in card.rows),
        _places(ctx, card.rows),
        charter(ctx, project=project).name if project is not None else "KPIs of the house and of projects",
    )
    day = as_of or about.day
    subtitle = f"{found.scope}, as known on {day_text(day)}" if as_of else f"{found.scope}, {day_text(day)}"
    left_out = card.matching - len(card.rows)
    parts = printed.parts(found, sheets(found) if workbook else (), subtitle=subtitle, left_out=left_out)
    return f"KPI scorecard {day}", framed(parts, replace(about, day=day))


def _places(ctx: Context, rows: tuple[ScoreRow, ...]) -> dict[int | None, str]:
    ids = {row.project_id for row in rows if row.project_id is not None}
    found: dict[int | None, str] = {None: THE_HOUSE}
    for pk, project in named_projects(ctx, ids).items() if ids else ():
        found[pk] = project.name
    return found


def _of_month(ctx: Context, project: int, _first: date, last: date) -> list[Limits]:
    """The scorecard as it was known at the end of the month; None where nothing was measured by then."""
    return [{"project": project, "as_of": last}] if scorecard(ctx, project=project, as_of=last).rows else []


KPI_SCORECARD = FigureReport("kpi-scorecard", "KPI scorecard", "metrics.read", _build, _of_month)
