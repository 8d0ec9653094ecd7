"""How days stand in a sentence."""

from __future__ import annotations

from datetime import datetime

import pytest

from headway.engine.days import WITH_YEAR, DayWriting

MARCH = datetime(2026, 3, 13, 17)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (DayWriting(), "Fri 13 Mar 2026"),
        (DayWriting(this_year=2026), "Fri 13 Mar"),
        (DayWriting(this_year=2025), "Fri 13 Mar 2026"),
        (DayWriting(month_first=True), "Fri, Mar 13, 2026"),
        (DayWriting(month_first=True, this_year=2026), "Fri, Mar 13"),
        (DayWriting(month_first=True, this_year=2025), "Fri, Mar 13, 2026"),
    ],
)
def test_a_day_is_written_as_the_house_writes_it_with_the_year_where_it_is_another(days: DayWriting, said: str) -> None:
    assert days.of(MARCH) == said


def test_a_moment_has_its_time_behind_the_day() -> None:
    assert WITH_YEAR.with_time(MARCH) == "Fri 13 Mar 2026, 17:00"
