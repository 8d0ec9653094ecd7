"""P1–P5: percent, actual dates, remaining amounts, hours; the status date; what is moved and what stays.

Tasks begin on Monday 5 January 2026; days of eight hours.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.engine.plan_builder import assignment, at, days, link, plan, resource, task

from headway.engine.cpm import schedule
from headway.engine.edits import (
    EditError,
    EnterProgress,
    EnterWork,
    Join,
    RescheduleUncompleted,
    Split,
    UpdateAsScheduled,
    apply,
)
from headway.engine.plan import (
    ConstraintType,
    Plan,
    SplitPart,
    Task,
    TaskMode,
    TaskType,
    Timephased,
    WorkContour,
)
from headway.engine.units import WorkTime

HALF = EnterProgress(1, Decimal(50))


def hours(number: float) -> WorkTime:
    return WorkTime.from_hours(number)


def four_days(**settings: Any) -> Plan:
    """Four days, Monday to Thursday, with one full-time resource."""
    return plan(task(1, 4), resources=(resource(1),), assignments=(assignment(1, 1, 32),), **settings)


def row(problem: Plan, uid: int = 1) -> Task:
    return next(item for item in problem.tasks if item.uid == uid)


def dates(problem: Plan, uid: int = 1) -> tuple[datetime, datetime]:
    found = schedule(problem).by_uid()[uid]
    return found.start, found.finish


def length(problem: Plan, uid: int = 1) -> WorkTime:
    duration = row(problem, uid).duration
    assert duration is not None
    return duration.amount


# --- what one entry makes of the rest ----------------------------------------------------------


def test_a_percent_makes_an_actual_start_a_done_part_and_hours() -> None:
    half = apply(four_days(), [HALF])
    done = row(half)
    assert (done.actual_start, done.actual_finish) == (at(5), None)
    assert (done.actual_duration, done.remaining_duration) == (days(2), days(2))
    assert (done.stop, done.resume) == (at(6, 17), at(7))
    (item,) = half.assignments
    assert (item.work, item.actual_work, item.remaining_work) == (hours(32), hours(16), hours(16))
    assert dates(half) == (at(5), at(8, 17))


def test_a_hundred_percent_takes_the_scheduled_finish() -> None:
    whole = apply(four_days(), [EnterProgress(1, Decimal(100))])
    done = row(whole)
    assert (done.actual_start, done.actual_finish, done.remaining_duration) == (at(5), at(8, 17), days(0))
    assert whole.assignments[0].actual_work == hours(32)
    assert (done.stop, done.resume) == (None, None)


def test_nothing_done_takes_the_actual_start_away() -> None:
    none = row(apply(four_days(), [HALF, EnterProgress(1, Decimal(0))]))
    assert (none.actual_start, none.percent_complete, none.remaining_duration) == (None, 0, days(4))


def test_an_actual_start_alone_starts_a_task_of_which_nothing_is_done() -> None:
    begun = apply(four_days(), [EnterProgress(1, actual_start=date(2026, 1, 6))])
    assert dates(begun) == (at(6), at(9, 17))
    assert row(begun).percent_complete == 0


def test_an_actual_finish_makes_the_duration_and_the_hours() -> None:
    early = apply(four_days(), [EnterProgress(1, actual_finish=date(2026, 1, 6))])
    assert (length(early), row(early).percent_complete, row(early).actual_finish) == (days(2), 100, at(6, 17))
    assert early.assignments[0].work == early.assignments[0].actual_work == hours(16)


def test_fixed_work_is_done_in_less_time_by_more_units() -> None:
    fixed = plan(task(1, 4, type=TaskType.FIXED_WORK), resources=(resource(1),), assignments=(assignment(1, 1, 32),))
    early = apply(fixed, [EnterProgress(1, actual_finish=at(6, 17))])
    assert (early.assignments[0].units, early.assignments[0].work) == (2, hours(32))


def test_done_before_it_was_to_begin_lasts_as_long_as_planned() -> None:
    later = plan(task(1, 5), task(2, 2), links=(link(1, 2),))
    done = row(apply(later, [EnterProgress(2, actual_finish=at(8, 17))]), 2)
    assert (done.actual_start, done.actual_finish) == (at(7), at(8, 17))


def test_a_finish_on_a_day_off_stands_and_keeps_the_working_time_before_it() -> None:
    done = apply(four_days(), [EnterProgress(1, actual_finish=at(10, 12))])
    assert (row(done).actual_finish, length(done)) == (at(10, 12), days(5))
    saturday = apply(four_days(), [EnterProgress(1, actual_start=at(10), actual_finish=at(10, 12))])
    assert length(saturday) == days(4)  # no working time at all: the planned duration stays


def test_what_remains_makes_the_duration() -> None:
    longer = apply(four_days(), [HALF, EnterProgress(1, remaining_duration=days(3))])
    assert (length(longer), row(longer).percent_complete) == (days(5), 40)
    assert longer.assignments[0].work == hours(40)
    whole = apply(four_days(), [EnterProgress(1, Decimal(25), remaining_duration=days(6))])
    assert (length(whole), row(whole).actual_duration) == (days(8), days(2))
    nothing = apply(four_days(), [HALF, EnterProgress(1, remaining_duration=days(0))])
    assert (row(nothing).actual_finish, length(nothing)) == (at(6, 17), days(2))


def test_more_done_than_planned_lengthens_the_task() -> None:
    over = apply(four_days(), [EnterProgress(1, actual_duration=days(5))])
    assert (length(over), row(over).percent_complete, row(over).actual_finish) == (days(5), 100, at(9, 17))
    left = apply(four_days(), [EnterProgress(1, actual_duration=days(3), remaining_duration=days(3))])
    assert (length(left), row(left).percent_complete) == (days(6), 50)


def test_stop_and_resume_bound_the_done_part() -> None:
    moved = apply(four_days(), [EnterProgress(1, stop=at(6, 12), resume=at(12))])
    assert (row(moved).actual_duration, row(moved).stop, row(moved).resume) == (days(1.5), at(6, 12), at(12))
    assert dates(moved) == (at(5), at(14, 12))
    assert row(moved).splits == (SplitPart(at(5), at(6, 12)), SplitPart(at(12), at(14, 12)))
    on = apply(moved, [EnterProgress(1, Decimal(75))])
    assert (row(on).stop, dates(on)) == (at(13, 12), (at(5), at(14, 12)))


def test_reopening_a_complete_task() -> None:
    back = apply(four_days(), [EnterProgress(1, Decimal(100)), HALF])
    assert (row(back).actual_finish, row(back).actual_start, dates(back)[1]) == (None, at(5), at(8, 17))


def test_a_milestone_is_reached_where_it_stands_or_where_it_is_said() -> None:
    gate = plan(task(1, 1), task(2, 0, milestone=True), links=(link(1, 2),))
    assert row(apply(gate, [EnterProgress(2, Decimal(100))]), 2).actual_finish == at(5, 17)
    late = row(apply(gate, [EnterProgress(2, actual_finish=at(7, 12))]), 2)
    assert (late.actual_start, late.actual_finish, late.milestone) == (at(5, 17), at(7, 12), True)


def test_a_manual_task_moves_with_its_actual_dates() -> None:
    typed = plan(task(1, 4, mode=TaskMode.MANUAL, manual_start=at(5), manual_finish=at(8, 17)))
    late = apply(typed, [EnterProgress(1, Decimal(50), actual_start=at(6))])
    assert dates(late) == (at(6), at(9, 17))


# --- hours -------------------------------------------------------------------------------------


def test_hours_done_make_the_percent() -> None:
    done = apply(four_days(), [EnterWork(1, 1, hours(8))])
    assert (row(done).percent_complete, row(done).actual_start, row(done).remaining_duration) == (25, at(5), days(3))
    assert done.assignments[0].remaining_work == hours(24)


def test_more_hours_than_planned_lengthen_the_task() -> None:
    done = apply(four_days(), [EnterWork(1, 1, hours(40))])
    assert (length(done), row(done).percent_complete, row(done).actual_finish) == (days(5), 100, at(9, 17))
    left = apply(four_days(), [EnterWork(1, 1, hours(24), hours(24))])
    assert (length(left), row(left).percent_complete) == (days(6), 50)


def test_hours_of_one_of_two_count_by_their_share_and_leave_the_other_alone() -> None:
    pair = plan(
        task(1, 4, work=hours(64)),
        resources=(resource(1), resource(2)),
        assignments=(assignment(1, 1, 32), assignment(1, 2, 32)),
    )
    done = apply(pair, [EnterWork(1, 1, hours(16))])
    assert row(done).percent_complete == 25
    assert [item.actual_work for item in done.assignments] == [hours(16), hours(0)]
    assert (row(done).actual_work, row(done).remaining_work) == (hours(16), hours(48))


def test_hours_of_a_fixed_duration_change_its_units() -> None:
    fixed = plan(
        task(1, 4, type=TaskType.FIXED_DURATION), resources=(resource(1),), assignments=(assignment(1, 1, 32),)
    )
    done = apply(fixed, [EnterWork(1, 1, hours(8), hours(8))])
    assert (length(done), done.assignments[0].units, row(done).percent_complete) == (days(4), Decimal("0.5"), 50)


def test_hours_taken_back_leave_nothing_done() -> None:
    none = apply(four_days(), [EnterWork(1, 1, hours(8)), EnterWork(1, 1, hours(0), hours(32))])
    assert (row(none).percent_complete, row(none).actual_start, length(none)) == (0, None, days(4))


# --- P1: splits --------------------------------------------------------------------------------


def test_a_split_is_a_gap_and_joining_closes_it() -> None:
    split = apply(four_days(), [Split(1, at(6, 17), days(1))])
    assert dates(split) == (at(5), at(9, 17))
    assert row(split).splits == (SplitPart(at(5), at(6, 17)), SplitPart(at(8), at(9, 17)))
    assert length(split) == days(4)
    joined = apply(split, [Join(1)])
    assert (row(joined).splits, dates(joined)) == ((), (at(5), at(8, 17)))


def test_progress_runs_over_the_gap_and_joining_keeps_what_is_done() -> None:
    split = apply(four_days(), [Split(1, at(5, 17), days(1)), Split(1, at(8, 17), days(1)), HALF])
    assert (row(split).stop, dates(split)) == (at(7, 17), (at(5), at(12, 17)))
    joined = apply(split, [Join(1)])
    assert dates(joined) == (at(5), at(9, 17))
    assert row(joined).splits[0] == SplitPart(at(5), at(5, 17))


def test_edited_work_is_opened_closed_and_marked_as_done() -> None:
    work = (Timephased(at(5), at(8, 17), hours(32)),)
    item = assignment(1, 1, 32, contour=WorkContour.EDITED, timephased=work)
    problem = plan(task(1, 4), resources=(resource(1),), assignments=(item,))
    split = apply(problem, [Split(1, at(6, 17), days(1))])
    assert [(part.start, part.finish) for part in split.assignments[0].timephased] == [
        (at(5), at(6, 17)),
        (at(8), at(9, 17)),
    ]
    assert dates(split) == (at(5), at(9, 17))
    assert dates(apply(split, [Join(1)])) == (at(5), at(8, 17))
    done = apply(split, [EnterProgress(1, Decimal(25))])
    assert [(part.finish, part.actual) for part in done.assignments[0].timephased] == [
        (at(5, 17), True),
        (at(6, 17), False),
        (at(9, 17), False),
    ]
    later = apply(problem, [HALF, RescheduleUncompleted(at(12))])
    assert dates(later) == (at(5), at(13, 17))


# --- P2: reschedule, update --------------------------------------------------------------------


def test_uncompleted_work_is_moved_behind_a_date() -> None:
    problem = plan(task(1, 4), task(2, 2), task(3, 2, constraint=ConstraintType.MSO, constraint_date=at(6)))
    moved = apply(problem, [HALF, RescheduleUncompleted(at(12))])
    assert dates(moved) == (at(5), at(13, 17))
    assert (row(moved).stop, row(moved).resume) == (at(6, 17), at(12))
    assert (row(moved, 2).constraint, dates(moved, 2)) == (ConstraintType.SNET, (at(12), at(13, 17)))
    assert row(moved, 3) is problem.tasks[2]  # a date that must be kept is not moved


def test_started_work_stays_where_splitting_is_not_allowed() -> None:
    kept = apply(four_days(split_in_progress=False), [HALF, RescheduleUncompleted(at(12))])
    assert dates(kept) == (at(5), at(8, 17))
    told = apply(four_days(split_in_progress=False), [HALF, RescheduleUncompleted(at(12), split=True)])
    assert dates(told) == (at(5), at(13, 17))


def test_only_the_tasks_named_are_moved() -> None:
    problem = plan(task(1, 4), task(2, 4))
    moved = apply(problem, [RescheduleUncompleted(at(12), uids=(2,))])
    assert (dates(moved)[0], dates(moved, 2)[0]) == (at(5), at(12))


def test_remaining_work_stays_before_the_status_date() -> None:
    assert dates(apply(four_days(status_date=at(20, 17)), [HALF])) == (at(5), at(8, 17))


def test_what_was_scheduled_is_done() -> None:
    problem = plan(task(1, 4), task(2, 2), task(3, 1), links=(link(1, 2), link(2, 3)))
    done = apply(problem, [UpdateAsScheduled(at(9, 12))])
    assert (row(done).actual_finish, row(done, 2).percent_complete) == (at(8, 17), 25)
    assert row(done, 3) is problem.tasks[2]
    whole = apply(problem, [UpdateAsScheduled(at(9, 12), whole_only=True)])
    assert (row(whole).percent_complete, row(whole, 2).percent_complete) == (100, 0)


def test_what_is_further_than_scheduled_stays() -> None:
    problem = apply(four_days(), [EnterProgress(1, Decimal(75))])
    assert apply(problem, [UpdateAsScheduled(at(6, 17))]) is problem


# --- P3: the four options ----------------------------------------------------------------------


def future(**options: bool) -> Plan:
    """Monday 12 to Thursday 15 January; the status date is Thursday the 8th."""
    late = task(1, 4, constraint=ConstraintType.SNET, constraint_date=at(12))
    return plan(late, status_date=at(8, 17), **options)


def past(**options: bool) -> Plan:
    """Monday 5 to Thursday 8 January; the status date is Wednesday the 14th."""
    return plan(task(1, 4), status_date=at(14, 17), **options)


def lying(problem: Plan) -> tuple[datetime | None, datetime | None, datetime | None, datetime]:
    """Start and end of the done part, start and end of the rest."""
    done = row(problem)
    return done.actual_start, done.stop, done.resume, dates(problem)[1]


def test_by_default_nothing_is_moved_to_the_status_date() -> None:
    assert lying(apply(future(), [HALF])) == (at(12), at(13, 17), at(14), at(15, 17))
    assert lying(apply(past(), [HALF])) == (at(5), at(6, 17), at(7), at(8, 17))


def test_completed_parts_move_back() -> None:
    moved = apply(future(move_completed_back=True), [HALF])
    assert lying(moved) == (at(7), at(8, 17), at(14), at(15, 17))


def test_completed_and_remaining_parts_move_back() -> None:
    moved = apply(future(move_completed_back=True, move_remaining_back=True), [HALF])
    assert lying(moved) == (at(7), at(8, 17), at(9), at(12, 17))


def test_a_complete_task_moves_back_to_end_at_the_status_date() -> None:
    done = row(apply(future(move_completed_back=True), [EnterProgress(1, Decimal(100))]))
    assert (done.actual_start, done.actual_finish) == (at(5), at(8, 17))


def test_remaining_parts_move_forward() -> None:
    moved = apply(past(move_remaining_forward=True), [HALF])
    assert lying(moved) == (at(5), at(6, 17), at(15), at(16, 17))


def test_remaining_and_completed_parts_move_forward() -> None:
    moved = apply(past(move_remaining_forward=True, move_completed_forward=True), [HALF])
    assert lying(moved) == (at(13), at(14, 17), at(15), at(16, 17))


def test_an_actual_start_that_was_typed_stays() -> None:
    both = past(move_remaining_forward=True, move_completed_forward=True)
    moved = apply(both, [EnterProgress(1, Decimal(50), actual_start=at(6))])
    assert lying(moved) == (at(6), at(7, 17), at(15), at(16, 17))


def test_nothing_is_moved_where_it_would_split_what_may_not_be_split() -> None:
    held = apply(past(move_remaining_forward=True, split_in_progress=False), [HALF])
    assert lying(held) == (at(5), at(6, 17), at(7), at(8, 17))
    whole = apply(past(move_remaining_forward=True, move_completed_forward=True, split_in_progress=False), [HALF])
    assert lying(whole) == (at(13), at(14, 17), at(15), at(16, 17))


def test_the_options_act_when_progress_is_entered_and_not_after() -> None:
    settled = apply(four_days(), [HALF])
    options = plan(
        *settled.tasks,
        resources=settled.resources,
        assignments=settled.assignments,
        status_date=at(14, 17),
        move_remaining_forward=True,
    )
    assert dates(options) == (at(5), at(8, 17))


# --- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        (EnterProgress(1, Decimal(101)), "percent_complete", "Give 0 to 100"),
        (EnterProgress(1, remaining_duration=days(-1)), "remaining_duration", "Give 0 or more"),
        (EnterProgress(1, actual_duration=days(-1)), "actual_duration", "Give 0 or more"),
        (EnterProgress(1, actual_start=at(7), actual_finish=at(6, 17)), "actual_finish", "before it starts"),
        (EnterProgress(1, stop=at(2)), "stop", "before it starts"),
        (EnterProgress(1, resume=at(7)), "resume", "partly done"),
        (EnterProgress(1, Decimal(50), resume=at(5)), "resume", "before its done part ends"),
        (EnterProgress(2, Decimal(50)), "uid", "is inactive"),
        (EnterProgress(3, Decimal(50)), "uid", "comes from its tasks"),
        (EnterProgress(5, Decimal(50)), "uid", "belongs to another plan"),
        (EnterWork(1, 1, hours(-1)), "actual", "Give 0 or more"),
        (EnterWork(4, 1, hours(1)), "resource_uid", "'R1' is not assigned"),
        (Split(1, at(5), days(1)), "at", "both sides"),
        (Split(1, at(6), days(0)), "gap", "more than 0"),
        (Split(3, at(6), days(1)), "uid", "no work to split"),
    ],
)
def test_refusals_name_task_field_and_reason(change: Any, field: str, why: str) -> None:
    problem = plan(
        task(1, 4),
        task(2, 1, active=False),
        task(3, 1, summary=True),
        task(4, 1, parent_uid=3, outline_level=2),
        task(5, 1, external=True),
        resources=(resource(1),),
        assignments=(assignment(1, 1, 32),),
    )
    with pytest.raises(EditError, match=why) as refusal:
        apply(problem, [change])
    assert refusal.value.field == field


def test_contoured_work_is_not_split() -> None:
    item = assignment(1, 1, 16, contour=WorkContour.BELL)
    problem = plan(task(1, 4), resources=(resource(1),), assignments=(item,))
    with pytest.raises(EditError, match="contour"):
        apply(problem, [Split(1, at(6, 17), days(1))])
