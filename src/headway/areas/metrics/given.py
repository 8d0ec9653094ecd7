"""What the metrics area is given: targets, promises, samples and cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints

from headway.engine.kpi.service import Counts

Number = Annotated[Decimal, Field(max_digits=24, decimal_places=6)]
Count = Annotated[int, Field(ge=0, le=500_000_000)]
Unit = Annotated[str, StringConstraints(max_length=20, strip_whitespace=True)]
Period = Annotated[str, StringConstraints(min_length=4, max_length=40, strip_whitespace=True)]
Minutes = Annotated[int, Field(ge=1, le=5_256_000)]


@dataclass(frozen=True, slots=True)
class GivenTarget:
    """A target as it is set; see `engine.kpi.judging.Target`."""

    value: Number
    high: Number | None = None
    amber: Number | None = None
    red: Number | None = None
    zero: bool = False


@dataclass(frozen=True, slots=True)
class Promised:
    """In how many business minutes a case of a priority is to be done; priority '' = every other one."""

    priority: Annotated[str, StringConstraints(max_length=40)]
    minutes: Minutes


@dataclass(frozen=True, slots=True)
class GivenSample:
    """What was measured in one period.

    period   any day or time in it ('2026-02-14'), or its name ('2026-02', '2026-W09', 'Q1 2026', '2026').
    values   single values, of percentiles, averages and durations.
    met, missed, overdue, open, paused  how promises came out, of a service level.
    as_of    what it tells of; None = the period's end, or now while it runs.
    """

    period: Period
    value: Number | None = None
    numerator: Number | None = None
    denominator: Number | None = None
    n: Count | None = None
    values: Annotated[tuple[Number, ...], Field(max_length=20_000)] = ()
    met: Count | None = None
    missed: Count | None = None
    overdue: Count | None = None
    open: Count | None = None
    paused: Count | None = None
    as_of: datetime | None = None

    @property
    def has_counts(self) -> bool:
        """Whether it tells how promises came out."""
        return any(count is not None for count in (self.met, self.missed, self.overdue, self.open, self.paused))

    @property
    def counts(self) -> Counts:
        """How promises came out."""
        return Counts(self.met or 0, self.missed or 0, self.overdue or 0, self.open or 0, self.paused or 0)


@dataclass(frozen=True, slots=True)
class GivenPause:
    """A time in which a clock stood still; `end` None = it still does."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class GivenCase:
    """One case of a service level or a duration: when its clock began and stopped, its pauses and priority."""

    start: datetime
    stop: datetime | None = None
    priority: Annotated[str, StringConstraints(max_length=40)] = ""
    pauses: tuple[GivenPause, ...] = ()
    ref: Annotated[str, StringConstraints(max_length=80)] = ""
