"""What stands out in a file of hours put together from parts: headings among the rows, numbers with the other sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from headway.documents.exchange.cells import Cell, CellError, DecimalSign, hours_of, sign_of, text_of
from headway.documents.exchange.fidelity import Question

MIXED_SIGNS = "mixed_signs"
AS_WRITTEN = "read each as it is written"
_SHOWN = 5
_WORDS = {DecimalSign.COMMA: "a decimal comma", DecimalSign.POINT: "a decimal point"}


def is_heading(cells: Sequence[Cell], columns: Sequence[str], places: Sequence[int]) -> bool:
    """Whether a row says the names of the columns again, as where pages were printed one after another.

    places  the columns that are read; at least two of them.
    """
    first = cells[places[0]]
    if not isinstance(first, str) or first.strip().casefold() != columns[places[0]].casefold():
        return False
    return all(text_of(cells[place]).casefold() == columns[place].casefold() for place in places)


def other_signs(values: Mapping[str, int], sign: DecimalSign) -> dict[str, DecimalSign]:
    """The values of a column that can only be read with the other decimal sign."""
    found = {}
    for value in values:
        own = sign_of(value)
        if own is not None and own is not sign and not _reads(value, sign) and _reads(value, own):
            found[value] = own
    return found


def _reads(value: str, sign: DecimalSign) -> bool:
    try:
        hours_of(value, sign)
    except CellError:
        return False
    return True


def mixed_question(cells: Sequence[tuple[int, str, str, DecimalSign]]) -> Question:
    """The one question about cells with the other sign: row, column, value, and the sign it has."""
    named = "; ".join(f"row {row}, {column}: {value}" for row, column, value, _ in sorted(cells)[:_SHOWN])
    more = f" and {len(cells) - _SHOWN:,} more" if len(cells) > _SHOWN else ""
    own = {sign for *_, sign in cells}
    words = _WORDS[next(iter(own))] if len(own) == 1 else "the other decimal sign"
    message = (
        f"{named}{more} {'has' if len(cells) == 1 else 'have'} {words}, unlike the rest of the column. "
        "Shall each number be read by its own sign? Otherwise correct the file and bring it again."
    )
    return Question(MIXED_SIGNS, message, (AS_WRITTEN,), "")
