"""The one look of every format: colours, sizes, number formats, and how table columns share a width.

Not here: anything that knows a file format (the writers) or draws (`drawing`, `charts`, `gantt`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from headway.documents.tree import Kind, Rag, Table, Value

# Calibri in Office files; Carlito has the same widths and is what the PDF embeds and LibreOffice takes.
OFFICE_FONT = "Calibri"
FONTS_FOLDER = Path(__file__).parent / "assets" / "fonts"

ACCENT = "1F5FA8"
ACCENT_PALE = "C9DBF0"
INK = "1F2933"
GREY_TEXT = "5B6672"
RULE = "C8CED6"
PALE = "F3F5F7"
GRID = "E4E8EC"
WHITE = "FFFFFF"
RED = "B3261E"
SERIES_GREYS = ("6B7785", "A9B3BE", "3E4956", "C7CED6", "8794A1")


@dataclass(frozen=True, slots=True)
class RagLook:
    """A health colour on paper: light fill, dark bold word (contrast above 4.5), and a shape beside the word."""

    fill: str
    ink: str
    shape: str


RAG_LOOKS = {
    Rag.GREEN: RagLook("DDF1E1", "1B6330", "●"),
    Rag.AMBER: RagLook("FDEBC8", "7A4B00", "▲"),
    Rag.RED: RagLook("FADBD9", "A01D16", "◆"),
    Rag.GREY: RagLook("E6E9ED", "48525E", "■"),
    Rag.NOT_MEASURED: RagLook("F3F5F7", "5B6672", "○"),
}
TREND_SIGNS = {"better": "▲ better", "same": "▶ same", "worse": "▼ worse", "": ""}

DRAFT_WORDS = "DRAFT – not approved"


def series_colours(highlights: tuple[bool, ...]) -> tuple[str, ...]:
    """One colour a series: the accent for the highlighted one, greys of falling weight for the others."""
    greys = iter(SERIES_GREYS * (len(highlights) // len(SERIES_GREYS) + 1))
    return tuple(ACCENT if highlighted else next(greys) for highlighted in highlights)


def number_format(kind: Kind, unit: str, digits: int, *, signed: bool = False) -> str:
    """The Office number format that shows a raw value as its text does; percentages are stored as fractions."""
    core = "#,##0" + ("." + "0" * digits if digits else "")
    if kind is Kind.DATE:
        return "d mmm yyyy"
    if kind is Kind.TEXT:
        return "@"
    if kind is Kind.PERCENT:
        core = "0" + ("." + "0" * digits if digits else "") + "%"
    elif kind is Kind.MONEY and unit:
        sign = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}.get(unit, unit + " ")
        core = f'"{sign}"{core}'
    elif kind in (Kind.NUMBER, Kind.HOURS) and unit:
        core = f'{core} "{_quotable(unit)}"'
    plus = "+" if signed else ""
    return f'{plus}{core};"−"{core};{core}'


def value_format(value: Value) -> str:
    """The Office number format of one value."""
    return number_format(value.kind, value.unit, value.digits, signed=value.text.startswith("+"))


def _quotable(unit: str) -> str:
    return "".join(letter for letter in unit if letter not in '"\\;')


# --- widths of text -------------------------------------------------------------------------------------------------

# Advance widths of Carlito, thousandths of the size, for ASCII 32-126.
_REGULAR = (
    226, 326, 401, 498, 507, 715, 682, 221, 303, 303, 498, 498, 250, 306, 252, 386, 507, 507, 507, 507, 507, 507, 507,
    507, 507, 507, 268, 268, 498, 498, 498, 463, 894, 579, 544, 533, 615, 488, 459, 631, 623, 252, 319, 520, 420, 855,
    646, 662, 517, 673, 543, 459, 487, 642, 567, 890, 519, 487, 468, 307, 386, 307, 498, 498, 291, 479, 525, 423, 525,
    498, 305, 471, 525, 230, 239, 455, 230, 799, 525, 527, 525, 525, 349, 391, 335, 525, 452, 715, 433, 453, 395, 314,
    460, 314, 498,
)  # fmt: skip
_BOLD_FACTOR = 1.03
_OTHER_WIDTH = 530  # accented Latin, Greek, Cyrillic
_WIDE_WIDTH = 1000
_WIDE_FROM = 0x1100


def text_width(words: str, size: float, *, bold: bool = False) -> float:
    """Width of one line in points at that size; exact for ASCII in the regular weight, near for the rest."""
    thousandths = 0
    for letter in words:
        code = ord(letter)
        if 32 <= code < 127:
            thousandths += _REGULAR[code - 32]
        elif code < _WIDE_FROM or 0x2000 <= code < 0x2E80:
            thousandths += _OTHER_WIDTH
        else:
            thousandths += _WIDE_WIDTH
    return thousandths * size / 1000 * (_BOLD_FACTOR if bold else 1.0)


def shortened(words: str, size: float, room: float, *, bold: bool = False) -> str:
    """The words, or as many letters of them as fit the room with an ellipsis."""
    if text_width(words, size, bold=bold) <= room:
        return words
    kept = words
    while kept and text_width(kept + "…", size, bold=bold) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…" if kept else "…"


def line_count(words: str, size: float, room: float, *, bold: bool = False) -> int:
    """Lines that the words take when wrapped at spaces into that room (at least 1)."""
    lines = 0
    for paragraph in words.split("\n") or [""]:
        used = 0.0
        lines += 1
        for word in paragraph.split(" "):
            width = text_width(word + " ", size, bold=bold)
            if used and used + width > room + text_width(" ", size):
                lines += 1
                used = 0.0
            used += width
            while used > room * 1.02 and room > 0:
                lines += 1
                used -= room
    return lines


def column_widths(table: Table, total: float, size: float, padding: float = 8.0) -> tuple[float, ...]:
    """Widths in points that sum to `total`: figures get what they need, text shares the rest by length and weight.

    size     text size in points; padding  left and right together, per cell.
    """
    least, natural = [], []
    for index, column in enumerate(table.columns):
        words = [column.title] + [line[index].value.text for line in table.rows + table.totals]
        longest_word = max(text_width(word, size, bold=True) for text in words for word in text.split(" ") or [""])
        longest = max(text_width(text, size, bold=True) for text in words)
        body = max([text_width(line[index].value.text, size, bold=True) for line in table.rows + table.totals] or [0.0])
        level = max([line[index].level for line in table.rows] or [0])
        least_width = max(longest_word, body) if column.kind is not Kind.TEXT else min(longest_word, total / 3)
        least.append(least_width + padding + level * 10)
        natural.append(max(least_width, min(longest * column.width, total)) + padding + level * 10)
    if sum(least) >= total:
        return _scaled(least, total)
    if sum(natural) <= total:
        return _filled(table, natural, total)
    slack = total - sum(least)
    wishes = [max(wide - narrow, 0.0) ** 0.75 for wide, narrow in zip(natural, least, strict=True)]
    return _scaled(
        [narrow + slack * wish / sum(wishes) for narrow, wish in zip(least, wishes, strict=True)],
        total,
    )


def _filled(table: Table, natural: list[float], total: float) -> tuple[float, ...]:
    """Spare room goes mostly to text columns, so that figures stay near their neighbours."""
    spare = total - sum(natural)
    weights = [
        width * column.width * (3.0 if column.kind is Kind.TEXT else 1.0)
        for width, column in zip(natural, table.columns, strict=True)
    ]
    return tuple(width + spare * weight / sum(weights) for width, weight in zip(natural, weights, strict=True))


def _scaled(widths: list[float], total: float) -> tuple[float, ...]:
    factor = total / sum(widths)
    return tuple(width * factor for width in widths)
