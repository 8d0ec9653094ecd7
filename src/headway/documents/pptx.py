"""Any document tree as a PowerPoint deck: native text, tables, charts and plans on our own 16:9 master.

A document with slides gives those; one without gives a cover and a slide a section. Every slide carries the footer
(project, data date, snapshot, source, number) and, until a person has approved, the draft mark. Charts are chart
parts with an embedded workbook, plans are grouped shapes; both can be edited in PowerPoint.

Not here: where things stand and how large they are (`pptx_layout`), what a plan looks like (`gantt`), chart XML
(`native_charts`).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.opc.constants import CONTENT_TYPE as CT
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.parts.chart import ChartPart
from pptx.parts.embeddedpackage import EmbeddedXlsxPart
from pptx.util import Emu, Pt

from headway.documents import charts, drawing, gantt, tree
from headway.documents import pptx_layout as layout
from headway.documents.drawing import ROLES, Item, Label, Line, Polygon, Rect, arrow_head
from headway.documents.native_charts import chart_parts
from headway.documents.packaging import repacked
from headway.documents.pptx_layout import Box, Page, Placed, Step
from headway.documents.style import (
    ACCENT,
    DRAFT_WORDS,
    GREY_TEXT,
    INK,
    PALE,
    RAG_LOOKS,
    RED,
    RULE,
    line_count,
    shortened,
    text_width,
)
from headway.documents.tree import (
    Block,
    Bullets,
    Cell,
    Chart,
    Document,
    Figure,
    Gantt,
    Heading,
    KeyFigures,
    Layout,
    Mark,
    Note,
    PageBreak,
    Paragraph,
    RagRow,
    Run,
    Runs,
    Slide,
    Table,
    Tone,
)

MASTER = Path(__file__).parent / "assets" / "master.pptx"
_COVER, _TITLE_ONLY = "Cover", "Title only"
_NO_TABLE_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_DRAWING_SCALES = (1.4, 1.3, 1.2, 1.1, 1.0)  # a short plan is drawn larger, up to the first that fits
_CONTENT_TYPES = {b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG"}


class PptxError(ValueError):
    """A document that cannot become a deck; the message names the block and what to do."""


def write_pptx(document: Document) -> bytes:
    """The document as a PowerPoint file; equal documents give equal bytes.

    Raises PptxError for a picture that is neither PNG nor JPEG or is damaged.
    """
    document = tree.cleaned(document)
    deck = Presentation(str(MASTER))
    layouts = {each.name: each for each in deck.slide_layouts}
    for slide in document.slides or _sections(document):
        for number, page in enumerate(layout.pages(slide)):
            made = deck.slides.add_slide(layouts[_COVER if page.cover else _TITLE_ONLY])
            writer = _SlideWriter(made, document, slide)
            writer.write(page, notes=_notes(slide, page) if number == 0 else "")
    _set_properties(deck.core_properties, document)
    stream = io.BytesIO()
    deck.save(stream)
    return repacked(stream.getvalue())


def write_sheets(document: Document, sheets: Sequence[drawing.Drawing], mark: str) -> bytes:
    """Drawings as native shapes, one a slide under the document's title; equal drawings give equal bytes.

    mark  stands at the top of every slide.
    """
    document = tree.cleaned(document)
    deck = Presentation(str(MASTER))
    layouts = {each.name: each for each in deck.slide_layouts}
    for number, sheet in enumerate(sheets, start=1):
        title = document.title if len(sheets) == 1 else f"{document.title} ({number} of {len(sheets)})"
        slide = Slide(title, ())
        writer = _SlideWriter(deck.slides.add_slide(layouts[_TITLE_ONLY]), document, slide)
        writer.write(layout.pages(slide)[0], notes="")
        writer.draw(sheet, layout.body_under(title), mark)
    _set_properties(deck.core_properties, document)
    stream = io.BytesIO()
    deck.save(stream)
    return repacked(stream.getvalue())


def _sections(document: Document) -> tuple[Slide, ...]:
    """A cover and one slide a heading; a heading without blocks of its own leads the title of the next."""
    cover = Slide(document.title, (Paragraph((Run(document.subtitle),)),), Layout.COVER)
    slides = [cover]
    title, lead, blocks = document.title, "", list[Block]()
    for block in (*document.blocks, Heading("")):
        if not isinstance(block, Heading):
            blocks.append(block)
            continue
        if any(not isinstance(each, PageBreak) for each in blocks):
            slides.append(Slide(title, tuple(blocks)))
            lead = ""
        elif title != document.title:
            lead = title
        title = f"{lead}: {block.text}" if lead else block.text
        blocks = []
    return tuple(slides)


def _notes(slide: Slide, page: Page) -> str:
    """The speaker's notes, with the whole title where the slide could only show its beginning."""
    whole = " ".join(slide.title.split())
    return "\n".join(words for words in (slide.notes, "" if page.title.startswith(whole) else whole) if words)


def _set_properties(properties: Any, document: Document) -> None:
    meta = document.meta
    moment = meta.timestamp.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties.title = document.title[:255]
    properties.subject = (document.subtitle or meta.project)[:255]
    properties.author = (meta.author or meta.organisation)[:255]
    properties.last_modified_by = properties.author
    properties.keywords = ("" if meta.snapshot is None else f"Snapshot {meta.snapshot}")[:255]
    properties.language = meta.language[:255]
    properties.version = meta.version[:255]
    properties.created = properties.modified = moment
    properties.revision = 1


# --- one slide ------------------------------------------------------------------------------------------------------


class _SlideWriter:
    """Puts one page of blocks onto one slide."""

    def __init__(self, slide: Any, document: Document, source: Slide) -> None:
        self._slide = slide
        self._shapes = slide.shapes
        self._document = document
        self._source = source
        self._language = document.meta.language

    def write(self, page: Page, *, notes: str) -> None:
        """Title, blocks, footer, draft mark and notes, in the order in which they are read."""
        self._title(page)
        if page.cover:
            self._cover_line()
        for placed in page.blocks:
            self._block(placed, cover=page.cover)
        self._footer()
        if self._document.meta.mark is Mark.DRAFT:
            self._text("Draft mark", layout.DRAFT, [_line((Run(DRAFT_WORDS, bold=True),), 10, RED, PP_ALIGN.RIGHT)])
        if notes:
            _write_notes(self._slide.notes_slide, notes)

    def draw(self, drawn: drawing.Drawing, box: Box, mark: str) -> None:
        """A drawing as one group of shapes in a box, made smaller where it is larger, and a mark above."""
        self._text("Mark", layout.DRAFT, [_line((Run(mark, bold=True),), 10, RED, PP_ALIGN.RIGHT)])
        self._group(drawn, box, min(1.0, box.width / drawn.width, box.height / drawn.height))

    # frame

    def _title(self, page: Page) -> None:
        title = self._shapes.title
        _place(title, page.title_box)
        frame = title.text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        self._fill(frame, [_line((Run(page.title),), page.title_size, None)])
        for shape in list(self._slide.placeholders):
            if shape.shape_id != title.shape_id:
                shape._element.getparent().remove(shape._element)

    def _cover_line(self) -> None:
        words = " · ".join(each for each in (self._document.title, self._document.meta.organisation) if each)
        line = _line((Run(shortened(words, 14, layout.COVER_LINE.width)),), 14, ACCENT)
        if words.casefold() not in self._source.title.casefold():
            self._text("Document", layout.COVER_LINE, [line])
        rule = Box(layout.COVER_TITLE.x, layout.COVER_TITLE.bottom + 10, 96, 3)
        self._box("Accent", rule, ACCENT)

    def _footer(self) -> None:
        words = tree.footer_text(self._document.meta)
        words += f" · Source: {self._source.source}" if self._source.source else ""
        words = " ".join(words.split())
        size = next((size for size in (9.0, 8.0) if line_count(words, size, layout.FOOTER.width - 4) <= 2), 8.0)
        if line_count(words, size, layout.FOOTER.width - 4) > 2:
            words = shortened(words, size, layout.FOOTER.width * 1.9)
        tree_ = self._shapes._spTree
        tree_.append(_footer_placeholder(self._next_id(), "ftr", 11, "Footer"))
        self._fill(self._shapes[-1].text_frame, [_line((Run(words),), size, None)])
        tree_.append(_footer_placeholder(self._next_id(), "sldNum", 12, "Slide number"))

    def _next_id(self) -> int:
        return int(self._shapes._next_shape_id)

    # text

    def _text(self, name: str, box: Box, lines: Sequence[_Line], *, fill: str = "", padding: float = 0.0) -> Any:
        shape = self._shapes.add_textbox(Pt(box.x), Pt(box.y), Pt(box.width), Pt(box.height))
        shape.name = name
        if fill:
            shape.fill.solid()
            shape.fill.fore_color.rgb = _colour(fill)
        frame = shape.text_frame
        frame.auto_size = MSO_AUTO_SIZE.NONE
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Pt(padding)
        self._fill(frame, lines)
        return shape

    def _fill(self, frame: Any, lines: Sequence[_Line]) -> None:
        for number, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            line.write(paragraph, self._language)

    def _box(self, name: str, box: Box, colour: str) -> None:
        """A filled box without words, unseen by screen readers."""
        shape = self._shapes.add_textbox(Pt(box.x), Pt(box.y), Pt(box.width), Pt(box.height))
        shape.name = name
        shape.fill.solid()
        shape.fill.fore_color.rgb = _colour(colour)

    # blocks

    def _block(self, placed: Placed, *, cover: bool) -> None:
        block, box, step = placed.block, placed.box, placed.step
        if isinstance(block, Heading):
            size = layout.heading_size(block, step)
            self._text("Heading", box, [_line((Run(block.text, bold=True),), size, INK)])
        elif isinstance(block, Paragraph):
            self._paragraph(block, box, step, cover=cover)
        elif isinstance(block, Bullets):
            self._bullets(block, box, step)
        elif isinstance(block, KeyFigures):
            self._key_figures(block, box, step)
        elif isinstance(block, RagRow):
            self._rag_row(block, box, step)
        elif isinstance(block, Table):
            self._table(block, placed)
        elif isinstance(block, Chart):
            self._chart(block, box)
        elif isinstance(block, Gantt):
            self._gantt(block, box)
        elif isinstance(block, Figure):
            self._figure(block, box)
        elif isinstance(block, Note):
            lines = [
                _line((Run(block.title, bold=True),), step.body, INK if block.measured else GREY_TEXT),
                _line(block.runs, step.body, INK if block.measured else GREY_TEXT),
            ]
            self._text("Note", box, lines, fill=PALE, padding=layout.PADDING)

    def _paragraph(self, block: Paragraph, box: Box, step: Step, *, cover: bool) -> None:
        colour = GREY_TEXT if cover or block.tone is Tone.SMALL else INK
        self._text("Text", box, [_line(block.runs, layout.paragraph_size(block, step), colour)])

    def _bullets(self, block: Bullets, box: Box, step: Step) -> None:
        if not block.items:
            self._text("List", box, [_line((Run(block.empty),), step.body, GREY_TEXT)])
            return
        mark = "number" if block.numbered else "bullet"
        lines = [
            _line(item, step.body, INK, mark=mark, above=layout.BULLET_SPACE if number else 0.0)
            for number, item in enumerate(block.items)
        ]
        self._text("List", box, lines)

    def _key_figures(self, block: KeyFigures, box: Box, step: Step) -> None:
        for figure, tile in zip(block.figures, layout.tiles(block, box, step), strict=True):
            look = RAG_LOOKS[figure.tint] if figure.tint else None
            size = layout.value_size(figure.value.text, tile.width)
            words = shortened(figure.value.text, size, tile.width - 2 * layout.PADDING, bold=True)
            lines = [
                _line((Run(figure.label),), layout.LABEL_SIZE, GREY_TEXT),
                _line((Run(words, bold=True),), size, look.ink if look else INK),
            ]
            if figure.note:
                lines.append(_line(figure.note, layout.NOTE_SIZE, GREY_TEXT))
            self._text(f"Figure {figure.label}", tile, lines, fill=look.fill if look else PALE, padding=layout.PADDING)

    def _rag_row(self, block: RagRow, box: Box, step: Step) -> None:
        band, *boxes = layout.rag_boxes(block, box, step)
        words = (
            Run("Overall: ", bold=True),
            Run(block.overall.word, bold=True, tint=block.overall),
            Run(" "),
            *block.overall_reason,
        )
        self._text(
            "Overall", band, [_line(words, step.lead, INK)], fill=RAG_LOOKS[block.overall].fill, padding=layout.PADDING
        )
        for cell, place in zip(block.cells, boxes, strict=True):
            lines = [_line(runs, size, INK, above=space) for runs, size, _, space in layout.rag_lines(cell, step)]
            fill = RAG_LOOKS[cell.colour].fill
            self._text(f"Health {cell.dimension}", place, lines, fill=fill, padding=layout.PADDING)

    # tables

    def _table(self, block: Table, placed: Placed) -> None:
        box, step = placed.box, placed.step
        above = layout.caption_height(block, box.width)
        if block.caption:
            caption = Box(box.x, box.y, box.width, above - layout.TIGHT_GAP)
            self._text("Caption", caption, [_line((Run(block.caption, bold=True),), layout.CAPTION_SIZE, INK)])
        if not layout.has_rows(block):
            rest = Box(box.x, box.y + above, box.width, box.height - above)
            self._text("No rows", rest, [_line((Run(block.empty),), step.body, GREY_TEXT)])
            return
        grid = layout.table_grid(block, box.width, step)
        heights = (grid.heights[0], *(height + placed.row_growth for height in grid.heights[1:]))
        top = box.y + above
        frame = self._shapes.add_table(
            len(heights), len(block.columns), Pt(box.x), Pt(top), Pt(box.width), Pt(sum(heights))
        )
        frame.name = f"Table {block.caption}".strip()
        _describe(frame._element, block.caption or "Table")
        self._fill_table(frame.table, block, step, grid.widths, heights)
        if block.notes:
            foot = Box(box.x, top + sum(heights) + layout.TIGHT_GAP, box.width, grid.notes - layout.TIGHT_GAP)
            lines = [_line((Run(words),), layout.SMALL_SIZE, GREY_TEXT) for words in block.notes]
            self._text("Table notes", foot, lines)

    def _fill_table(
        self, table: Any, block: Table, step: Step, widths: Sequence[float], heights: Sequence[float]
    ) -> None:
        properties = table._tbl.tblPr
        properties.find(qn("a:tableStyleId")).text = _NO_TABLE_STYLE
        properties.set("bandRow", "0")
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Pt(width)
        for row, height in zip(table.rows, heights, strict=True):
            row.height = Pt(height)
        titles = tuple(tree.cell(column.title) for column in block.columns)
        lines = [
            (titles, "header"),
            *((cells, "row") for cells in block.rows),
            *((cells, "total") for cells in block.totals),
        ]
        for number, (cells, kind) in enumerate(lines):
            last = number == len(lines) - 1
            ahead = lines[number + 1][1] if not last else ""
            rule = INK if ahead == "total" and kind == "row" else GREY_TEXT if kind == "header" else RULE
            for position, cell in enumerate(cells):
                target = table.cell(number, position)
                self._cell(target, cell, step.table, kind, right=block.columns[position].right)
                target.margin_left = Pt(layout.left_margin(block, position) + cell.level * 10)
                _bottom_rule(target._tc, rule, 1.0 if rule != RULE else 0.5)

    def _cell(self, target: Any, cell: Cell, size: float, kind: str, *, right: bool) -> None:
        frame = target.text_frame
        frame.word_wrap = True
        target.margin_right = Pt(layout.CELL_MARGIN)
        target.margin_top = target.margin_bottom = Pt(2)
        target.vertical_anchor = MSO_ANCHOR.BOTTOM if kind == "header" else MSO_ANCHOR.MIDDLE
        look = RAG_LOOKS[cell.tint] if cell.tint and kind != "header" else None
        bold = kind != "row" or cell.bold or look is not None
        colour = look.ink if look else GREY_TEXT if kind == "header" else INK
        align = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        self._fill(frame, [_line((Run(cell.value.text, bold=bold),), size, colour, align)])
        if look:
            target.fill.solid()
            target.fill.fore_color.rgb = _colour(look.fill)

    # drawings

    def _chart(self, block: Chart, box: Box) -> None:
        place = self._drawing_words(block, box)
        if charts.is_empty(block) or not block.categories:
            self._empty(block.empty, place)
            return
        parts = chart_parts(block, size=10.5, width=place.width)
        package = self._slide.part.package
        name = package.next_partname(ChartPart.partname_template)
        part = ChartPart.load(name, CT.DML_CHART, package, parts.xml)
        workbook = EmbeddedXlsxPart.new(parts.workbook, package)
        part._element.get_or_add_externalData().rId = part.relate_to(workbook, RT.PACKAGE)
        frame = self._shapes._add_chart_graphicFrame(
            self._slide.part.relate_to(part, RT.CHART), Pt(place.x), Pt(place.y), Pt(place.width), Pt(place.height)
        )
        _name(frame, f"Chart {block.title}".strip())
        _describe(frame, layout.chart_words(block))

    def _gantt(self, block: Gantt, box: Box) -> None:
        place = self._drawing_words(block, box)
        if not block.rows:
            self._empty(block.empty, place)
            return
        for scale in _DRAWING_SCALES:
            drawn = gantt.draw(block, place.width / scale, place.height / scale)
            if drawn.height * scale <= place.height + 0.5:
                break
        else:
            scale = min(1.0, place.height / drawn.height)
        self._group(drawn, place, scale)

    def _group(self, drawn: drawing.Drawing, box: Box, scale: float) -> None:
        group = _Group(self._next_id(), "Plan", drawn, (box.x, box.y), scale, self._language)
        self._shapes._spTree.append(group.element())

    def _drawing_words(self, block: Chart | Gantt, box: Box) -> Box:
        """Writes the finding above and the remark below; gives the room between them."""
        above, below = layout.drawing_title_height(block, box.width), layout.drawing_note_height(block, box.width)
        if block.title:
            title = Box(box.x, box.y, box.width, above - layout.TIGHT_GAP)
            self._text("Finding", title, [_line((Run(block.title, bold=True),), layout.CAPTION_SIZE, INK)])
        if below:
            foot = Box(box.x, box.bottom - below + layout.TIGHT_GAP, box.width, below - layout.TIGHT_GAP)
            self._text("Remark", foot, [_line((Run(layout.drawing_note(block)),), layout.SMALL_SIZE, GREY_TEXT)])
        return Box(box.x, box.y + above, box.width, box.height - above - below)

    def _empty(self, words: str, box: Box) -> None:
        line = _line((Run(words),), 12, GREY_TEXT, PP_ALIGN.CENTER)
        shape = self._text("No data", box, [line], fill=PALE, padding=layout.PADDING)
        shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE

    def _figure(self, block: Figure, box: Box) -> None:
        caption = layout.SMALL_SIZE * layout.LINE + layout.TIGHT_GAP if block.caption else 0.0
        if not any(block.content.startswith(lead) for lead in _CONTENT_TYPES):
            raise PptxError(f"The picture {block.description!r} is neither PNG nor JPEG; store it as one of them.")
        try:
            picture = self._shapes.add_picture(io.BytesIO(block.content), Pt(box.x), Pt(box.y))
        except (OSError, ValueError, KeyError, IndexError) as fault:
            raise PptxError(f"The picture {block.description!r} is damaged ({fault}); store it anew.") from fault
        room = box.height - caption
        factor = min(Pt(box.width * block.width) / picture.width, Pt(room) / picture.height)
        picture.width, picture.height = Emu(int(picture.width * factor)), Emu(int(picture.height * factor))
        picture.name = "Picture"
        _describe(picture._element, block.description)
        if block.caption:
            words = shortened(block.caption, layout.SMALL_SIZE, box.width)
            below = Box(box.x, box.bottom - caption + layout.TIGHT_GAP, box.width, caption - layout.TIGHT_GAP)
            self._text("Caption", below, [_line((Run(words),), layout.SMALL_SIZE, GREY_TEXT)])


def _place(shape: Any, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = Pt(box.x), Pt(box.y), Pt(box.width), Pt(box.height)


def _write_notes(notes: Any, words: str) -> None:
    notes.notes_text_frame.text = words


# --- paragraphs -----------------------------------------------------------------------------------------------------


class _Line:
    """One paragraph: runs in a size and colour, perhaps with a bullet or number."""

    def __init__(self, runs: Runs, size: float, colour: str | None, align: Any, mark: str, above: float) -> None:
        self._runs = runs
        self._size = size
        self._colour = colour
        self._align = align
        self._mark = mark
        self._above = above

    def write(self, paragraph: Any, language: str) -> None:
        """Put the runs into an empty paragraph; a new line in the text becomes a line break."""
        if self._align is not None:
            paragraph.alignment = self._align
        if self._above:
            paragraph.space_before = Pt(self._above)
        if self._mark:
            _set_mark(paragraph, self._mark)
        for run in self._runs:
            for number, words in enumerate(run.text.replace("\t", " ").split("\n")):
                if number:
                    paragraph.add_line_break()
                if words:
                    self._run(paragraph.add_run(), run, words, language)

    def _run(self, target: Any, run: Run, words: str, language: str) -> None:
        target.text = words
        font = target.font
        font.size = Pt(self._size)
        if run.bold:
            font.bold = True
        if run.italic:
            font.italic = True
        colour = RAG_LOOKS[run.tint].ink if run.tint else self._colour
        if colour:
            font.color.rgb = _colour(colour)
        target._r.get_or_add_rPr().set("lang", language)


def _line(
    runs: Runs, size: float, colour: str | None, align: Any = None, *, mark: str = "", above: float = 0.0
) -> _Line:
    return _Line(runs, size, colour, align, mark, above)


def _set_mark(paragraph: Any, mark: str) -> None:
    properties = paragraph._p.get_or_add_pPr()
    indent = int(Pt(layout.BULLET_INDENT))
    properties.set("marL", str(indent))
    properties.set("indent", str(-indent))
    colour = etree.SubElement(properties, qn("a:buClr"))
    etree.SubElement(colour, qn("a:srgbClr"), val=ACCENT)
    if mark == "number":
        etree.SubElement(properties, qn("a:buFont"), typeface="+mj-lt")
        etree.SubElement(properties, qn("a:buAutoNum"), type="arabicPeriod")
    else:
        etree.SubElement(properties, qn("a:buFont"), typeface="Arial")
        etree.SubElement(properties, qn("a:buChar"), char="•")


def _colour(code: str) -> RGBColor:
    """A colour from its six hexadecimal digits."""
    return RGBColor(*bytes.fromhex(code))  # type: ignore[no-untyped-call]


# --- XML that python-pptx does not write ----------------------------------------------------------------------------

_NAMESPACES = {
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
}


def _describe(element: Any, words: str) -> None:
    """The text for readers who cannot see the shape."""
    _properties(element).set("descr", words)


def _name(element: Any, words: str) -> None:
    _properties(element).set("name", words)


def _properties(element: Any) -> Any:
    return next(element.iter(qn("p:cNvPr")))


def _footer_placeholder(number: int, kind: str, index: int, name: str) -> Any:
    """A footer or slide number that takes its place and look from the layout."""
    xml = (
        f'<p:sp xmlns:p="{_NAMESPACES["p"]}" xmlns:a="{_NAMESPACES["a"]}"><p:nvSpPr>'
        f'<p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f'<p:nvPr><p:ph type="{kind}" sz="quarter" idx="{index}"/></p:nvPr></p:nvSpPr><p:spPr/>'
        f"<p:txBody><a:bodyPr/><a:lstStyle/><a:p>{_NUMBER_FIELD if kind == 'sldNum' else ''}</a:p></p:txBody></p:sp>"
    )
    return parse_xml(xml)


_NUMBER_FIELD = '<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:rPr/><a:t>‹#›</a:t></a:fld>'


def _bottom_rule(cell: Any, colour: str, width: float) -> None:
    """A rule below a table cell and none at the other sides."""
    properties = cell.get_or_add_tcPr()
    rules = []
    for side in ("lnL", "lnR", "lnT", "lnB"):
        rule = etree.Element(qn(f"a:{side}"))
        if side == "lnB":
            rule.set("w", str(int(Pt(width))))
            fill = etree.SubElement(rule, qn("a:solidFill"))
            etree.SubElement(fill, qn("a:srgbClr"), val=colour)
        else:
            rule.set("w", "0")
            etree.SubElement(rule, qn("a:noFill"))
        rules.append(rule)
    for position, rule in enumerate(rules):
        properties.insert(position, rule)


# --- a plan as shapes -----------------------------------------------------------------------------------------------


class _Group:
    """A drawing as one group of native shapes."""

    def __init__(
        self, number: int, name: str, drawn: drawing.Drawing, origin: tuple[float, float], scale: float, language: str
    ) -> None:
        self._number = number
        self._name = name
        self._drawn = drawn
        self._origin = origin
        self._scale = scale
        self._language = language

    def element(self) -> Any:
        """The group, its children in the order of drawing."""
        x, y = self._at(0, 0)
        width, height = self._length(self._drawn.width), self._length(self._drawn.height)
        group = _element("p:grpSp")
        head = _child(group, "p:nvGrpSpPr")
        _child(head, "p:cNvPr", id=self._number, name=self._name, descr=self._drawn.description)
        _child(head, "p:cNvGrpSpPr")
        _child(head, "p:nvPr")
        frame = _child(_child(group, "p:grpSpPr"), "a:xfrm")
        for offset, extent in (("a:off", "a:ext"), ("a:chOff", "a:chExt")):
            _child(frame, offset, x=x, y=y)
            _child(frame, extent, cx=width, cy=height)
        number = self._number
        for item in self._drawn.items:
            for shape in self._shapes(item, number):
                group.append(shape)
                number += 1
        return group

    def _shapes(self, item: Item, number: int) -> Iterator[Any]:
        if isinstance(item, Rect):
            x, y = self._at(item.x, item.y)
            place = (x, y, self._length(item.width), self._length(item.height))
            yield _shape(number + 1, _shape_name(item) or "Area", place, _preset("rect"), fill=ROLES[item.role])
        elif isinstance(item, Polygon):
            yield self._outline(number + 1, _shape_name(item) or "Mark", item.points, fill=ROLES[item.role])
        elif isinstance(item, Label):
            yield self._label(number + 1, item)
        else:
            yield self._outline(number + 1, _shape_name(item) or "Line", item.points, line=item)
            if item.arrow:
                yield self._outline(number + 2, "Arrow head", arrow_head(item), fill=ROLES[item.role])

    def _outline(
        self, number: int, name: str, points: Iterable[tuple[float, float]], *, fill: str = "", line: Line | None = None
    ) -> Any:
        corners = [self._at(x, y) for x, y in points]
        left, top = min(x for x, _ in corners), min(y for _, y in corners)
        width, height = max(x for x, _ in corners) - left, max(y for _, y in corners) - top
        path = _path([(x - left, y - top) for x, y in corners], width, height, closed=line is None)
        return _shape(number, name, (left, top, width, height), path, fill=fill, line=line, scale=self._scale)

    def _label(self, number: int, item: Label) -> Any:
        size = item.size * self._scale
        room = (self._drawn.width - item.x) * self._scale if item.anchor == "start" else self._drawn.width * self._scale
        words = shortened(" ".join(item.text.split()), size, max(room - 2, size), bold=item.bold)
        width = text_width(words, size, bold=item.bold) + 2
        x = self._origin[0] + item.x * self._scale - {"start": 0.0, "middle": width / 2, "end": width}[item.anchor]
        y = self._origin[1] + item.y * self._scale - size * layout.LINE / 2
        place = (int(Pt(x)), int(Pt(y)), int(Pt(width)), int(Pt(size * layout.LINE)))
        shape = _shape(number, "Label", place, _preset("rect"), text_box=True)
        body = _child(shape, "p:txBody")
        _child(body, "a:bodyPr", wrap="none", lIns=0, tIns=0, rIns=0, bIns=0, anchor="ctr")
        paragraph = _child(body, "a:p")
        _child(paragraph, "a:pPr", algn={"start": "l", "middle": "ctr", "end": "r"}[item.anchor])
        run = _child(paragraph, "a:r")
        look = _child(run, "a:rPr", lang=self._language, sz=round(size * 100), b=int(item.bold))
        _child(_child(look, "a:solidFill"), "a:srgbClr", val=ROLES[item.role])
        _child(run, "a:t").text = words
        return shape

    def _at(self, x: float, y: float) -> tuple[int, int]:
        return int(Pt(self._origin[0] + x * self._scale)), int(Pt(self._origin[1] + y * self._scale))

    def _length(self, points: float) -> int:
        return int(Pt(points * self._scale))


def _shape_name(item: Rect | Line | Polygon) -> str:
    """What the shape stands for; dates and progress stand in the labels, where readers and checks see them."""
    if isinstance(item, Line) and item.role == "status":
        return "Status date"
    return item.name.rpartition(": ")[0] or item.name


def _shape(
    number: int,
    name: str,
    place: tuple[int, int, int, int],
    geometry: Any,
    *,
    fill: str = "",
    line: Line | None = None,
    scale: float = 1.0,
    text_box: bool = False,
) -> Any:
    """A shape without a style of the theme, and so without its shadow."""
    shape = _element("p:sp")
    head = _child(shape, "p:nvSpPr")
    _child(head, "p:cNvPr", id=number, name=name)
    _child(head, "p:cNvSpPr", **({"txBox": 1} if text_box else {}))
    _child(head, "p:nvPr")
    properties = _child(shape, "p:spPr")
    frame = _child(properties, "a:xfrm")
    _child(frame, "a:off", x=place[0], y=place[1])
    _child(frame, "a:ext", cx=place[2], cy=place[3])
    properties.append(geometry)
    if fill:
        _child(_child(properties, "a:solidFill"), "a:srgbClr", val=fill)
    else:
        _child(properties, "a:noFill")
    edge = _child(properties, "a:ln", **({"w": int(Pt(line.width * scale))} if line else {}))
    if line:
        _child(_child(edge, "a:solidFill"), "a:srgbClr", val=ROLES[line.role])
        if line.dashed:
            _child(edge, "a:prstDash", val="dash")
        _child(edge, "a:round")
    else:
        _child(edge, "a:noFill")
    return shape


def _preset(kind: str) -> Any:
    geometry = _element("a:prstGeom", prst=kind)
    _child(geometry, "a:avLst")
    return geometry


def _path(points: Sequence[tuple[int, int]], width: int, height: int, *, closed: bool) -> Any:
    """Geometry through points relative to the shape's corner."""
    geometry = _element("a:custGeom")
    for name in ("a:avLst", "a:gdLst", "a:ahLst", "a:cxnLst"):
        _child(geometry, name)
    _child(geometry, "a:rect", l="0", t="0", r="r", b="b")
    path = _child(_child(geometry, "a:pathLst"), "a:path", w=width, h=height, **({} if closed else {"fill": "none"}))
    for number, (x, y) in enumerate(points):
        step = _child(path, "a:lnTo" if number else "a:moveTo")
        _child(step, "a:pt", x=x, y=y)
    if closed:
        _child(path, "a:close")
    return geometry


def _element(tag: str, /, **attributes: object) -> Any:
    element = OxmlElement(tag)
    for key, value in attributes.items():
        element.set(key, str(value))
    return element


def _child(parent: Any, tag: str, /, **attributes: object) -> Any:
    child = _element(tag, **attributes)
    parent.append(child)
    return child
