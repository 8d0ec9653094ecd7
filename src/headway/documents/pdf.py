"""A document as a tagged PDF (PDF/UA-1 and PDF/A-2a), set by typst from one constant template.

The tree goes to the template as JSON and stays data there: no source is built from it. The compiler has an empty
folder as its root, our own fonts and neither packages nor network. Charts and Gantts are drawn with the geometry of
`charts` and `gantt`. The same document gives the same bytes. Not here: how pages look (`assets/document.typ`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import typst

from headway.documents import charts, drawing, gantt, tree
from headway.documents.style import DRAFT_WORDS, FONTS_FOLDER, RAG_LOOKS, TREND_SIGNS, column_widths
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
    KeyFigures,
    Layout,
    Mark,
    Note,
    PageBreak,
    Paragraph,
    RagCell,
    RagRow,
    Runs,
    Slide,
    Table,
)

_Standard = Literal["ua-1", "a-2a"]
# Both standards at once; a text that none of our fonts can show is refused by them and set without (see `_compiled`).
STANDARDS: tuple[_Standard, ...] = ("ua-1", "a-2a")
_TEMPLATE = Path(__file__).parent / "assets" / "document.typ"
_WATERMARK = "F4F0F0"

Packed = dict[str, Any]  # one block as the template reads it: strings, numbers, lists


class PdfError(ValueError):
    """The compiler refuses the document; the message is its own."""


@dataclass(frozen=True, slots=True)
class _Room:
    """Sizes in points that a page gives to its blocks."""

    width: float
    height: float
    table_size: float
    chart_height: float
    margin_x: float


_PORTRAIT = _Room(width=595.28 - 2 * 48, height=842 - 58 - 62, table_size=9.5, chart_height=205, margin_x=48)
_LANDSCAPE = _Room(width=841.89 - 2 * 48, height=595 - 58 - 62, table_size=9.5, chart_height=260, margin_x=48)
_SLIDE = _Room(width=960 - 2 * 46, height=352, table_size=11, chart_height=330, margin_x=46)
_GUTTER = 26.0
_LANDSCAPE_ROWS = 18  # a longer Gantt reads better across the page
_TITLE_ROOM = 70.0  # headings above a Gantt on its page


def write_pdf(document: Document) -> bytes:
    """The document as PDF: reports on A4, a deck without running text on 16:9 pages, one a slide.

    Raises PdfError when the compiler refuses it, e.g. because of a damaged picture.
    """
    document = tree.cleaned(document)
    return _compiled(json.dumps(_packed(document), ensure_ascii=False, separators=(",", ":")), document)


def write_sheets(document: Document, sheets: Sequence[drawing.Drawing]) -> bytes:
    """Drawings as the pages of a PDF, each as large as its drawing; of the document only its title and origin."""
    return _compiled(_sheets(document, sheets), document)


def write_picture(document: Document, sheet: drawing.Drawing, ppi: float) -> bytes:
    """A drawing as a PNG picture with so many pixels an inch."""
    return _run(_sheets(document, [sheet]), document, (), ppi=ppi)


def _sheets(document: Document, sheets: Sequence[drawing.Drawing]) -> str:
    packed = _packed(document) | {"sheets": [_picture("", sheet, "") for sheet in sheets]}
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":"))


def _compiled(data: str, document: Document) -> bytes:
    """The file by the standards; without them where our fonts lack a letter, which they do not allow."""
    try:
        return _run(data, document, STANDARDS)
    except typst.TypstError as fault:
        refusal = fault
    try:
        return _run(data, document, ())
    except typst.TypstError:
        raise PdfError(f"The PDF of {document.title!r} cannot be set: {refusal.message}.") from refusal


def _run(data: str, document: Document, standards: Sequence[_Standard], *, ppi: float | None = None) -> bytes:
    """The PDF; with `ppi` its first page as a PNG."""
    with TemporaryDirectory(prefix="headway-pdf-") as empty:
        made: bytes = typst.compile(  # type: ignore[call-overload]  # its stub wants root and source of one type
            _TEMPLATE.read_bytes(),
            root=empty,
            package_path=empty,
            package_cache_path=empty,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format="pdf" if ppi is None else "png",
            ppi=ppi,
            sys_inputs={"document": data},
            pdf_standards=[*standards],
            timestamp=int(document.meta.timestamp.timestamp()),
        )
    return made


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS_FOLDER)])


# --- the document ---------------------------------------------------------------------------------------------------


def _packed(document: Document) -> Packed:
    meta = document.meta
    deck = bool(document.slides) and not document.blocks
    room = _SLIDE if deck else _PORTRAIT
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "author": [words for words in (meta.author, meta.organisation) if words],
        "lang": meta.language.split("-")[0].lower() or "en",
        "project": f"{meta.project} · {document.title}" if meta.project else document.title,
        "footer": f"{tree.footer_text(meta)} · Version {meta.version}",
        "draft": DRAFT_WORDS if meta.mark is Mark.DRAFT else "",
        "deck": deck,
        "sections": [] if deck else list(_sections(tree.running_blocks(document))),
        "slides": [_slide(slide) for slide in document.slides] if deck else [],
        "sheets": [],
        "look": {
            "roles": {**drawing.ROLES, "watermark": _WATERMARK},
            "rags": {rag.name: {"fill": look.fill, "ink": look.ink} for rag, look in RAG_LOOKS.items()},
            "table_size": room.table_size,
            "margin_x": room.margin_x,
            "gutter": _GUTTER,
        },
    }


def _sections(blocks: Sequence[Block]) -> Iterator[Packed]:
    """Runs of blocks on upright pages; a long Gantt with the headings right above it on pages of its own, turned."""
    levels = _Levels()
    upright: list[Block] = []
    for block in blocks:
        if not (isinstance(block, Gantt) and _is_long(block)):
            upright.append(block)
            continue
        above: list[Block] = []
        while upright and isinstance(upright[-1], Heading | PageBreak):
            above.insert(0, upright.pop())
        if upright:
            yield {"flipped": False, "blocks": _blocks(upright, _PORTRAIT, levels)}
        turned = [each for each in above if not isinstance(each, PageBreak)]
        yield {"flipped": True, "blocks": _blocks([*turned, block], _LANDSCAPE, levels)}
        upright = []
    if upright or not blocks:
        yield {"flipped": False, "blocks": _blocks(upright, _PORTRAIT, levels)}


def _is_long(plan: Gantt) -> bool:
    return len(plan.rows) > _LANDSCAPE_ROWS and not gantt.is_timeline(plan)


class _Levels:
    """Heading levels without gaps, as screen readers need them: a level-2 heading before any of level 1 gets 1."""

    def __init__(self) -> None:
        self._open: list[int] = []

    def of(self, level: int) -> int:
        while self._open and self._open[-1] >= level:
            self._open.pop()
        self._open.append(level)
        return len(self._open)


def _blocks(blocks: Sequence[Block], room: _Room, levels: _Levels) -> list[Packed]:
    return [made for block in blocks for made in _block(block, room, levels)]


def _slide(slide: Slide) -> Packed:
    """A slide's blocks in one or two columns, the drawings sized for their share of the page."""
    columns, widths = _columns(slide)
    return {
        "title": slide.title,
        "source": f" · Source: {slide.source}" if slide.source else "",
        "cover": slide.layout is Layout.COVER,
        "columns": [_slide_column(column, width, slide.title) for column, width in zip(columns, widths, strict=True)],
        "shares": widths,
    }


def _columns(slide: Slide) -> tuple[list[Sequence[Block]], list[float]]:
    blocks, room = slide.blocks, _SLIDE.width - _GUTTER
    if slide.layout is Layout.SPLIT and len(blocks) > 1:
        return [blocks[:1], blocks[1:]], [room * 0.62, room * 0.38]
    if slide.layout is Layout.HALVES and len(blocks) > 1:
        half = -(-len(blocks) // 2)
        return [blocks[:half], blocks[half:]], [room / 2, room / 2]
    return [blocks], [_SLIDE.width]


def _slide_column(blocks: Sequence[Block], width: float, title: str) -> list[Packed]:
    drawn = sum(isinstance(block, Chart | Gantt) for block in blocks)
    others = len(blocks) - drawn
    share = _SLIDE.height / max(drawn, 1) * (1.0 if not others else 0.62)
    room = _Room(width, share, _SLIDE.table_size, min(share, _SLIDE.chart_height), _SLIDE.margin_x)
    levels = _Levels()
    levels.of(0)  # the slide's title
    made = _blocks(blocks, room, levels)
    return [block | {"title": ""} if block.get("title") == title else block for block in made]


# --- blocks ---------------------------------------------------------------------------------------------------------


def _block(block: Block, room: _Room, levels: _Levels) -> list[Packed]:
    if isinstance(block, Heading):
        return [{"kind": "heading", "text": block.text, "level": block.level, "tag": levels.of(block.level)}]
    if isinstance(block, Paragraph):
        return [{"kind": "paragraph", "tone": block.tone.value, "runs": _runs(block.runs)}]
    if isinstance(block, Bullets):
        items = [_runs(item) for item in block.items]
        return [{"kind": "bullets", "items": items, "numbered": block.numbered, "empty": block.empty}]
    if isinstance(block, KeyFigures):
        return [_key_figures(block)]
    if isinstance(block, RagRow):
        return [_rag_row(block, room)]
    if isinstance(block, Table):
        return [_table(block, room)]
    if isinstance(block, Chart):
        return [_chart(block, room)]
    if isinstance(block, Gantt):
        return _gantt(block, room)
    if isinstance(block, Figure):
        return [_figure(block)]
    if isinstance(block, Note):
        return [{"kind": "note", "title": block.title, "runs": _runs(block.runs)}]
    return [{"kind": "break"}]


def _runs(runs: Runs) -> list[Packed]:
    made = []
    for run in runs:
        packed: Packed = {"text": run.text}
        if run.tint is not None:
            packed["tint"] = run.tint.name
        if run.bold:
            packed["bold"] = True
        if run.italic:
            packed["italic"] = True
        made.append(packed)
    return made


def _key_figures(block: KeyFigures) -> Packed:
    figures = []
    for figure in block.figures:
        packed: Packed = {"label": figure.label, "value": figure.value.text, "note": _runs(figure.note)}
        if figure.tint is not None:
            packed["tint"] = figure.tint.name
        figures.append(packed)
    rows = max(-(-len(figures) // 6), 1)
    each = max(-(-len(figures) // rows), 1)
    return {"kind": "figures", "rows": [figures[start : start + each] for start in range(0, len(figures), each)]}


_RAG_COLUMNS = (
    Column("Dimension"),
    Column("Health"),
    Column("Measure", width=1.2),
    Column("Trend"),
    Column("Why, and limits", width=2.0),
)


def _rag_row(block: RagRow, room: _Room) -> Packed:
    lines = [_rag_cells(cell) for cell in block.cells]
    measured = Table(
        _RAG_COLUMNS,
        tuple(
            tree.row(
                cell.dimension,
                cell.colour.word.replace(" ", tree.NO_BREAK) + "  ",
                tree.plain(cell.measure),
                _trend(cell),
                max(tree.plain(cell.reason), cell.limits, key=len),
            )
            for cell in block.cells
        ),
    )
    return {
        "kind": "rag",
        "overall": block.overall.name,
        "word": block.overall.word,
        "reason": _runs(block.overall_reason),
        "table": _grid(measured, room) | {"rows": lines, "caption": "", "notes": []},
    }


def _trend(cell: RagCell) -> str:
    """Sign and word, never parted by a line end."""
    return TREND_SIGNS.get(cell.trend, cell.trend).replace(" ", tree.NO_BREAK)


def _rag_cells(cell: RagCell) -> list[Packed]:
    health: Packed = {"text": cell.colour.word, "tint": cell.colour.name}
    if cell.computed is not None:
        health = {"runs": [health], "small": f"by rule {cell.computed.word}"}
    return [
        {"text": cell.dimension, "bold": True},
        health,
        {"runs": _runs(cell.measure), "small": ""},
        {"text": _trend(cell)},
        {"runs": _runs(cell.reason), "small": "\n".join(words for words in (cell.override, cell.limits) if words)},
    ]


def _table(block: Table, room: _Room) -> Packed:
    return {"kind": "table", **_grid(block, room)}


def _grid(block: Table, room: _Room) -> Packed:
    return {
        "heads": [column.title for column in block.columns],
        "aligns": [_side(column) for column in block.columns],
        "widths": [round(width, 2) for width in column_widths(block, room.width, room.table_size)],
        "rows": [[_cell(cell) for cell in cells] for cells in block.rows],
        "totals": [[_cell(cell) for cell in cells] for cells in block.totals],
        "caption": block.caption,
        "notes": list(block.notes),
        "empty": block.empty,
    }


def _side(column: Column) -> str:
    if column.right:
        return "right"
    return "center" if column.align is Align.CENTRE else "left"


def _cell(cell: Cell) -> Packed:
    packed: Packed = {"text": cell.value.text}
    if cell.bold:
        packed["bold"] = True
    if cell.tint is not None:
        packed["tint"] = cell.tint.name
    if cell.level:
        packed["level"] = cell.level
    return packed


# --- pictures -------------------------------------------------------------------------------------------------------


def _chart(chart: Chart, room: _Room) -> Packed:
    note = " ".join(filter(None, (chart.note, f"Source: {chart.source}" if chart.source else "")))
    height = room.chart_height if not charts.is_empty(chart) else 60
    return _picture(chart.title, charts.draw(chart, room.width, height), note)


def _gantt(plan: Gantt, room: _Room) -> list[Packed]:
    height = room.height - _TITLE_ROOM
    pieces = gantt.parts(plan, gantt.fitting_rows(height)) if not gantt.is_timeline(plan) else (plan,)
    return [
        _picture(piece.title, gantt.draw(piece, room.width, height), plan.note if piece is pieces[-1] else "")
        for piece in pieces
    ]


def _picture(title: str, made: drawing.Drawing, note: str) -> Packed:
    return {
        "kind": "picture",
        "title": title,
        "alt": made.description or title,
        "note": note,
        "width": round(made.width, 2),
        "height": round(made.height, 2),
        "items": [packed for item in made.items for packed in _item(item)],
    }


def _item(item: drawing.Item) -> list[list[Any]]:
    """A drawing's item as the template reads it: its kind, then its numbers and words in a fixed order."""
    if isinstance(item, drawing.Rect):
        box = (item.x, item.y, item.width, item.height)
        return [["r", *(round(number, 2) for number in box), item.role, item.rounded]]
    if isinstance(item, drawing.Line):
        line = ["l", _points(item.points), item.role, round(item.width, 2), item.dashed]
        return [line, ["p", _points(drawing.arrow_head(item)), item.role]] if item.arrow else [line]
    if isinstance(item, drawing.Polygon):
        return [["p", _points(item.points), item.role]]
    place = (round(item.x, 2), round(item.y, 2))
    return [["t", *place, item.text, item.size, item.role, item.anchor, item.bold, item.turned]]


def _points(points: Sequence[tuple[float, float]]) -> list[list[float]]:
    return [[round(x, 2), round(y, 2)] for x, y in points]


def _figure(block: Figure) -> Packed:
    return {
        "kind": "photograph",
        "content": list(block.content),
        "format": "png" if block.content.startswith(b"\x89PNG") else "jpg",
        "share": min(max(block.width, 0.01), 1.0),
        "alt": block.description or block.caption or "Picture",
        "caption": block.caption,
    }
