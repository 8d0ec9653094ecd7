"""What budgets put on a Desk: lines reached, budgets and changes to decide, changes one waits for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from headway.areas.budgets.models import Budget, BudgetAlert, BudgetChange
from headway.areas.budgets.types import Basis, ChangeState
from headway.areas.desk.providers import Reader, provider, reader
from headway.areas.desk.types import Act, Evidence, Group, Matter
from headway.areas.desk.wording import due_evidence, late_text, stake
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


def _unapproved() -> QuerySet[Budget]:
    rows = Budget.unscoped(reason="budgets of projects that the actor leads")
    return rows.filter(approved_on=None, removed_at=None, amount__isnull=False)
