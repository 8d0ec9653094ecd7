"""Writes a Plan as Microsoft Project XML (MSPDI), in the order its schema asks for.

Amounts are written as Microsoft Project writes them: lags, delays and slack in tenths of a minute,
costs in hundredths, durations and work in hours, minutes and seconds. Not here: the reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO, TypeVar
from xml.sax.saxutils import escape

from headway.documents.exchange.fidelity import CHANGED, DROPPED, KEPT, Fidelity, FidelityRow
from headway.documents.exchange.msproject_fields import (
    CONSTRAINTS,
    CONTOURS,
    FIELD_IDS,
    FIELD_NAMES,
    FREE_TEXT_FIELDS,
    LINK_TYPES,
    MONTH_ITEMS,
    NAMESPACE,
    NO_FORMAT,
    TASK_TYPES,
    UNASSIGNED,
    code_of,
    kind_of,
)
from headway.engine.calendars import Calendars
from headway.engine.plan import (
    Assignment,
    Calendar,
    CalendarException,
    Duration,
    Link,
    Plan,
    Recurrence,
    Resource,
    ResourceType,
    Shift,
    SplitPart,
    StoredDates,
    Task,
    TaskBaseline,
    TaskMode,
    WorkContour,
    WorkWeek,
)
from headway.engine.units import TENTHS_PER_HOUR, ZERO_WORK, WorkTime

_SAVE_VERSION = 14
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RETURN = {"\r": "&#13;"}  # a bare one would be read back as a line feed
_DAYS = 2  # timephased granularity
_REMAINING, _ACTUAL = 1, 2
_RESOURCE_TYPES = {ResourceType.MATERIAL: 0, ResourceType.WORK: 1, ResourceType.COST: 2}
_ESTIMATE_FIELDS = ("Optimistic", "Pessimistic")
_NO_STORED_DATES = StoredDates()

T = TypeVar("T")


def write_mspdi(plan: Plan, path: Path) -> list[FidelityRow]:
    """Write the plan to `path`; return what the format carries, changes and cannot carry."""
    fidelity = Fidelity()
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        _Writer(plan, stream, fidelity).write()
    return fidelity.rows()


class _Writer:
    def __init__(self, plan: Plan, stream: TextIO, fidelity: Fidelity) -> None:
        self._plan = plan
        self._put = stream.write
        self._fidelity = fidelity
        self._calendars = Calendars(plan.calendars, default_uid=plan.project.calendar_uid)
        self._fields = _allocate_fields(plan, fidelity)
        self._links: dict[int, list[Link]] = {}
        for link in plan.links:
            self._links.setdefault(link.successor_uid, []).append(link)

    # ---- XML ----------------------------------------------------------------------------------

    def _open(self, tag: str) -> None:
        self._put(f"<{tag}>")

    def _close(self, tag: str) -> None:
        self._put(f"</{tag}>\n")

    def _leaf(self, tag: str, value: object) -> None:
        """One element; None writes nothing."""
        if value is not None:
            self._put(f"<{tag}>{escape(_NOT_XML.sub('', _text_of(value)), _RETURN)}</{tag}>")

    def _leaves(self, *pairs: tuple[str, object]) -> None:
        for tag, value in pairs:
            self._leaf(tag, value)

    # ---- the parts ----------------------------------------------------------------------------

    def write(self) -> None:
        self._put('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n')
        self._put(f'<Project xmlns="{NAMESPACE}">\n')
        self._project()
        self._field_definitions()
        self._each("Calendars", self._plan.calendars, self._calendar)
        self._each("Tasks", self._plan.tasks, self._task)
        self._each("Resources", self._plan.resources, self._resource)
        self._open("Assignments")
        for assignment in self._plan.assignments:
            self._assignment(assignment)
        self._unassigned_splits()
        self._close("Assignments")
        self._put("</Project>\n")
        for entity, items_kept in (("calendar", self._plan.calendars), ("link", self._plan.links)):
            if items_kept:
                self._fidelity.note(entity, entity, KEPT, count=len(items_kept))

    def _each(self, container: str, items: Iterable[T], one: Callable[[T], None]) -> None:
        self._open(container)
        for item in items:
            one(item)
        self._close(container)

    def _project(self) -> None:
        project = self._plan.project
        coded = len(project.currency) == 3 and project.currency.isascii() and project.currency.isupper()
        limit, rest = divmod(project.critical_slack_limit.tenths, project.minutes_per_day * 10)
        if rest:
            self._fidelity.note("project", "critical_slack_limit", CHANGED, f"{limit} whole days")
        self._leaves(
            ("SaveVersion", _SAVE_VERSION),
            ("Name", project.name or None),
            ("Title", project.title or None),
            ("Company", project.company or None),
            ("Manager", project.manager or None),
            ("Author", project.author or None),
            ("ScheduleFromStart", project.schedule_from_start),
            ("StartDate", project.start),
            ("FinishDate", project.finish),
            ("CriticalSlackLimit", limit),
            ("CurrencySymbol", project.currency if project.currency and not coded else None),
            ("CurrencyCode", project.currency if coded else None),
            ("CalendarUID", project.calendar_uid),
            ("DefaultStartTime", project.default_start),
            ("DefaultFinishTime", project.default_finish),
            ("MinutesPerDay", project.minutes_per_day),
            ("MinutesPerWeek", project.minutes_per_week),
            ("DaysPerMonth", project.days_per_month),
            ("HonorConstraints", project.honor_constraints),
            ("MultipleCriticalPaths", project.multiple_critical_paths),
            ("SplitsInProgressTasks", project.split_in_progress),
            ("MoveCompletedEndsBack", project.move_completed_back),
            ("MoveRemainingStartsBack", project.move_remaining_back),
            ("MoveRemainingStartsForward", project.move_remaining_forward),
            ("MoveCompletedEndsForward", project.move_completed_forward),
            ("StatusDate", project.status_date),
        )
        self._put("\n")
        self._note_filled("project", project, {"application", "custom"})
        if project.application:
            self._fidelity.note("project", "application", DROPPED, project.application)
        if not project.honor_constraints:
            self._fidelity.note("project", "honor_constraints", CHANGED, "written as off; read back as on")

    def _note_filled(self, entity: str, item: Any, skipped: set[str]) -> None:  # any frozen dataclass
        for name in item.__dataclass_fields__:
            if name not in skipped and getattr(item, name) not in _EMPTY:
                self._fidelity.note(entity, name, KEPT)

    def _field_definitions(self) -> None:
        self._open("ExtendedAttributes")
        for name, number in self._fields.items():
            self._open("ExtendedAttribute")
            self._leaves(("FieldID", number), ("FieldName", FIELD_NAMES[number]))
            self._leaf("Alias", name if name != FIELD_NAMES[number] else None)
            self._close("ExtendedAttribute")
        self._close("ExtendedAttributes")

    # ---- calendars ----------------------------------------------------------------------------

    def _calendar(self, calendar: Calendar) -> None:
        self._open("Calendar")
        self._leaves(
            ("UID", calendar.uid),
            ("Name", calendar.name),
            ("IsBaseCalendar", calendar.base_uid is None),
            ("BaseCalendarUID", -1 if calendar.base_uid is None else calendar.base_uid),
        )
        days = calendar.days if calendar.base_uid is not None else tuple(day or () for day in calendar.days)
        self._week(days)
        if calendar.exceptions:
            self._open("Exceptions")
            for exception in calendar.exceptions:
                self._exception(exception)
            self._close("Exceptions")
        if calendar.work_weeks:
            self._open("WorkWeeks")
            for week in calendar.work_weeks:
                self._work_week(week)
            self._close("WorkWeeks")
        self._close("Calendar")

    def _week(self, days: tuple[tuple[Shift, ...] | None, ...]) -> None:
        self._open("WeekDays")
        for number in range(1, 8):  # 1 = Sunday
            shifts = days[(number + 5) % 7]
            if shifts is not None:
                self._open("WeekDay")
                self._leaves(("DayType", number), ("DayWorking", bool(shifts)))
                self._shifts(shifts)
                self._close("WeekDay")
        self._close("WeekDays")

    def _shifts(self, shifts: tuple[Shift, ...]) -> None:
        if shifts:
            self._open("WorkingTimes")
            for shift in shifts:
                self._open("WorkingTime")
                self._leaves(("FromTime", shift.start), ("ToTime", shift.end))
                self._close("WorkingTime")
            self._close("WorkingTimes")

    def _period(self, first: date, last: date) -> None:
        self._open("TimePeriod")
        self._leaves(("FromDate", f"{first.isoformat()}T00:00:00"), ("ToDate", f"{last.isoformat()}T23:59:00"))
        self._close("TimePeriod")

    def _exception(self, exception: CalendarException) -> None:
        recurrence = exception.recurrence
        counted = recurrence is not None and recurrence.occurrences is not None
        days = (exception.last - exception.first).days + 1
        self._open("Exception")
        self._leaf("EnteredByOccurrences", counted)
        self._period(exception.first, exception.last)
        self._leaf(
            "Occurrences", recurrence.occurrences if recurrence and counted else days if not recurrence else None
        )
        self._leaf("Name", exception.name or None)
        if recurrence is None:
            self._leaf("Type", 1)
        else:
            self._recurrence(recurrence)
        self._leaf("DayWorking", bool(exception.shifts))
        self._shifts(exception.shifts)
        self._close("Exception")

    def _recurrence(self, recurrence: Recurrence) -> None:
        yearly = recurrence.kind.startswith("yearly")
        kinds = {"daily": 7, "weekly": 6, "monthly_day": 4, "monthly_weekday": 5, "yearly_day": 2, "yearly_weekday": 3}
        if yearly and recurrence.interval != 1:
            self._fidelity.note("calendar", "recurrence.interval", CHANGED, f"every {recurrence.interval} years → 1")
        on_weekday = recurrence.kind.endswith("_weekday")
        self._leaves(
            ("Type", kinds[recurrence.kind]),
            ("Period", None if yearly else recurrence.interval),
            (
                "DaysOfWeek",
                sum(1 << (day + 1) % 7 for day in recurrence.weekdays) if recurrence.kind == "weekly" else None,
            ),
            ("MonthItem", self._month_item(recurrence) if on_weekday else None),
            ("MonthPosition", (recurrence.position or 1) - 1 if on_weekday else None),
            ("Month", (recurrence.month or 1) - 1 if yearly else None),
            ("MonthDay", recurrence.day if recurrence.kind.endswith("_day") else None),
        )

    def _month_item(self, recurrence: Recurrence) -> int:
        if recurrence.weekdays in MONTH_ITEMS:
            return MONTH_ITEMS.index(recurrence.weekdays)
        self._fidelity.note("calendar", "recurrence.weekdays", CHANGED, f"{recurrence.weekdays} → the first of them")
        return MONTH_ITEMS.index(recurrence.weekdays[:1] or (0,))

    def _work_week(self, week: WorkWeek) -> None:
        self._open("WorkWeek")
        self._period(week.first, week.last)
        self._leaf("Name", week.name or None)
        self._week(week.days)
        self._close("WorkWeek")

    # ---- tasks --------------------------------------------------------------------------------

    def _task(self, task: Task) -> None:
        stored = task.stored or _NO_STORED_DATES
        duration, leveling = task.duration, task.leveling_delay
        self._open("Task")
        self._leaves(
            ("UID", task.uid),
            ("ID", task.id),
            ("Name", task.name),
            ("Active", task.active),
            ("Manual", task.mode is TaskMode.MANUAL),
            ("Type", TASK_TYPES.index(task.type)),
            ("IsNull", 0),
            ("Contact", task.owner or None),
            ("WBS", task.wbs or None),
            ("OutlineLevel", task.outline_level),
            ("Priority", task.priority),
            ("Start", stored.start),
            ("Finish", stored.finish),
            ("Duration", duration and _duration_text(duration.amount)),
            ("DurationFormat", _format_of(duration)),
            ("Work", _work_text(task.work)),
            ("Stop", task.stop),
            ("Resume", task.resume),
            ("EffortDriven", task.effort_driven),
            ("Recurring", task.recurring),
            ("Estimated", duration is not None and duration.estimated),
            ("Milestone", task.milestone),
            ("Summary", task.summary),
            ("Critical", stored.critical),
            ("ExternalTask", task.external),
            ("EarlyStart", stored.early_start),
            ("EarlyFinish", stored.early_finish),
            ("LateStart", stored.late_start),
            ("LateFinish", stored.late_finish),
            ("FreeSlack", _tenths(stored.free_slack)),
            ("TotalSlack", _tenths(stored.total_slack)),
            ("StartSlack", _tenths(stored.start_slack)),
            ("FinishSlack", _tenths(stored.finish_slack)),
            ("FixedCost", _cost(task.fixed_cost)),
            ("PercentComplete", task.percent_complete),
            ("PercentWorkComplete", task.percent_work_complete),
            ("Cost", _cost(task.cost)),
            ("ActualStart", task.actual_start),
            ("ActualFinish", task.actual_finish),
            ("ActualDuration", _work_text(task.actual_duration)),
            ("ActualCost", _cost(task.actual_cost)),
            ("ActualWork", _work_text(task.actual_work)),
            ("RemainingDuration", _work_text(task.remaining_duration)),
            ("RemainingWork", _work_text(task.remaining_work)),
            ("ConstraintType", CONSTRAINTS.index(task.constraint)),
            ("CalendarUID", -1 if task.calendar_uid is None else task.calendar_uid),
            ("ConstraintDate", task.constraint_date),
            ("Deadline", task.deadline),
            ("LevelingDelay", leveling and leveling.amount.tenths),
            ("LevelingDelayFormat", _format_of(leveling) if leveling else None),
            ("IgnoreResourceCalendar", task.ignore_resource_calendar),
            ("Notes", task.notes or None),
            ("PhysicalPercentComplete", task.physical_percent_complete),
        )
        for link in self._links.get(task.uid, ()):
            self._link(link)
        self._custom(task)
        for baseline in task.baselines:
            self._baseline(baseline)
        self._leaves(*((name, task.custom.get(name)) for name in FREE_TEXT_FIELDS))
        self._leaves(
            ("ManualStart", task.manual_start),
            ("ManualFinish", task.manual_finish),
            ("ManualDuration", task.manual_duration and _duration_text(task.manual_duration.amount)),
        )
        self._close("Task")
        self._note_filled("task", task, {"custom", "parent_uid"})
        manual, planned = task.manual_duration, task.duration
        if manual and planned and (manual.unit, manual.elapsed) != (planned.unit, planned.elapsed):
            self._fidelity.note("task", "manual_duration", CHANGED, f"{task.name}: unit of the duration")

    def _link(self, link: Link) -> None:
        lag = link.lag
        self._open("PredecessorLink")
        self._leaves(
            ("PredecessorUID", link.predecessor_uid),
            ("Type", LINK_TYPES.index(link.type)),
            ("CrossProject", 0),
            ("LinkLag", lag.amount.tenths if lag.percent is None else round(lag.percent)),
            ("LagFormat", code_of("%" if lag.percent is not None else lag.unit, elapsed=lag.elapsed)),
        )
        self._close("PredecessorLink")
        if lag.percent is not None and lag.percent != round(lag.percent):
            self._fidelity.note("link", "lag.percent", CHANGED, f"{lag.percent} % → {round(lag.percent)} %")

    def _custom(self, task: Task) -> None:
        for name, value in task.custom.items():
            number = self._fields.get(name)
            if number is not None:
                self._attribute(number, _custom_text(value, kind_of(FIELD_NAMES[number])), None)
        for name, estimate in zip(_ESTIMATE_FIELDS, (task.optimistic, task.pessimistic), strict=True):
            if estimate is not None and name in self._fields:
                self._attribute(self._fields[name], _duration_text(estimate.amount), _format_of(estimate))

    def _attribute(self, number: int, value: str, duration_format: int | None) -> None:
        self._open("ExtendedAttribute")
        self._leaves(("FieldID", number), ("Value", value), ("DurationFormat", duration_format))
        self._close("ExtendedAttribute")
        self._fidelity.note("task", f"custom field {FIELD_NAMES[number]}", KEPT)

    def _baseline(self, baseline: TaskBaseline) -> None:
        if not 0 <= baseline.number <= 10:
            self._fidelity.note("task", "baseline", DROPPED, f"number {baseline.number}: the format holds 0 to 10")
            return
        self._open("Baseline")
        for start, finish, cost in baseline.timephased_cost:
            self._timephased(5, baseline.number, start, finish, _text_of(_cost(cost)))
        self._leaves(
            ("Number", baseline.number),
            ("Start", baseline.start),
            ("Finish", baseline.finish),
            ("Duration", _work_text(baseline.duration)),
            ("DurationFormat", 7 if baseline.duration is not None else None),
            ("Work", _work_text(baseline.work)),
            ("Cost", _cost(baseline.cost)),
        )
        self._close("Baseline")

    def _timephased(self, kind: int, uid: int, start: datetime, finish: datetime, value: str) -> None:
        self._open("TimephasedData")
        self._leaves(
            ("Type", kind), ("UID", uid), ("Start", start), ("Finish", finish), ("Unit", _DAYS), ("Value", value)
        )
        self._close("TimephasedData")

    # ---- resources and assignments ------------------------------------------------------------

    def _resource(self, resource: Resource) -> None:
        self._open("Resource")
        self._leaves(
            ("UID", resource.uid),
            ("ID", resource.id),
            ("Name", resource.name),
            ("Type", _RESOURCE_TYPES[resource.type]),
            ("IsNull", 0),
            ("Initials", resource.initials or None),
            ("Group", resource.group or None),
            ("EmailAddress", resource.email or None),
            ("MaxUnits", resource.max_units),
            ("StandardRate", resource.standard_rate),
            ("StandardRateFormat", 2 if resource.standard_rate is not None else None),
            ("OvertimeRate", resource.overtime_rate),
            ("OvertimeRateFormat", 2 if resource.overtime_rate is not None else None),
            ("CostPerUse", _cost(resource.cost_per_use)),
            ("CalendarUID", -1 if resource.calendar_uid is None else resource.calendar_uid),
            ("Notes", resource.notes or None),
            ("IsCostResource", resource.type is ResourceType.COST),
        )
        self._close("Resource")
        self._note_filled("resource", resource, set())

    def _assignment(self, assignment: Assignment) -> None:
        delay, leveling = assignment.delay, assignment.leveling_delay
        self._open("Assignment")
        self._leaves(
            ("UID", assignment.uid),
            ("TaskUID", assignment.task_uid),
            ("ResourceUID", UNASSIGNED if assignment.resource_uid is None else assignment.resource_uid),
            ("ActualCost", _cost(assignment.actual_cost)),
            ("ActualFinish", assignment.actual_finish),
            ("ActualStart", assignment.actual_start),
            ("ActualWork", _work_text(assignment.actual_work)),
            ("Cost", _cost(assignment.cost)),
            ("Delay", delay and delay.amount.tenths),
            ("Finish", assignment.finish),
            ("LevelingDelay", leveling and leveling.amount.tenths),
            ("LevelingDelayFormat", _format_of(leveling) if leveling else None),
            ("OvertimeWork", _work_text(assignment.overtime_work)),
            ("RemainingWork", _work_text(assignment.remaining_work)),
            ("Start", assignment.start),
            ("Stop", assignment.stop),
            ("Resume", assignment.resume),
            ("Units", assignment.units),
            ("Work", _work_text(assignment.work)),
            ("WorkContour", CONTOURS.index(assignment.contour)),
        )
        for block in assignment.timephased:
            kind = _ACTUAL if block.actual else _REMAINING
            self._timephased(kind, assignment.uid, block.start, block.finish, _duration_text(block.work))
        self._close("Assignment")
        self._note_filled("assignment", assignment, set())
        if delay is not None and (delay.unit, delay.elapsed) != ("d", False):
            self._fidelity.note("assignment", "delay", CHANGED, "its unit is read back as days")

    def _unassigned_splits(self) -> None:
        """Splits of tasks whose assignments do not show them, as Microsoft Project writes them."""
        shown = {assignment.task_uid for assignment in self._plan.assignments if assignment.timephased}
        uid = max((assignment.uid for assignment in self._plan.assignments), default=0)
        for task in self._plan.tasks:
            if len(task.splits) < 2 or task.uid in shown:
                continue
            uid += 1
            self._open("Assignment")
            self._leaves(("UID", uid), ("TaskUID", task.uid), ("ResourceUID", UNASSIGNED))
            self._leaves(("Start", task.splits[0].start), ("Finish", task.splits[-1].finish), ("Work", "PT0H0M0S"))
            self._leaf("WorkContour", CONTOURS.index(WorkContour.EDITED))
            for start, finish, work in self._worked_and_idle(task):
                self._timephased(_REMAINING, uid, start, finish, _duration_text(work))
            self._close("Assignment")

    def _worked_and_idle(self, task: Task) -> Iterator[tuple[datetime, datetime, WorkTime]]:
        axis = self._calendars.axis(task.calendar_uid)
        before: SplitPart | None = None
        for part in task.splits:
            if before is not None:
                yield before.finish, part.start, ZERO_WORK
            yield part.start, part.finish, axis.work_between(part.start, part.finish)
            before = part


_EMPTY: tuple[Any, ...] = (None, "", (), {}, Decimal(0), ZERO_WORK, False)


def _allocate_fields(plan: Plan, fidelity: Fidelity) -> dict[str, int]:
    """A field number of the format for each custom field of the tasks, keeping those it came with."""
    known = plan.project.custom.get("custom_fields", {})
    fields = {name: number for name, number in known.items() if number in FIELD_NAMES}
    kinds: dict[str, str] = {}
    for task in plan.tasks:
        for name, value in task.custom.items():
            if name not in fields and name not in FREE_TEXT_FIELDS:
                kinds.setdefault(name, _kind_of_value(value))
        for name, estimate in zip(_ESTIMATE_FIELDS, (task.optimistic, task.pessimistic), strict=True):
            if estimate is not None and name not in fields:
                kinds.setdefault(name, "Duration")
    taken = set(fields.values())
    for name, kind in kinds.items():
        free = [
            number for field, number in FIELD_IDS.items() if kind == field.rstrip("0123456789") and number not in taken
        ]
        number = FIELD_IDS[name] if name in FIELD_IDS and FIELD_IDS[name] in free else next(iter(free), None)
        if number is None:
            fidelity.note("task", f"custom field {name}", DROPPED, f"no {kind} field is left")
        else:
            fields[name] = number
            taken.add(number)
    return fields


def _kind_of_value(value: object) -> str:
    if isinstance(value, bool):
        return "Flag"
    if isinstance(value, int | float | Decimal):
        return "Number"
    return "Date" if isinstance(value, date) else "Text"


def _custom_text(value: object, kind: str) -> str:
    if kind == "Cost" and isinstance(value, Decimal | int):
        return _text_of(_cost(Decimal(value)))
    if kind == "Date" and isinstance(value, date) and not isinstance(value, datetime):
        return f"{value.isoformat()}T00:00:00"
    return _text_of(value)


def _text_of(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, time):
        return value.isoformat(timespec="seconds")
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _duration_text(work: WorkTime) -> str:
    tenths = abs(work.tenths)
    hours, rest = divmod(tenths, TENTHS_PER_HOUR)
    minutes, tenth = divmod(rest, 10)
    return f"{'-' if work.tenths < 0 else ''}PT{hours}H{minutes}M{tenth * 6}S"


def _work_text(work: WorkTime | None) -> str | None:
    return None if work is None else _duration_text(work)


def _format_of(duration: Duration | None) -> int:
    if duration is None:
        return NO_FORMAT
    return code_of(duration.unit, elapsed=duration.elapsed, estimated=duration.estimated)


def _tenths(work: WorkTime | None) -> int | None:
    return None if work is None else work.tenths


def _cost(cost: Decimal | None) -> Decimal | None:
    return None if cost is None else cost * 100
