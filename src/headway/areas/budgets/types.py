"""What the budgets area takes and answers with. Amounts are unrounded; figures carry their formulas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated

from pydantic import Field

from headway.engine.earned_value import EarnedSchedule, EarnedValue
from headway.engine.forecast import Burn
from headway.engine.measures import Unit
from headway.engine.thresholds import BudgetState
from headway.kernel.schema import Ref

BudgetId = Annotated[int, Ref("budgets.Budget")]
BudgetAmount = Annotated[Decimal, Field(ge=0, max_digits=20, decimal_places=6)]
Delta = Annotated[Decimal, Field(max_digits=20, decimal_places=6)]
Line = Annotated[Decimal, Field(gt=0, le=1000, max_digits=8, decimal_places=4)]


class Basis(Enum):
    """What is counted: hours, their billable value, or their cost (which needs the right to see costs)."""

    HOURS = "hours"
    BILL = "bill"
    COST = "cost"


class BudgetScope(Enum):
    """Which hours a budget is for."""

    PROJECT = "project"
    PHASE = "phase"
    ROLE = "role"
    PERSON = "person"
    TASK = "task"
    ITEM = "item"


class BudgetKind(Enum):
    """How the work is paid. RETAINER: made with a retainer, and read by its periods."""

    FIXED_FEE = "fixed_fee"
    TIME_AND_MATERIALS_CAP = "time_and_materials_cap"
    RETAINER = "retainer"
    NON_BILLABLE = "non_billable"


class ChangeState(Enum):
    """Whether a change of the budget counts."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A budget: baseline, approved changes and current amount apart, with what is spent of it.

    baseline  None = not counted (a person without a budget).
    of        the phase, role, task or contract line it is for; '' for the whole project or a person.
    pending   changes asked for and not yet decided; not part of `current`.
    expenses  count beside the hours; of `spent`, `spent_on_expenses`.
    stops_billing  at the cap, new entries turn non-billable.
    lines     the alert lines, in percent; own_lines False = those of the project's rule.
    """

    id: int
    name: str
    basis: Basis
    currency: str
    scope: BudgetScope
    of: str
    person_id: int | None
    person: str
    kind: BudgetKind
    billable_only: bool
    expenses: bool
    stops_billing: bool
    baseline: Decimal | None
    approved_changes: Decimal
    current: Decimal | None
    pending: Decimal
    spent: Decimal
    spent_on_expenses: Decimal
    state: BudgetState | None
    approved: bool
    approved_on: date | None
    approved_by: str
    lines: tuple[Decimal, ...]
    own_lines: bool
    task_uid: int | None
    item_id: int | None
    version: int


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change of the budget: hours, money and days may be negative.

    budget_id  None = the project's main budgets: hours to the one in hours, money to the one in money.
    """

    id: int
    number: int
    ref: str
    title: str
    reason: str
    budget_id: int | None
    hours: Decimal
    money: Decimal
    currency: str
    days: int
    state: ChangeState
    requested_by: str
    requested_at: datetime
    decided_by: str
    decided_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert raised once: a line of the budget, its forecast or its runway. `already` = crossed before the rule.

    mail_id  the mail that was prepared from its draft; None = none yet.
    """

    id: int
    budget_id: int
    budget: str
    kind: str
    line: Decimal
    percent: Decimal | None
    already: bool
    text: str
    raised_at: datetime
    draft: bool
    mail_id: int | None


@dataclass(frozen=True, slots=True)
class BurnFigures:
    """The burn of one budget, or of the project's hours where no budget is set.

    percent_method   how % complete is known.
    forecast_range   lowest and highest of the three forecasts, which are never averaged.
    """

    budget_id: int | None
    name: str
    basis: Basis
    unit: Unit
    currency: str
    as_of: date
    state: BudgetState | None
    burn: Burn
    forecast_range: tuple[Decimal, Decimal] | None
    range_text: str
    percent_method: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One week of the S-curve, by its last working day. Planned to the end, actual to the status date.

    ev  at the status date only: what was earned in earlier weeks is in the snapshots of those weeks.
    """

    day: date
    pv: Decimal | None
    ev: Decimal | None
    ac: Decimal | None


@dataclass(frozen=True, slots=True)
class PlannedFigures:
    """Planned value by week from the current baseline. `basis_text` says what was counted."""

    basis: Basis
    unit: Unit
    currency: str
    basis_text: str
    baseline: str
    bac: Decimal | None
    points: tuple[CurvePoint, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EarnedFigures:
    """Earned value and earned schedule of one status date, with the S-curve.

    schedule  None where the baseline holds nothing to earn; `notes` says why.
    """

    basis: Basis
    unit: Unit
    currency: str
    basis_text: str
    baseline: str
    as_of: date
    value: EarnedValue
    schedule: EarnedSchedule | None
    curve: tuple[CurvePoint, ...]
    percent_method: str
    notes: tuple[str, ...]
