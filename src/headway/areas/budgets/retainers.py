"""Agreeing on retainers, planning the periods ahead, deciding on overage, closing periods."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from headway.areas.budgets.commands import read_the_lines
from headway.areas.budgets.models import Budget, Retainer, RetainerPeriod
from headway.areas.budgets.money_types import Fee, Percent, PeriodHours, RetainerRow
from headway.areas.budgets.retainer_ledger import first_open_line, packed, retainer_row
from headway.areas.budgets.types import Basis, BudgetKind
from headway.areas.projects.queries import charter, local_day
from headway.areas.projects.types import ProjectId
from headway.engine.retainer import DrawOrder, Overage, PeriodLength
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.money import payable
from headway.kernel.schema import Currency, Label, Name

_MOST_AHEAD = 24
_MOST_LIFE = 120


@command(permission="budgets.edit_retainers")
def add_retainer(
    ctx: Context,
    *,
    project: ProjectId,
    name: Name,
    allocation: PeriodHours,
    first: date,
    length: PeriodLength = PeriodLength.MONTH,
    last: date | None = None,
    cap: Percent | None = None,
    life: int | None = 1,
    order: DrawOrder = DrawOrder.CARRIED_FIRST,
    overage: Overage = Overage.BILL,
    fee: Fee | None = None,
    rate: Fee | None = None,
    currency: Currency | None = None,
    phase: Label = "",
    billable_only: bool = True,
    ahead: int = 3,
) -> RetainerRow:
    """Agree on hours for each period, and what becomes of those that are left or used beyond.

    first    the day the first period begins; months begin on the same day of the month.
    cap      percent of the allocation of which at most rolls over; none = all.
    life     for how many further periods carried hours stay good; 0 = nothing rolls over, none = for ever.
    fee      paid for a period. rate: for an hour beyond it.
    phase    only hours of this phase count.
    ahead    how many future periods the ledger shows.
    """
    _fits(first=first, last=last, life=life, ahead=ahead, overage=overage, rate=rate)
    own = currency or charter(ctx, project=project).currency
    payable(fee, own, field="fee")
    budget = Budget.add(
        ctx,
        project_id=project,
        name=name,
        basis=Basis.HOURS.value,
        amount=allocation,
        kind=BudgetKind.RETAINER.value,
        billable_only=billable_only,
        set_by_user=ctx.actor.user_id,
    )
    row = Retainer.add(
        ctx,
        project_id=project,
        budget=budget,
        name=name,
        allocation=allocation,
        length=length.value,
        first=first,
        last=last,
        cap=cap,
        life=life,
        order=order.value,
        overage=overage.value,
        fee=fee,
        rate=rate,
        currency=own,
        phase=phase,
        billable_only=billable_only,
        ahead=ahead,
    )
    read_the_lines(ctx, project)
    return retainer_row(ctx, row)


def _fits(*, first: date, last: date | None, life: int | None, ahead: int, overage: Overage, rate: Any) -> None:
    if last is not None and last < first:
        raise Invalid(
            f"The retainer ends {last}, before it begins {first}.", fields=[FieldError("last", "before first")]
        )
    if life is not None and not 0 <= life <= _MOST_LIFE:
        raise Invalid(
            f"Carried hours cannot be good for {life} periods; give 0 to {_MOST_LIFE}, or nothing for ever.",
            fields=[FieldError("life", f"0 to {_MOST_LIFE}", value=str(life))],
        )
    if not 0 <= ahead <= _MOST_AHEAD:
        raise Invalid(
            f"The ledger cannot show {ahead} periods ahead; give 0 to {_MOST_AHEAD}.",
            fields=[FieldError("ahead", f"0 to {_MOST_AHEAD}", value=str(ahead))],
        )
    if overage is Overage.BILL and rate is None:
        raise Invalid(
            "Hours beyond the allocation are billed: give the rate for one, or choose what else becomes of them.",
            fields=[FieldError("rate", "needed to bill hours beyond")],
        )


@command(permission="budgets.edit_retainers", changes="retainer")
def edit_retainer(
    ctx: Context,
    *,
    retainer: Retainer,
    name: Name | None = None,
    allocation: PeriodHours | None = None,
    last: date | None = None,
    cap: Percent | None = None,
    life: int | None = None,
    order: DrawOrder | None = None,
    overage: Overage | None = None,
    fee: Fee | None = None,
    rate: Fee | None = None,
    ahead: int | None = None,
    clear: tuple[Literal["last", "cap", "life", "fee", "rate"], ...] = (),
) -> RetainerRow:
    """Change what was agreed, for the periods that are not closed; what is not given stays.

    clear  fields to empty: no end, no cap, carried hours good for ever, no fee, no rate.
    """
    given = {
        "name": name,
        "allocation": allocation,
        "last": last,
        "cap": cap,
        "life": life,
        "order": None if order is None else order.value,
        "overage": None if overage is None else overage.value,
        "fee": fee,
        "rate": rate,
        "ahead": ahead,
    }
    values: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
    values |= dict.fromkeys(clear)
    after = {field: values.get(field, getattr(retainer, field)) for field in ("last", "life", "ahead", "rate")}
    _fits(first=retainer.first, overage=Overage(values.get("overage", retainer.overage)), **after)
    payable(fee, retainer.currency, field="fee")
    retainer.change(ctx, **values)
    budget = Budget.found(ctx, pk=retainer.budget_id)
    budget.change(ctx, name=retainer.name, amount=retainer.allocation)
    read_the_lines(ctx, retainer.project_id)
    return retainer_row(ctx, retainer)


@command(permission="budgets.edit_retainers", destructive=True, idempotent=True)
def remove_retainer(ctx: Context, *, retainer: Retainer) -> None:
    """Take a retainer away of which no period is closed; one with closed periods is ended by its last day."""
    if RetainerPeriod.of(retainer).exclude(closed_at=None).exists():
        raise Conflict(f"'{retainer.name}' has closed periods, which stay. Give it a last day instead.")
    if retainer.removed_at is None:
        retainer.change(ctx, removed_at=ctx.now)
        Budget.found(ctx, pk=retainer.budget_id).change(ctx, removed_at=ctx.now)


@command(permission="budgets.edit_retainers", changes="retainer")
def plan_period(ctx: Context, *, retainer: Retainer, period: int, hours: PeriodHours | None) -> RetainerRow:
    """Say how many hours a future period is expected to use; none = nothing is planned for it."""
    line = next((one for one in retainer_row(ctx, retainer).lines if one.number == period), None)
    if line is None or not line.expected:
        raise Invalid(
            f"Period {period} does not lie ahead in the ledger; choose one that does.",
            fields=[FieldError("period", "not ahead", value=str(period))],
        )
    _keep(retainer, period, planned=hours)
    ctx.record(Retainer._meta.label, retainer.pk, f"planned for period {period}", None, hours)
    retainer.touch()
    return retainer_row(ctx, retainer)


@command(permission="budgets.edit_retainers", changes="retainer")
def decide_overage(ctx: Context, *, retainer: Retainer, period: int, overage: Overage) -> RetainerRow:
    """Say what becomes of the hours beyond of a period that is not closed: billed, written off or borrowed."""
    if overage is Overage.ASK:
        raise Invalid("Say what becomes of the hours.", fields=[FieldError("overage", "bill, write off or borrow")])
    line = next((one for one in retainer_row(ctx, retainer).lines if one.number == period), None)
    if line is None or line.expected or not line.overage:
        raise Conflict(f"Period {period} has no hours beyond to decide on.")
    if line.closed:
        raise Conflict(f"Period {period} is closed and stays as it is.")
    if overage is Overage.BILL and retainer.rate is None:
        raise Invalid(
            "The retainer has no rate for hours beyond. Give it one first.", fields=[FieldError("overage", "no rate")]
        )
    _keep(retainer, period, decided=overage.value, decided_by=ctx.actor.name[:255])
    ctx.record(Retainer._meta.label, retainer.pk, f"hours beyond of period {period}", None, overage.value)
    retainer.touch()
    return retainer_row(ctx, retainer)


@command(permission="budgets.edit_retainers", changes="retainer")
def close_period(ctx: Context, *, retainer: Retainer, period: int) -> RetainerRow:
    """Close the first open period once it is over: its line stays for ever, and what it rolls goes on.

    Hours that are entered for its days later count in the next open period.
    """
    found = first_open_line(retainer, local_day(ctx, project=retainer.project_id))
    if found is None or found[0].number != period:
        first = "none is open" if found is None else f"period {found[0].number} comes first"
        raise Conflict(f"Period {period} cannot be closed now: {first}.")
    span, line = found
    if span.last >= local_day(ctx, project=retainer.project_id):
        raise Conflict(f"Period {period} runs until {span.last}; it can be closed when that day is over.")
    if line.overage and line.treatment is Overage.ASK:
        raise Conflict(f"Period {period} has {line.overage} hours beyond. Decide what becomes of them first.")
    _keep(retainer, period, line=packed(line), closed_at=ctx.now, closed_by=ctx.actor.name[:255])
    ctx.record(Retainer._meta.label, retainer.pk, f"period {period}", None, "closed")
    retainer.touch()
    return retainer_row(ctx, retainer)


def _keep(retainer: Retainer, period: int, **values: Any) -> None:
    rows = RetainerPeriod.of(retainer).filter(number=period)
    if not rows.update(**values):
        RetainerPeriod(retainer=retainer, number=period, **values).save(force_insert=True)
