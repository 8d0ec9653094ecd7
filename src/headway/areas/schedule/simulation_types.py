"""What the kept simulation of a plan answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from headway.areas.projects.risk_types import RiskKind
from headway.areas.schedule.types import FinishChances


@dataclass(frozen=True, slots=True)
class DeadlineChance:
    """How probably a project's deadline is met, 0 to 1, with its 95 % interval.

    name       'Last day of the charter', or the task whose deadline it is; then `task` is that task's id.
    p80        what 8 of 10 runs keep of what the deadline is for: the task, or the whole plan.
    late_days  working days from the deadline to that; below 0 it lies before.
    """

    name: str
    task: int | None
    day: date
    probability: Decimal
    low: Decimal
    high: Decimal
    p80: datetime
    late_days: int


@dataclass(frozen=True, slots=True)
class RiskCost:
    """What a risk does to the finish that 8 of 10 runs keep (P80); in working days.

    chance, residual_chance  percent, now and after the response. days  least, likely and most.
    tasks   how many open tasks it hits.
    costs   by how much the P80 is earlier without it; below 0: an opportunity, whose loss would make it later.
    saves   by how much the P80 is earlier once its response is carried out; None = no residual risk is given.
    """

    risk_id: int
    ref: str
    title: str
    kind: RiskKind
    chance: Decimal
    days: tuple[Decimal, ...]
    residual_chance: Decimal | None
    residual_days: tuple[Decimal, ...]
    tasks: int
    p80_without: datetime
    costs: int
    p80_after: datetime | None
    saves: int | None


@dataclass(frozen=True, slots=True)
class Chances:
    """A simulation of a plan with its risks.

    without_risks     the P80 if no risk happened and no opportunity came.
    after_responses   the P80 once every planned response is carried out; None where no risk says what is left of it.
    """

    finish: FinishChances
    deadline: DeadlineChance | None
    risks: tuple[RiskCost, ...]
    without_risks: datetime
    after_responses: datetime | None


@dataclass(frozen=True, slots=True)
class KeptSimulation:
    """The newest simulation of a plan, with what it was computed from.

    chances  None while none was computed yet.
    current  whether plan, risks, baseline and deadline are still those.
    working  whether one is being computed; `told` says how far it is.
    fault    why the last one could not be computed.
    """

    chances: Chances | None
    computed_at: datetime | None
    plan_version: int | None
    current: bool
    working: bool
    told: str
    percent: int
    fault: str


@dataclass(frozen=True, slots=True)
class RiskTaskRow:
    """A task that a risk hits. `open`: it is not complete, so the risk can still change it."""

    risk_id: int
    task: int
    uid: int
    row: int
    name: str
    open: bool
