"""Properties of every plan levelled by rules: within capacity, behind its links, explained, repeatable."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.plan_builder import MONDAY, NIGHT, ROUND_THE_CLOCK, STANDARD, assignment, days, plan, resource
from tests.engine.test_cpm_properties import HALF_WEEK
from tests.examples import examples

from headway.engine.cpm import schedule
from headway.engine.levelling.order import Order
from headway.engine.levelling.profile import Granularity, over_allocations
from headway.engine.levelling.queues import Queue
from headway.engine.levelling.rules import CHASED, Levelled, Options, level
from headway.engine.levelling.sweep import Sweep
from headway.engine.plan import ConstraintType, Duration, Lag, Link, LinkType, Plan, Task, TaskMode, WorkContour
from headway.engine.units import WorkTime

CALENDARS = (STANDARD, ROUND_THE_CLOCK, NIGHT, HALF_WEEK)


@st.composite
def plans(draw: st.DrawFn, *, fixed: bool = True) -> Plan:
    """Plans that want more of their people than there is: units, priorities, calendars, contours, summaries, leads."""
    count = draw(st.integers(2, 10))
    people = draw(st.integers(1, 3))
    groups = draw(st.integers(0, 2))
    rows = [Task(100 + number, 100 + number, f"S{number}", None, summary=True) for number in range(groups)]
    assignments = []
    for uid in range(1, count + 1):
        length = draw(st.sampled_from([0.5, 1, 1.5, 2, 3]))
        state = draw(st.integers(0, 11)) if fixed else 11
        rows.append(
            Task(
                uid,
                uid,
                f"T{uid}",
                Duration(days(length)),
                calendar_uid=draw(st.sampled_from([None, None, None, None, 2, 4])),
                parent_uid=100 + draw(st.integers(0, groups - 1)) if groups else None,
                priority=1000 if state == 0 else draw(st.sampled_from([100, 500, 500, 900])),
                mode=TaskMode.MANUAL if state == 1 else TaskMode.AUTO,
                manual_start=MONDAY + timedelta(days=1) if state == 1 else None,
                actual_start=MONDAY if state == 2 else None,
                percent_complete=Decimal(50) if state == 2 else Decimal(0),
                constraint=ConstraintType.SNLT if state == 3 else ConstraintType.ASAP,
                constraint_date=MONDAY + timedelta(days=2) if state == 3 else None,
            )
        )
        for number in draw(st.lists(st.integers(1, people), unique=True, max_size=2)):
            units = draw(st.sampled_from(["1", "1", "0.5", "0.25"]))
            contour = draw(st.sampled_from([WorkContour.FLAT] * 4 + [WorkContour.FRONT_LOADED]))
            hours = length * 8 * float(units)
            assignments.append(assignment(uid, number, hours, units, contour=contour))
    links = {}
    for successor in range(2, count + 1):
        for predecessor in draw(st.lists(st.integers(1, successor - 1), max_size=1)):
            lag = Lag(WorkTime(draw(st.sampled_from([0, 0, 0, 4800, -2400]))), elapsed=draw(st.booleans()))
            kind = draw(st.sampled_from([LinkType.FS] * 3 + list(LinkType)))
            links[predecessor, successor] = Link(predecessor, successor, kind, lag)
    kept = {row.parent_uid for row in rows}
    return plan(
        *(row for row in rows if not row.summary or row.uid in kept),
        links=tuple(links.values()),
        resources=tuple(
            resource(
                number,
                draw(st.sampled_from([1, 1, 1, 4, 3])),
                max_units=Decimal(draw(st.sampled_from(["1", "1", "2", "0.5"]))),
            )
            for number in range(1, people + 1)
        ),
        assignments=tuple(assignments),
        calendars=CALENDARS,
    )


def unexplained(found: Levelled) -> list[str]:
    """What is over capacity though one of two tasks that meet there could have given way.

    A task of priority 1000 follows its links, and so may meet what it depends on wherever that goes.
    """
    tasks = {task.uid: task for task in found.plan.tasks}
    dates = found.schedule.by_uid()

    def worked(uid: int) -> list[tuple[datetime, datetime]]:
        pieces = [(part.start, part.finish) for part in tasks[uid].splits]
        return pieces or [(dates[uid].start, dates[uid].finish)]

    return [
        f"{row.over} {row.reasons}"
        for row in found.unresolved
        if set(row.reasons) == {CHASED}
        for one, other in combinations(row.over.task_uids, 2)
        if any(a < d and c < b for a, b in worked(one) for c, d in worked(other))
    ]


@pytest.mark.parametrize("order", list(Order))
@settings(max_examples=examples(80), deadline=None)
@given(plans())
def test_a_levelled_plan_is_within_capacity_except_where_it_says_why_not(order: Order, wanted: Plan) -> None:
    found = level(wanted, options=Options(order=order))
    left = over_allocations(found.plan, schedule(found.plan))
    assert left == tuple(row.over for row in found.unresolved)
    assert not unexplained(found)


@settings(max_examples=examples(80), deadline=None)
@given(plans(fixed=False))
def test_where_everything_may_move_only_what_no_delay_can_mend_is_left(wanted: Plan) -> None:
    found = level(wanted)
    for row in found.unresolved:
        assert row.over.outside or len(row.over.task_uids) == 1, row


@settings(max_examples=examples(50), deadline=None)
@given(plans(), st.sampled_from([Granularity.HOUR, Granularity.DAY, Granularity.WEEK]))
def test_levelling_by_longer_stretches_keeps_their_capacity(wanted: Plan, by: Granularity) -> None:
    found = level(wanted, options=Options(granularity=by))
    left = over_allocations(found.plan, found.schedule, by=by)
    assert left == tuple(row.over for row in found.unresolved)


@settings(max_examples=examples(50), deadline=None)
@given(plans(), st.booleans())
def test_nothing_starts_before_it_did_and_what_may_not_move_is_not_delayed(wanted: Plan, split: bool) -> None:
    found = level(wanted, options=Options(split=split))
    before, after = schedule(wanted).by_uid(), found.schedule.by_uid()
    assert all(after[uid].start >= row.start for uid, row in before.items())
    delayed = {row.uid for row in found.delayed}
    for task in wanted.tasks:
        if task.priority >= 1000 or task.mode is TaskMode.MANUAL or task.constraint is ConstraintType.SNLT:
            assert task.uid not in delayed


@settings(max_examples=examples(50), deadline=None)
@given(plans(fixed=False))
def test_within_slack_the_finish_stays(wanted: Plan) -> None:
    found = level(wanted, options=Options(within_slack=True))
    assert found.schedule.finish == found.before.finish


@settings(max_examples=examples(50), deadline=None)
@given(plans(), st.sampled_from(list(Order)))
def test_split_work_is_within_capacity_too(wanted: Plan, order: Order) -> None:
    found = level(wanted, options=Options(order=order, split=True))
    left = over_allocations(found.plan, schedule(found.plan))
    assert left == tuple(row.over for row in found.unresolved)
    assert not unexplained(found)


@settings(max_examples=30, deadline=None)
@given(plans())
def test_levelling_is_repeatable_and_a_levelled_plan_levels_to_itself(wanted: Plan) -> None:
    found = level(wanted)
    assert level(wanted) == found
    assert level(found.plan).plan == found.plan


@st.composite
def crowds(draw: st.DrawFn) -> Plan:
    """Tasks of few people on several calendars, hardly linked: what one leaves free is a hole for another."""
    people = draw(st.integers(1, 2))
    rows = [
        Task(
            uid,
            uid,
            f"T{uid}",
            Duration(days(draw(st.sampled_from([0.25, 0.5, 1, 2, 4])))),
            calendar_uid=calendar,
            priority=draw(st.sampled_from([500, 500, 500, 700, 1000])),
        )
        for uid, calendar in enumerate(draw(st.lists(st.sampled_from([None, 1, 2, 4]), min_size=4, max_size=14)), 1)
    ]
    pairs = st.tuples(st.integers(1, len(rows)), st.integers(1, len(rows))).filter(lambda pair: pair[0] < pair[1])
    links = tuple(Link(*pair) for pair in draw(st.lists(pairs, unique=True, max_size=3)))
    work = tuple(
        assignment(row.uid, number, row.duration.amount.tenths / 600)
        for row in rows
        if row.duration
        for number in draw(st.lists(st.integers(1, people), min_size=1, max_size=2, unique=True))
    )
    crew = tuple(resource(uid, draw(st.sampled_from([1, 2]))) for uid in range(1, people + 1))
    return plan(*rows, links=links, resources=crew, assignments=work, calendars=CALENDARS)


@st.composite
def teams(draw: st.DrawFn) -> Plan:
    """Tasks without links of people on different calendars, each with a part of their own, some of it by contour."""
    people = draw(st.integers(1, 3))
    rows, work = [], []
    for uid in range(1, draw(st.integers(3, 8)) + 1):
        length = draw(st.sampled_from([0.25, 0.5, 1, 2]))
        priority = draw(st.sampled_from([500, 500, 700]))
        calendar = draw(st.sampled_from([None, None, 2]))
        rows.append(Task(uid, uid, f"T{uid}", Duration(days(length)), calendar_uid=calendar, priority=priority))
        units = draw(st.sampled_from(["1", "1", "0.5"]))
        contour = draw(st.sampled_from([WorkContour.FLAT] * 4 + [WorkContour.BELL]))
        for place, number in enumerate(draw(st.lists(st.integers(1, people), min_size=1, max_size=2, unique=True))):
            share = draw(st.sampled_from([1, 0.5])) if place else 1
            work.append(assignment(uid, number, length * 8 * share * float(units), units, contour=contour))
    crew = tuple(resource(uid, draw(st.sampled_from([1, 1, 2, 4]))) for uid in range(1, people + 1))
    return plan(*rows, resources=crew, assignments=tuple(work), calendars=CALENDARS)


@pytest.mark.parametrize("order", list(Order))
@settings(max_examples=examples(40), deadline=None)
@given(teams())
def test_who_waits_begins_at_the_first_moment_with_room(order: Order, wanted: Plan) -> None:
    """Half an hour by half an hour, with all the others where they are; where nobody gave a place up that they had."""
    gave = False
    give_way = Sweep._give_way

    def noted(sweep: Sweep, *what: Any) -> None:
        nonlocal gave
        gave = True
        give_way(sweep, *what)

    with patch.object(Sweep, "_give_way", noted):
        found = level(wanted, options=Options(order=order))
    if gave or found.unresolved:
        return
    for task in found.plan.tasks:
        if task.leveling_delay is None:
            continue
        first = start = None
        for delay in range(0, task.leveling_delay.amount.tenths, 300):
            if first is not None and first + timedelta(seconds=6 * delay) <= start:
                continue  # in time off, which ends at a start that was tried
            earlier = replace(task, leveling_delay=Duration(WorkTime(delay), elapsed=True))
            moved = replace(found.plan, tasks=tuple(earlier if row is task else row for row in found.plan.tasks))
            dates = schedule(moved)
            start = dates.by_uid()[task.uid].start
            first = first or start
            if start >= found.schedule.by_uid()[task.uid].start:
                break
            assert over_allocations(moved, dates), (task.uid, start)


@pytest.mark.parametrize("order", list(Order))
@settings(max_examples=examples(15), deadline=None)
@given(st.one_of(crowds(), teams()))
def test_not_trying_a_hole_that_is_too_short_changes_no_date(order: Order, wanted: Plan) -> None:
    found = level(wanted, options=Options(order=order))
    with patch.object(Sweep, "_too_long", lambda *_: 10**18), patch.object(Queue, "first_open", _every_hole):
        assert level(wanted, options=Options(order=order)).schedule == found.schedule


@pytest.mark.parametrize("order", list(Order))
@settings(max_examples=examples(25), deadline=None)
@given(st.one_of(crowds(), teams()))
def test_passing_over_holes_that_are_too_short_changes_nothing(order: Order, wanted: Plan) -> None:
    found = level(wanted, options=Options(order=order))
    with patch.object(Queue, "first_open", _every_hole):
        assert level(wanted, options=Options(order=order)) == found


@pytest.mark.parametrize("order", list(Order))
@settings(max_examples=examples(40), deadline=None)
@given(st.one_of(crowds(), teams()))
def test_teams_that_wait_with_others_get_the_dates_of_those_that_try_by_themselves(order: Order, wanted: Plan) -> None:
    found = level(wanted, options=Options(order=order))
    whole = Sweep._whole

    def alone(sweep: Sweep, row: int, uid: int) -> int:
        return whole(sweep, row, uid) if len(sweep._shapes[row]) == 1 else 0

    with patch.object(Sweep, "_whole", alone):
        assert level(wanted, options=Options(order=order)).schedule == found.schedule


def _every_hole(queue: Queue, _: object) -> int:
    return queue.upcoming
