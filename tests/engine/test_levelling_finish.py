"""Levelling a plan scheduled from its finish: the mirror image, with delays below zero at the finish."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.plan_builder import MONDAY, ROUND_THE_CLOCK, assignment, at, days, link, plan, resource, task
from tests.engine.test_cpm_finish import LATE, OPPOSITE, reflected
from tests.engine.test_levelling_rules_properties import plans, unexplained

from headway.engine.cpm import schedule
from headway.engine.levelling.clear import clear
from headway.engine.levelling.optimise import Optimised, optimise
from headway.engine.levelling.order import Order
from headway.engine.levelling.problem import Problem, Result
from headway.engine.levelling.profile import Granularity, over_allocations
from headway.engine.levelling.rules import NO_SLACK, Options, level
from headway.engine.levelling.search import Code, Objective, search
from headway.engine.plan import ConstraintType, Duration, Link, LinkType, Plan, Task, TaskMode
from headway.engine.units import WorkTime

FRIDAY = at(30, 17)
_LINKS = {LinkType.FS: LinkType.FS, LinkType.SS: LinkType.FF, LinkType.FF: LinkType.SS, LinkType.SF: LinkType.SF}


def from_finish(*tasks: Task, finish: datetime = FRIDAY, **fields: Any) -> Plan:
    """Tasks that stand as late as possible before a finish."""
    found = plan(*(replace(row, constraint=LATE) if _is_free(row) else row for row in tasks), **fields)
    return replace(found, project=replace(found.project, start=None, finish=finish, schedule_from_start=False))


def _is_free(row: Task) -> bool:
    return row.constraint is ConstraintType.ASAP and not row.summary


def turned(wanted: Plan) -> Plan:
    """The same tasks, scheduled from a finish; dates typed and kept are read as the ones that are usual there."""
    tasks = tuple(row if row.summary else replace(row, constraint=OPPOSITE[row.constraint]) for row in wanted.tasks)
    project = replace(wanted.project, start=None, finish=FRIDAY, schedule_from_start=False)
    return replace(wanted, tasks=tasks, project=project)


def two_at_once(**fields: Any) -> Plan:
    return from_finish(
        task(1, 1),
        task(2, 2),
        resources=(resource(1),),
        assignments=(assignment(1, 1, 8), assignment(2, 1, 16)),
        **fields,
    )


# ---- by rules -----------------------------------------------------------------------------------


def test_a_task_moves_earlier_by_a_delay_below_zero() -> None:
    found = level(two_at_once())
    dates = found.schedule.by_uid()
    [moved] = found.delayed
    assert (moved.uid, moved.task_uids, moved.resource_uid) == (2, (1,), 1)
    assert (dates[1].start, dates[1].finish) == (at(30), at(30, 17))
    assert (dates[2].start, dates[2].finish) == (at(28), at(29, 17))
    assert (moved.finish_before, moved.finish) == (at(30, 17), at(29, 17))
    assert moved.delay == Duration(WorkTime(-14_400), "d", elapsed=True)  # from Friday 17:00 back to Thursday 17:00
    assert (found.schedule.start, found.schedule.finish) == (at(28), FRIDAY)
    assert not found.unresolved


def test_what_leads_up_to_a_delayed_task_moves_along() -> None:
    wanted = from_finish(
        task(1, 1),
        task(2, 1),
        task(3, 1),
        links=(link(1, 2),),
        resources=(resource(1),),
        assignments=(assignment(2, 1, 8), assignment(3, 1, 8)),
    )
    found = level(wanted, options=Options(order=Order.ID, tasks=frozenset({2})))
    dates = found.schedule.by_uid()
    assert [dates[uid].start for uid in (1, 2, 3)] == [at(28), at(29), at(30)]
    assert [row.uid for row in found.delayed] == [2]


@pytest.mark.parametrize("kind", [ConstraintType.SNET, ConstraintType.FNET, ConstraintType.MSO, ConstraintType.MFO])
def test_a_date_that_is_hard_here_is_kept_and_named(kind: ConstraintType) -> None:
    date = at(30) if kind in (ConstraintType.SNET, ConstraintType.MSO) else at(30, 17)
    wanted = from_finish(
        task(1, 1, constraint=kind, constraint_date=date),
        task(2, 1, priority=1000),
        resources=(resource(1),),
        assignments=(assignment(1, 1, 8), assignment(2, 1, 8)),
    )
    [left] = level(wanted).unresolved
    assert left.over.task_uids == (1, 2)
    assert left.reasons[0].startswith(f"has a date to keep: {kind.words} Fri 30 Jan 2026")
    assert left.reasons[1] == "has priority 1000: do not level"


def test_what_stands_as_soon_as_possible_is_named() -> None:
    wanted = replace(two_at_once(), tasks=tuple(replace(row, priority=1000) for row in two_at_once().tasks))
    early = replace(
        wanted, tasks=(replace(wanted.tasks[0], priority=500, constraint=ConstraintType.ASAP), *wanted.tasks[1:])
    )
    assert "is as soon as possible" in [reason for row in level(early).unresolved for reason in row.reasons]


def test_within_slack_nothing_starts_before_the_plan_did() -> None:
    wanted = from_finish(
        task(1, 3),
        task(2, 1),
        task(3, 3),
        resources=(resource(1), resource(2)),
        assignments=(assignment(1, 1, 24), assignment(2, 2, 8), assignment(3, 2, 24)),
    )
    found = level(wanted, options=Options(within_slack=True))
    assert found.schedule.start == found.before.start == at(28)
    assert {reason for row in found.unresolved for reason in row.reasons} == {NO_SLACK}


def test_work_pauses_where_that_is_allowed() -> None:
    wanted = from_finish(
        task(1, 1, constraint=ConstraintType.MSO, constraint_date=at(29)),
        task(2, 2),
        resources=(resource(1),),
        assignments=(assignment(1, 1, 8), assignment(2, 1, 16)),
    )
    found = level(wanted, options=Options(split=True))
    assert [(part.start, part.finish) for part in found.plan.tasks[1].splits] == [
        (at(28), at(28, 17)),
        (at(30), FRIDAY),
    ]
    assert (found.schedule.by_uid()[2].start, found.schedule.by_uid()[2].finish) == (at(28), FRIDAY)
    assert not over_allocations(found.plan, found.schedule)


def test_work_that_has_begun_stays() -> None:
    wanted = from_finish(
        task(1, 2, actual_start=at(28), percent_complete=Decimal(50)),
        task(2, 2),
        finish=at(29, 17),
        resources=(resource(1),),
        assignments=(assignment(1, 1, 16), assignment(2, 1, 16)),
    )
    found = level(wanted, options=Options(split=True))
    assert [row.uid for row in found.delayed] == [2]
    assert found.schedule.by_uid()[2].finish == at(27, 17)


def test_what_was_typed_by_hand_holds_what_leads_up_to_it() -> None:
    wanted = from_finish(
        task(1, 1),
        task(2, 1, mode=TaskMode.MANUAL, manual_start=at(20)),
        task(3, 1, mode=TaskMode.MANUAL, manual_start=at(19)),
        links=(link(1, 2),),
        resources=(resource(1),),
        assignments=tuple(assignment(uid, 1, 8) for uid in (1, 2, 3)),
    )
    assert schedule(wanted).by_uid()[1].finish == at(19, 17)
    assert level(wanted).schedule.by_uid()[1].finish == at(16, 17)


def test_only_a_range_of_dates_is_levelled() -> None:
    rest = Options(first=at(30), last=at(31))
    wanted = from_finish(
        *(task(uid, 1) for uid in (1, 2)),
        *(task(uid, 1, constraint=ConstraintType.FNLT, constraint_date=at(20, 17)) for uid in (3, 4)),
        resources=(resource(1),),
        assignments=tuple(assignment(uid, 1, 8) for uid in (1, 2, 3, 4)),
    )
    assert {row.uid for row in level(wanted).delayed} == {2, 4}
    assert {row.uid for row in level(wanted, options=rest).delayed} == {2}


@pytest.mark.parametrize("order", list(Order))
@settings(max_examples=25, deadline=None)
@given(plans())
def test_a_levelled_plan_is_within_capacity_except_where_it_says_why_not(order: Order, wanted: Plan) -> None:
    found = level(turned(wanted), options=Options(order=order))
    left = over_allocations(found.plan, schedule(found.plan))
    assert left == tuple(row.over for row in found.unresolved)
    assert not unexplained(found)


@settings(max_examples=25, deadline=None)
@given(plans(fixed=False), st.booleans())
def test_where_everything_may_move_only_what_no_delay_can_mend_is_left(wanted: Plan, split: bool) -> None:
    found = level(turned(wanted), options=Options(split=split))
    for row in found.unresolved:
        assert row.over.outside or len(row.over.task_uids) == 1, row


@settings(max_examples=20, deadline=None)
@given(plans(), st.sampled_from([by for by in Granularity if by is not Granularity.MINUTE]))
def test_levelling_by_longer_stretches_keeps_their_capacity(wanted: Plan, by: Granularity) -> None:
    found = level(turned(wanted), options=Options(granularity=by))
    assert over_allocations(found.plan, found.schedule, by=by) == tuple(row.over for row in found.unresolved)


@settings(max_examples=25, deadline=None)
@given(plans(), st.booleans())
def test_the_finish_stays_nothing_moves_later_and_clearing_gives_the_plan_back(wanted: Plan, split: bool) -> None:
    given_plan = turned(wanted)
    found = level(given_plan, options=Options(split=split))
    before, after = schedule(given_plan).by_uid(), found.schedule.by_uid()
    assert found.schedule.finish == schedule(given_plan).finish
    assert all(after[uid].finish <= row.finish for uid, row in before.items())
    delays = [row.leveling_delay for row in found.plan.tasks if row.leveling_delay is not None]
    assert all(delay.elapsed and delay.amount.tenths < 0 for delay in delays)
    assert clear(found.plan) == given_plan


@settings(max_examples=10, deadline=None)
@given(plans())
def test_levelling_is_repeatable_and_a_levelled_plan_levels_to_itself(wanted: Plan) -> None:
    found = level(turned(wanted))
    assert level(turned(wanted)) == found
    assert level(found.plan).plan == found.plan


@st.composite
def round_the_clock(draw: st.DrawFn) -> Plan:
    """Plans that may be turned round without anything being different: one calendar without gaps, even work."""
    count = draw(st.integers(2, 8))
    rows = [task(uid, draw(st.sampled_from([1, 2, 3])), calendar_uid=None) for uid in range(1, count + 1)]
    links = {}
    for successor in range(2, count + 1):
        for predecessor in draw(st.lists(st.integers(1, successor - 1), max_size=1)):
            links[predecessor, successor] = link(predecessor, successor, draw(st.sampled_from(["FS", "SS", "FF"])))
    hours = {row.uid: row.duration.amount.tenths / 600 for row in rows if row.duration}
    people = draw(st.integers(1, 2))
    return plan(
        *rows,
        links=tuple(links.values()),
        resources=tuple(resource(uid) for uid in range(1, people + 1)),
        assignments=tuple(assignment(uid, draw(st.integers(1, people)), hours[uid]) for uid in hours),
        calendars=(replace(ROUND_THE_CLOCK, uid=1),),
    )


@pytest.mark.parametrize("order", list(Order))
@settings(max_examples=25, deadline=None)
@given(round_the_clock())
def test_a_plan_turned_round_is_levelled_to_the_mirrored_dates(order: Order, wanted: Plan) -> None:
    back = replace(
        wanted,
        project=replace(wanted.project, start=None, finish=MONDAY, schedule_from_start=False),
        tasks=tuple(replace(row, constraint=LATE) for row in wanted.tasks),
        links=tuple(Link(one.successor_uid, one.predecessor_uid, _LINKS[one.type]) for one in wanted.links),
    )
    forward, backward = (level(one, options=Options(order=order)).schedule.by_uid() for one in (wanted, back))
    assert {uid: (row.start, row.finish) for uid, row in forward.items()} == {
        uid: (reflected(row.finish), reflected(row.start)) for uid, row in backward.items()
    }


# ---- by search ----------------------------------------------------------------------------------


def searched(wanted: Plan, objective: Objective = Objective.FINISH, code: Code = Code.PLAIN) -> Optimised:
    def find(problem: Problem) -> Result:
        return search(problem, schedules=300, objective=objective, code=code)

    return optimise(wanted, find, objective=objective)


def test_the_search_finds_the_latest_start() -> None:
    """Rules give way by slack alone; the shortest plan is the one in which the long chain goes first."""
    wanted = from_finish(
        task(1, 1),
        task(2, 1),
        task(3, 3),
        links=(link(3, 1),),
        resources=(resource(1), resource(2)),
        assignments=(assignment(1, 1, 8), assignment(2, 1, 8), assignment(3, 2, 24)),
    )
    found = searched(wanted)
    assert found.levelled.schedule.finish == FRIDAY
    assert found.makespan == found.lower_bound == days(4)
    assert found.status.value == "optimal"
    assert [row.uid for row in found.levelled.delayed] == [2]


@pytest.mark.parametrize("objective", list(Objective))
@settings(max_examples=8, deadline=None)
@given(plans(fixed=False))
def test_the_search_keeps_capacity_and_is_no_worse_than_the_rules(objective: Objective, wanted: Plan) -> None:
    given_plan = turned(wanted)
    found = searched(given_plan, objective)
    rules = level(given_plan, options=Options(order=Order.PRIORITY))
    left = over_allocations(found.levelled.plan, schedule(found.levelled.plan))
    assert left == tuple(row.over for row in found.levelled.unresolved)
    assert len(found.levelled.unresolved) <= len(rules.unresolved)
    assert found.levelled.schedule.finish == rules.schedule.finish
    if objective is Objective.FINISH and len(found.levelled.unresolved) == len(rules.unresolved):
        assert found.levelled.schedule.start >= rules.schedule.start
    assert found.lower_bound <= found.makespan
    assert clear(found.levelled.plan) == given_plan
