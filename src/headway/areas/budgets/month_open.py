"""What money and progress of a project still leave open at the end of a month, for those who close it.

Not here: which of it stops the closing, and the words (the journey that checks a month).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet

from headway.areas.budgets.figures import ground, progress_day
from headway.areas.budgets.models import (
    AlertMail,
    Budget,
    BudgetAlert,
    BudgetChange,
    Commitment,
    Expense,
    Invoice,
    Retainer,
)
from headway.areas.budgets.money_types import AlertMailState, ExpenseState, InvoiceStatus
from headway.areas.budgets.retainer_ledger import retainer_rows
from headway.areas.budgets.types import ChangeState
from headway.kernel.among import among_ids
from headway.kernel.context import Context


@dataclass(frozen=True, slots=True)
class MoneyOpen:
    """What is open of a project's month. Names and numbers as people quote them, sorted.

    expenses         of the month, not decided; `entered_by` whose they are.
    drafts           invoices of the month that are drafts still.
    orders           expected by the end of the month, and neither come nor closed.
    budgets          whose amount nobody has approved. changes: asked for and not decided.
    alerts           budgets with an alert of the month whose drafted mail nobody has sent on its way or dropped.
    retainers        with a period that ended by then and is not closed. overages: (name, hours) to be decided.
    unplaced         (retainer, hours) that lie in none of its periods.
    progress_on      when progress was last said; None where never. planned: whether there is a plan to say it of.
    """

    expenses: tuple[str, ...] = ()
    entered_by: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    budgets: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    retainers: tuple[str, ...] = ()
    overages: tuple[tuple[str, Decimal], ...] = ()
    unplaced: tuple[tuple[str, Decimal], ...] = ()
    progress_on: date | None = None
    planned: bool = False


def expenses_waiting(project_ids: list[int], first: date, last: date) -> dict[int, int]:
    """How many expenses of some days nobody has decided, by project, for callers who passed their own door."""
    found = _waiting(first, last).filter(among_ids("project_id", project_ids))
    counted = found.order_by().values_list("project_id").annotate(n=Count("pk"))
    return dict(counted.values_list("project_id", "n"))


def _waiting(first: date, last: date) -> QuerySet[Expense]:
    return Expense.unscoped(reason="whether a month's expenses are decided").filter(
        state=ExpenseState.ENTERED.value, removed_at=None, day__gte=first, day__lte=last
    )


def money_open(ctx: Context, project_id: int, first: date, last: date, *, today: date) -> MoneyOpen:
    """What is open of a project's month, for callers who passed their own door; a dozen queries."""
    expenses = list(_waiting(first, last).filter(project_id=project_id).order_by("number"))
    invoices = Invoice.unscoped(reason="whether a month's invoices went out").filter(
        project_id=project_id, removed_at=None, status=InvoiceStatus.DRAFT.value, day__gte=first, day__lte=last
    )
    orders = Commitment.unscoped(reason="whether a month's orders came").filter(
        project_id=project_id, removed_at=None, closed_on=None, expected__lte=last
    )
    budgets = list(
        Budget.unscoped(reason="whether budgets are agreed")
        .filter(project_id=project_id, removed_at=None)
        .order_by("id")
    )
    changes = BudgetChange.unscoped(reason="whether changes are decided").filter(
        project_id=project_id, state=ChangeState.PENDING.value
    )
    retainers = list(
        Retainer.unscoped(reason="whether periods are closed")
        .filter(project_id=project_id, removed_at=None)
        .order_by("id")
    )
    ledgers = retainer_rows(retainers, today)
    over = [(row.name, line) for row in ledgers for line in row.lines if line.last <= last and not line.closed]
    stand = ground(ctx, project_id)
    return MoneyOpen(
        expenses=tuple(row.ref for row in expenses),
        entered_by=tuple(sorted({row.entered_by for row in expenses})),
        drafts=tuple(invoices.order_by("number").values_list("number", flat=True)),
        orders=tuple(row.ref for row in orders.order_by("number")),
        budgets=tuple(row.name for row in budgets if row.amount is not None and row.approved_on is None),
        changes=tuple(row.ref for row in changes.order_by("number")),
        alerts=_alerts(budgets, first, last),
        retainers=tuple(dict.fromkeys(name for name, _ in over)),
        overages=tuple((name, line.overage) for name, line in over if line.waits),
        unplaced=tuple((row.name, row.unplaced) for row in ledgers if row.unplaced),
        progress_on=progress_day(stand),
        planned=bool(stand.planned),
    )


def _alerts(budgets: list[Budget], first: date, last: date) -> tuple[str, ...]:
    """Budgets with an alert that drafted a mail of which nothing has become."""
    names = {row.pk: row.name for row in budgets}
    raised = (
        BudgetAlert.among(list(names)).exclude(body="").filter(raised_at__date__gte=first, raised_at__date__lte=last)
    )
    told = AlertMail.unscoped(reason="of the budgets above").exclude(state=AlertMailState.DRAFT.value)
    open_ = raised.exclude(pk__in=told.filter(budget__in=list(names)).values("alert_id"))
    return tuple(names[pk] for pk in dict.fromkeys(open_.order_by("budget_id").values_list("budget_id", flat=True)))
