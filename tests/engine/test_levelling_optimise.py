"""Plans levelled by search: within capacity, on their calendars, never later than by rules, and explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.plan_builder import DAY, MONDAY, assignment, at, link, plan, resource, task
from tests.engine.test_levelling_rules_properties import plans

from headway.engine.cpm import schedule
from headway.engine.cpm.network import lay_out
from headway.engine.levelling import grid
from headway.engine.levelling.clear import clear
from headway.engine.levelling.optimise import Optimised, optimise
from headway.engine.levelling.order import Order
from headway.engine.levelling.problem import Problem, Result, Status
from headway.engine.levelling.profile import over_allocations
from headway.engine.levelling.rules import Levelled, Options, level
from headway.engine.levelling.search import Code, Objective, search
from headway.engine.plan import ConstraintType, Plan, TaskMode
from headway.engine.units import WorkTime


def levelled(made: Plan, schedules: int = 300, objective: Objective = Objective.FINISH) -> Optimised:
    def searched(problem: Problem) -> Result:
        return search(problem, schedules=schedules, objective=objective, code=Code.PLAIN)

    return optimise(made, searched, objective=objective)


def delay(found: Levelled) -> WorkTime:
    """Working time by which tasks start later than without levelling, weighted by priority."""
    network = lay_out(clear(found.plan))
    before, after = found.before.by_uid(), found.schedule.by_uid()
    late = [
        task.priority * network.spans[row].axis.work_between(before[task.uid].start, after[task.uid].start).tenths
        for row, task in enumerate(network.tasks)
        if not network.summary[row] and after[task.uid].start > before[task.uid].start
    ]
    return WorkTime(sum(late) // 500)


def test_two_tasks_of_one_person_stand_in_a_row() -> None:
    made = plan(
        task(1, 2), task(2, 3), resources=(resource(1),), assignments=(assignment(1, 1, 16), assignment(2, 1, 24))
    )
    found = levelled(made)
    dates = found.levelled.schedule.by_uid()
    assert sorted((dates[1].start, dates[2].start))[0] == MONDAY
    assert found.levelled.schedule.finish == at(9, 17)
    assert (found.makespan.hours, found.lower_bound.hours, found.status) == (40, 40, Status.OPTIMAL)
    (told,) = found.levelled.delayed
    assert told.resource_uid == 1
    assert told.task_uids == ((1,) if told.uid == 2 else (2,))
    assert told.delay is not None
    assert told.delay.elapsed


def test_the_search_beats_the_rules_where_their_order_is_wrong() -> None:
    """Person 1 has a short task before a long tail and a long task; the long one has the smaller ID and less slack."""
    made = plan(
        task(1, 4),
        task(2, 1),
        task(3, 3.5),
        task(4, 0.25),
        links=(link(2, 3), link(1, 4)),
        resources=(resource(1),),
        assignments=(assignment(1, 1, 32), assignment(2, 1, 8)),
    )
    by_rules = level(made, None, Options(order=Order.ID))
    found = levelled(made)
    assert found.levelled.schedule.finish < by_rules.schedule.finish
    assert found.levelled.schedule.by_uid()[2].start == MONDAY


def test_parts_of_a_person_work_side_by_side() -> None:
    made = plan(
        task(1, 2),
        task(2, 2),
        task(3, 2),
        resources=(resource(1),),
        assignments=tuple(assignment(uid, 1, 8, "0.5") for uid in (1, 2, 3)),
    )
    assert levelled(made).levelled.schedule.finish == at(8, 17)


def test_a_night_shift_waits_for_its_nights() -> None:
    made = plan(
        task(1, 1),
        task(2, 1),
        resources=(resource(1, calendar_uid=3), resource(2)),
        assignments=(assignment(1, 1, 8), assignment(2, 1, 8)),
    )
    found = levelled(made)
    assert over_allocations(found.levelled.plan, found.levelled.schedule) == ()
    first, second = sorted(found.levelled.schedule.tasks, key=lambda row: row.start)
    assert (first.start, first.finish) == (at(5, 23), at(6, 8))
    assert (second.start, second.finish) == (at(6, 23), at(7, 8))


def test_what_stands_keeps_its_place() -> None:
    made = plan(
        task(1, 2, actual_start=MONDAY, percent_complete=Decimal(50)),
        task(2, 2, mode=TaskMode.MANUAL, manual_start=at(7), manual_finish=at(8, 17)),
        task(3, 1, constraint=ConstraintType.MSO, constraint_date=at(9)),
        task(4, 1),
        resources=(resource(1),),
        assignments=tuple(assignment(uid, 1, hours) for uid, hours in ((1, 16), (2, 16), (3, 8), (4, 8))),
    )
    dates = levelled(made).levelled.schedule.by_uid()
    assert [dates[uid].start for uid in (1, 2, 3)] == [MONDAY, at(7), at(9)]
    assert dates[4].start == at(12)


def test_projects_share_one_pool() -> None:
    rows = []
    for project in (10, 20):
        rows.append(task(project, summary=True, duration=None))
        rows += [task(project + number, 2, parent_uid=project, outline_level=2) for number in (1, 2)]
    made = plan(
        *rows,
        links=(link(11, 12), link(21, 22)),
        resources=(resource(1), resource(2)),
        assignments=(assignment(11, 1, 16), assignment(12, 2, 16), assignment(21, 1, 16), assignment(22, 2, 16)),
    )
    found = levelled(made)
    assert found.levelled.schedule.finish == at(12, 17)  # six days: one project two days behind the other
    assert found.status is Status.OPTIMAL


def test_one_that_needs_more_than_there_is_is_told() -> None:
    made = plan(task(1, 1), resources=(resource(1),), assignments=(assignment(1, 1, 16, "2"),))
    (told,) = levelled(made).levelled.unresolved
    assert told.reasons == ("alone needs more than R1 has",)


def test_a_plan_in_which_nothing_may_move_stays_as_it_is() -> None:
    made = plan(task(1, 1, actual_start=MONDAY), resources=(resource(1),), assignments=(assignment(1, 1, 8),))
    found = levelled(made)
    assert (found.levelled.delayed, found.schedules) == ((), 0)
    assert levelled(plan()).levelled.schedule.tasks == ()


@settings(max_examples=25, deadline=None)
@given(plans())
def test_every_plan_comes_out_within_its_people(made: Plan) -> None:
    found = levelled(made, 24)
    answer = found.levelled
    assert schedule(answer.plan) == answer.schedule
    told = {(row.over.resource_uid, row.over.start, row.over.task_uids) for row in answer.unresolved}
    over = over_allocations(answer.plan, answer.schedule)
    assert {(row.resource_uid, row.start, row.task_uids) for row in over} == told
    by_rules = level(made, None, Options(order=Order.PRIORITY))
    assert (len(answer.unresolved), answer.schedule.finish) <= (len(by_rules.unresolved), by_rules.schedule.finish)
    assert found.lower_bound <= found.makespan


@settings(max_examples=20, deadline=None)
@given(plans(fixed=False))
def test_free_plans_have_nothing_left_over_capacity(made: Plan) -> None:
    one_at_a_time = replace(made, resources=tuple(replace(row, max_units=Decimal(1)) for row in made.resources))
    found = levelled(one_at_a_time, 24)
    assert not [row for row in found.levelled.unresolved if not row.over.outside]


def test_least_disturbance_delays_what_matters_least_though_the_finish_is_later() -> None:
    made = plan(
        task(1, 2, priority=900),
        task(2, 1, priority=100),
        task(3, 5, priority=100),
        links=(link(2, 3),),
        resources=(resource(1),),
        assignments=(assignment(1, 1, 16), assignment(2, 1, 8)),
    )
    by_finish, found = levelled(made), levelled(made, objective=Objective.DISTURBANCE)
    assert (by_finish.makespan.hours, by_finish.disturbance.hours) == (48, Decimal("14.4"))  # a day of the first
    assert (found.makespan.hours, found.disturbance.hours) == (64, Decimal("6.4"))  # two days of the second and third


def test_least_disturbance_counts_the_tasks_that_follow() -> None:
    made = plan(
        task(1, 1),
        task(2, 1),
        *(task(uid, 0.5) for uid in (3, 4, 5)),
        links=tuple(link(2, uid) for uid in (3, 4, 5)),
        resources=(resource(1),),
        assignments=(assignment(1, 1, 8), assignment(2, 1, 8)),
    )
    found = levelled(made, objective=Objective.DISTURBANCE)
    assert [row.uid for row in found.levelled.delayed] == [1]
    assert found.disturbance == WorkTime.from_hours(8)


@settings(max_examples=20, deadline=None)
@given(plans())
def test_least_disturbance_is_never_more_than_by_rules(made: Plan) -> None:
    found = levelled(made, 24, Objective.DISTURBANCE)
    assert schedule(found.levelled.plan) == found.levelled.schedule
    for order in (Order.STANDARD, Order.PRIORITY):
        by_rules = level(made, None, Options(order=order))
        assert (len(found.levelled.unresolved), found.disturbance) <= (len(by_rules.unresolved), delay(by_rules))
    assert found.disturbance == delay(found.levelled)


def test_a_deadline_comes_before_the_finish() -> None:
    """The long tail of task 1 makes the plan longer when task 3 goes first, as its deadline asks."""
    made = plan(
        task(1, 1),
        task(2, 5),
        task(3, 2, deadline=at(6, 17)),
        links=(link(1, 2),),
        resources=(resource(1),),
        assignments=(assignment(1, 1, 8), assignment(3, 1, 16)),
    )
    found = levelled(made)
    assert found.levelled.schedule.by_uid()[3].finish == at(6, 17)
    assert found.levelled.schedule.finish == at(14, 17)
    assert (found.late.tenths, found.late_before.tenths, found.status) == (0, 0, Status.FEASIBLE)
    free = levelled(replace(made, tasks=(*made.tasks[:2], replace(made.tasks[2], deadline=None))))
    assert free.levelled.schedule.finish == at(12, 17)


def test_the_deadline_of_a_summary_comes_before_the_finish() -> None:
    """As above, where only the summary of task 3 has been promised."""
    made = plan(
        task(1, 1),
        task(2, 5),
        task(4, duration=None, summary=True, deadline=at(6, 17)),
        task(3, 2, parent_uid=4, outline_level=2),
        links=(link(1, 2),),
        resources=(resource(1),),
        assignments=(assignment(1, 1, 8), assignment(3, 1, 16)),
    )
    found = levelled(made)
    assert found.levelled.schedule.by_uid()[4].finish == at(6, 17)
    assert (found.late.tenths, found.levelled.schedule.finish) == (0, at(14, 17))


def test_a_deadline_that_nothing_can_keep_leaves_the_finish_to_be_optimal() -> None:
    rows = task(1, 1, deadline=MONDAY), task(2, 1)
    made = plan(*rows, resources=(resource(1),), assignments=(assignment(1, 1, 8), assignment(2, 1, 8)))
    found = levelled(made)
    assert found.late == found.late_before == WorkTime(DAY)
    assert (found.levelled.schedule.by_uid()[1].start, found.status) == (MONDAY, Status.OPTIMAL)


@settings(max_examples=12, deadline=None)
@given(plans(fixed=False), st.lists(st.integers(1, 12), min_size=10, max_size=10))
def test_deadlines_are_never_missed_by_more_than_by_rules(made: Plan, until: list[int]) -> None:
    due = tuple(
        replace(row, deadline=MONDAY + timedelta(days=until[place % 10])) for place, row in enumerate(made.tasks)
    )
    made = replace(made, tasks=due)
    found, by_rules = levelled(made), level(made, None, Options(order=Order.PRIORITY))
    assert len(found.levelled.unresolved) <= len(by_rules.unresolved)
    if len(found.levelled.unresolved) == len(by_rules.unresolved):
        assert found.late <= past_deadlines(by_rules)


def past_deadlines(found: Levelled) -> WorkTime:
    """Working time by which tasks end after their deadlines."""
    network = lay_out(found.plan)
    finishes = found.schedule.by_uid()
    late = [
        network.axes[row].work_between(task.deadline, finishes[task.uid].finish).tenths
        for row, task in enumerate(network.tasks)
        if task.deadline is not None and finishes[task.uid].finish > task.deadline
    ]
    return WorkTime(sum(late))


def test_a_plan_of_very_many_slots_is_laid_on_larger_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [task(uid, 3 + uid / 8) for uid in range(1, 5)]
    made = plan(
        *rows, resources=(resource(1),), assignments=tuple(assignment(row.uid, 1, 24 + row.uid) for row in rows)
    )
    slots: list[int] = []

    def counted(problem: Problem) -> Result:
        slots.append(problem.horizon())
        return search(problem, schedules=60, code=Code.PLAIN)

    finish = optimise(made, counted).levelled.schedule.finish
    monkeypatch.setattr(grid, "_MOST_CELLS", 4)
    assert optimise(made, counted).levelled.schedule.finish == finish
    assert slots[1] < 10 < slots[0]


def test_a_search_that_has_no_time_leaves_the_answer_to_the_rules() -> None:
    made = plan(
        task(1, 2), task(2, 3), resources=(resource(1),), assignments=(assignment(1, 1, 16), assignment(2, 1, 24))
    )
    found = optimise(made, lambda _: None)
    assert found.levelled == level(made, None, Options(order=Order.PRIORITY))
    assert (found.by_search, found.schedules, found.makespan.hours) == (False, 0, 40)
