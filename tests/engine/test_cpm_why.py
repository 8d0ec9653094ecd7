"""Why a task stands where it does, and which edit moved what."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.engine.plan_builder import assignment, at, days, elapsed, link, plan, resource, run, task, whole

from headway.engine.cpm import schedule
from headway.engine.cpm.difference import difference
from headway.engine.cpm.why import driving_path, late_drivers
from headway.engine.plan import ConstraintType, Duration, Plan, Task, TaskMode


def test_finish_drivers_name_what_sets_the_finish() -> None:
    found = run(
        task(1, 4),
        task(2, 1),
        task(3, 1, constraint=ConstraintType.FNET, constraint_date=at(9, 17)),
        task(4, 1, actual_start=at(5), actual_finish=at(6, 17), percent_complete=Decimal(100)),
        task(5, 1, mode=TaskMode.MANUAL, manual_start=at(7), manual_finish=at(8, 17)),
        task(6, 1),
        links=(link(1, 2, "FF"), link(1, 6)),
    )
    drivers = {uid: row.finish_driver for uid, row in found.items()}
    assert {uid: driver.kind for uid, driver in drivers.items() if driver} == {
        1: "project_start",
        2: "link",
        3: "constraint",
        4: "actual",
        5: "manual",
        6: "link",
    }
    assert drivers[2] is not None
    assert drivers[2].text == "Finishes after the finish of 'T1'."
    assert drivers[6] is not None
    assert drivers[6].text == "Its start, and 1 d of work after it."


def test_the_assignment_that_ends_last_drives_the_finish() -> None:
    found = run(
        task(1, 4),
        resources=(resource(7), resource(8)),
        assignments=(assignment(1, 7, 8), assignment(1, 8, 16, leveling_delay=elapsed(24))),
    )[1]
    assert found.finish_driver is not None
    assert (found.finish_driver.kind, found.finish_driver.uid) == ("resource", 8)


def test_a_summarys_finish_is_driven_by_its_last_task() -> None:
    found = run(task(1, duration=None, summary=True), task(2, 1, parent_uid=1), task(3, 2, parent_uid=1))[1]
    assert found.finish_driver is not None
    assert found.finish_driver.text == "Finishes with its last task 'T3'."


def test_the_driver_named_does_not_depend_on_the_order_of_links() -> None:
    ties = (link(1, 3), link(2, 3))
    rows = [run(task(1, 2), task(2, 2), task(3, 1), links=order)[3] for order in (ties, ties[::-1])]
    assert rows[0] == rows[1]
    assert rows[0].driver.uid == 1


def test_the_driving_path_runs_over_finishes_and_starts_back_to_the_first_task() -> None:
    found = whole(
        task(1, 3),
        task(2, 1),
        task(3, 5),
        task(4, 1),
        links=(link(1, 2, "FF", 1), link(2, 3), link(3, 4, "SS", 1)),
    )
    steps = driving_path(found, 4)
    assert [(step.task.uid, step.by_finish) for step in steps] == [(1, True), (2, True), (3, False), (4, False)]
    assert steps[0].driver.kind == "project_start"
    with pytest.raises(KeyError):
        driving_path(found, 99)


def test_late_drivers_name_what_keeps_a_task_from_finishing_later() -> None:
    problem = plan(
        task(1, 1),
        task(2, 3),
        task(3, 1, deadline=at(6, 17)),
        task(4, 1, constraint=ConstraintType.FNLT, constraint_date=at(7, 17)),
        task(5, duration=None, summary=True),
        task(6, 1, parent_uid=5),
        task(7, 1),
        links=(link(1, 2), link(5, 7)),
    )
    found = late_drivers(problem)
    assert {uid: (driver.kind, driver.uid) for uid, driver in found.items()} == {
        1: ("link", 2),
        2: ("project_finish", None),
        3: ("constraint", None),
        4: ("constraint", None),
        6: ("link", 7),
        7: ("project_finish", None),
    }
    assert found[1].text == "Finishes before the start of 'T2'."
    assert "deadline on Tue 6 Jan 2026" in found[3].text
    assert set(late_drivers(problem, uids=[1])) == {1}


# ---- difference ---------------------------------------------------------------------------------


def chain() -> Plan:
    return plan(
        task(1, 2, name="Design"),
        task(2, duration=None, summary=True, name="Phase"),
        task(3, 3, parent_uid=2, name="Build"),
        task(4, 1, parent_uid=2, name="Test"),
        task(5, 1, name="Aside"),
        links=(link(1, 3), link(3, 4)),
    )


def changed(problem: Plan, uid: int, **fields: Any) -> Plan:
    def one(row: Task) -> Task:
        return replace(row, **fields) if row.uid == uid else row

    return replace(problem, tasks=tuple(one(row) for row in problem.tasks))


def test_each_moved_task_is_led_back_to_the_edit() -> None:
    old = chain()
    new = changed(old, 1, duration=Duration(days(8)))
    found = difference(old, schedule(old), new, schedule(new))
    assert found.text == "3 tasks move, the finish moves +6 working days, because of its duration ('Design')."
    assert {move.uid: move.through for move in found.moves} == {
        1: (1,),
        2: (1, 3, 4, 2),
        3: (1, 3),
        4: (1, 3, 4),
    }
    assert all(move.cause == found.edits[0] for move in found.moves)
    assert found.moves[2].start_moved == days(6)
    assert not found.became_critical


def test_a_deadline_is_not_blamed_for_what_another_edit_moved() -> None:
    old = chain()
    new = changed(changed(old, 1, duration=Duration(days(8))), 4, deadline=datetime(2026, 3, 9, 17))
    found = difference(old, schedule(old), new, schedule(new))
    assert {move.cause.uid for move in found.moves if move.cause is not None} == {1}
    assert found.text.endswith("because of its duration ('Design').")


def test_a_new_and_a_removed_link_are_named() -> None:
    old = chain()
    new = replace(old, links=(old.links[0], link(5, 4)))
    found = difference(old, schedule(old), new, schedule(new))
    texts = {edit.text for edit in found.edits}
    assert texts == {"its new link from 'Aside'", "its removed link from 'Build'"}
    assert {move.uid: move.finish_moved for move in found.moves} == {2: -days(1), 4: -days(4)}
    assert found.no_longer_critical == (4,)


def test_a_task_pulled_forward_is_led_back_over_what_held_it_before() -> None:
    old = changed(chain(), 1, duration=Duration(days(9)))
    new = changed(old, 1, duration=Duration(days(1)))
    found = difference(old, schedule(old), new, schedule(new))
    assert {move.uid for move in found.moves if move.cause == found.edits[0]} == {1, 2, 3, 4}
    assert found.text.startswith("3 tasks move, the finish moves -8 working days")


def test_settings_and_added_tasks_are_edits_too() -> None:
    old = chain()
    new = replace(old, project=replace(old.project, start=at(6)), tasks=(*old.tasks, task(9, 1)))
    found = difference(old, schedule(old), new, schedule(new))
    assert found.added == (9,)
    assert {edit.text for edit in found.edits} == {"its being new", "the project's settings"}
    assert all(move.cause is not None and move.cause.uid is None for move in found.moves)
    back = difference(new, schedule(new), old, schedule(old))
    assert back.removed == (9,)


def test_nothing_changed_is_said() -> None:
    old = chain()
    found = difference(old, schedule(old), old, schedule(old))
    assert found.text == "No task moves, the finish stays."
    assert found.edits == ()
