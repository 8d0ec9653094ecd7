"""Figures of a plan come from columns, once a call; they are those of the whole plan, whatever it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.projects import commands as projects
from headway.areas.projects.queries import charter
from headway.areas.schedule import commands, queries
from headway.areas.schedule.records import days_late, project_axis, to_record
from headway.engine import plan as engine
from headway.engine.calendars import standard_calendar
from headway.engine.cpm import schedule
from headway.engine.units import WorkTime
from headway.kernel.context import Context

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def _task(uid: int, **more: object) -> engine.Task:
    given = {"duration": engine.Duration(WorkTime(4800 * (1 + uid % 3))), "outline_level": 2, "parent_uid": 1, **more}
    return engine.Task(uid=uid, id=uid, name=f"Task {uid}", **given)


def mixed() -> engine.Plan:
    """A plan with a summary, milestones, an inactive and an external task, fractions of percents, work and cost."""
    tasks = (
        _task(1, summary=True, outline_level=1, parent_uid=None),
        _task(2, percent_complete=Decimal("33.3"), work=WorkTime(4800), cost=Decimal("120.50")),
        _task(3, percent_complete=Decimal("12.5"), work=WorkTime(9600)),
        _task(4, milestone=True, duration=engine.Duration(WorkTime(0)), owner="Ada"),
        _task(5, active=False),
        _task(6, external=True),
        _task(7, milestone=True, duration=engine.Duration(WorkTime(0)), deadline=datetime(2026, 3, 20, 17)),
        _task(8, milestone=True, duration=engine.Duration(WorkTime(0)), active=False),
    )
    links = (engine.Link(2, 3), engine.Link(3, 4), engine.Link(2, 7))
    settings = engine.ProjectSettings(name="Mixed", start=datetime(2026, 3, 2, 8), calendar_uid=1)
    return engine.Plan(settings, (standard_calendar(),), tasks, links)


@pytest.fixture
def planned(house: House) -> House:
    """SITE with the mixed plan, a baseline of it, and a task that has since become longer."""
    manager = house("manager")
    projects.create(manager, key="SITE", name="Acme web site")
    take(manager, mixed())
    commands.set_baseline(manager, project="SITE", name="Approved")
    plan = mixed()
    longer = replace(plan.tasks[1], duration=engine.Duration(WorkTime(4800 * 6)))
    take(manager, replace(plan, tasks=(plan.tasks[0], longer, *plan.tasks[2:])))
    return house


def take(ctx: Context, plan: engine.Plan) -> None:
    """Store a plan with its dates."""
    commands.take_plan(ctx, project="SITE", plan=to_record(plan), schedule=to_record(schedule(plan)))


def _leaves(plan: engine.Plan) -> list[engine.Task]:
    return [task for task in plan.tasks if not task.summary and task.active and not task.external]


def _baseline(task: engine.Task) -> engine.TaskBaseline | None:
    return next((base for base in task.baselines if base.number == 0), None)


def test_the_summary_is_that_of_the_whole_plan(planned: House) -> None:
    plan = queries.plan_of(planned("manager"), project="SITE")
    dates = {item.uid: item for item in queries.schedule_of(planned("manager"), project="SITE")}
    summary = queries.summary(planned("manager"), project="SITE")
    leaves, axis = _leaves(plan), project_axis(plan)
    late = [
        task.uid
        for task in leaves
        if (base := _baseline(task)) and (days_late(axis, plan.project, base.finish, dates[task.uid].finish) or 0) > 0
    ]
    whole = sum((Decimal(task.duration.amount.tenths) for task in leaves if task.duration), Decimal(0))
    done = sum(
        (task.duration.amount.tenths * task.percent_complete / 100 for task in leaves if task.duration), Decimal(0)
    )
    assert (summary.tasks, summary.milestones) == (len(leaves), 2)
    assert summary.late_tasks == len(late) > 0
    assert summary.percent_complete == done / whole * 100
    assert summary.percent_complete > 0


def test_milestones_are_those_of_the_whole_plan(planned: House) -> None:
    plan = queries.plan_of(planned("manager"), project="SITE")
    dates = {item.uid: item for item in queries.schedule_of(planned("manager"), project="SITE")}
    rows = queries.milestones(planned("manager"), project="SITE")
    wanted = [task for task in plan.tasks if task.milestone and task.uid in dates]
    assert {row.uid for row in rows} == {task.uid for task in wanted}
    by_uid = {row.uid: row for row in rows}
    for task in wanted:
        base, row = _baseline(task), by_uid[task.uid]
        assert base is not None
        assert base.finish is not None
        assert (row.name, row.owner, row.forecast) == (task.name, task.owner, dates[task.uid].finish.date())
        key = task.deadline is not None or task.outline_level <= 2
        assert (row.baseline, row.key) == (base.finish.date(), key)
        assert row.critical == dates[task.uid].critical
    assert [row.forecast for row in rows] == sorted(row.forecast for row in rows)


def test_what_is_measured_is_the_baseline_of_the_tasks_that_are_really_done(planned: House) -> None:
    ctx = planned("manager")
    plan = queries.plan_of(ctx, project="SITE")
    wanted = [
        (task.uid, task.name, task.percent_complete, base.start, base.finish, base.duration, base.work, base.cost)
        for task in _leaves(plan)
        if (base := _baseline(task)) and base.start and base.finish
    ]
    measured = queries.measured_plan(ctx, charter(ctx, project="SITE").id)
    assert measured is not None
    assert [
        (line.uid, line.name, line.percent_complete, line.start, line.finish, line.duration, line.work, line.cost)
        for line in measured.planned
    ] == wanted
    assert measured.settings == plan.project


def test_predecessors_of_a_page_are_numbered_as_in_the_whole_plan(planned: House) -> None:
    first = queries.tasks(planned("manager"), project="SITE", limit=3)
    second = queries.tasks(planned("manager"), project="SITE", limit=3, cursor=first.next)
    assert [row.predecessors for row in (*first.items, *second.items)] == ["", "", "2FS", "3FS", "", ""]


def _reads(ask: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as asked:
        ask()
    return sum(1 for query in asked.captured_queries if 'FROM "schedule_plantask"' in query["sql"])


def test_a_call_reads_the_tasks_once_for_however_many_summaries(planned: House) -> None:
    ctx = planned("manager")
    assert _reads(lambda: queries.summary(ctx, project="SITE")) > 0
    assert _reads(lambda: queries.summary(ctx, project="SITE")) == 0


def test_a_change_is_seen_by_the_same_call_and_by_others(planned: House) -> None:
    ctx, other = planned("manager"), planned("manager")
    before = queries.summary(ctx, project="SITE")
    assert queries.summary(other, project="SITE") == before
    row = queries.tasks(ctx, project="SITE", search="Task 3").items[0]
    commands.edit_task(ctx, task=row.id, duration="20d")
    after = queries.summary(ctx, project="SITE")
    assert after.finish is not None
    assert before.finish is not None
    assert after.finish > before.finish + timedelta(days=5)
    assert queries.summary(other, project="SITE") == after


def test_another_baseline_is_measured_against_at_once(planned: House) -> None:
    ctx, other = planned("manager"), planned("manager")
    assert queries.summary(other, project="SITE").late_tasks > 0
    commands.set_baseline(ctx, project="SITE", name="Second")
    summary = queries.summary(other, project="SITE")
    assert (summary.baseline, summary.late_tasks, summary.late_days) == ("Second", 0, 0)


def test_a_status_date_is_seen_in_the_summary(planned: House) -> None:
    ctx = planned("manager")
    queries.summary(ctx, project="SITE")
    commands.set_status_date(ctx, project="SITE", status_date=date(2026, 3, 6))
    assert queries.summary(ctx, project="SITE").status_date == date(2026, 3, 6)
