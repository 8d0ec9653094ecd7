"""A change followed through equals a full calculation, in every field and every sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.plan_builder import MONDAY, assignment, at, elapsed, link, plan, resource, task
from tests.engine.test_cpm_properties import plans
from tests.examples import examples

from headway.engine.cpm import schedule
from headway.engine.cpm.whatif import scheduled
from headway.engine.plan import ConstraintType, Duration, Lag, Link, LinkType, Plan, PlanError, Task, TaskMode
from headway.engine.units import WorkTime

_CONSTRAINTS = [kind for kind in ConstraintType if kind is not ConstraintType.ASAP]


@st.composite
def edited_tasks(draw: st.DrawFn, row: Task) -> Task:
    """A task with one thing about it changed."""
    kind = draw(st.integers(0, 9))
    date = MONDAY + timedelta(hours=draw(st.integers(-48, 400)))
    if kind <= 2:
        return replace(row, duration=Duration(WorkTime(draw(st.sampled_from([0, 1, 600, 4800, 14_400, 60_000])))))
    if kind == 3:
        return replace(row, constraint=draw(st.sampled_from(_CONSTRAINTS)), constraint_date=date)
    if kind == 4:
        return replace(row, calendar_uid=draw(st.sampled_from([None, 1, 2, 4])))
    if kind == 5:
        done = Decimal(draw(st.sampled_from([0, 25, 100])))
        finish = date + timedelta(days=2) if done == 100 else None
        start = None if finish is not None and draw(st.booleans()) else date
        return replace(row, actual_start=start, actual_finish=finish, percent_complete=done)
    if kind == 6:
        return replace(row, deadline=date)
    if kind == 7:
        return replace(row, leveling_delay=elapsed(draw(st.sampled_from([12, 24, 72]))))
    if kind == 8:
        return replace(row, mode=TaskMode.MANUAL, manual_start=date, name=f"{row.name} by hand")
    return replace(row, name=f"{row.name} renamed", active=draw(st.booleans()))


@st.composite
def edited(draw: st.DrawFn, problem: Plan) -> Plan:
    """A plan with one change; what is not changed stays the same object."""
    leaves = [row for row in problem.tasks if not row.summary]
    uids = sorted(row.uid for row in leaves)
    kind = draw(st.sampled_from(["task", "task", "task", "unlink", "link", "lag", "add", "remove", "summary"]))
    if kind == "task" and leaves:
        row = draw(st.sampled_from(leaves))
        new = draw(edited_tasks(row))
        return replace(problem, tasks=tuple(new if one is row else one for one in problem.tasks))
    if kind == "summary" and any(row.summary for row in problem.tasks):
        row = draw(st.sampled_from([row for row in problem.tasks if row.summary]))
        held = replace(row, constraint=ConstraintType.SNET, constraint_date=MONDAY + timedelta(days=2))
        return replace(problem, tasks=tuple(held if one is row else one for one in problem.tasks))
    if kind in ("unlink", "lag") and problem.links:
        gone = draw(st.sampled_from(problem.links))
        lag = Lag(WorkTime(draw(st.sampled_from([0, 4800, -2400, 100]))), elapsed=draw(st.booleans()))
        if draw(st.booleans()):
            lag = Lag(percent=Decimal(draw(st.sampled_from([50, -25, 200]))))
        came = [replace(gone, lag=lag)] if kind == "lag" else []
        return replace(
            problem, links=tuple(one for old in problem.links for one in ([old] if old is not gone else came))
        )
    if kind == "add":
        place = draw(st.integers(0, len(problem.tasks)))
        parent = draw(st.sampled_from([None, *(row.uid for row in problem.tasks if row.summary)]))
        new = task(max([900, *uids]) + 1, draw(st.sampled_from([0, 1, 3])), parent_uid=parent)
        tasks = (*problem.tasks[:place], new, *problem.tasks[place:])
        ties = (Link(draw(st.sampled_from(uids)), new.uid, draw(st.sampled_from(list(LinkType)))),) if uids else ()
        return replace(problem, tasks=tasks, links=(*problem.links, *ties))
    if kind == "remove" and len(leaves) > 1:
        row = draw(st.sampled_from(leaves))
        links = tuple(one for one in problem.links if row.uid not in (one.predecessor_uid, one.successor_uid))
        return replace(problem, tasks=tuple(one for one in problem.tasks if one is not row), links=links)
    rows = [row.uid for row in problem.tasks]
    before, after = draw(st.sampled_from(rows)), draw(st.sampled_from(rows))
    place = draw(st.integers(0, len(problem.links)))
    lags = [Lag(), Lag(WorkTime(4800)), Lag(percent=Decimal(50)), Lag(percent=Decimal(-30))]
    new_link = Link(before, after, draw(st.sampled_from(list(LinkType))), draw(st.sampled_from(lags)))
    return replace(problem, links=(*problem.links[:place], new_link, *problem.links[place:]))


def refusal(act: Callable[[], object]) -> str:
    """What a PlanError says; nothing when there is none."""
    try:
        act()
    except PlanError as error:
        return str(error)
    return ""


@settings(max_examples=examples(150), deadline=None)
@given(plans(), st.data())
def test_a_change_followed_through_equals_a_full_calculation(problem: Plan, data: st.DataObject) -> None:
    before = scheduled(problem)
    for _ in range(4):
        changed = data.draw(edited(before.plan))
        refused = refusal(partial(schedule, changed))
        assert refusal(partial(before.with_plan, changed)) == refused
        if refused:
            continue
        expected = schedule(changed)
        then = before.schedule.by_uid()
        after = before.with_plan(changed)
        assert after.schedule == expected
        same = {uid for uid, row in after.schedule.by_uid().items() if then.get(uid) == row}
        assert set(after.schedule.by_uid()) - same <= after.moved
        before = after


def test_only_what_moves_is_said_to_move() -> None:
    state = scheduled(plan(*(task(uid, 1) for uid in range(1, 30)), links=tuple(link(u, u + 1) for u in range(1, 5))))
    after = state.with_changes(tasks=[task(9, 2)])
    assert after.moved == {9}
    assert after.task(9).finish == at(6, 17)
    assert state.task(9).finish == at(5, 17)


def test_a_plan_changed_very_often_is_laid_out_anew() -> None:
    state = scheduled(plan(*(task(uid, 1) for uid in range(1, 30))))
    for number in range(700):
        tie = link(1 + number % 10, 20 + number % 9)
        state = state.with_changes(add_links=[tie]).with_changes(remove_links=[tie])
    assert len(state._tables.layout.link_list) < 400
    assert state.schedule == schedule(state.plan)


def test_changed_assignments_are_followed() -> None:
    problem = plan(
        *(task(uid, 1) for uid in range(1, 30)),
        resources=(resource(7), resource(8, 3)),
        assignments=(assignment(1, 7, 8),),
        links=(link(1, 2),),
    )
    state = scheduled(problem)
    changed = replace(problem, assignments=(assignment(1, 8, 8),))
    after = state.with_plan(changed)
    assert after.schedule == schedule(changed)
    assert 2 in after.moved


def test_a_plan_that_loses_its_last_task_ends_where_it_starts() -> None:
    one = plan(task(1, 2))
    without = replace(one, tasks=())
    idle = replace(one, tasks=(replace(one.tasks[0], active=False),))
    for changed in (without, idle):
        assert scheduled(one).with_plan(changed).schedule == schedule(changed)
    assert schedule(without).finish == MONDAY
    assert scheduled(one).with_plan(without).with_plan(one).schedule == schedule(one)


def test_a_task_that_goes_with_its_people_is_followed() -> None:
    problem = plan(task(1, 2), task(2, 3), resources=(resource(1),), assignments=(assignment(1, 1, 16),))
    without = replace(problem, tasks=problem.tasks[1:], assignments=())
    assert scheduled(problem).with_plan(without).schedule == schedule(without)


def test_a_task_that_takes_part_again_has_its_links_again() -> None:
    idle = replace(task(2, 3), active=False)
    problem = plan(task(1, 2), idle, task(3, 1), links=(link(1, 2), link(2, 3)))
    again = replace(problem, tasks=(problem.tasks[0], replace(idle, active=True), problem.tasks[2]))
    assert scheduled(problem).with_plan(again).schedule == schedule(again)
