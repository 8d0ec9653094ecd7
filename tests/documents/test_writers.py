"""The writers without an office program: what stands in each file, what is escaped, what is empty."""

from __future__ import annotations

import io
import zipfile
from html.parser import HTMLParser

import openpyxl
import pytest

from headway.documents import charts, tree
from headway.documents.html import write_html
from headway.documents.text import write_markdown, write_text
from headway.documents.xlsx import verify_workbook, write_xlsx
from tests.documents import status_sample as sample

WRITERS = [write_html, write_markdown, write_text, write_xlsx]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("make", [sample.status_pack, sample.empty_pack, sample.hostile_pack])
def test_an_equal_document_gives_equal_bytes(write, make):
    assert write(make()) == write(make())


@pytest.mark.parametrize("write", [write_html, write_markdown, write_text])
def test_running_formats_carry_claims_draft_mark_and_origin(write):
    text = write(sample.status_pack()).decode().replace("\\", "")
    for words in ("DRAFT", "Snapshot 7", "Data date 20 Mar 2026", "€219,504", "not measured", "Not measured"):
        assert words in text
    assert "DRAFT" not in write(sample.status_pack(tree.Mark.NONE)).decode()


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)


def test_hostile_text_stays_text_in_html():
    page = write_html(sample.hostile_pack()).decode()
    parser = _Tags()
    parser.feed(page)
    assert not parser.tags & {"script", "b", "iframe", "a"}
    assert "&lt;script&gt;" in page
    assert "\x00" not in page
    assert "\u202e" not in page


def test_hostile_text_stays_text_in_markdown():
    page = write_markdown(sample.hostile_pack()).decode()
    assert "<script" not in page.replace("\\<", "")
    assert "](javascript" not in page.replace("\\]", "")


def test_hours_behind_a_cost_curve_bear_no_currency():
    chart = sample.s_curve()
    assert "Hours of the week 72 at W11" in charts.describe(chart)
    assert "Earned value €65,300 at W11" in charts.describe(chart)


def test_every_formula_of_the_workbook_gives_its_stored_value():
    content = write_xlsx(sample.status_pack())
    book = openpyxl.load_workbook(io.BytesIO(content))
    formulas = [c.value for s in book.worksheets for line in s.iter_rows() for c in line if c.data_type == "f"]
    assert len(formulas) > 30
    assert verify_workbook(content) == []


def test_one_wrong_stored_value_is_the_one_cell_reported():
    table = tree.Table(
        (tree.Column("a", tree.Kind.NUMBER), tree.Column("b", tree.Kind.NUMBER)),
        (tree.row(tree.number(1), tree.cell(tree.number(3), formula="{c0}{row}*2")),),
    )
    content = write_xlsx(tree.Document("t", "", sample.meta(), (table,)))
    assert len(verify_workbook(content)) == 1


def test_user_text_never_becomes_a_formula_or_link():
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(sample.hostile_pack())))
    cells = [c for sheet in book.worksheets for line in sheet.iter_rows() for c in line]
    assert not [c for c in cells if c.data_type == "f" or c.hyperlink]
    assert any(isinstance(c.value, str) and c.value.startswith("=1+1<b>") for c in cells)


def test_workbook_has_native_charts_and_a_footer_on_every_sheet():
    with zipfile.ZipFile(io.BytesIO(write_xlsx(sample.status_pack()))) as archive:
        names = archive.namelist()
    assert sum(name.startswith("xl/charts/chart") for name in names) == 2
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(sample.status_pack())))
    assert all("Snapshot 7" in (sheet.oddFooter.left.text or "") for sheet in book.worksheets)
    assert all("DRAFT" in (sheet.oddHeader.right.text or "") for sheet in book.worksheets)
