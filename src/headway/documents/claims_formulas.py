"""Workbook formulas calculated anew and compared with the values stored beside them.

Programs that only show a workbook show the stored values, so a wrong one is a wrong statement. Not here: what the
values should be (`claims.py`).
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import formualizer
import openpyxl

_RELATIVE = 1e-9
_EPOCH = datetime(1899, 12, 30)
_OF_TABLE = re.compile(r"\b([A-Za-z_]\w*)\[([^\[\]#@]+)\]")


@dataclass(frozen=True, slots=True)
class FormulaFault:
    """A stored value that its formula does not give."""

    sheet: str
    cell: str
    formula: str
    stored: str
    message: str


def formula_faults(content: bytes) -> tuple[FormulaFault, ...]:
    """Every cell whose stored value differs from its formula's result."""
    formulas = _formulas(content)
    if not formulas:
        return ()
    named = any(_OF_TABLE.search(formula) for _, _, _, formula, _ in formulas)
    book = formualizer.load_workbook_bytes(_by_place(content) if named else content)
    book.evaluate_all()
    compared = (_compared(book, *cell) for cell in formulas)
    return tuple(fault for fault in compared if fault is not None)


def _by_place(content: bytes) -> bytes:
    """The workbook with cells in place of the columns of tables that formulas name, such as 'Entries[Hours]'."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    places: dict[tuple[str, str], str] = {}
    for sheet in book.worksheets:
        for table in sheet.tables.values():
            left, top, right, bottom = openpyxl.utils.range_boundaries(table.ref)
            last = bottom - (table.totalsRowCount or 0)
            for column in range(left, right + 1):
                letter, name = openpyxl.utils.get_column_letter(column), sheet.cell(top, column).value
                quoted = sheet.title.replace("'", "''")
                places[table.displayName, str(name)] = f"'{quoted}'!${letter}${top + 1}:${letter}${last}"
    for sheet in book.worksheets:
        for cells in sheet.iter_rows():
            for cell in cells:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    cell.value = _OF_TABLE.sub(lambda one: places.get((one[1], one[2]), one[0]), cell.value)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _formulas(content: bytes) -> list[tuple[str, int, int, str, Any]]:
    """Sheet, row, column, formula and stored value of every formula cell."""
    written = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    stored = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    found = []
    for sheet, values in zip(written.worksheets, stored.worksheets, strict=True):
        for cells, kept in zip(sheet.iter_rows(), values.iter_rows(), strict=True):
            for cell, value in zip(cells, kept, strict=True):
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    found.append((sheet.title, cell.row, cell.column, cell.value, value.value))
    written.close()
    stored.close()
    return found


def _compared(book: Any, sheet: str, row: int, column: int, formula: str, stored: Any) -> FormulaFault | None:
    result = book.evaluate_cell(sheet, row, column)
    if _equal(result, stored):
        return None
    place = f"{openpyxl.utils.get_column_letter(column)}{row}"
    message = f"The formula gives {result}, but {stored} is stored beside it."
    return FormulaFault(sheet, place, formula, str(stored), message)


def _equal(result: Any, stored: Any) -> bool:
    left, right = _plain(result), _plain(stored)
    if isinstance(left, float) and isinstance(right, float):
        return abs(left - right) <= _RELATIVE * max(1.0, abs(left))
    return bool(left == right)


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, datetime):
        return (value - _EPOCH) / timedelta(days=1)
    if isinstance(value, date):
        return float((datetime(value.year, value.month, value.day) - _EPOCH).days)
    return float(value) if isinstance(value, int | float) else value
