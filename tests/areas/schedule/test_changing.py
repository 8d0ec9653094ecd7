"""Everything that is done to a plan through `change_plan`: what it makes, what it answers, what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.schedule import changing, queries, undoing
from headway.areas.schedule.models import Plan, PlanTask
from headway.areas.schedule.records import engine_plan
from headway.kernel.context import Context
from headway.kernel.errors import Conflict

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def _rows(ctx: Context) -> list[tuple[str, int, str, str]]:
    return [(row.name, row.level, row.duration, row.predecessors) for row in queries.tasks(ctx, project="SITE").items]


def _set(task: int, field: str, value: str) -> dict[str, Any]:
    return {"act": "set", "task": task, "field": field, "value": value}


@pytest.fixture
def uids(charted: House) -> dict[str, int]:
    return {row.name: row.uid for row in queries.tasks(charted("manager"), project="SITE").items}


def test_rows_are_typed_with_links_and_durations(charted: House, uids: dict[str, int]) -> None:
    manager = charted("manager")
    effect = changing.change_plan(
        manager,
        project="SITE",
        changes=[
            {"act": "add", "new": -1},
            _set(-1, "name", "Train the team"),
            _set(-1, "duration", "2d"),
            _set(-1, "predecessors", "2FS+1d"),
            {"act": "add", "new": -2, "after": -1, "level": 2},
            _set(-2, "name", "Slides"),
        ],
    )
    assert set(effect.made) == {"-1", "-2"}
    assert _rows(manager)[3:] == [("Train the team", 1, "1 d?", "2FS+1 d"), ("Slides", 2, "1 d?", "")]
    assert effect.warnings == ("Row 4 'Train the team' has its duration from the rows below it.",)


def test_a_dry_run_answers_with_the_same_effect_and_writes_nothing(charted: House, uids: dict[str, int]) -> None:
    manager = charted("manager")
    changes = [_set(uids["Design"], "duration", "8d")]
    before = list(PlanTask.unscoped(reason="test").order_by("uid").values())
    with CaptureQueriesContext(
        connection,
    ) as seen:
        tried = changing.change_plan(manager.but(dry_run=True), project="SITE", changes=changes)
    assert not [query for query in seen if not query["sql"].startswith("SELECT")]
    assert list(PlanTask.unscoped(reason="test").order_by("uid").values()) == before
    done = changing.change_plan(manager, project="SITE", changes=changes)
    assert tried.moved == done.moved
    assert [item.name for item in done.moved] == ["Go-live", "Build", "Design"] or done.moved_count == 3
    assert (
        (tried.sentence, tried.finish_days)
        == (done.sentence, done.finish_days)
        == (
            "3 tasks move; the finish goes from Wed 11 Mar to Wed 18 Mar, 5 working days later.",
            5,
        )
    )
    assert done.version > tried.version


# --- taking back ---------------------------------------------------------------------------------


def _change(ctx: Context, *changes: dict[str, Any], seen: int | None = None) -> Any:
    return changing.change_plan(ctx, project="SITE", changes=list(changes), seen=seen)


def _state() -> Any:
    """Everything that the rows hold of the plan, in order."""
    row = Plan.unscoped(reason="test").get()
    dates = PlanTask.unscoped(reason="test").filter(removed_at=None).order_by("position")
    return engine_plan(row), list(dates.values_list("uid", "position", "start", "finish", "computed", "critical"))


def test_five_changes_are_undone_and_done_again_level_by_level(charted: House, uids: dict[str, int]) -> None:
    manager = charted("manager")
    states = [_state()]
    for change in (
        [_set(uids["Design"], "duration", "8d")],
        [
            {"act": "add", "new": -1, "after": uids["Design"]},
            _set(-1, "name", "Check"),
            _set(-1, "people", "Max Member"),
        ],
        [{"act": "indent", "task": uids["Build"]}, _set(uids["Build"], "priority", "700")],
        [{"act": "remove", "task": uids["Build"]}],
        [_set(uids["Design"], "predecessors", ""), _set(uids["Design"], "percent", "50%")],
    ):
        _change(manager, *change)
        states.append(_state())
    for expected in states[-2::-1]:
        undoing.undo_last(manager, project="SITE")
        assert _state() == expected
    for expected in states[1:]:
        undoing.redo_last(manager, project="SITE")
        assert _state() == expected
    with pytest.raises(Conflict, match="nothing of yours to do again"):
        undoing.redo_last(manager, project="SITE")
    with pytest.raises(Conflict, match="nothing of yours to undo"):
        for _ in range(20):
            undoing.undo_last(manager, project="SITE")
