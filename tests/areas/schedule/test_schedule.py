"""Plans through their doors: edits move what follows, baselines stand still, a file's plan is taken whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest

from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands, queries
from headway.areas.schedule.records import to_record
from headway.areas.schedule.types import LinkKind
from headway.engine.cpm import schedule
from headway.kernel.context import Context
from headway.kernel.errors import Denied, Invalid, NotFound

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(house: House) -> House:
    """A project SITE with Design (3d) → Build (5d) → Go-live, from Monday 2 March 2026."""
    manager = house("manager")
    project = projects.create(manager, key="SITE", name="Acme web site")
    for who in ("member", "client"):
        person = person_of_user(house(who).actor.user_id)
        projects.set_member(manager, project=project.id, person=person, role=Role(who))
    commands.start_plan(manager, project="SITE", start=date(2026, 3, 2))
    design = commands.add_task(manager, project="SITE", name="Design", duration="3d")
    build = commands.add_task(manager, project="SITE", name="Build", duration="1w", predecessors=(design.task_id,))
    commands.add_task(manager, project="SITE", name="Go-live", milestone=True, predecessors=(build.task_id,))
    return house


def _rows(house: House) -> dict[str, queries.TaskRow]:
    return {row.name: row for row in queries.tasks(house("manager"), project="SITE").items}


def test_tasks_follow_their_predecessors(planned: House) -> None:
    rows = _rows(planned)
    assert rows["Design"].finish == datetime(2026, 3, 4, 17)
    assert (rows["Build"].start, rows["Build"].finish) == (datetime(2026, 3, 5, 8), datetime(2026, 3, 11, 17))
    assert rows["Build"].predecessors == "1FS"
    assert rows["Go-live"].critical


def test_an_edit_shows_what_moved(planned: House) -> None:
    rows = _rows(planned)
    effect = commands.edit_task(planned("manager"), task=rows["Design"].id, duration="5d")
    assert {moved.name for moved in effect.moved} == {"Design", "Build", "Go-live"}
    assert effect.new_finish == datetime(2026, 3, 13, 17)


def test_slip_is_measured_against_the_baseline(planned: House) -> None:
    commands.set_baseline(planned("manager"), project="SITE", name="Approved")
    commands.edit_task(planned("manager"), task=_rows(planned)["Build"].id, duration="7d")
    summary = queries.summary(planned("manager"), project="SITE")
    assert (summary.baseline, summary.late_days, summary.late_tasks) == ("Approved", 2, 2)
    milestone = queries.milestones(planned("client"), project="SITE")[0]
    assert (milestone.baseline, milestone.forecast, milestone.late_days) == (date(2026, 3, 11), date(2026, 3, 13), 2)


def test_progress_sets_actuals(planned: House) -> None:
    commands.set_progress(planned("member"), task=_rows(planned)["Design"].id, percent_complete=Decimal(100))
    row = _rows(planned)["Design"]
    assert (row.actual_start, row.actual_finish) == (datetime(2026, 3, 2, 8), datetime(2026, 3, 4, 17))
    assert queries.summary(planned("manager"), project="SITE").percent_complete == Decimal("37.5")


def test_a_circle_is_refused_and_named(planned: House) -> None:
    rows = _rows(planned)
    with pytest.raises(Invalid, match="Build"):
        commands.link_tasks(planned("manager"), predecessor=rows["Build"].id, successor=rows["Design"].id)
    assert _rows(planned)["Design"].predecessors == ""


def test_lag_and_kind_are_kept(planned: House) -> None:
    rows = _rows(planned)
    commands.link_tasks(
        planned("manager"),
        predecessor=rows["Design"].id,
        successor=rows["Build"].id,
        kind=LinkKind.SS,
        lag="1d",
    )
    assert _rows(planned)["Build"].predecessors == "1SS+1 d"
    assert _rows(planned)["Build"].start == datetime(2026, 3, 3, 8)


def test_a_holiday_moves_the_finish(planned: House) -> None:
    effect = commands.add_calendar_exception(
        planned("manager"), project="SITE", first=date(2026, 3, 6), last=date(2026, 3, 6), name="Holiday"
    )
    assert effect.new_finish == datetime(2026, 3, 12, 17)


def test_removing_a_task_keeps_its_record(planned: House) -> None:
    commands.remove_task(planned("manager"), task=_rows(planned)["Build"].id)
    assert list(_rows(planned)) == ["Design", "Go-live"]


def test_clients_do_not_see_the_plan(planned: House) -> None:
    with pytest.raises(Denied):
        queries.tasks(planned("client"), project="SITE")
    with pytest.raises(NotFound):
        queries.milestones(planned("rival"), project="SITE")


def test_taking_the_same_plan_twice_changes_nothing(planned: House) -> None:
    manager = planned("manager")
    plan = queries.plan_of(manager, project="SITE")
    computed = to_record(schedule(plan))
    first = commands.take_plan(manager, project="SITE", plan=to_record(plan), schedule=computed)
    assert (first.create, first.update, first.missing) == (0, 0, 0)
    version = queries.summary(manager, project="SITE").version
    commands.take_plan(manager, project="SITE", plan=to_record(plan), schedule=computed)
    assert queries.summary(manager, project="SITE").version == version


def test_the_version_counts_changes_of_links_and_resources(planned: House) -> None:
    manager, rows = planned("manager"), _rows(planned)
    before = queries.summary(manager, project="SITE").version
    commands.add_resource(manager, project="SITE", name="Ann")
    between = queries.summary(manager, project="SITE").version
    commands.link_tasks(manager, predecessor=rows["Design"].id, successor=rows["Go-live"].id)
    assert before < between < queries.summary(manager, project="SITE").version
