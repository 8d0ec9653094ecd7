"""A plan out again: a file in, edited, a file out gives what was edited and loses nothing that is not named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.schedule import changing
from headway.areas.schedule import queries as plans
from headway.documents.exchange import read_plan
from headway.engine.cpm import schedule
from headway.engine.plan import Plan
from headway.journeys import imports
from headway.journeys.plan_file import PlanFormat, plan_file, tried
from headway.kernel.context import Context
from headway.kernel.errors import Denied, NotFound
from headway.kernel.models import AuditEntry
from tests.interfaces.web.conftest import person_id

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data" / "plans"
MPP = Path(__file__).resolve().parents[3] / "shared" / "data" / "msproject" / "mpxj"
FILES = [
    DATA / "small.xml",
    DATA / "sample.xml",
    *(pytest.param(file, marks=(pytest.mark.java, pytest.mark.shared)) for file in sorted(MPP.glob("*.mpp"))[:2]),
]


def _brought(manager: Context, file: Path) -> None:
    projects.create(manager, key="SITE", name="Acme web site", currency="EUR")
    stored = store.put_path(file, limit=10**8)
    kept = files.keep(manager, name=file.name, media_type="x/y", sha256=stored.sha256, size=stored.size)
    batch = imports.preview(manager, project="SITE", kind="plan", file=kept.id)
    questions = imports.open_questions(batch)
    if questions:
        answers = {item["field"]: item["choices"][0] for item in questions}
        batch = imports.answer(manager, batch=batch.id, answers=answers)
    imports.apply(manager, batch=batch.id)


def _read(content: bytes, folder: Path) -> Plan:
    file = folder / "out.xml"
    file.write_bytes(content)
    return read_plan(file).plan


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_plan_that_was_edited_comes_out_as_it_is_now(house: House, tmp_path: Path, file: Path) -> None:
    manager = house("manager")
    _brought(manager, file)
    leaf = next(row for row in plans.tasks(manager, project="SITE").items if not row.summary and not row.milestone)
    before = _read(tried(manager, project="SITE", form=PlanFormat.XML).file.content, tmp_path)
    changes = [
        {"act": "set", "task": leaf.uid, "field": "name", "value": "Edited <here> & now"},
        {"act": "set", "task": leaf.uid, "field": "duration", "value": "7d"},
    ]
    changing.change_plan(manager, project="SITE", changes=changes)
    made = plan_file(manager, project="SITE", form=PlanFormat.XML)
    after = _read(made.file.content, tmp_path)
    edited = next(task for task in after.tasks if task.uid == leaf.uid)
    assert edited.name == "Edited <here> & now"
    assert edited.duration is not None
    assert edited.duration.amount.tenths == 7 * after.project.minutes_per_day * 10
    now = schedule(plans.plan_of(manager, project="SITE")).by_uid()
    assert all(task.stored and task.stored.finish == now[task.uid].finish for task in after.tasks if task.uid in now)
    old, new = ({task.uid: task for task in plan.tasks if task.uid != leaf.uid} for plan in (before, after))
    assert {uid: replace(task, stored=None) for uid, task in new.items() if not task.summary} == {
        uid: replace(task, stored=None) for uid, task in old.items() if not task.summary
    }
    assert (after.links, after.calendars, after.resources) == (before.links, before.calendars, before.resources)


@pytest.mark.parametrize("form", list(PlanFormat), ids=lambda form: form.value)
def test_each_format_is_read_again_with_all_tasks(house: House, tmp_path: Path, form: PlanFormat) -> None:
    manager = house("manager")
    _brought(manager, DATA / "small.xml")
    made = plan_file(manager, project="SITE", form=form)
    assert made.file.name == f"SITE plan {manager.now.date()}.{form.value}"
    file = tmp_path / f"out.{form.value}"
    file.write_bytes(made.file.content)
    names = [task.name for task in plans.plan_of(manager, project="SITE").tasks]
    found = read_plan(file)
    assert [task.name for task in found.plan.tasks] == names
    assert made.tasks == len(names)
    assert AuditEntry.objects.get(use_case="schedule.note_export").actor_name == manager.actor.name


def test_costs_are_in_it_for_those_alone_who_may_read_them(house: House, tmp_path: Path) -> None:
    manager = house("manager")
    _brought(manager, DATA / "small.json")
    projects.set_member(manager, project="SITE", person=person_id(house, "member"), role=Role.MEMBER)
    theirs = _read(plan_file(house("member"), project="SITE", form=PlanFormat.XML).file.content, tmp_path)
    ours = _read(plan_file(manager, project="SITE", form=PlanFormat.XML).file.content, tmp_path)
    assert any(item.standard_rate for item in ours.resources)
    assert not any(item.standard_rate for item in theirs.resources)
    assert not any(task.cost or task.fixed_cost for task in theirs.tasks)


def test_nobody_outside_takes_a_plan(house: House) -> None:
    _brought(house("manager"), DATA / "small.xml")
    with pytest.raises((NotFound, Denied)):
        plan_file(house("stranger"), project="SITE", form=PlanFormat.XML)
