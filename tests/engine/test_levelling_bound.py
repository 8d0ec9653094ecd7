"""Bounds without a search: each kind by itself, and never above the best schedule."""

from __future__ import annotations

from hypothesis import given, settings
from tests.engine.levelling_problems import best_makespan, crew, problems
from tests.examples import examples

from headway.engine.levelling.bound import quick_bound
from headway.engine.levelling.problem import Activity, Precedence, Problem


def test_the_longest_path_counts_releases_lags_and_fixed_starts() -> None:
    activities = (Activity(2, release=1), Activity(3), Activity(4, fixed=9))
    assert quick_bound(Problem(activities[:2], (Precedence(0, 1, 2),), ())) == 1 + 2 + 2 + 3
    assert quick_bound(Problem(activities, (Precedence(0, 1, 2),), ())) == 13


def test_work_cannot_be_done_faster_than_all_units_do_it() -> None:
    assert quick_bound(crew(3, 3, 3, units=2)) == 5  # nine units of work by two


def test_work_waits_for_its_head_and_leaves_its_tail() -> None:
    activities = (Activity(2, (0,)), Activity(3, (1,)), Activity(3, (1,)), Activity(1, (0,)))
    links = (Precedence(0, 1), Precedence(0, 2), Precedence(1, 3), Precedence(2, 3))
    assert quick_bound(Problem(activities, links, ((1,),))) == 2 + 6 + 1


def test_activities_that_exclude_each_other_stand_in_a_row() -> None:
    activities = tuple(Activity(3, (2,)) for _ in range(3))
    assert quick_bound(Problem(activities, (), ((3,),))) == 9  # work alone would need 6


def test_missing_units_delay_the_work() -> None:
    assert quick_bound(Problem((Activity(2, (1,)),), (), ((0, 0, 0, 1),))) == 5


@settings(max_examples=examples(150), deadline=None)
@given(problems(5))
def test_no_schedule_is_shorter_than_the_bound(problem: Problem) -> None:
    assert quick_bound(problem) <= best_makespan(problem)
