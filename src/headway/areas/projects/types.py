"""What the projects area takes and answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

from headway.areas.projects.risk_types import ResponseKind, RiskKind, mean_of
from headway.kernel.schema import Name, Ref, ShortText, Text

ProjectId = Annotated[int, Ref("projects.Project", key="key")]
ImportId = Annotated[int, Ref("projects.ImportBatch")]


class Stage(Enum):
    """Where a project stands in its life cycle."""

    CONCEPT = "concept"
    PLANNING = "planning"
    DELIVERY = "delivery"
    CLOSING = "closing"
    CLOSED = "closed"


class State(Enum):
    """Whether a risk, issue, decision or assumption still needs somebody."""

    OPEN = "open"
    CLOSED = "closed"


class Severity(Enum):
    """How much an issue hurts."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Engagement(Enum):
    """How a stakeholder stands to the project."""

    UNAWARE = "unaware"
    RESISTANT = "resistant"
    NEUTRAL = "neutral"
    SUPPORTIVE = "supportive"
    LEADING = "leading"


class Raci(Enum):
    """Responsible, accountable, consulted, informed."""

    RESPONSIBLE = "R"
    ACCOUNTABLE = "A"
    CONSULTED = "C"
    INFORMED = "I"


@dataclass(frozen=True, slots=True)
class Objective:
    """What the project is for, and how one will see that it was reached."""

    text: Name
    measure: ShortText = ""
    target: ShortText = ""


@dataclass(frozen=True, slots=True)
class DecisionOption:
    """One way to decide."""

    title: Name
    consequences: Text = ""


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project in a list."""

    id: int
    key: str
    name: str
    client: str
    manager: str
    stage: Stage
    starts_on: date | None
    ends_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class Projects:
    """One page of projects."""

    items: tuple[ProjectRow, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Charter:
    """A project with its charter."""

    id: int
    key: str
    name: str
    client_id: int | None
    client: str
    manager_id: int | None
    manager: str
    stage: Stage
    purpose: str
    currency: str
    time_zone: str
    starts_on: date | None
    ends_on: date | None
    hours_tracked: bool
    objectives: tuple[Objective, ...]
    success_measures: tuple[Objective, ...]
    scope_in: tuple[str, ...]
    scope_out: tuple[str, ...]
    rag_limits: dict[str, Any]
    version: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A person's role on a project."""

    person_id: int
    name: str
    email: str
    role: str


def _number(ref: str) -> int:
    return int(ref.rpartition("-")[2])


@dataclass(frozen=True, slots=True)
class StakeholderRow:
    """Somebody who is affected by the project or may affect it. Power and interest: 1 to 5."""

    id: int
    person_id: int | None
    name: str
    organisation: str
    interest: int
    power: int
    engagement: Engagement
    desired: Engagement
    raci: Raci
    notes: str
    version: int

    @property
    def number(self) -> int:
        """What its address ends with: stakeholders are not quoted by number, so their id."""
        return self.id


@dataclass(frozen=True, slots=True)
class RiskRow:
    """A risk; exposure = probability × impact, each 1 to 5, so at most 25.

    percent      its own chance, where one is given; `chance` is what is reckoned with, both in percent.
    days, money  what it costs once it happens (an opportunity: saves), least, likely and most; () = not estimated.
    residual_*   what is left of it after the response; `residual_exposure` counts an end that is not given as now.
    issue        the issue it became, as 'ISS-4'. outcome  why it was closed.
    """

    id: int
    ref: str
    title: str
    cause: str
    effect: str
    probability: int
    impact: int
    exposure: int
    response: str
    response_due: date | None
    owner_id: int | None
    owner: str
    state: State
    version: int
    kind: RiskKind
    category: str
    percent: Decimal | None
    chance: Decimal
    days: tuple[Decimal, ...]
    money: tuple[Decimal, ...]
    response_kind: ResponseKind | None
    residual_probability: int | None
    residual_impact: int | None
    residual_percent: Decimal | None
    residual_chance: Decimal | None
    residual_days: tuple[Decimal, ...]
    residual_exposure: int | None
    outcome: str
    issue_id: int | None
    issue: str

    @property
    def number(self) -> int:
        """Its number in the register."""
        return _number(self.ref)

    @property
    def expected_money(self) -> Decimal | None:
        """Chance times the mean of what it costs; below 0 for an opportunity."""
        mean = mean_of(self.money)
        if mean is None:
            return None
        return self.chance / 100 * (mean if self.kind is RiskKind.THREAT else -mean)


@dataclass(frozen=True, slots=True)
class IssueRow:
    """Something that has gone wrong and needs somebody. `risk`: what it was before it happened, as 'RISK-3'."""

    id: int
    ref: str
    title: str
    description: str
    severity: Severity
    owner_id: int | None
    owner: str
    due: date | None
    resolution: str
    state: State
    version: int
    risk: str = ""

    @property
    def number(self) -> int:
        """Its number in the register."""
        return _number(self.ref)


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A question to decide, or decided."""

    id: int
    ref: str
    question: str
    options: tuple[DecisionOption, ...]
    recommendation: str
    decide_by: date | None
    cost_of_waiting: str
    owner_id: int | None
    owner: str
    outcome: str
    decided_at: datetime | None
    decided_by: str
    state: State
    version: int

    @property
    def number(self) -> int:
        """Its number in the register."""
        return _number(self.ref)


@dataclass(frozen=True, slots=True)
class AssumptionRow:
    """Something taken as true until somebody has checked it."""

    id: int
    ref: str
    text: str
    check_by: date | None
    owner_id: int | None
    owner: str
    outcome: str
    state: State
    version: int

    @property
    def number(self) -> int:
        """Its number in the register."""
        return _number(self.ref)


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """A person's colour for one health dimension, beside the computed one."""

    id: int
    dimension: str
    colour: str
    reason: str
    set_by: str
    approved_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One field that an act changed, as text. `field` '' = the record was entered (or, with new '', removed).

    kind    'projects.Risk'; with record_id it names the record.
    record  what people call the record ('RISK-3 Late texts'); '' where its area is above this one.
    """

    kind: str
    record_id: int
    record: str
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """One audited act on a project. `more`: how many changed fields are left out of `changes`."""

    sequence: int
    at: datetime
    who: str
    channel: str
    use_case: str
    reason: str
    changes: tuple[ChangeRow, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Activity:
    """One page of what was done, and everybody who ever did something here."""

    items: tuple[ActivityRow, ...]
    people: tuple[str, ...]
    next: str


class RecordKind(Enum):
    """The records of a project whose history can be read."""

    RISK = "risk"
    ISSUE = "issue"
    DECISION = "decision"
    ASSUMPTION = "assumption"
    STAKEHOLDER = "stakeholder"


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One change of one field of a record. `field` '' = the record was entered."""

    at: datetime
    who: str
    channel: str
    reason: str
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class History:
    """One page of a record's history."""

    items: tuple[HistoryRow, ...]
    next: str


class Happening(Enum):
    """What became of a record in a span of days."""

    NEW = "new"
    CLOSED = "closed"
    REOPENED = "reopened"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class HappeningRow:
    """A record of a register that was entered, closed, reopened or decided."""

    what: Happening
    kind: RecordKind
    id: int
    ref: str
    title: str
    at: datetime
    who: str

    @property
    def number(self) -> int:
        """Its number in the register."""
        return _number(self.ref)


@dataclass(frozen=True, slots=True)
class ProjectLink:
    """A project that a person keeps at hand."""

    id: int
    key: str
    name: str
    starred: bool


class ImportState(Enum):
    """Where an import stands."""

    READING = "reading"
    PREVIEW = "preview"
    FAILED = "failed"
    APPLIED = "applied"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One import of a file into a project.

    preview  what it would change or has changed: counts, questions, errors, fidelity, differences.
    """

    id: int
    kind: str
    file_id: int
    file_name: str
    project_id: int
    state: ImportState
    answers: dict[str, str]
    mapping: dict[str, Any]
    preview: dict[str, Any]
    created_at: datetime
    created_by: str
    applied_at: datetime | None
    undone_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Imports:
    """A page of imports over projects."""

    items: tuple[ImportRow, ...]
    next: str
