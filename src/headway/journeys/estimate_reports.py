"""Estimate against actual as files: of one project, and over finished projects."""

from __future__ import annotations

from datetime import date
from typing import Any

from headway.areas.estimates.against import against_actual
from headway.areas.estimates.queries import finished
from headway.documents.tree import Document
from headway.journeys.figure_report import FigureReport, Limits
from headway.kernel.context import Context
from headway.reports import estimate_actual, estimates_finished
from headway.reports.figure_report import About


def _of_project(ctx: Context, about: About, *, workbook: bool, **limits: Any) -> tuple[str, Document]:
    found = against_actual(ctx, **limits)
    return f"Estimate against actual {found.key}", estimate_actual.build(found, about=about)


def _of_month(ctx: Context, project: int, _first: date, last: date) -> list[Limits]:
    """To the end of the month, where an estimate is approved."""
    found = against_actual(ctx, project=project, until=last)
    return [{"project": project, "until": last}] if found.estimate is not None else []


def _of_finished(ctx: Context, about: About, *, workbook: bool, **limits: Any) -> tuple[str, Document]:
    return "How estimates came out", estimates_finished.build(finished(ctx, **limits), about=about)


def _never(_ctx: Context, _project: int, _first: date, _last: date) -> list[Limits]:
    """None: it is of all finished projects together."""
    return []


ESTIMATE_AGAINST_ACTUAL = FigureReport(
    "estimate-against-actual", "Estimate against actual", "estimates.read", _of_project, _of_month
)
ESTIMATES_CAME_OUT = FigureReport(
    "estimates-came-out", "How estimates came out", "estimates.read", _of_finished, _never
)
