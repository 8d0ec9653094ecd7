"""What changed between two plans."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from headway.documents.exchange.diff import diff, with_dates
from headway.documents.exchange.scheduled import with_schedule
from headway.engine.cpm import schedule
from headway.engine.plan import Duration, Lag, Link, LinkType, Plan, ProjectSettings, StoredDates, Task
from tests.documents.exchange.sample_plans import at, full_plan, hours


def changed_task(plan: Plan, uid: int, **changes) -> Plan:
    return replace(plan, tasks=tuple(replace(t, **changes) if t.uid == uid else t for t in plan.tasks))


def test_equal_plans_differ_in_nothing():
    found = diff(full_plan(), full_plan()).as_json()
    assert [found[name] for name in ("added", "removed", "moved", "changed")] == [[], [], [], []]
    assert found["links"] == {"added": [], "removed": [], "changed": []}
    assert (found["work"]["tasks"], found["cost"]["tasks"]) == ([], [])


def test_moved_tasks_have_their_days():
    old = full_plan()
    stored = old.tasks[1].stored
    new = changed_task(
        old,
        11,
        stored=replace(stored, start=stored.start + timedelta(days=3), finish=stored.finish - timedelta(hours=12)),
    )
    assert diff(old, new).moved == [
        {
            "uid": 11,
            "name": "Build ü 日本",
            "field": "start",
            "old": "2026-03-02T08:00",
            "new": "2026-03-05T08:00",
            "days": 3.0,
        },
        {
            "uid": 11,
            "name": "Build ü 日本",
            "field": "finish",
            "old": "2026-03-03T17:00",
            "new": "2026-03-03T05:00",
            "days": -0.5,
        },
    ]


def test_tasks_links_work_and_cost():
    old = full_plan()
    changed = changed_task(old, 11, work=hours(20), cost=Decimal("1000.75"), percent_complete=Decimal(50))
    kept = tuple(task for task in changed.tasks if task.uid != 15)
    new = replace(
        changed,
        tasks=(*kept, Task(99, 8, "New", Duration(hours(8)))),
        links=(replace(old.links[0], lag=Lag(hours(4))), *old.links[2:], Link(13, 12, LinkType.SF)),
    )
    found = diff(old, new)
    assert [row["uid"] for row in found.added] == [99]
    assert [row["name"] for row in found.removed] == ["Elsewhere"]
    assert [(row["field"], row["old"], row["new"]) for row in found.changed] == [("percent_complete", 25, 50)]
    assert [len(found.links[name]) for name in ("added", "removed", "changed")] == [1, 1, 1]
    assert found.links["changed"][0]["old_lag"] == {"minutes": 480, "unit": "d", "elapsed": False}
    assert found.work == {
        "old_minutes": 960,
        "new_minutes": 1200,
        "tasks": [{"uid": 11, "old_minutes": 960, "new_minutes": 1200}],
    }
    assert (found.cost["old"], found.cost["new"]) == (960.5, 1000.75)


def test_dates_are_ours_only_where_the_file_stores_none():
    kept = StoredDates(start=at(9), finish=at(9, 17))
    plan = Plan(
        ProjectSettings(start=at(2)),
        (),
        (Task(1, 1, "A", Duration(hours(8))), Task(2, 2, "B", Duration(hours(8)), stored=kept)),
    )
    computed = schedule(plan)
    first, second = with_dates(plan, computed).tasks
    assert (first.stored.start, first.stored.finish) == (at(2), at(2, 17))
    assert second.stored == kept
    assert with_schedule(plan, computed).tasks[1].stored.start == at(2)
