"""A document as a tree: what a report says, without a word on any file format.

Reports build this tree from queries; the writers (`docx`, `pptx`, `xlsx`, `pdf`, `html`, `text`) turn any tree
into their format. A tree is frozen, knows its project, data date and snapshot, and holds every figure twice: as a
typed value (for formulas, charts and the claims check) and as the text that people read.

Not here: formats, colours and sizes (`style`), geometry of charts and Gantt (`charts`, `gantt`).
"""

from __future__ import annotations

import dataclasses
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from enum import Enum
from functools import cache
from string import Formatter
from typing import Any, TypeAlias, TypeVar

from headway.engine.units import Money, WorkTime

# --- typed values ---------------------------------------------------------------------------------------------------


class Kind(Enum):
    """What a value counts; decides alignment, number format and the type of a workbook cell."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    HOURS = "hours"
    PERCENT = "percent"
    DATE = "date"


class Rag(Enum):
    """The five answers a health rule can give; the value is the word that is printed."""

    GREEN = "Green"
    AMBER = "Amber"
    RED = "Red"
    GREY = "Grey"
    NOT_MEASURED = "Not measured"

    @property
    def word(self) -> str:
        """The word that always stands beside the colour."""
        return self.value


@dataclass(frozen=True, slots=True)
class Value:
    """One figure, date or name: `raw` for machines, `text` for people. Made by `money`, `hours`, `number`, ...

    raw      amount of money, hours, percentage points (35.5 is 35.5 %), a count, a local date, or None = no value.
    text     exactly what is printed; writers never format a second time.
    digits   decimals shown; a workbook shows `raw` with as many.
    unit     ISO currency of money; for numbers a word shown behind ("days"), already part of `text`.
    claim    id of the snapshot figure that this is, so that a finished file can be checked; "" = not a claim.
    """

    kind: Kind
    raw: Decimal | date | str | None
    text: str
    digits: int = 0
    unit: str = ""
    claim: str = ""


NO_VALUE_TEXT = "–"
MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"
CURRENCY_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def grouped(amount: Decimal, digits: int, *, signed: bool = False) -> str:
    """A number with thousands separators and a true minus: −12,600.0. Halves go to the even digit."""
    rounded = amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{abs(rounded):,.{digits}f}"


def day_text(day: date, *, weekday: bool = False, year: bool = True) -> str:
    """A date as people read it: 14 Mar 2026, with `weekday` Sat 14 Mar 2026. Independent of the locale."""
    words = [_WEEKDAYS[day.weekday()]] if weekday else []
    words += [str(day.day), _MONTHS[day.month - 1]]
    return " ".join(words + ([str(day.year)] if year else []))


def text(words: str, *, claim: str = "") -> Value:
    """A name or word as a value."""
    return Value(Kind.TEXT, words, words, claim=claim)


def no_value(kind: Kind = Kind.TEXT, shown: str = NO_VALUE_TEXT) -> Value:
    """A figure that does not exist (an index without a divisor, a date not set): a dash, never a zero."""
    return Value(kind, None, shown)


def number(amount: Decimal | int, *, digits: int = 0, unit: str = "", signed: bool = False, claim: str = "") -> Value:
    """A count or an index; `unit` stands behind it ("6 days")."""
    raw = Decimal(amount)
    shown = grouped(raw, digits, signed=signed) + (NO_BREAK + unit if unit else "")
    return Value(Kind.NUMBER, raw, shown, digits, unit, claim)


def money(amount: Money, *, digits: int = 0, signed: bool = False, claim: str = "") -> Value:
    """An amount with its currency: €184,000; a currency without a usual sign is named: CHF 184,000."""
    shown = grouped(amount.amount, digits, signed=signed)
    sign = CURRENCY_SIGNS.get(amount.currency, amount.currency + NO_BREAK)
    lead = shown[0] if shown[0] in (MINUS, "+") else ""
    return Value(Kind.MONEY, amount.amount, lead + sign + shown[len(lead) :], digits, amount.currency, claim)


def hours(amount: WorkTime, *, digits: int = 1, signed: bool = False, unit: bool = True, claim: str = "") -> Value:
    """Working hours: 487.3 h; without `unit` for columns headed 'Hours'."""
    shown = grouped(amount.hours, digits, signed=signed) + (NO_BREAK + "h" if unit else "")
    return Value(Kind.HOURS, amount.hours, shown, digits, "h" if unit else "", claim)


def percent(points: Decimal | int, *, digits: int = 0, signed: bool = False, claim: str = "") -> Value:
    """Percentage points: Decimal("35.5") is 35.5 %."""
    raw = Decimal(points)
    return Value(Kind.PERCENT, raw, grouped(raw, digits, signed=signed) + NO_BREAK + "%", digits, "%", claim)


def day(when: date | None, *, weekday: bool = False, year: bool = True, claim: str = "") -> Value:
    """A local date; None is shown as a dash. A datetime counts as its day."""
    if when is None:
        return no_value(Kind.DATE)
    if isinstance(when, datetime):
        when = when.date()
    return Value(Kind.DATE, when, day_text(when, weekday=weekday, year=year), claim=claim)


# --- text -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one look.

    tint   the RAG colour the word stands for; the word itself is always in `text`.
    value  the figure this run prints, when it prints one; then `text` is the value's text.
    claim  id of a claim that is not a figure (a name, a colour word); a value carries its own.
    """

    text: str
    bold: bool = False
    italic: bool = False
    tint: Rag | None = None
    value: Value | None = None
    claim: str = ""


Runs: TypeAlias = tuple[Run, ...]
Part: TypeAlias = "str | Run | Value | Rag"


def runs(*parts: Part) -> Runs:
    """Runs from strings, values, colour words and ready runs, in order."""
    return tuple(_run(part) for part in parts)


def sentence(template: str, /, **parts: Part) -> Runs:
    """Runs of a template filled with values: sentence("{late} of {total} milestones are late.", late=..., total=...).

    The way for every figure in prose. Raises KeyError for a place without a part and ValueError for an unused part
    or a format instruction in the template.
    """
    made: list[Run] = []
    used: set[str] = set()
    for literal, name, spec, conversion in Formatter().parse(template):
        if literal:
            made.append(Run(literal))
        if name is None:
            continue
        if spec or conversion:
            raise ValueError(f"The place {{{name}}} of {template!r} carries a format; values are formatted already.")
        used.add(name)
        made.append(_run(parts[name]))
    unused = parts.keys() - used
    if unused:
        raise ValueError(f"The parts {sorted(unused)} have no place in {template!r}.")
    return tuple(made)


def plain(text_runs: Runs) -> str:
    """The words of some runs without their look."""
    return "".join(run.text for run in text_runs)


def _run(part: Part) -> Run:
    if isinstance(part, Run):
        return part
    if isinstance(part, Value):
        return Run(part.text, value=part, claim=part.claim)
    if isinstance(part, Rag):
        return Run(part.word, bold=True, tint=part)
    return Run(part)


# --- blocks ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's title; level 1 to 3 (the document's own title is level 0 and not a block)."""

    text: str
    level: int = 1


class Tone(Enum):
    """How loud a paragraph speaks."""

    LEAD = "lead"  # the one sentence that a busy reader takes along
    BODY = "body"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    runs: Runs
    tone: Tone = Tone.BODY


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, one point an item; numbered when the order counts."""

    items: tuple[Runs, ...]
    numbered: bool = False
    empty: str = "None."


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One large figure: label above, note (comparison, variant, source) below."""

    label: str
    value: Value
    note: Runs = ()
    tint: Rag | None = None


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """Figures side by side, three to six in a row."""

    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True)
class RagCell:
    """One dimension's health: the word, the measure it comes from, where it is heading, why, and the limits used.

    measure   the figure judged, e.g. runs("SPI(t) ", number(...)).
    trend     'better', 'same', 'worse', or '' when there is no earlier reading.
    limits    the limits printed beside the colour, e.g. "Green ≥ 0.95, Amber 0.85–0.95, Red < 0.85".
    computed  the rule's own colour when a person has overruled it; both are shown, with `override`.
    """

    dimension: str
    colour: Rag
    measure: Runs = ()
    trend: str = ""
    reason: Runs = ()
    limits: str = ""
    computed: Rag | None = None
    override: str = ""
    claim: str = ""


@dataclass(frozen=True, slots=True)
class RagRow:
    """Overall health with the dimension it comes from, and one cell a dimension."""

    overall: Rag
    overall_reason: Runs
    cells: tuple[RagCell, ...]
    overall_claim: str = ""


class Align(Enum):
    """Where a column's text stands; BY_KIND puts numbers right and everything else left."""

    BY_KIND = "by kind"
    LEFT = "left"
    RIGHT = "right"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class Column:
    """A table column. `width` is a weight against the other columns' (1.0 = a short figure)."""

    title: str
    kind: Kind = Kind.TEXT
    width: float = 1.0
    align: Align = Align.BY_KIND

    @property
    def right(self) -> bool:
        """Whether the column, its header included, stands at the right edge."""
        if self.align is not Align.BY_KIND:
            return self.align is Align.RIGHT
        return self.kind in (Kind.NUMBER, Kind.MONEY, Kind.HOURS, Kind.PERCENT)


@dataclass(frozen=True, slots=True)
class Cell:
    """One table cell.

    formula  workbook formula without '=': '{c2}{row}-{c1}{row}'. Places: {c0} {c1} ... the letters of the table's
             columns, {row} this row, {first} and {last} the first and last body row; other cells by their `name`.
             `value.raw` must be the formula's result (percentages as points): it is written beside it and checked.
             Only for the workbook; other formats print `value.text`.
    name     workbook-wide name of this cell, for other formulas: letters, digits, underscore.
    """

    value: Value
    bold: bool = False
    tint: Rag | None = None
    formula: str = ""
    name: str = ""
    level: int = 0  # indent of an outline
    claim: str = ""


CellPart: TypeAlias = "str | Value | Rag | Cell"


def cell(
    part: CellPart, *, bold: bool = False, formula: str = "", name: str = "", level: int = 0, tint: Rag | None = None
) -> Cell:
    """A cell from a string, value or colour word; a ready cell stays as it is."""
    if isinstance(part, Cell):
        return part
    if isinstance(part, Rag):
        return Cell(text(part.word), bold=True, tint=part)
    value = part if isinstance(part, Value) else text(part)
    return Cell(value, bold=bold, tint=tint, formula=formula, name=name, level=level, claim=value.claim)


def row(*parts: CellPart) -> tuple[Cell, ...]:
    """A table row from strings, values, colour words and cells."""
    return tuple(cell(part) for part in parts)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of typed cells under a header that repeats on each page.

    caption  what the table holds; also its text for screen readers.
    totals   closing rows, bold over a rule.
    empty    the sentence shown instead of rows when there are none.
    name     in a workbook, alone on its sheet, it becomes a native table of this name: letters, digits, underscore.
             Its titles must differ.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[tuple[Cell, ...], ...] = ()
    caption: str = ""
    notes: tuple[str, ...] = ()
    empty: str = "None."
    name: str = ""

    def __post_init__(self) -> None:
        for number_, cells in enumerate(self.rows + self.totals, start=1):
            if len(cells) != len(self.columns):
                raise ValueError(
                    f"Row {number_} of table {self.caption!r} has {len(cells)} cells for {len(self.columns)} columns."
                )


class ChartKind(Enum):
    """LINE: trends. BAR: columns side by side. STACKED: columns on one another. S_CURVE: cumulative lines, with
    columns of the period on a second axis where a series asks. WATERFALL: a bridge from one level to another."""

    LINE = "line"
    BAR = "bar"
    STACKED = "stacked"
    S_CURVE = "s-curve"
    WATERFALL = "waterfall"


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of columns; None is a gap.

    highlight  drawn in the accent colour; all others in greys. At most one a chart.
    dashed     a plan or forecast line.
    columns    S_CURVE only: amounts per period, as columns on the second axis.
    """

    name: str
    values: tuple[Decimal | None, ...]
    highlight: bool = False
    dashed: bool = False
    columns: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A native, editable chart.

    title        the finding, as a sentence.
    description  what a reader sees who cannot see it (alternative text); "" = made from the data.
    value_kind, unit   format of the value axis: MONEY with a currency, HOURS, PERCENT (points), NUMBER.
    totals       WATERFALL: indexes of the categories whose value is a level; the others are steps up or down.
    marker       category at which the status date line stands, or None.
    near         LINE only: the axis begins near the lowest value and not at zero, where the variation is the message.
    """

    kind: ChartKind
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    x_title: str = ""
    y_title: str = ""
    y2_title: str = ""
    value_kind: Kind = Kind.NUMBER
    unit: str = ""
    digits: int = 0
    totals: tuple[int, ...] = ()
    marker: int | None = None
    note: str = ""
    source: str = ""
    description: str = ""
    empty: str = "No data yet."
    near: bool = False

    def __post_init__(self) -> None:
        for line in self.series:
            if len(line.values) != len(self.categories):
                raise ValueError(
                    f"Series {line.name!r} of chart {self.title!r} has {len(line.values)} values "
                    f"for {len(self.categories)} categories."
                )
        if self.kind is ChartKind.WATERFALL and len(self.series) != 1:
            raise ValueError(f"The waterfall {self.title!r} needs exactly one series.")


class GanttKind(Enum):
    """How a row is drawn."""

    TASK = "task"
    SUMMARY = "summary"
    MILESTONE = "milestone"


@dataclass(frozen=True, slots=True)
class GanttRow:
    """One row of a Gantt. A plain date as start means its morning, as finish its evening.

    progress  percentage points done.
    uid       for links; unique in the figure.
    label     text behind the bar (owner, date of a milestone); "" = none.
    """

    uid: int
    name: str
    start: date | datetime
    finish: date | datetime
    kind: GanttKind = GanttKind.TASK
    level: int = 0
    progress: Decimal = Decimal(0)
    critical: bool = False
    baseline_start: date | datetime | None = None
    baseline_finish: date | datetime | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class GanttLink:
    """A dependency between two rows; type 'FS', 'SS', 'FF' or 'SF'."""

    predecessor: int
    successor: int
    type: str = "FS"


@dataclass(frozen=True, slots=True)
class Gantt:
    """A plan drawn over time; rows from top to bottom.

    status_date   the one red line; None = no line.
    non_working   single days without work (holidays) inside the span; `rest_days` the weekdays (0 = Monday).
    first, last   the span drawn; None = from the rows, with a margin.
    """

    title: str
    rows: tuple[GanttRow, ...]
    links: tuple[GanttLink, ...] = ()
    status_date: date | None = None
    rest_days: tuple[int, ...] = (5, 6)
    non_working: tuple[date, ...] = ()
    first: date | None = None
    last: date | None = None
    note: str = ""
    description: str = ""
    empty: str = "The plan has no tasks yet."


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that is data (a logo, evidence of a test): PNG or JPEG bytes, `width` of the text width (0–1]."""

    content: bytes
    description: str
    caption: str = ""
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Note:
    """A remark set apart; `measured` False says that a block has no records, and why."""

    title: str
    runs: Runs
    measured: bool = True


def not_measured(what: str, why: str) -> Note:
    """The note that stands in for a block without records."""
    return Note(f"{what}: not measured", runs(why), measured=False)


@dataclass(frozen=True, slots=True)
class PageBreak:
    """The next block starts a page (an annex)."""


Block: TypeAlias = (
    Heading | Paragraph | Bullets | KeyFigures | RagRow | Table | Chart | Gantt | Figure | Note | PageBreak
)


class Layout(Enum):
    """How a slide's blocks share the room."""

    COVER = "cover"  # title, subtitle, the blocks as lines
    STACK = "stack"  # one under the other, full width
    SPLIT = "split"  # the first block left (two thirds), the others stacked right
    HALVES = "halves"  # the blocks in two columns of equal width, first half left


@dataclass(frozen=True, slots=True)
class Slide:
    """One message. `title` is a conclusion as a full sentence of at most two lines; `source` adds to the footer."""

    title: str
    blocks: tuple[Block, ...] = ()
    layout: Layout = Layout.STACK
    notes: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet: blocks one under the other, tables with live formulas. `name` at most 31 characters."""

    name: str
    blocks: tuple[Block, ...]
    landscape: bool = True


class Mark(Enum):
    """What stands across every page until a person has approved."""

    NONE = ""
    DRAFT = "DRAFT"


@dataclass(frozen=True, slots=True)
class Meta:
    """What every page says about its origin.

    data_date   local date up to which records count.
    snapshot    number of the frozen data set; None only for documents without project data.
    source      where the records come from, in words ("Plan of 3 Mar, timesheets to 1 Mar").
    version     version of the document.
    language    BCP 47, e.g. 'en-GB'.
    confidential  e.g. "Confidential: Acme Ltd"; "" = nothing printed.
    timestamp   aware instant used for every date inside the file; equal timestamps give equal files.
    """

    project: str
    data_date: date
    snapshot: int | None
    timestamp: datetime
    source: str = ""
    version: str = "1"
    language: str = "en-GB"
    author: str = ""
    organisation: str = ""
    confidential: str = ""
    mark: Mark = Mark.DRAFT


@dataclass(frozen=True, slots=True)
class Document:
    """One document for every format.

    blocks  the running document (Word, PDF, HTML, Markdown, text).
    slides  the deck; without slides PowerPoint gets the blocks, a slide a section, and the others print the slides
            when there are no blocks.
    sheets  the workbook; without sheets Excel gets the blocks.
    """

    title: str
    subtitle: str
    meta: Meta
    blocks: tuple[Block, ...] = ()
    slides: tuple[Slide, ...] = ()
    sheets: tuple[Sheet, ...] = ()


def running_blocks(document: Document) -> tuple[Block, ...]:
    """The blocks of a running document; of a deck without blocks, its slides as sections."""
    if document.blocks:
        return document.blocks
    made: list[Block] = []
    for slide in document.slides:
        made += [Heading(slide.title), *slide.blocks]
        if slide.source:
            made.append(Paragraph((Run(f"Source: {slide.source}"),), Tone.SMALL))
    return tuple(made)


def footer_text(meta: Meta) -> str:
    """The line at the foot of every page: project, data date, snapshot, source."""
    parts = [meta.project, f"Data date {day_text(meta.data_date)}"]
    if meta.snapshot is not None:
        parts.append(f"Snapshot {meta.snapshot}")
    if meta.source:
        parts.append(f"Source: {meta.source}")
    if meta.confidential:
        parts.append(meta.confidential)
    return " · ".join(parts)


Node = TypeVar("Node")

# --- the whole tree -------------------------------------------------------------------------------------------------

# C0 and C1 controls but tab and newline, lone surrogates, non-characters, and marks that reorder other people's text.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def clean(words: str) -> str:
    """Text without control characters (tab and newline stay), surrogates and direction overrides."""
    return _UNPRINTABLE.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))


def cleaned(node: Node) -> Node:
    """The same document (or block, or tuple of blocks) with every string cleaned; each writer starts with it."""
    return _cleaned(node)  # type: ignore[no-any-return]  # the walk is generic, the shape is kept


def walk(node: Any) -> Iterator[Any]:  # Any: every kind of node, for readers that look for one kind
    """Every dataclass of the tree, depth first, in reading order."""
    if dataclasses.is_dataclass(node) and not isinstance(node, type):
        yield node
        for field in dataclasses.fields(node):
            yield from walk(getattr(node, field.name))
    elif isinstance(node, tuple):
        for item in node:
            yield from walk(item)


@dataclass(frozen=True, slots=True)
class Claim:
    """A traceable statement of a document: its id, the text that must stand in the file, the value behind it."""

    id: str
    text: str
    value: Value | None


def claims(document: Document) -> tuple[Claim, ...]:
    """Every claim with an id, each once, in reading order."""
    found: dict[tuple[str, str], Claim] = {}
    for node in walk(document):
        if isinstance(node, Value) and node.claim:
            made = Claim(node.claim, node.text, node)
        elif isinstance(node, Run) and node.claim and node.value is None:
            made = Claim(node.claim, node.text, None)
        elif isinstance(node, Cell) and node.claim and not node.value.claim:
            made = Claim(node.claim, node.value.text, node.value)
        elif isinstance(node, RagCell) and node.claim:
            made = Claim(node.claim, node.colour.word, None)
        elif isinstance(node, RagRow) and node.overall_claim:
            made = Claim(node.overall_claim, node.overall.word, None)
        else:
            continue
        found.setdefault((made.id, made.text), made)
    return tuple(found.values())


def to_json(document: Document) -> str:
    """The tree as JSON: for storing beside the published files and for handing to another process."""
    return json.dumps(_packed(document), ensure_ascii=False, separators=(",", ":"))


def from_json(stored: str) -> Document:
    """The document that `to_json` stored. Raises ValueError when the text holds something else."""
    try:
        document = _unpacked(json.loads(stored))
    except (KeyError, TypeError, AttributeError, ArithmeticError) as fault:
        raise ValueError(f"This is not a stored document: {fault}.") from fault
    if not isinstance(document, Document):
        raise ValueError("This is not a stored document: its outermost part is of another kind.")
    return document


def _cleaned(node: Any) -> Any:
    if isinstance(node, str):
        return clean(node)
    if isinstance(node, tuple):
        return tuple(_cleaned(item) for item in node)
    if dataclasses.is_dataclass(node) and not isinstance(node, type):
        return type(node)(**{field.name: _cleaned(getattr(node, field.name)) for field in dataclasses.fields(node)})
    return node


def _packed(node: Any) -> Any:
    if dataclasses.is_dataclass(node) and not isinstance(node, type):
        kept = {
            field.name: _packed(getattr(node, field.name))
            for field in dataclasses.fields(node)
            if getattr(node, field.name) != field.default
        }
        return {"$": type(node).__name__, **kept}
    if isinstance(node, tuple):
        return [_packed(item) for item in node]
    if isinstance(node, Enum):
        return {"$": type(node).__name__, "is": node.value}
    if isinstance(node, Decimal):
        return {"$": "Decimal", "is": str(node)}
    if isinstance(node, date):  # datetimes too
        return {"$": type(node).__name__, "is": node.isoformat()}
    if isinstance(node, bytes):
        return {"$": "bytes", "is": b64encode(node).decode("ascii")}
    return node


def _unpacked(node: Any) -> Any:
    if isinstance(node, list):
        return tuple(_unpacked(item) for item in node)
    if not isinstance(node, dict):
        return node
    kind = node["$"]
    if "is" not in node:
        return _node_kinds()[kind](**{name: _unpacked(item) for name, item in node.items() if name != "$"})
    if kind in _SCALARS:
        return _SCALARS[kind](node["is"])
    return _node_kinds()[kind](node["is"])


_SCALARS: dict[str, Any] = {
    "Decimal": Decimal,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "bytes": b64decode,
}


@cache
def _node_kinds() -> dict[str, Any]:
    """The dataclasses and enums of this module by name: nothing else can come out of stored JSON."""
    return {
        name: kind
        for name, kind in globals().items()
        if isinstance(kind, type)
        and kind.__module__ == __name__
        and (dataclasses.is_dataclass(kind) or issubclass(kind, Enum))
    }
