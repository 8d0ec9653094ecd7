"""Why hours or money differ from the budget, cause by cause, and the sentence about it for the client."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from headway.areas.budgets.by_part import approved_budget, sort_out
from headway.areas.budgets.figures import Ground, ground, mains_row
from headway.areas.budgets.part_types import ExplainedVariance, Side, VarianceCause
from headway.areas.budgets.queries import burn, may_see_basis
from headway.areas.budgets.types import Basis, BurnFigures
from headway.areas.projects.types import ProjectId
from headway.documents.tree import day_text
from headway.engine.forecast import Burn
from headway.engine.measures import HUNDRED, ZERO, Measure, Unit, given, shown
from headway.engine.variance import Cause, HoursChange, MoneyChange, Variance, variance_in_hours, variance_in_money
from headway.kernel.context import Context
from headway.kernel.errors import Conflict
from headway.kernel.queries import query

ORDER_TEXT = (
    "Causes are taken out one after the other: approved changes, work outside the scope, the later finish, more hours "
    "for the same work, then rates. Each is a step from the amount before it to the amount after it, so that together "
    "they are the whole difference."
)
_WHY = {
    Cause.CHANGES: "hours and money of changes that were approved",
    Cause.OUTSIDE: "worked so far on rows marked out of scope, or that neither a contract line nor the baseline has",
    Cause.DATE: "work that goes on as long as the project does, for the weeks by which the finish moved",
    Cause.HOURS: "what is left: the same work takes more or fewer hours than planned",
    Cause.MIX: "other roles do the work than were planned",
    Cause.RATE: "an hour is worth more or less than the budget's money / its hours, by its rate and by who works it",
}


@query(permission="budgets.read", name="budgets.variance")
def variance(ctx: Context, *, project: ProjectId, as_of: date, basis: Basis = Basis.HOURS) -> ExplainedVariance:
    """The difference between budget and forecast split into changes, scope, date, hours and rates; it adds up exactly.

    Compared is the scope forecast where progress is known (it is what is spent once all is complete), else what is
    spent. The sentence for the client is made from hours alone.

    basis  hours, or the basis of the project's main budget in money, for those who may see it.
    """
    may_see_basis(ctx, project, basis)
    stand = ground(ctx, project)
    hours_budget, hours_changes, refs = approved_budget(ctx, project, "hours")
    in_hours = burn(ctx, project=project, as_of=as_of)
    outcome, _ = _outcome(in_hours.burn)
    sorted_ = sort_out(ctx, project, as_of)
    change = HoursChange(
        budget=hours_budget,
        changes=hours_changes,
        outside=sorted_.hours(Side.OUT) + (sorted_.unplanned if sorted_.agreed else ZERO),
        standing=_standing(sorted_.hours(Side.STANDING), stand, as_of),
        slip=_slip(stand),
        outcome=outcome.value,
    )
    split, unit, currency, shown_outcome, how = variance_in_hours(change), Unit.HOURS, "", *_outcome(in_hours.burn)
    budget = given("budget", "Budget", hours_budget, Unit.HOURS, source="baseline of the main budget, without changes")
    if basis is not Basis.HOURS:
        split, budget, shown_outcome, how, currency = _in_money(ctx, project, as_of, basis, change)
        unit = Unit.MONEY
    notes = [how, *sorted_.notes]
    if split.total.value is not None and not split.causes:
        notes.append("Without a budget in hours beside the one in money, the difference cannot be split.")
    return ExplainedVariance(
        as_of=as_of,
        basis=basis,
        unit=unit,
        currency=currency,
        budget=budget,
        outcome=shown_outcome,
        total=split.total,
        causes=tuple(VarianceCause(cause, amount, _WHY[cause]) for cause, amount in split.causes),
        sentence=sentence(as_of, in_hours, variance_in_hours(change), refs, change.slip),
        order_text=ORDER_TEXT,
        notes=tuple(notes),
    )


def _in_money(
    ctx: Context, project: int, as_of: date, basis: Basis, change: HoursChange
) -> tuple[Variance, Measure, Measure, str, str]:
    row = mains_row(ctx, project, "money")
    if row is None or row.basis != basis.value:
        raise Conflict(f"The project has no main budget in money by {basis.value}. Set one, or ask for hours.")
    baseline, changes, _ = approved_budget(ctx, project, "money")
    figures = burn(ctx, project=project, as_of=as_of, budget=row.pk)
    outcome, how = _outcome(figures.burn)
    split = variance_in_money(change, MoneyChange(baseline, changes, outcome.value))
    budget = given("budget", "Budget", baseline, Unit.MONEY, source="baseline of the main budget, without changes")
    return split, budget, outcome, how, row.currency


def _outcome(figures: Burn) -> tuple[Measure, str]:
    """What the budget is compared with, and how that is known."""
    if figures.scope_forecast.value is not None:
        return figures.scope_forecast, "Compared with the scope forecast: what is spent / what is complete."
    return figures.spent, f"Compared with what is spent so far: {figures.scope_forecast.reason}"


def _standing(hours: Decimal, stand: Ground, as_of: date) -> Decimal:
    """Hours of standing work in a week, over the working weeks that have passed."""
    if stand.start is None or as_of < stand.start:
        return ZERO
    days = len(stand.working_days(stand.start, as_of))
    return hours * stand.days_per_week / days if days else ZERO


def _slip(stand: Ground) -> Decimal:
    """Working weeks by which the finish lies behind the baseline's."""
    late = stand.summary.late_days if stand.summary is not None else None
    return Decimal(late or 0) / stand.days_per_week


# --- for the client ---------------------------------------------------------------------------


def sentence(as_of: date, figures: BurnFigures, split: Variance, refs: Sequence[str], slip: Decimal) -> str:
    """Where the hours stand and why, in words for a client: whole hours, no rate, no name. '' without hours."""
    burned = figures.burn
    if burned.spent.value is None:
        return ""
    spent, budget, complete = burned.spent.value, burned.budget.value, burned.percent_complete.value
    if budget is None:
        return f"By {day_text(as_of)}, {_h(spent)} h are worked."
    words = f"By {day_text(as_of)}, {_h(spent)} of {_h(budget)} h are used"
    if burned.percent_spent.value is not None:
        words += f" ({_h(burned.percent_spent.value)} %)"
    words += f", and {_h(complete)} % of the work is complete." if complete is not None else "."
    total, outcome = split.total.value, burned.scope_forecast.value
    if total is None or outcome is None or complete is None:
        return words
    verb = "took" if complete >= HUNDRED else "is expected to take"
    words += f" The whole {verb} {_h(outcome)} h"
    if not _whole(total):
        return f"{words}, as budgeted."
    words += f", {_h(abs(total))} h {'more' if total > 0 else 'fewer'} than first agreed"
    parts = [text for cause, measure in split.causes if (text := _part(cause, measure.value, refs, slip))]
    return f"{words}: {_listed(parts)}." if parts else f"{words}."


def _part(cause: Cause, amount: Decimal | None, refs: Sequence[str], slip: Decimal) -> str:
    if amount is None or not _whole(amount):
        return ""
    hours = f"{_h(abs(amount))} h {'more' if amount > 0 else 'fewer'}"
    match cause:
        case Cause.CHANGES:
            named = f" ({', '.join(refs)})" if refs else ""
            return f"{hours} for approved changes{named}"
        case Cause.OUTSIDE:
            return f"{hours} for work outside the agreed scope"
        case Cause.DATE:
            weeks = shown(abs(slip), Unit.WEEKS)
            return f"{hours} because the finish is {weeks} weeks {'later' if slip > 0 else 'earlier'} than planned"
        case _:
            return f"{hours} because the same work takes {'longer' if amount > 0 else 'less'} than planned"


def _whole(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal(1), ROUND_HALF_UP)


def _h(amount: Decimal) -> str:
    return shown(amount, Unit.HOURS, 0)


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
