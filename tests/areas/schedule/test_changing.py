"""Everything that is done to a plan through `change_plan`: what it makes, what it answers, what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.schedule import changing, queries
from headway.areas.schedule.models import PlanTask
from headway.kernel.context import Context

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
