"""A document as a Word file: own styles, real tables, native charts and shapes, origin and mark on every page.

The same document gives the same bytes. Every word of the tree is escaped into text; nothing becomes a field, link or
markup. A long Gantt gets a landscape section of its own. Not here: styles and settings (`docx_styles`), shapes
(`docx_shapes`), chart parts (`native_charts`).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from itertools import count, zip_longest
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.image.exceptions import UnrecognizedImageError
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from headway.documents import charts, gantt, tree
from headway.documents.docx_shapes import GROUP_SPACES, emu, group, inline
from headway.documents.docx_styles import (
    BODY,
    BULLET,
    LEAD,
    NUMBER,
    SMALL,
    TABLE_SIZE,
    TABLE_TEXT,
    WORD,
    numbering_xml,
    settings_xml,
    styles_xml,
)
from headway.documents.native_charts import WORKBOOK_RELATION, chart_parts
from headway.documents.packaging import repacked
from headway.documents.style import (
    DRAFT_WORDS,
    GREY_TEXT,
    GRID,
    RAG_LOOKS,
    RED,
    RULE,
    TREND_SIGNS,
    column_widths,
)
from headway.documents.tree import (
    Align,
    Block,
    Bullets,
    Cell,
    Chart,
    Column,
    Document,
    Figure,
    Gantt,
    Heading,
    KeyFigure,
    KeyFigures,
    Mark,
    Meta,
    Note,
    PageBreak,
    Paragraph,
    Rag,
    RagCell,
    RagRow,
    Runs,
    Table,
    Tone,
)

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SPACES = (
    f'xmlns:w="{WORD}" xmlns:r="{_RELATIONS}" xmlns:c="{_CHART}" xmlns:v="urn:schemas-microsoft-com:vml" '
    f'xmlns:o="urn:schemas-microsoft-com:office:office" {GROUP_SPACES}'
)
_CHART_HEIGHT = 205.0
_CELL_SIDE, _CELL_EDGE = 5.0, 1.8  # points beside, above and below a cell's words
_KEPT_ROWS = 8  # a table of up to so many rows stays on one page
_FIGURES_A_ROW = 4
_LANDSCAPE_ROWS = 18  # a longer Gantt reads better across the page
_TITLE_ROOM = 90.0  # headings above a Gantt on its page
_HEAD_ROOM = 60.0  # the document's title and subtitle
_MOST_PROPERTY = 255  # letters of a core property
_EXTENDED = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"


class WordError(ValueError):
    """The document cannot be a Word file; the message says which part and why."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A page's size and margins in points."""

    width: float
    height: float
    side: float = 56.7
    top: float = 62.0
    bottom: float = 58.0

    @property
    def room(self) -> float:
        """Width of the text."""
        return self.width - 2 * self.side

    @property
    def depth(self) -> float:
        """Height of the text."""
        return self.height - self.top - self.bottom


_PORTRAIT = _Page(595.3, 841.9)
_LANDSCAPE = _Page(841.9, 595.3)


def write_docx(document: Document) -> bytes:
    """The running document as DOCX on A4.

    Raises WordError for a picture that is neither PNG nor JPEG.
    """
    document = tree.cleaned(document)
    return _Writer(document).written()


# --- words ----------------------------------------------------------------------------------------------------------


def _twips(points: float) -> int:
    return round(points * 20)


def _words(words: str) -> str:
    """The content of a run: text with its line ends and tabs."""
    lines = []
    for line in words.split("\n"):
        parts = (f'<w:t xml:space="preserve">{escape(part)}</w:t>' if part else "" for part in line.split("\t"))
        lines.append("<w:tab/>".join(parts))
    return "<w:br/>".join(lines)


def _run(
    words: str, *, bold: bool = False, italic: bool = False, colour: str = "", size: float = 0, fill: str = ""
) -> str:
    if not words:
        return ""
    look = ("<w:b/><w:bCs/>" if bold else "") + ("<w:i/><w:iCs/>" if italic else "")
    look += f'<w:color w:val="{colour}"/>' if colour else ""
    look += f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/>' if size else ""
    look += f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    return f"<w:r>{f'<w:rPr>{look}</w:rPr>' if look else ''}{_words(words)}</w:r>"


def _tinted(rag: Rag, words: str, *, filled: bool) -> str:
    """A colour's word, bold, behind its shape; with its fill where the cell around it has none."""
    look = RAG_LOOKS[rag]
    shown = f"{look.shape}{tree.NO_BREAK}{words}"
    if filled:
        shown = f"{tree.NO_BREAK}{shown}{tree.NO_BREAK}"
    return _run(shown, bold=True, colour=look.ink, fill=look.fill if filled else "")


def _runs(runs: Runs) -> str:
    return "".join(
        _tinted(run.tint, run.text, filled=True)
        if run.tint is not None
        else _run(run.text, bold=run.bold, italic=run.italic)
        for run in runs
    )


def _paragraph(style: str, content: str, properties: str = "") -> str:
    """A paragraph; `properties` stand behind its style in the schema's order."""
    named = "" if style == BODY else f'<w:pStyle w:val="{style}"/>'
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{content}</w:p>"


# --- tables ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Box:
    """One cell: its paragraphs' runs, one paragraph a line, and its look."""

    lines: tuple[str, ...]
    right: bool = False
    centred: bool = False
    fill: str = ""
    indent: float = 0.0
    span: int = 1


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of a table."""

    boxes: tuple[_Box, ...]
    header: bool = False
    total: bool = False


def _grid(lines: Sequence[_Line], widths: Sequence[float], caption: str) -> str:
    """A table whose grid and cells have the same widths in points; rows do not break over pages."""
    columns = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in widths)
    total = sum(_twips(width) for width in widths)
    said = f"<w:tblCaption w:val={quoteattr(caption[:_MOST_PROPERTY])}/>" if caption else ""
    kept = len(lines) <= _KEPT_ROWS  # of a longer one at least the head with two rows, and the last three
    begin = 1 + sum(line.header for line in lines)
    rows = "".join(
        _row(line, widths, keep=number < len(lines) and (kept or number <= begin or number >= len(lines) - 2))
        for number, line in enumerate(lines, start=1)
    )
    first = int(any(line.header for line in lines))
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{total}" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:left w:w="{_twips(_CELL_SIDE)}" w:type="dxa"/><w:right w:w="{_twips(_CELL_SIDE)}" w:type="dxa"/>'
        f'</w:tblCellMar><w:tblLook w:val="06{first * 2}0" w:firstRow="{first}" w:lastRow="0" w:firstColumn="0" '
        f'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>{said}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>'
    )


def _row(line: _Line, widths: Sequence[float], *, keep: bool) -> str:
    cells, place = [], 0
    for box in line.boxes:
        width = sum(_twips(each) for each in widths[place : place + box.span])
        first, last = place == 0, place + box.span == len(widths)
        cells.append(_cell(box, line, width, keep=keep, flush=(first and not box.fill, last and not box.fill)))
        place += box.span
    header = "<w:tblHeader/>" if line.header else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{header}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(box: _Box, line: _Line, width: int, *, keep: bool, flush: tuple[bool, bool]) -> str:
    """`flush`: whether the words stand at the text's left or right edge, so that tables align with paragraphs."""
    top = f'<w:top w:val="single" w:sz="6" w:color="{GREY_TEXT}"/>' if line.total else ""
    foot = (8, RULE) if line.header else (4, GRID)
    border = "" if line.total else f'<w:bottom w:val="single" w:sz="{foot[0]}" w:color="{foot[1]}"/>'
    margins = {"top": _CELL_EDGE, "left": 0.0 if flush[0] else _CELL_SIDE, "bottom": _CELL_EDGE}
    margins["right"] = 0.0 if flush[1] else _CELL_SIDE
    around = "".join(f'<w:{side} w:w="{_twips(wide)}" w:type="dxa"/>' for side, wide in margins.items())
    span = f'<w:gridSpan w:val="{box.span}"/>' if box.span > 1 else ""
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{box.fill}"/>' if box.fill else ""
    upright = '<w:vAlign w:val="bottom"/>' if line.header else ""
    side = "right" if box.right else "center" if box.centred else ""
    properties = (
        ("<w:keepNext/>" if keep else "")
        + (f'<w:ind w:left="{_twips(box.indent)}"/>' if box.indent else "")
        + (f'<w:jc w:val="{side}"/>' if side else "")
    )
    lines = "".join(_paragraph(TABLE_TEXT, words, properties) for words in box.lines or ("",))
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}<w:tcBorders>{top}{border}</w:tcBorders>{fill}'
        f"<w:tcMar>{around}</w:tcMar>{upright}</w:tcPr>{lines}</w:tc>"
    )


def _header(titles: Sequence[Column]) -> _Line:
    return _Line(
        tuple(
            _Box(
                (_run(column.title, bold=True, colour=GREY_TEXT),),
                right=column.right,
                centred=column.align is Align.CENTRE,
            )
            for column in titles
        ),
        header=True,
    )


def _body_box(column: Column, cell: Cell, *, total: bool) -> _Box:
    tint = cell.tint if cell.value.text else None
    words = (
        _tinted(tint, cell.value.text, filled=False)
        if tint is not None
        else _run(cell.value.text, bold=cell.bold or total)
    )
    return _Box(
        (words,),
        right=column.right,
        centred=column.align is Align.CENTRE,
        fill=RAG_LOOKS[tint].fill if tint is not None else "",
        indent=cell.level * 10.0,
    )


def _table(block: Table, room: float) -> str:
    lines = [_header(block.columns)]
    for cells in block.rows:
        lines.append(_Line(tuple(_body_box(*pair, total=False) for pair in zip(block.columns, cells, strict=True))))
    if not block.rows:
        lines.append(_Line((_Box((_run(block.empty, colour=GREY_TEXT),), span=len(block.columns)),)))
    for cells in block.totals:
        boxes = tuple(_body_box(*pair, total=True) for pair in zip(block.columns, cells, strict=True))
        lines.append(_Line(boxes, total=True))
    widths = column_widths(_with_shapes(block), room, TABLE_SIZE, 2 * _CELL_SIDE)
    caption = _paragraph("Caption", _run(block.caption)) if block.caption else ""
    notes = "".join(_paragraph(SMALL, _run(note)) for note in block.notes)
    return caption + _grid(lines, widths, block.caption) + _GAP + notes


def _with_shapes(block: Table) -> Table:
    """The table with shapes before colour words that do not break, for the widths of its columns."""

    def shown(cell: Cell) -> Cell:
        if cell.tint is None or not cell.value.text:
            return cell
        words = f"{_WIDE_SHAPE}{cell.value.text}".replace(" ", tree.NO_BREAK)
        return replace(cell, value=replace(cell.value, text=words))

    def all_of(rows: tuple[tuple[Cell, ...], ...]) -> tuple[tuple[Cell, ...], ...]:
        return tuple(tuple(shown(cell) for cell in cells) for cells in rows)

    return replace(block, rows=all_of(block.rows), totals=all_of(block.totals))


_WIDE_SHAPE = "MM "  # about as wide as the widest shape in any font that has it
_GAP = _paragraph("HeadwayGap", "")  # between tables, which Word would join


# --- health and key figures -----------------------------------------------------------------------------------------

_RAG_TITLES = ("Dimension", "Health", "Measure", "Trend", "Why, and limits")
_RAG_WIDTHS = (0.17, 0.175, 0.225, 0.10, 0.33)  # of the text's width


def _rag_row(block: RagRow, room: float) -> str:
    head = _paragraph(
        LEAD,
        _run("Overall ", bold=True) + _tinted(block.overall, block.overall.word, filled=True) + _run(" ")
        + _runs(block.overall_reason),
        "<w:keepNext/>" if block.cells else "",
    )  # fmt: skip
    if not block.cells:
        return head
    lines = [_header([Column(title) for title in _RAG_TITLES]), *(_rag_line(cell) for cell in block.cells)]
    return head + _grid(lines, [room * share for share in _RAG_WIDTHS], "Health by dimension") + _GAP


def _rag_line(cell: RagCell) -> _Line:
    look = RAG_LOOKS[cell.colour]
    health = [_tinted(cell.colour, cell.colour.word, filled=False)]
    if cell.computed is not None:
        rule = _run("rule: ", size=8.5) + _tinted(cell.computed, cell.computed.word, filled=True)
        health.append(rule)
    why = [_runs(cell.reason)] if cell.reason else []
    why += [_run(cell.override)] if cell.computed is not None and cell.override else []
    why += [_run(cell.limits, size=8.5, colour=GREY_TEXT)] if cell.limits else []
    return _Line(
        (
            _Box((_run(cell.dimension, bold=True),)),
            _Box(tuple(health), fill=look.fill),
            _Box((_runs(cell.measure),)),
            _Box((_run(TREND_SIGNS.get(cell.trend, cell.trend)),)),
            _Box(tuple(why)),
        )
    )


def _key_figures(block: KeyFigures, room: float) -> str:
    """Figures side by side, at most four a row and rows of about equal length."""
    if not block.figures:
        return ""
    rows = -(-len(block.figures) // _FIGURES_A_ROW)
    each = -(-len(block.figures) // rows)
    made = ""
    for start in range(0, len(block.figures), each):
        figures = block.figures[start : start + each]
        boxes = tuple(_figure_box(figure) for figure in figures)
        made += _grid([_Line(boxes, total=True)], [room / each] * len(figures), "Key figures") + _GAP
    return made


def _figure_box(figure: KeyFigure) -> _Box:
    look = RAG_LOOKS[figure.tint] if figure.tint else None
    value = _run(figure.value.text, bold=True, size=17, colour=look.ink if look else "")
    note = (_runs(figure.note),) if figure.note else ()
    return _Box((_run(figure.label, colour=GREY_TEXT), value, *note), fill=look.fill if look else "")


# --- the file -------------------------------------------------------------------------------------------------------


class _Writer:
    """Writes one document: blocks into the body, charts and pictures into parts of their own."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._file: Any = docx.Document()  # Any: python-docx's parts bear no types for their XML
        self._part: Any = self._file.part
        self._numbers = count(1)  # ids of drawings and their shapes
        self._charts = count(1)
        self._lists = count(2)
        self._heading = ""  # the last one
        self._opening = True  # whether the document's title stands on this section's first page
        self._break = False  # whether the next paragraph starts a page

    def written(self) -> bytes:
        """The file's bytes."""
        meta = self._document.meta
        self._forget_template()
        body = self._file.element.body
        for child in list(body):
            body.remove(child)
        edges = {page: self._edges(page) for page in (_PORTRAIT, _LANDSCAPE)}
        sections = list(_sections(tree.running_blocks(self._document))) or [(_PORTRAIT, [])]
        for number, (page, blocks) in enumerate(sections):
            head = self._head() if number == 0 else ""
            content = head + "".join(
                self._block(block, page, before=after) for block, after in zip_longest(blocks, blocks[1:])
            )
            self._opening = False
            last = number == len(sections) - 1
            ending = _section(page, edges[page])
            self._append(content if last else content + _paragraph("HeadwayGap", "", ending))
            if last:
                self._append(ending)
        self._replace(RELATIONSHIP_TYPE.STYLES, styles_xml(meta.language))
        self._replace(RELATIONSHIP_TYPE.SETTINGS, settings_xml(meta.language))
        self._replace(RELATIONSHIP_TYPE.NUMBERING, numbering_xml(next(self._lists) - 2))
        self._properties()
        target = io.BytesIO()
        self._file.save(target)
        return repacked(target.getvalue())

    def _append(self, content: str) -> None:
        """Puts elements at the end of the body; a page break that waits goes into the next paragraph."""
        wrapped = parse_xml(f"<w:body {_SPACES}>{content}</w:body>")
        for child in list(wrapped):
            self._file.element.body.append(child)

    # parts

    def _forget_template(self) -> None:
        """Drops what the library's template brings and no page of ours uses."""
        package = self._part.package
        kept = {RELATIONSHIP_TYPE.STYLES, RELATIONSHIP_TYPE.SETTINGS, RELATIONSHIP_TYPE.NUMBERING,
                RELATIONSHIP_TYPE.THEME, RELATIONSHIP_TYPE.FONT_TABLE}  # fmt: skip
        for relations, wanted in (
            (self._part.rels, kept),
            (package.rels, {RELATIONSHIP_TYPE.OFFICE_DOCUMENT, RELATIONSHIP_TYPE.CORE_PROPERTIES}),
        ):
            for identifier in [each for each, relation in relations.items() if relation.reltype not in wanted]:
                del relations[identifier]

    def _replace(self, kind: str, content: bytes) -> None:
        part: Any = self._part.part_related_by(kind)
        part._element = parse_xml(content)  # it has no public way

    def _properties(self) -> None:
        document, meta = self._document, self._document.meta
        core = self._file.core_properties
        when = meta.timestamp.astimezone(UTC).replace(tzinfo=None)
        core.title, core.subject = document.title[:_MOST_PROPERTY], tree.footer_text(meta)[:_MOST_PROPERTY]
        core.author = core.last_modified_by = meta.author[:_MOST_PROPERTY]
        core.created = core.modified = when
        core.language, core.version = meta.language, meta.version[:_MOST_PROPERTY]
        core.content_status = "Draft" if meta.mark is Mark.DRAFT else "Final"
        core.comments = ""
        core.keywords = ""
        core.category = meta.confidential[:_MOST_PROPERTY]
        core.revision = 1
        extended = (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="{_EXTENDED}">'
            f"<Application>Headway</Application><Company>{escape(meta.organisation)}</Company></Properties>"
        )
        package = self._part.package
        kind = "application/vnd.openxmlformats-officedocument.extended-properties+xml"
        part = Part(PackURI("/docProps/app.xml"), kind, extended.encode(), package)
        package.relate_to(part, RELATIONSHIP_TYPE.EXTENDED_PROPERTIES)

    def _edges(self, page: _Page) -> str:
        """Header and footer of pages of that size, as the references that a section bears."""
        meta = self._document.meta
        header_part, header = self._part.add_header_part()
        footer_part, footer = self._part.add_footer_part()
        header_part._element = parse_xml(f"<w:hdr {_SPACES}>{_page_head(self._document, page)}</w:hdr>")
        footer_part._element = parse_xml(f"<w:ftr {_SPACES}>{_page_foot(meta, page)}</w:ftr>")
        return (
            f'<w:headerReference w:type="default" r:id="{header}"/>'
            f'<w:footerReference w:type="default" r:id="{footer}"/>'
        )

    # blocks

    def _head(self) -> str:
        document = self._document
        under = _paragraph("Subtitle", _run(document.subtitle)) if document.subtitle else ""
        return _paragraph("Title", _run(document.title)) + under

    def _block(self, block: Block, page: _Page, *, before: Block | None) -> str:
        """A block; `before` which one it stands: a sentence that leads to a table stays with it."""
        if isinstance(block, PageBreak):
            self._break = True
            return ""
        broken = self._break
        self._break = False
        content = self._content(block, page)
        if isinstance(block, Paragraph) and isinstance(before, Table | Chart | RagRow):
            content = _with_property(content, "<w:keepNext/>")
        return _on_new_page(content) if broken else content

    def _content(self, block: Block, page: _Page) -> str:
        if isinstance(block, Heading):
            self._heading = block.text
            return _paragraph(f"Heading{min(max(block.level, 1), 3)}", _run(block.text))
        if isinstance(block, Paragraph):
            style = {Tone.LEAD: LEAD, Tone.BODY: BODY, Tone.SMALL: SMALL}[block.tone]
            return _paragraph(style, _runs(block.runs))
        if isinstance(block, Bullets):
            return self._bullets(block)
        if isinstance(block, KeyFigures):
            return _key_figures(block, page.room)
        if isinstance(block, RagRow):
            return _rag_row(block, page.room)
        if isinstance(block, Table):
            return _table(block, page.room)
        if isinstance(block, Chart):
            return self._chart(block, page)
        if isinstance(block, Gantt):
            return self._gantt(block, page)
        if isinstance(block, Figure):
            return self._figure(block, page)
        assert isinstance(block, Note)  # noqa: S101  # the union has no other member
        return _paragraph("HeadwayNote", _run(block.title, bold=True) + _run(" – ") + _runs(block.runs))

    def _bullets(self, block: Bullets) -> str:
        if not block.items:
            return _paragraph(SMALL, _run(block.empty))
        if not block.numbered:
            return "".join(_paragraph(BULLET, _runs(item)) for item in block.items)
        listed = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{next(self._lists)}"/></w:numPr>'
        return "".join(_paragraph(NUMBER, _runs(item), listed) for item in block.items)

    def _finding(self, title: str) -> str:
        """The sentence over a chart or plan, unless the heading above has said it."""
        return "" if not title or title == self._heading else _paragraph("Caption", _run(title))

    def _chart(self, block: Chart, page: _Page) -> str:
        title = self._finding(block.title)
        note = " ".join(filter(None, (block.note, f"Source: {block.source}" if block.source else "")))
        below = _paragraph(SMALL, _run(note)) if note else ""
        if charts.is_empty(block):
            return title + _paragraph(SMALL, _run(block.empty)) + below
        parts = chart_parts(block, width=page.room)
        number, package = next(self._charts), self._part.package
        book = Part(PackURI(f"/word/embeddings/workbook{number}.xlsx"), _WORKBOOK_TYPE, parts.workbook, package)
        drawn = Part(PackURI(f"/word/charts/chart{number}.xml"), _CHART_TYPE, parts.xml, package)
        if drawn.relate_to(book, RELATIONSHIP_TYPE.PACKAGE) != WORKBOOK_RELATION:
            raise AssertionError("The workbook must be a chart part's first relation.")
        relation = self._part.relate_to(drawn, RELATIONSHIP_TYPE.CHART)
        graphic = f'<a:graphicData uri="{_CHART}"><c:chart r:id="{relation}"/></a:graphicData>'
        placed = inline(
            page.room, _CHART_HEIGHT, next(self._numbers), f"Chart {number}", charts.describe(block), graphic
        )
        return title + _drawn(f"<w:drawing>{placed}</w:drawing>", keep=bool(note)) + below

    def _gantt(self, block: Gantt, page: _Page) -> str:
        note = _paragraph(SMALL, _run(block.note)) if block.note else ""
        if not block.rows:
            return self._finding(block.title) + _paragraph(SMALL, _run(block.empty)) + note
        depth = page.depth - _TITLE_ROOM - (_HEAD_ROOM if self._opening else 0)
        pieces = (block,) if gantt.is_timeline(block) else gantt.parts(block, gantt.fitting_rows(depth))
        made = ""
        for piece in pieces:
            drawing = gantt.draw(piece, page.room, depth if page is _LANDSCAPE else None)
            number = next(self._numbers)
            shapes = group(drawing, number, f"Plan {number}", self._numbers)
            made += self._finding(piece.title) + _drawn(shapes, keep=bool(note) and piece is pieces[-1])
        return made + note

    def _figure(self, block: Figure, page: _Page) -> str:
        try:
            relation, image = self._part.get_or_add_image(io.BytesIO(block.content))
        except (UnrecognizedImageError, ValueError, EOFError) as fault:
            raise WordError(
                f"The picture {block.caption or block.description!r} cannot be read; use a PNG or JPEG file."
            ) from fault
        width = page.room * min(max(block.width, 0.01), 1.0)
        height = width * image.px_height / max(image.px_width, 1)
        if height > page.depth - _TITLE_ROOM:
            width, height = width * (page.depth - _TITLE_ROOM) / height, page.depth - _TITLE_ROOM
        space = "http://schemas.openxmlformats.org/drawingml/2006/picture"
        size = f'<a:ext cx="{emu(width)}" cy="{emu(height)}"/>'
        graphic = (
            f'<a:graphicData uri="{space}"><pic:pic xmlns:pic="{space}"><pic:nvPicPr><pic:cNvPr id="0" name="Picture"/>'
            f'<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/>'
            f'</a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>{size}</a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
        )
        number = next(self._numbers)
        said = block.description or block.caption
        placed = inline(width, height, number, f"Picture {number}", said, graphic)
        below = _paragraph(SMALL, _run(block.caption)) if block.caption else ""
        return _drawn(f"<w:drawing>{placed}</w:drawing>", keep=bool(below)) + below


def _with_property(content: str, element: str) -> str:
    """The first paragraph with one more property, behind its style and what keeps it with the next."""
    start, keep = "<w:p><w:pPr>", "<w:keepNext/>"
    at = len(start)
    if content.startswith(f"{start}<w:pStyle"):
        at = content.find("/>") + 2
    if content[at:].startswith(keep):
        at += len(keep)
    return f"{content[:at]}{element}{content[at:]}"


def _on_new_page(content: str) -> str:
    if not content.startswith("<w:p>"):
        content = _GAP + content
    return _with_property(content, "<w:pageBreakBefore/>")


def _drawn(content: str, *, keep: bool) -> str:
    return _paragraph("HeadwayFigure", f"<w:r>{content}</w:r>", "<w:keepNext/>" if keep else "")


# --- pages ----------------------------------------------------------------------------------------------------------


def _sections(blocks: Sequence[Block]) -> Iterator[tuple[_Page, list[Block]]]:
    """Stretches of blocks by the page they stand on: a long Gantt with its headings goes across the page."""
    upright: list[Block] = []
    for block in blocks:
        if isinstance(block, PageBreak) and not upright and block is not blocks[0]:
            continue  # a section starts a page by itself
        if not (isinstance(block, Gantt) and len(block.rows) > _LANDSCAPE_ROWS and not gantt.is_timeline(block)):
            upright.append(block)
            continue
        above: list[Block] = []
        while upright and isinstance(upright[-1], Heading):
            above.insert(0, upright.pop())
        if upright and isinstance(upright[-1], PageBreak):
            upright.pop()
        if upright:
            yield _PORTRAIT, upright
        yield _LANDSCAPE, [*above, block]
        upright = []
    if upright:
        yield _PORTRAIT, upright


def _section(page: _Page, edges: str) -> str:
    turned = ' w:orient="landscape"' if page is _LANDSCAPE else ""
    side = _twips(page.side)
    return (
        f'<w:sectPr>{edges}<w:type w:val="nextPage"/>'
        f'<w:pgSz w:w="{_twips(page.width)}" w:h="{_twips(page.height)}"{turned}/>'
        f'<w:pgMar w:top="{_twips(page.top)}" w:right="{side}" w:bottom="{_twips(page.bottom)}" w:left="{side}" '
        'w:header="540" w:footer="440" w:gutter="0"/></w:sectPr>'
    )


def _page_head(document: Document, page: _Page) -> str:
    """The title at the left, the mark at the right and, for a draft, across the page."""
    draft = document.meta.mark is Mark.DRAFT
    tab = f'<w:tabs><w:tab w:val="right" w:pos="{_twips(page.room)}"/></w:tabs>'
    mark = "<w:r><w:tab/></w:r>" + _run(DRAFT_WORDS, bold=True, colour=RED) if draft else ""
    title = _run(" ".join(document.title.split())[:80])
    return _paragraph("HeadwayEdge", (_watermark() if draft else "") + title + mark, tab)


def _watermark() -> str:
    return (
        '<w:r><w:pict><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
        'path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>'
        '<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>'
        '<v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/>'
        '<v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/><v:f eqn="sum @6 0 @5"/></v:formulas>'
        '<v:path textpathok="t" o:connecttype="custom" o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" '
        'o:connectangles="270,180,90,0"/><v:textpath on="t" fitshape="t"/></v:shapetype>'
        '<v:shape id="HeadwayDraftMark" o:spid="_x0000_s2049" type="#_x0000_t136" alt="Draft" '
        'style="position:absolute;margin-left:0;margin-top:0;width:380pt;height:127pt;rotation:315;z-index:-251658752;'
        "mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;"
        'mso-position-vertical-relative:margin" o:allowincell="f" fillcolor="#f6efef" stroked="f">'
        '<v:textpath style="font-family:&quot;Calibri&quot;;font-size:1pt;font-weight:bold" string="DRAFT"/>'
        "</v:shape></w:pict></w:r>"
    )


def _page_foot(meta: Meta, page: _Page) -> str:
    """Where the page's figures come from, at the left; its number at the right."""
    words = f"{tree.footer_text(meta)} · Version {meta.version}"
    number = _run("Page ") + _field("PAGE") + _run(" of ") + _field("NUMPAGES")
    widths = (_twips(page.room - 80), _twips(80))
    none = "".join(f'<w:{side} w:w="0" w:type="dxa"/>' for side in ("left", "right"))
    rule = f'<w:tcBorders><w:top w:val="single" w:sz="4" w:color="{RULE}"/></w:tcBorders>'
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{rule}<w:tcMar><w:top w:w="60" w:type="dxa"/></w:tcMar>'
        f"</w:tcPr>{_paragraph('HeadwayEdge', content, side)}</w:tc>"
        for width, content, side in ((widths[0], _run(words), ""), (widths[1], number, '<w:jc w:val="right"/>'))
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{none}</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr></w:tbl>{_GAP}"
    )


def _field(code: str) -> str:
    """A field with the value 1 until the program counts the pages, which it does by itself in footers."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
