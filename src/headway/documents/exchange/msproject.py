"""Reads Microsoft Project's XML format (MSPDI) as a Plan, in one pass and in pure Python.

Amounts: LinkLag, LevelingDelay, assignment Delay and all slack are integers in tenths of a minute;
costs are in hundredths; durations and work are ISO 8601. Not here: the writer
(`msproject_writer.py`) and the other programs' formats (`foreign.py`, `primavera.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

from headway.documents.child import Refused
from headway.documents.exchange.fidelity import CHANGED, DROPPED, KEPT, UPLOAD_PLAN, Fidelity, FidelityRow, PlanLimits
from headway.documents.exchange.msproject_fields import (
    CONSTRAINTS,
    CONTOURS,
    ESTIMATED,
    FIELD_NAMES,
    FREE_TEXT_FIELDS,
    LINK_TYPES,
    MONTH_ITEMS,
    NAMESPACE,
    TASK_TYPES,
    kind_of,
    unit_of,
)
from headway.documents.exchange.xml_records import Record, raw_text, records, root_of, stream, text
from headway.engine.calendars import Calendars
from headway.engine.plan import (
    Assignment,
    Calendar,
    CalendarException,
    Duration,
    Lag,
    Link,
    LinkType,
    Plan,
    PlanError,
    ProjectSettings,
    Recurrence,
    Resource,
    ResourceType,
    Shift,
    SplitPart,
    StoredDates,
    Task,
    TaskBaseline,
    TaskMode,
    TaskType,
    Timephased,
    WorkContour,
    WorkWeek,
)
from headway.engine.units import TENTHS_PER_HOUR, ZERO_WORK, WorkTime

# Custom durations with these names are a three-point estimate.
ESTIMATE_NAMES = {
    f"{name}{suffix}": point
    for point, names in (
        ("optimistic", ("optimistic", "optimistisch")),
        ("pessimistic", ("pessimistic", "pessimistisch")),
    )
    for name in names
    for suffix in ("", " duration", " estimate", " dauer")
}


def _words(text_of_words: str) -> frozenset[str]:
    return frozenset(text_of_words.split())


_CONTAINERS = {
    "Tasks": "Task",
    "Resources": "Resource",
    "Assignments": "Assignment",
    "Calendars": "Calendar",
    "ExtendedAttributes": "ExtendedAttribute",
}
_DEFAULTS = frozenset({"", "0", "0.0", "0.00", "PT0H0M0S", "NA", "-1", "false", "1900-01-01T00:00:00"})
_EPOCH_END = date(2100, 1, 1)
_REMAINING, _ACTUAL = "1", "2"

_PROJECT_KEPT = _words(
    "Name Title Author Manager Company StartDate FinishDate ScheduleFromStart StatusDate CalendarUID MinutesPerDay "
    "MinutesPerWeek DaysPerMonth DefaultStartTime DefaultFinishTime CriticalSlackLimit MultipleCriticalPaths "
    "SplitsInProgressTasks MoveCompletedEndsBack MoveRemainingStartsBack MoveRemainingStartsForward "
    "MoveCompletedEndsForward CurrencyCode SaveVersion"
)
_TASK_KEPT = _words(
    "UID ID Name Active Manual Type WBS OutlineLevel Priority Start Finish Duration DurationFormat Work Stop Resume "
    "EffortDriven Recurring Estimated Milestone Summary Critical ExternalTask EarlyStart EarlyFinish LateStart "
    "LateFinish FreeSlack TotalSlack StartSlack FinishSlack FixedCost PercentComplete PercentWorkComplete Cost "
    "ActualStart ActualFinish ActualDuration ActualCost ActualWork RemainingDuration RemainingWork ConstraintType "
    "CalendarUID ConstraintDate Deadline LevelingDelay LevelingDelayFormat IgnoreResourceCalendar Notes "
    "PhysicalPercentComplete PredecessorLink ExtendedAttribute Baseline StartText FinishText DurationText ManualStart "
    "ManualFinish ManualDuration Contact"
)
_RESOURCE_KEPT = _words(
    "UID ID Name Type Initials EmailAddress Group MaxUnits CalendarUID StandardRate OvertimeRate CostPerUse Notes "
    "IsCostResource"
)
_ASSIGNMENT_KEPT = _words(
    "UID TaskUID ResourceUID Units Work ActualWork RemainingWork OvertimeWork Delay LevelingDelay LevelingDelayFormat "
    "WorkContour Start Finish ActualStart ActualFinish Stop Resume Cost ActualCost"
)
# Written again from other fields, so nothing is lost by leaving them out.
_IMPLIED = _words(
    "IsNull OutlineNumber TimephasedData ExtendedAttributes Calendars Tasks Resources Assignments IsBaseCalendar "
    "WBSLevel"
)

T = TypeVar("T")


def read_mspdi(path: Path, *, limits: PlanLimits = UPLOAD_PLAN) -> tuple[Plan, list[FidelityRow]]:
    """The plan in an MSPDI file, and what became of every field.

    Raises Refused naming the task, field or line that cannot be read, or the limit that is passed.
    """
    name, namespace = root_of(path)
    if name != "Project" or namespace not in {NAMESPACE, ""}:
        raise Refused(
            f"The XML file starts with <{name}>, not with Microsoft Project's <Project>. "
            "Export it as 'XML Format' from the planning program.",
            {"file": path.name},
        )
    reader = _MspdiReader(path.name, limits)
    root = stream(path, _CONTAINERS, reader.take)
    try:
        return reader.plan(root), reader.fidelity.rows()
    except PlanError as error:
        raise Refused(str(error), {"file": path.name}) from error


class _MspdiReader:
    """Turns the records of one file into the parts of a plan."""

    def __init__(self, name: str, limits: PlanLimits) -> None:
        self.fidelity = Fidelity()
        self._file = name
        self._limits = limits
        self._calendars: list[Calendar] = []
        self._tasks: list[Task] = []
        self._links: list[Link] = []
        self._resources: list[Resource] = []
        self._assignments: list[Assignment] = []
        self._fields: dict[int, tuple[str, str]] = {}  # field id -> (name in the plan, kind)
        self._field_ids: dict[str, int] = {}
        self._outline: list[Task] = []  # the open ancestors
        self._gaps: dict[int, list[tuple[SplitPart, ...]]] = {}
        self._take = {
            "Task": self._take_task,
            "Resource": self._take_resource,
            "Assignment": self._take_assignment,
            "Calendar": self._take_calendar,
            "ExtendedAttribute": self._take_field,
        }

    def take(self, kind: str, record: Record) -> None:
        self._take[kind](record)

    def plan(self, root: Record) -> Plan:
        calendar_uids = {calendar.uid for calendar in self._calendars}
        task_uids = {task.uid for task in self._tasks}
        resource_uids = {resource.uid for resource in self._resources}
        project = self._project(root, calendar_uids)
        calendars = tuple(self._known_base(calendar, calendar_uids) for calendar in self._calendars)
        return Plan(
            project=project,
            calendars=calendars,
            tasks=tuple(self._finished_tasks(Calendars(calendars, default_uid=project.calendar_uid), calendar_uids)),
            links=tuple(link for link in self._links if self._is_known(link, task_uids)),
            resources=tuple(
                replace(
                    resource, calendar_uid=resource.calendar_uid if resource.calendar_uid in calendar_uids else None
                )
                for resource in self._resources
            ),
            assignments=tuple(self._known_assignments(task_uids, resource_uids)),
        )

    # ---- project ------------------------------------------------------------------------------

    def _project(self, root: Record, calendar_uids: set[int]) -> ProjectSettings:
        self._note_fields("project", root, _PROJECT_KEPT)
        read = _Fields(root, {"file": self._file})
        minutes_per_day = read.integer("MinutesPerDay") or 480
        if not read.flag("HonorConstraints", default=True):
            self.fidelity.note("project", "HonorConstraints", CHANGED, "0 in the file, read as on")
        calendar = read.integer("CalendarUID")
        custom: dict[str, Any] = {}  # values of several types
        if self._field_ids:
            custom["custom_fields"] = {
                name: number
                for name, number in self._field_ids.items()
                if self._fields[number][1] != "Duration" or name.strip().lower() not in ESTIMATE_NAMES
            }
        currency = text(root, "CurrencyCode")
        if not currency and text(root, "CurrencySymbol"):
            currency = text(root, "CurrencySymbol")
            self.fidelity.note("project", "CurrencySymbol", CHANGED, f"'{currency}' stands for no single currency")
        return ProjectSettings(
            name=text(root, "Name"),
            title=text(root, "Title"),
            start=read.moment("StartDate"),
            finish=read.moment("FinishDate"),
            schedule_from_start=read.flag("ScheduleFromStart", default=True),
            status_date=read.moment("StatusDate"),
            calendar_uid=calendar if calendar in calendar_uids else None,
            minutes_per_day=minutes_per_day,
            minutes_per_week=read.integer("MinutesPerWeek") or 2400,
            days_per_month=read.integer("DaysPerMonth") or 20,
            default_start=read.time("DefaultStartTime") or time(8),
            default_finish=read.time("DefaultFinishTime") or time(17),
            critical_slack_limit=WorkTime((read.integer("CriticalSlackLimit") or 0) * minutes_per_day * 10),
            multiple_critical_paths=read.flag("MultipleCriticalPaths"),
            split_in_progress=read.flag("SplitsInProgressTasks", default=True),
            move_completed_back=read.flag("MoveCompletedEndsBack"),
            move_remaining_back=read.flag("MoveRemainingStartsBack"),
            move_remaining_forward=read.flag("MoveRemainingStartsForward"),
            move_completed_forward=read.flag("MoveCompletedEndsForward"),
            currency=currency,
            author=text(root, "Author"),
            manager=text(root, "Manager"),
            company=text(root, "Company"),
            application=f"MSPDI {text(root, 'SaveVersion')}".strip(),
            custom=custom,
        )

    def _note_fields(self, entity: str, record: Record, kept: frozenset[str]) -> None:
        note = self.fidelity.note
        for name, value in record.items():
            if name in kept:
                if value != "":
                    note(entity, name, KEPT)
            elif name not in _IMPLIED and not (isinstance(value, str) and value.strip() in _DEFAULTS):
                note(entity, name, DROPPED, value if isinstance(value, str) else "")

    # ---- calendars ----------------------------------------------------------------------------

    def _take_calendar(self, record: Record) -> None:
        where = {"file": self._file, "field": f"calendar {text(record, 'Name') or text(record, 'UID')}"}
        read = _Fields(record, where)
        base = read.integer("BaseCalendarUID")
        days: list[tuple[Shift, ...] | None] = [None] * 7
        exceptions = [self._exception(entry, where) for entry in records(record, "Exceptions", "Exception")]
        dated_days = []
        for day in records(record, "WeekDays", "WeekDay"):
            day_read = _Fields(day, where)
            number = day_read.integer("DayType")
            if number is not None and 1 <= number <= 7:
                days[(number + 5) % 7] = _shifts(day, where) if day_read.flag("DayWorking") else ()
            elif number == 0:
                dated_days.append(day)
        if not exceptions:  # files of Project 2003 and before keep their exceptions among the days
            exceptions = [self._exception(day, where) for day in dated_days]
        weeks = tuple(self._work_week(week, where) for week in records(record, "WorkWeeks", "WorkWeek"))
        uid = read.needed_integer("UID")
        self._calendars.append(
            Calendar(
                uid=uid,
                name=text(record, "Name"),
                days=tuple(days),
                exceptions=tuple(entry for entry in exceptions if entry is not None),
                work_weeks=weeks,
                base_uid=base if base is not None and base >= 0 and base != uid else None,
            )
        )
        self.fidelity.note("calendar", "Calendar", KEPT, text(record, "Name"))
        for exception in exceptions:
            if exception is not None:
                self.fidelity.note("calendar", "Exception", KEPT, exception.name or exception.first.isoformat())
        for week in weeks:
            self.fidelity.note("calendar", "WorkWeek", KEPT, week.name)
        if text(record, "IsBaselineCalendar") == "1":
            self.fidelity.note("calendar", "IsBaselineCalendar", DROPPED, text(record, "Name"))

    def _exception(self, record: Record, where: dict[str, str]) -> CalendarException | None:
        period = next(iter(records(record, "TimePeriod")), {})
        first, last = (_Fields(period, where).moment(name) for name in ("FromDate", "ToDate"))
        if first is None or last is None:
            self.fidelity.note("calendar", "Exception", DROPPED, text(record, "Name") or "an exception without dates")
            return None
        return CalendarException(
            first=first.date(),
            last=max(first.date(), last.date()),
            shifts=_shifts(record, where) if _Fields(record, where).flag("DayWorking") else (),
            name=text(record, "Name"),
            recurrence=self._recurrence(record, first.date(), where),
        )

    def _recurrence(self, record: Record, first: date, where: dict[str, str]) -> Recurrence | None:
        read = _Fields(record, where)
        kind = read.integer("Type") or 0
        interval = max(1, read.integer("Period") or 1)
        occurrences = read.integer("Occurrences") if read.flag("EnteredByOccurrences") else None
        item = read.integer("MonthItem")
        position = read.integer("MonthPosition")
        month = read.integer("Month")
        common = {"interval": interval, "occurrences": occurrences}
        if kind == 7:
            return Recurrence("daily", **common)  # type: ignore[arg-type]  # the two integers above
        if kind == 8:
            return Recurrence("weekly", weekdays=MONTH_ITEMS[1], occurrences=occurrences)  # Monday to Friday
        if kind == 6:
            mask = read.integer("DaysOfWeek") or 0
            weekdays = tuple(sorted((bit - 1) % 7 for bit in range(7) if mask >> bit & 1))
            return Recurrence("weekly", weekdays=weekdays or (first.weekday(),), **common)  # type: ignore[arg-type]
        yearly = kind in {2, 3}
        if yearly:
            common["interval"] = 1
        month = month + 1 if yearly and month is not None else None
        if kind in {2, 4}:
            day = read.integer("MonthDay") or first.day
            return Recurrence("yearly_day" if yearly else "monthly_day", day=day, month=month, **common)  # type: ignore[arg-type]
        if kind in {3, 5} and item is not None and position is not None:
            name = "yearly_weekday" if yearly else "monthly_weekday"
            if 0 <= item < len(MONTH_ITEMS):
                weekdays = MONTH_ITEMS[item]
                return Recurrence(name, weekdays=weekdays, position=position + 1, month=month, **common)  # type: ignore[arg-type]
        if kind > 1:
            self.fidelity.note("calendar", "recurrence", CHANGED, f"type {kind} is read as every day of its period")
        return None

    def _work_week(self, record: Record, where: dict[str, str]) -> WorkWeek:
        period = next(iter(records(record, "TimePeriod")), {})
        read = _Fields(period, where)
        first, last = read.moment("FromDate"), read.moment("ToDate")
        days: list[tuple[Shift, ...] | None] = [None] * 7
        for day in records(record, "WeekDays", "WeekDay"):
            number = _Fields(day, where).integer("DayType")
            if number is not None and 1 <= number <= 7:
                days[(number + 5) % 7] = _shifts(day, where) if _Fields(day, where).flag("DayWorking") else ()
        return WorkWeek(
            first=first.date() if first else date.min,
            last=last.date() if last else _EPOCH_END,
            days=tuple(days),
            name=text(record, "Name"),
        )

    def _known_base(self, calendar: Calendar, uids: set[int]) -> Calendar:
        return calendar if calendar.base_uid is None or calendar.base_uid in uids else replace(calendar, base_uid=None)

    # ---- custom fields ------------------------------------------------------------------------

    def _take_field(self, record: Record) -> None:
        number = _Fields(record, {"file": self._file}).integer("FieldID")
        own = FIELD_NAMES.get(number or 0)
        if number is None or own is None:
            self.fidelity.note("task", "ExtendedAttribute", DROPPED, text(record, "Alias") or text(record, "FieldName"))
            return
        alias = text(record, "Alias") or own
        if alias in self._field_ids:
            alias = f"{alias} ({own})"
        self._fields[number] = (alias, kind_of(own))
        self._field_ids[alias] = number

    def _custom(self, record: Record, where: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Duration]]:
        """The task's custom fields, and those among them that are its three-point estimate."""
        custom: dict[str, Any] = {}
        estimates: dict[str, Duration] = {}
        for entry in records(record, "ExtendedAttribute"):
            read = _Fields(entry, where)
            number = read.integer("FieldID") or 0
            value = raw_text(entry, "Value")
            if number not in self._fields and number in FIELD_NAMES:
                self._take_field({"FieldID": str(number)})
            name, kind = self._fields.get(number, ("", ""))
            if not name or not value:
                self.fidelity.note("task", "ExtendedAttribute", DROPPED, value or number)
                continue
            point = ESTIMATE_NAMES.get(name.strip().lower()) if kind == "Duration" else None
            if point is not None:
                amount = _Fields({name: value}, where).work(name)
                estimates[point] = _with_unit(amount, read.integer("DurationFormat") or 7) or Duration(ZERO_WORK)
            else:
                custom[name] = _CUSTOM_READERS.get(kind, _as_text)(_Fields({name: value}, where), name)
        for name in FREE_TEXT_FIELDS:
            if text(record, name):
                custom[name] = raw_text(record, name)
        return custom, estimates

    # ---- tasks --------------------------------------------------------------------------------

    def _take_task(self, record: Record) -> None:
        where: dict[str, Any] = {"file": self._file, "task": text(record, "Name") or text(record, "UID")}
        read = _Fields(record, where)
        if read.flag("IsNull"):
            self.fidelity.note("task", "blank row", DROPPED, text(record, "ID"))
            return
        uid, number = read.needed_integer("UID"), read.integer("ID") or 0
        level = read.integer("OutlineLevel")
        if number == 0 and (uid == 0 or level == 0):  # the project summary: the project's own settings say it
            return
        if len(self._tasks) >= self._limits.tasks:
            raise Refused(f"The plan has more than the limit of {self._limits.tasks:,} tasks.", {"file": self._file})
        self._note_fields("task", record, _TASK_KEPT)
        task = self._task(record, uid, number, max(1, 1 if level is None else level), where)
        while self._outline and self._outline[-1].outline_level >= task.outline_level:
            self._outline.pop()
        if self._outline:
            task = replace(task, parent_uid=self._outline[-1].uid)
        self._outline.append(task)
        self._tasks.append(task)
        for link in records(record, "PredecessorLink"):
            self._take_link(link, uid, where)

    def _task(self, record: Record, uid: int, number: int, level: int, where: dict[str, Any]) -> Task:
        read = _Fields(record, where)
        code = read.integer("DurationFormat") or 0
        custom, estimates = self._custom(record, where)
        calendar = read.integer("CalendarUID")
        leveling = read.integer("LevelingDelay") or 0
        return Task(
            uid=uid,
            id=number,
            name=raw_text(record, "Name"),
            duration=_with_unit(read.work("Duration"), code, estimated=read.flag("Estimated")),
            wbs=text(record, "WBS"),
            outline_level=level,
            summary=read.flag("Summary"),
            milestone=read.flag("Milestone"),
            active=read.flag("Active", default=True),
            external=read.flag("ExternalTask"),
            mode=TaskMode.MANUAL if read.flag("Manual") else TaskMode.AUTO,
            type=read.choice("Type", TASK_TYPES, TaskType.FIXED_UNITS),
            effort_driven=read.flag("EffortDriven"),
            constraint=read.choice("ConstraintType", CONSTRAINTS, CONSTRAINTS[0]),
            constraint_date=read.moment("ConstraintDate"),
            deadline=read.moment("Deadline"),
            calendar_uid=calendar if calendar is not None and calendar >= 0 else None,
            ignore_resource_calendar=read.flag("IgnoreResourceCalendar"),
            leveling_delay=_with_unit(WorkTime(leveling), read.integer("LevelingDelayFormat") or 8)
            if leveling
            else None,
            priority=_or(read.integer("Priority"), 500),
            percent_complete=_or(read.decimal("PercentComplete"), Decimal(0)),
            percent_work_complete=read.decimal("PercentWorkComplete"),
            physical_percent_complete=read.decimal("PhysicalPercentComplete"),
            actual_start=read.moment("ActualStart"),
            actual_finish=read.moment("ActualFinish"),
            actual_duration=read.work("ActualDuration"),
            remaining_duration=read.work("RemainingDuration"),
            stop=read.moment("Stop"),
            resume=read.moment("Resume"),
            manual_start=read.moment("ManualStart"),
            manual_finish=read.moment("ManualFinish"),
            manual_duration=_with_unit(read.work("ManualDuration"), code - ESTIMATED if code > ESTIMATED else code),
            work=read.work("Work"),
            actual_work=read.work("ActualWork"),
            remaining_work=read.work("RemainingWork"),
            cost=read.cost("Cost"),
            actual_cost=read.cost("ActualCost"),
            fixed_cost=read.cost("FixedCost"),
            baselines=self._baselines(record, where),
            stored=_stored(read),
            recurring=read.flag("Recurring"),
            notes=raw_text(record, "Notes"),
            owner=text(record, "Contact"),
            optimistic=estimates.get("optimistic"),
            pessimistic=estimates.get("pessimistic"),
            custom=custom,
        )

    def _baselines(self, record: Record, where: dict[str, Any]) -> tuple[TaskBaseline, ...]:
        found: dict[int, TaskBaseline] = {}
        for entry in records(record, "Baseline"):
            read = _Fields(entry, where)
            if read.flag("Interim"):
                self.fidelity.note("task", "Baseline.Interim", DROPPED, text(entry, "Number"))
                continue
            number = read.integer("Number") or 0
            found[number] = TaskBaseline(
                number=number,
                start=read.moment("Start"),
                finish=read.moment("Finish"),
                duration=read.work("Duration"),
                work=read.work("Work"),
                cost=read.cost("Cost"),
                timephased_cost=_timephased_cost(records(entry, "TimephasedData"), where),
            )
        dropped = [entry for entry in records(record, "TimephasedData") if text(entry, "Value")]
        if dropped:
            self.fidelity.note(
                "task", "TimephasedData", DROPPED, f"type {text(dropped[0], 'Type')}", count=len(dropped)
            )
        return tuple(found[number] for number in sorted(found))

    def _take_link(self, record: Record, successor: int, where: dict[str, Any]) -> None:
        read = _Fields(record, where)
        if read.flag("CrossProject"):
            self.fidelity.note("link", "CrossProject", DROPPED, f"{where['task']}: {text(record, 'CrossProjectName')}")
            return
        if len(self._links) >= self._limits.links:
            raise Refused(f"The plan has more than the limit of {self._limits.links:,} links.", {"file": self._file})
        amount = read.integer("LinkLag") or 0
        unit, elapsed, _ = unit_of(read.integer("LagFormat") or 7)
        lag = Lag(ZERO_WORK, "%", elapsed, Decimal(amount)) if unit == "%" else Lag(WorkTime(amount), unit, elapsed)
        self._links.append(
            Link(read.needed_integer("PredecessorUID"), successor, read.choice("Type", LINK_TYPES, LinkType.FS), lag)
        )

    def _is_known(self, link: Link, uids: set[int]) -> bool:
        known = link.predecessor_uid in uids
        self.fidelity.note(
            "link",
            "PredecessorLink",
            KEPT if known else DROPPED,
            ""
            if known
            else f"task uid {link.successor_uid} after uid {link.predecessor_uid}, which is not a task here",
        )
        return known

    def _finished_tasks(self, calendars: Calendars, calendar_uids: set[int]) -> Iterable[Task]:
        for task in self._tasks:
            changes: dict[str, Any] = {}
            if task.calendar_uid is not None and task.calendar_uid not in calendar_uids:
                changes["calendar_uid"] = None
                self.fidelity.note("task", "CalendarUID", DROPPED, f"{task.name}: no calendar {task.calendar_uid}")
            splits = _union(self._gaps.get(task.uid, ()))
            if splits:
                axis = calendars.axis(task.calendar_uid if task.calendar_uid in calendar_uids else None)
                changes["splits"] = tuple(
                    SplitPart(axis.next_work_start(part.start), axis.previous_work_finish(part.finish))
                    for part in splits
                )
                self.fidelity.note("task", "split", KEPT, task.name)
            yield replace(task, **changes) if changes else task

    # ---- resources and assignments ------------------------------------------------------------

    def _take_resource(self, record: Record) -> None:
        read = _Fields(record, {"file": self._file, "field": f"resource {text(record, 'Name')}"})
        uid = read.needed_integer("UID")
        if read.flag("IsNull") or (uid == 0 and not text(record, "Name")):
            return
        self._note_fields("resource", record, _RESOURCE_KEPT)
        kind = ResourceType.WORK if (read.integer("Type") or 0) == 1 or "Type" not in record else ResourceType.MATERIAL
        if read.flag("IsCostResource") or read.integer("Type") == 2:
            kind = ResourceType.COST
        self._resources.append(
            Resource(
                uid=uid,
                id=read.integer("ID") or 0,
                name=raw_text(record, "Name"),
                type=kind,
                initials=text(record, "Initials"),
                email=text(record, "EmailAddress"),
                group=text(record, "Group"),
                max_units=_or(read.decimal("MaxUnits"), Decimal(1)),
                calendar_uid=read.integer("CalendarUID"),
                standard_rate=read.decimal("StandardRate"),
                overtime_rate=read.decimal("OvertimeRate"),
                cost_per_use=read.cost("CostPerUse"),
                notes=raw_text(record, "Notes"),
            )
        )

    def _take_assignment(self, record: Record) -> None:
        where: dict[str, Any] = {"file": self._file, "field": f"assignment {text(record, 'UID')}"}
        read = _Fields(record, where)
        self._note_fields("assignment", record, _ASSIGNMENT_KEPT)
        blocks = _timephased(record, where)
        task_uid = read.needed_integer("TaskUID")
        parts = _parts(blocks)
        if parts or read.work("Work"):
            self._gaps.setdefault(task_uid, []).append(parts)
        contour = read.choice("WorkContour", CONTOURS, WorkContour.FLAT)
        edited = contour is WorkContour.EDITED or len(parts) > 1
        if blocks:
            status, example = (KEPT, "") if edited else (CHANGED, f"computed again from contour '{contour.value}'")
            self.fidelity.note("assignment", "TimephasedData", status, example, count=len(blocks))
        delay, leveling = read.integer("Delay") or 0, read.integer("LevelingDelay") or 0
        self._assignments.append(
            Assignment(
                uid=read.needed_integer("UID"),
                task_uid=task_uid,
                resource_uid=read.integer("ResourceUID"),
                units=_or(read.decimal("Units"), Decimal(1)),
                work=read.work("Work") or ZERO_WORK,
                actual_work=read.work("ActualWork") or ZERO_WORK,
                remaining_work=read.work("RemainingWork"),
                overtime_work=read.work("OvertimeWork") or ZERO_WORK,
                delay=Duration(WorkTime(delay)) if delay else None,
                leveling_delay=_with_unit(WorkTime(leveling), read.integer("LevelingDelayFormat") or 8)
                if leveling
                else None,
                contour=contour,
                start=read.moment("Start"),
                finish=read.moment("Finish"),
                actual_start=read.moment("ActualStart"),
                actual_finish=read.moment("ActualFinish"),
                stop=read.moment("Stop"),
                resume=read.moment("Resume"),
                cost=read.cost("Cost"),
                actual_cost=read.cost("ActualCost"),
                timephased=blocks if edited else (),
            )
        )

    def _known_assignments(self, task_uids: set[int], resource_uids: set[int]) -> Iterable[Assignment]:
        for assignment in self._assignments:
            if assignment.task_uid not in task_uids:
                self.fidelity.note("assignment", "Assignment", DROPPED, f"of unknown task {assignment.task_uid}")
            elif assignment.resource_uid in resource_uids:
                yield assignment
            else:
                self.fidelity.note("assignment", "unassigned work", CHANGED, "kept as the task's own work and splits")


# ---- values -----------------------------------------------------------------------------------


class _Fields:
    """Typed access to one record; a value that cannot be read is refused with its place."""

    __slots__ = ("_record", "_where")

    def __init__(self, record: Record, where: dict[str, Any]) -> None:
        self._record = record
        self._where = where

    def _text(self, name: str) -> str:
        value = self._record.get(name, "")
        return value.strip() if isinstance(value, str) else text(self._record, name)

    def _read(self, name: str, reader: Callable[[str], T], what: str) -> T | None:
        value = self._text(name)
        if not value or value == "NA":
            return None
        try:
            return reader(value)
        except (ValueError, InvalidOperation, OverflowError) as error:
            shown = value if len(value) <= 60 else value[:60] + "…"
            raise Refused(
                f"{name} is '{shown}', which is not {what}. Mend it in the planning program and save again.",
                {"field": name} | self._where | {"value": shown},
            ) from error

    def integer(self, name: str) -> int | None:
        value = self._record.get(name)
        if value is None:
            return None
        return self._read(name, _integer_of, "a whole number")

    def needed_integer(self, name: str) -> int:
        value = self.integer(name)
        if value is None:
            raise Refused(f"{name} is missing. The file is incomplete: save it again.", self._where | {"field": name})
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self._record.get(name)
        if value is None or value == "":
            return default
        return self._text(name) in {"1", "true", "True"}

    def decimal(self, name: str) -> Decimal | None:
        return self._read(name, _decimal_of, "a number") if name in self._record else None

    def cost(self, name: str) -> Decimal | None:
        value = self.decimal(name)
        return None if value is None else _plain(value / 100)

    def moment(self, name: str) -> datetime | None:
        return self._read(name, _moment_of, "a date and time") if name in self._record else None

    def time(self, name: str) -> time | None:
        return self._read(name, _time_of, "a time") if name in self._record else None

    def work(self, name: str) -> WorkTime | None:
        return self._read(name, _work_of, "a duration like PT8H0M0S") if name in self._record else None

    def choice(self, name: str, choices: tuple[T, ...], default: T) -> T:
        number = self.integer(name)
        return default if number is None or not 0 <= number < len(choices) else choices[number]


_DURATION = re.compile(
    r"(-)?P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})D)?(?:T(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12}(?:\.\d*)?)S)?)?"
)


def _seconds_of(value: str) -> Decimal:
    match = _DURATION.fullmatch(value)
    if match is None or int(match[2] or 0) or int(match[3] or 0):
        raise ValueError(value)
    whole = int(match[4] or 0) * 86400 + int(match[5] or 0) * 3600 + int(match[6] or 0) * 60
    seconds = whole + Decimal(match[7] or 0)
    return -seconds if match[1] else seconds


def _work_of(value: str) -> WorkTime:
    match = _DURATION.fullmatch(value)
    if match is not None and match[5] and not (match[1] or match[2] or match[3] or match[4]):
        return WorkTime(
            int(match[5]) * TENTHS_PER_HOUR + int(match[6] or 0) * 10 + (round(float(match[7]) / 6) if match[7] else 0)
        )
    return WorkTime(round(_seconds_of(value) / 6))


def _integer_of(value: str) -> int:
    number = int(value) if "." not in value else int(Decimal(value))
    if abs(number) >= 1 << 62:
        raise ValueError(value)
    return number


def _decimal_of(value: str) -> Decimal:
    number = Decimal(value)
    if not number.is_finite() or abs(number) > 10**15:
        raise ValueError(value)
    return _plain(number)


def _plain(number: Decimal) -> Decimal:
    """Without trailing zeros and exponents, so that equal numbers look equal."""
    number = number.normalize()
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def _moment_of(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=None, microsecond=0)


def _time_of(value: str) -> time:
    return time(0) if value.startswith("24:00") else time.fromisoformat(value).replace(tzinfo=None, microsecond=0)


def _with_unit(amount: WorkTime | None, code: int, *, estimated: bool = False) -> Duration | None:
    if amount is None:
        return None
    unit, elapsed, marked = unit_of(code)
    return Duration(amount, unit if unit != "%" else "d", elapsed and unit != "%", estimated or marked)


def _or(value: T | None, default: T) -> T:
    return default if value is None else value


def _as_text(read: _Fields, name: str) -> Any:  # custom values have several types
    return raw_text(read._record, name)


_CUSTOM_READERS: dict[str, Callable[[_Fields, str], Any]] = {
    "Number": _Fields.decimal,
    "Cost": _Fields.cost,
    "Date": _Fields.moment,
    "Flag": _Fields.flag,
}


def _shifts(record: Record, where: dict[str, str]) -> tuple[Shift, ...]:
    shifts = []
    for entry in records(record, "WorkingTimes", "WorkingTime"):
        read = _Fields(entry, where)
        start, end = read.time("FromTime"), read.time("ToTime")
        if start is not None and end is not None:
            shifts.append(Shift(start, end))
    return tuple(sorted(shifts, key=lambda shift: shift.start))


def _stored(read: _Fields) -> StoredDates:
    slack = {name: read.integer(name) for name in ("TotalSlack", "FreeSlack", "StartSlack", "FinishSlack")}
    amounts = {name: None if value is None else WorkTime(value) for name, value in slack.items()}
    return StoredDates(
        start=read.moment("Start"),
        finish=read.moment("Finish"),
        early_start=read.moment("EarlyStart"),
        early_finish=read.moment("EarlyFinish"),
        late_start=read.moment("LateStart"),
        late_finish=read.moment("LateFinish"),
        total_slack=amounts["TotalSlack"],
        free_slack=amounts["FreeSlack"],
        start_slack=amounts["StartSlack"],
        finish_slack=amounts["FinishSlack"],
        critical=read.flag("Critical") if read.integer("Critical") is not None else None,
    )


def _timephased(record: Record, where: dict[str, Any]) -> tuple[Timephased, ...]:
    """The stretches of actual and remaining work; stretches without a value are not working time.

    Seconds are rounded to the grid cumulatively, so that the stretches still add up to the work.
    """
    blocks = []
    totals = {_REMAINING: Decimal(0), _ACTUAL: Decimal(0)}
    for entry in records(record, "TimephasedData"):
        kind = text(entry, "Type")
        if kind not in totals or not text(entry, "Value"):
            continue
        read = _Fields(entry, where)
        start, finish = read.moment("Start"), read.moment("Finish")
        seconds = read._read("Value", _seconds_of, "a duration")
        if start is None or finish is None or seconds is None:
            continue
        before = round(totals[kind] / 6)
        totals[kind] += seconds
        blocks.append(Timephased(start, finish, WorkTime(round(totals[kind] / 6) - before), kind == _ACTUAL))
    return tuple(sorted(blocks, key=lambda block: (block.start, not block.actual)))


def _timephased_cost(
    entries: Iterable[Record], where: dict[str, Any]
) -> tuple[tuple[datetime, datetime, Decimal], ...]:
    found = []
    for entry in entries:
        read = _Fields(entry, where)
        start, finish = read.moment("Start"), read.moment("Finish")
        value = text(entry, "Value")
        if start is not None and finish is not None and value and not value.startswith("P"):
            found.append((start, finish, read.cost("Value") or Decimal(0)))
    return tuple(found)


def _parts(blocks: tuple[Timephased, ...]) -> tuple[SplitPart, ...]:
    """The worked stretches between the gaps; a stretch of zero work inside is a gap."""
    worked = [block for block in blocks if block.work]
    if not worked:
        return ()
    parts: list[list[datetime]] = []
    gap = True
    for block in blocks:
        if not block.work:
            gap = True
        elif gap or not parts:
            parts.append([block.start, block.finish])
            gap = False
        else:
            parts[-1][1] = max(parts[-1][1], block.finish)
    return tuple(SplitPart(start, finish) for start, finish in parts)


def _union(groups: Sequence[tuple[SplitPart, ...]]) -> tuple[SplitPart, ...]:
    """The stretches in which at least one assignment works; none when one of them does not say."""
    if not all(groups):
        return ()
    merged: list[SplitPart] = []
    for part in sorted((part for group in groups for part in group), key=lambda part: part.start):
        if merged and part.start <= merged[-1].finish:
            merged[-1] = SplitPart(merged[-1].start, max(merged[-1].finish, part.finish))
        else:
            merged.append(part)
    return tuple(merged) if len(merged) > 1 else ()
