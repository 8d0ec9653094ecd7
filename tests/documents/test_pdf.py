"""PDF files: tagged, reproducible, complete, and inert against what people type."""

from __future__ import annotations

import io
import os
import re
import socket
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdf
import pytest

from headway.documents import tree
from headway.documents.claims import check
from headway.documents.pdf import PdfError, write_pdf
from headway.documents.style import DRAFT_WORDS
from headway.documents.tree import (
    Bullets,
    Chart,
    ChartKind,
    Column,
    Document,
    Figure,
    Heading,
    Kind,
    Layout,
    Mark,
    Paragraph,
    Series,
    Slide,
    Table,
    row,
    runs,
)
from headway.reports.registry import build
from headway.reports.status_claims import claims_of
from headway.reports.status_snapshot import Audience
from tests.documents import status_sample as sample
from tests.reports.samples import almost_empty, in_trouble, varied


def png_chunk(kind: bytes, content: bytes) -> bytes:
    check_sum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check_sum)


PIXEL = b"".join(
    (
        b"\x89PNG\r\n\x1a\n",
        png_chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
        png_chunk(b"IDAT", zlib.compress(b"\0\0\0\0")),
        png_chunk(b"IEND", b""),
    )
)


def opened(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def words(content: bytes) -> str:
    return " ".join("\n".join(page.extract_text() for page in opened(content).pages).split())


def bare(text: str) -> str:
    """Letters without spaces, and without Hebrew ones, which a reader gets in the order they are painted."""
    return re.sub(r"[\s\u0590-\u05ff]", "", text)


def of_blocks(*blocks: tree.Block, mark: Mark = Mark.DRAFT) -> Document:
    return Document("Report", "", sample.meta(mark), blocks)


def structure(content: bytes) -> list[str]:
    """Kinds of all elements of the structure tree, in reading order."""
    found: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for kid in node:
                walk(kid)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append(str(node["/S"]))
            if "/K" in node and not isinstance(node["/K"], int):
                walk(node["/K"])

    walk(opened(content).trailer["/Root"]["/StructTreeRoot"])
    return found


def descriptions(content: bytes) -> list[str]:
    """Alternative texts of all elements of the structure tree."""
    reader = opened(content)
    objects = (reader.get_object(number) for number in range(1, int(reader.trailer["/Size"])))
    return [str(each["/Alt"]) for each in objects if isinstance(each, dict) and "/Alt" in each]


def test_the_file_is_tagged_and_claims_both_standards():
    content = write_pdf(sample.status_pack())
    root = opened(content).trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("en")
    assert re.search(r"pdfuaid:part(>|=\")1", metadata)
    assert re.search(r"pdfaid:part(>|=\")2", metadata)
    assert re.search(r"pdfaid:conformance(>|=\")A", metadata)
    assert {"/Table", "/TH", "/TD", "/L", "/H1", "/Figure"} <= set(structure(content))


def test_the_same_document_gives_the_same_bytes():
    assert write_pdf(sample.status_pack()) == write_pdf(sample.status_pack())
    assert write_pdf(build("steering", "pdf", in_trouble())) == write_pdf(build("steering", "pdf", in_trouble()))


def test_the_documents_time_and_names_are_the_files():
    content = write_pdf(sample.status_pack())
    meta = opened(content).metadata

    assert meta is not None
    assert meta.title == sample.status_pack().title
    assert meta.creation_date == sample.meta().timestamp


@pytest.mark.parametrize("kind", ["status", "steering"])
def test_every_page_says_its_origin_its_number_and_draft(kind):
    snapshot = in_trouble()
    pages = opened(write_pdf(build(kind, "pdf", snapshot))).pages

    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        said = " ".join(page.extract_text().split())
        assert "ATLAS Atlas booking site · Data date 15 May 2026 · Snapshot 12 · Source: Headway records" in said
        assert f"Page {number} of {len(pages)}" in said
        assert DRAFT_WORDS in said


def test_an_approved_document_bears_no_mark():
    assert "DRAFT" not in words(write_pdf(sample.status_pack(Mark.NONE)))


def test_a_report_stands_on_a4_and_a_deck_on_wide_slides():
    report = opened(write_pdf(build("status", "pdf", in_trouble()))).pages[0].mediabox
    deck = opened(write_pdf(build("steering", "pdf", in_trouble()))).pages

    assert (round(report.width), round(report.height)) == (595, 842)
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in deck} == {(960, 540)}
    assert len(deck) == len(build("steering", "pdf", in_trouble()).slides)


def test_every_text_and_figure_of_the_sample_is_found_in_the_file():
    document = sample.status_pack()
    said = bare(words(write_pdf(document)))

    for block in document.blocks:
        for node in tree.walk(block):
            if isinstance(node, tree.Cell | tree.KeyFigure):
                assert bare(node.value.text) in said
            if isinstance(node, tree.Run | tree.Heading):
                assert bare(node.text) in said


def test_headings_have_no_gaps_for_screen_readers():
    headings = (Heading("Second first", 2), Heading("Third", 3), Heading("First"), Heading("Deep", 3))
    content = write_pdf(of_blocks(*headings))

    assert [kind for kind in structure(content) if re.fullmatch("/H[1-6]", kind)] == ["/H1", "/H2", "/H1", "/H2"]


def test_a_long_table_repeats_its_header():
    table = Table(
        (Column("Name"), Column("Amount", Kind.MONEY)),
        tuple(row(f"Line {number}", sample.euros(number)) for number in range(200)),
        totals=(row("Total", sample.euros(19900)),),
    )
    pages = opened(write_pdf(of_blocks(table))).pages

    assert len(pages) > 3
    assert all("Amount" in page.extract_text() for page in pages)
    assert "€19,900" in pages[-1].extract_text()


def long_plan(count: int) -> tree.Gantt:
    plan = sample.plan()
    rows = tuple(replace(plan.rows[number % len(plan.rows)], uid=number) for number in range(count))
    return replace(plan, rows=rows, links=())


@pytest.mark.parametrize("above", range(45, 50))  # lines that leave room for three rows, two, one, the head, nothing
def test_a_table_begins_with_at_least_two_rows_or_on_the_next_page(above):
    table = Table(
        (Column("Name"), Column("Amount", Kind.NUMBER)),
        tuple(row(f"Row {number}", tree.number(number)) for number in range(1, 31)),
        caption="Sums",
    )
    filling = Bullets(tuple(runs(f"Line {number}") for number in range(above)))
    for page in opened(write_pdf(of_blocks(filling, Heading("The table", 2), table))).pages:
        said = page.extract_text()
        assert ("The table" in said) == ("Row 1 1\n" in said) == ("Row 2 2\n" in said)


def test_a_wrapped_line_of_a_table_keeps_its_indent():
    long = "A name that is far too long for its column and goes on in a second line of it"
    table = Table((Column("Name"), Column("Other")), (row(tree.cell(long, level=3), "Ünd " * 60),))
    found = []

    def visit(text, place, _within, _font, _size):
        found.extend([place[4]] if text.strip() in long and len(text.strip()) > 3 else [])

    opened(write_pdf(of_blocks(table))).pages[0].extract_text(visitor_text=visit)
    assert len(found) > 1
    assert len({round(x) for x in found}) == 1


def test_a_long_plan_stands_on_turned_pages_under_its_heading():
    document = of_blocks(Paragraph(runs("Before.")), Heading("The plan"), long_plan(60), Paragraph(runs("After.")))
    pages = opened(write_pdf(document)).pages
    turned = [page.mediabox.width > page.mediabox.height for page in pages]

    assert turned[0] is False
    assert turned[-1] is False
    assert "The plan" in pages[turned.index(True)].extract_text()
    assert sum(turned) == 2


@pytest.mark.parametrize("kind", ChartKind)
def test_every_kind_of_chart_is_drawn_with_its_words(kind):
    series = (Series("Used", (Decimal(10), Decimal(30), Decimal(25)), columns=kind is ChartKind.S_CURVE),)
    if kind is not ChartKind.WATERFALL:
        series += (Series("Planned", (Decimal(20), None, Decimal(40)), highlight=True),)
    chart = Chart(kind, "The finding.", ("One", "Two", "Three"), series, totals=(0, 2), note="A note.", source="Plan")
    said = words(write_pdf(of_blocks(chart)))

    assert all(part in said for part in ("The finding.", "One", "Three", "A note. Source: Plan"))
    assert "/XObject" not in opened(write_pdf(of_blocks(chart))).pages[0]["/Resources"]


def test_pictures_keep_their_description_and_caption():
    content = write_pdf(of_blocks(Figure(PIXEL, "A black dot", "Evidence 1", 0.1)))

    assert "Evidence 1" in words(content)
    assert "A black dot" in descriptions(content)


def test_a_damaged_picture_is_refused_by_name():
    with pytest.raises(PdfError, match="The PDF of 'Report' cannot be set"):
        write_pdf(of_blocks(Figure(PIXEL[:20], "Broken")))


def test_empty_blocks_say_that_they_are_empty():
    said = words(write_pdf(sample.empty_pack()))

    assert all(part in said for part in ("No open risks.", "No data yet.", "The plan has no tasks yet.", "None."))
    assert "Hours: not measured" in said


def test_a_document_without_anything_is_one_page_with_its_origin():
    pages = opened(write_pdf(of_blocks())).pages

    assert len(pages) == 1
    assert "Snapshot 7" in pages[0].extract_text()


@pytest.mark.parametrize("layout", Layout)
def test_a_slide_that_is_too_full_goes_on_and_loses_nothing(layout):
    points = Bullets(tuple(runs(f"Point number {number}.") for number in range(60)))
    table = Table((Column("Name"),), tuple(row(f"Line number {number}") for number in range(60)))
    document = Document("Deck", "", sample.meta(), slides=(Slide("All is said.", (points, table), layout),))
    said = words(write_pdf(document))

    assert all(f"Point number {number}." in said and f"Line number {number}" in said for number in range(60))


def test_words_stay_words():
    attack = "#panic() #read(\"/etc/passwd\") $x$ *bold* <script>alert(1)</script> =cmd|' /C calc'!A0 @x <y> // `c`"
    content = write_pdf(of_blocks(Heading(attack), Paragraph(runs(attack)), Table((Column(attack),), (row(attack),))))

    assert re.sub(r"\s", "", words(content)).count(re.sub(r"\s", "", attack)) == 4


def test_hostile_words_everywhere_make_a_file_without_actions():
    content = write_pdf(sample.hostile_pack())
    root = opened(content).trailer["/Root"]

    assert "#panic()" in words(content)
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(root)
    assert all("/Annots" not in page for page in opened(content).pages)


def test_letters_that_no_font_has_cost_the_standard_and_not_the_document():
    content = write_pdf(of_blocks(Paragraph(runs("東京 stays beside Zoë, Жуков and مشروع."))))

    assert "stays beside Zoë, Жуков" in words(content)
    assert opened(content).trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_nothing_is_read_but_the_template_and_the_fonts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """No socket is opened, and a file beside the process is out of reach."""
    (tmp_path / "secret.typ").write_text("secret words")
    monkeypatch.chdir(tmp_path)

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("the PDF engine opened a socket")

    monkeypatch.setattr(socket, "socket", refused)
    content = write_pdf(of_blocks(Paragraph(runs('#include "secret.typ" #import "@preview/x:1.0.0"'))))

    assert "secret words" not in words(content)
    assert os.listdir(tmp_path) == ["secret.typ"]


SNAPSHOTS: dict[str, Callable[[], Any]] = {
    "trouble": in_trouble,
    "client": lambda: in_trouble(audience=Audience.CLIENT),
    "empty": almost_empty,
    **{f"seed{seed}": (lambda seed=seed: varied(seed)) for seed in range(4)},
}


# The drafts of the status report are looked at in tests/reports/test_status_claims.py.
@pytest.mark.parametrize(("kind", "name"), [("status", "trouble"), *(("steering", name) for name in SNAPSHOTS)])
def test_the_claims_checker_finds_no_fault(kind, name):
    snapshot = SNAPSHOTS[name]()
    document = build(kind, "pdf", snapshot, mark=Mark.NONE)

    assert check(write_pdf(document), "pdf", claims_of(snapshot)) == ()


def test_a_forged_bar_of_a_chart_is_found():
    snapshot = in_trouble()
    document = build("steering", "pdf", snapshot)
    chart = next(node for node in tree.walk(document) if isinstance(node, Chart) and node.kind is ChartKind.BAR)
    used = chart.series[-1]
    forged = replace(chart, series=(replace(used, values=tuple((value or 0) + 3 for value in used.values)),))
    slides = (*document.slides[:3], replace(document.slides[3], blocks=(forged,)), *document.slides[4:])
    faults = check(write_pdf(replace(document, slides=slides)), "pdf", claims_of(snapshot))

    assert {"105 h", "161 h"} <= {fault.found for fault in faults}


def test_a_forged_figure_in_a_pdf_is_found():
    snapshot = in_trouble()
    document = build("status", "pdf", snapshot)
    forged = replace(document, blocks=(*document.blocks, Paragraph(runs("The forecast is €219,505."))))

    assert [fault.found for fault in check(write_pdf(forged), "pdf", claims_of(snapshot))] == ["€219,505"]
