"""From plan, hours and budgets to the engine's inputs. Writes nothing; callers have passed their door."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from headway.areas.budgets.models import Budget, BudgetChange
from headway.areas.budgets.progress_read import NOTHING_SAID, Said, SaidOfProgress, percents, said_of
from headway.areas.budgets.spending import Covered, covered_by, expenses_by_day
from headway.areas.budgets.types import Basis, BudgetKind, BudgetScope, ChangeState
from headway.areas.hours.on_tasks import burned_on_rows_by_day
from headway.areas.hours.queries import SpentPart, burned_by_day, has_entries
from headway.areas.projects.queries import charter
from headway.areas.projects.types import Charter
from headway.areas.schedule.queries import measured_plan
from headway.areas.schedule.queries import summary as plan_summary
from headway.areas.schedule.types import BaselineLine, PlanSummary
from headway.engine.forecast import Burn, BurnInputs, burn, trailing_weeks
from headway.engine.measures import HUNDRED, ZERO, Unit
from headway.engine.planned_value import PlannedCurve, PlannedTask, planned_curve, week_periods
from headway.kernel.context import Context
from headway.kernel.queries import once

BASIS_TEXT = {
    Basis.HOURS: "hours: baseline work against hours recorded",
    Basis.BILL: "money: baseline cost of the plan against the billable value of the hours recorded",
    Basis.COST: "money: baseline cost of the plan against the cost of the hours recorded",
}
BY_DURATION = "The plan holds no work: baseline durations stand for it, as if one person worked on each task."
BY_OWNER = "owner estimate by task"


@dataclass(frozen=True)
class Ground:
    """What a project knows of its plan and time: all that figures of one status date stand on.

    planned   what the current baseline plans for every task that is really done; empty without one.
    said      what was declared of progress, and by which method.
    """

    about: Charter
    summary: PlanSummary | None
    planned: tuple[BaselineLine, ...]
    is_working_day: Callable[[date], bool]
    days_per_week: int
    said: SaidOfProgress = NOTHING_SAID

    @property
    def start(self) -> date | None:
        """First day of the plan, else the charter's."""
        if self.summary is not None and self.summary.start is not None:
            return self.summary.start.date()
        return self.about.starts_on

    @property
    def finish(self) -> date | None:
        """Last day of the plan as it stands, else the charter's."""
        if self.summary is not None and self.summary.finish is not None:
            return self.summary.finish.date()
        return self.about.ends_on

    @property
    def baseline(self) -> str:
        """Name of the current baseline."""
        return self.summary.baseline if self.summary is not None else ""

    def working_days(self, first: date, last: date) -> tuple[date, ...]:
        """The project's working days of a span, both ends inclusive."""
        days = (first + timedelta(days=step) for step in range((last - first).days + 1))
        return tuple(day for day in days if self.is_working_day(day))


def ground(ctx: Context, project_id: int) -> Ground:
    """Charter, plan and calendar of a project; Monday to Friday where it has no plan."""
    return once(ctx, ("budgets.ground", project_id), lambda: _ground(ctx, project_id))


def _ground(ctx: Context, project_id: int) -> Ground:
    about = charter(ctx, project=project_id)
    plan = measured_plan(ctx, project_id)
    if plan is None:
        return Ground(about, None, (), lambda day: day.weekday() < 5, 5, said_of(project_id))
    axis = plan.axis

    @cache
    def works(day: date) -> bool:
        midnight = datetime.combine(day, time())
        return bool(axis.work_between(midnight, midnight + timedelta(days=1)))

    days_per_week = max(1, round(plan.settings.minutes_per_week / plan.settings.minutes_per_day))
    summary = plan_summary(ctx, project=project_id)
    return Ground(about, summary, plan.planned, works, days_per_week, said_of(project_id))


def planned_amounts(stand: Ground, basis: Basis) -> tuple[dict[int, Decimal], tuple[str, ...]]:
    """What the baseline plans for each task (uid), and what a reader must know about it."""
    if basis is not Basis.HOURS:
        return {line.uid: line.cost or ZERO for line in stand.planned}, ()
    work = {line.uid: line.work.hours if line.work else ZERO for line in stand.planned}
    if any(work.values()):
        return work, ()
    durations = {line.uid: line.duration.hours if line.duration else ZERO for line in stand.planned}
    return durations, (BY_DURATION,) if any(durations.values()) else ()


def curve_of(stand: Ground, amounts: Mapping[int, Decimal], *, through: date) -> PlannedCurve | None:
    """Planned value by week, to the later of the baseline's end and a day; None where nothing is planned."""
    tasks = [PlannedTask(line.name, line.start.date(), line.finish.date(), amounts[line.uid]) for line in stand.planned]
    if not any(task.amount for task in tasks):
        return None
    first = min(task.start for task in tasks)
    last = max(*(task.finish for task in tasks), through)
    days = stand.working_days(first, last)
    if not days:
        return None
    return planned_curve([_on_axis(task, days[0]) for task in tasks], week_periods(days), through=last)


def _on_axis(task: PlannedTask, first: date) -> PlannedTask:
    """A task planned on days off before the first working day counts on that day."""
    if task.start >= first:
        return task
    return replace(task, start=first, finish=max(first, task.finish))


def earned(
    stand: Ground, amounts: Mapping[int, Decimal], *, on: date = date.max, done: Mapping[int, Decimal] | None = None
) -> Decimal:
    """What is earned of the planned amounts, by the method of progress that counts on a day.

    done  percent complete of the tasks as they were then; default as they stand now.
    """
    known = _done(stand) if done is None else done
    whole = stand.said.whole(on)
    if whole is not None and not whole.by_task:
        return sum(amounts.values(), ZERO) * (_of_whole(stand, whole, known, on) or ZERO) / HUNDRED
    by_task = percents(stand.said, known, amounts, on)
    return sum((amount * by_task[uid] / HUNDRED for uid, amount in amounts.items()), ZERO)


def _done(stand: Ground) -> dict[int, Decimal]:
    return {line.uid: line.percent_complete for line in stand.planned}


def _of_whole(stand: Ground, whole: Said, done: Mapping[int, Decimal], on: date) -> Decimal | None:
    return whole.measured({**stand.said.milestones, **done}, on).value


def percent_complete(
    stand: Ground, *, on: date = date.max, done: Mapping[int, Decimal] | None = None
) -> tuple[Decimal | None, str]:
    """% complete of the project and its method: as declared, else earned by baseline hours, else by durations.

    done  percent complete of the tasks as they were then; default as they stand now.
    """
    whole = stand.said.whole(on)
    if whole is not None and not whole.by_task:
        return _of_whole(stand, whole, _done(stand) if done is None else done, on), whole.text
    how = method_of(stand, on)
    amounts, _ = planned_amounts(stand, Basis.HOURS)
    budgeted = sum(amounts.values(), ZERO)
    if budgeted:
        return HUNDRED * earned(stand, amounts, on=on, done=done) / budgeted, f"earned hours / baseline hours ({how})"
    if done is not None:
        return None, "no baseline of hours, so nothing says how much was done then"
    if stand.summary is not None:
        return stand.summary.percent_complete, f"done durations / planned durations ({BY_OWNER})"
    return None, "no plan, so nothing says how much is done"


def method_of(stand: Ground, on: date = date.max) -> str:
    """The method of progress that counts on a day, with who declared it and when; the owners' estimates by default."""
    whole, rows = stand.said.whole(on), len(stand.said.by_row(on))
    text = whole.text if whole is not None else BY_OWNER
    if not rows or (whole is not None and not whole.by_task):
        return text
    return f"{rows} {'row' if rows == 1 else 'rows'} by a method of {'its' if rows == 1 else 'their'} own; else {text}"


def progress_day(stand: Ground, on: date = date.max) -> date | None:
    """When progress was last said or entered."""
    days = [one.said_on for one in (stand.said.whole(on), *stand.said.by_row(on).values()) if one is not None]
    whole = stand.said.whole(on)
    if whole is not None and not whole.by_task:
        return whole.said_on
    if stand.summary is not None and stand.summary.progress_on is not None:
        days.append(stand.summary.progress_on)
    return max(days, default=None)


# --- budgets --------------------------------------------------------------------------------


def main_ids(rows: Iterable[Budget]) -> dict[str, int]:
    """The main budgets: the oldest for the whole project in hours ('hours') and in money ('money')."""
    found: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: row.pk):
        if row.scope == BudgetScope.PROJECT.value and row.kind != BudgetKind.RETAINER.value:
            found.setdefault("hours" if row.basis == Basis.HOURS.value else "money", row.pk)
    return found


def mains_row(ctx: Context, project_id: int, column: str) -> Budget | None:
    """The main budget in 'hours' or in 'money', where the reader may see it."""
    rows = list(Budget.visible_to(ctx).filter(project_id=project_id).order_by("id"))
    main = main_ids(rows).get(column)
    return next((row for row in rows if row.pk == main), None)


def change_of(row: Budget, changes: Sequence[BudgetChange], mains: Mapping[str, int], state: ChangeState) -> Decimal:
    """What the changes in a state add to a budget."""
    column = "hours" if row.basis == Basis.HOURS.value else "money"
    return sum(
        (
            getattr(change, column)
            for change in changes
            if change.state == state.value
            and (change.budget_id == row.pk or (change.budget_id is None and mains.get(column) == row.pk))
        ),
        ZERO,
    )


def current_amount(row: Budget, changes: Sequence[BudgetChange], mains: Mapping[str, int]) -> Decimal | None:
    """Baseline and approved changes, never below 0; None = not counted."""
    if row.amount is None:
        return None
    current: Decimal = row.amount + change_of(row, changes, mains, ChangeState.APPROVED)
    return max(ZERO, current)


def spent_of(row: Budget, parts: Iterable[SpentPart], covered: Covered | None = None) -> Decimal:
    """What a budget's own hours burned, in its unit. covered: the rows of the plan that it is for, where it names any.

    parts  apart for each row of the plan.
    """
    return sum((_amount(row, part) for part in parts if _counts(row, part, covered)), ZERO)


def _counts(row: Budget, part: SpentPart, covered: Covered | None) -> bool:
    if row.billable_only and not part.billable:
        return False
    match BudgetScope(row.scope):
        case BudgetScope.PHASE:
            return part.phase.casefold() == row.of.casefold()
        case BudgetScope.ROLE:
            return part.role.casefold() == row.of.casefold()
        case BudgetScope.PERSON:
            return part.person_id == row.person_id
        case BudgetScope.TASK | BudgetScope.ITEM:
            return covered is not None and covered.holds(part.task_uid, part.phase)
        case BudgetScope.PROJECT:
            return True


def _amount(row: Budget, part: SpentPart) -> Decimal:
    if row.basis == Basis.HOURS.value:
        return part.hours
    if row.basis == Basis.BILL.value:
        return part.bill if part.bill_currency == row.currency else ZERO
    return part.cost if part.cost_currency == row.currency else ZERO


def unit_of(basis: Basis) -> Unit:
    """Hours, or money."""
    return Unit.HOURS if basis is Basis.HOURS else Unit.MONEY


def spent_by_day(ctx: Context, project_id: int, **limits: Any) -> dict[date, Decimal]:
    """`hours.queries.burned_by_day`, read once for all figures of a page."""
    limits = {name: value for name, value in limits.items() if value}
    if limits["measure"] == Basis.HOURS.value:
        limits.pop("currency", None)  # hours have none
    key = ("budgets.burned by day", project_id, tuple(sorted(limits.items())))
    return once(ctx, key, lambda: burned_by_day(project_id, **limits))


def burned(ctx: Context, project_id: int, row: Budget | None) -> dict[date, Decimal] | None:
    """What a budget, or all hours, burned by day; None where no hours were ever recorded."""
    if row is None:
        return spent_by_day(ctx, project_id, measure=Basis.HOURS.value) or None
    of = BudgetScope(row.scope)
    if of in (BudgetScope.TASK, BudgetScope.ITEM):
        covered = covered_by([row])[row.pk]
        return burned_on_rows_by_day(
            project_id,
            uids=covered.uids,
            phases=covered.phases,
            measure=row.basis,
            currency=row.currency,
            billable_only=row.billable_only,
        )
    found = spent_by_day(
        ctx,
        project_id,
        measure=row.basis,
        currency=row.currency,
        person=row.person_id if of is BudgetScope.PERSON else None,
        phase=row.of if of is BudgetScope.PHASE else "",
        role=row.of if of is BudgetScope.ROLE else "",
        billable_only=row.billable_only,
    )
    beside = expenses_by_day([row]).get(row.pk)
    if beside:
        found = {day: found.get(day, ZERO) + beside.get(day, ZERO) for day in sorted({*found, *beside})}
    return found if found or has_entries(project_id) else None


def burn_of(
    stand: Ground,
    by_day: Mapping[date, Decimal] | None,
    budget: Decimal | None,
    *,
    as_of: date,
    unit: Unit,
    percent: Decimal | None,
) -> tuple[Burn, tuple[str, ...]]:
    """All burn figures to a day, and what a reader must know about them. percent: complete by then."""
    start, finish = stand.start, stand.finish
    notes = []
    if start is None or finish is None:
        notes.append("The project has no first and last day: weeks elapsed and left are not known and count as 0.")
    week = Decimal(stand.days_per_week)
    gone = Decimal(len(stand.working_days(start, as_of))) / week if start and finish and as_of >= start else ZERO
    total = Decimal(len(stand.working_days(start, finish))) / week if start and finish and finish >= start else ZERO
    began = min([day for day in (start, *(by_day or ())) if day is not None], default=as_of)
    inputs = BurnInputs(
        budget=budget,
        spent=None if by_day is None else sum((amount for day, amount in by_day.items() if day <= as_of), ZERO),
        percent_complete=percent,
        weeks_elapsed=gone,
        weeks_total=total,
        recent=trailing_weeks(by_day or {}, stand.is_working_day, as_of=as_of, started=began),
        days_per_week=stand.days_per_week,
    )
    return burn(inputs, unit=unit), tuple(notes)
