"""What asking for news of tasks, or for figures, takes and answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated

from headway.areas.schedule.question_types import ChaserRow, Outcome, QuestionRow
from headway.kernel.schema import Ref, ShortText

__all__ = ["Outcome"]  # said of figures, too

UpdateId = Annotated[int, Ref("schedule.UpdateRequest")]
UpdateMailId = Annotated[int, Ref("schedule.UpdateMail")]


class UpdateField(Enum):
    """What can be asked of a task. All but the note are fields of the plan."""

    PERCENT = "percent"
    ACTUAL_START = "actual_start"
    ACTUAL_FINISH = "actual_finish"
    REMAINING = "remaining"
    NOTE = "note"


class UpdateState(Enum):
    """Where a request stands: its mail not sent yet, with the person, answered, decided upon, taken back."""

    DRAFT = "draft"
    OPEN = "open"
    ANSWERED = "answered"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class Rung(Enum):
    """Which mail of a request: the first, or one of the ladder of reminders."""

    ASK = "ask"
    BEFORE = "before"
    DUE = "due"
    LATE = "late"


class UpdateMailState(Enum):
    """Where a mail of a request stands. Dropped: not to be sent, by a person or because a later one took its place."""

    DRAFT = "draft"
    ASKED = "asked"
    APPROVED = "approved"
    SENT = "sent"
    REFUSED = "refused"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class TaskToAsk:
    """An open task that somebody could tell the news of. `under_way`: it should be, in this week."""

    uid: int
    name: str
    start: datetime | None
    finish: datetime | None
    percent_complete: Decimal
    under_way: bool


@dataclass(frozen=True, slots=True)
class PersonToAsk:
    """Somebody with open tasks. `by_link`: has no way into the plan, and so answers by a mailed link."""

    person_id: int
    name: str
    email: str
    by_link: bool
    tasks: tuple[TaskToAsk, ...]


@dataclass(frozen=True, slots=True)
class UpdateTaskRow:
    """A task of a request.

    start, finish, percent_complete  as they stand in the plan now; `there` says whether the task still does.
    answer  what was told, by field, as typed; nothing for what was not.
    """

    uid: int
    task_id: int | None
    name: str
    there: bool
    start: datetime | None
    finish: datetime | None
    percent_complete: Decimal
    answer: Mapping[str, str]
    answered_at: datetime | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class UpdateMailRow:
    """A mail of a request. `shown` is what an approver sees of it: all, but for the person's own link."""

    id: int
    rung: Rung
    to: str
    subject: str
    body: str
    shown: str
    state: UpdateMailState
    made_at: datetime
    approval_id: int | None
    version: int


@dataclass(frozen=True, slots=True)
class UpdateRow:
    """A request for news, or for figures, as lists show it.

    asks        the fields of tasks that are asked for; none where figures are. late: wanted before today, not answered.
    task_count, answered_count          tasks asked about, and those of which something was told.
    question_count, told_count          figures asked for, and those of which something was told.
    """

    id: int
    project_id: int
    person_id: int
    person: str
    email: str
    by_link: bool
    asks: tuple[UpdateField, ...]
    words: str
    due: date
    expires_at: datetime
    auto_accept: bool
    state: UpdateState
    expired: bool
    asked_by: str
    asked_at: datetime
    opened_at: datetime | None
    answered_at: datetime | None
    answered_by: str
    settled_at: datetime | None
    settled_by: str
    trouble: str
    task_count: int
    answered_count: int
    version: int
    question_count: int
    told_count: int
    late: bool

    @property
    def figures(self) -> bool:
        """Whether it asks for figures, and not for news of tasks."""
        return not self.asks


@dataclass(frozen=True, slots=True)
class UpdateDetail:
    """A request with its tasks or questions, its mails and its reminders.

    chasers  the reminders that went by themselves. next_chaser: the day of the next one; None = none comes.
    """

    row: UpdateRow
    tasks: tuple[UpdateTaskRow, ...]
    mails: tuple[UpdateMailRow, ...]
    questions: tuple[QuestionRow, ...]
    chasers: tuple[ChaserRow, ...]
    next_chaser: date | None


@dataclass(frozen=True, slots=True)
class AskedOf:
    """What the person asked sees, and nothing else of the project.

    open       whether an answer is still taken; else `over` says why not.
    questions  the figures asked for, where it asks for those.
    """

    id: int
    project: str
    person: str
    asked_by: str
    words: str
    due: date
    today: date
    asks: tuple[UpdateField, ...]
    tasks: tuple[UpdateTaskRow, ...]
    open: bool
    over: str
    answered_at: datetime | None
    version: int
    questions: tuple[QuestionRow, ...]


@dataclass(frozen=True, slots=True)
class TaskNews:
    """What somebody tells of a task; '' says nothing and takes back what was told before.

    percent  '50%'. actual_start, actual_finish  days as 2026-03-12. remaining  '3d'.
    """

    uid: int
    percent: ShortText = ""
    actual_start: ShortText = ""
    actual_finish: ShortText = ""
    remaining: ShortText = ""
    note: ShortText = ""


MOST_TASKS = 100  # of one request
