"""Hours, budget and earned value of a project as the status snapshot says them.

Figures are in hours: they need no rate, so that a client's copy and an internal one agree. Values in money stand
beside the hours, billable value for everybody who may see it, cost never in a client's copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from headway.areas.budgets.types import Basis, BudgetRow, BurnFigures, ChangeRow, ChangeState, EarnedFigures
from headway.areas.hours import queries as hours
from headway.areas.hours.types import Amount, GroupBy
from headway.areas.portfolio.health import HealthFigures
from headway.engine.earned_value import EacVariant
from headway.kernel.context import Context
from headway.reports import status_snapshot as say
from headway.reports.status_snapshot import StatusSnapshot

if TYPE_CHECKING:
    from headway.reports.gather import PlanFacts

_ZERO = Decimal(0)
_FORECASTS = ("Burn", "Straight line", "Scope")


@dataclass(frozen=True, slots=True)
class StatusFigures:
    """The blocks of the snapshot that hours, budget and earned value give. None = no records; `missing` says why."""

    earned_value: say.EarnedValue | None
    earned_schedule: say.EarnedSchedule | None
    curve: tuple[say.WeekPoint, ...]
    budget: say.Budget | None
    hours: say.Hours | None
    changes: tuple[say.ChangeRequest, ...] | None
    missing: dict[str, str]


def status_figures(
    ctx: Context, *, figures: HealthFigures, client_copy: bool, facts: PlanFacts | None, earlier: list[StatusSnapshot]
) -> StatusFigures:
    """The blocks of one project at one day, from the figures that its health is judged from."""
    earned, main, as_of = figures.earned, figures.main, figures.as_of
    value = _earned_value(earned) if figures.valued else None
    missing = {}
    if value is None:
        missing["earned_value"] = " ".join(earned.notes) or "The plan has no baseline."
        missing["earned_schedule"] = missing["earned_value"]
    counted = main is not None and main.current is not None
    return StatusFigures(
        earned_value=value,
        earned_schedule=_earned_schedule(earned),
        curve=_curve(earned, facts, earlier, as_of) if value is not None else (),
        budget=_budget(main, figures.burn, logged=figures.logged) if main is not None and counted else None,
        hours=_hours(ctx, figures, client_copy) if figures.logged else None,
        changes=_changes(figures.changes) if figures.changes else None,
        missing=missing,
    )


def _earned_value(earned: EarnedFigures) -> say.EarnedValue:
    value = earned.value
    assert value.bac.value is not None  # noqa: S101 - the caller asked
    variants = tuple(
        say.EacVariant(
            variant.value, measure.formula, measure.assumption, measure.value, in_use=variant is value.variant
        )
        for variant, measure in value.eac_by_variant
        if variant is not EacVariant.BOTTOM_UP or measure.value is not None
    )
    note = value.tcpi_bac.reason if value.tcpi_bac.value is None else ""
    return say.EarnedValue(
        basis=say.Basis.HOURS,
        bac=value.bac.value,
        pv=value.pv.value,
        ev=value.ev.value,
        ac=value.ac.value,
        cv=value.cv.value,
        sv=value.sv.value,
        cpi=value.cpi.value,
        spi=value.spi.value,
        eac=variants,
        etc=value.etc.value,
        vac=value.vac.value,
        tcpi_to_bac=value.tcpi_bac.value,
        tcpi_to_eac=value.tcpi_eac.value,
        tcpi_note=note,
        percent_complete=value.percent_complete.value,
        percent_spent=value.percent_spent.value,
        explanations=tuple(say.Explanation(one.name, one.formula) for one in value.measures() if one.formula),
    )


def _earned_schedule(earned: EarnedFigures) -> say.EarnedSchedule | None:
    found = earned.schedule
    if found is None or found.es.value is None or found.at.value is None or found.pd.value is None:
        return None
    return say.EarnedSchedule(
        actual_weeks=found.at.value,
        earned_weeks=found.es.value,
        variance_weeks=found.es.value - found.at.value,
        spi_t=found.spi_t.value,
        planned_weeks=found.pd.value,
        forecast_weeks=found.ieac_t.value,
        note=found.es.note,
    )


def _curve(
    earned: EarnedFigures, facts: PlanFacts | None, earlier: list[StatusSnapshot], as_of: date
) -> tuple[say.WeekPoint, ...]:
    """The S-curve by week. Earned value of past weeks: what a snapshot of that day said, else by the actual dates."""
    said = {item.data_date: item.earned_value.ev for item in earlier if item.earned_value is not None}
    total = earned.value.ev.value
    points = []
    for point in earned.curve:
        ev = point.ev
        if ev is None and point.day < as_of and total is not None:
            ev = said.get(point.day)
            if ev is None and facts is not None:
                ev = total * earned_share(facts, point.day, as_of)
        points.append(say.WeekPoint(point.day, point.pv or _ZERO, ev, point.ac if point.day <= as_of else None))
    return tuple(points)


def earned_share(facts: PlanFacts, day: date, as_of: date) -> Decimal:
    """Which share (0 to 1) of what is earned at `as_of` was earned by an earlier day, by the tasks' actual dates.

    A finished task earned evenly from its actual start to its actual finish, a running one up to `as_of`.
    """
    whole = by_then = _ZERO
    for task in facts.plan.tasks:
        if task.summary or not task.active or task.duration is None or task.actual_start is None:
            continue
        weight = Decimal(task.duration.amount.tenths) * task.percent_complete
        begun = task.actual_start.date()
        ended = task.actual_finish.date() if task.actual_finish else as_of
        span = max(1, (ended - begun).days + 1)
        passed = min(span, max(0, (day - begun).days + 1))
        whole += weight
        by_then += weight * passed / span
    return by_then / whole if whole else _ZERO


def _budget(main: BudgetRow, burn: BurnFigures, *, logged: bool) -> say.Budget:
    basis = say.Basis.HOURS if main.basis is Basis.HOURS else say.Basis.BILL_VALUE
    forecast = burn.burn.scope_forecast if logged else None
    return say.Budget(
        basis=basis,
        approved=main.baseline or _ZERO,
        approved_changes=main.approved_changes,
        current=main.current or _ZERO,
        actual=main.spent or _ZERO,
        forecast=forecast.value if forecast is not None else None,
        forecast_method=f"Scope: {forecast.formula}" if forecast is not None and forecast.value is not None else "",
    )


def _hours(ctx: Context, known: HealthFigures, client_copy: bool) -> say.Hours:
    project, as_of, currency = known.charter.id, known.as_of, known.charter.currency
    main, sheets, figures = known.main, known.sheets, known.burn.burn
    in_hours = main is not None and main.basis is Basis.HOURS
    spent = sum((row.hours for row in hours.totals(ctx, project=project, by=(), last=as_of)), _ZERO)
    return say.Hours(
        budget=main.baseline if main is not None and in_hours else None,
        approved_changes=main.approved_changes if main is not None and in_hours else _ZERO,
        current=main.current if main is not None and in_hours else None,
        spent=spent,
        percent_spent=figures.percent_spent.value if in_hours else None,
        percent_complete=figures.percent_complete.value,
        progress_method=known.burn.percent_method,
        progress_by="the plan's owners",
        progress_on=_progress_day(known.earned),
        gap=figures.gap.value if in_hours else None,
        forecasts=tuple(
            say.HoursForecast(name, measure.value, measure.formula)
            for name, measure in zip(_FORECASTS, figures.forecasts(), strict=True)
        ),
        burn_rate=figures.burn_rate.value,
        runway_weeks=figures.runway.value if in_hours else None,
        affordable_rate=figures.affordable_rate.value if in_hours else None,
        weeks_left=figures.weeks_left.value,
        timesheets_in=sheets.percent.value if sheets is not None else None,
        by_person=_rows(ctx, project, as_of, (GroupBy.PERSON,), currency, client_copy),
        by_phase=_rows(ctx, project, as_of, (GroupBy.PHASE,), currency, client_copy),
        entries=_entries(ctx, project, as_of, currency, client_copy),
    )


def _progress_day(earned: EarnedFigures) -> date | None:
    said = earned.percent_method.rsplit("entered ", 1)
    return date.fromisoformat(said[1]) if len(said) == 2 else None


def _rows(
    ctx: Context, project: int, as_of: date, by: tuple[GroupBy, ...], currency: str, client_copy: bool
) -> tuple[say.HoursRow, ...]:
    """Hours of the week and in all by person or phase, the largest first."""
    monday = as_of - timedelta(days=as_of.weekday())
    week = {row.keys: row.hours for row in hours.totals(ctx, project=project, by=by, first=monday, last=as_of)}
    rows = hours.totals(ctx, project=project, by=by, last=as_of)
    found = [
        say.HoursRow(
            name=row.keys[0] or "Without a phase",
            role="",
            week=week.get(row.keys, _ZERO),
            total=row.hours,
            budget=None,
            bill_value=_in(row.bill, currency),
            cost_value=None if client_copy else _in(row.cost, currency),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda row: (-row.total, row.name)))


def _in(amounts: tuple[Amount, ...] | None, currency: str) -> Decimal | None:
    found = [item.amount for item in amounts or () if item.currency == currency]
    return sum(found, _ZERO) if found else None


_MOST_ENTRIES = 20_000


def _entries(ctx: Context, project: int, as_of: date, currency: str, client_copy: bool) -> tuple[say.HoursEntry, ...]:
    found: list[say.HoursEntry] = []
    cursor = ""
    while len(found) < _MOST_ENTRIES:
        page = hours.entries(ctx, project=project, last=as_of, cursor=cursor, limit=200)
        found.extend(
            say.HoursEntry(
                day=row.day,
                person=row.person,
                phase=row.phase,
                role=row.role,
                hours=row.hours,
                billable=row.billable,
                bill_value=row.bill_amount if row.bill_currency == currency else None,
                cost_value=row.cost_amount if row.cost_currency == currency and not client_copy else None,
            )
            for row in page.items
        )
        cursor = page.next
        if not cursor:
            break
    return tuple(reversed(found))


def _changes(rows: tuple[ChangeRow, ...]) -> tuple[say.ChangeRequest, ...]:
    kept = [row for row in rows if row.state is not ChangeState.REJECTED]
    return tuple(
        say.ChangeRequest(
            row.ref,
            row.title,
            row.state is ChangeState.APPROVED,
            (row.decided_at or row.requested_at).date(),
            row.hours or None,
            row.money or None,
            row.days or None,
        )
        for row in kept
    )
