"""What the estimates area takes and answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated

from pydantic import Field

from headway.engine.estimating import Together
from headway.engine.statistics import EstimateClass
from headway.kernel.schema import Name, Ref, ShortText

EstimateId = Annotated[int, Ref("estimates.Estimate")]
Points = Annotated[Decimal, Field(ge=0, max_digits=20, decimal_places=6)]
MOST_LINES = 600
MOST_LEVELS = 9


class EstimateState(Enum):
    """Where a version of an estimate stands."""

    DRAFT = "draft"
    ASKED = "asked"
    APPROVED = "approved"
    SUPERSEDED = "superseded"

    @property
    def words(self) -> str:
        """As people read it."""
        return "sent for approval" if self is EstimateState.ASKED else self.value


class Basis(Enum):
    """What an estimate was derived from."""

    ANALOGY = "analogy"
    PARAMETRIC = "parametric"
    BOTTOM_UP = "bottom-up"

    @property
    def words(self) -> str:
        """As people read it."""
        return _BASIS_WORDS[self]


_BASIS_WORDS = {
    Basis.ANALOGY: "analogy with finished work",
    Basis.PARAMETRIC: "parametric (units × hours each)",
    Basis.BOTTOM_UP: "bottom-up (line by line)",
}


class Unit(Enum):
    """What the three points of a line count."""

    HOURS = "hours"
    MONEY = "money"


class CalibrateBy(Enum):
    """Which finished work a line is scaled by."""

    WHOLE = "whole projects"
    PHASE = "phases of the same name"
    ROLE = "roles of the same name"


class PlanBy(Enum):
    """How many hours a task gets from its line."""

    EXPECTED = "expected"
    MOST_LIKELY = "most likely"


class PlanOrder(Enum):
    """How new tasks stand to each other."""

    SIDE_BY_SIDE = "side by side"
    IN_SEQUENCE = "in sequence"


@dataclass(frozen=True, slots=True)
class LineInput:
    """A line as it is written; those of a list stand in outline order.

    id      of a line that is there and keeps its rate and its row of the plan; None = a new one.
    level   1 at the top, where the phases stand. A line that a deeper one follows is a group and has no figures.
    three   `likely` alone = no spread; none of them = not estimated yet. Hours, or an amount where `unit` is money.
    rate    per hour, in place of the rate cards'; None = as the cards say.
    """

    name: Name
    id: int | None = None
    level: Annotated[int, Field(ge=1, le=MOST_LEVELS)] = 1
    unit: Unit = Unit.HOURS
    role: Annotated[ShortText, Field(max_length=255)] = ""
    optimistic: Points | None = None
    likely: Points | None = None
    pessimistic: Points | None = None
    rate: Points | None = None
    assumptions: ShortText = ""
    exclusions: ShortText = ""


Lines = Annotated[tuple[LineInput, ...], Field(max_length=MOST_LINES)]


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of an estimate. Of a group the figures are the sums of what is below it.

    mean, sd   expected hours and their standard deviation, before any calibration; of a line in money None.
    amount     expected amount: hours × rate, or the line's own amount; None without a rate.
    rate       frozen per hour; `typed` = by a person and not from the cards.
    cost_rate  frozen too; only for who may see costs.
    task_uid   its row of the plan. worked: hours logged on that row.
    """

    id: int
    number: int
    name: str
    level: int
    group: bool
    unit: Unit
    role: str
    optimistic: Decimal | None
    likely: Decimal | None
    pessimistic: Decimal | None
    mean: Decimal | None
    sd: Decimal | None
    amount: Decimal | None
    rate: Decimal | None
    typed: bool
    cost_rate: Decimal | None
    assumptions: str
    exclusions: str
    task_uid: int | None
    worked: Decimal | None


@dataclass(frozen=True, slots=True)
class SumRow:
    """The sum of the lines of one phase or one role.

    amount  None where none of them has a rate.
    factor  of finished projects, where the estimate is calibrated; else None.
    worked  hours logged on it; None where the project has none.
    """

    name: str
    lines: int
    hours: Decimal
    sd: Decimal
    p80: Decimal
    amount: Decimal | None
    factor: Decimal | None
    worked: Decimal | None


@dataclass(frozen=True, slots=True)
class RiskShare:
    """A risk's part of the contingency: probability in percent × what it costs = expected."""

    ref: str
    title: str
    percent: Decimal
    amount: Decimal
    expected: Decimal


@dataclass(frozen=True, slots=True)
class Total:
    """What an estimate comes to, in one unit.

    mean, sd     expected, and the standard deviation of the sum.
    contingency  expected value of the risks; nothing in hours.
    whole        mean + contingency; `low` and `high` are the range that the class gives around it.
    """

    mean: Decimal
    sd: Decimal
    p50: Decimal
    p80: Decimal
    contingency: Decimal
    whole: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Applied:
    """The calibration that somebody has applied: hours of lines are scaled by what finished projects took.

    factors  by phase or role in small letters; '' = of all lines. A line without one stays as it is.
    """

    by: CalibrateBy
    factors: dict[str, Decimal]
    projects: int
    applied_by: str
    on: date


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """A version of an estimate in a list."""

    id: int
    project_id: int
    number: int
    ref: str
    title: str
    state: EstimateState
    kind: EstimateClass
    valid_until: date | None
    expired: bool
    made_by: str
    made_at: datetime
    approved_by: str
    approved_at: datetime | None
    lines: int
    version: int


@dataclass(frozen=True, slots=True)
class Estimates:
    """One page of the versions of a project's estimate, the newest first."""

    items: tuple[EstimateRow, ...]
    next: str


@dataclass(frozen=True, slots=True)
class EstimateDetail:
    """An estimate with its lines and what they come to.

    money       None where no line has an amount. cost, margin: at cost rates; only for who may see them.
    assumption  what P50 and P80 take for granted.
    unpriced    lines in hours without a rate; unestimated: lines without figures; even: lines without a spread.
    worked      hours logged on the project; None where there are none.
    missing     what an approval still asks for, in words.
    """

    row: EstimateRow
    basis: Basis | None
    basis_note: str
    currency: str
    assumptions: str
    exclusions: str
    together: Together
    assumption: str
    note: str
    lines: tuple[LineRow, ...]
    hours: Total
    money: Total | None
    cost: Decimal | None
    margin: Decimal | None
    phases: tuple[SumRow, ...]
    roles: tuple[SumRow, ...]
    risks: tuple[RiskShare, ...]
    unpriced_risks: int
    calibration: Applied | None
    unpriced: int
    unestimated: int
    even: int
    worked: Decimal | None
    plan_change: int | None
    taken_back: bool
    planned: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Came:
    """How hours of finished projects came out against their estimates: worked / estimated.

    name      of the phase or role; '' = of whole projects.
    low, high of single projects; sd None for one project.
    """

    name: str
    factor: Decimal
    low: Decimal
    high: Decimal
    sd: Decimal | None
    projects: int


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished project beside its approved estimate."""

    project_id: int
    key: str
    name: str
    ref: str
    estimated: Decimal
    worked: Decimal
    factor: Decimal


@dataclass(frozen=True, slots=True)
class Comparison:
    """Finished projects that this reader sees inside, and how their hours came out.

    waiting  finished projects that have no approved estimate or no hours, and so say nothing.
    """

    projects: tuple[Finished, ...]
    whole: Came | None
    phases: tuple[Came, ...]
    roles: tuple[Came, ...]
    waiting: int
