"""Reading a plan of any format in the child: formats, limits, rings, hostile files."""

from __future__ import annotations

import importlib
import subprocess
import sys
from dataclasses import replace

import pytest

from headway.documents.child import READ_LIMITS, ChildError, Refused
from headway.documents.exchange import WRITE_SUFFIXES, PlanLimits, TableErrors, read_plan, write_plan
from headway.documents.exchange.checks import link_ring
from headway.engine.plan import Link
from tests.documents.exchange.sample_plans import full_plan
from tests.shared_plans import plan_file

HEAD = '<Project xmlns="http://schemas.microsoft.com/project">'


@pytest.mark.parametrize("suffix", [".xml", ".json"])
def test_lossless_formats_give_the_same_plan_through_the_child(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    write_plan(full_plan(), path)
    found = read_plan(path)
    assert found.plan == full_plan()
    assert found.questions == ()
    assert found.fidelity


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_tables_go_out_and_in(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    rows = write_plan(full_plan(), path)
    assert any(row.status == "dropped" for row in rows)
    assert [task.name for task in read_plan(path).plan.tasks] == [task.name for task in full_plan().tasks]


def test_the_declared_name_decides_not_the_stored_one(tmp_path):
    write_plan(full_plan(), tmp_path / "a.json")
    (tmp_path / "a.json").rename(tmp_path / "0f3a")
    assert read_plan(tmp_path / "0f3a", declared="My plan.JSON").plan == full_plan()
    assert read_plan(tmp_path / "0f3a", declared="C:\\plans\\" + "ü" * 300 + "\n.json").plan == full_plan()
    (tmp_path / "0f3a").write_text("{}")
    with pytest.raises(Refused, match=r"file My plan\.json"):
        read_plan(tmp_path / "0f3a", declared="../My plan.json")


def test_unknown_formats_and_missing_files_are_refused(tmp_path):
    (tmp_path / "a.doc").write_text("x")
    with pytest.raises(Refused, match=r"\.mpp"):
        read_plan(tmp_path / "a.doc")
    with pytest.raises(Refused, match="does not exist"):
        read_plan(tmp_path / "a.xml")
    with pytest.raises(Refused, match=r"\.xlsx"):
        write_plan(full_plan(), tmp_path / "a.mpp")


@pytest.mark.parametrize("suffix", WRITE_SUFFIXES)
def test_a_ring_of_links_is_refused_and_named(tmp_path, suffix):
    plan = full_plan()
    write_plan(replace(plan, links=(Link(11, 12), Link(12, 13), Link(13, 11))), tmp_path / f"a{suffix}")
    with pytest.raises(Refused) as caught:
        read_plan(tmp_path / f"a{suffix}")
    for name in ("Build", "Typed by hand", "Split"):
        assert name in str(caught.value)


def test_a_long_chain_is_no_ring():
    plan = replace(full_plan(), links=tuple(Link(i, i + 1) for i in range(50_000)))
    assert link_ring(plan) == []
    assert link_ring(replace(plan, links=(*plan.links, Link(50_000, 49_998)))) == [49_998, 49_999, 50_000]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda plan: replace(plan, tasks=(*plan.tasks, plan.tasks[0])), "unique id 10"),
        (lambda plan: replace(plan, tasks=plan.tasks[1:], links=(), assignments=()), "parent"),
        (
            lambda plan: replace(plan, calendars=(replace(plan.calendars[0], base_uid=3), plan.calendars[1])),
            "ring",
        ),
    ],
)
def test_plans_that_contradict_themselves_are_refused(tmp_path, change, message):
    write_json = importlib.import_module("headway.documents.exchange.plan_json").write_plan_json
    write_json(change(full_plan()), tmp_path / "a.json")
    with pytest.raises(Refused, match=message):
        read_plan(tmp_path / "a.json")


def test_size_is_limited(tmp_path):
    (tmp_path / "a.xml").write_bytes(b" " * (1024 * 1024 + 1))
    with pytest.raises(Refused, match="limit of 1 MB"):
        read_plan(tmp_path / "a.xml", limits=PlanLimits(megabytes=1))
    (tmp_path / "b.xml").write_bytes(b"")
    with pytest.raises(Refused, match="empty"):
        read_plan(tmp_path / "b.xml")


def test_hostile_xml_is_stopped_with_memory_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr("headway.documents.exchange.READ_LIMITS", replace(READ_LIMITS, memory_mb=300))
    (tmp_path / "a.xml").write_text(HEAD + "".join(f"<a>{i}</a>" for i in range(3_200_000)) + "</Project>")
    with pytest.raises(ChildError, match="300 MB"):
        read_plan(tmp_path / "a.xml")


def test_every_faulty_row_of_a_table_is_told(tmp_path):
    (tmp_path / "a.csv").write_text("Name,Duration,Start\nA,2d,2026-03-02\nB,2d,2026-02-30\nC,x,2026-03-02\n")
    with pytest.raises(TableErrors) as caught:
        read_plan(tmp_path / "a.csv")
    assert [error.row for error in caught.value.errors] == [3, 4]


def test_importing_the_package_loads_no_heavy_library():
    code = "import sys, headway.documents.exchange; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not {"numpy", "openpyxl", "xlsxwriter", "python_calamine", "django"} & set(loaded)


@pytest.mark.shared
@pytest.mark.slow
def test_every_shared_file_is_read_and_converted(shared_plans, tmp_path):
    paths = [path for path in sorted(shared_plans.glob("*/*.*")) if path.suffix in {".mpp", ".xml", ".xer"}]
    assert len(paths) == 44
    for path in paths:
        found = plan_file(path)
        for suffix in WRITE_SUFFIXES:
            target = tmp_path / f"out{suffix}"
            assert write_plan(found.plan, target)
            assert target.stat().st_size > 0
        assert found.fidelity
