"""Reads of expenses, orders, cost by kind and period, and the margin. For those who may see costs; expenses: one's own.

An order counts as committed as far as it has not come; what came is an expense, so that nothing is counted in both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q

from headway.areas.budgets.exchange import house_exchange, total_of
from headway.areas.budgets.invoiced import billed_so_far
from headway.areas.budgets.models import Commitment, Expense
from headway.areas.budgets.money_types import (
    CommitmentRow,
    Commitments,
    CostPeriod,
    CostRow,
    Costs,
    ExpenseRow,
    Expenses,
    ExpenseState,
    Margin,
    ShownTotal,
)
from headway.areas.budgets.spending import billed_of
from headway.areas.files import store
from headway.areas.files.queries import held
from headway.areas.files.types import Download
from headway.areas.hours.queries import totals, without_amount
from headway.areas.hours.sums import plain
from headway.areas.hours.types import GroupBy
from headway.areas.projects.queries import charter, local_day
from headway.areas.projects.types import ProjectId
from headway.engine.measures import HUNDRED, ZERO, Input, Unit, derive, divided
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.paging import page
from headway.kernel.queries import once, query
from headway.kernel.schema import ShortText

LABOUR = "Hours worked"
_MOST = 1000
COUNTED = ~Q(state=ExpenseState.REFUSED.value)


# --- expenses ------------------------------------------------------------------------------------


@query(permission="budgets.read_expenses", name="budgets.expenses")
def expenses(
    ctx: Context,
    *,
    project: ProjectId,
    state: ExpenseState | None = None,
    kind: ShortText = "",
    first: date | None = None,
    last: date | None = None,
    search: ShortText = "",
    cursor: str = "",
    limit: int = 100,
) -> Expenses:
    """Expenses of a project, newest first: all for those who see costs, one's own for everybody else.

    first, last  both inclusive. The sums are of all that the filters leave, refused ones left out.
    """
    seen = Expense.visible_to(ctx).filter(project_id=project)
    rows = seen
    if state is not None:
        rows = rows.filter(state=state.value)
    if kind:
        rows = rows.filter(kind__iexact=kind)
    if first is not None:
        rows = rows.filter(day__gte=first)
    if last is not None:
        rows = rows.filter(day__lte=last)
    if search:
        rows = rows.filter(Q(description__icontains=search) | Q(supplier__icontains=search) | Q(kind__icontains=search))
    counted = rows.filter(COUNTED).order_by().values_list("currency", "amount")
    items, following = page(
        rows.select_related("commitment", "receipt", "corrects"), order=("-day", "-id"), cursor=cursor, limit=limit
    )
    today, currency = local_day(ctx, project=project), charter(ctx, project=project).currency
    return Expenses(
        items=tuple(expense_row(ctx, row) for row in items),
        next=following,
        total=total_of(counted, currency, house_exchange(ctx), today),
        waiting=seen.filter(state=ExpenseState.ENTERED.value).count(),
        kinds=tuple(sorted(set(seen.order_by().values_list("kind", flat=True).distinct()))),
    )


@query(permission="budgets.read_expenses", name="budgets.expense")
def expense(ctx: Context, *, expense: Expense) -> ExpenseRow:
    """One expense."""
    return expense_row(ctx, expense)


@query(
    permission="budgets.read_expenses",
    name="budgets.receipt",
    internal="gives bytes; the address of a receipt answers with them",
)
def receipt(ctx: Context, *, expense: Expense) -> Download:
    """The receipt of an expense, to save."""
    if expense.receipt_id is None:
        raise NotFound("This expense has no receipt.")
    file = held(expense.receipt_id)
    return Download(file.name, expense.receipt_type, store.read(file.sha256))


def expense_row(ctx: Context, row: Expense) -> ExpenseRow:
    """A visible expense as its register shows it."""
    return ExpenseRow(
        id=row.pk,
        project_id=row.project_id,
        number=row.number,
        ref=row.ref,
        day=row.day,
        kind=row.kind,
        description=row.description,
        supplier=row.supplier,
        amount=plain(row.amount),
        currency=row.currency,
        billable=row.billable,
        markup=plain(row.markup),
        billed=plain(billed_of(row)),
        commitment_id=row.commitment_id,
        commitment=row.commitment.ref if row.commitment is not None else "",
        receipt=row.receipt.name if row.receipt is not None else "",
        state=ExpenseState(row.state),
        entered_by=row.entered_by,
        own=row.entered_by_user is not None and row.entered_by_user == ctx.actor.user_id,
        decided_by=row.decided_by,
        decided_on=row.decided_on,
        reason=row.reason,
        corrects=row.corrects.ref if row.corrects is not None else "",
        counter=row.counter,
        version=row.version,
    )


# --- orders --------------------------------------------------------------------------------------


@query(permission="budgets.read_costs", name="budgets.commitments")
def commitments(ctx: Context, *, project: ProjectId) -> Commitments:
    """Orders of a project with what came of them, those still open first, the earliest expected before the others."""
    return once(ctx, ("budgets.commitments", project), lambda: _commitments(ctx, project))


def _commitments(ctx: Context, project: int) -> Commitments:
    today, currency = local_day(ctx, project=project), charter(ctx, project=project).currency
    rows = list(Commitment.visible_to(ctx).filter(project_id=project).order_by("number")[:_MOST])
    came = _came([row.pk for row in rows])
    items = [_commitment(row, came.get(row.pk, ZERO), today) for row in rows]
    items.sort(key=lambda item: (not item.open, item.expected or date.max, item.number))
    still = ((item.currency, item.open) for item in items if item.open)
    return Commitments(tuple(items), total_of(still, currency, house_exchange(ctx), today))


@query(permission="budgets.read_costs", name="budgets.commitment")
def commitment(ctx: Context, *, commitment: Commitment) -> CommitmentRow:
    """One order."""
    return commitment_row(ctx, commitment)


def commitment_row(ctx: Context, row: Commitment) -> CommitmentRow:
    """A visible order with what came of it."""
    return _commitment(row, received_of(row), local_day(ctx, project=row.project_id))


def received_of(row: Commitment) -> Decimal:
    """What came of an order: its expenses, refused ones left out."""
    return _came([row.pk]).get(row.pk, ZERO)


def _came(ids: Collection[int]) -> dict[int, Decimal]:
    rows = Expense.unscoped(reason="parts of visible orders").filter(
        COUNTED, commitment_id__in=list(ids), removed_at=None
    )
    found: dict[int, Decimal] = {}
    for order, amount in rows.values_list("commitment_id", "amount"):
        found[order] = found.get(order, ZERO) + amount
    return found


def _commitment(row: Commitment, came: Decimal, today: date) -> CommitmentRow:
    still = ZERO if row.closed_on is not None else max(ZERO, row.amount - came)
    return CommitmentRow(
        id=row.pk,
        project_id=row.project_id,
        number=row.number,
        ref=row.ref,
        supplier=row.supplier,
        title=row.title,
        kind=row.kind,
        amount=plain(row.amount),
        currency=row.currency,
        expected=row.expected,
        received=plain(came),
        open=plain(still),
        closed_on=row.closed_on,
        late=bool(still) and row.expected is not None and row.expected < today,
        version=row.version,
    )


# --- cost by kind and period ---------------------------------------------------------------------


class _Key(NamedTuple):
    """What a row of the costs is added up by."""

    kind: str
    period: date | None
    currency: str


@query(permission="budgets.read_costs", name="budgets.costs")
def costs(ctx: Context, *, project: ProjectId, by: CostPeriod = CostPeriod.MONTH) -> Costs:
    """What a project costs by kind and period: actual beside committed, each row with its source and as of when.

    Hours at the cost rates frozen on them, expenses from their entering unless refused, orders as far as they have
    not come, in the period in which they are expected.
    """
    today, currency = local_day(ctx, project=project), charter(ctx, project=project).currency
    found: dict[_Key, list[Any]] = {}
    for key, amount, count in _labour(ctx, project, by):
        _add(found, key, amount, ZERO, count, 0)
    spent = Expense.visible_to(ctx).filter(COUNTED, project_id=project).order_by("day")
    for kind, day, money, amount in spent.values_list("kind", "day", "currency", "amount"):
        _add(found, _Key(kind, _period(day, by), money), amount, ZERO, 1, 0)
    for order in commitments(ctx, project=project).items:
        if order.open:
            when = None if order.expected is None else _period(order.expected, by)
            _add(found, _Key(order.kind, when, order.currency), ZERO, order.open, 0, 1)
    rows = tuple(
        CostRow(*key, plain(actual), plain(committed), count + orders, _source(key.kind, count, orders), ctx.now)
        for key, (actual, committed, count, orders) in sorted(
            found.items(), key=lambda item: (item[0].period or date.max, item[0].kind != LABOUR, *item[0][::2])
        )
    )
    rates = house_exchange(ctx)
    return Costs(
        rows,
        actual=total_of(((row.currency, row.actual) for row in rows if row.actual), currency, rates, today),
        committed=total_of(((row.currency, row.committed) for row in rows if row.committed), currency, rates, today),
        without_rate=without_amount(project, "cost", currency),
    )


def _labour(ctx: Context, project_id: int, by: CostPeriod) -> Iterable[tuple[_Key, Decimal, int]]:
    for row in totals(ctx, project=project_id, by=(GroupBy.MONTH,)):
        for cost in row.cost or ():
            month = date.fromisoformat(row.keys[0])
            yield _Key(LABOUR, _period(month, by), cost.currency), cost.amount, row.entries


def _add(found: dict[_Key, list[Any]], key: _Key, actual: Decimal, committed: Decimal, count: int, orders: int) -> None:
    sums = found.setdefault(key, [ZERO, ZERO, 0, 0])
    for place, more in enumerate((actual, committed, count, orders)):
        sums[place] += more


def _period(day: date, by: CostPeriod) -> date:
    if by is CostPeriod.YEAR:
        return date(day.year, 1, 1)
    month = day.month if by is CostPeriod.MONTH else (day.month - 1) // 3 * 3 + 1
    return date(day.year, month, 1)


def _source(kind: str, count: int, orders: int) -> str:
    if kind == LABOUR:
        return f"{count:,} time {'entry' if count == 1 else 'entries'} at their own cost rates"
    told = [(count, "expense"), (orders, "order")]
    return ", ".join(f"{number:,} {noun}{'' if number == 1 else 's'}" for number, noun in told if number)


# --- margin --------------------------------------------------------------------------------------


@query(permission="budgets.read_costs", name="budgets.margins")
def margins(ctx: Context, *, project: ProjectId) -> tuple[Margin, ...]:
    """What a project earns, on two bases side by side: invoiced to date, and the billable value of what was done.

    In the project's currency by the house's rates; what no rate converts is left out and named.
    """
    today, currency = local_day(ctx, project=project), charter(ctx, project=project).currency
    rates = house_exchange(ctx)
    told = costs(ctx, project=project)
    worth = [(bill.currency, bill.amount) for row in totals(ctx, project=project, by=()) for bill in row.bill or ()]
    passed_on = Expense.visible_to(ctx).filter(COUNTED, project_id=project, billable=True)
    worth += [(row.currency, billed_of(row)) for row in passed_on]
    bases = (("invoiced to date", billed_so_far(project)), ("billable value of hours and expenses", worth))
    return tuple(_margin(basis, total_of(amounts, currency, rates, today), told, currency) for basis, amounts in bases)


def _margin(basis: str, revenue: ShownTotal, told: Costs, currency: str) -> Margin:
    inputs = (
        Input(basis, _shown(revenue), Unit.MONEY),
        Input("cost of hours and expenses", _shown(told.actual) or ZERO, Unit.MONEY),
    )
    notes = [text for text in (revenue.text, told.actual.text) if text]
    if told.without_rate:
        notes.append(f"{told.without_rate:,} time entries have no cost in {currency}: their cost is not in it")
    return Margin(
        basis=basis,
        revenue=revenue,
        cost=told.actual,
        amount=derive("margin", "Margin", Unit.MONEY, f"{basis} − cost", inputs, lambda came, cost: came - cost),
        percent=derive(
            "margin_percent",
            "Margin, percent",
            Unit.PERCENT,
            f"({basis} − cost) / {basis}",
            inputs,
            lambda came, cost: divided(HUNDRED * (came - cost), came, "Nothing came in."),
        ),
        notes=tuple(dict.fromkeys(notes)),
    )


def _shown(total: ShownTotal) -> Decimal | None:
    return total.shown.total if total.shown is not None else None
