"""Workbooks: typed cells, live formulas with right values, print set-up, and text that stays text."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from headway.documents import tree
from headway.documents.claims import check
from headway.documents.style import DRAFT_WORDS
from headway.documents.tree import (
    Cell,
    Chart,
    ChartKind,
    Column,
    Document,
    Kind,
    Mark,
    PageBreak,
    Series,
    Sheet,
    Table,
    cell,
    number,
    row,
)
from headway.documents.xlsx import verify_workbook, write_xlsx
from headway.reports.registry import build
from headway.reports.status_claims import claims_of
from headway.reports.status_snapshot import Audience
from tests.documents import status_sample as sample
from tests.reports.samples import almost_empty, in_trouble, varied


def opened(content: bytes, *, values: bool = True) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def of_tables(*tables: Table, mark: Mark = Mark.DRAFT) -> Document:
    return Document("Book", "", sample.meta(mark), sheets=(Sheet("All", tables),))


def place_of(sheet: Any, shown: object) -> Any:
    """The first cell with that content."""
    return next(cell for cells in sheet.iter_rows() for cell in cells if cell.value == shown)


def below(sheet: Any, title: str, steps: int = 1) -> Any:
    head = place_of(sheet, title)
    return sheet.cell(head.row + steps, head.column)


def part(content: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def test_the_same_document_gives_the_same_bytes():
    assert write_xlsx(sample.status_pack()) == write_xlsx(sample.status_pack())


def test_the_documents_time_is_the_files_in_utc():
    moment = datetime(2026, 3, 20, 17, 30, tzinfo=timezone(timedelta(hours=2)))
    document = replace(sample.status_pack(), meta=replace(sample.meta(), timestamp=moment))
    properties = opened(write_xlsx(document)).properties

    assert properties.created.replace(tzinfo=UTC) == moment
    assert properties.title == document.title


def test_each_kind_of_value_is_a_cell_of_its_type():
    table = Table(
        (
            Column("Text"),
            Column("Money", Kind.MONEY),
            Column("Hours", Kind.HOURS),
            Column("Share", Kind.PERCENT),
            Column("Day", Kind.DATE),
            Column("None", Kind.NUMBER),
        ),
        (
            row(
                "words",
                sample.euros("1234.5", digits=2),
                sample.hour("7.5"),
                tree.percent(Decimal("35.5"), digits=1),
                tree.day(date(2026, 3, 20)),
                tree.no_value(Kind.NUMBER),
            ),
        ),
    )
    sheet = opened(write_xlsx(of_tables(table)))["All"]

    assert below(sheet, "Text").value == "words"
    assert below(sheet, "Money").value == 1234.5
    assert "€" in below(sheet, "Money").number_format
    assert below(sheet, "Hours").value == 7.5
    assert below(sheet, "Share").value == 0.355
    assert below(sheet, "Share").number_format.startswith("0.0%")
    assert below(sheet, "Day").value == datetime(2026, 3, 20)
    assert below(sheet, "Day").number_format == "d mmm yyyy"
    assert below(sheet, "None").value == "–"
    assert below(sheet, "Money").alignment.horizontal == place_of(sheet, "Money").alignment.horizontal == "right"


ATTACKS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "＝1+1", "http://a.b/c", "mailto:x@y", "<script>x")


@pytest.mark.parametrize("attack", ATTACKS)
def test_words_stay_words(attack):
    table = Table((Column("Name"), Column(attack)), (row(attack, number(1)),), caption=attack, notes=(attack,))
    content = write_xlsx(of_tables(table))
    xml = part(content, "xl/worksheets/sheet1.xml")

    assert "<f>" not in xml
    assert "hyperlink" not in xml
    assert below(opened(content, values=False)["All"], "Name").value == attack
    assert below(opened(content, values=False)["All"], "Name").data_type == "s"


def test_text_that_looks_like_a_formula_is_marked_as_text():
    sheet = opened(write_xlsx(of_tables(Table((Column("A"), Column("B")), (row("=1+1", "plain"),)))))["All"]

    assert below(sheet, "A").quotePrefix is True
    assert not below(sheet, "B").quotePrefix


def test_control_characters_and_hostile_words_give_a_readable_book():
    content = write_xlsx(sample.hostile_pack())
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    lines = [line for name in book.sheet_names for line in book.get_sheet_by_name(name).to_python()]
    said = " ".join(str(value) for line in lines for value in line)

    assert "#panic()" in said
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\u202e]", said)
    assert verify_workbook(content) == []


def test_the_longest_text_is_cut_visibly():
    content = write_xlsx(of_tables(Table((Column("A"), Column("B")), (row("x" * 40_000, "y"),))))
    kept = below(opened(content)["All"], "A").value

    assert len(kept) == 32_767
    assert kept.endswith("x…")


def test_every_sheet_prints_its_origin_its_page_and_draft():
    content = write_xlsx(build("status", "xlsx", in_trouble()))

    for sheet in opened(content).worksheets:
        foot = sheet.oddFooter.left.text
        assert "ATLAS Atlas booking site · Data date 15 May 2026 · Snapshot 12 · Source: Headway records" in foot
        assert sheet.oddFooter.right.text.startswith("Page ")
        assert DRAFT_WORDS in sheet.oddHeader.right.text
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_area


def test_an_approved_workbook_bears_no_mark():
    content = write_xlsx(build("status", "xlsx", in_trouble(), mark=Mark.NONE))

    assert "DRAFT" not in "".join(
        part(content, name) for name in zipfile.ZipFile(io.BytesIO(content)).namelist() if name.endswith(".xml")
    )


def test_a_long_footer_keeps_date_and_snapshot():
    meta = replace(sample.meta(), project="A & B " * 60, source="S & T " * 60, confidential="C" * 300)
    content = write_xlsx(Document("Book", "", meta, sheets=(Sheet("All", ()),)))
    footer = re.search("<oddFooter>(.*?)</oddFooter>", part(content, "xl/worksheets/sheet1.xml"))

    assert footer is not None
    told = footer[1].replace("&amp;", "&")
    assert len(told) <= 255
    assert "Data date 20 Mar 2026 · Snapshot 7" in told
    assert told.endswith("Page &P of &N")
    assert re.sub("&&|&[LRPN]|&8", "", told).count("&") == 0


def test_a_sheet_of_one_table_keeps_its_header_filters_and_repeats_it():
    content = write_xlsx(build("status", "xlsx", in_trouble()))
    sheet = opened(content)["Hours"]
    head = place_of(sheet, "Date")

    assert sheet.freeze_panes == f"B{head.row + 1}"
    assert sheet.auto_filter.ref == f"A{head.row}:{sheet.cell(sheet.max_row, 9).coordinate}"
    assert sheet.print_title_rows == f"${head.row}:${head.row}"


def test_columns_fit_their_content_and_print_whole():
    sheet = opened(write_xlsx(build("status", "xlsx", in_trouble())))["Milestones"]
    columns = [place_of(sheet, title).column_letter for title in ("Milestone", "Key", "Working days late")]
    wide, narrow, last = (sheet.column_dimensions[letter].width for letter in columns)

    assert wide > 1.5 * narrow
    assert last > 8
    assert sheet.print_area.endswith(f"$J${sheet.max_row}") or ":$J$" in sheet.print_area


def test_formulas_are_live_named_and_right():
    content = write_xlsx(build("status", "xlsx", in_trouble()))
    book = opened(content, values=False)
    live = [cell.value for sheet in book for cells in sheet.iter_rows() for cell in cells if cell.data_type == "f"]

    assert "=hw_ev-hw_ac" in live
    assert any(formula.startswith("=SUM(") for formula in live)
    assert {"hw_ev", "hw_ac", "hw_cpi"} <= set(book.defined_names)
    assert verify_workbook(content) == []


def test_percentages_and_totals_of_the_sample_are_right():
    content = write_xlsx(sample.status_pack())
    sheet = opened(content)["Hours and cost"]

    assert verify_workbook(content) == []
    assert below(sheet, "Against budget", 7).value == pytest.approx(float(Decimal(1340) / 1346 - 1), abs=0.2)
    assert below(sheet, "Against budget").number_format.count("%") >= 1


def test_one_wrong_value_among_thousands_is_the_one_reported():
    lines = [(number(n), number(2 * n), cell(number(3 * n), formula="{c0}{row}+{c1}{row}")) for n in range(1, 3001)]
    wrong = Cell(number(7), formula="{c0}{row}+{c1}{row}")
    lines[1776] = (*lines[1776][:2], wrong)
    columns = tuple(Column(title, Kind.NUMBER) for title in ("One", "Two", "Sum"))
    content = write_xlsx(of_tables(Table(columns, tuple(row(*line) for line in lines))))
    at = below(opened(content)["All"], "Sum", 1777)

    assert at.value == 7
    assert verify_workbook(content) == [f"All!{at.coordinate}"]


@pytest.mark.parametrize("kind", ChartKind)
def test_charts_are_native_and_read_their_figures_from_cells(kind):
    series = (Series("Used", (Decimal(10), Decimal(30), Decimal(25)), columns=kind is ChartKind.S_CURVE),)
    if kind is not ChartKind.WATERFALL:
        series += (Series("Planned", (Decimal(20), None, Decimal(40)), highlight=True),)
    chart = Chart(kind, "The finding.", ("One", "Two", "Three"), series, totals=(0, 2))
    content = write_xlsx(Document("Book", "", sample.meta(), sheets=(Sheet("All", (chart,)),)))
    xml = part(content, "xl/charts/chart1.xml")
    figures = opened(content)["Chart data"]

    assert "Chart data" in xml
    assert [cell.value for cell in figures["A"]][2:5] == ["One", "Two", "Three"]
    assert figures["B1"].value is None
    assert 'descr="The finding.' in part(content, "xl/drawings/drawing1.xml")
    assert "image" not in "".join(zipfile.ZipFile(io.BytesIO(content)).namelist())


def test_empty_blocks_say_that_they_are_empty():
    sheet = opened(write_xlsx(sample.empty_pack()))["All"]
    said = " ".join(str(cell.value) for cells in sheet.iter_rows() for cell in cells if cell.value)

    assert all(part in said for part in ("No open risks.", "No data yet.", "The plan has no tasks yet.", "None."))


def test_a_report_without_sheets_becomes_one_sheet_with_all_page_breaks():
    blocks = (PageBreak(), sample.risks(), PageBreak(), sample.risks())
    document = replace(sample.status_pack(), sheets=(), blocks=blocks)
    book = opened(write_xlsx(document))

    assert book.sheetnames == ["Report"]
    assert len(book["Report"].row_breaks.brk) == 2


def test_sheet_names_are_made_valid_and_kept_apart():
    names = ("A/B: [2026]?*" + "x" * 40, "'Quoted'", "History", "same", "SAME", "")
    document = Document("Book", "", sample.meta(), sheets=tuple(Sheet(name, ()) for name in names))
    made = opened(write_xlsx(document)).sheetnames

    assert len({name.casefold() for name in made}) == len(names)
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in made)
    assert "history" not in {name.casefold() for name in made}


def test_a_date_before_excels_first_is_text():
    table = Table((Column("Day", Kind.DATE), Column("B")), (row(tree.day(date(1899, 5, 1)), "x"),))

    assert below(opened(write_xlsx(of_tables(table)))["All"], "Day").value == "1 May 1899"


SNAPSHOTS: dict[str, Callable[[], Any]] = {
    "trouble": in_trouble,
    "client": lambda: in_trouble(audience=Audience.CLIENT),
    "empty": almost_empty,
    **{f"seed{seed}": (lambda seed=seed: varied(seed)) for seed in range(4)},
}


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_the_claims_checker_finds_no_fault(name):
    snapshot = SNAPSHOTS[name]()

    assert check(write_xlsx(build("status", "xlsx", snapshot, mark=Mark.NONE)), "xlsx", claims_of(snapshot)) == ()
