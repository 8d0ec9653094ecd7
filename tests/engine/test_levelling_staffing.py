"""Roles filled by members of their group."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.engine.plan_builder import MONDAY, assignment, at, plan, resource, task

from headway.engine.levelling.rules import level
from headway.engine.levelling.staffing import members_of_roles, staffed
from headway.engine.plan import Plan, Resource


def crew(*work: tuple[int, int, str], started: int = 0) -> Plan:
    """Three tasks of two days; resource 1 is the role 'Painters' of 2 and 3; work is (task, resource, units)."""
    people = (
        replace(resource(1), name="Painters"),
        replace(resource(2), group="painters"),
        replace(resource(3), group="Painters "),
        replace(resource(4), group="Masons"),
    )
    tasks = [task(uid, 2) for uid in (1, 2, 3)]
    if started:
        tasks[started - 1] = replace(tasks[started - 1], actual_start=MONDAY, percent_complete=Decimal(50))
    return plan(*tasks, resources=people, assignments=tuple(assignment(t, r, 16 * float(u), u) for t, r, u in work))


def _uids(members: tuple[Resource, ...]) -> list[int]:
    return [member.uid for member in members]


def test_a_role_is_named_as_the_group_of_others() -> None:
    assert {uid: _uids(members) for uid, members in members_of_roles(crew()).items()} == {1: [2, 3]}


def test_two_members_share_the_work_of_their_role() -> None:
    filled = staffed(crew((1, 1, "1"), (2, 1, "1")))
    assert sorted(filled.chosen.values()) == [2, 3]
    assert level(filled.plan).schedule.finish == at(6, 17)


def test_who_has_work_of_their_own_is_passed_over() -> None:
    filled = staffed(crew((1, 2, "1"), (2, 1, "1")))
    assert filled.chosen == {201: 3}


def test_the_third_task_waits_for_whoever_is_free_first() -> None:
    filled = staffed(crew((1, 1, "1"), (2, 1, "1"), (3, 1, "1")))
    assert level(filled.plan).schedule.finish == at(8, 17)


def test_started_work_and_work_too_large_stay_with_the_role() -> None:
    assert staffed(crew((1, 1, "1"), started=1)).chosen == {}
    assert staffed(crew((1, 1, "2"))).chosen == {}


def test_a_plan_without_roles_stays_the_same() -> None:
    made = crew((1, 4, "1"))
    assert staffed(made).plan is made
