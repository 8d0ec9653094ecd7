"""Looks at the head of a table, inside the child process (`columns.read_columns` starts it)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from headway.documents.exchange import plan_table
from headway.documents.exchange.cells import text_of
from headway.documents.exchange.columns import HOURS, PLAN
from headway.documents.exchange.hours import sources
from headway.documents.exchange.invoices import FIELDS as INVOICE_FIELDS
from headway.documents.exchange.invoices import INVOICES
from headway.documents.exchange.invoices import REQUIRED as INVOICES_NEED
from headway.documents.exchange.invoices_reading import looks_like_invoices, recognised
from headway.documents.exchange.invoices_reading import score as invoice_score
from headway.documents.exchange.tables import HOURS_LIMITS, TABLE_LIMITS, Book, Table, find_table, open_book

_SAMPLES = 4
_LONGEST = 60
_LOOKED_AT = 300

HOURS_LABELS = {
    "date": "Day",
    "person": "Person",
    "first_name": "First name",
    "last_name": "Last name",
    "user": "User name",
    "email": "E-mail of the person",
    "employee_id": "Staff number",
    "role": "Role",
    "start_date": "Day of the start",
    "start_time": "Time of the start",
    "end_date": "Day of the end",
    "end_time": "Time of the end",
    "start": "Start (day and time)",
    "end": "End (day and time)",
    "hours": "Hours (as a number)",
    "duration": "Duration (h:mm or a number)",
    "project": "Project",
    "project_code": "Project key",
    "client": "Client",
    "task": "Task or phase",
    "task_code": "Task key",
    "note": "Note",
    "billable": "Billable (yes or no)",
    "tags": "Tags",
    "bill_rate": "Bill rate",
    "bill_amount": "Billable amount",
    "cost_rate": "Cost rate",
    "cost_amount": "Cost",
    "currency": "Currency",
    "source_key": "Id of the entry",
}
_HOURS_NEEDED = (
    ("date", "start_date", "start"),
    ("hours", "duration", "end", "end_time"),
    ("person", "first_name", "last_name", "user", "email", "employee_id"),
)


def look(payload: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The child's entry.

    payload  "file" (its name in `folder`), "kind" ('' = find out), "answers", "mapping".
    """
    path, mapping = folder / payload["file"], payload["mapping"]
    kind = payload["kind"]
    book = open_book(path, answers=payload["answers"], limits=TABLE_LIMITS if kind == PLAN else HOURS_LIMITS)
    sheet = str(mapping.get("sheet") or "")
    asked = {str(column).strip().casefold() for column in mapping.get("columns", {}).values() if column}
    if not kind:
        kind = _looks_like(book)
    table = find_table(book, _points(kind, asked), sheet=sheet)
    told = _TOLD[kind](table)
    return told | {
        "kind": kind,
        "sheet": table.sheet,
        "sheets": [each.name for each in book.sheets if not each.hidden],
        "header_row": table.header_row,
        "columns": _seen(table),
        "fields": _chosen(told["fields"], mapping.get("columns", {}), table.columns),
    }


def _points(kind: str, asked: set[str]) -> Any:  # a function from a row of texts to points
    known = _SCORES[kind]

    def points(row: Sequence[str]) -> float:
        return known(row) + 3 * sum(name.casefold() in asked for name in row)

    return points


def _looks_like(book: Book) -> str:
    """Hours where a day, a time and a person are named, invoices where one says so; else a plan."""
    if looks_like_invoices(find_table(book, invoice_score).columns):
        return INVOICES
    table = find_table(book, sources.score)
    found = sources.recognise(table.columns)
    return HOURS if sources.complete(found) and sources.names_person(found) else PLAN


def _hours(table: Table) -> dict[str, Any]:
    found = sources.recognise(table.columns)
    return {
        "label": found.source.label,
        "fields": {name: table.columns[place] for name, place in found.places.items()},
        "offered": list(HOURS_LABELS.items()),
        "required": _HOURS_NEEDED,
    }


def _plan(table: Table) -> dict[str, Any]:
    return {
        "label": "table of tasks",
        "fields": plan_table.proposed(table),
        "offered": [(column.field, column.header) for column in plan_table.mappable()],
        "required": (("name",),),
    }


def _invoices(table: Table) -> dict[str, Any]:
    return {
        "label": "list of invoices",
        "fields": {name: table.columns[place] for name, place in recognised(table.columns).items()},
        "offered": list(INVOICE_FIELDS.items()),
        "required": INVOICES_NEED,
    }


_TOLD = {HOURS: _hours, PLAN: _plan, INVOICES: _invoices}
_SCORES = {HOURS: sources.score, PLAN: plan_table.score, INVOICES: invoice_score}


def _chosen(fields: Mapping[str, str], asked: Mapping[str, Any], columns: Sequence[str]) -> dict[str, str]:
    """What would be read: the names' own meaning, overruled by what was asked for."""
    named = {name.casefold(): name for name in columns}
    chosen = dict(fields)
    for field, column in asked.items():
        chosen.pop(field, None)
        if str(column or "").strip().casefold() in named:
            chosen[field] = named[str(column).strip().casefold()]
    return chosen


def _seen(table: Table) -> list[list[Any]]:
    """Each named column with its first different values."""
    samples: list[list[str]] = [[] for _ in table.columns]
    for seen, (_, cells) in enumerate(table.rows()):
        if seen >= _LOOKED_AT or all(len(found) >= _SAMPLES for found in samples):
            break
        for found, cell in zip(samples, cells, strict=True):
            text = text_of(cell)[:_LONGEST]
            if text and len(found) < _SAMPLES and text not in found:
                found.append(text)
    return [[name, found] for name, found in zip(table.columns, samples, strict=True) if name]
