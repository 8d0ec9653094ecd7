"""What the scope statement takes and answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any


class ItemKind(Enum):
    """What a line of the scope statement is."""

    IN = "in"
    OUT = "out"
    ASSUMPTION = "assumption"
    CONSTRAINT = "constraint"

    @property
    def word(self) -> str:
        """As people read it."""
        return {"in": "In scope", "out": "Out of scope"}.get(self.value, self.value.capitalize())


class StatementState(Enum):
    """Where a version of the scope statement stands."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class DeliveringTask:
    """A row of the plan that delivers an item, itself or by all below it."""

    id: int
    uid: int
    name: str
    finish: datetime | None
    percent_complete: Decimal


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A line of the scope statement.

    hours    contracted; None = none agreed. fee: None also for who may not see money.
    percent  complete, by the durations of the rows that deliver it; None without such rows.
    burned   hours logged on those rows; members' own only.
    """

    id: int
    number: int
    ref: str
    kind: ItemKind
    deliverable: str
    text: str
    acceptance: str
    hours: Decimal | None
    fee: Decimal | None
    currency: str
    tasks: tuple[DeliveringTask, ...]
    percent: Decimal | None
    burned: Decimal | None
    version: int

    @property
    def left(self) -> Decimal | None:
        """Contract hours less those burned; negative = more was worked than agreed."""
        return None if self.hours is None or self.burned is None else self.hours - self.burned


@dataclass(frozen=True, slots=True)
class StatementVersion:
    """A version of the scope statement that was sent for approval; `items` as they were then."""

    id: int
    number: int
    state: StatementState
    note: str
    asked_by: str
    asked_at: datetime
    decided_at: datetime | None
    decided_by: str
    reason: str
    digest: str
    items: tuple[dict[str, Any], ...]
    version: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A project's scope statement as it stands.

    hours, fee  agreed in all, of what is in scope. burned: on the rows that deliver it.
    unnamed     hours that name no row and no phase of the items' rows: not burned on any; members' own only.
    unlinked    items in scope that no row of the plan delivers.
    approved    the newest approved version; `changed` tells what differs since, in words.
    charter     lines of the charter's lists that no item says.
    """

    items: tuple[ItemRow, ...]
    hours: Decimal
    fee: Decimal | None
    currency: str
    burned: Decimal
    unnamed: Decimal
    unlinked: int
    approved: StatementVersion | None
    asked: StatementVersion | None
    changed: tuple[str, ...]
    charter: tuple[tuple[ItemKind, str], ...]
