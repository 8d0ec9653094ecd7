"""What budgets count beside the hours of a project: which rows of the plan they are for, and expenses by day.

Reads for figures; callers have passed their door.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from headway.areas.budgets.models import Budget, Expense
from headway.areas.budgets.money_types import ExpenseState
from headway.areas.budgets.types import Basis, BudgetScope
from headway.areas.schedule.rows import PlanRow, rows_by_uid
from headway.areas.scope.queries import rows_of_items
from headway.engine.measures import HUNDRED, ZERO


@dataclass(frozen=True, slots=True)
class Covered:
    """The rows of the plan that a budget is for, with all below them.

    phases  their names in small letters: hours that name no row of the plan count by their phase.
    """

    uids: frozenset[int]
    phases: frozenset[str]

    def holds(self, uid: int | None, phase: str) -> bool:
        """Whether hours on a row, or of a phase where they name no row, are the budget's."""
        return phase.casefold() in self.phases if uid is None else uid in self.uids


def covered_by(budgets: Collection[Budget]) -> dict[int, Covered]:
    """What the budgets for tasks and contract lines cover, by budget; a few queries, however many budgets."""
    wanted = _wanted(budgets)
    planned: dict[int, dict[int, PlanRow]] = {}
    for project_id in {project for project, _ in wanted.values()}:
        uids = {uid for project, named in wanted.values() if project == project_id for uid in named}
        planned[project_id] = rows_by_uid(project_id, uids)
    found = {}
    for budget_id, (project_id, uids_) in wanted.items():
        rows = [planned[project_id][uid] for uid in uids_ if uid in planned[project_id]]
        under = {leaf.uid for row in rows for leaf in row.leaves}
        found[budget_id] = Covered(
            frozenset({*uids_, *under}), frozenset(row.name.casefold() for row in rows if row.name)
        )
    return found


def _wanted(budgets: Collection[Budget]) -> dict[int, tuple[int, list[int]]]:
    """Project and uids by budget."""
    items = rows_of_items({row.item_id for row in budgets if row.item_id is not None})
    found = {}
    for row in budgets:
        if row.scope == BudgetScope.TASK.value and row.task_uid is not None:
            found[row.pk] = (row.project_id, [row.task_uid])
        elif row.scope == BudgetScope.ITEM.value and row.item_id in items:
            found[row.pk] = items[row.item_id]
    return found


def names_of_scopes(budgets: Collection[Budget]) -> dict[int, str]:
    """The name of the task that a budget is for, by budget; '' where the row left the plan."""
    uids: dict[int, set[int]] = {}
    of_tasks = [
        (row.pk, row.project_id, row.task_uid)
        for row in budgets
        if row.scope == BudgetScope.TASK.value and row.task_uid is not None
    ]
    for _, project_id, uid in of_tasks:
        uids.setdefault(project_id, set()).add(uid)
    planned = {project_id: rows_by_uid(project_id, wanted) for project_id, wanted in uids.items()}
    names = ((pk, planned[project_id].get(uid)) for pk, project_id, uid in of_tasks)
    return {pk: row.name if row is not None else "" for pk, row in names}


def expenses_by_day(budgets: Collection[Budget]) -> dict[int, dict[date, Decimal]]:
    """What expenses add to budgets in money on each day, by budget: at cost the amount, at bill what the client pays.

    Refused ones count nowhere; those of another currency neither, for amounts of two currencies are never added. One
    query.
    """
    counting = [row for row in budgets if row.expenses and row.basis != Basis.HOURS.value]
    found: dict[int, dict[date, Decimal]] = {row.pk: {} for row in counting}
    if not counting:
        return found
    rows = Expense.unscoped(reason="figures of visible budgets").filter(
        project_id__in={row.project_id for row in counting}, removed_at=None
    )
    for spent in rows.exclude(state=ExpenseState.REFUSED.value).order_by("day", "id"):
        for row in counting:
            if (row.project_id, row.currency) == (spent.project_id, spent.currency):
                amount = spent.amount if row.basis == Basis.COST.value else billed_of(spent)
                if amount:
                    found[row.pk][spent.day] = found[row.pk].get(spent.day, ZERO) + amount
    return found


def billed_of(row: Expense) -> Decimal:
    """What the client pays for an expense: its amount and markup, unrounded; 0 where it is not billable."""
    return row.amount * (HUNDRED + row.markup) / HUNDRED if row.billable else ZERO
