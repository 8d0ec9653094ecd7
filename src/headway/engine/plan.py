"""The immutable scheduling problem: a Plan of tasks, links, calendars, resources, assignments.

What a file or the database knows about a plan, and what the schedule engine needs of it.
Not here: the calculation (`cpm.py`), calendar arithmetic (`calendars.py`), file formats
(`headway.documents.exchange`).

Dates are local and naive. Amounts of time are `WorkTime` (tenths of a minute).
`uid` is the source's own unique id and never changes; `id` is the row number people see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

from headway.engine.units import ZERO_WORK, WorkTime


class PlanError(ValueError):
    """The plan cannot be scheduled: a cycle, an unknown uid, a calendar without working time.

    The message names the tasks; `uids` are their unique ids in the order of the cycle or list.
    """

    def __init__(self, message: str, uids: tuple[int, ...] = ()) -> None:
        super().__init__(message)
        self.uids = uids


class LinkType(Enum):
    """The four dependencies, as the field abbreviates them."""

    FS = "FS"
    SS = "SS"
    FF = "FF"
    SF = "SF"


class ConstraintType(Enum):
    """Microsoft Project's eight constraints; values are the usual abbreviations."""

    ASAP = "ASAP"
    ALAP = "ALAP"
    MSO = "MSO"
    MFO = "MFO"
    SNET = "SNET"
    SNLT = "SNLT"
    FNET = "FNET"
    FNLT = "FNLT"

    @property
    def words(self) -> str:
        """What the abbreviation stands for: 'start no earlier than'."""
        return _CONSTRAINT_WORDS[self]


_CONSTRAINT_WORDS = {
    ConstraintType.ASAP: "as soon as possible",
    ConstraintType.ALAP: "as late as possible",
    ConstraintType.SNET: "start no earlier than",
    ConstraintType.SNLT: "start no later than",
    ConstraintType.FNET: "finish no earlier than",
    ConstraintType.FNLT: "finish no later than",
    ConstraintType.MSO: "must start on",
    ConstraintType.MFO: "must finish on",
}


class TaskType(Enum):
    """Which of duration, units and work stands still when another changes."""

    FIXED_UNITS = "fixed_units"
    FIXED_DURATION = "fixed_duration"
    FIXED_WORK = "fixed_work"


class TaskMode(Enum):
    """Auto: dates follow the engine. Manual: dates stay as a person typed them."""

    AUTO = "auto"
    MANUAL = "manual"


class ResourceType(Enum):
    """Only work resources drive dates."""

    WORK = "work"
    MATERIAL = "material"
    COST = "cost"


class WorkContour(Enum):
    """How an assignment's work is spread over its span, in ten equal segments."""

    FLAT = "flat"
    BACK_LOADED = "back_loaded"
    FRONT_LOADED = "front_loaded"
    DOUBLE_PEAK = "double_peak"
    EARLY_PEAK = "early_peak"
    LATE_PEAK = "late_peak"
    BELL = "bell"
    TURTLE = "turtle"
    EDITED = "edited"


@dataclass(frozen=True, slots=True)
class Duration:
    """An amount with the unit a person typed it in.

    amount     working time, or clock time when `elapsed`.
    unit       'm', 'h', 'd', 'w', 'mo' or '%' (lags only; then `percent` holds the number).
    estimated  shown with a question mark.
    """

    amount: WorkTime
    unit: str = "d"
    elapsed: bool = False
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Lag:
    """The delay of a link; negative is a lead. With `percent`, of the predecessor's duration."""

    amount: WorkTime = ZERO_WORK
    unit: str = "d"
    elapsed: bool = False
    percent: Decimal | None = None


NO_LAG = Lag()


@dataclass(frozen=True, slots=True)
class Shift:
    """One stretch of work in a day; `end` of 00:00 means midnight at the day's end."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Recurrence:
    """When an exception repeats.

    kind         'daily', 'weekly', 'monthly_day', 'monthly_weekday', 'yearly_day', 'yearly_weekday'.
    interval     every n days, weeks, months or years (≥ 1).
    weekdays     0 = Monday … 6 = Sunday (weekly); of *_weekday those counted: one, Monday to Friday, or any day.
    day, month   day of month; month of year (1–12).
    position     1–4 = first to fourth, 5 = last (for *_weekday).
    occurrences  ends after so many, when given; else at the exception's last day.
    """

    kind: str
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    day: int | None = None
    month: int | None = None
    position: int | None = None
    occurrences: int | None = None


@dataclass(frozen=True, slots=True)
class CalendarException:
    """Days that differ from the week; no shifts = not worked. First and last day inclusive."""

    first: date
    last: date
    shifts: tuple[Shift, ...] = ()
    name: str = ""
    recurrence: Recurrence | None = None


@dataclass(frozen=True, slots=True)
class WorkWeek:
    """A dated seven-day pattern; None for a day = as the default week says."""

    first: date
    last: date
    days: tuple[tuple[Shift, ...] | None, ...]  # Monday first, 7 entries
    name: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days and shifts. A derived calendar (base_uid) fills its gaps from its base.

    days  Monday first, 7 entries; None = as the base says (a base calendar: not worked).
    """

    uid: int
    name: str
    days: tuple[tuple[Shift, ...] | None, ...]
    exceptions: tuple[CalendarException, ...] = ()
    work_weeks: tuple[WorkWeek, ...] = ()
    base_uid: int | None = None


@dataclass(frozen=True, slots=True)
class Timephased:
    """Work in one stretch of an edited or split assignment; zero work is a gap."""

    start: datetime
    finish: datetime
    work: WorkTime
    actual: bool = False


@dataclass(frozen=True, slots=True)
class TaskBaseline:
    """A copy of the plan's dates and amounts at one moment; number 0 is the main baseline."""

    number: int
    start: datetime | None
    finish: datetime | None
    duration: WorkTime | None = None
    work: WorkTime | None = None
    cost: Decimal | None = None
    timephased_cost: tuple[tuple[datetime, datetime, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class StoredDates:
    """What the source program had computed; kept beside ours, never used to compute."""

    start: datetime | None = None
    finish: datetime | None = None
    early_start: datetime | None = None
    early_finish: datetime | None = None
    late_start: datetime | None = None
    late_finish: datetime | None = None
    total_slack: WorkTime | None = None
    free_slack: WorkTime | None = None
    start_slack: WorkTime | None = None
    finish_slack: WorkTime | None = None
    critical: bool | None = None


@dataclass(frozen=True, slots=True)
class SplitPart:
    """One worked stretch of a split task."""

    start: datetime
    finish: datetime


_NOTHING: Mapping[str, Any] = {}


def _nothing() -> Mapping[str, Any]:
    """One empty mapping for all tasks: in a large plan as many of their own take megabytes."""
    return _NOTHING


@dataclass(frozen=True, slots=True)
class Task:
    """One row of a plan, in outline order; a summary is a task that others name as parent."""

    uid: int
    id: int
    name: str
    duration: Duration | None
    wbs: str = ""
    outline_level: int = 1
    parent_uid: int | None = None
    summary: bool = False
    milestone: bool = False
    active: bool = True
    external: bool = False
    mode: TaskMode = TaskMode.AUTO
    type: TaskType = TaskType.FIXED_UNITS
    effort_driven: bool = False
    constraint: ConstraintType = ConstraintType.ASAP
    constraint_date: datetime | None = None
    deadline: datetime | None = None
    calendar_uid: int | None = None
    ignore_resource_calendar: bool = False
    leveling_delay: Duration | None = None
    priority: int = 500
    percent_complete: Decimal = Decimal(0)
    percent_work_complete: Decimal | None = None
    physical_percent_complete: Decimal | None = None
    actual_start: datetime | None = None
    actual_finish: datetime | None = None
    actual_duration: WorkTime | None = None
    remaining_duration: WorkTime | None = None
    stop: datetime | None = None
    resume: datetime | None = None
    manual_start: datetime | None = None
    manual_finish: datetime | None = None
    manual_duration: Duration | None = None
    work: WorkTime | None = None
    actual_work: WorkTime | None = None
    remaining_work: WorkTime | None = None
    cost: Decimal | None = None
    actual_cost: Decimal | None = None
    fixed_cost: Decimal | None = None
    splits: tuple[SplitPart, ...] = ()
    baselines: tuple[TaskBaseline, ...] = ()
    stored: StoredDates | None = None
    recurring: bool = False
    notes: str = ""
    owner: str = ""
    optimistic: Duration | None = None  # three-point estimate; most likely is `duration`
    pessimistic: Duration | None = None
    custom: Mapping[str, Any] = field(default_factory=_nothing)  # file field name -> str, number, date, bool


@dataclass(frozen=True, slots=True)
class Link:
    """A dependency between two tasks."""

    predecessor_uid: int
    successor_uid: int
    type: LinkType = LinkType.FS
    lag: Lag = NO_LAG


@dataclass(frozen=True, slots=True)
class Resource:
    """Who or what does the work. `max_units` 1 = one full-time person."""

    uid: int
    id: int
    name: str
    type: ResourceType = ResourceType.WORK
    initials: str = ""
    email: str = ""
    group: str = ""
    max_units: Decimal = Decimal(1)
    calendar_uid: int | None = None
    standard_rate: Decimal | None = None  # per hour, in the project's currency
    overtime_rate: Decimal | None = None
    cost_per_use: Decimal | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One resource on one task. `units` 1 = full time."""

    uid: int
    task_uid: int
    resource_uid: int | None
    units: Decimal = Decimal(1)
    work: WorkTime = ZERO_WORK
    actual_work: WorkTime = ZERO_WORK
    remaining_work: WorkTime | None = None
    overtime_work: WorkTime = ZERO_WORK
    delay: Duration | None = None
    leveling_delay: Duration | None = None
    contour: WorkContour = WorkContour.FLAT
    start: datetime | None = None
    finish: datetime | None = None
    actual_start: datetime | None = None
    actual_finish: datetime | None = None
    stop: datetime | None = None
    resume: datetime | None = None
    cost: Decimal | None = None
    actual_cost: Decimal | None = None
    timephased: tuple[Timephased, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """What the whole plan shares.

    move_…  the four options that move done and remaining parts to the status date when progress is entered (P3).
    """

    name: str = ""
    title: str = ""
    start: datetime | None = None
    finish: datetime | None = None  # the source's stored finish; an input only when scheduling from finish
    schedule_from_start: bool = True
    status_date: datetime | None = None
    calendar_uid: int | None = None
    minutes_per_day: int = 480
    minutes_per_week: int = 2400
    days_per_month: int = 20
    default_start: time = time(8, 0)
    default_finish: time = time(17, 0)
    honor_constraints: bool = True
    critical_slack_limit: WorkTime = ZERO_WORK
    multiple_critical_paths: bool = False
    split_in_progress: bool = True
    move_completed_back: bool = False
    move_remaining_back: bool = False  # only together with the one before
    move_remaining_forward: bool = False
    move_completed_forward: bool = False  # only together with the one before
    currency: str = ""
    author: str = ""
    manager: str = ""
    company: str = ""
    application: str = ""  # program and version that wrote the file
    custom: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole plan. Tasks stand in outline order; the project summary (id 0) is not among them."""

    project: ProjectSettings
    calendars: tuple[Calendar, ...]
    tasks: tuple[Task, ...]
    links: tuple[Link, ...] = ()
    resources: tuple[Resource, ...] = ()
    assignments: tuple[Assignment, ...] = ()


@dataclass(frozen=True, slots=True)
class Driver:
    """Why a task starts or finishes when it does.

    kind  'link', 'constraint', 'calendar', 'resource', 'actual', 'manual' or 'project_start'.
    uid   the other task (link) or resource, else None.
    text  one sentence for people.
    by_finish  of a link: the other task's finish drives, not its start.
    """

    kind: str
    uid: int | None
    text: str
    by_finish: bool = False


@dataclass(frozen=True, slots=True)
class ScheduledTask:
    """The dates of one task. Slack is on the task's calendar and may be negative."""

    uid: int
    start: datetime
    finish: datetime
    early_start: datetime
    early_finish: datetime
    late_start: datetime
    late_finish: datetime
    total_slack: WorkTime
    free_slack: WorkTime
    start_slack: WorkTime
    finish_slack: WorkTime
    critical: bool
    driver: Driver
    duration: WorkTime  # scheduled; for summaries the working time between start and finish
    percent_complete: Decimal = Decimal(0)
    finish_driver: Driver | None = None  # `driver` is the start's; None: nobody has worked it out


@dataclass(frozen=True, slots=True)
class Schedule:
    """The result: one entry per active task incl. summaries, in the plan's order.

    tasks  may make its entries when they are first read; equal to a tuple of equal entries.
    """

    start: datetime
    finish: datetime
    tasks: Sequence[ScheduledTask]
    warnings: tuple[str, ...] = ()

    def by_uid(self) -> dict[int, ScheduledTask]:
        """Tasks by unique id."""
        return {task.uid: task for task in self.tasks}
