"""The resource-constrained problem: what it refuses, its order, its finishes, and what is wrong with a schedule."""

from __future__ import annotations

import pytest
from tests.engine.levelling_problems import crew

from headway.engine.levelling.problem import Activity, Precedence, Problem, Result, Status, finish, makespan, violations
from headway.engine.plan import PlanError


def test_each_activity_follows_those_it_depends_on() -> None:
    activities = tuple(Activity(1) for _ in range(4))
    problem = Problem(activities, (Precedence(3, 0), Precedence(2, 3)), ())
    assert problem.order() == (1, 2, 3, 0)


def test_a_circle_is_refused_and_named() -> None:
    with pytest.raises(PlanError, match="circle, among them 1, 2") as caught:
        Problem((Activity(1), Activity(1)), (Precedence(0, 1), Precedence(1, 0)), ())
    assert caught.value.uids == (0, 1)


@pytest.mark.parametrize(
    ("activity", "said"),
    [
        (Activity(2, (3,)), "needs 3 units of resource 1, which has 2"),
        (Activity(2, (1, 1)), "2 demands for 1 resources"),
        (Activity(-1, (1,)), "negative"),
        (Activity(2, (1,), calendar=0), "calendar 0"),
    ],
)
def test_what_cannot_be_is_refused(activity: Activity, said: str) -> None:
    with pytest.raises(PlanError, match=said):
        Problem((activity,), (), ((2,),))


def test_fixed_work_may_ask_for_more_than_there_is() -> None:
    problem = Problem((Activity(2, (3,), fixed=0),), (), ((2,),))
    assert violations(problem, (0,)) == []


def test_an_activity_rests_where_its_calendar_does() -> None:
    problem = Problem((Activity(2, (), calendar=0),), (), (), ((True, False, False, True, True),))
    assert finish(problem, 0, 0) == 4
    assert finish(problem, 0, 4) == 6  # after the last period all are worked
    assert makespan(problem, (0,)) == 4


def test_violations_name_what_is_wrong() -> None:
    problem = Problem(
        (Activity(2, (1,), release=1), Activity(2, (1,)), Activity(1, (0,), fixed=3)), (Precedence(0, 1),), ((1,),)
    )
    assert violations(problem, (1, 3, 3)) == []
    found = violations(problem, (0, 1, 2))
    assert [sentence.split(",")[0].split(";")[0] for sentence in found] == [
        "Activity 1 starts at 0",
        "Activity 3 starts at 2",
        "Activity 2 starts before activity 1 allows (2).",
        "Resource 1 is used 2 times in period 1",
    ]


def test_lags_count_from_the_finish_or_from_the_start() -> None:
    activities = (Activity(3), Activity(1), Activity(1))
    problem = Problem(activities, (Precedence(0, 1, -1), Precedence(0, 2, 1, from_start=True)), ())
    assert violations(problem, (0, 2, 1)) == []
    assert len(violations(problem, (0, 1, 0))) == 2


def test_a_result_is_optimal_when_it_meets_its_bound() -> None:
    assert Result((0,), 5, 5, 1, 0).status is Status.OPTIMAL
    found = Result((0,), 6, 5, 1, 0)
    assert (found.status, found.gap) == (Status.FEASIBLE, 0.2)


def test_the_horizon_holds_every_activity_after_the_other() -> None:
    assert crew(2, 3, release=4).horizon() >= 4 + 2 + 3
