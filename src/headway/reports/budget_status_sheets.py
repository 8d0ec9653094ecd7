"""The workbook of budget status: main budgets with live formulas over a sheet of their lines.

Baseline, changes and spent add up the lines by their key; the forecasts follow from them by their own formulas.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from headway.areas.budgets.status_types import BudgetLine, BudgetStand, LineKind, ProjectStatus
from headway.documents import tree
from headway.documents.tree import Cell, Column, Kind, Table, Value, cell, row
from headway.engine.forecast import RANGE_TEXT
from headway.engine.measures import Unit
from headway.reports.figure_report import amount, percent

_NO_PROJECTS = "No running projects with budgets."


def _key(key: str, budget_id: int | None) -> str:
    """What names a main budget in the workbook: its project's key, and its own number."""
    return f"{key} {budget_id}" if budget_id is not None else f"{key} hours"


_LIVE = (
    Column("Key", width=1.1),
    Column("Project", width=2.2),
    Column("Client", width=1.6),
    Column("Budget", width=1.6),
    Column("Unit", width=0.7),
    Column("Status date", Kind.DATE, 1.1),
    Column("Baseline", Kind.NUMBER, 1.2),
    Column("Approved changes", Kind.NUMBER, 1.2),
    Column("Budget now", Kind.NUMBER, 1.2),
    Column("Waiting", Kind.NUMBER, 1.1),
    Column("Spent", Kind.NUMBER, 1.2),
    Column("Remaining", Kind.NUMBER, 1.2),
    Column("% spent", Kind.PERCENT),
    Column("% complete", Kind.PERCENT),
    Column("Gap, points", Kind.NUMBER),
    Column("Burn a week", Kind.NUMBER),
    Column("Weeks left", Kind.NUMBER),
    Column("Runway, weeks", Kind.NUMBER),
    Column("% elapsed", Kind.PERCENT),
    Column("Burn forecast", Kind.NUMBER, 1.2),
    Column("Straight-line forecast", Kind.NUMBER, 1.2),
    Column("Scope forecast", Kind.NUMBER, 1.2),
    Column("Lowest", Kind.NUMBER, 1.2),
    Column("Highest", Kind.NUMBER, 1.2),
    Column("Complete by", width=3),
)


def live_status(mains: Sequence[tuple[ProjectStatus, BudgetStand]], lines: Sequence[BudgetLine]) -> Table:
    return Table(
        columns=_LIVE,
        rows=tuple(_live_row(one, stand, live=bool(lines)) for one, stand in mains),
        caption="Main budgets to the status date of each project",
        notes=(RANGE_TEXT,),
        empty=_NO_PROJECTS,
    )


def _live_row(one: ProjectStatus, stand: BudgetStand, *, live: bool) -> tuple[Cell, ...]:
    burn = stand.burn

    def added(value: Decimal | None, kind: LineKind) -> Cell:
        formula = f'SUMIFS(Lines[Amount],Lines[Key],{{c0}}{{row}},Lines[What],"{kind.value}")'
        return cell(amount(value), formula=formula if live and value is not None else "")

    def follows(value: Value, formula: str) -> Cell:
        return cell(value, formula=formula if value.raw is not None else "")

    current_is_sum = stand.current is not None and stand.current == (stand.baseline or 0) + stand.approved_changes
    by_line = burn.straight_line_forecast
    elapsed = burn.percent_elapsed.value
    low, high = stand.forecast_range or (None, None)
    return row(
        _key(one.key, stand.budget_id),
        one.name,
        one.client,
        stand.name,
        stand.currency if stand.unit is Unit.MONEY else "h",
        tree.day(one.as_of),
        added(stand.baseline, LineKind.BASELINE),
        added(stand.approved_changes if stand.budget_id is not None else None, LineKind.CHANGE),
        cell(amount(stand.current), formula="{c6}{row}+{c7}{row}" if current_is_sum else ""),
        amount(stand.pending),
        added(burn.spent.value, LineKind.SPENT),
        follows(amount(burn.remaining.value), "{c8}{row}-{c10}{row}"),
        follows(percent(burn.percent_spent.value), "{c10}{row}/{c8}{row}"),
        percent(burn.percent_complete.value),
        follows(amount(burn.gap.value, digits=1), "({c12}{row}-{c13}{row})*100"),
        amount(burn.burn_rate.value),
        amount(burn.weeks_left.value, digits=1),
        follows(amount(burn.runway.value, digits=1), "MAX(0,{c11}{row})/{c15}{row}" if burn.burn_rate.value else ""),
        percent(elapsed),
        follows(amount(burn.burn_forecast.value), "{c10}{row}+{c16}{row}*{c15}{row}"),
        follows(amount(by_line.value), "{c10}{row}/{c18}{row}" if elapsed else ""),
        follows(amount(burn.scope_forecast.value), "{c10}{row}/{c13}{row}"),
        follows(amount(low), "MIN({c19}{row}:{c21}{row})"),
        follows(amount(high), "MAX({c19}{row}:{c21}{row})"),
        stand.percent_method,
    )


def status_lines(lines: Sequence[BudgetLine]) -> Table:
    """One row a line, to pivot from."""
    return Table(
        columns=(
            Column("Key", width=1.1),
            Column("Project", width=2.2),
            Column("Budget", width=1.8),
            Column("What", width=1.3),
            Column("Change", width=2.4),
            Column("Month", Kind.DATE, 1.1),
            Column("Amount", Kind.NUMBER, 1.2),
            Column("Unit", width=0.7),
        ),
        rows=tuple(
            row(
                _key(line.key, line.budget_id),
                line.project,
                line.budget,
                line.kind.value,
                line.ref,
                tree.day(line.month),
                amount(line.amount),
                line.currency or "h",
            )
            for line in lines
        ),
        caption="Lines",
        empty="No budget and no hours.",
        name="Lines",
    )
