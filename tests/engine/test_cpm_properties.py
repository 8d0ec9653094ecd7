"""Properties of every schedule: no task before its driver, early before late, stable, monotone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.plan_builder import ROUND_THE_CLOCK, STANDARD, elapsed, plan
from tests.examples import examples

from headway.engine.calendars import ELAPSED, Calendars, instant
from headway.engine.cpm import kernel, schedule
from headway.engine.cpm.columns import LAG, ROW
from headway.engine.cpm.network import lay_out
from headway.engine.plan import Calendar, Duration, Lag, Link, LinkType, Plan, ScheduledTask, Shift, Task
from headway.engine.units import WorkTime

# Links that never point back in time: without leads nothing starts before the project.
FORWARD = (LinkType.FS, LinkType.SS, LinkType.FF)
HALF_WEEK = Calendar(4, "Half week", ((Shift(time(9), time(13)),),) * 3 + ((),) * 4)


@st.composite
def plans(draw: st.DrawFn, *, kinds: tuple[LinkType, ...] = tuple(LinkType), leads: bool = True) -> Plan:
    """As-soon-as-possible plans: leaves in up to three summaries, links forward, mixed calendars."""
    lags = [0, 0, 0, 4800, 100, -2400] if leads else [0, 0, 0, 4800, 100, 2400]
    count = draw(st.integers(2, 9))
    groups = draw(st.integers(0, 3))
    rows = [Task(100 + number, 100 + number, f"S{number}", None, summary=True) for number in range(groups)]
    for uid in range(1, count + 1):
        length = draw(st.sampled_from([0, 0, 1, 600, 4800, 7200, 24_000]))
        duration = elapsed(30) if draw(st.integers(0, 9)) == 0 else Duration(WorkTime(length))
        rows.append(
            Task(
                uid,
                uid,
                f"T{uid}",
                duration,
                calendar_uid=draw(st.sampled_from([None, None, 1, 2, 4])),
                parent_uid=100 + draw(st.integers(0, groups - 1)) if groups else None,
                leveling_delay=elapsed(24) if draw(st.integers(0, 9)) == 0 else None,
            )
        )
    links = {}
    for successor in range(2, count + 1):
        for predecessor in draw(st.lists(st.integers(1, successor - 1), max_size=2)):
            lag = Lag(WorkTime(draw(st.sampled_from(lags))), elapsed=draw(st.booleans()))
            links[predecessor, successor] = Link(predecessor, successor, draw(st.sampled_from(kinds)), lag)
    kept = {row.parent_uid for row in rows}
    rows = [row for row in rows if not row.summary or row.uid in kept]
    return plan(*rows, links=tuple(links.values()), calendars=(STANDARD, ROUND_THE_CLOCK, HALF_WEEK))


def dates(problem: Plan) -> dict[int, ScheduledTask]:
    return schedule(problem).by_uid()


@settings(max_examples=examples(80), deadline=None)
@given(plans())
def test_no_task_lies_before_its_links_allow(problem: Plan) -> None:
    found = dates(problem)
    calendars = Calendars(problem.calendars, default_uid=1)
    by_uid = {task.uid: task for task in problem.tasks}
    for tie in problem.links:
        axis = calendars.axis(by_uid[tie.successor_uid].calendar_uid)
        before, after = found[tie.predecessor_uid], found[tie.successor_uid]
        came_from = before.finish if tie.type in (LinkType.FS, LinkType.FF) else before.start
        goes_to = after.start if tie.type in (LinkType.FS, LinkType.SS) else after.finish
        if tie.lag.elapsed:
            bound = axis.position(instant(came_from) + tie.lag.amount.tenths)
        else:
            bound = axis.position(instant(came_from)) + tie.lag.amount.tenths
        assert axis.position(instant(goes_to)) >= bound


@settings(max_examples=examples(80), deadline=None)
@given(plans(kinds=FORWARD, leads=False))
def test_no_task_starts_before_the_project_and_the_project_ends_with_the_last(problem: Plan) -> None:
    found = schedule(problem)
    assert all(row.start >= found.start for row in found.tasks)
    assert max(row.finish for row in found.tasks) == found.finish


def on_one_calendar(problem: Plan) -> Plan:
    """The same plan without task calendars, elapsed times and levelling delays."""
    return replace(
        problem,
        tasks=tuple(
            replace(
                row,
                calendar_uid=None,
                leveling_delay=None,
                duration=row.duration and replace(row.duration, elapsed=False),
            )
            for row in problem.tasks
        ),
        links=tuple(replace(tie, lag=replace(tie.lag, elapsed=False)) for tie in problem.links),
    )


def assert_early_before_late(problem: Plan) -> None:
    for row in schedule(problem).tasks:
        assert row.total_slack.tenths >= 0
        assert row.free_slack.tenths >= 0
        assert row.uid >= 100 or row.free_slack <= row.total_slack


@settings(max_examples=examples(80), deadline=None)
@given(plans(kinds=(LinkType.FS, LinkType.SS)))
def test_early_comes_before_late_on_mixed_calendars(problem: Plan) -> None:
    """Without constraints no slack is negative and no free slack above the total.

    Finish links are left out: a finish kept at 08:00 counts as the evening before on other calendars.
    """
    assert_early_before_late(problem)


@settings(max_examples=examples(80), deadline=None)
@given(plans())
def test_early_comes_before_late_on_one_calendar(problem: Plan) -> None:
    assert_early_before_late(on_one_calendar(problem))


@settings(max_examples=examples(60), deadline=None)
@given(plans())
def test_some_leaf_is_critical_when_one_calendar_rules(problem: Plan) -> None:
    plain = replace(
        problem,
        tasks=tuple(
            replace(row, calendar_uid=None, duration=Duration(WorkTime(4800)), leveling_delay=None)
            for row in problem.tasks
        ),
        links=tuple(replace(tie, lag=Lag()) for tie in problem.links),
    )
    assert any(row.critical for row in schedule(plain).tasks)


@settings(max_examples=examples(60), deadline=None)
@given(plans())
def test_the_same_plan_gives_the_same_schedule(problem: Plan) -> None:
    assert schedule(problem) == schedule(problem)


@settings(max_examples=examples(60), deadline=None)
@given(plans())
def test_scheduled_dates_taken_as_actuals_stay(problem: Plan) -> None:
    """Idempotence: what was computed, entered as actual dates, is computed again."""
    found = dates(problem)
    done = replace(
        problem,
        tasks=tuple(
            row if row.summary else replace(row, actual_start=found[row.uid].start, actual_finish=found[row.uid].finish)
            for row in problem.tasks
        ),
    )
    again = dates(done)
    assert {uid: (row.start, row.finish) for uid, row in again.items()} == {
        uid: (row.start, row.finish) for uid, row in found.items()
    }


@settings(max_examples=examples(80), deadline=None)
@given(plans(kinds=FORWARD, leads=False), st.data())
def test_adding_a_link_never_ends_the_project_earlier(problem: Plan, data: st.DataObject) -> None:
    leaves = [row.uid for row in problem.tasks if not row.summary]
    successor = data.draw(st.sampled_from(leaves[1:]))
    predecessor = data.draw(st.sampled_from([uid for uid in leaves if uid < successor]))
    kind = data.draw(st.sampled_from(FORWARD))
    more = replace(problem, links=(*problem.links, Link(predecessor, successor, kind)))
    before, after = dates(problem), dates(more)
    assert all(after[uid].finish >= before[uid].finish for uid in before)


@settings(max_examples=examples(60), deadline=None)
@given(plans(kinds=(LinkType.FS,)))
def test_starting_at_the_late_dates_does_not_move_the_finish(problem: Plan) -> None:
    """Total slack is real: every task held to its late start still meets the project finish."""
    plain = on_one_calendar(replace(problem, links=tuple(replace(tie, lag=Lag()) for tie in problem.links)))
    first = schedule(plain)
    found = first.by_uid()
    late = replace(
        plain,
        tasks=tuple(
            row if row.summary else replace(row, leveling_delay=Duration(_span(found[row.uid]), elapsed=True))
            for row in plain.tasks
        ),
        links=(),
    )
    assert schedule(late).finish <= first.finish


def _span(row: ScheduledTask) -> WorkTime:
    project_start = instant(plan().project.start or row.start)
    return WorkTime(instant(row.late_start) - project_start)


@settings(max_examples=examples(60), deadline=None)
@given(plans())
def test_slacks_agree_with_the_dates_and_with_each_other(problem: Plan) -> None:
    calendars = Calendars(problem.calendars, default_uid=1)
    by_uid = {task.uid: task for task in problem.tasks}
    for row in schedule(problem).tasks:
        duration = by_uid[row.uid].duration
        axis = ELAPSED if duration and duration.elapsed else calendars.axis(by_uid[row.uid].calendar_uid)
        assert row.start_slack == axis.work_between(row.early_start, row.late_start)
        assert row.finish_slack == axis.work_between(row.early_finish, row.late_finish)
        assert row.total_slack == min(row.start_slack, row.finish_slack)
        assert row.free_slack.tenths >= 0
        assert row.free_slack <= row.total_slack or row.total_slack.tenths < 0
        assert row.critical == (row.total_slack.tenths <= 0)


@settings(max_examples=examples(60), deadline=None)
@given(plans(), st.lists(st.integers(0, 400_000), min_size=1, max_size=4))
def test_spans_and_links_as_objects_agree_with_the_passes(problem: Plan, offsets: list[int]) -> None:
    network = lay_out(problem)
    t, edge = network.tables, [0]
    for offset in offsets:
        at = instant(datetime(2026, 1, 5, 8)) + offset
        for row, span in enumerate(network.spans):
            place, asked = row * ROW, (t.rows, t.parts, t.clock(), edge)
            assert span.next_start(at) == kernel.span_next_start(*asked, place, at)
            assert span.finish(at) == kernel.span_finish(*asked, place, at)
            assert span.start(at) == kernel.span_start(*asked, place, at)
            assert span.previous_finish(at) == kernel.span_previous_finish(*asked, place, at)
        ties = (tie for row, into in enumerate(network.out_of) for tie in sorted(into, key=lambda tie: tie.successor))
        for tie in ties:
            place = next(
                place
                for place, kind in t.ties_out_of(tie.predecessor)
                if (t.links[place + 1], kind) == (tie.successor, tie.kind)
            )
            assert tie.forward(at) == kernel.lag_forward(t.links, t.clock(), edge, place, t.links[place + LAG], at)
    assert edge == [0]
