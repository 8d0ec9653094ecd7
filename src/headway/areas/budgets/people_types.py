"""What is told of people's time: capacity, leave, planned, worked, billable, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from headway.engine.measures import Measure


class TimeScale(Enum):
    """What a column of people's time is."""

    WEEK = "week"
    MONTH = "month"


class TimeGrouping(Enum):
    """Whose time is added up together."""

    NONE = ""
    TEAM = "team"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class TimePeriod:
    """A column: its days, both inclusive. until: the last of them that counts, today in the running one."""

    first: date
    last: date
    until: date

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.until < self.last


@dataclass(frozen=True, slots=True)
class UsedTime:
    """Hours of somebody, or of several people, in a period, and their shares in percent.

    capacity  calendar hours less holidays.  leave: approved leave in them.
    planned   hours of all plans in the whole period; None where plans are not kept for it.
    value     of the billable hours at the rates on them, in the currency most is billed in; None where the reader
              may not know.
    net       billable / (capacity − leave).  gross: billable / capacity.  logged: worked / (capacity − leave).
    """

    capacity: Decimal
    leave: Decimal
    planned: Decimal | None
    worked: Decimal
    billable: Decimal
    value: Decimal | None
    net: Decimal | None
    gross: Decimal | None
    logged: Decimal | None


@dataclass(frozen=True, slots=True)
class PlannedTime:
    """Hours of somebody, or of several people, in a period ahead. load: planned in percent of (capacity − leave).

    planned  of all plans; None where plans are not kept for it.
    """

    capacity: Decimal
    leave: Decimal
    planned: Decimal | None
    load: Decimal | None


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One person over the periods. source: where their capacity is known from. ahead: by the periods ahead."""

    person_id: int
    name: str
    role: str
    teams: tuple[str, ...]
    cells: tuple[UsedTime, ...]
    total: UsedTime
    source: str
    ahead: tuple[PlannedTime, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeSum:
    """Several people together: shares are sums divided by sums."""

    name: str
    people: int
    cells: tuple[UsedTime, ...]
    total: UsedTime
    ahead: tuple[PlannedTime, ...] = ()


@dataclass(frozen=True, slots=True)
class Utilisation:
    """How people's time was used, by week or month, over the projects that the reader may see.

    own_only        the reader sees nobody's hours but his own.
    net … realisation_value  of everybody together, each with formula and inputs, or why there is none.
    roles           job titles to narrow by.
    ahead           periods after the running one, of which only the plan is known.
    """

    scale: TimeScale
    today: date
    periods: tuple[TimePeriod, ...]
    rows: tuple[TimeRow, ...]
    sums: tuple[TimeSum, ...]
    whole: TimeSum
    net: Measure
    gross: Measure
    effective_rate: Measure
    realisation_hours: Measure
    realisation_value: Measure
    currency: str
    own_only: bool
    roles: tuple[str, ...]
    notes: tuple[str, ...]
    next: str
    ahead: tuple[TimePeriod, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeOnProject:
    """What somebody worked for one project in some days. value as of `UsedTime`."""

    project_id: int
    project_key: str
    project: str
    hours: Decimal
    billable: Decimal
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class PersonTime:
    """What makes up somebody's time in some days, the most hours first. away: holidays and days of leave."""

    person_id: int
    name: str
    role: str
    first: date
    last: date
    time: UsedTime
    net: Measure
    gross: Measure
    effective_rate: Measure
    projects: tuple[TimeOnProject, ...]
    away: tuple[date, ...]
    currency: str
    source: str
