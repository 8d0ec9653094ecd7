"""How the effect of a change is told."""

from __future__ import annotations

from datetime import datetime

import pytest

from headway.areas.schedule.effect import DayWriting

MARCH = datetime(2026, 3, 13, 17)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (DayWriting(), "Fri 13 Mar"),
        (DayWriting(year=2026), "Fri 13 Mar"),
        (DayWriting(year=2025), "Fri 13 Mar 2026"),
        (DayWriting(month_first=True), "Fri, Mar 13"),
        (DayWriting(month_first=True, year=2025), "Fri, Mar 13, 2026"),
    ],
)
def test_a_day_is_written_as_the_house_writes_it_with_the_year_where_it_is_another(days: DayWriting, said: str) -> None:
    assert days.of(MARCH) == said
