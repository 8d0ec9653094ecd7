"""Days of many people as tables: kept and read again, added up over plans, summed by stretches."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from headway.engine.capacity import DayWork, Portion, over_all
from headway.engine.load_table import Totals, added, by_stretch, pack, table_of, unpack
from headway.engine.units import WorkTime

FIRST = date(2026, 3, 2)
DAYS = 14

days = st.lists(
    st.tuples(st.integers(0, DAYS - 1), st.integers(0, 9600), st.integers(0, 4800)),
    max_size=DAYS,
    unique_by=lambda day: day[0],
)


def _work(rows: list[tuple[int, int, int]]) -> tuple[DayWork, ...]:
    return tuple(DayWork(FIRST + timedelta(days=day), WorkTime(work), WorkTime(room)) for day, work, room in rows)


@given(st.lists(days, min_size=1, max_size=4))
def test_over_all_plans_it_is_what_the_plain_sum_says(plans: list[list[tuple[int, int, int]]]) -> None:
    totals = Totals(1, first=FIRST, days=DAYS)
    for rows in plans:
        totals.add(table_of([_work(rows)], first=FIRST, days=DAYS), [0], [0])
    plain = over_all(Portion(number, _work(rows)) for number, rows in enumerate(plans))
    known = {day.day: (day.planned.tenths, day.capacity.tenths) for day in plain.days}
    for column in range(DAYS):
        told = known.get(FIRST + timedelta(days=column), (0, 0))
        assert (int(totals.planned[0, column]), int(totals.capacity[0, column])) == told


@given(st.lists(days, min_size=1, max_size=3))
def test_what_is_kept_is_read_again(people: list[list[tuple[int, int, int]]]) -> None:
    table = table_of([_work(rows) for rows in people], first=FIRST, days=DAYS)
    again = unpack(pack(table), first=FIRST, people=len(people))
    assert np.array_equal(again.planned, table.planned)
    assert np.array_equal(again.capacity, table.capacity)


def test_a_table_that_begins_on_another_day_is_laid_in_its_place() -> None:
    totals = Totals(1, first=FIRST, days=3)
    later = table_of([_work([(1, 600, 4800), (2, 1200, 4800)])], first=FIRST + timedelta(days=1), days=2)
    totals.add(later, [0], [0])
    assert totals.planned.tolist() == [[0, 600, 1200]]
    totals.add(table_of([()], first=FIRST - timedelta(days=9), days=2), [0], [0])  # lies before: nothing
    assert totals.planned.tolist() == [[0, 600, 1200]]


def test_somebody_who_stands_in_a_plan_twice_has_both_amounts() -> None:
    totals = Totals(1, first=FIRST, days=1)
    totals.add(table_of([_work([(0, 600, 4800)]), _work([(0, 300, 2400)])], first=FIRST, days=1), [0, 0], [0, 1])
    assert (totals.planned.tolist(), totals.capacity.tolist()) == ([[900]], [[4800]])


def test_stretches_count_the_days_on_which_more_is_planned_than_fits() -> None:
    planned = np.array([[1, 3, 0, 2], [0, 0, 5, 5]])
    capacity = np.array([[2, 2, 2, 2], [2, 2, 2, 2]])
    found = by_stretch(planned, capacity, (0, 2))
    assert (found.planned.tolist(), found.over.tolist()) == ([[4, 2], [0, 10]], [[1, 0], [0, 2]])
    assert added(found, (0, 1)).capacity.tolist() == [[8, 8]]
    assert by_stretch(planned[:0], capacity[:0], (0, 2)).planned.shape == (0, 2)
