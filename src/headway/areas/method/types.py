"""What the method area takes and answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated

from headway.areas.people.types import PersonId
from headway.kernel.schema import Name, Ref, ShortText

GateId = Annotated[int, Ref("method.Gate")]


# --- templates ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template in the list.

    ref      what it is asked for by: 'site-build' of a ready-made one, 'T-3' of the house's own.
    edition  of the house's own: how often it was saved. 0 = ready-made.
    rows     of its plan: phases, tasks and milestones together; `counted` says all four in words.
    """

    ref: str
    name: str
    about: str
    own: bool
    edition: int
    made_from: str
    made_by: str
    made_at: datetime | None
    retired: bool
    rows: int
    phases: int
    tasks: int
    milestones: int
    counted: str
    days: int
    version: int


@dataclass(frozen=True, slots=True)
class Templates:
    """One page of templates; `own` counts all of the house's own."""

    items: tuple[TemplateRow, ...]
    next: str
    own: int


@dataclass(frozen=True, slots=True)
class TemplateRoleRow:
    """A role of a template and the hours it works in the plan."""

    name: str
    about: str
    hours: Decimal
    tasks: int


@dataclass(frozen=True, slots=True)
class DatedRow:
    """A row of a template with the dates that the plan would have."""

    key: str
    level: int
    name: str
    phase: bool
    milestone: bool
    critical: bool
    start: datetime
    finish: datetime
    duration: str
    roles: str
    checklist: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatedGate:
    """A gate of a template, and when the plan would come to it; None where it has no milestone."""

    stage: str
    name: str
    on: date | None
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TemplatePreview:
    """What a project would begin with, by the engine's dates.

    parts    all phases of the template; `left_out` those that are not taken.
    risks    titles.
    """

    template: TemplateRow
    start: date
    finish: date
    working_days: int
    sentence: str
    parts: tuple[str, ...]
    left_out: tuple[str, ...]
    rows: tuple[DatedRow, ...]
    roles: tuple[TemplateRoleRow, ...]
    gates: tuple[DatedGate, ...]
    risks: tuple[str, ...]
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RolePerson:
    """Who takes a role."""

    role: Name
    person: PersonId


@dataclass(frozen=True, slots=True)
class Begun:
    """A project that has begun from a template."""

    project_id: int
    key: str
    name: str
    tasks: int
    start: date
    finish: date
    sentence: str


@dataclass(frozen=True, slots=True)
class RoleSeat:
    """A role in a project's plan: who has taken it, None = nobody yet, and what it does.

    resource  uid of the resource.
    """

    resource: int
    role: str
    person_id: int | None
    person: str
    tasks: int
    hours: Decimal


# --- checklists ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A line of a task's checklist; ticked by whom and when."""

    id: int
    task: int
    text: str
    done: bool
    done_by: str
    done_at: datetime | None
    version: int


# --- gates --------------------------------------------------------------------------------------


class GateState(Enum):
    """Where a gate stands."""

    OPEN = "open"
    ASKED = "asked"
    GO = "go"
    CONDITIONS = "conditions"
    NO_GO = "no_go"

    @property
    def word(self) -> str:
        """How people say it."""
        return _GATE_WORDS[self.value]

    @property
    def passed(self) -> bool:
        """Whether the project may go on."""
        return self in (GateState.GO, GateState.CONDITIONS)


_GATE_WORDS = {
    "open": "To prepare",
    "asked": "Asked",
    "go": "Go",
    "conditions": "Go with conditions",
    "no_go": "No-go",
}


@dataclass(frozen=True, slots=True)
class GateCriterion:
    """What must hold at a gate. `check` names a computed one; `must` = it cannot be waived."""

    text: ShortText
    check: ShortText = ""
    must: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """What shows that a criterion holds: words, and a document or a record of the project."""

    id: int
    text: str
    document: int | None
    record: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion as it stands now.

    met     None = nobody has said yet. `found` says it of a computed one.
    waived  by whom, with the reason; '' = not.
    """

    id: int
    text: str
    check: str
    must: bool
    met: bool | None
    found: str
    said_by: str
    said_at: datetime | None
    waived_by: str
    waiver: str
    evidence: tuple[EvidenceRow, ...]
    version: int


@dataclass(frozen=True, slots=True)
class GateDecisionRow:
    """A decision about a gate, the newest first."""

    decision: GateState
    reason: str
    conditions: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class GateRow:
    """A gate with its criteria.

    stage     the stage that it ends.
    due       its milestone's date in the plan, else `due_on`, the day that was typed; None = neither.
    proposal  what the criteria say: go, conditions, or no-go; `missing` what would turn it.
    """

    id: int
    project_id: int
    stage: str
    name: str
    state: GateState
    due: date | None
    due_on: date | None
    task: int | None
    task_name: str
    criteria: tuple[CriterionRow, ...]
    proposal: GateState
    missing: tuple[str, ...]
    conditions: str
    approval: int | None
    decisions: tuple[GateDecisionRow, ...]
    version: int


# --- rules --------------------------------------------------------------------------------------


class Weight(Enum):
    """How much a finding counts."""

    NOTE = "note"
    WARNING = "warning"
    GRAVE = "grave"


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule of the house: what it looks for, whether it is on, how much it counts."""

    key: str
    title: str
    about: str
    on: bool
    weight: Weight
    version: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a rule has found in a project.

    key     names it in the project: 'owner:12'.
    task, record  what it is about, where it is about one thing.
    repair  what one press would do, '' = a person must; `effect` what it changes.
    page    where a person does it: 'plan', 'updates', 'risk', 'gate', 'roles', 'task'.
    """

    key: str
    rule: str
    weight: Weight
    text: str
    task: int | None = None
    record: int | None = None
    repair: str = ""
    effect: str = ""
    page: str = ""


# --- recurring tasks -----------------------------------------------------------------------------


class Rhythm(Enum):
    """How often a task comes again."""

    WEEKLY = "weekly"
    MONTHLY_DAY = "monthly_day"
    MONTHLY_WEEKDAY = "monthly_weekday"
    LAST_WORKING_DAY = "last_working_day"


@dataclass(frozen=True, slots=True)
class RecurrenceRow:
    """A rule that makes tasks again and again below a summary row.

    people  who works on each occurrence, as typed: 'Ann; Bob [50%]'.
    """

    id: int
    task: int
    name: str
    words: str
    rhythm: Rhythm
    interval: int
    weekdays: tuple[int, ...]
    day: int | None
    position: int | None
    duration: str
    people: str
    first: date
    until: date | None
    until_task: int | None
    made: int
    version: int
