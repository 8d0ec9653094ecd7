"""Typed dates, constraints, modes, links and the outline; and what holds for every change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.plan_builder import assignment, at, days, link, plan, resource, task
from tests.engine.test_cpm_properties import plans
from tests.examples import examples

from headway.engine.calendars import Calendars
from headway.engine.cpm import schedule
from headway.engine.edits import (
    AddLink,
    AddTask,
    Assign,
    Change,
    Describe,
    EditError,
    EnterProgress,
    Indent,
    MoveTask,
    Outdent,
    RemoveLink,
    RemoveTask,
    RescheduleUncompleted,
    SetActive,
    SetCalendar,
    SetConstraint,
    SetDeadline,
    SetDuration,
    SetFinish,
    SetLink,
    SetMilestone,
    SetMode,
    SetPriority,
    SetRange,
    SetStart,
    SetUnits,
    SetWork,
    Split,
    Unassign,
    UpdateAsScheduled,
    apply,
)
from headway.engine.plan import (
    ConstraintType,
    Duration,
    Lag,
    LinkType,
    Plan,
    PlanError,
    Task,
    TaskMode,
    TaskType,
)
from headway.engine.units import WorkTime


def row(problem: Plan, uid: int = 1) -> Task:
    return next(item for item in problem.tasks if item.uid == uid)


def dates(problem: Plan, uid: int = 1) -> tuple[datetime, datetime]:
    found = schedule(problem).by_uid()[uid]
    return found.start, found.finish


def outlined() -> Plan:
    """1 over 2 and 3 (2 → 3), then 4, 5 after 4."""
    rows = (
        task(1, summary=True),
        task(2, 2, parent_uid=1, outline_level=2),
        task(3, 2, parent_uid=1, outline_level=2),
        task(4, 1),
        task(5, 1),
    )
    return plan(*rows, links=(link(2, 3), link(4, 5)), resources=(resource(1),), assignments=(assignment(3, 1, 16),))


def shape(problem: Plan) -> list[tuple[int, int, int | None, bool]]:
    return [(item.uid, item.outline_level, item.parent_uid, item.summary) for item in problem.tasks]


# --- F5, R4, R5, C8: dates ---------------------------------------------------------------------


def test_a_typed_start_is_a_start_no_earlier_than_date() -> None:
    typed = apply(plan(task(1, 2)), [SetStart(1, date(2026, 1, 7))])
    assert (row(typed).constraint, row(typed).constraint_date) == (ConstraintType.SNET, at(7))
    assert dates(typed)[0] == at(7)


def test_a_typed_finish_is_a_finish_no_earlier_than_date() -> None:
    typed = apply(plan(task(1, 2)), [SetFinish(1, date(2026, 1, 9))])
    assert (row(typed).constraint, row(typed).constraint_date) == (ConstraintType.FNET, at(9, 17))
    assert dates(typed) == (at(8), at(9, 17))


def test_a_typed_start_of_started_work_is_its_actual_start() -> None:
    begun = apply(plan(task(1, 2)), [EnterProgress(1, Decimal(50)), SetStart(1, at(6))])
    assert (row(begun).actual_start, row(begun).stop, row(begun).constraint) == (
        at(6),
        at(6, 17),
        ConstraintType.ASAP,
    )
    done = apply(plan(task(1, 2)), [EnterProgress(1, Decimal(100)), SetFinish(1, date(2026, 1, 8))])
    assert (row(done).actual_finish, row(done).duration) == (at(8, 17), Duration(days(4)))


def test_a_manual_task_keeps_what_is_typed() -> None:
    by_hand = apply(plan(task(1, 2), task(2, 1), links=(link(2, 1),)), [SetMode(1, TaskMode.MANUAL)])
    assert dates(by_hand) == (at(6), at(7, 17))
    moved = apply(by_hand, [SetStart(1, at(12))])
    assert dates(moved) == (at(12), at(13, 17))
    longer = apply(moved, [SetFinish(1, at(14, 17))])
    assert (dates(longer), row(longer).duration) == ((at(12), at(14, 17)), Duration(days(3)))
    free = apply(longer, [SetMode(1, TaskMode.AUTO)])
    assert dates(free) == (at(6), at(8, 17))
    assert row(free).manual_start == at(12)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("SNET", at(8)), ("SNLT", at(8)), ("MSO", at(8)), ("FNET", at(8, 17)), ("FNLT", at(8, 17)), ("MFO", at(8, 17))],
)
def test_a_day_takes_the_default_time_of_a_start_or_a_finish(kind: str, expected: datetime) -> None:
    typed = apply(plan(task(1, 2)), [SetConstraint(1, ConstraintType(kind), date(2026, 1, 8))])
    assert row(typed).constraint_date == expected


def test_a_constraint_without_a_date_takes_the_old_date_away() -> None:
    typed = apply(plan(task(1)), [SetStart(1, at(7)), SetConstraint(1, ConstraintType.ALAP)])
    assert (row(typed).constraint, row(typed).constraint_date) == (ConstraintType.ALAP, None)


def test_a_deadline_is_set_and_taken_away() -> None:
    set_ = apply(plan(task(1)), [SetDeadline(1, date(2026, 1, 5))])
    assert row(set_).deadline == at(5, 17)
    assert row(apply(set_, [SetDeadline(1, None)])).deadline is None


def test_a_summary_takes_a_start_for_its_tasks() -> None:
    later = apply(outlined(), [SetStart(1, at(7))])
    assert dates(later, 2)[0] == at(7)


# --- single fields -----------------------------------------------------------------------------


def test_a_range_stands_around_the_duration_and_dates_know_nothing_of_it() -> None:
    short, long = Duration(WorkTime(2400)), Duration(WorkTime(48000))
    changed = apply(outlined(), [SetRange(4, short, None), SetRange(4, short, long)])
    assert (row(changed, 4).optimistic, row(changed, 4).pessimistic) == (short, long)
    assert dates(changed, 4) == dates(outlined(), 4)
    assert row(apply(changed, [SetRange(4, None, None)]), 4).optimistic is None


def test_single_fields_change_and_nothing_else() -> None:
    changes: list[Change] = [
        Describe(4, name="Pilot", owner="Ann"),
        SetPriority(4, 700),
        SetCalendar(4, 2, ignore_resource_calendar=True),
        SetMilestone(4, True),
    ]
    changed = apply(outlined(), changes)
    found = row(changed, 4)
    assert (found.name, found.owner, found.notes, found.priority) == ("Pilot", "Ann", "", 700)
    assert (found.calendar_uid, found.ignore_resource_calendar, found.milestone) == (2, True, True)
    assert found.duration == Duration(days(1))
    assert [item for item in changed.tasks if item.uid != 4] == [item for item in outlined().tasks if item.uid != 4]


def test_an_inactive_row_takes_all_below_it_along() -> None:
    away = apply(outlined(), [SetActive(1, False)])
    assert [item.active for item in away.tasks] == [False, False, False, True, True]
    assert apply(away, [SetActive(1, True)]) == outlined()


# --- outline -----------------------------------------------------------------------------------


def test_a_task_is_added_behind_another() -> None:
    more = apply(outlined(), [AddTask(task(9, 1, outline_level=2), after=2)])
    assert [item.uid for item in more.tasks] == [1, 2, 9, 3, 4, 5]
    assert (row(more, 9).parent_uid, row(more, 3).id) == (1, 4)
    assert row(more, 2) == row(outlined(), 2)
    first = apply(outlined(), [AddTask(task(9, 1, outline_level=5), after=0)])
    assert shape(first)[0] == (9, 1, None, False)
    last = apply(outlined(), [AddTask(task(9, 1, outline_level=5))])
    assert shape(last)[-2:] == [(5, 1, None, True), (9, 2, 5, False)]


def test_a_removed_task_takes_what_hangs_on_it_along() -> None:
    fewer = apply(outlined(), [RemoveTask(1)])
    assert ([item.uid for item in fewer.tasks], fewer.assignments) == ([4, 5], ())
    assert [(item.predecessor_uid, item.successor_uid) for item in fewer.links] == [(4, 5)]
    childless = apply(outlined(), [RemoveTask(2), RemoveTask(3)])
    assert not row(childless).summary


def test_indenting_and_outdenting_keep_links_and_make_summaries() -> None:
    deeper = apply(outlined(), [Indent(4)])
    assert shape(deeper)[3] == (4, 2, 1, False)
    assert deeper.links == outlined().links
    assert apply(deeper, [Outdent(4)]) == outlined()
    lifted = apply(outlined(), [Outdent(3), Indent(4)])
    assert shape(lifted)[:4] == [(1, 1, None, True), (2, 2, 1, False), (3, 1, None, True), (4, 2, 3, False)]


def test_a_row_is_moved_with_all_below_it() -> None:
    moved = apply(outlined(), [MoveTask(1, after=4)])
    assert [item.uid for item in moved.tasks] == [4, 1, 2, 3, 5]
    assert moved.links == outlined().links
    inside = apply(outlined(), [MoveTask(5, after=2)])
    assert shape(inside)[2] == (5, 2, 1, False)
    assert apply(inside, [MoveTask(5, after=4)]) == outlined()
    assert apply(outlined(), [MoveTask(5, after=0)]).tasks[0].uid == 5


def test_a_row_that_becomes_a_summary_gives_up_what_comes_from_below() -> None:
    problem = plan(task(1, 3, constraint=ConstraintType.MSO, constraint_date=at(6)), task(2, 1))
    high = row(apply(problem, [EnterProgress(1, Decimal(50)), Indent(2)]))
    assert (high.summary, high.constraint, high.constraint_date) == (True, ConstraintType.ASAP, None)
    assert (high.percent_complete, high.actual_start) == (0, None)


# --- links -------------------------------------------------------------------------------------


def test_links_are_added_changed_and_removed() -> None:
    tied = apply(outlined(), [AddLink(link(3, 4, "SS", 1))])
    assert tied.links[-1] == link(3, 4, "SS", 1)
    other = apply(tied, [SetLink(3, 4, LinkType.FF)])
    assert other.links[-1] == link(3, 4, "FF", 1)
    without = apply(other, [SetLink(3, 4, lag=Lag())])
    assert without.links[-1] == link(3, 4, "FF")
    assert apply(without, [RemoveLink(3, 4)]) == outlined()


def test_a_circle_is_named_by_the_schedule() -> None:
    with pytest.raises(PlanError, match="circle"):
        schedule(apply(outlined(), [AddLink(link(5, 4))]))


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        (SetConstraint(4, ConstraintType.MSO), "date", "needs a date"),
        (SetConstraint(1, ConstraintType.MSO, at(6)), "constraint", "a summary cannot take 'must start on'"),
        (SetFinish(1, at(9, 17)), "finish", "follows its tasks"),
        (SetPriority(4, 1001), "priority", "Give 0 to 1000"),
        (SetRange(4, Duration(WorkTime(480000)), None), "optimistic", "longer than the duration"),
        (SetRange(4, None, Duration(WorkTime(10))), "pessimistic", "shorter than the duration"),
        (SetRange(4, None, Duration(WorkTime(480000), "ed", elapsed=True)), "pessimistic", "working time"),
        (SetRange(1, None, None), "optimistic", "follows its tasks"),
        (SetCalendar(4, 99), "calendar_uid", "calendar 99 is not in the plan"),
        (AddTask(task(4)), "task", "uid 4 is another task's"),
        (AddTask(task(9), after=77), "after", "Task 77 is not in the plan"),
        (Indent(1), "uid", "no row of its level"),
        (Indent(2), "uid", "no row of its level"),
        (Outdent(4), "uid", "first level already"),
        (MoveTask(1, after=2), "after", "behind itself"),
        (Indent(5), "link", "lies below the summary 'T4'"),
        (AddLink(link(2, 1)), "link", "lies below the summary 'T1'"),
        (AddLink(link(4, 4)), "predecessor_uid", "cannot depend on itself"),
        (AddLink(link(4, 5)), "predecessor_uid", "depends on 'T4' already"),
        (AddLink(link(44, 5)), "predecessor_uid", "Task 44 is not in the plan"),
        (RemoveLink(2, 5), "predecessor_uid", "does not depend on 'T2'"),
        (RescheduleUncompleted(at(9), uids=(88,)), "uids", "Task 88 is not in the plan"),
    ],
)
def test_refusals_name_task_field_and_reason(change: Change, field: str, why: str) -> None:
    with pytest.raises(EditError, match=why) as refusal:
        apply(outlined(), [change])
    assert refusal.value.field == field


def test_work_that_has_begun_is_not_left_out() -> None:
    begun = apply(outlined(), [EnterProgress(2, Decimal(50))])
    with pytest.raises(EditError, match="'T2' has begun"):
        apply(begun, [SetActive(1, False)])


# --- what holds for every change ---------------------------------------------------------------


@st.composite
def staffed(draw: st.DrawFn) -> Plan:
    """Random plans, each leaf of some type with up to two resources that work all of its duration."""
    problem = draw(plans())
    rows, items = [], []
    for item in problem.tasks:
        if item.summary or item.duration is None:
            rows.append(item)
            continue
        changed = Task(
            **{
                **{name: getattr(item, name) for name in Task.__slots__},
                "type": draw(st.sampled_from(TaskType)),
                "effort_driven": draw(st.booleans()),
                "outline_level": 2 if item.parent_uid else 1,
            }
        )
        rows.append(changed)
        for number in range(draw(st.integers(0, 2))):
            units = Decimal(draw(st.sampled_from(["1", "0.5", "2"])))
            hours = float(item.duration.amount.hours * units)
            items.append(assignment(item.uid, number + 1, hours, str(units)))
    ordered = []
    for high in [item for item in rows if item.parent_uid is None]:
        ordered += [high, *(item for item in rows if item.parent_uid == high.uid)]
    return plan(
        *ordered,
        links=problem.links,
        resources=(resource(1), resource(2), resource(3)),
        assignments=tuple(items),
        calendars=problem.calendars,
    )


def leaf(data: st.DataObject, problem: Plan) -> Task:
    return data.draw(st.sampled_from([item for item in problem.tasks if not item.summary]))


def total_work(problem: Plan, uid: int) -> int:
    return sum(item.work.tenths for item in problem.assignments if item.task_uid == uid)


@settings(max_examples=examples(40), deadline=None)
@given(staffed(), st.data())
def test_work_stays_duration_times_units(problem: Plan, data: st.DataObject) -> None:
    item = leaf(data, problem)
    if item.duration is None or item.duration.amount.tenths == 1:
        return  # too short for half a resource to do any work in it
    crew = [one for one in problem.assignments if one.task_uid == item.uid]
    changes: list[Change] = [SetDuration(item.uid, Duration(WorkTime(data.draw(st.integers(1, 48_000)))))]
    if len(crew) == 1 and crew[0].work:
        units = Decimal(data.draw(st.integers(1, 30))) / 10
        changes += [SetUnits(item.uid, 1, units), SetWork(item.uid, WorkTime(data.draw(st.integers(10, 90_000))), 1)]
    if not any(one.work for one in crew):
        changes = changes[:1]
    for change in changes:
        problem = apply(problem, [change])
        duration = row(problem, item.uid).duration
        assert duration is not None
        for one in (one for one in problem.assignments if one.task_uid == item.uid):
            assert abs(one.work.tenths - float(duration.amount.tenths * one.units)) <= max(1.0, float(one.units))


@settings(max_examples=examples(40), deadline=None)
@given(staffed(), st.data())
def test_effort_driven_work_stays_the_same_whoever_comes_and_goes(problem: Plan, data: st.DataObject) -> None:
    item = leaf(data, problem)
    before = total_work(problem, item.uid)
    crew = [one for one in problem.assignments if one.task_uid == item.uid]
    if not before or not (item.effort_driven or item.type is TaskType.FIXED_WORK):
        return
    more = apply(problem, [Assign(item.uid, 3, Decimal(data.draw(st.integers(1, 30))) / 10)])
    assert total_work(more, item.uid) == before
    for one in crew:
        assert one.resource_uid is not None
        more = apply(more, [Unassign(item.uid, one.resource_uid)])
        assert total_work(more, item.uid) == before


@settings(max_examples=examples(40), deadline=None)
@given(staffed(), st.data())
def test_all_done_is_complete(problem: Plan, data: st.DataObject) -> None:
    item = leaf(data, problem)
    before = schedule(problem).by_uid()[item.uid]
    part = Decimal(data.draw(st.integers(0, 99)))
    done = apply(problem, [EnterProgress(item.uid, part), EnterProgress(item.uid, Decimal(100))])
    found = row(done, item.uid)
    assert (found.percent_complete, found.remaining_duration) == (100, WorkTime(0))
    assert found.actual_start == before.start
    assert found.actual_finish is not None
    assert same(problem, item, found.actual_finish, before.finish)
    after = schedule(done).by_uid()[item.uid]
    assert (after.start, after.finish, after.critical) == (found.actual_start, found.actual_finish, False)
    for one in (one for one in done.assignments if one.task_uid == item.uid):
        assert one.actual_work == one.work


@settings(max_examples=examples(40), deadline=None)
@given(staffed(), st.data())
def test_a_percent_moves_no_date(problem: Plan, data: st.DataObject) -> None:
    item = leaf(data, problem)
    if item.leveling_delay is not None:
        return
    before = schedule(problem).by_uid()[item.uid]
    done = apply(problem, [EnterProgress(item.uid, Decimal(data.draw(st.integers(1, 99))))])
    after = schedule(done).by_uid()[item.uid]
    assert after.start == before.start
    assert same(problem, item, after.finish, before.finish)


def same(problem: Plan, item: Task, one: datetime, other: datetime) -> bool:
    """The same working instant: a finish that a link had put on the next morning is that evening's once begun."""
    axis = Calendars(problem.calendars, default_uid=1).axis(item.calendar_uid)
    return not axis.work_between(one, other)


def one_of(data: st.DataObject, problem: Plan) -> tuple[Change, set[int]]:
    """A change of any kind, and the tasks it may touch."""
    item = leaf(data, problem)
    moment = at(data.draw(st.integers(5, 30)))
    change: Any = data.draw(
        st.sampled_from(
            [
                SetDuration(item.uid, Duration(WorkTime(9600))),
                SetStart(item.uid, moment),
                SetFinish(item.uid, moment),
                SetDeadline(item.uid, moment),
                SetMode(item.uid, TaskMode.MANUAL),
                SetPriority(item.uid, 1),
                SetActive(item.uid, False),
                Assign(item.uid, 3),
                EnterProgress(item.uid, Decimal(40)),
                EnterProgress(item.uid, actual_start=moment),
                UpdateAsScheduled(moment, uids=(item.uid,)),
                RescheduleUncompleted(moment, uids=(item.uid,)),
                Split(item.uid, schedule(problem).by_uid()[item.uid].finish, WorkTime(600)),
                RemoveTask(item.uid),
            ]
        )
    )
    high = {high.uid for high in problem.tasks if high.uid == item.parent_uid}
    return change, {item.uid, *high}


@settings(max_examples=examples(80), deadline=None)
@given(staffed(), st.data())
def test_what_is_not_named_stays_the_same_object(problem: Plan, data: st.DataObject) -> None:
    change, touched = one_of(data, problem)
    try:
        changed = apply(problem, [change])
    except EditError:
        return
    kept = {item.uid: item for item in changed.tasks}
    for item in problem.tasks:
        if item.uid in touched:
            continue
        assert kept[item.uid] is item or (isinstance(change, RemoveTask) and _but_number(kept[item.uid], item))
    for one in problem.assignments:
        assert one.task_uid in touched or any(other is one for other in changed.assignments)
    if not isinstance(change, RemoveTask):
        assert changed.links is problem.links
    assert changed.calendars is problem.calendars
    assert changed.resources is problem.resources


def _but_number(one: Task, other: Task) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in Task.__slots__ if name != "id")


@settings(max_examples=examples(40), deadline=None)
@given(staffed(), st.data())
def test_changes_together_are_changes_one_after_the_other(problem: Plan, data: st.DataObject) -> None:
    first, _ = one_of(data, problem)
    second, _ = one_of(data, problem)
    apart = _told(lambda: apply(apply(problem, [first]), [second]))
    assert _told(lambda: apply(problem, [first, second])) == apart
    assert _told(lambda: apply(problem, [first, second], computed=schedule(problem))) == apart


def _told(make: Callable[[], Plan]) -> Plan | str:
    """The plan that comes of it, or what the refusal says."""
    try:
        return make()
    except EditError as refused:
        return str(refused)
