"""One project's standing, computed from the areas with the house's rights, and kept for whoever may read it.

A standing is derived from records that are audited themselves, so keeping it writes no audit entry (decision 0046).
It holds how many changes of the project went into it: the length of the project's audit chain.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from pydantic import TypeAdapter, ValidationError

from headway.areas.deliverables import queries as deliverables
from headway.areas.portfolio import health
from headway.areas.portfolio.models import StandingWeek, StoredStanding
from headway.areas.portfolio.people import loads_record
from headway.areas.portfolio.types import (
    ChanceOfDeadline,
    Figures,
    FinishByHistory,
    Health,
    MilestoneAhead,
    OverCapacity,
    Reading,
)
from headway.areas.projects import queries as projects
from headway.areas.projects.lines import ProjectLine
from headway.areas.projects.types import Stage, State
from headway.areas.schedule import forecasting
from headway.areas.schedule import queries as schedule
from headway.areas.schedule.simulation_keeping import chance_lines
from headway.engine.measures import HUNDRED
from headway.kernel.context import Context
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.models import AuditChain
from headway.kernel.schema import to_json

READ_BACK = 8  # earlier reports that a colour's two readings may need
_FIGURES = TypeAdapter(Figures)


@dataclass(frozen=True, slots=True)
class Computed:
    """A standing that was just computed. `past` is kept so that no earlier report is read twice."""

    figures: Figures
    health_open: Health
    changes: int
    past: dict[str, Any]
    loads: list[dict[str, Any]]
    at: datetime


def changes_of(project_ids: Collection[int]) -> dict[int, int]:
    """How many changes each project has had; one query."""
    rows = AuditChain.objects.filter(scope__in=list(project_ids))
    return dict(rows.values_list("scope", "length"))


def day_of(line: ProjectLine, now: datetime) -> date:
    """Today where the project is."""
    return now.astimezone(ZoneInfo(line.time_zone)).date()


def is_current(
    line: ProjectLine, *, kept: int, as_of: date, good_until: datetime | None, changes: int, now: datetime
) -> bool:
    """Whether kept figures hold all changes, are of today and no KPI became stale; a closed project's do not age."""
    aged = as_of != day_of(line, now) or (good_until is not None and now > good_until)
    return kept == changes and (line.stage is Stage.CLOSED or not aged)


def compute(ctx: Context, line: ProjectLine, *, past: Mapping[str, Any]) -> Computed:
    """How a project stands now. Writes nothing.

    past  what earlier reports said, as kept with the standing before; may be empty.
    """
    changes = changes_of([line.id]).get(line.id, 0)  # first: a change while we compute makes the answer out of date
    house = ctx.as_system("the standing of a project")
    as_of = day_of(line, ctx.now)
    charter = projects.charter(house, project=line.id)
    known = _past(house, line.id, past)
    found = health.health_figures(house, charter=charter, as_of=as_of)
    earlier = [health.past_of_snapshot(known[key]) for key in known]
    readings, for_all = health.readings_of(found, earlier), health.kpis_for_all(found, earlier)
    figures = _figures(house, found, readings, for_all)
    open_readings = health.without_budgets(readings, for_all)
    return Computed(figures, health.worst(open_readings), changes, known, loads_record(found.outlook), ctx.now)


def _past(ctx: Context, project_id: int, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The readings of the newest reports by snapshot id, newest first; reads only those that are not kept."""
    rows = [
        row
        for row in deliverables.snapshots(ctx, project=project_id)
        if row.kind == "status" and row.audience == "internal"
    ]
    found = {}
    for row in rows[:READ_BACK]:
        key = str(row.id)
        if key in kept:
            found[key] = kept[key]
            continue
        _, data = deliverables.numbered_snapshot(ctx, project_id, row.number)
        found[key] = _readings_in(data)
    return found


def _readings_in(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The colours of a report's snapshot; none where an older or other program wrote it in another shape."""
    try:
        readings = json.loads(data["snapshot"])["rag"]
        return [{name: item[name] for name in _OF_A_READING} for item in readings]
    except (KeyError, TypeError, ValueError):
        return []


_OF_A_READING = ("dimension", "colour", "computed", "measure", "value")


def _figures(
    ctx: Context, found: health.HealthFigures, readings: tuple[Reading, ...], for_all: Reading | None
) -> Figures:
    project, as_of, burn = found.charter.id, found.as_of, found.burn.burn
    planned = schedule.has_plan(project)
    summary = schedule.summary(ctx, project=project) if planned else None
    marks = schedule.milestones(ctx, project=project) if planned else ()
    ahead = next((mark for mark in marks if mark.actual is None), None)
    report = deliverables.newest_snapshots(ctx, [project], kind="status").get(project)
    decisions = projects.decisions(ctx, project=project, state=State.OPEN)
    limits = health.limits_of(found.charter)
    eac = found.eac
    forecast = eac if eac is not None and eac.value is not None else burn.scope_forecast
    main = found.main
    return Figures(
        as_of=as_of,
        health=health.worst(readings),
        because=health.because(readings),
        readings=readings,
        next_milestone=MilestoneAhead(ahead.name, ahead.forecast, ahead.late_days) if ahead is not None else None,
        finish=summary.finish.date() if summary is not None and summary.finish else None,
        baseline=summary.baseline if summary is not None else "",
        baseline_finish=summary.baseline_finish.date() if summary is not None and summary.baseline_finish else None,
        late_days=summary.late_days if summary is not None else None,
        by_history=_by_history(ctx, project) if summary is not None and summary.finish is not None else None,
        percent_complete=burn.percent_complete.value,
        complete_method=found.burn.percent_method,
        percent_spent=burn.percent_spent.value if main is not None else None,
        spent=burn.spent.value,
        budget=main.current if main is not None else None,
        forecast=forecast.value if found.logged else None,
        forecast_method=f"{forecast.name}: {forecast.formula}" if found.logged and forecast.value is not None else "",
        over_capacity=tuple(
            OverCapacity(load.name, load.person_id, load.percent, load.over_days, here=load.percent)
            for load in (found.outlook.loads if found.outlook is not None else ())
            if load.percent > HUNDRED or load.over_days
        ),
        high_risks=sum(1 for row in found.risks or () if row.exposure >= limits.exposure_amber_from),
        top_exposure=max((row.exposure for row in found.risks or ()), default=0),
        decisions_overdue=sum(1 for row in decisions if row.decide_by is not None and row.decide_by < as_of),
        last_report_on=report.as_of if report is not None else None,
        last_report=report.number if report is not None else None,
        progress_on=summary.progress_on if summary is not None else None,
        timesheets=found.sheets.percent.value if found.sheets is not None else None,
        kpis_for_all=for_all,
        good_until=min((kpi.stale_at for kpi in found.kpis if kpi.stale_at and not kpi.stale), default=None),
        changes_open=found.asked.open,
        deadline_chance=_deadline_chance(project, limits.deadline_chance),
    )


def _deadline_chance(project: int, limit: Decimal) -> ChanceOfDeadline | None:
    """What the newest simulation of the plan says of the deadline; None without either."""
    line = chance_lines([project]).get(project)
    if line is None:
        return None
    p80 = line.p80.date() if line.p80 is not None else None
    return ChanceOfDeadline(line.chance, limit, line.deadline, p80, line.driver, line.simulated_on)


def _by_history(ctx: Context, project: int) -> FinishByHistory | None:
    """The finish as the project's history tells it; None where all is done."""
    found = forecasting.forecast(ctx, project=project)
    if found.done:
        return None
    forecasts = (found.earned_schedule, found.velocity, found.past_estimates)
    known = [one for one in forecasts if one.finish is not None]
    main = known[0] if known else None
    dates = [one.finish for one in known if one.finish is not None]
    return FinishByHistory(
        finish=main.finish if main is not None else None,
        method=main.method if main is not None else "",
        low=min(dates, default=None),
        high=max(dates, default=None),
        methods=tuple((one.method, one.finish, one.reason) for one in forecasts),
        late_days=forecasting.days_behind_baseline(ctx, project, main.finish if main is not None else None),
        past=found.past_sentence,
    )


def figures_from(record: Any) -> Figures | None:
    """The figures of that stored JSON; None when an earlier version kept them in another shape."""
    try:
        return _FIGURES.validate_python(record)
    except ValidationError:
        return None


def keep(line: ProjectLine, made: Computed) -> None:
    """Store a standing, and this week's reading of it."""
    found = made.figures
    week = {
        "health": found.health.value,
        "health_open": made.health_open.value,
        "late_days": found.late_days,
        "percent_complete": _storable(found.percent_complete),
        "percent_spent": _storable(found.percent_spent),
    }
    columns = week | {
        "computed_at": made.at,
        "as_of": found.as_of,
        "changes": made.changes,
        "figures": to_json(found),
        "past": made.past,
        "loads": made.loads,
        "milestone_on": found.next_milestone.on if found.next_milestone is not None else None,
        "finish": found.finish,
        "spent": _storable(found.spent),
        "budget": _storable(found.budget),
        "forecast": _storable(found.forecast),
        "over_capacity": len(found.over_capacity),
        "high_risks": found.high_risks,
        "decisions_overdue": found.decisions_overdue,
        "last_report_on": found.last_report_on,
        "good_until": found.good_until,
    }
    monday = found.as_of - timedelta(days=found.as_of.weekday())
    with allow_writes("a standing, derived from audited records"), transaction.atomic():
        row, _ = StoredStanding.unscoped(reason="derived figures").update_or_create(
            project_id=line.id, defaults=columns, create_defaults=columns | {"created_at": made.at}
        )
        StandingWeek.unscoped(reason="derived figures").update_or_create(standing=row, first=monday, defaults=week)


_LARGEST = Decimal(9_999_999)  # what the columns hold, in percent and in hours


def _storable(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else min(amount, _LARGEST)
