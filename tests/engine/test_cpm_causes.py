"""What a slip of the finish is made of, along the path that drives it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.plan_builder import DAY, at, link, plan, task

from headway.engine.calendars import Calendars
from headway.engine.cpm import schedule
from headway.engine.cpm.causes import FinishCause, Share, Version, finish_causes
from headway.engine.cpm.difference import difference
from headway.engine.plan import Duration, Link, Plan, Task
from headway.engine.units import WorkTime


def _version(given: Plan) -> Version:
    dated = schedule(given)
    return Version(given, dated, {row.uid: (row.start, row.finish) for row in dated.tasks}, dated.finish)


def _causes(old: Plan, new: Plan) -> tuple[FinishCause, ...]:
    before, after = _version(old), _version(new)
    assert before.schedule is not None
    assert after.schedule is not None
    edits = difference(old, before.schedule, new, after.schedule).edits
    return finish_causes(before, after, edits)


def _told(found: tuple[FinishCause, ...]) -> list[tuple[Share, int | None, float, str]]:
    return [(cause.share, cause.uid, cause.moved.tenths / DAY, cause.why) for cause in found]


CHAIN = (link(1, 2), link(2, 3))


def test_each_step_of_the_path_has_its_share() -> None:
    old = plan(task(1, 2), task(2, 3), task(3, 1), links=CHAIN)
    new = plan(task(1, 4), task(2, 3), task(3, 1), links=(link(1, 2, lag=1), link(2, 3)))
    assert _told(_causes(old, new)) == [
        (Share.LENGTH, 1, 2, "its duration"),
        (Share.WAIT, 2, 1, "its changed link from 'T1'"),
    ]


def test_new_tasks_of_the_path_are_told_together() -> None:
    old = plan(task(1, 2), task(2, 1), links=(link(1, 2),))
    new = plan(task(1, 2), task(7, 1), task(8, 2), task(2, 1), links=(link(1, 7), link(7, 8), link(8, 2)))
    (cause,) = _causes(old, new)
    assert (cause.share, cause.uid, cause.others, cause.moved) == (Share.OTHERS, None, (7, 8), WorkTime(3 * DAY))
    (turned,) = _causes(new, old)
    assert (turned.share, turned.others, turned.moved) == (Share.OTHERS, (7, 8), WorkTime(-3 * DAY))


def test_new_tasks_at_the_end_push_the_finish() -> None:
    old = plan(task(1, 2))
    new = plan(task(1, 3), task(2, 1), links=(link(1, 2),))
    assert _told(_causes(old, new)) == [(Share.LENGTH, 1, 1, "its duration"), (Share.OTHERS, 2, 1, "")]


def test_slack_that_the_path_had_takes_up_its_part() -> None:
    old = plan(task(1, 5), task(2, 3))
    new = plan(task(1, 5), task(2, 7))
    assert _told(_causes(old, new)) == [(Share.LENGTH, 2, 4, "its duration"), (Share.SLACK, None, -2, "")]


def test_a_gain_ends_where_another_path_drives() -> None:
    old = plan(task(1, 7), task(2, 5))
    new = plan(task(1, 3), task(2, 5))
    assert _told(_causes(old, new)) == [(Share.LENGTH, 1, -4, "its duration"), (Share.SLACK, None, 2, "")]


def test_a_path_may_begin_later() -> None:
    old = plan(task(1, 2), task(2, 1), links=(link(1, 2),))
    late = replace(old.tasks[0], actual_start=at(8), percent_complete=Decimal(10))
    new = replace(old, tasks=(late, old.tasks[1]))
    assert [(cause.share, cause.uid) for cause in _causes(old, new)] == [(Share.BEGIN, 1)]


def test_a_summary_that_drives_is_followed_to_its_task() -> None:
    head = task(1, duration=None, summary=True)
    rows = (head, task(2, 2, parent_uid=1, outline_level=2), task(3, 1))
    old = plan(*rows, links=(link(1, 3),))
    new = plan(head, task(2, 5, parent_uid=1, outline_level=2), task(3, 1), links=(link(1, 3),))
    assert _told(_causes(old, new)) == [(Share.LENGTH, 2, 3, "its duration")]


def test_dates_alone_are_enough_for_the_older_version() -> None:
    old, new = plan(task(1, 2), task(2, 1), links=(link(1, 2),)), plan(task(1, 4), task(2, 1), links=(link(1, 2),))
    bare = replace(_version(old), plan=new, schedule=None)
    assert _told(finish_causes(bare, _version(new))) == [(Share.LENGTH, 1, 2, "")]


def _random_plan(seed: int) -> tuple[Plan, random.Random]:
    choose = random.Random(seed)
    tasks = tuple(task(uid, choose.randint(0, 4)) for uid in range(1, 9))
    links = tuple(
        Link(before, after)
        for after in range(2, 9)
        for before in choose.sample(range(1, after), k=min(after - 1, choose.randint(0, 2)))
    )
    return plan(*tasks, links=links), choose


def _changed(old: Plan, choose: random.Random) -> Plan:
    def other(one: Task) -> Task:
        return replace(one, duration=Duration(WorkTime(choose.randint(0, 6) * DAY))) if choose.random() < 0.4 else one

    tasks = tuple(other(one) for one in old.tasks if choose.random() < 0.9)
    known = {one.uid for one in tasks}
    links = tuple(
        one
        for one in old.links
        if one.predecessor_uid in known and one.successor_uid in known and choose.random() < 0.8
    )
    added = task(20, choose.randint(1, 3))
    return replace(old, tasks=(*tasks, added), links=(*links, *((Link(20, tasks[-1].uid),) if tasks else ())))


@given(st.integers(min_value=0, max_value=100_000))
def test_the_shares_add_up_to_the_slip(seed: int) -> None:
    old, choose = _random_plan(seed)
    new = _changed(old, choose)
    axis = Calendars(new.calendars, default_uid=1).default
    slip = axis.work_between(_version(old).finish, _version(new).finish)
    assert sum(cause.moved.tenths for cause in _causes(old, new)) == slip.tenths


@pytest.mark.parametrize("moment", [at(5), datetime(2026, 1, 3, 8)])
def test_an_empty_plan_has_no_path(moment: datetime) -> None:
    old, new = plan(start=moment), plan(task(1, 2), start=moment)
    assert _causes(old, old) == ()
    assert [cause.share for cause in _causes(old, new)] == [Share.OTHERS]
