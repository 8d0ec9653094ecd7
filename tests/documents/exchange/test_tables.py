"""The table reader: encodings, delimiters, places of rows, limits, and files made to hurt."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from headway.documents import child
from headway.documents.child import Refused
from headway.documents.exchange.cells import (
    CellError,
    DateOrder,
    DecimalSign,
    date_order,
    hours_of,
    moment_of,
    number_of,
    sign_evidence,
    time_of,
    yes_or_no,
)
from headway.documents.exchange.hours import read_upload
from headway.documents.exchange.tables import (
    Table,
    TableLimits,
    find_table,
    neutralise,
    open_book,
    reveal,
)


def table_of(path: Path, **options: object) -> Table:
    return find_table(open_book(path, **options), lambda names: sum(name in {"Date", "Hours"} for name in names))


def written(tmp_path: Path, data: bytes, name: str = "h.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def cells_of(path: Path, **options: object) -> list[list[object]]:
    return [cells for _, cells in table_of(path, **options).rows()]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_seen_and_quotes_double(tmp_path, delimiter):
    text = delimiter.join(["Date", "Hours", '"A ""b"" , ; | c"']) + "\n" + delimiter.join(["x", '"1,5"', "\\n"]) + "\n"
    table = table_of(written(tmp_path, text.encode()))
    assert table.columns == ("Date", "Hours", 'A "b" , ; | c')
    assert [cells for _, cells in table.rows()] == [["x", "1,5", "\\n"]]


def test_separator_line_of_spreadsheets_is_obeyed(tmp_path):
    table = table_of(written(tmp_path, b"sep=;\nDate;Hours\n1,2;3\n"))
    assert (table.header_row, table.columns) == (2, ("Date", "Hours"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_with_and_without_mark(tmp_path, encoding):
    path = written(tmp_path, "Date,Hours\nÜbung €,1\n".encode(encoding))
    assert open_book(path).questions == ()
    assert cells_of(path) == [["Übung €", "1"]]


def test_other_encodings_are_a_question_with_the_lines(tmp_path):
    path = written(tmp_path, "Date,Hours\nplain,1\nÜbung,1\n".encode("windows-1252"))
    (question,) = open_book(path).questions
    assert (question.field, question.assumed, question.choices[0]) == ("encoding", "windows-1252", "windows-1252")
    assert "line 3: Übung,1" in question.message
    assert open_book(path, answers={"encoding": "windows-1252"}).questions == ()
    with pytest.raises(Refused, match="not one of"):
        open_book(path, answers={"encoding": "utf-7"})


def test_cyrillic_is_guessed_as_such(tmp_path):
    text = "Date,Hours\n" + "Совещание по проекту и обсуждение сметы,1\n" * 5
    path = written(tmp_path, text.encode("windows-1251"))
    (question,) = open_book(path).questions
    assert question.assumed == "windows-1251"
    assert "Совещание" in question.message


def test_mixed_encodings_are_refused_with_both_lines(tmp_path):
    data = b"Date,Hours\n" + "Übung,1\n".encode() + "Übung,2\n".encode("windows-1252")
    with pytest.raises(Refused, match="line 2 is UTF-8, line 3 is not") as caught:
        open_book(written(tmp_path, data))
    assert caught.value.row == 3


def test_nul_is_refused_with_its_line(tmp_path):
    with pytest.raises(Refused, match="NUL") as caught:
        open_book(written(tmp_path, b"Date,Hours\nx,1\ny\0,2\n"))
    assert (caught.value.file, caught.value.row) == ("h.csv", 3)


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path):
    table = table_of(written(tmp_path, b'\nReport,\nDate,Hours\n"a\nb",1\n\nc,2\n'))
    assert table.header_row == 3
    assert list(table.rows()) == [(4, ["a\nb", "1"]), (6, ["c", "2"])]


def test_doubled_columns_get_numbers_and_a_warning(tmp_path):
    table = table_of(written(tmp_path, b"Date,Hours,Epic,epic,Date\n1,2,3,4,5\n"))
    assert table.columns == ("Date", "Hours", "Epic", "epic (2)", "Date (2)")
    assert any("Date, Epic" in warning for warning in table.warnings)


def test_short_rows_are_filled_and_long_ones_reported(tmp_path):
    table = table_of(written(tmp_path, b"Date,Hours\na\nb,1,,\nc,1,x\n"))
    errors = []
    assert [cells for _, cells in table.rows(errors)] == [["a", ""], ["b", "1"]]
    assert [(e.row, e.value) for e in errors] == [(4, "x")]


def test_quotation_mark_left_open_is_refused_with_its_row(tmp_path):
    with pytest.raises(Refused, match="quotation mark") as caught:
        cells_of(written(tmp_path, b'Date,Hours\na,1\n"b,2\nc,3\n'))
    assert caught.value.row == 3


@pytest.mark.parametrize("size", [32_768, 131_073, 200_000])
def test_field_above_the_limit_is_refused_by_row(tmp_path, size):
    path = written(tmp_path, b"Date,Hours\na,1\n" + b"x" * size + b",2\n")
    with pytest.raises(Refused, match="32,767 characters") as caught:
        cells_of(path)
    assert caught.value.row == 3


def test_limits_hold_at_their_value_and_one_above(tmp_path):
    path = written(tmp_path, b"Date,Hours,c\n" + b"xxxxx,2,3\n" * 3)
    assert len(cells_of(path, limits=TableLimits(rows=3, columns=3, characters=5))) == 3
    with pytest.raises(Refused, match="more than 2 rows"):
        cells_of(path, limits=TableLimits(rows=2))
    with pytest.raises(Refused, match="more than 2 columns"):
        cells_of(path, limits=TableLimits(columns=2))
    with pytest.raises(Refused, match="more than 4 characters"):
        cells_of(path, limits=TableLimits(characters=4))
    with pytest.raises(Refused, match="larger than 0 MB"):
        open_book(path, limits=TableLimits(megabytes=0))


# ---- workbooks ---------------------------------------------------------------------------------


def workbook(path: Path, fill: Callable[[xlsxwriter.Workbook, object], None], **options: object) -> Path:
    book = xlsxwriter.Workbook(str(path), options)
    sheet = book.add_worksheet("Data")
    sheet.write_row(0, 0, ["Date", "Hours"])
    fill(book, sheet)
    book.close()
    return path


def changed(path: Path, member: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one member's bytes changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            data = source.read(name)
            copy.writestr(name, change(data) if name == member else data)
    path.write_bytes(target.getvalue())
    return path


SHEET = "xl/worksheets/sheet1.xml"


def test_workbook_cells_keep_their_types(tmp_path):
    def fill(book, sheet):
        formats = [
            book.add_format({"num_format": f}) for f in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm", "[h]:mm", "0%")
        ]
        sheet.write_datetime(1, 0, date(2026, 3, 2), formats[0])
        sheet.write_datetime(1, 1, datetime(2026, 3, 2, 9, 30), formats[1])
        sheet.write_datetime(2, 0, time(9, 30), formats[2])
        sheet.write_datetime(2, 1, timedelta(hours=30), formats[3])
        sheet.write_number(3, 0, 0.333, formats[4])
        sheet.write_number(3, 1, 0.1 + 0.2)
        sheet.write_boolean(4, 0, True)
        sheet.write_string(4, 1, "007")

    assert cells_of(workbook(tmp_path / "t.xlsx", fill)) == [
        [date(2026, 3, 2), datetime(2026, 3, 2, 9, 30)],
        [time(9, 30), timedelta(hours=30)],
        ["33.3%", Decimal("0.3")],
        [True, "007"],
    ]


def test_dates_of_the_1904_system(tmp_path):
    def fill(book, sheet):
        sheet.write_datetime(1, 0, date(2026, 3, 2), book.add_format({"num_format": "yyyy-mm-dd"}))

    path = workbook(tmp_path / "t.xlsx", fill, date_1904=True)
    assert cells_of(path)[0][0] == date(2026, 3, 2)


def test_formulas_are_not_evaluated_and_faults_stay_visible(tmp_path):
    def fill(_, sheet):
        sheet.write_formula(1, 0, "=1+1", None, 5)
        sheet.write_formula(2, 0, "=1/0", None, "#DIV/0!")
        sheet.write_string(3, 0, "=1+1")

    path = workbook(tmp_path / "t.xlsx", fill)
    table = table_of(path)
    assert [cells[0] for _, cells in table.rows()] == [Decimal(5), "#DIV/0!", "=1+1"]
    assert any("2 cells hold formulas" in warning for warning in table.warnings)
    bare = changed(path, SHEET, lambda data: data.replace(b"<v>5</v>", b""))
    (error,) = table_of(bare).source.errors
    assert (error.row, error.field) == (2, "A")
    assert "no stored result" in error.message


def test_hidden_sheets_are_named_and_not_read(tmp_path):
    def fill(book, sheet):
        sheet.write_row(1, 0, ["x", 1])
        book.add_worksheet("Old").hide()
        book.add_worksheet("Older").very_hidden()
        book.add_worksheet("Other")

    table = table_of(workbook(tmp_path / "t.xlsx", fill))
    assert "Hidden sheets are not read: Old, Older." in table.warnings
    assert "Read from sheet 'Data'. Other sheets: Other." in table.warnings
    with pytest.raises(Refused, match="no visible sheet 'Old'"):
        find_table(open_book(tmp_path / "t.xlsx"), len, sheet="Old")


def test_far_cell_is_refused_before_any_library_sees_it(tmp_path):
    path = workbook(tmp_path / "t.xlsx", lambda _, sheet: sheet.write_row(1, 0, ["x", 1]))
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    with pytest.raises(Refused, match=r"beyond row 50,000") as caught:
        open_book(changed(path, SHEET, lambda data: data.replace(b"</sheetData>", far)))
    assert (caught.value.sheet, caught.value.row) == ("Data", 1_048_576)


def test_empty_far_rows_are_no_fault(tmp_path):
    path = workbook(tmp_path / "t.xlsx", lambda _, sheet: sheet.write_row(1, 0, ["x", 1]))
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    assert cells_of(changed(path, SHEET, lambda data: data.replace(b"</sheetData>", far))) == [["x", Decimal(1)]]


def test_sheet_limits_hold_at_their_value_and_one_above(tmp_path):
    path = workbook(tmp_path / "t.xlsx", lambda _, sheet: [sheet.write_row(row, 0, ["x", 1]) for row in (1, 2, 3)])
    exact = TableLimits(sheet_rows=3, columns=2, area=8, sheets=1, characters=5)
    assert len(cells_of(path, limits=exact)) == 3
    for limits, message in (
        (TableLimits(sheet_rows=2), "beyond row 2"),
        (TableLimits(columns=1), "beyond column 1"),
        (TableLimits(area=7), "more than 7 cells"),
        (TableLimits(sheets=0), "more than 0 sheets"),
    ):
        with pytest.raises(Refused, match=message):
            open_book(path, limits=limits)
    with pytest.raises(Refused, match="more than 4 characters"):
        cells_of(path, limits=TableLimits(characters=4))


@pytest.mark.parametrize("member", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
def test_document_types_are_refused_in_every_part(tmp_path, member):
    path = workbook(tmp_path / "t.xlsx", lambda _, sheet: sheet.write_row(1, 0, ["x", 1]))

    def declare(data: bytes) -> bytes:
        start = data.index(b"?>") + 2
        return data[:start] + b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + data[start:]

    with pytest.raises(Refused, match="document type"):
        open_book(changed(path, member, declare))


def test_deep_and_broken_xml_is_refused(tmp_path):
    path = workbook(tmp_path / "t.xlsx", lambda _, sheet: sheet.write_row(1, 0, ["x", 1]))
    deep = b"<a>" * 300 + b"</a>" * 300 + b"</sheetData>"
    with pytest.raises(Refused, match="nested deeper"):
        open_book(changed(path, SHEET, lambda data: data.replace(b"</sheetData>", deep)))
    whole = workbook(tmp_path / "u.xlsx", lambda _, sheet: sheet.write_row(1, 0, ["x", 1]))
    with pytest.raises(Refused, match="not well-formed"):
        open_book(changed(whole, SHEET, lambda data: data[:-20]))


def test_ods_is_read_and_repeated_filling_is_bounded(tmp_path):
    head = (
        '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
        '<office:body><office:spreadsheet><table:table table:name="Data">'
    )
    tail = "</table:table></office:spreadsheet></office:body></office:document-content>"

    def cell(text: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'

    def ods(name: str, rows: str) -> Path:
        with zipfile.ZipFile(tmp_path / name, "w") as book:
            book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            book.writestr("content.xml", head + rows + tail)
            space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
            manifest = f'<manifest:manifest xmlns:manifest="{space}"></manifest:manifest>'
            book.writestr("META-INF/manifest.xml", manifest)
        return tmp_path / name

    header = f"<table:table-row>{cell('Date')}{cell('Hours')}</table:table-row>"
    gap = '<table:table-cell table:number-columns-repeated="16384"/>'
    empty = f'<table:table-row table:number-rows-repeated="1048574">{gap}</table:table-row>'
    assert cells_of(ods("good.ods", f"{header}<table:table-row>{cell('x')}{cell('1')}</table:table-row>{empty}")) == [
        ["x", "1"]
    ]
    bomb = f'<table:table-row table:number-rows-repeated="1000000">{cell("x")}</table:table-row>'
    with pytest.raises(Refused, match="beyond row 50,000"):
        open_book(ods("bomb.ods", header + bomb))


def test_kinds_that_contradict_their_names_are_refused(tmp_path):
    book = workbook(tmp_path / "t.xlsx", lambda _, sheet: None)
    with pytest.raises(Refused, match="name says text"):
        open_book(written(tmp_path, book.read_bytes(), "t.csv"))
    with pytest.raises(Refused, match="not a workbook"):
        open_book(written(tmp_path, b"Date,Hours\n", "u.xlsx"))
    with pytest.raises(Refused, match="old binary Excel"):
        open_book(written(tmp_path, b"\xd0\xcf\x11\xe0" + bytes(600), "v.xls"))
    with pytest.raises(Refused, match="does not fit"):
        open_book(written(tmp_path, book.read_bytes(), "t.ods"))


def test_bomb_is_refused_by_the_child_and_named(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book, book.open("xl/workbook.xml", "w") as member:
        for _ in range(300):
            member.write(bytes(1024 * 1024))
    with pytest.raises(Refused, match="100 times") as caught:
        read_upload(path, limits=child.READ_LIMITS)
    assert caught.value.file == "bomb.xlsx"


# ---- guards and cells --------------------------------------------------------------------------


@given(st.text())
def test_guard_comes_off_exactly(text):
    assert reveal(neutralise(text)) == text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", "'=1"])
def test_formula_starts_are_guarded(text):
    assert neutralise(text) == f"'{text}"


@pytest.mark.parametrize("text", ["plain", "1-1", "'quoted'", "", "a=b"])
def test_plain_text_is_left_alone(text):
    assert neutralise(text) == text
    assert reveal(text) == text


def test_guarded_text_survives_a_csv(tmp_path):
    target = io.StringIO()
    csv.writer(target).writerow([neutralise("=HYPERLINK(1)"), -1.5])
    assert target.getvalue() == "'=HYPERLINK(1),-1.5\r\n"


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["01/02/2026", "27/02/2026"], DateOrder.DMY),
        (["01/02/2026", "02/27/2026"], DateOrder.MDY),
        (["01.02.2026"], DateOrder.DMY),
        (["01/02/2026"], None),
        (["13/01/2026", "01/13/2026"], None),
        (["13/01/2026", "14/01/2026", "01/13/2026"], DateOrder.DMY),
        (["2026-01-02"], DateOrder.YMD),
    ],
)
def test_date_order_is_proven_or_left_open(values, order):
    assert date_order(values)[0] is order


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("2026-3-2", date(2026, 3, 2), None),
        ("2026-8-1 14:33", date(2026, 8, 1), time(14, 33)),
        ("Mon 02/03/26 8:00 AM", date(2026, 3, 2), time(8, 0)),
        ("2 March 2026", date(2026, 3, 2), None),
        ("Mar 2, 2026", date(2026, 3, 2), None),
        ("02. März 2026", date(2026, 3, 2), None),
        ("02-Mar-26", date(2026, 3, 2), None),
        ("Mo 02.03.26", date(2026, 3, 2), None),
    ],
)
def test_dates_in_words_and_numbers(text, day, clock):
    found = moment_of(text, DateOrder.DMY)
    assert (found.day, found.clock) == (day, clock)


def test_instants_keep_their_zone():
    found = moment_of("2026-03-02T23:30:00+02:00", DateOrder.DMY)
    assert found.instant == datetime.fromisoformat("2026-03-02T23:30:00+02:00")


@pytest.mark.parametrize(
    "text", ["31/02/2026", "2026-02-30", "1/2", "32/01/2026", "yesterday", "1 Foo 2026", "20260302"]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(CellError):
        moment_of(text, DateOrder.DMY)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("10:23 AM", time(10, 23)),
        ("11:23:01 PM", time(23, 23, 1)),
        ("12:00 AM", time(0)),
        ("2 pm", time(14)),
        ("14.30 Uhr", time(14, 30)),
    ],
)
def test_times_in_twelve_and_twentyfour_hours(text, clock):
    assert time_of(text) == clock


@pytest.mark.parametrize("text", ["13:00 PM", "24:00", "9", "9:60", "0:30 AM"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(CellError):
        time_of(text)


@pytest.mark.parametrize(
    ("values", "sign"),
    [
        (["1.5"], DecimalSign.POINT),
        (["1,5"], DecimalSign.COMMA),
        (["2.000,0"], DecimalSign.COMMA),
        (["1,234.5"], DecimalSign.POINT),
        (["1,234,567"], DecimalSign.POINT),
        (["0,125"], DecimalSign.COMMA),
        (["1,234"], None),
        (["7"], None),
    ],
)
def test_decimal_sign_is_proven_or_left_open(values, sign):
    assert sign_evidence(values).sign is sign


@pytest.mark.parametrize(
    ("text", "sign", "number"),
    [
        ("€ 1.234,50", DecimalSign.COMMA, "1234.50"),
        ("1 234,5 EUR", DecimalSign.COMMA, "1234.5"),
        ("-1,234.5", DecimalSign.POINT, "-1234.5"),
        ("−3", DecimalSign.POINT, "-3"),
        (".5", DecimalSign.POINT, "0.5"),
    ],
)
def test_numbers_with_marks_and_currencies(text, sign, number):
    assert number_of(text, sign) == Decimal(number)


@pytest.mark.parametrize(
    ("cell", "hours"),
    [("1:30", "1.5"), ("01:30:36", "1.51"), ("-0:15", "-0.25"), ("1h 30m", "1.5"), ("90m", "1.5"), ("1,5 Std.", "1.5"),
     (timedelta(hours=25), "25"), (time(1, 30), "1.5"), (Decimal("0.25"), "0.25")],
)  # fmt: skip
def test_hours_in_every_writing(cell, hours):
    assert hours_of(cell) == Decimal(hours)


def test_yes_and_no_in_several_languages():
    assert [yes_or_no(word) for word in ("Yes", "JA", "да", "oui", "1")] == [True] * 5
    assert [yes_or_no(word) for word in ("No", "nein", "нет", "non", "0")] == [False] * 5
    assert yes_or_no("") is None
    with pytest.raises(CellError):
        yes_or_no("maybe")
