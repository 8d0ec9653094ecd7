"""What the scope area takes and answers with: of change requests here, of the statement in a module of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

from pydantic import Field

from headway.areas.schedule.acts import PlanChange
from headway.areas.scope.effects import OptionEffect
from headway.areas.scope.statement_types import (
    DeliveringTask,
    ItemKind,
    ItemRow,
    Statement,
    StatementState,
    StatementVersion,
)
from headway.kernel.schema import Name, Ref, ShortText

# Types of their own modules: callers know one place.
__all__ = [
    "DeliveringTask",
    "ItemKind",
    "ItemRow",
    "Statement",
    "StatementState",
    "StatementVersion",
]

ItemId = Annotated[int, Ref("scope.ScopeItem")]
RequestId = Annotated[int, Ref("scope.ChangeRequest")]
OptionId = Annotated[int, Ref("scope.ChangeOption")]
RiskId = Annotated[int, Ref("projects.Risk")]
Hours = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=6)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=20, decimal_places=6)]
MOST_STEPS = 200


class RequestState(Enum):
    """Where a change request stands."""

    DRAFT = "draft"
    ASSESSED = "assessed"
    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    WITHDRAWN = "withdrawn"
    IMPLEMENTED = "implemented"

    @property
    def word(self) -> str:
        """As people read it."""
        return "Waiting for decision" if self is RequestState.WAITING else self.value.capitalize()

    @property
    def open(self) -> bool:
        """Whether something is still to be done about it."""
        return self in OPEN


# To be written, assessed, decided; approved ones wait to be carried out.
BEFORE_DECISION = frozenset({RequestState.DRAFT, RequestState.ASSESSED, RequestState.DEFERRED})
UNDECIDED = BEFORE_DECISION | {RequestState.WAITING}
OPEN = UNDECIDED | {RequestState.APPROVED}


class Way(Enum):
    """What an option does to the plan."""

    ADD_WORK = "add work"
    EXTEND = "extend a task"
    NEW_DELIVERABLE = "new deliverable"
    MOVE_MILESTONE = "move a milestone"
    SET_PEOPLE = "change who works on a task"
    REMOVE = "take a task out"
    OTHER = "other changes"


class Area(Enum):
    """What an impact falls on."""

    CUSTOMERS = "customers"
    PEOPLE = "people"
    PROCESS = "process"
    SYSTEMS = "systems"
    PRODUCTS = "products"
    FINANCE = "finance"
    COMPLIANCE = "compliance"
    SCHEDULE = "schedule"
    OPERATIONS = "operations"
    REPUTATION = "reputation"

    @property
    def word(self) -> str:
        """As people read it."""
        return _AREA_WORDS[self.value]


_AREA_WORDS = {
    "customers": "Customers and clients",
    "people": "People and roles",
    "process": "Process and policy",
    "systems": "Systems, data and interfaces",
    "products": "Products and pricing",
    "finance": "Finance",
    "compliance": "Compliance and privacy",
    "schedule": "Schedule and other projects",
    "operations": "Operations and support",
    "reputation": "Reputation",
}


class Confidence(Enum):
    """How sure an assessor is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class RoleHours:
    """Hours that somebody of a role works, who is not named in the plan yet."""

    role: Name
    hours: Hours


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One thing an option does, in words, with the changes of the plan that do it."""

    text: ShortText
    changes: tuple[PlanChange, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class StepRow:
    """One thing an option does, as a page shows it; `changes` as `schedule.change_plan` takes them."""

    text: str
    changes: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class BroughtRisk:
    """A risk of the project's register that an option brings; `exposure` is probability × impact, each 1 to 5."""

    id: int
    ref: str
    title: str
    probability: int
    impact: int
    response: str
    open: bool

    @property
    def exposure(self) -> int:
        """At most 25."""
        return self.probability * self.impact


@dataclass(frozen=True, slots=True)
class OptionRow:
    """A way of dealing with a change request.

    nothing  it is 'do nothing': no change of the plan.
    risks    in words; `register`: those that stand in the project's register, the highest exposure first.
    effect   as computed; None = not yet. Without what this reader may not see.
    stale    why the effect no longer holds; '' = it does.
    """

    id: int
    number: int
    name: str
    nothing: bool
    steps: tuple[StepRow, ...]
    hours: tuple[RoleHours, ...]
    one_off: Decimal
    risks: str
    register: tuple[BroughtRisk, ...]
    effect: OptionEffect | None
    stale: str
    recommended: bool
    chosen: bool
    version: int


@dataclass(frozen=True, slots=True)
class ImpactRow:
    """What a change means for a group of people, and how heavily.

    percent  share of the group that is reached. score, residual: severity × band, before and after the mitigation.
    """

    id: int
    area: Area
    group: str
    group_size: int
    reached: int
    percent: Decimal
    band: int
    description: str
    severity: int
    likelihood: int
    score: int
    colour: str
    residual_severity: int
    residual: int
    residual_colour: str
    mitigation: str
    owner_id: int | None
    owner: str
    due: date | None
    onset: date | None
    lasts: str
    reversible: bool
    confidence: Confidence
    version: int


@dataclass(frozen=True, slots=True)
class ChangeOutcome:
    """What was forecast when the change was carried out, and what has happened since.

    finish          forecast then, and of the plan now; `finish_days` working days between the two.
    hours           forecast of the option; `worked` on the rows it made, `planned` those rows as they stand.
    done            of those rows, in percent. taken_back: who undid the plan's change, '' = it stands.
    """

    forecast_finish: datetime | None
    forecast_days: int
    finish_now: datetime | None
    finish_days: int | None
    forecast_hours: Decimal
    worked: Decimal | None
    rows: int
    rows_left: int
    done: Decimal | None
    taken_back: bool


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A change request in a list.

    finish_days, more_hours  of the option that is chosen, else of the recommended one; None where nothing is computed.
    late  the answer was wanted by an earlier day.
    """

    id: int
    project_id: int
    number: int
    ref: str
    title: str
    state: RequestState
    asked_by: str
    asked_on: date
    decide_by: date | None
    late: bool
    owner: str
    options: int
    stale: bool
    option: str
    finish_days: int | None
    more_hours: Decimal | None
    decided_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class ChangeRequests:
    """One page of the change requests of a project, and how many of it there are in all.

    waiting, approved, late  of the `open` ones: for decision; approved and not carried out; past their day.
    """

    items: tuple[RequestRow, ...]
    next: str
    open: int
    waiting: int
    approved: int
    late: int
    settled: int


@dataclass(frozen=True, slots=True)
class RequestDetail:
    """A change request with all that is known of it.

    it_risk  band of the risk of a change of IT; '' where it is none.
    budget_change  the change of the budget that came of it, by its id.
    """

    row: RequestRow
    why: str
    if_nothing: str
    description: str
    recommendation: str
    dissent: str
    owner_id: int | None
    it_probability: int | None
    it_impact: int | None
    rollback_tested: bool
    first_time: bool
    freeze: bool
    it_risk: str
    options: tuple[OptionRow, ...]
    impacts: tuple[ImpactRow, ...]
    approval_id: int | None
    decided_by: str
    decision_reason: str
    plan_change: int | None
    budget_change: int | None
    carried_out_at: datetime | None
    carried_out_by: str
    outcome: ChangeOutcome | None


@dataclass(frozen=True, slots=True)
class LogRow:
    """A change request of any project in the log of forecasts and outcomes."""

    project_key: str
    project: str
    row: RequestRow
    decided_by: str
    reason: str
    outcome: ChangeOutcome | None


@dataclass(frozen=True, slots=True)
class ChangeLog:
    """One page of the log of changes."""

    items: tuple[LogRow, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Saturation:
    """How much a group takes on in a month, over all projects: the scores of what begins then, added up."""

    group: str
    month: date
    points: int
    impacts: int
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScopeLoad:
    """Hours of a project's change requests that the budget does not hold yet.

    approved  decided, not carried out. pending: assessed or waiting, as recommended.
    """

    approved: Decimal
    pending: Decimal
    open: int


NO_LOAD = ScopeLoad(Decimal(0), Decimal(0), 0)
