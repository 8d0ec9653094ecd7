"""Levelling proposals: how plans are to be levelled, and what that would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

from pydantic import Field

from headway.areas.schedule.acts import DeadlineOf, PlanEffect
from headway.kernel.schema import Ref, ShortText

ProposalId = Annotated[int, Ref("capacity.Proposal")]
MOST_PROJECTS = 20
ProjectKeys = Annotated[tuple[ShortText, ...], Field(min_length=1, max_length=MOST_PROJECTS)]


class ProposalState(Enum):
    """Where a proposal stands."""

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"
    STOPPED = "stopped"
    ACCEPTED = "accepted"
    DISCARDED = "discarded"


class Method(Enum):
    """By rules: task by task, in a moment. Search: whole schedules, for some seconds."""

    RULES = "rules"
    SEARCH = "search"


class GivesWay(Enum):
    """Which task gives way first, by rules."""

    STANDARD = "standard"
    PRIORITY = "priority"
    ID = "id"


class Aim(Enum):
    """What the search looks for."""

    FINISH = "finish"
    DISTURBANCE = "disturbance"


@dataclass(frozen=True, slots=True)
class Asked:
    """How plans are to be levelled.

    projects      keys; the first keeps its dates best, each later one works around those before it.
    within_slack  no finish moves. split: work may pause. Both by rules only.
    people        persons to be levelled; none = all.
    first, last   only what is too much on these days.
    other_work    work in projects that are not levelled counts, too: it stays where it is.
    seconds       for the search, over all projects together.
    """

    projects: tuple[str, ...]
    method: Method = Method.RULES
    gives_way: GivesWay = GivesWay.STANDARD
    aim: Aim = Aim.FINISH
    within_slack: bool = False
    split: bool = False
    people: tuple[int, ...] = ()
    first: date | None = None
    last: date | None = None
    other_work: bool = True
    seconds: int = 20


@dataclass(frozen=True, slots=True)
class Reason:
    """What kept somebody busy: a task of the plan, or work in another project."""

    task: str = ""
    project_id: int | None = None


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row that levelling sets. person: who it waited for, '' = earlier levelling is taken back."""

    uid: int
    number: int
    name: str
    old_start: datetime | None
    new_start: datetime | None
    old_finish: datetime | None
    new_finish: datetime | None
    deadline: datetime | None
    split: bool
    person: str
    because: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredLeft:
    """What is still too much: of whom, when, and why each of the tasks stays."""

    person: str
    first: datetime
    last: datetime
    reasons: tuple[tuple[Reason, str], ...]


@dataclass(frozen=True, slots=True)
class PlanTold:
    """What a proposal does to one plan, as it is stored.

    effect       of all of it; its costs are told to those alone who may read them.
    over_before, over_after  hours that are more than fits in a day, of the plan's people over all that counts.
    bound        no levelled plan ends before; None = by rules. optimal: the finish meets it.
    schedules    how many schedules the search made.
    """

    effect: PlanEffect
    rows: tuple[StoredRow, ...]
    left: tuple[StoredLeft, ...]
    over_before: Decimal
    over_after: Decimal
    bound: datetime | None = None
    gap_days: int = 0
    optimal: bool = False
    schedules: int = 0


@dataclass(frozen=True, slots=True)
class Computed:
    """What came of levelling one plan: by task uid what it sets, and what is told of it."""

    project_id: int
    stamp: str
    moves: Mapping[int, Mapping[str, Any]]
    told: PlanTold


@dataclass(frozen=True, slots=True)
class ProposalTask:
    """A row of a proposal. waited_for: in words, with what kept them busy."""

    uid: int
    number: int
    name: str
    old_start: datetime | None
    new_start: datetime | None
    old_finish: datetime | None
    new_finish: datetime | None
    days: int
    deadline: datetime | None
    split: bool
    waited_for: str
    taken: bool


@dataclass(frozen=True, slots=True)
class ProposalOf:
    """What a proposal does to one project. Dates None, rows empty: it is not computed yet.

    over_before, over_after  hours that are more than fits in a day.
    current  whether the plan still is what the proposal was computed from.
    undone_by, undone_at  who took back in this plan what was accepted; '' and None = it stands.
    """

    project_id: int
    key: str
    name: str
    current: bool
    rows: tuple[ProposalTask, ...]
    moved: int
    old_finish: datetime | None
    new_finish: datetime | None
    finish_days: int
    deadlines_broken: tuple[DeadlineOf, ...]
    deadlines_met: tuple[DeadlineOf, ...]
    over_before: Decimal
    over_after: Decimal
    left: tuple[str, ...]
    old_cost: Decimal | None
    new_cost: Decimal | None
    currency: str | None
    bound: datetime | None
    gap_days: int
    optimal: bool
    schedules: int
    sentence: str
    undone_by: str
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal in a list, and how far it is: `done` of `total` projects while it is being computed."""

    id: int
    state: ProposalState
    asked: Asked
    made_by: str
    made_at: datetime
    computed_at: datetime | None
    decided_by: str
    decided_at: datetime | None
    fault: str
    note: str
    job: str
    done: int
    total: int
    progress: str
    version: int

    @property
    def is_open(self) -> bool:
        """Whether it is being computed."""
        return self.state in (ProposalState.WAITING, ProposalState.WORKING)


@dataclass(frozen=True, slots=True)
class Proposals:
    """One page of proposals."""

    items: tuple[ProposalRow, ...]
    next: str


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """A proposal with what it does to each of its projects, in their order."""

    row: ProposalRow
    plans: tuple[ProposalOf, ...]
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Rows of one project, by key and task uid."""

    project: ShortText
    tasks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of accepting: the effect on each plan by key; or the proposal is computed anew, and nothing is done.

    anew  keys of the projects whose plans have changed since it was computed.
    """

    proposal: ProposalRow
    effects: tuple[tuple[str, PlanEffect], ...] = ()
    anew: tuple[str, ...] = field(default=())
