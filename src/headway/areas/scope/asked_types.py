"""What an approver of a change request is shown who does not work on the project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from headway.areas.scope.effects import MilestoneShift


@dataclass(frozen=True, slots=True)
class ContractLine:
    """A line of the scope statement that an option touches, with what was agreed for it; None = nothing."""

    ref: str
    text: str
    hours: Decimal | None
    fee: Decimal | None


@dataclass(frozen=True, slots=True)
class AskedOption:
    """An option as an approver outside decides on it: days, hours and fees; nobody's workload, no cost.

    milestones  those that are ahead. hours: that it adds to the contract.
    fee         that it adds; None where nothing says.
    risks       it brings, in words.
    """

    number: int
    name: str
    nothing: bool
    recommended: bool
    steps: tuple[str, ...]
    finish: datetime | None
    finish_days: int
    milestones: tuple[MilestoneShift, ...]
    hours: Decimal
    fee: Decimal | None
    lines: tuple[ContractLine, ...]
    risks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskedChange:
    """A change request exactly as its approvers decide on it.

    contract_hours, contract_fee  agreed in all for what is in scope when it was sent.
    options  the recommended one first.
    """

    ref: str
    title: str
    description: str
    why: str
    if_nothing: str
    recommendation: str
    asked_by: str
    asked_on: date
    decide_by: date | None
    currency: str
    contract_hours: Decimal
    contract_fee: Decimal | None
    options: tuple[AskedOption, ...]
