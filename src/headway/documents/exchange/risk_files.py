"""Risk events and correlations of durations in files of their own: JSON, or CSV with a header row.

The columns are listed in docs/reference/plan-json.md. Tasks are named by their unique ids. Not here: what the
simulation makes of them (`headway.engine.risk`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headway.documents.child import Refused
from headway.documents.exchange.plan_json import strict_json
from headway.engine.durations import parse_duration
from headway.engine.plan import Plan
from headway.engine.risk import RiskEvent, Shape
from headway.engine.statistics import EstimateError

_MOST_BYTES = 10_000_000
_RISK = ("name", "probability", "optimistic", "likely", "pessimistic", "tasks")
_CORRELATION = ("one", "other", "correlation")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One row of a file and where it stands: the line of a CSV file, the place in a JSON list."""

    file: str
    row: int
    fields: Mapping[str, Any]

    def refused(self, field: str, message: str) -> Refused:
        """A refusal that names file, row, field and value."""
        return Refused(message, {"file": self.file, "row": self.row, "field": field, "value": self.text(field)})

    def text(self, field: str) -> str:
        """The field as text; '' when it is not given."""
        value = self.fields.get(field)
        return "" if value is None else str(value).strip()

    def share(self, field: str, low: float) -> float:
        """A number from `low` to 1; '30 %' is 0.3."""
        text = self.text(field)
        percent = text.endswith("%")
        try:
            number = float(text.removesuffix("%").replace(",", ".")) / (100 if percent else 1)
        except ValueError:
            number = float("nan")
        if not low <= number <= 1:
            raise self.refused(field, f"'{text}' is no number from {low:g} to 1. Write for example 0.3 or 30 %.")
        return number

    def uid(self, field: str, text: str, known: Mapping[int, str]) -> int:
        """The unique id of a task of the plan."""
        if not text.isdecimal() or int(text) not in known:
            raise self.refused(field, f"There is no task with the unique id '{text}' in the plan.")
        return int(text)


def read_risks(path: Path, plan: Plan, shape: Shape) -> tuple[RiskEvent, ...]:
    """The risk events in a file, numbered from 1 in its order; the impact is a three-point duration of this shape.

    Raises Refused naming the row and field that does not fit.
    """
    return tuple(_risk(entry, number, plan, shape) for number, entry in enumerate(_entries(path, "risks", _RISK), 1))


def read_correlations(path: Path, plan: Plan) -> dict[tuple[int, int], float]:
    """Rank correlations of the durations of two tasks each, in a file.

    Raises Refused naming the row and field that does not fit.
    """
    known = {task.uid: task.name for task in plan.tasks}
    found: dict[tuple[int, int], float] = {}
    for entry in _entries(path, "correlations", _CORRELATION):
        one, other = (entry.uid(field, entry.text(field), known) for field in ("one", "other"))
        if one == other:
            raise entry.refused("other", f"Task {one} stands on both sides. Name two different tasks.")
        ends = (min(one, other), max(one, other))
        if ends in found:
            raise entry.refused("other", f"Tasks {one} and {other} have a correlation in an earlier row. Keep one.")
        found[ends] = entry.share("correlation", -1)
    return found


def _risk(entry: _Entry, number: int, plan: Plan, shape: Shape) -> RiskEvent:
    name = entry.text("name")
    if not name:
        raise entry.refused("name", "The risk has no name. Give it one.")
    probability = entry.share("probability", 0)
    likely = _tenths(entry, "likely", plan)
    ends = [_tenths(entry, field, plan) if entry.text(field) else likely for field in ("optimistic", "pessimistic")]
    try:
        impact = shape.of(ends[0], likely, ends[1])
    except EstimateError as error:
        raise entry.refused("likely", f"The impact of '{name}' is out of order. {error}") from error
    return RiskEvent(number, name, probability, impact, tuple(_task_uids(entry, plan)))


def _tenths(entry: _Entry, field: str, plan: Plan) -> int:
    try:
        duration = parse_duration(entry.text(field), plan.project)
    except ValueError as error:
        raise entry.refused(field, f"{str(error)[:1].upper()}{str(error)[1:]}") from error
    if duration.elapsed:
        raise entry.refused(field, "An impact is working time. Give it without the e of elapsed time.")
    return duration.amount.tenths


def _task_uids(entry: _Entry, plan: Plan) -> Iterator[int]:
    known = {task.uid: task.name for task in plan.tasks}
    given = entry.fields.get("tasks")
    texts = [str(item) for item in given] if isinstance(given, list) else entry.text("tasks").replace(",", " ").split()
    if not texts:
        raise entry.refused("tasks", "The risk names no task. Give unique ids, such as 12 14.")
    for text in dict.fromkeys(texts):
        yield entry.uid("tasks", text, known)


def _entries(path: Path, name: str, columns: tuple[str, ...]) -> Iterator[_Entry]:
    if not path.is_file():
        raise Refused("The file does not exist.", {"file": path.name})
    if path.stat().st_size > _MOST_BYTES:
        raise Refused("The file is larger than 10 MB, which is the limit.", {"file": path.name})
    rows = _json_rows(path, name) if path.suffix.casefold() == ".json" else _csv_rows(path)
    for number, fields in rows:
        entry = _Entry(path.name, number, fields)
        for field in fields:
            if field not in columns:
                raise entry.refused(str(field), f"'{field}' is not known here. Known are {', '.join(columns)}.")
        yield entry


def _json_rows(path: Path, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    document = strict_json(path)
    items = document.get(name) if isinstance(document, dict) else document
    if not isinstance(items, list):
        raise Refused(f"The file holds no list of {name}. See docs/reference/plan-json.md.", {"file": path.name})
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            raise Refused("This entry is no JSON object.", {"file": path.name, "row": number})
        yield number, item


def _csv_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"The file is not UTF-8 (byte {error.start}). Save it as UTF-8.", {"file": path.name}) from error
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    try:
        columns = [column.strip().casefold() for column in next(reader, [])]
        for cells in reader:
            if len(cells) > len(columns):
                message = f"The row has {len(cells)} cells, the header {len(columns)}. Put text with a comma in quotes."
                raise Refused(message, {"file": path.name, "row": reader.line_num})
            if any(cell.strip() for cell in cells):
                yield reader.line_num, dict(zip(columns, cells, strict=False))
    except csv.Error as error:
        raise Refused(f"The file is no CSV: {error}.", {"file": path.name, "row": reader.line_num}) from error
