"""What budgets put on a Desk: lines reached, budgets, changes and expenses to decide, invoices overdue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from headway.areas.budgets.models import Budget, BudgetAlert, BudgetChange, Expense, Invoice
from headway.areas.budgets.money_types import ExpenseState, InvoiceStatus
from headway.areas.budgets.types import Basis, ChangeState
from headway.areas.desk.providers import Reader, provider, reader
from headway.areas.desk.types import Act, Evidence, Group, Matter
from headway.areas.desk.wording import due_evidence, late_text, names_text, stake
from headway.areas.hours.queries import sees_costs
from headway.areas.hours.sums import plain
from headway.areas.projects.attention import ids_of_led, kept_of_led, known_of_led, provider_of_led
from headway.kernel.access import may
from headway.kernel.among import among_ids
from headway.kernel.context import Context

_ALERT_DAYS = 14
_OF_A_CHANGE = (
    *("number", "title", "project_id", "created_at", "hours", "money", "currency", "days"),
    *("requested_by", "requested_by_user"),
)
_ANSWER_DAYS = 3  # calendar days after which an answer to a change is late
_MOST = 300


class _Alert(NamedTuple):
    """The newest alert of a budget."""

    alert_id: int
    at_cost: bool
    line: Matter


@provider_of_led("budgets.alerts", families=("budget",))
def alerts(ctx: Context) -> Iterable[Matter]:
    """The newest alert of the last two weeks of each budget of led projects; of those at cost for who sees costs."""
    kept = kept_of_led(ctx, "budgets.alerts", _alerts)
    seen = (
        alert
        for project_id, found in kept.items()
        for alert in found
        if not alert.at_cost or sees_costs(ctx, project_id)
    )
    return [alert.line for alert in sorted(seen, key=lambda alert: -alert.alert_id)[:_MOST]]


def _alerts(ctx: Context, project_ids: list[int]) -> dict[int, list[_Alert]]:
    budgets = Budget.unscoped(reason="budgets of projects that the actor leads")
    newest = BudgetAlert.unscoped(reason="alerts of visible budgets").filter(budget=OuterRef("budget")).order_by("-id")
    rows = BudgetAlert.among(budgets.filter(among_ids("project_id", project_ids), removed_at=None)).filter(
        pk=Subquery(newest.values("pk")[:1]), raised_at__gte=ctx.now - timedelta(days=_ALERT_DAYS)
    )
    columns = ("pk", "budget_id", "budget__name", "budget__project_id", "budget__basis", "text", "percent", "line")
    found: dict[int, list[_Alert]] = {}
    for row in rows.order_by("-id").values_list(*columns, named=True):
        alert = _Alert(row.pk, row.budget__basis == Basis.COST.value, _alert(row, reader(ctx)))
        found.setdefault(row.budget__project_id, []).append(alert)
    return found


def _alert(row: Any, me: Reader) -> Matter:
    percent = Decimal(0) if row.percent is None else plain(row.percent)
    return Matter(
        key=f"budget:{row.budget_id}",
        group=Group.LATE,
        what=f"Budget {row.budget__name}",
        project_id=row.budget__project_id,
        kind=Budget._meta.label,
        record_id=row.budget_id,
        reason=row.text,
        consequence="what is worked beyond it is not covered" if percent >= 100 else "the rest must last to the end",
        stake=stake(None, me, severity=min(percent / 120, Decimal(1))),
        act=Act("See the burn"),
        evidence=(
            Evidence("Percent", f"{percent:.0f} %", f"as read when the line of {plain(row.line):f} % was reached"),
        ),
    )


@provider("budgets.changes", families=("change", "asked-change"))
def changes(ctx: Context) -> Iterable[Matter]:
    """Changes of budgets that one may decide, and those one asked for."""
    me = reader(ctx)
    known = known_of_led(ctx, "budgets.changes", _waiting)
    if known is None:
        return
    rows = BudgetChange.visible_to(ctx).filter(known, state=ChangeState.PENDING.value)
    for row in rows.order_by("id").only(*_OF_A_CHANGE)[:_MOST]:
        if row.requested_by_user is not None and row.requested_by_user == ctx.actor.user_id:
            yield _change(row, me, mine=True)
        elif may(ctx, "budgets.approve", project_id=row.project_id):
            yield _change(row, me, mine=False)


def _waiting() -> QuerySet[BudgetChange]:
    rows = BudgetChange.unscoped(reason="changes of projects that the actor leads")
    return rows.filter(state=ChangeState.PENDING.value)


def _change(row: BudgetChange, me: Reader, *, mine: bool) -> Matter:
    asked = row.created_at.astimezone(me.zone).date()
    due = asked + timedelta(days=_ANSWER_DAYS)
    wanted = [f"{plain(Decimal(row.hours)):+f} h" if row.hours else ""]
    wanted += [f"{plain(Decimal(row.money)):+f} {row.currency}" if row.money else ""]
    wanted += [f"{row.days:+d} days" if row.days else ""]
    return Matter(
        key=f"{'asked-change' if mine else 'change'}:{row.pk}",
        group=Group.WAITING if mine else Group.DECIDE,
        what=f"{row.ref} {row.title} ({', '.join(filter(None, wanted)) or 'no amount'})",
        project_id=row.project_id,
        kind=BudgetChange._meta.label,
        record_id=row.pk,
        reason=late_text("answer", due, me),
        consequence="it does not count before it is decided" if mine else f"{row.requested_by} waits for the answer",
        stake=stake(due, me, severity=Decimal("0.4"), people=0 if mine else 1),
        act=Act("Open" if mine else "Look and decide"),
        due=due,
        people=() if mine else (row.requested_by,),
        evidence=due_evidence(due, me, f"{_ANSWER_DAYS} days after it was asked for,"),
    )


@provider_of_led("budgets.unapproved", families=("new-budget",))
def unapproved(ctx: Context) -> Iterable[Matter]:
    """Budgets that somebody else set and that one may approve."""
    me = reader(ctx)
    known = ids_of_led(ctx, "budgets.unapproved", _unapproved)
    mine = [pk for project, ids in known.items() if may(ctx, "budgets.approve", project_id=project) for pk in ids]
    if not mine:
        return
    rows = Budget.visible_to(ctx).filter(among_ids("pk", mine)).exclude(set_by_user=ctx.actor.user_id)
    for row in rows.order_by("id")[:_MOST]:
        yield Matter(
            key=f"new-budget:{row.pk}",
            group=Group.DECIDE,
            what=f"Budget {row.name} is not approved",
            project_id=row.project_id,
            kind=Budget._meta.label,
            record_id=row.pk,
            reason="set and not approved",
            consequence="burn is read against an amount that nobody agreed to",
            stake=stake(None, me, severity=Decimal("0.3")),
            act=Act("Look and approve"),
        )


@provider_of_led("budgets.expenses", families=("expenses",))
def expenses_to_approve(ctx: Context) -> Iterable[Matter]:
    """Expenses of led projects that others entered and one may approve, a line a project."""
    me = reader(ctx)
    waiting = kept_of_led(ctx, "budgets.expenses", _entered)
    for project_id, rows in waiting.items():
        if not may(ctx, "budgets.decide_expense", project_id=project_id) or not sees_costs(ctx, project_id):
            continue
        others = [row for row in rows if row.entered_by_user != ctx.actor.user_id]
        if not others:
            continue
        oldest = min(row.created_at for row in others).astimezone(me.zone).date()
        due = oldest + timedelta(days=_ANSWER_DAYS)
        who = sorted({row.entered_by for row in others})
        yield Matter(
            key=f"expenses:{project_id}",
            group=Group.ASKED,
            what=f"{len(others)} {'expense' if len(others) == 1 else 'expenses'} of {names_text(who)}",
            project_id=project_id,
            kind=Expense._meta.label,
            record_id=others[0].pk,
            reason=f"{_sums(others)}, {late_text('answer', due, me)}",
            consequence="they count as cost, and nobody has agreed to them",
            stake=stake(due, me, severity=Decimal("0.2"), people=len(who)),
            act=Act("Look and decide"),
            due=due,
            people=tuple(who),
            evidence=due_evidence(due, me, f"{_ANSWER_DAYS} days after the oldest was entered,"),
        )


class _Entered(NamedTuple):
    """An expense that nobody has decided on: how much, who entered it, when."""

    pk: int
    amount: Decimal
    currency: str
    created_at: datetime
    entered_by: str
    entered_by_user: int | None


def _entered(_ctx: Context, project_ids: list[int]) -> dict[int, list[_Entered]]:
    rows = Expense.unscoped(reason="expenses of projects that the actor leads").filter(
        among_ids("project_id", project_ids), state=ExpenseState.ENTERED.value, removed_at=None
    )
    found: dict[int, list[_Entered]] = {}
    for project_id, *told in rows.order_by("id").values_list("project_id", *_Entered._fields):
        found.setdefault(project_id, []).append(_Entered(*told))
    return found


@provider_of_led("budgets.invoices", families=("invoices",))
def invoices_overdue(ctx: Context) -> Iterable[Matter]:
    """Sent invoices of led projects whose due day has passed, a line a project."""
    me = reader(ctx)
    late = kept_of_led(ctx, "budgets.invoices", _overdue)
    for project_id, rows in late.items():
        if not may(ctx, "budgets.read_invoices", project_id=project_id):
            continue
        due = min(row.due for row in rows)
        numbers = names_text([row.number for row in rows])
        yield Matter(
            key=f"invoices:{project_id}",
            group=Group.LATE,
            what=f"{'Invoice' if len(rows) == 1 else 'Invoices'} {numbers}",
            project_id=project_id,
            kind=Invoice._meta.label,
            record_id=rows[0].pk,
            reason=f"{_sums(rows)} not paid, due {me.says(due)}",
            consequence="the client owes it, and may not know",
            stake=stake(due, me, severity=Decimal("0.4")),
            act=Act("Open"),
            due=due,
            evidence=(Evidence("Invoices", str(len(rows)), "sent, not paid, and past their due day"),),
        )


class _Overdue(NamedTuple):
    """An invoice past its due day."""

    pk: int
    number: str
    amount: Decimal
    currency: str
    due: date


def _overdue(ctx: Context, project_ids: list[int]) -> dict[int, list[_Overdue]]:
    rows = Invoice.unscoped(reason="invoices of projects that the actor leads").filter(
        among_ids("project_id", project_ids),
        status=InvoiceStatus.SENT.value,
        removed_at=None,
        due__lt=reader(ctx).day,
    )
    found: dict[int, list[_Overdue]] = {}
    for project_id, *told in rows.order_by("due", "id").values_list("project_id", *_Overdue._fields):
        found.setdefault(project_id, []).append(_Overdue(*told))
    return found


def _sums(rows: Iterable[_Entered | _Overdue]) -> str:
    """'EUR 1,200.00 and USD 50.00'"""
    by_currency: dict[str, Decimal] = {}
    for row in rows:
        by_currency[row.currency] = by_currency.get(row.currency, Decimal(0)) + row.amount
    return " and ".join(f"{currency} {amount:,.2f}" for currency, amount in sorted(by_currency.items()))


def _unapproved() -> QuerySet[Budget]:
    rows = Budget.unscoped(reason="budgets of projects that the actor leads")
    return rows.filter(approved_on=None, removed_at=None, amount__isnull=False)
