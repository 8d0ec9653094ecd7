"""Patches: from one plan to another and back, to the last field and place; over later changes of other fields."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headway.areas.schedule import patches
from headway.areas.schedule.patches import Merging
from headway.engine import edits
from headway.engine.edits import Change
from headway.engine.plan import Duration, Lag, LinkType, Plan, PlanError, Task
from tests.engine.plan_builder import days, link
from tests.engine.test_edits import outlined, staffed
from tests.examples import examples


def length(count: int) -> Duration:
    return Duration(days(count))


def applied(problem: Plan, *made: patches.Patch) -> Merging:
    merging = Merging(problem)
    for patch in made:
        merging.apply(patches.unpack(patches.pack(patch)))
    return merging


@st.composite
def changes(draw: st.DrawFn, problem: Plan) -> Change:
    """Any change of a row of the plan; some cannot be made."""
    uid, other = (draw(st.sampled_from([task.uid for task in problem.tasks])) for _ in range(2))
    return draw(
        st.sampled_from(
            [
                edits.Describe(uid, name=f"New {uid}"),
                edits.SetDuration(uid, length(draw(st.integers(0, 9)))),
                edits.SetField(uid, "Phase", draw(st.sampled_from(["one", None]))),
                edits.SetPriority(uid, 700),
                edits.EnterProgress(uid, Decimal(draw(st.sampled_from([0, 40, 100])))),
                edits.AddTask(Task(max(task.uid for task in problem.tasks) + 1, 0, "Added", length(2)), uid),
                edits.RemoveTask(uid),
                edits.Indent(uid),
                edits.Outdent(uid),
                edits.MoveTask(uid, draw(st.sampled_from([0, other]))),
                edits.AddLink(link(uid, other)),
                edits.SetLink(uid, other, LinkType.SS),
                edits.RemoveLink(uid, other),
                edits.Assign(uid, 3),
                edits.Unassign(uid, 1),
                edits.SetUnits(uid, 1, Decimal("0.3")),
            ]
        )
    )


def made(problem: Plan, data: st.DataObject, most: int = 8) -> Plan:
    """The plan after some changes; those that cannot be made are left out."""
    for _ in range(data.draw(st.integers(1, most))):
        if not problem.tasks:
            return problem
        try:
            problem = edits.apply(problem, [data.draw(changes(problem))])
        except PlanError:
            continue
    return problem


@settings(max_examples=examples(40), deadline=None)
@given(staffed(), st.data())
def test_a_patch_leads_to_the_new_plan_and_its_reverse_back(problem: Plan, data: st.DataObject) -> None:
    problem = replace(problem, tasks=edits.renumbered(problem.tasks))
    if data.draw(st.booleans()):  # numbers as a file has them, with gaps
        problem = replace(problem, tasks=tuple(replace(task, id=task.id * 2) for task in problem.tasks))
    new = made(problem, data)
    patch = patches.difference(problem, new)
    there, back = applied(problem, patch), applied(new, patches.reverse(patch))
    assert (there.plan, there.conflicts) == (new, [])
    assert (back.plan, back.conflicts) == (problem, [])
    assert (patch == {}) == (new == problem)


@settings(max_examples=20, deadline=None)
@given(staffed(), st.data())
def test_many_patches_lead_back_one_after_the_other(problem: Plan, data: st.DataObject) -> None:
    states = [replace(problem, tasks=edits.renumbered(problem.tasks))]
    for _ in range(4):
        states.append(made(states[-1], data, most=3))
    merging = Merging(states[-1])
    for old, new in reversed(list(pairwise(states))):
        merging.apply(patches.reverse(patches.difference(old, new)))
        assert merging.plan == old
    assert merging.conflicts == []


def test_a_later_change_of_another_field_stays() -> None:
    problem = outlined()
    new = edits.apply(problem, [edits.SetDuration(2, length(9))])
    patch = patches.difference(problem, new)
    later = edits.apply(new, [edits.Describe(2, name="Renamed"), edits.AddTask(Task(99, 0, "Late", length(1)), 2)])
    merging = applied(later, patches.reverse(patch))
    assert merging.conflicts == []
    assert merging.plan == edits.apply(
        problem, [edits.Describe(2, name="Renamed"), edits.AddTask(Task(99, 0, "Late", length(1)), 2)]
    )


@pytest.mark.parametrize(
    ("first", "then", "kind", "name"),
    [
        (edits.SetDuration(2, length(9)), edits.SetDuration(2, length(4)), "tasks", "duration"),
        (edits.Describe(2, name="A"), edits.RemoveTask(2), "tasks", ""),
        (edits.AddTask(Task(99, 0, "New", length(1))), edits.Describe(99, name="Other"), "tasks", ""),
        (edits.AddTask(Task(99, 0, "New", length(1))), edits.AddLink(link(2, 99)), "links", ""),
        (edits.SetField(2, "Phase", "one"), edits.SetField(2, "Phase", "two"), "tasks", "custom:Phase"),
    ],
)
def test_a_later_change_of_the_same_is_a_conflict(first: Change, then: Change, kind: str, name: str) -> None:
    problem = outlined()
    new = edits.apply(problem, [first])
    merging = applied(edits.apply(new, [then]), patches.reverse(patches.difference(problem, new)))
    assert (kind, name) in {(item.kind, item.name) for item in merging.conflicts}


def test_a_lag_of_a_link_is_a_field_of_it() -> None:
    problem = replace(outlined(), links=(link(2, 3),))
    new = edits.apply(problem, [edits.SetLink(2, 3, lag=Lag(days(2)))])
    patch = patches.difference(problem, new)
    assert set(patch["links"]) == {"changed"}
    assert applied(new, patches.reverse(patch)).plan == problem
