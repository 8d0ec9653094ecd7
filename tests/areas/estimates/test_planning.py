"""Between lines and the plan: rows as lines, lines as tasks with work and roles, undone like any change."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from headway.areas.estimates import commands, placing, queries
from headway.areas.estimates.planning import lines_of_plan
from headway.areas.estimates.types import CalibrateBy, LineInput, PlanBy, PlanOrder, Unit
from headway.areas.schedule import commands as plan
from headway.areas.schedule import undoing
from headway.areas.schedule.queries import plan_of
from headway.areas.schedule.queries import tasks as rows_of
from headway.engine import plan as engine
from headway.engine.units import WorkTime
from headway.journeys.estimating import take_template
from headway.kernel.errors import Conflict, NotFound
from tests.areas.estimates.conftest import LINES, D, House, begin, finished, written

pytestmark = pytest.mark.django_db
LICENCE = LineInput("Licence", level=2, unit=Unit.MONEY, optimistic=D(400), likely=D(500), pessimistic=D(600))


def test_lines_become_tasks_with_work_and_roles_and_undo_takes_them_back(site: House) -> None:
    manager = site("manager")
    mine = written(manager, lines=(*LINES, LICENCE)).row.id
    tried = placing.into_plan(manager.but(dry_run=True), estimate=mine, order=PlanOrder.IN_SEQUENCE)
    assert rows_of(manager, project="SITE").items == ()
    done = placing.into_plan(manager, estimate=mine, order=PlanOrder.IN_SEQUENCE)
    assert (tried.new_finish, tried.sentence) == (done.new_finish, done.sentence)
    made = plan_of(manager, project="SITE")
    assert [(task.name, task.outline_level, task.summary) for task in made.tasks] == [
        ("Design", 1, True),
        ("Concept", 2, False),
        ("Prototype", 2, False),
        ("Build", 1, True),
        ("Templates", 2, False),
        ("Licence", 2, False),
    ]
    roles = {item.uid: item.name for item in made.resources}
    assert [(roles[item.resource_uid or 0], item.work.hours) for item in made.assignments] == [
        ("Designer", 16),
        ("Developer", 7),
        ("Developer", 32),
    ]
    assert (made.tasks[5].milestone, made.tasks[5].fixed_cost) == (True, Decimal(500))
    assert len(made.links) == 3
    after = queries.show_estimate(manager, estimate=mine)
    assert (after.planned, after.taken_back) == (6, False)
    with pytest.raises(Conflict, match="has a row of the plan already"):
        placing.into_plan(manager, estimate=mine)
    undoing.undo_change(manager, change=done.change)
    assert queries.show_estimate(manager, estimate=mine).taken_back
    placing.into_plan(manager, estimate=mine)
    assert len(rows_of(manager, project="SITE").items) == 6


def test_in_a_plan_under_way_new_tasks_begin_today(site: House) -> None:
    later = site("manager").but(now=datetime(2026, 3, 18, 9, tzinfo=UTC))
    placing.into_plan(later, estimate=written(site("manager")).row.id, order=PlanOrder.IN_SEQUENCE)
    starts = [task.constraint_date for task in plan_of(later, project="SITE").tasks]
    assert starts == [None, datetime(2026, 3, 18, 8), None, None, None]


def test_only_new_lines_go_into_the_plan_below_their_group(site: House) -> None:
    manager = site("manager")
    mine = written(manager)
    placing.into_plan(manager, estimate=mine.row.id)
    held = queries.show_estimate(manager, estimate=mine.row.id)
    kept = [
        LineInput(row.name, row.id, row.level, row.unit, row.role, row.optimistic, row.likely, row.pessimistic)
        for row in held.lines
    ]
    new = LineInput("Review", level=2, role="Designer", likely=D(4))
    commands.set_lines(manager, estimate=mine.row.id, lines=(*kept[:3], new, *kept[3:]))
    placing.into_plan(manager, estimate=mine.row.id, by=PlanBy.MOST_LIKELY)
    names = [task.name for task in plan_of(manager, project="SITE").tasks]
    assert names == ["Design", "Concept", "Prototype", "Review", "Build", "Templates"]


def test_most_likely_hours_keep_their_spread_for_the_simulation(site: House) -> None:
    manager = site("manager")
    placing.into_plan(manager, estimate=written(manager).row.id, by=PlanBy.MOST_LIKELY)
    task = plan_of(manager, project="SITE").tasks[1]
    assert task.duration is not None
    assert task.optimistic is not None
    assert task.pessimistic is not None
    assert [one.amount.hours for one in (task.optimistic, task.duration, task.pessimistic)] == [10, 15, 26]


def test_tasks_get_the_hours_that_finished_projects_would_take(site: House) -> None:
    finished(site, "ONE", {("Build", "Developer"): 64})
    manager = site("manager")
    mine = written(manager).row.id
    commands.calibrate(manager, estimate=mine, by=CalibrateBy.PHASE)
    placing.into_plan(manager, estimate=mine)
    work = {task.name: task.work.hours for task in plan_of(manager, project="SITE").tasks if task.work}
    assert work["Templates"] == 64
    assert work["Concept"] == 16


def test_rows_of_the_plan_become_lines_once(site: House) -> None:
    manager = site("manager")
    top = plan.add_task(manager, project="SITE", name="Design", level=1)
    task = plan.add_task(manager, project="SITE", name="Concept", duration="2d", level=2)
    plan.add_task(manager, project="SITE", name="Approved", level=2, milestone=True)
    mine = commands.add_estimate(manager, project="SITE").row.id
    found = commands.take_plan(manager, estimate=mine)
    assert [(row.name, row.level, row.likely, row.task_uid) for row in found.lines] == [
        ("Design", 1, None, top.uid),
        ("Concept", 2, 16, task.uid),
    ]
    with pytest.raises(Conflict, match="in this estimate already"):
        commands.take_plan(manager, estimate=mine)


def test_a_task_of_two_roles_becomes_a_group_and_a_spread_of_durations_one_of_hours() -> None:
    eight = engine.Duration(WorkTime.from_hours(8), "h")
    spread = {"optimistic": engine.Duration(WorkTime.from_hours(4), "h"), "pessimistic": eight}
    tasks = (engine.Task(1, 1, "Build", eight, **spread), engine.Task(2, 2, "Elsewhere", eight, external=True))
    crew = (engine.Resource(1, 1, "Ann", group="Developer"), engine.Resource(2, 2, "Bob", group="Designer"))
    work = (
        engine.Assignment(1, 1, 1, work=WorkTime.from_hours(8)),
        engine.Assignment(2, 1, 2, work=WorkTime.from_hours(4)),
    )
    plan_ = engine.Plan(engine.ProjectSettings(), (), tasks, resources=crew, assignments=work)
    assert [(row.name, row.level, row.optimistic, row.likely, uid) for row, uid in lines_of_plan(plan_, ())] == [
        ("Build", 1, None, None, 1),
        ("Developer", 2, 4, 8, None),
        ("Designer", 2, 2, 4, None),
    ]
    assert lines_of_plan(plan_, {1}) == ()


def test_a_template_gives_lines_with_its_roles(site: House) -> None:
    manager = site("manager")
    mine = commands.add_estimate(manager, project="SITE").row.id
    found = take_template(manager, estimate=mine, template="site-build")
    assert {row.role for row in found.lines} >= {"Designer", "Developer"}
    assert found.hours.mean > 100
    assert found.unestimated == 0
    with pytest.raises(NotFound):
        take_template(manager, estimate=mine, template="nowhere")


def test_without_a_plan_nothing_is_taken_into_it(house: House) -> None:
    manager = house("manager")

    begin(house, "BARE", "Without a plan")
    mine = written(manager, "BARE").row.id
    with pytest.raises(NotFound, match="no plan yet"):
        placing.into_plan(manager, estimate=mine)
