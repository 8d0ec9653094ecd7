"""Word files: parts that hold together, words found back, native charts and shapes, hostile texts, marked pages."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import docx
import openpyxl
import pytest
from lxml import etree

from headway.documents import tree
from headway.documents.docx import WordError, write_docx
from headway.documents.tree import Document, Gantt, Heading, Mark, PageBreak
from tests.documents import status_sample as sample

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001f61738"
    "550000000049454e44ae426082"
)
MAKERS = [sample.status_pack, sample.empty_pack, sample.hostile_pack]


def archive(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def root(content: bytes, name: str = "word/document.xml"):
    return etree.fromstring(archive(content).read(name))


def text_of(node) -> str:
    return "".join(part.text or "" for part in node.iter(f"{W}t"))


def document(*blocks: tree.Block, **more) -> Document:
    return Document("Title", "", sample.meta(**more), blocks)


def opened(content: bytes):
    return docx.Document(io.BytesIO(content))


@pytest.mark.parametrize("make", MAKERS)
def test_an_equal_document_gives_equal_bytes(make):
    assert write_docx(make()) == write_docx(make())


@pytest.mark.parametrize("make", MAKERS)
def test_every_part_is_well_formed_and_every_relation_finds_its_part(make):
    with archive(write_docx(make())) as parts:
        names = set(parts.namelist())
        for name in names:
            if name.endswith((".xml", ".rels")):
                etree.fromstring(parts.read(name))
        for name in names:
            if not name.endswith(".rels"):
                continue
            folder = Path(name).parent.parent
            for relation in etree.fromstring(parts.read(name)):
                target = relation.get("Target")
                whole = target.lstrip("/") if target.startswith("/") else _joined(folder, target)
                assert relation.get("TargetMode") != "External"
                assert whole in names
        types = etree.fromstring(parts.read("[Content_Types].xml"))
        typed = {node.get("PartName", "").lstrip("/") for node in types} | {"[Content_Types].xml"}
        endings = {node.get("Extension") for node in types} - {"xml"}
        assert not [each for each in names if each not in typed and each.rpartition(".")[2] not in endings]


def _joined(folder: Path, target: str) -> str:
    steps: list[str] = []
    for step in (*folder.parts, *target.split("/")):
        if step == "..":
            steps.pop()
        else:
            steps.append(step)
    return "/".join(steps)


def test_all_entries_bear_one_fixed_time():
    with archive(write_docx(sample.status_pack())) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert parts.namelist()[0] == "[Content_Types].xml"


def test_nothing_of_the_librarys_template_remains():
    names = archive(write_docx(sample.status_pack())).namelist()
    assert not [name for name in names if "thumbnail" in name or "customXml" in name or "stylesWithEffects" in name]


def test_headings_paragraphs_and_bullets_are_found_back_in_our_styles():
    content = write_docx(sample.status_pack())
    said = [(each.style.style_id, each.text) for each in opened(content).paragraphs]

    assert said[0] == ("Title", "Weekly status: Harbour & Sons web site")
    assert ("Heading2", "Done this week") in said
    assert ("HeadwayBullet", "ERP price feed delivers nightly.") in said
    assert ("Heading1", "Annex: plan") in said
    lead = next(words for style, words in said if style == "HeadwayLead")
    assert lead.startswith("Launch moves to Mon 1 Jun 2026, 6\u00a0working days late")
    assert any(words.startswith("Quality: not measured – no test cycle") for _, words in said)


def test_every_style_that_is_used_exists():
    content = write_docx(sample.status_pack())
    known = {node.get(f"{W}styleId") for node in root(content, "word/styles.xml").iter(f"{W}style")}
    used = {
        node.get(f"{W}val")
        for name in archive(content).namelist()
        if re.fullmatch(r"word/(document|header\d|footer\d)\.xml", name)
        for node in root(content, name).iter(f"{W}pStyle")
    }
    assert len(used) > 8
    assert used <= known


def test_a_table_repeats_its_header_keeps_rows_whole_and_bears_both_widths():
    content = write_docx(document(sample.hours_table()))
    table = next(root(content).iter(f"{W}tbl"))
    rows = table.findall(f"{W}tr")
    grid = [int(column.get(f"{W}w")) for column in table.iter(f"{W}gridCol")]

    assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
    assert not any(row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows[1:])
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
    for row in rows:
        assert [int(cell.find(f"{W}tcPr/{W}tcW").get(f"{W}w")) for cell in row.findall(f"{W}tc")] == grid
    sides = [cell.find(f"{W}p/{W}pPr/{W}jc") for cell in rows[1].findall(f"{W}tc")]
    assert [side is not None and side.get(f"{W}val") == "right" for side in sides] == [False, *[True] * 5]
    assert [text_of(cell) for cell in rows[-1].findall(f"{W}tc")][:3] == ["Total", "1,346.0", "781.5"]
    assert all(run.find(f"{W}rPr/{W}b") is not None for run in rows[-1].iter(f"{W}r"))
    assert [style.get(f"{W}val") for style in root(content).iter(f"{W}pStyle")][1] == "Caption"


def test_a_colour_is_a_bold_word_on_its_light_fill():
    content = write_docx(document(tree.Table((tree.Column("Health"),), (tree.row(tree.Rag.AMBER),))))
    cell = root(content).findall(f".//{W}tc")[1]

    assert text_of(cell).endswith("Amber")
    assert cell.find(f"{W}tcPr/{W}shd").get(f"{W}fill") == "FDEBC8"
    assert cell.find(f".//{W}rPr/{W}b") is not None


def test_an_overruled_colour_shows_both_colours_and_the_reason():
    content = write_docx(document(sample.rag_row()))
    row = next(row for row in root(content).iter(f"{W}tr") if "Client inputs" in text_of(row))
    assert "Amber" in text_of(row)
    assert "Green" in text_of(row)
    assert "worsened by A. Diallo" in text_of(row)


def test_charts_are_native_with_a_workbook_that_opens():
    content = write_docx(sample.status_pack())
    parts = archive(content)
    charts = [name for name in parts.namelist() if re.fullmatch(r"word/charts/chart\d\.xml", name)]
    drawn = list(root(content).iter("{*}chart"))

    assert len(charts) == len(drawn) == 3
    for name in charts:
        relations = etree.fromstring(parts.read(f"word/charts/_rels/{Path(name).name}.rels"))
        assert [relation.get("Id") for relation in relations] == ["rId1"]
        target = relations[0].get("Target").replace("..", "word")
        book = openpyxl.load_workbook(io.BytesIO(parts.read(target)))
        assert book.active.max_row > 5
    words = [node.get("descr") for node in root(content).iter("{*}docPr")]
    assert all(words)
    assert any("Earned value €65,300 at W11" in each for each in words)


def test_a_plan_is_a_group_of_named_shapes_with_its_words():
    content = write_docx(document(Heading("Plan"), sample.plan(8)))
    body = root(content)
    names = [node.get("name") for node in body.iter("{*}cNvPr")]
    labels = [text_of(box) for box in body.iter(f"{W}txbxContent")]

    assert len(list(body.iter("{*}wgp"))) == 1
    assert any(name.startswith("Visual design: 18 Feb 2026 to 10 Mar 2026, 80 % done") for name in names)
    assert "Stakeholder interviews" in labels
    assert any(label.startswith("Status 20 Mar") for label in labels)
    identifiers = [node.get("id") for node in body.iter("{*}docPr", "{*}cNvPr")]
    assert len(identifiers) == len(set(identifiers))


def test_a_long_plan_stands_across_the_page_with_its_heading():
    blocks = (Heading("One"), PageBreak(), Heading("Plan"), sample.plan(), Heading("After"))
    file = opened(write_docx(document(*blocks)))

    assert [(section.orientation, section.page_width > section.page_height) for section in file.sections] == [
        (0, False), (1, True), (0, False)
    ]  # fmt: skip
    xml = write_docx(document(*blocks))
    ends = [child.tag == f"{W}sectPr" or child.find(f".//{W}sectPr") is not None for child in root(xml)[0]]
    texts = [text_of(child) for child in root(xml)[0]]
    assert ends.index(True) < texts.index("Plan") < texts.index("After")
    assert root(xml).find(f".//{W}pageBreakBefore") is None


def test_a_page_break_starts_the_next_block_and_leaves_no_empty_page():
    body = root(write_docx(document(Heading("One"), PageBreak(), Heading("Two"), PageBreak())))
    broken = [text_of(node) for node in body.iter(f"{W}p") if node.find(f"{W}pPr/{W}pageBreakBefore") is not None]
    assert broken == ["Two"]
    table = root(write_docx(document(PageBreak(), sample.hours_table())))
    assert len(list(table.iter(f"{W}pageBreakBefore"))) == 1


@pytest.mark.parametrize(("mark", "marked"), [(Mark.DRAFT, True), (Mark.NONE, False)])
def test_every_section_says_its_origin_and_a_draft_its_mark(mark, marked):
    file = opened(write_docx(sample.status_pack(mark)))

    assert len(file.sections) == 2
    for section in file.sections:
        head, foot = section.header._element, section.footer._element
        assert not section.header.is_linked_to_previous
        assert ("DRAFT – not approved" in text_of(head)) is marked
        assert ("DRAFT" in etree.tostring(head, encoding="unicode")) is marked
        said = text_of(foot)
        for words in ("Harbour & Sons web site", "Data date 20 Mar 2026", "Snapshot 7", "timesheets to", "Version 1"):
            assert words in said
        codes = [node.text.strip() for node in foot.iter(f"{W}instrText")]
        assert codes == ["PAGE", "NUMPAGES"]


def test_properties_come_from_the_document_and_no_field_asks_a_question():
    content = write_docx(sample.status_pack())
    core = opened(content).core_properties

    assert core.title == "Weekly status: Harbour & Sons web site"
    assert core.author == core.last_modified_by == "Amina Diallo"
    assert (
        core.created.replace(tzinfo=UTC) == core.modified.replace(tzinfo=UTC) == datetime(2026, 3, 20, 16, tzinfo=UTC)
    )
    assert core.content_status == "Draft"
    assert "Northlight Studio" in archive(content).read("docProps/app.xml").decode()
    assert root(content, "word/settings.xml").find(f"{W}updateFields") is None
    assert 'w:val="15"' in archive(content).read("word/settings.xml").decode()


def test_numbered_lists_each_count_from_one():
    items = (tree.runs("a"), tree.runs("b"))
    listed = tree.Bullets(items, numbered=True)
    content = write_docx(document(listed, tree.Paragraph(tree.runs("between")), listed))
    numbers = [node.get(f"{W}val") for node in root(content).iter(f"{W}numId")]
    known = {node.get(f"{W}numId") for node in root(content, "word/numbering.xml").iter(f"{W}num")}

    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]
    assert set(numbers) <= known


def test_hostile_text_stays_text():
    content = write_docx(sample.hostile_pack())
    body = root(content)
    said = text_of(body)

    assert "=1+1<b>&amp;]]>\"'#panic()" in said
    assert not list(body.iter(f"{W}hyperlink", f"{W}instrText", f"{W}fldSimple", f"{W}object"))
    assert "\x00" not in said
    assert "\u202e" not in said
    assert write_docx(document(tree.Paragraph(tree.runs("a\tb\nc"))))
    line = root(write_docx(document(tree.Paragraph(tree.runs("a\tb\nc"))))).findall(f".//{W}p")[1]
    assert [etree.QName(node).localname for node in line.iter(f"{W}t", f"{W}tab", f"{W}br")] == [
        "t", "tab", "t", "br", "t"
    ]  # fmt: skip


def test_what_is_empty_says_so():
    said = text_of(root(write_docx(sample.empty_pack())))
    for words in ("No open risks.", "No data yet.", "The plan has no tasks yet.", "None.", "Hours: not measured"):
        assert words in said


def test_a_deck_without_running_blocks_is_written_as_sections():
    pack = replace(sample.status_pack(), blocks=())
    styles = [(each.style.style_id, each.text) for each in opened(write_docx(pack)).paragraphs]
    assert ("Heading1", "One of twelve milestones is red, and nine of them are late") in styles


def test_a_picture_keeps_its_shape_and_its_description():
    content = write_docx(document(tree.Figure(PNG, "Logo of the client", "Logo", 0.25)))
    body = root(content)
    extent = next(body.iter("{*}extent"))

    assert extent.get("cx") == extent.get("cy")
    assert next(body.iter("{*}docPr")).get("descr") == "Logo of the client"
    with pytest.raises(WordError, match="'Logo' cannot be read"):
        write_docx(document(tree.Figure(b"no picture", "", "Logo")))


def test_a_finding_that_the_heading_has_said_is_not_said_again():
    chart = sample.cost_bridge()
    said = [text_of(node) for node in root(write_docx(document(Heading(chart.title), chart))).iter(f"{W}p")]
    assert said.count(chart.title) == 1


def test_a_plan_of_many_rows_goes_on_over_pages_on_one_time_scale():
    rows = tuple(replace(row, uid=number) for number, row in enumerate(sample.plan().rows * 4, start=1))
    long = Gantt("Long", rows, status_date=sample.meta().data_date)
    body = root(write_docx(document(long)))

    assert len(list(body.iter("{*}wgp"))) > 2
    assert sum(text_of(node).startswith("Long (") for node in body.iter(f"{W}p")) == len(list(body.iter("{*}wgp")))


@pytest.mark.slow
@pytest.mark.parametrize("make", MAKERS)
def test_libreoffice_converts_it(make, tmp_path: Path):
    (tmp_path / "report.docx").write_bytes(write_docx(make()))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to"]
    done = subprocess.run(
        [*command, "pdf", "--outdir", str(tmp_path), str(tmp_path / "report.docx")],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
