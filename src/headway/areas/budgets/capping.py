"""At the cap: hours that are logged once a capped budget is used are not billable, where the budget says so."""

from __future__ import annotations

from headway.areas.budgets.figures import current_amount, spent_of
from headway.areas.budgets.models import Budget
from headway.areas.budgets.queries import all_changes, mains_of
from headway.areas.budgets.spending import Covered, covered_by, expenses_by_day
from headway.areas.budgets.types import BudgetScope
from headway.areas.hours.caps import Worked, stops_billing
from headway.areas.hours.spent import spent_parts
from headway.engine.measures import ZERO


@stops_billing
def at_the_cap(worked: Worked) -> bool:
    """Whether a budget that stops billing, and that these hours would burn, is used already."""
    rows = Budget.unscoped(reason="caps do not depend on who logs hours").filter(
        project_id=worked.project_id, removed_at=None, stops_billing=True
    )
    capped = list(rows.exclude(amount=None).order_by("id"))
    if not capped:
        return False
    covered = covered_by(capped)
    mine = [row for row in capped if _burns(row, worked, covered.get(row.pk))]
    if not mine:
        return False
    changes, mains = all_changes(worked.project_id), mains_of(worked.project_id)
    parts, expenses = spent_parts(worked.project_id, by_task=bool(covered)), expenses_by_day(mine)
    for row in mine:
        spent = spent_of(row, parts, covered.get(row.pk)) + sum(expenses.get(row.pk, {}).values(), ZERO)
        current = current_amount(row, changes, mains)
        if current is not None and spent >= current:
            return True
    return False


def _burns(row: Budget, worked: Worked, covered: Covered | None) -> bool:
    match BudgetScope(row.scope):
        case BudgetScope.PHASE:
            return worked.phase.casefold() == row.of.casefold()
        case BudgetScope.ROLE:
            return worked.role.casefold() == row.of.casefold()
        case BudgetScope.PERSON:
            return worked.person_id == row.person_id
        case BudgetScope.TASK | BudgetScope.ITEM:
            return covered is not None and covered.holds(worked.task_uid, worked.phase)
        case BudgetScope.PROJECT:
            return True
