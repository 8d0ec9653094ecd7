"""Reads a table of samples, inside the child process (`samples.read_samples` starts it)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
    numeric_date,
    plain,
    sign_evidence,
    text_of,
)
from headway.documents.exchange.faults import RowError
from headway.documents.exchange.samples import CASES, SAMPLES
from headway.documents.exchange.tables import Table, TableLimits, find_table, open_book, reveal

_READ = TableLimits(rows=20_000, sheet_rows=20_000)
_MOST_ERRORS = 200
_TOTALS = frozenset({"total", "totals", "sum", "grand total", "summe", "gesamt"})

# Field -> the names that columns of it have, folded.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "period": ("period", "date", "day", "week", "month", "quarter", "year", "datum", "monat", "woche"),
    "value": ("value", "actual", "result", "measurement", "wert"),
    "numerator": ("numerator", "good", "hits", "part"),
    "denominator": ("denominator", "of", "base", "whole"),
    "n": ("n", "cases", "count", "sample size"),
    "met": ("met", "in time", "within target"),
    "missed": ("missed", "late", "breached"),
    "overdue": ("open overdue", "open and overdue", "overdue"),
    "open": ("open not due", "open and not due", "open"),
    "paused": ("paused", "on hold"),
    "as_of": ("as of", "as-of", "as_of"),
    "start": ("start", "started", "created", "opened", "created at"),
    "stop": ("stop", "stopped", "closed", "resolved", "closed at", "resolved at"),
    "priority": ("priority", "prio"),
    "ref": ("ref", "id", "case", "ticket", "key"),
    "pause_start": ("pause start", "paused from"),
    "pause_end": ("pause end", "paused to", "paused until"),
}
_MOMENTS = frozenset({"period", "as_of", "start", "stop", "pause_start", "pause_end"})
_NUMBERS = frozenset({"value", "numerator", "denominator", "n", "met", "missed", "overdue", "open", "paused"})
_WHOLE = _NUMBERS - {"value", "numerator", "denominator"}


def read(payload: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The child's entry.

    payload  "file" (its name in `folder`), "answers".
    """
    book = open_book(folder / payload["file"], answers=payload["answers"], limits=_READ)
    table = find_table(book, _points)
    places = _places(table.columns)
    kind = CASES if "start" in places else SAMPLES
    _complete(places, kind, table)
    reading = _Reading(table, places, payload["answers"])
    reading.rows()
    used = {table.columns[place] for place in places.values()}
    return {
        "kind": kind,
        "columns": {name: table.columns[place] for name, place in places.items()},
        "ignored": [name for name in table.columns if name and name not in used],
        "lines": reading.lines if not reading.questions else [],
        "total": reading.total,
        "rows": reading.count,
        "filled": reading.filled,
        "errors": [one.as_json() for one in reading.errors[:_MOST_ERRORS]] if not reading.questions else [],
        "questions": reading.questions,
    }


def _points(row: Sequence[str]) -> float:
    found = _places(row)
    return len(found) + (2 if {"period", "start"} & found.keys() else 0)


def _places(columns: Iterable[str]) -> dict[str, int]:
    """Field -> the place of its column; the name that stands first in the list of a field wins."""
    folded = [name.strip().casefold() for name in columns]
    found: dict[str, int] = {}
    for name, known in _NAMES.items():
        place = next((folded.index(one) for one in known if one in folded), None)
        if place is not None and place not in found.values():
            found[name] = place
    return found


def _complete(places: Mapping[str, int], kind: str, table: Table) -> None:
    if kind == CASES or ("period" in places and places.keys() & (_NUMBERS - {"n"})):
        return
    seen = ", ".join(f"'{name}'" for name in table.columns if name) or "none"
    raise Refused(
        "This is no table of samples. It needs a column 'Period' or 'Date' and one of 'Value', 'Numerator' with "
        f"'Denominator', or 'Met' and 'Missed'; or 'Start' and 'Stop' of cases. Found: {seen}.",
        {"file": table.file},
    )


@dataclass(slots=True)
class _Reading:
    """One pass over the rows, after a look at how all of them write days and numbers."""

    table: Table
    places: Mapping[str, int]
    answers: Mapping[str, str]
    lines: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    total: dict[str, str] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    filled: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def rows(self) -> None:
        """Read them all."""
        rows = list(self.table.rows(self.errors))
        order, sign = self._order(rows), self._sign(rows)
        for number, cells in rows:
            if text_of(cells[self._first()]).strip().casefold() in _TOTALS:
                self.total = self._fields(number, cells, order, sign, only=_NUMBERS)
                continue
            self.count += 1
            said = self._fields(number, cells, order, sign)
            for name in said:
                self.filled[name] = self.filled.get(name, 0) + 1
            needed = "start" if "start" in self.places else "period"
            if needed not in said and not any(one.row == number for one in self.errors):
                self._wrong(number, needed, "", f"Give the {needed} of this row.")
            self.lines.append((number, said))

    def _first(self) -> int:
        return self.places["period"] if "period" in self.places else self.places["start"]

    def _texts(self, rows: Sequence[tuple[int, list[Cell]]], names: frozenset[str]) -> list[str]:
        places = [place for name, place in self.places.items() if name in names]
        found = (cells[place] for _, cells in rows for place in places)
        return list(dict.fromkeys(cell.strip() for cell in found if isinstance(cell, str) and cell.strip()))

    def _order(self, rows: Sequence[tuple[int, list[Cell]]]) -> DateOrder:
        if self.answers.get("date_order") in {"dmy", "mdy"}:
            return DateOrder(self.answers["date_order"])
        order, _ = date_order(self._texts(rows, _MOMENTS))
        if order is None:
            self.questions.append("date_order")
        return order or DateOrder.DMY

    def _sign(self, rows: Sequence[tuple[int, list[Cell]]]) -> DecimalSign:
        if self.answers.get("decimal_sign") in {"point", "comma"}:
            return DecimalSign(self.answers["decimal_sign"])
        evidence = sign_evidence(self._texts(rows, _NUMBERS))
        if evidence.sign is None and evidence.unsure:
            self.questions.append("decimal_sign")
        return evidence.sign or DecimalSign.POINT

    def _fields(
        self,
        number: int,
        cells: Sequence[Cell],
        order: DateOrder,
        sign: DecimalSign,
        only: frozenset[str] | None = None,
    ) -> dict[str, str]:
        said = {}
        for name, place in self.places.items():
            text = text_of(cells[place])
            if not text or (only is not None and name not in only):
                continue
            try:
                said[name] = _read(name, cells[place], order, sign)
            except CellError as fault:
                self._wrong(number, name, text, str(fault))
        return said

    def _wrong(self, row: int, name: str, value: str, message: str) -> None:
        self.errors.append(self.table.error(row, self.table.columns[self.places[name]], value, message))


def _read(name: str, cell: Cell, order: DateOrder, sign: DecimalSign) -> str:
    if name in _MOMENTS:
        return _moment(name, cell, order)
    if name not in _NUMBERS:
        return reveal(text_of(cell))[:80]
    if isinstance(cell, str):
        cell = cell.strip().removesuffix("%").strip()
    found = number_of(cell, sign)
    if name in _WHOLE and (found != found.to_integral_value() or found < 0):
        raise CellError("Expected a whole number from 0 up.")
    return plain(found)


def _moment(name: str, cell: Cell, order: DateOrder) -> str:
    """A day or time in ISO; the name of a period ('2026-W09', 'Feb 2026') as it stands."""
    if name == "period" and isinstance(cell, str) and numeric_date(cell) is None and not _is_day(cell, order):
        return cell.strip()[:40]
    found = moment_of(cell, order)
    if found.instant is not None:
        return found.instant.isoformat()
    return found.day.isoformat() + (f"T{found.clock:%H:%M:%S}" if found.clock is not None else "")


def _is_day(cell: Cell, order: DateOrder) -> bool:
    try:
        moment_of(cell, order)
    except CellError:
        return False
    return True
