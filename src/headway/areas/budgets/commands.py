"""Changes to budgets: setting and approving them, asking for and deciding changes, raising alerts once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, Literal
from zoneinfo import ZoneInfo

from headway.areas.budgets.alert_rules import lines_of, rule_of
from headway.areas.budgets.alert_words import amount_text, draft_of
from headway.areas.budgets.figures import burn_of, burned, current_amount, ground, percent_complete, unit_of
from headway.areas.budgets.models import Budget, BudgetAlert, BudgetChange
from headway.areas.budgets.queries import all_changes, budget_rows, change_row, mains_of
from headway.areas.budgets.retainer_ledger import present_figures, retainers_of
from headway.areas.budgets.types import (
    Basis,
    BudgetAmount,
    BudgetKind,
    BudgetRow,
    BudgetScope,
    ChangeRow,
    ChangeState,
    Delta,
    Line,
)
from headway.areas.comms.commands import notify
from headway.areas.comms.types import NoticeReason
from headway.areas.hours.queries import sees_costs
from headway.areas.people.queries import person_of_user, self_approval_allowed
from headway.areas.people.types import PersonId
from headway.areas.projects.queries import charter, local_day
from headway.areas.projects.types import ProjectId
from headway.areas.schedule.queries import place_of
from headway.areas.schedule.types import TaskId
from headway.areas.scope.queries import ref_of_item
from headway.areas.scope.types import ItemId
from headway.engine.thresholds import (
    AlertKind,
    BudgetFigures,
    ThresholdState,
    budget_figures,
    evaluate,
)
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid
from headway.kernel.models import next_number
from headway.kernel.money import payable
from headway.kernel.schema import Currency, Label, Name, Text

_PERIOD = "whole"  # a budget of the whole project has one period


@command(permission="budgets.edit", name="budgets.add")
def add_budget(
    ctx: Context,
    *,
    project: ProjectId,
    name: Name,
    basis: Basis,
    amount: BudgetAmount | None,
    kind: BudgetKind = BudgetKind.FIXED_FEE,
    scope: BudgetScope = BudgetScope.PROJECT,
    of: Label = "",
    person: PersonId | None = None,
    task: TaskId | None = None,
    item: ItemId | None = None,
    currency: Currency | None = None,
    billable_only: bool = False,
    expenses: bool = False,
    stops_billing: bool = False,
    lines: tuple[Line, ...] | None = None,
) -> BudgetRow:
    """Set a budget in hours or money for the project, a phase, role, person, task or contract line; any number.

    amount         the baseline; none = not counted, 0 = over at once.
    of             the phase or role it is for.
    task           the row of the plan it is for, with all below it. item: the contract line, by the rows that
                   deliver it.
    billable_only  leave hours that are not billable out of what is spent.
    expenses       count expenses too: of the whole project, in money.
    stops_billing  of a budget with a cap: once it is used, hours that are logged are not billable.
    lines          percent of the budget at which an alert is raised, once each; none = as the project's rule says.
    """
    _scope_is_named(scope, of, person, task, item)
    _switches_fit(scope, basis, kind, expenses=expenses, stops_billing=stops_billing)
    uid = _uid_of(project, task)
    if basis is Basis.COST and not (ctx.actor.is_system or sees_costs(ctx, project)):
        raise Denied("A budget at cost needs the right to see costs.")
    own = "" if basis is Basis.HOURS else currency or charter(ctx, project=project).currency
    if own:
        payable(amount, own)
    row = Budget.add(
        ctx,
        project_id=project,
        name=name,
        basis=basis.value,
        currency=own,
        amount=amount,
        scope=scope.value,
        of=ref_of_item(item) if item is not None else of,
        person_id=person,
        task_uid=uid,
        item_id=item,
        kind=kind.value,
        billable_only=billable_only,
        expenses=expenses,
        stops_billing=stops_billing,
        lines=None if lines is None else as_stored(lines),
        set_by_user=ctx.actor.user_id,
    )
    _evaluate(ctx, project)
    return _row(ctx, row)


def _scope_is_named(scope: BudgetScope, of: str, person: int | None, task: int | None, item: int | None) -> None:
    named = scope in (BudgetScope.PHASE, BudgetScope.ROLE)
    if named != bool(of.strip()):
        message = f"Name the {scope.value} the budget is for." if named else "Only a phase or role is named in 'of'."
        raise Invalid(message, fields=[FieldError("of", "required" if named else "leave empty", value=of)])
    given = {BudgetScope.PERSON: person, BudgetScope.TASK: task, BudgetScope.ITEM: item}
    for kind, value in given.items():
        if (scope is kind) != (value is not None):
            word = {BudgetScope.ITEM: "contract line"}.get(kind, kind.value)
            raise Invalid(
                f"Name the {word}, and give the scope '{kind.value}'.",
                fields=[FieldError(kind.value, f"goes with scope {kind.value}")],
            )


def _switches_fit(scope: BudgetScope, basis: Basis, kind: BudgetKind, *, expenses: bool, stops_billing: bool) -> None:
    if kind is BudgetKind.RETAINER:
        raise Invalid(
            "A retainer has rules of its own. Agree on a retainer; its budget comes with it.",
            fields=[FieldError("kind", "agree on a retainer instead")],
        )
    if expenses and (basis is Basis.HOURS or scope is not BudgetScope.PROJECT):
        raise Invalid(
            "Expenses name no task or person: only a budget in money for the whole project can count them.",
            fields=[FieldError("expenses", "for the whole project, in money")],
        )
    if stops_billing and kind is not BudgetKind.TIME_AND_MATERIALS_CAP:
        raise Invalid(
            "Only time and materials with a cap can stop billing at the cap.",
            fields=[FieldError("stops_billing", "goes with a cap")],
        )


def _uid_of(project_id: int, task: int | None) -> int | None:
    """The row of the plan; it must be of this project's plan."""
    if task is None:
        return None
    place = place_of(task)
    if place[0] != project_id:
        raise Invalid("This task is in the plan of another project.", fields=[FieldError("task", "of another project")])
    return place[1]


def as_stored(lines: tuple[Decimal, ...]) -> list[str]:
    if len(set(lines)) != len(lines) or len(lines) > 20:
        raise Invalid("Give at most 20 alert lines, each once.", fields=[FieldError("lines", "at most 20, each once")])
    return [format(line, "f") for line in sorted(lines)]


def _row(ctx: Context, row: Budget) -> BudgetRow:
    fresh = Budget.unscoped(reason="just loaded").select_related("person").get(pk=row.pk)
    return budget_rows(ctx, row.project_id, [fresh])[0]


@command(permission="budgets.edit", changes="budget", name="budgets.edit")
def edit_budget(
    ctx: Context,
    *,
    budget: Budget,
    name: Name | None = None,
    amount: BudgetAmount | None = None,
    lines: tuple[Line, ...] | None = None,
    billable_only: bool | None = None,
    expenses: bool | None = None,
    stops_billing: bool | None = None,
    clear: tuple[Literal["lines"], ...] = (),
) -> BudgetRow:
    """Change a budget's name, switches or alert lines, and its amount while it is not approved; the rest stays.

    New lines that were crossed already are reported once.

    clear  'lines' = no lines of its own: the project's rule holds.
    """
    if budget.kind == BudgetKind.RETAINER.value:
        raise Conflict("This budget belongs to a retainer. Change the retainer.")
    _switches_fit(
        BudgetScope(budget.scope),
        Basis(budget.basis),
        BudgetKind(budget.kind),
        expenses=bool(expenses),
        stops_billing=bool(stops_billing),
    )
    if amount is not None and budget.approved_on is not None and amount != budget.amount:
        raise Conflict(f"'{budget.name}' is approved. Ask for a change of the budget instead.")
    if budget.currency:
        payable(amount, budget.currency)
    values: dict[str, Any] = {
        "name": name,
        "amount": amount,
        "lines": None if lines is None else as_stored(lines),
        "billable_only": billable_only,
        "expenses": expenses,
        "stops_billing": stops_billing,
    }
    values = {key: value for key, value in values.items() if value is not None}
    if "lines" in clear:
        values["lines"] = None
    if values.get("amount", budget.amount) != budget.amount:
        values["set_by_user"] = ctx.actor.user_id
    if values.get("lines", budget.lines) != budget.lines:
        values["crossed"] = None
    budget.change(ctx, **values)
    _evaluate(ctx, budget.project_id)
    return _row(ctx, budget)


@command(permission="budgets.approve", changes="budget", name="budgets.approve")
def approve_budget(ctx: Context, *, budget: Budget) -> BudgetRow:
    """Approve a budget: its baseline stands, and moves only by approved changes.

    An amount of one's own needs the house rule of self-approval, and shows.
    """
    if budget.approved_on is not None:
        raise Conflict(f"'{budget.name}' is approved already.")
    if budget.amount is None:
        raise Conflict(f"'{budget.name}' has no amount to approve.")
    by = _approver(ctx, budget.set_by_user, "set this budget")
    budget.change(ctx, approved_on=local_day(ctx, project=budget.project_id), approved_by=by)
    return _row(ctx, budget)


_OWN = " (own)"


def _approver(ctx: Context, maker: int | None, did: str) -> str:
    """The approver's name as it stays in the record; Denied where the house wants another pair of eyes."""
    if maker is None or maker != ctx.actor.user_id:
        return ctx.actor.name
    if not self_approval_allowed():
        raise Denied(f"You {did} yourself; somebody else must approve it. (House rules can allow it.)")
    return ctx.actor.name[: 255 - len(_OWN)] + _OWN


@command(permission="budgets.edit", destructive=True, idempotent=True, name="budgets.remove")
def remove_budget(ctx: Context, *, budget: Budget) -> None:
    """Take a budget away that is not approved; an approved one stays for the record."""
    if budget.kind == BudgetKind.RETAINER.value:
        raise Conflict("This budget belongs to a retainer. End the retainer.")
    if budget.approved_on is not None:
        raise Conflict(f"'{budget.name}' is approved and stays. Ask for a change of the budget instead.")
    if budget.removed_at is None:
        budget.change(ctx, removed_at=ctx.now)


@command(permission="budgets.edit")
def request_change(
    ctx: Context,
    *,
    project: ProjectId,
    title: Name,
    reason: Text,
    hours: Delta = Decimal(0),
    money: Delta = Decimal(0),
    days: int = 0,
    budget: Budget | None = None,
) -> ChangeRow:
    """Ask for more or fewer hours, money or days. It counts when it is approved.

    budget  default: hours go to the project's main budget in hours, money to the one in money.
    days    working days that the finish moves; noted, not entered in the plan.
    """
    if not (hours or money or days):
        raise Invalid("Say what changes: hours, money or days.", fields=[FieldError("hours", "or money, or days")])
    _has_a_place(project, budget, hours, money)
    own = budget.currency if budget is not None else charter(ctx, project=project).currency
    payable(money, own, field="money")
    row = BudgetChange.add(
        ctx,
        project_id=project,
        budget=budget,
        number=next_number(f"budgets.change.{project}"),
        title=title,
        reason=reason,
        hours=hours,
        money=money,
        currency=own,
        days=days,
        requested_by=ctx.actor.name,
        requested_by_user=ctx.actor.user_id,
    )
    return change_row(row)


@command(permission="budgets.edit", internal="part of carrying out a change request that was approved")
def take_approved_change(
    ctx: Context,
    *,
    project: ProjectId,
    title: Name,
    reason: Text,
    approved_by: Name,
    hours: Delta = Decimal(0),
    money: Delta = Decimal(0),
    days: int = 0,
) -> ChangeRow:
    """Enter a change that was decided as a change request: it counts at once, the baseline stays as it was.

    Hours or money that no budget of the whole project takes are noted in words alone.
    """
    places = mains_of(project)
    lost = [
        f"{amount:+f} {unit}" for unit, amount in (("hours", hours), ("money", money)) if amount and unit not in places
    ]
    row = BudgetChange.add(
        ctx,
        project_id=project,
        number=next_number(f"budgets.change.{project}"),
        title=title,
        reason=f"{reason} Not in a budget, for there is none: {', '.join(lost)}." if lost else reason,
        hours=hours if "hours" in places else Decimal(0),
        money=money if "money" in places else Decimal(0),
        currency=charter(ctx, project=project).currency,
        days=days,
        state=ChangeState.APPROVED.value,
        requested_by=ctx.actor.name,
        requested_by_user=ctx.actor.user_id,
        decided_by=approved_by,
        decided_at=ctx.now,
    )
    _evaluate(ctx, project)
    return change_row(row)


@command(permission="budgets.edit", internal="part of taking a carried out change request back", changes="change")
def take_change_back(ctx: Context, *, change: BudgetChange, reason: Text) -> ChangeRow:
    """Enter the opposite of an approved change: both stay in the register."""
    row = BudgetChange.add(
        ctx,
        project_id=change.project_id,
        budget=change.budget,
        number=next_number(f"budgets.change.{change.project_id}"),
        title=f"Taken back: {change.title}"[:255],
        reason=reason,
        hours=-change.hours,
        money=-change.money,
        currency=change.currency,
        days=-change.days,
        state=ChangeState.APPROVED.value,
        requested_by=ctx.actor.name,
        requested_by_user=ctx.actor.user_id,
        decided_by=ctx.actor.name,
        decided_at=ctx.now,
    )
    _evaluate(ctx, change.project_id)
    return change_row(row)


def _has_a_place(project_id: int, budget: Budget | None, hours: Decimal, money: Decimal) -> None:
    """An amount that no budget would take is an error, not a lost figure."""
    if budget is not None:
        places = {"hours" if budget.basis == Basis.HOURS.value else "money"}
    else:
        places = set(mains_of(project_id))
    for unit, amount in (("hours", hours), ("money", money)):
        if amount and unit not in places:
            whose = f"'{budget.name}' is not" if budget is not None else "the project has no budget for all its work"
            raise Invalid(
                f"The change names {unit}, and {whose} in {unit}. Add that budget first.",
                fields=[FieldError(unit, f"no budget in {unit}", value=str(amount))],
            )


@command(permission="budgets.approve", changes="change")
def approve_change(ctx: Context, *, change: BudgetChange) -> ChangeRow:
    """Let a change count; the baseline stays as it was. One's own request needs the house rule, and shows."""
    return _decide(ctx, change, ChangeState.APPROVED, _approver(ctx, change.requested_by_user, "asked for this"))


@command(permission="budgets.approve", changes="change")
def reject_change(ctx: Context, *, change: BudgetChange) -> ChangeRow:
    """Refuse a change; it stays in the register."""
    return _decide(ctx, change, ChangeState.REJECTED, ctx.actor.name)


def _decide(ctx: Context, change: BudgetChange, state: ChangeState, by: str) -> ChangeRow:
    if change.state != ChangeState.PENDING.value:
        raise Conflict(f"{change.ref} is {change.state} already. Ask for a new change.")
    change.change(ctx, state=state.value, decided_by=by, decided_at=ctx.now)
    notify(
        ctx,
        to=[person_of_user(change.requested_by_user)],
        reason=NoticeReason.DECIDED,
        about_kind=BudgetChange._meta.label,
        about_id=change.pk,
        project_id=change.project_id,
        text=f"{change.ref} {change.title}: {state.value}",
    )
    _evaluate(ctx, change.project_id)
    return change_row(change)


@command(permission="budgets.edit", idempotent=True, internal="runs after every change of hours; people read `alerts`")
def raise_alerts(ctx: Context, *, project: ProjectId) -> int:
    """Raise the alerts that the project's budgets reach now, each once; gives their number."""
    return _evaluate(ctx, project)


def read_the_lines(ctx: Context, project_id: int) -> None:
    """Read the project's budgets against their lines, inside the command that moved them."""
    _evaluate(ctx, project_id)


def _evaluate(ctx: Context, project_id: int) -> int:
    """Read every budget against its lines. Nothing is sent: an alert is a row that people see."""
    rows = list(
        Budget.unscoped(reason="alerts do not depend on who saved hours")
        .select_for_update()
        .filter(project_id=project_id, removed_at=None)
        .exclude(amount=None)
        .order_by("id")
    )
    if not rows:
        return 0
    # The system's eyes: whoever logs an hour need not see the plan, and the alerts must be the same.
    stand = ground(ctx.as_system("alerts of a project's budgets"), project_id)
    changes, mains, project_rule = all_changes(project_id), mains_of(project_id), rule_of(project_id)
    as_of = ctx.now.astimezone(ZoneInfo(stand.about.time_zone)).date()
    periods = present_figures(retainers_of(row.pk for row in rows if row.kind == BudgetKind.RETAINER.value), as_of)
    raised = 0
    for row in rows:
        basis = Basis(row.basis)
        if row.kind == BudgetKind.RETAINER.value:
            if row.pk not in periods:
                continue  # it has not begun, or has ended
            number, available, used = periods[row.pk]
            read = BudgetFigures(str(number), available, used)
        else:
            figures, _ = burn_of(
                stand,
                burned(ctx, project_id, row),
                current_amount(row, changes, mains),
                as_of=as_of,
                unit=unit_of(basis),
                percent=percent_complete(stand, on=as_of)[0],
            )
            read = budget_figures(figures, period=_PERIOD)
        rule = replace(project_rule, lines=lines_of(row, project_rule))
        found = evaluate(rule, _state(row.crossed), read, written=partial(amount_text, row))
        BudgetAlert.unscoped(reason="parts of the budget above").bulk_create(
            BudgetAlert(
                budget=row,
                kind=alert.kind.value,
                line=alert.line,
                percent=None if alert.percent is None else alert.percent.quantize(Decimal("0.000001")),
                already=alert.already,
                text=alert.text,
                **draft_of(stand.about, row, alert, read, ctx.actor.name if not ctx.actor.is_system else ""),
                raised_at=ctx.now,
            )
            for alert in found.alerts
        )
        raised += len(found.alerts)
        crossed = {"period": found.state.period, "raised": sorted([k.value, str(v)] for k, v in found.state.raised)}
        if crossed != row.crossed:
            Budget.unscoped(reason="what was raised is no change by a person").filter(pk=row.pk).update(crossed=crossed)
    return raised


def _state(crossed: dict[str, Any] | None) -> ThresholdState | None:
    if crossed is None:
        return None
    return ThresholdState(
        crossed["period"], frozenset((AlertKind(kind), Decimal(line)) for kind, line in crossed["raised"])
    )
