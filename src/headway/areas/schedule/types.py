"""What the schedule area takes and answers with. Amounts of time are minutes with at most one decimal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

from headway.areas.schedule.comparing_types import (
    ComparedBy,
    ComparedTask,
    PhaseSlip,
    PlanComparison,
    PlanMoment,
    PlanPart,
    RowChange,
    SlipCause,
)
from headway.areas.schedule.forecast_types import ChanceOfDate, Driver, FinishChances, FinishDay, FinishForecasts
from headway.areas.schedule.looks import FieldRow
from headway.areas.schedule.my_task_types import MyTask, MyTasks, TaskUrgency
from headway.engine.calendars import Axis
from headway.engine.plan import ProjectSettings
from headway.engine.units import WorkTime
from headway.kernel.schema import Ref

# Types of their own modules: callers know one place.
__all__ = [
    "ChanceOfDate",
    "ComparedBy",
    "ComparedTask",
    "Driver",
    "FinishChances",
    "FinishDay",
    "FinishForecasts",
    "MyTask",
    "MyTasks",
    "PhaseSlip",
    "PlanComparison",
    "PlanMoment",
    "PlanPart",
    "RowChange",
    "SlipCause",
    "TaskUrgency",
]

TaskId = Annotated[int, Ref("schedule.PlanTask")]
BaselineId = Annotated[int, Ref("schedule.Baseline")]


class LinkKind(Enum):
    """The four dependencies."""

    FS = "FS"
    SS = "SS"
    FF = "FF"
    SF = "SF"


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task in a list, with our dates and those that its file had stored.

    duration, total_slack  in the plan's own days, as '2.5 d'; '' where unknown.
    """

    id: int
    uid: int
    position: int
    wbs: str
    name: str
    level: int
    summary: bool
    milestone: bool
    active: bool
    manual: bool
    start: datetime | None
    finish: datetime | None
    baseline_start: datetime | None
    baseline_finish: datetime | None
    duration_minutes: Decimal | None
    duration: str
    percent_complete: Decimal
    actual_start: datetime | None
    actual_finish: datetime | None
    total_slack_minutes: Decimal | None
    total_slack: str
    critical: bool
    driver: str
    owner: str
    resources: str
    deadline: datetime | None
    stored_start: datetime | None
    stored_finish: datetime | None
    predecessors: str
    notes: str
    version: int


@dataclass(frozen=True, slots=True)
class Tasks:
    """One page of tasks in outline order."""

    items: tuple[TaskRow, ...]
    next: str


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """A project's plan in figures. `late_days`: working days of the finish after the baseline's.

    tasks  all that is really done, milestones too; no summaries.
    """

    id: int
    name: str
    tasks: int
    milestones: int
    start: datetime | None
    finish: datetime | None
    baseline: str
    baseline_finish: datetime | None
    late_days: int | None
    critical_tasks: int
    late_tasks: int
    percent_complete: Decimal
    status_date: date | None
    progress_on: date | None
    warnings: tuple[str, ...]
    version: int

    @property
    def size(self) -> str:
        """'49 tasks, 8 milestones', counted as templates count them: a milestone is no task."""
        done = self.tasks - self.milestones
        marks = self.milestones
        return f"{done} {'task' if done == 1 else 'tasks'}, {marks} {'milestone' if marks == 1 else 'milestones'}"


@dataclass(frozen=True, slots=True)
class ChartPerson:
    """A resource in a chart.

    percent  how much of it there is, 100 = one full-time person; None = it does no work.
    rates    what it costs an hour, an hour of overtime, and each time; None = it has no rate, or none for this reader.
    """

    uid: int
    name: str
    person: int | None
    percent: Decimal | None
    rates: tuple[Decimal, Decimal, Decimal] | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A plan as its chart takes it. Texts are JSON: one a task in outline order, columns as `columns` names them.

    whole     every row is here; else only those that changed since the version asked for, or the first ones.
    removed   uids of tasks that are no longer in the plan.
    links     all links, or '' when none changed; `assigned` likewise.
    fields    the house's own, whose values stand in the rows.
    fixed_costs  of tasks, by uid; none for who may not read costs.
    """

    version: int
    whole: bool
    count: int
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    removed: tuple[int, ...]
    links: str
    assigned: str
    calendars: str
    people: tuple[ChartPerson, ...]
    fields: tuple[FieldRow, ...]
    currency: str
    fixed_costs: tuple[tuple[int, str], ...]
    start: datetime | None
    finish: datetime | None
    status_date: datetime | None
    minutes_per_day: int
    baseline: int | None
    baselines: tuple[tuple[int, str, bool], ...]


@dataclass(frozen=True, slots=True)
class DriverStep:
    """A task that drives the next one's dates; `text` says how."""

    id: int
    name: str
    start: datetime | None
    finish: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class LinkedTask:
    """The other end of a link: which task, which kind, the lag as text."""

    id: int
    name: str
    kind: str
    lag: str
    start: datetime | None
    finish: datetime | None


@dataclass(frozen=True, slots=True)
class TaskWork:
    """Who works on a task. `units` 1 = full time."""

    name: str
    units: Decimal
    work_hours: Decimal


@dataclass(frozen=True, slots=True)
class DatedBy:
    """What sets a start or a finish, in a sentence; `id` and `name` of the other task where one does."""

    text: str
    id: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class TaskReasons:
    """Why a task stands where it stands.

    start, finish what sets them; the text is '' for a task without dates.
    chain         what drives it, the nearest first; `chain_begins` says where the path begins, '' when it goes on.
    before, after the tasks it is linked to.
    """

    start: DatedBy
    finish: DatedBy
    chain: tuple[DriverStep, ...]
    chain_begins: str
    before: tuple[LinkedTask, ...]
    after: tuple[LinkedTask, ...]
    work: tuple[TaskWork, ...]


@dataclass(frozen=True, slots=True)
class TaskChange:
    """One change of one field of a task; no `old` and `new` where only the fact is known."""

    at: datetime
    who: str
    channel: str
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A milestone: baseline, forecast, actual. `late_days` in working days; negative = early."""

    uid: int
    name: str
    owner: str
    baseline: date | None
    forecast: date
    actual: date | None
    late_days: int | None
    key: bool
    critical: bool


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """A copy of the plan's dates at one moment.

    why      what it was taken for.
    partial  only chosen tasks were taken then; the others are as in the baseline before.
    """

    id: int
    number: int
    name: str
    taken_at: datetime
    taken_by: str
    start: datetime | None
    finish: datetime | None
    tasks: int
    current: bool
    version: int
    why: str
    partial: bool
    from_file: bool


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """Who or what does the work; `person_id` when matched to a person."""

    id: int
    uid: int
    name: str
    kind: str
    max_units: Decimal
    person_id: int | None
    work_hours: Decimal
    version: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A task that an edit moved."""

    uid: int
    name: str
    old_finish: datetime | None
    new_finish: datetime | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What an edit did: the task, what else moved, the plan's finish before and after."""

    task_id: int | None
    uid: int | None
    moved: tuple[Moved, ...]
    old_finish: datetime | None
    new_finish: datetime | None
    warnings: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """What a newer file would change in the stored plan."""

    create: int
    update: int
    unchanged: int
    missing: int
    details: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan in a list of projects.

    percent_complete  done hours of the baseline, by the owners' estimates; durations where it holds no work or is none.
    late_days         working days of the finish after the baseline's; negative = early.
    """

    project_id: int
    finish: datetime | None
    late_days: int | None
    percent_complete: Decimal | None
    next_milestone: str
    next_milestone_on: date | None


@dataclass(frozen=True, slots=True)
class BaselineLine:
    """A task that is really done, with what the current baseline plans for it."""

    uid: int
    name: str
    percent_complete: Decimal
    start: datetime
    finish: datetime
    duration: WorkTime | None
    work: WorkTime | None
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class MeasuredPlan:
    """What figures of a plan stand on: its settings, its working time, its baseline in outline order."""

    settings: ProjectSettings
    axis: Axis
    planned: tuple[BaselineLine, ...]


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A task to which a person is assigned, in some days."""

    project_id: int
    uid: int
    name: str


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """How many hours a person can work on each of some days, and where that is known from.

    off       days of the house's holidays and of the person's leave, with what they are.
    capacity  the same hours before leave was taken off.
    """

    hours: dict[date, Decimal]
    source: str
    off: dict[date, str]
    capacity: dict[date, Decimal]


@dataclass(frozen=True, slots=True)
class PlanFault:
    """One thing to mend in a plan.

    kind  'deadline missed', 'date cannot be kept', 'negative slack', 'more work than time',
          'typed dates against links', 'begun before its predecessor', 'no progress', 'milestone with work'.
    id    of the task; of somebody's overload that of the first of their tasks on those days.
    who   name of who has more work than time; '' else. to_fill: they are a role that nobody has taken.
    tasks the other tasks that are part of it: id and name, the first ones.
    """

    kind: str
    text: str
    id: int | None
    uid: int | None
    name: str
    who: str
    to_fill: bool
    tasks: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class PlanFaults:
    """What is to mend in a plan, the gravest first.

    count  of all; `counts` by kind. as_of  what lies before that day should be done. tasks  how many were looked at.
    to_fill  how many of those with more work than time are roles that nobody has taken.
    """

    as_of: date
    tasks: int
    count: int
    counts: tuple[tuple[str, int], ...]
    to_fill: int
    items: tuple[PlanFault, ...]
