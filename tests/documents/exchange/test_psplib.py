"""PSPLIB's `.sm` files: what is read, and what is refused with its place."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from headway.documents.child import Refused
from headway.documents.exchange.psplib import read_sm
from headway.engine.levelling.bound import quick_bound
from headway.engine.levelling.problem import Precedence

CREW = Path(__file__).resolve().parents[2] / "data" / "psplib" / "crew.sm"
REPO_ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("HEADWAY_SHARED", REPO_ROOT.parent / "shared")) / "data" / "psplib"


def test_a_file_becomes_a_problem() -> None:
    problem = read_sm(CREW)
    assert [activity.duration for activity in problem.activities] == [0, 4, 3, 4, 3, 0]
    assert problem.activities[3].demands == (1, 1)
    assert problem.capacities == ((2,), (1,))
    assert problem.precedences[:4] == (Precedence(0, 1), Precedence(0, 2), Precedence(0, 3), Precedence(1, 4))
    assert quick_bound(problem) == 11  # 22 units of work of R 1 by two


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("jobs (incl.", "tasks (incl.", "has no line 'jobs"),
        ("nonrenewable              :  0", "nonrenewable              :  2", "has nonrenewable resources"),
        (
            "   2        1          1           5",
            "   2        3          1           5",
            "line 20: only jobs with one mode",
        ),
        ("   2        1          1           5", "   2        1          2           5", "line 20: the successors"),
        ("   3        1          1           6", "   3        1          1           9", "line 21: the successors"),
        ("  6      1     0       0    0\n", "", "has 5 rows in REQUESTS/DURATIONS where 6 belong"),
        ("RESOURCEAVAILABILITIES", "AVAILABILITIES", "has no section RESOURCEAVAILABILITIES"),
        ("    2    1\n", "    1    1\n", "needs 2 units of resource 1, which has 1"),
        (
            "   4        1          1           6",
            "   3        1          1           6",
            "line 22: job 3 stands there a se",
        ),
        ("  4      1     4  ", "  3      1     4  ", "job 3 stands there a second time"),
        ("  4      1     4  ", "  4      1     4000000  ", "asks for 4000010 periods of work"),
        ("  4      1     4  ", "  4      1     " + "4" * 5000, "a number has more than 9 digits"),
        ("   5        1          1           6", "   5        1          1           2", "in a circle"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = CREW.read_text()
    assert old in text
    target = tmp_path / "broken.sm"
    target.write_text(text.replace(old, new))
    with pytest.raises(Refused, match=said.replace("(", r"\(")) as caught:
        read_sm(target)
    assert caught.value.file == "broken.sm"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        read_sm(tmp_path / "absent.sm")


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data folder is not beside the checkout")
def test_no_quick_bound_of_the_shared_files_is_above_the_best_known() -> None:
    with (SHARED / "bestknown.csv").open() as stream:
        best = {(row["set"], row["instance"]): row for row in csv.DictReader(stream)}
    files = sorted(SHARED.glob("*/*.sm"))
    assert len(files) == len(best)
    for path in files:
        known = best[path.parent.name, path.stem]
        assert int(known["cpm"]) <= quick_bound(read_sm(path)) <= int(known["ub"]), path.stem
