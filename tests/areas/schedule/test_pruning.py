"""Undo lists that do not grow for ever: what stays, what goes, and what can still be told and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from headway.areas.schedule import changing, history, pruning, undoing
from headway.areas.schedule.models import Plan, PlanEdit, PlanTask
from headway.journeys import housekeeping
from headway.kernel.context import Context
from headway.kernel.errors import NotFound

House = Callable[[str], Context]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest two changes of a plan stay in any case."""
    monkeypatch.setattr(pruning, "KEPT_NEWEST", 2)


def change(ctx: Context, days: int, duration: str) -> int:
    """Another duration for the first task, so many days after the plan began; gives the change's id."""
    task = PlanTask.unscoped(reason="test").get(name="Design").uid
    on = ctx.but(now=ctx.now + timedelta(days=days))
    changing.change_plan(
        on, project="SITE", changes=[{"act": "set", "task": task, "field": "duration", "value": duration}]
    )
    return int(PlanEdit.unscoped(reason="test").order_by("pk").values_list("pk", flat=True).last() or 0)


def prune(ctx: Context, days: int) -> int:
    """What the night takes, so many days after the plan began."""
    at = ctx.as_system("test").but(now=ctx.now + timedelta(days=days))
    return sum(pruning.prune_changes(at, project=project) for project in pruning.long_undo_lists(at))


def known() -> list[int]:
    """The changes that are in the list."""
    return list(PlanEdit.unscoped(reason="test").order_by("pk").values_list("pk", flat=True))


def test_what_is_old_and_not_among_the_newest_goes(charted: House, few: None) -> None:
    manager = charted("manager")
    made = [change(manager, days, f"{days}d") for days in (10, 20, 30, 500)]
    assert prune(manager, 20 + pruning.KEPT_DAYS - 1) > 0
    assert known() == [made[0], *made[1:]]  # day 10 tells what the plan was until day 20
    assert prune(manager, 500 + pruning.KEPT_DAYS) == 2
    assert known() == made[2:]
    assert prune(manager, 500 + pruning.KEPT_DAYS) == 0


def test_every_day_that_is_kept_can_be_told(charted: House, few: None) -> None:
    manager = charted("manager")
    for days in (10, 20, 700):
        change(manager, days, f"{days}d")
    now = manager.but(now=manager.now + timedelta(days=701))
    project = Plan.unscoped(reason="test").get().project_id
    asked = now.now - timedelta(days=pruning.KEPT_DAYS - 1)
    before = history.plan_at(now, project, asked)
    assert prune(manager, 701) > 0
    assert before is not None
    assert history.plan_at(now, project, asked) == before
    assert history.plan_at(now, project, manager.now + timedelta(days=11)) is None


def test_a_change_whose_undoing_stays_stays(charted: House, few: None) -> None:
    manager = charted("manager")
    old = change(manager, 10, "9d")
    change(manager, 20, "8d")
    undone = change(manager, 30, "7d")
    late = manager.but(now=manager.now + timedelta(days=600))
    undoing.undo_change(late, change=undone)
    undoing.undo_change(late, change=known()[-3])
    assert prune(manager, 600 + pruning.KEPT_DAYS) > 0
    assert old < known()[0] < undone
    undoing.redo_last(late, project="SITE")
    with pytest.raises(NotFound):
        undoing.undo_change(late, change=old)


def test_the_night_leaves_short_lists_alone(charted: House) -> None:
    before = known()
    assert housekeeping.prune_undo_lists({}) == 0
    assert known() == before
