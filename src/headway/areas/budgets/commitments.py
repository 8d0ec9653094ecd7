"""Orders from suppliers: entered, received in parts, closed. What came is an expense and no longer to come."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from headway.areas.budgets.commands import read_the_lines
from headway.areas.budgets.costs import commitment_row, received_of
from headway.areas.budgets.models import Commitment, Expense
from headway.areas.budgets.money_types import CommitmentRow, Percent, Spent
from headway.areas.hours.sums import plain
from headway.areas.projects.queries import charter, local_day
from headway.areas.projects.types import ProjectId
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.models import next_number
from headway.kernel.money import payable
from headway.kernel.schema import Currency, Label, Name, ShortName


@command(permission="budgets.edit_commitments")
def add_commitment(
    ctx: Context,
    *,
    project: ProjectId,
    supplier: Name,
    title: Name,
    kind: ShortName,
    amount: Spent,
    currency: Currency | None = None,
    expected: date | None = None,
) -> CommitmentRow:
    """Enter what was ordered from a supplier: committed, and no actual cost before it comes.

    expected  the day by which it should come.
    """
    own = currency or charter(ctx, project=project).currency
    payable(amount, own)
    row = Commitment.add(
        ctx,
        project_id=project,
        number=next_number(f"budgets.commitment.{project}"),
        supplier=supplier,
        title=title,
        kind=kind,
        amount=amount,
        currency=own,
        expected=expected,
    )
    return commitment_row(ctx, row)


@command(permission="budgets.edit_commitments", changes="commitment")
def edit_commitment(
    ctx: Context,
    *,
    commitment: Commitment,
    supplier: Name | None = None,
    title: Name | None = None,
    kind: ShortName | None = None,
    amount: Spent | None = None,
    expected: date | None = None,
    clear: tuple[Literal["expected"], ...] = (),
) -> CommitmentRow:
    """Change an order that is open; what is not given stays. It cannot shrink below what came."""
    _open(commitment)
    payable(amount, commitment.currency)
    came = received_of(commitment)
    if amount is not None and amount < came:
        raise Conflict(f"{plain(came):f} {commitment.currency} of {commitment.ref} came already; it cannot be less.")
    given = {
        "supplier": supplier,
        "title": title,
        "kind": kind,
        "amount": amount,
        "expected": expected,
    }
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    commitment.change(ctx, **values, **dict.fromkeys(clear))
    return commitment_row(ctx, commitment)


@command(permission="budgets.edit_commitments", changes="commitment")
def receive_commitment(
    ctx: Context,
    *,
    commitment: Commitment,
    amount: Spent,
    day: date | None = None,
    description: Label = "",
    billable: bool = False,
    markup: Percent = Decimal(0),
) -> CommitmentRow:
    """Take in a part of an order, or all of it: the part becomes an expense, and is no longer to come.

    day  it came; none = today.
    """
    commitment = Commitment.hold(Commitment.visible_to(ctx).filter(pk=commitment.pk)).get()
    _open(commitment)
    payable(amount, commitment.currency)
    left = commitment.amount - received_of(commitment)
    if amount > left:
        raise Invalid(
            f"{plain(amount):f} is more than the {plain(left):f} {commitment.currency} still to come of "
            f"{commitment.ref}. Change the order first.",
            fields=[FieldError("amount", f"at most {plain(left):f}", value=format(amount, "f"))],
        )
    Expense.add(
        ctx,
        project_id=commitment.project_id,
        number=next_number(f"budgets.expense.{commitment.project_id}"),
        day=day or local_day(ctx, project=commitment.project_id),
        kind=commitment.kind,
        description=description or commitment.title,
        supplier=commitment.supplier,
        amount=amount,
        currency=commitment.currency,
        billable=billable,
        markup=markup if billable else Decimal(0),
        commitment=commitment,
        entered_by=ctx.actor.name,
        entered_by_user=ctx.actor.user_id,
    )
    commitment.touch()
    read_the_lines(ctx, commitment.project_id)
    return commitment_row(ctx, commitment)


@command(permission="budgets.edit_commitments", changes="commitment")
def close_commitment(ctx: Context, *, commitment: Commitment) -> CommitmentRow:
    """Say that no more comes of an order: what is left of it is committed no longer."""
    _open(commitment)
    commitment.change(ctx, closed_on=local_day(ctx, project=commitment.project_id))
    return commitment_row(ctx, commitment)


@command(permission="budgets.edit_commitments", changes="commitment")
def reopen_commitment(ctx: Context, *, commitment: Commitment) -> CommitmentRow:
    """Open a closed order again: what is left of it is still to come."""
    if commitment.closed_on is None:
        raise Conflict(f"{commitment.ref} is open.")
    commitment.change(ctx, closed_on=None)
    return commitment_row(ctx, commitment)


@command(permission="budgets.edit_commitments", destructive=True, idempotent=True)
def remove_commitment(ctx: Context, *, commitment: Commitment) -> None:
    """Take an order away of which nothing came; of one that came in part the rest is closed."""
    if Expense.unscoped(reason="parts of a visible order").filter(commitment=commitment, removed_at=None).exists():
        raise Conflict(f"Part of {commitment.ref} came already. Close it instead.")
    if commitment.removed_at is None:
        commitment.change(ctx, removed_at=ctx.now)


def _open(commitment: Commitment) -> None:
    if commitment.closed_on is not None:
        raise Conflict(f"{commitment.ref} is closed. Open it again first.")
