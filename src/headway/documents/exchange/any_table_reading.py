"""Reads a table of any columns, inside the child process (`any_table.read_table` starts it)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from headway.documents.child import Refused
from headway.documents.exchange.cells import (
    Cell,
    CellError,
    DateOrder,
    DecimalSign,
    date_order,
    moment_of,
    number_of,
    plain,
    sign_evidence,
    text_of,
)
from headway.documents.exchange.faults import RowError
from headway.documents.exchange.tables import Table, TableLimits, find_table, open_book, reveal

_READ = TableLimits(columns=100)
_MOST_ERRORS = 200
_TOTALS = frozenset({"total", "totals", "sum", "grand total", "summe", "gesamt"})
_NOTHING = frozenset({"", "--", "-", "–"})
_MOSTLY = 0.8  # of the filled cells of a column that must read as numbers or days for it to be one
_SEEN = 2000  # cells that are looked at to know a column


def read(payload: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The child's entry.

    payload  "file" (its name in `folder`), "answers".
    """
    table = find_table(open_book(folder / payload["file"], answers=payload["answers"], limits=_READ), _like_a_header)
    if len([name for name in table.columns if name]) < 2:
        raise Refused("This is no table: no row has two or more column names.", {"file": table.file})
    errors: list[RowError] = []
    rows = list(table.rows(errors))
    totals = [(text_of(cells[0]), cells) for _, cells in rows if _is_total(cells)]
    rows = [(number, cells) for number, cells in rows if not _is_total(cells)]
    columns = [[cells[place] for _, cells in rows] for place in range(len(table.columns))]
    order, sign, questions = _writing(columns, payload["answers"])
    kinds = [_kind(cells, order, sign) for cells in columns]

    def told(cells: Sequence[Cell]) -> list[str | None]:
        return [_told(kind, cell, order, sign) for kind, cell in zip(kinds, cells, strict=True)]

    return {
        "columns": _names(table),
        "kinds": kinds,
        "rows": [] if questions else [(number, told(cells)) for number, cells in rows],
        "totals": [] if questions else [(name, told(cells)) for name, cells in totals],
        "errors": [one.as_json() for one in errors[:_MOST_ERRORS]],
        "questions": questions,
    }


def _like_a_header(texts: Sequence[str]) -> float:
    """How many different words a row holds; the first of the rows with the most is the header."""
    return len({text.casefold() for text in texts if text and not _is_number(text)})


def _is_number(text: str) -> bool:
    return any(sign.isdigit() for sign in text) and not any(sign.isalpha() for sign in text)


def _is_total(cells: Sequence[Cell]) -> bool:
    first = text_of(cells[0]).strip().casefold()
    return first in _TOTALS or first.startswith("total:")


def _names(table: Table) -> list[str]:
    return [name or f"Column {place}" for place, name in enumerate(table.columns, 1)]


def _writing(columns: Sequence[Sequence[Cell]], answers: Mapping[str, str]) -> tuple[DateOrder, DecimalSign, list[str]]:
    """How days and numbers are written, and what must be asked first."""
    days, numbers, questions = [], [], []
    for cells in columns:
        seen = list(dict.fromkeys(text_of(cell).strip() for cell in cells[:_SEEN]))
        texts = [text for text in seen if text not in _NOTHING]
        if _mostly(texts, _looks_like_a_day):
            days += texts
        elif _mostly(texts, _is_number):
            numbers += texts
    order, sign = None, None
    if answers.get("date_order") in {"dmy", "mdy"}:
        order = DateOrder(answers["date_order"])
    else:
        order, _ = date_order(days)
        if order is None and days:
            questions.append("date_order")
    evidence = sign_evidence(numbers)
    if answers.get("decimal_sign") in {"point", "comma"}:
        sign = DecimalSign(answers["decimal_sign"])
    elif evidence.sign is None and evidence.unsure:
        questions.append("decimal_sign")
    return order or DateOrder.DMY, sign or evidence.sign or DecimalSign.POINT, questions


def _looks_like_a_day(text: str) -> bool:
    for order in (DateOrder.DMY, DateOrder.MDY):
        try:
            return moment_of(text, order).day is not None
        except CellError:
            continue
    return False


def _mostly(texts: Sequence[str], is_one: Any) -> bool:
    return bool(texts) and sum(1 for text in texts if is_one(text)) >= _MOSTLY * len(texts)


def _kind(cells: Sequence[Cell], order: DateOrder, sign: DecimalSign) -> str:
    filled = [cell for cell in cells[:_SEEN] if text_of(cell).strip() not in _NOTHING]
    for kind in ("day", "number"):
        good = sum(1 for cell in filled if _read(kind, cell, order, sign) is not None)
        if filled and good >= _MOSTLY * len(filled):
            return kind
    return "text"


def _read(kind: str, cell: Cell, order: DateOrder, sign: DecimalSign) -> str | None:
    try:
        if kind == "number":
            return plain(number_of(cell.strip() if isinstance(cell, str) else cell, sign))
        found = moment_of(cell, order)
        return found.day.isoformat() if found.day is not None else None
    except CellError:
        return None


def _told(kind: str, cell: Cell, order: DateOrder, sign: DecimalSign) -> str | None:
    """'=' before a number or a day, ':' before a text; None for nothing."""
    text = text_of(cell).strip()
    if not text or (kind != "text" and text in _NOTHING):
        return None
    found = None if kind == "text" else _read(kind, cell, order, sign)
    return f"={found}" if found is not None else f":{reveal(text)[:200]}"
