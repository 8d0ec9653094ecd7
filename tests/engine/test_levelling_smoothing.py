"""The least units with which a plan keeps its date, on true calendars."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from tests.engine.plan_builder import STANDARD, assignment, at, link, plan, resource, task
from tests.engine.test_cpm_finish import LATE
from tests.engine.test_cpm_properties import HALF_WEEK
from tests.engine.test_levelling_finish import turned
from tests.engine.test_levelling_rules_properties import plans

from headway.engine.cpm import schedule
from headway.engine.levelling.clear import clear
from headway.engine.levelling.problem import Problem, Result
from headway.engine.levelling.profile import profiles
from headway.engine.levelling.search import Code, search
from headway.engine.levelling.smoothing import Smoothed, smooth
from headway.engine.plan import Plan, PlanError


def keeping(problem: Problem, limit: int) -> Result:
    return search(problem, schedules=120, enough=limit, code=Code.PLAIN)


def crew(*, finish_by: datetime | None = None, **fields: Any) -> Smoothed:
    """Four tasks of a day for one crew of four, beside a task of three days that nobody of them does."""
    tasks = (task(1, 3), *(task(uid, 1) for uid in (2, 3, 4, 5)))
    wanted = plan(
        *tasks,
        resources=(resource(1, max_units=Decimal(4)), resource(2)),
        assignments=(assignment(1, 2, 24), *(assignment(uid, 1, 8) for uid in (2, 3, 4, 5))),
        **fields,
    )
    return smooth(wanted, keeping, keep=finish_by)


def told(found: Smoothed) -> list[tuple[int, str, str, str]]:
    return [(p.resource_uid, f"{p.before:f}", f"{p.after:f}", f"{p.bound:f}") for p in found.peaks]


def test_work_is_spread_over_the_time_the_plan_takes_anyway() -> None:
    found = crew()
    assert told(found) == [(1, "4", "2", "2"), (2, "1", "1", "1")]
    assert found.is_optimal
    assert found.levelled.schedule.finish == found.kept == at(7, 17)


def test_a_later_date_needs_fewer() -> None:
    assert told(crew(finish_by=at(9)))[0] == (1, "4", "1", "1")


def test_a_date_that_links_do_not_keep_is_refused() -> None:
    with pytest.raises(PlanError, match=r"does not keep 2026-01-07 12:00"):
        crew(finish_by=at(7, 12))


def test_each_works_on_the_calendar_of_their_own() -> None:
    """Somebody who works half the week can do three tasks of a day one by one in two weeks, not in one."""
    wanted = plan(
        task(1, 10),
        *(task(uid, 1) for uid in (2, 3, 4)),
        resources=(resource(1, 4),),
        assignments=tuple(assignment(uid, 1, 8) for uid in (2, 3, 4)),
        calendars=(STANDARD, HALF_WEEK),
    )
    found = smooth(wanted, keeping)
    assert told(found) == [(1, "3", "1", "1")]
    assert found.levelled.schedule.finish == at(16, 17)


def test_a_plan_from_its_finish_keeps_its_start() -> None:
    wanted = plan(
        task(1, 3, constraint=LATE),
        *(task(uid, 1, constraint=LATE) for uid in (2, 3, 4)),
        links=(link(2, 4),),
        resources=(resource(1),),
        assignments=tuple(assignment(uid, 1, 8) for uid in (2, 3, 4)),
        start=None,
        finish=at(30, 17),
        schedule_from_start=False,
    )
    found = smooth(wanted, keeping)
    assert told(found) == [(1, "2", "1", "1")]
    assert found.levelled.schedule.start == found.kept == at(28)


def test_it_ends_when_told_to_and_gives_what_it_has() -> None:
    wanted = plan(task(1), task(2), resources=(resource(1),), assignments=(assignment(1, 1, 8), assignment(2, 1, 8)))
    found = smooth(wanted, keeping, keep=at(20), go_on=lambda: False)
    assert told(found) == [(1, "2", "2", "1")]
    assert not found.is_optimal
    assert found.peaks[0].gap == 1.0
    assert found.levelled.plan == wanted


def check(wanted: Plan) -> None:
    found, before = smooth(wanted, keeping), schedule(wanted)
    after = schedule(found.levelled.plan)
    assert after == found.levelled.schedule
    assert after.finish <= before.finish
    assert after.start >= before.start
    assert found.levelled.plan.resources == wanted.resources
    assert clear(found.levelled.plan) == wanted
    steps = profiles(found.levelled.plan, after)
    for peak in found.peaks:
        assert peak.bound <= peak.after <= peak.before
        assert max(step.units for step in steps[peak.resource_uid]) == peak.after


@settings(max_examples=8, deadline=None)
@given(plans(fixed=False))
def test_what_is_told_holds_in_the_schedule(wanted: Plan) -> None:
    check(wanted)
    check(turned(wanted))


def test_levelling_that_is_there_counts_as_the_plan() -> None:
    wanted = plan(
        task(1),
        replace(task(2), leveling_delay=crew().levelled.plan.tasks[3].leveling_delay),
        resources=(resource(1),),
        assignments=(assignment(1, 1, 8), assignment(2, 1, 8)),
    )
    assert smooth(wanted, keeping).kept == schedule(wanted).finish
