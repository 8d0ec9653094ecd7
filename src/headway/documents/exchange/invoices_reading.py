"""Reads a list of invoices, inside the child process (`invoices.read_invoices` starts it).

Columns are found by their names, in any order; dates and decimal signs are read from all values, and asked where they
cannot be known. What a cell means is never guessed: a state that is not known is a fault of its row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
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
from headway.documents.exchange.fidelity import Question
from headway.documents.exchange.invoices import FIELDS, REQUIRED
from headway.documents.exchange.tables import TABLE_LIMITS, Table, find_table, open_book, reveal

MOST_ROWS = 20_000
_MOST_ERRORS = 500
_LONGEST_NUMBER = 64
_LONGEST_NOTE = 255
_SPACES = re.compile(r"[\s_./#:-]+")
_NAMES = {
    "number": ("invoice", "invoice number", "invoice no", "invoice id", "number", "no", "nr", "rechnungsnummer",
               "rechnung", "rechnungsnr", "belegnummer", "document number"),
    "day": ("date", "day", "invoice date", "issue date", "issued", "issued on", "rechnungsdatum", "datum",
            "belegdatum", "document date"),
    "due": ("due", "due date", "due on", "payment due", "fällig", "fällig am", "faellig", "fälligkeit",
            "fälligkeitsdatum"),
    "amount": ("amount", "total", "invoice amount", "invoice total", "total amount", "subtotal", "net", "net amount",
               "betrag", "gesamtbetrag", "netto", "nettobetrag", "summe"),
    "currency": ("currency", "currency code", "währung", "waehrung"),
    "status": ("status", "state", "invoice status", "zustand", "zahlungsstatus"),
    "paid_on": ("paid on", "paid date", "date paid", "payment date", "last payment date", "bezahlt am", "zahldatum"),
    "project": ("project", "project name", "project code", "project key", "projekt", "projektnummer"),
    "note": ("note", "notes", "subject", "description", "memo", "betreff", "notiz", "beschreibung"),
}  # fmt: skip
_STATES = {
    "draft": ("draft", "entwurf"),
    "sent": ("sent", "open", "unpaid", "outstanding", "issued", "overdue", "late", "offen", "versendet", "gesendet",
             "überfällig", "awaiting payment", "authorised", "viewed"),
    "paid": ("paid", "closed", "settled", "bezahlt", "beglichen"),
    "void": ("void", "voided", "cancelled", "canceled", "storniert", "written off", "write off", "deleted"),
}  # fmt: skip
_STATE_OF = {word: state for state, words in _STATES.items() for word in words}
_CURRENCY = re.compile(r"(?:^|[\s-])([A-Z]{3})$")


def read(payload: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The child's entry. payload: "file" (its name in `folder`), "answers", "mapping"."""
    answers, mapping = payload["answers"], payload["mapping"]
    book = open_book(folder / payload["file"], answers=answers, limits=TABLE_LIMITS)
    asked = {str(field): str(column or "") for field, column in mapping.get("columns", {}).items()}
    wanted = {column.casefold() for column in asked.values() if column}
    table = find_table(
        book,
        lambda row: score(row) + 3 * sum(name.casefold() in wanted for name in row),
        sheet=str(mapping.get("sheet") or ""),
    )
    places = _places(table, asked)
    _complete(table, places)
    order, signs, questions = _style(table, places, answers)
    errors: list[RowError] = []
    rows: list[dict[str, str]] = []
    seen: dict[str, int] = {}
    for row, cells in table.rows(errors):
        if len(rows) >= MOST_ROWS:
            raise Refused(f"The file holds more than {MOST_ROWS:,} invoices. Export it in parts, such as by year.")
        told = _Row(table, places, row, cells, order, signs)
        value = told.value()
        errors += told.errors
        key = f"{value['project']}\0{value['number']}".casefold()
        if value["number"] and key in seen:
            errors.append(
                table.error(row, FIELDS["number"], value["number"], f"Row {seen[key]} has this number too. Keep one.")
            )
        seen.setdefault(key, row)
        rows.append(value)
    return {
        "rows": [] if errors else rows,
        "questions": [question.as_json() for question in (*book.questions, *questions)],
        "errors": [error.as_json() for error in errors[:_MOST_ERRORS]],
        "warnings": list(dict.fromkeys((*book.warnings, *table.warnings))),
    }


def score(row: Sequence[str]) -> float:
    """How much a row looks like the header of a list of invoices."""
    known = recognised(row)
    return float(len(known)) if {"number", "amount"} <= set(known) else float(len(known)) / 4


def recognised(columns: Sequence[str]) -> dict[str, int]:
    """Field → place of its column, the first that bears one of its names."""
    found: dict[str, int] = {}
    named = [_SPACES.sub(" ", name).strip().casefold() for name in columns]
    for field, names in _NAMES.items():
        for name in names:
            if name in named and field not in found:
                found[field] = named.index(name)
    return found


def looks_like_invoices(columns: Sequence[str]) -> bool:
    """Whether the columns name an invoice, its day or due day, and an amount."""
    known = recognised(columns)
    named = {_SPACES.sub(" ", name).strip().casefold() for name in columns}
    says_so = any("invoice" in name or "rechnung" in name for name in named)
    return says_so and {"number", "amount"} <= set(known) and bool({"day", "due"} & set(known))


def _places(table: Table, asked: Mapping[str, str]) -> dict[str, int]:
    unknown = sorted(set(asked) - set(FIELDS))
    if unknown:
        raise Refused(f"The mapping names unknown fields: {', '.join(unknown)}. Known: {', '.join(FIELDS)}.")
    places = recognised(table.columns)
    named = {name.casefold(): place for place, name in reversed(list(enumerate(table.columns))) if name}
    for field, column in asked.items():
        places.pop(field, None)
        if column:
            if column.casefold() not in named:
                raise Refused(f"There is no column '{column}'.", {"field": column})
            places[field] = named[column.casefold()]
    return places


def _complete(table: Table, places: Mapping[str, int]) -> None:
    missing = [FIELDS[group[0]] for group in REQUIRED if not set(group) & set(places)]
    if missing:
        raise Refused(
            f"No column is known for: {', '.join(missing)}. Name the columns. Found: {', '.join(table.columns[:20])}."
        )


def _style(
    table: Table, places: Mapping[str, int], answers: Mapping[str, str]
) -> tuple[DateOrder, DecimalSign, list[Question]]:
    """How this file writes dates and numbers; questions where it cannot be known."""
    dates: set[str] = set()
    amounts: set[str] = set()
    days = [places[name] for name in ("day", "due", "paid_on") if name in places]
    for _, cells in table.rows():
        dates |= {value for place in days if isinstance(value := cells[place], str) and value[4:5] != "-"}
        amount = cells[places["amount"]]
        if isinstance(amount, str):
            amounts.add(amount)
    questions = []
    order, open_values = date_order(dates)
    if answered := _answer(answers, "date_order", tuple(one.value for one in DateOrder)):
        order = DateOrder(answered)
    elif order is None:
        shown = ", ".join(sorted(open_values)[:5])
        message = f"Which comes first in dates such as {shown}: day (dmy), month (mdy) or year (ymd)?"
        questions.append(Question("date_order", message, tuple(one.value for one in DateOrder), ""))
    evidence = sign_evidence(amounts)
    sign = evidence.sign or DecimalSign.POINT
    if answered := _answer(answers, "decimal_sign", tuple(one.value for one in DecimalSign)):
        sign = DecimalSign(answered)
    elif evidence.sign is None and evidence.unsure:
        shown = ", ".join(sorted(evidence.unsure)[:5])
        message = f"Is the comma in numbers such as {shown} a decimal comma (comma) or a thousands mark (point)?"
        questions.append(Question("decimal_sign", message, tuple(one.value for one in DecimalSign), ""))
    return order or DateOrder.DMY, sign, questions


def _answer(answers: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    answer = str(answers.get(name, "")).strip().casefold()
    if answer and answer not in choices:
        raise Refused(f"The answer '{answer}' to {name} is not one of: {', '.join(choices)}.", {"field": name})
    return answer


class _Row:
    """One row, read field by field; what is wrong with it is in `errors`."""

    def __init__(
        self,
        table: Table,
        places: Mapping[str, int],
        row: int,
        cells: Sequence[Cell],
        order: DateOrder,
        sign: DecimalSign,
    ) -> None:
        self.table, self.places, self.row, self.cells = table, places, row, cells
        self.order, self.sign = order, sign
        self.errors: list[RowError] = []

    def value(self) -> dict[str, str]:
        """The invoice as texts, days as ISO."""
        number = self._text("number")
        if not number:
            self._wrong("number", "The row has no invoice number. Add it, or leave the row out.")
        elif len(number) > _LONGEST_NUMBER:
            self._wrong("number", f"An invoice number has at most {_LONGEST_NUMBER} characters.")
        day, due = self._day("day", needed=True), self._day("due", needed=False)
        paid = self._day("paid_on", needed=False)
        if day and due and due < day:
            self._wrong("due", f"It is due {due}, before its day {day}.")
        amount, currency = self._amount()
        status = self._status(paid)
        return {
            "row": str(self.row),
            "number": number,
            "day": day,
            "due": due,
            "amount": amount,
            "currency": currency,
            "status": status,
            "paid_on": paid if status == "paid" else "",
            "project": self._text("project")[:255],
            "note": self._note(),
        }

    def _note(self) -> str:
        note = self._text("note")
        if len(note) > _LONGEST_NOTE:
            self._wrong("note", f"The note has {len(note):,} characters; at most {_LONGEST_NOTE} fit. Shorten it.")
        return note[:_LONGEST_NOTE]

    def _cell(self, field: str) -> Cell:
        place = self.places.get(field)
        return "" if place is None else self.cells[place]

    def _text(self, field: str) -> str:
        cell = self._cell(field)
        text = " ".join(text_of(cell).split())
        return reveal(text) if isinstance(cell, str) else text

    def _wrong(self, field: str, message: str) -> None:
        place = self.places.get(field)
        name = self.table.columns[place] if place is not None else FIELDS[field]
        self.errors.append(self.table.error(self.row, name, text_of(self._cell(field)), message))

    def _day(self, field: str, *, needed: bool) -> str:
        cell = self._cell(field)
        if not text_of(cell).strip() or text_of(cell).strip() == "-":
            if needed:
                self._wrong(field, "The invoice has no day.")
            return ""
        try:
            day: date = moment_of(cell, self.order).day
        except CellError as fault:
            self._wrong(field, str(fault))
            return ""
        return day.isoformat()

    def _amount(self) -> tuple[str, str]:
        cell = self._cell("amount")
        currency = self._text("currency").upper()
        named = _CURRENCY.search(currency)
        if currency and named is None:
            self._wrong("currency", "Expected a currency of three letters, such as EUR.")
        if not text_of(cell).strip():
            self._wrong("amount", "The invoice has no amount.")
            return "0", ""
        try:
            amount = number_of(cell, self.sign)
        except CellError as fault:
            self._wrong("amount", str(fault))
            return "0", ""
        if abs(amount) >= 10**14 or amount != amount.quantize(type(amount)("0.000001")):
            self._wrong("amount", "An amount has at most 14 digits and six decimals.")
            return "0", ""
        return plain(amount), named[1] if named else ""

    def _status(self, paid: str) -> str:
        said = self._text("status").casefold()
        if not said:
            return "paid" if paid else "sent"
        if said not in _STATE_OF:
            known = ", ".join(sorted(words[0] for words in _STATES.values()))
            self._wrong("status", f"This state is not known. Write one of {known}, or take the column away.")
            return "sent"
        return _STATE_OF[said]
