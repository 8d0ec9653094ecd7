"""Plain and compiled code give the same numbers, and the table of work periods gives those of the calendars."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.plan_builder import MONDAY, NIGHT, ROUND_THE_CLOCK, STANDARD, link, plan, task
from tests.engine.test_cpm_finish import mirrored, round_the_clock
from tests.engine.test_cpm_properties import plans
from tests.engine.test_cpm_whatif import edited, refusal
from tests.examples import examples

from headway.engine.calendars import ELAPSED, CalendarAxis, instant
from headway.engine.cpm import calculation, kernel
from headway.engine.cpm.calculation import calculate
from headway.engine.cpm.clock import Clock
from headway.engine.cpm.outcome import Dated, outcome
from headway.engine.plan import Plan, PlanError


@pytest.fixture
def compiled_at_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr(calculation, "COMPILED_FROM", 0)
    assert calculation.compiled_code(0, patience=300) is not None


def both(problem: Plan) -> None:
    refused = refusal(partial(calculate, problem))
    assert refusal(partial(calculate, problem, compiled=True)) == refused
    if refused:
        return
    plain = calculate(problem)
    fast = calculate(problem, compiled=True)
    assert fast.compiled
    assert fast.dates.tolist() == plain.dates
    assert outcome(Dated(fast)) == outcome(Dated(plain))


@pytest.mark.slow
@pytest.mark.usefixtures("compiled_at_any_size")
def test_both_give_the_same_numbers() -> None:
    @settings(max_examples=examples(60), deadline=None)
    @given(plans(), st.data())
    def compared(problem: Plan, data: st.DataObject) -> None:
        both(problem)
        both(data.draw(edited(problem)))

    @settings(max_examples=30, deadline=None)
    @given(round_the_clock())
    def compared_from_finish(problem: Plan) -> None:
        both(mirrored(problem))

    compared()
    compared_from_finish()


@pytest.mark.slow
@pytest.mark.usefixtures("compiled_at_any_size")
def test_both_go_on_where_the_work_periods_end() -> None:
    rows = [task(uid, 200) for uid in range(1, 60)]
    both(plan(*rows, links=tuple(link(uid, uid + 1) for uid in range(1, 59))))


def test_small_plans_do_without_compiled_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(patience: float) -> object:
        raise AssertionError("a small plan waits for no compiler")

    monkeypatch.setattr(calculation._loader, "code", refused)
    assert not calculate(plan(task(1)), compiled=True).compiled


AXES = [CalendarAxis([calendar]) for calendar in (STANDARD, NIGHT, ROUND_THE_CLOCK)]


@settings(max_examples=examples(200), deadline=None)
@given(st.sampled_from([ELAPSED, *AXES]), st.integers(-3_000_000, 60_000_000), st.integers(-9_000_000, 9_000_000))
def test_the_table_of_work_periods_is_that_of_the_calendar(axis: CalendarAxis, tenths: int, amount: int) -> None:
    start = instant(MONDAY)
    clock = Clock(start)
    number, edge = clock.number(axis), [0]
    at = start + tenths

    def asked(function: object, *what: int) -> int:
        while True:
            edge[0] = 0
            found = int(function(clock.list(), edge, number, *what))  # type: ignore[operator]
            if not edge[0]:
                return found
            clock.beyond(edge[0])

    there = asked(lambda *what: kernel.start_at(*what[:3], kernel.position(*what) + amount), at)
    assert there == axis.start_at(axis.position(at) + amount)
    back = asked(lambda *what: kernel.finish_at(*what[:3], kernel.position(*what) + amount), at)
    assert back == axis.finish_at(axis.position(at) + amount)
    assert asked(kernel.between, at, there) == axis.between(at, there)


def test_a_date_beyond_all_periods_is_an_error_that_names_the_calendar() -> None:
    clock = Clock(instant(MONDAY))
    number = clock.number(AXES[0])
    for _ in range(4):  # 1,200 days, four times as many, …
        clock.beyond(number + 1)
    with pytest.raises(PlanError, match=r"'Standard'.*outside the years 1800 to 2599"):
        clock.beyond(number + 1)
