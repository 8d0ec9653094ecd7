"""How days stand in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DayWriting:
    """'Fri 13 Mar 2026', with the month first 'Fri, Mar 13, 2026'.

    this_year  the year that is left out, for the reader knows it; None = none is.
    """

    month_first: bool = False
    this_year: int | None = None

    def of(self, at: datetime) -> str:
        """One day in words."""
        with_year = at.year != self.this_year
        if self.month_first:
            return f"{at:%a, %b} {at.day}" + (f", {at.year}" if with_year else "")
        return f"{at:%a} {at.day} {at:%b}" + (f" {at.year}" if with_year else "")

    def with_time(self, at: datetime) -> str:
        """One moment in words: 'Fri 13 Mar 2026, 17:00'."""
        return f"{self.of(at)}, {at:%H:%M}"


WITH_YEAR = DayWriting()
