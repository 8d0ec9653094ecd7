"""Which block stands where on a slide: measured text, sizes that shrink only when needed, overflow to further slides.

All lengths are points. Text is measured with `style.text_width`, so that boxes hold what is written into them.
Not here: anything of PowerPoint (`pptx`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from headway.documents import charts, gantt
from headway.documents.style import TREND_SIGNS, column_widths, line_count, shortened, text_width
from headway.documents.tree import (
    Block,
    Bullets,
    Cell,
    Chart,
    Figure,
    Gantt,
    Heading,
    KeyFigures,
    Layout,
    Note,
    PageBreak,
    Paragraph,
    RagCell,
    RagRow,
    Run,
    Runs,
    Slide,
    Table,
    Tone,
    plain,
)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a slide."""

    x: float
    y: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.y + self.height

    @property
    def right(self) -> float:
        """Right edge."""
        return self.x + self.width


PAGE = Box(0, 0, 960, 540)
TITLE = Box(48, 30, 864, 66)
BODY = Box(48, 108, 864, 382)  # under a title of two lines
DRAFT = Box(612, 10, 300, 14)
FOOTER = Box(48, 503, 804, 24)
NUMBER = Box(862, 503, 50, 14)
COVER_TITLE = Box(48, 150, 864, 86)
COVER_LINE = Box(48, 118, 864, 22)
COVER_BODY = Box(48, 262, 864, 200)

TITLE_SIZE, COVER_TITLE_SIZE, LEAST_TITLE_SIZE = 26, 32, 14
TITLE_LINES = 2
LINE = 1.22  # height of a line of Calibri in units of its size
GAP, COLUMN_GAP, TIGHT_GAP = 12.0, 26.0, 4.0
PADDING = 6.0  # inside filled boxes
CELL_MARGIN = 5.0  # left and right of a table cell, each
AFTER_FIGURES = 10.0  # more at the left of words that follow a column of figures
CAPTION_SIZE, SMALL_SIZE = 12.0, 10.0
_CELL_PADDING = 5.0  # above and below a table cell's text together
_MOST_ROW_GROWTH = 24.0
_LEAST_CHART = 150.0
_LEAST_GANTT_ROW, _LEAST_GANTT_ROWS = 13.0, 8
_LEAST_ROWS = 3  # fewer rows of a table are not left behind at the foot of a slide
_MOST_PAGES = 12
_ENTRY_ROOM = 1.0  # spare width of each line against small differences of renderers


@dataclass(frozen=True, slots=True)
class Step:
    """Text sizes of one slide."""

    body: float
    table: float

    @property
    def lead(self) -> float:
        """Size of the sentence a busy reader takes along."""
        return self.body + 2


_SIZES = ((14, 14), (14, 13), (14, 12), (13, 12), (13, 11), (12, 11), (12, 10.5), (11, 10), (11, 9.5))
STEPS = tuple(Step(*sizes) for sizes in _SIZES)


@dataclass(frozen=True, slots=True)
class Placed:
    """A block with its box and text sizes; `row_growth` is what each table row gets beyond its text."""

    block: Block
    box: Box
    step: Step
    row_growth: float = 0.0


@dataclass(frozen=True, slots=True)
class Page:
    """One finished slide: the title with its size and box, and its blocks."""

    title: str
    title_size: float
    title_box: Box
    blocks: tuple[Placed, ...]
    cover: bool = False


# --- slides ---------------------------------------------------------------------------------------------------------


def pages(slide: Slide) -> tuple[Page, ...]:
    """The slide, and more with the same title when its blocks do not fit one; the last then states what is left out."""
    cover = slide.layout is Layout.COVER
    body = body_under(slide.title)
    blocks = _shown(slide.blocks, slide.title)
    placed, rest = _columns(blocks, slide.layout, COVER_BODY if cover else body)
    made = [placed]
    while rest and len(made) < _MOST_PAGES:
        rest = _shortened(rest, body) if len(made) == _MOST_PAGES - 1 else rest
        placed, rest = arranged(rest, body)
        made.append(placed)
    return tuple(_page(slide, number, len(made), each, cover=cover) for number, each in enumerate(made))


def body_under(title: str) -> Box:
    """The room for blocks, which starts higher under a title of one line."""
    if title_lines(_one_line(title), TITLE_SIZE, TITLE.width) > 1:
        return BODY
    higher = TITLE_SIZE * LINE
    return Box(BODY.x, BODY.y - higher, BODY.width, BODY.height + higher)


def _page(slide: Slide, number: int, count: int, blocks: tuple[Placed, ...], *, cover: bool) -> Page:
    cover = cover and number == 0
    behind = f" ({number + 1} of {count})" if count > 1 else ""
    words = _one_line(slide.title)
    if cover:
        title, size = fitting_title(words + behind, COVER_TITLE.width, COVER_TITLE_SIZE, TITLE_LINES)
        return Page(title, size, COVER_TITLE, blocks, cover=True)
    lines = min(title_lines(words, TITLE_SIZE, TITLE.width), TITLE_LINES)
    title, size = fitting_title(words, TITLE.width, TITLE_SIZE, lines, behind)
    return Page(title, size, replace(TITLE, height=TITLE.height - (TITLE_LINES - lines) * TITLE_SIZE * LINE), blocks)


def fitting_title(words: str, width: float, largest: float, lines: int, behind: str = "") -> tuple[str, float]:
    """The title and the largest size at which it takes at most so many lines; shortened when the least is too large."""
    size = largest
    while size > LEAST_TITLE_SIZE and title_lines(words + behind, size, width) > lines:
        size -= 2
    while title_lines(words + behind, size, width) > lines and len(words) > 1:
        words = shortened(words, size, text_width(words, size) * 0.94)
    return words + behind, size


def title_lines(words: str, size: float, width: float) -> int:
    """Lines of a bold title."""
    return line_count(words, size, width - 2, bold=True)


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _shown(blocks: Sequence[Block], title: str) -> tuple[Block, ...]:
    """Blocks that leave a trace, without a drawing's or heading's words when the slide's title says the same."""
    shown: list[Block] = []
    for block in blocks:
        if isinstance(block, PageBreak) or (isinstance(block, Heading) and _same(block.text, title)):
            continue
        if isinstance(block, Paragraph) and not plain(block.runs).strip():
            continue
        if isinstance(block, KeyFigures) and not block.figures:
            continue
        if isinstance(block, Chart | Gantt) and _same(block.title, title):
            described = chart_words(block) if isinstance(block, Chart) else gantt.describe(block)
            shown.append(replace(block, title="", description=described))
        else:
            shown.append(block)
    return tuple(shown)


def chart_words(chart: Chart) -> str:
    """What a reader hears who cannot see the chart; its figures stand in the chart's own data."""
    if chart.description or not chart.categories:
        return chart.description or f"{chart.title} {chart.empty}".strip()
    span = f"from {chart.categories[0]} to {chart.categories[-1]}"
    return f"{chart.title} Chart {span}: {', '.join(series.name for series in chart.series)}.".strip()


def _same(words: str, title: str) -> bool:
    return words.rstrip(". ").casefold() == title.rstrip(". ").casefold()


def _columns(blocks: tuple[Block, ...], layout: Layout, room: Box) -> tuple[tuple[Placed, ...], tuple[Block, ...]]:
    if layout in (Layout.COVER, Layout.STACK) or len(blocks) < 2:
        return arranged(blocks, room)
    best: tuple[tuple[Placed, ...], tuple[Block, ...]] | None = None
    for share in (2 / 3, 0.6, 0.5) if layout is Layout.SPLIT else (0.5, 0.55, 0.45):
        left_width = (room.width - COLUMN_GAP) * share
        left = replace(room, width=left_width)
        right = Box(left.right + COLUMN_GAP, room.y, room.width - COLUMN_GAP - left_width, room.height)
        cut = 1 if layout is Layout.SPLIT else _half(blocks, left_width)
        steps = (_fitting(blocks[:cut], left), _fitting(blocks[cut:], right))
        step = max((each for each in steps if each is not None), key=STEPS.index, default=STEPS[0])
        left_placed, left_rest = arranged(blocks[:cut], left, step)
        right_placed, right_rest = arranged(blocks[cut:], right, step)
        found = (left_placed + right_placed, left_rest + right_rest)
        if not found[1]:
            return found
        best = best or found
    return arranged(blocks, room) if best is None or not _all_started(best[0], blocks) else best


def _all_started(placed: tuple[Placed, ...], blocks: tuple[Block, ...]) -> bool:
    """Whether no column pushed a whole block away."""
    return len(placed) >= len(blocks)


def _half(blocks: tuple[Block, ...], width: float) -> int:
    """Where to cut so that both columns are about equally high; the first is the higher one when in doubt."""
    heights = [least_height(block, width, STEPS[4]) for block in blocks]
    return min(range(1, len(blocks)), key=lambda cut: abs(sum(heights[:cut]) - sum(heights[cut:])))


# --- one column -----------------------------------------------------------------------------------------------------


def arranged(
    blocks: Sequence[Block], room: Box, largest: Step = STEPS[0]
) -> tuple[tuple[Placed, ...], tuple[Block, ...]]:
    """The blocks one under the other at the largest sizes that fit, and those that must go to a further slide."""
    step = _fitting(blocks, room, largest)
    if step is None:
        return _cut(tuple(blocks), room, STEPS[-2])
    return _filled(blocks, [least_height(block, room.width, step) for block in blocks], room, step), ()


def _fitting(blocks: Sequence[Block], room: Box, largest: Step = STEPS[0]) -> Step | None:
    """The first step from that one on at which all blocks fit; None when none does."""
    for step in STEPS[STEPS.index(largest) :]:
        if sum(least_height(block, room.width, step) for block in blocks) + _gaps(blocks) <= room.height:
            return step
    return None


def _gaps(blocks: Sequence[Block]) -> float:
    return sum(_gap(block) for block in blocks[:-1])


def _gap(block: Block) -> float:
    return TIGHT_GAP if is_heading(block) else GAP


def is_heading(block: Block) -> bool:
    """Whether the block announces the next one: a heading, or a paragraph that is bold throughout."""
    if isinstance(block, Paragraph):
        return bool(block.runs) and block.tone is Tone.BODY and all(run.bold for run in block.runs)
    return isinstance(block, Heading)


def _filled(blocks: Sequence[Block], heights: Sequence[float], room: Box, step: Step) -> tuple[Placed, ...]:
    """Boxes for the blocks; drawings share the room that is left, else table rows grow into it."""
    spare = room.height - sum(heights) - _gaps(blocks)
    flexible = sum(is_flexible(block) for block in blocks)
    rows = sum(_row_count(block) for block in blocks)  # headers do not grow
    growth = 0.0 if flexible or not rows else min(spare / rows, _MOST_ROW_GROWTH)
    placed, y = [], room.y
    for block, least in zip(blocks, heights, strict=True):
        row_growth = growth if isinstance(block, Table) else 0.0
        height = least + row_growth * _row_count(block) + (spare / flexible if is_flexible(block) else 0.0)
        placed.append(Placed(block, Box(room.x, y, room.width, height), step, row_growth))
        y += height + _gap(block)
    return tuple(placed)


def is_flexible(block: Block) -> bool:
    """Whether the block can use any height from its least one up."""
    if isinstance(block, Chart):
        return not charts.is_empty(block)
    if isinstance(block, Gantt):
        return bool(block.rows)
    return isinstance(block, Figure)


def _row_count(block: Block) -> int:
    return len(block.rows) + len(block.totals) if isinstance(block, Table) and has_rows(block) else 0


def _cut(blocks: tuple[Block, ...], room: Box, step: Step) -> tuple[tuple[Placed, ...], tuple[Block, ...]]:
    """What fits, and the rest; a block that is too large for a slide of its own is split."""
    taken: list[Block] = []
    free = room.height
    rest = blocks
    while rest:
        height = least_height(rest[0], room.width, step)
        if height > free:
            break
        taken.append(rest[0])
        free -= height + _gap(rest[0])
        rest = rest[1:]
    if rest:
        fresh = not taken
        head, tail = _split(rest[0], room.width, free, step, fresh=fresh)
        if head is not None:
            taken.append(head)
            rest = (*((tail,) if tail is not None else ()), *rest[1:])
    while rest and len(taken) > 1 and is_heading(taken[-1]):
        rest = (taken.pop(), *rest)
    heights = [least_height(block, room.width, step) for block in taken]
    return _filled(taken, heights, room, step), rest


def _shortened(blocks: tuple[Block, ...], room: Box) -> tuple[Block, ...]:
    """What still fits the last slide allowed, and a line that says how much is left out."""
    note_room = 2 * GAP + SMALL_SIZE * LINE
    placed, rest = arranged(blocks, replace(room, height=room.height - note_room))
    left = sum(_row_count(block) or 1 for block in rest)
    if not left:
        return tuple(each.block for each in placed)
    more = Paragraph((Run(f"{left} more are not shown here."),), Tone.SMALL)
    return (*(each.block for each in placed), more)


# --- splitting ------------------------------------------------------------------------------------------------------


def _split(block: Block, width: float, free: float, step: Step, *, fresh: bool) -> tuple[Block | None, Block | None]:
    """A head that fits the free height and the tail; (None, block) when nothing sensible fits here.

    `fresh` says that the slide is empty: then a head must come out, so that the deck makes progress.
    """
    if isinstance(block, Table) and has_rows(block):
        return _split_table(block, width, free, step, fresh=fresh)
    if isinstance(block, Bullets) and len(block.items) > 1:
        return _split_bullets(block, width, free, step, fresh=fresh)
    if isinstance(block, Gantt) and fresh:
        first, *others = gantt.parts(block, _fitting_gantt_rows(free - _drawing_extra(block, width)))
        first = replace(first, title=block.title)
        rest = replace(
            block, rows=tuple(row for other in others for row in other.rows), first=first.first, last=first.last
        )
        return first, rest if others else None
    if not fresh:
        return None, None
    if isinstance(block, Paragraph):
        head, tail = _split_runs(block.runs, lambda runs: least_height(replace(block, runs=runs), width, step) <= free)
        return replace(block, runs=head), replace(block, runs=tail) if tail else None
    if isinstance(block, Bullets):
        item = block.items[0]
        head, tail = _split_runs(item, lambda runs: least_height(replace(block, items=(runs,)), width, step) <= free)
        return replace(block, items=(head,)), replace(block, items=(tail,)) if tail else None
    if isinstance(block, Note):
        head, tail = _split_runs(block.runs, lambda runs: least_height(replace(block, runs=runs), width, step) <= free)
        return replace(block, runs=head), replace(block, runs=tail) if tail else None
    if isinstance(block, KeyFigures) and len(block.figures) > 1:
        half = len(block.figures) // 2
        return replace(block, figures=block.figures[:half]), replace(block, figures=block.figures[half:])
    if isinstance(block, RagRow) and len(block.cells) > 1:
        half = len(block.cells) // 2
        return replace(block, cells=block.cells[:half]), replace(block, cells=block.cells[half:])
    return _clipped(block), None


def _fitting_gantt_rows(height: float) -> int:
    return max(int((height - gantt.HEADER_HEIGHT - gantt.TOP_ROOM - 2) / _LEAST_GANTT_ROW), _LEAST_GANTT_ROWS)


def _split_table(
    table: Table, width: float, free: float, step: Step, *, fresh: bool
) -> tuple[Table | None, Table | None]:
    if fresh:
        table = replace(table, rows=table.totals, totals=()) if not table.rows else table
        table = _limited(table, width, free, step)
    grid = table_grid(table, width, step)
    above = grid.caption + grid.heights[0]
    body = grid.heights[1 : 1 + len(table.rows)]
    fitting, used = 0, above
    while fitting < len(body) and used + body[fitting] <= free:
        used += body[fitting]
        fitting += 1
    if fresh and fitting < len(body):
        slides = -(-sum(body) // max(free - above, 1.0))
        fitting = max(min(fitting, -(-len(body) // int(slides))), 1)
    if fresh and len(body) == 1:
        return table, None
    if fresh:
        fitting = min(max(fitting, 1), len(body) - 1)
    elif fitting < _LEAST_ROWS:
        return None, table
    fitting = min(fitting, len(body) - 1)
    rest = replace(table, rows=table.rows[fitting:])
    return replace(table, rows=table.rows[:fitting], totals=(), notes=()), rest


def _limited(table: Table, width: float, free: float, step: Step) -> Table:
    """The table with the texts of those rows shortened that would not fit a slide by themselves."""
    grid = table_grid(table, width, step)
    room = max(free - grid.caption - grid.heights[0] - grid.notes, 40.0)
    lines = max(int((room / 2 - _CELL_PADDING) / (step.table * LINE)), 1)

    def limit(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        return tuple(
            _limited_cell(cell, step.table, (wide - 2 * CELL_MARGIN) * lines * 0.8)
            for cell, wide in zip(cells, grid.widths, strict=True)
        )

    high = {index for index, height in enumerate(grid.heights) if height > room / 2}
    if not high:
        return table
    rows = tuple(limit(cells) if index + 1 in high else cells for index, cells in enumerate(table.rows))
    totals = tuple(limit(cells) for cells in table.totals)
    heads = tuple(
        replace(column, title=shortened(column.title, step.table, (wide - 2 * CELL_MARGIN) * lines * 0.4))
        if 0 in high
        else column
        for column, wide in zip(table.columns, grid.widths, strict=True)
    )
    return replace(table, columns=heads, rows=rows, totals=totals)


def _limited_cell(cell: Cell, size: float, room: float) -> Cell:
    words = shortened(cell.value.text, size, room, bold=True)
    return cell if words == cell.value.text else replace(cell, value=replace(cell.value, text=words))


def _split_bullets(
    block: Bullets, width: float, free: float, step: Step, *, fresh: bool
) -> tuple[Bullets | None, Bullets | None]:
    count = len(block.items)
    while count and least_height(replace(block, items=block.items[:count]), width, step) > free:
        count -= 1
    if not count and fresh:
        item = block.items[0]
        head, tail = _split_runs(item, lambda runs: least_height(replace(block, items=(runs,)), width, step) <= free)
        return replace(block, items=(head,)), replace(block, items=(*((tail,) if tail else ()), *block.items[1:]))
    if not count:
        return None, block
    return replace(block, items=block.items[:count]), replace(block, items=block.items[count:])


def _split_runs(runs: Runs, fits: Callable[[Runs], bool]) -> tuple[Runs, Runs]:
    """The most words that fit, and the others."""
    words = plain(runs)
    low, high = 1, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if fits(_first(runs, middle)):
            low = middle
        else:
            high = middle - 1
    space = words.rfind(" ", 1, low + 1)
    cut = space + 1 if space > low // 2 and low < len(words) else low
    return _first(runs, cut), _after(runs, cut)


def _first(runs: Runs, letters: int) -> Runs:
    made, left = [], letters
    for run in runs:
        if left <= 0:
            break
        made.append(run if len(run.text) <= left else replace(run, text=run.text[:left]))
        left -= len(run.text)
    return tuple(made)


def _after(runs: Runs, letters: int) -> Runs:
    made, skip = [], letters
    for run in runs:
        if len(run.text) > skip:
            made.append(replace(run, text=run.text[skip:]) if skip else run)
            skip = 0
        else:
            skip -= len(run.text)
    return tuple(made)


def _clipped(block: Block) -> Block:
    """A block with one text too long for a slide, shortened to what a slide holds."""
    if isinstance(block, Heading):
        return replace(block, text=block.text[:600].rstrip() + "…")
    if isinstance(block, KeyFigures):
        figures = tuple(
            replace(
                each,
                label=each.label[:80],
                note=_first(each.note, 200),
                value=replace(each.value, text=each.value.text[:60]),
            )
            for each in block.figures
        )
        return replace(block, figures=figures)
    if isinstance(block, RagRow):
        return replace(
            block, overall_reason=_first(block.overall_reason, 300), cells=tuple(map(_clipped_cell, block.cells))
        )
    if isinstance(block, Chart | Gantt):
        return replace(block, title=block.title[:200], note=block.note[:300])
    return block


def _clipped_cell(cell: RagCell) -> RagCell:
    return replace(
        cell,
        dimension=cell.dimension[:60],
        measure=_first(cell.measure, 120),
        reason=_first(cell.reason, 200),
        limits=cell.limits[:200],
        override=cell.override[:200],
    )


# --- heights --------------------------------------------------------------------------------------------------------


def text_height(words: str, size: float, width: float, *, bold: bool = False) -> float:
    """Height of wrapped text."""
    return line_count(words, size, width - _ENTRY_ROOM, bold=bold) * size * LINE


def least_height(block: Block, width: float, step: Step) -> float:
    """The height that the block needs; of a drawing the least at which it can be read."""
    if isinstance(block, Heading):
        return text_height(block.text, heading_size(block, step), width, bold=True)
    if isinstance(block, Paragraph):
        size = paragraph_size(block, step)
        return text_height(plain(block.runs), size, width, bold=any(run.bold for run in block.runs))
    if isinstance(block, Bullets):
        return bullets_height(block, width, step)
    if isinstance(block, Note):
        inner = width - 2 * PADDING - 4
        return (
            text_height(block.title, step.body, inner, bold=True)
            + text_height(plain(block.runs), step.body, inner)
            + 2 * PADDING
        )
    if isinstance(block, KeyFigures):
        return tiles(block, Box(0, 0, width, 0), step)[-1].bottom
    if isinstance(block, RagRow):
        return rag_boxes(block, Box(0, 0, width, 0), step)[-1].bottom
    if isinstance(block, Table):
        return table_height(block, width, step)
    return _drawing_least(block, width)


def _drawing_least(block: Block, width: float) -> float:
    if isinstance(block, Chart):
        return _drawing_extra(block, width) + (_LEAST_CHART if is_flexible(block) else 60.0)
    if isinstance(block, Gantt):
        if not block.rows:
            return _drawing_extra(block, width) + 60.0
        if gantt.is_timeline(block):
            return _drawing_extra(block, width) + gantt.draw(block, width).height
        rows = max(len(block.rows), _LEAST_GANTT_ROWS)
        return _drawing_extra(block, width) + rows * _LEAST_GANTT_ROW + gantt.HEADER_HEIGHT + gantt.TOP_ROOM + 2
    if isinstance(block, Figure):
        return 120.0 + (SMALL_SIZE * LINE + 4 if block.caption else 0.0)
    return 0.0


def _drawing_extra(block: Chart | Gantt, width: float) -> float:
    """Height of the words above and below a drawing."""
    return drawing_title_height(block, width) + drawing_note_height(block, width)


def drawing_title_height(block: Chart | Gantt, width: float) -> float:
    """Height of the finding above a chart or plan, 0 without one."""
    return text_height(block.title, CAPTION_SIZE, width, bold=True) + TIGHT_GAP if block.title else 0.0


def drawing_note_height(block: Chart | Gantt, width: float) -> float:
    """Height of the remark below a chart or plan, 0 without one."""
    words = drawing_note(block)
    return text_height(words, SMALL_SIZE, width) + TIGHT_GAP if words else 0.0


def drawing_note(block: Chart | Gantt) -> str:
    """The remark below a chart or plan, with its source."""
    source = f"Source: {block.source}" if isinstance(block, Chart) and block.source else ""
    return " ".join(words for words in (block.note, source) if words)


def heading_size(block: Heading, step: Step) -> float:
    """Size of a heading inside a slide."""
    return step.body + (2 if block.level == 1 else 1)


def paragraph_size(block: Paragraph, step: Step) -> float:
    """Size of a paragraph by its tone."""
    return {Tone.LEAD: step.lead, Tone.BODY: step.body, Tone.SMALL: SMALL_SIZE}[block.tone]


BULLET_INDENT = 14.0
BULLET_SPACE = 4.0  # above each item but the first


def bullets_height(block: Bullets, width: float, step: Step) -> float:
    """Height of a list, or of its sentence when it is empty."""
    if not block.items:
        return text_height(block.empty, step.body, width)
    inner = width - BULLET_INDENT
    lines = (text_height(plain(item), step.body, inner, bold=any(run.bold for run in item)) for item in block.items)
    return sum(lines) + BULLET_SPACE * (len(block.items) - 1)


TILE_GAP = 10.0
LABEL_SIZE, NOTE_SIZE = 11.0, 11.0


def tiles(block: KeyFigures, box: Box, step: Step) -> tuple[Box, ...]:
    """One box a figure, at most six in a row, all of a row equally high."""
    count = len(block.figures)
    most = max(int((box.width + TILE_GAP) / (110 + TILE_GAP)), 1)
    rows = -(-count // min(most, 6))
    each = -(-count // rows)
    width = (box.width - TILE_GAP * (each - 1)) / each
    made: list[Box] = []
    y = box.y
    for start in range(0, count, each):
        line = block.figures[start : start + each]
        height = max(
            text_height(figure.label, LABEL_SIZE, width - 2 * PADDING)
            + value_size(figure.value.text, width) * LINE
            + (text_height(plain(figure.note), NOTE_SIZE, width - 2 * PADDING) if figure.note else 0.0)
            for figure in line
        )
        height += 2 * PADDING
        made += [Box(box.x + index * (width + TILE_GAP), y, width, height) for index in range(len(line))]
        y += height + TILE_GAP
    return tuple(made)


def value_size(words: str, width: float) -> float:
    """Size of a tile's figure: 24 pt, less where it would not fit one line."""
    size = 24.0
    while size > 9 and text_width(words, size, bold=True) > width - 2 * PADDING - 2:
        size -= 1
    return size


RAG_GAP = 6.0


def rag_boxes(block: RagRow, box: Box, step: Step) -> tuple[Box, ...]:
    """The band of the overall colour, then one box a dimension, as many in a row as stay legible."""
    inner = box.width - 2 * PADDING
    band = text_height(rag_band(block), step.lead, inner, bold=True) + 2 * PADDING
    made = [Box(box.x, box.y, box.width, band)]
    if not block.cells:
        return tuple(made)
    most = max(int((box.width + RAG_GAP) / (112 + RAG_GAP)), 1)
    rows = -(-len(block.cells) // most)
    each = -(-len(block.cells) // rows)
    width = (box.width - RAG_GAP * (each - 1)) / each
    y = box.y + band + RAG_GAP
    for start in range(0, len(block.cells), each):
        line = block.cells[start : start + each]
        height = max(rag_cell_height(cell, width, step) for cell in line)
        made += [Box(box.x + index * (width + RAG_GAP), y, width, height) for index in range(len(line))]
        y += height + RAG_GAP
    return tuple(made)


def rag_band(block: RagRow) -> str:
    """The words of the overall colour."""
    return f"Overall: {block.overall.word} {plain(block.overall_reason)}".strip()


def rag_cell_height(cell: RagCell, width: float, step: Step) -> float:
    """Height of one dimension's box."""
    inner = width - 2 * PADDING
    return (
        sum(
            text_height(plain(runs), size, inner, bold=bold) + space
            for runs, size, bold, space in rag_lines(cell, step)
        )
        + 2 * PADDING
    )


def rag_lines(cell: RagCell, step: Step) -> tuple[tuple[Runs, float, bool, float], ...]:
    """The lines of one dimension's box: runs, size, whether bold, space above."""
    word, name = step.body + 1, step.body - 2
    body = max(step.body - 2.5, 9.5)
    small = body - 1
    lines: list[tuple[Runs, float, bool, float]] = [
        ((Run(cell.dimension, bold=True),), name, True, 0.0),
        ((Run(cell.colour.word, bold=True, tint=cell.colour),), word, True, 0.0),
    ]
    if cell.computed is not None:
        lines.append(((Run(f"by rule {cell.computed.word}", tint=cell.computed),), body, False, 0.0))
    if cell.measure:
        lines.append((cell.measure, body, True, 2.0))
    if cell.trend:
        lines.append(((Run(TREND_SIGNS.get(cell.trend, cell.trend)),), body, False, 0.0))
    if cell.reason:
        lines.append((cell.reason, body, False, 2.0))
    if cell.limits:
        lines.append(((Run(cell.limits),), small, False, 2.0))
    if cell.override:
        lines.append(((Run(cell.override, italic=True),), small, False, 2.0))
    return tuple(lines)


# --- tables ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Grid:
    """A table's measures: height of the caption above, column widths, row heights (header first), notes below."""

    caption: float
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    notes: float


def has_rows(table: Table) -> bool:
    """Whether there is anything to put into a grid."""
    return bool(table.columns) and bool(table.rows or table.totals)


def table_grid(table: Table, width: float, step: Step) -> Grid:
    """The measures of a table with rows at that width."""
    size = step.table
    widths = column_widths(table, width, size, padding=2 * CELL_MARGIN + AFTER_FIGURES)
    room = tuple(
        wide - left_margin(table, position) - CELL_MARGIN for position, wide in enumerate(widths)
    )  # of each column's words
    header = max(
        text_height(column.title, size, wide, bold=True) for column, wide in zip(table.columns, room, strict=True)
    )
    lines = (*((cells, False) for cells in table.rows), *((cells, True) for cells in table.totals))
    heights = tuple(
        max(
            text_height(cell.value.text, size, wide - cell.level * 10, bold=total or cell.bold or bool(cell.tint))
            for cell, wide in zip(cells, room, strict=True)
        )
        + _CELL_PADDING
        for cells, total in lines
    )
    notes = sum(text_height(words, SMALL_SIZE, width) for words in table.notes)
    return Grid(
        caption_height(table, width), widths, (header + _CELL_PADDING, *heights), notes + TIGHT_GAP if notes else 0.0
    )


def left_margin(table: Table, position: int) -> float:
    """Room at the left of a column's cells: more where words follow figures, which stand at their right edge."""
    follows = position > 0 and table.columns[position - 1].right and not table.columns[position].right
    return CELL_MARGIN + (AFTER_FIGURES if follows else 0.0)


def caption_height(table: Table, width: float) -> float:
    """Height of the words above a table, 0 without any."""
    return text_height(table.caption, CAPTION_SIZE, width, bold=True) + TIGHT_GAP if table.caption else 0.0


def table_height(table: Table, width: float, step: Step) -> float:
    """Height of a table with caption and notes; of one without rows that of its sentence."""
    if not has_rows(table):
        return caption_height(table, width) + text_height(table.empty, step.body, width)
    grid = table_grid(table, width, step)
    return grid.caption + sum(grid.heights) + grid.notes
