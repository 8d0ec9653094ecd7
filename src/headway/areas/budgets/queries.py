"""Reads of budgets: amounts and changes, alerts, burn, planned value, earned value.

Hours of every status count, from the moment they are saved. Figures at cost are for those who may see costs.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from headway.areas.budgets.alert_rules import lines_of, rule_of
from headway.areas.budgets.burning import burn_figures, left_out
from headway.areas.budgets.figures import (
    BASIS_TEXT,
    Ground,
    change_of,
    current_amount,
    curve_of,
    earned,
    ground,
    main_ids,
    method_of,
    planned_amounts,
    progress_day,
    spent_by_day,
    spent_of,
    unit_of,
)
from headway.areas.budgets.models import AlertMail, Budget, BudgetAlert, BudgetChange
from headway.areas.budgets.retainer_ledger import present_figures, retainers_of
from headway.areas.budgets.spending import covered_by, expenses_by_day, names_of_scopes
from headway.areas.budgets.types import (
    AlertRow,
    Basis,
    BudgetKind,
    BudgetRow,
    BudgetScope,
    BurnFigures,
    ChangeRow,
    ChangeState,
    CurvePoint,
    EarnedFigures,
    PlannedFigures,
)
from headway.areas.hours.queries import (
    has_entries,
    hours_of,
    sees_costs,
    sees_rates,
    spent_parts,
)
from headway.areas.hours.sums import plain
from headway.areas.projects.queries import local_day
from headway.areas.projects.types import ProjectId
from headway.engine.earned_value import DEFAULT_EAC, EacVariant, EarnedValueInputs, earned_schedule
from headway.engine.earned_value import earned_value as compute
from headway.engine.measures import HUNDRED, ZERO
from headway.engine.planned_value import PlannedCurve
from headway.engine.thresholds import budget_state
from headway.kernel.context import Context
from headway.kernel.errors import Denied, NotFound
from headway.kernel.queries import query

_MOST = 1000


@query(permission="budgets.read", name="budgets.list")
def budgets(ctx: Context, *, project: ProjectId) -> tuple[BudgetRow, ...]:
    """Budgets of a project, oldest first: baseline, approved changes, current amount, spent."""
    rows = list(_of(ctx, project).select_related("person"))
    return budget_rows(ctx, project, rows)


def _of(ctx: Context, project_id: int) -> QuerySet[Budget]:
    return Budget.visible_to(ctx).filter(project_id=project_id, removed_at=None).order_by("id")[:_MOST]


def all_changes(project_id: int) -> list[BudgetChange]:
    """Every change of a project, by number."""
    rows = BudgetChange.unscoped(reason="amounts of visible budgets").filter(project_id=project_id)
    return list(rows.order_by("number"))


def mains_of(project_id: int) -> dict[str, int]:
    """The project's main budgets, whoever asks: which one a change adds to must not depend on the reader."""
    return main_ids(Budget.unscoped(reason="main budgets").filter(project_id=project_id, removed_at=None))


def money_basis(project_id: int) -> Basis | None:
    """How the project's main budget in money counts; None without one."""
    main = mains_of(project_id).get("money")
    found = Budget.unscoped(reason="main budgets").filter(pk=main or 0).values_list("basis", flat=True).first()
    return Basis(found) if found else None


def budget_rows(ctx: Context, project_id: int, rows: list[Budget]) -> tuple[BudgetRow, ...]:
    """Budgets of one project with their changes and what is spent."""
    changes, mains = all_changes(project_id), mains_of(project_id)
    covered, scopes, rule = covered_by(rows), names_of_scopes(rows), rule_of(project_id)
    parts, expenses = spent_parts(project_id, by_task=bool(covered)), expenses_by_day(rows)
    periods = _periods(ctx, project_id, rows)
    found = []
    for row in rows:
        current, spent = current_amount(row, changes, mains), spent_of(row, parts, covered.get(row.pk))
        beside = sum(expenses.get(row.pk, {}).values(), ZERO)
        if row.pk in periods:
            _, current, spent = periods[row.pk]
        found.append(
            BudgetRow(
                id=row.pk,
                name=row.name,
                basis=Basis(row.basis),
                currency=row.currency,
                scope=BudgetScope(row.scope),
                of=scopes.get(row.pk, row.of),
                person_id=row.person_id,
                person=row.person.name if row.person else "",
                kind=BudgetKind(row.kind),
                billable_only=row.billable_only,
                expenses=row.expenses,
                stops_billing=row.stops_billing,
                baseline=None if row.amount is None else plain(row.amount),
                approved_changes=plain(change_of(row, changes, mains, ChangeState.APPROVED)),
                current=None if current is None else plain(current),
                pending=plain(change_of(row, changes, mains, ChangeState.PENDING)),
                spent=spent + beside,
                spent_on_expenses=beside,
                state=None if current is None else budget_state(current, spent + beside),
                approved=row.approved_on is not None,
                approved_on=row.approved_on,
                approved_by=row.approved_by,
                lines=lines_of(row, rule),
                own_lines=row.lines is not None,
                task_uid=row.task_uid,
                item_id=row.item_id,
                version=row.version,
            )
        )
    return tuple(found)


def _periods(ctx: Context, project_id: int, rows: list[Budget]) -> dict[int, tuple[int, Decimal, Decimal]]:
    """The present period of the retainers among some budgets, by budget."""
    ids = [row.pk for row in rows if row.kind == BudgetKind.RETAINER.value]
    return present_figures(retainers_of(ids), local_day(ctx, project=project_id)) if ids else {}


def percents_spent(ctx: Context, project_ids: Collection[int]) -> dict[int, Decimal]:
    """Percent of the main budget in hours that is spent, by project; where there is none, or not to be seen, nothing.

    Three database queries, however many projects.
    """
    rows = (
        Budget.visible_to(ctx)
        .filter(project_id__in=project_ids, removed_at=None, scope=BudgetScope.PROJECT.value, basis=Basis.HOURS.value)
        .exclude(kind=BudgetKind.RETAINER.value)
    )
    mains: dict[int, Budget] = {}
    for row in rows.order_by("id"):
        mains.setdefault(row.project_id, row)
    asked: dict[int, list[BudgetChange]] = {}
    for change in BudgetChange.unscoped(reason="amounts of visible budgets").filter(project_id__in=mains):
        asked.setdefault(change.project_id, []).append(change)
    spent = hours_of(mains)
    found = {}
    for project_id, row in mains.items():
        current = current_amount(row, asked.get(project_id, ()), {"hours": row.pk})
        worked, billable = spent.get(project_id, (ZERO, ZERO))
        if current:
            found[project_id] = HUNDRED * (billable if row.billable_only else worked) / current
    return found


@query(permission="budgets.read")
def changes(ctx: Context, *, project: ProjectId, state: ChangeState | None = None) -> tuple[ChangeRow, ...]:
    """Changes of the budget, newest first."""
    rows = BudgetChange.visible_to(ctx).filter(project_id=project)
    if state is not None:
        rows = rows.filter(state=state.value)
    return tuple(change_row(row) for row in rows.order_by("-number")[:_MOST])


def change_row(row: BudgetChange) -> ChangeRow:
    """A change as the register shows it."""
    return ChangeRow(
        row.pk,
        row.number,
        row.ref,
        row.title,
        row.reason,
        row.budget_id,
        plain(Decimal(row.hours)),
        plain(Decimal(row.money)),
        row.currency,
        row.days,
        ChangeState(row.state),
        row.requested_by,
        row.created_at,
        row.decided_by,
        row.decided_at,
        row.version,
    )


@query(permission="budgets.read")
def alerts(ctx: Context, *, project: ProjectId) -> tuple[AlertRow, ...]:
    """Alerts of a project's budgets, newest first. Each was raised once; nothing was sent."""
    names = {row.pk: row.name for row in _of(ctx, project)}
    rows = list(BudgetAlert.among(list(names)).order_by("-id")[:_MOST])
    mails = dict(AlertMail.unscoped(reason="of visible budgets").filter(alert__in=rows).values_list("alert_id", "pk"))
    return tuple(
        AlertRow(
            row.pk,
            row.budget_id,
            names[row.budget_id],
            row.kind,
            plain(row.line),
            None if row.percent is None else plain(row.percent),
            row.already,
            row.text,
            row.raised_at,
            bool(row.body),
            mails.get(row.pk),
        )
        for row in rows
    )


@query(permission="budgets.read")
def burn(ctx: Context, *, project: ProjectId, as_of: date, budget: Budget | None = None) -> BurnFigures:
    """Spent beside complete, burn rate, runway, and the three forecasts as a range, each with its method.

    budget  default: the project's main budget in hours, and all its hours where there is none.
    """
    row, mains = budget, mains_of(project)
    if row is None:
        main = mains.get("hours")
        row = Budget.visible_to(ctx).filter(pk=main).first() if main else None
    if row is not None and row.project_id != project:
        raise NotFound("Budget not found.")
    current = current_amount(row, all_changes(project), mains) if row is not None else None
    return burn_figures(ctx, project, row, current, as_of)


def may_see_basis(ctx: Context, project_id: int, basis: Basis) -> None:
    """Denied where this reader may not see money of the basis."""
    if basis is Basis.COST and not sees_costs(ctx, project_id):
        raise Denied("Your role does not allow this (see cost rates and costs).")
    if basis is Basis.BILL and not sees_rates(ctx, project_id):
        raise Denied("Your role does not allow this (see bill rates and billable value).")


@query(permission="budgets.read")
def planned_value(ctx: Context, *, project: ProjectId, basis: Basis = Basis.HOURS) -> PlannedFigures:
    """Planned value of the current baseline at the end of each week, in hours or money, spread by working days."""
    may_see_basis(ctx, project, basis)
    stand = ground(ctx, project)
    amounts, notes = planned_amounts(stand, basis)
    curve = curve_of(stand, amounts, through=date.min)
    points = tuple(CurvePoint(day, value, None, None) for day, value in _weeks(curve))
    return PlannedFigures(
        basis=basis,
        unit=unit_of(basis),
        currency="" if basis is Basis.HOURS else stand.about.currency,
        basis_text=BASIS_TEXT[basis],
        baseline=stand.baseline,
        bac=curve.bac if curve else None,
        points=points,
        notes=notes if curve else (*notes, nothing_planned(stand.baseline, basis)),
    )


def _weeks(curve: PlannedCurve | None) -> list[tuple[date, Decimal]]:
    if curve is None:
        return []
    return [(period.last, value) for period, value in zip(curve.periods, curve.cumulative(), strict=True)]


def nothing_planned(baseline: str, basis: Basis) -> str:
    """Why there is no planned value."""
    if not baseline:
        return "The plan has no baseline: planned and earned value are not known. Take a baseline."
    what = "work or durations" if basis is Basis.HOURS else "cost"
    return f"The baseline '{baseline}' holds no {what}, so there is nothing to earn on this basis."


@query(permission="budgets.read")
def earned_value(
    ctx: Context,
    *,
    project: ProjectId,
    as_of: date,
    basis: Basis = Basis.HOURS,
    variant: EacVariant = DEFAULT_EAC,
) -> EarnedFigures:
    """Earned value and earned schedule at a day, from baseline, progress and hours, with the S-curve by week.

    Progress is what stands in the plan now: for a past day, ask a snapshot of that day.
    """
    may_see_basis(ctx, project, basis)
    stand = ground(ctx, project)
    unit, currency = unit_of(basis), "" if basis is Basis.HOURS else stand.about.currency
    amounts, notes = planned_amounts(stand, basis)
    curve = curve_of(stand, amounts, through=as_of)
    by_day: dict[date, Decimal] | None = spent_by_day(ctx, project, measure=basis.value, currency=currency)
    if not by_day and not has_entries(project):
        by_day = None
    actual = None if by_day is None else sum((spent for day, spent in by_day.items() if day <= as_of), ZERO)
    done = earned(stand, amounts, on=as_of) if curve else None
    value = compute(
        EarnedValueInputs(
            bac=curve.bac if curve else None,
            pv=curve.planned_value_at(as_of) if curve else None,
            ev=done,
            ac=actual,
            bottom_up_etc=stand.said.hours_to_go(as_of, actual) if basis is Basis.HOURS else None,
        ),
        variant=variant,
        unit=unit,
    )
    in_time = None
    if curve is not None:
        in_time = earned_schedule(
            curve.series(), ev=done, actual_time=curve.time_at(as_of), bac=curve.bac, ac=actual, unit=unit
        )
    remarks = [*notes, *left_out(project, basis, currency)]
    if curve is None:
        remarks.append(nothing_planned(stand.baseline, basis))
    return EarnedFigures(
        basis=basis,
        unit=unit,
        currency=currency,
        basis_text=BASIS_TEXT[basis],
        baseline=stand.baseline,
        as_of=as_of,
        value=value,
        schedule=in_time,
        curve=_curve(curve, by_day, done, as_of),
        percent_method=_method(stand, as_of),
        notes=tuple(remarks),
    )


def _method(stand: Ground, as_of: date) -> str:
    text, day = method_of(stand, as_of), progress_day(stand, as_of)
    return f"{text}, entered {day}" if day is not None and not text.endswith(f"entered {day}") else text


def _curve(
    curve: PlannedCurve | None, by_day: dict[date, Decimal] | None, done: Decimal | None, as_of: date
) -> tuple[CurvePoint, ...]:
    """A point at the end of each week, and one at the status date where it falls inside a week."""
    if curve is None:
        return ()
    days = sorted({period.last for period in curve.periods} | {as_of})
    points = []
    for day in days:
        spent = None
        if by_day is not None and day <= as_of:
            spent = sum((amount for on, amount in by_day.items() if on <= day), ZERO)
        points.append(CurvePoint(day, curve.planned_value_at(day), done if day == as_of else None, spent))
    return tuple(points)
