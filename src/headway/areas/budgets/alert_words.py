"""The amounts of an alert, and the mail to the client that is drafted with it. Pure; no rate stands in it."""

from __future__ import annotations

from decimal import Decimal

from headway.areas.budgets.models import Budget
from headway.areas.budgets.types import Basis
from headway.areas.projects.types import Charter
from headway.engine.measures import HUNDRED, ZERO, Unit, shown
from headway.engine.thresholds import Alert, AlertKind, BudgetFigures, BudgetState, budget_state


def amount_text(budget: Budget, value: Decimal | None) -> str:
    """'1,540.2 h' or '118,000.00 EUR'."""
    if budget.basis == Basis.HOURS.value:
        return f"{shown(value, Unit.HOURS)} h"
    return f"{shown(value, Unit.MONEY)} {budget.currency}"


def draft_of(project: Charter, budget: Budget, alert: Alert, read: BudgetFigures, by: str) -> dict[str, str]:
    """Subject and body; both empty for a budget at cost, of which no client reads."""
    if budget.basis == Basis.COST.value:
        return {"subject": "", "body": ""}
    lines = [
        "Hello,",
        "",
        f"a word on the budget '{budget.name}' of {project.name}.",
        "",
        _finding(budget, alert, read),
        _asked(alert, read),
        "",
        "Kind regards",
        by or project.manager or "",
    ]
    return {"subject": _subject(project, budget, alert, read)[:255], "body": "\n".join(lines).rstrip()}


def _subject(project: Charter, budget: Budget, alert: Alert, read: BudgetFigures) -> str:
    if alert.kind is AlertKind.FORECAST:
        return f"{project.name}: the budget '{budget.name}' may not be enough"
    if alert.kind is AlertKind.RUNWAY:
        return f"{project.name}: how long the budget '{budget.name}' lasts"
    return f"{project.name}: {_percent(read)} of the budget '{budget.name}' is used"


def _finding(budget: Budget, alert: Alert, read: BudgetFigures) -> str:
    whole, spent = amount_text(budget, read.budget), amount_text(budget, read.spent)
    stands = f"{spent} of {whole} are used ({_percent(read)})."
    if alert.kind is AlertKind.FORECAST:
        return f"{stands} At the present pace it would come to {amount_text(budget, read.forecast)}."
    if alert.kind is AlertKind.RUNWAY:
        lasts, left = shown(read.runway, Unit.WEEKS), shown(read.weeks_left, Unit.WEEKS)
        return f"{stands} At the present pace the rest lasts {lasts} weeks; {left} weeks are left in the plan."
    return stands


def _asked(alert: Alert, read: BudgetFigures) -> str:
    state = budget_state(read.budget or ZERO, read.spent)
    if state is BudgetState.OVER:
        return "We would like to agree with you how to go on before more is spent."
    if state is BudgetState.USED:
        return "The budget is used; nothing is beyond it. We would like to agree with you how to go on."
    if alert.kind is AlertKind.LINE:
        return "Nothing is needed from you now; we tell you so that it does not come as a surprise."
    return "We would like to look at it with you early: what can wait, or what should be added."


def _percent(read: BudgetFigures) -> str:
    return f"{shown(HUNDRED * read.spent / read.budget, Unit.PERCENT)} %" if read.budget else "more than 100 %"
