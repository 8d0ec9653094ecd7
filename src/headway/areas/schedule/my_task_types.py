"""What a person's own list of tasks answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum


class TaskUrgency(Enum):
    """When a task of one's own is due, the most urgent first."""

    LATE = "late"
    TODAY = "today"
    THIS_WEEK = "this_week"
    LATER = "later"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class MyTask:
    """A task in a person's own list, over all projects.

    assigned   False = only its owner, by name.
    waiting    the tasks that cannot go on before it, each with who does it; the first ones.
    may_enter  whether this person may enter its progress.
    """

    id: int
    uid: int
    project_id: int
    project_key: str
    project: str
    name: str
    wbs: str
    start: datetime | None
    finish: datetime | None
    deadline: datetime | None
    percent_complete: Decimal
    actual_finish: datetime | None
    milestone: bool
    critical: bool
    total_slack_minutes: Decimal | None
    assigned: bool
    urgency: TaskUrgency
    waiting: tuple[str, ...]
    waiting_count: int
    may_enter: bool
    version: int


@dataclass(frozen=True, slots=True)
class MyTasks:
    """A person's own tasks, the most urgent first. `more` = there are others, left out."""

    today: date
    items: tuple[MyTask, ...]
    more: bool
