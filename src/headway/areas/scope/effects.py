"""The computed effect of an option: what is stored with it, and what a reader may see of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from headway.kernel.schema import to_json


@dataclass(frozen=True, slots=True)
class MilestoneShift:
    """A milestone before and after; `days` working days, positive = later."""

    name: str
    old: date | None
    new: date | None
    days: int | None


@dataclass(frozen=True, slots=True)
class DeadlineShift:
    """A deadline that is newly missed, or met again."""

    name: str
    deadline: datetime
    finish: datetime


@dataclass(frozen=True, slots=True)
class HoursShift:
    """Planned hours of a person, or of a role nobody is named for, before and after."""

    name: str
    of_role: bool
    old: Decimal
    new: Decimal

    @property
    def more(self) -> Decimal:
        """Hours that come to it."""
        return self.new - self.old


@dataclass(frozen=True, slots=True)
class OverfullPerson:
    """Somebody with more work than time: first and last such day, percent of the worst."""

    name: str
    first: date
    last: date
    worst_percent: int


@dataclass(frozen=True, slots=True)
class HealthShift:
    """A dimension of health before and after, with the rule's reason for the new colour."""

    dimension: str
    old: str
    new: str
    reason: str
    of_budgets: bool


@dataclass(frozen=True, slots=True)
class ScopeTouched:
    """An item of the scope statement whose rows of the plan the option changes or moves; with what was agreed for it.

    hours, fee  of the contract; None = none agreed, and for who may not see money no fee.
    """

    ref: str
    text: str
    hours: Decimal | None = None
    fee: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class ProjectTouched:
    """What another project feels of an option: its plan waits for this one and moves, or people of it are asked here.

    id, key, name  None and '' where the reader may not see inside it.
    finish_days    working days by which it finishes later. moved, deadlines_broken: rows of its plan.
    people         who is asked for more here and has work there, each in words.
    """

    id: int | None
    key: str
    name: str
    finish_days: int = 0
    moved: int = 0
    deadlines_broken: int = 0
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OptionEffect:
    """What an option does, computed from the plan as it stood at `plan_version`.

    finish_days   working days by which the finish comes later.
    slack_days    the most slack that a row loses, in working days; `slack_of` names the row.
    critical      rows on the critical path before and after.
    old_hours, new_hours  work of the plan and, after, hours of roles.
    old_cost, new_cost    work at cost rates, and once only costs; None where no rate says.
    uncosted      whose hours have no cost rate.
    more_bill     what the client would pay for the hours, and once only costs; None where no bill rate says.
    old_eac, new_eac      hours at completion; None where nothing measures them. `eac_from` tells how.
    old_eac_cost, new_eac_cost  money at completion, at cost. `eac_cost_from` tells how.
    elsewhere     other projects that feel it, those that finish later first.
    not_computed  what could not be, and why.
    """

    computed_at: datetime
    computed_by: str
    plan_version: int
    old_finish: datetime | None
    new_finish: datetime | None
    finish_days: int
    moved: int
    milestones: tuple[MilestoneShift, ...]
    old_critical: int
    new_critical: int
    slack_days: Decimal | None
    slack_of: str
    deadlines_broken: tuple[DeadlineShift, ...]
    deadlines_met: tuple[DeadlineShift, ...]
    hours: tuple[HoursShift, ...]
    old_hours: Decimal
    new_hours: Decimal
    old_cost: Decimal | None
    new_cost: Decimal | None
    currency: str
    one_off: Decimal
    uncosted: tuple[str, ...]
    more_bill: Decimal | None
    old_eac: Decimal | None
    new_eac: Decimal | None
    eac_from: str
    over_capacity: tuple[OverfullPerson, ...]
    relieved: tuple[OverfullPerson, ...]
    health: tuple[HealthShift, ...]
    scope: tuple[ScopeTouched, ...]
    warnings: tuple[str, ...]
    not_computed: tuple[str, ...]
    sentence: str
    old_eac_cost: Decimal | None = None
    new_eac_cost: Decimal | None = None
    eac_cost_from: str = ""
    elsewhere: tuple[ProjectTouched, ...] = ()

    @property
    def more_hours(self) -> Decimal:
        """Hours that come to the project."""
        return self.new_hours - self.old_hours

    @property
    def more_cost(self) -> Decimal | None:
        """Money that comes to the project."""
        return None if self.old_cost is None or self.new_cost is None else self.new_cost - self.old_cost


@cache
def _adapter() -> TypeAdapter[OptionEffect]:
    return TypeAdapter(OptionEffect)


def packed(effect: OptionEffect) -> dict[str, Any]:
    """The effect as JSON."""
    found: dict[str, Any] = to_json(effect)
    return found


def unpacked(stored: Any) -> OptionEffect | None:
    """The effect of that JSON; None for none."""
    return None if not stored else _adapter().validate_python(stored)


def readable(
    effect: OptionEffect | None, *, costs: bool, budgets: bool, inside: Collection[int] | None = None
) -> OptionEffect | None:
    """The effect without what this reader may not see: costs, figures of budgets, names of other projects.

    inside  the projects that the reader may see inside; None = all.
    """
    if effect is None:
        return None
    found = effect
    if inside is not None:
        found = replace(found, elsewhere=tuple(_named(row, inside) for row in found.elsewhere))
    if not costs:
        found = replace(found, old_cost=None, new_cost=None, uncosted=())
    if not budgets:
        health = tuple(row for row in found.health if not row.of_budgets)
        scope = tuple(replace(row, fee=None) for row in found.scope)
        found = replace(found, old_eac=None, new_eac=None, eac_from="", more_bill=None, health=health, scope=scope)
    if not (costs and budgets):
        found = replace(found, old_eac_cost=None, new_eac_cost=None, eac_cost_from="")
    return found


def _named(row: ProjectTouched, inside: Collection[int]) -> ProjectTouched:
    return row if row.id in inside else replace(row, id=None, key="", name="")


def digest_of(shown: Any) -> str:
    """SHA-256 of JSON in one canonical form."""
    text = json.dumps(shown, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def uids_touched(changes: Collection[dict[str, Any]]) -> set[int]:
    """Rows of the plan that some stored changes name."""
    named = (change.get(name) for change in changes for name in ("task", "other"))
    return {uid for uid in named if isinstance(uid, int) and uid > 0}
