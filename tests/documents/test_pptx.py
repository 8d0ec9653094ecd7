"""The PowerPoint writer: native parts, nothing outside or on top of another, every slide with its origin."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import openpyxl
import pytest
from pptx import Presentation
from pptx.util import Pt

from headway.documents import pptx_layout as layout
from headway.documents import tree
from headway.documents.pptx import PptxError, write_pptx
from headway.documents.tree import (
    Bullets,
    Column,
    Document,
    Figure,
    Gantt,
    GanttKind,
    GanttRow,
    Heading,
    Kind,
    Layout,
    Mark,
    Paragraph,
    Slide,
    Table,
    row,
    runs,
)
from headway.reports.registry import build
from headway.reports.status_snapshot import Audience
from tests.documents import status_sample as sample
from tests.reports.samples import almost_empty, in_trouble, varied

TOO_MANY = 400  # rows of one table, more than a deck shows
SNAPSHOTS = {
    "trouble": in_trouble(),
    "client": in_trouble(audience=Audience.CLIENT),
    "empty": almost_empty(),
    **{f"seed{seed}": varied(seed) for seed in range(4)},
}


def of_slides(*slides: Slide, mark: Mark = Mark.DRAFT) -> Document:
    return Document("Deck", "", sample.meta(mark), slides=slides)


def long_table(count: int, words: str = "Row") -> Table:
    lines = tuple(row(f"{words} {number}", tree.number(number)) for number in range(1, count + 1))
    return Table((Column("Name"), Column("Count", Kind.NUMBER)), lines, caption="Long table", notes=("A note.",))


def long_plan(count: int) -> Gantt:
    first = date(2026, 1, 5)
    return Gantt(
        "Plan",
        tuple(
            GanttRow(number, f"Task {number}", first + timedelta(days=number), first + timedelta(days=number + 9))
            for number in range(count)
        ),
    )


def packs() -> dict[str, Document]:
    wordy = "A sentence of a few words that goes on. " * 400
    return {
        "pack": sample.status_pack(),
        "nothing": sample.empty_pack(),
        "hostile": sample.hostile_pack(),
        "report": build("status", "docx", in_trouble()),
        **{name: build("status", "pptx", snapshot) for name, snapshot in SNAPSHOTS.items()},
        "long": of_slides(
            Slide("Long table.", (long_table(90),)),
            Slide("Too long a table.", (long_table(TOO_MANY),)),
            Slide("High rows.", (long_table(5, wordy[:3000]), sample.actions())),
            Slide("Wordy.", (Paragraph(runs(wordy)), Bullets((runs(wordy), runs("short"))))),
            Slide("Two columns.", (long_table(60), Bullets((runs("a"),) * 60), sample.rag_row()), Layout.HALVES),
            Slide("One and others.", (sample.s_curve(), long_table(40), sample.actions()), Layout.SPLIT),
            Slide("Plan.", (long_plan(80),)),
            Slide("A title without end " * 30, (sample.rag_row(), sample.key_figures())),
        ),
    }


PACKS = packs()


@pytest.fixture(scope="module", params=PACKS, ids=list(PACKS))
def deck(request):
    return Presentation(io.BytesIO(write_pptx(PACKS[request.param])))


def shapes_of(slide):
    """Top-level shapes; a group counts as one."""
    return [shape for shape in slide.shapes if shape.width is not None]


def words_of(slide) -> str:
    said = []
    for shape in slide.shapes:
        if shape.has_text_frame:
            said.append(shape.text_frame.text)
        if shape.has_table:
            said += [cell.text for line in shape.table.rows for cell in line.cells]
        if shape.shape_type == 6:
            said += [each.text_frame.text for each in shape.shapes if each.has_text_frame]
    return "\n".join(said)


def overlap(one, other) -> bool:
    slack = Pt(0.6)
    return (
        one.left + one.width > other.left + slack
        and other.left + other.width > one.left + slack
        and one.top + one.height > other.top + slack
        and other.top + other.height > one.top + slack
    )


# --- geometry -------------------------------------------------------------------------------------------------------


def test_no_shape_stands_outside_its_slide(deck):
    for slide in deck.slides:
        for shape in shapes_of(slide):
            assert shape.left >= 0, shape.name
            assert shape.top >= 0, shape.name
            assert shape.left + shape.width <= deck.slide_width, shape.name
            assert shape.top + shape.height <= deck.slide_height, shape.name


def test_labels_of_a_plan_stay_on_the_slide(deck):
    for slide in deck.slides:
        for group in (shape for shape in slide.shapes if shape.shape_type == 6):
            for shape in group.shapes:
                assert shape.left >= 0, shape.name
                assert shape.left + shape.width <= deck.slide_width, shape.text_frame.text


def test_no_two_shapes_overlap(deck):
    for number, slide in enumerate(deck.slides, start=1):
        for one, other in combinations(shapes_of(slide), 2):
            assert not overlap(one, other), f"slide {number}: {one.name} and {other.name}"


def test_table_rows_are_as_high_as_their_text(deck):
    for slide in deck.slides:
        for shape in slide.shapes:
            if not shape.has_table:
                continue
            widths = [column.width for column in shape.table.columns]
            for line in shape.table.rows:
                for cell, width in zip(line.cells, widths, strict=True):
                    size = max((run.font.size.pt for p in cell.text_frame.paragraphs for run in p.runs), default=9)
                    room = (width - cell.margin_left - cell.margin_right) / 12700
                    bold = any(run.font.bold for p in cell.text_frame.paragraphs for run in p.runs)
                    assert layout.text_height(cell.text_frame.text, size, room, bold=bold) <= line.height / 12700 + 0.5


def test_titles_take_at_most_two_lines(deck):
    for slide in deck.slides:
        title = slide.shapes.title
        size = title.text_frame.paragraphs[0].runs[0].font.size.pt
        width = title.width / 12700
        assert title.text_frame.text.strip()
        assert layout.title_lines(title.text_frame.text, size, width) <= 2
        assert title.text_frame.margin_left == 0


def test_title_body_and_footer_share_their_left_edge():
    assert layout.TITLE.x == layout.BODY.x == layout.FOOTER.x == layout.COVER_TITLE.x


def test_a_usual_title_keeps_its_size():
    title, size = layout.fitting_title("Two of twelve milestones are late.", 864, 26, 2)
    assert (title, size) == ("Two of twelve milestones are late.", 26)


# --- every slide ----------------------------------------------------------------------------------------------------


def test_every_slide_says_origin_number_and_draft(deck):
    for slide in deck.slides:
        xml = slide.shapes._spTree.xml
        assert 'type="sldNum"' in xml
        assert 'type="slidenum"' in xml
        footers = [shape.text_frame.text for shape in slide.placeholders if shape.placeholder_format.type == 15]
        assert len(footers) == 1
        assert "Data date" in footers[0]
        assert "Snapshot" in footers[0]
        assert "DRAFT" in words_of(slide)


def test_an_approved_deck_has_no_draft_mark():
    content = write_pptx(build("status", "pptx", in_trouble(), mark=Mark.NONE))
    assert not any("DRAFT" in words_of(slide) for slide in Presentation(io.BytesIO(content)).slides)


def test_a_slide_names_its_own_source_in_the_footer():
    deck = Presentation(io.BytesIO(write_pptx(of_slides(Slide("One.", (sample.actions(),), source="client survey")))))
    assert "Source: client survey" in words_of(deck.slides[0])


def test_no_shape_takes_a_style_of_the_theme(deck):
    assert not any("<p:style>" in slide.shapes._spTree.xml for slide in deck.slides)


def test_drawings_tables_and_charts_have_alternative_text(deck):
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_table or shape.has_chart or shape.shape_type == 6:
                assert shape._element._nvXxPr.cNvPr.get("descr"), shape.name


def test_shape_ids_are_unique_on_a_slide(deck):
    for slide in deck.slides:
        ids = [node.get("id") for node in slide.shapes._spTree.iter("{*}cNvPr")]
        assert len(ids) == len(set(ids))


# --- contents -------------------------------------------------------------------------------------------------------


def test_charts_are_chart_parts_with_their_workbook():
    deck = Presentation(io.BytesIO(write_pptx(sample.status_pack())))
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) == 3
    for chart in charts:
        book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
        assert book.active.max_row > 1
        assert list(chart.plots)
    with zipfile.ZipFile(io.BytesIO(write_pptx(sample.status_pack()))) as package:
        assert sum(name.startswith("ppt/embeddings/") for name in package.namelist()) == 3


def test_a_plan_is_a_group_of_native_shapes_with_the_status_line():
    deck = Presentation(io.BytesIO(write_pptx(sample.status_pack())))
    group = next(shape for slide in deck.slides for shape in slide.shapes if shape.shape_type == 6)
    names = [shape.name for shape in group.shapes]
    assert "Status date" in names
    assert any("Payment provider" in name for name in names)
    assert len(names) > 100


def test_what_the_tree_says_is_found_on_the_slides():
    deck = Presentation(io.BytesIO(write_pptx(sample.status_pack())))
    said = "\n".join(words_of(slide) for slide in deck.slides)
    for words in ("€219,504", "Overall: Red", "Payment contract signed", "A  Buy the hosted payment page", "Total"):
        assert words in said
    assert deck.slides[1].notes_slide.notes_text_frame.text == "Ask for the decision on the payment page first."


def test_a_report_gets_a_cover_and_a_slide_a_heading():
    document = Document(
        "Report", "of week 12", sample.meta(),
        (Paragraph(runs("Before.")), Heading("One", 2), sample.actions(), Heading("Annex"), Heading("Two", 2),
         sample.risks(), Heading("Nothing follows")),
    )  # fmt: skip
    deck = Presentation(io.BytesIO(write_pptx(document)))
    assert [slide.shapes.title.text_frame.text for slide in deck.slides] == ["Report", "Report", "One", "Annex: Two"]
    assert "of week 12" in words_of(deck.slides[0])


def test_every_row_of_a_split_table_is_shown_once():
    deck = Presentation(io.BytesIO(write_pptx(of_slides(Slide("Rows.", (long_table(90),))))))
    rows = [line.cells[0].text for slide in deck.slides for s in slide.shapes if s.has_table for line in s.table.rows]
    assert [name for name in rows if name != "Name"] == [f"Row {number}" for number in range(1, 91)]
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles == [f"Rows. ({number} of {len(titles)})" for number in range(1, len(titles) + 1)]


def test_a_table_that_no_deck_should_hold_states_what_is_left_out():
    deck = Presentation(io.BytesIO(write_pptx(of_slides(Slide("Rows.", (long_table(TOO_MANY),))))))
    shown = sum(len(s.table.rows) - 1 for slide in deck.slides for s in slide.shapes if s.has_table)
    assert len(deck.slides) <= 12
    assert shown < TOO_MANY
    assert f"{TOO_MANY - shown} more are not shown here." in words_of(deck.slides[-1])


def test_a_long_plan_goes_on_further_slides_with_every_row():
    deck = Presentation(io.BytesIO(write_pptx(of_slides(Slide("Plan.", (long_plan(80),))))))
    said = "\n".join(words_of(slide) for slide in deck.slides).split("\n")
    assert all(said.count(f"Task {number}") == 1 for number in range(80))


def test_milestones_alone_become_a_time_line():
    rows = tuple(
        GanttRow(n, f"Gate {n}", date(2026, 1, 5 + n), date(2026, 1, 5 + n), GanttKind.MILESTONE) for n in range(6)
    )
    deck = Presentation(io.BytesIO(write_pptx(of_slides(Slide("Gates.", (Gantt("Gates", rows),))))))
    group = next(shape for shape in deck.slides[0].shapes if shape.shape_type == 6)
    labels = [shape for shape in group.shapes if shape.has_text_frame and shape.text_frame.text.startswith("Gate")]
    assert len(labels) == 6
    assert not any(overlap(one, other) for one, other in combinations(labels, 2))


def test_words_cut_over_slides_lose_nothing():
    words = " ".join(f"word{number}" for number in range(3000))
    deck = Presentation(io.BytesIO(write_pptx(of_slides(Slide("Words.", (Paragraph(runs(words)),))))))
    said = " ".join(shape.text_frame.text for s in deck.slides for shape in s.shapes if shape.name == "Text")
    assert said.split() == words.split()


def test_hostile_words_stay_words():
    content = write_pptx(sample.hostile_pack())
    deck = Presentation(io.BytesIO(content))
    said = "\n".join(words_of(slide) for slide in deck.slides)
    assert "=1+1<b>&amp;]]>" in said
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist() if name.endswith((".xml", ".rels"))}
    assert not any(b'TargetMode="External"' in part for part in parts.values())
    assert not any(b"hlinkClick" in part for part in parts.values())
    assert not any("\u202e".encode() in part for part in parts.values())


def test_a_damaged_picture_is_named():
    with pytest.raises(PptxError, match="The picture 'logo' is damaged"):
        write_pptx(of_slides(Slide("One.", (Figure(b"\x89PNG rubbish", "logo"),))))
    with pytest.raises(PptxError, match="neither PNG nor JPEG"):
        write_pptx(of_slides(Slide("One.", (Figure(b"GIF89a", "logo"),))))


def test_properties_bear_the_documents_own_time():
    deck = Presentation(io.BytesIO(write_pptx(sample.status_pack())))
    moment = sample.meta().timestamp.replace(tzinfo=None)
    assert (deck.core_properties.created, deck.core_properties.modified) == (moment, moment)
    assert deck.core_properties.keywords == "Snapshot 7"
    assert deck.core_properties.author == "Amina Diallo"


@pytest.mark.parametrize("name", ["pack", "trouble", "nothing", "hostile"])
def test_equal_documents_give_equal_bytes(name):
    assert write_pptx(PACKS[name]) == write_pptx(replace(PACKS[name]))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("name", ["trouble", "hostile"])
def test_libreoffice_converts_every_slide(name, tmp_path):
    content = write_pptx(PACKS[name])
    (tmp_path / "deck.pptx").write_bytes(content)
    profile = (tmp_path / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "deck.pptx"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=120, capture_output=True)
    shown = subprocess.run(["pdfinfo", "deck.pdf"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert f"Pages:           {len(Presentation(io.BytesIO(content)).slides)}" in shown
