"""Where a value comes from: its rows and cases, versions of formula and target, and all its revisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from headway.areas.metrics.types import FormulaRow, Point, Provenance, TargetRow


@dataclass(frozen=True, slots=True)
class Revision:
    """One stored state of a period's sample."""

    number: int
    shown: str
    numerator: Decimal | None
    denominator: Decimal | None
    n: int | None
    provenance: Provenance
    said_by: str
    reason: str
    as_of: datetime
    recorded_at: datetime
    confirmed: bool
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case of a period, as it was judged: in business minutes."""

    ref: str
    priority: str
    start: datetime
    stop: datetime | None
    minutes: Decimal
    promised: int | None
    due: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a value comes from: its rows, the formula's version, the target's version, thresholds, and revisions."""

    kpi_id: int
    name: str
    point: Point
    formula: FormulaRow
    target: TargetRow | None
    values: tuple[Decimal, ...]
    cases: tuple[CaseRow, ...]
    detail: dict[str, Any]
    revisions: tuple[Revision, ...]
