"""The search: best answers on small problems, allowed ones on all, the same on any threads and either code."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.levelling_problems import best_makespan, crew, problems
from tests.examples import examples

from headway.engine.levelling.problem import Activity, Precedence, Problem, Status, disturbance, violations
from headway.engine.levelling.search import Code, Objective, Progress, can_begin, search

# Six activities, one resource of four units; by hand: 1 and 2, then 3 and 4, then 5 and 6.
TIGHT = Problem(
    tuple(Activity(duration, (units,)) for duration, units in ((3, 2), (4, 2), (2, 3), (2, 1), (5, 2), (3, 2))),
    (Precedence(0, 2), Precedence(1, 3), Precedence(2, 4)),
    ((4,),),
)


def many(count: int) -> Problem:
    """A larger problem without randomness: chains that cross each other on three resources."""
    activities = tuple(
        Activity(1 + index * 7 % 9, (index * 5 % 7, index * 3 % 5, index * 11 % 8), planned=0) for index in range(count)
    )
    links = tuple(Precedence(index - step, index) for index in range(count) for step in (4, 7) if index >= step)
    return Problem(activities, links, ((9,), (7,), (10,)))


def test_work_for_one_person_stands_in_a_row() -> None:
    found = search(crew(3, 2, 4), schedules=6, code=Code.PLAIN)
    assert (found.makespan, found.lower_bound, found.status) == (9, 9, Status.OPTIMAL)


def test_the_search_ends_when_the_bound_is_met() -> None:
    asked: list[Progress] = []

    def stop(progress: Progress) -> bool:
        asked.append(progress)
        return False

    search(crew(3, 2, 4), schedules=60_000, code=Code.PLAIN, stop=stop)
    assert len(asked) == 1


def test_a_stop_keeps_the_best_so_far() -> None:
    found = search(many(20), schedules=60_000, code=Code.PLAIN, stop=lambda _: True)
    assert violations(many(20), found.starts) == []
    assert found.schedules == 6


def test_enough_ends_the_search_above_the_bound() -> None:
    whole = search(many(20), schedules=600, code=Code.PLAIN)
    found = search(many(20), schedules=600, code=Code.PLAIN, enough=whole.makespan + 20)
    assert whole.makespan <= found.makespan <= whole.makespan + 20
    assert found.schedules < whole.schedules


def test_nothing_to_do_takes_no_time() -> None:
    assert search(Problem((), (), ()), schedules=1).makespan == 0


@settings(max_examples=examples(120), deadline=None)
@given(problems(5))
def test_small_problems_are_solved_to_the_best(problem: Problem) -> None:
    found = search(problem, schedules=600, code=Code.PLAIN)
    assert violations(problem, found.starts) == []
    assert found.lower_bound <= found.makespan
    if problem.is_static() and not any(p.lag < 0 or p.from_start for p in problem.precedences):
        assert found.makespan == best_makespan(problem)


@settings(max_examples=examples(40), deadline=None)
@given(problems(9))
def test_least_disturbance_is_allowed_too(problem: Problem) -> None:
    found = search(problem, schedules=40, code=Code.PLAIN, objective=Objective.DISTURBANCE)
    assert violations(problem, found.starts) == []


def test_least_disturbance_delays_what_matters_least() -> None:
    activities = (Activity(2, (1,), planned=0, priority=100), Activity(3, (1,), planned=0, priority=900))
    found = search(Problem(activities, (), ((1,),)), schedules=100, code=Code.PLAIN, objective=Objective.DISTURBANCE)
    assert found.starts == (3, 0)


def test_what_is_planned_nowhere_is_not_disturbed() -> None:
    activities = (Activity(2, (1,), planned=0, priority=100), Activity(3, (1,), priority=900))
    problem = Problem(activities, (), ((1,),))
    found = search(problem, schedules=100, code=Code.PLAIN, objective=Objective.DISTURBANCE)
    assert (found.starts, disturbance(problem, found.starts)) == ((0, 2), 0)
    assert disturbance(problem, (3, 0)) == 300


@pytest.mark.parametrize("objective", list(Objective))
def test_threads_change_nothing(objective: Objective) -> None:
    one, two = (
        search(many(25), schedules=600, seed=3, threads=n, objective=objective, code=Code.PLAIN) for n in (1, 2)
    )
    assert one == two


def test_seeds_search_elsewhere() -> None:
    found = {search(many(25), schedules=30, seed=seed, code=Code.PLAIN).starts for seed in range(4)}
    assert len(found) > 1


@settings(max_examples=25, deadline=None)
@given(problems(8, dues=True), st.integers(0, 2**31))
def test_compiled_and_plain_code_give_the_same(problem: Problem, seed: int) -> None:
    pytest.importorskip("numba")
    for objective in Objective:
        plain, compiled = (
            search(problem, schedules=120, seed=seed, objective=objective, code=code)
            for code in (Code.PLAIN, Code.COMPILED)
        )
        assert plain == compiled


def test_compiled_code_gives_the_same_on_a_larger_problem() -> None:
    pytest.importorskip("numba")
    problem = many(40)
    plain = search(problem, schedules=1_500, seed=5, code=Code.PLAIN)
    assert plain == search(problem, schedules=1_500, seed=5, code=Code.COMPILED, threads=2)
    assert violations(problem, plain.starts) == []


def test_more_resources_than_one_word_holds() -> None:
    activities = tuple(Activity(2, tuple(int(r == i % 12) * 900 for r in range(12))) for i in range(24))
    problem = Problem(activities, (), tuple((1000,) for _ in range(12)))
    assert search(problem, schedules=12, code=Code.PLAIN).makespan == 4


def test_a_tight_problem_is_solved_to_the_best() -> None:
    found = search(TIGHT, schedules=600, code=Code.PLAIN)
    assert found.makespan == best_makespan(TIGHT)


def test_a_search_begins_only_where_its_first_schedules_come_in_time() -> None:
    assert can_begin(many(30), 1.0)
    assert not can_begin(many(30), 0.0)
