"""What stands out in a file of hours put together from parts: headings among the rows, numbers with the other sign,
columns that stand twice and do not agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from headway.documents.exchange.cells import Cell, CellError, DecimalSign, hours_of, sign_of, text_of
from headway.documents.exchange.fidelity import Question

MIXED_SIGNS = "mixed_signs"
AS_WRITTEN = "read each as it is written"
DOUBLED = "doubled_columns"
THE_FIRST = "read the first"
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


@dataclass
class Doubled:
    """The first row in which a column that is read and another of the same name hold different values."""

    column: str
    place: int
    others: tuple[int, ...]
    found: tuple[int, str, str, int] | None = None  # row, the two values, place of the other

    def look(self, row: int, cells: Sequence[Cell]) -> None:
        """Compare them in one row; a column that is empty there says nothing else."""
        if self.found is not None:
            return
        own = text_of(cells[self.place])
        for place in self.others:
            other = text_of(cells[place])
            if other and other != own:
                self.found = row, own, other, place


def doubled_columns(columns: Sequence[str], doubled: Sequence[str], places: Iterable[int]) -> list[Doubled]:
    """Those of the columns that are read which stand more than once; later ones carry a number: 'Hours (2)'."""
    names = {name.casefold() for name in doubled}
    found = []
    for place in places:
        name = columns[place].casefold()
        if name in names:
            later = {f"{name} ({number})" for number in range(2, len(columns) + 1)}
            others = tuple(other for other, text in enumerate(columns) if text.casefold() in later)
            found.append(Doubled(columns[place], place, others))
    return found


def doubled_question(doubled: Sequence[Doubled], columns: Sequence[str]) -> Question:
    """The one question about those that differ: each with its row and both values."""
    told = []
    for one in doubled:
        if one.found is not None:
            row, own, other, place = one.found
            told.append(f"in row {row}, {one.column} is '{own}' and {columns[place]} is '{other}'")
    message = (
        f"Columns stand more than once and differ: {'; '.join(told[:_SHOWN])}. Shall the first one be read? "
        "Otherwise name the other column, or correct the file and bring it again."
    )
    return Question(DOUBLED, message, (THE_FIRST,), "")


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
