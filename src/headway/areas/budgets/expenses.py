"""Expenses: entered, decided on by somebody else, with their receipts. Orders and what came of them: `commitments`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.db.models import QuerySet

from headway.areas.budgets.commands import read_the_lines
from headway.areas.budgets.costs import expense_row
from headway.areas.budgets.models import Commitment, Expense
from headway.areas.budgets.money_types import ExpenseRow, ExpenseState, Percent, Spent
from headway.areas.comms.commands import notify
from headway.areas.comms.types import NoticeReason
from headway.areas.files.file_types import HEAD, media_type_of
from headway.areas.files.queries import held, held_path
from headway.areas.files.types import FileId
from headway.areas.people.queries import person_of_user, self_approval_allowed
from headway.areas.projects.queries import charter, local_day
from headway.areas.projects.types import ProjectId
from headway.kernel.access import may
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid
from headway.kernel.models import next_number
from headway.kernel.money import payable
from headway.kernel.schema import Currency, Label, Name, ShortName, Text

_OWN = " (own)"


@command(permission="budgets.enter_expense")
def add_expense(
    ctx: Context,
    *,
    project: ProjectId,
    day: date,
    description: Name,
    amount: Spent,
    kind: ShortName,
    currency: Currency | None = None,
    supplier: Label = "",
    billable: bool = False,
    markup: Percent = Decimal(0),
    file: FileId | None = None,
) -> ExpenseRow:
    """Enter money spent on a project beside hours. It counts at once; somebody else approves it.

    kind      what it was for, such as Travel, Software or Hosting: costs are added up by it.
    markup    percent that is added when it is passed on to the client.
    file      the receipt, which one has brought.
    """
    if markup and not billable:
        raise Invalid(
            "A markup is for what the client pays. Make the expense billable, or leave the markup out.",
            fields=[FieldError("markup", "goes with billable")],
        )
    own = currency or charter(ctx, project=project).currency
    payable(amount, own)
    row = Expense.add(
        ctx,
        project_id=project,
        number=next_number(f"budgets.expense.{project}"),
        day=day,
        kind=kind,
        description=description,
        supplier=supplier,
        amount=amount,
        currency=own,
        billable=billable,
        markup=markup,
        entered_by=ctx.actor.name,
        entered_by_user=ctx.actor.user_id,
        **_receipt(file),
    )
    read_the_lines(ctx, project)
    return expense_row(ctx, row)


def _receipt(file_id: int | None) -> dict[str, Any]:
    if file_id is None:
        return {}
    receipt = held(file_id)
    with held_path(file_id).open("rb") as content:
        head = content.read(HEAD)
    try:
        return {"receipt_id": file_id, "receipt_type": media_type_of(receipt.name, head, receipt.size)}
    except Invalid as refusal:  # beside the field stand the words that say why
        raise Invalid(refusal.message, fields=[FieldError("file", refusal.message, value=receipt.name)]) from refusal


@command(permission="budgets.enter_expense", changes="expense")
def edit_expense(
    ctx: Context,
    *,
    expense: Expense,
    day: date | None = None,
    description: Name | None = None,
    amount: Spent | None = None,
    kind: ShortName | None = None,
    supplier: Label | None = None,
    billable: bool | None = None,
    markup: Percent | None = None,
    file: FileId | None = None,
    clear: tuple[Literal["file"], ...] = (),
) -> ExpenseRow:
    """Change an expense that is not approved; what is not given stays. A refused one waits for approval again."""
    _may_change(ctx, expense)
    given = {
        "day": day,
        "description": description,
        "amount": amount,
        "kind": kind,
        "supplier": supplier,
        "billable": billable,
        "markup": markup,
    }
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if "file" in clear:
        values |= {"receipt_id": None, "receipt_type": ""}
    values |= _receipt(file)
    pays = values.get("billable", expense.billable)
    if values.get("markup") and not pays:
        raise Invalid(
            "A markup is for what the client pays. Make the expense billable, or leave the markup out.",
            fields=[FieldError("markup", "goes with billable")],
        )
    if not pays and expense.markup:
        values["markup"] = Decimal(0)
    if "amount" in values:
        payable(values["amount"], expense.currency)
        _room_for(expense, values["amount"])
    if expense.state == ExpenseState.REFUSED.value:
        values |= {"state": ExpenseState.ENTERED.value, "decided_by": "", "decided_on": None, "reason": ""}
    expense.change(ctx, **values)
    read_the_lines(ctx, expense.project_id)
    return expense_row(ctx, expense)


def _room_for(expense: Expense, amount: Decimal) -> None:
    order = expense.commitment
    if order is None:
        return
    came = sum((row.amount for row in _others(expense, order)), Decimal(0))
    if came + amount > order.amount:
        raise Conflict(
            f"With {amount:f} more would have come than {order.ref} orders ({order.amount:f} {order.currency}). "
            "Change the order first."
        )


def _others(expense: Expense, order: Commitment) -> QuerySet[Expense]:
    rows = Expense.unscoped(reason="parts of the same order").filter(commitment=order, removed_at=None)
    return rows.exclude(pk=expense.pk).exclude(state=ExpenseState.REFUSED.value)


def _may_change(ctx: Context, expense: Expense) -> None:
    if expense.state == ExpenseState.APPROVED.value:
        raise Conflict(f"{expense.ref} is approved and changes no more. Correct it by a counter-entry.")
    own = expense.entered_by_user is not None and expense.entered_by_user == ctx.actor.user_id
    if not own and not may(ctx, "budgets.edit_commitments", project_id=expense.project_id):
        raise Denied("Only whoever entered an expense, or the project's manager, may change it.")


@command(permission="budgets.enter_expense", destructive=True, idempotent=True)
def remove_expense(ctx: Context, *, expense: Expense) -> None:
    """Take an expense out that is not approved; it counts nowhere any more."""
    _may_change(ctx, expense)
    if expense.removed_at is None:
        expense.change(ctx, removed_at=ctx.now)
        read_the_lines(ctx, expense.project_id)


@command(permission="budgets.decide_expense", changes="expense")
def approve_expense(ctx: Context, *, expense: Expense) -> ExpenseRow:
    """Agree to an expense that somebody else entered. One's own needs the house rule of self-approval, and shows."""
    by = ctx.actor.name
    if expense.entered_by_user is not None and expense.entered_by_user == ctx.actor.user_id:
        if not self_approval_allowed():
            raise Denied("You entered this yourself; somebody else must approve it. (House rules can allow it.)")
        by = by[: 255 - len(_OWN)] + _OWN
    return _decided(ctx, expense, ExpenseState.APPROVED, by, "")


@command(permission="budgets.decide_expense", changes="expense")
def refuse_expense(ctx: Context, *, expense: Expense, reason: Text) -> ExpenseRow:
    """Refuse an expense with a reason, which whoever entered it is told; it counts nowhere any more."""
    if not reason.strip():
        raise Invalid("Say why it is refused.", fields=[FieldError("reason", "required")])
    return _decided(ctx, expense, ExpenseState.REFUSED, ctx.actor.name, reason.strip())


def _decided(ctx: Context, expense: Expense, state: ExpenseState, by: str, reason: str) -> ExpenseRow:
    if expense.state != ExpenseState.ENTERED.value:
        raise Conflict(f"{expense.ref} is {expense.state} already.")
    today = local_day(ctx, project=expense.project_id)
    expense.change(ctx, state=state.value, decided_by=by[:255], decided_on=today, reason=reason)
    notify(
        ctx,
        to=[person_of_user(expense.entered_by_user)],
        reason=NoticeReason.DECIDED,
        about_kind=Expense._meta.label,
        about_id=expense.pk,
        project_id=expense.project_id,
        text=f"{expense.ref} {expense.description}: {state.value}" + (f". {reason}" if reason else ""),
    )
    read_the_lines(ctx, expense.project_id)
    return expense_row(ctx, expense)
