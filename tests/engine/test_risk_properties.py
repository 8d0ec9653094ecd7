"""A simulated run is the engine's schedule of the drawn durations, date by date; the ways of calculating agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.plan_builder import ROUND_THE_CLOCK, STANDARD, days, link, plan
from tests.engine.test_cpm_properties import HALF_WEEK, on_one_calendar, plans
from tests.examples import examples

from headway.engine.calendars import instant, moment
from headway.engine.cpm import schedule
from headway.engine.cpm.network import lay_out
from headway.engine.plan import ConstraintType, Duration, Lag, Link, LinkType, Plan, Task, TaskMode
from headway.engine.risk import Calculation, Shape, Spread, simulate
from headway.engine.risk.passes import Problem, Runs
from headway.engine.risk.simulation import fixed_dates, percent_lags
from headway.engine.units import WorkTime


def with_any_rule(row: Task, draw: st.DrawFn) -> Task:
    """The task with a constraint, a deadline, progress, typed dates or none of them."""
    date = datetime(2026, 1, draw(st.integers(3, 25)), draw(st.sampled_from([0, 8, 11, 17])))
    kind = draw(st.integers(0, 11))
    if kind < 4:
        return replace(row, constraint=draw(st.sampled_from(list(ConstraintType))), constraint_date=date)
    if kind == 4:
        return replace(row, deadline=date)
    if kind == 5:
        return replace(row, actual_start=date, percent_complete=Decimal(draw(st.sampled_from([0, 25, 50]))))
    if kind == 6:
        start = draw(st.sampled_from([date, None]))
        return replace(row, actual_start=start, actual_finish=date + timedelta(3), percent_complete=Decimal(100))
    return replace(row, mode=TaskMode.MANUAL, manual_start=date) if kind == 7 else row


@st.composite
def links_of_summaries(draw: st.DrawFn, problem: Plan) -> tuple[Link, ...]:
    """Now and then a link from a summary to a task behind it, with a share of what the summary lasts as its lag."""
    summaries = {row.uid for row in problem.tasks if row.summary}
    leaves = [row for row in problem.tasks if not row.summary]
    if not summaries or draw(st.integers(0, 2)):
        return ()
    summary = draw(st.sampled_from(sorted(summaries)))
    last = max(row.uid for row in leaves if row.parent_uid == summary)
    behind = [row.uid for row in leaves if row.uid > last]  # links run from lower to higher uids
    kind, percent = draw(st.sampled_from(list(LinkType))), Decimal(draw(st.sampled_from([25, 150, -50])))
    return (Link(summary, draw(st.sampled_from(behind)), kind, Lag(percent=percent)),) if behind else ()


@st.composite
def rich_plans(draw: st.DrawFn) -> Plan:
    """Plans with constraints, deadlines, progress, manual tasks and percent lags on mixed calendars."""
    problem = draw(plans())
    leaves = [row.uid for row in problem.tasks if not row.summary]
    changed: dict[int, Task] = {}
    for row in problem.tasks:
        if row.summary:
            continue
        changed[row.uid] = with_any_rule(row, draw)
    links = tuple(
        replace(tie, lag=replace(tie.lag, percent=Decimal(50), elapsed=False)) if draw(st.integers(0, 7)) == 0 else tie
        for tie in problem.links
        if tie.successor_uid in leaves
    )
    return replace(
        problem,
        tasks=tuple(changed.get(row.uid, row) for row in problem.tasks),
        links=(*links, *draw(links_of_summaries(problem))),
        project=replace(
            problem.project,
            honor_constraints=draw(st.booleans()),
            multiple_critical_paths=draw(st.booleans()),
        ),
    )


def drawn_plan(problem: Plan, data: st.DataObject) -> tuple[Plan, dict[int, int]]:
    """The plan with other durations (of started tasks: another rest), and how much longer each row became."""
    network = lay_out(problem)
    changes: dict[int, int] = {}
    tasks: list[Task] = []
    for task in problem.tasks:
        row = network.index[task.uid]
        if task.summary or network.placed[row] or network.complete[row] or task.duration is None:
            tasks.append(task)
            continue
        more = data.draw(st.sampled_from([0, 0, 600, 4800, 33, -task.duration.amount.tenths]))
        rest = task.remaining_duration
        if task.actual_start is not None:
            more = max(more, -network.spans[row].remaining)
            rest = WorkTime(network.spans[row].remaining + more)
        changes[row] = more
        whole = replace(task.duration, amount=WorkTime(task.duration.amount.tenths + more))
        tasks.append(replace(task, duration=whole, remaining_duration=rest))
    return replace(problem, tasks=tuple(tasks)), changes


def assert_runs_equal_schedules(problem: Plan, data: st.DataObject) -> None:
    drawn = [drawn_plan(problem, data) for _ in range(3)]
    network = lay_out(problem)
    deterministic = schedule(problem)
    common = Problem(network, instant(deterministic.start), fixed_dates(network, deterministic), percent_lags(network))
    rows = sorted(drawn[0][1])
    runs = Runs(common, {row: np.array([changes[row] for _, changes in drawn]) for row in rows})
    for number, (one, _) in enumerate(drawn):
        expected = schedule(one)
        assert moment(int(np.broadcast_to(runs.finish, 3)[number])) == expected.finish
        for row, wanted in enumerate(expected.tasks):
            columns = (runs.early_start, runs.early_finish, runs.late_start, runs.late_finish)
            found = [moment(int(np.broadcast_to(column[row], 3)[number])) for column in columns]
            assert found == [wanted.early_start, wanted.early_finish, wanted.late_start, wanted.late_finish]
            assert int(np.broadcast_to(runs.total_slack(row), 3)[number]) == wanted.total_slack.tenths


@settings(max_examples=examples(150), deadline=None)
@given(plans(), st.data())
def test_every_run_is_the_schedule_of_its_durations(problem: Plan, data: st.DataObject) -> None:
    assert_runs_equal_schedules(problem, data)


@settings(max_examples=examples(150), deadline=None)
@given(rich_plans(), st.data())
def test_every_run_keeps_constraints_progress_and_manual_dates(problem: Plan, data: st.DataObject) -> None:
    assert_runs_equal_schedules(problem, data)


def varied(problem: Plan) -> Plan:
    """Every leaf with an estimate from half to double its duration."""

    def estimate(row: Task) -> Task:
        if row.summary or row.duration is None:
            return row
        amount = row.duration.amount.tenths
        low, high = (replace(row.duration, amount=WorkTime(amount * n // 2)) for n in (1, 4))
        return replace(row, optimistic=low, pessimistic=high)

    return replace(problem, tasks=tuple(estimate(row) for row in problem.tasks))


@pytest.mark.parametrize("way", [Calculation.ARRAYS, Calculation.COMPILED])
@settings(max_examples=examples(80), deadline=None)
@given(rich_plans())
def test_without_spread_every_run_ends_with_the_deterministic_finish(way: Calculation, problem: Plan) -> None:
    if way is Calculation.COMPILED:
        pytest.importorskip("numba")
    problem = replace(problem, tasks=(*problem.tasks, estimated(901, 1)))
    same = simulate(problem, runs=3, spread=Spread(1, 1), calculation=way)
    assert set(same.finishes) == {schedule(problem).finish}
    assert (same.mean, same.on_time.value) == (same.deterministic, 1.0)
    critical = {row.uid: row.critical for row in schedule(problem).tasks}
    assert all(task.criticality_index == critical[task.uid] for task in same.tasks)


def estimated(uid: int, most: float = 3) -> Task:
    """An open task of one to so many days."""
    return Task(uid, uid, "Open", Duration(days(1)), optimistic=Duration(days(1)), pessimistic=Duration(days(most)))


ANY_HOURS = [0, 8, 11, 17]
WORKING_HOURS = [8, 11, 17]


def soft_plan(problem: Plan, data: st.DataObject, hours: list[int]) -> Plan:
    """With estimates, soft constraints, deadlines and progress; working hours fall on the first days of a week."""
    january = [5, 6, 7, 12, 13, 14] if hours is WORKING_HOURS else list(range(3, 26))

    def with_rules(row: Task) -> Task:
        date = datetime(2026, 1, data.draw(st.sampled_from(january)), data.draw(st.sampled_from(hours)))
        kind = data.draw(st.integers(0, 9))
        if row.summary or kind > 4:
            return row
        if kind == 0:
            return replace(row, constraint=ConstraintType.SNET, constraint_date=date)
        if kind == 1:
            return replace(row, constraint=ConstraintType.FNET, constraint_date=date)
        if kind == 2:
            return replace(row, deadline=date, milestone=True)
        if kind == 3:
            return replace(row, actual_start=date, percent_complete=Decimal(25))
        done = Decimal(100)
        return replace(row, actual_start=date, actual_finish=date + timedelta(2), percent_complete=done)

    return varied(replace(problem, tasks=tuple(with_rules(row) for row in problem.tasks)))


@settings(max_examples=examples(250), deadline=None)
@given(plans(), st.data())
def test_compiled_and_array_code_agree_on_one_calendar(problem: Plan, data: st.DataObject) -> None:
    problem = soft_plan(on_one_calendar(problem), data, WORKING_HOURS)
    assert_ways_agree(replace(problem, tasks=(*problem.tasks, estimated(901))))


@settings(max_examples=examples(120), deadline=None)
@given(plans(), st.data())
def test_compiled_and_array_code_agree_on_mixed_calendars(problem: Plan, data: st.DataObject) -> None:
    problem = soft_plan(problem, data, ANY_HOURS)
    assert_ways_agree(replace(problem, tasks=(*problem.tasks, estimated(901))))


@settings(max_examples=examples(250), deadline=None)
@given(rich_plans())
def test_compiled_and_array_code_agree_on_every_rule(problem: Plan) -> None:
    assert_ways_agree(varied(replace(problem, tasks=(*problem.tasks, estimated(901)))))


def test_all_ways_end_where_the_schedule_ends_though_a_row_held_late_pushes_another() -> None:
    day = Duration(WorkTime(14_400), "h", elapsed=True)
    late = Task(1, 1, "Late", Duration(WorkTime(1)), constraint=ConstraintType.ALAP, leveling_delay=day)
    shorter, longer = (
        Task(uid, uid, "Elapsed", Duration(WorkTime(length), "h", elapsed=True), leveling_delay=day)
        for uid, length in ((2, 18_000), (3, 26_158))
    )
    problem = plan(late, shorter, longer, estimated(901), links=(link(1, 2, "SS"),))
    assert_ways_agree(problem)
    fixed = schedule(problem)
    assert fixed.finish == max(row.finish for row in fixed.tasks)
    assert simulate(problem, runs=3, calculation=Calculation.COMPILED).finishes[0] == fixed.finish


@pytest.mark.parametrize("calendar_uid", [None, 2, 4])
def test_compiled_and_array_code_agree_over_decades(calendar_uid: int | None) -> None:
    long = [
        replace(estimated(uid, 900), duration=Duration(days(700)), calendar_uid=calendar_uid) for uid in range(1, 9)
    ]
    links = tuple(link(uid, uid + 1) for uid in range(1, 8))
    calendars = (STANDARD, ROUND_THE_CLOCK, HALF_WEEK)
    assert_ways_agree(plan(*long, links=links, calendars=calendars))


def assert_ways_agree(problem: Plan) -> None:
    pytest.importorskip("numba")
    arrays, compiled = (
        simulate(problem, runs=140, seed=5, shape=Shape.TRIANGULAR, calculation=way)
        for way in (Calculation.ARRAYS, Calculation.COMPILED)
    )
    assert arrays == compiled
