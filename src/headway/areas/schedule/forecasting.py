"""When a project will end: three forecasts from its own history, and how good its past ones were.

The formulas are the engine's; here is what they are fed with. Not here: the simulation (`simulating`).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from headway.areas.projects.types import ProjectId
from headway.areas.schedule.models import BaselineTask, Plan, PlanTask
from headway.areas.schedule.queries import current_baseline, measured_plan, plan_row
from headway.areas.schedule.types import BaselineLine, FinishForecasts, MeasuredPlan
from headway.engine import plan as engine
from headway.engine.calendars import Axis
from headway.engine.earned_value import earned_schedule
from headway.engine.finish_forecast import (
    DoneWeek,
    FinishedTask,
    FinishForecast,
    PastForecast,
    by_earned_schedule,
    missing,
    past_error,
    ratio_of,
    shifted,
    working_days,
)
from headway.engine.forecast import trailing_weeks
from headway.engine.measures import HUNDRED, ZERO, Unit
from headway.engine.planned_value import PlannedTask, day_periods, planned_curve
from headway.engine.units import WorkTime
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.models import FieldChange
from headway.kernel.queries import query

WEEKS_BACK = 12
FORECASTS_BACK = 8
_WHY = "of a visible plan"

IsWorkingDay = Callable[[date], bool]


def _sampling() -> Any:
    """The forecasts that draw: loaded when first asked for, since they bring arrays with them."""
    return importlib.import_module("headway.engine.finish_sampling")


# ---- forecasts from history -------------------------------------------------------------------


@query(permission="schedule.read")
def forecast(ctx: Context, *, project: ProjectId, as_of: date | None = None) -> FinishForecasts:
    """When a project will end, by earned schedule, by velocity and by how its estimates came true.

    Tells how far past forecasts were off. Where the history is too short, the forecast says what is missing.

    as_of  the plan's status date, else the day of the last progress, else today.
    """
    row = planned_row(ctx, project)
    plan = measured_plan(ctx, project)
    if plan is None or row.finish is None:
        raise NotFound("This plan has no dates yet. Add its first task.")
    day = as_of or status_day(ctx, row, plan.settings)
    works = working_day(plan.axis)
    tasks = _leaf_columns(row)
    finish = row.finish.date()
    estimated = _estimated(row)
    finished = _finished(plan.axis, tasks, estimated)
    error = past_error(_past(row, tasks, finish, day, works), is_working_day=works)
    band = shifted(finish, error, is_working_day=works) if not _is_done(tasks) else None
    return FinishForecasts(
        as_of=day,
        planned=finish,
        done=_is_done(tasks),
        earned_schedule=_by_earned_schedule(plan, day, works),
        velocity=_by_velocity(row, plan, tasks, estimated, day, works),
        past_estimates=_by_past_estimates(row, finished, finish, day, works),
        ratio=ratio_of(finished),
        past_error=error,
        past_sentence=error.sentence,
        likely_from=band[0] if band else None,
        likely_to=band[1] if band else None,
    )


def days_behind_baseline(ctx: Context, project_id: int, finish: date | None) -> int | None:
    """Working days from the baseline's finish to a day; None without either. The caller has passed its own door."""
    plan = measured_plan(ctx, project_id)
    if plan is None or finish is None or not plan.planned:
        return None
    promised = max(line.finish for line in plan.planned).date()
    return working_days(promised, finish, working_day(plan.axis))


def status_day(ctx: Context, row: Plan, settings: engine.ProjectSettings) -> date:
    """The day up to which a plan's progress speaks."""
    if settings.status_date is not None:
        return settings.status_date.date()
    return row.progress_on or ctx.now.date()


def working_day(axis: Axis) -> IsWorkingDay:
    """Whether the project works on a day."""

    @cache
    def works(day: date) -> bool:
        midnight = datetime.combine(day, time())
        return bool(axis.work_between(midnight, midnight + timedelta(days=1)))

    return works


def planned_row(ctx: Context, project_id: int) -> Plan:
    """The plan of a project; NotFound with what to do where there is none."""
    row = plan_row(ctx, project_id)
    if row is None:
        raise NotFound("This project has no plan yet. Import one, or start one.")
    return row


def _leaf_columns(row: Plan) -> list[dict[str, Any]]:
    """Name, amount of work in tenths, progress and actual dates of the tasks that are really done, no milestones."""
    rows = PlanTask.unscoped(reason=_WHY).filter(plan=row, removed_at=None, summary=False, active=True)
    names = ("uid", "name", "percent_complete", "actual_start", "actual_finish", "critical")
    tenths = "definition__duration__amount__tenths"
    found = rows.filter(milestone=False).order_by("position", "id").values(*names, tenths)
    return [item | {"tenths": item.pop(tenths) or 0} for item in found]


def _is_done(tasks: Collection[Mapping[str, Any]]) -> bool:
    return bool(tasks) and all(task["percent_complete"] >= HUNDRED for task in tasks)


def _by_earned_schedule(plan: MeasuredPlan, day: date, works: IsWorkingDay) -> FinishForecast:
    """In working days and hours of the baseline; without its work, in its durations."""
    amounts = _amounts(plan.planned)
    whole = sum(amounts, ZERO)
    formula = "AT + (PD − ES) / SPI(t)"
    if not whole:
        return missing("earned schedule", formula, (), "It needs a baseline with work or durations.")
    first = min(line.start.date() for line in plan.planned)
    if day < first:
        return missing("earned schedule", formula, (), "The status date lies before the baseline's first day.")
    last = max(day, *(line.finish.date() for line in plan.planned))
    days = [one for one in (first + timedelta(days=step) for step in range((last - first).days + 1)) if works(one)]
    if not days:
        return missing("earned schedule", formula, (), "The baseline has no working days.")
    tasks = [
        PlannedTask(line.name, max(line.start.date(), days[0]), max(line.finish.date(), days[0]), amount)
        for line, amount in zip(plan.planned, amounts, strict=True)
    ]
    curve = planned_curve(tasks, day_periods(days), through=last, unit=Unit.DAYS)
    earned = sum(
        (amount * line.percent_complete / HUNDRED for line, amount in zip(plan.planned, amounts, strict=True)), ZERO
    )
    measured = earned_schedule(
        curve.series(), ev=earned, actual_time=curve.time_at(day), bac=curve.bac, ac=None, unit=Unit.HOURS
    )
    return by_earned_schedule(measured, as_of=day, is_working_day=works)


def _amounts(planned: Iterable[BaselineLine]) -> list[Decimal]:
    lines = list(planned)
    work = [line.work.hours if line.work else ZERO for line in lines]
    return work if any(work) else [line.duration.hours if line.duration else ZERO for line in lines]


def _by_velocity(
    row: Plan,
    plan: MeasuredPlan,
    tasks: list[dict[str, Any]],
    estimated: Mapping[int, WorkTime],
    day: date,
    works: IsWorkingDay,
) -> FinishForecast:
    """In hours as they were estimated; they count in the week in which their task finished."""
    done: dict[date, Decimal] = {}
    remaining = ZERO
    begun: list[date] = []
    for task in tasks:
        hours = Decimal(task["tenths"]) / 600
        if task["actual_start"] is not None:
            begun.append(task["actual_start"].date())
        if task["actual_finish"] is not None:
            on = task["actual_finish"].date()
            done[on] = done.get(on, ZERO) + (estimated[task["uid"]].hours if task["uid"] in estimated else hours)
        else:
            remaining += hours * (HUNDRED - task["percent_complete"]) / HUNDRED
    started = min(begun, default=day)
    started -= timedelta(days=started.weekday())
    past = trailing_weeks(done, works, as_of=day, started=started, count=WEEKS_BACK)
    per_week = max(1, round(plan.settings.minutes_per_week / plan.settings.minutes_per_day))
    found: FinishForecast = _sampling().by_velocity(
        [DoneWeek(week.first, week.burned, week.working_days) for week in past],
        remaining,
        as_of=day,
        is_working_day=works,
        unit=Unit.HOURS,
        days_per_week=per_week,
        seed=row.pk,
    )
    return found


def _estimated(row: Plan) -> dict[int, WorkTime]:
    """Durations of the current baseline, by task."""
    baseline = current_baseline(row)
    if baseline is None:
        return {}
    found = BaselineTask.of(baseline).values_list("uid", "duration")
    return {uid: duration for uid, duration in found if duration is not None}


def _finished(axis: Axis, tasks: Iterable[Mapping[str, Any]], estimated: Mapping[int, WorkTime]) -> list[FinishedTask]:
    """Finished tasks with what the current baseline had estimated for them."""
    found = []
    for task in tasks:
        begun, ended, planned = task["actual_start"], task["actual_finish"], estimated.get(task["uid"])
        if begun is not None and ended is not None and planned:
            found.append(FinishedTask(task["name"], planned.hours, axis.work_between(begun, ended).hours))
    return found


def _by_past_estimates(
    row: Plan, finished: list[FinishedTask], finish: date, day: date, works: IsWorkingDay
) -> FinishForecast:
    critical = PlanTask.unscoped(reason=_WHY).filter(plan=row, removed_at=None, active=True, critical=True)
    left = critical.filter(summary=False, milestone=False, percent_complete__lt=100).count()
    days_left = sum(works(day + timedelta(days=step)) for step in range(1, (finish - day).days + 1))
    found: FinishForecast = _sampling().by_calibration(
        finished, Decimal(days_left), tasks_left=max(1, left), as_of=day, is_working_day=works, seed=row.pk
    )
    return found


def finished_tasks(row: Plan, axis: Axis) -> list[FinishedTask]:
    """Finished tasks with what the current baseline had estimated for them."""
    return _finished(axis, _leaf_columns(row), _estimated(row))


def _past(row: Plan, tasks: list[dict[str, Any]], finish: date, day: date, works: IsWorkingDay) -> list[PastForecast]:
    """The planned finish as it stood at the end of past weeks; what came is the finish, or today's forecast of it."""
    ended = [task["actual_finish"].date() for task in tasks if task["actual_finish"] is not None]
    came = max(ended, default=finish) if _is_done(tasks) else finish
    changes = FieldChange.objects.filter(
        kind=Plan._meta.label, record_id=row.pk, field="finish", entry__scope=row.project_id
    )
    said = [
        (at, datetime.fromisoformat(new).date())
        for at, new in changes.order_by("-entry_id")[: 50 * FORECASTS_BACK].values_list("entry__at", "new")
        if isinstance(new, str)
    ]
    found = []
    for weeks in range(1, FORECASTS_BACK + 1):
        end = day - timedelta(days=7 * weeks)
        moment = datetime.combine(end + timedelta(days=1), time(), UTC)
        known = next((on for at, on in said if at < moment), None)
        if known is not None and end < came:
            found.append(PastForecast(end, known, came))
    return found[::-1]
