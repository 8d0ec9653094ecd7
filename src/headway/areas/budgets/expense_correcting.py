"""Corrections of approved expenses, in closed months too: the expense stays as it was signed.

A counter-entry takes its amount back on the same day, and the right expense stands beside it; each names what it
corrects. Both are approved as the expense is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from headway.areas.budgets.commands import read_the_lines
from headway.areas.budgets.costs import expense_row, received_of
from headway.areas.budgets.models import Expense
from headway.areas.budgets.money_types import ExpenseRow, ExpenseState, Percent
from headway.areas.comms.commands import notify
from headway.areas.comms.types import NoticeReason
from headway.areas.hours.sums import plain
from headway.areas.people.queries import person_of_user, self_approval_allowed
from headway.areas.projects.queries import local_day
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid
from headway.kernel.models import next_number
from headway.kernel.money import payable
from headway.kernel.schema import Name, ShortName, Text

RightAmount = Annotated[Decimal, Field(ge=0, max_digits=20, decimal_places=6)]
_KEPT = (
    *("project_id", "day", "kind", "description", "supplier", "currency", "billable", "markup", "commitment_id"),
    *("receipt_id", "receipt_type", "entered_by", "entered_by_user"),
)


@dataclass(frozen=True, slots=True)
class CorrectedExpense:
    """What a correction made: the counter-entry, and the right expense unless nothing stands in its place."""

    expense: ExpenseRow
    counter: ExpenseRow
    right: ExpenseRow | None


@command(permission="budgets.decide_expense")
def correct_expense(
    ctx: Context,
    *,
    expense: Expense,
    reason: Text,
    amount: RightAmount | None = None,
    day: date | None = None,
    description: Name | None = None,
    kind: ShortName | None = None,
    billable: bool | None = None,
    markup: Percent | None = None,
) -> CorrectedExpense:
    """Correct an approved expense by a counter-entry and the right one beside it; what is not given stays.

    amount  what is right; 0 = nothing was spent, and no expense takes its place.
    reason  why; whoever entered it reads it.
    Whoever entered an expense does not correct it, unless the house allows self-approval.
    """
    if not reason.strip():
        raise Invalid("Say why the expense is corrected.", fields=[FieldError("reason", "required")])
    mine = expense.entered_by_user is not None and expense.entered_by_user == ctx.actor.user_id
    if mine and not self_approval_allowed():
        raise Denied("You entered this yourself; somebody else must correct it. (House rules can allow it.)")
    expense = Expense.hold(Expense.visible_to(ctx).filter(pk=expense.pk)).get()
    _can_be_corrected(expense)
    given = {"amount": amount, "day": day, "description": description, "kind": kind, "billable": billable,
             "markup": markup}  # fmt: skip
    wanted = {name: getattr(expense, name) for name in given} | {
        name: value for name, value in given.items() if value is not None
    }
    if all(getattr(expense, name) == value for name, value in wanted.items()):
        raise Invalid("This is what the expense says already.", fields=[FieldError("amount", "change something")])
    if wanted["markup"] and not wanted["billable"]:
        if markup:
            said = "A markup is for what the client pays. Make the expense billable, or leave the markup out."
            raise Invalid(said, fields=[FieldError("markup", "goes with billable")])
        wanted["markup"] = Decimal(0)
    payable(wanted["amount"], expense.currency)
    _room_for(expense, wanted["amount"])
    signed: dict[str, Any] = {
        "corrects_id": expense.pk,
        "state": ExpenseState.APPROVED.value,
        "decided_by": ctx.actor.name,
        "decided_on": local_day(ctx, project=expense.project_id),
        "reason": reason.strip(),
    }
    same = {name: getattr(expense, name) for name in _KEPT}
    counter = _made(ctx, {**same, **signed, "amount": -expense.amount, "counter": True})
    right = _made(ctx, {**same, **signed, **wanted}) if wanted["amount"] else None
    notify(
        ctx,
        to=[person_of_user(expense.entered_by_user)],
        reason=NoticeReason.DECIDED,
        about_kind=Expense._meta.label,
        about_id=expense.pk,
        project_id=expense.project_id,
        text=f"{expense.ref} {expense.description}: {plain(expense.amount):f} {expense.currency} corrected to "
        f"{plain(wanted['amount']):f}: {reason.strip()}",
    )
    read_the_lines(ctx, expense.project_id)
    return CorrectedExpense(
        expense_row(ctx, expense), expense_row(ctx, counter), expense_row(ctx, right) if right is not None else None
    )


def _made(ctx: Context, values: dict[str, Any]) -> Expense:
    number = next_number(f"budgets.expense.{values['project_id']}")
    return Expense.add(ctx, **values, number=number)


def _can_be_corrected(expense: Expense) -> None:
    if expense.state != ExpenseState.APPROVED.value or expense.removed_at is not None:
        raise Conflict(f"{expense.ref} is not approved: change it directly.")
    if expense.counter:
        raise Conflict(f"{expense.ref} takes another expense back. Correct the one that stands in its place.")
    done = Expense.unscoped(reason="an expense is corrected once").filter(corrects_id=expense.pk, removed_at=None)
    if done.exists():
        raise Conflict(f"{expense.ref} is corrected already. Correct the one that stands in its place.")


def _room_for(expense: Expense, amount: Decimal) -> None:
    order = expense.commitment
    if order is not None and received_of(order) - expense.amount + amount > order.amount:
        raise Conflict(
            f"With {plain(amount):f} more would have come than {order.ref} orders "
            f"({plain(order.amount):f} {order.currency}). Change the order first."
        )
