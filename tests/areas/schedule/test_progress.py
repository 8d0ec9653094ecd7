"""Progress and edits through their doors follow the engine's rules, and what the engine refuses names the input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from headway.areas.projects import commands as projects
from headway.areas.schedule import commands, queries
from headway.areas.schedule.records import to_record
from headway.engine.cpm import schedule
from headway.engine.plan import ConstraintType, Task
from headway.engine.units import WorkTime
from headway.kernel.context import Context
from headway.kernel.errors import Denied, Invalid, NotFound

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def _task(house: House, name: str) -> Task:
    plan = queries.plan_of(house("manager"), project="SITE")
    return next(task for task in plan.tasks if task.name == name)


def _hours(house: House) -> list[Decimal]:
    return [item.work.hours for item in queries.plan_of(house("manager"), project="SITE").assignments]


def test_progress_makes_the_hours_of_those_assigned(charted: House, ids: dict[str, int]) -> None:
    commands.set_progress(charted("member"), task=ids["Build"], percent_complete=Decimal(40))
    done = _task(charted, "Build")
    assert (done.stop, done.resume) == (datetime(2026, 3, 6, 17), datetime(2026, 3, 9, 8))
    (item,) = queries.plan_of(charted("manager"), project="SITE").assignments
    assert (item.actual_work, item.remaining_work) == (WorkTime.from_hours(16), WorkTime.from_hours(24))


def test_an_actual_finish_makes_the_duration_and_moves_what_follows(charted: House, ids: dict[str, int]) -> None:
    commands.set_progress(charted("member"), task=ids["Build"], actual_finish=datetime(2026, 3, 6, 17))
    done = queries.task(charted("manager"), task=ids["Build"])
    assert (done.duration, done.percent_complete) == ("0.4 w", 100)
    assert _hours(charted) == [16]
    assert queries.task(charted("manager"), task=ids["Go-live"]).start == datetime(2026, 3, 6, 17)


def test_what_remains_makes_the_duration(charted: House, ids: dict[str, int]) -> None:
    member = charted("member")
    commands.set_progress(member, task=ids["Design"], percent_complete=Decimal(50))
    effect = commands.set_progress(member, task=ids["Design"], remaining="3d")
    assert queries.task(charted("manager"), task=ids["Design"]).duration == "4.5 d"
    assert {moved.name for moved in effect.moved} == {"Design", "Build", "Go-live"}


def test_a_typed_duration_changes_the_hours(charted: House, ids: dict[str, int]) -> None:
    commands.edit_task(charted("manager"), task=ids["Build"], duration="10d")
    assert _hours(charted) == [80]


def test_a_date_alone_is_a_start_no_earlier_than_date(charted: House, ids: dict[str, int]) -> None:
    commands.edit_task(charted("manager"), task=ids["Design"], constraint_date=datetime(2026, 3, 4, 8))
    assert _task(charted, "Design").constraint is ConstraintType.SNET
    assert queries.task(charted("manager"), task=ids["Design"]).start == datetime(2026, 3, 4, 8)


def test_options_of_the_plan_file_move_what_remains_to_the_status_date(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    plan = queries.plan_of(manager, project="SITE")
    options = replace(plan.project, status_date=datetime(2026, 3, 11, 17), move_remaining_forward=True)
    plan = replace(plan, project=options)
    commands.take_plan(manager, project="SITE", plan=to_record(plan), schedule=to_record(schedule(plan)))
    commands.set_progress(manager, task=ids["Design"], percent_complete=Decimal(50))
    done = _task(charted, "Design")
    assert (done.stop, done.resume) == (datetime(2026, 3, 3, 12), datetime(2026, 3, 12, 8))


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ({"percent_complete": Decimal(101)}, "percent_complete"),
        ({"remaining": "-1d"}, "remaining"),
        ({"remaining": "soon"}, "remaining"),
        (
            {"actual_start": datetime(2026, 3, 5, 8), "actual_finish": datetime(2026, 3, 4, 17)},
            "actual_finish",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_the_input_at_fault(
    charted: House, ids: dict[str, int], inputs: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        commands.set_progress(charted("member"), task=ids["Design"], **inputs)
    assert [item.field for item in refusal.value.fields] == [field]


def test_a_summary_takes_no_progress_of_its_own(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    commands.add_task(manager, project="SITE", name="Draft", after=ids["Design"], level=2)
    with pytest.raises(Invalid, match="comes from its tasks") as refusal:
        commands.set_progress(manager, task=ids["Design"], percent_complete=Decimal(50))
    assert [item.field for item in refusal.value.fields] == ["task"]


def test_a_constraint_without_its_date_is_refused(charted: House, ids: dict[str, int]) -> None:
    with pytest.raises(Invalid, match="needs a date") as refusal:
        commands.edit_task(charted("manager"), task=ids["Design"], constraint=ConstraintType.MSO)
    assert [item.field for item in refusal.value.fields] == ["constraint_date"]


def test_a_client_finds_no_task_to_enter_progress_for(charted: House, ids: dict[str, int]) -> None:
    with pytest.raises(NotFound):
        commands.set_progress(charted("client"), task=ids["Design"], percent_complete=Decimal(50))


def test_what_the_schedule_has_done_by_a_day_is_done(charted: House, ids: dict[str, int]) -> None:
    effect = commands.update_as_scheduled(charted("manager"), project="SITE", through=date(2026, 3, 5))
    assert not effect.moved
    plan = queries.tasks(charted("manager"), project="SITE").items
    assert [(row.name, row.percent_complete) for row in plan] == [("Design", 100), ("Build", 20), ("Go-live", 0)]
    assert queries.summary(charted("manager"), project="SITE").progress_on is not None
    whole = commands.update_as_scheduled(
        charted("manager"), project="SITE", through=date(2026, 3, 11), whole_tasks=True, tasks=(ids["Build"],)
    )
    assert queries.task(charted("manager"), task=ids["Build"]).percent_complete == 100
    assert whole.new_finish == datetime(2026, 3, 11, 17)


def test_undone_work_is_moved_to_a_day(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    commands.set_progress(manager, task=ids["Design"], percent_complete=Decimal(50))
    effect = commands.reschedule_uncompleted(manager, project="SITE", start=date(2026, 3, 9))
    assert {moved.name for moved in effect.moved} == {"Design", "Build", "Go-live"}
    rows = {row.name: row for row in queries.tasks(manager, project="SITE").items}
    assert (rows["Design"].start, rows["Design"].finish) == (datetime(2026, 3, 2, 8), datetime(2026, 3, 10, 12))
    assert rows["Build"].start == datetime(2026, 3, 10, 13)


def test_tasks_of_another_project_are_not_moved(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    projects.create(manager, key="SHOP", name="Acme shop")
    commands.start_plan(manager, project="SHOP", start=date(2026, 3, 2))
    with pytest.raises(NotFound):
        commands.reschedule_uncompleted(manager, project="SHOP", start=date(2026, 3, 9), tasks=(ids["Build"],))
    with pytest.raises(Denied):
        commands.update_as_scheduled(charted("client"), project="SITE", through=date(2026, 3, 5))
