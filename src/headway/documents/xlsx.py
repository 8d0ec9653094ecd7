"""A document as an Excel workbook: typed cells, live formulas with their results beside them, native charts.

Every text is written as text: nothing from the tree becomes a formula or a link. `verify_workbook` calculates all
formulas anew and names the cells whose stored result differs.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import xlsxwriter

from headway.documents import charts, gantt, tree
from headway.documents.claims_formulas import formula_faults
from headway.documents.style import (
    ACCENT,
    DRAFT_WORDS,
    GREY_TEXT,
    GRID,
    INK,
    OFFICE_FONT,
    RAG_LOOKS,
    RED,
    RULE,
    TREND_SIGNS,
    line_count,
    number_format,
    series_colours,
    text_width,
    value_format,
)
from headway.documents.tree import (
    Block,
    Bullets,
    Cell,
    Chart,
    ChartKind,
    Document,
    Figure,
    Gantt,
    Heading,
    KeyFigures,
    Kind,
    Mark,
    Meta,
    Note,
    PageBreak,
    Paragraph,
    Rag,
    RagRow,
    Sheet,
    Table,
    Tone,
)

_FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_PLACE = re.compile(r"\{(?:c(\d+)|(row|first|last))\}")
_LONGEST_TEXT = 32_767
_LEAST_WIDTH, _MOST_WIDTH = 46.0, 300.0  # points of a column
_LEAST_SHEET = 460.0  # points: running text gets at least this width
_CHART_WIDTH = 680.0
_PADDING = 12.0
_FILTER_BUTTON = 14.0
_CHART_ROWS = 17
_ROWS_ABOVE_CHART = 8  # that still share its page
_MOST_FOOTER = 255  # letters, codes included
_FORMULA_STARTS = "=+-@\t＝＋－＠"
_HEALTH = ("Dimension", "Health", "Measure", "Trend", "Why", "Limits")
_PLAN = ("Task", "Start", "Finish", "Done", "Critical")


def write_xlsx(document: Document) -> bytes:
    """The workbook of the document: its sheets, or one sheet of its blocks; chart data on a sheet of its own."""
    document = tree.cleaned(document)
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(target, options)
    meta = document.meta
    book.set_properties(
        {
            "title": document.title,
            "subject": meta.project,
            "author": meta.author,
            "company": meta.organisation,
            "comments": tree.footer_text(meta),
            "created": meta.timestamp.astimezone(UTC).replace(tzinfo=None),
        }
    )
    _Book(book, document).write()
    book.close()
    return target.getvalue()


def verify_workbook(content: bytes) -> list[str]:
    """Cells ("Sheet!B7") whose stored value is not what their formula gives; empty = all agree."""
    return [f"{fault.sheet}!{fault.cell}" for fault in formula_faults(content)]


class _Book:
    """Writes sheets; keeps formats, names already given and the rows used of the chart data."""

    def __init__(self, book: Any, document: Document) -> None:  # Any: XlsxWriter has no types
        self._book = book
        self._document = document
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._names: set[str] = set()
        self._data: Any = None
        self._data_row = 0

    def write(self) -> None:
        sheets = self._document.sheets or (Sheet("Report", tree.running_blocks(self._document)),)
        has_charts = any(isinstance(block, Chart) and not charts.is_empty(block) for s in sheets for block in s.blocks)
        pages = [(sheet, self._book.add_worksheet(self._sheet_name(sheet.name))) for sheet in sheets]
        if has_charts:
            self._data = self._book.add_worksheet(self._sheet_name("Chart data"))
            self._data.set_column(0, 0, 40)
            self._data.set_column(1, 8, 14)
            self.set_up(self._data, landscape=True)
        for sheet, page in pages:
            self.set_up(page, landscape=sheet.landscape)
            _Page(self, page, page.get_name()).write(self._document, sheet)

    def look(self, **settings: Any) -> Any:
        """A cell format, made once."""
        settings = {"font_name": OFFICE_FONT, "font_size": 10, "font_color": f"#{INK}", "valign": "top"} | settings
        key = tuple(sorted(settings.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(settings)
        return self._formats[key]

    def name(self, name: str, reference: str) -> None:
        """A workbook-wide name; the first cell that claims it keeps it."""
        if name.casefold() not in self._names:
            self._names.add(name.casefold())
            self._book.define_name(name, f"={reference}")

    def chart(self, chart: Chart) -> Any:
        """A native chart over data written to the data sheet."""
        first, series = self._chart_data(chart)
        line = chart.kind in (ChartKind.LINE, ChartKind.S_CURVE)
        stacked = chart.kind in (ChartKind.STACKED, ChartKind.WATERFALL)
        kind = {"type": "line"} if line else {"type": "column", **({"subtype": "stacked"} if stacked else {})}
        made = self._book.add_chart(kind)
        behind = self._book.add_chart({"type": "column"})
        last = first + len(chart.categories)
        sheet = self._data.get_name()
        colours = series_colours(tuple(s.highlight for s in chart.series))
        for column, (_, role) in enumerate(series, start=1):
            settings: dict[str, Any] = {
                "name": [sheet, first, column],
                "categories": [sheet, first + 1, 0, last, 0],
                "values": [sheet, first + 1, column, last, column],
                "gap": 60,
            }
            if chart.kind is ChartKind.WATERFALL:
                fills = {"base": {"none": True}, "level": {"color": f"#{ACCENT}"}, "rise": {"color": "#6B7785"}}
                made.add_series(settings | {"fill": fills.get(role, {"color": "#A9B3BE"})})
                continue
            drawn = chart.series[column - 1]
            colour = f"#{colours[column - 1]}"
            if charts.on_second_axis(chart, drawn):
                behind.add_series(settings | {"fill": {"color": "#C7CED6"}, "y2_axis": True})
            elif line:
                stroke = {"color": colour, "width": 2.5 if drawn.highlight else 1.75}
                made.add_series(settings | {"line": stroke | ({"dash_type": "dash"} if drawn.dashed else {})})
            else:
                made.add_series(settings | {"fill": {"color": colour}})
        grey = {"name": OFFICE_FONT, "size": 9, "color": f"#{GREY_TEXT}"}
        fonts = {"num_font": grey, "name_font": grey | {"bold": False}}
        second = charts.second_axis(chart)
        if second is not None:
            made.combine(behind)
            room = {"min": float(second.low), "max": float(second.high), "line": {"none": True}}
            behind.set_y2_axis({"name": chart.y2_title, "major_gridlines": {"visible": False}} | room | fonts)
        made.set_title({"name": chart.title, "overlay": False, "name_font": {"size": 11, "name": OFFICE_FONT}})
        made.set_legend({"position": "top", **({"delete_series": [0]} if chart.kind is ChartKind.WATERFALL else {})})
        shown = number_format(chart.value_kind, chart.unit, chart.digits)
        made.set_x_axis({"name": chart.x_title, "line": {"color": f"#{RULE}"}} | fonts)
        pale = {"visible": True, "line": {"color": "#E4E8EC", "width": 0.5}}
        made.set_y_axis(
            {"name": chart.y_title, "major_gridlines": pale, "line": {"none": True}, "num_format": shown} | fonts
        )
        made.set_chartarea({"border": {"none": True}})
        made.set_size({"width": round(_CHART_WIDTH * 96 / 72) - 8, "height": _CHART_ROWS * 20 - 20})
        return made

    def _chart_data(self, chart: Chart) -> tuple[int, list[tuple[str, str]]]:
        """Row of the header, and name and role of each column written."""
        columns: list[tuple[str, str, tuple[Decimal | None, ...]]]
        if chart.kind is ChartKind.WATERFALL:
            bars = charts.bridge(chart)
            roles = (("Base", "base"), ("Level", "level"), ("Increase", "rise"), ("Decrease", "fall"))
            columns = [(name, role, tuple(_bridge_part(bar, role) for bar in bars)) for name, role in roles]
        else:
            columns = [(series.name, "", series.values) for series in chart.series]
        self._data.write_string(self._data_row, 0, chart.title[:_LONGEST_TEXT], self.look(bold=True))
        first = self._data_row + 1
        for index, category in enumerate(chart.categories, start=1):
            self._data.write_string(first + index, 0, category, self.look())
        for column, (name, _, values) in enumerate(columns, start=1):
            self._data.write_string(first, column, name, self.look(bold=True))
            for index, value in enumerate(values, start=1):
                if value is not None:
                    shown = number_format(chart.value_kind, chart.unit, chart.digits)
                    held = value / 100 if chart.value_kind is Kind.PERCENT else value
                    self._data.write_number(first + index, column, float(held), self.look(num_format=shown))
        self._data_row = first + len(chart.categories) + 2
        return first, [(name, role) for name, role, _ in columns]

    def _sheet_name(self, wanted: str) -> str:
        """A valid name that no other sheet bears."""
        base = _FORBIDDEN_IN_NAMES.sub(" ", wanted.replace("\n", " ").replace("\t", " ")).strip(" '")[:31] or "Sheet"
        taken = {page.get_name().casefold() for page in self._book.worksheets()}
        name, number = base, 2
        while name.casefold() in taken or name.casefold() == "history":
            name = f"{base[:27]} {number}"
            number += 1
        return name

    def set_up(self, page: Any, *, landscape: bool) -> None:
        """Paper, and what stands above and below each printed page."""
        meta = self._document.meta
        page.set_landscape() if landscape else page.set_portrait()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.hide_gridlines(2)
        page.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.8)
        page.set_footer(_footer(meta))
        title = _limited(_coded(self._document.title), 120)
        mark = f'&R&K{RED}&"{OFFICE_FONT},Bold"{DRAFT_WORDS}' if meta.mark is Mark.DRAFT else ""
        page.set_header(f"&L{title}{mark}")


class _Page:
    """Writes the blocks of one sheet from top to bottom."""

    def __init__(self, book: _Book, page: Any, name: str) -> None:
        self._book = book
        self._page = page
        self._name = name
        self._row = 0
        self._heights: dict[int, float] = {}
        self._widths: list[float] = [_LEAST_SHEET]
        self._breaks: list[int] = []
        self._bodies: list[tuple[int, int, Table]] = []  # header row and last body row of each table with rows

    def write(self, document: Document, sheet: Sheet) -> None:
        self._widths = _widths(sheet.blocks)
        for column, width in enumerate(self._widths):
            self._page.set_column_pixels(column, column, round(width * 96 / 72))
        self._text(document.title, font_size=15, bold=True)
        self._text(document.subtitle, font_color=f"#{GREY_TEXT}")
        if document.meta.mark is Mark.DRAFT:
            self._text(DRAFT_WORDS, bold=True, font_color=f"#{RED}")
        self._text(tree.footer_text(document.meta), font_color=f"#{GREY_TEXT}")
        self._row += 1
        for block in sheet.blocks:
            self._block(block)
            self._row += 1
        self._page.set_h_pagebreaks(self._breaks)
        self._page.print_area(0, 0, max(self._row, 1), len(self._widths) - 1)
        self._keep_header(sheet)

    def _keep_header(self, sheet: Sheet) -> None:
        """A sheet of one table keeps its header in view and on each printed page, and can be filtered."""
        if len(self._bodies) != 1 or any(isinstance(block, Chart | Gantt | RagRow) for block in sheet.blocks):
            return
        header, last, table = self._bodies[0]
        columns = len(table.columns)
        self._page.freeze_panes(header + 1, 1 if columns > 3 else 0)
        if table.name:
            self._page.add_table(header, 0, last, columns - 1, self._native(table))
        else:
            self._page.autofilter(header, 0, last, columns - 1)
        self._page.repeat_rows(header)

    def _native(self, table: Table) -> dict[str, Any]:
        """Name and heads of a native table; its look stays the cells' own."""
        heads = [
            {"header": column.title, "header_format": self._book.look(**_head_look(to_right=column.right))}
            for column in table.columns
        ]
        return {"name": table.name, "columns": heads, "style": None}

    def _text(self, words: str, **look: Any) -> None:
        """Running text across the columns of the sheet, its row as high as its lines."""
        if not words:
            return
        size = float(look.get("font_size", 10))
        shown = self._book.look(**look | {"text_wrap": True})
        if len(self._widths) > 1:
            self._page.merge_range(self._row, 0, self._row, len(self._widths) - 1, "", shown)
        self._page.write_string(self._row, 0, _longest(words), shown)
        lines = line_count(words, size, sum(self._widths) - _PADDING, bold=True)
        self._page.set_row(self._row, min(max(lines * size * 1.35 + 1.5, 15.0), 400.0))
        self._row += 1

    def _put(self, column: int, words: str, **look: Any) -> None:
        if words and look.get("text_wrap"):
            self._grow(column, words, bold=bool(look.get("bold")))
        if column and look.get("align", "left") == "left":
            look = {"indent": 1, "align": "left"} | look
        if words[:1] and words[0] in _FORMULA_STARTS:
            look["quote_prefix"] = True  # stays a text when a person edits the cell
        if words:
            self._page.write_string(self._row, column, _longest(words), self._book.look(**look))
        elif "bottom" in look or "top" in look:
            self._page.write_blank(self._row, column, None, self._book.look(**look))

    def _grow(self, column: int, words: str, *, bold: bool) -> None:
        """Make the row as high as the wrapped text needs: programs that only show a file do not."""
        height = line_count(words, 10, self._widths[column] - _PADDING, bold=bold) * 13.5 + 1.5
        if height > self._heights.get(self._row, 15.0):
            self._heights[self._row] = min(height, 400.0)
            self._page.set_row(self._row, self._heights[self._row])

    def _block(self, block: Block) -> None:
        if isinstance(block, Heading):
            self._text(block.text, bold=True, font_size=13 if block.level == 1 else 11)
        elif isinstance(block, Paragraph):
            self._text(tree.plain(block.runs), font_size=11 if block.tone is Tone.LEAD else 10)
        elif isinstance(block, Bullets):
            for number, item in enumerate(block.items, start=1):
                self._text((f"{number}. " if block.numbered else "• ") + tree.plain(item))
            if not block.items:
                self._text(block.empty)
        elif isinstance(block, Note):
            self._text(f"{block.title}: {tree.plain(block.runs)}", italic=True)
        elif isinstance(block, KeyFigures):
            for figure in block.figures:
                self._put(0, figure.label)
                self._cell(1, tree.cell(figure.value, bold=True, tint=figure.tint), right=True)
                self._put(2, tree.plain(figure.note), font_color=f"#{GREY_TEXT}", text_wrap=True)
                self._row += 1
        elif isinstance(block, RagRow):
            self._rag_row(block)
        elif isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Gantt):
            self._gantt(block)
        elif isinstance(block, Chart):
            self._chart(block)
        elif isinstance(block, Figure):
            self._figure(block)
        elif isinstance(block, PageBreak):
            self._breaks.append(self._row)

    def _figure(self, block: Figure) -> None:
        """A picture over the rows that it covers; its own size times the share of the width asked for."""
        options = {
            "image_data": io.BytesIO(block.content),
            "description": block.description or block.caption,
            "x_scale": block.width,
            "y_scale": block.width,
        }
        self._page.insert_image(self._row, 0, "figure", options)
        self._row += 15
        self._text(block.caption, font_color=f"#{GREY_TEXT}")

    def _chart(self, block: Chart) -> None:
        if charts.is_empty(block) or not block.categories:
            self._text(f"{block.title} {block.empty}")
            return
        if self._row > _ROWS_ABOVE_CHART:
            self._breaks.append(self._row)  # so that no page ends inside it
        options = {"description": charts.describe(block), "object_position": 1}
        self._page.insert_chart(self._row, 0, self._book.chart(block), options)
        self._row += _CHART_ROWS
        source = f"Source: {block.source}" if block.source else ""
        self._text(" ".join(filter(None, (block.note, source))), font_size=9, font_color=f"#{GREY_TEXT}")

    def _rag_row(self, block: RagRow) -> None:
        self._put(0, "Overall", bold=True)
        self._put(1, block.overall.word, **_tinted(block.overall))
        self._put(2, tree.plain(block.overall_reason))
        self._row += 1
        self._header(_HEALTH, (False,) * 6)
        for cell in block.cells:
            self._put(0, cell.dimension, text_wrap=True)
            self._put(1, cell.colour.word, **_tinted(cell.colour))
            why = tree.plain(cell.reason)
            if cell.computed is not None:
                why += f" (rule: {cell.computed.word}; {cell.override})"
            words = (tree.plain(cell.measure), TREND_SIGNS.get(cell.trend, cell.trend), why, cell.limits)
            for column, shown in enumerate(words, start=2):
                self._put(column, shown, text_wrap=True)
            self._row += 1

    def _header(self, titles: Sequence[str], right: Sequence[bool]) -> None:
        for column, (title, to_right) in enumerate(zip(titles, right, strict=True)):
            self._put(column, title, **_head_look(to_right=to_right))
        self._row += 1

    def _table(self, block: Table) -> None:
        if block.caption:
            self._text(block.caption, bold=True)
        self._header([column.title for column in block.columns], [column.right for column in block.columns])
        first, last = self._row + 1, self._row + max(len(block.rows), 1)
        if block.rows:
            self._bodies.append((self._row - 1, last - 1, block))
        else:
            self._text(block.empty, font_color=f"#{GREY_TEXT}")
        for number, cells in enumerate(block.rows + block.totals):
            total = number >= len(block.rows)
            for column, (cell, about) in enumerate(zip(cells, block.columns, strict=True)):
                self._cell(column, cell, right=about.right, total=total, bounds=(first, last))
            self._row += 1
        for note in block.notes:
            self._text(note, font_size=9, font_color=f"#{GREY_TEXT}")

    def _cell(
        self, column: int, cell: Cell, *, right: bool, total: bool = False, bounds: tuple[int, int] = (1, 1)
    ) -> None:
        look: dict[str, Any] = {"align": "right" if right else "left", "text_wrap": not right}
        rule = (
            {"bold": True, "top": 1, "top_color": f"#{GREY_TEXT}"}
            if total
            else {"bottom": 1, "bottom_color": f"#{GRID}"}
        )
        look |= rule
        look |= {"bold": True} if cell.bold else {}
        look |= _tinted(cell.tint) if cell.tint else {}
        indent = min(cell.level + (1 if column and not right else 0), 15)
        look |= {"indent": indent} if indent else {}
        value, page = cell.value, self._page
        stored = _stored(value)
        if cell.formula and stored is not None:
            look["num_format"] = value_format(value)
            formula = "=" + _placed(cell.formula, self._row + 1, bounds)
            page.write_formula(self._row, column, formula, self._book.look(**look), _cached(stored))
        elif stored is None or isinstance(stored, str):
            self._put(column, value.text, **look)
        elif isinstance(stored, datetime):
            page.write_datetime(self._row, column, stored, self._book.look(**look, num_format=value_format(value)))
        else:
            page.write_number(self._row, column, stored, self._book.look(**look, num_format=value_format(value)))
        if cell.name:
            reference = xlsxwriter.utility.xl_rowcol_to_cell(self._row, column, row_abs=True, col_abs=True)
            self._book.name(cell.name, f"'{self._name.replace(chr(39), chr(39) * 2)}'!{reference}")

    def _gantt(self, block: Gantt) -> None:
        self._text(block.title, bold=True)
        if not block.rows:
            self._text(block.empty)
            return
        self._header(_PLAN, (False, False, False, True, False))
        for line in block.rows:
            summary = line.kind is tree.GanttKind.SUMMARY
            name = tree.cell(line.name, bold=summary, level=line.level)
            self._cell(0, name, right=False)
            self._cell(1, tree.cell(tree.day(gantt.begin(line.start))), right=False)
            self._cell(2, tree.cell(tree.day(gantt.last_day(line.finish))), right=False)
            if line.kind is not tree.GanttKind.MILESTONE:
                self._cell(3, tree.cell(tree.percent(line.progress)), right=True)
            self._put(4, "critical" if line.critical else "")
            self._row += 1
        self._text(block.note, font_size=9, font_color=f"#{GREY_TEXT}")


def _widths(blocks: Sequence[Block]) -> list[float]:
    """Column widths in points that suit every table of a sheet; longer text wraps, across all of them if it runs."""
    widths: list[float] = []
    for titles, lines in (grid for block in blocks for grid in _grids(block)):
        widths += [_LEAST_WIDTH] * (len(titles) - len(widths))
        for number, title in enumerate(titles):
            longest = max((text_width(words, 10, bold=True) + level * 7 for words, level in lines[number]), default=0.0)
            word = max(text_width(part, 10, bold=True) for part in title.split(" "))
            head = min(text_width(title, 10, bold=True), max(word, 80.0)) + _FILTER_BUTTON
            widths[number] = max(widths[number], min(max(longest, head) + _PADDING, _MOST_WIDTH))
    least = _CHART_WIDTH if any(isinstance(block, Chart) for block in blocks) else _LEAST_SHEET
    missing = least - sum(widths)
    if missing > 0:
        widths += [missing]  # an empty column, so that figures stay near their neighbours
    return widths


_Grid = tuple[Sequence[str], Sequence[Sequence[tuple[str, int]]]]  # titles; words and indent of each column's cells


def _grids(block: Block) -> list[_Grid]:
    """What a block writes into columns."""
    if isinstance(block, Table):
        lines = block.rows + block.totals
        words = [
            [(line[number].value.text, line[number].level) for line in lines] for number in range(len(block.columns))
        ]
        return [([column.title for column in block.columns], words)]
    if isinstance(block, RagRow):
        cells = block.cells
        shown = (
            [cell.dimension for cell in cells],
            [cell.colour.word for cell in cells],
            [tree.plain(cell.measure) for cell in cells],
            [TREND_SIGNS.get(cell.trend, cell.trend) for cell in cells],
            [tree.plain(cell.reason) for cell in cells],
            [cell.limits for cell in cells],
        )
        return [(_HEALTH, [[(words, 0) for words in column] for column in shown])]
    if isinstance(block, KeyFigures):
        labels = [(figure.label, 0) for figure in block.figures]
        values = [(figure.value.text, 0) for figure in block.figures]
        notes = [(tree.plain(figure.note), 0) for figure in block.figures]
        return [(("", "", ""), (labels, values, notes))]
    if isinstance(block, Gantt):
        days = [("28 Mmm 2026", 0)]
        return [(_PLAN, ([(line.name, line.level) for line in block.rows], days, days, (), [("critical", 0)]))]
    return []


def _footer(meta: Meta) -> str:
    """The origin at the left and the page at the right; long names are cut so that date and snapshot stay."""
    ending = "&R&8Page &P of &N"
    room = _MOST_FOOTER - len(ending) - len("&L&8 ")
    whole = _coded(tree.footer_text(meta))
    if len(whole) > room:
        fixed = [f"Data date {tree.day_text(meta.data_date)}"]
        fixed += [f"Snapshot {meta.snapshot}"] if meta.snapshot is not None else []
        named = [meta.project, f"Source: {meta.source}" if meta.source else "", meta.confidential]
        each = (room - sum(len(words) + 3 for words in fixed) - 3 * len(named)) // len(named)
        project, *others = (_limited(_coded(words), each) for words in named)
        whole = " · ".join(words for words in (project, *fixed, *others) if words)
    return f"&L&8 {whole}{ending}"


def _coded(words: str) -> str:
    """Words for a page's header or footer, where & starts a code."""
    return " ".join(words.split()).replace("&", "&&")


def _longest(words: str) -> str:
    """As many letters as a cell can hold."""
    return words if len(words) <= _LONGEST_TEXT else words[: _LONGEST_TEXT - 1] + "…"


def _stored(value: tree.Value) -> float | datetime | str | None:
    """What a cell holds: percentages as fractions, dates as moments (before 1900, where Excel has none, as text)."""
    if isinstance(value.raw, Decimal):
        return float(value.raw / 100 if value.kind is Kind.PERCENT else value.raw)
    if isinstance(value.raw, date):
        return datetime.combine(value.raw, time()) if value.raw.year >= 1901 else value.text
    return value.raw


def _cached(stored: float | datetime | str) -> float | str:
    return float((stored - datetime(1899, 12, 30)).days) if isinstance(stored, datetime) else stored


def _placed(formula: str, row: int, bounds: tuple[int, int]) -> str:
    """The formula with its places filled: letters of columns and numbers of rows."""

    def place(found: re.Match[str]) -> str:
        if found[1] is not None:
            return str(xlsxwriter.utility.xl_col_to_name(int(found[1])))
        return str({"row": row, "first": bounds[0], "last": bounds[1]}[found[2]])

    return _PLACE.sub(place, formula)


def _head_look(*, to_right: bool) -> dict[str, Any]:
    """A column's head: bold over a rule, aligned as its cells."""
    align = "right" if to_right else "left"
    return {"bold": True, "align": align, "bottom": 1, "bottom_color": f"#{RULE}", "text_wrap": True}


def _tinted(rag: Rag) -> dict[str, Any]:
    look = RAG_LOOKS[rag]
    return {"bg_color": f"#{look.fill}", "font_color": f"#{look.ink}", "bold": True}


def _bridge_part(bar: charts.BridgeBar, role: str) -> Decimal | None:
    if role == "base":
        return bar.bottom if bar.role != "accent" else None
    return bar.height if bar.role == {"level": "accent"}.get(role, role) else None


def _limited(words: str, most: int) -> str:
    """At most that many characters, never ending inside a doubled ampersand."""
    if len(words) <= most:
        return words
    kept = words[: max(most - 1, 0)]
    return (kept[:-1] if (len(kept) - len(kept.rstrip("&"))) % 2 else kept).rstrip() + "…"
