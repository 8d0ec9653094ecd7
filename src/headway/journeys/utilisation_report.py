"""Utilisation as a file: the page's heat map in Word, PDF or PowerPoint, a row a person and period in Excel."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from headway.areas.budgets.people_time import utilisation
from headway.areas.budgets.people_types import TimeRow, Utilisation
from headway.documents.tree import Document
from headway.journeys.figure_report import FigureReport, Limits
from headway.kernel.context import Context
from headway.kernel.paging import MAX_LIMIT
from headway.reports import utilisation as printed
from headway.reports.figure_report import About


def _build(ctx: Context, about: About, *, workbook: bool, **limits: Any) -> tuple[str, Document]:
    found = _everybody(ctx, limits)
    name = f"Utilisation {found.periods[0].first} to {found.periods[-1].until}"
    return name, printed.build(found, about=about)


def _everybody(ctx: Context, limits: Limits) -> Utilisation:
    """The answer with the rows of all its pages."""
    found: Utilisation = utilisation(ctx, **limits, limit=MAX_LIMIT)
    rows: list[TimeRow] = [*found.rows]
    following = found.next
    while following:
        part = utilisation(ctx, **limits, cursor=following, limit=MAX_LIMIT)
        rows += part.rows
        following = part.next
    return replace(found, rows=tuple(rows), next="")


def _of_month(_ctx: Context, _project: int, _first: date, _last: date) -> list[Limits]:
    """None: people's time is of all projects together."""
    return []


UTILISATION = FigureReport("utilisation", "Utilisation", "hours.read", _build, _of_month)
