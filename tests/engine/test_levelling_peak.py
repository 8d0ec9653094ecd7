"""The least units that keep a finish."""

from __future__ import annotations

from hypothesis import given, settings
from tests.engine.levelling_problems import crew, problems
from tests.examples import examples

from headway.engine.levelling.peak import least_peaks
from headway.engine.levelling.problem import Activity, Precedence, Problem, Result, makespan, violations
from headway.engine.levelling.search import Code, search


def keep(problem: Problem, limit: int) -> Result:
    return search(problem, schedules=120, enough=limit, code=Code.PLAIN)


def test_more_time_needs_fewer_people() -> None:
    problem = crew(2, 2, 2, 2, units=4)
    peaks = [least_peaks(problem, limit, keep) for limit in (2, 4, 8)]
    assert [found.peaks for found in peaks if found] == [(4,), (2,), (1,)]


def test_a_limit_that_cannot_be_kept_gives_nothing() -> None:
    assert least_peaks(crew(2, 2, units=1), 3, keep) is None


def test_the_dearest_resource_is_cut_first() -> None:
    activities = (Activity(2, (1, 1)), Activity(2, (1, 0)), Activity(2, (0, 1)))
    problem = Problem(activities, (Precedence(0, 1),), ((2, 2)[:1], (2,)))
    found = least_peaks(problem, 4, keep, order=(1, 0))
    assert found is not None
    assert found.peaks == (1, 1)


@settings(max_examples=examples(40), deadline=None)
@given(problems(6, calendars=False))
def test_what_is_found_keeps_the_limit_and_the_peaks(problem: Problem) -> None:
    limit = search(problem, schedules=60, code=Code.PLAIN).makespan + 2
    found = least_peaks(problem, limit, keep)
    assert found is not None
    assert makespan(problem, found.starts) <= limit
    assert violations(problem, found.starts) == []
