"""What the capacity area answers with: people's hours by day, week or month, and what makes them up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

_TENTHS_AN_HOUR = 600


def hours(tenths: int) -> Decimal:
    """Tenths of a minute in hours, to a tenth."""
    return round(Decimal(tenths) / _TENTHS_AN_HOUR, 1)


class Scale(Enum):
    """What a column of the heat map is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Grouping(Enum):
    """Whose hours are added up together."""

    NONE = ""
    TEAM = "team"
    ROLE = "role"


class Level(Enum):
    """How full a stretch of days is.

    UNEVEN  all of it fits into the stretch, but not into each of its days.
    """

    OFF = "off"
    FREE = "free"
    PART = "part"
    FULL = "full"
    UNEVEN = "uneven"
    OVER = "over"

    @property
    def word(self) -> str:
        """How people read it."""
        return _WORDS[self.value]


_WORDS = {
    "off": "not working",
    "free": "free",
    "part": "partly planned",
    "full": "full",
    "uneven": "too much on some days",
    "over": "more work than time",
}


@dataclass(frozen=True, slots=True)
class Period:
    """A column: its days, both inclusive."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class HeatCell:
    """Hours planned and hours of capacity in a period; `over_days` have more work than fits."""

    planned: Decimal
    capacity: Decimal
    over_days: int
    level: Level


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A person's periods, over all projects.

    who        names the person for `capacity.load`: '12' of a record, 'SITE:3' of a resource that nobody is matched to.
    person_id  None = a resource of one plan that is matched to no person.
    detail     their job, or where the resource stands.
    planned, capacity, over  hours of all periods together; `over` is what is more than fits, day by day.
    to_fill    a role that nobody has taken yet.
    """

    who: str
    person_id: int | None
    name: str
    detail: str
    teams: tuple[str, ...]
    cells: tuple[HeatCell, ...]
    planned: Decimal
    capacity: Decimal
    over: Decimal
    to_fill: bool = False


@dataclass(frozen=True, slots=True)
class HeatSum:
    """Several people together, each with what is theirs alone: work of one does not fill another's time."""

    name: str
    people: int
    over: int
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """People and periods.

    sums              by team or by role, where that was asked for.
    over              how many people have more work than time on some day.
    to_fill           how many of the rows are roles that nobody has taken: these are no people, and not over.
    roles             job titles of everybody, whatever is filtered.
    waiting           projects whose hours are being computed, or are older than their plan.
    kept_first, kept_last  the days that hours are kept of.
    next              the cursor of the next people; '' at the end.
    """

    scale: Scale
    first: date
    last: date
    today: date
    periods: tuple[Period, ...]
    rows: tuple[HeatRow, ...]
    sums: tuple[HeatSum, ...]
    whole: HeatSum
    over: int
    to_fill: int
    roles: tuple[str, ...]
    waiting: int
    kept_first: date
    kept_last: date
    next: str


@dataclass(frozen=True, slots=True)
class JoinedBy:
    """The newest change that is known to have brought a task to where it is, or somebody onto it."""

    at: datetime
    by: str
    label: str
    how: str


@dataclass(frozen=True, slots=True)
class TaskHours:
    """A task of somebody in some days."""

    project_id: int
    project_key: str
    project: str
    task_uid: int
    task_id: int
    name: str
    hours: Decimal
    start: datetime
    finish: datetime
    percent_complete: Decimal
    joined: JoinedBy | None


@dataclass(frozen=True, slots=True)
class DayHours:
    """A day of somebody over all projects."""

    day: date
    planned: Decimal
    capacity: Decimal

    @property
    def over(self) -> bool:
        """Whether more is planned than fits."""
        return self.planned > self.capacity

    @property
    def difference(self) -> Decimal:
        """The hours that are left, or too much."""
        return abs(self.capacity - self.planned)


@dataclass(frozen=True, slots=True)
class OverStretch:
    """Days on which the same work is too much.

    tasks   places in the list of tasks.
    hidden  hours of projects that the reader may not see.
    newest  the place of the task that came last, as far as the history tells.
    """

    first: date
    last: date
    days: int
    planned: Decimal
    capacity: Decimal
    hidden: Decimal
    tasks: tuple[int, ...]
    newest: int | None


@dataclass(frozen=True, slots=True)
class FreeDays:
    """Days off by a calendar: a holiday of the project, or leave of the person."""

    first: date
    last: date
    name: str
    leave: bool
    project_key: str


@dataclass(frozen=True, slots=True)
class LoadDetail:
    """What makes up somebody's hours in some days.

    hidden  hours of projects that the reader may not see.
    """

    who: str
    person_id: int | None
    name: str
    first: date
    last: date
    planned: Decimal
    capacity: Decimal
    days: tuple[DayHours, ...]
    tasks: tuple[TaskHours, ...]
    hidden: Decimal
    off: tuple[FreeDays, ...]
    over: tuple[OverStretch, ...]


@dataclass(frozen=True, slots=True)
class NextUp:
    """The one thing to do now. because: the factors of its weight in words, the heaviest first.

    kind, record_id  the record it is about. is_task: a timer can be started on it.
    """

    key: str
    what: str
    project_id: int | None
    project_key: str
    project: str
    kind: str
    record_id: int
    reason: str
    consequence: str
    points: int
    because: tuple[str, ...]
    is_task: bool
