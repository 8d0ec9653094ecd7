"""Hours files of every tracker: recognised by their names, read whole, and refused whole."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from headway.documents.child import Refused
from headway.documents.exchange.hours import (
    HoursFile,
    Total,
    differences,
    read_staged,
    read_staged_with_text,
    read_upload,
    stage_rows,
)
from headway.documents.exchange.hours.reading import parse_hours
from headway.documents.exchange.tables import HOURS_LIMITS, TableLimits

DATA = Path(__file__).parents[2] / "data" / "hours"


def table(path: Path, rows: Iterable[Iterable[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    return path


@pytest.mark.parametrize(
    ("name", "source", "layout", "hours"),
    [
        ("harvest_detailed", "harvest", "harvest", ["3.5", "2.0", "2.0", "0.25"]),
        ("harvest_no_employee_id", "harvest", "harvest", ["3.5"]),
        ("harvest_old_european", "harvest", "harvest", ["20.0", "0.25"]),
        ("harvest_template", "harvest", "harvest-template", ["3.5"]),
        ("toggl_classic", "toggl", "toggl", ["1.508333", "0.75"]),
        ("toggl_new", "toggl", "toggl", ["1.508333", "0.75"]),
        ("clockify_17", "clockify", "clockify", ["1.000278", "2.5"]),
        ("clockify_21_semicolon", "clockify", "clockify", ["3.5"]),
        ("clockify_without_durations", "clockify", "clockify", ["3.25"]),
        ("kimai_english", "kimai", "kimai", ["1.5", "26.25"]),
        ("kimai_german_old", "kimai", "kimai", ["1.5"]),
        ("kimai_import", "kimai", "kimai-file", ["1.5"]),
        ("tempo_server", "tempo", "tempo", ["1.5", "0.25"]),
        ("tempo_russian", "tempo", "tempo", ["1.5"]),
        ("tempo_cloud", "tempo", "tempo-cloud", ["1.5", "1.5"]),
        ("solidtime", "solidtime", "solidtime", ["1.5", "1.333333"]),
        ("twins", "generic", "generic", ["1.0", "1.0", "1.0"]),
    ],
)
def test_each_export_is_recognised_and_read(name, source, layout, hours):
    found = parse_hours(DATA / f"{name}.csv")
    assert (found.source, found.layout) == (source, layout)
    assert [row.hours for row in found.rows] == [Decimal(h) for h in hours]
    assert found.usable
    assert found.count == len(hours)


# Of doubled columns the first one counts, so there the order does matter.
@pytest.mark.parametrize(
    "path", sorted(set(DATA.glob("*.csv")) - {DATA / "tempo_server.csv"}), ids=lambda path: path.stem
)
def test_any_order_of_columns_gives_the_same_rows(path, tmp_path):
    plain = parse_hours(path, answers={"date_order": "mdy", "encoding": "windows-1252"})
    encoding = "windows-1252" if path.stem == "generic_german" else "utf-8-sig"
    text = path.read_text(encoding=encoding)
    delimiter = ";" if text.split("\n")[0].count(";") else ","
    rows = list(csv.reader(text.splitlines(), delimiter=delimiter))
    turned = parse_hours(table(tmp_path / path.name, [row[::-1] for row in rows]), answers={"date_order": "mdy"})
    assert turned.layout == plain.layout
    assert [row[1:-1] for row in turned.rows] == [row[1:-1] for row in plain.rows]
    assert turned.error_count == plain.error_count


def test_harvest_keeps_text_marks_people_money_and_the_raw_row():
    first, second, third, fourth = parse_hours(DATA / "harvest_detailed.csv").rows
    assert (first.number, first.person, first.employee_id, first.role) == (2, "Ann Bell", "E1", "Designer")
    assert (first.currency, first.bill_rate, first.cost_amount) == ("GBP", Decimal("120.0"), Decimal("245.0"))
    assert first.note == "Sketches, first round"
    assert second.note == 'He said "ship it" \\ then left'
    assert (second.project, second.project_code, third.project_code) == ("Portal", "", "")
    assert fourth.bill_amount is None
    assert fourth.billable is False
    assert first.raw[:4] == ("2026-03-02", "Northwind", "Portal", "NW-1")


def test_european_decimals_inside_a_comma_file():
    row = parse_hours(DATA / "harvest_old_european.csv").rows[0]
    assert (row.day, row.hours, row.bill_amount) == (date(2015, 1, 26), Decimal("20.0"), Decimal("2000.0"))
    assert row.currency == "EUR"


def test_toggl_dash_is_an_empty_cell_and_nights_end_the_next_day():
    classic, new = parse_hours(DATA / "toggl_classic.csv"), parse_hours(DATA / "toggl_new.csv")
    assert (new.rows[1].note, new.rows[1].project, new.rows[0].tags) == ("", "", ())
    assert classic.rows[0].tags == ("design", "review")
    assert classic.rows[1].end == datetime(2026, 3, 3, 0, 15)
    assert classic.rows[0].content_key == new.rows[0].content_key


def test_clockify_ambiguous_dates_are_asked_and_answered():
    path = DATA / "clockify_ambiguous.csv"
    asked = parse_hours(path)
    assert [(q.field, q.choices) for q in asked.questions] == [("date_order", ("dmy", "mdy", "ymd"))]
    assert asked.rows == ()
    assert not asked.usable
    assert "03/04/2024" in asked.questions[0].message
    assert parse_hours(path, answers={"date_order": "dmy"}).rows[0].day == date(2024, 4, 3)
    assert parse_hours(path, answers={"date_order": "mdy"}).rows[0].day == date(2024, 3, 4)


def test_clockify_twelve_hour_times_with_and_without_seconds():
    row = parse_hours(DATA / "clockify_17.csv").rows[0]
    assert (row.start, row.end) == (datetime(2026, 3, 25, 10, 23), datetime(2026, 3, 25, 11, 23, 1))


def test_clockify_semicolon_short_years_and_activity():
    row = parse_hours(DATA / "clockify_21_semicolon.csv").rows[0]
    assert (row.day, row.task, row.currency, row.bill_amount) == (date(2022, 7, 27), "Design", "EUR", Decimal("350.00"))


@pytest.mark.parametrize(
    ("name", "budget"), [("harvest_projects", "Portal 400 (Hours)"), ("clockify_projects", "Portal 40.00 (hours)")]
)
def test_project_lists_are_refused_as_what_they_are_with_the_budgets_they_tell(name, budget):
    found = parse_hours(DATA / f"{name}.csv")
    assert found.error_count == 1
    assert "detailed time report" in found.errors[0].message
    assert found.errors[0].message.endswith(f"Its budgets can be entered under Budget: {budget}.")


WIDE_PROJECTS = (
    "Project,Status,Visibility,Task,Tracked (h),Estimated (h),Recurring estimate,Remaining (h),Overage (h),Progress(%),"
    "Billable (h),Non-billable (h),Project members,Project manager,Note"
)
KIMAI_GERMAN = (
    "Datum,Von,Bis,Dauer,Währung,Preis,Interner Preis,Stundenpreis,Festpreis,Name,Benutzer,E-Mail,Personalnummer,"
    "Kunde,Projekt,Tätigkeit,Beschreibung,Abrechenbar,Schlagworte,Typ,Kategorie,Konto,Projektnummer,USt-IdNr,"
    "Bestellnummer,Kostenstelle"
)


@pytest.mark.parametrize(
    ("header", "line", "layout", "expected"),
    [
        (
            "Date,Client,Project,Project Code,Task,Notes,Hours,Hours Rounded,Billable?,Invoiced?,First Name,Last Name,"
            "Department,Employee?,Billable Rate,Billable Amount,Cost Rate,Cost Amount,Currency",
            'x,Northwind,Portal,,Design,"=1+1","20,0","20,5",Yes,No,Ann,Bell,Studio,Yes,"100,0","2.000,0",,,'
            "British Pound - GBP",
            "harvest",
            {"hours": Decimal(20), "bill_amount": Decimal(2000), "currency": "GBP", "note": "=1+1", "project_code": ""},
        ),
        (
            "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,"
            "Amount ()",
            "Ann,ann@example.com,,Portal,,A \\ sign,Yes,x,09:00:00,x,10:30:00,01:30:00,,0.00",
            "toggl",
            {"hours": Decimal("1.5"), "note": "A \\ sign", "currency": ""},
        ),
        (
            "Project;Description;Activity;User;Start Date;Start Time;End Date;End Time;Duration (h);Duration (decimal)",
            "Portal;First;Design;Ann;7/27/22;09:00;7/27/22;12:30;3:30;3,5",
            "clockify",
            {"hours": Decimal("3.5"), "task": "Design", "day": date(2022, 7, 27), "billable": None},
        ),
        (
            KIMAI_GERMAN,
            'x,09:00,10:30,"1,50",EUR,"150,00","75,00","100,00",,Ann Bell,ann,ann@example.com,S1,Nordwind,Portal,'
            "Entwurf,Erste,Ja,,timesheet,work,K1,P-7,DE1,O-9,4711",
            "kimai",
            {"hours": Decimal("1.5"), "bill_amount": Decimal(150), "bill_rate": Decimal(100), "person": "Ann Bell"},
        ),
        (
            "description,billable,client,project,tags,start,end,task,user_name,user_email",
            "Late,true,,Portal,,2026-03-01T23:30:00Z,2026-03-02T01:00:00Z,Design,Ann,ann@example.com",
            "solidtime",
            {"hours": Decimal("1.5"), "day": date(2026, 3, 1)},
        ),
    ],
    ids=["harvest rounded", "toggl without currency", "clockify semicolon", "kimai german", "solidtime"],
)
def test_variants_of_headers_and_values(tmp_path, header, line, layout, expected):
    path = tmp_path / "export.csv"
    shown = line if layout == "solidtime" or ";" in header else line.replace("x,", "2026-03-31,", 2)
    path.write_text(f"{header}\n{shown}\n", encoding="utf-8-sig")
    found = parse_hours(path)
    assert (found.layout, found.errors, found.questions) == (layout, (), ())
    (row,) = found.rows
    assert {name: getattr(row, name) for name in expected} == expected


def test_a_wide_list_of_projects_is_known_too(tmp_path):
    path = tmp_path / "projects.csv"
    path.write_text(f"{WIDE_PROJECTS}\nPortal,Active,Public,Design,12.5,40,Monthly,27.5,,31,12.5,0,Ann,Ann,\n")
    found = parse_hours(path)
    assert (found.layout, found.error_count) == ("clockify-projects", 1)


def test_whoever_a_faulty_row_names_is_counted_too(tmp_path):
    rows = [
        ("Date", "Person", "Project", "Hours"),
        ("soon", "Ann", "Portal", "1"),
        ("2026-03-03", "Ben", "Portal", "2"),
    ]
    found = parse_hours(table(tmp_path / "h.csv", [*rows, ("2026-03-04", "Ben", "Portal", "x"), ("late", "", "", "1")]))
    assert found.error_count == 3
    assert found.who == {("Ann", "", "Portal", ""): 1, ("Ben", "", "Portal", ""): 2}


@pytest.fixture
def two_hours(tmp_path):
    rows = [
        ("Date", "Person", "Project", "Hours", "Note", "Hours"),
        ("2026-03-02", "Ann", "Portal", "2.5", "Sketches", ""),
        ("2026-03-03", "Ann", "Portal", "9", "Review", "1.5"),
    ]
    return table(tmp_path / "two.csv", rows)


def test_a_doubled_column_that_differs_is_asked_about_before_anything_is_read(two_hours):
    found = parse_hours(two_hours)
    (question,) = found.questions
    assert question.field == "doubled_columns"
    assert "in row 3, Hours is '9' and Hours (2) is '1.5'" in question.message
    assert (found.usable, found.rows) == (False, ())
    taken = parse_hours(two_hours, answers={"doubled_columns": question.choices[0]})
    assert [row.hours for row in taken.rows] == [Decimal("2.5"), Decimal(9)]


def test_naming_one_of_two_columns_answers_which_is_read(two_hours, tmp_path):
    first = parse_hours(two_hours, mapping={"columns": {"hours": "Hours"}})
    assert [row.hours for row in first.rows] == [Decimal("2.5"), Decimal(9)]
    rows = list(csv.reader(two_hours.read_text().splitlines()))
    full = table(tmp_path / "full.csv", [rows[0], rows[2]])
    second = parse_hours(full, mapping={"columns": {"hours": "Hours (2)"}})
    assert [row.hours for row in second.rows] == [Decimal("1.5")]


def test_a_doubled_column_that_agrees_is_only_told(tmp_path):
    rows = [("Date", "Person", "Hours", "Hours"), ("2026-03-02", "Ann", "2.5", "2.5"), ("2026-03-03", "Ann", "1", "")]
    found = parse_hours(table(tmp_path / "same.csv", rows))
    assert found.usable
    assert any("Hours" in warning for warning in found.warnings)


def test_tempo_doubled_column_empty_hours_and_unpadded_dates():
    found = parse_hours(DATA / "tempo_server.csv")
    assert found.rows[0].day == date(2026, 8, 1)
    assert found.rows[0].start == datetime(2026, 8, 1, 14, 33)
    assert (found.rows[0].task_code, found.rows[0].task) == ("POR-7", "Sketches")
    assert "Epic Link (2)" in found.columns
    assert any("Epic Link" in warning for warning in found.warnings)
    assert any("Rows 3 hold no hours" in warning for warning in found.warnings)


def test_solidtime_instants_are_read_in_the_zone_asked_for():
    utc = parse_hours(DATA / "solidtime.csv")
    local = parse_hours(DATA / "solidtime.csv", answers={"time_zone": "Europe/Berlin"})
    assert utc.rows[0].day == date(2026, 3, 1)
    assert any("UTC" in warning for warning in utc.warnings)
    assert local.rows[0].day == date(2026, 3, 1)
    assert local.rows[0].start == datetime(2026, 3, 1, 23, 30)
    assert local.rows[0].zone == "Europe/Berlin"
    tokyo = parse_hours(DATA / "solidtime.csv", answers={"time_zone": "Asia/Tokyo"})
    assert tokyo.rows[0].day == date(2026, 3, 2)


def test_hours_over_a_clock_change_count_real_time(tmp_path):
    path = table(
        tmp_path / "h.csv",
        [["Date", "Person", "From", "To"], ["2026-03-29", "Ann", "01:00", "04:00"]],
    )
    assert parse_hours(path).rows[0].hours == 3
    assert parse_hours(path, answers={"time_zone": "Europe/Berlin"}).rows[0].hours == 2


def test_guessed_encoding_is_asked_with_the_lines_it_touches():
    asked = parse_hours(DATA / "generic_german.csv")
    (question,) = asked.questions
    assert (question.field, question.assumed) == ("encoding", "windows-1252")
    assert "line 3: 01.04.2026;Bob Köhler" in question.message
    read = parse_hours(DATA / "generic_german.csv", answers={"encoding": "windows-1252"})
    assert [(row.person, row.hours) for row in read.rows] == [
        ("Ann Bell", Decimal("7.50")),
        ("Bob Köhler", Decimal("1.25")),
    ]


def test_all_faulty_rows_are_named_and_none_is_usable():
    found = parse_hours(DATA / "bad_rows.csv")
    assert [(e.row, e.field, e.value) for e in found.errors] == [
        (17, "Date", "2026-03-xx"),
        (22, "Hours", "eight"),
        (23, "Date", "2026-02-30"),
        (24, "Person", ""),
    ]
    assert found.errors[0].as_json() == {
        "file": "bad_rows.csv",
        "sheet": "",
        "row": 17,
        "field": "Date",
        "value": "2026-03-xx",
        "message": "Expected a date such as 2026-03-31.",
    }
    assert found.rows == ()
    assert found.by_person == {}


def test_two_equal_rows_imported_twice_give_two_keys():
    once, twice = parse_hours(DATA / "twins.csv"), parse_hours(DATA / "twins.csv")
    keys = [row.key for row in once.rows]
    assert len(set(keys)) == 3
    assert keys == [row.key for row in twice.rows]
    assert len({*keys[:2], *(row.key for row in twice.rows[:2])}) == 2


def test_entry_ids_of_the_source_are_keys_and_must_not_repeat(tmp_path):
    found = parse_hours(DATA / "tempo_cloud.csv")
    assert [row.key for row in found.rows] == ["90001", "90002"]
    text = (DATA / "tempo_cloud.csv").read_text().replace("90002", "90001")
    (tmp_path / "t.csv").write_text(text)
    (error,) = parse_hours(tmp_path / "t.csv").errors
    assert (error.row, error.field, error.value) == (3, "Work ID", "90001")
    assert "row 2" in error.message


def test_totals_by_month_person_and_project():
    found = parse_hours(DATA / "harvest_detailed.csv")
    assert found.by_person == {
        ("2026-03", "Ann Bell"): Total(Decimal("3.5"), {"GBP": Decimal("420.0")}),
        ("2026-03", "Bob Khan"): Total(Decimal("4.0"), {"GBP": Decimal("440.0")}),
        ("2026-04", "Ann Bell"): Total(Decimal("0.25"), {}),
    }
    assert found.by_project["2026-03", "Portal"].hours == Decimal("7.5")
    assert (found.first_day, found.last_day) == (date(2026, 3, 2), date(2026, 4, 1))


def test_differences_flag_more_than_a_tenth_of_an_hour_or_one_unit():
    file = {("2026-03", "Ann"): Total(Decimal("10.1"), {"EUR": Decimal(101)})}
    same = {("2026-03", "Ann"): Total(Decimal(10), {"EUR": Decimal(100)})}
    other = {("2026-03", "Ann"): Total(Decimal("9.99"), {"EUR": Decimal("99.99")})}
    assert differences(file, same) == ()
    assert [(d.name, d.currency) for d in differences(file, other)] == [("Ann", ""), ("Ann", "EUR")]
    assert [d.store for d in differences(file, {})] == [0, 0]


def test_mapping_names_columns_and_source(tmp_path):
    path = table(tmp_path / "h.csv", [["When", "Mate", "Spent", "What"], ["2026-03-02", "Ann", "1:30", "x"]])
    bare = parse_hours(path)
    assert [(e.row, e.field) for e in bare.errors] == [(1, "date")]
    mapping = {"columns": {"date": "when", "person": "Mate", "hours": "Spent", "note": "What"}, "source": "inhouse"}
    (row,) = parse_hours(path, mapping=mapping).rows
    assert (row.person, row.hours, row.note) == ("Ann", Decimal("1.5"), "x")
    assert parse_hours(path, mapping=mapping).source == "inhouse"


def test_mapping_to_a_missing_column_or_unknown_field_is_named(tmp_path):
    path = table(tmp_path / "h.csv", [["Date", "Person", "Hours"], ["2026-03-02", "Ann", "1"]])
    (error,) = parse_hours(path, mapping={"columns": {"note": "Remarks"}}).errors
    assert (error.row, error.field, error.value) == (1, "note", "Remarks")
    with pytest.raises(Refused, match="unknown fields: houres"):
        parse_hours(path, mapping={"columns": {"houres": "Hours"}})


def test_a_plan_brought_as_hours_is_told_for_what_it_is(tmp_path):
    plan = [["WBS", "Task Name", "Start", "Duration", "Predecessors"], ["1", "Build", "2026-03-02", "3 days", ""]]
    asked = parse_hours(table(tmp_path / "plan.csv", plan)).questions
    assert [question.field for question in asked] == ["as_hours", "person"]
    assert "import it as a plan" in asked[0].message
    answers = {"as_hours": asked[0].assumed, "person": "Ann"}
    assert list(parse_hours(tmp_path / "plan.csv", answers=answers).questions) == []


def test_file_without_people_asks_whose_hours_they_are(tmp_path):
    path = table(tmp_path / "h.csv", [["Date", "Project", "Hours"], ["2026-03-02", "Portal", "1"]])
    assert [q.field for q in parse_hours(path).questions] == ["person"]
    assert parse_hours(path, answers={"person": "Ann Bell"}).rows[0].person == "Ann Bell"


def test_plain_numbers_of_a_duration_column_ask_for_their_unit(tmp_path):
    path = table(tmp_path / "h.csv", [["Date", "Person", "Duration"], ["2026-03-02", "Ann", "90"]])
    assert [q.field for q in parse_hours(path).questions] == ["duration_unit"]
    assert parse_hours(path, answers={"duration_unit": "minutes"}).rows[0].hours == Decimal("1.5")


def test_headings_that_come_again_are_left_out_with_their_rows(tmp_path):
    heading = ["Date", "Person", "Duration", "Note"]
    rows = [
        heading,
        ["2026-03-02", "Ann", "90", "a"],
        heading,
        ["2026-03-03", "Ann", "60", "b"],
        [" date ", *heading[1:]],
    ]
    path = table(tmp_path / "h.csv", rows)
    assert [q.field for q in parse_hours(path).questions] == ["duration_unit"]
    found = parse_hours(path, answers={"duration_unit": "minutes"})
    assert [(row.number, row.hours) for row in found.rows] == [(2, Decimal("1.5")), (4, Decimal(1))]
    assert found.warnings == ("Rows 3, 5 say the headings again and are left out.",)
    alone = table(tmp_path / "i.csv", [*rows[:2], ["Date", "Ann", "1", "c"]])
    (error,) = parse_hours(alone, answers={"duration_unit": "minutes"}).errors
    assert (error.row, error.value) == (3, "Date")  # a row that only begins like the headings is wrong


def test_a_comma_among_points_is_named_with_its_cell_and_asked_once(tmp_path):
    rows = [["Date", "Person", "Hours", "Billable Rate"], ["2026-03-02", "Ann", "1.5", "100.50"]]
    rows += [
        ["2026-03-03", "Ann", "2,25", "99,50"],
        ["2026-03-04", "Ann", "0.75", "100.50"],
        ["2026-03-05", "Ann", "1.25", "1,000"],
    ]
    path = table(tmp_path / "h.csv", rows)
    found = parse_hours(path)
    (question,) = found.questions
    assert question.field == "mixed_signs"
    assert "row 3, Billable Rate: 99,50; row 3, Hours: 2,25 have a decimal comma" in question.message
    assert (found.errors, found.rows, found.usable) == ((), (), False)
    taken = parse_hours(path, answers={"mixed_signs": question.choices[0]})
    assert [row.hours for row in taken.rows] == [Decimal("1.5"), Decimal("2.25"), Decimal("0.75"), Decimal("1.25")]
    assert [row.bill_rate for row in taken.rows][1:] == [Decimal("99.5"), Decimal("100.5"), Decimal(1000)]
    with pytest.raises(Refused, match="to mixed_signs is not one of"):
        parse_hours(path, answers={"mixed_signs": "perhaps"})


def test_numbers_that_fit_both_decimal_signs_are_asked(tmp_path):
    path = table(tmp_path / "h.csv", [["Date", "Person", "Hours"], ["2026-03-02", "Ann", "1,250"]])
    assert [q.field for q in parse_hours(path).questions] == ["decimal_sign"]
    assert parse_hours(path, answers={"decimal_sign": "comma"}).rows[0].hours == Decimal("1.25")


def test_an_answer_that_is_no_choice_is_refused():
    with pytest.raises(Refused, match="dmy, mdy, ymd"):
        parse_hours(DATA / "clockify_ambiguous.csv", answers={"date_order": "dym"})


def test_minority_of_the_other_date_order_is_an_error_not_a_guess(tmp_path):
    rows = [
        ["Date", "Person", "Hours"],
        *[[f"{d}/03/2026", "Ann", "1"] for d in range(13, 20)],
        ["03/20/2026", "Ann", 1],
    ]
    (error,) = parse_hours(table(tmp_path / "h.csv", rows)).errors
    assert (error.row, error.value) == (9, "03/20/2026")
    assert "day, month, year" in error.message


@pytest.mark.parametrize("cell", ["2026-03-02 25:00", "", "31.04.2026", "1899-01-01", "2026-13-01", "tomorrow"])
def test_no_bad_date_passes(tmp_path, cell):
    path = table(tmp_path / "h.csv", [["Date", "Person", "Hours"], ["2026-03-02", "Ann", 1], [cell, "Ann", 1]])
    (error,) = parse_hours(path).errors
    assert (error.row, error.field, error.value) == (3, "Date", cell)


@pytest.mark.parametrize("cell", ["NaN", "Infinity", "1e5", "1_0", "--1", "1:75", "", "0x10", "9" * 50])
def test_no_bad_hours_pass(tmp_path, cell):
    path = table(tmp_path / "h.csv", [["Date", "Person", "Hours"], ["2026-03-02", "Ann", cell]])
    (error,) = parse_hours(path).errors
    assert (error.row, error.field) == (2, "Hours")


def test_end_before_start_is_named(tmp_path):
    rows = [["Person", "Start date", "Start time", "End date", "End time"]]
    rows += [["Ann", "2026-03-02", "10:00", "2026-03-01", "11:00"]]
    (error,) = parse_hours(table(tmp_path / "h.csv", rows)).errors
    assert "before the start" in error.message


def test_typed_cells_of_a_workbook(tmp_path):
    path = tmp_path / "kimai.xlsx"
    book = xlsxwriter.Workbook(str(path))
    hidden = book.add_worksheet("Secret")
    hidden.write_string(0, 0, "x")
    sheet = book.add_worksheet("Zeiten")
    sheet.activate()
    sheet.set_first_sheet()
    hidden.hide()
    day, clock, span = (book.add_format({"num_format": f}) for f in ("dd.mm.yyyy", "hh:mm", "[hh]:mm"))
    for column, name in enumerate(
        ["Datum", "Von", "Bis", "Dauer", "Name", "Projekt", "Tätigkeit", "Preis", "Personalnummer"]
    ):
        sheet.write_string(0, column, name)
    sheet.write_datetime(1, 0, date(2026, 3, 31), day)
    sheet.write_datetime(1, 1, time(9, 0), clock)
    sheet.write_datetime(1, 2, time(10, 30), clock)
    sheet.write_datetime(1, 3, timedelta(hours=25, minutes=30), span)
    sheet.write_string(1, 4, "Ann Bell")
    sheet.write_string(1, 5, "=Portal")
    sheet.write_string(1, 6, "Entwurf")
    sheet.write_number(1, 7, 150.1)
    sheet.write_number(1, 8, 7)
    book.close()
    found = parse_hours(path)
    (row,) = found.rows
    assert (found.layout, found.sheet) == ("kimai", "Zeiten")
    assert (row.day, row.start, row.hours) == (date(2026, 3, 31), datetime(2026, 3, 31, 9, 0), Decimal("25.5"))
    assert (row.project, row.bill_amount, row.employee_id) == ("=Portal", Decimal("150.1"), "7")
    assert any("Secret" in warning for warning in found.warnings)


def test_json_gives_the_same_file_again():
    for path in DATA.glob("*.csv"):
        found = parse_hours(path)
        assert HoursFile.from_json(json.loads(json.dumps(found.as_json()))) == found


def test_rows_that_an_earlier_version_staged_are_read_still():
    rows = parse_hours(DATA / "harvest_detailed.csv").rows
    older = "".join(f"{json.dumps(row.as_json(), ensure_ascii=False)}\n" for row in rows).encode()
    newer = io.BytesIO()
    stage_rows(rows, newer)
    assert tuple(read_staged(gzip.compress(older))) == tuple(read_staged(newer.getvalue())) == rows
    texts = [text for _, text in read_staged_with_text(newer.getvalue())]
    assert [text for _, text in read_staged_with_text(gzip.compress(older))] == texts
    assert [json.loads(text) for text in texts] == [list(row.raw) for row in rows]


def test_upload_is_read_in_a_child_and_gives_the_same_rows():
    plain = parse_hours(DATA / "harvest_detailed.csv")
    found, rows = read_upload(DATA / "harvest_detailed.csv")
    assert tuple(read_staged(rows)) == plain.rows
    assert (found.rows, found.count, found.by_person) == ((), 4, plain.by_person)
    broken, none = read_upload(DATA / "bad_rows.csv")
    assert [error.row for error in broken.errors] == [17, 22, 23, 24]
    assert list(read_staged(none)) == []


def test_row_limit_holds_at_its_value_and_one_above(tmp_path):
    path = table(tmp_path / "h.csv", [["Date", "Person", "Hours"], *[["2026-03-02", "Ann", 1]] * 5])
    assert parse_hours(path, limits=TableLimits(rows=5)).count == 5
    with pytest.raises(Refused, match="more than 4 rows"):
        parse_hours(path, limits=TableLimits(rows=4))
    assert (HOURS_LIMITS.rows, HOURS_LIMITS.megabytes) == (1_000_000, 200)


@given(st.lists(st.decimals("-24", "24", places=2), min_size=1, max_size=20))
def test_hours_in_equal_hours_out(tmp_path_factory, amounts):
    path = tmp_path_factory.mktemp("h") / "h.csv"
    table(path, [["Date", "Person", "Hours"], *[["2026-03-02", "Ann", str(amount)] for amount in amounts]])
    found = parse_hours(path)
    assert [row.hours for row in found.rows] == amounts
    assert found.by_person["2026-03", "Ann"].hours == sum(amounts)
    assert len({row.key for row in found.rows}) == len(amounts)
