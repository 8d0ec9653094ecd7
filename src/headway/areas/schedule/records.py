"""Between the engine's frozen records and the rows that keep them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from headway.areas.schedule.models import (
    Assignment,
    Plan,
    PlanCalendar,
    PlanLink,
    PlanTask,
    Resource,
)
from headway.engine import plan as engine
from headway.engine.calendars import Axis, Calendars

PLACEHOLDER = "Task of another project"  # what rows are called that stand for one; its name is not for every reader
_adapters: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def to_record(value: Any) -> Any:
    """An engine record as JSON, defaults left out."""
    if isinstance(value, engine.Schedule):
        value = replace(value, tasks=tuple(value.tasks))  # the engine makes its rows only when they are read
    return _adapter(type(value)).dump_python(value, mode="json", exclude_defaults=True)


def from_record(kind: type[Any], record: Any) -> Any:
    """The engine record of that JSON."""
    return _adapter(kind).validate_python(record)


@dataclass(frozen=True, slots=True)
class ReadBefore:
    """A plan and its dates, read from their records before the transaction that takes them."""

    batch_id: int
    batch_version: int
    plan: engine.Plan
    schedule: engine.Schedule


def task_columns(task: engine.Task) -> dict[str, Any]:
    """The columns that a task's definition gives."""
    return {
        "definition": to_record(task),
        "name": task.name[:1000],
        "wbs": task.wbs[:255],
        "level": max(0, min(task.outline_level, 32767)),
        "summary": task.summary,
        "milestone": task.milestone,
        "active": task.active and not task.external,
        "owner": task.owner[:255],
        "percent_complete": task.percent_complete,
        "actual_start": task.actual_start,
        "actual_finish": task.actual_finish,
        "deadline": task.deadline,
    }


def computed_columns(scheduled: engine.ScheduledTask | None) -> dict[str, Any]:
    """The columns that the schedule gives; all empty for a task that takes no part."""
    if scheduled is None:
        return {"start": None, "finish": None, "total_slack": None, "critical": False, "computed": None}
    return {
        "start": scheduled.start,
        "finish": scheduled.finish,
        "total_slack": scheduled.total_slack,
        "critical": scheduled.critical,
        "computed": to_record(scheduled),
    }


def engine_plan(plan: Plan) -> engine.Plan:
    """The stored plan as the engine's immutable problem, tasks in outline order."""
    tasks = PlanTask.unscoped(reason="the tasks of a visible plan").filter(plan=plan, removed_at=None)
    return engine.Plan(
        project=from_record(engine.ProjectSettings, plan.settings),
        calendars=calendars_of(plan),
        tasks=_read(engine.Task, tasks.order_by("position", "id")),
        links=_read(engine.Link, PlanLink.of(plan).order_by("id")),
        resources=_read(
            engine.Resource, Resource.unscoped(reason="of a visible plan").filter(plan=plan).order_by("uid")
        ),
        assignments=assignments_of(plan),
    )


def calendars_of(plan: Plan) -> tuple[engine.Calendar, ...]:
    """The stored plan's calendars."""
    return _read(engine.Calendar, PlanCalendar.of(plan).order_by("uid"))


def assignments_of(plan: Plan) -> tuple[engine.Assignment, ...]:
    """The stored plan's assignments."""
    return _read(engine.Assignment, Assignment.of(plan).order_by("uid", "id"))


def _read(kind: type[Any], rows: Any) -> tuple[Any, ...]:
    adapter = _adapter(kind)
    return tuple(adapter.validate_python(record) for record in rows.values_list("definition", flat=True))


def project_axis(plan: engine.Plan) -> Axis:
    """The working time of the project's calendar."""
    return Calendars(plan.calendars, default_uid=plan.project.calendar_uid).default


KEY_LEVEL = 2


def is_key(*, deadline: datetime | None, level: int) -> bool:
    """A key milestone has a deadline, or stands at the plan's first or second level."""
    return deadline is not None or level <= KEY_LEVEL


def days_late(
    axis: Axis, settings: engine.ProjectSettings, planned: datetime | None, expected: datetime | None
) -> int | None:
    """Whole working days from the planned to the expected moment, rounded away from nothing; negative = early."""
    if planned is None or expected is None:
        return None
    tenths = axis.work_between(planned, expected).tenths
    day = settings.minutes_per_day * 10
    whole = (abs(tenths) + day // 2) // day
    return int(whole if tenths >= 0 else -whole)
