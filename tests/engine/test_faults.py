"""What is wrong with a plan, found from its dates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.engine.plan_builder import assignment, at, days, link, plan, resource, task

from headway.engine.cpm.whatif import scheduled
from headway.engine.faults import Fault, FaultKind, faults, faults_of_task
from headway.engine.plan import ConstraintType, Plan, TaskMode

BEFORE = date(2026, 1, 1)


def _found(given: Plan, as_of: date = BEFORE) -> tuple[Fault, ...]:
    return faults(given, scheduled(given).schedule, as_of=as_of)


def _kinds(given: Plan, as_of: date = BEFORE) -> list[tuple[FaultKind, int | None]]:
    return [(fault.kind, fault.uid) for fault in _found(given, as_of)]


def _begun(**more: Any) -> dict[str, Any]:
    return {"actual_start": at(5), "percent_complete": Decimal(20), **more}


def test_a_sound_plan_has_nothing_to_mend() -> None:
    given = plan(
        task(1, 2), task(2, 0, milestone=True), links=(link(1, 2),), resources=(resource(7),),
        assignments=(assignment(1, 7, 16),),
    )  # fmt: skip
    assert _found(given) == ()


def test_a_missed_deadline_is_one_fault_and_what_lacks_slack_for_it_follows() -> None:
    found = _found(plan(task(1, 5), task(2, 5, deadline=at(14, 17)), links=(link(1, 2),)))
    assert [(fault.kind, fault.uid, fault.follows) for fault in found] == [
        (FaultKind.DEADLINE, 2, False),
        (FaultKind.NO_SLACK, 1, True),
    ]
    assert found[0].text == "'T2' finishes Fri 16 Jan 2026, after its deadline Wed 14 Jan 2026."
    assert found[1].text == "'T1' stands 2 working days too late for a date that hangs on it."


@pytest.mark.parametrize(
    ("constraint", "verb"),
    [
        (ConstraintType.MSO, "start"),
        (ConstraintType.SNLT, "start"),
        (ConstraintType.MFO, "finish"),
        (ConstraintType.FNLT, "finish"),
    ],
)
def test_a_date_that_cannot_be_kept(constraint: ConstraintType, verb: str) -> None:
    found = _found(plan(task(1, 5), task(2, 1, constraint=constraint, constraint_date=at(8)), links=(link(1, 2),)))
    own = next(fault for fault in found if fault.uid == 2)
    assert own.kind is FaultKind.DATE
    assert own.text.startswith(f"'T2' is to {verb} by Thu 8 Jan 2026, which is ")


@pytest.mark.parametrize(
    ("kind", "lag", "broken"),
    [("FS", 0, True), ("FS", 2, True), ("SS", 0, False), ("SS", 4, True), ("FF", 0, True), ("SF", 0, False)],
)
def test_typed_dates_against_links(kind: str, lag: float, broken: bool) -> None:
    typed = task(2, 2, mode=TaskMode.MANUAL, manual_start=at(6), manual_finish=at(7, 17))
    found = _kinds(plan(task(1, 5), typed, links=(link(1, 2, kind, lag),)))
    assert ((FaultKind.BY_HAND, 2) in found) is broken


def test_work_begun_before_its_predecessor_has_ended() -> None:
    given = plan(task(1, 5), task(2, 3, **_begun()), links=(link(1, 2),))
    (fault,) = [one for one in _found(given) if one.kind is FaultKind.SEQUENCE]
    assert (fault.uid, fault.tasks) == (2, (1,))
    assert fault.text == "'T2' has begun, though 'T1' before it ends only Fri 9 Jan 2026."
    led = plan(task(1, 5), task(2, 3, **_begun()), links=(link(1, 2, lag=-5),))
    assert FaultKind.SEQUENCE not in [kind for kind, _ in _kinds(led)]


def test_what_should_be_under_way_or_done() -> None:
    given = plan(task(1, 2), task(2, 5), task(3, 2, **_begun()), task(4, 9, **_begun()))
    assert _kinds(given, date(2026, 1, 8)) == [
        (FaultKind.OVERDUE, 1),
        (FaultKind.OVERDUE, 2),
        (FaultKind.OVERDUE, 3),
    ]
    texts = [fault.text for fault in _found(given, date(2026, 1, 8))]
    assert texts[1] == "'T2' was to begin Mon 5 Jan 2026, and nothing of it is done."
    assert texts[2] == "'T3' was to end Tue 6 Jan 2026, and 20 % of it is done."


def test_a_milestone_has_no_work() -> None:
    assert _kinds(plan(task(1, 2, milestone=True))) == [(FaultKind.MILESTONE, 1)]
    assert _kinds(plan(task(1, 0, milestone=True, work=days(1)))) == [(FaultKind.MILESTONE, 1)]


def test_too_much_work_is_told_once_a_person() -> None:
    given = plan(
        task(1, 2), task(2, 1), task(3, 1), resources=(resource(7), resource(8)),
        assignments=(assignment(1, 7, 16), assignment(2, 7, 8), assignment(3, 8, 8)),
    )  # fmt: skip
    (fault,) = _found(given)
    assert (fault.kind, fault.resource, fault.tasks) == (FaultKind.OVERLOAD, 7, (1, 2))
    assert fault.text == "R7 has more work than time on Mon 5 Jan 2026, up to 200 %."
    assert _found(given, date(2026, 1, 6)) != _found(given)  # that day is past then


def test_done_work_has_no_faults() -> None:
    done = task(1, 5, actual_start=at(5), actual_finish=at(16, 17), percent_complete=Decimal(100), deadline=at(7, 17))
    assert _found(plan(done), date(2026, 2, 1)) == ()


def test_the_faults_of_one_task_are_those_of_the_plan() -> None:
    given = plan(
        task(1, 5), task(2, 3, deadline=at(9, 17), **_begun()), task(3, 2, milestone=True), links=(link(1, 2),),
        resources=(resource(7),), assignments=(assignment(2, 7, 24), assignment(3, 7, 16)),
    )  # fmt: skip
    dated = scheduled(given)
    for uid in (1, 2, 3):
        own = faults_of_task(given, dated, uid, as_of=BEFORE)
        assert own == tuple(
            fault for fault in _found(given) if uid in (fault.uid, *(fault.tasks if fault.resource else ()))
        )
