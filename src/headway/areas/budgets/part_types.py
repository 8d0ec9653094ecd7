"""What is told of burn by part, of earned value by period, and of a variance by cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from headway.areas.budgets.types import Basis
from headway.engine.earned_value import EacVariant
from headway.engine.measures import Measure, Unit
from headway.engine.variance import Cause


class Side(Enum):
    """Where hours stand to the agreed scope."""

    IN = "in scope"
    CHANGE = "approved changes"
    OUT = "out of scope"
    UNNAMED = "rows of no contract line"
    STANDING = "standing work"


@dataclass(frozen=True, slots=True)
class EntriesOf:
    """The entries of one row of the plan, or of a phase where they name no row (task_uid None)."""

    label: str
    task_uid: int | None
    phase: str
    hours: Decimal


@dataclass(frozen=True, slots=True)
class BurnLine:
    """What one part of a project burned, percent complete beside percent spent.

    budget      hours: the part's own budget, else what is contracted; None = none is set.
    value, cost  in the project's currency; None without the right to see them.
    complete_by  how percent complete is known, or why it is not.
    entries     the entries it is made of, the most hours first.
    """

    side: Side | None
    name: str
    ref: str
    deliverable: str
    item_id: int | None
    person_id: int | None
    hours: Decimal
    billable_hours: Decimal
    value: Decimal | None
    cost: Decimal | None
    budget: Decimal | None
    percent_spent: Decimal | None
    percent_complete: Decimal | None
    complete_by: str
    entries: tuple[EntriesOf, ...] = ()

    @property
    def gap(self) -> Decimal | None:
        """Percent spent less percent complete, in points."""
        if self.percent_spent is None or self.percent_complete is None:
            return None
        return self.percent_spent - self.percent_complete


@dataclass(frozen=True, slots=True)
class BurnByPart:
    """The burn of a project to a day by deliverable and contract line, and by phase, role and person.

    sides     one sum for each side that has hours, in the order of `Side`.
    people    None for those who may not see other people's hours.
    agreed    whether an approved scope statement says what is in scope; without it hours on rows of no contract line
              are not called outside.
    """

    as_of: date
    currency: str
    whole: BurnLine
    lines: tuple[BurnLine, ...]
    sides: tuple[BurnLine, ...]
    phases: tuple[BurnLine, ...]
    roles: tuple[BurnLine, ...]
    people: tuple[BurnLine, ...] | None
    agreed: bool
    notes: tuple[str, ...]


class PeriodLength(Enum):
    """By what earned value is told along time."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class EarnedPeriod:
    """Earned value at the end of one period, or at the status date inside of it.

    done       the period has passed, or the status date lies in it; else only `pv` is known.
    planned, earned, actual  of the period alone.
    pv … spi_t, eac  cumulative, unrounded; None where there is nothing to divide by or no record.
    method     how percent complete was known then.
    """

    first: date
    last: date
    done: bool
    pv: Decimal | None
    ev: Decimal | None
    ac: Decimal | None
    planned: Decimal | None
    earned: Decimal | None
    actual: Decimal | None
    cv: Decimal | None
    sv: Decimal | None
    cpi: Decimal | None
    spi: Decimal | None
    es: Decimal | None
    spi_t: Decimal | None
    eac: Decimal | None
    percent_complete: Decimal | None
    percent_spent: Decimal | None
    method: str


@dataclass(frozen=True, slots=True)
class EarnedByPeriod:
    """Earned value and earned schedule by week or month, to a status date, against the current baseline.

    variant  which estimate at completion `eac` is.  finish: the last day of the baseline.
    """

    length: PeriodLength
    basis: Basis
    unit: Unit
    currency: str
    basis_text: str
    baseline: str
    as_of: date
    finish: date | None
    variant: EacVariant
    variant_text: str
    bac: Decimal | None
    periods: tuple[EarnedPeriod, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VarianceCause:
    """One cause of a difference, with the figure it is."""

    cause: Cause
    amount: Measure
    why: str


@dataclass(frozen=True, slots=True)
class ExplainedVariance:
    """Why a project's hours, or money, differ from the budget. The causes add up to `total` exactly, in their order.

    outcome   what the budget is compared with, and how it is known.
    sentence  for the client: from hours alone, without any rate; '' where nothing can be said.
    """

    as_of: date
    basis: Basis
    unit: Unit
    currency: str
    budget: Measure
    outcome: Measure
    total: Measure
    causes: tuple[VarianceCause, ...]
    sentence: str
    order_text: str
    notes: tuple[str, ...]
