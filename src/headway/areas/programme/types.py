"""What programmes and the ties between plans answer with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from headway.kernel.schema import Ref

TaskId = Annotated[int, Ref("schedule.PlanTask")]
ProgrammeId = Annotated[int, Ref("programme.Programme")]


@dataclass(frozen=True, slots=True)
class Far:
    """A task of another project, as far as this person may see it.

    task, uid, project, name  None and '' where they may not: then only its days are told.
    there                it is still in its plan and takes part.
    """

    task: int | None
    uid: int | None
    project: str
    project_name: str
    name: str
    start: datetime | None
    finish: datetime | None
    critical: bool
    there: bool

    @property
    def seen(self) -> bool:
        """Whether the person may see it."""
        return self.task is not None

    @property
    def words(self) -> str:
        """'Go-live (CRM)', or that it is a task of another project."""
        return f"{self.name} ({self.project})" if self.seen else "a task of another project"


@dataclass(frozen=True, slots=True)
class Near:
    """A task of the project that is asked about."""

    task: int
    uid: int
    name: str
    start: datetime | None
    finish: datetime | None
    critical: bool


@dataclass(frozen=True, slots=True)
class WaitRow:
    """A task of this project waits for one of another, or shows it.

    placeholder  the record of the row in this plan; its uid there in `row_uid`.
    task         None = nothing waits; the row is only shown.
    type, lag    'FS', '+2 d'.
    trouble      why its dates are not followed; '' = they are.
    """

    placeholder: int
    row_uid: int
    task: Near | None
    far: Far
    type: str
    lag: str
    made_by: str
    made_at: datetime
    trouble: str


@dataclass(frozen=True, slots=True)
class AwaitedRow:
    """A task of another project waits for one of this, or shows it (`far` has no task then).

    slack_days  days of eight working hours by which this task may slip before the other plan's finish moves; negative =
                it is late there already; None = nothing waits, or it is not known.
    """

    task: Near
    far: Far
    type: str
    lag: str
    slack_days: Decimal | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A row of a project's plan that stands for a task of another project: its task there, its uid, its record.

    original  the project and the uid of the task that it stands for.
    """

    task: int
    uid: int
    placeholder: int
    project_id: int
    original: tuple[int, int]
    far: Far


@dataclass(frozen=True, slots=True)
class MoveRow:
    """That this plan was dated anew because another had moved; `cause` is '' where it may not be named."""

    at: datetime
    cause: str
    cause_name: str
    moved: int
    old_finish: datetime | None
    new_finish: datetime | None
    finish_days: int
    milestones: tuple[tuple[str, date, date, int], ...]
    deadlines: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Links:
    """What ties a project's plan, or one task of it, to other projects; `moves` newest first."""

    waits: tuple[WaitRow, ...]
    awaited: tuple[AwaitedRow, ...]
    moves: tuple[MoveRow, ...]

    @property
    def tightest(self) -> AwaitedRow | None:
        """What waits that leaves the least slack."""
        known = [row for row in self.awaited if row.slack_days is not None]
        return min(known, key=lambda row: row.slack_days or 0, default=None)


@dataclass(frozen=True, slots=True)
class CrossLink:
    """A link between two projects of a group, both seen: the predecessor and the task that waits for it."""

    before: Far
    after: Far
    type: str
    lag: str


@dataclass(frozen=True, slots=True)
class OwnTask:
    """A task of another project to choose: what one waits for, or shows."""

    task: int
    name: str
    start: datetime | None
    finish: datetime | None
    milestone: bool
    summary: bool


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """A programme; `projects` are the keys of those that this person may see inside."""

    id: int
    name: str
    objective: str
    owner: str
    owner_id: int | None
    projects: tuple[str, ...]
    may_change: bool
    version: int


@dataclass(frozen=True, slots=True)
class Programmes:
    """One page of programmes."""

    items: tuple[ProgrammeRow, ...]
    next: str


@dataclass(frozen=True, slots=True)
class ProgrammeProjectRow:
    """A project of a programme."""

    id: int
    key: str
    name: str
    client: str
    manager: str
    stage: str


@dataclass(frozen=True, slots=True)
class ProgrammeDetail:
    """A programme with its projects that this person may see inside, and the links between them."""

    id: int
    name: str
    objective: str
    owner: str
    owner_id: int | None
    projects: tuple[ProgrammeProjectRow, ...]
    links: tuple[CrossLink, ...]
    may_change: bool
    version: int
