"""Plans as tables: other programs' columns are understood, our own files read back equal."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headway.documents.child import Refused
from headway.documents.exchange.faults import TableErrors
from headway.documents.exchange.fidelity import PlanLimits
from headway.documents.exchange.plan_columns import duration_of, duration_text
from headway.documents.exchange.plan_table import read_table, write_csv, write_xlsx
from headway.engine.calendars import standard_calendar
from headway.engine.plan import (
    Assignment,
    CalendarException,
    ConstraintType,
    Driver,
    Duration,
    Lag,
    Link,
    LinkType,
    Plan,
    ProjectSettings,
    Recurrence,
    Resource,
    ResourceType,
    Schedule,
    ScheduledTask,
    Shift,
    StoredDates,
    Task,
    TaskBaseline,
    TaskMode,
    WorkWeek,
)
from headway.engine.units import WorkTime
from tests.examples import examples

MICROSOFT = """\
ID,Active,Task Mode,Task Name,Duration,Start,Finish,Predecessors,Outline Level,Resource Names,% Complete,Notes
1,Yes,Auto Scheduled,Phase,8 days,Mon 02/03/26,Fri 20/03/26,,1,,50%,
2,Yes,Auto Scheduled,Design,3 days,Mon 02/03/26,Wed 04/03/26,,2,"Ann[50%],Bob",100%,
3,No,Manually Scheduled,Build,1 wk?,Thu 05/03/26,Wed 11/03/26,2FS+2 days,2,Bob,0%,'=x
4,Yes,Auto Scheduled,Live,0 days,Fri 20/03/26,Fri 20/03/26,"2,3SS-50%",2,,0%,
"""


def text_table(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def row_table(path: Path, rows: Iterable[Iterable[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    return path


def test_microsoft_project_columns(tmp_path):
    found = read_table(text_table(tmp_path / "plan.csv", MICROSOFT))
    phase, design, build, live = found.plan.tasks
    assert (phase.summary, phase.outline_level, design.parent_uid) == (True, 1, 1)
    assert design.duration == Duration(WorkTime(14_400), "d")
    assert build.duration == Duration(WorkTime(24_000), "w", estimated=True)
    assert (build.active, build.mode, build.notes) == (False, TaskMode.MANUAL, "=x")
    assert (live.milestone, design.percent_complete) == (True, 100)
    assert build.stored == StoredDates(datetime(2026, 3, 5, 8), datetime(2026, 3, 11, 17))
    assert found.plan.links == (
        Link(2, 3, LinkType.FS, Lag(WorkTime(9600), "d")),
        Link(2, 4),
        Link(3, 4, LinkType.SS, Lag(unit="%", percent=Decimal(-50))),
    )
    assert [r.name for r in found.plan.resources] == ["Ann", "Bob"]
    assert [(a.task_uid, a.resource_uid, a.units, a.work.hours) for a in found.plan.assignments] == [
        (2, 1, Decimal("0.5"), 12),
        (2, 2, 1, 24),
        (3, 2, 1, 40),
    ]
    assert found.questions == ()


def test_start_without_links_becomes_a_constraint_and_the_report_says_so(tmp_path):
    found = read_table(text_table(tmp_path / "plan.csv", MICROSOFT))
    design, build = found.plan.tasks[1:3]
    assert (design.constraint, design.constraint_date) == (ConstraintType.SNET, datetime(2026, 3, 2, 8))
    assert build.constraint is ConstraintType.ASAP
    (row,) = [row for row in found.fidelity if row.field == "start"]
    assert (row.status, row.count) == ("changed", 1)


HARVEST = (
    "Date,Client,Project,Task,Notes,Hours,Billable?,First Name,Last Name\n2026-03-02,,Site,Build,x,7.5,Yes,Ann,Lee\n"
)


def test_hours_brought_as_a_plan_are_recognised_and_asked_about(tmp_path):
    (question,) = read_table(text_table(tmp_path / "hours.csv", HARVEST)).questions
    assert question.field == "as_plan"
    assert "export of hours" in question.message
    assert "import it as hours" in question.message
    answered = read_table(tmp_path / "hours.csv", answers={"as_plan": question.assumed})
    assert answered.questions == ()
    assert [task.name for task in answered.plan.tasks] == ["Build"]


def test_hours_that_no_plan_can_be_read_from_are_told_for_what_they_are(tmp_path):
    text = HARVEST.replace("Task,", "Step,")
    with pytest.raises(TableErrors) as refused:
        read_table(text_table(tmp_path / "hours.csv", text))
    assert any("Import it as hours" in error.message for error in refused.value.errors)


def test_a_plan_with_people_and_days_is_no_export_of_hours(tmp_path):
    text = "Task,Start,Finish,Duration,Assigned To\nBuild,2026-03-02,2026-03-04,3 days,Ann\n"
    assert read_table(text_table(tmp_path / "plan.csv", text)).questions == ()


def test_german_words_and_decimal_comma(tmp_path):
    text = (
        "Nr.;Vorgangsname;Dauer;Anfang;Ende;Vorgänger;Ressourcennamen;% Abgeschlossen;Kosten;Einschränkungsart\n"
        "1;Planung;3 Tage;02.03.2026;04.03.2026;;Ann;100%;1.250,50;So früh wie möglich\n"
        "2;Bau;1,5 Wochen;05.03.2026;16.03.2026;1EA+1 Tag;Bob;12,5%;0,00;So früh wie möglich\n"
        "3;Warten;2 fTage;17.03.2026;18.03.2026;2AA;;0%;0,00;So früh wie möglich\n"
    )
    plan = read_table(text_table(tmp_path / "plan.csv", text)).plan
    assert plan.tasks[0].cost == Decimal("1250.50")
    assert plan.tasks[1].percent_complete == Decimal("12.5")
    assert plan.tasks[1].duration == Duration(WorkTime(36_000), "w")
    assert plan.tasks[2].duration == Duration(WorkTime(28_800), "d", elapsed=True)
    assert plan.links == (Link(1, 2, LinkType.FS, Lag(WorkTime(4800), "d")), Link(2, 3, LinkType.SS))


def test_smartsheet_indentation_row_numbers_and_fractions(tmp_path):
    text = (
        "Task Name,Duration,Start Date,End Date,Predecessors,Assigned To,% Complete,Status\n"
        "Phase,,03/25/26,04/01/26,,,0.5,In Progress\n"
        "  Design,3d,03/25/26,03/27/26,,Ann,1,Complete\n"
        ",,,,,,,\n"
        "  Build,2d,03/30/26,04/01/26,2FS +1d,Bob,0.25,\n"
    )
    plan = read_table(text_table(tmp_path / "plan.csv", text)).plan
    assert [(t.id, t.outline_level, t.percent_complete) for t in plan.tasks] == [
        (1, 1, 50),
        (2, 2, 100),
        (4, 2, 25),
    ]
    assert plan.links == (Link(2, 4, LinkType.FS, Lag(WorkTime(4800), "d")),)
    assert plan.tasks[0].custom == {"Status": "In Progress"}


def test_asana_names_as_parents_and_predecessors(tmp_path):
    text = (
        "Task ID,Completed At,Name,Assignee,Start Date,Due Date,Parent task,Blocked By (Dependencies)\n"
        "1201234567890123,,Design,Ann,2026-03-02,2026-03-04,,\n"
        "1201234567890124,,Build,Bob,,2026-03-10,,Design\n"
        "1201234567890126,,Test,Bob,,2026-03-10,,\n"
        "1201234567890125,,Sub,Bob,2026-03-05,2026-03-06,Build,\n"
    )
    plan = read_table(text_table(tmp_path / "plan.csv", text)).plan
    assert [(t.name, t.outline_level) for t in plan.tasks] == [("Design", 1), ("Build", 1), ("Sub", 2), ("Test", 1)]
    assert plan.tasks[0].duration == Duration(WorkTime(14_400))
    assert plan.tasks[3].duration == Duration(WorkTime(4800), estimated=True)
    assert plan.tasks[3].constraint_date == datetime(2026, 3, 10, 8)
    assert [(link.predecessor_uid, link.successor_uid) for link in plan.links] == [(1, 2)]


def test_jira_keys_titles_and_seconds(tmp_path):
    text = (
        "Issue key,Summary,Issue Type,Status,Parent key,Original Estimate,Inward issue link (Blocks)\n"
        "ABC-10,Epic,Epic,Open,,,\n"
        "ABC-12,Design,Story,Done,ABC-10,28800,\n"
        "ABC-13,Build,Story,Open,ABC-10,57600,ABC-12\n"
    )
    plan = read_table(text_table(tmp_path / "plan.csv", text)).plan
    assert [t.name for t in plan.tasks] == ["Epic", "Design", "Build"]
    assert plan.tasks[1].duration == Duration(WorkTime(4800), "h")
    assert plan.tasks[1].percent_complete == 100
    assert plan.links == (Link(2, 3),)


def test_wbs_codes_give_the_outline(tmp_path):
    rows = [["WBS", "Task", "Duration", "Predecessors"]]
    rows += [["1", "A", "", ""], ["1.1", "B", "2d", ""], ["1.2", "C", "1d", "1.1"], ["2", "D", "1d", ""]]
    plan = read_table(row_table(tmp_path / "plan.csv", rows)).plan
    assert [(t.parent_uid, t.summary) for t in plan.tasks] == [(None, True), (1, False), (1, False), (None, False)]
    assert plan.links == (Link(2, 3),)


def test_mapping_overrides_names_and_is_checked(tmp_path):
    path = row_table(tmp_path / "plan.csv", [["What", "How long", "Name"], ["Design", "3d", "x"], ["Build", "2d", "y"]])
    plan = read_table(path, mapping={"columns": {"name": "What", "duration": "how long"}}).plan
    assert [(t.name, t.duration) for t in plan.tasks] == [
        ("Design", Duration(WorkTime(14_400))),
        ("Build", Duration(WorkTime(9600))),
    ]
    with pytest.raises(TableErrors, match="asks for column 'Länge'"):
        read_table(path, mapping={"columns": {"duration": "Länge"}})
    with pytest.raises(Refused, match="unknown fields: dauer"):
        read_table(path, mapping={"columns": {"dauer": "x"}})


def test_ambiguous_dates_are_asked_assumed_and_answered(tmp_path):
    path = row_table(tmp_path / "plan.csv", [["Name", "Start", "Duration"], ["A", "03/04/2026", "1d"]])
    asked = read_table(path)
    assert [(q.field, q.assumed) for q in asked.questions] == [("date_order", "dmy")]
    assert asked.plan.project.start == datetime(2026, 4, 3, 8)
    answered = read_table(path, answers={"date_order": "mdy"})
    assert answered.questions == ()
    assert answered.plan.project.start == datetime(2026, 3, 4, 8)


def test_every_fault_is_named_with_row_and_column(tmp_path):
    rows = [["ID", "Name", "Duration", "Start", "Predecessors", "% Complete", "Resources"]]
    rows += [[1, "A", "1 fortnight", "2026-01-01", "", "", ""], [2, "B", "1d", "2026-02-31", "9", "", ""]]
    rows += [["", "", "2d", "", "", "", ""], [4, "D", "1d", "", "1XX", "140", "Ann[half]"]]
    with pytest.raises(TableErrors) as caught:
        read_table(row_table(tmp_path / "plan.csv", rows))
    assert [(e.row, e.field, e.value) for e in caught.value.errors] == [
        (2, "Duration", "1 fortnight"),
        (3, "Start", "2026-02-31"),
        (3, "Predecessors", "9"),
        (4, "Name", ""),
        (5, "% Complete", "140"),
        (5, "Predecessors", "1XX"),
        (5, "Resources", "Ann[half]"),
    ]
    assert caught.value.row == 2


def test_circular_links_are_named_by_task_and_row(tmp_path):
    rows = [["ID", "Name", "Duration", "Predecessors"], [1, "A", "1d", 3], [2, "B", "1d", 1], [3, "C", "1d", 2]]
    with pytest.raises(TableErrors, match=r"circle: '.' \(row \d\) → '.' \(row \d\) → '.' \(row \d\) → '.'") as caught:
        read_table(row_table(tmp_path / "plan.csv", rows))
    assert caught.value.field == "Predecessors"


def test_parents_in_a_ring_and_doubled_ids_are_refused(tmp_path):
    with pytest.raises(TableErrors, match="its own parent"):
        read_table(row_table(tmp_path / "p.csv", [["Name", "Parent"], ["A", "B"], ["B", "A"]]))
    with pytest.raises(TableErrors, match="stands in row 2 too"):
        read_table(row_table(tmp_path / "p.csv", [["Unique ID", "Name"], [7, "A"], [7, "B"]]))


def test_task_limit_holds_at_its_value_and_one_above(tmp_path):
    path = row_table(tmp_path / "p.csv", [["Name", "Duration"], *[[f"T{n}", "1d"] for n in range(5)]])
    assert len(read_table(path, limits=PlanLimits(tasks=5)).plan.tasks) == 5
    with pytest.raises(Refused, match="more than 4 tasks"):
        read_table(path, limits=PlanLimits(tasks=4))


def test_table_without_names_or_tasks_is_refused(tmp_path):
    with pytest.raises(TableErrors, match="No column for the task's name"):
        read_table(row_table(tmp_path / "p.csv", [["Duration", "Start"], ["1d", "2026-01-01"]]))
    with pytest.raises(Refused, match="no tasks"):
        read_table(row_table(tmp_path / "p.csv", [["Name", "Duration"]]))


# ---- what we write ------------------------------------------------------------------------------


def rich_plan() -> Plan:
    """One of everything that the workbook carries."""
    calendar = replace(
        standard_calendar(),
        exceptions=(
            CalendarException(date(2026, 12, 24), date(2026, 12, 26), name="Holidays"),
            CalendarException(
                date(2026, 1, 2), date(2026, 6, 26), (Shift(time(8), time(12)),), "Short Friday",
                Recurrence("weekly", 2, (4,), occurrences=9),
            ),
        ),
        work_weeks=(
            WorkWeek(date(2026, 7, 1), date(2026, 7, 31), ((), None, *((Shift(time(22), time(0)),),) * 5), "July"),
        ),
    )  # fmt: skip
    derived = replace(standard_calendar(2, "Ann"), base_uid=1, days=(None,) * 4 + ((),) * 3)
    tasks = (
        Task(10, 1, "Phase", None, "1", 1, summary=True, custom={"Note": "=1+1", "Size": Decimal("2.5")}),
        Task(
            20, 2, "=Design", Duration(WorkTime(14_400), "d", estimated=True), "1.1", 2, 10,
            constraint=ConstraintType.FNLT, constraint_date=datetime(2026, 3, 9, 17, 0, 30),
            deadline=datetime(2026, 3, 31), percent_complete=Decimal("33.3"), actual_start=datetime(2026, 3, 2, 8),
            work=WorkTime(12_345), cost=Decimal("1234.56"), notes="-first\nsecond; \"third\"", owner="@Ann",
            optimistic=Duration(WorkTime(9600)), pessimistic=Duration(WorkTime(28_800), "w"),
            stored=StoredDates(
                datetime(2026, 3, 2, 8), datetime(2026, 3, 4, 17), total_slack=WorkTime(-601), critical=True
            ),
            baselines=(
                TaskBaseline(
                    0, datetime(2026, 3, 2, 8), datetime(2026, 3, 4, 17), WorkTime(14_400), WorkTime(7), Decimal(9)
                ),
                TaskBaseline(3, None, None),
            ),
        ),
        Task(30, 3, "Live", Duration(WorkTime(0)), "1.2", 2, 10, milestone=True, mode=TaskMode.MANUAL, active=False,
             priority=900, manual_start=datetime(2026, 4, 1, 8)),
    )  # fmt: skip
    return Plan(
        ProjectSettings(
            "Portal", start=datetime(2026, 3, 2, 8), calendar_uid=1, minutes_per_day=450, currency="EUR",
            critical_slack_limit=WorkTime(600), schedule_from_start=False, default_finish=time(16, 30),
        ),
        (calendar, derived),
        tasks,
        (
            Link(20, 30, LinkType.FF, Lag(WorkTime(-4500), "d")),
            Link(20, 30, LinkType.SS, Lag(unit="%", percent=Decimal(25))),
        ),
        (
            Resource(1, 1, "Bell, Ann", email="ann@example.com", max_units=Decimal("0.5"), calendar_uid=2,
                     standard_rate=Decimal("95.5")),
            Resource(2, 2, "Steel", ResourceType.MATERIAL, notes="+t"),
        ),
        (
            Assignment(1, 20, 1, Decimal("0.75"), WorkTime(10_800), delay=Duration(WorkTime(600), "h")),
            Assignment(2, 20, 2, Decimal(3)),
            Assignment(3, 30, None, start=datetime(2026, 4, 1, 8)),
        ),
    )  # fmt: skip


def test_workbook_reads_back_equal_in_all_it_carries(tmp_path):
    plan = rich_plan()
    report = write_xlsx(plan, tmp_path / "plan.xlsx")
    found = read_table(tmp_path / "plan.xlsx")
    assert found.plan == plan
    assert found.questions == ()
    assert {row.status for row in report} == {"kept"}


def test_csv_reads_back_equal_in_tasks_and_links_and_reports_the_rest(tmp_path):
    plan = rich_plan()
    report = write_csv(plan, tmp_path / "plan.csv")
    found = read_table(tmp_path / "plan.csv").plan
    back = [replace(t, custom={}) for t in found.tasks]
    assert back == [replace(t, custom={}, baselines=()) for t in plan.tasks]
    assert found.links == plan.links
    assert [t.custom for t in found.tasks] == [{"Note": "=1+1", "Size": "2.5"}, {}, {}]
    assert [r.name for r in found.resources] == ["Bell, Ann", "Steel"]
    assert [a.units for a in found.assignments] == [Decimal("0.75"), 3]
    dropped = {(row.entity, row.field) for row in report if row.status == "dropped"}
    assert {("task", "baseline 0"), ("calendar", "calendar"), ("resource", "email"), ("project", "currency")} <= dropped
    assert ("assignment", "without resource") in dropped
    changed = {(row.entity, row.field) for row in report if row.status == "changed"}
    assert changed == {("task", "custom field"), ("task", "duration")}


def test_csv_text_is_guarded_and_numbers_stay_numbers(tmp_path):
    write_csv(rich_plan(), tmp_path / "plan.csv")
    with (tmp_path / "plan.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows[1]["Name"] == "'=Design"
    assert rows[1]["Owner"] == "'@Ann"
    assert rows[1]["Notes"].startswith("'-first")
    assert rows[1]["Total Slack (h)"] == "-1.001667"
    assert rows[0]["Note"] == "'=1+1"


def test_workbook_is_typed_grouped_frozen_and_filtered(tmp_path):
    write_xlsx(rich_plan(), tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert book.sheetnames == ["Tasks", "Resources", "Assignments", "Calendars", "Baselines", "Project"]
    sheet = book["Tasks"]
    header = [cell.value for cell in sheet[1]]
    row = dict(zip(header, sheet[3], strict=True))
    assert row["Name"].data_type == "s"
    assert row["Start"].value == datetime(2026, 3, 2, 8)
    assert row["Cost"].value == 1234.56
    assert row["% Complete"].number_format == "0%"
    assert (sheet.row_dimensions[2].outlineLevel, sheet.row_dimensions[3].outlineLevel) == (0, 1)
    assert sheet.freeze_panes == "F2"
    assert sheet.auto_filter.ref.startswith("A1:")
    assert not sheet.merged_cells.ranges


def test_schedule_gives_the_dates_shown(tmp_path):
    plan = rich_plan()
    start, finish = datetime(2026, 5, 4, 8), datetime(2026, 5, 6, 17)
    placed = ScheduledTask(
        20, start, finish, start, finish, start, finish, WorkTime(30), WorkTime(0), WorkTime(30), WorkTime(30),
        critical=False, driver=Driver("project_start", None, ""), duration=WorkTime(14_400),
    )  # fmt: skip
    write_xlsx(plan, tmp_path / "plan.xlsx", Schedule(start, finish, (placed,)))
    design = read_table(tmp_path / "plan.xlsx").plan.tasks[1]
    assert design.stored == StoredDates(start, finish, total_slack=WorkTime(30), critical=False)


def test_what_a_table_cannot_carry_is_dropped_by_name(tmp_path):
    plan = rich_plan()
    stored = replace(plan.tasks[1].stored, late_start=datetime(2026, 3, 3, 8))
    tasks = (plan.tasks[0], replace(plan.tasks[1], stored=stored), plan.tasks[2])
    report = write_xlsx(replace(plan, tasks=tasks), tmp_path / "plan.xlsx")
    assert [(r.field, r.examples) for r in report if r.status == "dropped"] == [("stored late_start", ("=Design",))]


def test_faults_in_further_sheets_are_named(tmp_path):
    write_xlsx(rich_plan(), tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    book["Resources"]["D2"] = "robot"
    book["Calendars"]["H2"] = "morning"
    book["Assignments"]["B2"] = 99
    book.save(tmp_path / "changed.xlsx")
    with pytest.raises(TableErrors) as caught:
        read_table(tmp_path / "changed.xlsx")
    assert {(e.sheet, e.row) for e in caught.value.errors} == {("Resources", 2), ("Calendars", 2)}


texts = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=20).map(str.strip)
names = texts.filter(lambda text: text and not text.startswith("'"))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda m: m.replace(microsecond=0))
amounts = st.integers(0, 20_000_000).map(WorkTime)
durations = st.builds(Duration, amounts, st.sampled_from(["m", "h", "d", "w", "mo"]), st.booleans(), st.booleans())
lags = st.one_of(
    st.builds(Lag, st.integers(-500_000, 500_000).map(WorkTime), st.sampled_from(["m", "h", "d", "w"]), st.booleans()),
    st.integers(-200, 200).map(lambda percent: Lag(unit="%", percent=Decimal(percent))),
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Small plans with an arbitrary outline and forward links."""
    count = draw(st.integers(1, 8))
    chain: list[int] = []
    tasks = []
    for number in range(1, count + 1):
        level = draw(st.integers(1, len(chain) + 1))
        chain = chain[: level - 1]
        tasks.append(
            Task(
                uid=number * 10,
                id=number,
                name=draw(names),
                duration=draw(durations),
                outline_level=level,
                parent_uid=chain[-1] if chain else None,
                constraint=draw(st.sampled_from(ConstraintType)),
                constraint_date=draw(st.none() | moments),
                deadline=draw(st.none() | moments),
                percent_complete=Decimal(draw(st.integers(0, 100))),
                work=draw(st.none() | amounts),
                cost=draw(st.none() | st.decimals(0, 10**9, places=2)),
                milestone=draw(st.booleans()),
                notes=draw(texts),
                wbs=draw(texts),
            )
        )
        chain.append(number * 10)
    parents = {task.parent_uid for task in tasks}
    tasks = [replace(task, summary=task.uid in parents) for task in tasks]
    pairs = st.tuples(st.integers(1, count), st.integers(1, count)).map(sorted).filter(lambda p: p[0] < p[1])
    ends = draw(st.lists(pairs, max_size=6)) if count > 1 else []
    links = [Link(a * 10, b * 10, draw(st.sampled_from(LinkType)), draw(lags)) for a, b in ends]
    links.sort(key=lambda link: link.successor_uid)
    return Plan(ProjectSettings("P", calendar_uid=1), (standard_calendar(),), tuple(tasks), tuple(links))


@settings(deadline=None, max_examples=examples(60))
@given(plan=plans())
def test_any_plan_reads_back_equal(plan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("round")
    write_xlsx(plan, folder / "plan.xlsx")
    assert read_table(folder / "plan.xlsx").plan == plan
    write_csv(plan, folder / "plan.csv")
    back = read_table(folder / "plan.csv").plan
    assert (back.tasks, back.links) == (plan.tasks, plan.links)


@given(durations)
def test_duration_text_is_exact(duration):
    assert duration_of(duration_text(duration, ProjectSettings()), ProjectSettings()) == duration


def test_moments_keep_their_seconds_through_a_workbook(tmp_path):
    moments_seen = [datetime(2026, 3, 2) + timedelta(seconds=7919 * n) for n in range(200)]
    tasks = tuple(Task(n, n, f"T{n}", Duration(WorkTime(1)), deadline=m) for n, m in enumerate(moments_seen, 1))
    write_xlsx(Plan(ProjectSettings(), (standard_calendar(),), tasks), tmp_path / "p.xlsx")
    assert [t.deadline for t in read_table(tmp_path / "p.xlsx").plan.tasks] == moments_seen
