"""Comparison with stored dates: two grades of equal, and the closed list of reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.engine.plan_builder import at, days, link, plan, task

from headway.engine.compare import Comparison, Reason, compare
from headway.engine.cpm import schedule
from headway.engine.plan import ConstraintType, Plan, StoredDates
from headway.engine.units import WorkTime


def stored_as_computed(problem: Plan, **changes: dict[str, Any]) -> Plan:
    """The plan with its own schedule as stored dates; `changes` by task name."""
    found = schedule(problem).by_uid()
    tasks = []
    for row in problem.tasks:
        ours = found[row.uid]
        names = StoredDates.__dataclass_fields__
        stored = StoredDates(**{name: getattr(ours, name) for name in names})
        tasks.append(replace(row, stored=replace(stored, **changes.get(row.name, {}))))
    return replace(problem, tasks=tuple(tasks))


def compared(problem: Plan) -> Comparison:
    return compare(problem, schedule(problem))


def reasons(problem: Plan) -> dict[tuple[int, str], Reason]:
    return {(d.uid, d.field): d.reason for d in compared(problem).differences}


CHAIN = plan(task(1, 1), task(2, 2), task(3, 5), links=(link(1, 2),))


def test_equal_schedules_have_no_differences() -> None:
    found = compared(stored_as_computed(CHAIN))
    assert found == Comparison(3, 3, 3, 3, 3, 3, 3, ())


def test_summaries_inactive_external_and_unstored_tasks_are_left_out() -> None:
    problem = plan(
        task(1, duration=None, summary=True),
        task(2, 1, parent_uid=1),
        task(3, 1, active=False),
        task(4, 1, external=True, stored=StoredDates(start=at(5), finish=at(5, 17))),
    )
    found = schedule(problem).by_uid()[2]
    kept = replace(problem.tasks[1], stored=StoredDates(start=found.start))
    assert compared(replace(problem, tasks=(problem.tasks[0], kept, *problem.tasks[2:]))).tasks == 1
    assert compared(problem).tasks == 0


def test_the_same_working_instant_is_equal_only_in_the_second_grade() -> None:
    problem = stored_as_computed(CHAIN, T2={"start": at(5, 17)})
    found = compared(problem)
    assert (found.start_equal, found.start_equal_working) == (2, 3)
    assert (found.dates_equal, found.all_equal) == (2, 2)
    assert [(d.uid, d.field, d.stored, d.computed, d.reason) for d in found.differences] == [
        (2, "start", at(5, 17), at(6), Reason.SAME_WORKING_TIME)
    ]


def test_less_than_a_minute_is_equal() -> None:
    problem = stored_as_computed(CHAIN, T2={"finish": datetime(2026, 1, 7, 17, 0, 48)})
    assert compared(problem).all_equal == 3


def test_a_late_finish_beyond_the_successors_late_start_is_inconsistent() -> None:
    problem = stored_as_computed(CHAIN, T1={"late_finish": at(8, 17), "total_slack": days(3)})
    assert reasons(problem) == {
        (1, "late_finish"): Reason.INCONSISTENT,
        (1, "total_slack"): Reason.INCONSISTENT,
    }


def test_a_late_finish_of_an_unlinked_task_off_the_project_finish_is_inconsistent() -> None:
    problem = stored_as_computed(plan(task(1, 1), task(2, 5)), T1={"late_start": at(7), "late_finish": at(7, 17)})
    assert set(reasons(problem).values()) == {Reason.INCONSISTENT}


def test_a_constrained_task_may_end_elsewhere() -> None:
    held = task(1, 1, constraint=ConstraintType.SNET, constraint_date=at(5))
    problem = stored_as_computed(plan(held, task(2, 5)), T1={"late_start": at(7), "late_finish": at(7, 17)})
    assert set(reasons(problem).values()) == {Reason.UNEXPLAINED}


def test_a_summary_whose_late_dates_are_not_its_childrens_is_inconsistent() -> None:
    problem = plan(
        task(1, duration=None, summary=True), task(2, 1, parent_uid=1), task(3, 1), task(4, 5), links=(link(2, 3),)
    )
    stale = stored_as_computed(
        problem, T1={"late_finish": at(6, 17)}, T2={"late_start": at(6), "late_finish": at(6, 17)}
    )
    stale = replace(
        stale,
        tasks=tuple(
            replace(row, stored=replace(row.stored, late_start=at(7))) if row.uid == 1 and row.stored else row
            for row in stale.tasks
        ),
    )
    assert set(reasons(stale).values()) == {Reason.INCONSISTENT}


def test_differences_follow_along_links() -> None:
    problem = stored_as_computed(
        CHAIN,
        T1={"start": at(6), "early_start": at(6), "finish": at(6, 17), "early_finish": at(6, 17)},
        T2={"start": at(7), "finish": at(8, 17)},
    )
    found = reasons(problem)
    assert found[1, "start"] is Reason.UNEXPLAINED
    assert found[1, "finish"] is Reason.FOLLOWS
    assert found[2, "start"] is Reason.FOLLOWS
    assert found[2, "finish"] is Reason.FOLLOWS


def test_slack_differences_carry_working_time() -> None:
    problem = stored_as_computed(CHAIN, T3={"free_slack": days(1)})
    (difference,) = compared(problem).differences
    assert difference.stored == days(1)
    assert difference.computed == WorkTime(0)
    assert difference.reason is Reason.UNEXPLAINED
