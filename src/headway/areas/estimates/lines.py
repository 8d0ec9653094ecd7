"""Lines of an estimate as people write them: put in order, checked, read from a pasted table. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Protocol

from headway.areas.estimates.types import MOST_LEVELS, LineInput, Unit
from headway.engine.estimating import are_groups
from headway.engine.statistics import EstimateError, ThreePoint
from headway.kernel.errors import FieldError, Invalid

POINTS = ("optimistic", "likely", "pessimistic")
_OF_LEAVES = (*POINTS, "rate")
_NUMBERED = re.compile(r"\d+(\.\d+)*\.?$")
_INDENT = 2  # blanks of a level in a pasted table


def completed(lines: Iterable[LineInput]) -> tuple[LineInput, ...]:
    """The lines with the most likely figure alone standing for all three; refused where a line is not in order.

    Raises Invalid naming every wrong figure by its line.
    """
    rows = tuple(_filled(line) for line in lines)
    try:
        groups = are_groups([row.level for row in rows])
    except EstimateError as error:
        raise Invalid(str(error), fields=[FieldError("lines", str(error))]) from None
    faults = [
        fault
        for place, (row, group) in enumerate(zip(rows, groups, strict=True))
        for fault in _faults(place, row, group)
    ]
    if faults:
        more = f" And {len(faults) - 1} more." if len(faults) > 1 else ""
        raise Invalid(f"{faults[0].message}{more}", fields=faults)
    return rows


def _filled(line: LineInput) -> LineInput:
    if line.likely is not None and line.optimistic is None and line.pessimistic is None:
        line = replace(line, optimistic=line.likely, pessimistic=line.likely)
    return replace(line, role=line.role.strip())


def _faults(place: int, row: LineInput, group: bool) -> Iterator[FieldError]:
    called = f"Line {place + 1} '{row.name}'"
    if group:
        given = [name for name in _OF_LEAVES if getattr(row, name) is not None]
        if given:
            yield FieldError(
                f"lines.{place}.{given[0]}",
                f"{called} has lines below it: its figures are their sum. Leave its own empty.",
                value=str(getattr(row, given[0])),
            )
        return
    missing = [name for name in POINTS if getattr(row, name) is None]
    if missing and len(missing) < len(POINTS):
        yield FieldError(
            f"lines.{place}.{missing[0]}",
            f"{called} has no {_WORDS[missing[0]]} figure. Give all three, or the most likely alone.",
        )
    elif not missing:
        yield from _out_of_order(place, row, called)
    if row.unit is Unit.MONEY and row.rate is not None:
        yield FieldError(f"lines.{place}.rate", f"{called} is an amount: it has no rate. Leave it empty.")


_WORDS = {"optimistic": "optimistic", "likely": "most likely", "pessimistic": "pessimistic"}


def _out_of_order(place: int, row: LineInput, called: str) -> Iterator[FieldError]:
    try:
        three_of(row)
    except EstimateError:
        wrong = "likely" if row.likely < row.optimistic else "pessimistic"  # type: ignore[operator]
        yield FieldError(
            f"lines.{place}.{wrong}",
            f"{called}: {row.optimistic} / {row.likely} / {row.pessimistic} must not fall from optimistic over most "
            "likely to pessimistic.",
            value=str(getattr(row, wrong)),
        )


class Pointed(Protocol):
    """Whatever has a name and three points: a line as it is written, stored or shown."""

    @property
    def name(self) -> str: ...
    @property
    def optimistic(self) -> Decimal | None: ...
    @property
    def likely(self) -> Decimal | None: ...
    @property
    def pessimistic(self) -> Decimal | None: ...


def three_of(row: Pointed) -> ThreePoint | None:
    """The three points of a line; None where it has none. Raises EstimateError out of order."""
    if row.optimistic is None or row.likely is None or row.pessimistic is None:
        return None
    return ThreePoint(row.optimistic, row.likely, row.pessimistic, row.name)


# --- a pasted table -------------------------------------------------------------------------------------

_COLUMNS = ("name", "role", "optimistic", "likely", "pessimistic", "rate", "assumptions", "exclusions")
_HEADS = {
    "wbs": "wbs",
    "nr": "wbs",
    "no": "wbs",
    "#": "wbs",
    "line": "name",
    "task": "name",
    "name": "name",
    "what": "name",
    "role": "role",
    "o": "optimistic",
    "optimistic": "optimistic",
    "best": "optimistic",
    "min": "optimistic",
    "m": "likely",
    "most likely": "likely",
    "likely": "likely",
    "hours": "likely",
    "p": "pessimistic",
    "pessimistic": "pessimistic",
    "worst": "pessimistic",
    "max": "pessimistic",
    "rate": "rate",
    "assumptions": "assumptions",
    "assumption": "assumptions",
    "exclusions": "exclusions",
    "excluded": "exclusions",
}


def read_table(text: str) -> tuple[LineInput, ...]:
    """Lines from cells copied out of a spreadsheet: one a row, columns split by tabs or semicolons.

    A first row of headings says which column is which; without one they are name, role, optimistic, most likely,
    pessimistic, rate, assumptions, exclusions. Levels come from numbers such as 1.2 in front, or from two blanks each.
    Amounts in place of hours are written with their currency: 'EUR 500'. Raises Invalid naming the row.
    """
    rows = text.splitlines()
    split = "\t" if "\t" in text else ";"
    cells = [[cell.rstrip() for cell in row.split(split)] for row in rows if row.strip(" ;\t")]
    if not cells:
        raise Invalid("There is nothing to read. Paste at least one row.", fields=[FieldError("text", "nothing")])
    heads = [_HEADS.get(cell.strip().casefold(), "") for cell in cells[0]]
    if "name" in heads:
        cells, columns = cells[1:], heads
    else:
        numbered = all(_NUMBERED.match(row[0].strip()) for row in cells)
        columns = ["wbs", *_COLUMNS] if numbered else [*_COLUMNS]
    found: list[LineInput] = []
    for place, row in enumerate(cells, start=1):
        found.append(_line(dict(zip(columns, row, strict=False)), place, found))
    return tuple(found)


def _line(cells: dict[str, str], place: int, above: Sequence[LineInput]) -> LineInput:
    name = cells.get("name", "")
    if not name.strip():
        raise _unreadable(place, "has no name", "")
    number = cells.get("wbs", "").strip().rstrip(".")
    level = number.count(".") + 1 if number else (len(name) - len(name.lstrip())) // _INDENT + 1
    level = min(level, (above[-1].level if above else 0) + 1, MOST_LEVELS)
    money = any(_in_money(cells.get(column, "")) for column in POINTS)
    return LineInput(
        name=name.strip()[:255],
        level=level,
        unit=Unit.MONEY if money else Unit.HOURS,
        role=cells.get("role", "").strip()[:255],
        optimistic=_number(cells.get("optimistic", ""), place),
        likely=_number(cells.get("likely", ""), place),
        pessimistic=_number(cells.get("pessimistic", ""), place),
        rate=_number(cells.get("rate", ""), place),
        assumptions=cells.get("assumptions", "").strip()[:1000],
        exclusions=cells.get("exclusions", "").strip()[:1000],
    )


def _in_money(text: str) -> bool:
    return bool(re.match(r"([A-Z]{3}\b|[€$£])|.*([A-Z]{3}|[€$£])$", text.strip()))


def _number(text: str, place: int) -> Decimal | None:
    try:
        return read_number(text)
    except ValueError as error:
        raise _unreadable(place, str(error), text) from None


def read_number(text: str) -> Decimal | None:
    """'1,200.5', '12,5 h' or 'EUR 500' as a number; None for nothing. Raises ValueError with words for people."""
    bare = re.sub(r"[A-Za-z€$£\s\u00a0'’]", "", text)
    if not bare:
        if text.strip():
            raise ValueError(f"has '{text.strip()}' where a number is wanted")
        return None
    try:
        amount = Decimal(_plain(bare))
    except InvalidOperation:
        raise ValueError(f"has '{text.strip()}' where a number is wanted") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"has '{text.strip()}' where a number from 0 on is wanted")
    return amount


def _plain(bare: str) -> str:
    """'1,200.5', '1.200,5' and '12,5' as a number: the last mark is the decimal one unless three digits follow it."""
    marks = [mark for mark in bare if mark in ",."]
    if not marks:
        return bare
    whole, _, rest = bare.rpartition(marks[-1])
    if marks[-1] == "," and len(rest) == 3 and len(set(marks)) == 1:
        return whole.replace(",", "") + rest
    return f"{whole.replace(',', '').replace('.', '')}.{rest}"


def _unreadable(place: int, why: str, value: str) -> Invalid:
    said = f"Row {place} {why}. Correct it and paste again."
    return Invalid(said, fields=[FieldError("text", said, value=value[:200])])
