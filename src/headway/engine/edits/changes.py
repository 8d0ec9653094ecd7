"""What can be done to a plan: one frozen record per change, named by the task's unique id.

Only the records. What each does, and why, is told in docs/explanation/edits.md; the code is in the modules beside it.
A moment may be typed as a day: it then takes the project's default start or finish time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from headway.engine.plan import ConstraintType, Duration, Lag, Link, LinkType, Task, TaskMode, TaskType
from headway.engine.units import WorkTime

Moment = datetime | date


# --- duration, units, work ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetDuration:
    """Type a duration; work or units follow by the task's type."""

    uid: int
    duration: Duration


@dataclass(frozen=True, slots=True)
class SetUnits:
    """Give an assigned resource other units (1 = full time)."""

    uid: int
    resource_uid: int
    units: Decimal


@dataclass(frozen=True, slots=True)
class SetWork:
    """Type the work of one assignment, or with no resource that of the whole task."""

    uid: int
    work: WorkTime
    resource_uid: int | None = None


@dataclass(frozen=True, slots=True)
class SetType:
    """Say which of duration, units and work stands still. A fixed-work task is always effort-driven."""

    uid: int
    type: TaskType
    effort_driven: bool | None = None


@dataclass(frozen=True, slots=True)
class Assign:
    """Add a resource. `work` given: exactly that much, nobody else's changes."""

    uid: int
    resource_uid: int
    units: Decimal = Decimal(1)
    work: WorkTime | None = None


@dataclass(frozen=True, slots=True)
class Unassign:
    """Take a resource off a task."""

    uid: int
    resource_uid: int


# --- dates -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetStart:
    """Type a start: a start-no-earlier-than date, a manual task's start, or a started task's actual start."""

    uid: int
    start: Moment


@dataclass(frozen=True, slots=True)
class SetFinish:
    """Type a finish: a finish-no-earlier-than date, a manual task's finish, or a complete task's actual finish."""

    uid: int
    finish: Moment


@dataclass(frozen=True, slots=True)
class SetConstraint:
    """Set one of the eight constraints; all but as soon and as late as possible need a date."""

    uid: int
    constraint: ConstraintType
    date: Moment | None = None


@dataclass(frozen=True, slots=True)
class SetDeadline:
    """Set or, with None, take away a deadline."""

    uid: int
    deadline: Moment | None


@dataclass(frozen=True, slots=True)
class SetMode:
    """Scheduled by hand (keeps the dates it has now) or automatically."""

    uid: int
    mode: TaskMode


# --- other fields ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Describe:
    """Name, notes, owner; what is None stays."""

    uid: int
    name: str | None = None
    notes: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class SetField:
    """Set or, with None, take away the value of a field of the house's own; dates know nothing of it."""

    uid: int
    key: str
    value: Any


@dataclass(frozen=True, slots=True)
class SetPriority:
    """0 to 1000; 1000 is never levelled."""

    uid: int
    priority: int


@dataclass(frozen=True, slots=True)
class SetRange:
    """How short and how long a task may be; its duration stands for the likeliest. None = not estimated."""

    uid: int
    optimistic: Duration | None
    pessimistic: Duration | None


@dataclass(frozen=True, slots=True)
class SetCalendar:
    """The task's own calendar; None = the project's."""

    uid: int
    calendar_uid: int | None
    ignore_resource_calendar: bool = False


@dataclass(frozen=True, slots=True)
class SetActive:
    """Take a task and all below it out of the schedule, or back in."""

    uid: int
    active: bool


@dataclass(frozen=True, slots=True)
class SetMilestone:
    """Show a task as a milestone; its duration stays."""

    uid: int
    milestone: bool


@dataclass(frozen=True, slots=True)
class Split:
    """Stop the work at a moment inside the task and go on after so much working time."""

    uid: int
    at: datetime
    gap: WorkTime


@dataclass(frozen=True, slots=True)
class Join:
    """Close all gaps in what is not yet done."""

    uid: int


# --- links and outline -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AddLink:
    """Make one task depend on another."""

    link: Link


@dataclass(frozen=True, slots=True)
class SetLink:
    """Change the type or lag of a link; what is None stays."""

    predecessor_uid: int
    successor_uid: int
    type: LinkType | None = None
    lag: Lag | None = None


@dataclass(frozen=True, slots=True)
class RemoveLink:
    """Take a dependency away."""

    predecessor_uid: int
    successor_uid: int


@dataclass(frozen=True, slots=True)
class AddTask:
    """Put a new task behind another row (0 = first, None = last), at its outline level or as near as can be.

    An outline level of 0 is that of the row before.
    """

    task: Task
    after: int | None = None


@dataclass(frozen=True, slots=True)
class AddTasks:
    """Many new tasks, put in one after the other."""

    rows: tuple[AddTask, ...]


@dataclass(frozen=True, slots=True)
class RemoveTask:
    """Take a task away with all below it, their links and assignments."""

    uid: int


@dataclass(frozen=True, slots=True)
class Indent:
    """Put a task, with all below it, under the row of its level before it."""

    uid: int


@dataclass(frozen=True, slots=True)
class Outdent:
    """Lift a task, with all below it, to its summary's level; what follows it there comes under it."""

    uid: int


@dataclass(frozen=True, slots=True)
class MoveTask:
    """Put a task, with all below it, behind another row and its sub-tasks (0 = first); links stay."""

    uid: int
    after: int


# --- progress ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EnterProgress:
    """What is known of a task's progress; what is None follows from the rest.

    percent_complete    0 to 100; an actual finish means 100.
    actual_duration     done so far; more than the duration lengthens it.
    remaining_duration  left from now on; with the done part, or a percent given beside it, it makes the duration.
    stop, resume        where the done part ends and the rest begins.
    """

    uid: int
    percent_complete: Decimal | None = None
    actual_start: Moment | None = None
    actual_finish: Moment | None = None
    actual_duration: WorkTime | None = None
    remaining_duration: WorkTime | None = None
    stop: datetime | None = None
    resume: datetime | None = None


@dataclass(frozen=True, slots=True)
class EnterWork:
    """Hours done and hours left of one assignment; what is None follows."""

    uid: int
    resource_uid: int
    actual: WorkTime | None = None
    remaining: WorkTime | None = None


@dataclass(frozen=True, slots=True)
class UpdateAsScheduled:
    """Enter what the schedule has done by a moment as actual progress.

    whole_only  only tasks that end by then become complete; the others stay as they are.
    uids        of these tasks and all below them; none = the whole plan.
    """

    through: datetime
    whole_only: bool = False
    uids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RescheduleUncompleted:
    """Move undone work that lies before a moment to start from it on.

    split  whether started tasks are split; None = as the project says.
    uids   of these tasks and all below them; none = the whole plan.
    """

    after: datetime
    split: bool | None = None
    uids: tuple[int, ...] = ()


Change = (
    SetDuration | SetUnits | SetWork | SetType | Assign | Unassign
    | SetStart | SetFinish | SetConstraint | SetDeadline | SetMode
    | Describe | SetField | SetPriority | SetRange | SetCalendar | SetActive | SetMilestone | Split | Join
    | AddLink | SetLink | RemoveLink | AddTask | AddTasks | RemoveTask | Indent | Outdent | MoveTask
    | EnterProgress | EnterWork | UpdateAsScheduled | RescheduleUncompleted
)  # fmt: skip
