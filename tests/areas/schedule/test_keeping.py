"""Plans kept between edits: an edit of a kept plan stores what an edit of a freshly read one would, and little more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from headway.areas.schedule import commands, keeping, queries
from headway.areas.schedule.models import Plan, PlanTask
from headway.areas.schedule.records import engine_plan, to_record
from headway.engine.cpm import schedule
from headway.kernel.context import Context
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.errors import Invalid, Stale

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def _row() -> Plan:
    return Plan.unscoped(reason="test").get()


def _assert_rows_hold_their_plan() -> None:
    """The rows are what storing the whole plan anew would have written."""
    plan = engine_plan(_row())
    computed = schedule(plan).by_uid()
    rows = {row.uid: row for row in PlanTask.unscoped(reason="test").filter(removed_at=None)}
    assert set(rows) == {task.uid for task in plan.tasks}
    for position, task in enumerate(plan.tasks, start=1):
        row, dates = rows[task.uid], computed[task.uid]
        assert (row.position, row.name, row.level) == (position, task.name, task.outline_level)
        assert (row.start, row.finish, row.critical) == (dates.start, dates.finish, dates.critical)
        assert row.computed == to_record(dates)
    kept = keeping.held(_row())
    assert kept.plan == plan


@pytest.mark.parametrize("kept", [True, False])
def test_edits_of_a_kept_plan_store_what_edits_of_a_read_one_would(
    charted: House, ids: dict[str, int], kept: bool
) -> None:
    manager = charted("manager")
    steps: list[Callable[[], object]] = [
        lambda: commands.set_progress(manager, task=ids["Design"], percent_complete=Decimal(50)),
        lambda: commands.edit_task(manager, task=ids["Build"], duration="7d", name="Build it"),
        lambda: commands.add_task(manager, project="SITE", name="Test", duration="2d", after=ids["Design"]),
        lambda: commands.edit_task(manager, task=ids["Build"], level=2),
        lambda: commands.link_tasks(manager, predecessor=ids["Design"], successor=ids["Go-live"], lag="2d"),
        lambda: commands.link_tasks(manager, predecessor=ids["Design"], successor=ids["Go-live"], lag="1d"),
        lambda: commands.unlink_tasks(manager, predecessor=ids["Design"], successor=ids["Build"]),
        lambda: commands.set_status_date(manager, project="SITE", status_date=date(2026, 3, 9)),
        lambda: commands.add_calendar_exception(
            manager, project="SITE", first=date(2026, 3, 6), last=date(2026, 3, 6), name="Holiday"
        ),
        lambda: commands.set_progress(manager, task=ids["Design"], actual_finish=datetime(2026, 3, 5, 17)),
        lambda: commands.remove_task(manager, task=ids["Design"]),
    ]
    for step in steps:
        if not kept:
            keeping.forget()
        step()
        _assert_rows_hold_their_plan()


def test_an_edit_writes_only_the_rows_that_differ(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    before = {row.pk: row.version for row in PlanTask.unscoped(reason="test")}
    commands.set_progress(manager, task=ids["Go-live"], percent_complete=Decimal(100))
    after = {row.pk: row.version for row in PlanTask.unscoped(reason="test")}
    assert {pk for pk, version in after.items() if version != before[pk]} == {ids["Go-live"]}


def test_the_size_of_a_plan_adds_no_queries_to_an_edit(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")

    def queries_of(percent: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            commands.set_progress(manager, task=ids["Build"], percent_complete=Decimal(percent))
        return len(seen)

    queries_of(5)
    few = queries_of(10)
    for number in range(12):
        commands.add_task(manager, project="SITE", name=f"Extra {number}", predecessors=(ids["Design"],))
    assert queries_of(20) == few


def test_what_is_only_tried_is_not_kept(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    commands.set_progress(manager, task=ids["Design"], percent_complete=Decimal(10))
    known = keeping.held(_row())
    tried = commands.edit_task(manager.but(dry_run=True), task=ids["Build"], duration="9d")
    assert tried.new_finish == datetime(2026, 3, 17, 17)
    assert keeping.held(_row()) is known
    commands.set_progress(manager, task=ids["Design"], percent_complete=Decimal(20))
    _assert_rows_hold_their_plan()


def test_what_is_shown_of_an_edit_that_rolled_back_is_not_kept(charted: House, ids: dict[str, int]) -> None:
    """The next edit gives the plan the same version again, with other content."""
    manager = charted("manager")
    queries.chart(manager, project="SITE")

    def shown() -> tuple[datetime | None, str]:
        return queries.summary(manager, project="SITE").finish, "".join(queries.chart(manager, project="SITE").rows)

    with transaction.atomic():
        commands.edit_task(manager, task=ids["Build"], duration="9d", name="Tried")
        tried = _row().version
        assert shown()[0] == datetime(2026, 3, 17, 17)
        transaction.set_rollback(True)
    commands.edit_task(manager, task=ids["Build"], duration="8d", name="Stored")
    assert _row().version == tried
    finish, rows = shown()
    assert finish == _row().finish == datetime(2026, 3, 16, 17)
    assert "Stored" in rows
    assert "Tried" not in rows


def test_an_edit_that_is_refused_leaves_what_is_kept(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    commands.set_progress(manager, task=ids["Design"], percent_complete=Decimal(10))
    with pytest.raises(Invalid, match="circle"):
        commands.link_tasks(manager, predecessor=ids["Go-live"], successor=ids["Design"])
    commands.set_progress(manager, task=ids["Build"], percent_complete=Decimal(20))
    _assert_rows_hold_their_plan()


def test_what_another_process_changed_is_read_again(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    commands.set_progress(manager, task=ids["Design"], percent_complete=Decimal(10))
    ours = keeping.held(_row())
    commands.edit_task(manager, task=ids["Build"], name="Build more", duration="6d")
    assert ours.scheduled is not None
    keeping._shelf.put(_row().pk, ours)  # as it would be in a process that did not see that edit
    commands.set_progress(manager, task=ids["Design"], percent_complete=Decimal(30))
    _assert_rows_hold_their_plan()
    names = [row.name for row in queries.tasks(manager, project="SITE").items]
    assert names == ["Design", "Build more", "Go-live"]


def test_an_edit_that_started_from_an_older_version_is_refused(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    version = queries.task(manager, task=ids["Design"]).version
    commands.set_progress(manager, task=ids["Design"], percent_complete=Decimal(10))
    with pytest.raises(Stale):
        commands.set_progress(manager.but(expected_version=version), task=ids["Design"], percent_complete=Decimal(20))


def test_dates_of_an_older_release_are_compared_row_by_row(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    tasks = PlanTask.unscoped(reason="test").filter(pk=ids["Build"])
    with allow_writes("test: dates as older rules gave them"):
        tasks.update(critical=False)
        _row().bear("0.0.1 0123456789abcdef")
    commands.set_progress(manager, task=ids["Go-live"], percent_complete=Decimal(100))
    assert tasks.get().critical
    _assert_rows_hold_their_plan()


def test_the_longest_unused_plans_are_dropped(charted: House, ids: dict[str, int]) -> None:
    shelf = keeping.Shelf[int, str](most=10, weight=len)
    for key, text in ((1, "aaaa"), (2, "bbbb")):
        shelf.put(key, text)
    assert shelf.find(1) == "aaaa"
    shelf.put(3, "cccc")
    assert (shelf.find(1), shelf.find(2), shelf.find(3)) == ("aaaa", None, "cccc")
    shelf.put(4, "d" * 30)
    assert (shelf.find(1), shelf.find(4)) == (None, "d" * 30)


def test_a_reader_keeps_what_nobody_changed_meanwhile(charted: House, ids: dict[str, int]) -> None:
    keeping.forget()
    found = keeping.looked_at(_row())
    assert keeping.looked_at(_row()) is found
    stale = _row()
    commands.edit_task(charted("manager"), task=ids["Build"], duration="2w")
    keeping.forget()
    newer = keeping.looked_at(stale)  # the row was read before the change, its parts after it
    assert newer.plan == engine_plan(_row())
    assert keeping.looked_at(_row()) is not newer
