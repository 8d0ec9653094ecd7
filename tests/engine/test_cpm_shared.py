"""Our dates beside those that Microsoft Project stored in the shared files.

Every start and finish is exact to the minute, and every other difference is an inconsistency of
the file itself; never fewer tasks right than MPXJ's scheduler.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tests.engine.expected_plans import expected_plan

from headway.documents.exchange import read_plan
from headway.documents.exchange.msproject import read_mspdi
from headway.engine.compare import Comparison, Reason, compare
from headway.engine.cpm import schedule
from headway.engine.plan import Plan

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
    assert_as_stored(name, read_plan(FOLDER / name).plan)


@pytest.mark.parametrize(
    ("name", "stale"),
    [("mpxj/mspdiduration.xml", 4), ("mpxj/mspditimephased.xml", 16), ("mpxj/caltest.xml", 0)],
)
def test_stale_late_dates_are_named(name: str, stale: int) -> None:
    plan, _ = read_mspdi(FOLDER / name)
    assert len({d.uid for d in assert_as_stored(name, plan).differences}) == stale
