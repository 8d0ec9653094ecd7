"""A document as Markdown and as plain text.

Words from the tree stay words: in Markdown every character that could start markup is escaped.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Callable
from decimal import Decimal

from headway.documents import charts, gantt, tree
from headway.documents.style import DRAFT_WORDS, TREND_SIGNS
from headway.documents.tree import (
    Block,
    Bullets,
    Chart,
    Document,
    Figure,
    Gantt,
    GanttKind,
    Heading,
    KeyFigures,
    Mark,
    Note,
    PageBreak,
    Paragraph,
    RagRow,
    Run,
    Runs,
    Series,
    Table,
)

_WIDTH = 100
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#+~|!()$&])")
_LINE_START = re.compile(r"^(\s*)([-=]|\d+[.)])")


def write_markdown(document: Document) -> bytes:
    """The document as GitHub-flavoured Markdown in UTF-8."""
    document = tree.cleaned(document)
    meta = document.meta
    lines = [f"# {escaped(document.title)}", ""]
    if document.subtitle:
        lines += [f"*{escaped(document.subtitle)}*", ""]
    if meta.mark is Mark.DRAFT:
        lines += [f"**{escaped(DRAFT_WORDS)}**", ""]
    for block in tree.running_blocks(document):
        lines += _markdown(block)
    lines += ["---", "", escaped(f"{tree.footer_text(meta)} · Version {meta.version}"), ""]
    return "\n".join(lines).encode("utf-8")


def write_text(document: Document) -> bytes:
    """The document as plain text in UTF-8, wrapped at 100 columns, tables in columns."""
    document = tree.cleaned(document)
    meta = document.meta
    lines = [_one_line(document.title).upper()]
    lines += [_one_line(document.subtitle)] if document.subtitle else []
    lines += [DRAFT_WORDS] if meta.mark is Mark.DRAFT else []
    lines.append("=" * min(max(_columns(line) for line in lines), _WIDTH))
    lines.append("")
    for block in tree.running_blocks(document):
        lines += _plain(block)
    lines += ["-" * 40, *_wrapped(f"{tree.footer_text(meta)} · Version {meta.version}"), ""]
    return "\n".join(lines).encode("utf-8")


def escaped(words: str) -> str:
    """Words as Markdown shows them unchanged, on one line."""
    shown = _MARKUP.sub(r"\\\1", _one_line(words))
    return _LINE_START.sub(
        lambda found: (
            f"{found[1]}\\{found[2]}" if not found[2][0].isdigit() else f"{found[1]}{found[2][:-1]}\\{found[2][-1]}"
        ),
        shown,
    )


def _one_line(words: str) -> str:
    return " ".join(words.split("\n")).replace("\t", " ")


# --- Markdown -------------------------------------------------------------------------------------------------------


def _markdown(block: Block) -> list[str]:
    if isinstance(block, Heading):
        return [f"{'#' * (block.level + 1)} {escaped(block.text)}", ""]
    if isinstance(block, Paragraph):
        return [_markdown_runs(block.runs), ""]
    if isinstance(block, Bullets):
        marks = (f"{number}." if block.numbered else "-" for number in range(1, len(block.items) + 1))
        items = [f"{mark} {_markdown_runs(item)}" for mark, item in zip(marks, block.items, strict=True)]
        return [*(items or [escaped(block.empty)]), ""]
    if isinstance(block, Note):
        return [f"> **{escaped(block.title)}** {_markdown_runs(block.runs)}", ""]
    if isinstance(block, Figure):
        return [f"*{escaped(block.caption or block.description)}*", ""]
    if isinstance(block, PageBreak):
        return ["---", ""]
    if isinstance(block, RagRow):
        overall = f"Overall: **{block.overall.word}** {_markdown_runs(block.overall_reason)}"
        return [overall, "", *(_markdown_grid(_rag_grid(block, _markdown_runs)) if block.cells else []), ""]
    if isinstance(block, KeyFigures):
        return [*_markdown_grid(_figures_grid(block)), ""]
    if isinstance(block, Table):
        caption = [f"**{escaped(block.caption)}**", ""] if block.caption else []
        notes = [line for note in block.notes for line in (f"*{escaped(note)}*", "")]
        return [*caption, *_markdown_grid(_table_grid(block, mark_bold=True)), "", *notes]
    title = [f"**{escaped(block.title)}**", ""]
    if isinstance(block, Chart):
        if charts.is_empty(block):
            return [*title, escaped(block.empty), ""]
        return [*title, escaped(charts.describe(block)), "", *_markdown_grid(_chart_grid(block)), ""]
    if not block.rows:
        return [*title, escaped(block.empty), ""]
    return [*title, *_markdown_grid(_gantt_grid(block)), ""]


def _markdown_runs(runs: Runs) -> str:
    return "".join(_markdown_run(run) for run in runs) if runs else ""


def _markdown_run(run: Run) -> str:
    core = run.text.strip()
    if not core:
        return run.text
    before, after = run.text[: len(run.text) - len(run.text.lstrip())], run.text[len(run.text.rstrip()) :]
    mark = "**" if run.bold or run.tint else "*" if run.italic else ""
    return f"{before}{mark}{escaped(core)}{mark}{after}".replace("\n", " ")


class _Grid:
    """A table on its way to text: header, lines of ready cells, which columns stand right."""

    def __init__(self, head: list[str], lines: list[list[str]], right: list[bool]) -> None:
        self.head = head
        self.lines = lines
        self.right = right


def _markdown_grid(grid: _Grid) -> list[str]:
    rule = ["---:" if right else "---" for right in grid.right]
    return ["| " + " | ".join(cells) + " |" for cells in ([escaped(name) for name in grid.head], rule, *grid.lines)]


# --- plain text -----------------------------------------------------------------------------------------------------


def _plain(block: Block) -> list[str]:
    if isinstance(block, Heading):
        words = _one_line(block.text)
        return [words, ("=" if block.level == 1 else "-") * min(_columns(words), _WIDTH), ""]
    if isinstance(block, Paragraph):
        return [*_wrapped(tree.plain(block.runs)), ""]
    if isinstance(block, Bullets):
        marks = [f"{number}. " if block.numbered else "- " for number in range(1, len(block.items) + 1)]
        items = [
            line for mark, item in zip(marks, block.items, strict=True) for line in _wrapped(tree.plain(item), mark)
        ]
        return [*(items or [block.empty]), ""]
    if isinstance(block, Note):
        return [*_wrapped(f"{block.title}. {tree.plain(block.runs)}", "! "), ""]
    if isinstance(block, Figure):
        return [*_wrapped(f"[Picture: {block.caption or block.description}]"), ""]
    if isinstance(block, PageBreak):
        return ["", ""]
    if isinstance(block, RagRow):
        overall = _wrapped(f"Overall: {block.overall.word}. {tree.plain(block.overall_reason)}")
        return [*overall, "", *(_plain_grid(_rag_grid(block, tree.plain, plain=True)) if block.cells else []), ""]
    if isinstance(block, KeyFigures):
        return [*_plain_grid(_figures_grid(block, plain=True)), ""]
    if isinstance(block, Table):
        caption = _wrapped(block.caption) if block.caption else []
        notes = [line for note in block.notes for line in _wrapped(note)]
        return [*caption, *_plain_grid(_table_grid(block, plain=True)), *notes, ""]
    if isinstance(block, Chart):
        if charts.is_empty(block):
            return [*_wrapped(block.title), block.empty, ""]
        return [*_wrapped(charts.describe(block)), *_plain_grid(_chart_grid(block, plain=True)), ""]
    if not block.rows:
        return [*_wrapped(block.title), block.empty, ""]
    return [*_wrapped(block.title), *_plain_grid(_gantt_grid(block, plain=True)), ""]


def _plain_grid(grid: _Grid) -> list[str]:
    table = [[_one_line(cell) for cell in cells] for cells in (grid.head, *grid.lines)]
    widths = [min(max(_columns(cells[index]) for cells in table), 60) for index in range(len(grid.head))]
    made = []
    for number, cells in enumerate(table):
        made += _plain_row(cells, widths, grid.right)
        if number == 0:
            made.append("  ".join("-" * width for width in widths))
    return made


def _plain_row(cells: list[str], widths: list[int], right: list[bool]) -> list[str]:
    """One row as lines: long text goes on in its own column."""
    stacks = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
    lines = []
    for depth in range(max(len(stack) for stack in stacks)):
        parts = []
        for stack, width, to_right in zip(stacks, widths, right, strict=True):
            words = stack[depth] if depth < len(stack) else ""
            gap = " " * max(width - _columns(words), 0)
            parts.append(gap + words if to_right else words + gap)
        lines.append("  ".join(parts).rstrip())
    return lines


def _wrapped(words: str, mark: str = "") -> list[str]:
    return textwrap.wrap(_one_line(words), _WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark)) or [""]


def _columns(words: str) -> int:
    """Terminal columns: wide letters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in words
    )


# --- tables of blocks that are not tables ---------------------------------------------------------------------------


def _shown(words: str, *, plain: bool) -> str:
    return words if plain else escaped(words)


def _table_grid(block: Table, *, plain: bool = False, mark_bold: bool = False) -> _Grid:
    lines: list[list[str]] = []
    for cells in block.rows + block.totals:
        total = len(lines) >= len(block.rows)
        line = []
        for cell in cells:
            words = _shown(cell.value.text, plain=plain)
            strong = mark_bold and words.strip() and (cell.bold or cell.tint or total)
            indent = ("  " if plain else "&nbsp;&nbsp;") * cell.level
            line.append(indent + (f"**{words}**" if strong else words))
        lines.append(line)
    if not block.rows:
        lines.insert(0, [_shown(block.empty, plain=plain)] + [""] * (len(block.columns) - 1))
    return _Grid([column.title for column in block.columns], lines, [column.right for column in block.columns])


def _rag_grid(block: RagRow, runs_text: Callable[[Runs], str], *, plain: bool = False) -> _Grid:
    lines = []
    for cell in block.cells:
        word = cell.colour.word if plain else f"**{cell.colour.word}**"
        if cell.computed is not None:
            word += _shown(f" (rule: {cell.computed.word}; {cell.override})", plain=plain)
        trend = TREND_SIGNS.get(cell.trend, cell.trend)
        line = [_shown(cell.dimension, plain=plain), word, runs_text(cell.measure), _shown(trend, plain=plain)]
        lines.append([*line, runs_text(cell.reason), _shown(cell.limits, plain=plain)])
    return _Grid(["Dimension", "Health", "Measure", "Trend", "Why", "Limits"], lines, [False] * 6)


def _figures_grid(block: KeyFigures, *, plain: bool = False) -> _Grid:
    lines = [
        [_shown(words, plain=plain) for words in (figure.label, figure.value.text, tree.plain(figure.note))]
        for figure in block.figures
    ]
    return _Grid(["Figure", "Value", "Note"], lines, [False, True, False])


def _chart_grid(chart: Chart, *, plain: bool = False) -> _Grid:
    lines = []
    for index, name in enumerate(chart.categories):
        cells = [_series_cell(chart, series, series.values[index], plain=plain) for series in chart.series]
        lines.append([_shown(name, plain=plain), *cells])
    head = [chart.x_title or "Period", *(series.name for series in chart.series)]
    return _Grid(head, lines, [False] + [True] * len(chart.series))


def _series_cell(chart: Chart, series: Series, value: Decimal | None, *, plain: bool) -> str:
    return "" if value is None else _shown(charts.series_text(chart, series, value), plain=plain)


def _gantt_grid(block: Gantt, *, plain: bool = False) -> _Grid:
    lines = []
    for row in block.rows:
        indent = ("  " if plain else "&nbsp;&nbsp;") * row.level
        start = tree.day_text(gantt.begin(row.start).date())
        finish = tree.day_text(gantt.last_day(row.finish))
        done = "" if row.kind is GanttKind.MILESTONE else f"{row.progress:.0f} %"
        critical = "critical" if row.critical else ""
        lines.append([indent + _shown(row.name, plain=plain), start, finish, done, critical])
    return _Grid(["Task", "Start", "Finish", "Done", "Critical"], lines, [False, False, False, True, False])
