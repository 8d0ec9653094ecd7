"""Budget status over the projects that a person runs or oversees, and of one project.

Each project speaks of its own status date, as its page Burn and forecast does; or all of them of an earlier day, with
the budgets as they counted then (`then`). Not here: the burn of any other budget (`queries.burn`), cost and margin over
projects (`cost_margin`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from headway.areas.budgets.burning import burn_figures
from headway.areas.budgets.costs import commitments, margins
from headway.areas.budgets.exchange import house_exchange
from headway.areas.budgets.figures import burned, change_of, current_amount
from headway.areas.budgets.models import Budget
from headway.areas.budgets.queries import budgets
from headway.areas.budgets.status_types import (
    BudgetLine,
    BudgetStand,
    BudgetStatus,
    BudgetSum,
    LineKind,
    ProjectStatus,
)
from headway.areas.budgets.then import HeldBudgets, complete_then, held_budgets
from headway.areas.budgets.types import ChangeState
from headway.areas.hours.sums import plain
from headway.areas.hours.weeks import running
from headway.areas.projects.keeping import kept_while_still
from headway.areas.projects.queries import charter, local_day
from headway.areas.projects.types import ProjectId, ProjectRow, Stage
from headway.areas.schedule.queries import summary_if_any
from headway.engine.measures import ZERO, Unit
from headway.engine.thresholds import BudgetState
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound
from headway.kernel.queries import query
from headway.kernel.schema import ShortText

BASIS = "Budgets with approved changes, and hours of every status, to each project's status date"


@query(permission="budgets.read", name="budgets.status")
def budget_status(
    ctx: Context, *, project: ProjectId | None = None, client: ShortText = "", as_of: date | None = None
) -> BudgetStatus:
    """Budget, spent, complete and forecasts of the projects that I run, the widest gap first; or of one project.

    client  of projects of this client alone, by its name. Closed projects are told of where one is asked for alone.
    as_of   an earlier day, such as the end of a month: hours worked to that day, budgets and changes as they counted
            at its end, progress as the plan had it then. Margin and orders are told as they stand alone.
    """
    if as_of is not None and as_of > ctx.now.date() + timedelta(days=1):
        raise Invalid(
            f"{as_of} lies ahead. Give a day that has passed, or none.", fields=[FieldError("as_of", "lies ahead")]
        )
    chosen = {row.id: row for row in _chosen(ctx, project, client)}
    found = _kept(ctx, chosen) if as_of is None else list(_read(ctx, chosen, chosen=chosen, on=as_of).values())
    if project is not None and as_of is None:
        found = [replace(one, budgets=budgets(ctx, project=one.project_id)) for one in found]
    found.sort(key=lambda one: (-_widest(one), one.name))
    stands = [stand for one in found for stand in one.mains]
    return BudgetStatus(
        projects=tuple(found),
        sums=_sums(stands),
        over=sum(stand.over for stand in stands),
        forecast_over=sum(stand.forecast_over and not stand.over for stand in stands),
        without=sum(all(stand.budget_id is None for stand in one.mains) for one in found),
        as_of=as_of,
        basis=BASIS
        if as_of is None
        else f"Budgets and changes as they counted on {as_of:%a} {as_of.day} {as_of:%b %Y}, hours worked to that day",
    )


def _chosen(ctx: Context, project: int | None, client: str) -> list[ProjectRow]:
    found = running(ctx, "budgets.read")
    if project is not None:
        if project not in found:
            raise NotFound("Project not found.")
        return [found[project]]
    wanted = client.strip().casefold()
    return [
        row
        for row in found.values()
        if row.stage is not Stage.CLOSED and (not wanted or row.client.casefold() == wanted)
    ]


def _kept(ctx: Context, chosen: dict[int, ProjectRow]) -> list[ProjectStatus]:
    """How the projects stand, read anew only where one has changed; apart for those who may see costs."""
    rates = house_exchange(ctx)
    moment = (ctx.now.date(), ctx.now.hour, ctx.now.minute // 30)  # midnight of every time zone falls on one of them
    found: list[ProjectStatus] = []
    for costs in (True, False):
        some = [pk for pk in chosen if may(ctx, "budgets.read_costs", project_id=pk) is costs]
        kept = kept_while_still(
            ctx,
            f"budgets.status, {'with' if costs else 'without'} costs",
            some,
            partial(_read, chosen=chosen, costs=costs),
            beside=lambda pk: (chosen[pk], moment, rates),
        )
        found += kept.values()
    return found


def _read(
    ctx: Context,
    changed: Iterable[int],
    *,
    chosen: dict[int, ProjectRow],
    costs: bool = False,
    on: date | None = None,
) -> dict[int, ProjectStatus]:
    """How projects stand; on: a day for all of them, else each to its own status date."""
    held = held_budgets(ctx, {pk: chosen[pk] for pk in changed}, on)
    return {pk: _project(ctx, chosen[pk], held[pk], costs=costs, on=on) for pk in held}


def _widest(one: ProjectStatus) -> Decimal:
    gaps = [stand.burn.gap.value for stand in one.mains if stand.burn.gap.value is not None]
    return max(gaps, default=Decimal(-1000))


def status_day(ctx: Context, project_id: int) -> date:
    """The day of which a project's figures speak: the plan's status date, else today."""
    summary = summary_if_any(ctx, project_id)
    if summary is not None and summary.status_date:
        return summary.status_date
    return local_day(ctx, project=project_id)


def _project(ctx: Context, about: ProjectRow, held: HeldBudgets, *, costs: bool, on: date | None) -> ProjectStatus:
    as_of = status_day(ctx, about.id) if on is None else on
    complete = None if on is None else complete_then(ctx, about.id, on)
    mains = [held.seen.get(pk) for pk in (held.mains.get("hours"), held.mains.get("money")) if pk in held.seen]
    stands = [_stand(ctx, about.id, row, held, as_of, complete) for row in mains or [None]]
    return ProjectStatus(
        project_id=about.id,
        key=about.key,
        name=about.name,
        client=about.client,
        manager=about.manager,
        currency=charter(ctx, project=about.id).currency,
        as_of=as_of,
        mains=tuple(stands),
        budgets=(),
        committed=commitments(ctx, project=about.id).open if costs else None,
        margins=margins(ctx, project=about.id) if costs else None,
    )


def _stand(
    ctx: Context,
    project_id: int,
    row: Budget | None,
    held: HeldBudgets,
    as_of: date,
    complete: tuple[Decimal | None, str] | None,
) -> BudgetStand:
    current = current_amount(row, held.changes, held.mains) if row is not None else None
    found = burn_figures(ctx, project_id, row, current, as_of, complete)
    highest = found.forecast_range[1] if found.forecast_range is not None else None
    return BudgetStand(
        budget_id=found.budget_id,
        name=found.name,
        basis=found.basis,
        unit=found.unit,
        currency=found.currency,
        baseline=plain(row.amount) if row is not None and row.amount is not None else None,
        approved_changes=held.changed(row, ChangeState.APPROVED),
        current=None if current is None else plain(current),
        pending=held.changed(row, ChangeState.PENDING),
        burn=found.burn,
        forecast_range=found.forecast_range,
        percent_method=found.percent_method,
        state=found.state,
        over=found.state is BudgetState.OVER,
        forecast_over=current is not None and highest is not None and highest > current,
        notes=found.notes,
    )


def _sums(stands: Iterable[BudgetStand]) -> tuple[BudgetSum, ...]:
    """Hours first, then by currency; amounts of two currencies are never added."""
    by: dict[str, list[BudgetStand]] = {}
    for stand in stands:
        if stand.current is not None:
            by.setdefault(stand.currency if stand.unit is Unit.MONEY else "", []).append(stand)
    return tuple(
        BudgetSum(
            currency,
            len(some),
            sum((one.baseline or ZERO for one in some), ZERO),
            sum((one.approved_changes for one in some), ZERO),
            sum((one.current or ZERO for one in some), ZERO),
            sum((one.burn.spent.value or ZERO for one in some), ZERO),
        )
        for currency, some in sorted(by.items())
    )


# --- lines; the caller has passed the door of `budget_status` -------------------------------------


def budget_lines(ctx: Context, found: BudgetStatus) -> tuple[BudgetLine, ...]:
    """What the main budgets of an answer are made of: baseline, approved changes, what each month burned."""
    return tuple(line for one in found.projects for stand in one.mains for line in _lines(ctx, found, one, stand))


def _lines(ctx: Context, found: BudgetStatus, one: ProjectStatus, stand: BudgetStand) -> Iterator[BudgetLine]:
    def line(kind: LineKind, ref: str, month: date | None, amount: Decimal) -> BudgetLine:
        return BudgetLine(one.key, one.name, stand.budget_id, stand.name, kind, ref, month, amount, stand.currency)

    row = None
    if stand.budget_id is not None:
        held = held_budgets(ctx, {one.project_id: one}, found.as_of)[one.project_id]
        row = held.seen[stand.budget_id]
        if stand.baseline is not None:
            yield line(LineKind.BASELINE, "", None, stand.baseline)
        for change in held.changes:
            amount = change_of(row, [change], held.mains, ChangeState.APPROVED)
            if amount:
                yield line(LineKind.CHANGE, f"{change.ref} {change.title}", None, plain(amount))
    by_month: dict[date, Decimal] = {}
    for day, spent in (burned(ctx, one.project_id, row) or {}).items():
        if day <= one.as_of:
            month = day.replace(day=1)
            by_month[month] = by_month.get(month, ZERO) + spent
    for month in sorted(by_month):
        yield line(LineKind.SPENT, "", month, by_month[month])
