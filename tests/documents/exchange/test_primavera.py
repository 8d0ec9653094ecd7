"""XER files: outline from the work breakdown, calendars, progress, code pages as questions."""

from __future__ import annotations

import csv
from datetime import date, datetime, time
from decimal import Decimal

import pytest

from headway.documents.child import Refused
from headway.documents.exchange import read_plan
from headway.documents.exchange.fidelity import PlanLimits
from headway.documents.exchange.primavera import guess_code_page, read_xer
from headway.engine.plan import ConstraintType, LinkType, ResourceType, Shift, TaskType
from headway.engine.units import WorkTime


@pytest.fixture
def small(own_plans):
    return read_xer(own_plans / "small.xer")


@pytest.fixture
def changed(own_plans, tmp_path):
    def read(*pairs: tuple[str, str], **options):
        content = (own_plans / "small.xer").read_bytes()
        for old, new in pairs:
            assert old.encode("cp1252") in content
            content = content.replace(old.encode("cp1252"), new.encode("cp1252"))
        (tmp_path / "a.xer").write_bytes(content)
        return read_xer(tmp_path / "a.xer", **options)

    return read


def test_work_breakdown_becomes_summary_tasks_in_its_order(small):
    plan, _, _ = small
    assert [(task.id, task.outline_level, task.name, task.wbs) for task in plan.tasks] == [
        (1, 1, "Small project", "SMALL"),
        (2, 2, "Première partie", "SMALL.A"),
        (3, 3, "Préparer", "SMALL.A"),
        (4, 3, "Build", "SMALL.A"),
        (5, 2, "Second part", "SMALL.B"),
        (6, 3, "Done", "SMALL.B"),
    ]
    assert [task.summary for task in plan.tasks] == [True, True, False, False, True, False]
    assert len({task.uid for task in plan.tasks}) == 6  # WBS 100 and task 100 are told apart
    assert plan.tasks[2].uid == 100


def test_progress_durations_and_dates(small):
    done, build, milestone = (task for task in small[0].tasks if not task.summary)
    assert done.percent_complete == 100
    assert done.duration.amount == WorkTime.from_hours(16)
    assert (build.actual_duration, build.remaining_duration) == (WorkTime.from_hours(8), WorkTime.from_hours(24))
    assert (build.percent_complete, build.physical_percent_complete) == (Decimal(25), Decimal(40))
    assert (build.type, build.ignore_resource_calendar) == (TaskType.FIXED_WORK, False)
    assert (build.stored.start, build.stored.late_start) == (datetime(2026, 3, 4, 8), datetime(2026, 3, 6, 8))
    assert (build.stored.total_slack, build.cost, build.actual_cost) == (WorkTime.from_hours(8), 984, 246)
    assert build.custom == {"Activity ID": "A20", "Risk": "high"}
    assert (milestone.milestone, milestone.constraint) == (True, ConstraintType.FNLT)


def test_calendar_resources_links_and_assignments(small):
    plan, _, _ = small
    calendar = plan.calendars[0]
    assert calendar.days[0] == (Shift(time(8), time(12)), Shift(time(13), time(17)))
    assert calendar.days[5:] == ((), ())
    assert [(entry.first, entry.shifts) for entry in calendar.exceptions] == [
        (date(2026, 4, 6), ()),
        (date(2026, 4, 7), (Shift(time(8), time(12)),)),
    ]
    assert [(link.type, link.lag.amount) for link in plan.links] == [
        (LinkType.FS, WorkTime(0)),
        (LinkType.FF, WorkTime.from_hours(-4)),
    ]
    assert [(resource.name, resource.type, resource.max_units) for resource in plan.resources] == [
        ("Zoë", ResourceType.WORK, Decimal("0.5")),
        ("Steel", ResourceType.MATERIAL, Decimal(1)),
    ]
    assert plan.assignments[0].work == WorkTime.from_hours(16)


def test_what_is_not_carried_is_told(small):
    dropped = {row.field: row for row in small[1] if row.status == "dropped"}
    assert dropped["PROJECT"].examples == ("OTHER",)
    assert dropped["MEMOTYPE"].count == 1
    assert dropped["TASK.expect_end_date"].examples == ("2026-03-21 00:00",)
    assert "another project" in dropped["TASKPRED"].examples[0]


def test_the_code_page_is_guessed_shown_and_can_be_answered(own_plans):
    question = read_plan(own_plans / "small.xer").questions[0]
    assert (question.field, question.assumed) == ("encoding", "cp1252")
    answered = read_plan(own_plans / "small.xer", answers={"encoding": "cp1250"})
    assert answered.questions == ()
    assert answered.plan.tasks[2].name == "Préparer"
    with pytest.raises(Refused, match="utf-16"):
        read_plan(own_plans / "small.xer", answers={"encoding": "utf-16"})


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Задача проекта первая", "cp1251"),
        ("任务一 准备工作", "gbk"),
        ("Größe prüfen", "cp1252"),
        ("Größe 日本", "utf-8"),
    ],
)
def test_code_pages_are_told_apart(text, encoding):
    content = b"ERMHDR\r\n%T\tTASK\r\n%F\ttask_name\r\n%R\t" + text.encode(encoding) + b"\r\n%E\r\n"
    assert guess_code_page(content) == (encoding, text)


def test_ascii_asks_nothing(changed):
    pairs = [("Préparer", "Prepare"), ("Première", "First"), ("Zoë", "Zoe"), ("Fünf", "Five")]
    assert changed(*pairs)[2] == []


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (("ERMHDR", "HEADER"), "ERMHDR"),
        (("2026-03-04 08:00", "2026-02-30 08:00"), "2026-02-30"),
        (("\t32\t", "\tmany\t"), "many"),
        (("(0||7()())))", "(0||7()()"), "working times"),
        (("d|46118", "d|tomorrow"), "tomorrow"),
        (("%E", ""), "cut off"),
        (("Build", "Bu\0ld"), "NUL"),
        (("100\t8\t10\tN\tA\tPremière partie\t80", "100\t8\t10\tN\tA\tPremière partie\t82"), ""),
    ],
)
def test_damaged_files_are_refused_in_words(changed, pair, message):
    if not message:  # moving a node below another one is no damage
        assert [task.outline_level for task in changed(pair)[0].tasks][:3] == [1, 2, 3]
        return
    with pytest.raises(Refused, match=message):
        changed(pair)


def test_a_work_breakdown_in_a_circle_is_refused(changed):
    with pytest.raises(Refused, match="circle"):
        changed(
            ("100\t8\t10\tN\tA\tPremière partie\t80", "100\t8\t10\tN\tA\tPremière partie\t82"),
            ("82\t8\t20\tN\tB\tSecond part\t80", "82\t8\t20\tN\tB\tSecond part\t100"),
        )


def test_tasks_are_limited(changed):
    with pytest.raises(Refused, match="limit of 5 tasks"):
        changed(limits=PlanLimits(tasks=5))


@pytest.mark.shared
def test_stored_dates_of_real_files(shared_plans):
    for path in sorted((shared_plans / "p6").glob("*.xer")):
        plan, _, _ = read_xer(path)
        lines = (shared_plans / "expected" / "p6" / f"{path.name}.csv").read_text().splitlines()[1:]
        expected = {int(row["uid"]): row for row in csv.DictReader(lines)}
        assert {task.uid for task in plan.tasks} == set(expected)
        for task in plan.tasks:
            if task.summary:
                continue
            row = expected[task.uid]
            for name in ("start", "finish", "early_start", "late_finish"):
                stored = getattr(task.stored, name)
                assert stored == (datetime.fromisoformat(row[name]) if row[name] else None), (path.name, task.uid)
            assert float(task.duration.amount.hours) == pytest.approx(float(row["duration"][:-1]))


@pytest.mark.shared
def test_a_cyrillic_file_is_recognised(shared_plans):
    plan, _, questions = read_xer(shared_plans / "p6" / "encoding1251.xer")
    assert questions[0].assumed == "cp1251"
    assert plan.tasks[1].name == "Задача 1"
