"""MSPDI in and out: equal both ways, honest about what it drops, deaf to hostile XML."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings

from headway.documents.child import Refused
from headway.documents.exchange.fidelity import PlanLimits
from headway.documents.exchange.msproject import read_mspdi
from headway.documents.exchange.msproject_fields import NAMESPACE
from headway.documents.exchange.msproject_writer import write_mspdi
from headway.documents.exchange.xml_records import DEEPEST, MOST_ATTRIBUTES
from headway.engine.plan import Duration, SplitPart, TaskMode, Timephased, WorkContour
from headway.engine.units import WorkTime
from tests.documents.exchange.sample_plans import full_plan, plans
from tests.examples import examples

HEAD = '<Project xmlns="http://schemas.microsoft.com/project">'
# The order the schema asks of a task's elements, as far as the writer uses them.
TASK_ORDER = (
    "UID ID Name Active Manual Type IsNull Contact WBS OutlineLevel Priority Start Finish Duration "
    "DurationFormat Work Stop Resume EffortDriven Recurring Estimated Milestone Summary Critical ExternalTask "
    "EarlyStart EarlyFinish LateStart LateFinish FreeSlack TotalSlack StartSlack FinishSlack FixedCost "
    "PercentComplete PercentWorkComplete Cost ActualStart ActualFinish ActualDuration ActualCost ActualWork "
    "RemainingDuration RemainingWork ConstraintType CalendarUID ConstraintDate Deadline LevelingDelay "
    "LevelingDelayFormat IgnoreResourceCalendar Notes PhysicalPercentComplete PredecessorLink "
    "ExtendedAttribute Baseline StartText FinishText DurationText ManualStart ManualFinish ManualDuration "
)


def task_xml(inner: str) -> str:
    return f"{HEAD}<Tasks><Task><UID>1</UID><ID>1</ID><Name>Pilot</Name>{inner}</Task></Tasks></Project>"


@pytest.fixture
def read_text(tmp_path):
    def read(content: str | bytes, **options):
        path = tmp_path / "plan.xml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_mspdi(path, **options)

    return read


def rows_of(rows, status):
    return {(row.entity, row.field): row for row in rows if row.status == status}


def test_a_plan_with_every_field_reads_back_equal(tmp_path):
    plan = full_plan()
    rows = write_mspdi(plan, tmp_path / "a.xml")
    assert read_mspdi(tmp_path / "a.xml")[0] == plan
    assert list(rows_of(rows, "dropped")) == [("project", "application")]


@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(plan=plans())
def test_any_plan_reads_back_equal(tmp_path_factory, plan):
    path = tmp_path_factory.mktemp("plan") / "a.xml"
    write_mspdi(plan, path)
    assert read_mspdi(path)[0] == plan


def test_elements_stand_in_the_order_of_the_schema(tmp_path):
    write_mspdi(full_plan(), tmp_path / "a.xml")
    for task in ElementTree.parse(tmp_path / "a.xml").getroot().iter(f"{{{NAMESPACE}}}Task"):
        places = [TASK_ORDER.split().index(child.tag.partition("}")[2]) for child in task]
        assert places == sorted(places)


def test_letters_that_xml_forbids_are_left_out(tmp_path):
    plan = full_plan()
    plan = replace(plan, tasks=(replace(plan.tasks[0], name="a\x00b\x0bc\ud800d"),), links=(), assignments=())
    write_mspdi(plan, tmp_path / "a.xml")
    assert read_mspdi(tmp_path / "a.xml")[0].tasks[0].name == "abcd"


def test_what_the_format_cannot_hold_is_told(tmp_path):
    plan = full_plan()
    custom = {f"Own {number}": "x" for number in range(40)}
    task = replace(plan.tasks[1], custom=custom, baselines=(replace(plan.tasks[1].baselines[0], number=11),))
    rows = write_mspdi(replace(plan, tasks=(plan.tasks[0], task), links=(), assignments=()), tmp_path / "a.xml")
    dropped = rows_of(rows, "dropped")
    assert ("task", "baseline") in dropped
    assert sum(1 for _, name in dropped if name.startswith("custom field Own")) == 11  # 30 text fields, one is taken


def test_amounts_have_the_units_of_the_format(read_text):
    plan, _ = read_text(
        task_xml(
            "<Duration>PT20H0M0S</Duration><DurationFormat>39</DurationFormat><LevelingDelay>14400</LevelingDelay>"
            "<LevelingDelayFormat>8</LevelingDelayFormat><TotalSlack>-4800</TotalSlack><Cost>12345</Cost>"
        )
    )
    task = plan.tasks[0]
    assert task.duration == Duration(WorkTime.from_hours(20), "d", estimated=True)
    assert task.leveling_delay == Duration(WorkTime(14400), "d", elapsed=True)
    assert task.stored is not None
    assert task.stored.total_slack == WorkTime(-4800)
    assert task.cost == Decimal("123.45")


def test_seconds_fall_on_the_grid_and_still_add_up(read_text):
    minutes = "".join(
        f"<TimephasedData><Type>1</Type><UID>1</UID><Start>2026-03-02T08:{i:02}:00</Start>"
        f"<Finish>2026-03-02T08:{i + 1:02}:00</Finish><Unit>0</Unit><Value>PT0H0M45S</Value></TimephasedData>"
        for i in range(40)
    )
    plan, _ = read_text(
        f"{HEAD}<Tasks><Task><UID>1</UID><ID>1</ID></Task></Tasks><Resources><Resource><UID>5</UID><ID>1</ID><Name>A</Name>"
        "</Resource></Resources><Assignments><Assignment><UID>1</UID><TaskUID>1</TaskUID><ResourceUID>5</ResourceUID>"
        f"<Work>PT0H30M0S</Work><WorkContour>8</WorkContour>{minutes}</Assignment></Assignments></Project>"
    )
    assert sum(block.work.tenths for block in plan.assignments[0].timephased) == 300


def test_a_stretch_of_no_work_is_a_split_and_a_missing_value_is_not(read_text):
    def block(start: str, finish: str, value: str) -> str:
        return (
            f"<TimephasedData><Type>1</Type><UID>1</UID><Start>2026-03-{start}</Start><Finish>2026-03-{finish}</Finish>"
            f"<Unit>2</Unit>{value}</TimephasedData>"
        )

    eight, none = "<Value>PT8H0M0S</Value>", "<Value>PT0H0M0S</Value>"
    days = (
        block("05T08:00:00", "06T08:00:00", eight)
        + block("06T08:00:00", "06T17:00:00", eight)
        + block("06T17:00:00", "08T17:00:00", "")  # the weekend
        + block("08T17:00:00", "09T17:00:00", none)
        + block("09T17:00:00", "10T17:00:00", eight)
    )
    plan, rows = read_text(
        f"{HEAD}<Tasks><Task><UID>1</UID><ID>1</ID></Task></Tasks><Assignments><Assignment><UID>1</UID><TaskUID>1</TaskUID>"
        f"<ResourceUID>-65535</ResourceUID><WorkContour>8</WorkContour>{days}</Assignment></Assignments></Project>"
    )
    assert plan.tasks[0].splits == (
        SplitPart(datetime(2026, 3, 5, 8), datetime(2026, 3, 6, 17)),
        SplitPart(datetime(2026, 3, 10, 8), datetime(2026, 3, 10, 17)),
    )
    assert plan.assignments == ()
    assert ("assignment", "unassigned work") in rows_of(rows, "changed")


def test_the_honour_flag_is_doubted_and_said(read_text):
    plan, rows = read_text(f"{HEAD}<HonorConstraints>0</HonorConstraints></Project>")
    assert plan.project.honor_constraints
    assert rows_of(rows, "changed")["project", "HonorConstraints"].count == 1


def test_unknown_fields_are_counted_as_dropped_with_examples(read_text):
    _, rows = read_text(task_xml("<Hyperlink>there</Hyperlink><ACWP>0</ACWP>"))
    assert rows_of(rows, "dropped")["task", "Hyperlink"].examples == ("there",)
    assert ("task", "ACWP") not in rows_of(rows, "dropped")  # a default value is no loss


def test_files_of_project_2003_keep_their_exceptions_among_the_days(read_text):
    plan, _ = read_text(
        f"{HEAD}<Calendars><Calendar><UID>1</UID><Name>S</Name><WeekDays><WeekDay><DayType>0</DayType><DayWorking>0</DayWorking>"
        "<TimePeriod><FromDate>2026-12-24T00:00:00</FromDate><ToDate>2026-12-26T23:59:00</ToDate></TimePeriod></WeekDay>"
        "</WeekDays></Calendar></Calendars></Project>"
    )
    exception = plan.calendars[0].exceptions[0]
    assert (exception.first.day, exception.last.day, exception.shifts) == (24, 26, ())


def test_links_to_tasks_that_are_not_there_are_left_out_and_named(read_text):
    plan, rows = read_text(task_xml("<PredecessorLink><PredecessorUID>9</PredecessorUID></PredecessorLink>"))
    assert plan.links == ()
    assert "uid 9" in rows_of(rows, "dropped")["link", "PredecessorLink"].examples[0]


DOCTYPES = {
    "external entity": '<!DOCTYPE Project [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + task_xml("<Notes>&x;</Notes>"),
    "external dtd": '<!DOCTYPE Project SYSTEM "http://127.0.0.1/x.dtd">' + task_xml(""),
    "billion laughs": '<!DOCTYPE z [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]>"
    + task_xml("<Notes>&j;</Notes>"),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("kind", DOCTYPES)
def test_a_doctype_is_refused_in_any_encoding(read_text, kind, encoding):
    with pytest.raises(Refused, match="DOCTYPE"):
        read_text(f'<?xml version="1.0" encoding="{encoding}"?>{DOCTYPES[kind]}'.encode(encoding))


def test_depth_is_limited_at_its_value(read_text):
    def nested(levels: int) -> str:
        return HEAD + "<a>" * (levels - 1) + "</a>" * (levels - 1) + "</Project>"

    read_text(nested(DEEPEST))
    with pytest.raises(Refused, match=f"limit of {DEEPEST} levels"):
        read_text(nested(DEEPEST + 1))


def test_attributes_are_limited_at_their_value(read_text):
    def many(count: int) -> str:
        return HEAD + "<a " + " ".join(f'b{i}="1"' for i in range(count)) + "/></Project>"

    read_text(many(MOST_ATTRIBUTES))
    with pytest.raises(Refused, match=f"limit of {MOST_ATTRIBUTES}"):
        read_text(many(MOST_ATTRIBUTES + 1))


def test_tasks_and_links_are_limited_at_their_values(read_text):
    tasks = "".join(
        f"<Task><UID>{i}</UID><ID>{i}</ID><PredecessorLink><PredecessorUID>1</PredecessorUID></PredecessorLink></Task>"
        for i in range(1, 4)
    )
    document = f"{HEAD}<Tasks>{tasks}</Tasks></Project>"
    assert len(read_text(document, limits=PlanLimits(tasks=3, links=3))[0].tasks) == 3
    with pytest.raises(Refused, match="limit of 2 tasks"):
        read_text(document, limits=PlanLimits(tasks=2))
    with pytest.raises(Refused, match="limit of 2 links"):
        read_text(document, limits=PlanLimits(links=2))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEAD.encode() + b"<Name>\xff\xfe</Name></Project>", "damaged"),
        (HEAD.encode() + b"<Tasks><Task>", "no element found|damaged"),
        (b"<?xml version='1.0' encoding='no-such'?>" + HEAD.encode() + b"</Project>", "encoding"),
        (b"<Other/>", "<Other>"),
        (b"", "damaged"),
        (task_xml("<Start>2026-02-30T08:00:00</Start>").encode(), "2026-02-30"),
        (task_xml("<Duration>eight</Duration>").encode(), "eight"),
        (task_xml("<Priority>1e9</Priority>").encode(), "whole number"),
        (task_xml("<Cost>NaN</Cost>").encode(), "NaN"),
        (f"{HEAD}<Tasks><Task><ID>3</ID></Task></Tasks></Project>".encode(), "UID is missing"),
    ],
)
def test_damaged_input_is_one_clear_refusal(read_text, content, message):
    with pytest.raises(Refused, match=message):
        read_text(content)


def test_a_refusal_names_task_and_field(read_text):
    with pytest.raises(Refused) as caught:
        read_text(task_xml("<Deadline>soon</Deadline>"))
    assert caught.value.where == {"file": "plan.xml", "task": "Pilot", "field": "Deadline", "value": "soon"}


def test_a_ring_of_base_calendars_is_refused_when_a_date_needs_it(read_text):
    ring = "".join(
        f"<Calendar><UID>{uid}</UID><Name>C{uid}</Name><BaseCalendarUID>{base}</BaseCalendarUID></Calendar>"
        for uid, base in ((1, 2), (2, 1))
    )
    with pytest.raises(Refused, match="ring: 'C1' → 'C2'"):
        read_text(f"{HEAD}<CalendarUID>1</CalendarUID><Calendars>{ring}</Calendars></Project>")


@pytest.mark.shared
@pytest.mark.parametrize("name", ["mspdirelations", "mspdisplittask", "mspditimephased", "sample", "caltest",
                                  "task-links-project2019-mspdi", "mspdiduration",
                                  "calendar-recurring-exceptions-project2016-mspdi"])  # fmt: skip
def test_real_files_read_back_equal(shared_plans, tmp_path, name):
    plan, _ = read_mspdi(shared_plans / "mpxj" / f"{name}.xml")
    write_mspdi(plan, tmp_path / "a.xml")
    again, _ = read_mspdi(tmp_path / "a.xml")
    assert replace(again, project=replace(again.project, application=plan.project.application)) == plan


@pytest.mark.shared
def test_stored_dates_are_those_of_the_file(shared_plans):
    plan, _ = read_mspdi(shared_plans / "mpxj" / "mspditimephased.xml")
    lines = (shared_plans / "expected" / "mpxj" / "mspditimephased.xml.csv").read_text().splitlines()[1:]
    expected = {int(row["uid"]): row for row in csv.DictReader(lines)}
    for task in plan.tasks:
        assert task.stored is not None
        for name in ("start", "finish", "early_start", "late_finish"):
            stored = getattr(task.stored, name)
            assert stored == datetime.fromisoformat(expected[task.uid][name])


@pytest.mark.shared
def test_recurring_exceptions_of_every_kind_are_read(shared_plans):
    plan, _ = read_mspdi(shared_plans / "mpxj" / "calendar-recurring-exceptions-project2016-mspdi.xml")
    kinds = {entry.recurrence.kind for entry in plan.calendars[0].exceptions if entry.recurrence}
    assert kinds == {"daily", "weekly", "monthly_day", "monthly_weekday", "yearly_day", "yearly_weekday"}
    tuesday = next(entry for entry in plan.calendars[0].exceptions if entry.name == "Yearly Relative 1")
    assert tuesday.recurrence is not None
    assert (tuesday.recurrence.weekdays, tuesday.recurrence.position, tuesday.recurrence.month) == ((1,), 1, 3)


def test_an_exception_of_an_unknown_kind_is_read_as_every_day_of_its_period_and_told(read_text):
    period = "<TimePeriod><FromDate>2026-03-02T00:00:00</FromDate><ToDate>2026-03-06T23:59:00</ToDate></TimePeriod>"
    calendar = (
        f"<Calendar><UID>1</UID><Exceptions><Exception>{period}<Type>9</Type></Exception></Exceptions></Calendar>"
    )
    plan, rows = read_text(f"{HEAD}<Calendars>{calendar}</Calendars></Project>")
    exception = plan.calendars[0].exceptions[0]
    assert (exception.first.day, exception.last.day, exception.recurrence) == (2, 6, None)
    told = rows_of(rows, "changed")["calendar", "recurrence"]
    assert told.examples == ("type 9 is read as every day of its period",)


def test_own_sample_holds_an_edited_assignment_and_a_typed_task(own_plans):
    plan, _ = read_mspdi(own_plans / "sample.xml")
    assert plan.assignments[1].contour is WorkContour.EDITED
    assert plan.assignments[1].timephased[0] == Timephased(
        datetime(2026, 3, 9, 8), datetime(2026, 3, 9, 17), WorkTime.from_hours(8), actual=True
    )
    assert plan.tasks[2].mode is TaskMode.MANUAL


def test_paths_are_named_without_their_folder(tmp_path):
    path = Path(tmp_path / "x.xml")
    path.write_text("<Other/>")
    with pytest.raises(Refused) as caught:
        read_mspdi(path)
    assert str(tmp_path) not in str(caught.value)
