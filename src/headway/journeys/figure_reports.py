"""The register of the reports of figures: what can be had of a project's month, for the pack and the report centre."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from headway.journeys.budget_reports import BUDGET_STATUS, COST_AND_MARGIN, RETAINER_STATEMENT
from headway.journeys.estimate_reports import ESTIMATE_AGAINST_ACTUAL, ESTIMATES_CAME_OUT
from headway.journeys.figure_report import FigureReport, Limits
from headway.journeys.hours_report import HOURS_BURNED
from headway.journeys.kpi_report import KPI_SCORECARD
from headway.journeys.utilisation_report import UTILISATION
from headway.kernel.context import Context

REPORTS: Mapping[str, FigureReport] = {
    report.name: report
    for report in (
        HOURS_BURNED,
        BUDGET_STATUS,
        COST_AND_MARGIN,
        RETAINER_STATEMENT,
        UTILISATION,
        KPI_SCORECARD,
        ESTIMATE_AGAINST_ACTUAL,
        ESTIMATES_CAME_OUT,
    )
}


def of_month(ctx: Context, project: int, first: date, last: date) -> tuple[tuple[FigureReport, Limits], ...]:
    """Every report of a project's month that this reader may have, with its limits, in the order of the register."""
    return tuple(
        (report, limits)
        for report in REPORTS.values()
        if report.offered(ctx, project)
        for limits in report.of_month(ctx, project, first, last)
    )
