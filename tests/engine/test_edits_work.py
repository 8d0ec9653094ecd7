"""W1: work = duration × units, in all nine cells of the table, with and without effort; days of eight hours."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.engine.plan_builder import assignment, at, days, plan, resource, task

from headway.engine.cpm.spans import CONTOUR_SEGMENTS
from headway.engine.edits import (
    AddTask,
    Assign,
    EditError,
    EnterProgress,
    SetDuration,
    SetType,
    SetUnits,
    SetWork,
    Unassign,
    apply,
)
from headway.engine.edits.work import MEAN_SHARES
from headway.engine.plan import Duration, Plan, ResourceType, Task, TaskType, Timephased, WorkContour
from headway.engine.units import WorkTime

U, D, W = TaskType.FIXED_UNITS, TaskType.FIXED_DURATION, TaskType.FIXED_WORK
HALF = Decimal("0.5")


def hours(number: float) -> WorkTime:
    return WorkTime.from_hours(number)


def one(kind: TaskType, **fields: object) -> Plan:
    """Ten days of one full-time resource, 80 h; a second resource is free."""
    row = task(1, 10, type=kind, **fields)
    return plan(row, resources=(resource(1), resource(2)), assignments=(assignment(1, 1, 80),))


def two(kind: TaskType, *, effort_driven: bool) -> Plan:
    """Ten days of two full-time resources, 160 h."""
    row = task(1, 10, type=kind, effort_driven=effort_driven)
    return plan(row, resources=(resource(1), resource(2)), assignments=(assignment(1, 1, 80), assignment(1, 2, 80)))


def row(problem: Plan) -> Task:
    return problem.tasks[0]


def state(problem: Plan) -> tuple[float, list[tuple[Decimal, float]]]:
    """Duration in days; units and hours of each assignment."""
    length = row(problem).duration
    assert length is not None
    return length.amount.tenths / 4800, [(item.units, float(item.work.hours)) for item in problem.assignments]


@pytest.mark.parametrize(
    ("kind", "change", "length", "units", "work"),
    [
        (U, SetUnits(1, 1, HALF), 20, "0.5", 80),
        (U, SetDuration(1, Duration(days(5))), 5, "1", 40),
        (U, SetWork(1, hours(40), 1), 5, "1", 40),
        (W, SetUnits(1, 1, HALF), 20, "0.5", 80),
        (W, SetDuration(1, Duration(days(5))), 5, "2", 80),
        (W, SetWork(1, hours(40), 1), 5, "1", 40),
        (D, SetUnits(1, 1, HALF), 10, "0.5", 40),
        (D, SetDuration(1, Duration(days(5))), 5, "1", 40),
        (D, SetWork(1, hours(40), 1), 10, "0.5", 40),
    ],
)
def test_what_gives_way(kind: TaskType, change: object, length: float, units: str, work: float) -> None:
    changed = apply(one(kind), [change])  # type: ignore[list-item]
    assert state(changed) == (length, [(Decimal(units), work)])


@pytest.mark.parametrize(
    ("kind", "effort_driven", "length", "crew"),
    [
        (U, True, 5, [("1", 40), ("1", 40)]),
        (W, False, 5, [("1", 40), ("1", 40)]),
        (D, True, 10, [("0.5", 40), ("0.5", 40)]),
        (U, False, 10, [("1", 80), ("1", 80)]),
        (D, False, 10, [("1", 80), ("1", 80)]),
    ],
)
def test_a_second_resource(kind: TaskType, effort_driven: bool, length: float, crew: list[tuple[str, float]]) -> None:
    changed = apply(one(kind, effort_driven=effort_driven), [Assign(1, 2)])
    assert state(changed) == (length, [(Decimal(units), work) for units, work in crew])


@pytest.mark.parametrize(
    ("kind", "effort_driven", "length", "crew"),
    [
        (U, True, 20, [("1", 160)]),
        (W, True, 20, [("1", 160)]),
        (D, True, 10, [("2", 160)]),
        (U, False, 10, [("1", 80)]),
        (D, False, 10, [("1", 80)]),
    ],
)
def test_one_of_two_leaves(kind: TaskType, effort_driven: bool, length: float, crew: list[tuple[str, float]]) -> None:
    changed = apply(two(kind, effort_driven=effort_driven), [Unassign(1, 2)])
    assert state(changed) == (length, [(Decimal(units), work) for units, work in crew])


def test_work_is_shared_in_proportion_to_units() -> None:
    changed = apply(one(U, effort_driven=True), [Assign(1, 2, HALF)])
    length, crew = state(changed)
    assert crew == [(Decimal(1), pytest.approx(53.333, abs=0.01)), (HALF, pytest.approx(26.667, abs=0.01))]
    assert length == pytest.approx(6.667, abs=0.001)
    assert sum(item.work.tenths for item in changed.assignments) == hours(80).tenths


def test_the_last_one_leaves_the_work_of_an_effort_driven_task_behind() -> None:
    alone = apply(one(W), [Unassign(1, 1)])
    assert row(alone).work == hours(80)
    assert state(apply(alone, [Assign(1, 2, Decimal(2))])) == (5, [(Decimal(2), 80)])


def test_a_first_resource_takes_duration_times_units() -> None:
    bare = plan(task(1, 10), resources=(resource(1),))
    assert state(apply(bare, [Assign(1, 1, HALF)])) == (10, [(HALF, 40)])
    assert state(apply(bare, [Assign(1, 1, HALF, hours(10))])) == (2.5, [(HALF, 10)])


def test_a_first_resource_takes_the_work_that_the_task_has() -> None:
    bare = plan(task(1, 10, work=hours(40)), resources=(resource(1),))
    assert state(apply(bare, [Assign(1, 1)])) == (5, [(Decimal(1), 40)])
    fixed = plan(task(1, 10, work=hours(40), type=D), resources=(resource(1),))
    assert state(apply(fixed, [Assign(1, 1)])) == (10, [(HALF, 40)])


def test_material_takes_no_part_in_the_triangle() -> None:
    concrete = resource(3, type=ResourceType.MATERIAL)
    problem = plan(task(1, 10, effort_driven=True), resources=(resource(1), concrete))
    problem = apply(problem, [Assign(1, 1), Assign(1, 3, Decimal(4))])
    assert state(problem) == (10, [(Decimal(1), 80), (Decimal(4), 0)])
    assert state(apply(problem, [Unassign(1, 3)])) == (10, [(Decimal(1), 80)])


def test_work_of_the_whole_task_is_shared_as_it_lay() -> None:
    problem = plan(
        task(1, 10, work=hours(120)),
        resources=(resource(1), resource(2)),
        assignments=(assignment(1, 1, 80), assignment(1, 2, 40, "0.5")),
    )
    changed = apply(problem, [SetWork(1, hours(60))])
    assert state(changed) == (5, [(Decimal(1), 40), (HALF, 20)])
    assert (row(changed).work, row(changed).remaining_work) == (hours(60), hours(60))


def test_what_is_done_stays_and_the_rest_follows_the_rules() -> None:
    halfway = apply(one(U), [EnterProgress(1, Decimal(50))])
    slower = apply(halfway, [SetUnits(1, 1, HALF)])
    assert state(slower) == (15, [(HALF, 80)])
    assert row(slower).percent_complete == Decimal("33.3333")
    shorter = apply(halfway, [SetDuration(1, Duration(days(8)))])
    assert state(shorter) == (8, [(Decimal(1), 64)])
    assert (row(shorter).percent_complete, row(shorter).remaining_duration) == (Decimal("62.5"), days(3))


def test_a_contour_and_overtime_count() -> None:
    item = assignment(1, 1, 48, contour=WorkContour.FRONT_LOADED)
    problem = plan(task(1, 10), resources=(resource(1),), assignments=(item,))
    assert state(apply(problem, [SetWork(1, hours(24), 1)])) == (5, [(Decimal(1), 24)])
    over = plan(task(1, 9), resources=(resource(1),), assignments=(assignment(1, 1, 80, overtime_work=hours(8)),))
    assert state(apply(over, [SetUnits(1, 1, HALF)])) == (18, [(HALF, 80)])


def test_mean_shares_are_those_of_the_segments() -> None:
    means = {contour: sum(segments) / 10 for contour, segments in CONTOUR_SEGMENTS.items()}
    assert means == MEAN_SHARES


def test_edited_work_keeps_its_shape_and_changes_at_its_end() -> None:
    work = (Timephased(at(5), at(5, 17), hours(8)), Timephased(at(8), at(9, 17), hours(16)))
    item = assignment(1, 1, 24, contour=WorkContour.EDITED, timephased=work)
    problem = plan(task(1, 3), resources=(resource(1),), assignments=(item,))
    shorter = apply(problem, [SetWork(1, hours(16), 1)]).assignments[0].timephased
    assert [(part.start, part.finish) for part in shorter] == [(at(5), at(5, 17)), (at(8), at(8, 17))]
    longer = apply(problem, [SetWork(1, hours(32), 1)]).assignments[0].timephased
    assert longer[-1].finish == at(12, 17)
    assert sum(part.work.tenths for part in longer) == hours(32).tenths


def test_no_duration_makes_a_milestone_and_a_duration_ends_one() -> None:
    gate = apply(one(U), [SetDuration(1, Duration(days(0)))])
    assert row(gate).milestone
    again = apply(gate, [SetDuration(1, Duration(days(2)))])
    assert not row(again).milestone
    assert state(again) == (2, [(Decimal(1), 16)])


@pytest.mark.parametrize(
    ("problem", "change", "field", "why"),
    [
        (one(W), SetDuration(1, Duration(days(0))), "duration", "in no time"),
        (one(U), SetDuration(1, Duration(days(-1))), "duration", "negative"),
        (one(U), SetDuration(9, Duration(days(1))), "uid", "Task 9 is not in the plan"),
        (one(U), SetUnits(1, 1, Decimal(0)), "units", "more than 0"),
        (one(U), SetUnits(1, 2, Decimal(1)), "resource_uid", "'R2' is not assigned"),
        (one(U), SetType(1, W, effort_driven=False), "effort_driven", "always effort-driven"),
        (one(U), Assign(1, 1), "resource_uid", "assigned already"),
        (one(U), Assign(1, 7), "resource_uid", "resource 7 is not in the plan"),
        (apply(one(U), [EnterProgress(1, Decimal(50))]), SetDuration(1, Duration(days(4))), "duration", "done already"),
        (apply(one(U), [EnterProgress(1, Decimal(50))]), SetWork(1, hours(30), 1), "work", "40 h that are done"),
        (apply(one(U), [EnterProgress(1, Decimal(50))]), Unassign(1, 1), "resource_uid", "40 h of its work are done"),
    ],
)
def test_refusals_name_task_field_and_reason(problem: Plan, change: object, field: str, why: str) -> None:
    with pytest.raises(EditError, match=why) as refusal:
        apply(problem, [change])  # type: ignore[list-item]
    assert refusal.value.field == field


def test_a_summary_keeps_its_duration_to_its_tasks() -> None:
    problem = apply(plan(task(1), resources=(resource(1),)), [AddTask(task(2, 3, outline_level=2))])
    with pytest.raises(EditError, match="comes from its tasks"):
        apply(problem, [SetDuration(1, Duration(days(2)))])
