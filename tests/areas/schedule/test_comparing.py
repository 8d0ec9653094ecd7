"""Two versions of a plan beside each other: the slip, its causes, and what else differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.projects import commands as projects
from headway.areas.schedule import commands, comparing, keeping, queries
from headway.areas.schedule.comparing import compare_plans
from headway.areas.schedule.models import BaselinePlan, Plan
from headway.areas.schedule.records import engine_plan, to_record
from headway.areas.schedule.types import PlanComparison, RowChange
from headway.areas.schedule.undoing import plan_changes
from headway.engine.cpm import schedule
from headway.engine.plan import ConstraintType
from headway.kernel.commands import maintenance
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def _causes(found: PlanComparison) -> list[tuple[str, Decimal]]:
    return [(cause.text, cause.days) for cause in found.causes]


def test_an_unchanged_plan_is_as_in_its_baseline(charted: House) -> None:
    found = compare_plans(charted("member"), project="SITE")
    assert found.sentence == "Finish as in Approved."
    assert (found.causes, found.moved, found.added, found.removed) == ((), 0, 0, 0)
    assert {row.change for row in found.items} == {RowChange.SAME}


def test_the_slip_is_told_by_cause_phase_and_task(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    commands.edit_task(manager, task=ids["Design"], duration="5d")
    commands.link_tasks(manager, predecessor=ids["Design"], successor=ids["Build"], lag="1d")
    found = compare_plans(manager, project="SITE")
    assert found.sentence == "Finish 3 working days later than Approved; 2 causes."
    assert found.finish_days == Decimal(3)
    assert _causes(found) == [
        ("'Design' takes longer: its duration", Decimal(2)),
        ("'Build' stands further behind what drives it: its changed link from 'Design'", Decimal(1)),
    ]
    assert [(row.name, row.finish_days, row.cause) for row in found.items] == [
        ("Build", Decimal(3), "its changed link from 'Design'"),
        ("Go-live", Decimal(3), "'Build': its changed link from 'Design'"),
        ("Design", Decimal(2), "its duration"),
    ]
    assert [(part.change, part.text) for part in found.links] == [
        (RowChange.MOVED, "Design → Build (FS+1 d), was FS"),
    ]
    assert (found.moved, found.old.label, found.new.label) == (3, "Approved", "Now")


def test_an_earlier_finish_has_its_causes_too(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    commands.edit_task(manager, task=ids["Build"], duration="2d")
    found = compare_plans(manager, project="SITE")
    assert found.sentence == "Finish 3 working days earlier than Approved; 1 cause."
    assert _causes(found) == [("'Build' takes less time: its duration", Decimal(-3))]


def test_slack_takes_up_a_part_of_the_slip(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    side = commands.add_task(manager, project="SITE", name="Texts", duration="6d").task_id
    commands.set_baseline(manager, project="SITE", name="With texts")
    commands.edit_task(manager, task=side, duration="10d")
    found = compare_plans(manager, project="SITE")
    assert _causes(found) == [
        ("'Texts' takes longer: its duration", Decimal(4)),
        ("What drives the finish now ended before it then", Decimal(-2)),
    ]
    assert sum(cause.days for cause in found.causes) == found.finish_days == Decimal(2)


def test_rows_links_and_people_that_only_one_version_has(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    commands.edit_task(manager, task=ids["Go-live"], name="Launch")
    texts = commands.add_task(manager, project="SITE", name="Texts", duration="2d", predecessors=(ids["Design"],))
    commands.remove_task(manager, task=ids["Build"])
    found = compare_plans(manager, project="SITE", sort="outline")
    assert (found.added, found.removed, found.renamed) == (1, 1, 1)
    rows = {row.name: row for row in found.items}
    assert (rows["Launch"].old_name, rows["Launch"].change) == ("Go-live", RowChange.MOVED)
    assert (rows["Texts"].id, rows["Texts"].old_finish) == (texts.task_id, None)
    assert (rows["Build"].id, rows["Build"].new_finish) == (None, None)
    assert rows["Build"].old_finish == datetime(2026, 3, 11, 17)
    assert {(part.change, part.text) for part in found.links} == {
        (RowChange.ADDED, "Design → Texts (FS)"),
        (RowChange.REMOVED, "Design → Build (FS)"),
        (RowChange.REMOVED, "Build → Launch (FS)"),
    }
    assert [(part.change, part.text) for part in found.people] == [(RowChange.REMOVED, "Max Member on Build (40 h)")]
    assert (found.old_work_hours, found.new_work_hours) == (Decimal(40), None)


def test_summaries_are_told_as_phases(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    last = ids["Go-live"]
    for name in ("First phase", "Second phase"):
        head = commands.add_task(manager, project="SITE", name=name, after=last, level=1)
        part = commands.add_task(
            manager, project="SITE", name=f"{name} work", duration="2d", after=head.task_id, level=2
        )
        last = part.task_id
    commands.set_baseline(manager, project="SITE", name="Phases")
    commands.edit_task(manager, task=last, duration="5d")
    found = compare_plans(manager, project="SITE")
    assert [(phase.name, phase.days, phase.moved) for phase in found.phases] == [
        ("First phase", Decimal(0), 0),
        ("Second phase", Decimal(3), 1),
    ]


def test_a_baseline_of_dates_alone_says_what_it_cannot_tell(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    with maintenance("a baseline as a plan file brings it"):
        BaselinePlan.unscoped(reason="a test").all().delete()
    comparing.forget()
    commands.edit_task(manager, task=ids["Design"], duration="5d")
    found = compare_plans(manager, project="SITE")
    assert found.sentence == "Finish 2 working days later than Approved; 1 cause."
    assert _causes(found) == [("'Design' takes longer", Decimal(2))]
    assert (found.links, found.people) == ((), ())
    assert found.notes == ("Approved holds dates, work and cost alone, so names, links and people are not compared.",)


def test_two_baselines_are_compared_and_either_way_round(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    commands.edit_task(manager, task=ids["Design"], duration="5d")
    later = commands.set_baseline(manager, project="SITE", name="Later")
    first = next(row for row in queries.baselines(manager, project="SITE") if row.name == "Approved")
    found = compare_plans(manager, project="SITE", old=f"baseline-{first.id}", new=f"baseline-{later.id}")
    assert found.sentence == "Later: finish 2 working days later than Approved; 1 cause."
    turned = compare_plans(manager, project="SITE", old="now", new=f"baseline-{first.id}")
    assert turned.sentence == "Approved: finish 2 working days earlier than now; 1 cause."


def test_the_plan_of_a_day_is_compared_with_that_of_now(charted: House, ids: dict[str, int]) -> None:
    later = charted("manager").but(now=datetime(2026, 3, 5, 9, tzinfo=UTC))
    commands.edit_task(later, task=ids["Design"], duration="5d")
    found = compare_plans(later, project="SITE", old="2026-03-02")
    assert found.sentence == "Finish 2 working days later than Mon 2 Mar 2026; 1 cause."
    assert (found.old.whole, found.old.at is not None) == (True, True)
    assert [(part.change, part.text) for part in found.people] == []
    same = compare_plans(later, project="SITE", old="2026-03-05")
    assert same.sentence == "Finish as in Thu 5 Mar 2026."
    assert compare_plans(later, project="SITE", old="2026-03-05T08:59").finish_days == Decimal(2)


def test_each_change_that_moved_the_finish_is_listed_and_opens(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    commands.edit_task(manager, task=ids["Design"], duration="5d")
    commands.edit_task(manager, task=ids["Design"], name="Drafts")
    commands.edit_task(manager, task=ids["Build"], duration="1d")
    rows = plan_changes(manager, project="SITE", finish_moved=True).items
    assert [row.finish_days for row in rows][:2] == [-4, 2]
    assert all(row.old_finish != row.new_finish for row in rows)
    opened = compare_plans(manager, project="SITE", old=f"before-{rows[1].id}", new=f"after-{rows[1].id}")
    assert (opened.finish_days, _causes(opened)) == (
        Decimal(2),
        [("'Design' takes longer: its duration", Decimal(2))],
    )
    assert [row.name for row in opened.items if row.change is RowChange.MOVED] == ["Design", "Build", "Go-live"]


def test_a_change_of_another_plan_is_none(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    projects.create(manager, key="ELSE", name="Something else")
    commands.start_plan(manager, project="ELSE", start="2026-03-02")
    commands.add_task(manager, project="ELSE", name="Other", duration="3d")
    other = plan_changes(manager, project="ELSE").items[0]
    with pytest.raises(NotFound):
        compare_plans(manager, project="SITE", old=f"before-{other.id}")


def test_rows_are_found_ordered_and_paged(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    commands.edit_task(manager, task=ids["Build"], duration="6d")
    first = compare_plans(manager, project="SITE", sort="outline", limit=2)
    assert [row.name for row in first.items] == ["Design", "Build"]
    rest = compare_plans(manager, project="SITE", sort="outline", limit=2, cursor=first.next)
    assert ([row.name for row in rest.items], rest.next) == (["Go-live"], "")
    changed = compare_plans(manager, project="SITE", changed_only=True, sort="name", descending=True)
    assert [row.name for row in changed.items] == ["Go-live", "Build"]
    assert [row.name for row in compare_plans(manager, project="SITE", search="LIVE").items] == ["Go-live"]


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"old": "yesterday"}, Invalid),
        ({"old": "0001-01-01"}, Invalid),
        ({"old": "2026-02-30"}, Invalid),
        ({"new": "2026-03-03"}, Invalid),
        ({"old": "9999-12-31"}, Invalid),
        ({"old": "before-x"}, Invalid),
        ({"old": "after-999999"}, NotFound),
        ({"old": "2026-03-01"}, Conflict),
        ({"old": "baseline-x"}, Invalid),
        ({"new": "baseline-999999"}, NotFound),
        ({"cursor": "nothing"}, Invalid),
        ({"limit": 0}, Invalid),
    ],
)
def test_what_names_no_moment_is_refused(charted: House, given: dict[str, object], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        compare_plans(charted("member"), project="SITE", **given)


def test_a_plan_without_a_baseline_says_what_to_do(charted: House) -> None:
    manager = charted("manager")
    with maintenance("a test takes the baselines away"):
        queries.Baseline.unscoped(reason="a test").all().delete()
    with pytest.raises(Conflict, match="Take one"):
        compare_plans(manager, project="SITE")


@pytest.mark.parametrize("who", ["client", "guest", "stranger"])
def test_to_outsiders_there_is_nothing_to_compare(charted: House, who: str) -> None:
    with pytest.raises((NotFound, Denied)):
        compare_plans(charted(who), project="SITE")


def test_a_task_typed_by_hand_begins_later(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    commands.edit_task(
        manager, task=ids["Design"], constraint=ConstraintType.SNET, constraint_date=datetime(2026, 3, 4, 8)
    )
    found = compare_plans(manager, project="SITE")
    assert _causes(found) == [("'Design' begins later: its constraint and its constraint date", Decimal(2))]


def test_the_database_is_asked_the_same_however_many_tasks(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    counts = set()
    for number in range(3):
        comparing.forget()
        keeping.forget()
        with CaptureQueriesContext(connection) as sent:
            compare_plans(manager, project="SITE")
        counts.add(len(sent))
        for place in range(4):
            commands.add_task(manager, project="SITE", name=f"More {number}.{place}")
    assert len(counts) == 1


def test_cost_is_told_to_those_alone_who_may_read_it(charted: House) -> None:
    manager = charted("manager")
    plan = engine_plan(Plan.unscoped(reason="test").get())
    costly = replace(plan, tasks=tuple(replace(task, cost=Decimal(700)) for task in plan.tasks))
    commands.take_plan(manager, project="SITE", plan=to_record(costly), schedule=to_record(schedule(costly)))
    assert compare_plans(manager.but(), project="SITE").new_cost == 2100
    found = compare_plans(charted("member"), project="SITE")
    assert (found.old_cost, found.new_cost) == (None, None)
    assert {(row.old_cost, row.new_cost) for row in found.items} == {(None, None)}
