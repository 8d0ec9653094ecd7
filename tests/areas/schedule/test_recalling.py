"""A task as it was: told field by field, and brought back through the plan's own way of change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from headway.areas.projects.types import Charter
from headway.areas.schedule import changing, commands, recalling, undoing
from headway.areas.schedule import queries as plans
from headway.areas.schedule.acts import Act, PlanChange
from headway.kernel.context import Context
from headway.kernel.errors import Denied, Invalid, NotFound
from tests.areas.desk.conftest import House, site
from tests.conftest import NOW

__all__ = ["site"]  # the fixture of the Desk's tests
pytestmark = pytest.mark.django_db
MONDAY = NOW
TUESDAY = NOW + timedelta(days=1)
BETWEEN = NOW + timedelta(hours=9)


@pytest.fixture
def task(house: House, site: Charter) -> int:
    """Build, after Design, as it was on Monday; on Tuesday much of it was changed."""
    boss = house("manager").but(now=MONDAY)
    commands.start_plan(boss, project="SITE", start=date(2026, 3, 2))
    first = commands.add_task(boss, project="SITE", name="Design", duration="5d")
    made = commands.add_task(boss, project="SITE", name="Build", duration="5d", predecessors=[first.task_id])
    change(boss, "owner", "Max Member")
    later = house("manager").but(now=TUESDAY)
    for field, value in (("name", "Build it"), ("duration", "9d"), ("predecessors", ""), ("owner", "")):
        change(later, field, value)
    task_id: int = made.task_id
    return task_id


def uid(ctx: Context) -> int:
    return next(row.uid for row in plans.tasks(ctx, project="SITE").items if row.name.startswith("Build"))


def change(ctx: Context, field: str, value: str) -> None:
    one = PlanChange(Act.SET, task=uid(ctx), field=field, value=value)
    changing.change_plan(ctx, project="SITE", changes=(one,))


def differing(ctx: Context, task: int, moment: datetime = BETWEEN) -> dict[str, tuple[str, str]]:
    found = recalling.task_at(ctx, task=task, moment=moment)
    return {item.field: (item.was, item.now) for item in found.fields if item.differs}


def test_it_is_told_what_was_otherwise(house: House, task: int) -> None:
    found = differing(house("member"), task)
    assert {field: found[field] for field in ("name", "duration", "predecessors", "owner")} == {
        "name": ("Build", "Build it"),
        "duration": ("5 d", "9 d"),
        "predecessors": ("1", ""),
        "owner": ("Max Member", ""),
    }
    assert found["start"] == ("Mon 9 Mar 2026", "Mon 2 Mar 2026")
    assert "notes" not in found
    assert differing(house("member"), task, TUESDAY + timedelta(hours=1)) == {}


def test_fields_are_brought_back_with_the_effect_first_and_undone_after(house: House, task: int) -> None:
    boss = house("manager").but(now=TUESDAY + timedelta(hours=1))
    before = differing(boss, task)
    wanted = ("predecessors", "duration", "owner")
    tried = recalling.restore_fields(boss.but(dry_run=True), task=task, moment=BETWEEN, fields=wanted)
    assert tried.finish_days != 0
    assert differing(boss, task) == before
    effect = recalling.restore_fields(boss, task=task, moment=BETWEEN, fields=wanted)
    assert effect.finish_days == tried.finish_days
    assert effect.label == "Bring back duration, predecessors, owner of Build it"
    assert set(differing(boss, task)) == {"name"}
    assert effect.change is not None
    undoing.undo_change(boss, change=effect.change)
    assert differing(boss, task) == before


@pytest.mark.parametrize("fields", [("start",), ("nonsense",), ("name", "work")])
def test_what_follows_from_other_fields_is_not_brought_back(house: House, task: int, fields: tuple[str, ...]) -> None:
    with pytest.raises(Invalid, match="cannot be brought back"):
        recalling.restore_fields(house("manager"), task=task, moment=BETWEEN, fields=fields)


def test_before_it_was_there_nothing_is_known(house: House, task: int) -> None:
    with pytest.raises(NotFound, match="not known"):
        recalling.task_at(house("manager"), task=task, moment=datetime(2026, 2, 1, tzinfo=UTC))
    with pytest.raises(Invalid, match="time zone"):
        recalling.task_at(house("manager"), task=task, moment=datetime(2026, 3, 2, 18))


def test_a_link_to_a_task_that_is_gone_stays_away(house: House, task: int) -> None:
    boss = house("manager").but(now=TUESDAY + timedelta(hours=1))
    first = next(row for row in plans.tasks(boss, project="SITE").items if row.name == "Design")
    commands.remove_task(boss, task=first.id)
    assert "predecessors" not in differing(boss, task)


def test_members_look_and_do_not_bring_back(house: House, task: int) -> None:
    with pytest.raises(Denied):
        recalling.restore_fields(house("member"), task=task, moment=BETWEEN, fields=("name",))
    with pytest.raises(NotFound):
        recalling.task_at(house("stranger"), task=task, moment=BETWEEN)
