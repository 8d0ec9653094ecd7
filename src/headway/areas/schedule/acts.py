"""What people do to a plan, as the doors take it, and the effect that they answer with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated

from pydantic import Field

from headway.kernel.schema import ShortText, Text

MOST_CHANGES = 5_000
MOST_MOVED = 500  # named in an effect
PROGRESS = frozenset({"percent", "actual_start", "actual_finish", "remaining"})  # fields that members may type


class Act(Enum):
    """What is done to a row."""

    SET = "set"
    ADD = "add"
    REMOVE = "remove"
    INDENT = "indent"
    OUTDENT = "outdent"
    MOVE = "move"
    LINK = "link"
    UNLINK = "unlink"
    SPLIT = "split"
    JOIN = "join"


@dataclass(frozen=True, slots=True)
class PlanChange:
    """One thing done to a plan. What an act does not need is left out.

    task   uid of the row; rows made in the same call by the negative number of their `new`.
    new    add: the negative number by which later changes of this call name the row.
    field  set: 'name', 'duration', 'start' ...; 'custom:<key>' for a field of the house's own.
    value  set: the text as people type it, '' clears; link: kind and lag as 'SS+2d', '' = FS.
    after  add, move: behind this row; 0 = first, None = last.
    level  add: outline level; None = that of the row before.
    other  link, unlink: uid of the predecessor.
    at     split: the moment; gap: for how long.
    """

    act: Act
    task: int | None = None
    new: int | None = None
    field: ShortText = ""
    value: Text = ""
    after: int | None = None
    level: int | None = None
    other: int | None = None
    at: ShortText = ""
    gap: ShortText = ""


PlanChanges = Annotated[tuple[PlanChange, ...], Field(min_length=1, max_length=MOST_CHANGES)]


@dataclass(frozen=True, slots=True)
class MovedTask:
    """A row whose dates a change moved; None where it has none."""

    uid: int
    name: str
    old_start: datetime | None
    new_start: datetime | None
    old_finish: datetime | None
    new_finish: datetime | None
    summary: bool
    milestone: bool


@dataclass(frozen=True, slots=True)
class DeadlineOf:
    """A task whose deadline is newly missed, or newly met."""

    uid: int
    name: str
    deadline: datetime
    finish: datetime


@dataclass(frozen=True, slots=True)
class Overload:
    """Somebody with more work in this plan than fits: the first and last such day, and the worst of them."""

    uid: int
    name: str
    first: date
    last: date
    worst_percent: int


@dataclass(frozen=True, slots=True)
class MovedElsewhere:
    """Another project whose plan moves with a change of this one.

    project  its key; '' with its name left out where this person may not see it.
    sentence  all of it in a sentence.
    """

    project: str
    name: str
    moved_count: int
    old_finish: datetime | None
    new_finish: datetime | None
    finish_days: int
    deadlines_broken: int
    sentence: str


@dataclass(frozen=True, slots=True)
class PlanEffect:
    """What a change does to the plan, done or tried.

    change       its number in the undo list; None when it was only tried, or changed nothing.
    version      the plan's version, which the next change says it has seen.
    made         uids of rows made, by the negative numbers that named them.
    moved        the rows that moved, most moved first; `moved_count` counts them all.
    finish_days  working days by which the finish comes later; negative = earlier.
    elsewhere    other projects that move with it.
    sentence     all of it in a sentence.
    """

    change: int | None
    version: int
    label: str
    made: Mapping[str, int]
    moved: tuple[MovedTask, ...]
    moved_count: int
    old_finish: datetime | None
    new_finish: datetime | None
    finish_days: int
    deadlines_broken: tuple[DeadlineOf, ...] = ()
    deadlines_met: tuple[DeadlineOf, ...] = ()
    over_capacity: tuple[Overload, ...] = ()
    relieved: tuple[Overload, ...] = ()
    old_cost: Decimal | None = None
    new_cost: Decimal | None = None
    currency: str | None = None
    warnings: tuple[str, ...] = ()
    elsewhere: tuple[MovedElsewhere, ...] = ()
    sentence: str = field(default="")


@dataclass(frozen=True, slots=True)
class Repair:
    """What could be done about a task, with its effect.

    key     names it among the repairs of its task.
    mends   the faults that go, as sentences; none = it only brings the finish forward.
    changes what `schedule.change_plan` takes to carry it out.
    start, finish  of the task afterwards.
    """

    key: str
    text: str
    mends: tuple[str, ...]
    changes: tuple[PlanChange, ...]
    start: datetime | None
    finish: datetime | None
    finish_days: int
    sentence: str


@dataclass(frozen=True, slots=True)
class PlanChangeRow:
    """An entry of the undo list.

    kind     'change'; 'undo' or 'redo' of one; 'begin' = the plan began with it.
    version  the plan's version that came of it.
    rows     how many rows it changed; `moved` how many moved.
    """

    id: int
    label: str
    kind: str
    by: str
    mine: bool
    at: datetime
    version: int
    rows: int
    moved: int
    old_finish: datetime | None
    new_finish: datetime | None
    finish_days: int
    undone: bool
    can_undo: bool
    can_redo: bool


@dataclass(frozen=True, slots=True)
class PlanChangeRows:
    """One page of the undo list."""

    items: tuple[PlanChangeRow, ...]
    next: str


@dataclass(frozen=True, slots=True)
class BinRow:
    """A row that was removed from a plan, by whom and when."""

    uid: int
    name: str
    level: int
    summary: bool
    removed_at: datetime
    removed_by: str


@dataclass(frozen=True, slots=True)
class PastTask:
    """A row of a plan as it was at a moment."""

    uid: int
    number: int
    name: str
    level: int
    summary: bool
    milestone: bool
    active: bool
    start: datetime | None
    finish: datetime | None
    duration: str
    percent_complete: Decimal
    predecessors: str
    people: str
    owner: str


@dataclass(frozen=True, slots=True)
class PastTasks:
    """One page of a plan as it was; `finish` is that of the whole plan then."""

    items: tuple[PastTask, ...]
    next: str
    finish: datetime | None
