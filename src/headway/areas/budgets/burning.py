"""The burn of one budget to a day, from its hours, its amount and how much is complete.

Callers have passed their door.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from headway.areas.budgets.figures import burn_of, burned, ground, percent_complete, unit_of
from headway.areas.budgets.models import Budget
from headway.areas.budgets.types import Basis, BurnFigures
from headway.areas.hours.queries import without_amount
from headway.engine.forecast import RANGE_TEXT
from headway.engine.measures import ZERO
from headway.engine.thresholds import budget_state
from headway.kernel.context import Context


def burn_figures(
    ctx: Context,
    project: int,
    row: Budget | None,
    current: Decimal | None,
    as_of: date,
    complete: tuple[Decimal | None, str] | None = None,
) -> BurnFigures:
    """The burn of one budget of a visible project, or of all its hours where `row` is None.

    current   what the budget comes to with its changes.
    complete  percent complete and its method; None = as the plan has it now.
    """
    stand = ground(ctx, project)
    basis = Basis(row.basis) if row is not None else Basis.HOURS
    percent, method = complete or percent_complete(stand, on=as_of)
    by_day, unit = burned(ctx, project, row), unit_of(basis)
    figures, notes = burn_of(stand, by_day, current, as_of=as_of, unit=unit, percent=percent)
    spent = figures.spent.value
    return BurnFigures(
        budget_id=row.pk if row is not None else None,
        name=row.name if row is not None else "All hours, no budget",
        basis=basis,
        unit=unit,
        currency=row.currency if row is not None else "",
        as_of=as_of,
        state=None if current is None else budget_state(current, spent or ZERO),
        burn=figures,
        forecast_range=figures.forecast_range(),
        range_text=RANGE_TEXT,
        percent_method=method,
        notes=(*notes, *left_out(project, basis, row.currency if row is not None else "")),
    )


def left_out(project_id: int, basis: Basis, currency: str) -> tuple[str, ...]:
    """What of the hours carries no amount on a basis, and so is in no figure."""
    if basis is Basis.HOURS:
        return ()
    count = without_amount(project_id, basis.value, currency)
    what = "billable value" if basis is Basis.BILL else "cost"
    entries = "1 time entry has" if count == 1 else f"{count:,} time entries have"
    return (f"{entries} no {what} in {currency}: left out.",) if count else ()
