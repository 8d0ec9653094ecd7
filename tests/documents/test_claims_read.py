"""Reading finished files back: every format gives the same pieces with row, column and heading."""

from __future__ import annotations

import io
import zipfile

import docx
import pptx
import pytest
import typst
import xlsxwriter
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from headway.documents.claim_set import ClaimSet
from headway.documents.claims import check
from headway.documents.claims_formulas import formula_faults
from headway.documents.claims_read import Piece, UnreadableFileError, pieces

NOTHING_KNOWN = ClaimSet((), (), (), (), (), ())
ROWS = [["Milestone", "Baseline", "Forecast"], ["Pilot live", "10 Jul 2026", "21 Jul 2026"]]


def word_file() -> bytes:
    document = docx.Document()
    document.add_heading("Milestones", 1)
    document.add_paragraph("Two of six are late.")
    table = document.add_table(2, 3)
    for cells, words in zip(table.rows, ROWS, strict=True):
        for cell, word in zip(cells.cells, words, strict=True):
            cell.text = word
    document.sections[0].footer.paragraphs[0].text = "Snapshot 12"
    return saved(document)


def deck() -> bytes:
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "Milestones"
    table = slide.shapes.add_table(2, 3, 0, 0, Inches(5), Inches(1)).table
    for number, words in enumerate(ROWS):
        for column, word in enumerate(words):
            table.cell(number, column).text = word
    data = CategoryChartData()
    data.categories = ["6 Mar", "13 Mar"]
    data.add_series("Planned value", (4200, 9100))
    slide.shapes.add_chart(XL_CHART_TYPE.LINE, 0, 0, Inches(4), Inches(3), data)
    slide.notes_slide.notes_text_frame.text = "Two of six are late."
    return saved(presentation)


def saved(document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def workbook(stored: float = 0.84) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_string(0, 0, "Milestones")
        for column, word in enumerate(ROWS[0]):
            sheet.write_string(2, column, word)
        sheet.write_string(3, 0, "Pilot live")
        sheet.write_number(3, 1, 84)
        sheet.write_formula(3, 2, "=B4/100", None, stored)
        sheet.set_footer("&LSnapshot 12&RPage &P of &N")
    return stream.getvalue()


def tagged_pdf() -> bytes:
    source = """#set document(title: "Status")
= Milestones
Two of six are late.
#table(columns: 3, table.header([Milestone], [Baseline], [Forecast]), [Pilot live], [10 Jul 2026], [21 Jul 2026])
#figure(rect[50,000], alt: "A chart of planned value")
"""
    return typst.compile(source.encode(), format="pdf", pdf_standards=["ua-1"])


PAGE = b"""<html><head><title>Status</title><style>p{margin:1px}</style></head><body><h2>Milestones</h2>
<p>Two of <b>six</b> are late.</p><table><tr><th>Milestone</th><th>Baseline</th><th>Forecast</th></tr>
<tr><th>Pilot live</th><td>10&nbsp;Jul 2026</td><td>21 Jul 2026</td></tr></table>
<svg><text>50,000</text></svg></body></html>"""
NOTES = b"## Milestones\n\nTwo of **six** are late.\n\n| Milestone | Baseline | Forecast |\n| --- | --- | --- |\n" \
    b"| Pilot live | 10 Jul 2026 | 21 Jul 2026 |\n"  # fmt: skip


@pytest.mark.parametrize(
    ("form", "content"),
    [("docx", word_file()), ("pptx", deck()), ("pdf", tagged_pdf()), ("html", PAGE), ("md", NOTES)],
)
def test_a_cell_knows_its_row_column_and_heading(form, content):
    found = pieces(content, form)
    cell = next(piece for piece in found if piece.text == "21 Jul 2026")

    assert (cell.row, cell.column, cell.heading) == ("Pilot live", "Forecast", "Milestones")
    assert any(piece.text == "Two of six are late." for piece in found)


def test_headers_footers_charts_and_their_data_are_read():
    assert any(piece.text == "Snapshot 12" and "footer" in piece.place for piece in pieces(word_file(), "docx"))
    points = [piece for piece in pieces(deck(), "pptx") if piece.typed and piece.row == "13 Mar"]
    assert {(piece.column, piece.text) for piece in points} == {("Planned value", "9100")}
    assert {"slide 1, chart, data, Sheet1, cell B3"} <= {piece.place for piece in points}


def test_text_inside_a_drawing_is_marked_as_such():
    for form, content in (("pdf", tagged_pdf()), ("html", PAGE)):
        tick = next(piece for piece in pieces(content, form) if piece.text == "50,000")
        assert tick.figure


def test_a_workbook_gives_stored_values_with_row_and_column():
    found = pieces(workbook(), "xlsx")

    assert Piece("sheet Plan, cell C4", "0.84", "Pilot live", "Forecast", "Milestones", typed=True) in found
    assert any(piece.text == "| Snapshot 12 | Page | of |" for piece in found)


def test_a_stored_value_that_its_formula_does_not_give_is_the_one_fault():
    assert formula_faults(workbook()) == ()
    faults = formula_faults(workbook(0.85))

    assert [(fault.sheet, fault.cell, fault.stored) for fault in faults] == [("Plan", "C4", "0.85")]
    assert any(fault.kind == "formula" for fault in check(workbook(0.85), "xlsx", NOTHING_KNOWN))


def test_an_untagged_pdf_is_refused():
    with pytest.raises(UnreadableFileError, match="not tagged"):
        pieces(typst.compile(b"Hello", format="pdf", pdf_tags=False), "pdf")


def test_a_package_without_its_main_part_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/other.xml", "<a/>")

    with pytest.raises(UnreadableFileError, match="docx file cannot be read back"):
        pieces(stream.getvalue(), "docx")
