"""What stands on a Desk: matters, as the areas above give them, and the lines that people see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any

from headway.engine.ranking import Factor, Stake
from headway.kernel.schema import Ref

DelegationId = Annotated[int, Ref("desk.Delegation")]


class Group(Enum):
    """The groups of a Desk, in their order."""

    DECIDE = "to_decide"
    SEND = "to_send"
    LATE = "late"
    ASKED = "people_wait_for_me"
    WAITING = "i_wait_for_people"
    AHEAD = "ahead_this_week"

    @property
    def title(self) -> str:
        """How people read it."""
        return _TITLES[self.value]


_TITLES = {
    "to_decide": "To decide",
    "to_send": "To send",
    "late": "Late or about to be",
    "people_wait_for_me": "People waiting for me",
    "i_wait_for_people": "I wait for people",
    "ahead_this_week": "Ahead this week",
}


@dataclass(frozen=True, slots=True)
class Ask:
    """What a person adds before an act: `kind` is 'text', 'percent' or 'date'."""

    name: str
    label: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Act:
    """The one main act of a line.

    use_case  carried out in place, with `inputs` and what `asks` collects; '' = opens a page instead.
    page      which page of the workspace it opens: 'my_week', 'month_close', 'level_plans', …; '' = the line's record.
    page_day  the day that the page shows, where it shows one. page_keys: projects that it begins with.
    page_person  whom it begins with; None = everybody.
    """

    label: str
    use_case: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    asks: tuple[Ask, ...] = ()
    page: str = ""
    page_day: date | None = None
    page_keys: tuple[str, ...] = ()
    page_person: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a figure of a line comes from: its name, its value, how it is found."""

    figure: str
    value: str
    formula: str


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that needs a person, as an area gives it.

    key       stable as long as the matter lasts: 'decision:12'. The part before the colon is its family.
    kind, record_id  the record it is about: a model's label ('projects.Decision') and an id.
    reason    why now: 'decision 3 working days late'.
    consequence  what happens if nothing is done; '' = nothing that is known.
    people    who waits for it, or who is waited for, by name.
    personal  nobody else can do it (one's own vote, one's own hours): it cannot be delegated.
    """

    key: str
    group: Group
    what: str
    project_id: int | None
    kind: str
    record_id: int
    reason: str
    act: Act
    stake: Stake
    consequence: str = ""
    due: date | None = None
    owner_id: int | None = None
    owner: str = ""
    people: tuple[str, ...] = ()
    personal: bool = False
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectLabel:
    """A project as a line names it."""

    id: int
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class DeskLine:
    """A matter in its place.

    points, factors  why it stands here; see `engine.ranking`.
    delegation_id    set when it was handed on: `delegated_by` to this person, or by this person `delegated_to`.
    came_back        why a snoozed line stands here before its time; '' otherwise.
    snoozed_until    set among the snoozed lines only.
    """

    key: str
    group: Group
    what: str
    project_id: int | None
    project_key: str
    project: str
    kind: str
    record_id: int
    reason: str
    consequence: str
    due: date | None
    owner: str
    people: tuple[str, ...]
    points: int
    factors: tuple[Factor, ...]
    act: Act
    evidence: tuple[Evidence, ...]
    personal: bool
    delegation_id: int | None = None
    delegated_by: str = ""
    delegated_to: str = ""
    note: str = ""
    came_back: str = ""
    snoozed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class GroupLines:
    """One group with its lines, the weightiest first."""

    group: Group
    title: str
    lines: tuple[DeskLine, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence: words, or a figure with how it was found and which lines it was counted from."""

    text: str
    formula: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the morning brief."""

    text: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class DoneRow:
    """Something this person did today. kind, record_id: a record that it changed; '' and 0 = none is noted."""

    at: datetime
    use_case: str
    summary: str
    kind: str
    record_id: int
    project_id: int | None
    project: str


@dataclass(frozen=True, slots=True)
class DayAhead:
    """A day of the coming week with the lines that fall on it."""

    day: date
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """A person's Desk at a moment. `day` is today where the organisation is."""

    day: date
    brief: tuple[Sentence, ...]
    groups: tuple[GroupLines, ...]
    snoozed: tuple[DeskLine, ...]
    done: tuple[DoneRow, ...]
    ahead: tuple[DayAhead, ...]


@dataclass(frozen=True, slots=True)
class SnoozeRow:
    """A line set aside until an instant."""

    key: str
    until: datetime


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """A line that one person handed to another."""

    id: int
    key: str
    what: str
    note: str
    project_id: int
    from_person: str
    to_person: str
    given_at: datetime
    ended_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody to whom a line of a project can be handed."""

    person_id: int
    name: str
