"""Levelling by rules on plans worked by hand: the published order, what never moves, splits, slack, clearing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.engine.plan_builder import (
    DAY,
    MONDAY,
    ROUND_THE_CLOCK,
    STANDARD,
    assignment,
    at,
    days,
    elapsed,
    link,
    plan,
    resource,
    task,
)
from tests.engine.test_cpm_properties import HALF_WEEK

from headway.engine.calendars import instant
from headway.engine.cpm import schedule
from headway.engine.levelling import rules
from headway.engine.levelling.clear import clear
from headway.engine.levelling.order import Order
from headway.engine.levelling.profile import Granularity, over_allocations, profiles
from headway.engine.levelling.rules import CHASED, NO_SLACK, Levelled, Options, level
from headway.engine.levelling.sweep import Sweep
from headway.engine.levelling.view import view_of
from headway.engine.plan import (
    Assignment,
    ConstraintType,
    Duration,
    Lag,
    Link,
    LinkType,
    Plan,
    SplitPart,
    Task,
    TaskMode,
    TaskType,
    WorkContour,
)
from headway.engine.units import WorkTime

ANA = resource(1, 1)


def shared(*tasks: Task, links: tuple[Link, ...] = (), units: dict[int, str] | None = None, **settings: object) -> Plan:
    """Tasks that all want Ana; `units` where they want less than all of her."""
    wanted = units or {}
    rows = tuple(
        assignment(
            row.uid,
            1,
            (row.duration.amount.tenths if row.duration else 0) / 600 * float(wanted.get(row.uid, "1")),
            wanted.get(row.uid, "1"),
        )
        for row in tasks
        if not row.summary
    )
    return plan(*tasks, links=links, resources=(ANA,), assignments=rows, **settings)


def starts(found: Levelled) -> dict[int, datetime]:
    return {row.uid: row.start for row in found.schedule.tasks}


def levelled(wanted: Plan, **options: object) -> dict[int, datetime]:
    return starts(level(wanted, options=Options(**options)))


# ---- the order, each criterion by itself ------------------------------------------------------


def test_the_higher_id_gives_way_when_all_else_is_equal() -> None:
    assert levelled(shared(task(1), task(2))) == {1: at(5), 2: at(6)}


def test_the_lower_priority_gives_way_before_the_higher_id() -> None:
    assert levelled(shared(task(1, priority=400), task(2))) == {1: at(6), 2: at(5)}


def test_the_larger_weighted_slack_gives_way_before_the_lower_priority() -> None:
    # Task 3 follows task 2, so task 2 ends latest on Monday and task 1 on Tuesday.
    wanted = plan(
        task(1, priority=900),
        task(2, priority=100),
        task(3),
        links=(link(2, 3),),
        resources=(ANA,),
        assignments=(assignment(1, 1, 8), assignment(2, 1, 8)),
    )
    assert levelled(wanted) == {1: at(6), 2: at(5), 3: at(6)}


def test_the_delay_that_would_be_needed_is_taken_off_the_slack() -> None:
    # Task 1 has 4 d of slack and would wait 2 d, task 2 has 3 d and would wait 1 d: equal, so the id decides.
    anchor = task(3, 5)
    wanted = plan(
        task(1, 1), task(2, 2), anchor, resources=(ANA,), assignments=(assignment(1, 1, 8), assignment(2, 1, 16))
    )
    assert levelled(wanted) == {1: at(5), 2: at(6), 3: at(5)}
    # A critical task gives way where that delays the finish less: task 2 has slack 1 d and would wait 5 d.
    critical = plan(
        task(1, 5),
        task(2, 2),
        task(3, 2),
        links=(link(2, 3),),
        resources=(ANA,),
        assignments=(assignment(1, 1, 40), assignment(2, 1, 16)),
    )
    assert schedule(critical).by_uid()[1].total_slack == days(0)
    assert levelled(critical) == {1: at(7), 2: at(5), 3: at(7)}


def test_the_later_start_gives_way_before_the_larger_slack() -> None:
    # Task 2 starts later and is critical; task 1 has slack to spare.
    wanted = shared(task(1, 2), task(2, 3, constraint=ConstraintType.SNET, constraint_date=at(6)))
    assert levelled(wanted) == {1: at(5), 2: at(7)}


def test_a_hard_date_keeps_its_place_where_dates_are_honoured_and_comes_after_the_start_where_not() -> None:
    fixed = task(1, constraint=ConstraintType.MSO, constraint_date=at(5), priority=100)
    assert levelled(shared(fixed, task(2))) == {1: at(5), 2: at(6)}
    later = task(2, constraint=ConstraintType.SNLT, constraint_date=at(5), priority=100)
    both = (task(1), later)
    assert levelled(shared(*both)) == {1: at(6), 2: at(5)}
    assert levelled(shared(*both, honor_constraints=False)) == {1: at(6), 2: at(5)}
    early = task(2, constraint=ConstraintType.FNLT, constraint_date=at(30), priority=100)
    assert levelled(shared(task(1, 2), early, task(3, 1), links=(link(1, 3),), honor_constraints=False))[2] == at(5)


def test_a_successor_gives_way_before_its_predecessor_though_it_starts_earlier() -> None:
    # A start-to-start lead: task 2 follows task 1 and starts a day before it.
    wanted = shared(
        task(1, 2, constraint=ConstraintType.SNET, constraint_date=at(6)), task(2, 2), links=(link(1, 2, "SS", -1),)
    )
    assert schedule(wanted).by_uid()[2].start == at(5)
    assert levelled(wanted) == {1: at(6), 2: at(8)}


def test_priority_first_lets_the_earlier_start_give_way() -> None:
    wanted = shared(
        task(1, 2, priority=400), task(2, 2, priority=600, constraint=ConstraintType.SNET, constraint_date=at(6))
    )
    assert levelled(wanted) == {1: at(5), 2: at(7)}
    assert levelled(wanted, order=Order.PRIORITY) == {1: at(8), 2: at(6)}


def test_id_only_looks_at_nothing_else() -> None:
    wanted = shared(
        task(1, 2, priority=100, constraint=ConstraintType.SNET, constraint_date=at(6)), task(2, 2, priority=900)
    )
    assert levelled(wanted) == {1: at(7), 2: at(5)}
    assert levelled(wanted, order=Order.ID) == {1: at(6), 2: at(8)}


# ---- what never moves -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fixed", "reason"),
    [
        ({"priority": 1000}, "has priority 1000: do not level"),
        ({"mode": TaskMode.MANUAL, "manual_start": MONDAY}, "is scheduled by hand"),
        ({"actual_start": MONDAY}, "has started"),
        ({"actual_start": MONDAY, "actual_finish": at(5, 17), "percent_complete": Decimal(100)}, "is complete"),
        (
            {"constraint": ConstraintType.MSO, "constraint_date": MONDAY},
            "has a date to keep: must start on Mon 5 Jan 2026, 08:00",
        ),
    ],
)
def test_what_may_not_move_stays_and_is_named_where_nothing_else_could_give_way(
    fixed: dict[str, object], reason: str
) -> None:
    assert levelled(shared(task(1), task(2, **fixed)))[2] == MONDAY
    assert levelled(shared(task(1), task(2, **fixed)))[1] == at(6)
    found = level(shared(task(1, **fixed), task(2, **fixed)))
    assert not found.delayed
    assert [row.reasons for row in found.unresolved] == [(reason, reason)]
    assert found.unresolved[0].over.task_uids == (1, 2)


def test_what_is_as_late_as_possible_stays_there_and_is_named_where_it_moves_along_with_the_finish() -> None:
    late = task(2, constraint=ConstraintType.ALAP)
    roomy = plan(
        task(1, 2), late, task(3, 2), resources=(ANA,), assignments=(assignment(1, 1, 16), assignment(2, 1, 8))
    )
    found = level(roomy)
    assert starts(found)[2] == schedule(found.plan).by_uid()[2].late_start
    alone = level(shared(task(1), late))
    assert [row.reasons for row in alone.unresolved] == [(CHASED, "is as late as possible")]


def test_links_still_move_what_may_not_be_levelled() -> None:
    wanted = shared(task(1), task(2), task(3, priority=1000), links=(link(2, 3),))
    assert levelled(wanted) == {1: at(7), 2: at(5), 3: at(6)}


def test_a_task_that_alone_needs_too_much_is_named_and_others_keep_clear_of_it() -> None:
    found = level(shared(task(1, 2), task(2), units={1: "2"}))
    assert starts(found) == {1: at(5), 2: at(7)}
    assert [row.reasons for row in found.unresolved] == [("alone needs more than R1 has",)]


def test_work_outside_the_calendar_of_its_resource_is_named() -> None:
    row = task(1, 1, duration=elapsed(48))
    found = level(plan(row, resources=(ANA,), assignments=(assignment(1, 1, 48),)))
    assert {row.reasons for row in found.unresolved} == {("works while R1 does not",)}
    assert all(row.over.outside for row in found.unresolved)


# ---- delays -----------------------------------------------------------------------------------


def test_delays_are_elapsed_and_counted_from_the_links() -> None:
    found = level(shared(task(1, 5), task(2)))
    assert [(row.uid, row.delay, row.resource_uid, row.task_uids) for row in found.delayed] == [
        (2, Duration(WorkTime(7 * 14_400), "d", elapsed=True), 1, (1,))
    ]
    # Friday 17:00 to Tuesday 08:00 over the weekend: three days and 15 hours after the link.
    after = plan(
        task(1, 5),
        task(2),
        task(3, 6),
        links=(link(1, 2),),
        resources=(ANA,),
        assignments=(assignment(2, 1, 8), assignment(3, 1, 48)),
    )
    moved = level(after)
    assert starts(moved)[2] == at(13)
    assert moved.delayed[0].delay == Duration(WorkTime((3 * 24 + 15) * 600), "d", elapsed=True)


def test_half_of_somebody_is_enough_for_two_halves() -> None:
    assert levelled(shared(task(1), task(2), task(3), units=dict.fromkeys((1, 2, 3), "0.5"))) == {
        1: at(5),
        2: at(5),
        3: at(6),
    }


def test_two_of_a_kind_do_two_things_at_once() -> None:
    wanted = shared(task(1), task(2), task(3))
    pair = replace(wanted, resources=(replace(ANA, max_units=Decimal(2)),))
    assert levelled(pair) == {1: at(5), 2: at(5), 3: at(6)}


def test_a_task_waits_until_all_its_people_are_free() -> None:
    wanted = plan(
        task(1),
        task(2, 2),
        task(3),
        resources=(ANA, resource(2, 1)),
        assignments=(assignment(1, 1, 8), assignment(2, 2, 16), assignment(3, 1, 8), assignment(3, 2, 8)),
    )
    found = level(wanted)
    assert not over_allocations(found.plan, found.schedule)
    assert starts(found) == {1: at(5), 2: at(5), 3: at(7)}


def test_a_contour_leaves_room_in_its_tail() -> None:
    # Front loaded over ten days: from the sixth day on half of Ana is free.
    wanted = plan(
        task(1, 10, priority=900),
        task(2, 2, priority=100),
        resources=(ANA,),
        assignments=(
            assignment(1, 1, 48, contour=WorkContour.FRONT_LOADED),
            assignment(2, 1, 8, "0.5"),
        ),
    )
    assert levelled(wanted, order=Order.PRIORITY) == {1: at(5), 2: at(12)}


def test_only_the_named_resources_tasks_and_days_are_levelled() -> None:
    wanted = plan(
        *(task(uid) for uid in (1, 2, 3, 4)),
        resources=(ANA, resource(2, 1)),
        assignments=(assignment(1, 1, 8), assignment(2, 1, 8), assignment(3, 2, 8), assignment(4, 2, 8)),
    )
    assert levelled(wanted, resources=frozenset({2})) == {1: at(5), 2: at(5), 3: at(5), 4: at(6)}
    assert levelled(wanted, tasks=frozenset({1, 4})) == {1: at(6), 2: at(5), 3: at(5), 4: at(6)}
    assert levelled(wanted, first=at(6)) == dict.fromkeys((1, 2, 3, 4), MONDAY)
    assert levelled(wanted, last=at(6)) == {1: at(5), 2: at(6), 3: at(5), 4: at(6)}


def test_by_the_day_two_mornings_fit_into_one_day() -> None:
    mornings = shared(task(1, 0.5), task(2, 0.5))
    assert levelled(mornings) == {1: at(5), 2: at(5, 13)}
    assert levelled(mornings, granularity=Granularity.DAY) == {1: at(5), 2: at(5)}
    over = shared(task(1, 1), task(2, 0.5))
    assert levelled(over, granularity=Granularity.DAY)[1] != levelled(over, granularity=Granularity.DAY)[2]
    assert levelled(over, granularity=Granularity.WEEK) == {1: at(5), 2: at(5)}


# ---- slack, splits, clearing ------------------------------------------------------------------


def test_within_slack_nothing_passes_its_late_start() -> None:
    wanted = plan(
        task(1, 2), task(2, 2), task(3, 3), resources=(ANA,), assignments=(assignment(1, 1, 16), assignment(2, 1, 16))
    )
    free = level(wanted)
    assert free.schedule.finish == at(8, 17)
    kept = level(wanted, options=Options(within_slack=True))
    assert kept.schedule.finish == at(7, 17)
    assert not kept.delayed
    assert [row.reasons for row in kept.unresolved] == [(NO_SLACK,) * 2]
    roomy = plan(
        task(1, 1), task(2, 1), task(3, 3), resources=(ANA,), assignments=(assignment(1, 1, 8), assignment(2, 1, 8))
    )
    assert levelled(roomy, within_slack=True) == {1: at(5), 2: at(6), 3: at(5)}


def _around_wednesday() -> Plan:
    """Task 1 is long; task 2 must be done on Wednesday."""
    return shared(task(1, 4), task(2, 1, constraint=ConstraintType.MSO, constraint_date=at(7)))


def test_without_splits_a_task_waits_and_with_them_it_pauses() -> None:
    assert levelled(_around_wednesday()) == {1: at(8), 2: at(7)}
    found = level(_around_wednesday(), options=Options(split=True))
    assert starts(found) == {1: at(5), 2: at(7)}
    parts = (SplitPart(at(5), at(6, 17)), SplitPart(at(8), at(9, 17)))
    assert [(row.uid, row.parts, row.delay, row.task_uids) for row in found.delayed] == [(1, parts, None, (2,))]
    assert found.schedule.by_uid()[1].finish == at(9, 17)
    assert not found.unresolved


def test_what_remains_of_a_started_task_pauses_only_where_splits_are_allowed() -> None:
    running = task(1, 4, actual_start=MONDAY, percent_complete=Decimal(50))
    wanted = shared(running, task(2, 1, constraint=ConstraintType.MSO, constraint_date=at(7)))
    assert level(wanted).unresolved[0].reasons[0] == "has started"
    found = level(wanted, options=Options(split=True))
    row = found.schedule.by_uid()[1]
    assert (row.start, row.finish) == (at(5), at(9, 17))
    changed = found.plan.tasks[0]
    assert (changed.stop, changed.resume) == (at(6, 17), at(8))
    assert not found.unresolved


def test_clear_takes_delays_and_splits_back_and_leaves_what_others_made() -> None:
    wanted = shared(task(1), task(2))
    assert clear(level(wanted).plan) == wanted
    split = level(_around_wednesday(), options=Options(split=True)).plan
    assert clear(split) == _around_wednesday()
    by_hand = replace(
        wanted,
        assignments=tuple(
            replace(row, leveling_delay=elapsed(24), delay=Duration(days(1))) if row.task_uid == 1 else row
            for row in wanted.assignments
        ),
    )
    left = clear(by_hand).assignments[0]
    assert (left.leveling_delay, left.delay) == (None, Duration(days(1)))


def test_earlier_delays_are_cleared_first_or_added_to() -> None:
    wanted = shared(task(1, leveling_delay=elapsed(48)), task(2))
    assert levelled(wanted) == {1: at(5), 2: at(6)}
    assert levelled(wanted, clear=False) == {1: at(7), 2: at(5)}


# ---- profiles ---------------------------------------------------------------------------------


def test_a_profile_has_a_step_for_each_change() -> None:
    wanted = shared(task(1, 2), task(2, 1, constraint=ConstraintType.SNET, constraint_date=at(6)), units={2: "0.5"})
    steps = profiles(wanted, schedule(wanted))[1]
    assert [(step.start, step.finish, step.units, step.task_uids) for step in steps] == [
        (at(5), at(5, 17), Decimal(1), (1,)),
        (at(6), at(6, 17), Decimal("1.5"), (1, 2)),
    ]
    over = over_allocations(wanted, schedule(wanted))
    assert [(row.start, row.finish, row.work, row.capacity, row.task_uids) for row in over] == [
        (at(6), at(6, 17), WorkTime(7200), WorkTime(DAY), (1, 2))
    ]


def test_a_week_is_judged_as_a_whole() -> None:
    wanted = shared(task(1, 3), task(2, 3))
    dates = schedule(wanted)
    assert over_allocations(wanted, dates, by=Granularity.MONTH) == ()
    week = over_allocations(wanted, dates, by=Granularity.WEEK)
    assert [(row.start, row.finish, row.work, row.capacity) for row in week] == [
        (datetime(2026, 1, 5), datetime(2026, 1, 12), WorkTime(6 * DAY), WorkTime(5 * DAY))
    ]
    hours = over_allocations(wanted, dates, by=Granularity.HOUR)
    assert len(hours) == 24
    assert hours[0].capacity == WorkTime(600)


def test_overtime_takes_no_room_and_fixed_durations_work_when_their_people_do() -> None:
    long = Assignment(101, 1, 1, work=WorkTime.from_hours(16), overtime_work=WorkTime.from_hours(8))
    wanted = plan(task(1, 2), resources=(ANA,), assignments=(long,))
    assert profiles(wanted, schedule(wanted))[1][0].finish == at(5, 17)
    fixed = plan(
        task(1, 3, type=TaskType.FIXED_DURATION, calendar_uid=2),
        resources=(ANA,),
        assignments=(assignment(1, 1, 8),),
        calendars=(STANDARD, ROUND_THE_CLOCK),
    )
    assert not over_allocations(fixed, schedule(fixed))


def test_what_keeps_its_place_beside_its_predecessor_still_drives_others_away() -> None:
    """Task 9 overlaps task 3 wherever that goes, so nobody gives way there; task 7, later on, does."""
    made = plan(
        task(3, 1.5),
        task(7, 0.5),
        task(8, 0.5, mode=TaskMode.MANUAL, manual_start=at(6), calendar_uid=4),
        task(9, 0.5, priority=1000),
        links=(Link(3, 9, LinkType.FS, Lag(WorkTime(-2400), elapsed=True)),),
        resources=(ANA,),
        assignments=(assignment(3, 1, 12), assignment(7, 1, 2, "0.5"), assignment(8, 1, 2, "0.5"), assignment(9, 1, 4)),
        calendars=(STANDARD, HALF_WEEK),
    )
    found = level(made, options=Options(split=True))
    assert all(set(row.over.task_uids) <= {3, 9} for row in found.unresolved)


def test_slack_of_a_night_that_its_successors_day_needs_is_none() -> None:
    """By working time the night task may start a night later; by the clock its successor would wait a day."""
    wanted = plan(
        task(1, 0.5),
        task(2, 1),
        task(3, 1.5),
        links=(link(1, 3, "SS"),),
        resources=(resource(1), resource(2, 3)),
        assignments=(assignment(1, 2, 4), assignment(2, 1, 8), assignment(2, 2, 8)),
    )
    found = level(wanted, options=Options(within_slack=True))
    assert found.schedule.finish == found.before.finish == at(7, 12)
    assert [row.uid for row in found.delayed] == [2]


def test_a_delay_behind_a_finish_that_stands_in_the_morning_leads_past_a_long_gap() -> None:
    """A link to the finish leaves its task at 08:00; the delay behind it is counted from there, over days off."""
    half = resource(1, 4)
    early = (task(1, 0.5), task(5, 0.5, priority=1000))
    waiting = (task(3, 1, priority=1000), task(7, 1), task(10, 0.5))
    problem = plan(
        *early,
        *waiting,
        links=(link(1, 5, "SF"), link(5, 10)),
        resources=(half,),
        assignments=(assignment(3, 1, 8), assignment(7, 1, 8), assignment(10, 1, 4)),
        calendars=(STANDARD, ROUND_THE_CLOCK, HALF_WEEK),
    )
    found = level(problem, options=Options(order=Order.ID))
    assert not found.unresolved
    assert (found.delayed[-1].uid, found.delayed[-1].start) == (10, at(13, 9))


def test_those_who_wait_on_another_calendar_stand_in_line_too() -> None:
    """Forty tasks of two calendars and one person: each is tried a few times, not once for every hole."""
    rows = [task(uid, 1, calendar_uid=4 if uid % 2 else None) for uid in range(1, 41)]
    problem = replace(shared(*rows), calendars=(STANDARD, ROUND_THE_CLOCK, HALF_WEEK))
    tried = 0

    class Counting(Sweep):
        def _try(self, *what: Any) -> None:
            nonlocal tried
            tried += 1
            super()._try(*what)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rules, "Sweep", Counting)
        found = level(problem)
    assert not found.unresolved
    assert tried < 10 * len(rows)


def test_a_percent_lag_behind_a_summary_is_of_what_it_lasts_once_levelled() -> None:
    """Two days of Ana in the summary, then as long again: Friday, where the last task makes room until Monday."""
    phase = task(1, duration=None, summary=True)
    parts = task(2, 1, parent_uid=1), task(3, 1, parent_uid=1)
    late = task(5, 1, constraint=ConstraintType.SNET, constraint_date=at(9))
    twice = Link(1, 4, lag=Lag(percent=Decimal(100)))
    view = view_of(shared(phase, *parts, task(4, 1), late, links=(twice,)))
    (tie,) = view.network.into[3]
    assert tie.reached(instant(at(5)), instant(at(6, 17))) == instant(at(8, 17))
    found = levelled(shared(phase, *parts, task(4, 1), late, links=(twice,)))
    assert (found[3], found[4], found[5]) == (at(6), at(9), at(12))


BEN = resource(2, 1)


def test_a_hole_that_is_long_enough_for_a_persons_part_is_taken() -> None:
    """Task 3 lasts two hours, of which Ben is needed for the first: the hour that he has before noon will do."""
    problem = plan(
        task(1, 0.375),
        task(2, 1, constraint=ConstraintType.MSO, constraint_date=at(5, 13)),
        task(3, 0.25),
        resources=(ANA, BEN),
        assignments=(assignment(1, 2, 3), assignment(2, 2, 8), assignment(3, 1, 2), assignment(3, 2, 1)),
    )
    for order in Order:
        found = level(problem, options=Options(order=order))
        assert not found.unresolved
        assert found.schedule.by_uid()[3].start == at(5, 11)


def test_a_task_begins_while_one_of_its_people_rests() -> None:
    """Ben has room from noon on and eats until one; Rob, who works round the clock, begins at noon."""
    rob = resource(3, 2)
    problem = plan(
        task(1, 0.5),
        task(2, 0.25),
        resources=(BEN, rob),
        assignments=(assignment(1, 2, 4), assignment(2, 2, 2), assignment(2, 3, 2)),
    )
    for order in Order:
        found = level(problem, options=Options(order=order))
        dates = found.schedule.by_uid()
        assert not found.unresolved
        assert (dates[2].start, dates[2].finish) == (at(5, 12), at(5, 15))
