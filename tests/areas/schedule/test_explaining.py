"""Why a task stands where it stands, what became of it, and progress that can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.projects.histories import activity
from headway.areas.schedule import commands, explaining, keeping, queries, undoing
from headway.areas.schedule.models import Plan, PlanTask
from headway.areas.schedule.records import engine_plan, to_record
from headway.areas.schedule.task_words import TaskWords
from headway.engine.cpm import schedule
from headway.engine.days import WITH_YEAR
from headway.engine.plan import ConstraintType, ProjectSettings
from headway.kernel.commands import maintenance
from headway.kernel.context import Context
from headway.kernel.errors import Invalid, NotFound

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def test_the_path_is_told_back_to_where_it_begins(charted: House, ids: dict[str, int]) -> None:
    told = explaining.reasons(charted("member"), task=ids["Go-live"])
    assert [step.name for step in told.chain] == ["Build", "Design"]
    assert told.chain_begins == "Starts with the project. Its start, and 3 d of work after it."
    assert [(link.name, link.kind) for link in told.before] == [("Build", "FS")]
    assert told.after == ()


def test_start_and_finish_each_name_their_driver(charted: House, ids: dict[str, int]) -> None:
    told = explaining.reasons(charted("member"), task=ids["Build"])
    assert (told.start.id, told.start.text) == (ids["Design"], "Starts after the finish of 'Design'.")
    assert told.finish.text == "Its start, and 5 d of work after it."
    first = explaining.reasons(charted("member"), task=ids["Design"])
    assert (first.start.id, first.start.text, first.chain) == (None, "Starts with the project.", ())


def test_the_path_is_the_same_kept_or_read_and_costs_the_same_however_long(charted: House, ids: dict[str, int]) -> None:
    manager, last = charted("manager"), ids["Go-live"]
    counts = set()
    for number in range(9):
        kept = explaining.reasons(manager, task=last)
        keeping.forget()
        with CaptureQueriesContext(connection) as sent:
            assert explaining.reasons(manager, task=last) == kept
        counts.add(len(sent))
        last = commands.add_task(
            manager, project="SITE", name=f"Later {number}", duration="1d", predecessors=(last,)
        ).task_id
    assert len(explaining.reasons(manager, task=last).chain) == 11
    assert len(counts) == 1


def test_a_task_without_dates_has_no_driver(charted: House, ids: dict[str, int]) -> None:
    with maintenance("a test takes the dates away"):
        PlanTask.unscoped(reason="a test").filter(pk=ids["Design"]).update(computed=None)
    keeping.forget()
    told = explaining.reasons(charted("member"), task=ids["Design"])
    assert (told.start.text, told.finish.text, told.chain) == ("", "", ())


def test_links_and_work_are_told(charted: House, ids: dict[str, int]) -> None:
    told = explaining.reasons(charted("member"), task=ids["Build"])
    assert [link.name for link in told.before] == ["Design"]
    assert [link.name for link in told.after] == ["Go-live"]
    assert [(item.name, item.work_hours) for item in told.work] == [("Max Member", Decimal(40))]


def test_history_tells_field_by_field(charted: House, ids: dict[str, int]) -> None:
    commands.edit_task(charted("manager"), task=ids["Build"], duration="2w")
    told = explaining.history(charted("member"), task=ids["Build"])
    assert ("Duration", "1 w", "2 w", "Mona Manager") in [(row.field, row.old, row.new, row.who) for row in told]


def _told(house: House, ids: dict[str, int], name: str) -> list[tuple[str, str, str]]:
    return [(row.field, row.old, row.new) for row in explaining.history(house("member"), task=ids[name])]


def test_history_says_what_a_field_was_before_anything_was_typed(charted: House, ids: dict[str, int]) -> None:
    def typed(**given: Any) -> list[tuple[str, str, str]]:
        known = len(_told(charted, ids, "Build"))
        commands.edit_task(charted("manager"), task=ids["Build"], **given)
        found = _told(charted, ids, "Build")
        return found[: len(found) - known]

    soon, later = "As soon as possible", "Start no earlier than Mon, Mar 9"
    held = {"constraint": ConstraintType.SNET, "constraint_date": datetime(2026, 3, 9, 8)}
    assert typed(**held) == [("Constraint", soon, later)]
    assert typed(constraint=ConstraintType.ASAP) == [("Constraint", later, soon)]
    assert typed(priority=700) == [("Priority", "500", "700")]
    assert typed(deadline=datetime(2026, 3, 20, 12)) == [("Deadline", "", "Fri, Mar 20, 12:00")]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({}, {"outline_level": 2}, [("Outline level", "1", "2")]),
        ({}, {"milestone": True}, [("Milestone", "No", "Yes")]),
        ({"mode": "manual"}, {}, [("Scheduled", "By hand", "By its links")]),
        ({"type": "fixed_work"}, {}, [("Type", "Fixed work", "Fixed units")]),
        ({}, {"calendar_uid": 3}, [("Calendar", "", "Night shift")]),
        ({}, {"splits": [{"start": "2026-03-02T08:00:00", "finish": "2026-03-03T17:00:00"}]}, [("Pauses", "", "")]),
        ({"parent_uid": 1, "remaining_work": {"tenths": 4800}}, {"parent_uid": 2}, []),
    ],
)
def test_each_field_is_told_in_words(
    old: dict[str, Any], new: dict[str, Any], told: list[tuple[str, str, str]]
) -> None:
    words = TaskWords(ProjectSettings(), {3: "Night shift"}, WITH_YEAR)
    assert list(words.differing(old, new)) == told


def test_history_leaves_out_what_only_follows(charted: House, ids: dict[str, int]) -> None:
    commands.set_progress(charted("manager"), task=ids["Build"], percent_complete=Decimal(50))
    assert _told(charted, ids, "Build") == [
        ("Really started", "", "Thu, Mar 5"),
        ("Percent complete", "0 %", "50 %"),
    ]


def test_history_tells_a_removed_task_as_such(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    uid = PlanTask.unscoped(reason="test").get(pk=ids["Build"]).uid
    commands.remove_task(manager, task=ids["Build"])
    undoing.restore_task(manager, project="SITE", uid=uid)
    assert ("Removed", "", "") in _told(charted, ids, "Build")


def test_slack_is_told_in_the_days_of_the_plan(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    added = commands.add_task(manager, project="SITE", name="Texts", duration="2d")
    assert queries.task(manager, task=added.task_id).total_slack == "6 d"


def test_to_an_outsider_there_is_no_task(charted: House, ids: dict[str, int]) -> None:
    for asked in (explaining.reasons, explaining.history):
        with pytest.raises(NotFound):
            asked(charted("client"), task=ids["Build"])


def test_what_remains_makes_the_duration(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    commands.set_progress(manager, task=ids["Design"], percent_complete=Decimal(50))
    commands.set_progress(manager, task=ids["Design"], remaining="3d")
    row = queries.task(manager, task=ids["Design"])
    assert row.duration == "4.5 d"
    assert round(row.percent_complete, 2) == Decimal("33.33")
    assert row.finish == datetime(2026, 3, 6, 12)


def test_progress_is_taken_back_by_the_same_way(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    commands.set_progress(manager, task=ids["Design"], percent_complete=Decimal(50))
    before = queries.task(manager, task=ids["Design"])
    commands.set_progress(manager, task=ids["Design"], remaining="6d")
    commands.set_progress(
        manager,
        task=ids["Design"],
        percent_complete=Decimal(50),
        actual_start=before.actual_start,
        remaining="720m",
    )
    after = queries.task(manager, task=ids["Design"])
    assert (after.duration, after.percent_complete, after.start, after.finish) == (
        before.duration,
        before.percent_complete,
        before.start,
        before.finish,
    )


def test_done_is_taken_back_with_its_dates(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    commands.set_progress(manager, task=ids["Design"], percent_complete=Decimal(100))
    assert queries.task(manager, task=ids["Design"]).actual_finish is not None
    commands.set_progress(manager, task=ids["Design"], percent_complete=Decimal(0), remaining="1440m")
    row = queries.task(manager, task=ids["Design"])
    assert (row.actual_start, row.actual_finish, row.percent_complete) == (None, None, 0)


def test_less_than_nothing_cannot_remain(charted: House, ids: dict[str, int]) -> None:
    with pytest.raises(Invalid, match="0 or more"):
        commands.set_progress(charted("manager"), task=ids["Design"], remaining="-3d")


def test_cost_is_told_in_histories_to_those_alone_who_may_read_it(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    for cost in (700, 800):
        plan = engine_plan(Plan.unscoped(reason="test").get())
        costly = replace(
            plan,
            tasks=tuple(replace(task, fixed_cost=Decimal(cost)) for task in plan.tasks),
            resources=tuple(replace(person, standard_rate=Decimal(cost)) for person in plan.resources),
        )
        commands.take_plan(manager, project="SITE", plan=to_record(costly), schedule=to_record(schedule(costly)))
    for who, fields in (("manager", ["Fixed cost", "Fixed cost"]), ("member", [])):
        told = explaining.history(charted(who), task=ids["Design"])
        assert [change.field for change in told if "cost" in change.field.lower()] == fields
    associate = person_of_user(charted("associate").actor.user_id)
    projects.set_member(manager, project="SITE", person=associate, role=Role.ASSOCIATE)
    for who, known in (("manager", {"fixed_cost", "standard_rate"}), ("associate", set())):
        acts = [change for act in activity(charted(who), project="SITE").items for change in act.changes]
        assert {change.field for change in acts if "800" in change.new} == known
