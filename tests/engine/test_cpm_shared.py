"""Our dates beside those that Microsoft Project stored in the shared files.

Every start and finish is exact to the minute, and every other difference is an inconsistency of
the file itself; never fewer tasks right than MPXJ's scheduler.
"""

from __future__ import annotations

import os
import re
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.engine.expected_plans import expected_plan
from tests.shared_plans import plan_file

from headway.documents.exchange.msproject import read_mspdi
from headway.engine.compare import Comparison, Reason, compare
from headway.engine.cpm import schedule
from headway.engine.cpm.whatif import scheduled
from headway.engine.plan import Plan, Task, TaskMode
from headway.engine.units import WorkTime

REPO_ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("HEADWAY_SHARED", REPO_ROOT.parent / "shared")) / "data" / "msproject"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared data folder is not beside the checkout"),
]

_ROW = re.compile(r"\| ((?:mpxj|aspose|mpsplib)/\S+) \|.*\| (\d+) \| (\d+) \|$", re.MULTILINE)


def _files() -> dict[str, tuple[int, int]]:
    """Per Microsoft Project file: leaf tasks, and how many MPXJ's scheduler gets right in all eight fields."""
    if not FOLDER.is_dir():
        return {}
    table = (FOLDER / "README.md").read_text(encoding="utf-8")
    return {name: (int(tasks), int(right)) for name, tasks, right in _ROW.findall(table)}


FILES = _files()
XML = [name for name in FILES if name.endswith(".xml")]
MPP = [name for name in FILES if name.endswith(".mpp")]

# Plans on the standard calendar without timephased work: their answer files alone are enough, no reader needed.
STANDARD = [
    name
    for name in FILES
    if re.search(
        r"ActualTask|Blank2010|NewProduct|ReadWorkWeeks|Software_Dev|aspose/sample|project5|bug1|caltest|mpp14barstyle"
        r"|mpp14baseline|mpp14recurring|mpp14task|mspdiduration|mspdirelations|slack9|task-links|taskFlags",
        name,
    )
]


def assert_as_stored(name: str, plan: Plan) -> Comparison:
    tasks, mpxj = FILES[name]
    found = compare(plan, schedule(plan))
    assert found.tasks == tasks
    assert found.dates_equal == found.start_equal_working == found.finish_equal_working == tasks
    assert found.all_equal >= mpxj
    unexplained = [d for d in found.differences if d.reason is not Reason.INCONSISTENT]
    assert not unexplained
    return found


def test_all_files_are_there() -> None:
    assert len(FILES) == 38
    assert sum(tasks for tasks, _ in FILES.values()) == 1389
    assert len(STANDARD) >= 19


@pytest.mark.parametrize("name", STANDARD)
def test_answer_files(name: str) -> None:
    assert_as_stored(name, expected_plan(FOLDER / "expected" / f"{name}.csv"))


@pytest.mark.parametrize("name", XML)
def test_xml_files(name: str) -> None:
    plan, _ = read_mspdi(FOLDER / name)
    assert_as_stored(name, plan)


@pytest.mark.slow
@pytest.mark.java
@pytest.mark.parametrize("name", MPP)
def test_mpp_files(name: str) -> None:
    plan = plan_file(FOLDER / name).plan
    assert_as_stored(name, plan)
    assert_answers_are_not_read(plan)


_SHIFT = timedelta(days=37, minutes=11)


def without_answers(row: Task, shift: timedelta | None) -> Task:
    """A task without the dates its file stores, or with other ones, where they are answers and no inputs.

    Dates of placeholders are inputs: they have no others. So are those of tasks that have begun.
    """
    stored = row.stored
    if stored is None or row.external or row.actual_start or row.mode is TaskMode.MANUAL:
        return row
    if shift is None:
        return replace(row, stored=None)
    moved = {
        one.name: value + shift if isinstance(value, datetime) else WorkTime(7)
        for one in fields(stored)
        if (value := getattr(stored, one.name)) is not None and one.name != "critical"
    }
    return replace(row, stored=replace(stored, **moved))


def assert_answers_are_not_read(plan: Plan) -> None:
    wanted = schedule(plan)
    parents = {row.parent_uid for row in plan.tasks}
    for shift in (None, _SHIFT):
        rows = tuple(
            row if row.summary and row.uid not in parents else without_answers(row, shift) for row in plan.tasks
        )
        finish = plan.project.finish + _SHIFT if plan.project.finish and plan.project.schedule_from_start else None
        project = replace(plan.project, finish=finish) if finish else plan.project
        assert schedule(replace(plan, tasks=rows, project=project)) == wanted


@pytest.mark.parametrize("name", STANDARD)
def test_stored_dates_of_answer_files_are_not_read(name: str) -> None:
    assert_answers_are_not_read(expected_plan(FOLDER / "expected" / f"{name}.csv"))


@pytest.mark.parametrize("name", XML)
def test_stored_dates_of_xml_files_are_not_read(name: str) -> None:
    assert_answers_are_not_read(read_mspdi(FOLDER / name)[0])


@pytest.mark.parametrize("name", [*XML, *STANDARD])
def test_a_file_changed_step_by_step_is_as_if_calculated_whole(name: str) -> None:
    """What-if on every file: each of some tasks a day longer."""
    is_xml = name.endswith(".xml")
    plan = read_mspdi(FOLDER / name)[0] if is_xml else expected_plan(FOLDER / "expected" / f"{name}.csv")
    after = scheduled(plan)
    for row in [row for row in plan.tasks if row.duration is not None and row.active][:4]:
        longer = replace(row, duration=replace(row.duration, amount=row.duration.amount + WorkTime(4800)))
        after = after.with_changes(tasks=[longer])
        assert after.schedule == schedule(after.plan)


@pytest.mark.parametrize(
    ("name", "stale"),
    [("mpxj/mspdiduration.xml", 4), ("mpxj/mspditimephased.xml", 16), ("mpxj/caltest.xml", 0)],
)
def test_stale_late_dates_are_named(name: str, stale: int) -> None:
    plan, _ = read_mspdi(FOLDER / name)
    assert len({d.uid for d in assert_as_stored(name, plan).differences}) == stale
