"""Baselines: of the whole plan or of chosen tasks, named, given a reason, chosen and removed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from headway.areas.schedule import commands, queries
from headway.areas.schedule.models import Baseline, BaselinePlan, BaselineTask
from headway.areas.schedule.packing import unpack
from headway.areas.schedule.types import BaselineRow
from headway.engine.units import WorkTime
from headway.interfaces.use_cases import registered
from headway.journeys.baselines import remove
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, NotFound

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def _amounts(house: House, baseline: BaselineRow) -> dict[str, tuple[datetime | None, datetime | None]]:
    names = {row.uid: row.name for row in queries.tasks(house("manager"), project="SITE").items}
    rows = BaselineTask.of(Baseline.visible_to(house("manager")).get(pk=baseline.id))
    return {names[row.uid]: (row.start, row.finish) for row in rows}


def test_a_baseline_says_why_and_keeps_the_whole_plan(charted: House) -> None:
    manager = charted("manager")
    taken = commands.set_baseline(manager, project="SITE", name="After CR-3", why="CR-3 adds a shop")
    assert (taken.why, taken.partial, taken.current, taken.tasks) == ("CR-3 adds a shop", False, True, 3)
    kept = unpack(BaselinePlan.unscoped(reason="a test").get(baseline_id=taken.id).packed)
    plan = queries.plan_of(manager, project="SITE")
    assert [task.name for task in kept.tasks] == ["Design", "Build", "Go-live"]
    assert (kept.links, kept.assignments, kept.resources) == (plan.links, plan.assignments, plan.resources)


def test_a_baseline_of_chosen_tasks_leaves_the_others_as_they_were(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    commands.edit_task(manager, task=ids["Design"], duration="5d")
    taken = commands.set_baseline(manager, project="SITE", name="Build again", tasks=(ids["Build"],))
    assert taken.partial
    assert _amounts(charted, taken) == {
        "Design": (datetime(2026, 3, 2, 8), datetime(2026, 3, 4, 17)),
        "Build": (datetime(2026, 3, 9, 8), datetime(2026, 3, 13, 17)),
        "Go-live": (datetime(2026, 3, 11, 17), datetime(2026, 3, 11, 17)),
    }


@pytest.mark.parametrize(("roll_up", "finish"), [(True, datetime(2026, 3, 9, 17)), (False, datetime(2026, 3, 4, 17))])
def test_summaries_of_chosen_tasks_are_rolled_up_when_asked(
    charted: House, ids: dict[str, int], roll_up: bool, finish: datetime
) -> None:
    manager = charted("manager")
    part = commands.add_task(manager, project="SITE", name="Sketch", duration="3d", after=ids["Design"], level=2)
    commands.add_task(manager, project="SITE", name="Review", duration="1d", after=part.task_id, level=2)
    commands.set_baseline(manager, project="SITE", name="With parts")
    commands.edit_task(manager, task=part.task_id, duration="6d")
    taken = commands.set_baseline(manager, project="SITE", name="Sketch", tasks=(part.task_id,), roll_up=roll_up)
    amounts = _amounts(charted, taken)
    assert amounts["Sketch"][1] == datetime(2026, 3, 9, 17)
    assert amounts["Review"][1] == datetime(2026, 3, 2, 17)
    assert amounts["Design"] == (datetime(2026, 3, 2, 8), finish)
    if roll_up:
        row = BaselineTask.of(taken.id).get(uid=queries.task(manager, task=ids["Design"]).uid)
        assert (row.duration, row.work, row.cost) == (WorkTime(6 * 4800), None, None)


def test_a_chosen_summary_takes_all_below_it_along(charted: House, ids: dict[str, int]) -> None:
    manager = charted("manager")
    part = commands.add_task(manager, project="SITE", name="Sketch", duration="4d", after=ids["Design"], level=2)
    taken = commands.set_baseline(manager, project="SITE", name="Design", tasks=(ids["Design"],))
    assert _amounts(charted, taken)["Sketch"] == (datetime(2026, 3, 2, 8), datetime(2026, 3, 5, 17))
    assert part.task_id is not None


def test_a_baseline_is_named_anew(charted: House) -> None:
    manager = charted("manager")
    first = queries.baselines(manager, project="SITE")[0]
    named = commands.edit_baseline(manager, baseline=first.id, name="Signed plan", why="Signed on 2 March")
    assert (named.name, named.why, named.version) == ("Signed plan", "Signed on 2 March", first.version + 1)
    assert commands.edit_baseline(manager, baseline=first.id, why="").name == "Signed plan"


def test_the_baseline_measured_against_cannot_be_removed(charted: House) -> None:
    manager = charted("manager")
    first = queries.baselines(manager, project="SITE")[0]
    with pytest.raises(Conflict, match="measured against baseline 'Approved'"):
        remove(manager, baseline=first.id)
    commands.set_baseline(manager, project="SITE", name="Second")
    remove(manager, baseline=first.id)
    assert [row.name for row in queries.baselines(manager, project="SITE")] == ["Second"]


def test_only_who_sets_baselines_may_change_them(charted: House) -> None:
    first = queries.baselines(charted("member"), project="SITE")[0]
    for name, given in (("edit", {"name": "Mine"}), ("remove", {}), ("use", {})):
        act = registered(f"schedule.{name}_baseline")
        with pytest.raises(Denied):
            act(charted("member"), baseline=first.id, **given)
        with pytest.raises(NotFound):
            act(charted("client"), baseline=first.id, **given)
