"""What comparing two moments of a plan takes and answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum


@dataclass(frozen=True, slots=True)
class PlanMoment:
    """A plan as it stood: a baseline, a day, or now.

    key    what to ask for it by: 'now', 'baseline-12', '2026-03-02' (the end of that day), '2026-03-02T14:30',
           'before-34' and 'after-34' a change of the undo list.
    at     when it stood so; None = now.
    whole  links, people and causes are known too; else dates, work and cost alone.
    """

    key: str
    label: str
    at: datetime | None
    start: datetime | None
    finish: datetime | None
    whole: bool


@dataclass(frozen=True, slots=True)
class SlipCause:
    """A share of the slip of a plan's finish. The shares of a comparison add up to it.

    days  working days; positive = later.
    id    of the task, where it is in the plan still.
    """

    text: str
    days: Decimal
    id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class PhaseSlip:
    """A summary of the highest level that has several, in two versions of a plan."""

    id: int | None
    name: str
    old_finish: datetime | None
    new_finish: datetime | None
    days: Decimal | None
    moved: int


class RowChange(Enum):
    """What became of a task between two versions."""

    SAME = "same"
    MOVED = "moved"
    ADDED = "added"
    REMOVED = "removed"


class ComparedBy(Enum):
    """What compared tasks are ordered by."""

    SLIP = "slip"
    OUTLINE = "outline"
    NAME = "name"
    FINISH = "finish"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class ComparedTask:
    """A task in two versions of a plan.

    old_name          where it had another one.
    start_days, finish_days  working days; positive = later; None where one version lacks the date.
    cause             which change of the plan moved it, where that is known.
    """

    uid: int
    id: int | None
    number: int
    level: int
    name: str
    old_name: str
    summary: bool
    milestone: bool
    change: RowChange
    old_start: datetime | None
    new_start: datetime | None
    start_days: Decimal | None
    old_finish: datetime | None
    new_finish: datetime | None
    finish_days: Decimal | None
    old_work_hours: Decimal | None
    new_work_hours: Decimal | None
    old_cost: Decimal | None
    new_cost: Decimal | None
    cause: str


@dataclass(frozen=True, slots=True)
class PlanPart:
    """A link or an assignment that only one of two versions has, or that differs; in words."""

    change: RowChange
    text: str


@dataclass(frozen=True, slots=True)
class PlanComparison:
    """Two versions of a plan beside each other.

    finish_days       working days of the slip; positive = later.
    causes            what the slip is made of, the largest share first.
    links, people     at most 200 each, with their numbers beside them.
    notes             what cannot be compared, and why.
    """

    old: PlanMoment
    new: PlanMoment
    sentence: str
    finish_days: Decimal | None
    causes: tuple[SlipCause, ...]
    phases: tuple[PhaseSlip, ...]
    moved: int
    added: int
    removed: int
    renamed: int
    links: tuple[PlanPart, ...]
    links_count: int
    people: tuple[PlanPart, ...]
    people_count: int
    old_work_hours: Decimal | None
    new_work_hours: Decimal | None
    old_cost: Decimal | None
    new_cost: Decimal | None
    currency: str
    notes: tuple[str, ...]
    items: tuple[ComparedTask, ...]
    next: str
