"""What an approved estimate is told beside what was worked: lines, phases, roles, and what no line foresaw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from headway.areas.estimates.types import EstimateRow
from headway.engine.measures import HUNDRED


@dataclass(frozen=True, slots=True)
class WorkedOn:
    """Hours that name the same row of the plan, or the same phase where they name none (task_uid None).

    role  '' = none named; None = of every role. phase None = of every phase and row.
    """

    label: str
    task_uid: int | None
    phase: str | None
    role: str | None
    hours: Decimal


@dataclass(frozen=True, slots=True)
class AgainstRow:
    """One line, phase or role of an estimate beside what was worked on it.

    number     of the line in the outline; '' for roles and for what is not in the estimate.
    estimated  expected hours; None for a line in money, and for what is not in the estimate.
    amount     expected amount; value: of the hours worked at the rates on them, None without the right to see it.
    entries    what the hours are made of, the most first.
    """

    name: str
    number: str
    level: int
    group: bool
    estimated: Decimal | None
    worked: Decimal
    amount: Decimal | None
    value: Decimal | None
    entries: tuple[WorkedOn, ...]

    @property
    def over(self) -> Decimal | None:
        """Hours more than estimated; negative = fewer."""
        return None if self.estimated is None else self.worked - self.estimated

    @property
    def percent(self) -> Decimal | None:
        """Worked in percent of estimated."""
        return HUNDRED * self.worked / self.estimated if self.estimated else None


@dataclass(frozen=True, slots=True)
class AgainstActual:
    """A project's approved estimate beside its hours of every status, up to a day or all. Amounts in `currency`.

    estimate   None while none is approved: then all hours stand outside.
    lines      in outline order; a group is the sum of what is below it. outside: hours that no line foresaw.
    roles      of the estimate, then others' (`estimated` None).
    whole      everything together; its `value` as of `AgainstRow`.
    inside     hours on the lines.  p80: hours that four of five times are enough.
    scaled     the lines are scaled by finished work, as the estimate's own sums are.
    """

    project_id: int
    key: str
    project: str
    closed: bool
    estimate: EstimateRow | None
    until: date | None
    currency: str
    lines: tuple[AgainstRow, ...]
    outside: tuple[AgainstRow, ...]
    roles: tuple[AgainstRow, ...]
    whole: AgainstRow
    inside: Decimal
    p80: Decimal | None
    scaled: bool
    notes: tuple[str, ...]
