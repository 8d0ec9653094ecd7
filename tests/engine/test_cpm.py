"""The scheduling rules one by one; rule names (F1, B2 …) as in docs/explanation/schedule.md."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.engine.plan_builder import (
    MONDAY,
    NIGHT,
    ROUND_THE_CLOCK,
    STANDARD,
    assignment,
    at,
    days,
    elapsed,
    link,
    plan,
    resource,
    run,
    task,
    whole,
)

from headway.engine.cpm import schedule
from headway.engine.plan import (
    Calendar,
    CalendarException,
    ConstraintType,
    Duration,
    Lag,
    Link,
    LinkType,
    PlanError,
    ResourceType,
    SplitPart,
    StoredDates,
    TaskMode,
    TaskType,
    Timephased,
    WorkContour,
)
from headway.engine.units import WorkTime


def constrained(uid: int, kind: ConstraintType, when: datetime, length: float = 1, **fields: Any) -> Any:
    return task(uid, length, constraint=kind, constraint_date=when, **fields)


# ---- links (F1, F2, F3) ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "lag", "start", "finish"),
    [
        ("FS", 0, at(7), at(8, 17)),
        ("FS", 1, at(8), at(9, 17)),
        ("FS", -1, at(6), at(7, 17)),
        ("SS", 0, at(5), at(6, 17)),
        ("SS", 1, at(6), at(7, 17)),
        ("FF", 0, at(5), at(6, 17)),
        ("FF", 1, at(6), at(7, 17)),
        ("SF", 0, at(1), at(5)),
        ("SF", 3, at(6), at(7, 17)),
    ],
)
def test_each_link_type_with_lag_and_lead(kind: str, lag: float, start: datetime, finish: datetime) -> None:
    found = run(task(1, 2), task(2, 2), links=(link(1, 2, kind, lag),))[2]
    assert (found.start, found.finish) == (start, finish)


def test_the_latest_bound_wins() -> None:
    found = run(task(1, 3), task(2, 1), task(3, 1), links=(link(1, 3), link(2, 3, lag=1)))[3]
    assert found.start == at(8)
    assert found.driver.kind == "link"
    assert found.driver.uid == 1


def test_a_finish_bound_never_starts_a_task_before_the_project() -> None:
    found = run(task(1, 1), task(2, 5), links=(link(1, 2, "FF"),))[2]
    assert (found.start, found.finish) == (at(5), at(9, 17))


def test_a_lead_may_reach_before_the_project_start() -> None:
    found = run(task(1, 1), task(2, 1), links=(link(1, 2, "FS", -2),))[2]
    assert found.start == at(2)


def test_a_milestone_after_a_lag_stands_at_the_end_of_a_day_and_after_a_lead_at_the_start() -> None:
    found = run(task(1, 2), task(2, 0), task(3, 0), links=(link(1, 2, "SS", 1), link(1, 3, "FS", -1)))
    assert found[2].start == at(5, 17)
    assert found[3].start == at(6)


def test_start_to_finish_leaves_the_finish_at_eight() -> None:
    late = constrained(1, ConstraintType.SNET, at(14))
    found = run(late, task(2, 2), links=(link(1, 2, "SF"),))[2]
    assert (found.start, found.finish) == (at(12), at(14))


def test_lag_runs_on_the_successors_calendar() -> None:
    found = run(task(1, 5), task(2, 1, calendar_uid=2), links=(link(1, 2, lag=3),))[2]
    assert found.start == at(10, 17)  # 24 h from Friday 17:00 round the clock


def test_elapsed_lag_ignores_calendars() -> None:
    tie = Link(1, 2, lag=Lag(WorkTime.from_hours(24), elapsed=True))
    assert run(task(1, 5), task(2, 1), links=(tie,))[2].start == at(12)


def test_an_elapsed_lead_ignores_calendars() -> None:
    tie = Link(1, 2, lag=Lag(WorkTime.from_hours(-24), elapsed=True))
    assert run(task(1, 2), task(2, 1), links=(tie,))[2].start == at(6)  # Tuesday 17:00 back to Monday 17:00


def test_percent_lag_is_of_the_predecessors_duration() -> None:
    tie = Link(1, 2, lag=Lag(percent=Decimal(500)))
    assert run(task(1, 1), task(2, 1), links=(tie,))[2].start == at(13)


def test_percent_lead() -> None:
    tie = Link(1, 2, lag=Lag(percent=Decimal(-50)))
    assert run(task(1, 4), task(2, 1), links=(tie,))[2].start == at(7)


def test_percent_lag_behind_a_summary_is_of_what_it_lasts_now() -> None:
    """Its stored duration, here one day, is that of another schedule."""
    rows = (task(1, 1, summary=True), task(2, 2, parent_uid=1), task(3, 2, parent_uid=1))
    tie = Link(1, 4, lag=Lag(percent=Decimal(50)))
    found = run(*rows, task(4, 1), task(5, 20), links=(link(2, 3), tie))
    assert found[1].duration == days(4)
    assert (found[1].finish, found[4].start) == (at(8, 17), at(13))
    assert found[3].late_finish == at(27, 17)  # 20 days, less one of work and two of lag
    assert found[4].driver.text == "Starts after the finish of 'T1', with a lag."


def test_percent_lead_from_the_start_of_a_summary() -> None:
    rows = (task(1, 9, summary=True), task(2, 4, parent_uid=1))
    tie = Link(1, 4, LinkType.SS, lag=Lag(percent=Decimal(75)))
    assert run(*rows, task(4, 1), links=(tie,))[4].start == at(8)


def test_general_foundry() -> None:
    """Render & Stair: 15 weeks, critical A-C-E-G-H."""
    weeks = {"A": 2, "B": 3, "C": 2, "D": 4, "E": 4, "F": 3, "G": 5, "H": 2}
    arrows = ["AC", "BD", "CE", "CF", "DG", "EG", "FH", "GH"]
    found = whole(
        *(task(ord(name), 5 * length, name=name) for name, length in weeks.items()),
        links=tuple(link(ord(a), ord(b)) for a, b in arrows),
    )
    assert "".join(chr(row.uid) for row in found.tasks if row.critical) == "ACEGH"
    assert found.finish == datetime(2026, 4, 17, 17)
    slack = {chr(row.uid): row.total_slack for row in found.tasks}
    assert slack["B"] == days(5)
    assert slack["D"] == days(5)
    assert slack["F"] == days(30)


# ---- calendars (C4–C9) ----------------------------------------------------------------------------


def test_elapsed_duration_ignores_calendars_and_keeps_its_late_finish() -> None:
    """C4: project of one elapsed month ending at 08:00; the minute-long task has 43,199 min of slack."""
    minute = Duration(WorkTime.from_minutes(1), "m", elapsed=True)
    found = run(task(1, duration=elapsed(24 * 30)), task(2, duration=minute), start=datetime(2009, 3, 25, 8))
    assert found[1].finish == datetime(2009, 4, 24, 8)
    assert found[2].late_finish == datetime(2009, 4, 24, 8)
    assert found[2].total_slack == WorkTime.from_minutes(43_199)


def test_a_late_finish_at_eight_is_pulled_back_to_the_evening() -> None:
    found = run(task(1, duration=elapsed(24 * 7)), task(2, 1))
    assert found[1].finish == at(12)
    assert found[2].late_finish == at(9, 17)


def test_a_milestone_stays_where_logic_puts_it() -> None:
    found = run(task(1, 1), task(2, 0), task(3, 1), task(4, 2), links=(link(1, 2), link(2, 3), link(4, 3)))
    assert found[2].start == found[2].finish == at(5, 17)
    assert found[2].late_finish == at(7)  # not pulled back to Tuesday 17:00
    assert found[2].total_slack == days(1)


def test_a_milestone_stands_at_a_sunday_project_start() -> None:
    found = run(task(1, 0), task(2, 1), start=at(4))
    assert found[1].start == at(4)
    assert found[2].start == at(5)
    assert found[2].driver.kind == "calendar"


def test_an_actual_start_on_a_sunday_stays() -> None:
    found = run(task(1, 5, actual_start=at(4), percent_complete=Decimal(10)))[1]
    assert (found.start, found.finish) == (at(4), at(9, 17))
    assert found.driver.kind == "actual"


def test_a_task_calendar_rules_its_task_and_its_slack() -> None:
    found = run(task(1, 2, calendar_uid=2), task(2, 5))
    assert found[1].finish == at(6, 0)
    assert found[1].total_slack == WorkTime.from_hours(3 * 24 + 17)  # to Friday 17:00 round the clock


def test_a_resource_calendar_moves_the_task() -> None:
    found = run(task(1, 1), resources=(resource(7, 3),), assignments=(assignment(1, 7, 8),))[1]
    assert (found.start, found.finish) == (at(5, 23), at(6, 8))
    assert found.driver.kind == "resource"
    assert found.driver.uid == 7


def test_slack_is_counted_on_the_project_calendar_whatever_the_resource_works() -> None:
    found = run(task(1, 1), task(2, 3), resources=(resource(7, 2),), assignments=(assignment(1, 7, 8),))[1]
    assert found.finish == at(5, 16)
    assert found.late_finish == at(7, 17)
    assert found.finish_slack == days(2) + WorkTime.from_hours(1)


def test_task_calendar_and_resource_calendar_intersect() -> None:
    found = run(task(1, 2, calendar_uid=2), resources=(resource(7),), assignments=(assignment(1, 7, 16),))
    assert found[1].finish == at(6, 0)  # a resource without a calendar of its own works the task's
    found = run(task(1, 2, calendar_uid=2), resources=(resource(7, 1),), assignments=(assignment(1, 7, 16),))
    assert found[1].finish == at(6, 17)


def test_scheduling_may_ignore_resource_calendars() -> None:
    found = run(
        task(1, 2, calendar_uid=2, ignore_resource_calendar=True),
        resources=(resource(7, 1),),
        assignments=(assignment(1, 7, 16),),
    )
    assert found[1].finish == at(6, 0)


def test_no_common_working_time_is_a_warning_naming_both() -> None:
    found = whole(
        task(1, 1, calendar_uid=3), resources=(resource(7, 1),), assignments=(assignment(1, 7, 8),), start=at(5)
    )
    assert found.tasks[0].start == at(5, 23)
    assert "'Night Shift'" in found.warnings[0]
    assert "'Standard'" in found.warnings[0]


@pytest.mark.parametrize(("calendar_uid", "said"), [(9, "never works"), (77, "not in the plan")])
def test_a_resource_whose_calendar_is_of_no_use_is_a_warning(calendar_uid: int, said: str) -> None:
    never = Calendar(9, "Never", ((),) * 7)
    found = whole(
        task(1, 1),
        resources=(resource(7, calendar_uid),),
        assignments=(assignment(1, 7, 8),),
        calendars=(STANDARD, never),
    )
    assert found.tasks[0].finish == at(5, 17)
    assert said in found.warnings[0]


def test_fixed_duration_keeps_the_task_calendar() -> None:
    found = run(
        task(1, 1, type=TaskType.FIXED_DURATION), resources=(resource(7, 3),), assignments=(assignment(1, 7, 8),)
    )
    assert (found[1].start, found[1].finish) == (at(5), at(5, 17))


def test_material_does_not_drive() -> None:
    sand = resource(7, 3, type=ResourceType.MATERIAL)
    assert run(task(1, 1), resources=(sand,), assignments=(assignment(1, 7, 8),))[1].finish == at(5, 17)


def test_a_holiday_is_skipped() -> None:
    closed = CalendarException(date(2026, 1, 6), date(2026, 1, 6))
    found = run(task(1, 2), calendars=(Calendar(1, "Standard", STANDARD.days, (closed,)),))
    assert found[1].finish == at(7, 17)


# ---- levelling delay and constraints (F4, F5, B2, B5, B6) -----------------------------------------


def test_levelling_delay_is_elapsed_and_comes_after_the_links() -> None:
    found = run(task(1, 2), task(2, 1, leveling_delay=elapsed(24 * 5)), links=(link(1, 2),))
    assert found[2].start == at(12)  # Tuesday 17:00 + 5 elapsed days = Sunday: Monday
    assert found[2].driver.kind == "resource"


def test_the_successors_levelling_delay_restrains_the_predecessor() -> None:
    found = run(
        task(1, 1), task(2, 1, leveling_delay=elapsed(24 * 6)), links=(link(1, 2),), start=datetime(2007, 1, 1, 8)
    )
    assert found[2].start == datetime(2007, 1, 8, 8)
    assert found[1].late_finish == datetime(2007, 1, 1, 17)
    assert found[1].total_slack == found[1].free_slack == days(0)


def test_start_no_earlier_than_is_a_lower_bound_only() -> None:
    assert run(constrained(1, ConstraintType.SNET, at(7)))[1].start == at(7)
    found = run(task(1, 3), constrained(2, ConstraintType.SNET, at(6)), links=(link(1, 2),))[2]
    assert found.start == at(8)
    assert found.driver.kind == "link"


def test_without_predecessors_the_date_stands_in_for_the_project_start() -> None:
    assert run(constrained(1, ConstraintType.SNET, at(1)), task(2, 1))[1].start == at(1)
    assert run(constrained(1, ConstraintType.FNET, at(1, 17)), task(2, 1))[1].start == at(1)


def test_a_started_task_ends_no_earlier_than_its_date() -> None:
    started = constrained(1, ConstraintType.FNET, at(9, 17), actual_start=at(5), percent_complete=Decimal(50))
    assert run(started)[1].finish == at(9, 17)


def test_finish_no_earlier_than() -> None:
    found = run(constrained(1, ConstraintType.FNET, at(7, 17)))[1]
    assert (found.start, found.finish) == (at(7), at(7, 17))
    assert found.driver.kind == "constraint"


@pytest.mark.parametrize(
    ("kind", "when", "start"),
    [
        (ConstraintType.MSO, at(6), at(6)),
        (ConstraintType.SNLT, at(6), at(6)),
        (ConstraintType.MFO, at(6, 17), at(6)),
        (ConstraintType.FNLT, at(6, 17), at(6)),
    ],
)
def test_an_honoured_hard_constraint_beats_the_links(kind: ConstraintType, when: datetime, start: datetime) -> None:
    found = whole(task(1, 3), constrained(2, kind, when), links=(link(1, 2),))
    second = found.by_uid()[2]
    assert (second.start, second.finish) == (start, at(6, 17))
    assert (second.late_start, second.late_finish) == (start, at(6, 17))
    assert second.total_slack == days(-2)
    assert second.critical
    assert second.driver.kind == "constraint"
    assert "earlier than its links allow" in found.warnings[0]


@pytest.mark.parametrize(
    ("kind", "when"), [(ConstraintType.MSO, at(6)), (ConstraintType.FNLT, at(6, 17)), (ConstraintType.SNLT, at(6))]
)
def test_with_honouring_off_links_win_and_the_date_bounds_the_late_dates(kind: ConstraintType, when: datetime) -> None:
    found = run(task(1, 3), constrained(2, kind, when), links=(link(1, 2),), honor_constraints=False)[2]
    assert found.start == at(8)
    assert found.late_finish == at(6, 17)
    assert found.total_slack == days(-2)


def test_later_hard_constraints_move_a_task_out_or_leave_it() -> None:
    assert run(constrained(1, ConstraintType.MSO, at(8)))[1].start == at(8)
    assert run(constrained(1, ConstraintType.MFO, at(8, 17)))[1].start == at(8)
    assert run(constrained(1, ConstraintType.SNLT, at(8)))[1].start == at(5)
    assert run(constrained(1, ConstraintType.FNLT, at(8, 17)))[1].start == at(5)


def test_a_broken_must_finish_on_shows_its_overrun_and_so_does_the_chain() -> None:
    """B7, B8: one day over; late dates may precede the project start; free slack stays 0."""
    milestone = constrained(4, ConstraintType.MFO, at(7, 17), 0)
    found = run(task(1, 2), task(2, 2), task(3, 5), milestone, links=(link(1, 2), link(2, 4)))
    assert found[4].start == found[4].late_finish == at(7, 17)
    assert [found[uid].total_slack for uid in (1, 2, 4)] == [days(-1)] * 3
    assert [found[uid].free_slack for uid in (1, 2, 4)] == [days(0)] * 3
    assert found[1].late_start == at(2)


def test_finish_no_later_than_gives_slack_past_the_project_finish() -> None:
    found = run(constrained(1, ConstraintType.FNLT, at(9, 17)), task(2, 2))[1]
    assert found.late_finish == at(9, 17)
    assert found.total_slack == days(4)


def test_a_deadline_caps_the_late_finish_and_moves_nothing() -> None:
    found = whole(task(1, 2, deadline=at(5, 17)), task(2, 4))
    first = found.by_uid()[1]
    assert first.finish == at(6, 17)
    assert first.late_finish == at(5, 17)
    assert first.total_slack == days(-1)
    assert "after its deadline" in found.warnings[0]
    assert run(task(1, 2, deadline=at(30, 17)), task(2, 4))[1].late_finish == at(8, 17)


def test_a_hard_date_keeps_its_late_finish_whatever_the_deadline() -> None:
    found = run(constrained(1, ConstraintType.MFO, at(7, 17), deadline=at(6, 17)))[1]
    assert found.late_finish == at(7, 17)


def test_as_late_as_possible_stands_at_the_late_dates() -> None:
    found = run(
        task(1, 5), task(2, 1, constraint=ConstraintType.ALAP), task(3, 1), task(4, 1), links=(link(2, 3), link(1, 4))
    )
    assert found[2].start == found[2].late_start == at(9)
    assert found[2].total_slack == days(0)
    assert found[3].start == at(12)  # its successor uses those dates


def test_as_late_as_possible_before_a_saturday_stands_on_monday_and_moves_the_finish_with_its_successor() -> None:
    late = task(1, 1, constraint=ConstraintType.ALAP)
    after = task(2, duration=elapsed(72))
    found = whole(late, after, task(3, duration=elapsed(24 * 8 + 4)), links=(link(1, 2, "SS"),))
    rows = found.by_uid()
    assert rows[3].finish == at(13, 12)  # until then the second may start on Saturday noon
    assert (rows[1].start, rows[1].total_slack) == (at(12), days(0))
    assert rows[2].start == at(12)
    assert found.finish == rows[2].finish == at(15)


# ---- progress (F6, P1, P2, P5, B3, B4) ------------------------------------------------------------


def test_actual_dates_stand() -> None:
    done = task(2, 1, actual_start=at(10), actual_finish=at(13, 17), percent_complete=Decimal(100))
    found = run(task(1, 1), done, task(3, 1), links=(link(1, 2), link(2, 3)))
    assert (found[2].start, found[2].finish) == (at(10), at(13, 17))
    assert (found[2].late_start, found[2].late_finish) == (at(10), at(13, 17))
    assert found[2].total_slack == days(0)
    assert not found[2].critical
    assert found[3].start == at(14)


def test_a_task_of_which_only_the_end_is_known_began_its_duration_before() -> None:
    done = task(2, 2, actual_finish=at(7, 17), percent_complete=Decimal(100), constraint=ConstraintType.ALAP)
    found = run(task(1, 10), done, task(3, 1), links=(link(1, 2), link(2, 3)))
    assert (found[2].start, found[2].finish) == (at(6), at(7, 17))
    assert (found[2].late_start, found[2].late_finish) == (at(6), at(7, 17))
    assert found[2].total_slack == days(0)
    assert found[2].driver.kind == "actual"
    assert found[3].start == at(8)
    assert found[1].late_finish == found[1].finish == at(16, 17)


def test_an_end_alone_stands_in_a_plan_scheduled_from_its_finish() -> None:
    done = task(1, 2, actual_finish=at(7, 17), percent_complete=Decimal(100))
    late = task(2, 1, constraint=ConstraintType.ALAP)
    found = run(done, late, links=(link(1, 2),), schedule_from_start=False, finish=at(30, 17))
    assert (found[1].start, found[1].finish) == (at(6), at(7, 17))
    assert found[2].finish == at(30, 17)


def test_a_complete_successor_does_not_restrain() -> None:
    done = task(2, 1, actual_start=at(5), actual_finish=at(5, 17))
    found = run(task(1, 1), done, task(3, 3), links=(link(1, 2),))[1]
    assert found.late_finish == at(7, 17)
    assert found.free_slack == found.total_slack == days(2)


def test_a_started_task_has_its_late_start_at_the_actual_start() -> None:
    started = task(1, 2, actual_start=at(6), percent_complete=Decimal(50))
    found = run(started, task(2, 5))[1]
    assert found.late_start == at(6)
    assert found.start_slack == days(0)
    assert found.total_slack == found.finish_slack == days(2)


def test_a_late_resume_is_a_gap() -> None:
    split = task(
        1, 4, actual_start=at(5), percent_complete=Decimal(50), stop=at(6, 17), resume=at(9), remaining_duration=days(2)
    )
    assert run(split)[1].finish == at(12, 17)


def test_an_in_progress_successor_restrains_by_its_remaining_part() -> None:
    """B3: LF of the predecessor is the successor's finish less what remains of it; free slack uses its start."""
    running = task(
        2, 2, actual_start=at(6), percent_complete=Decimal(90), remaining_duration=days(0.2), actual_duration=days(1.8)
    )
    found = run(task(1, 1), running, links=(link(1, 2),))
    assert found[2].finish == at(7, 17)
    assert found[1].late_finish == at(7, 15, 24)
    assert found[1].free_slack == days(0)


def test_start_to_start_does_not_restrain_a_started_predecessor() -> None:
    started = task(1, 1, actual_start=at(5), percent_complete=Decimal(10))
    found = run(started, task(2, 4), task(3, 9), links=(link(1, 2, "SS"),))[1]
    assert found.late_finish == at(15, 17)


def test_a_split_adds_its_gap_to_the_span() -> None:
    """P1: 10 d with one idle day: LS = LF less the span, gap included."""
    parts = (
        SplitPart(datetime(2006, 1, 6, 8), datetime(2006, 1, 11, 17)),
        SplitPart(datetime(2006, 1, 13, 8), datetime(2006, 1, 20, 17)),
    )
    found = run(task(1, 10, splits=parts), task(2, 16), start=datetime(2006, 1, 6, 8))[1]
    assert found.finish == datetime(2006, 1, 20, 17)
    assert (found.late_start, found.late_finish) == (datetime(2006, 1, 13, 8), datetime(2006, 1, 27, 17))
    assert found.total_slack == days(5)


def test_a_split_moves_with_its_task() -> None:
    parts = (SplitPart(at(5), at(5, 17)), SplitPart(at(8), at(8, 17)))
    found = run(task(1, 1), task(2, 2, splits=parts), links=(link(1, 2),))[2]
    assert (found.start, found.finish) == (at(6), at(9, 17))


def test_work_before_the_status_date_is_warned_about_and_not_moved() -> None:
    problem = plan(task(1, 1), task(2, 9))
    found = schedule(problem, status_date=at(8, 17))
    assert found.by_uid()[1].finish == at(5, 17)
    assert found.warnings == (
        "Unfinished work lies before the status date: 'T1'. Enter the progress or reschedule what is left.",
    )


# ---- assignments (W2–W7) --------------------------------------------------------------------------


def test_assignments_on_different_calendars_span_first_to_last() -> None:
    """W4: day shift and night shift from a Friday: Friday 08:00 to Wednesday 08:00, duration 6 d."""
    found = run(
        task(1, 6),
        resources=(resource(7), resource(8, 3)),
        assignments=(assignment(1, 7, 24), assignment(1, 8, 24)),
        start=datetime(2006, 8, 25, 8),
    )[1]
    assert (found.start, found.finish) == (datetime(2006, 8, 25, 8), datetime(2006, 8, 30, 8))
    assert found.duration == days(6)


def test_overtime_shortens_the_span() -> None:
    """W2, W7: 80 h less 3 h overtime ends at 10:00, less 2 h at 11:00; the longest decides."""
    found = run(
        task(1, 9.75),
        resources=(resource(7), resource(8, 2)),
        assignments=(assignment(1, 7, 80, overtime_work=WorkTime.from_hours(2)), assignment(1, 8, 8)),
        start=datetime(2010, 6, 9, 14),
    )[1]
    assert found.finish == datetime(2010, 6, 23, 11)


def test_half_units_take_twice_as_long() -> None:
    found = run(
        task(1, 2),
        resources=(resource(7), resource(8, 2)),
        assignments=(assignment(1, 7, 8, "0.5"), assignment(1, 8, 8)),
    )[1]
    assert found.finish == at(6, 17)


def test_assignment_levelling_delay_leaves_a_gap_that_is_no_duration() -> None:
    """W3, W4: 8 h on Tuesday and 8 h three elapsed days later, on Friday."""
    found = run(
        task(1, 2),
        resources=(resource(7), resource(8)),
        assignments=(assignment(1, 7, 8), assignment(1, 8, 8, leveling_delay=elapsed(72))),
        start=at(6),
    )[1]
    assert (found.start, found.finish) == (at(6), at(9, 17))
    assert found.duration == days(2)


@pytest.mark.parametrize("field", ["delay", "leveling_delay"])
def test_assignment_delay_in_working_units_is_working_time(field: str) -> None:
    delayed = assignment(1, 8, 8, **{field: Duration(days(2))})
    found = run(
        task(1, 4), resources=(resource(7), resource(8)), assignments=(assignment(1, 7, 8), delayed), start=at(8)
    )[1]
    assert found.finish == at(12, 17)


@pytest.mark.parametrize(
    ("contour", "hours"),
    [
        (WorkContour.FRONT_LOADED, 80 / 0.6),
        (WorkContour.BACK_LOADED, 80 / 0.6),
        (WorkContour.TURTLE, 80 / 0.7),
        (WorkContour.BELL, 160),
        (WorkContour.FLAT, 80),
    ],
)
def test_contours_stretch_the_work(contour: WorkContour, hours: float) -> None:
    found = run(
        task(1, hours / 8),
        resources=(resource(7, 2), resource(8, 3)),
        assignments=(assignment(1, 7, 80, contour=contour), assignment(1, 8, 1)),
    )[1]
    assert abs((found.finish - MONDAY).total_seconds() - hours * 3600) <= 6


def test_edited_work_is_replayed_with_its_idle_stretch() -> None:
    """W6: eight hours, an idle day, eight hours: three days on the calendar, a duration of two."""
    stretches = (
        Timephased(at(5), at(5, 17), days(1)),
        Timephased(at(6), at(6, 17), days(0)),
        Timephased(at(7), at(7, 17), days(1)),
    )
    edited = assignment(1, 7, 16, contour=WorkContour.EDITED, timephased=stretches)
    found = run(task(1, 2), resources=(resource(7),), assignments=(edited,))[1]
    assert found.finish == at(7, 17)
    assert found.duration == days(2)


# ---- backward pass and slack (B1, B8, B9) ---------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "lag", "late_finish"),
    [("FS", 0, at(8, 17)), ("FS", 1, at(7, 17)), ("SS", 1, at(8, 17)), ("FF", 2, at(7, 17)), ("SF", 1, at(9, 17))],
)
def test_late_dates_through_each_link_type(kind: str, lag: float, late_finish: datetime) -> None:
    found = run(task(1, 1), task(2, 1), task(3, 5), links=(link(1, 2, kind, lag),))
    assert found[2].late_finish == at(9, 17)
    assert found[1].late_finish == late_finish


def test_free_slack_is_the_room_to_the_nearest_successor() -> None:
    found = run(task(1, 1), task(2, 3), task(3, 1), task(4, 9), links=(link(1, 3), link(2, 3)))
    assert found[1].free_slack == days(2)
    assert found[1].total_slack == days(7)
    assert found[3].free_slack == found[3].total_slack == days(5)


def test_free_slack_never_exceeds_total_slack() -> None:
    """B8: a day of room, yet no total slack."""
    held = constrained(2, ConstraintType.SNET, at(7))
    found = run(task(1, 1, deadline=at(5, 17)), held, links=(link(1, 2),))[1]
    assert found.total_slack == found.free_slack == days(0)


def test_critical_up_to_the_limit() -> None:
    found = run(task(1, 4), task(2, 5), critical_slack_limit=days(1))
    assert found[1].critical
    assert not run(task(1, 4), task(2, 5))[1].critical


def test_multiple_critical_paths_end_at_their_own_finish() -> None:
    found = run(task(1, 1), task(2, 5), multiple_critical_paths=True)[1]
    assert found.late_finish == at(5, 17)
    assert found.critical


def test_multiple_critical_paths_make_each_chain_critical_and_a_deadline_still_caps() -> None:
    found = run(
        task(1, 1),
        task(2, 1),
        task(3, 5),
        task(4, 2, deadline=at(5, 17)),
        links=(link(1, 2),),
        multiple_critical_paths=True,
    )
    assert all(found[uid].critical for uid in (1, 2, 3, 4))
    assert (found[1].late_finish, found[2].late_finish) == (at(5, 17), at(6, 17))
    assert found[4].total_slack == days(-1)


def test_an_elapsed_percent_lag_runs_on_the_clock() -> None:
    tie = Link(1, 2, lag=Lag(percent=Decimal(300), elapsed=True))
    assert run(task(1, 5), task(2, 1), links=(tie,))[2].start == at(14, 17) + timedelta(hours=15)


def test_a_finish_that_a_link_keeps_counts_whatever_the_order_of_links() -> None:
    """FF and FS ask for the same start; the finish on Monday 08:00 stays there."""
    ties = (Link(1, 3), Link(2, 3, LinkType.FF))
    first, second = (
        run(task(1, 4), task(2, duration=elapsed(24 * 7)), task(3, 1), links=order)[3] for order in (ties, ties[::-1])
    )
    assert first == second
    assert first.finish == at(12)


# ---- summaries, manual, inactive (R1–R6, F8) ------------------------------------------------------


def test_a_summary_spans_its_children() -> None:
    found = run(
        task(1, duration=None, summary=True),
        task(2, 1, parent_uid=1),
        task(3, 3, parent_uid=1),
        task(4, 9),
        links=(link(2, 3),),
    )
    assert (found[1].start, found[1].finish) == (at(5), at(8, 17))
    assert (found[1].late_start, found[1].late_finish) == (at(12), at(15, 17))
    assert found[1].duration == days(4)
    assert found[1].total_slack == days(5)


def test_a_summarys_percent_complete_weighs_durations() -> None:
    found = run(
        task(1, duration=None, summary=True),
        task(2, 1, parent_uid=1, percent_complete=Decimal(100), actual_start=at(5), actual_finish=at(5, 17)),
        task(3, 3, parent_uid=1),
    )
    assert found[1].percent_complete == Decimal(25)


def test_links_into_a_summary_bound_every_leaf_below() -> None:
    found = run(
        task(1, 2),
        task(2, duration=None, summary=True),
        task(3, duration=None, summary=True, parent_uid=2),
        task(4, 1, parent_uid=3),
        task(5, 2, parent_uid=2),
        links=(link(1, 2),),
    )
    assert found[4].start == found[5].start == at(7)
    assert found[1].late_finish == at(6, 17)
    assert "link of its summary 'T2'" in found[4].driver.text


def test_links_out_of_a_summary_act_from_its_finish_and_start() -> None:
    found = run(
        task(1, duration=None, summary=True),
        task(2, 1, parent_uid=1),
        task(3, 2, parent_uid=1),
        task(4, 1),
        task(5, 1),
        links=(link(1, 4), link(1, 5, "SS", 1)),
    )
    assert found[4].start == at(7)
    assert found[5].start == at(6)
    assert found[2].late_finish == at(6, 17)  # every leaf gets the bound
    assert found[2].free_slack == found[2].total_slack == days(1)


def test_a_summarys_start_no_earlier_than_acts_on_its_children() -> None:
    summary = task(1, duration=None, summary=True, constraint=ConstraintType.SNET, constraint_date=at(8))
    found = run(summary, task(2, 1, parent_uid=1))
    assert found[2].start == found[1].start == at(8)
    assert found[2].driver.kind == "constraint"


def test_finish_links_into_a_summary_are_refused_with_a_warning() -> None:
    found = whole(task(1, 5), task(2, duration=None, summary=True), task(3, 1, parent_uid=2), links=(link(1, 2, "FF"),))
    assert found.by_uid()[3].start == at(5)
    assert "Link FF into the summary task 'T2' has no effect" in found.warnings[0]


def manual(uid: int, start: datetime | None, finish: datetime | None = None, **fields: Any) -> Any:
    return task(uid, 1, mode=TaskMode.MANUAL, manual_start=start, manual_finish=finish, **fields)


def test_manual_tasks_keep_their_dates_and_drive() -> None:
    found = whole(task(1, 5), manual(2, at(6), at(6, 17)), task(3, 1), links=(link(1, 2), link(2, 3)))
    rows = found.by_uid()
    assert rows[2].start == at(6)
    assert rows[3].start == at(7)
    assert rows[2].driver.kind == "manual"
    assert "before its predecessor 'T1' allows" in found.warnings[0]


def test_a_started_manual_task_keeps_its_typed_finish() -> None:
    found = run(manual(1, at(5), at(9, 17), actual_start=at(6), percent_complete=Decimal(20)))[1]
    assert (found.start, found.finish) == (at(6), at(9, 17))


def test_manual_dates_may_be_missing() -> None:
    found = run(manual(1, at(7)), manual(2, None, at(8, 17)), manual(3, None))
    assert found[1].finish == at(7, 17)
    assert found[2].start == at(8)
    assert found[3].start == at(5)


def test_a_manual_late_finish_is_not_pulled_back_and_only_finish_links_restrain() -> None:
    found = run(
        manual(1, at(5), at(5, 17)),
        manual(2, at(6), at(6, 17)),
        manual(3, at(5), at(5, 17)),
        manual(4, at(16), at(16, 17)),
        links=(link(1, 2), link(3, 4, "SS", 2)),
    )
    assert found[1].late_finish == at(16)  # Friday 08:00 stays
    assert found[1].late_start == at(15)
    assert found[3].late_finish == at(16, 17)


def test_the_slack_of_a_manual_task_is_that_of_its_finish() -> None:
    found = run(task(1, 5), manual(2, at(6, 7), at(6, 16)))[2]
    assert (found.late_start, found.late_finish) == (at(9), at(9, 17))
    for slack in (found.total_slack, found.start_slack, found.finish_slack):
        assert slack == WorkTime.from_minutes(25 * 60)  # an hour on Tuesday and three days; the start would have 24


def test_inactive_tasks_take_no_part() -> None:
    found = run(task(1, 9, active=False), task(2, 1), links=(link(1, 2),))
    assert set(found) == {2}
    assert found[2].start == at(5)


def test_an_inactive_task_in_a_chain_does_not_join_its_neighbours() -> None:
    found = run(task(1, 3), task(2, 1, active=False), task(3, 1), links=(link(1, 2), link(2, 3)))
    assert set(found) == {1, 3}
    assert found[3].start == at(5)
    assert found[1].late_finish == at(7, 17)


@pytest.mark.parametrize(("hours", "finish"), [(1, at(6, 0)), (8, at(6)), (12, at(7, 3))])
def test_a_night_shift_runs_on_over_midnight(hours: float, finish: datetime) -> None:
    found = run(task(1, hours / 8, calendar_uid=3), calendars=(STANDARD, ROUND_THE_CLOCK, NIGHT))[1]
    assert (found.start, found.finish) == (at(5, 23), finish)


def test_a_deadline_on_a_summary_moves_nothing_and_is_warned_about() -> None:
    rows = (task(1, duration=None, summary=True, deadline=at(5, 17)), task(2, 3, parent_uid=1), task(3, 5))
    dated = whole(*rows)
    found = dated.by_uid()
    assert (found[1].start, found[1].finish) == (at(5), at(7, 17))
    assert found[2].late_finish == at(9, 17)
    assert dated.warnings == (
        "Summary task 'T1' finishes Wed 7 Jan 2026, 17:00, after its deadline Mon 5 Jan 2026, 17:00.",
    )


def test_external_dates_drive() -> None:
    stored = StoredDates(start=at(5), finish=at(13, 17))
    outside = task(1, 1, external=True, stored=stored)
    found = whole(outside, task(2, 1), task(3, 1), links=(link(1, 2),))
    assert found.by_uid()[2].start == at(14)
    assert found.finish == at(14, 17)


def test_percent_lag_behind_a_task_of_another_plan_is_of_the_work_between_its_dates() -> None:
    """F3: a placeholder without a duration lasts from its start to its finish; here Monday to Tuesday of next week."""
    outside = task(1, duration=None, external=True, stored=StoredDates(start=at(5), finish=at(13, 17)))
    half = Link(1, 2, lag=Lag(percent=Decimal(-50)))
    assert run(outside, task(2, 1), links=(half,))[2].start == at(8, 13)  # 3.5 of 7 days before its end
    assert run(replace(outside, duration=Duration(days(2))), task(2, 1), links=(half,))[2].start == at(13)


def test_an_inserted_projects_row_keeps_its_stored_dates() -> None:
    inserted = task(1, 3, summary=True, stored=StoredDates(start=at(7), finish=at(9, 17)))
    found = run(inserted, task(2, 1), links=(link(1, 2),))
    assert (found[1].start, found[1].finish) == (at(7), at(9, 17))
    assert found[2].start == at(12)


def test_a_new_summary_without_children_is_scheduled_as_a_task() -> None:
    assert run(task(1, 3, summary=True))[1].finish == at(7, 17)


# ---- schedule from finish (F7) --------------------------------------------------------------------


def test_from_finish_places_tasks_as_late_as_the_finish_allows() -> None:
    late = ConstraintType.ALAP
    found = whole(
        task(1, 2, constraint=late),
        task(2, 3, constraint=late),
        task(3, 1, constraint=late),
        links=(link(1, 2),),
        start=None,
        finish=at(16, 17),
        schedule_from_start=False,
    )
    rows = found.by_uid()
    assert (rows[2].start, rows[2].finish) == (at(14), at(16, 17))
    assert (rows[1].start, rows[1].finish) == (at(12), at(13, 17))
    assert rows[3].start == at(16)
    assert (found.start, found.finish) == (at(12), at(16, 17))


def test_from_finish_an_asap_task_starts_with_the_project() -> None:
    rows = run(
        task(1, 5, constraint=ConstraintType.ALAP),
        task(2, 1),
        start=None,
        finish=at(16, 17),
        schedule_from_start=False,
    )
    assert rows[2].start == at(12)


def test_from_finish_delays_are_negative_and_at_the_finish() -> None:
    delayed = task(1, 1, constraint=ConstraintType.ALAP, leveling_delay=elapsed(-24))
    rows = run(delayed, start=None, finish=at(16, 17), schedule_from_start=False)
    assert rows[1].finish == at(15, 17)


def test_from_finish_needs_a_finish() -> None:
    with pytest.raises(PlanError, match="Set the project finish"):
        whole(task(1, 1), schedule_from_start=False)


# ---- what cannot be scheduled ---------------------------------------------------------------------


def test_a_cycle_names_its_tasks() -> None:
    with pytest.raises(PlanError, match="circle") as caught:
        run(task(1), task(2), task(3), task(4), links=(link(1, 2), link(2, 3), link(3, 2), link(3, 4)))
    assert set(caught.value.uids) == {2, 3}
    assert "'T2'" in str(caught.value)
    assert "'T1'" not in str(caught.value)


def test_a_cycle_through_a_summary_is_found() -> None:
    with pytest.raises(PlanError, match="circle") as caught:
        run(
            task(1, duration=None, summary=True),
            task(2, 1, parent_uid=1),
            task(3, 1),
            links=(link(2, 3), link(3, 1)),
        )
    assert set(caught.value.uids) == {1, 2, 3}


def test_a_link_between_a_summary_and_its_own_child_is_a_cycle() -> None:
    with pytest.raises(PlanError, match="circle"):
        run(task(1, duration=None, summary=True), task(2, 1, parent_uid=1), links=(link(1, 2),))


def test_a_link_to_itself_is_a_cycle() -> None:
    with pytest.raises(PlanError, match="'T1' → 'T1'"):
        run(task(1), links=(link(1, 1),))


def test_unknown_tasks_and_resources_are_named() -> None:
    with pytest.raises(PlanError, match="names task 99"):
        run(task(1), links=(link(1, 99),))
    with pytest.raises(PlanError, match="names resource 99"):
        run(task(1), assignments=(assignment(1, 99, 8),))


def test_a_plan_needs_a_start() -> None:
    with pytest.raises(PlanError, match="Set the project start"):
        run(task(1), start=None)


def test_an_empty_plan_is_its_start() -> None:
    found = whole()
    assert (found.start, found.finish, found.tasks) == (MONDAY, MONDAY, ())


def test_calendars_in_use_here_are_what_they_say() -> None:
    found = run(task(1, 1, calendar_uid=ROUND_THE_CLOCK.uid), task(2, 1, calendar_uid=NIGHT.uid))
    assert found[1].finish == at(5, 16)
    assert found[2].finish == at(6, 8)
