"""What the hours of a project bring: overburn, effective hourly rate, realisation by hours and by value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from headway.areas.budgets.figures import mains_row
from headway.areas.budgets.invoiced import Billed, billed
from headway.areas.budgets.queries import burn
from headway.areas.budgets.types import Basis, BudgetKind
from headway.areas.hours.queries import sees_rates
from headway.areas.hours.spent import by_days
from headway.areas.hours.sums import decimal
from headway.areas.projects.queries import charter
from headway.areas.projects.types import ProjectId
from headway.engine.measures import Measure
from headway.engine.rates import effective_rate, overburn, realisation_hours, realisation_value
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.queries import query


@dataclass(frozen=True, slots=True)
class Realised:
    """Figures of a project to a day, in its currency. None = for those who may see rates and invoices.

    effective_rate      fee / all hours worked: of a fixed fee that fee, else the value of the billable hours.
    fee_text            which of both the fee is.
    realisation_hours   hours that invoices bill / billable hours; no value while an invoice does not say its hours.
    realisation_value   invoiced / (billable hours × the mean rate on them).
    """

    as_of: date
    currency: str
    overburn: Measure
    effective_rate: Measure | None
    fee_text: str
    realisation_hours: Measure | None
    realisation_value: Measure | None


@query(permission="budgets.read", name="budgets.realisation")
def realisation(ctx: Context, *, project: ProjectId, as_of: date) -> Realised:
    """Overburn, effective hourly rate and realisation of a project to a day. Money only for those who may see it."""
    currency = charter(ctx, project=project).currency
    spent = burn(ctx, project=project, as_of=as_of)
    hours_known = spent.basis is Basis.HOURS
    sums = list(by_days(project, {}, first=None, last=as_of))
    worked, billable = (decimal(sum(row[name] for row in sums)) for name in ("worked", "paid"))
    rate = by_value = by_hours = None
    text = ""
    if sees_rates(ctx, project):
        value = decimal(sum(row["billed"] for row in sums if row["bill_currency"] == currency))
        main = mains_row(ctx, project, "money")
        fixed = main is not None and main.kind == BudgetKind.FIXED_FEE.value and main.basis == Basis.BILL.value
        fee = main.amount if main is not None and fixed and main.currency == currency else value
        text = "the fixed fee" if fee is not value else "the value of the billable hours"
        rate = effective_rate(fee, worked)
        if may(ctx, "budgets.read_invoices", project_id=project):
            by_hours, by_value = realised(billed((project,), currency, last=as_of), billable, value)
    return Realised(
        as_of=as_of,
        currency=currency,
        overburn=overburn(spent.burn.spent.value, spent.burn.budget.value) if hours_known else overburn(None, None),
        effective_rate=rate,
        fee_text=text,
        realisation_hours=by_hours,
        realisation_value=by_value,
    )


def realised(invoiced: Billed, billable: Decimal, value: Decimal | None) -> tuple[Measure, Measure]:
    """Realisation by hours and by value: what was invoiced of the billable hours and of what they are worth.

    value  of the billable hours at the rates on them, in the currency of the invoices; None = not known.
    """
    by_hours = realisation_hours(invoiced.hours, billable)
    if invoiced.hours is None:
        by_hours = replace(by_hours, reason=invoiced.why_no_hours)
    mean = value / billable if billable and value is not None else None
    return by_hours, realisation_value(invoiced.amount, billable, mean)
